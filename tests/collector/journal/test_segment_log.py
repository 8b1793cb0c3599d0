from contextlib import suppress

import pytest

from collector.journal import segment
from collector.journal.segment_log import SegmentLog
from tests.collector.journal.fake_files import FakeFiles, failing
from tests.collector.journal.logs import DIRECTORY, Log, opened

MAX_BYTES = 4000


def segments(files: FakeFiles) -> int:
    return sum(path.suffix == ".journal" for path in files.within(DIRECTORY))


def test_what_was_appended_before_a_sync_outlives_the_power_whatever_segment_it_is_in() -> None:
    files = FakeFiles()
    log = Log(files, sync=False, durable=True)
    log.log.open()
    for number in range(1, 20):
        log.append(number)
    log.log.sync()

    assert segments(files) > 2
    assert list(opened(files.after_power_cut(lambda _: 0)).take_all()) == list(range(1, 20))


def test_segments_of_many_short_lives_are_put_together() -> None:
    files = FakeFiles()
    for number in range(1, 60):
        log = opened(files.after_kill())
        files = log.files
        log.append(number, size=10)
        log.tidy()

    assert segments(files) < 20
    assert list(opened(files.after_kill()).take_all()) == list(range(1, 60))


def test_records_that_moved_keep_their_order() -> None:
    files = FakeFiles()
    log = opened(files, max_bytes=MAX_BYTES)
    for number in range(1, 100):
        aside = number % 10 == 0
        assert log.log.has_room(130)
        (entry,) = log.append(number, aside=aside)
        if not aside:
            log.log.settle(entry)

    assert list(log.take_all()) == list(range(10, 100, 10))


def test_a_record_that_was_taken_and_moved_is_settled_where_it_is() -> None:
    files = FakeFiles()
    log = opened(files, max_bytes=MAX_BYTES)
    entries = [log.append(number)[0] for number in range(1, 13)]
    for entry in entries[::2]:
        log.log.settle(entry)
    assert log.log.has_room(MAX_BYTES - 1600)
    for entry in entries:
        log.log.settle(entry)
    log.log.close()

    assert segments(files) == 0
    assert opened(files).take_all() == {}


def test_a_record_is_settled_once_however_often_it_is_said() -> None:
    log = opened(FakeFiles())
    entry, other = log.append(1, 2)
    log.log.settle(entry)
    log.log.settle(entry)

    assert log.log.records == 1
    assert other.segment.live == 1


def test_a_record_that_is_put_back_is_taken_again() -> None:
    log = opened(FakeFiles())
    entries = log.append(1, 2, 3)
    log.log.put_back(entries[1])
    log.log.put_back(entries[0])

    assert list(log.take_all()) == [1, 2]


def test_a_settled_record_cannot_be_put_back() -> None:
    log = opened(FakeFiles())
    (entry,) = log.append(1)
    log.log.settle(entry)
    log.log.put_back(entry)

    assert log.take() is None


def test_salts_are_never_used_twice() -> None:
    salts = iter([0, 5, 5, 0, 7, 5, 7, 9])
    files = FakeFiles()
    log = SegmentLog(
        DIRECTORY,
        files,
        lambda _: None,
        durable=True,
        max_bytes=1 << 20,
        random_salt=lambda: next(salts),
    )
    log.open()
    for _ in range(3):
        log.append([segment.Draft(b"[]", bytes(70_000), 1)], sync=True)

    assert [path.name[11:19] for path in files.within(DIRECTORY) if path.name != "lock"] == [
        "00000005",
        "00000007",
        "00000009",
    ]


def test_a_record_larger_than_all_there_may_be_has_no_room() -> None:
    log = opened(FakeFiles(), max_bytes=MAX_BYTES)

    assert not log.log.has_room(MAX_BYTES)
    assert log.log.has_room(MAX_BYTES - 1000)


def test_records_that_cannot_be_copied_for_lack_of_room_stay_where_they_are() -> None:
    log = opened(FakeFiles(), max_bytes=MAX_BYTES)
    entries = log.append(1, 2, 3, size=1050)
    log.log.settle(entries[0])

    assert not log.log.has_room(1000)
    assert log.log.records == 2


