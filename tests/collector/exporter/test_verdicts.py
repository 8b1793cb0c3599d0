"""A sender whose upstream refuses some of the runs."""

import math
from collections import Counter
from pathlib import Path

import pytest

from collector.processor.encoder import Sealer
from tests.collector.exporter.bench import bench_on, letters_in
from tests.collector.exporter.judge import (
    Judge,
    add_runs,
    refused_runs,
    runs_in,
)
from tests.collector.processor.runs import padded
from tests.fakes import Answer, FakeUpstream, Request


@pytest.mark.parametrize("status", [400, 422, 418])
async def test_only_the_bad_run_becomes_a_dead_letter(status: int, tmp_path: Path) -> None:
    judge = Judge({700: status}, names=[])
    async with (
        FakeUpstream() as upstream,
        bench_on(upstream, seal=Sealer(), letters=tmp_path) as bench,
    ):
        upstream.answer = judge
        owed = add_runs(bench, range(1000))
        async with bench.running(senders=4):
            await bench.until_idle()

    assert owed.open == 0
    assert judge.taken == Counter(set(range(1000)) - {700})
    assert len(judge.asked) <= 2 * math.log2(1000) + 1
    assert refused_runs(tmp_path) == {700: str(status)}
    assert all(letter["first_tried"] for letter in letters_in(tmp_path))
    assert bench.count("spans_uploaded_total") == 999
    assert bench.count("spans_parked_total", reason=str(status)) == 1
    assert bench.count("batch_splits_total", reason=str(status)) >= 1


async def test_one_bad_run_in_many_batches_costs_its_own_batch_some_requests(
    tmp_path: Path,
) -> None:
    judge = Judge({7_654: 422}, names=[])
    async with (
        FakeUpstream() as upstream,
        bench_on(upstream, seal=Sealer(), letters=tmp_path) as bench,
    ):
        upstream.answer = judge
        owed = [add_runs(bench, range(first, first + 100)) for first in range(0, 10_000, 100)]
        async with bench.running(senders=4):
            await bench.until_idle()

    assert sum(receipt.open for receipt in owed) == 0
    assert judge.taken == Counter(set(range(10_000)) - {7_654})
    assert len(judge.asked) <= 99 + 2 * math.log2(100) + 1
    assert refused_runs(tmp_path) == {7_654: "422"}


async def test_upstream_that_names_the_bad_run_is_asked_three_times(tmp_path: Path) -> None:
    judge = Judge({30: 422})
    async with (
        FakeUpstream() as upstream,
        bench_on(upstream, seal=Sealer(), letters=tmp_path) as bench,
    ):
        upstream.answer = judge
        add_runs(bench, range(100))
        async with bench.running():
            await bench.until_idle()

    assert [len(runs) for runs in judge.asked] == [100, 1, 99]
    (letter,) = letters_in(tmp_path)
    assert letter["detail"] == f'{{"detail":"run {padded(30)}, part post.{padded(30)}"}}'


async def test_a_run_that_is_named_and_taken_is_no_dead_letter(tmp_path: Path) -> None:
    judge = Judge({3: 422}, names=[5])
    async with (
        FakeUpstream() as upstream,
        bench_on(upstream, seal=Sealer(), letters=tmp_path) as bench,
    ):
        upstream.answer = judge
        add_runs(bench, range(8))
        async with bench.running():
            await bench.until_idle()

    assert judge.taken == Counter(set(range(8)) - {3})
    assert refused_runs(tmp_path) == {3: "422"}


@pytest.mark.parametrize("names", [None, []], ids=["named", "not named"])
async def test_two_bad_runs_are_both_found(names: list[int] | None, tmp_path: Path) -> None:
    judge = Judge({12: 422, 900: 400}, names=names)
    async with (
        FakeUpstream() as upstream,
        bench_on(upstream, seal=Sealer(), letters=tmp_path) as bench,
    ):
        upstream.answer = judge
        add_runs(bench, range(1000))
        async with bench.running(senders=3):
            await bench.until_idle()

    assert judge.taken == Counter(set(range(1000)) - {12, 900})
    assert refused_runs(tmp_path) == {12: "422", 900: "400"}
    assert len(judge.asked) <= 4 * math.log2(1000) + 1


