"""A sender among bugs, cancelled anywhere, and at the end of its days."""

import asyncio
import threading
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from collector.exporter.lane import LANE_BYTES, LEASE_BYTES
from collector.model import Batch, SealedBatch
from tests.collector.exporter import samples
from tests.collector.exporter.bench import Bench, Refusing, bench_on, letters_in
from tests.fakes import PATIENCE, Answer, FakeClock, FakeUpstream


async def test_a_batch_is_sealed_once_however_often_it_is_tried() -> None:
    sealed: list[Batch] = []

    def seal(batch: Batch) -> SealedBatch:
        sealed.append(batch)
        return samples.seal(batch)

    async with FakeUpstream(Answer(503)) as upstream, bench_on(upstream, seal=seal) as bench:
        bench.add()
        async with bench.running():
            await bench.clock.until_timer()
            held = bench.outbox.held_bytes
            await bench.clock.pass_timer()
            await bench.until_idle()

    assert len(sealed) == 1
    assert held == LANE_BYTES + LEASE_BYTES + len(b"body of 1 runs")


async def test_sealing_does_not_stop_the_event_loop() -> None:
    threads: list[int] = []

    def seal(batch: Batch) -> SealedBatch:
        threads.append(threading.get_ident())
        return samples.seal(batch)

    async with FakeUpstream() as upstream, bench_on(upstream, seal=seal) as bench:
        bench.add()
        async with bench.running():
            await bench.until_idle()

    assert threads != [threading.get_ident()]


class Broken:
    """An uploader with a bug: it raises what nobody expects, the first time."""

    def __init__(self) -> None:
        self.faults: list[Exception] = [RuntimeError("bug")]

    async def upload(self, batch: SealedBatch) -> None:
        if self.faults:
            raise self.faults.pop()


async def test_a_bug_costs_neither_the_worker_nor_the_batch() -> None:
    bench = Bench(Broken(), FakeClock())
    receipt = bench.add()
    with capture_logs() as logs:
        async with bench.running():
            await bench.clock.pass_timer()
            await bench.until_idle()

    assert receipt.open == 0
    assert bench.count("uploads_total", status="error") == 1
    assert bench.count("upload_retries_total", reason="error") == 1
    assert bench.count("spans_uploaded_total") == 1
    assert [(entry["event"], entry["error"]) for entry in logs] == [
        ("batch failed", "RuntimeError")
    ]


async def test_a_letter_that_cannot_be_written_keeps_the_batch(tmp_path: Path) -> None:
    path = tmp_path / "letters"
    path.write_text("in the way")
    async with FakeUpstream() as upstream, bench_on(upstream, letters=path) as bench:
        upstream.answer = lambda _: Answer(422)
        receipt = bench.add()
        async with bench.running():
            await bench.clock.until_timer()
            held = (receipt.open, bench.outbox.held_runs, samples.paused(bench.outbox))
            path.unlink()
            await bench.clock.pass_timer()
            await bench.until_idle()

    assert held == (1, 1, 0)
    assert bench.count("upload_retries_total", reason="dead_letter") == 1
    assert bench.count("spans_parked_total", reason="422") == 1
    assert len(letters_in(path)) == 1


async def test_cancelled_while_sealing_the_batch_stays_in_the_outbox() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def seal(batch: Batch) -> SealedBatch:
        begun.set()
        go_on.wait(PATIENCE)
        return samples.seal(batch)

    async with FakeUpstream() as upstream, bench_on(upstream, seal=seal) as bench:
        receipt = bench.add()
        async with bench.running():
            await asyncio.to_thread(begun.wait, PATIENCE)
        go_on.set()
        held = (bench.outbox.held_runs, receipt.open)
        async with bench.running():
            await bench.until_idle()

    assert held == (1, 1)
    assert receipt.open == 0
    assert len(upstream.requests) == 1


async def test_cancelled_while_uploading_the_batch_stays_in_the_outbox() -> None:
    async with FakeUpstream(Answer(never=True)) as upstream, bench_on(upstream) as bench:
        receipt = bench.add()
        async with bench.running():
            await upstream.received(1)
        held = (bench.outbox.held_runs, receipt.open)
        async with bench.running():
            await bench.until_idle()

    assert held == (1, 1)
    assert receipt.open == 0
    assert bench.count("uploads_total", status="cancelled") == 1


class SlowDisk:
    """Lets no file be written to the end before it is told to.

    Attributes:
        begun: a file waits to be written.
        go_on: it may.
    """

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()

    def fsync(self, _: int) -> None:
        self.begun.set()
        self.go_on.wait(PATIENCE)


async def test_a_letter_that_is_begun_is_seen_through_and_not_written_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = SlowDisk()
    monkeypatch.setattr("os.fsync", disk.fsync)
    bench = Bench(Refusing(), FakeClock(), letters=tmp_path)
    receipt = bench.add()
    sending = asyncio.ensure_future(bench.sender.run())
    await asyncio.to_thread(disk.begun.wait, PATIENCE)
    for _ in range(2):
        sending.cancel()
        await asyncio.sleep(0)
    held = (bench.outbox.held_runs, receipt.open, sending.done())
    disk.go_on.set()
    await asyncio.wait([sending])
    await bench.sender.park_rest()

    assert held == (1, 1, False)
    assert sending.cancelled()
    assert (bench.outbox.held_runs, receipt.open) == (0, 0)
    assert bench.count("spans_parked_total", reason="422") == 1
    assert [letter["reason"] for letter in letters_in(tmp_path)] == ["422"]


