"""Any tree, in any order, over any number of requests: the same runs upstream."""

from collections.abc import Iterable
from random import Random
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from collector.model import EncodedRun
from collector.processor.assembler import Assembler
from collector.processor.batcher import Batcher
from collector.processor.encoder import Sealer
from tests.collector.processor.parts import unseal
from tests.collector.processor.runs import assert_invariants, encoded, place_of

Node = dict[str, Any]


@st.composite
def trees(draw: st.DrawFn) -> list[Node]:
    """Nodes numbered from 1, parents first; some parents never come, some starts are skewed."""
    nodes: list[Node] = []
    for number in range(1, draw(st.integers(1, 25)) + 1):
        parent = draw(st.none() | st.integers(1, number) | st.integers(100, 102))
        nodes.append(
            {
                "number": number,
                "parent": None if parent == number else parent,
                "start": draw(st.integers(-3_600_000_000, 3_600_000_000)),
                "end": draw(st.integers(-10, 10)),
                "genai": draw(st.booleans()),
                "is_root": draw(st.integers(0, 9)) == 0,
            }
        )
    return nodes


def assembled(nodes: Iterable[Node], requests: list[int], *, filtering: bool) -> list[EncodedRun]:
    assembler = Assembler(
        span_ttl=300.0,
        remote_parent_ttl=30.0,
        max_trace_wait=3600.0,
        filter_non_genai=filtering,
        run_id_scheme="span",
    )
    runs = [encoded(**node) for node in nodes]
    out: list[EncodedRun] = []
    at = 0
    for now, size in enumerate([*requests, len(runs)]):
        out += assembler.add(runs[at : at + size], float(now))
        at += size
    return out + assembler.drain()


def state(runs: list[EncodedRun]) -> set[tuple[object, ...]]:
    """What upstream would know of the runs."""
    return {
        (
            run.span_id,
            run.dropped,
            run.start_us,
            run.end_us,
            run.place and (run.place.run_id, run.place.dotted_order()),
        )
        for run in runs
    }


@given(
    nodes=trees(),
    order=st.randoms(use_true_random=False),
    requests=st.lists(st.integers(0, 10), max_size=8),
    filtering=st.booleans(),
)
def test_the_order_and_the_requests_make_no_difference(
    nodes: list[Node], order: Random, requests: list[int], filtering: bool
) -> None:
    shuffled = nodes[:]
    order.shuffle(shuffled)

    out = assembled(shuffled, requests, filtering=filtering)

    assert len(out) == len(nodes)
    assert state(out) == state(assembled(nodes, [], filtering=filtering))


@given(nodes=trees(), order=st.randoms(use_true_random=False), filtering=st.booleans())
def test_every_placed_run_keeps_langsmiths_invariants_and_comes_after_its_parent(
    nodes: list[Node], order: Random, filtering: bool
) -> None:
    order.shuffle(nodes)

    seen = {None}
    for run in assembled(nodes, [], filtering=filtering):
        if run.dropped is None:
            assert_invariants(run)
            assert (run.place and run.place.parent) in seen
            seen.add(run.place)  # type: ignore[arg-type]


@given(nodes=trees(), max_runs=st.integers(1, 10), max_bytes=st.integers(1, 20_000))
def test_what_upstream_reads_is_what_went_in(
    nodes: list[Node], max_runs: int, max_bytes: int
) -> None:
    runs = assembled(nodes, [], filtering=False)
    batcher = Batcher(max_runs=max_runs, max_bytes=max_bytes, max_age=1.0)
    batches = batcher.add(runs, 0.0) + batcher.drain()

    read: dict[str, dict[str, Any]] = {}
    for batch in batches:
        for name, _, content in unseal(Sealer()(batch)):
            kind, run_id, *field = name.split(".")
            assert kind == "post"
            read.setdefault(run_id, {})[field[0] if field else "main"] = orjson.loads(content)

    assert set(read) == {place_of(run).run_id for run in runs}
    for run in runs:
        place, parts = place_of(run), read[place_of(run).run_id]
        assert parts["main"]["id"] == place.run_id
        assert parts["main"]["trace_id"] == place.trace_run_id
        assert parts["main"]["dotted_order"] == place.dotted_order()
        assert parts["main"].get("parent_run_id") == (place.parent and place.parent.run_id)
        assert parts["main"]["name"] == "n"
        assert parts["inputs"] == {}
        assert parts["extra"]["metadata"]["own"] == 1
