"""What was used and what it cost, under OpenTelemetry's GenAI conventions.

The rows of section "OTel GenAI" of the coverage matrix about tokens and costs.
"""

import pytest

from tests.translators.genai_spans import CHAT, COUNTED, run_of
from translators.span import Json, JsonObject


def usage_of(attributes: JsonObject, scope: str = "") -> JsonObject:
    run = run_of(attributes, scope=scope)
    assert run.outputs is not None
    usage: JsonObject = run.outputs["usage_metadata"]
    assert run.metadata["usage_metadata"] == usage
    return usage


@pytest.mark.parametrize("given", [26, 26.0, "26", "26.0"])
def test_a_count_may_be_a_number_or_its_text(given: Json) -> None:
    counts = {"gen_ai.usage.input_tokens": given, "gen_ai.usage.output_tokens": given}

    usage = usage_of({**CHAT, **counts})

    assert usage == {"input_tokens": 26, "output_tokens": 26, "total_tokens": 52}
    assert {type(count) for count in usage.values()} == {int}


def test_usage_is_told_of_a_call_whose_content_is_not() -> None:
    run = run_of(COUNTED)

    usage = {"input_tokens": 100, "output_tokens": 50, "total_tokens": 150}
    assert run.inputs is None
    assert run.outputs == {"usage_metadata": usage}
    assert run.metadata["usage_metadata"] == usage


# Name of a counter below gen_ai.usage. -> where it is told.
DETAILS = {
    ("input_token_details", "cache_read"): (
        "cache_read.input_tokens cache_read_input_tokens cached_tokens cached_input_tokens"
        " input_cached_tokens cache_read_tokens details.cache_read_tokens details.cached_tokens"
        " details.cache_read_input_tokens prompt_tokens_details.cached_tokens"
        " input_token_details.cache_read"
    ),
    ("input_token_details", "cache_creation"): (
        "cache_creation.input_tokens cache_write.input_tokens cache_creation_input_tokens"
        " cache_write_input_tokens cache_write_tokens details.cache_write_tokens"
        " details.cache_creation_input_tokens prompt_tokens_details.cache_creation_tokens"
    ),
    ("output_token_details", "reasoning"): (
        "reasoning.output_tokens reasoning_tokens thoughts_tokens details.reasoning_tokens"
        " details.thoughts_tokens completion_tokens_details.reasoning_tokens"
    ),
    ("input_token_details", "audio"): (
        "audio.input_tokens input_audio_tokens details.input_audio_tokens"
        " prompt_tokens_details.audio_tokens"
    ),
    ("output_token_details", "audio"): (
        "audio.output_tokens output_audio_tokens details.output_audio_tokens"
        " completion_tokens_details.audio_tokens"
    ),
    ("input_token_details", "text"): "text.input_tokens input_text_tokens",
    ("output_token_details", "text"): "text.output_tokens output_text_tokens",
    ("input_token_details", "image"): "image.input_tokens",
    ("input_token_details", "video"): "video.input_tokens",
}


def _of(*words: str) -> list[tuple[str, str, str]]:
    return [
        (group, word, key)
        for (group, word), keys in DETAILS.items()
        if word in words
        for key in keys.split()
    ]


def told(group: str, word: str, key: str) -> None:
    """Check that a counter is told, as a part of the sum that it belongs to."""
    usage = usage_of({**COUNTED, f"gen_ai.usage.{key}": 40})

    assert usage == {
        "input_tokens": 100,
        "output_tokens": 50,
        "total_tokens": 150,
        group: {word: 40},
    }


@pytest.mark.parametrize(("group", "word", "key"), _of("cache_read", "cache_creation"))
def test_cached_tokens_are_told_whatever_they_are_called(group: str, word: str, key: str) -> None:
    told(group, word, key)


@pytest.mark.parametrize(("group", "word", "key"), _of("reasoning"))
def test_reasoning_is_told_whatever_it_is_called(group: str, word: str, key: str) -> None:
    told(group, word, key)


@pytest.mark.parametrize(("group", "word", "key"), _of("audio", "text", "image", "video"))
def test_tokens_of_each_modality_are_told(group: str, word: str, key: str) -> None:
    told(group, word, key)


@pytest.mark.parametrize(
    ("total", "counted"),
    [
        pytest.param(None, 100, id="inclusive by default"),
        pytest.param(150, 100, id="the total says nothing else"),
        pytest.param(190, 140, id="the total proves that it is not in the input"),
    ],
)
def test_cached_input_is_counted_once_whether_the_input_has_it_or_not(
    total: int | None, counted: int
) -> None:
    counts = {"gen_ai.usage.cache_read.input_tokens": 40}
    if total is not None:
        counts["gen_ai.usage.total_tokens"] = total

    usage = usage_of({**COUNTED, **counts})

    assert usage["input_tokens"] == counted
    assert usage["total_tokens"] == counted + 50
    assert usage["input_token_details"] == {"cache_read": 40}


