"""The command as it is typed; what its parts do is tested beside them."""

import asyncio
from pathlib import Path

import orjson
import pytest

from collector.commands.dead_letters import dead_letters
from collector.config import Settings, SettingsError
from tests.collector.commands.letters import KEY, Letters, placed, sealed
from tests.fakes import FakeUpstream


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(name.upper().replace("LANGSMITH", "LANGCHAIN"), raising=False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def letters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Letters:
    monkeypatch.setenv("DEAD_LETTER_DIR", str(tmp_path))
    return Letters(tmp_path)


def run(letters: Letters, *argv: str) -> tuple[int, list[str]]:
    """Return the exit code and what was told."""
    told: list[str] = []
    return dead_letters(argv, told.append, letters.clock), told


def first_words(lines: list[str]) -> list[str]:
    return [line.split()[0] for line in lines]


@pytest.mark.parametrize("argv", [(), ("list",)])
def test_list_is_the_default(letters: Letters, argv: tuple[str, ...]) -> None:
    written = [letters.write(), letters.write()]

    code, told = run(letters, *argv)

    assert (code, first_words(told)) == (0, written)


def test_the_folder_may_come_from_a_flag_or_a_file(
    letters: Letters, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    letter_id = letters.write()
    monkeypatch.delenv("DEAD_LETTER_DIR")
    config = tmp_path_factory.mktemp("config") / "config.yaml"
    config.write_text(f"dead_letter_dir: {letters.folder}\n")

    by_flag = run(letters, "--dead-letter-dir", str(letters.folder))
    by_file = run(letters, "list", "--config", str(config))

    assert first_words(by_flag[1]) == [letter_id]
    assert first_words(by_file[1]) == [letter_id]


def test_list_can_be_narrowed_and_be_json(letters: Letters) -> None:
    old = letters.write(reason="413")
    letters.write(reason="422")
    letters.clock.advance(7 * 86400.0)
    letters.write(reason="413")

    code, told = run(letters, "list", "--json", "--reason", "413", "--older-than", "7d")

    assert code == 0
    assert [orjson.loads(line)["id"] for line in told] == [old]


@pytest.mark.parametrize(("age", "found"), [("90m", 1), ("2h", 1), ("0.05d", 1), ("3h", 0)])
def test_an_age_is_told_in_days_or_as_durations_are(letters: Letters, age: str, found: int) -> None:
    letters.write()
    letters.clock.advance(3600.0)

    assert len(run(letters, "list", "--older-than", age)[1]) == found


def test_show_tells_of_one_letter(letters: Letters) -> None:
    letter_id = letters.write(sealed(placed(1, "plan")))

    code, told = run(letters, "show", letter_id[-8:])
    body = run(letters, "show", letter_id, "--body")

    assert code == 0
    assert "reason         422" in told
    assert [orjson.loads(line)["name"] for line in body[1]] == ["plan"]


def test_what_cannot_be_shown_is_told_and_fails(letters: Letters) -> None:
    letter_id = letters.damage()

    assert run(letters, "show", letter_id) == (1, [f"{letter_id}  is not JSON, or not whole"])


def test_drop_only_tells_what_would_go_until_it_is_sure(letters: Letters) -> None:
    letter_id = letters.write()

    code, told = run(letters, "drop", "--all")

    assert (code, told) == (1, [f"{letter_id}  would be dropped: say --yes"])
    assert letters.ids() == [letter_id]


def test_drop_deletes_what_was_chosen(letters: Letters) -> None:
    first = letters.write(reason="413")
    second, third = letters.write(), letters.write(reason="413")

    code, told = run(letters, "drop", "--reason", "413", "--older-than", "90m", "--yes")

    assert (code, told) == (0, [f"{first}  dropped"])
    assert letters.ids() == [second, third]


def test_ids_and_flags_come_in_any_order(letters: Letters) -> None:
    first, second, third = letters.write(), letters.write(), letters.write()

    code, _ = run(letters, "drop", first, "--yes", third)

    assert code == 0
    assert letters.ids() == [second]


def test_nothing_to_do_is_no_trouble(letters: Letters) -> None:
    assert run(letters, "list") == (0, [])
    assert run(letters, "drop", "--all", "--yes") == (0, [])


def test_what_cannot_be_deleted_is_told_and_fails(
    letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter_id = letters.write()

    def read_only(_: Path, missing_ok: bool) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "unlink", read_only)

    assert run(letters, "drop", "--all", "--yes") == (
        1,
        [f"{letter_id}  cannot be deleted: Read-only file system"],
    )


@pytest.mark.parametrize(
    ("argv", "problem"),
    [
        (["sweep"], "dead-letters cannot 'sweep'; there are list, show, retry, drop"),
        (["retry"], "retry which letters? Say ids, --reason or --all"),
        (["drop", "--yes"], "drop which letters? Say ids, --reason or --all"),
        (["retry", "--all", "a"], "either ids or --all"),
        (["retry", "--all"], "retry needs a key: set LANGSMITH_API_KEY, or say --api-key-env NAME"),
        (["list", "--yes"], "unknown flag --yes"),
        (["list", "--older-than", "soon"], "argument --older-than: must be an age such as 12h or"),
        (["retry", "--all", "--api-key-env", KEY], "the environment variable that is named holds"),
        (["drop", "--yes", "absent"], "no dead letter has the id 'absent'"),
    ],
)
def test_what_makes_no_sense_is_told_and_nothing_is_done(
    letters: Letters, argv: list[str], problem: str
) -> None:
    letter_id = letters.write()

    with pytest.raises(SettingsError) as caught:
        run(letters, *argv)

    assert caught.value.problems[0].startswith(problem)
    assert KEY not in str(caught.value)
    assert letters.ids() == [letter_id]


def test_without_a_folder_there_is_nothing_to_say(
    letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DEAD_LETTER_DIR")

    with pytest.raises(SettingsError, match="DEAD_LETTER_DIR is not set"):
        run(letters, "list")


async def test_retry_uses_the_endpoint_and_the_key_of_the_settings(
    letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with FakeUpstream() as upstream:
        letter_id = letters.write(sealed(placed(1), endpoint=upstream.url))
        monkeypatch.setenv("LANGSMITH_ENDPOINT", upstream.url)
        monkeypatch.setenv("LANGSMITH_API_KEY", KEY)

        code, told = await in_thread(letters, "retry", letter_id)

    assert (code, told) == (0, [f"{letter_id}  delivered"])
    assert upstream.keys() == [KEY]
    assert letters.ids() == []


async def test_retry_takes_another_endpoint_and_another_variable_for_the_key(
    letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters.write()
    monkeypatch.setenv("OTHER_KEY", "other")

    async with FakeUpstream() as upstream:
        code, _ = await in_thread(
            letters, "retry", "--all", "--endpoint", upstream.url, "--api-key-env", "OTHER_KEY"
        )

    assert code == 0
    assert upstream.keys() == ["other"]


async def test_retry_fails_where_a_letter_stays(
    letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter_id = letters.write()
    monkeypatch.setenv("LANGSMITH_API_KEY", "lsv2_new")
    monkeypatch.setenv("LANGSMITH_ENDPOINT", "https://upstream.test/api/v1")

    code, told = await in_thread(letters, "retry", "--all")

    assert code == 1
    assert first_words(told) == [letter_id]
    assert "lsv2" not in told[0]


async def in_thread(letters: Letters, *argv: str) -> tuple[int, list[str]]:
    """Run the command beside the event loop of the test; it has one of its own."""
    return await asyncio.to_thread(run, letters, *argv)
