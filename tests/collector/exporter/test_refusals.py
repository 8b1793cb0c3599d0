"""Destinations that upstream refuses, and batches that it cannot digest."""

import asyncio
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from collector.exporter.refusals import Refusals, long_pause
from collector.processor.encoder import Sealer
from tests.collector.exporter import samples
from tests.collector.exporter.bench import Bench, bench_on, letters_in, until
from tests.collector.exporter.judge import Judge, add_runs, runs_in
from tests.collector.exporter.samples import destination
from tests.fakes import PATIENCE, Answer, FakeClock, FakeUpstream, Request

HTML = {"Content-Type": "text/html; charset=utf-8"}


async def pass_time(bench: Bench, condition: Callable[[], bool]) -> None:
    """Let time pass until *condition* holds."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            bench.clock.advance(30.0)
            await asyncio.sleep(0.001)


def test_a_long_pause_doubles_from_half_a_minute_to_five_minutes() -> None:
    pauses = [long_pause(times, 0.5) for times in (1, 2, 3, 4, 5, 6, 1000)]

    assert pauses == [30, 60, 120, 240, 300, 300, 300]
    assert (long_pause(1, 0.0), long_pause(1, 1.0)) == pytest.approx((24.0, 36.0))


def test_refusals_of_one_moment_count_once() -> None:
    clock = FakeClock()
    refusals = Refusals(clock, lambda: 0.5)
    pauses = [refusals.add(destination())]
    clock.advance(1.0)
    pauses.append(refusals.add(destination()))
    clock.advance(29.0)
    pauses.append(refusals.add(destination()))

    assert pauses == [30.0, 29.0, 60.0]


def test_an_answer_ends_what_is_known_of_a_destination() -> None:
    refusals = Refusals(FakeClock(), lambda: 0.5)
    refusals.add(destination("a"))
    refusals.forget(destination("a"))
    refusals.forget(destination("b"))

    assert refusals.add(destination("a")) == 30.0


@pytest.mark.parametrize("status", [401, 402, 403])
async def test_a_refused_key_pauses_its_tenant_and_keeps_the_data(
    status: int, tmp_path: Path
) -> None:
    async with FakeUpstream() as upstream, bench_on(upstream, letters=tmp_path) as bench:
        upstream.answer = lambda _: Answer(status)
        owed = [bench.add(runs=2) for _ in range(5)]
        with capture_logs() as logs:
            async with bench.running():
                pauses = [await bench.clock.pass_timer() for _ in range(6)]
                await bench.clock.until_timer()
                asked, paused = len(upstream.requests), bench.outbox.paused_for("key")
                upstream.answer = lambda _: Answer()
                bench.clock.advance(1000.0)
                await bench.until_idle()

    label = bench.destination().label
    assert pauses == pytest.approx([30, 60, 120, 240, 300, 300])
    assert (asked, paused) == (7, 1)
    assert letters_in(tmp_path) == []
    assert [receipt.open for receipt in owed] == [0] * 5
    assert bench.count("spans_uploaded_total") == 10
    assert {entry["event"] for entry in logs} == {f"the key of destination {label} is refused"}


async def test_a_refused_key_is_told_of_once_a_minute() -> None:
    async with FakeUpstream() as upstream, bench_on(upstream) as bench:
        upstream.answer = lambda _: Answer(401)
        bench.add(runs=2)
        with capture_logs() as logs:
            async with bench.running():
                for _ in range(4):
                    await bench.clock.pass_timer()
                await bench.clock.until_timer()

    # Asked after 0, 30, 90, 210 and 450 seconds.
    assert [entry["runs"] for entry in logs] == [2, 4, 2, 2]


@pytest.mark.parametrize("answer", [202, 422])
async def test_the_pauses_begin_anew_when_upstream_has_answered(answer: int) -> None:
    script = [Answer(401), Answer(403), Answer(answer), Answer(401)]
    async with FakeUpstream(*script) as upstream, bench_on(upstream) as bench:
        bench.add()
        async with bench.running():
            pauses = [await bench.clock.pass_timer() for _ in range(2)]
            await bench.until_idle()
            bench.add()
            pauses.append(await bench.clock.pass_timer())
            await bench.until_idle()

    assert pauses == [30.0, 60.0, 30.0]


async def test_a_revoked_key_beside_twenty_good_tenants_delays_none_of_them() -> None:
    def by_key(request: Request) -> Answer:
        return Answer(401 if request.headers["x-api-key"] == "revoked" else 202)

    async with FakeUpstream() as upstream, bench_on(upstream) as bench:
        upstream.answer = by_key
        revoked = [bench.add("revoked") for _ in range(20)]
        good = [bench.add(f"good-{number}") for number in range(20) for _ in range(5)]
        async with bench.running(senders=2):
            await until(lambda: sum(receipt.open for receipt in good) == 0)
            await bench.clock.until_timer()

    assert sum(receipt.open for receipt in revoked) == 20
    assert bench.clock.seconds == 0
    # As many as may be out at once, and no more.
    assert 1 <= upstream.keys().count("revoked") <= 2


@pytest.mark.parametrize(
    "answer",
    [
        Answer(404),
        Answer(405),
        Answer(302, {"Location": "/login"}),
        Answer(200, HTML, b"<html>log in</html>"),
        Answer(400, HTML, b"<html>bad request</html>"),
    ],
    ids=lambda answer: answer.status,
)
async def test_an_endpoint_that_is_not_langsmith_pauses_the_tenant(
    answer: Answer, tmp_path: Path
) -> None:
    async with FakeUpstream(answer) as upstream, bench_on(upstream, letters=tmp_path) as bench:
        owed = bench.add(runs=2)
        with capture_logs() as logs:
            async with bench.running():
                pause = await bench.clock.until_timer()
                held, paused = owed.open, bench.outbox.paused_for("endpoint")
                await bench.clock.pass_timer()
                await bench.until_idle()

    assert (pause, held, paused) == (30.0, 2, 1)
    assert letters_in(tmp_path) == []
    assert [entry["event"] for entry in logs] == [
        f"upstream at 127.0.0.1 does not look like LangSmith: {answer.status}"
    ]
    assert bench.count("uploads_total", status=str(answer.status)) == 1
    assert bench.count("spans_uploaded_total") == 2


async def test_a_run_that_upstream_never_digests_is_isolated_and_the_others_are_delivered() -> None:
    judge = Judge({5: 500})
    async with FakeUpstream() as upstream, bench_on(upstream, seal=Sealer()) as bench:
        upstream.answer = judge
        owed = add_runs(bench, range(16))
        passing = 100
        paused = set()
        async with bench.running(senders=2):
            while owed.open > 1:
                # Others of the tenant get through meanwhile.
                await bench.until_settled(add_runs(bench, [passing]))
                passing += 1
                if bench.count("batch_splits_total", reason="suspect"):
                    paused.add(samples.paused(bench.outbox))
            await pass_time(bench, lambda: bench.count("isolated_runs_total") == 1)
            pauses = []
            for _ in range(5):
                tries = len(judge.asked)
                pauses.append(await bench.clock.pass_timer())
                await until(lambda: len(judge.asked) > tries)  # noqa: B023 -- awaited at once

    assert judge.taken == Counter((set(range(16)) - {5}) | set(range(100, passing)))
    assert (owed.open, bench.outbox.held_runs, samples.paused(bench.outbox)) == (1, 1, 0)
    assert bench.count("isolated_runs_total") == 1
    # The whole was tried ten times, and each of its pieces three times before it was cut.
    tried = Counter(len(runs) for runs in judge.asked if 5 in runs)
    assert (tried[16], tried[8], tried[4], tried[2]) == (10, 3, 3, 3)
    assert paused == {0}
    assert bench.count("spans_uploaded_total") == 15 + passing - 100
    assert pauses == pytest.approx([30, 60, 120, 240, 300])


async def test_a_batch_is_cut_only_after_ten_tries() -> None:
    judge = Judge({5: 500})
    async with FakeUpstream() as upstream, bench_on(upstream, seal=Sealer()) as bench:
        upstream.answer = judge
        add_runs(bench, range(16))
        async with bench.running():
            await bench.clock.until_timer()
            await bench.until_settled(add_runs(bench, [100]))
            await pass_time(bench, lambda: bench.count("batch_splits_total", reason="suspect") == 1)

            paused = samples.paused(bench.outbox)

    whole = [runs for runs in judge.asked if len(runs) == 16]
    assert len(whole) == 10
    assert paused == 0


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "20"}])
async def test_a_batch_alone_is_cut_though_no_others_pass(headers: dict[str, str]) -> None:
    judge = Judge({5: 500})

    def with_headers(request: Request) -> Answer:
        answer = judge(request)
        return Answer(answer.status, headers, answer.body)

    async with FakeUpstream() as upstream, bench_on(upstream, seal=Sealer()) as bench:
        upstream.answer = with_headers
        owed = add_runs(bench, range(16))
        async with bench.running():
            await pass_time(bench, lambda: owed.open == 1)

    assert judge.taken == Counter(set(range(16)) - {5})


async def test_an_outage_cuts_no_batch_more_than_once() -> None:
    async with FakeUpstream() as upstream, bench_on(upstream, seal=Sealer()) as bench:
        upstream.answer = lambda _: Answer(503)
        owed = add_runs(bench, range(16))
        async with bench.running(senders=2):
            await pass_time(bench, lambda: len(upstream.requests) >= 60)
            asked = [runs_in(request.headers, request.body) for request in upstream.requests]
            paused = samples.paused(bench.outbox)
            upstream.answer = lambda _: Answer()
            await pass_time(bench, lambda: owed.open == 0)

    assert {len(runs) for runs in asked} == {16, 8}
    assert paused == 1
    assert bench.count("isolated_runs_total") == 0


async def test_where_each_batch_that_comes_fails_the_tenth_one_is_cut() -> None:
    firsts = range(0, 96, 8)
    judge = Judge({first + 5: 500 for first in firsts})
    async with FakeUpstream() as upstream, bench_on(upstream, seal=Sealer()) as bench:
        upstream.answer = judge
        async with bench.running(senders=1):
            for first in firsts:
                # New ones are asked first, so that none is tried for a second time.
                add_runs(bench, range(first, first + 8))
                asked = len(judge.asked)
                await pass_time(bench, lambda: len(judge.asked) > asked)  # noqa: B023 -- awaited
            await pass_time(bench, lambda: len(judge.taken) > 0)

    sizes = [len(runs) for runs in judge.asked]
    assert sizes[:11] == [8] * 10 + [4]
    assert list(judge.taken)[:4] == judge.asked[10]


async def test_a_poison_in_what_is_being_searched_is_taken_out_of_it() -> None:
    judge = Judge({2: 422, 5: 500}, names=[])
    async with FakeUpstream() as upstream, bench_on(upstream, seal=Sealer()) as bench:
        upstream.answer = judge
        owed = add_runs(bench, range(8))
        passing = 100
        async with bench.running(senders=2):
            while owed.open > 1:
                await bench.until_settled(add_runs(bench, [passing]))
                passing += 1

    assert judge.taken == Counter((set(range(8)) - {2, 5}) | set(range(100, passing)))
    assert bench.count("spans_parked_total", reason="422") == 1
    assert bench.outbox.held_runs == 1


async def test_a_run_for_which_upstream_says_404_does_not_stop_its_tenant(tmp_path: Path) -> None:
    judge = Judge({3: 404})
    async with FakeUpstream() as upstream, bench_on(upstream, Sealer(), tmp_path) as bench:
        upstream.answer = judge
        owed = add_runs(bench, range(8))
        passing = 100
        async with bench.running(senders=2):
            while owed.open > 1:
                other = add_runs(bench, [passing])
                await pass_time(bench, lambda: other.open == 0)  # noqa: B023 -- awaited at once
                passing += 1

    assert judge.taken == Counter((set(range(8)) - {3}) | set(range(100, passing)))
    # Each try takes half a minute or more, so that ten of them would be too many.
    tried = Counter(len(runs) for runs in judge.asked if 3 in runs)
    assert max(tried[8], tried[4], tried[2]) < 6
    assert letters_in(tmp_path) == []
    assert bench.outbox.held_runs == 1


async def test_a_suspect_of_a_tenant_for_whom_nothing_passes_is_not_cut() -> None:
    def by_body(request: Request) -> Answer:
        return Answer(500 if request.body == b"body of 7 runs" else 202)

    async with FakeUpstream() as upstream, bench_on(upstream) as bench:
        upstream.answer = by_body
        suspect = bench.add(runs=7)
        async with bench.running():
            await bench.clock.until_timer()
            await bench.until_settled(bench.add())
            upstream.answer = lambda _: Answer(401)
            await pass_time(bench, lambda: len(upstream.requests) >= 20)

    assert suspect.open == 7
    assert set(upstream.bodies()) == {b"body of 7 runs", b"body of 1 runs"}
    assert bench.count("batch_splits_total", reason="suspect") == 0
