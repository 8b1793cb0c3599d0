"""A nearly full disk takes what it has room for, and is not tried in vain all the time."""

import os
from pathlib import Path

import pytest

from collector.errors import Overloaded
from collector.journal import writer
from collector.journal.space import fits
from collector.metrics import Metrics
from tests.collector.journal.disks import journal, own, record, value
from tests.collector.journal.fake_files import FakeFiles, Killed
from tests.collector.journal.logs import DIRECTORY, Log, opened
from tests.fakes import until


def disk(room: int) -> FakeFiles:
    files = FakeFiles()
    files.make_directory(DIRECTORY)
    files.capacity = room
    return files


@pytest.mark.parametrize(("room", "has"), [(3_000_000, True), (2_999_999, False)])
def test_a_disk_has_the_room_that_it_has(room: int, has: bool) -> None:
    files = disk(room)

    assert fits(files, DIRECTORY, 3_000_000) == has
    assert files.used == 0
    assert files.within(DIRECTORY) == []


def test_a_disk_without_a_directory_has_no_room() -> None:
    assert not fits(FakeFiles(), DIRECTORY, 1)


def test_what_a_kill_left_of_looking_for_room_is_removed() -> None:
    files = disk(1000)
    files.dies_at = files.operations + 3
    with pytest.raises(Killed):
        fits(files, DIRECTORY, 100)
    files = files.after_kill()
    left = len(files.within(DIRECTORY))

    assert left == 1
    assert fits(files, DIRECTORY, 100)
    assert files.within(DIRECTORY) == []


def scattered() -> Log:
    """Return a log with more segments than there need be."""
    files = FakeFiles()
    for number in range(1, 7):
        log = opened(files.after_kill())
        files = log.files
        log.append(number, size=100)
    return opened(files.after_kill())


def test_a_copy_that_has_no_room_is_no_trouble_and_is_tried_again_later() -> None:
    log = scattered()
    log.files.capacity = log.files.used
    # They rest no longer than until the first look around.
    log.tidy()
    operations = log.files.operations
    log.tidy()
    looked = log.files.operations - operations
    before = len(log.log._segments.all)
    log.files.capacity = 1 << 40
    for _ in range(10):
        log.tidy()

    # Names only; nothing was written in vain.
    assert looked == 1
    assert before == 6
    assert len(log.log._segments.all) < 6
    assert list(log.take_all()) == [1, 2, 3, 4, 5, 6]


async def test_a_record_too_large_for_the_disk_does_not_keep_others_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(writer, "_FIT_SECONDS", 0.01)
    files, metrics = FakeFiles(), Metrics()
    made = journal(Path("/data/journal"), files=files, metrics=metrics)
    await made.open()
    await own(made, record(1, b"before"))
    large = record(1, os.urandom(4 << 20))
    files.capacity = files.used + (3 << 20)
    with pytest.raises(Overloaded, match="disk is full"):
        await made.append(large)
    await until(lambda: made.healthy)
    healthy = []
    for _ in range(20):
        with pytest.raises(Overloaded, match="disk is full"):
            await made.append(large)
        healthy.append(made.healthy)
        await own(made, record(1, b"small"))

    assert healthy == [True] * 20
    assert value(metrics, "journal_failures_total", reason="disk_full") == 21

    files.capacity = 1 << 40
    await until(lambda: made._writer._too_many is None)
    await own(made, large)

    assert made.healthy

    await made.close()
