"""Refused runs and trouble besides: nothing is lost, and nothing is settled twice."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from collector.model import Receipt
from collector.processor.encoder import Sealer
from tests.collector.exporter.bench import Bench, bench_on, letters_in
from tests.collector.exporter.judge import (
    Direct,
    Judge,
    add_runs,
    made_runs,
    refused_runs,
    runs_in_letter,
)
from tests.collector.exporter.samples import receipt
from tests.fakes import Answer, FakeClock, FakeUpstream, Request


async def test_a_search_goes_on_where_passing_trouble_stopped_it() -> None:
    judge = Judge({5: 422}, names=[])
    answers = iter([None, None, Answer(503), Answer(cut="before")])

    async with FakeUpstream() as upstream, bench_on(upstream, seal=Sealer()) as bench:
        upstream.answer = lambda request: next(answers, None) or judge(request)
        owed = add_runs(bench, range(16))
        async with bench.running():
            await bench.clock.pass_timer()
            await bench.clock.pass_timer()
            await bench.until_idle()

    assert owed.open == 0
    assert judge.taken == Counter(set(range(16)) - {5})
    assert len(judge.asked) == 8
    assert bench.count("upload_retries_total", reason="503") == 1


@given(st.data())
@settings(max_examples=25)
def test_any_bad_runs_in_any_batches_are_parked_and_all_others_delivered_once(
    data: st.DataObject,
) -> None:
    sizes = data.draw(st.lists(st.integers(1, 12), min_size=1, max_size=4))
    total = sum(sizes)
    verdicts = data.draw(
        st.dictionaries(st.integers(0, total - 1), st.sampled_from([400, 409, 413, 422]))
    )
    judge = Judge(verdicts, names=data.draw(st.none() | st.lists(st.integers(0, total))))
    senders = data.draw(st.integers(1, 3))

    async def play() -> Bench:
        bench = Bench(Direct(judge), FakeClock(), seal=Sealer())
        first = 0
        owed = []
        for size in sizes:
            owed.append(add_runs(bench, range(first, first + size)))
            first += size
        async with bench.running(senders):
            await bench.until_idle()
        assert [receipt.open for receipt in owed] == [0] * len(sizes)
        return bench

    bench = asyncio.run(play())

    assert judge.taken == Counter(set(range(total)) - set(verdicts))
    by_status = Counter(verdicts.values())
    assert bench.count("spans_uploaded_total") == total - len(verdicts) + by_status[409]
    assert bench.count("spans_parked_total", reason="400") == by_status[400]
    assert bench.count("spans_parked_total", reason="422") == by_status[422]
    assert bench.count("spans_parked_total", reason="too_large") == by_status[413]
    assert bench.outbox.held_bytes == 0
    assert len(judge.asked) <= sum(2 * size + 1 for size in sizes)


@pytest.mark.parametrize("senders", [1, 3])
async def test_the_balance_is_closed_at_every_request(senders: int, tmp_path: Path) -> None:
    judge = Judge({3: 422, 20: 409, 33: 413, 34: 400}, names=[])
    sums: list[float] = []

    async with (
        FakeUpstream() as upstream,
        bench_on(upstream, seal=Sealer(), letters=tmp_path) as bench,
    ):

        def weigh(request: Request) -> Answer:
            settled = bench.count("spans_uploaded_total") + sum(
                bench.count("spans_parked_total", reason=reason)
                for reason in ("400", "422", "too_large")
            )
            sums.append(settled + bench.outbox.held_runs)
            assert settled + owed.open == 40
            return judge(request)

        upstream.answer = weigh
        owed = add_runs(bench, range(40))
        async with bench.running(senders):
            await bench.until_idle()

    assert set(sums) == {40}


async def test_cancelled_anywhere_in_a_search_nothing_is_lost_or_settled_twice(
    tmp_path: Path,
) -> None:
    judge = Judge({3: 422, 20: 409, 33: 413}, names=[])
    async with (
        FakeUpstream() as upstream,
        bench_on(upstream, seal=Sealer(), letters=tmp_path) as bench,
    ):
        upstream.answer = judge
        owed = add_runs(bench, range(40))
        steps = 0
        while owed.open:
            # One round takes a few milliseconds; the cancel moves through it.
            async with bench.running(senders=2):
                await asyncio.sleep(0.001 + steps * 0.0001)
            bench.clock.advance(60.0)
            steps += 1
            assert owed.open == bench.outbox.held_runs

    assert set(judge.taken) == set(range(40)) - {3, 20, 33}
    assert set(refused_runs(tmp_path).values()) == {"422", "too_large"}
    assert bench.count("spans_uploaded_total") == 38


async def test_what_is_left_of_a_search_at_the_end_is_written_without_what_is_done(
    tmp_path: Path,
) -> None:
    answers = iter([Answer(422), Answer(), Answer(never=True)])
    async with (
        FakeUpstream() as upstream,
        bench_on(upstream, seal=Sealer(), letters=tmp_path) as bench,
    ):
        upstream.answer = lambda _: next(answers)
        owed = add_runs(bench, range(8))
        async with bench.running():
            await upstream.received(3)
        await bench.sender.park_rest()

    assert owed.open == 0
    (letter,) = letters_in(tmp_path)
    assert runs_in_letter(letter) == [4, 5, 6, 7]
    assert bench.count("spans_uploaded_total") == 4
    assert bench.count("spans_parked_total", reason="shutdown") == 4


async def test_a_letter_that_cannot_be_written_keeps_what_is_left_of_the_batch(
    tmp_path: Path,
) -> None:
    path = tmp_path / "letters"
    path.write_text("in the way")
    judge = Judge({0: 422}, names=[])
    async with FakeUpstream() as upstream, bench_on(upstream, Sealer(), path) as bench:
        upstream.answer = judge
        add_runs(bench, range(4))
        async with bench.running():
            await bench.clock.until_timer()
            held = bench.outbox.held_runs
            path.unlink()
            await bench.clock.pass_timer()
            await bench.until_idle()

    assert held == 4
    assert judge.taken == Counter([1, 2, 3])
    assert refused_runs(path) == {0: "422"}


async def test_a_record_that_cannot_be_settled_does_not_stop_its_batch() -> None:
    def fail(_: Receipt) -> None:
        raise RuntimeError("bug")

    judge = Judge({3: 422}, names=[])
    bench = Bench(Direct(judge), FakeClock(), seal=Sealer())
    batch = made_runs(range(4), receipt(4), bench.destination())
    batch.runs[0].receipt = Receipt(2, 1, fail)
    bench.outbox.add(batch)
    with capture_logs() as logs:
        async with bench.running():
            await bench.until_idle()

    assert judge.taken == Counter([0, 1, 2])
    assert bench.count("spans_uploaded_total") == 3
    assert bench.count("spans_parked_total", reason="422") == 1
    assert [entry["event"] for entry in logs] == ["batch failed", "upload refused"]
