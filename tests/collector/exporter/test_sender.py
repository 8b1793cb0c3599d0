from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.collector.exporter import samples
from tests.collector.exporter.bench import bench_on, letters_in, until
from tests.fakes import Answer, FakeUpstream, Request, leap


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
        bench_on(upstream, upload_seconds=60.0) as bench,
    ):
        bench.add()
        async with bench.running():
            await upstream.received(1)
            leap(61.0)
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
            paused = samples.paused(bench.outbox)

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
                await bench.until_settled(good)
            await bench.clock.until_timer()
            paused = samples.paused(bench.outbox)

    assert poison.open == 7
    assert bench.count("spans_uploaded_total") == 6
    assert bench.count("upload_retries_total", reason="500") >= 2
    assert paused == 0


@pytest.mark.parametrize("limit", [Answer(429), Answer(429, {"Retry-After": "0"})])
async def test_a_rate_limit_is_the_tenants_even_if_the_batch_is_suspect(limit: Answer) -> None:
    async with FakeUpstream(Answer(500), Answer(), limit) as upstream, bench_on(upstream) as bench:
        suspect = bench.add(runs=7)
        async with bench.running():
            await until(lambda: samples.paused(bench.outbox) == 1)
            bench.add()
            bench.clock.advance(0.1)
            await until(lambda: len(upstream.requests) == 3)
            await until(lambda: samples.paused(bench.outbox) == 1)

    assert upstream.bodies() == [b"body of 7 runs", b"body of 1 runs", b"body of 7 runs"]
    assert suspect.open == 7


async def test_a_wish_to_wait_for_a_suspect_batch_is_heeded_by_it_alone() -> None:
    wish = Answer(503, {"Retry-After": "7"})
    async with FakeUpstream(Answer(500), Answer(), wish) as upstream, bench_on(upstream) as bench:
        bench.add(runs=7)
        async with bench.running():
            await until(lambda: samples.paused(bench.outbox) == 1)
            bench.add()
            bench.clock.advance(0.1)
            await until(lambda: len(upstream.requests) == 3)
            wait = await bench.clock.until_timer()
            paused = samples.paused(bench.outbox)
            await bench.until_settled(bench.add())

    assert upstream.bodies() == [b"body of %d runs" % runs for runs in (7, 1, 7, 1)]
    assert (wait, paused) == (7.0, 0)


@pytest.mark.parametrize("status", [400, 418, 422])
async def test_a_run_that_is_refused_is_parked(status: int) -> None:
    async with FakeUpstream(Answer(status)) as upstream, bench_on(upstream) as bench:
        refused, accepted = bench.add(), bench.add(runs=2)
        async with bench.running():
            await bench.until_idle()

    assert (refused.open, accepted.open) == (0, 0)
    assert len(upstream.requests) == 2
    assert bench.count("spans_parked_total", reason=str(status)) == 1
    assert bench.count("spans_uploaded_total") == 2


async def test_what_is_parked_is_written_where_there_is_a_directory(tmp_path: Path) -> None:
    async with (
        FakeUpstream(Answer(422, body=b"bad run type")) as upstream,
        bench_on(upstream, letters=tmp_path) as bench,
    ):
        receipt = bench.add()
        async with bench.running():
            await bench.until_idle()

    (letter,) = letters_in(tmp_path)
    assert (letter["reason"], letter["detail"], letter["runs"]) == ("422", "bad run type", 1)
    assert receipt.open == 0
    assert bench.count("spans_parked_total", reason="422") == 1


async def test_equal_refusals_are_logged_once_a_minute_without_payload() -> None:
    async with FakeUpstream() as upstream, bench_on(upstream) as bench:
        upstream.answer = lambda _: Answer(422, body=b"payload repeated")
        label = bench.destination().label
        with capture_logs() as logs:
            async with bench.running():
                for _ in range(3):
                    bench.add()
                await bench.until_idle()
                bench.clock.advance(60.0)
                bench.add()
                await bench.until_idle()

    line = {
        "event": "upload refused",
        "log_level": "warning",
        "destination": label,
        "reason": "422",
    }
    assert logs == [{**line, "runs": 1}, {**line, "runs": 3}]


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
