"""What check reports; the upstream and the installed packages are fakes."""

import pytest
from pydantic import SecretStr

from collector import __version__
from collector.commands.check import check, foreign_owners
from collector.commands.upstream import Answer
from collector.config import Settings


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
        f"version        {__version__}",
        "listens on     0.0.0.0:4318",
        "sends to       http://up",
        "API key        none, requests must bring their own",
        "workspace      none",
        "project        default",
        "translators    genai, langsmith, generic",
        "journal        memory",
        "memory budget  512MiB",
        "dead letters   none, counted only",
        "upstream       it answers",
    ]


def test_the_key_is_tried_and_not_shown() -> None:
    ask = Asked(FINE)

    report = check(
        Settings(langsmith_endpoint="http://up", langsmith_api_key=SecretStr("lsv2_key")),
        ask,
        alone,
    )

    assert ask.calls == [("http://up", "lsv2_key")]
    assert "API key        set" in report.lines
    assert "lsv2" not in str(report)


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
