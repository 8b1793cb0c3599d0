import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from collector.errors import Overloaded, TooLarge
from collector.journal import segment_log, writer
from collector.journal.base import Journal
from collector.journal.writer import Outcome
from collector.metrics import Metrics
from tests.collector.journal.disks import (
    bodies,
    flip,
    journal,
    opened,
    own,
    raiser,
    record,
    used,
    value,
)
from tests.collector.journal.fake_files import HeldFiles
from tests.fakes import until


async def test_past_its_bound_the_journal_is_full_and_healthy(tmp_path: Path) -> None:
    metrics = Metrics()
    async with opened(tmp_path, max_bytes=1 << 20, metrics=metrics) as made:
        receipts = [await own(made, record(1, os.urandom(30_000))) for _ in range(29)]
        with (
            capture_logs() as logs,
            pytest.raises(Overloaded, match="the journal is full"),
        ):
            await asyncio.gather(*(made.append(record(1, os.urandom(30_000))) for _ in range(9)))

        assert [line["journal_max_bytes"] for line in logs] == [1 << 20]
        assert made.healthy
        assert used(tmp_path) <= 1 << 20
        assert value(metrics, "journal_failures_total", reason="full")

        for receipt in receipts:
            receipt.settle()
        await own(made, record(1, os.urandom(600_000)))


async def test_a_record_that_can_never_be_owned_is_not_asked_for_again(tmp_path: Path) -> None:
    metrics = Metrics()
    async with opened(tmp_path, max_bytes=1 << 20, metrics=metrics) as made:
        with pytest.raises(TooLarge, match="JOURNAL_MAX_BYTES") as refused:
            await made.append(record(1, os.urandom(1 << 20)))

        assert refused.value.status == 413
        assert made.healthy
        assert value(metrics, "journal_failures_total", reason="full") is None
        assert await made.append(record()) is not None


async def test_the_largest_record_that_can_be_owned_is_owned_in_the_end(tmp_path: Path) -> None:
    async with opened(tmp_path, max_bytes=1 << 20) as made:
        large = os.urandom(made._log.most_bytes - 200)
        small = await own(made, record())
        with pytest.raises(Overloaded, match="the journal is full"):
            await made.append(record(1, large))
        small.settle()

        assert await made.append(record(1, large)) is not None


async def test_a_record_beyond_what_a_frame_can_say_is_not_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segment_log, "MAX_PAYLOAD_BYTES", 1000)
    async with opened(tmp_path) as made:
        with pytest.raises(TooLarge):
            await made.append(record(1, os.urandom(1000)))


async def test_what_is_settled_makes_room_beside_what_stays_open(tmp_path: Path) -> None:
    async with opened(tmp_path, max_bytes=1 << 20) as made:
        kept = []
        for number in range(200):
            receipt = await own(made, record(1, b"%03d" % number + os.urandom(20_000)))
            if number % 10:
                receipt.settle()
            else:
                kept.append(b"%03d" % number)

        assert used(tmp_path) <= 1 << 20

    async with opened(tmp_path) as made:
        assert [body[:3] for body in await bodies(made)] == kept


async def test_a_cancelled_append_is_nobodys_debt(tmp_path: Path) -> None:
    files = HeldFiles()
    made = journal(tmp_path, files=files)
    await made.open()
    await own(made, record(1, b"first"))
    files.hold("write")
    waiting = asyncio.ensure_future(made.append(record(5, b"cancelled")))
    aside = asyncio.ensure_future(made.append(record(5, b"cancelled"), aside=True))
    await until(lambda: files.waiting)
    waiting.cancel()
    aside.cancel()
    await asyncio.gather(waiting, aside, return_exceptions=True)
    files.let_go()
    await own(made, record(1, b"second"))

    assert made.held_spans == 2
    assert made.backlog == 0

    await made.close()
    again = journal(tmp_path, files=files.after_kill())
    await again.open()

    assert await bodies(again) == [b"first", b"second"]

    await again.close()


async def test_a_cancelled_append_to_the_backlog_is_not_taken_from_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_TICK_SECONDS", 60.0)
    made = journal(tmp_path, files=(files := HeldFiles()))
    await made.open()
    await made.append(record(7, b"skipped", key="skipped"), aside=True)
    files.hold("write")
    aside = asyncio.ensure_future(made.append(record(5, b"cancelled"), aside=True))
    await until(lambda: files.waiting)
    aside.cancel()
    taking = asyncio.ensure_future(made.take(frozenset({record(key="skipped").destination.tenant})))
    await asyncio.gather(aside, return_exceptions=True)
    files.let_go()

    assert await taking is None
    assert made.backlog == 7

    await made.append(record(5, b"left"), aside=True)

    assert await bodies(made) == [b"skipped", b"left"]
    assert made.backlog == 0

    await made.close()


