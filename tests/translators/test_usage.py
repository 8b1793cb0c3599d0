from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from translators.span import Json, JsonObject
from translators.usage import normal_usage, usage_metadata

COUNTS = st.integers(min_value=0, max_value=1_000_000)


def usage_of(said: Mapping[str, int | float | bool]) -> JsonObject:
    usage, _ = usage_metadata(said)
    assert usage is not None
    return usage


def test_nothing_counted_is_no_usage() -> None:
    assert usage_metadata({}) == (None, {})


def test_input_and_output_make_the_total() -> None:
    assert usage_of({"input": 40, "output": 7}) == {
        "input_tokens": 40,
        "output_tokens": 7,
        "total_tokens": 47,
    }


def test_a_total_alone_is_kept_alone() -> None:
    assert usage_of({"total": 47}) == {"total_tokens": 47}


@pytest.mark.parametrize("side", ["input", "output"])
def test_the_missing_side_is_what_the_total_leaves(side: str) -> None:
    given_side = {"input": "output", "output": "input"}[side]

    usage = usage_of({given_side: 30, "total": 47})

    assert usage[f"{side}_tokens"] == 17
    assert usage["total_tokens"] == 47


def test_an_embedding_call_has_input_and_no_output() -> None:
    assert usage_of({"input": 5}) == {"input_tokens": 5, "total_tokens": 5}


def test_counts_of_zero_are_counts() -> None:
    assert usage_of({"input": 0, "output": 0, "total": 0}) == {
        "input_tokens": 0,
        "output_tokens": 0,
        "total_tokens": 0,
    }


def test_details_of_zero_are_left_out() -> None:
    usage = usage_of({"input": 4, "output": 2, "cache_read": 0, "reasoning": 0, "input_audio": 0})

    assert usage == {"input_tokens": 4, "output_tokens": 2, "total_tokens": 6}


def test_details_have_langsmiths_words() -> None:
    usage = usage_of(
        {
            "input": 1000,
            "output": 500,
            "cache_read": 100,
            "cache_creation": 60,
            "cache_creation_5m": 40,
            "cache_creation_1h": 20,
            "cache_read_over_200k": 5,
            "input_audio": 1,
            "input_text": 2,
            "input_image": 3,
            "input_video": 4,
            "reasoning": 6,
            "output_audio": 7,
            "output_text": 8,
            "output_image": 9,
            "output_video": 10,
        }
    )

    assert usage["input_token_details"] == {
        "cache_read": 100,
        "cache_creation": 60,
        "ephemeral_5m_input_tokens": 40,
        "ephemeral_1h_input_tokens": 20,
        "cache_read_over_200k": 5,
        "audio": 1,
        "text": 2,
        "image": 3,
        "video": 4,
    }
    assert usage["output_token_details"] == {
        "reasoning": 6,
        "audio": 7,
        "text": 8,
        "image": 9,
        "video": 10,
    }


# Input 100 and cache 40 fit inside each other, input 100 and cache 400 do not. The total is not
# given, or of input and output (which some producers add up themselves: no proof), or of all three.
@pytest.mark.parametrize(
    ("declared", "cached", "total", "counted"),
    [
        pytest.param(False, 40, None, 100, id="inclusive, no total, cache fits"),
        pytest.param(False, 400, None, 500, id="inclusive, no total, cache does not fit"),
        pytest.param(False, 40, 110, 100, id="inclusive, total without cache, cache fits"),
        pytest.param(False, 400, 110, 500, id="inclusive, total without cache, does not fit"),
        pytest.param(False, 40, 150, 140, id="inclusive, total proves the contrary"),
        pytest.param(False, 400, 510, 500, id="inclusive, total proves the contrary, no fit"),
        pytest.param(True, 40, None, 140, id="exclusive, no total, cache fits"),
        pytest.param(True, 400, None, 500, id="exclusive, no total, cache does not fit"),
        pytest.param(True, 40, 110, 140, id="exclusive, total without cache, cache fits"),
        pytest.param(True, 400, 110, 500, id="exclusive, total without cache, does not fit"),
        pytest.param(True, 40, 150, 140, id="exclusive, total with cache, cache fits"),
        pytest.param(True, 400, 510, 500, id="exclusive, total with cache, does not fit"),
    ],
)
def test_cached_tokens_are_part_of_the_input(
    declared: bool, cached: int, total: int | None, counted: int
) -> None:
    said: dict[str, int | float | bool] = {"input": 100, "output": 10, "cache_read": cached}
    if total is not None:
        said["total"] = total
    if declared:
        said["exclusive"] = True

    usage, extra = usage_metadata(said)

    assert usage is not None
    assert usage["input_tokens"] == counted
    assert usage["total_tokens"] == counted + 10
    assert usage["input_token_details"] == {"cache_read": cached}
    differs = total is not None and total != counted + 10
    assert extra == ({"usage_reported_total": total} if differs else {})


