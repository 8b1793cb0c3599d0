"""What the server works out from a run."""

from typing import Any

import pytest

from collector.sandbox.stats import percentile
from collector.sandbox.views import (
    add,
    first_token_time,
    run_status,
    seconds_to_first_token,
    thread_id,
    usage_view,
)


@pytest.mark.parametrize(
    ("doc", "status"),
    [
        ({}, "pending"),
        ({"end_time": "2026-01-01T00:00:00Z"}, "success"),
        ({"end_time": "2026-01-01T00:00:00Z", "error": "boom"}, "error"),
        ({"error": "boom"}, "error"),
    ],
)
def test_status_follows_from_error_and_end(doc: dict[str, Any], status: str) -> None:
    assert run_status(doc) == status


@pytest.mark.parametrize(
    ("metadata", "thread"),
    [
        ({}, None),
        ({"session_id": "s"}, "s"),
        ({"thread_id": "t"}, "t"),
        ({"conversation_id": 7}, "7"),
        ({"session_id": "", "conversation_id": "c"}, "c"),
    ],
)
def test_the_thread_is_named_by_metadata(metadata: dict[str, Any], thread: str | None) -> None:
    assert thread_id({"extra": {"metadata": metadata}}) == thread


def test_a_token_event_without_a_readable_time_says_nothing() -> None:
    events: list[dict[str, Any]] = [
        {"name": "start", "time": "2026-01-01"},
        {"name": "new_token"},
        {"name": "new_token", "time": 7},
        {"name": "new_token", "time": "soon"},
    ]
    readable = {"name": "new_token", "time": "2026-01-01T00:00:01.5Z"}
    started = {"start_time": "2026-01-01T00:00:00Z"}

    assert first_token_time({"events": events}) is None
    assert seconds_to_first_token({**started, "events": events}) is None
    assert first_token_time({"events": [*events, readable]}) == "2026-01-01T00:00:01.500000+00:00"
    assert seconds_to_first_token({**started, "events": [*events, readable]}) == 1.5


@pytest.mark.parametrize(
    ("doc", "expected"),
    [
        (
            {"outputs": {"usage_metadata": {"input_tokens": 1, "output_tokens": 2}}},
            (1, 2, 3, None),
        ),
        (
            {"extra": {"metadata": {"usage_metadata": {"total_tokens": 0, "total_cost": "0.5"}}}},
            (None, None, 0, 0.5),
        ),
        (
            {
                "outputs": {"usage_metadata": {"input_cost": 0.1, "output_cost": 0.2}},
                "extra": {"metadata": {"usage_metadata": {"total_tokens": 9}}},
            },
            (None, None, None, 0.3),
        ),
        ({"outputs": {"usage_metadata": "7"}, "extra": None}, (None, None, None, None)),
    ],
)
def test_usage_is_taken_from_outputs_else_from_metadata(
    doc: dict[str, Any], expected: tuple[object, ...]
) -> None:
    usage = usage_view(doc)

    names = ("prompt_tokens", "completion_tokens", "total_tokens", "total_cost")
    assert tuple(usage[name] for name in names) == expected


def test_what_is_no_count_or_amount_is_left_out() -> None:
    usage = usage_view(
        {
            "outputs": {
                "usage_metadata": {
                    "input_tokens": "many",
                    "output_tokens": True,
                    "input_token_details": {"cache_read": 1, "audio": None},
                    "output_token_details": 7,
                    "input_cost": "NaN",
                    "output_cost": "cheap",
                    "total_cost": {},
                }
            }
        }
    )

    assert {name: value for name, value in usage.items() if value is not None} == {
        "prompt_token_details": {"cache_read": 1}
    }


def test_sums_are_exact() -> None:
    assert add([0.1, 0.2]) == 0.3
    assert add([1, None, 2]) == 3
    assert add([None]) is None


def test_percentiles_are_values_that_occurred() -> None:
    values = [float(number) for number in range(1, 101)]

    assert (percentile(values, 50), percentile(values, 99)) == (50.0, 99.0)
    assert percentile([7.0], 50) == 7.0
    assert percentile([], 50) is None
