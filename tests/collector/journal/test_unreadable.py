"""A disk that cannot be read for a while costs no record; one bad place costs what is there."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Never

import pytest
from structlog.testing import capture_logs

from collector.journal.segment import MOST_FAILURES
from tests.collector.journal.disks import bodies, journal, opened, raiser, record
from tests.collector.journal.fake_files import FakeFiles, failing
from tests.collector.journal.logs import Log
from tests.collector.journal.logs import opened as opened_log
from tests.fakes import until

HEADER_BYTES = 28
# A frame's header, one digit of meta, and the body.
FRAME_BYTES = HEADER_BYTES + 1 + 100


class BadSectors(FakeFiles):
    """A disk on which some bytes of the file that was made first cannot be read.

    Attributes:
        bad: where they are.
    """

    def __init__(self) -> None:
        super().__init__()
        self.bad: tuple[int, ...] = ()

    def read(self, fd: int, size: int, offset: int) -> bytes:
        first = min(self.inodes, key=lambda path: (path.suffix != ".journal", path))
        if self.same(first, fd) and any(offset <= at < offset + size for at in self.bad):
            raise OSError(errno.EIO, "Input/output error")
        return super().read(fd, size, offset)


def body_of(number: int) -> int:
    """Return where a byte of the body of record *number* is."""
    return HEADER_BYTES + number * FRAME_BYTES - 20


def header_of(number: int) -> int:
    """Return where the frame of record *number* begins."""
    return HEADER_BYTES + (number - 1) * FRAME_BYTES


def backlog(files: FakeFiles, records: int = 4) -> Log:
    log = opened_log(files)
    for number in range(1, 1 + records):
        log.append(number, aside=True)
    return log


def fail(log: Log, times: int) -> None:
    for _ in range(times):
        with pytest.raises(OSError, match="Input/output"):
            log.take()


def failing_all(*operations: str) -> Callable[[str], OSError | None]:
    """Let each of *operations* fail: where nothing can be written, the disk stays out of order."""
    return lambda asked: failing(asked, errno.EIO)(asked) if asked in operations else None


def test_a_disk_that_cannot_be_read_for_a_while_costs_nothing() -> None:
    files = FakeFiles()
    log = backlog(files)
    files.fail = failing("read", 5)
    fail(log, MOST_FAILURES)
    files.fail = lambda _: None

    assert list(log.take_all()) == [1, 2, 3, 4]
    assert log.lost == 0


def test_a_record_that_cannot_be_read_for_a_while_costs_nothing() -> None:
    files = BadSectors()
    log = backlog(files)
    files.bad = (body_of(2),)
    first = log.take()
    fail(log, MOST_FAILURES)
    files.bad = ()

    assert first is not None
    assert list(log.take_all()) == [2, 3, 4]
    assert log.lost == 0


def test_records_that_stay_unreadable_are_passed_until_the_next_start() -> None:
    files = BadSectors()
    log = backlog(files)
    files.bad = (body_of(1), body_of(2))
    fail(log, MOST_FAILURES)
    with capture_logs() as logs:
        found = list(log.take_all())

    assert found == [3, 4]
    assert log.lost == log.log.backlog.lost_units == 2
    assert log.log.backlog.records == 0
    assert [line["event"] for line in logs] == [
        "records of the journal cannot be read: the next start tries them again"
    ]
    assert list(opened_log(files.after_kill()).take_all()) == [1, 2, 3, 4]


def test_a_record_that_was_passed_is_not_found_again_by_those_that_come_back() -> None:
    files = BadSectors()
    log = backlog(files)
    first = log.take()
    files.bad = (body_of(2),)
    fail(log, MOST_FAILURES)
    third = log.take()
    assert first is not None
    assert third is not None
    log.log.put_back(first[1])

    assert list(log.take_all()) == [1, 4]
    assert log.lost == 1


def test_a_header_that_stays_unreadable_costs_the_rest_of_its_file_until_the_next_start() -> None:
    files = BadSectors()
    log = backlog(files, records=8)
    files.bad = (header_of(2),)
    first = log.take()
    fail(log, MOST_FAILURES)

    assert first is not None
    assert list(log.take_all()) == [6, 7, 8]
    assert log.lost == 1
    assert log.log.backlog.lost_units == 4
    assert list(opened_log(files.after_kill()).take_all()) == list(range(1, 9))


def test_what_cannot_be_read_behind_a_record_does_not_keep_it_from_being_read() -> None:
    files = BadSectors()
    log = backlog(files)
    files.bad = (body_of(3),)

    assert [log.take() is not None for _ in range(2)] == [True, True]
    fail(log, 1)


async def test_a_journal_whose_disk_cannot_be_read_says_so_and_goes_on_when_it_can() -> None:
    files = FakeFiles()
    made = journal(Path("/data/journal"), files=files)
    await made.open()
    for body in (b"1", b"2", b"3"):
        await made.append(record(1, body), aside=True)
    files.fail = failing_all("read", "write", "create")
    taken = await made.take()

    assert taken is None
    assert not made.healthy
    assert made.backlog == 3

    files.fail = lambda _: None
    await until(lambda: made.healthy)

    assert await bodies(made) == [b"1", b"2", b"3"]
    assert made.unreadable == 0

    await made.close()


async def test_nothing_is_taken_while_the_disk_does_not_work() -> None:
    files = FakeFiles()
    made = journal(Path("/data/journal"), files=files)
    await made.open()
    await made.append(record(1, b"1"), aside=True)
    files.fail = failing_all("names", "write", "create")
    await until(lambda: not made.healthy)

    assert await made.take() is None

    files.fail = lambda _: None
    await until(lambda: made.healthy)

    assert await bodies(made) == [b"1"]

    await made.close()


async def test_a_lack_of_memory_for_a_read_leaves_the_record_in_the_backlog(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path) as made:
        await made.append(record(1, b"large"), aside=True)
        monkeypatch.setattr(made._log.backlog._files, "read", raiser(MemoryError))
        taken = await made.take()
        monkeypatch.undo()

        assert taken is None
        assert made.healthy
        assert await bodies(made) == [b"large"]
        assert made.unreadable == 0


class Unsliceable(bytes):
    """Bytes of which no part can be had: there is no memory for a copy."""

    def __getitem__(self, key: object) -> Never:
        raise MemoryError


async def test_a_lack_of_memory_for_the_copies_leaves_the_record_in_the_backlog(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path) as made:
        body = os.urandom(10_000)
        await made.append(record(1, body), aside=True)
        files = made._log.backlog._files
        read = files.read

        def short_of_memory(fd: int, size: int, offset: int) -> bytes:
            data = read(fd, size, offset)
            return Unsliceable(data) if size > len(body) else data

        monkeypatch.setattr(files, "read", short_of_memory)
        taken = await made.take()
        monkeypatch.undo()

        assert taken is None
        assert await bodies(made) == [body]
        assert made.unreadable == 0
