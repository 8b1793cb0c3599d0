import pytest

from tests.translators.drafts import chat, said
from tests.translators.drafts import genai as draft
from tests.translators.spans import span
from translators.base import Signature
from translators.dialects.genai import GenAI
from translators.span import Event, Json, JsonObject


@pytest.mark.parametrize(
    ("attribute", "value", "field", "expected"),
    [
        ("gen_ai.operation.name", "chat", "kind", "chat"),
        ("gen_ai.provider.name", "openai", "provider", "openai"),
        ("gen_ai.system", "az.ai.openai", "provider", "az.ai.openai"),
        ("gen_ai.request.model", "gpt-4o", "model", "gpt-4o"),
        ("gen_ai.request_model", "gpt-4o", "model", "gpt-4o"),
        ("gen_ai.response.model", "gpt-4o-2024", "response_model", "gpt-4o-2024"),
        ("gen_ai.response_model", "gpt-4o-2024", "response_model", "gpt-4o-2024"),
        ("gen_ai.request.temperature", 0.2, "params.temperature", 0.2),
        ("gen_ai.request.top_p", 0.9, "params.top_p", 0.9),
        ("gen_ai.request.top_k", 40.0, "params.top_k", 40),
        ("gen_ai.request.seed", 7, "params.seed", 7),
        ("gen_ai.openai.request.seed", 7, "params.seed", 7),
        ("gen_ai.request.max_tokens", 200, "params.max_tokens", 200),
        ("gen_ai.request.max_completion_tokens", 200, "params.max_completion_tokens", 200),
        ("gen_ai.request.presence_penalty", 0.1, "params.presence_penalty", 0.1),
        ("gen_ai.request.frequency_penalty", 0.1, "params.frequency_penalty", 0.1),
        ("gen_ai.request.encoding_formats", ["base64"], "params.encoding_formats", ["base64"]),
        ("gen_ai.request.reasoning_effort", "low", "params.reasoning_effort", "low"),
        ("gen_ai.request.reasoning_summary", "auto", "params.reasoning_summary", "auto"),
        ("gen_ai.request.stop_sequences", ["\n\n", ","], "params.stop", ["\n\n", ","]),
        ("gen_ai.request.stop_sequences", '["END"]', "params.stop", ["END"]),
        ("gen_ai.request.stop_sequences", "a,b", "params.stop", ["a,b"]),
        ("gen_ai.request.stop_sequences", ["END"], "params.stop_sequences", ["END"]),
        ("gen_ai.request.choice.count", 2, "params.n", 2),
        ("gen_ai.request.n", 2, "params.n", 2),
        ("gen_ai.embeddings.dimension.count", 8, "params.dimensions", 8),
        ("gen_ai.request.embedding_dimension", 8, "params.dimensions", 8),
        ("gen_ai.request.stream", True, "params.stream", True),
        ("gen_ai.request.is_stream", "true", "params.stream", True),
        ("gen_ai.is_streaming", False, "params.stream", False),
        (
            "gen_ai.openai.request.response_format",
            "json_object",
            "params.response_format",
            "json_object",
        ),
        (
            "gen_ai.request.structured_output_schema",
            '{"a":1}',
            "params.response_format",
            {"a": 1},
        ),
        ("gen_ai.output.type", "json", "params.response_format", {"type": "json_object"}),
        ("gen_ai.output.type", "json", "metadata.output_type", "json"),
        ("openai.request.service_tier", "auto", "params.service_tier", "auto"),
        ("gen_ai.openai.request.service_tier", "auto", "params.service_tier", "auto"),
        ("gen_ai.request.extra_query", '{"a":1}', "params.extra_query", {"a": 1}),
        ("gen_ai.request.extra_body", '{"a":1}', "params.extra_body", {"a": 1}),
        ("gen_ai.request.tool_choice", "auto", "params.tool_choice", "auto"),
        ("gen_ai.request.user", "u", "params.user", "u"),
        ("gen_ai.request.user", "u", "user_id", "u"),
        ("gen_ai.user", "u", "params.user", "u"),
        ("gen_ai.user", "u", "user_id", "u"),
        ("gcp.gen_ai.operation.config.safety", "x", "params.safety", "x"),
        (
            "gen_ai.tool.definitions",
            '[{"name":"f"}]',
            "params.tools",
            [{"type": "function", "function": {"name": "f"}}],
        ),
        ("gen_ai.usage.input_tokens", "26", "usage.input", 26),
        ("gen_ai.usage.prompt_tokens", 26.0, "usage.input", 26),
        ("gen_ai.token.usage.input", 26, "usage.input", 26),
        ("gen_ai.client.token.usage.input", 26, "usage.input", 26),
        ("gen_ai.usage.output_tokens", 0, "usage.output", 0),
        ("gen_ai.usage.completion_tokens", 7, "usage.output", 7),
        ("gen_ai.token.usage.output", 7, "usage.output", 7),
        ("gen_ai.client.token.usage.output", 7, "usage.output", 7),
        ("gen_ai.usage.total_tokens", 33, "usage.total", 33),
        ("gen_ai.client.token.usage", 33, "usage.total", 33),
        ("llm.usage.prompt_tokens", 26, "usage.input", 26),
        ("llm.usage.completion_tokens", 7, "usage.output", 7),
        ("llm.usage.total_tokens", 33, "usage.total", 33),
        *[
            (f"gen_ai.usage.{key}", 5, "usage.cache_read", 5)
            for key in (
                "cache_read.input_tokens", "cache_read_input_tokens", "cached_tokens",
                "cached_input_tokens", "input_cached_tokens", "cache_read_tokens",
                "details.cache_read_tokens", "details.cached_tokens",
                "details.cache_read_input_tokens", "prompt_tokens_details.cached_tokens",
                "input_token_details.cache_read",
            )
        ],
        *[
            (f"gen_ai.usage.{key}", 5, "usage.cache_creation", 5)
            for key in (
                "cache_creation.input_tokens", "cache_write.input_tokens",
                "cache_creation_input_tokens", "cache_write_input_tokens", "cache_write_tokens",
                "details.cache_write_tokens", "details.cache_creation_input_tokens",
                "prompt_tokens_details.cache_creation_tokens",
            )
        ],
        *[
            (f"gen_ai.usage.{key}", 5, "usage.reasoning", 5)
            for key in (
                "reasoning.output_tokens", "reasoning_tokens", "thoughts_tokens",
                "details.reasoning_tokens", "details.thoughts_tokens",
                "completion_tokens_details.reasoning_tokens",
            )
        ],
        *[
            (f"gen_ai.usage.{key}", 5, f"usage.{counter}", 5)
            for key, counter in (
                ("audio.input_tokens", "input_audio"), ("input_audio_tokens", "input_audio"),
                ("details.input_audio_tokens", "input_audio"),
                ("prompt_tokens_details.audio_tokens", "input_audio"),
                ("audio.output_tokens", "output_audio"), ("output_audio_tokens", "output_audio"),
                ("details.output_audio_tokens", "output_audio"),
                ("text.input_tokens", "input_text"), ("input_text_tokens", "input_text"),
                ("text.output_tokens", "output_text"), ("output_text_tokens", "output_text"),
                ("image.input_tokens", "input_image"), ("image.output_tokens", "output_image"),
                ("video.input_tokens", "input_video"), ("video.output_tokens", "output_video"),
            )
        ],
        ("gen_ai.token.cost.input", 0.1, "usage.cost_input", 0.1),
        ("gen_ai.cost.input_cost", 0.1, "usage.cost_input", 0.1),
        ("gen_ai.token.cost.output", 0.1, "usage.cost_output", 0.1),
        ("gen_ai.cost.output_cost", 0.1, "usage.cost_output", 0.1),
        ("gen_ai.token.cost.total", 0.1, "usage.cost_total", 0.1),
        ("gen_ai.cost.total_cost", 0.1, "usage.cost_total", 0.1),
        ("gen_ai.usage.cost", "0.1", "usage.cost_total", 0.1),
        ("gen_ai.response.finish_reasons", ["stop"], "metadata.finish_reasons", ["stop"]),
        ("gen_ai.response.finish_reasons", '["stop"]', "metadata.finish_reasons", ["stop"]),
        (
            "gen_ai.response.finish_reasons",
            "stop, length",
            "metadata.finish_reasons",
            ["stop", "length"],
        ),
        ("gen_ai.response.finish_reason", "N/A", "metadata.finish_reasons", None),
        ("gen_ai.response.finish_reason", '["Stop"]', "metadata.finish_reasons", ["Stop"]),
        ("gen_ai.response.id", "r1", "metadata.response_id", "r1"),
        ("openai.response.service_tier", "default", "metadata.service_tier", "default"),
        ("openai.response.system_fingerprint", "fp", "metadata.system_fingerprint", "fp"),
        ("gen_ai.agent.id", "a", "metadata.agent_id", "a"),
        ("gen_ai.agent.name", "a", "metadata.agent_name", "a"),
        ("gen_ai.agent.description", "a", "metadata.agent_description", "a"),
        ("gen_ai.agent.version", "a", "metadata.agent_version", "a"),
        ("gen_ai.tool.name", "f", "metadata.tool_name", "f"),
        ("gen_ai.tool.call.id", "c", "metadata.tool_call_id", "c"),
        ("gen_ai.tool.call.id", "unknown", "metadata.tool_call_id", None),
        ("gen_ai.tool.description", "d", "metadata.tool_description", "d"),
        ("gen_ai.tool.type", "function", "metadata.tool_type", "function"),
        ("gen_ai.workflow.name", "w", "metadata.workflow_name", "w"),
        ("gen_ai.data_source.id", "d", "metadata.data_source_id", "d"),
        ("gen_ai.prompt.name", "p", "metadata.prompt_name", "p"),
        ("gen_ai.environment", "prod", "metadata.environment", "prod"),
        ("gen_ai.conversation.id", "s", "thread_id", "s"),
        ("gen_ai.conversation.id", "", "thread_id", None),
        ("session.id", "s", "thread_id", "s"),
        ("gen_ai.openai.thread.id", "s", "thread_id", "s"),
        ("gen_ai.session.id", "s", "thread_id", "s"),
        ("mcp.session.id", "s", "thread_id", None),
        ("user.id", "u", "user_id", "u"),
        ("enduser.id", "u", "user_id", "u"),
        ("enduser.pseudo.id", "u", "user_id", "u"),
        ("gen_ai.input.messages_ref", "s3://a", "metadata.otel.content_refs.inputs", "s3://a"),
        ("gen_ai.output.messages_ref", "s3://a", "metadata.otel.content_refs.outputs", "s3://a"),
        ("gen_ai.system_instructions_ref", "s3://a", "metadata.otel.content_refs.system", "s3://a"),
        ("gen_ai.tool.definitions_ref", "s3://a", "metadata.otel.content_refs.tools", "s3://a"),
        ("gen_ai.input.messages_ref", "s3://a", "inputs", {"messages_ref": "s3://a"}),
        ("gen_ai.output.messages_ref", "s3://a", "outputs", {"messages_ref": "s3://a"}),
    ],
)  # fmt: skip
def test_each_attribute_says_its_field(
    attribute: str, value: Json, field: str, expected: Json
) -> None:
    assert (
        said(draft({"gen_ai.task.id": "t", "gen_ai.sdk": "x", **chat(), attribute: value}), field)
        == expected
    )


