"""A disk that does not work costs no record that is owned, and is tried until it works again."""

import asyncio
import errno
import os
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from collector.errors import Overloaded
from collector.journal import writer
from collector.journal.disk import DiskJournal
from collector.metrics import Metrics
from collector.model import Receipt
from tests.collector.journal.disks import bodies, journal, own, raiser, record, value
from tests.collector.journal.fake_files import FakeFiles, failing
from tests.fakes import until

DIRECTORY = Path("/data/journal")


async def started(files: FakeFiles, *, metrics: Metrics | None = None) -> DiskJournal:
    made = journal(DIRECTORY, files=files, metrics=metrics)
    await made.open()
    return made


async def left(files: FakeFiles) -> list[bytes]:
    """Return what the next process finds when this one is killed now."""
    made = await started(files.after_kill())
    found = await bodies(made)
    await made.close()
    return found


@pytest.mark.parametrize(
    ("operation", "number", "reason", "text"),
    [
        ("write", errno.ENOSPC, "disk_full", "the journal's disk is full"),
        ("write", errno.EDQUOT, "disk_full", "the journal's disk quota is used up"),
        ("write", errno.EFBIG, "disk_full", "the journal's files may not grow"),
        ("write", errno.EIO, "io", "the journal's disk does not work"),
        ("sync", errno.EIO, "io", "the journal's disk does not work"),
        ("write", errno.EROFS, "read_only", "the journal's disk is read-only"),
        ("create", errno.EROFS, "read_only", "the journal's disk is read-only"),
        ("create", errno.EACCES, "permission", "the journal's directory may not be written to"),
        ("create", errno.EMFILE, "files", "there are too many open files"),
        ("rename", errno.EIO, "io", "the journal's disk does not work"),
        ("sync_directory", errno.EIO, "io", "the journal's disk does not work"),
    ],
)
async def test_a_failing_disk_refuses_records_until_it_works_and_loses_none(
    operation: str, number: int, reason: str, text: str
) -> None:
    files, metrics = FakeFiles(), Metrics()
    made = await started(files, metrics=metrics)
    if operation in ("write", "sync"):
        await own(made, record(1, b"before"))
    files.fail = failing(operation, number)
    with pytest.raises(Overloaded) as refused:
        await made.append(record(1, b"refused"))

    assert refused.value.reason == text
    assert refused.value.retry_after == 1
    assert not made.healthy
    assert value(metrics, "journal_healthy") == 0
    assert value(metrics, "journal_failures_total", reason=reason) == 1

    files.fail = lambda _: None
    await until(lambda: made.healthy)
    await own(made, record(1, b"after"))

    assert (await left(files))[-1] == b"after"
    assert b"refused" not in await left(files)
    assert (b"before" in await left(files)) == (operation in ("write", "sync"))

    await made.close()


async def test_while_the_disk_fails_nobody_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "_TICK_SECONDS", 60.0)
    files, metrics = FakeFiles(), Metrics()
    made = await started(files, metrics=metrics)
    files.fail = failing("write", errno.ENOSPC)
    answers = [
        await asyncio.gather(made.append(record()), return_exceptions=True) for _ in range(3)
    ]
    operations = files.operations
    answers += [
        await asyncio.gather(made.append(record()), return_exceptions=True) for _ in range(100)
    ]

    assert all(isinstance(answer, Overloaded) for (answer,) in answers)
    assert files.operations == operations
    assert value(metrics, "journal_failures_total", reason="disk_full") == 103

    await made.close()


async def test_what_waits_when_the_disk_fails_is_refused_together() -> None:
    files = FakeFiles()
    made = await started(files)
    files.fail = failing("write", errno.EIO)
    answers = await asyncio.gather(
        *(made.append(record()) for _ in range(20)), return_exceptions=True
    )

    assert all(isinstance(answer, Overloaded) for answer in answers)

    await made.close()


async def test_a_full_disk_takes_records_again_when_what_is_settled_made_room() -> None:
    files = FakeFiles()
    files.capacity = 400_000
    made = await started(files)
    receipts: list[Receipt] = []
    kept = await own(made, record(1, b"kept"))
    while made.healthy:
        answer = await asyncio.gather(
            made.append(record(1, os.urandom(20_000))), return_exceptions=True
        )
        receipts += [receipt for receipt in answer if isinstance(receipt, Receipt)]

    assert len(receipts) > 15

    for receipt in receipts:
        receipt.settle()
    await until(lambda: made.healthy)
    for _ in range(5):
        await own(made, record(1, os.urandom(20_000)))

    assert kept.open == 1
    assert (await left(files))[0] == b"kept"

    await made.close()


