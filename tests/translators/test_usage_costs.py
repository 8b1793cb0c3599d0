from collections.abc import Mapping

from translators.span import JsonObject
from translators.usage import usage_metadata


def usage_of(said: Mapping[str, int | float | bool]) -> JsonObject:
    usage, _ = usage_metadata(said)
    assert usage is not None
    return usage


def test_costs_have_langsmiths_words() -> None:
    usage = usage_of(
        {
            "input": 40,
            "output": 7,
            "cost_input": 0.25,
            "cost_output": 0.5,
            "cost_total": 0.75,
            "cost_input_cache_read": 0.125,
            "cost_output_reasoning": 0.0625,
        }
    )

    assert usage["input_cost"] == 0.25
    assert usage["output_cost"] == 0.5
    assert usage["total_cost"] == 0.75
    assert usage["input_cost_details"] == {"cache_read": 0.125}
    assert usage["output_cost_details"] == {"reasoning": 0.0625}


def test_a_price_of_nothing_for_used_tokens_is_kept_from_langsmith() -> None:
    usage, extra = usage_metadata({"input": 40, "output": 7, "cost_total": 0})

    assert usage == {"input_tokens": 40, "output_tokens": 7, "total_tokens": 47}
    assert extra == {"usage_reported_cost": {"total_cost": 0}}


def test_no_output_costs_nothing() -> None:
    usage = usage_of({"input": 40, "output": 0, "cost_input": 0.5, "cost_output": 0})

    assert usage["output_cost"] == 0


def test_a_negative_cost_is_noted() -> None:
    usage, extra = usage_metadata({"input": 1, "cost_total": -0.5})

    assert usage == {"input_tokens": 1, "total_tokens": 1}
    assert extra == {"usage_invalid": {"cost_total": -0.5}}


def test_a_cost_of_no_known_side_is_told_in_the_metadata() -> None:
    assert usage_metadata({"cost_elsewhere": 1.0}) == (
        None,
        {"usage_reported_cost": {"cost_elsewhere": 1.0}},
    )


def test_parts_of_a_cost_that_are_nothing_are_left_out() -> None:
    said = {"input": 1, "cost_input": 0.5, "cost_input_audio": 0, "cost_input_text": 0.5}

    assert usage_of(said)["input_cost_details"] == {"text": 0.5}
