"""What check reports; the upstream and the installed packages are fakes."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from collector import __version__
from collector.commands.check import Report, check, foreign_owners
from collector.commands.upstream import Answer
from collector.config import Settings
from collector.journal.files import OsFiles
from collector.journal.ownership import Ownership


class Asked:
    """An upstream that answers one thing, and remembers what it was asked."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.calls: list[tuple[str, str | None]] = []

    def __call__(self, endpoint: str, api_key: str | None) -> Answer:
        self.calls.append((endpoint, api_key))
        return self.answer


FINE = Answer(True, "it answers")


def alone() -> dict[str, list[str]]:
    return {"collector": ["collector-proxy"], "translators": ["collector-proxy"]}


def test_the_report_says_what_would_run() -> None:
    settings = Settings(langsmith_endpoint="http://up", translators=("genai", "langsmith"))

    report = check(settings, Asked(FINE), alone)

    assert report.problems == []
    assert report.lines == [
        f"version          {__version__}",
        "listens on       0.0.0.0:4318",
        "sends to         http://up",
        "API key          none, requests must bring their own",
        "workspace        none",
        "project          default",
        "translators      genai, langsmith, generic",
        "journal          memory",
        "largest request  200MiB",
        "memory budget    512MiB",
        "dead letters     none, counted only",
        "upstream         it answers",
    ]


def test_the_key_is_tried_and_not_shown() -> None:
    ask = Asked(FINE)

    report = check(
        Settings(langsmith_endpoint="http://up", langsmith_api_key=SecretStr("lsv2_key")),
        ask,
        alone,
    )

    assert ask.calls == [("http://up", "lsv2_key")]
    assert "API key          set" in report.lines
    assert "lsv2" not in str(report)


def line_of(report: Report, name: str) -> str:
    (line,) = (line for line in report.lines if line.startswith(f"{name}  "))
    return line.removeprefix(name).strip()


def test_a_disk_journal_is_told_with_its_folder_and_what_it_promises(tmp_path: Path) -> None:
    settings = Settings(journal_dir=tmp_path, journal_sync="interval", journal_max_bytes=1 << 30)

    report = check(settings, Asked(FINE), alone)

    assert report.problems == []
    assert line_of(report, "journal") == f"{tmp_path}, sync interval, 1GiB at most"
    assert line_of(report, "largest request") == "200MiB"


def test_a_journal_smaller_than_a_request_may_be_is_told_and_no_problem(tmp_path: Path) -> None:
    settings = Settings(journal_dir=tmp_path, journal_max_bytes=64 << 20)

    report = check(settings, Asked(FINE), alone)

    assert report.problems == []
    assert line_of(report, "largest request") == (
        "200MiB, if it fits compressed into the journal's 64MiB"
    )


def test_a_journal_in_use_is_told_and_no_problem(tmp_path: Path) -> None:
    owner = Ownership(tmp_path, OsFiles())
    owner.take()
    report = check(Settings(journal_dir=tmp_path), Asked(FINE), alone)
    owner.release()

    assert report.problems == []
    assert line_of(report, "journal").endswith("; another process uses it")


def test_a_folder_where_no_journal_can_be_is_a_problem(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()

    report = check(Settings(journal_dir=file), Asked(Answer(False, "no connection")), alone)

    assert report.problems == [f"JOURNAL_DIR: {file}: is not a folder", "no connection"]


def test_a_folder_where_no_dead_letters_can_be_is_a_problem(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()

    report = check(Settings(dead_letter_dir=file), Asked(FINE), alone)

    assert line_of(report, "dead letters") == str(file)
    assert report.problems == [f"DEAD_LETTER_DIR: {file}: is not a folder"]


def test_an_upstream_that_does_not_work_is_a_problem() -> None:
    report = check(Settings(), Asked(Answer(False, "no connection")), alone)

    assert report.problems == ["no connection"]


def test_a_foreign_package_under_our_import_name_is_a_problem() -> None:
    report = check(
        Settings(), Asked(FINE), lambda: {"translators": ["collector-proxy", "translators"]}
    )

    (problem,) = report.problems
    assert problem.startswith("the import name 'translators' is also installed by translators,")


@pytest.mark.parametrize(
    ("owners", "foreign"),
    [
        ({}, []),
        ({"translators": ["collector-proxy"]}, []),
        ({"translators": ["collector-proxy", "collector-proxy"]}, []),
        ({"translators": ["translators"]}, ["translators"]),
        ({"translators": ["zeta", "collector-proxy", "alpha"]}, ["alpha", "zeta"]),
    ],
)
def test_foreign_owners_are_all_but_ours(owners: dict[str, list[str]], foreign: list[str]) -> None:
    assert foreign_owners(owners) == foreign


def test_in_this_environment_the_import_name_is_ours() -> None:
    assert check(Settings(), Asked(FINE)).problems == []
