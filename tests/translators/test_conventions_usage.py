"""Token counts and costs, under each name that conventions 1.10 and 1.11 list."""

import pytest

from tests.translators.spans import span
from translators.registry import Registry
from translators.run import Run
from translators.span import Json, JsonObject

MODEL = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o"}
INPUT = (
    "gen_ai.usage.input_tokens gen_ai.usage.prompt_tokens llm.usage.prompt_tokens"
    " llm.token_count.prompt ai.usage.inputTokens ai.usage.promptTokens ai.usage.tokens"
    " input_tokens prompt_tokens gen_ai.token.usage.input gen_ai.client.token.usage.input"
    " usage.prompt_tokens"
)
OUTPUT = (
    "gen_ai.usage.output_tokens gen_ai.usage.completion_tokens llm.usage.completion_tokens"
    " llm.token_count.completion ai.usage.outputTokens ai.usage.completionTokens output_tokens"
    " completion_tokens gen_ai.token.usage.output usage.completion_tokens"
)
TOTAL = (
    "gen_ai.usage.total_tokens llm.usage.total_tokens llm.token_count.total ai.usage.totalTokens"
    " gen_ai.client.token.usage total_tokens usage.total_tokens"
)
# The two counters that the details belong to, under the names that come with them.
BARE = {"input_tokens": 100, "output_tokens": 50}
VERCEL = {"ai.usage.inputTokens": 100, "ai.usage.outputTokens": 50}
TRACELOOP = {"llm.usage.prompt_tokens": 100, "llm.usage.completion_tokens": 50}
INFERENCE = {"llm.token_count.prompt": 100, "llm.token_count.completion": 50}
GENAI = {"gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 50}


def run_of(attributes: JsonObject, scope: str = "") -> Run:
    return Registry().translate(span({**MODEL, **attributes}, scope=scope))


def usage_of(run: Run) -> JsonObject:
    usage: JsonObject = run.metadata["usage_metadata"]
    assert run.outputs is not None
    assert run.outputs["usage_metadata"] == usage
    return usage


@pytest.mark.parametrize("value", [26, 26.0, "26", "26.0"])
@pytest.mark.parametrize(
    ("counter", "key"),
    [
        *(("input_tokens", key) for key in INPUT.split()),
        *(("output_tokens", key) for key in OUTPUT.split()),
        *(("total_tokens", key) for key in TOTAL.split()),
    ],
)
def test_a_count_is_told_whatever_it_is_called_and_however_written(
    counter: str, key: str, value: Json
) -> None:
    run = run_of({key: value})

    assert usage_of(run) == {counter: 26, "total_tokens": 26}
    assert isinstance(usage_of(run)[counter], int)
    assert key not in run.metadata


@pytest.mark.parametrize(
    ("group", "word", "beside", "key"),
    [
        ("input", "cache_read", GENAI, "gen_ai.usage.input_token_details.cache_read"),
        ("input", "cache_read", INFERENCE, "llm.token_count.prompt_details.cache_read"),
        ("input", "cache_read", INFERENCE, "llm.token_count.prompt_details.cache_input"),
        ("input", "cache_read", TRACELOOP, "llm.usage.cache_read_input_tokens"),
        ("input", "cache_read", VERCEL, "ai.usage.cachedInputTokens"),
        ("input", "cache_read", VERCEL, "ai.usage.inputTokenDetails.cacheReadTokens"),
        ("input", "cache_read", BARE, "cache_read_tokens"),
        ("input", "cache_read", BARE, "cached_content_token_count"),
        ("input", "cache_creation", INFERENCE, "llm.token_count.prompt_details.cache_write"),
        ("input", "cache_creation", TRACELOOP, "llm.usage.cache_creation_input_tokens"),
        ("input", "cache_creation", VERCEL, "ai.usage.inputTokenDetails.cacheWriteTokens"),
        ("input", "cache_creation", BARE, "cache_creation_tokens"),
        ("output", "reasoning", INFERENCE, "llm.token_count.completion_details.reasoning"),
        ("output", "reasoning", TRACELOOP, "llm.usage.reasoning_tokens"),
        ("output", "reasoning", VERCEL, "ai.usage.reasoningTokens"),
        ("output", "reasoning", VERCEL, "ai.usage.outputTokenDetails.reasoningTokens"),
        ("output", "reasoning", BARE, "thoughts_token_count"),
        ("input", "audio", INFERENCE, "llm.token_count.prompt_details.audio"),
        ("output", "audio", INFERENCE, "llm.token_count.completion_details.audio"),
    ],
)
def test_a_part_of_a_count_is_told_whatever_it_is_called(
    group: str, word: str, beside: JsonObject, key: str
) -> None:
    run = run_of({**beside, key: "26"})

    assert usage_of(run) == {
        "input_tokens": 100,
        "output_tokens": 50,
        "total_tokens": 150,
        f"{group}_token_details": {word: 26},
    }
    assert key not in run.metadata


def test_usage_of_a_stream_that_goes_on_is_said_to_be_partial() -> None:
    given = {"gen_ai.usage.partial.input_tokens": 5, "gen_ai.usage.partial.output_tokens": 6}

    run = run_of(given, scope="logfire")

    assert usage_of(run) == {"input_tokens": 5, "output_tokens": 6, "total_tokens": 11}
    assert run.metadata["usage_partial"] is True


def test_numbers_of_two_conventions_are_not_mixed_but_their_parts_are_added() -> None:
    run = run_of({"llm.token_count.prompt": 10, **GENAI, "gen_ai.usage.cached_tokens": 3})

    assert usage_of(run) == {
        "input_tokens": 10,
        "total_tokens": 10,
        "input_token_details": {"cache_read": 3},
    }
    assert run.metadata["gen_ai.usage.output_tokens"] == 50


@pytest.mark.parametrize("value", [-5, "NaN", "many", True])
def test_a_count_that_is_none_stays_an_attribute(value: Json) -> None:
    run = run_of({"gen_ai.usage.input_tokens": 7, "gen_ai.usage.output_tokens": value})

    assert usage_of(run) == {"input_tokens": 7, "total_tokens": 7}
    assert run.metadata["gen_ai.usage.output_tokens"] == value


@pytest.mark.parametrize("kind", ["invoke_agent", "execute_tool"])
def test_cost_and_counts_around_other_runs_are_a_sum_of_their_own(kind: str) -> None:
    given = {**GENAI, "gen_ai.operation.name": kind, "gen_ai.usage.cost": 0.25}

    run = run_of(given)

    assert run.metadata["usage_rollup"] == {
        "input_tokens": 100,
        "output_tokens": 50,
        "total_tokens": 150,
        "total_cost": 0.25,
    }
    assert "usage_metadata" not in run.metadata
    assert run.outputs is None


@pytest.mark.parametrize("value", [0.25, "0.25"])
@pytest.mark.parametrize(
    ("key", "word"),
    [
        ("llm.cost.prompt", "input_cost"),
        ("llm.cost.completion", "output_cost"),
        ("llm.cost.total", "total_cost"),
        ("operation.cost", "total_cost"),
        ("gen_ai.usage.cost", "total_cost"),
        ("gen_ai.token.cost.input", "input_cost"),
        ("gen_ai.token.cost.output", "output_cost"),
        ("gen_ai.token.cost.total", "total_cost"),
        ("gen_ai.cost.input_cost", "input_cost"),
        ("gen_ai.cost.output_cost", "output_cost"),
        ("gen_ai.cost.total_cost", "total_cost"),
        ("cost_usd", "total_cost"),
    ],
)
def test_a_cost_is_told_whatever_it_is_called(key: str, word: str, value: Json) -> None:
    run = run_of({**GENAI, key: value})

    assert usage_of(run)[word] == 0.25
    assert key not in run.metadata


@pytest.mark.parametrize(
    ("key", "group", "word"),
    [
        ("prompt_details.input", "input", "input"),
        ("prompt_details.cache_read", "input", "cache_read"),
        ("prompt_details.cache_input", "input", "cache_read"),
        ("prompt_details.cache_write", "input", "cache_creation"),
        ("prompt_details.audio", "input", "audio"),
        ("completion_details.output", "output", "output"),
        ("completion_details.reasoning", "output", "reasoning"),
        ("completion_details.audio", "output", "audio"),
    ],
)
def test_parts_of_a_cost_are_told(key: str, group: str, word: str) -> None:
    run = run_of({**INFERENCE, f"llm.cost.{key}": 0.25})

    assert usage_of(run)[f"{group}_cost_details"] == {word: 0.25}


@pytest.mark.parametrize(
    "attributes",
    [
        {
            "langfuse.observation.type": "generation",
            "langfuse.observation.cost_details": '{"input": 0.1, "output": 0.2, "total": 0.3}',
        },
        {
            "mlflow.spanType": '"CHAT_MODEL"',
            "mlflow.llm.cost": '{"input_cost": 0.1, "output_cost": 0.2, "total_cost": 0.3}',
        },
    ],
)
def test_costs_in_one_object_are_told(attributes: JsonObject) -> None:
    usage = usage_of(run_of({**GENAI, **attributes}))

    assert (usage["input_cost"], usage["output_cost"], usage["total_cost"]) == (0.1, 0.2, 0.3)


def test_a_gateways_price_in_what_a_provider_says_is_the_cost() -> None:
    given = {
        "ai.operationId": "ai.generateText.doGenerate",
        "ai.response.providerMetadata": '{"gateway": {"cost": "0.25"}}',
        **VERCEL,
    }

    assert usage_of(run_of(given, scope="ai"))["total_cost"] == 0.25


@pytest.mark.parametrize("value", [0, 0.0, "0"])
@pytest.mark.parametrize("key", ["gen_ai.usage.cost", "llm.cost.total", "operation.cost"])
def test_a_price_of_nothing_for_used_tokens_does_not_stand_for_langsmiths(
    key: str, value: Json
) -> None:
    run = run_of({**GENAI, key: value})

    assert "total_cost" not in usage_of(run)
    assert run.metadata["usage_reported_cost"] == {"total_cost": 0}


def test_counts_of_mlflow_are_told_without_any_content() -> None:
    counted = '{"input_tokens": 10, "output_tokens": 5, "total_tokens": 15}'

    run = run_of({"mlflow.spanType": '"CHAT_MODEL"', "mlflow.chat.tokenUsage": counted})

    assert usage_of(run) == {"input_tokens": 10, "output_tokens": 5, "total_tokens": 15}
    assert "mlflow.chat.tokenUsage" not in run.metadata
