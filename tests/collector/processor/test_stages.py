"""One contract for every stage: what goes in comes out once, and not before its time."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Literal, Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model import Batch, EncodedRun
from collector.processor.assembler import Assembler
from collector.processor.batcher import Batcher
from tests.collector.processor.runs import ALICE, BOB, encoded
from translators.run import ExplicitIds


class Stage(Protocol):
    @property
    def held_bytes(self) -> int: ...
    @property
    def held_runs(self) -> int: ...
    def add(self, runs: Iterable[EncodedRun], now: float) -> list[EncodedRun]: ...
    def due(self, now: float) -> list[EncodedRun]: ...
    def drain(self) -> list[EncodedRun]: ...


class FlatBatcher:
    """The batcher with its batches opened, so that all stages answer alike."""

    def __init__(self) -> None:
        self._batcher = Batcher(max_runs=3, max_bytes=4_000, max_age=10.0)

    @property
    def held_bytes(self) -> int:
        return self._batcher.held_bytes

    @property
    def held_runs(self) -> int:
        return self._batcher.held_runs

    def add(self, runs: Iterable[EncodedRun], now: float) -> list[EncodedRun]:
        return self._opened(self._batcher.add(runs, now))

    def due(self, now: float) -> list[EncodedRun]:
        return self._opened(self._batcher.due(now))

    def drain(self) -> list[EncodedRun]:
        return self._opened(self._batcher.drain())

    def _opened(self, batches: list[Batch]) -> list[EncodedRun]:
        for batch in batches:
            assert batch.runs
            assert {run.destination.tenant for run in batch.runs} == {batch.destination.tenant}
        return [run for batch in batches for run in batch.runs]


def assembler(
    scheme: Literal["span", "trace"], *, filter_non_genai: bool, remembered: int
) -> Assembler:
    return Assembler(
        span_ttl=10.0,
        remote_parent_ttl=10.0,
        max_trace_wait=20.0,
        filter_non_genai=filter_non_genai,
        run_id_scheme=scheme,
        max_remembered_bytes=remembered,
    )


STAGES: dict[str, Callable[[], Stage]] = {
    "assembler": lambda: assembler("span", filter_non_genai=False, remembered=1_000_000),
    "filtering assembler": lambda: assembler("trace", filter_non_genai=True, remembered=1_000_000),
    "forgetful assembler": lambda: assembler("trace", filter_non_genai=True, remembered=2_000),
    "batcher": FlatBatcher,
}

UUIDS = [f"{digit * 8}-1111-4111-8111-111111111111" for digit in "123"]
NUMBERS = st.integers(1, 6)
RUNS = st.builds(
    encoded,
    NUMBERS,
    st.none() | NUMBERS | st.just(0x0AF7651916CD43DD),
    trace_id=st.sampled_from(["0af7651916cd43dd8448eb211c80319c", "1" * 32]),
    destination=st.sampled_from([ALICE, BOB]),
    start=st.integers(0, 3),
    remote_parent=st.booleans(),
    is_root=st.sampled_from([False, False, False, True]),
    genai=st.booleans(),
    thread_id=st.sampled_from([None, "t"]),
    resource=st.sampled_from([None, b'"r":1,', b'"r":2,']),
    size=st.integers(500, 5_000),
    ids=st.none()
    | st.builds(
        ExplicitIds,
        run_id=st.none() | st.sampled_from(UUIDS),
        parent_run_id=st.none() | st.sampled_from([*UUIDS, "00000000-0000-0000-0000-000000000002"]),
        dotted_order=st.none()
        | st.sampled_from(UUIDS).map("20260101T000000000001Z{}".format)
        | st.permutations(UUIDS).map(
            lambda ids: ".".join(f"20260101T000000000002Z{one}" for one in ids)
        ),
    ),
)
ADD = st.tuples(st.just("add"), st.lists(RUNS, max_size=8))
WAIT = st.tuples(st.just("wait"), st.sampled_from([0.0, 1.0, 5.0, 10.0, 30.0]))
RELIEVE = st.tuples(st.just("relieve"), st.integers(0, 5_000))


@pytest.mark.parametrize("name", STAGES)
@given(steps=st.lists(ADD | WAIT | RELIEVE, max_size=12))
def test_what_goes_in_comes_out_exactly_once(name: str, steps: list[tuple[str, object]]) -> None:
    stage = STAGES[name]()
    now = 0.0
    fed: list[EncodedRun] = []
    out: list[EncodedRun] = []
    for step, argument in steps:
        if isinstance(argument, list):
            fed += argument
            out += stage.add(argument, now)
        elif isinstance(argument, float):
            now += argument
            out += stage.due(now)
        elif isinstance(stage, Assembler) and isinstance(argument, int):
            assert step == "relieve"
            out += stage.relieve(argument)
        assert stage.held_runs == len(fed) - len(out)
        assert stage.held_bytes >= 500 * stage.held_runs
    out += stage.drain()

    assert Counter(map(id, out)) == Counter(map(id, fed))
    assert (stage.held_runs, stage.held_bytes) == (0, 0)
    assert stage.drain() == []
    assert stage.due(now + 1_000.0) == []
    if isinstance(stage, Assembler):
        assert all((run.place is None) == (run.dropped is not None) for run in out)


@pytest.mark.parametrize("name", STAGES)
@given(runs=st.lists(RUNS, max_size=8), early=st.floats(0.0, 9.9))
def test_nothing_is_due_before_its_time_and_everything_is_in_the_end(
    name: str, runs: list[EncodedRun], early: float
) -> None:
    stage = STAGES[name]()
    stage.add(runs, 100.0)

    assert stage.due(100.0 + early) == []
    stage.due(130.0)
    assert stage.held_runs == 0


@pytest.mark.parametrize("name", STAGES)
def test_an_empty_stage_holds_and_gives_nothing(name: str) -> None:
    stage = STAGES[name]()

    assert stage.add([], 0.0) == []
    assert stage.due(1_000.0) == []
    assert stage.drain() == []
    assert (stage.held_runs, stage.held_bytes) == (0, 0)
