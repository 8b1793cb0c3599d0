import pytest

from translators.span import JsonObject
from translators.usage_buckets import costs_of_buckets, counters_of_buckets


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (
            {"input": 11, "output": 3, "cache_read_input_tokens": 4},
            {"input": 15, "output": 3, "cache_read": 4},
        ),
        (
            {
                "input": 32,
                "output": 8,
                "total": 52,
                "input_cached_tokens": 8,
                "output_reasoning_tokens": 4,
            },
            {"input": 40, "output": 12, "total": 52, "cache_read": 8, "reasoning": 4},
        ),
        ({"input": 5}, {"input": 5}),
        ({"total": 5}, {"total": 5}),
        ({"input": 5, "input_of_another_kind": 2, "tokens": 9}, {"input": 7}),
        ({"input": 5, "input_priority": 5, "output_flex_tier": 1}, {"input": 5}),
        ({"input": "5", "output": "many"}, {"input": 5}),
        (
            {"input": 5, "cache_creation_ephemeral_5m_input_tokens": 2},
            {"input": 7, "cache_creation_5m": 2},
        ),
        (
            {
                "input": 5,
                "cache_creation_input_tokens": 3,
                "cache_creation_ephemeral_5m_input_tokens": 2,
                "cache_creation_ephemeral_1h_input_tokens": 1,
            },
            {"input": 8, "cache_creation": 3, "cache_creation_5m": 2, "cache_creation_1h": 1},
        ),
        (
            # LangChain's handler took the lifetimes off the input once more, down to 0.
            {
                "input": 0,
                "output": 10,
                "total": 110,
                "input_cache_creation": 60,
                "input_ephemeral_5m_input_tokens": 60,
            },
            {
                "input": 100,
                "output": 10,
                "total": 110,
                "cache_creation": 60,
                "cache_creation_5m": 60,
            },
        ),
        ({}, {}),
    ],
)
def test_buckets_that_exclude_each_other_are_added_up(
    usage: JsonObject, expected: dict[str, int]
) -> None:
    assert counters_of_buckets(usage) == expected


@pytest.mark.parametrize(
    ("costs", "expected"),
    [
        (
            {"input": 0.5, "output": 0.25},
            {"cost_input": 0.5, "cost_output": 0.25, "cost_total": 0.75},
        ),
        ({"total": 0.5}, {"cost_total": 0.5}),
        (
            {"input": 0.5, "input_cached_tokens": 0.25, "total": 0.75},
            {"cost_input": 0.75, "cost_input_cache_read": 0.25, "cost_total": 0.75},
        ),
        (
            {"cache_creation_ephemeral_5m_input_tokens": 0.5},
            {
                "cost_input": 0.5,
                "cost_input_ephemeral_5m_input_tokens": 0.5,
                "cost_total": 0.5,
            },
        ),
        ({"input": 0, "output": 0}, {"cost_input": 0, "cost_output": 0}),
        ({"search": 0.5}, {"cost_total": 0.5}),
        ({"input": "a lot"}, {}),
    ],
)
def test_costs_are_added_up_by_side(costs: JsonObject, expected: dict[str, float]) -> None:
    assert costs_of_buckets(costs) == expected