def test_an_operation_that_is_not_lower_case_stays_an_attribute_beside_its_kind() -> None:
    assert draft({"gen_ai.operation.name": "Chat"}).said["kind"] == ("chat", ())


def test_a_framework_is_no_provider() -> None:
    found = draft({"gen_ai.provider.name": "LangGraph", "gen_ai.system": "openai"})

    assert found.said["provider"] == ("openai", ("gen_ai.system",))


@pytest.mark.parametrize(
    ("attributes", "name", "expected"),
    [
        ({"gen_ai.agent.name": "poet"}, "invoke_agent", "poet"),
        ({"gen_ai.agent.name": "poet"}, "invoke_agent poet", None),
        ({"gen_ai.workflow.name": "crew"}, "", "crew"),
        ({}, "invoke_agent", None),
    ],
)
def test_a_span_that_is_called_like_its_operation_gets_a_better_name(
    attributes: JsonObject, name: str, expected: str | None
) -> None:
    found = draft({"gen_ai.operation.name": "invoke_agent", **attributes}, name=name)

    assert said(found, "name") == expected


def test_a_tool_called_over_mcp_has_the_tools_name() -> None:
    found = draft({"mcp.method.name": "tools/call", "gen_ai.tool.name": "f"}, name="tools/call f")
    other = draft({"mcp.method.name": "initialize"}, name="initialize")

    assert said(found, "name") == "f"
    assert said(found, "kind") == "tools/call"
    assert said(other, "name") is None