async def test_where_all_runs_are_bad_each_becomes_a_dead_letter(tmp_path: Path) -> None:
    judge = Judge(dict.fromkeys(range(16), 422), names=[])
    async with (
        FakeUpstream() as upstream,
        bench_on(upstream, seal=Sealer(), letters=tmp_path) as bench,
    ):
        upstream.answer = judge
        owed = add_runs(bench, range(16))
        async with bench.running(senders=3):
            await bench.until_idle()

    assert owed.open == 0
    assert len(refused_runs(tmp_path)) == 16
    assert len(judge.asked) == 31


async def test_a_body_that_is_too_large_is_halved_until_it_fits() -> None:
    judge = Judge(most_bytes=1 << 20)
    async with FakeUpstream() as upstream, bench_on(upstream, seal=Sealer()) as bench:
        upstream.answer = judge
        owed = add_runs(bench, range(100), size=100_000)
        async with bench.running(senders=4):
            await bench.until_idle()

    assert owed.open == 0
    assert judge.taken == Counter(range(100))
    # Sixteen sixteenths of 10 MB, and what was refused on the way there.
    assert len(judge.asked) == 31
    assert bench.count("spans_uploaded_total") == 100


async def test_a_run_that_alone_is_too_large_is_a_dead_letter(tmp_path: Path) -> None:
    judge = Judge({5: 413})
    async with (
        FakeUpstream() as upstream,
        bench_on(upstream, seal=Sealer(), letters=tmp_path) as bench,
    ):
        upstream.answer = judge
        add_runs(bench, range(8))
        async with bench.running():
            await bench.until_idle()

    assert judge.taken == Counter(set(range(8)) - {5})
    assert refused_runs(tmp_path) == {5: "too_large"}
    assert bench.count("spans_parked_total", reason="too_large") == 1


async def test_runs_that_are_there_already_count_as_delivered_and_the_others_are_sent(
    tmp_path: Path,
) -> None:
    judge = Judge({2: 409, 3: 409, 60: 409, 70: 422}, names=[])
    async with (
        FakeUpstream() as upstream,
        bench_on(upstream, seal=Sealer(), letters=tmp_path) as bench,
    ):
        upstream.answer = judge
        owed = add_runs(bench, range(100))
        async with bench.running(senders=2):
            await bench.until_idle()

    assert owed.open == 0
    assert judge.taken == Counter(set(range(100)) - {2, 3, 60, 70})
    assert refused_runs(tmp_path) == {70: "422"}
    assert bench.count("spans_uploaded_total") == 99


async def test_a_refused_part_that_is_too_large_is_halved_as_well() -> None:
    def by_size(request: Request) -> Answer:
        runs = runs_in(request.headers, request.body)
        return Answer(422 if len(runs) == 8 else 413 if len(runs) > 2 else 202)

    async with FakeUpstream() as upstream, bench_on(upstream, seal=Sealer()) as bench:
        upstream.answer = by_size
        add_runs(bench, range(8))
        async with bench.running():
            await bench.until_idle()

    assert bench.count("spans_uploaded_total") == 8
    assert bench.count("batch_splits_total", reason="413") == 2


async def test_other_batches_pass_while_one_is_searched() -> None:
    judge = Judge({5: 422}, names=[])
    async with FakeUpstream() as upstream, bench_on(upstream, seal=Sealer()) as bench:
        upstream.answer = judge
        add_runs(bench, range(64))
        add_runs(bench, range(100, 110))
        async with bench.running(senders=2):
            await bench.until_idle()

    assert judge.asked.index(list(range(100, 110))) <= 2
    assert bench.count("spans_uploaded_total") == 73
