"""A journal starts whatever is in its directory, and loses what was hit and no more."""

from itertools import count
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from collector.journal.frames import SEGMENT_HEADER_BYTES, segment_header
from tests.collector.journal.fake_files import FakeFiles, Inode, failing
from tests.collector.journal.logs import DIRECTORY, Log, opened

NUMBERS = (1, 2, 3, 4)
# A frame's header, one digit of meta, and the body.
FRAME_BYTES = 28 + 1 + 20


def written(*numbers: int) -> tuple[FakeFiles, Path]:
    """Return a disk with one segment that holds *numbers*."""
    files = FakeFiles()
    log = opened(files)
    log.append(*(numbers or NUMBERS), size=20)
    files = files.after_kill()
    (path,) = (path for path in files.within(DIRECTORY) if path.suffix == ".journal")
    return files, path


def names(files: FakeFiles) -> list[str]:
    return sorted(path.name for path in files.within(DIRECTORY) if path.name != "lock")


@pytest.mark.parametrize("bit", [0, 7])
def test_a_flipped_bit_costs_the_record_that_it_hits(bit: int) -> None:
    files, path = written()
    size = len(files.inodes[path].data)
    for at in range(SEGMENT_HEADER_BYTES, size):
        files, path = written()
        files.inodes[path].data[at] ^= 1 << bit
        log = opened(files)
        hit = NUMBERS[(at - SEGMENT_HEADER_BYTES) // FRAME_BYTES]

        assert set(log.take_all()) == set(NUMBERS) - {hit}
        assert log.lost == 1
        assert log.log.backlog.records == 0
        assert [name for name in names(files) if ".corrupt" in name]


def test_a_flipped_bit_in_the_header_of_the_file_costs_nothing() -> None:
    for at in range(SEGMENT_HEADER_BYTES):
        files, path = written()
        files.inodes[path].data[at] ^= 1
        log = opened(files)

        assert set(log.take_all()) == set(NUMBERS)
        assert log.lost == 0


def test_what_a_kill_in_the_middle_of_a_write_leaves_is_cut_off_without_alarm() -> None:
    files, path = written()
    size = len(files.inodes[path].data)
    for cut in range(SEGMENT_HEADER_BYTES, size):
        files, path = written()
        del files.inodes[path].data[cut:]
        with capture_logs() as logs:
            log = opened(files)
        whole, rest = divmod(cut - SEGMENT_HEADER_BYTES, FRAME_BYTES)

        assert list(log.take_all()) == list(NUMBERS[:whole])
        assert log.lost == 0
        assert log.log.torn_writes == (1 if rest else 0)
        assert [line["log_level"] for line in logs] == (["info"] if rest else [])
        assert names(files) == ([path.name] if whole else [])


def test_the_end_of_a_file_that_is_no_frame_is_kept_and_counted() -> None:
    files, path = written()
    files.inodes[path].data.extend(b"noise" * 20)
    log = opened(files)

    assert list(log.take_all()) == list(NUMBERS)
    assert log.lost == 1
    assert bytes(files.inodes[DIRECTORY / f"{path.name}.corrupt"].data) == b"noise" * 20


def test_the_end_of_a_file_that_was_cut_is_counted_where_another_file_follows() -> None:
    files, path = written()
    later = DIRECTORY / "0000000009-00000005.journal"
    files.inodes[later] = Inode(segment_header(5, ()))
    del files.inodes[path].data[-10:]
    log = opened(files)

    assert list(log.take_all()) == [1, 2, 3]
    assert log.lost == 1


@pytest.mark.parametrize("size", [0, 1, SEGMENT_HEADER_BYTES - 1])
def test_a_file_that_was_cut_within_its_header_is_counted_and_kept_aside(size: int) -> None:
    files, path = written()
    del files.inodes[path].data[size:]
    log = opened(files)

    assert log.take() is None
    assert log.lost == 1
    assert names(files) == [f"{path.name}.corrupt-1"]


def test_damage_of_several_records_is_counted_as_what_it_cost() -> None:
    files, path = written()
    data = files.inodes[path].data
    data[SEGMENT_HEADER_BYTES + 10 : SEGMENT_HEADER_BYTES + 2 * FRAME_BYTES + 10] = bytes(
        2 * FRAME_BYTES
    )
    log = opened(files)

    assert list(log.take_all()) == [4]
    assert log.lost == 3


def test_damage_is_counted_once_and_not_at_every_start() -> None:
    files, path = written()
    files.inodes[path].data[SEGMENT_HEADER_BYTES] ^= 1
    files.inodes[path].data[0] ^= 1
    first = opened(files)
    again = opened(files.after_kill())

    assert first.lost == 1
    assert again.lost == 0
    assert set(again.take_all()) == {2, 3, 4}


def test_what_was_damaged_is_copied_before_it_is_given_up() -> None:
    files, path = written()
    files.inodes[path].data[SEGMENT_HEADER_BYTES] ^= 1
    bad = bytes(files.inodes[path].data[SEGMENT_HEADER_BYTES:][:FRAME_BYTES])
    opened(files)

    assert bytes(files.inodes[DIRECTORY / f"{path.name}.corrupt"].data) == bad


def test_damage_that_cannot_be_copied_stays_with_the_file_which_is_kept_in_the_end() -> None:
    files, path = written()
    files.inodes[path].data[SEGMENT_HEADER_BYTES] ^= 1
    files.fail = failing("create", 28)
    log = opened(files)
    files.fail = lambda _: None
    for entry in log.take_all().values():
        log.log.settle(entry)
    log.log.close()

    assert f"{path.name}.corrupt-1" in names(files)
    assert path.name not in names(files)


def test_a_draft_of_a_file_is_removed() -> None:
    files, path = written()
    files.inodes[DIRECTORY / f"{path.name}.tmp"] = Inode(b"half")
    log = opened(files)

    assert names(files) == [path.name]
    assert log.lost == 0


def test_a_file_that_cannot_be_opened_is_left_and_the_others_are_read() -> None:
    files, _ = written()
    log = Log(files)
    opens = count()
    error = failing("open", 5)
    other = DIRECTORY / "0000000000-00000001.journal"
    files.inodes[other] = Inode(segment_header(1, ()))
    files.fail = lambda asked: error(asked) if asked == "open" and not next(opens) else None
    log.log.open()

    assert set(log.take_all()) == set(NUMBERS)
    assert log.lost == 1
    assert other in files.inodes


def test_a_file_that_was_appended_to_itself_has_each_record_once() -> None:
    files, path = written()
    files.inodes[path].data.extend(files.inodes[path].data[SEGMENT_HEADER_BYTES:])
    log = opened(files)

    assert list(log.take_all()) == list(NUMBERS)
    assert log.log.records == len(NUMBERS)


def test_a_file_that_cannot_be_read_to_its_end_is_kept_in_the_end() -> None:
    files, path = written(*range(200))
    reads = count()
    error = failing("read", 5)
    # The file's header and the first headers of frames can be read.
    files.fail = lambda asked: error(asked) if asked == "read" and next(reads) > 1 else None
    log = opened(files)
    files.fail = lambda _: None
    for entry in log.take_all().values():
        log.log.settle(entry)
    log.log.close()

    assert log.lost == 1
    assert f"{path.name}.corrupt-1" in names(files)


def test_damage_is_told_of_once_with_what_it_cost_and_where_it_is_kept() -> None:
    files, path = written()
    files.inodes[path].data[SEGMENT_HEADER_BYTES] ^= 1
    with capture_logs() as logs:
        opened(files)

    assert logs == [
        {
            "event": "the journal was damaged: what is lost was kept aside",
            "records": 1,
            "kept": [f"{path.name}.corrupt"],
            "log_level": "error",
        }
    ]


def test_a_body_cannot_pass_for_a_frame_of_another_segment() -> None:
    files, path = written()
    inner = bytes(files.inodes[path].data[SEGMENT_HEADER_BYTES:])
    # The same bytes in a file that begins with a damaged frame.
    other = DIRECTORY / "0000000009-00000005.journal"
    files.inodes[other] = Inode(segment_header(5, ()) + b"damaged" * 9 + inner)
    log = opened(files)

    assert list(log.take_all()) == list(NUMBERS)
    assert f"{other.name}.corrupt-1" in names(files)


def test_a_damaged_file_that_cannot_be_put_aside_or_removed_stays() -> None:
    files, path = written()
    files.inodes[path].data[:] = b"x" * 50
    draft = DIRECTORY / "0000000007-00000007.journal.tmp"
    files.inodes[draft] = Inode(b"half")
    files.fail = lambda asked: failing("rename", 5)(asked) or failing("remove", 5)(asked)
    log = opened(files)
    files.fail = lambda _: None

    assert log.lost == 1
    assert names(files) == [path.name, draft.name]
    assert log.append(1)
