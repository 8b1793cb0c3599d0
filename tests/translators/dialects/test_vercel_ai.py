import pytest

from tests.translators.drafts import said
from tests.translators.spans import START_NS, span
from translators.base import Draft, Signature
from translators.dialects.vercel_ai import TABLE, VercelAI
from translators.registry import Registry
from translators.span import Event, Json, JsonObject

CALL = "ai.generateText.doGenerate"
META = "ai.telemetry.metadata."


def draft(
    attributes: JsonObject, *, name: str = "work", events: list[Event] | None = None
) -> Draft:
    """Return what the dialect says."""
    found = VercelAI().translate(span(attributes, name=name, events=events))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("scope", "keys", "speaks"),
    [
        ("ai", {"gen_ai.request.model"}, True),
        ("gen_ai", {"gen_ai.request.model"}, True),
        ("my-tracer", {"ai.operationId"}, True),
        ("my-tracer", {"ai.response.text"}, True),
        ("my-tracer", {"ai.agent.mood", "gen_ai.request.model"}, False),
        ("openai", {"gen_ai.request.model"}, False),
        ("http", {"http.method"}, False),
    ],
)
def test_it_speaks_about_the_scopes_and_the_attributes_of_the_sdk(
    scope: str, keys: set[str], speaks: bool
) -> None:
    assert VercelAI().speaks(Signature(scope, frozenset(keys), frozenset())) is speaks


@pytest.mark.parametrize(
    ("operation", "run_type"),
    [
        ("ai.generateText", "chain"),
        ("ai.streamText", "chain"),
        ("ai.generateObject", "chain"),
        ("ai.embedMany", "chain"),
        ("ai.workflowAgent.stream", "chain"),
        ("ai.generateText.doGenerate", "llm"),
        ("ai.streamObject.doStream", "llm"),
        ("ai.embed.doEmbed", "embedding"),
        ("ai.embedMany.doEmbed", "embedding"),
        ("ai.toolCall", "tool"),
        ("ai.rerank", "retriever"),
        ("ai.rerank.doRerank", "retriever"),
        ("ai.decide", "chain"),
        ("ai.decide.doDecide", "llm"),
        ("ai.generateSpeech", "llm"),
        ("ai.transcribe", "llm"),
    ],
)
def test_the_operation_tells_the_run_type(operation: str, run_type: str) -> None:
    assert said(draft({"ai.operationId": operation}), "run_type") == run_type
    assert said(draft({"operation.name": f"{operation} desk"}), "run_type") == run_type


@pytest.mark.parametrize("operation", [7, "", "work", None])
def test_an_operation_of_somebody_else_tells_nothing(operation: Json) -> None:
    found = draft({"operation.name": operation, "ai.response.text": "a"})

    assert "run_type" not in found.said
    assert "name" not in found.said


@pytest.mark.parametrize(
    ("attributes", "run_type"),
    [
        ({"gen_ai.operation.name": "ai.generateSpeech"}, "llm"),
        ({"gen_ai.operation.name": "ai.transcribe"}, "llm"),
        ({"gen_ai.operation.name": "decide", "gen_ai.response.id": "r"}, "llm"),
        ({"gen_ai.operation.name": "decide", "gen_ai.usage.input_tokens": 1}, "llm"),
        ({"gen_ai.operation.name": "decide"}, "chain"),
        ({"gen_ai.operation.name": "chat"}, None),
    ],
)
def test_operations_of_version_7_that_the_conventions_do_not_have_are_told(
    attributes: JsonObject, run_type: str | None
) -> None:
    assert said(draft({**attributes, "ai.response.text": "a"}), "run_type") == run_type


