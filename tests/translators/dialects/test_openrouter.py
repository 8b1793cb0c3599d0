import orjson
import pytest

from tests.translators.drafts import said
from tests.translators.spans import START_NS, span
from translators.base import Draft, Signature
from translators.dialects.openrouter import OpenRouter
from translators.registry import Registry
from translators.span import Json, JsonObject


def draft(attributes: JsonObject) -> Draft:
    found = OpenRouter().translate(span(attributes, name="LLM Generation", scope="openrouter"))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("scope", "key", "expected"),
    [
        ("openrouter", "x", True),
        ("other", "trace.metadata.openrouter.source", True),
        ("other", "openrouter.source", True),
        ("other", "trace.metadata.plan", False),
    ],
)
def test_it_speaks_of_what_openrouter_broadcasts(scope: str, key: str, expected: bool) -> None:
    assert OpenRouter().speaks(Signature(scope, frozenset({key}), frozenset())) is expected


@pytest.mark.parametrize(
    ("kind", "run_type"),
    [("generation", "llm"), ("embedding", "embedding"), ("span", "chain"), ("Odd", "chain")],
)
def test_the_type_of_a_span_is_the_run_type(kind: str, run_type: str) -> None:
    found = draft({"span.type": kind})

    assert said(found, "run_type") == run_type
    assert said(found, "kind") == kind.lower()


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"completion": "Hello"}, {"role": "assistant", "content": "Hello"}),
        (
            {"completion": "Hello", "reasoning": "Hm."},
            {
                "role": "assistant",
                "content": [
                    {"type": "reasoning", "text": "Hm."},
                    {"type": "text", "text": "Hello"},
                ],
            },
        ),
        (
            {"completion": "", "reasoning": "Hm.", "model_said": 1},
            {
                "role": "assistant",
                "content": [{"type": "reasoning", "text": "Hm."}],
                "additional_kwargs": {"model_said": 1},
            },
        ),
        (
            {"toolCalls": [{"id": "c", "function": {"name": "f", "arguments": "{}"}}]},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
                ],
            },
        ),
    ],
)
def test_the_flat_answer_is_a_message(answer: JsonObject, message: JsonObject) -> None:
    found = draft({"gen_ai.completion": orjson.dumps(answer).decode()})

    assert found.said["outputs"] == ({"messages": [message]}, ("gen_ai.completion",))


def test_the_reason_belongs_to_the_answer() -> None:
    attributes = {
        "gen_ai.completion": '{"completion":"Hello"}',
        "gen_ai.response.finish_reason": "stop",
    }

    assert said(draft(attributes), "outputs")["messages"][0]["finish_reason"] == "stop"


def test_content_that_comes_three_times_is_told_once() -> None:
    asked = '{"messages":[{"role":"user","content":"Hi"}],"custom":1}'
    attributes = {
        "span.type": "generation",
        "gen_ai.prompt": asked,
        "trace.input": asked,
        "span.input": "other",
    }
    run = Registry().translate(span(attributes, scope="openrouter"))

    assert run.inputs == {"messages": [{"role": "user", "content": "Hi"}], "custom": 1}
    assert run.metadata["span.input"] == "other"
    assert "trace.input" not in run.metadata


def test_content_of_another_shape_is_kept_as_it_is() -> None:
    found = draft({"span.input": "text", "span.output": '{"data":[]}', "gen_ai.prompt": None})

    assert "inputs" not in found.said
    assert said(found, "raw_outputs") == {"data": []}


def test_metadata_has_the_keys_of_the_user() -> None:
    attributes = {
        "trace.metadata.plan": "pro",
        "span.metadata.plan": "pro",
        "span.metadata.step": "2",
        "trace.metadata.session_id": "s-1",
        "trace.metadata.openrouter.source": "openrouter",
        "user.id": "u-1",
    }
    found = draft(attributes)

    assert found.said["metadata.plan"] == ("pro", ("trace.metadata.plan",))
    assert found.used == {"span.metadata.plan"}
    assert said(found, "thread_id") == "s-1"
    assert said(found, "user_id") == "u-1"
    assert not any(field.startswith("metadata.openrouter") for field in found.said)


def test_the_first_token_came_some_milliseconds_after_the_start() -> None:
    found = draft({"trace.metadata.openrouter.first_token_ms": 250.5})

    assert said(found, "first_token_ns") == START_NS + 250_500_000


def test_only_the_root_is_called_as_the_trace_is() -> None:
    child = span({"trace.name": "chat"}, scope="openrouter")
    child.parent_span_id = "b7ad6b7169203331"

    assert said(draft({"trace.name": "chat"}), "name") == "chat"
    assert OpenRouter().translate(child) is None


def test_the_provider_is_the_one_that_was_routed_to() -> None:
    attributes = {
        "span.type": "generation",
        "gen_ai.provider.name": "Google AI Studio",
        "trace.metadata.openrouter.provider_slug": "google-ai-studio",
        "gen_ai.usage.input_tokens": 9,
        "gen_ai.usage.input_tokens.cached": 4,
        "gen_ai.usage.total_cost": 0.5,
    }
    run = Registry().translate(span(attributes, scope="openrouter"))

    assert run.metadata["ls_provider"] == "google_genai"
    assert run.metadata["usage_metadata"] == {
        "input_tokens": 9,
        "total_tokens": 9,
        "input_token_details": {"cache_read": 4},
        "total_cost": 0.5,
    }


@pytest.mark.parametrize("value", [7, None, [], {}, "", "[", '{"a"', True, '{"messages":[]}'])
def test_hostile_values_are_no_reason_to_fail(value: Json) -> None:
    keys = (
        "span.type", "gen_ai.prompt", "span.input", "gen_ai.completion", "span.output",
        "gen_ai.response.finish_reason", "trace.name", "trace.metadata.x", "span.metadata.x",
        "trace.metadata.", "trace.tags", "trace.metadata.openrouter.first_token_ms",
    )  # fmt: skip
    run = Registry().translate(span(dict.fromkeys(keys, value), scope="openrouter"))

    assert run.failures == ()


def test_reasoning_that_is_no_text_is_kept_beside_the_answer() -> None:
    found = draft({"gen_ai.completion": {"completion": "Ho", "reasoning": {"a": 1}}})

    [message] = said(found, "outputs")["messages"]
    assert message["content"] == "Ho"
    assert message["additional_kwargs"] == {"reasoning": {"a": 1}}
