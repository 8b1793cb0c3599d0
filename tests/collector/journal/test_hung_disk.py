"""A disk that does not answer holds up nobody for long, and loses nothing."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from collector.errors import Overloaded
from collector.journal import disk
from collector.journal.disk import DiskJournal
from collector.metrics import Metrics
from tests.collector.journal.disks import bodies, journal, own, record, value
from tests.collector.journal.fake_files import HeldFiles
from tests.fakes import PATIENCE, until

DIRECTORY = Path("/data/journal")


@pytest.fixture(autouse=True)
def little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "_PATIENCE_SECONDS", 0.01)


@pytest.fixture
async def files() -> AsyncIterator[HeldFiles]:
    made = HeldFiles()
    yield made
    made.let_go()


async def hung(files: HeldFiles, *, metrics: Metrics | None = None) -> DiskJournal:
    """Return a journal whose disk has stopped in an append that was refused for it."""
    made = journal(DIRECTORY, files=files, metrics=metrics, close_seconds=0.01)
    await made.open()
    files.hold("sync")
    with pytest.raises(Overloaded, match="does not answer in time"):
        await made.append(record(1, b"late"))
    return made


async def test_a_record_that_the_disk_does_not_take_in_time_is_refused(files: HeldFiles) -> None:
    metrics = Metrics()
    made = await hung(files, metrics=metrics)

    assert made.held_spans == 0
    assert not made.healthy
    assert value(metrics, "journal_failures_total", reason="hangs") == 1


async def test_while_the_disk_hangs_records_are_refused_at_once(
    files: HeldFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await hung(files)
    monkeypatch.setattr(disk, "_PATIENCE_SECONDS", 1000.0)
    with pytest.raises(Overloaded, match="does not answer in time"):
        await made.append(record())


async def test_a_disk_that_answers_again_owns_records_and_not_the_one_that_came_too_late(
    files: HeldFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await hung(files)
    monkeypatch.setattr(disk, "_PATIENCE_SECONDS", PATIENCE)
    files.let_go()
    await until(lambda: made.healthy)
    await own(made, record(1, b"next"))
    await made.close()
    again = journal(DIRECTORY, files=files.after_kill())
    await again.open()

    assert await bodies(again) == [b"next"]

    await again.close()


async def test_a_large_record_may_take_longer(
    files: HeldFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "_SLOWEST_BYTES", 1)
    made = journal(DIRECTORY, files=files)
    await made.open()
    files.hold("sync")
    waiting = asyncio.ensure_future(made.append(record(1, bytes(1000))))
    await until(lambda: files.waiting)

    assert made.healthy
    assert not waiting.done()

    files.let_go()

    assert await waiting is not None

    await made.close()


async def test_that_the_disk_hangs_is_told_once_and_so_is_its_end(files: HeldFiles) -> None:
    with capture_logs() as logs:
        made = await hung(files)
        for _ in range(3):
            with pytest.raises(Overloaded):
                await made.append(record())
        files.let_go()
        await until(lambda: len(logs) == 2)

    assert [(line["event"], line.get("reason")) for line in logs] == [
        ("the journal owns nothing now", "the journal's disk does not answer in time"),
        ("the journal works again", None),
    ]

    await made.close()


async def test_close_does_not_wait_for_a_disk_that_hangs(files: HeldFiles) -> None:
    made = await hung(files)
    with capture_logs() as logs:
        await made.close()

    assert [line["event"] for line in logs] == [
        "the journal was not closed: its disk does not answer"
    ]
    with pytest.raises(Overloaded, match="closed"):
        await made.append(record())