def test_written_cache_counts_like_read_cache() -> None:
    usage = usage_of({"input": 10, "output": 1, "cache_read": 30, "cache_creation": 50})

    assert usage["input_tokens"] == 90


def test_writes_by_lifetime_stand_for_the_writes() -> None:
    usage = usage_of({"input": 10, "cache_creation_5m": 30, "cache_creation_1h": 50})

    assert usage["input_tokens"] == 90


def test_writes_by_lifetime_do_not_count_beside_their_sum() -> None:
    said = {"input": 10, "cache_creation": 80, "cache_creation_5m": 30, "cache_creation_1h": 50}

    assert usage_of(said)["input_tokens"] == 90


def test_reasoning_larger_than_the_output_comes_on_top() -> None:
    assert usage_of({"input": 5, "output": 10, "reasoning": 21})["output_tokens"] == 31


def test_reasoning_that_the_total_counts_apart_comes_on_top() -> None:
    usage = usage_of({"input": 93, "output": 44, "reasoning": 21, "total": 158})

    assert usage["output_tokens"] == 65
    assert usage["total_tokens"] == 158


def test_reasoning_is_part_of_the_output_otherwise() -> None:
    assert usage_of({"input": 93, "output": 44, "reasoning": 21})["output_tokens"] == 44


@pytest.mark.parametrize(
    ("declared", "inputs", "outputs"),
    [
        pytest.param(True, 140, 50, id="the cache, where that is declared"),
        pytest.param(False, 100, 90, id="the reasoning, otherwise"),
    ],
)
def test_one_surplus_is_counted_once(declared: bool, inputs: int, outputs: int) -> None:
    usage = usage_of(
        {
            "input": 100,
            "output": 50,
            "cache_read": 40,
            "reasoning": 40,
            "total": 190,
            "exclusive": declared,
        }
    )

    assert usage["input_tokens"] == inputs
    assert usage["output_tokens"] == outputs
    assert usage["total_tokens"] == 190


@pytest.mark.parametrize("value", [-1, float("nan"), float("inf"), True, 1.5])
def test_what_is_no_count_is_noted_and_not_counted(value: float) -> None:
    usage, extra = usage_metadata({"input": 4, "output": value})

    assert usage == {"input_tokens": 4, "total_tokens": 4}
    assert list(extra) == ["usage_invalid"]
    assert list(extra["usage_invalid"]) == ["output"]


def test_whole_floats_are_counts() -> None:
    assert usage_of({"input": 26.0}) == {"input_tokens": 26, "total_tokens": 26}


@given(st.dictionaries(st.sampled_from(["input", "output", "cache_read", "reasoning"]), COUNTS))
def test_the_total_is_the_sum_and_holds_its_details(said: dict[str, int]) -> None:
    usage, _ = usage_metadata(said)

    if usage is not None and "total_tokens" in usage:
        inputs, outputs = usage.get("input_tokens", 0), usage.get("output_tokens", 0)
        assert usage["total_tokens"] == inputs + outputs
        assert inputs >= said.get("cache_read", 0)
        assert outputs >= said.get("reasoning", 0)


@given(COUNTS, COUNTS, COUNTS)
def test_an_exclusive_input_reaches_the_total_that_was_reported(
    inputs: int, outputs: int, cached: int
) -> None:
    total = inputs + outputs + cached

    usage, extra = usage_metadata(
        {"input": inputs, "output": outputs, "cache_read": cached, "total": total}
    )

    assert usage is not None
    assert usage["total_tokens"] == total
    assert extra == {}


@pytest.mark.parametrize("value", [None, 5, "no JSON", "[1]", ["list"]])
def test_what_is_no_object_is_no_ready_usage(value: Json) -> None:
    assert normal_usage(value) is None


def test_ready_usage_gets_its_total() -> None:
    assert normal_usage('{"input_tokens": 3, "output_tokens": 4, "total_cost": 0.1}') == {
        "input_tokens": 3,
        "output_tokens": 4,
        "total_tokens": 7,
        "total_cost": 0.1,
    }


def test_ready_usage_is_taken_as_it_is() -> None:
    given_usage = {"input_tokens": 3, "output_tokens": 4, "total_tokens": 9}

    assert normal_usage(given_usage) is given_usage
