"""What a run is given and told when it is placed."""

from typing import Literal

import pytest

from collector.processor.assembler import Assembler
from tests.collector.processor.runs import (
    NEW_YEAR_US,
    TRACE,
    assert_invariants,
    encoded,
    late,
    padded,
    parents,
    place_of,
    spans,
)
from translators.run import ExplicitIds

TRACE_RUN_ID = "0af76519-16cd-43dd-8448-eb211c80319c"
RUN = "22222222-2222-4222-8222-222222222222"


def new_assembler(
    *, filter_non_genai: bool = False, scheme: Literal["span", "trace"] = "span"
) -> Assembler:
    return Assembler(
        span_ttl=300.0,
        remote_parent_ttl=30.0,
        max_trace_wait=3600.0,
        filter_non_genai=filter_non_genai,
        run_id_scheme=scheme,
    )


# Time


def test_a_child_that_starts_before_its_parent_is_moved_to_the_parents_start() -> None:
    out = new_assembler().add([encoded(1, start=100), encoded(2, 1, start=40, end=150)], 0.0)

    child = out[1]
    assert child.start_us == NEW_YEAR_US + 100
    assert child.end_us == NEW_YEAR_US + 150
    assert place_of(child).segment == f"20260101T000000000100Z{padded(2)}"
    assert late(child) == {"otel.original_start_time": "2026-01-01T00:00:00.000040+00:00"}


def test_a_child_that_ends_before_its_parent_starts_ends_when_it_starts() -> None:
    out = new_assembler().add([encoded(1, start=100), encoded(2, 1, start=40, end=50)], 0.0)

    assert out[1].end_us == NEW_YEAR_US + 100
    assert late(out[1]) == {
        "otel.original_start_time": "2026-01-01T00:00:00.000040+00:00",
        "otel.original_end_time": "2026-01-01T00:00:00.000050+00:00",
    }


def test_a_child_without_an_end_gets_none_by_being_moved() -> None:
    child = encoded(2, 1, start=40)
    child.end_us = 0

    new_assembler().add([encoded(1, start=100), child], 0.0)

    assert child.end_us == 0


def test_siblings_of_one_microsecond_with_their_parent_stay_where_they_are() -> None:
    out = new_assembler().add([encoded(9), encoded(2, 9), encoded(3, 9)], 0.0)

    assert [run.late for run in out] == [b"", b"", b""]
    assert len({place_of(run).dotted_order() for run in out}) == 3


