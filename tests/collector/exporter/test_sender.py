import asyncio
import json
import threading
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from collector.errors import UploadRejected
from collector.model import Batch, SealedBatch
from tests.collector.exporter import samples
from tests.collector.exporter.bench import Bench, bench_on, until
from tests.fakes import PATIENCE, Answer, FakeClock, FakeUpstream, Request


def letters_in(path: Path) -> list[dict[str, object]]:
    return [json.loads(file.read_bytes()) for file in path.iterdir()]


async def test_a_delivered_batch_settles_its_receipts() -> None:
    async with FakeUpstream() as upstream, bench_on(upstream) as bench:
        receipt = bench.add(runs=3)
        async with bench.running():
            await bench.until_idle()

    assert receipt.open == 0
    assert upstream.bodies() == [b"body of 3 runs"]
    assert bench.count("spans_uploaded_total") == 3


async def test_what_is_sent_is_counted() -> None:
    async with FakeUpstream(Answer(503)) as upstream, bench_on(upstream) as bench:
        bench.add(runs=3)
        async with bench.running():
            await bench.clock.pass_timer()
            await bench.until_idle()

    assert bench.count("uploads_total", status="503") == 1
    assert bench.count("uploads_total", status="delivered") == 1
    assert bench.count("upload_retries_total", reason="503") == 1
    assert bench.count("upload_raw_bytes_total") == 2000
    assert bench.count("upload_sent_bytes_total") == 2 * len(b"body of 3 runs")
    assert bench.count("upload_duration_seconds_count") == 2
    assert bench.count("batches_total", closed_by="runs") == 1
    assert bench.count("batch_runs_sum") == 3
    assert bench.count("batch_bytes_sum") == 1000


@pytest.mark.parametrize("status", [200, 202, 409])
async def test_delivered_means_uploaded(status: int) -> None:
    async with FakeUpstream(Answer(status)) as upstream, bench_on(upstream) as bench:
        bench.add()
        async with bench.running():
            await bench.until_idle()

    assert bench.count("spans_uploaded_total") == 1
    assert len(upstream.requests) == 1


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
async def test_passing_trouble_is_tried_again_with_the_same_body(status: int) -> None:
    async with FakeUpstream(*[Answer(status)] * 3) as upstream, bench_on(upstream) as bench:
        receipt = bench.add()
        async with bench.running():
            for _ in range(3):
                await bench.clock.pass_timer()
            await bench.until_idle()

    assert upstream.bodies() == [b"body of 1 runs"] * 4
    assert receipt.open == 0
    assert bench.count("spans_uploaded_total") == 1


@pytest.mark.parametrize("cut", ["before", "within"])
async def test_a_cut_connection_is_tried_again(cut: str) -> None:
    async with FakeUpstream(Answer(cut=cut)) as upstream, bench_on(upstream) as bench:
        receipt = bench.add()
        async with bench.running():
            await bench.clock.pass_timer()
            await bench.until_idle()

    assert len(upstream.requests) == 2
    assert receipt.open == 0


async def test_an_upstream_that_never_answers_is_tried_again() -> None:
    async with (
        FakeUpstream(Answer(never=True)) as upstream,
        bench_on(upstream, upload_seconds=0.02) as bench,
    ):
        bench.add()
        async with bench.running():
            await bench.clock.pass_timer()
            await bench.until_idle()

    assert bench.count("uploads_total", status="timeout") == 1
    assert bench.count("spans_uploaded_total") == 1


async def test_a_batch_is_tried_for_ever_with_growing_pauses() -> None:
    async with FakeUpstream(*[Answer(503)] * 10) as upstream, bench_on(upstream) as bench:
        receipt = bench.add()
        async with bench.running():
            pauses = [await bench.clock.pass_timer() for _ in range(10)]
            await bench.until_idle()

    assert pauses == pytest.approx([0.1, 0.2, 0.4, 1, 2, 4, 8, 16, 25, 25])
    assert receipt.open == 0


