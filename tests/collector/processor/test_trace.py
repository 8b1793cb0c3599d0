"""Who is placed when, below whom: one trace through the assembler."""

import sys
from collections.abc import Callable, Sequence
from itertools import permutations
from typing import Literal

import pytest

from collector.model import EncodedRun
from collector.processor.assembler import Assembler
from tests.collector.processor.runs import (
    ALICE,
    BOB,
    NEW_YEAR_US,
    TRACE,
    assert_invariants,
    encoded,
    late,
    padded,
    parents,
    place_of,
    span_id,
    spans,
)
from translators.run import ExplicitIds

ROOT = "11111111-1111-4111-8111-111111111111"
RUN = "22222222-2222-4222-8222-222222222222"
TIME = "20260101T000000000000Z"


def new_assembler(scheme: Literal["span", "trace"] = "span") -> Assembler:
    return Assembler(
        span_ttl=300.0,
        remote_parent_ttl=30.0,
        max_trace_wait=3600.0,
        filter_non_genai=False,
        run_id_scheme=scheme,
    )


def test_a_root_is_placed_at_once_and_is_its_own_trace() -> None:
    (run,) = new_assembler().add([encoded(0xEEE19B7EC3C1B174)], 0.0)

    place = place_of(run)
    assert place.run_id == "00000000-0000-0000-eee1-9b7ec3c1b174"
    assert place.trace_run_id == place.run_id
    assert place.dotted_order() == TIME + place.run_id


def test_a_child_waits_for_its_parent_and_comes_after_it() -> None:
    assembler = new_assembler()

    assert assembler.add([encoded(2, 1)], 0.0) == []
    assert assembler.held_runs == 1
    out = assembler.add([encoded(1)], 1.0)
    assert spans(out) == [1, 2]
    assert place_of(out[1]).parent is place_of(out[0])
    assert assembler.held_runs == 0


def test_a_late_child_is_placed_at_once() -> None:
    assembler = new_assembler()
    assembler.add([encoded(1)], 0.0)

    (child,) = assembler.add([encoded(2, 1)], 299.0)

    assert parents([child]) == {2: padded(1)}


def test_every_order_of_a_small_tree_gives_the_same_runs() -> None:
    tree: dict[int, int | None] = {1: None, 2: 1, 3: 1, 4: 2, 5: 4, 6: 4, 7: 3}
    seen = set()
    for order in permutations(tree):
        out = new_assembler().add([encoded(one, tree[one], start=one) for one in order], 0.0)
        seen.add(frozenset((run.span_id, place_of(run).dotted_order()) for run in out))

    assert len(seen) == 1
    assert len(seen.pop()) == 7


def test_the_same_trace_id_of_two_tenants_is_two_traces() -> None:
    assembler = new_assembler()
    assembler.add([encoded(2, 1, destination=BOB)], 0.0)

    out = assembler.add([encoded(1, destination=ALICE)], 0.0)

    assert spans(out) == [1]
    assert assembler.held_runs == 1


def test_a_declared_root_is_one_whatever_its_parent_and_a_trace_may_have_several() -> None:
    out = new_assembler().add(
        [encoded(1), encoded(2, 1, is_root=True), encoded(3, 9, is_root=True), encoded(4, 3)], 0.0
    )

    assert parents(out) == {1: None, 2: None, 3: None, 4: padded(3)}
    assert place_of(out[3]).trace_run_id == padded(3)
    assert [run.released for run in out] == [None] * 4


def test_below_a_parent_that_langsmiths_sdk_never_exports_a_run_is_a_root() -> None:
    phantom = int(TRACE[:16], 16)

    (run,) = new_assembler().add([encoded(1, phantom)], 0.0)

    assert parents([run]) == {1: None}
    assert run.released is None


def test_a_parent_that_only_looks_like_a_phantom_is_followed() -> None:
    assembler = new_assembler()
    phantom = int(TRACE[:16], 16)
    assembler.add([encoded(phantom, 7)], 0.0)

    assert assembler.add([encoded(1, phantom)], 0.0) == []
    assert parents(assembler.add([encoded(7)], 0.0)) == {
        7: None,
        phantom: padded(7),
        1: padded(phantom),
    }


