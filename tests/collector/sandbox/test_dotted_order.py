"""dotted_order and the times in it, held against LangSmith's own parser."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langsmith.run_trees import _parse_dotted_order

from collector.sandbox.dotted_order import extend_path, parse_path, path_ids
from collector.sandbox.times import format_time, parse_time, parse_timestamp
from tests.collector.sandbox.wire import CHILD, CHILD_ORDER, ROOT, ROOT_ORDER

# 1970 to 2200: years with four digits, which is all a segment has room for.
MOMENTS = st.integers(min_value=0, max_value=7_258_118_400_000_000)


def test_a_path_gives_times_and_ids_from_the_root_down() -> None:
    assert parse_path(CHILD_ORDER) == [
        (1_767_225_600_000_000, ROOT),
        (1_767_225_601_500_000, CHILD),
    ]
    assert path_ids(CHILD_ORDER) == [ROOT, CHILD]


def test_a_path_is_extended_by_a_segment() -> None:
    assert extend_path(None, 1_767_225_600_000_000, ROOT) == ROOT_ORDER
    assert extend_path(ROOT_ORDER, 1_767_225_601_500_000, CHILD) == CHILD_ORDER


@given(MOMENTS, st.uuids())
def test_what_is_written_is_what_langsmith_reads(start_us: int, run_id: UUID) -> None:
    dotted_order = extend_path(ROOT_ORDER, start_us, str(run_id))

    [_, (moment, read_id)] = _parse_dotted_order(dotted_order)

    assert read_id == run_id
    assert parse_timestamp(moment.isoformat()) == start_us


@given(MOMENTS)
def test_a_time_survives_writing_and_reading(microseconds: int) -> None:
    assert parse_timestamp(format_time(microseconds)) == microseconds


@pytest.mark.parametrize(
    ("text", "microseconds"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01 00:00:00", 0),
        ("1970-01-01T00:00:00.1", 100_000),
        ("1970-01-01T00:00:00.000001Z", 1),
        ("1970-01-01T02:00:00+02:00", 0),
    ],
)
def test_every_usual_spelling_of_a_time_is_read(text: str, microseconds: int) -> None:
    assert parse_timestamp(text) == microseconds


@pytest.mark.parametrize(
    "text",
    ["", "now", "2026-01-01", "2026-01-01T00:00Z", "20260101T000000Z", "2026-02-30T00:00:00Z"],
)
def test_what_is_no_timestamp_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"ISO-8601|day"):
        parse_timestamp(text)


def test_a_date_is_a_time_to_ask_for_but_not_to_send() -> None:
    assert parse_time("2026-01-01") == parse_timestamp("2026-01-01T00:00:00Z")
    assert datetime.fromisoformat(format_time(1)) == datetime(1970, 1, 1, 0, 0, 0, 1, tzinfo=UTC)