@pytest.mark.parametrize(
    ("attribute", "value", "field", "expected"),
    [
        ("ai.model.id", "m", "model", "m"),
        ("ai.model.provider", "openai.chat", "provider", "openai.chat"),
        ("ai.response.model", "m-1", "response_model", "m-1"),
        ("ai.response.id", "r", "metadata.response_id", "r"),
        ("ai.response.finishReason", "tool-calls", "metadata.finish_reasons", ["tool-calls"]),
        ("ai.finishReason", "", "metadata.finish_reasons", None),
        ("ai.schema", '{"type":"object"}', "metadata.ai.schema", {"type": "object"}),
        ("ai.telemetry.functionId", "f", "metadata.function_id", "f"),
        ("ai.prompt.toolChoice", '{"type":"auto"}', "params.tool_choice", {"type": "auto"}),
        ("ai.settings.temperature", 0.5, "params.temperature", 0.5),
        ("ai.settings.topP", 0.5, "params.top_p", 0.5),
        ("ai.settings.topK", 5, "params.top_k", 5),
        ("ai.settings.topK", 5, "params.topK", None),
        ("ai.settings.seed", 5, "params.seed", 5),
        ("ai.settings.maxOutputTokens", 5, "params.max_tokens", 5),
        ("ai.settings.maxTokens", 5, "params.max_tokens", 5),
        ("ai.settings.presencePenalty", 0.5, "params.presence_penalty", 0.5),
        ("ai.settings.frequencyPenalty", 0.5, "params.frequency_penalty", 0.5),
        ("ai.settings.stopSequences", ["a", "b"], "params.stop", ["a", "b"]),
        ("ai.settings.stopSequences", "a", "params.stop_sequences", ["a"]),
        ("ai.settings.maxRetries", 2, "params.maxRetries", 2),
        ("ai.settings.context.plan", "pro", "params.context.plan", None),
        ("ai.settings.apiKey", "k", "params.apiKey", None),
        ("ai.settings.output", "object", "params.output", "object"),
        ("ai.settings.context.sessionId", "s", "thread_id", "s"),
        ("ai.settings.context.userId", "u", "user_id", "u"),
        (META + "sessionId", "s", "thread_id", "s"),
        (META + "threadId", "s", "thread_id", "s"),
        (META + "thread_id", "s", "thread_id", "s"),
        (META + "sessionId", "s", "metadata.sessionId", "s"),
        (META + "session_id", "s", "metadata.session_id", None),
        (META + "userId", "u", "user_id", "u"),
        (META + "tags", ["a", "b"], "tags", ["a", "b"]),
        (META + "tags", ["a", "b"], "metadata.tags", None),
        (META + "ls_project_name", "p", "project", "p"),
        (META + "ls_project_name", "p", "metadata.ls_project_name", "p"),
        (META + "ls_provider", "p", "metadata.ls_provider", None),
        (META + "plan", 3, "metadata.plan", 3),
        (META, "x", "metadata.", None),
        ("ai.request.headers.authorization", "k", "metadata.ai.request.headers.authorization",
         "[redacted]"),
        ("ai.request.headers.X-Session-Token", "k", "metadata.ai.request.headers.X-Session-Token",
         "[redacted]"),
        ("ai.request.headers.user-agent", "a", "metadata.ai.request.headers.user-agent", None),
        ("ai.usage.promptTokens", 3.0, "usage.input", 3),
        ("ai.usage.promptTokens", "NaN", "usage.input", None),
        ("ai.usage.completionTokens", 3, "usage.output", 3),
        ("ai.usage.tokens", 3, "usage.input", 3),
        ("ai.usage.total_tokens", 3, "usage.total", 3),
    ],
)  # fmt: skip
def test_an_attribute_says_a_field(attribute: str, value: Json, field: str, expected: Json) -> None:
    assert said(draft({"ai.operationId": CALL, attribute: value}), field) == expected


def test_every_reader_survives_values_of_any_type() -> None:
    for value in (None, True, 7, 0.5, "", "{", "[1", "NaN", [], [1], ["{"], {}, {"a": None}):
        for key in (*TABLE.keys(), *VercelAI.also):
            attributes = {"ai.operationId": CALL, key.replace(".*", ".x"): value}
            run = Registry().translate(span(attributes, scope="ai"))

            assert run.failures == ()


@pytest.mark.parametrize("key", ["ai.prompt.tools"])
@pytest.mark.parametrize(
    ("tools", "names"),
    [
        (['{"type":"function","name":"f","inputSchema":{"a":1}}'], ["f"]),
        (['{"type":"function","name":"f","parameters":{"a":1}}', '{"name":"g"}'], ["f", "g"]),
        ('[{"name":"f"}]', ["f"]),
        (['{"name":"f"}', '{"name":'], None),
        ("cut", None),
        ([], None),
    ],
)
def test_tools_are_an_array_of_json_texts(key: str, tools: Json, names: list[str] | None) -> None:
    found = said(draft({"ai.operationId": CALL, key: tools}), "params.tools")

    assert (found and [tool["function"]["name"] for tool in found]) == names


@pytest.mark.parametrize(
    ("attributes", "name"),
    [
        ({META + "ls_run_name": "A", META + "langsmith:runName": "B"}, "A"),
        ({META + "langsmith:runName": "B", "ai.telemetry.functionId": "C"}, "B"),
        ({"ai.telemetry.functionId": "C", "resource.name": "D"}, "C"),
        ({"resource.name": "D"}, "D"),
        ({}, None),
    ],
)
def test_the_outer_span_is_called_what_the_user_calls_it(
    attributes: JsonObject, name: str | None
) -> None:
    assert said(draft({"ai.operationId": "ai.generateText", **attributes}), "name") == name
    assert said(draft({"ai.operationId": CALL, **attributes}), "name") is None


def test_a_tools_span_is_called_after_the_tool() -> None:
    found = draft({"ai.operationId": "ai.toolCall", "ai.toolCall.name": "f", "resource.name": "D"})

    assert said(found, "name") == "f"
    assert said(found, "params.tool_name") == "f"