@pytest.mark.parametrize(
    ("value", "pause"),
    [("30", 30.0), ("Thu, 01 Jan 2026 00:00:30 GMT", 30.0), ("perhaps", 0.1), ("0", 0.1)],
)
async def test_upstream_may_ask_for_a_longer_pause(value: str, pause: float) -> None:
    answer = Answer(429, {"Retry-After": value})
    async with FakeUpstream(answer) as upstream, bench_on(upstream) as bench:
        bench.add()
        async with bench.running():
            waited = await bench.clock.pass_timer()
            await bench.until_idle()

    assert waited == pytest.approx(pause)


async def test_after_a_pause_one_batch_asks_before_the_others_go() -> None:
    async with FakeUpstream() as upstream, bench_on(upstream) as bench:
        # Slow enough that a second one would show.
        upstream.answer = lambda _: Answer(503, delay=0.005)
        for _ in range(8):
            bench.add()
        requests = []
        async with bench.running(senders=4):
            for failed in (2, 3, 4):
                await until(lambda: bench.count("uploads_total", status="503") == failed)  # noqa: B023 -- awaited at once
                requests.append(len(upstream.requests))
                bench.clock.advance(60.0)
            upstream.answer = lambda _: Answer()
            bench.clock.advance(60.0)
            await until(lambda: bench.count("spans_uploaded_total") > 0)
            bench.clock.advance(60.0)
            await bench.until_idle()

    # Two were out when the trouble began, as many as a tenant may have, and then one at a time.
    assert requests == [2, 3, 4]
    assert bench.count("spans_uploaded_total") == 8


async def test_a_dead_tenant_does_not_delay_another() -> None:
    def by_key(request: Request) -> Answer:
        return Answer(503) if request.headers["x-api-key"] == "dead" else Answer()

    async with FakeUpstream() as upstream, bench_on(upstream) as bench:
        upstream.answer = by_key
        dead = [bench.add("dead") for _ in range(10)]
        alive = [bench.add("alive") for _ in range(10)]
        async with bench.running(senders=1):
            await upstream.received(11)
            await bench.clock.until_timer()

    assert [receipt.open for receipt in alive] == [0] * 10
    assert [receipt.open for receipt in dead] == [1] * 10
    assert upstream.keys().count("dead") == 1


async def test_a_tenant_whose_uploads_hang_leaves_senders_to_others() -> None:
    def by_key(request: Request) -> Answer:
        return Answer(never=request.headers["x-api-key"] == "hangs")

    async with FakeUpstream() as upstream, bench_on(upstream) as bench:
        upstream.answer = by_key
        for _ in range(5):
            bench.add("hangs")
        alive = [bench.add("alive") for _ in range(5)]
        async with bench.running(senders=3):
            await upstream.received(2 + 5)

    assert upstream.keys().count("hangs") == 2
    assert sum(receipt.open for receipt in alive) <= 1


async def test_a_rate_limit_pauses_its_tenant_only() -> None:
    def by_key(request: Request) -> Answer:
        limited = request.headers["x-api-key"] == "limited"
        return Answer(429, {"Retry-After": "30"}) if limited else Answer()

    async with FakeUpstream() as upstream, bench_on(upstream) as bench:
        upstream.answer = by_key
        async with bench.running(senders=2):
            bench.add("limited")
            pause = await bench.clock.until_timer()
            bench.add("limited")
            for _ in range(3):
                bench.add("free")
            await upstream.received(4)
            await bench.clock.until_timer()
            paused = bench.outbox.paused

    assert pause == 30.0
    assert paused == 1
    assert upstream.keys() == ["limited", "free", "free", "free"]


