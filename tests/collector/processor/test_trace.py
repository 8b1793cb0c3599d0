"""Who is placed when, below whom: one trace through the assembler."""

from collections.abc import Sequence
from itertools import permutations

import pytest

from tests.collector.processor.runs import (
    ALICE,
    BOB,
    TRACE,
    encoded,
    late,
    new_assembler,
    padded,
    parents,
    place_of,
    span_id,
    spans,
)
from translators.run import ExplicitIds

RUN = "22222222-2222-4222-8222-222222222222"
TIME = "20260101T000000000000Z"


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
