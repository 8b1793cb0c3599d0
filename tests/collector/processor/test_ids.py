import pytest

from collector.processor.ids import judge, padded_run_id, span_key, trace_run_id
from translators.run import ExplicitIds

SPAN = "eee19b7ec3c1b174"
OWN = "00000000-0000-0000-eee1-9b7ec3c1b174"
ROOT = "11111111-1111-4111-8111-111111111111"
RUN = "22222222-2222-4222-8222-222222222222"
TIME = "20260101T000000000000Z"
ORDER = f"{TIME}{ROOT}.{TIME}{RUN}"


def test_a_run_id_is_the_span_id_in_a_zero_uuid() -> None:
    assert padded_run_id(SPAN) == OWN


def test_a_trace_id_reads_as_a_uuid() -> None:
    assert trace_run_id("0af7651916cd43dd8448eb211c80319c") == (
        "0af76519-16cd-43dd-8448-eb211c80319c"
    )


def test_a_padded_run_id_names_the_span() -> None:
    assert span_key(OWN) == SPAN
    assert span_key(RUN) == RUN


@pytest.mark.parametrize(
    "ids",
    [
        ExplicitIds(RUN, ROOT, ROOT, ORDER),
        ExplicitIds(RUN, None, None, ORDER),
        ExplicitIds(None, None, None, ORDER),
        ExplicitIds(None, ROOT, ROOT, ORDER),
    ],
)
def test_ids_that_fit_together_are_followed(ids: ExplicitIds) -> None:
    accepted, rejected = judge(ids, SPAN)

    assert rejected == {}
    assert accepted is not None
    assert (accepted.run_id, accepted.dotted_order) == (RUN, ORDER)


def test_a_dotted_order_may_end_in_the_spans_own_padded_id() -> None:
    accepted, rejected = judge(ExplicitIds(dotted_order=f"{TIME}{OWN}"), SPAN)

    assert rejected == {}
    assert accepted is not None
    assert accepted.run_id == OWN


@pytest.mark.parametrize(
    "order",
    [
        "",
        "nonsense",
        f"{TIME}{ROOT}.{TIME}{ROOT}.{TIME}{RUN}",
        f"20260101T000000000000000Z{ROOT}.{TIME}{RUN}",
        f"20260101T000000Z{ROOT}.{TIME}{RUN}",
        f"{TIME}{ROOT}.{TIME}{RUN[:-1]}x",
        f"{TIME}{ROOT}.{TIME}{RUN.replace('-', '0')}",
        f"{TIME}{ROOT}.{TIME}2222222-22222-4222-8222-222222222222",
        f"{TIME}{ROOT}.{TIME}22222222-2222-4222-8222-2222-2222222",
        f"{TIME}{ROOT}.{TIME}{ROOT[:-1]}2",
        f"{TIME}{RUN}",
        f"{TIME}{RUN[:-1]}3.{TIME}{RUN}",
    ],
)
def test_a_dotted_order_that_does_not_fit_is_rejected_and_the_other_ids_hold(order: str) -> None:
    accepted, rejected = judge(ExplicitIds(RUN, ROOT, ROOT, order), SPAN)

    assert rejected == {"dotted_order": order}
    assert accepted is not None
    assert (accepted.run_id, accepted.parent_run_id, accepted.dotted_order) == (RUN, ROOT, None)


def test_a_dotted_order_alone_that_does_not_fit_leaves_nothing_to_follow() -> None:
    assert judge(ExplicitIds(dotted_order="nonsense"), SPAN) == (
        None,
        {"dotted_order": "nonsense"},
    )


def test_the_padded_id_of_another_span_is_rejected() -> None:
    other = "00000000-0000-0000-0000-000000000001"
    order = f"{TIME}{other}"

    assert judge(ExplicitIds(run_id=other), SPAN) == (None, {"run_id": other})
    assert judge(ExplicitIds(dotted_order=order), SPAN) == (None, {"dotted_order": order})
    assert judge(ExplicitIds(run_id=other, dotted_order=order), SPAN) == (
        None,
        {"run_id": other, "dotted_order": order},
    )


def test_a_trace_id_alone_is_kept_for_comparison() -> None:
    accepted, rejected = judge(ExplicitIds(trace_id=ROOT), SPAN)

    assert rejected == {}
    assert accepted is not None
    assert accepted.trace_id == ROOT
