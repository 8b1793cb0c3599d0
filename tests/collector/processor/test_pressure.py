"""Runs whose parents never come, more of them than there is room for."""

import tracemalloc
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from collector.model import EncodedRun
from collector.processor.assembler import Assembler
from tests.collector.processor.runs import encoded, new_assembler

SLICE = 64
FLOOD = 100_000


def relieved(assembler: Assembler, bound: int) -> list[EncodedRun]:
    """Do what the pipeline does when more is held than *bound*."""
    return assembler.relieve(max(assembler.held_bytes - bound, 0))


def orphan(number: int, remote_parent: bool = False) -> EncodedRun:
    """A run of a trace of its own, of which nothing else comes."""
    return encoded(1, 2, trace_id=f"{number:032x}", remote_parent=remote_parent)


RUNS = st.builds(
    encoded,
    st.integers(1, 8),
    st.none() | st.integers(1, 8),
    trace_id=st.sampled_from([digit * 32 for digit in "123456"]),
    remote_parent=st.booleans(),
    size=st.integers(500, 5_000),
)


@given(
    pieces=st.lists(st.lists(RUNS, min_size=1, max_size=6), max_size=15),
    bound=st.integers(0, 20_000),
)
def test_no_more_than_the_bound_is_held_and_nothing_is_dropped(
    pieces: list[list[EncodedRun]], bound: int
) -> None:
    assembler = new_assembler()
    out: list[EncodedRun] = []
    for now, runs in enumerate(pieces):
        out += assembler.add(runs, float(now))
        released = relieved(assembler, bound)
        out += released

        assert assembler.held_bytes <= bound
        assert {run.released for run in released} <= {"pressure", None}
    out += assembler.drain()

    fed = [run for runs in pieces for run in runs]
    assert Counter(map(id, out)) == Counter(map(id, fed))
    assert all(run.place is not None or run.dropped == "duplicate" for run in out)


@given(st.lists(st.integers(500, 5_000), max_size=20), st.integers(0, 40_000))
def test_those_that_wait_longest_go_and_no_more_than_must(sizes: list[int], bound: int) -> None:
    assembler = new_assembler()
    held = []
    for number, size in enumerate(sizes):
        assembler.add([encoded(1, 2, trace_id=f"{number:032x}", size=size)], float(number))
        held.append(assembler.held_bytes)
    before = [0, *held]

    released = relieved(assembler, bound)

    assert [int(run.trace_id, 16) for run in released] == list(range(len(released)))
    if released:
        assert before[-1] - before[len(released) - 1] > bound


def test_a_released_run_says_so_and_names_the_parent_it_misses() -> None:
    assembler = new_assembler()
    assembler.add([orphan(1)], 0.0)

    (run,) = relieved(assembler, 0)

    assert run.released == "pressure"
    assert run.late == b'"otel.missing_parent_span_id":"0000000000000002",'


def test_a_flood_of_orphans_stays_within_the_bound_and_loses_none() -> None:
    bound = 2_000_000
    assembler = new_assembler()
    most = out = 0
    for start in range(0, FLOOD, SLICE):
        piece = [orphan(start + one, one % 2 == 0) for one in range(SLICE)]
        out += len(assembler.add(piece, start / 1e5))
        out += len(relieved(assembler, bound))
        most = max(most, assembler.held_bytes)

    assert most <= bound
    assert out + assembler.held_runs == -(-FLOOD // SLICE) * SLICE
    # No more is released than has to be.
    assert assembler.held_runs > bound / 3_000


def test_what_is_held_takes_about_as_much_memory_as_it_says() -> None:
    bound = 5_000_000
    assembler = new_assembler()
    tracemalloc.start()
    try:
        for start in range(0, 10_000, SLICE):
            assembler.add([orphan(start + one, True) for one in range(SLICE)], 0.0)
            relieved(assembler, bound)
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    # These runs say that they have 1,000 bytes, of which most would be content.
    assert taken < 1.2 * bound
