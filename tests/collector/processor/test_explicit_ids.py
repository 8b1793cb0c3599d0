"""Ids that spans name themselves: followed when they fit, kept as metadata when not."""

from tests.collector.processor.runs import (
    NEW_YEAR_US,
    assert_invariants,
    encoded,
    late,
    new_assembler,
    padded,
    parents,
    place_of,
)
from translators.run import ExplicitIds

ROOT = "11111111-1111-4111-8111-111111111111"
RUN = "22222222-2222-4222-8222-222222222222"
TIME = "20260101T000000000000Z"


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