async def test_a_cancelled_take_leaves_the_record_in_the_backlog(tmp_path: Path) -> None:
    made = journal(tmp_path, files=(files := HeldFiles()))
    await made.open()
    await made.append(record(5, b"one"), aside=True)
    await made.append(record(5, b"two"), aside=True)
    files.hold("read")
    taking = asyncio.ensure_future(made.take())
    await until(lambda: files.waiting)
    taking.cancel()
    await asyncio.gather(taking, return_exceptions=True)
    files.let_go()

    assert made.backlog == 10
    assert sorted(await bodies(made)) == [b"one", b"two"]

    await made.close()


async def test_an_append_that_is_cancelled_as_it_ends_is_nobodys_debt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path) as made:
        waiting = asyncio.ensure_future(made.append(record(1, b"late")))
        answer = made._answer

        def answer_and_cancel(outcomes: Sequence[Outcome]) -> None:
            answer(outcomes)
            waiting.cancel()

        monkeypatch.setattr(made, "_answer", answer_and_cancel)
        await asyncio.gather(waiting, return_exceptions=True)
        monkeypatch.undo()

        assert waiting.cancelled()
        assert made.held_spans == 0

    async with opened(tmp_path) as made:
        assert made.backlog == 0


async def test_the_metrics_tell_what_the_journal_has(tmp_path: Path) -> None:
    metrics = Metrics()
    async with opened(tmp_path, metrics=metrics) as made:
        await own(made, record(3))
        await made.append(record(4), aside=True)

        assert value(metrics, "journal_records") == 2
        assert value(metrics, "journal_backlog_spans") == 4
        assert value(metrics, "journal_bytes") == used(tmp_path)
        assert value(metrics, "journal_append_seconds_count") == 2
        assert value(metrics, "journal_limit_bytes") == 1 << 30
        assert value(metrics, "journal_healthy") == 1
        assert value(metrics, "journal_later_files") == 0


async def test_a_record_whose_bytes_changed_is_skipped_counted_and_kept(tmp_path: Path) -> None:
    metrics = Metrics()
    async with opened(tmp_path) as made:
        await made.append(record(3, b"bad" * 100))
        await made.append(record(4, b"good"))
    flip(tmp_path, 150)
    async with opened(tmp_path, metrics=metrics) as made:
        assert made.backlog == 7
        assert await bodies(made) == [b"good"]
        assert made.backlog == 0
        assert value(metrics, "journal_corrupt_records_total") == 1
        assert [name for name in os.listdir(tmp_path) if name.endswith(".corrupt")]


async def test_a_record_that_reads_well_and_is_none_is_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    metrics = Metrics()
    made = journal(tmp_path, metrics=metrics)
    await made.open()
    monkeypatch.setattr(made._writer._codec, "encode", lambda *_: (b"[1]", b"no zstd"))
    await made.append(record(3), aside=True)
    monkeypatch.undo()
    await made.append(record(1, b"good"), aside=True)

    assert await bodies(made) == [b"good"]
    assert value(metrics, "journal_corrupt_records_total") == 1

    await made.close()


async def test_a_lack_of_memory_refuses_one_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path) as made:
        monkeypatch.setattr(made._writer._codec, "encode", raiser(MemoryError))
        with pytest.raises(Overloaded, match="no memory"):
            await made.append(record())
        monkeypatch.undo()

        assert made.healthy
        assert await made.append(record()) is not None


async def test_a_lack_of_memory_leaves_the_record_in_the_backlog(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path) as made:
        await made.append(record(1, b"large"), aside=True)
        monkeypatch.setattr(made._writer._codec, "decode", raiser(MemoryError))
        taken = await made.take()
        monkeypatch.undo()

        assert taken is None
        assert await bodies(made) == [b"large"]


async def test_the_event_loop_goes_on_while_the_disk_does_not(tmp_path: Path) -> None:
    made = journal(tmp_path, files=(files := HeldFiles()))
    await made.open()
    files.hold("create")
    appending = asyncio.ensure_future(made.append(record()))
    await until(lambda: files.waiting)

    assert not appending.done()
    assert made.held_spans == 0

    files.let_go()

    assert await appending is not None

    await made.close()


async def test_it_is_a_journal(tmp_path: Path) -> None:
    made: Journal = journal(tmp_path)

    assert made.held_spans == made.backlog == 0
    await made.close()