@pytest.mark.parametrize("start_us", [0, 1, 9_223_372_036_854_775, 2**64 // 1000])
def test_any_start_that_otlp_can_say_makes_a_valid_place(start_us: int) -> None:
    root, child = encoded(1), encoded(2, 1)
    root.start_us = start_us
    child.start_us = 0

    out = new_assembler().add([child, root], 0.0)

    assert len(out) == 2
    for run in out:
        assert_invariants(run)


# Thread and resource


def test_the_thread_of_a_trace_is_told_to_every_run_placed_after_it_is_known() -> None:
    assembler = new_assembler()
    out = assembler.add([encoded(1), encoded(2, 1, thread_id='t"1'), encoded(3, 2)], 0.0)
    out += assembler.add([encoded(4, 1, thread_id="other"), encoded(5, 1)], 1.0)

    assert [late(run) for run in out] == [{}, {}, {"thread_id": 't"1'}, {}, {"thread_id": 't"1'}]


def test_a_root_learns_the_thread_from_a_child_that_waited_for_it() -> None:
    out = new_assembler().add([encoded(2, 1, thread_id="t1"), encoded(1)], 0.0)

    assert [(run.span_id[-1], late(run)) for run in out] == [("1", {"thread_id": "t1"}), ("2", {})]


def test_the_first_placed_run_of_each_resource_of_a_trace_carries_it() -> None:
    one, other = b'"otel.resource":{"a":1},', b'"otel.resource":{"a":2},'
    equal = b'"otel.resource":' + b'{"a":1},'

    out = new_assembler().add(
        [
            encoded(2, 1, resource=one),
            encoded(3, 1, resource=other),
            encoded(4, 1, resource=b""),
            encoded(1, resource=one),
            encoded(5, 1, resource=equal),
            encoded(1, trace_id="1" * 32, resource=one),
        ],
        0.0,
    )

    carried = {(run.trace_id, int(run.span_id, 16)): run.late for run in out if run.late}
    assert carried == {(TRACE, 1): one, (TRACE, 3): other, ("1" * 32, 1): one}


# Filter


def test_filtered_runs_are_dropped_and_their_children_hang_from_the_nearest_kept_one() -> None:
    out = new_assembler(filter_non_genai=True).add(
        [
            encoded(4, 3),
            encoded(3, 2, genai=False),
            encoded(2, 1, genai=False, start=90),
            encoded(1, start=50),
        ],
        0.0,
    )

    assert [(run.span_id[-1], run.dropped) for run in out] == [
        ("1", None),
        ("2", "filtered"),
        ("3", "filtered"),
        ("4", None),
    ]
    assert parents(out) == {1: None, 4: padded(1)}
    assert out[3].start_us == NEW_YEAR_US + 50


def test_a_filtered_span_is_remembered() -> None:
    assembler = new_assembler(filter_non_genai=True)
    assembler.add([encoded(1), encoded(2, 1, genai=False, ids=ExplicitIds(run_id=RUN))], 0.0)

    out = assembler.add(
        [
            encoded(2, 1, genai=False),
            encoded(3, 2),
            encoded(4, ids=ExplicitIds(parent_run_id=RUN)),
        ],
        1.0,
    )

    assert [run.dropped for run in out] == ["duplicate", None, None]
    assert parents(out) == {3: padded(1), 4: padded(1)}


def test_roots_are_never_filtered_whether_born_declared_or_released() -> None:
    assembler = new_assembler(filter_non_genai=True)
    out = assembler.add(
        [encoded(1, genai=False), encoded(2, 1, genai=False, is_root=True)], 0.0
    ) + assembler.add([encoded(4, 3, genai=False)], 0.0)

    out += assembler.drain()

    assert spans(out) == [1, 2, 4]
    assert [run.dropped for run in out] == [None, None, None]


# Scheme "trace"


def test_with_the_trace_scheme_a_released_run_keeps_its_padded_id() -> None:
    assembler = new_assembler(scheme="trace")
    assembler.add([encoded(1, ids=ExplicitIds(parent_run_id=RUN)), encoded(2, 1)], 0.0)

    assert parents(assembler.drain()) == {1: None, 2: padded(1)}


def test_with_the_trace_scheme_the_root_is_named_after_the_otel_trace() -> None:
    assembler = new_assembler(scheme="trace")

    out = assembler.add(
        [
            encoded(2, 1),
            encoded(3, 9, ids=ExplicitIds(parent_run_id=TRACE_RUN_ID)),
            encoded(1),
            encoded(4, 2),
        ],
        0.0,
    )

    assert place_of(out[0]).run_id == place_of(out[0]).trace_run_id == TRACE_RUN_ID
    assert parents(out) == {1: None, 2: TRACE_RUN_ID, 3: TRACE_RUN_ID, 4: padded(2)}


def test_with_the_trace_scheme_only_one_real_root_gets_the_name() -> None:
    assembler = new_assembler(scheme="trace")
    out = assembler.add(
        [
            encoded(1, is_root=True),
            encoded(2, int(TRACE[:16], 16)),
            encoded(3, ids=ExplicitIds(parent_run_id=RUN)),
            encoded(4, 9),
            encoded(5),
            encoded(6),
        ],
        0.0,
    )

    out += assembler.drain()

    assert {int(run.span_id, 16): place_of(run).run_id for run in out} == {
        1: padded(1),
        2: padded(2),
        3: padded(3),
        4: padded(4),
        5: TRACE_RUN_ID,
        6: padded(6),
    }