async def test_trouble_is_told_once_and_so_is_its_end() -> None:
    files = FakeFiles()
    made = await started(files)
    files.fail = failing("write", errno.ENOSPC)
    with capture_logs() as logs:
        for _ in range(5):
            with pytest.raises(Overloaded):
                await made.append(record())
        operations = files.operations
        await until(lambda: files.operations > operations + 20)
        files.fail = lambda _: None
        await until(lambda: made.healthy)

    assert [(line["log_level"], line["event"]) for line in logs] == [
        ("error", "the journal owns nothing now"),
        ("warning", "the journal works again"),
    ]
    assert logs[0]["reason"] == "the journal's disk is full"

    await made.close()


async def test_an_append_finds_by_itself_that_the_directory_is_gone() -> None:
    files = FakeFiles()
    made = await started(files)
    await own(made, record(1, b"before"))
    files.remove_directory(DIRECTORY)
    answers = await asyncio.gather(made.append(record(1, b"now")), return_exceptions=True)
    await until(lambda: made.healthy)
    await until(lambda: any(path.suffix == ".journal" for path in files.inodes))

    # It either came first, or the look around did.
    assert b"before" in await left(files)
    assert (b"now" in await left(files)) == isinstance(answers[0], Receipt)

    await made.close()


async def test_a_disk_that_does_not_work_at_the_start_is_no_reason_not_to_start() -> None:
    files = FakeFiles()
    before = await started(files)
    await own(before, record(3, b"before"))
    files = files.after_kill()
    files.fail = failing("lock", errno.EROFS)
    made = await started(files)

    assert not made.healthy
    assert made.backlog == 0
    assert await made.take() is None

    files.fail = lambda _: None
    await until(lambda: made.healthy)

    assert made.backlog == 3
    assert await bodies(made) == [b"before"]

    await made.close()
    await before.close()


async def test_a_disk_that_fails_between_two_syncs_keeps_what_it_took() -> None:
    files = FakeFiles()
    made = journal(DIRECTORY, files=files, sync="interval")
    await made.open()
    await own(made, record(1, b"taken"))
    files.fail = failing("sync", errno.EIO)
    await own(made, record(1, b"unsynced"))
    await until(lambda: not made.healthy)
    files.fail = lambda _: None
    await until(lambda: made.healthy)
    after = await started(files.after_power_cut(lambda _: 0))

    # What the failed sync had left out was written once more, elsewhere.
    assert await bodies(after) == [b"taken", b"unsynced"]

    await after.close()
    await made.close()


async def test_a_bug_refuses_records_and_does_not_end_the_writer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = await started(FakeFiles())
    with monkeypatch.context() as patch:
        patch.setattr(made._log, "append", raiser(ZeroDivisionError))
        with pytest.raises(Overloaded, match="the journal failed"):
            await made.append(record())
    await until(lambda: made.healthy)

    assert await made.append(record()) is not None

    await made.close()


async def test_a_bug_in_the_look_around_does_not_end_the_writer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = await started(FakeFiles())
    with monkeypatch.context() as patch:
        patch.setattr(made._log, "tidy", raiser(ZeroDivisionError))
        patch.setattr(made._log, "mend", raiser(ZeroDivisionError))
        await until(lambda: not made.healthy)
    await until(lambda: made.healthy)

    await made.close()


async def test_close_returns_when_the_disk_does_not_work() -> None:
    files = FakeFiles()
    made = await started(files)
    receipt = await own(made, record(1, b"settled"))
    receipt.settle()
    await own(made, record(1, b"open"))
    files.fail = failing("write", errno.EIO)
    await made.close()

    assert b"open" in await left(files)


async def test_close_returns_when_a_bug_keeps_it_from_ending(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = await started(FakeFiles())
    monkeypatch.setattr(made._log, "close", raiser(ZeroDivisionError))
    await made.close()

    with pytest.raises(Overloaded, match="closed"):
        await made.append(record())
