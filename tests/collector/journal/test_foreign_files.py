"""What lies in a journal's directory and is no segment of it is left alone, or kept aside."""

import struct
import zlib

import pytest
from structlog.testing import capture_logs

from collector.journal import frames
from collector.journal.frames import VERSION
from tests.collector.journal.fake_files import Inode, failing
from tests.collector.journal.logs import DIRECTORY, Log, opened
from tests.collector.journal.test_damage import NUMBERS, names, written


def test_a_foreign_file_is_counted_and_kept_aside() -> None:
    files, _ = written()
    foreign = DIRECTORY / "0000000007-0badcafe.journal"
    files.inodes[foreign] = Inode(b"SQLite format 3\0" * 100)
    log = opened(files)

    assert set(log.take_all()) == set(NUMBERS)
    assert log.lost == 1
    assert files.inodes[DIRECTORY / f"{foreign.name}.corrupt-1"].data[:6] == b"SQLite"


def test_a_file_that_is_kept_aside_does_not_replace_one_that_is_there() -> None:
    files, path = written()
    files.inodes[path].data[:] = b"x" * 50
    files.inodes[DIRECTORY / f"{path.name}.corrupt-1"] = Inode(b"older")
    opened(files)

    assert files.inodes[DIRECTORY / f"{path.name}.corrupt-1"].data == b"older"
    assert files.inodes[DIRECTORY / f"{path.name}.corrupt-2"].data == b"x" * 50


def test_files_with_other_names_are_left_alone() -> None:
    files, _ = written()
    for name in ("README", "1-2.journal", "journal.db"):
        files.inodes[DIRECTORY / name] = Inode(b"mine")
    log = opened(files)

    assert log.lost == 0
    assert {"README", "1-2.journal", "journal.db"} <= set(names(files))


def of_a_later_version(data: bytearray) -> bytes:
    struct.pack_into("<H", data, 8, VERSION + 1)
    struct.pack_into("<I", data, 24, zlib.crc32(data[:24]))
    return bytes(data)


def test_a_file_of_a_later_version_is_left_as_it_is_and_counted() -> None:
    files, path = written()
    before = of_a_later_version(files.inodes[path].data)
    with capture_logs() as logs:
        log = opened(files)
    entries = log.append(8, 9)
    for entry in entries:
        log.log.settle(entry)
    log.tidy()
    log.log.close()

    assert [line["event"] for line in logs] == [
        "a later version wrote this part of the journal: run that one to deliver it"
    ]
    assert log.log.later_files == 1
    assert log.lost == 0
    assert names(files) == [path.name]
    assert bytes(files.inodes[path].data) == before


def test_a_later_version_finds_its_file_again_beside_what_came_since(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files, path = written()
    of_a_later_version(files.inodes[path].data)
    older = opened(files)
    older.append(9)
    older.log.close()
    monkeypatch.setattr(frames, "VERSION", VERSION + 1)

    assert list(opened(files).take_all()) == [*NUMBERS, 9]


@pytest.mark.parametrize("name", ["9999999999-0000abcd", "999999999999999999-0000abcd"])
def test_a_foreign_file_does_not_hide_what_comes_after_it(name: str) -> None:
    files, _ = written()
    files.inodes[DIRECTORY / f"{name}.journal"] = Inode(b"foreign" * 50)
    opened(files).append(8)
    again = opened(files.after_kill())
    again.append(9)
    last = opened(again.files.after_kill())

    assert list(last.take_all()) == [*NUMBERS, 8, 9]


def test_a_file_of_ours_with_a_longer_number_is_read_in_its_place() -> None:
    files, path = written()
    files.inodes[DIRECTORY / f"9{path.name}"] = files.inodes.pop(path)
    log = opened(files)
    log.append(5)
    again = opened(files.after_kill())

    assert list(again.take_all()) == [*NUMBERS, 5]


def test_what_is_kept_aside_is_bounded_and_the_oldest_goes_first() -> None:
    files, _ = written()
    for number in range(1, 6):
        inode = Inode(b"x" * 400)
        files.inodes[DIRECTORY / f"000000000{number}-0badcafe.journal"] = inode
    with capture_logs() as logs:
        log = Log(files, max_bytes=8 * 1000)
        log.log.open()

    assert [name for name in names(files) if ".corrupt" in name] == [
        "0000000004-0badcafe.journal.corrupt-1",
        "0000000005-0badcafe.journal.corrupt-1",
    ]
    assert [line["removed"] for line in logs if "removed" in line] == [
        [f"000000000{number}-0badcafe.journal.corrupt-1"] for number in (1, 2, 3)
    ]
    assert log.lost == 5


def test_the_only_file_that_is_kept_aside_stays_whatever_its_size() -> None:
    files, _ = written()
    foreign = DIRECTORY / "0000000007-0badcafe.journal"
    files.inodes[foreign] = Inode(b"x" * 5000)
    Log(files, max_bytes=8 * 1000).log.open()

    assert f"{foreign.name}.corrupt-1" in names(files)


def test_kept_files_that_cannot_be_removed_stay() -> None:
    files, _ = written()
    for number in (8, 9):
        inode = Inode(b"x" * 800)
        files.inodes[DIRECTORY / f"000000000{number}-0badcafe.journal"] = inode
    files.fail = failing("remove", 5)
    log = Log(files, max_bytes=8 * 1000)
    log.log.open()

    assert len([name for name in names(files) if ".corrupt" in name]) == 2
    assert set(log.take_all()) == set(NUMBERS)
