"""Who was asked, how, and when the answer began, under OpenTelemetry's GenAI conventions.

The rows of section "OTel GenAI" of the coverage matrix about run types, models and parameters; the
words for first tokens are those of all conventions.
"""

import pytest

from tests.translators.genai_spans import CHAT, COUNTED, run_of
from tests.translators.spans import START_NS
from translators.span import Event, JsonObject


@pytest.mark.parametrize(
    ("operations", "run_type"),
    [
        ("chat text_completion completion generate_content response Chat gen_ai.chat", "llm"),
        ("speech_to_text text_to_speech image_generation translate_text", "llm"),
        ("embeddings embedding create_embeddings", "embedding"),
        ("retrieval rerank search_memory vector_db_retrieve search", "retriever"),
        ("execute_tool tool_call", "tool"),
        ("invoke_agent create_agent invoke_workflow plan handoff guardrail evaluation", "chain"),
        ("create_memory upsert_memory batch crawl_page browser_click", "chain"),
    ],
)
def test_every_operation_has_its_run_type(operations: str, run_type: str) -> None:
    found = {name: run_of({"gen_ai.operation.name": name}).run_type for name in operations.split()}

    assert found == dict.fromkeys(operations.split(), run_type)


def test_a_tools_name_on_a_chat_makes_no_tool_of_it() -> None:
    asked = {"gen_ai.tool.name": "f,g", "gen_ai.tool.call.id": "c1", "gen_ai.tool.args": "{}"}

    with_operation = run_of({**COUNTED, **asked})
    without = run_of(
        {k: v for k, v in {**COUNTED, **asked}.items() if k != "gen_ai.operation.name"}
    )

    assert (with_operation.run_type, without.run_type) == ("llm", "llm")
    assert with_operation.metadata["tool_name"] == "f,g"
    assert with_operation.inputs is None


@pytest.mark.parametrize(
    ("attributes", "provider"),
    [
        ({"gen_ai.provider.name": "openai"}, "openai"),
        ({"gen_ai.system": "openai"}, "openai"),
        ({"gen_ai.provider.name": "anthropic", "gen_ai.system": "openai"}, "anthropic"),
        ({"gen_ai.provider.name": "azure.ai.openai"}, "azure"),
        ({"gen_ai.system": "az.ai.inference"}, "azure"),
        ({"gen_ai.provider.name": "aws.bedrock"}, "bedrock"),
        ({"gen_ai.provider.name": "gcp.vertex_ai"}, "google_vertexai"),
        ({"gen_ai.provider.name": "gcp.gemini"}, "google_genai"),
        (
            {
                "gen_ai.provider.name": "gcp.gen_ai",
                "server.address": "us-central1-aiplatform.googleapis.com",
            },
            "google_vertexai",
        ),
        ({"gen_ai.provider.name": "x_ai"}, "xai"),
        ({"gen_ai.provider.name": "mistral_ai"}, "mistral"),
        ({"gen_ai.provider.name": "api.groq.com"}, "groq"),
        ({"gen_ai.system": "https://api.openai.com/v1"}, "openai"),
        ({"gen_ai.provider.name": "acme"}, "acme"),
    ],
)
def test_providers_have_langsmiths_words(attributes: JsonObject, provider: str) -> None:
    assert run_of({**CHAT, **attributes}).metadata["ls_provider"] == provider


@pytest.mark.parametrize(
    "framework",
    [
        *("strands-agents", "gcp.vertex.agent", "autogen", "langchain", "LangGraph", "pydantic_ai"),
        *("microsoft.agent_framework", "crewai", "agno", "llama_index", "haystack", "openlit"),
        *("livekit", "pipecat", "ag2", "dspy", "semantic_kernel", "claude_agent_sdk", "unknown"),
    ],
)
@pytest.mark.parametrize(
    ("attributes", "provider"),
    [
        ({"gen_ai.system": "groq", "gen_ai.request.model": "llama-3"}, "groq"),
        ({"gen_ai.request.model": "claude-sonnet-4-5"}, "anthropic"),
        ({"gen_ai.request.model": "us.anthropic.claude-3-haiku"}, "bedrock"),
        ({"gen_ai.request.model": "llama-3"}, None),
    ],
)
def test_a_framework_is_no_provider(
    framework: str, attributes: JsonObject, provider: str | None
) -> None:
    run = run_of({"gen_ai.operation.name": "chat", "gen_ai.provider.name": framework, **attributes})

    assert run.metadata.get("ls_provider") == provider
    assert framework in (
        run.metadata.get("gen_ai.provider.name"),
        run.metadata.get("gen_ai_provider_raw"),
    )