# Duplicates


def test_a_duplicate_of_a_placed_run_is_dropped() -> None:
    assembler = new_assembler()
    assembler.add([encoded(1)], 0.0)

    (again,) = assembler.add([encoded(1)], 1.0)

    assert again.dropped == "duplicate"
    assert again.place is None


def test_of_two_waiting_duplicates_the_newer_stays() -> None:
    assembler = new_assembler()
    first, second = encoded(2, 1), encoded(2, 1)

    assert assembler.add([first], 0.0) == []
    assert assembler.add([second], 0.0) == [first]
    assert first.dropped == "duplicate"
    assert assembler.held_runs == 1
    assert assembler.add([encoded(1)], 0.0)[1:] == [second]


def test_a_waiting_run_whose_duplicate_names_another_parent_follows_the_newer_word() -> None:
    assembler = new_assembler()
    runs = [encoded(3, 1), encoded(4, 1), encoded(3, 2), encoded(3, 1), encoded(3, 2)]

    out = assembler.add(runs, 0.0) + assembler.add([encoded(1), encoded(2)], 0.0)

    assert [run.dropped for run in out].count("duplicate") == 3
    assert parents(out) == {1: None, 2: None, 4: padded(1), 3: padded(2)}
    assert assembler.drain() == []


def test_a_duplicate_that_can_be_placed_replaces_the_one_that_waits() -> None:
    assembler = new_assembler()
    waiting = encoded(2, 1, ids=ExplicitIds(run_id=RUN))
    assembler.add([waiting, encoded(3, 2)], 0.0)

    out = assembler.add([encoded(2, ids=ExplicitIds(run_id=RUN))], 0.0)

    assert [run.dropped for run in out] == ["duplicate", None, None]
    assert parents(out) == {2: None, 3: RUN}
    assert assembler.held_runs == 0


# Circles


def test_a_run_that_is_its_own_parent_becomes_a_root() -> None:
    assembler = new_assembler()
    assembler.add([encoded(1, 1), encoded(2, 1)], 0.0)

    out = assembler.drain()

    assert parents(out) == {1: None, 2: padded(1)}
    assert [run.released for run in out] == ["drain", None]


@pytest.mark.parametrize("order", list(permutations([0, 1, 2, 3])))
def test_of_a_circle_of_parents_the_earliest_becomes_the_root(order: Sequence[int]) -> None:
    runs = [
        encoded(1, 3, start=10),
        encoded(2, 1, start=5),
        encoded(3, 2, start=20),
        encoded(4, 3, start=1),
    ]
    assembler = new_assembler()
    assembler.add([runs[at] for at in order], 0.0)

    out = assembler.drain()

    assert parents(out) == {2: None, 3: padded(2), 1: padded(3), 4: padded(3)}
    assert late(out[0])["otel.missing_parent_span_id"] == span_id(1)


# Explicit ids


def test_an_explicit_run_id_is_the_runs_and_its_childrens_parent() -> None:
    out = new_assembler().add([encoded(2, 1), encoded(1, ids=ExplicitIds(run_id=RUN))], 0.0)

    assert place_of(out[0]).run_id == RUN
    assert parents(out) == {1: None, 2: RUN}
    assert place_of(out[1]).trace_run_id == RUN


def test_a_complete_dotted_order_is_followed_at_once_and_to_the_letter() -> None:
    order = f"{TIME}{ROOT}.{TIME}{RUN}"
    assembler = new_assembler()

    out = assembler.add([encoded(2, 1, ids=ExplicitIds(RUN, ROOT, ROOT, order))], 0.0)
    out += assembler.add([encoded(3, 2)], 0.0)

    assert place_of(out[0]).dotted_order() == order
    assert place_of(out[0]).trace_run_id == ROOT
    assert parents(out) == {2: ROOT, 3: RUN}
    assert out[0].late == b""