GENAI = {**COUNTED, "gen_ai.usage.cache_read_input_tokens": 40}
NEWEST = {**COUNTED, "gen_ai.usage.cache_read.input_tokens": 40}
OPENLLMETRY = {**GENAI, "llm.request.type": "chat"}
OPENINFERENCE = {
    "openinference.span.kind": "LLM",
    "llm.token_count.prompt": 100,
    "llm.token_count.completion": 50,
    "llm.token_count.prompt_details.cache_read": 40,
}
CLAUDE_CODE = {"span.type": "llm_request", "input_tokens": 100, "cache_read_tokens": 40}
VERCEL = {
    "ai.operationId": "ai.generateText.doGenerate",
    "ai.model.provider": "anthropic.messages",
    "ai.usage.inputTokens": 100,
    "ai.usage.outputTokens": 50,
    "ai.usage.cachedInputTokens": 40,
}
CLAUDE = {"gen_ai.request.model": "us.anthropic.claude-sonnet-4-20250514-v1:0"}


@pytest.mark.parametrize(
    ("scope", "attributes", "counted"),
    [
        ("opentelemetry.instrumentation.openai_v2", GENAI, 100),
        ("strands.telemetry.tracer", {**GENAI, **CLAUDE}, 140),
        ("strands.telemetry.tracer", GENAI, 100),
        ("agent_framework", {**NEWEST, "gen_ai.provider.name": "anthropic"}, 140),
        ("agent_framework", {**NEWEST, "gen_ai.provider.name": "openai"}, 100),
        ("openinference.instrumentation.openai", OPENINFERENCE, 100),
        ("@arizeai/openinference-instrumentation-bedrock", OPENINFERENCE, 140),
        ("@arizeai/openinference-instrumentation-claude-agent-sdk", OPENINFERENCE, 140),
        ("opentelemetry.instrumentation.anthropic", OPENLLMETRY, 100),
        ("opentelemetry.instrumentation.bedrock", {**OPENLLMETRY, **CLAUDE}, 140),
        ("com.anthropic.claude_code.tracing", CLAUDE_CODE, 140),
        ("ai", VERCEL, 140),
        ("ai", {**VERCEL, "ai.model.provider": "openai.responses"}, 100),
        ("ai", {**VERCEL, "ai.usage.inputTokenDetails.noCacheTokens": 60}, 100),
    ],
)
def test_whether_the_input_has_cached_tokens_depends_on_who_counted(
    scope: str, attributes: JsonObject, counted: int
) -> None:
    usage = usage_of(attributes, scope)

    assert usage["input_tokens"] == counted
    assert usage["input_token_details"] == {"cache_read": 40}


def test_more_cached_than_counted_input_comes_on_top_and_is_never_cut() -> None:
    usage = usage_of({**COUNTED, "gen_ai.usage.cache_read.input_tokens": 4000})

    assert usage["input_tokens"] == 4100
    assert usage["total_tokens"] == 4150


def test_the_sum_on_an_agent_is_told_and_not_priced_again() -> None:
    run = run_of({**COUNTED, "gen_ai.operation.name": "invoke_agent", "gen_ai.usage.cost": 0.5})

    assert run.run_type == "chain"
    assert run.outputs is None
    assert "usage_metadata" not in run.metadata
    assert run.metadata["usage_rollup"] == {
        "input_tokens": 100,
        "output_tokens": 50,
        "total_tokens": 150,
        "total_cost": 0.5,
    }


@pytest.mark.parametrize(
    ("costs", "expected"),
    [
        ({"gen_ai.usage.cost": 0.25}, {"total_cost": 0.25}),
        ({"gen_ai.usage.cost": "0.25"}, {"total_cost": 0.25}),
        (
            {
                "gen_ai.token.cost.input": 0.125,
                "gen_ai.token.cost.output": 0.25,
                "gen_ai.token.cost.total": 0.375,
            },
            {"input_cost": 0.125, "output_cost": 0.25, "total_cost": 0.375},
        ),
        (
            {
                "gen_ai.cost.input_cost": 0.125,
                "gen_ai.cost.output_cost": 0.25,
                "gen_ai.cost.total_cost": 0.375,
            },
            {"input_cost": 0.125, "output_cost": 0.25, "total_cost": 0.375},
        ),
        ({"operation.cost": 0.25}, {"total_cost": 0.25}),
    ],
)
def test_costs_are_told_by_side(costs: JsonObject, expected: JsonObject) -> None:
    usage = usage_of({**COUNTED, **costs}, "logfire.openai" if "operation.cost" in costs else "")

    assert {key: value for key, value in usage.items() if "cost" in key} == expected


def test_a_cost_of_nothing_for_used_tokens_is_kept_from_langsmiths_prices() -> None:
    run = run_of({**COUNTED, "gen_ai.usage.cost": 0.0})

    assert "total_cost" not in run.metadata["usage_metadata"]
    assert run.metadata["usage_reported_cost"] == {"total_cost": 0}
