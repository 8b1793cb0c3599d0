import pytest

from translators.span import JsonObject
from translators.usage_objects import counters_of, counts_cache_apart, is_usage_object


@pytest.mark.parametrize(
    ("usage", "counters", "complete"),
    [
        (
            {
                "prompt_tokens": 40,
                "completion_tokens": 12,
                "total_tokens": 52,
                "prompt_tokens_details": {"cached_tokens": 8, "audio_tokens": 0},
                "completion_tokens_details": {"reasoning_tokens": 4, "text_tokens": None},
            },
            {
                "input": 40,
                "output": 12,
                "total": 52,
                "cache_read": 8,
                "input_audio": 0,
                "reasoning": 4,
            },
            True,
        ),
        (
            {
                "input_tokens": 9,
                "cache_creation_input_tokens": 5,
                "cache_creation": {"ephemeral_5m_input_tokens": 5},
            },
            {"input": 9, "cache_creation": 5, "cache_creation_5m": 5},
            True,
        ),
        (
            {"prompt_token_count": 3, "thoughts_token_count": 2},
            {"input": 3, "reasoning": 2},
            True,
        ),
        ({"inputTokens": "7", "outputTokens": 1.0}, {"input": 7, "output": 1}, True),
        ({"prompt_tokens": 3, "service_tier": "standard"}, {"input": 3}, False),
        ({"prompt_tokens": 3, "odd_tokens": 0, "odd": {}, "none": None}, {"input": 3}, True),
        ({"prompt_tokens": 3, "input_tokens": 4}, {"input": 3}, False),
        ({"prompt_tokens": -3}, {}, False),
        ({"prompt_tokens": None}, {}, True),
        ({}, {}, True),
    ],
)
def test_a_providers_usage_object_becomes_counters(
    usage: JsonObject, counters: dict[str, int], complete: bool
) -> None:
    assert counters_of(usage) == (counters, complete)


def test_a_usage_object_is_known_by_the_tokens_of_a_side() -> None:
    assert is_usage_object({"output_tokens": 1})
    assert not is_usage_object({"input": 1, "total_tokens": 1})


def test_anthropic_counts_cached_tokens_beside_the_input() -> None:
    assert counts_cache_apart({"input_tokens": 1, "cache_read_input_tokens": 2})
    assert not counts_cache_apart({"input_tokens": 1, "cache_read_input_tokens": 0})
    assert not counts_cache_apart({"prompt_tokens_details": {"cached_tokens": 2}})