async def test_a_batch_that_upstream_cannot_digest_does_not_stop_its_tenant() -> None:
    def by_body(request: Request) -> Answer:
        return Answer(500) if request.body == b"body of 7 runs" else Answer()

    async with FakeUpstream() as upstream, bench_on(upstream) as bench:
        upstream.answer = by_body
        poison = bench.add(runs=7)
        async with bench.running():
            for _ in range(6):
                good = bench.add()
                async with asyncio.timeout(PATIENCE):
                    while good.open:
                        bench.clock.advance(1.0)
                        await asyncio.sleep(0.001)
            await bench.clock.until_timer()
            paused = bench.outbox.paused

    assert poison.open == 7
    assert bench.count("spans_uploaded_total") == 6
    assert bench.count("upload_retries_total", reason="500") >= 2
    assert paused == 0


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 413, 422])
async def test_what_is_refused_for_good_is_parked(status: int) -> None:
    async with FakeUpstream(Answer(status)) as upstream, bench_on(upstream) as bench:
        refused, accepted = bench.add(runs=2), bench.add()
        async with bench.running():
            await bench.until_idle()

    assert (refused.open, accepted.open) == (0, 0)
    assert len(upstream.requests) == 2
    assert bench.count("spans_parked_total", reason=str(status)) == 2
    assert bench.count("spans_uploaded_total") == 1


async def test_what_is_parked_is_written_where_there_is_a_directory(tmp_path: Path) -> None:
    async with (
        FakeUpstream(Answer(422, body=b"bad run type")) as upstream,
        bench_on(upstream, letters=tmp_path) as bench,
    ):
        receipt = bench.add(runs=2)
        async with bench.running():
            await bench.until_idle()

    (letter,) = letters_in(tmp_path)
    assert (letter["reason"], letter["detail"], letter["runs"]) == ("422", "bad run type", 2)
    assert receipt.open == 0
    assert bench.count("spans_parked_total", reason="422") == 2


async def test_a_letter_that_cannot_be_written_keeps_the_batch(tmp_path: Path) -> None:
    path = tmp_path / "letters"
    path.write_text("in the way")
    async with FakeUpstream() as upstream, bench_on(upstream, letters=path) as bench:
        upstream.answer = lambda _: Answer(422)
        receipt = bench.add()
        async with bench.running():
            await bench.clock.until_timer()
            held = (receipt.open, bench.outbox.held_runs, bench.outbox.paused)
            path.unlink()
            await bench.clock.pass_timer()
            await bench.until_idle()

    assert held == (1, 1, 0)
    assert bench.count("upload_retries_total", reason="dead_letter") == 1
    assert bench.count("spans_parked_total", reason="422") == 1
    assert len(letters_in(path)) == 1


async def test_equal_refusals_are_logged_once_a_minute_without_payload() -> None:
    async with FakeUpstream() as upstream, bench_on(upstream) as bench:
        upstream.answer = lambda _: Answer(422, body=b"payload repeated")
        label = bench.destination().label
        with capture_logs() as logs:
            async with bench.running():
                for _ in range(3):
                    bench.add(runs=2)
                await bench.until_idle()
                bench.clock.advance(60.0)
                bench.add(runs=2)
                await bench.until_idle()

    line = {
        "event": "upload refused",
        "log_level": "warning",
        "destination": label,
        "reason": "422",
    }
    assert logs == [{**line, "runs": 2}, {**line, "runs": 6}]


async def test_a_failed_upload_is_logged_with_the_kind_of_error() -> None:
    async with FakeUpstream(Answer(cut="before")) as upstream, bench_on(upstream) as bench:
        with capture_logs() as logs:
            bench.add()
            async with bench.running():
                await bench.clock.until_timer()

    assert [(entry["event"], entry["reason"]) for entry in logs] == [
        ("upload failed", "connection")
    ]
    assert logs[0]["error"] in {"ServerDisconnectedError", "ClientOSError"}


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
    assert held == len(b"body of 1 runs")


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


async def test_a_batch_that_cannot_be_sealed_is_parked_after_three_tries() -> None:
    def seal(batch: Batch) -> SealedBatch:
        if len(batch.runs) == 2:
            raise ValueError("no bytes for this")
        return samples.seal(batch)

    async with FakeUpstream() as upstream, bench_on(upstream, seal=seal) as bench:
        with capture_logs() as logs:
            bad, good = bench.add(runs=2), bench.add()
            async with bench.running():
                pauses = [await bench.clock.pass_timer() for _ in range(3)]
                await bench.until_idle()

    assert pauses == pytest.approx([0.1, 0.2, 0.4])
    assert (bad.open, good.open) == (0, 0)
    assert bench.count("spans_parked_total", reason="encode") == 2
    assert bench.count("spans_uploaded_total") == 1
    assert [(entry["event"], entry["error"]) for entry in logs] == [("batch failed", "ValueError")]