def test_a_file_that_cannot_be_removed_is_removed_later() -> None:
    files = FakeFiles()
    log = opened(files)
    entries = log.append(1, 2, 3, 4, 5, 6)
    log.append(7)
    files.fail = failing("remove", 5)
    for entry in entries:
        log.log.settle(entry)
    log.tidy()
    before = segments(files), log.log.bytes
    files.fail = lambda _: None
    log.tidy()

    assert before[0] == 2
    assert segments(files) == 1
    assert log.log.bytes < before[1]


@pytest.mark.parametrize(
    "operation", ["create", "write", "sync", "rename", "sync_directory", "read"]
)
def test_a_copy_that_fails_leaves_all_as_it_was(operation: str) -> None:
    files = FakeFiles()
    log = opened(files, max_bytes=MAX_BYTES)
    entries = [log.append(number)[0] for number in range(1, 13)]
    for entry in entries[::2]:
        log.log.settle(entry)
    log.tidy()
    files.fail = failing(operation, 5)
    with pytest.raises(OSError, match="Input/output"):
        log.log.has_room(MAX_BYTES - 1600)
    files.fail = lambda _: None
    drafts = [path for path in files.within(DIRECTORY) if path.suffix == ".tmp"]

    assert drafts == []
    assert list(opened(files.after_kill()).take_all()) == list(range(2, 13, 2))


def test_records_that_stay_unreadable_do_not_keep_the_others_from_moving() -> None:
    files = FakeFiles()
    log = opened(files, max_bytes=MAX_BYTES)
    entries = [log.append(number)[0] for number in range(1, 13)]
    for entry in entries[::2]:
        log.log.settle(entry)
    files.fail = failing("read", 5)
    for _ in range(10):
        with pytest.raises(OSError, match="Input/output"):
            log.log.has_room(MAX_BYTES - 1600)
    assert log.lost == 0
    while log.lost == 0:
        with suppress(OSError):
            assert log.log.has_room(MAX_BYTES - 1600)
    files.fail = lambda _: None

    # The pipeline has their spans; only a kill would lose them now.
    assert log.lost > 0
    for entry in entries:
        log.log.settle(entry)
    assert log.log.records == 0
    assert [path for path in files.within(DIRECTORY) if ".corrupt" in path.name]


def test_damage_does_not_keep_the_records_behind_it_from_moving() -> None:
    files = FakeFiles()
    log = opened(files, max_bytes=MAX_BYTES)
    entries = log.append(1, 2, 3, 4)
    for number in range(5, 9):
        log.append(number)
    first = entries[0].segment
    files.inodes[first.path].data[28] ^= 1
    log.log.settle(entries[1])
    log.log.settle(entries[2])
    assert log.log.has_room(2500)

    assert log.lost == 1
    assert set(opened(files.after_kill()).take_all()) == {4, 5, 6, 7, 8}


def test_many_large_records_move_in_pieces() -> None:
    files = FakeFiles()
    log = opened(files, max_bytes=12 << 20)
    entries = log.append(*range(1, 9), size=900_000)
    for entry in entries[::2]:
        log.log.settle(entry)

    assert log.log.has_room(8 << 20)
    assert list(opened(files.after_kill()).take_all()) == [2, 4, 6, 8]


def test_a_file_that_somebody_else_removed_is_forgotten_with_its_records() -> None:
    files = FakeFiles()
    log = opened(files)
    entries = log.append(1, 2, 3, 4, 5, 6)
    log.append(7)
    for entry in entries:
        log.log.settle(entry)
    del files.inodes[entries[0].segment.path]
    log.append(8)

    assert log.log.bytes == sum(len(i.data) for p, i in files.inodes.items() if p.suffix)


def test_a_file_that_only_says_what_is_done_elsewhere_is_not_copied_for_ever() -> None:
    log = opened(FakeFiles(), max_bytes=10 << 20)
    # What stays open of these is too large to be copied within the bound.
    entries = log.append(*range(1, 9), size=900_000)
    for entry in entries[::2]:
        log.log.settle(entry)

    assert not log.log.has_room(5 << 20)


def test_a_copy_for_which_the_disk_has_no_room_leaves_nothing_behind() -> None:
    files = FakeFiles()
    log = opened(files, max_bytes=MAX_BYTES)
    entries = [log.append(number)[0] for number in range(1, 13)]
    for entry in entries[::2]:
        log.log.settle(entry)
    log.tidy()
    files.capacity = files.used + 100
    room = log.log.has_room(MAX_BYTES - 1600)
    used = files.used

    assert not room
    assert used == files.capacity - 100
    assert list(opened(files.after_kill()).take_all()) == list(range(2, 13, 2))
