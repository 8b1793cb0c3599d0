import pytest

from translators.base import Draft
from translators.dialects.vercel_ai import TABLE
from translators.span import Json, JsonObject
from translators.vercel_usage import METADATA, say_details

ANTHROPIC = {"ai.model.provider": "anthropic.messages"}


def usage(one_call: bool = True, **attributes: Json) -> JsonObject:
    """Return the counters said of attributes of ``ai.usage``."""
    return of({f"ai.usage.{key}": value for key, value in attributes.items()}, one_call)


def of(attributes: JsonObject, one_call: bool = True) -> JsonObject:
    """Return the counters said of attributes, by name."""
    draft = Draft()
    TABLE.read(attributes, draft)
    say_details(attributes, draft, one_call=one_call)
    return {
        field.removeprefix("usage."): value
        for field, (value, _) in draft.said.items()
        if field.startswith("usage.")
    }


def account(**providers: Json) -> JsonObject:
    """Return attributes of a call of ten tokens with what the providers say of it."""
    return {"ai.usage.inputTokens": 10, "ai.response.providerMetadata": providers}


def test_details_of_version_5_and_6_are_read() -> None:
    assert usage(
        inputTokens=20, outputTokens=9, totalTokens=29, cachedInputTokens=8, reasoningTokens=4
    ) == {"input": 20, "output": 9, "total": 29, "cache_read": 8, "reasoning": 4}
    assert of(
        {
            "ai.usage.inputTokens": 20,
            "ai.usage.inputTokenDetails.cacheReadTokens": 8,
            "ai.usage.inputTokenDetails.cacheWriteTokens": 2,
            "ai.usage.outputTokenDetails.reasoningTokens": 4,
            "ai.usage.outputTokenDetails.textTokens": 5,
        }
    ) == {"input": 20, "cache_read": 8, "cache_creation": 2, "reasoning": 4, "output_text": 5}


def test_the_same_number_under_two_names_is_used_under_both() -> None:
    draft = Draft()
    attributes = {
        "ai.usage.inputTokens": 20,
        "ai.usage.cachedInputTokens": 8,
        "ai.usage.inputTokenDetails.cacheReadTokens": 8,
        "ai.usage.reasoningTokens": 3,
        "ai.usage.outputTokenDetails.reasoningTokens": 4,
    }
    TABLE.read(attributes, draft)

    say_details(attributes, draft, one_call=True)

    assert "ai.usage.inputTokenDetails.cacheReadTokens" in draft.used
    assert "ai.usage.outputTokenDetails.reasoningTokens" not in draft.used


def test_details_without_a_count_are_no_usage() -> None:
    assert usage(reasoningTokens=4) == {}
    assert of({"gen_ai.usage.output_tokens": 9, "ai.usage.reasoningTokens": 4}) == {"reasoning": 4}


@pytest.mark.parametrize("broken", ["NaN", -1, None, "many", 1.5, [], {}])
def test_broken_counts_are_not_said(broken: Json) -> None:
    assert usage(promptTokens=broken, completionTokens=broken) == {}


@pytest.mark.parametrize(
    ("providers", "expected"),
    [
        (
            {"anthropic": {"cacheCreationInputTokens": 3, "cacheReadInputTokens": 4}},
            {"cache_creation": 3, "cache_read": 4},
        ),
        (
            {
                "anthropic": {
                    "usage": {
                        "cache_read_input_tokens": 4,
                        "cache_creation": {
                            "ephemeral_5m_input_tokens": 1,
                            "ephemeral_1h_input_tokens": 2,
                        },
                    }
                }
            },
            {"cache_read": 4, "cache_creation_5m": 1, "cache_creation_1h": 2},
        ),
        (
            {"openai": {"cachedPromptTokens": 4, "reasoningTokens": 5}},
            {"cache_read": 4, "reasoning": 5},
        ),
        (
            {"google": {"usageMetadata": {"cachedContentTokenCount": 4, "thoughtsTokenCount": 5}}},
            {"cache_read": 4, "reasoning": 5},
        ),
        (
            {"bedrock": {"usage": {"cacheReadInputTokens": 4, "cacheWriteInputTokens": 5}}},
            {"cache_read": 4, "cache_creation": 5},
        ),
        ({"gateway": {"cost": "0.002"}}, {"cost_total": 0.002}),
        ({"openrouter": {"usage": {"cost": 0.002}}}, {"cost_total": 0.002}),
        ({"gateway": {"cost": None}, "anthropic": "odd", "openai": {"x": 1}}, {}),
    ],
)
def test_the_providers_account_fills_in_what_the_sdk_left_out(
    providers: JsonObject, expected: JsonObject
) -> None:
    assert of(account(**providers)) == {"input": 10, **expected}


def test_the_account_of_the_last_call_says_nothing_about_the_sum_of_all() -> None:
    attributes = account(openai={"cachedPromptTokens": 4}, gateway={"cost": "0.002"})

    assert of(attributes, one_call=False) == {"input": 10}


def test_an_account_that_is_no_object_is_passed_over() -> None:
    assert of({"ai.usage.inputTokens": 1, "ai.response.providerMetadata": "cut {"}) == {"input": 1}


@pytest.mark.parametrize(
    ("attributes", "exclusive"),
    [
        (ANTHROPIC, True),
        ({"ai.model.provider": "amazon-bedrock"}, True),
        ({"ai.model.provider": "openai.chat"}, False),
        ({}, False),
        ({**ANTHROPIC, "ai.usage.inputTokenDetails.noCacheTokens": 4}, False),
        ({**ANTHROPIC, "ai.request.headers.user-agent": "ai/5.0.1"}, True),
        ({**ANTHROPIC, "ai.request.headers.user-agent": "ai/6.0.1"}, False),
        ({**ANTHROPIC, "ai.request.headers.user-agent": "my-app"}, True),
        ({**ANTHROPIC, "ai.request.headers.user-agent": "ai/x"}, True),
        (account(anthropic={"usage": {"input_tokens": 10}}), True),
        ({**ANTHROPIC, **account(anthropic={"usage": {"input_tokens": 4}})}, False),
    ],
)
def test_input_without_cached_tokens_is_known_by_proof_else_by_provider_and_version(
    attributes: JsonObject, exclusive: bool
) -> None:
    said = of({"ai.usage.inputTokens": 10, **attributes})

    assert ("exclusive" in said) == exclusive


def test_the_sum_of_several_calls_is_judged_by_the_provider_not_by_the_last_account() -> None:
    attributes = {**ANTHROPIC, **account(anthropic={"usage": {"input_tokens": 4}})}

    assert of(attributes, one_call=False)["exclusive"] is True


def test_the_account_is_kept_as_an_object() -> None:
    draft = Draft()
    TABLE.read({"ai.response.providerMetadata": '{"a":1}'}, draft)

    assert draft.said[METADATA] == ({"a": 1}, ("ai.response.providerMetadata",))


def test_a_count_under_a_second_name_is_told_by_the_first() -> None:
    draft = Draft()
    attributes = {"ai.usage.inputTokens": 9, "ai.usage.cachedInputTokens": 4}
    attributes["ai.usage.inputTokenDetails.cacheReadTokens"] = 4
    TABLE.read(attributes, draft)
    say_details(attributes, draft, one_call=True)

    [key] = draft.said["usage.cache_read"][1]
    assert draft.used == {*attributes} - {key, "ai.usage.inputTokens"}
