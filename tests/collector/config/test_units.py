"""Durations and sizes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.config.units import duration_text, seconds, size_bytes, size_text, whole


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5m", 300.0),
        ("1h30m", 5400.0),
        ("500ms", 0.5),
        ("30s", 30.0),
        ("1.5h", 5400.0),
        (".5s", 0.5),
        ("250us", 0.00025),
        ("250µs", 0.00025),
        ("7ns", 7e-9),
        (" 30s ", 30.0),
        ("2", 2.0),
        ("2.5", 2.5),
        (2, 2.0),
        (0, 0.0),
    ],
)
def test_durations_are_read_as_go_writes_them_and_plain_numbers_are_seconds(
    text: object, expected: float
) -> None:
    assert seconds(text) == pytest.approx(expected)


@pytest.mark.parametrize(
    "text", ["", "m", "5x", "-5s", "5 m", "5m!", "5m 3", "1e3", "nan", "٥m", True, None, [5]]
)
def test_what_is_no_duration_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="must be a duration"):
        seconds(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (10485760, 10485760),
        ("10485760", 10485760),
        ("10MiB", 10485760),
        ("512 MiB", 536870912),
        ("10MB", 10000000),
        ("10mb", 10000000),
        ("1.5KiB", 1536),
        ("512m", 536870912),
        ("1Gi", 1073741824),
        ("7 B", 7),
        ("9007199254740993", 9007199254740993),
    ],
)
def test_sizes_are_bytes_with_or_without_a_unit(text: object, expected: int) -> None:
    assert size_bytes(text) == expected


@pytest.mark.parametrize("text", ["", "MiB", "1.5", "-1", "10 XB", "ten", True, 1.5, None])
def test_what_is_no_size_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="must be a size"):
        size_bytes(text)


@pytest.mark.parametrize("value", [True, False])
def test_a_boolean_is_no_whole_number(value: bool) -> None:
    with pytest.raises(ValueError, match="must be a whole number"):
        whole(value)


def test_a_number_stays_what_it_is() -> None:
    assert whole(7) == 7


@pytest.mark.parametrize(
    ("value", "expected"),
    [(300.0, "5m"), (3600.0, "1h"), (5400.0, "90m"), (2.0, "2s"), (0.5, "500ms"), (2.5, "2.5s")],
)
def test_a_duration_is_written_in_the_largest_whole_unit(value: float, expected: str) -> None:
    assert duration_text(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, "0"), (100, "100"), (1 << 10, "1KiB"), (10 << 20, "10MiB"), (1 << 40, "1024GiB")],
)
def test_a_size_is_written_in_the_largest_whole_unit(value: int, expected: str) -> None:
    assert size_text(value) == expected


@given(st.integers(0, 10**9))
def test_a_written_duration_reads_back(milliseconds: int) -> None:
    assert seconds(duration_text(milliseconds / 1000)) == pytest.approx(milliseconds / 1000)


@given(st.integers(0, 1 << 60))
def test_a_written_size_reads_back(size: int) -> None:
    assert size_bytes(size_text(size)) == size
