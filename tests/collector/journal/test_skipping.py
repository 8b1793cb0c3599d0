"""Tenants whose records cannot go anywhere now are passed over, and keep their place."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from collector.journal import reading
from collector.journal.base import Record
from collector.journal.frames import SEGMENT_HEADER_BYTES, Codec
from collector.journal.segment import Entry
from collector.journal.writer import Outcome
from tests.collector.journal.disks import DEFAULTS, bodies, opened, record
from tests.collector.journal.fake_files import FakeFiles
from tests.collector.journal.logs import DIRECTORY, Log, tenant, tenant_of
from tests.collector.journal.logs import opened as opened_log

BLOCKED, OTHER = record(key="blocked"), record(key="other")


class WatchedFiles(FakeFiles):
    """A disk that knows how many bytes each read asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: list[int] = []

    def read(self, fd: int, size: int, offset: int) -> bytes:
        self.sizes.append(size)
        return super().read(fd, size, offset)


def backlog(*numbers: int, size: int = 100, files: FakeFiles | None = None) -> Log:
    log = opened_log(files or FakeFiles())
    for number in numbers:
        log.append(number, size=size, aside=True)
    return log


def number_of(taken: tuple[int, Entry] | None) -> int:
    assert taken is not None
    return taken[0]


def test_records_of_skipped_tenants_stay_and_those_behind_them_come() -> None:
    log = backlog(*range(1, 10))

    assert list(log.take_all(1)) == [2, 3, 5, 6, 8, 9]
    assert log.log.backlog.records == 3


def test_a_tenant_that_is_skipped_no_longer_comes_from_its_first_record_on() -> None:
    log = backlog(*range(1, 10))
    log.take_all(1, 2)

    assert list(log.take_all(2)) == [1, 4, 7]
    assert list(log.take_all()) == [2, 5, 8]
    assert log.log.backlog.records == 0


def test_records_that_come_while_only_skipped_ones_are_left_are_found() -> None:
    log = backlog(1, 2, 4)
    log.take_all(1)
    log.append(5, aside=True)
    log.append(7, aside=True)

    assert list(log.take_all(1)) == [5]
    assert list(log.take_all()) == [1, 4, 7]


def test_a_record_that_is_put_back_while_its_tenant_is_skipped_comes_first_again() -> None:
    log = backlog(1, 2, 4, 7)
    taken = log.take()
    log.take_all(1)
    assert taken is not None
    log.log.put_back(taken[1])

    assert list(log.take_all(1)) == []
    assert list(log.take_all()) == [1, 4, 7]


def test_skipped_records_that_move_are_found_where_they_are() -> None:
    log = opened_log(FakeFiles(), max_bytes=4000)
    for number in range(1, 19):
        log.append(number, aside=True)
    entries = log.take_all(1)
    for entry in entries.values():
        log.log.settle(entry)
    assert log.log.has_room(2400)

    assert list(log.take_all()) == [1, 4, 7, 10, 13, 16]


def test_what_is_skipped_is_not_read_again_at_each_take() -> None:
    log = backlog(*([1] * 100), files=(files := WatchedFiles()))
    log.take(1)
    files.sizes.clear()

    assert log.take(1) is None
    assert files.sizes == []


def test_what_lies_behind_what_was_skipped_is_not_passed_again() -> None:
    log = backlog(*([1] * 100), 2, 5, files=(files := WatchedFiles()))
    log.take(1)
    log.take()
    files.sizes.clear()

    assert list(log.take_all(1)) == [5]
    assert len(files.sizes) < 10


def test_tenants_that_come_back_are_read_each_from_its_own_first_record_on() -> None:
    log = backlog(*range(1, 19))
    log.take_all(1, 2)

    assert [number_of(log.take(2)) for _ in range(2)] == [1, 4]
    assert [number_of(log.take(1)) for _ in range(2)] == [2, 5]
    assert list(log.take_all()) == [7, 8, 10, 11, 13, 14, 16, 17]
    assert log.log.backlog.records == 0


