"""No quadratic time and no recursion, whatever the shape of the tree."""

from collections.abc import Callable

import pytest

from collector.model import EncodedRun
from collector.processor.assembler import Assembler
from tests.collector.processor.runs import calls, encoded, padded, place_of, spans


def new_assembler() -> Assembler:
    return Assembler(
        span_ttl=300.0,
        remote_parent_ttl=30.0,
        max_trace_wait=3600.0,
        filter_non_genai=False,
        run_id_scheme="span",
    )


SHAPES: dict[str, Callable[[int], list[EncodedRun]]] = {
    "children before their root": lambda n: [*(encoded(one, n) for one in range(1, n)), encoded(n)],
    "a chain, leaf first": lambda n: [
        encoded(one, one - 1 if one > 1 else None) for one in range(n, 0, -1)
    ],
    "a chain without a top": lambda n: [encoded(one, one - 1) for one in range(n, 0, -1)],
    "a circle": lambda n: [encoded(one, one % n + 1) for one in range(1, n + 1)],
    "circles of one": lambda n: [encoded(one, one) for one in range(1, n + 1)],
    "one span over and over": lambda n: [encoded(2, 1) for _ in range(n)],
    "traces of one span": lambda n: [
        encoded(1, 2, trace_id=f"{one:032x}") for one in range(1, n + 1)
    ],
}


@pytest.mark.parametrize("shape", SHAPES)
def test_twice_the_spans_are_at_most_two_point_two_times_the_work(shape: str) -> None:
    def work(runs: list[EncodedRun]) -> Callable[[], object]:
        assembler = new_assembler()
        return lambda: (assembler.add(runs, 0.0), assembler.due(1.0), assembler.drain())

    small, large = SHAPES[shape](1_000), SHAPES[shape](2_000)

    assert calls(work(large)) <= 2.2 * calls(work(small))


def test_a_chain_of_ten_thousand_is_placed_without_recursion() -> None:
    out = new_assembler().add(SHAPES["a chain, leaf first"](10_000), 0.0)

    assert spans(out) == list(range(1, 10_001))
    assert place_of(out[-1]).length == 10_000 * 58 + 9_999


def test_a_trace_of_a_hundred_thousand_spans_is_placed() -> None:
    out = new_assembler().add(SHAPES["children before their root"](100_000), 0.0)

    assert len(out) == 100_000
    assert {place_of(run).trace_run_id for run in out} == {padded(100_000)}
