from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.processor.timestamps import iso_time, parse_segment_time, segment_time

# 2^64 nanoseconds, the last moment that OTLP can say, is in the year 2554.
MOMENTS = st.integers(min_value=0, max_value=2**64 // 1000)


@pytest.mark.parametrize(
    ("us", "segment", "iso"),
    [
        (0, "19700101T000000000000Z", "1970-01-01T00:00:00.000000+00:00"),
        (1_747_675_155_185_223, "20250519T171915185223Z", "2025-05-19T17:19:15.185223+00:00"),
        (9_223_372_036_854_775, "22620411T234716854775Z", "2262-04-11T23:47:16.854775+00:00"),
    ],
)
def test_a_time_always_has_six_digits_of_a_fraction(us: int, segment: str, iso: str) -> None:
    assert segment_time(us) == segment
    assert iso_time(us) == iso


@given(MOMENTS)
def test_no_microsecond_is_lost_on_the_way_to_text(us: int) -> None:
    exact = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)

    assert datetime.fromisoformat(iso_time(us)) == exact
    assert segment_time(us) == exact.strftime("%Y%m%dT%H%M%S%fZ")
    assert parse_segment_time(segment_time(us)) == us


def test_years_before_1000_keep_four_digits() -> None:
    us = parse_segment_time("09991231T235959000001Z")

    assert us is not None
    assert segment_time(us) == "09991231T235959000001Z"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "20260101T000000Z",
        "20260101T000000000Z",
        "20260101T000000000000000Z",
        "20260101T000000000000+",
        "20260101 000000000000Z",
        "20260132T000000000000Z",
        "20261301T000000000000Z",
        "2026010xT000000000000Z",
        "20260101T00000000000xZ",
        "20260101T0000000000٠٠Z",
    ],
)
def test_another_shape_or_a_date_that_does_not_exist_is_no_time(text: str) -> None:
    assert parse_segment_time(text) is None