@pytest.mark.parametrize(
    ("name", "agent", "expected"),
    [
        ("invoke_agent m", "weather", "weather"),
        ("invoke_agent m", None, None),
        ("invoke_agent weather", "weather", None),
    ],
)
def test_an_agent_of_version_7_is_called_by_its_name_not_by_its_model(
    name: str, agent: str | None, expected: str | None
) -> None:
    attributes = {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.request.model": "m",
        "ai.settings.output": "x",
        "gen_ai.agent.name": agent,
    }

    assert said(draft(attributes, name=name), "name") == expected


@pytest.mark.parametrize("key", ["langsmith:runId", "langsmithRunId"])
def test_the_run_id_that_the_user_gave_is_that_of_the_outer_span(key: str) -> None:
    uuid = "5F2A3C1E-0B6D-4A8F-9E77-1C2D3E4F5A6B"
    outer = {"ai.operationId": "ai.streamText", META + key: uuid}

    assert said(draft(outer), "run_id") == uuid.lower()
    assert said(draft({**outer, "ai.operationId": CALL}), "run_id") is None
    assert said(draft({**outer, META + key: "no uuid"}), "run_id") is None


@pytest.mark.parametrize("key", ["ai.response.msToFirstChunk", "ai.stream.msToFirstChunk"])
def test_the_first_chunk_is_counted_from_the_start(key: str) -> None:
    assert said(draft({"ai.operationId": CALL, key: 7.5}), "first_token_ns") == START_NS + 7_500_000


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [({"ai.response.msToFirstChunk": 2}, START_NS + 2_000_000), ({}, START_NS + 9)],
)
def test_the_event_of_the_first_chunk_may_come_late(attributes: JsonObject, expected: int) -> None:
    events = [Event("other"), Event("ai.stream.firstChunk", START_NS + 9, attributes)]

    assert said(draft({"ai.operationId": CALL}, events=events), "first_token_ns") == expected
    assert said(draft({"ai.operationId": CALL}, events=events[:1]), "first_token_ns") is None


def test_streams_say_that_they_are() -> None:
    assert said(draft({"ai.operationId": "ai.streamText.doStream"}), "params.stream") is True
    assert said(draft({"ai.operationId": CALL}), "params.stream") is None


def test_speech_and_transcripts_have_their_modality() -> None:
    assert said(draft({"ai.operationId": "ai.generateSpeech"}), "metadata.ls_modality") == "tts"
    assert said(draft({"gen_ai.operation.name": "ai.transcribe"}), "metadata.ls_modality") == "stt"


@pytest.mark.parametrize("below", [META, "ai.settings.", "ai.settings.context."])
def test_credentials_are_redacted_wherever_they_stand(below: str) -> None:
    run = Registry().translate(span({"ai.operationId": CALL, below + "api_key": "sk-1"}))

    assert run.metadata[below + "api_key"] == "[redacted]"
    assert "sk-1" not in str(run.metadata) + str(run.invocation_params)


def test_a_span_of_the_scope_without_a_word_of_the_sdk_says_nothing() -> None:
    assert VercelAI().translate(span({"http.method": "GET"}, scope="ai")) is None


def test_usage_of_the_outer_span_is_a_sum_and_of_the_call_the_count() -> None:
    attributes = {"ai.usage.inputTokens": 3, "ai.usage.outputTokens": 4}
    outer = Registry().translate(span({"ai.operationId": "ai.generateText", **attributes}))
    inner = Registry().translate(span({"ai.operationId": CALL, **attributes}))

    assert outer.metadata["usage_rollup"]["total_tokens"] == 7
    assert "usage_metadata" not in outer.metadata
    assert inner.metadata["usage_metadata"]["total_tokens"] == 7


def test_anthropics_cached_input_is_added_until_version_5() -> None:
    attributes = {
        "ai.operationId": CALL,
        "ai.model.provider": "anthropic.messages",
        "ai.usage.inputTokens": 90,
        "ai.usage.outputTokens": 4,
        "ai.usage.totalTokens": 94,
        "ai.usage.cachedInputTokens": 70,
        "gen_ai.usage.input_tokens": 90,
    }
    version_6 = {"ai.request.headers.user-agent": "ai/6.0.1"}

    old = Registry().translate(span(attributes)).metadata["usage_metadata"]
    new = Registry().translate(span({**attributes, **version_6})).metadata["usage_metadata"]

    assert (old["input_tokens"], new["input_tokens"]) == (160, 90)


def test_the_gateway_is_no_provider_the_model_tells_it() -> None:
    run = Registry().translate(
        span(
            {
                "ai.operationId": CALL,
                "ai.model.provider": "gateway",
                "gen_ai.system": "gateway",
                "ai.model.id": "anthropic/claude-sonnet-4",
            }
        )
    )

    assert run.metadata["ls_provider"] == "anthropic"
    assert run.metadata["ls_model_name"] == "anthropic/claude-sonnet-4"