async def test_cancelled_while_a_letter_fails_the_batch_stays_in_the_outbox(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = SlowDisk()

    def fail(descriptor: int) -> None:
        disk.fsync(descriptor)
        raise OSError("disk full")

    monkeypatch.setattr("os.fsync", fail)
    bench = Bench(Refusing(), FakeClock(), letters=tmp_path)
    receipt = bench.add()
    sending = asyncio.ensure_future(bench.sender.run())
    await asyncio.to_thread(disk.begun.wait, PATIENCE)
    sending.cancel()
    disk.go_on.set()
    await asyncio.wait([sending])

    assert sending.cancelled()
    assert (bench.outbox.held_runs, receipt.open) == (1, 1)
    assert letters_in(tmp_path) == []


async def test_a_letter_that_fails_by_a_bug_keeps_the_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise RuntimeError("bug")

    bench = Bench(Refusing(), FakeClock(), letters=tmp_path)
    receipt = bench.add()
    with monkeypatch.context() as patch, capture_logs() as logs:
        patch.setattr("os.fsync", fail)
        async with bench.running():
            await bench.clock.until_timer()
            held = (bench.outbox.held_runs, receipt.open)
    async with bench.running():
        await bench.clock.pass_timer()
        await bench.until_idle()

    assert held == (1, 1)
    assert [(entry["event"], entry["error"]) for entry in logs] == [
        ("batch failed", "RuntimeError")
    ]
    assert bench.count("spans_parked_total", reason="422") == 1


@pytest.mark.parametrize("answer", [Answer(), Answer(503), Answer(422)], ids=lambda a: a.status)
async def test_cancelled_anywhere_nothing_is_lost_or_settled_twice(
    answer: Answer, tmp_path: Path
) -> None:
    async with FakeUpstream() as upstream, bench_on(upstream, letters=tmp_path) as bench:
        upstream.answer = lambda _: answer
        receipts = []
        for steps in range(40):
            receipts += [bench.add(), bench.add()]
            # One round takes a few milliseconds; the cancel moves through it.
            async with bench.running(senders=2):
                await asyncio.sleep(steps * 0.0001)
            bench.clock.advance(60.0)
            assert sum(each.open for each in receipts) == bench.outbox.held_runs
        upstream.answer = lambda _: Answer()
        bench.outbox.begin_drain()
        async with bench.running(senders=2):
            await bench.until_idle()

    assert [receipt.open for receipt in receipts] == [0] * 80
    uploaded = bench.count("spans_uploaded_total")
    assert uploaded + bench.count("spans_parked_total", reason="422") == 80


async def test_what_is_left_at_the_end_is_written_to_the_dead_letters(tmp_path: Path) -> None:
    async with (
        FakeUpstream(Answer(503)) as upstream,
        bench_on(upstream, letters=tmp_path) as bench,
    ):
        receipts = [bench.add(runs=2), bench.add(runs=3)]
        async with bench.running():
            await bench.clock.until_timer()
        with capture_logs() as logs:
            await bench.sender.park_rest()

    letters = letters_in(tmp_path)
    assert {(letter["runs"], letter["reason"]) for letter in letters} == {
        (2, "shutdown"),
        (3, "shutdown"),
    }
    assert [receipt.open for receipt in receipts] == [0, 0]
    assert bench.count("spans_parked_total", reason="shutdown") == 5
    assert [(entry["parked"], entry["dropped"], entry["left"]) for entry in logs] == [(5, 0, 0)]


async def test_what_is_left_at_the_end_is_counted_where_there_is_no_directory() -> None:
    bench = Bench(Refusing(), FakeClock())
    receipts = [bench.add(runs=2), bench.add(runs=3)]

    with capture_logs() as logs:
        await bench.sender.park_rest()

    assert [receipt.open for receipt in receipts] == [0, 0]
    assert bench.outbox.held_runs == 0
    assert bench.count("spans_dropped_total", reason="shutdown") == 5
    assert [(entry["parked"], entry["dropped"], entry["left"]) for entry in logs] == [(0, 5, 0)]


async def test_what_cannot_be_written_at_the_end_is_counted_as_dropped(tmp_path: Path) -> None:
    path = tmp_path / "letters"
    path.write_text("in the way")
    bench = Bench(Refusing(), FakeClock(), letters=path)
    bench.add(runs=2)

    await bench.sender.park_rest()

    assert bench.outbox.held_runs == 0
    assert bench.count("spans_dropped_total", reason="shutdown") == 2


async def test_a_deadline_while_the_rest_is_written_leaves_word_of_what_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = SlowDisk()
    monkeypatch.setattr("os.fsync", disk.fsync)
    bench = Bench(Refusing(), FakeClock(), letters=tmp_path)
    bench.add(runs=2)
    with capture_logs() as logs:
        rest = asyncio.ensure_future(bench.sender.park_rest())
        await asyncio.to_thread(disk.begun.wait, PATIENCE)
        rest.cancel()
        await asyncio.wait([rest])
        disk.go_on.set()

    assert rest.cancelled()
    assert [(entry["parked"], entry["dropped"], entry["left"]) for entry in logs] == [(0, 0, 2)]


async def test_an_empty_outbox_has_no_rest_to_speak_of() -> None:
    bench = Bench(Refusing(), FakeClock())

    with capture_logs() as logs:
        await bench.sender.park_rest()

    assert logs == []
