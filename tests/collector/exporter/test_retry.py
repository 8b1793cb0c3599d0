import time
from collections.abc import Iterator
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.exporter.retry import RetryPolicy, parse_retry_after

# 2026-01-01 00:00:00 UTC
NOW_NS = 1_767_225_600_000_000_000
MIDDLE = 0.5  # the chance that neither lengthens nor shortens


def test_quick_retries_double_their_delay() -> None:
    policy = RetryPolicy(3, 0.1)

    delays = [policy.delay(failures, MIDDLE) for failures in (1, 2, 3)]

    assert delays == pytest.approx([0.1, 0.2, 0.4])


def test_pauses_after_the_quick_retries_grow_from_a_second() -> None:
    policy = RetryPolicy(3, 0.1)

    delays = [policy.delay(failures, MIDDLE) for failures in (4, 5, 6, 7, 8, 9, 10)]

    assert delays == pytest.approx([1, 2, 4, 8, 16, 25, 25])


def test_without_quick_retries_the_first_pause_is_a_second() -> None:
    assert RetryPolicy(0, 0.1).delay(1, MIDDLE) == pytest.approx(1.0)


def test_a_backoff_of_nothing_is_allowed() -> None:
    assert RetryPolicy(3, 0.0).delay(2, MIDDLE) == 0.0


@pytest.mark.parametrize(("chance", "delay"), [(0.0, 0.08), (1.0, 0.12)])
def test_chance_spreads_the_delay_by_a_fifth(chance: float, delay: float) -> None:
    assert RetryPolicy(3, 0.1).delay(1, chance) == pytest.approx(delay)


@pytest.mark.parametrize(("retry_after", "delay"), [(7.0, 7.0), (0.01, 0.1), (0.0, 0.1)])
def test_the_longer_of_backoff_and_retry_after_wins(retry_after: float, delay: float) -> None:
    assert RetryPolicy(3, 0.1).delay(1, MIDDLE, retry_after) == pytest.approx(delay)


@given(st.integers(0, 50), st.floats(0, 3600), st.integers(1, 1_000_000), st.floats(0, 1))
def test_no_delay_of_our_own_is_longer_than_30_seconds(
    max_retries: int, backoff: float, failures: int, chance: float
) -> None:
    delay = RetryPolicy(max_retries, backoff).delay(failures, chance)

    assert 0 <= delay <= 30.0 + 1e-9


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("1.5", 1.5),
        ("300", 300.0),
        ("301", 300.0),
        ("9" * 5000, 300.0),
        ("Thu, 01 Jan 2026 00:00:09 GMT", 9.0),
        ("Thursday, 01-Jan-26 00:00:09 GMT", 9.0),
        ("Thu Jan  1 00:00:09 2026", 9.0),
        ("Thu, 01 Jan 2026 01:00:09 +0100", 9.0),
        ("Wed, 31 Dec 2025 23:59:59 GMT", 0.0),
        ("Fri, 01 Jan 2027 00:00:00 GMT", 300.0),
    ],
)
def test_retry_after_is_seconds_or_a_date_within_bounds(value: str, seconds: float) -> None:
    assert parse_retry_after(value, NOW_NS) == seconds


@pytest.fixture
def _far_from_greenwich(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "EST+5")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("_far_from_greenwich")
def test_a_date_without_a_zone_is_utc_wherever_the_machine_is() -> None:
    assert parse_retry_after("Thu Jan  1 00:00:09 2026", NOW_NS) == 9.0


@pytest.mark.parametrize(
    "value",
    [None, "", "soon", "-1", "nan", "inf", "1e3", "1_0", "1.2.3", ".", "٣", "Thu, 99 Foo 2026"],
)
def test_a_retry_after_that_says_nothing_is_none(value: str | None) -> None:
    assert parse_retry_after(value, NOW_NS) is None


@given(st.integers(0, 300))
def test_a_date_is_worth_the_seconds_until_then(seconds: int) -> None:
    date = formatdate(NOW_NS // 10**9 + seconds, usegmt=True)

    assert parse_retry_after(date, NOW_NS) == seconds


@given(st.text() | st.from_regex(r"\A[A-Za-z, :+\-0-9]{0,40}\Z"))
def test_any_text_is_none_or_within_bounds(value: str) -> None:
    seconds = parse_retry_after(value, NOW_NS)

    assert seconds is None or 0 <= seconds <= 300


def test_in_a_hurry_pauses_stay_at_a_second_unless_upstream_asks_for_more() -> None:
    policy = RetryPolicy(3, 0.1)

    assert policy.delay(9, 0.5, hurry=True) == 1.0
    assert policy.delay(1, 0.5, hurry=True) == 0.1
    assert policy.delay(9, 0.5, retry_after=7.0, hurry=True) == 7.0