def test_dotted_orders_with_one_beginning_share_its_places() -> None:
    order = f"{TIME}{ROOT}.{TIME}{RUN}"
    sibling = "33333333-3333-4333-8333-333333333333"
    assembler = new_assembler()

    first, second, root = assembler.add(
        [
            encoded(2, 1, ids=ExplicitIds(dotted_order=order)),
            encoded(3, 1, ids=ExplicitIds(dotted_order=f"{TIME}{ROOT}.{TIME}{sibling}")),
            encoded(1, ids=ExplicitIds(dotted_order=f"{TIME}{ROOT}")),
        ],
        0.0,
    )

    assert place_of(first).parent is place_of(second).parent is place_of(root)


def test_a_run_starts_when_its_dotted_order_says() -> None:
    order = f"20260101T000000000009Z{RUN}"

    (run,) = new_assembler().add([encoded(1, ids=ExplicitIds(dotted_order=order), end=5)], 0.0)

    assert run.start_us == run.end_us == NEW_YEAR_US + 9
    assert late(run) == {
        "otel.original_start_time": "2026-01-01T00:00:00.000000+00:00",
        "otel.original_end_time": "2026-01-01T00:00:00.000005+00:00",
    }
    assert_invariants(run)


def test_an_explicit_parent_that_is_a_padded_span_id_names_that_span() -> None:
    assembler = new_assembler()
    child = encoded(2, 9, ids=ExplicitIds(parent_run_id=padded(1)))

    assert assembler.add([child], 0.0) == []
    assert parents(assembler.add([encoded(1)], 0.0)) == {1: None, 2: padded(1)}


def test_an_explicit_parent_is_waited_for_by_its_run_id() -> None:
    assembler = new_assembler()
    child = encoded(3, 9, ids=ExplicitIds(parent_run_id=RUN))
    parent = encoded(2, 1, ids=ExplicitIds(run_id=RUN))

    assert assembler.add([child, parent], 0.0) == []
    out = assembler.add([encoded(1)], 0.0)
    assert parents(out) == {1: None, 2: padded(1), 3: RUN}
    assert parents(assembler.add([encoded(4, ids=ExplicitIds(parent_run_id=RUN))], 0.0)) == {4: RUN}


def test_an_explicit_parent_that_never_comes_is_named_in_the_metadata() -> None:
    assembler = new_assembler()
    assembler.add([encoded(3, 9, ids=ExplicitIds(parent_run_id=RUN))], 0.0)

    (run,) = assembler.drain()

    assert late(run) == {"otel.missing_parent_run_id": RUN}


def test_ids_that_contradict_each_other_are_kept_as_metadata() -> None:
    (run,) = new_assembler().add([encoded(1, ids=ExplicitIds(dotted_order="nonsense"))], 0.0)

    assert place_of(run).run_id == padded(1)
    assert late(run) == {"otel.rejected_ids": {"dotted_order": "nonsense"}}


def test_an_explicit_trace_id_that_is_not_the_roots_is_kept_as_metadata() -> None:
    (run,) = new_assembler().add([encoded(1, ids=ExplicitIds(trace_id=ROOT))], 0.0)

    assert place_of(run).trace_run_id == padded(1)
    assert late(run) == {"otel.rejected_trace_id": ROOT}


def test_two_spans_cannot_have_one_run_id() -> None:
    order = f"{TIME}{RUN}"

    out = new_assembler().add(
        [
            encoded(1, ids=ExplicitIds(run_id=RUN)),
            encoded(2, 1, ids=ExplicitIds(run_id=RUN)),
            encoded(3, 1, ids=ExplicitIds(run_id=RUN, dotted_order=order)),
        ],
        0.0,
    )

    assert [place_of(run).run_id for run in out] == [RUN, padded(2), padded(3)]
    assert late(out[1]) == {"otel.rejected_ids": {"run_id": RUN}}
    assert late(out[2]) == {"otel.rejected_ids": {"run_id": RUN, "dotted_order": order}}


# Size


def calls(work: Callable[[], object]) -> int:
    """How many functions *work* calls, Python's own included: time without a clock."""
    count = 0

    def profile(_frame: object, event: str, _arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


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