async def test_a_seal_that_works_the_second_time_delivers() -> None:
    faults = [MemoryError()]

    def seal(batch: Batch) -> SealedBatch:
        if faults:
            raise faults.pop()
        return samples.seal(batch)

    async with FakeUpstream() as upstream, bench_on(upstream, seal=seal) as bench:
        bench.add()
        async with bench.running():
            await bench.clock.pass_timer()
            await bench.until_idle()

    assert bench.count("spans_uploaded_total") == 1


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


class Refusing:
    """An uploader that refuses everything."""

    async def upload(self, batch: SealedBatch) -> None:
        raise UploadRejected("422", "no")


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


async def test_cancelled_while_writing_a_letter_the_batch_stays_in_the_outbox(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(_: int) -> None:
        begun.set()
        go_on.wait(PATIENCE)

    monkeypatch.setattr("os.fsync", slow)
    bench = Bench(Refusing(), FakeClock(), letters=tmp_path)
    receipt = bench.add()
    async with bench.running():
        await asyncio.to_thread(begun.wait, PATIENCE)
    go_on.set()
    held = (bench.outbox.held_runs, receipt.open)
    async with bench.running():
        await bench.until_idle()

    assert held == (1, 1)
    assert receipt.open == 0
    assert bench.count("spans_parked_total", reason="422") == 1


@pytest.mark.parametrize("answer", [Answer(), Answer(503), Answer(422)], ids=lambda a: a.status)
async def test_cancelled_anywhere_nothing_is_lost_or_settled_twice(
    answer: Answer, tmp_path: Path
) -> None:
    async with FakeUpstream() as upstream, bench_on(upstream, letters=tmp_path) as bench:
        upstream.answer = lambda _: answer
        receipts = []
        for steps in range(40):
            receipt = bench.add(runs=2)
            receipts.append(receipt)
            # One round takes a few milliseconds; the cancel moves through it.
            async with bench.running(senders=2):
                await asyncio.sleep(steps * 0.0001)
            bench.clock.advance(60.0)
            assert sum(each.open for each in receipts) == bench.outbox.held_runs
        upstream.answer = lambda _: Answer()
        bench.outbox.begin_drain()
        async with bench.running(senders=2):
            await bench.until_idle()

    assert [receipt.open for receipt in receipts] == [0] * 40
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
    assert bench.outbox.idle
    assert bench.count("spans_dropped_total", reason="shutdown") == 5
    assert [(entry["parked"], entry["dropped"], entry["left"]) for entry in logs] == [(0, 5, 0)]


async def test_what_cannot_be_written_at_the_end_is_counted_as_dropped(tmp_path: Path) -> None:
    path = tmp_path / "letters"
    path.write_text("in the way")
    bench = Bench(Refusing(), FakeClock(), letters=path)
    bench.add(runs=2)

    await bench.sender.park_rest()

    assert bench.outbox.idle
    assert bench.count("spans_dropped_total", reason="shutdown") == 2


async def test_a_deadline_while_the_rest_is_written_leaves_word_of_what_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(_: int) -> None:
        begun.set()
        go_on.wait(PATIENCE)

    monkeypatch.setattr("os.fsync", slow)
    bench = Bench(Refusing(), FakeClock(), letters=tmp_path)
    bench.add(runs=2)
    with capture_logs() as logs:
        rest = asyncio.ensure_future(bench.sender.park_rest())
        await asyncio.to_thread(begun.wait, PATIENCE)
        rest.cancel()
        await asyncio.wait([rest])
        go_on.set()

    assert rest.cancelled()
    assert [(entry["parked"], entry["dropped"], entry["left"]) for entry in logs] == [(0, 0, 2)]


async def test_an_empty_outbox_has_no_rest_to_speak_of() -> None:
    bench = Bench(Refusing(), FakeClock())

    with capture_logs() as logs:
        await bench.sender.park_rest()

    assert logs == []