@pytest.mark.parametrize(
    ("answered", "name"), [("gpt-4o-2024-08-06", "gpt-4o-2024-08-06"), ("router-1", "gpt-4o")]
)
def test_the_model_asked_for_and_the_one_that_answered_are_both_told(
    answered: str, name: str
) -> None:
    run = run_of({**CHAT, "gen_ai.response.model": answered})

    assert run.invocation_params["model"] == "gpt-4o"
    assert run.metadata["response_model"] == answered
    assert run.metadata["ls_model_name"] == name


HALF = "2025-11-20T00:53:20.500000+00:00"


@pytest.mark.parametrize(
    ("scope", "attributes"),
    [
        ("", {"gen_ai.response.time_to_first_chunk": 0.5}),
        ("", {"gen_ai.client.operation.time_to_first_chunk": 0.5}),
        ("", {"gen_ai.server.time_to_first_token": 0.5}),
        ("openlit.openai", {"gen_ai.server.time_to_first_token": 0.5}),
        ("strands.telemetry.tracer", {"gen_ai.server.time_to_first_token": 500}),
        ("", {"llm.latency.time_to_first_token": 0.5}),
        ("ai", {"ai.operationId": "ai.streamText.doStream", "ai.response.msToFirstChunk": 500}),
        ("ai", {"ai.operationId": "ai.streamText.doStream", "ai.stream.msToFirstChunk": 500}),
        ("", {"langfuse.observation.completion_start_time": "2025-11-20T00:53:20.500Z"}),
        ("", {"langfuse.observation.completion_start_time": '"2025-11-20T00:53:20.500Z"'}),
        ("livekit-agents", {"lk.response.ttft": 0.5}),
        ("livekit-agents", {"lk.response.ttfb": 0.5}),
        ("pipecat", {"metrics.ttfb": 0.5}),
        ("com.anthropic.claude_code.tracing", {"span.type": "llm_request", "ttft_ms": 500}),
    ],
)
def test_the_first_token_is_told_in_every_spelling(scope: str, attributes: JsonObject) -> None:
    run = run_of({**CHAT, **attributes}, scope=scope)

    assert [event for event in run.events if event["name"] == "new_token"] == [
        {"name": "new_token", "time": HALF}
    ]


@pytest.mark.parametrize(
    ("scope", "name"),
    [
        ("", "gen_ai.content.chunk"),
        ("openinference.instrumentation.openai", "First Token Stream Event"),
        ("ai", "ai.stream.firstChunk"),
        ("langsmith", "new_token"),
        ("opentelemetry.instrumentation.openai.v1", "llm.content.completion.chunk"),
    ],
)
def test_the_first_token_is_told_by_an_event(scope: str, name: str) -> None:
    attributes = {"llm.request.type": "chat", **CHAT}

    run = run_of(attributes, [Event(name, START_NS + 500_000_000)], scope=scope)

    assert [event["time"] for event in run.events if event["name"] == "new_token"] == [HALF]


@pytest.mark.parametrize("seconds", [-1.0, 2.5])
def test_a_first_token_outside_of_the_span_is_not_believed(seconds: float) -> None:
    run = run_of({**CHAT, "gen_ai.response.time_to_first_chunk": seconds})

    assert run.events == []
    assert run.metadata["gen_ai.response.time_to_first_chunk"] == seconds


def test_a_conversation_is_a_thread() -> None:
    run = run_of({**CHAT, "gen_ai.conversation.id": "conv_5j"})

    assert run.thread_id == "conv_5j"
    assert run.metadata["thread_id"] == "conv_5j"
    assert "session_id" not in run.metadata


def test_what_a_call_was_asked_with_are_its_parameters() -> None:
    run = run_of(
        {
            **CHAT,
            "gen_ai.request.stop_sequences": ["END", ", "],
            "gen_ai.request.temperature": 0.5,
            "gen_ai.request.top_p": 0.9,
            "gen_ai.request.top_k": 40.0,
            "gen_ai.request.max_tokens": 200,
            "gen_ai.request.seed": 7,
            "gen_ai.request.presence_penalty": 0.1,
            "gen_ai.request.frequency_penalty": 0.2,
            "gen_ai.request.choice.count": 2,
            "gen_ai.request.reasoning_effort": "low",
            "gen_ai.request.newest_of_all": "x",
        }
    )

    assert run.invocation_params == {
        "model": "gpt-4o",
        "stop": ["END", ", "],
        "stop_sequences": ["END", ", "],
        "temperature": 0.5,
        "top_p": 0.9,
        "top_k": 40,
        "max_tokens": 200,
        "seed": 7,
        "presence_penalty": 0.1,
        "frequency_penalty": 0.2,
        "n": 2,
        "reasoning_effort": "low",
        "newest_of_all": "x",
    }
    assert run.metadata["ls_stop"] == ["END", ", "]
    assert run.metadata["ls_temperature"] == 0.5
    assert run.metadata["ls_max_tokens"] == 200
