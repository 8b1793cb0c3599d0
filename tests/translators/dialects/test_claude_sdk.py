"""Anthropic's own spans: those of its SDKs, and those of the Claude API."""

import pytest

from tests.translators.spans import span
from translators.base import Signature
from translators.dialects.claude_sdk import ClaudeSDK
from translators.registry import Registry
from translators.run import Run
from translators.span import KIND_CLIENT, KIND_INTERNAL, KIND_SERVER, Json, JsonObject

SDK, API = "com.anthropic.sdk.python", "com.anthropic.claude-platform"
CALL = "anthropic.messages.create"
USAGE = {"gen_ai.usage.input_tokens": 70, "gen_ai.usage.output_tokens": 12}
ANSWER = '[{"role": "assistant", "parts": [{"type": "text", "content": "Hello"}]}]'


def run_of(
    attributes: JsonObject,
    *,
    name: str = CALL,
    scope: str = SDK,
    kind: int = KIND_CLIENT,
    parent: str = "",
) -> Run:
    """Return the run of a span, as all dialects together make it."""
    made = span(attributes, name=name, scope=scope)
    made.kind, made.parent_span_id = kind, parent
    return Registry().translate(made)


@pytest.mark.parametrize(
    ("scope", "speaks"),
    [
        (SDK, True),
        ("com.anthropic.sdk.typescript.bedrock", True),
        ("com.anthropic.sdk.cli", True),
        (API, True),
        ("com.anthropic.claude_code.tracing", False),
        ("anthropic", False),
    ],
)
def test_it_speaks_of_the_scopes_of_sdks_and_of_the_api(scope: str, speaks: bool) -> None:
    assert ClaudeSDK().speaks(Signature(scope, frozenset(), frozenset())) is speaks


def test_the_server_s_span_of_a_call_does_not_count_its_tokens_again() -> None:
    attributes = {**USAGE, "gen_ai.operation.name": "chat"}

    run = run_of(attributes, scope=API, kind=KIND_SERVER, parent="b7ad6b7169203331")

    assert run.run_type == "chain"
    assert run.metadata["usage_rollup"]["total_tokens"] == 82
    assert "usage_metadata" not in run.metadata


@pytest.mark.parametrize(
    ("kind", "parent"), [(KIND_SERVER, ""), (KIND_INTERNAL, "b7ad6b7169203331")]
)
def test_a_call_that_only_the_server_tells_is_the_call(kind: int, parent: str) -> None:
    attributes = {**USAGE, "gen_ai.operation.name": "chat"}

    run = run_of(attributes, scope=API, kind=kind, parent=parent)

    assert run.run_type == "llm"
    assert run.metadata["usage_metadata"]["total_tokens"] == 82


@pytest.mark.parametrize(
    ("name", "run_type"),
    [
        (CALL, "llm"),
        ("anthropic.messages.stream", "llm"),
        ("anthropic.messages.count_tokens", "chain"),
        ("anthropic.sessions.events.send", "chain"),
    ],
)
def test_a_span_without_an_operation_is_known_by_its_name(name: str, run_type: str) -> None:
    assert run_of({}, name=name).run_type == run_type


def test_why_the_answer_ended_stands_in_the_answer() -> None:
    attributes = {"gen_ai.output.messages": ANSWER, "anthropic.message.stop_reason": "end_turn"}

    run = run_of(attributes)

    assert run.outputs == {
        "messages": [{"role": "assistant", "content": "Hello", "finish_reason": "end_turn"}]
    }
    assert run.metadata["finish_reasons"] == ["end_turn"]


def test_tokens_written_to_the_cache_are_told_by_lifetime() -> None:
    attributes = {
        **USAGE,
        "gen_ai.usage.cache_write.input_tokens": 30,
        "anthropic.usage.cache_creation.ephemeral_5m_input_tokens": 10,
        "anthropic.usage.cache_creation.ephemeral_1h_input_tokens": 20,
    }

    run = run_of(attributes)

    assert run.metadata["usage_metadata"] == {
        "input_tokens": 70,
        "output_tokens": 12,
        "total_tokens": 82,
        "input_token_details": {
            "cache_creation": 30,
            "ephemeral_5m_input_tokens": 10,
            "ephemeral_1h_input_tokens": 20,
        },
    }


def test_how_the_model_shall_think_are_parameters() -> None:
    attributes = {
        "gen_ai.request.reasoning.level": "high",
        "anthropic.thinking.type": "enabled",
        "anthropic.thinking.budget_tokens": 1024,
        "anthropic.request.service_tier": "auto",
    }

    run = run_of(attributes)

    assert run.invocation_params == {
        "reasoning_effort": "high",
        "thinking": {"type": "enabled", "budget_tokens": 1024},
        "service_tier": "auto",
    }


@pytest.mark.parametrize(
    ("content", "expected", "kept"),
    [
        ('[{"type": "text", "text": "sunny"}]', "sunny", False),
        (
            '[{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]',
            "a\nb",
            True,
        ),
        ('[{"type": "image", "x": 1}]', [{"type": "image", "x": 1}], False),
        ("no JSON", "no JSON", False),
        ("[]", [], False),
    ],
)
def test_the_result_of_a_tool_is_its_content(content: str, expected: Json, kept: bool) -> None:
    attributes = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "get_weather",
        "anthropic.tool_result.content": content,
    }

    run = run_of(attributes, name="anthropic.mcp_tool_use get_weather", kind=KIND_INTERNAL)

    assert run.run_type == "tool"
    assert run.name == "get_weather"
    assert run.outputs == {"output": expected}
    assert ("anthropic.tool_result.content" in run.metadata) is kept


@pytest.mark.parametrize(
    ("attributes", "thread"),
    [
        ({"anthropic.session.id": "s"}, "s"),
        ({"anthropic.session.id": "s", "gen_ai.conversation.id": "c"}, "c"),
    ],
)
def test_a_session_is_the_thread_where_no_conversation_is_named(
    attributes: JsonObject, thread: str
) -> None:
    assert run_of(attributes).thread_id == thread


def test_a_stream_that_was_closed_early_did_not_fail() -> None:
    assert run_of({"gen_ai.operation.name": "chat"}).error is None
