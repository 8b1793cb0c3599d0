"""What a look at the folders of journal and dead letters finds, on the machine's own files."""

import os
from pathlib import Path

import pytest

from collector.commands.folders import JournalFolder, journal_at, problem_of
from collector.journal.files import OsFiles
from collector.journal.ownership import Ownership

FINE = JournalFolder(None, in_use=False)


def paths(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


def nobody_writes(path: Path, mode: int) -> bool:
    return not mode & os.W_OK


def test_a_folder_that_is_not_there_is_fine_and_stays_away(tmp_path: Path) -> None:
    assert journal_at(tmp_path / "journal") == FINE
    assert journal_at(tmp_path / "to" / "be" / "made") == FINE
    assert paths(tmp_path) == set()


def test_a_relative_folder_is_looked_for_where_the_process_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert journal_at(Path("journal")) == FINE


def test_a_folder_without_a_lock_gets_none(tmp_path: Path) -> None:
    assert journal_at(tmp_path) == FINE
    assert paths(tmp_path) == set()


def test_a_process_that_uses_it_is_seen_until_it_ends(tmp_path: Path) -> None:
    owner = Ownership(tmp_path, OsFiles())
    owner.take()
    during = journal_at(tmp_path)
    owner.release()

    assert during == JournalFolder(None, in_use=True)
    assert journal_at(tmp_path) == FINE


def test_a_lock_that_is_free_is_given_back(tmp_path: Path) -> None:
    (tmp_path / "lock").touch()

    assert journal_at(tmp_path) == FINE
    owner = Ownership(tmp_path, OsFiles())
    owner.take()
    owner.release()


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()

    assert problem_of(file) == f"{file}: is not a folder"
    assert problem_of(file / "in" / "it") == (
        f"{file}/in/it: cannot be made, {file} is not a folder"
    )


def test_a_link_to_nothing_is_no_folder(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "gone")

    assert problem_of(link) == f"{link}: is not a folder"


def test_a_folder_that_may_not_be_written_to_is_a_problem(tmp_path: Path) -> None:
    assert problem_of(tmp_path, nobody_writes) == (f"{tmp_path}: the folder may not be written to")
    assert problem_of(tmp_path / "journal", nobody_writes) == (
        f"{tmp_path}/journal: cannot be made, {tmp_path} may not be written to"
    )


def test_what_is_wrong_with_a_folder_is_wrong_with_a_journal_in_it(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()

    assert journal_at(file) == JournalFolder(f"{file}: is not a folder", in_use=False)


def test_a_lock_that_is_no_file_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "lock").mkdir()

    assert journal_at(tmp_path).problem == f"{tmp_path}/lock: cannot be opened: Is a directory"
