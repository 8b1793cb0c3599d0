"""A start reads again what was done lately."""

import pytest

from collector.journal import past
from tests.collector.journal.fake_files import FakeFiles
from tests.collector.journal.logs import DIRECTORY, Log


class Days:
    """A date that the test moves."""

    def __init__(self) -> None:
        self.seconds = 1_763_600_000

    def __call__(self) -> int:
        return self.seconds


def log_of(files: FakeFiles, date: Days) -> Log:
    log = Log(files, rest_seconds=300.0, date=date)
    log.log.open()
    return log


def journals(files: FakeFiles) -> int:
    return sum(path.suffix == ".journal" for path in files.within(DIRECTORY))


def test_what_was_done_lately_comes_again_and_what_is_open_does_not() -> None:
    date, files = Days(), FakeFiles()
    log = log_of(files, date)
    first, second, _ = log.append(1, 2, 3)
    log.log.settle(first)
    log.log.settle(second)
    log.append(4)

    after = log_of(files.after_kill(), date)

    assert after.past() == [1, 2]
    assert list(after.take_all()) == [3, 4]
    assert after.past() == []


def test_what_was_done_long_ago_does_not_come_again_whenever_it_came() -> None:
    date, files = Days(), FakeFiles()
    log = log_of(files, date)
    first, second = log.append(1, 2)
    log.log.settle(first)
    log.append(3)
    date.seconds += 200
    log.log.settle(second)
    log.append(4)
    date.seconds += 200

    assert log_of(files.after_kill(), date).past() == [2]


def test_a_segment_whose_records_are_done_rests_and_goes() -> None:
    files = FakeFiles()
    log = log_of(files, Days())
    for number in range(1, 8):
        (entry,) = log.append(number, size=500)
        log.log.settle(entry)
    log.log._segments.segment_bytes = 1 << 20
    log.tidy()
    resting = journals(files)
    for _ in range(300):
        log.tidy()

    assert resting > 2
    assert journals(files) == 1


def test_what_a_later_process_finishes_comes_again_in_the_next_one() -> None:
    date, files = Days(), FakeFiles()
    log_of(files, date).append(1, 2)
    log = log_of(files.after_kill(), date)
    for entry in log.take_all().values():
        log.log.settle(entry)
    log.tidy()
    log.append(3)

    assert log_of(log.files.after_kill(), date).past() == [1, 2]


def test_a_segment_rests_from_when_the_last_of_its_records_is_done() -> None:
    date, files = Days(), FakeFiles()
    log = log_of(files, date)
    early, late = log.append(1, 2, size=300)
    log.log.settle(early)
    log.append(3)
    for _ in range(400):
        log.tidy()
        date.seconds += 1
    log.log.settle(late)
    log.tidy()

    assert log_of(files.after_kill(), date).past() == [2]


def test_what_was_done_before_the_last_file_was_full_comes_again_too() -> None:
    date, files = Days(), FakeFiles()
    log = log_of(files, date)
    for number in range(1, 8):
        # A file takes three of them.
        (entry,) = log.append(number, size=160)
        log.log.settle(entry)
        log.tidy()
    log.append(8)

    assert log_of(files.after_kill(), date).past()[-4:] == [4, 5, 6, 7]


@pytest.mark.parametrize("stays", [False, True])
def test_processes_that_live_shorter_than_segments_rest_do_not_pile_up_files(stays: bool) -> None:
    date, files = Days(), FakeFiles()
    for number in range(40):
        files = files.after_kill()
        log = Log(files, rest_seconds=300.0, date=date, segment_bytes=1 << 20)
        log.log.open()
        done, other = log.append(2 * number, 2 * number + 1)
        log.log.settle(done)
        if not stays:
            log.log.settle(other)
        for _ in range(60):
            log.tidy()
            date.seconds += 1

    assert journals(files) <= 300 // 60 + 4


def test_for_want_of_room_nothing_rests() -> None:
    files = FakeFiles()
    log = Log(files, rest_seconds=300.0, max_bytes=4000)
    log.log.open()
    for number in range(1, 100):
        assert log.log.has_room(200)
        (entry,) = log.append(number)
        log.log.settle(entry)

    assert log.log.bytes < 4000


def test_segments_that_gave_way_one_by_one_between_those_that_rest_are_no_trouble() -> None:
    log = Log(FakeFiles(), rest_seconds=300.0, max_bytes=60_000)
    log.log.open()
    for number in range(700):
        assert log.log.has_room(200)
        # One of each six stays open; how much the others let go of is different each time.
        stays = number % 6 == 0
        (entry,) = log.append(number, size=1 if stays else 60 + number * 37 % 90)
        if not stays:
            log.log.settle(entry)
        if number % 6 == 5:
            log.tidy()

    assert {segment.over for segment in log.log._segments.all} == {True, False}
    assert log.log.bytes < 60_000


def test_a_start_reads_no_more_than_the_newest_megabytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past, "_MOST_BYTES", 400)
    date, files = Days(), FakeFiles()
    log = log_of(files, date)
    for entry in log.append(*range(1, 11)):
        log.log.settle(entry)
    log.append(11)

    assert log_of(files.after_kill(), date).past() == [7, 8, 9, 10]


def test_files_that_are_too_old_to_be_read_again_are_not_even_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(past, "_MOST_BYTES", 400)
    date, files = Days(), FakeFiles()
    log = log_of(files, date)
    for number in range(1, 31):
        entry, _ = log.append(2 * number, 2 * number + 1)
        log.log.settle(entry)
    log.append(100)
    after = log_of(files := files.after_kill(), date)
    reads: list[str] = []
    monkeypatch.setattr(files, "fail", reads.append)

    assert after.past() == [54, 56, 58, 60]
    assert len(reads) < 10


def test_damage_in_the_past_is_passed_without_a_word() -> None:
    date, files = Days(), FakeFiles()
    log = log_of(files, date)
    for entry in log.append(1, 2, 3):
        log.log.settle(entry)
    log.append(4)
    (path,) = [path for path in files.within(DIRECTORY) if path.suffix == ".journal"]
    at = files.inodes[path].data.index(b"\x02" * 100)
    files.inodes[path].data[at] ^= 1

    after = log_of(files.after_kill(), date)

    assert after.past() == [1, 3]
    assert after.lost == 0