def test_evaluations_are_listed() -> None:
    event = Event("gen_ai.evaluation.result", 1, {"gen_ai.evaluation.name": "relevance"})

    assert draft(chat(), [event]).said["metadata.evaluations"] == (
        [{"gen_ai.evaluation.name": "relevance"}],
        (),
    )


def test_the_dialect_speaks_where_its_names_are_and_says_nothing_of_nothing() -> None:
    none: frozenset[str] = frozenset()

    assert GenAI().speaks(Signature("", frozenset({"gen_ai.system"}), none))
    assert GenAI().speaks(Signature("", none, frozenset({"gen_ai.choice"})))
    assert GenAI().speaks(Signature("", frozenset({"mcp.method.name"}), none))
    assert not GenAI().speaks(Signature("", frozenset({"mcp.session.id", "http.method"}), none))
    assert GenAI().translate(span({"http.method": "GET"})) is None


def test_the_same_count_under_two_names_is_told_once() -> None:
    found = draft(
        {
            "gen_ai.usage.input_tokens": 5,
            "gen_ai.usage.prompt_tokens": 5,
            "gen_ai.usage.output_tokens": 5,
            "gen_ai.usage.completion_tokens": 6,
        }
    )

    assert found.said["usage.input"] == (5, ("gen_ai.usage.input_tokens",))
    assert found.used == {"gen_ai.usage.prompt_tokens"}


def test_the_name_of_a_tool_that_runs_is_a_parameter_too() -> None:
    found = draft({"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "f"})
    asked = draft({"gen_ai.operation.name": "chat", "gen_ai.tool.name": "f"})

    assert said(found, "params.tool_name") == "f"
    assert "params.tool_name" not in asked.said
