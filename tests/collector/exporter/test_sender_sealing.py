"""A sender whose batches cannot be sealed, for a while or because of what is in them."""

from collections import Counter
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from collector.model import Batch, SealedBatch
from collector.processor.encoder import Sealer
from tests.collector.exporter import samples
from tests.collector.exporter.bench import Bench, Refusing, bench_on, letters_in
from tests.collector.exporter.judge import Judge, made_runs, runs_in_letter
from tests.fakes import FakeClock, FakeUpstream


def with_bad_runs(bench: Bench, *bad: int, runs: int = 5) -> Batch:
    """Put a batch into the outbox, some of whose runs have an end that no calendar has."""
    owed = samples.receipt(runs)
    batch = made_runs(range(runs), owed, bench.destination())
    for number in bad:
        batch.runs[number].end_us = 10**18
    bench.outbox.add(batch)
    return batch


@pytest.mark.parametrize("kind", [MemoryError, RuntimeError, OSError, ValueError])
async def test_a_batch_that_cannot_be_sealed_for_a_while_waits_and_goes(
    kind: type[Exception], tmp_path: Path
) -> None:
    faults = [kind("not now") for _ in range(6)]

    def seal(batch: Batch) -> SealedBatch:
        if faults:
            raise faults.pop()
        return samples.seal(batch)

    async with FakeUpstream() as upstream, bench_on(upstream, seal, tmp_path) as bench:
        with capture_logs() as logs:
            receipt = bench.add(runs=2)
            async with bench.running():
                pauses = [await bench.clock.pass_timer() for _ in range(6)]
                await bench.until_idle()

    assert pauses == pytest.approx([0.1, 0.2, 0.4, 1.0, 2.0, 4.0])
    assert (receipt.open, bench.count("spans_uploaded_total")) == (0, 2)
    assert bench.count("upload_retries_total", reason="encode") == 6
    assert letters_in(tmp_path) == []
    assert logs[0]["event"] == "batch failed"
    assert logs[0]["error"] == kind.__name__


async def test_only_the_runs_that_cannot_be_sealed_become_a_dead_letter(tmp_path: Path) -> None:
    judge = Judge()
    async with FakeUpstream() as upstream, bench_on(upstream, Sealer(), tmp_path) as bench:
        upstream.answer = judge
        with capture_logs() as logs:
            batch = with_bad_runs(bench, 1, 3)
            async with bench.running():
                await bench.until_idle()

    (letter,) = letters_in(tmp_path)
    assert judge.taken == Counter([0, 2, 4])
    assert batch.runs[0].receipt.open == 0
    assert (letter["reason"], letter["runs"], letter["spans"]) == ("encode", 2, 2)
    assert "year" in str(letter["detail"])
    assert runs_in_letter(letter) == [1, 3]
    assert bench.count("spans_parked_total", reason="encode") == 2
    assert bench.count("spans_uploaded_total") == 3
    assert [(entry["event"], entry["error"], entry["runs"]) for entry in logs] == [
        ("runs cannot be sealed", "ValueError", 2)
    ]


async def test_a_batch_of_nothing_else_is_done_with_its_letter(tmp_path: Path) -> None:
    bench = Bench(Refusing(), FakeClock(), seal=Sealer(), letters=tmp_path)
    batch = with_bad_runs(bench, 0, runs=1)
    async with bench.running():
        await bench.until_idle()

    assert batch.runs[0].receipt.open == 0
    assert [letter["reason"] for letter in letters_in(tmp_path)] == ["encode"]


async def test_runs_that_cannot_be_sealed_wait_for_a_place_for_their_letter(
    tmp_path: Path,
) -> None:
    path = tmp_path / "letters"
    path.write_text("in the way")
    judge = Judge()
    async with FakeUpstream() as upstream, bench_on(upstream, Sealer(), path) as bench:
        upstream.answer = judge
        with_bad_runs(bench, 2)
        async with bench.running():
            await bench.clock.until_timer()
            held = (bench.outbox.held_runs, dict(judge.taken))
            path.unlink()
            await bench.clock.pass_timer()
            await bench.until_idle()

    assert held == (5, {})
    assert judge.taken == Counter([0, 1, 3, 4])
    assert [runs_in_letter(letter) for letter in letters_in(path)] == [[2]]


async def test_sealing_some_runs_only_is_no_answer_of_upstream(tmp_path: Path) -> None:
    bench = Bench(Refusing(), FakeClock(), seal=Sealer(), letters=tmp_path)
    with_bad_runs(bench, 2)
    lease = await bench.outbox.take()
    bench.outbox.again(lease, 0.0)
    await bench.sender._see_through(await bench.outbox.take())

    assert (samples.paused(bench.outbox), bench.outbox.held_runs) == (1, 4)


async def test_what_is_left_at_the_end_has_letters_for_good_and_bad_runs(tmp_path: Path) -> None:
    bench = Bench(Refusing(), FakeClock(), seal=Sealer(), letters=tmp_path)
    batch = with_bad_runs(bench, 1)

    await bench.sender.park_rest()

    letters = {str(letter["reason"]): runs_in_letter(letter) for letter in letters_in(tmp_path)}
    assert letters == {"encode": [1], "shutdown": [0, 2, 3, 4]}
    assert batch.runs[0].receipt.open == 0
    assert bench.count("spans_parked_total", reason="shutdown") == 5