def test_damage_is_counted_once_however_often_what_lies_before_it_is_skipped() -> None:
    files = FakeFiles()
    opened_log(files).append(1, 2, 4, 7, 10, size=20)
    log = opened_log(files := files.after_kill())
    (path,) = (path for path in files.within(DIRECTORY) if path.suffix == ".journal")
    # The header of the second.
    files.inodes[path].data[SEGMENT_HEADER_BYTES + 50] ^= 1
    for _ in range(3):
        log.take(1)
        log.take()

    assert log.lost == 1
    assert [len(inode.data) for path, inode in files.inodes.items() if "corrupt" in path.name] == [
        49
    ]


def test_the_body_of_a_skipped_record_is_not_read() -> None:
    log = backlog(1, 1, size=10_000, files=(files := WatchedFiles()))
    log.take(1)

    assert max(files.sizes) < 10_000


def test_one_take_passes_some_records_and_the_next_one_those_behind_them() -> None:
    log = backlog(*([1] * reading._MOST_PASSED), 2)
    skip = frozenset({tenant(1)})

    assert log.log.take(skip, tenant_of) is None
    assert log.log.backlog.paused
    assert log.take(1) is not None
    assert not log.log.backlog.paused


def test_damage_among_what_is_skipped_is_found_when_it_is_skipped_no_longer() -> None:
    files = FakeFiles()
    opened_log(files).append(1, 1, 1, size=20)
    log = opened_log(files := files.after_kill())
    (path,) = (path for path in files.within(DIRECTORY) if path.suffix == ".journal")
    # A header and a body.
    files.inodes[path].data[SEGMENT_HEADER_BYTES] ^= 1
    files.inodes[path].data[-1] ^= 1

    assert log.take(1) is None
    assert log.log.backlog.lost_units == 0
    assert log.take() is not None
    assert log.take() is None
    assert log.log.backlog.lost_units == 2


async def test_a_journal_on_disk_passes_the_records_of_skipped_tenants(tmp_path: Path) -> None:
    async with opened(tmp_path) as made:
        await asyncio.gather(
            *(made.append(BLOCKED, aside=True) for _ in range(2 * reading._MOST_PASSED))
        )
        await made.append(OTHER, aside=True)
        skip = frozenset({BLOCKED.destination.tenant})
        taken = await made.take(skip)

        assert taken is not None
        assert taken[0].destination.api_key == "other"
        assert await made.take(skip) is None
        assert made.backlog == 2 * reading._MOST_PASSED


async def test_a_take_that_is_cancelled_on_its_way_past_skipped_records_takes_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path) as made:
        await asyncio.gather(
            *(made.append(BLOCKED, aside=True) for _ in range(2 * reading._MOST_PASSED))
        )
        taking = asyncio.ensure_future(made.take(frozenset({BLOCKED.destination.tenant})))
        answer = made._answer

        def answer_and_cancel(outcomes: Sequence[Outcome]) -> None:
            answer(outcomes)
            taking.cancel()

        monkeypatch.setattr(made, "_answer", answer_and_cancel)
        await asyncio.gather(taking, return_exceptions=True)
        monkeypatch.undo()

        assert taking.cancelled()
        assert len(await bodies(made)) == 2 * reading._MOST_PASSED


def test_whose_a_record_is_can_be_told_from_its_meta_alone() -> None:
    codec = Codec(DEFAULTS)
    meta, _ = codec.encode(BLOCKED)

    assert codec.tenant(meta) == BLOCKED.destination.tenant
    assert codec.tenant(b"[1]") is None
    assert codec.tenant(b"no JSON") is None
    assert codec.tenant(b"7") is None


def test_whose_a_record_of_the_defaults_is_is_what_the_defaults_are() -> None:
    codec = Codec(DEFAULTS)
    meta, _ = codec.encode(Record(DEFAULTS, "traces", "application/json", b"", 1))

    assert codec.tenant(meta) == DEFAULTS.tenant
