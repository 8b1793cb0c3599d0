import os
from pathlib import Path

import pytest

from collector.commands.letter_choice import Choice, chosen
from collector.config import SettingsError
from tests.collector.commands.letters import Letters


def ids(letters: Letters, choice: Choice) -> list[str]:
    return [one.file.id for one in chosen(letters.folder, choice, letters.clock.now_ns())]


def test_all_letters_are_chosen_where_nothing_is_said_oldest_first(tmp_path: Path) -> None:
    letters = Letters(tmp_path)
    written = [letters.write() for _ in range(3)]

    assert ids(letters, Choice()) == written


def test_letters_are_chosen_by_id_or_by_its_end(tmp_path: Path) -> None:
    letters = Letters(tmp_path)
    first, _, third = (letters.write() for _ in range(3))

    assert ids(letters, Choice([third[-8:], first, first])) == [first, third]


def test_an_id_that_no_letter_has_is_a_problem_before_anything_is_done(tmp_path: Path) -> None:
    letters = Letters(tmp_path)
    first = letters.write()

    with pytest.raises(SettingsError) as caught:
        chosen(tmp_path, Choice([first, "absent", f"../{first}"]), 0)

    assert caught.value.problems == (
        "no dead letter has the id 'absent'",
        f"no dead letter has the id '../{first}'",
    )


def test_an_end_that_two_ids_share_is_a_problem(tmp_path: Path) -> None:
    for second in (1, 2):
        (tmp_path / f"trace_{second}.000000_01234567.json").touch()

    with pytest.raises(SettingsError, match="2 dead letters have the id '01234567'"):
        chosen(tmp_path, Choice(["01234567"]), 0)


def test_letters_are_chosen_by_reason(tmp_path: Path) -> None:
    letters = Letters(tmp_path)
    letters.write(reason="422")
    other = letters.write(reason="413")
    damaged = letters.damage()

    assert ids(letters, Choice(reason="413")) == [other]
    assert ids(letters, Choice(reason="unreadable")) == [damaged]


def test_letters_are_chosen_by_age(tmp_path: Path) -> None:
    letters = Letters(tmp_path)
    first, second, _ = (letters.write() for _ in range(3))

    assert ids(letters, Choice(older_than=7200.0)) == [first, second]


def test_a_letter_that_goes_meanwhile_is_left_out(tmp_path: Path) -> None:
    letters = Letters(tmp_path)
    first, second = letters.write(), letters.write()
    found = chosen(tmp_path, Choice(), 0)

    assert next(found).file.id == first
    (tmp_path / f"trace_{second}.json").unlink()
    assert list(found) == []


def test_a_folder_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "letters"
    path.touch()

    with pytest.raises(SettingsError, match="letters: cannot be read: Not a directory"):
        chosen(path, Choice(), 0)


def test_a_file_that_cannot_be_read_is_chosen_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters = Letters(tmp_path)
    letters.write()

    def forbidden(_: Path) -> bytes:
        raise PermissionError(13, os.strerror(13))

    monkeypatch.setattr(Path, "read_bytes", forbidden)
    (one,) = chosen(tmp_path, Choice(), 0)

    assert one.reason == "unreadable"
    assert str(one.letter) == "cannot be read: Permission denied"


def test_a_clock_that_was_set_back_hides_no_letter(tmp_path: Path) -> None:
    letters = Letters(tmp_path)
    letter_id = letters.write()

    assert [one.file.id for one in chosen(tmp_path, Choice(), 0)] == [letter_id]
