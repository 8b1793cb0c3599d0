"""The Vercel AI SDK: ``ai.*`` of the versions 3 to 6, and what version 7 adds to ``gen_ai.*``.

Versions 3 to 6, and ``LegacyOpenTelemetry`` of version 7, send the scope ``ai``: an operation is an
outer span (``ai.generateText``) with one below it for each call of a model (``.doGenerate``) and of
a tool. ``OpenTelemetry`` of version 7 sends OpenTelemetry's names under the scope ``gen_ai``.
Source: https://github.com/vercel/ai, ``packages/ai`` 3.4, 4.3, 5.0 and 6.0, ``packages/otel`` 1.0;
LangSmith, "Trace Vercel AI SDK applications", for what users put into the metadata.
"""

from collections.abc import Mapping
from uuid import UUID

from translators import vercel_content, vercel_usage
from translators.attributes import (
    Table,
    count,
    json_or_text,
    number,
    parsed_json,
    strings,
    text,
)
from translators.base import Draft, Signature
from translators.remains import is_secret
from translators.run import RunType
from translators.span import Json, JsonObject, Span
from translators.tools import tools_of
from translators.traceloop_content import is_reserved
from translators.vercel_content import say_agent_turn, say_content
from translators.vercel_usage import METADATA, say_details

_METADATA, _HEADERS = "ai.telemetry.metadata.", "ai.request.headers."
_FUNCTION, _FIRST_CHUNK = "ai.telemetry.functionId", "ai.stream.firstChunk"
_CHUNK_TIMES = ("ai.response.msToFirstChunk", "ai.stream.msToFirstChunk")
_OURS = (
    _METADATA, "ai.operationId", "ai.telemetry.", "ai.prompt", "ai.response.", "ai.result.",
    "ai.usage.", "ai.settings.", "ai.model.", "ai.toolCall.", _HEADERS,
)  # fmt: skip
_ENDINGS: dict[str, RunType] = {"doGenerate": "llm", "doStream": "llm", "doEmbed": "embedding"}
_OPERATIONS: dict[str, RunType] = {
    "ai.toolCall": "tool",
    "ai.rerank": "retriever",
    "ai.rerank.doRerank": "retriever",
    "ai.decide.doDecide": "llm",
    "ai.generateSpeech": "llm",
    "ai.transcribe": "llm",
    "ai.streamTranscribe": "llm",
}
_MODALITIES = {"ai.generateSpeech": "tts", "ai.transcribe": "stt", "ai.streamTranscribe": "stt"}
_SETTINGS, _CONTEXT = "ai.settings.", "ai.settings.context."
_THREADS = (
    "thread_id", "threadId", "session_id", "sessionId", "conversation_id", "conversationId",
)  # fmt: skip
_USERS = ("user_id", "userId")
_RUN_IDS = ("langsmith:runId", "langsmithRunId")
_RUN_NAMES = ("ls_run_name", "langsmith:runName")
# LangSmith gives these a meaning that a user may want; to all other ls_ names, it is the sender's.
_PASSED_ON = frozenset(
    {"ls_run_name", "ls_project_name", "ls_message_view_exclude", "ls_modality", "ls_integration"}
)
_SECRETS = ("authorization", "api-key", "api_key", "apikey", "cookie", "token", "secret")


def _one(value: Json) -> list[str] | None:
    word = text(value)
    return None if word is None else [word]


def _tools(value: Json) -> Json:
    """Return tool definitions, where each of them can be read."""
    given = value if isinstance(value, list) else parsed_json(value)
    found = [parsed_json(item) for item in given] if isinstance(given, list) else []
    return tools_of(found) if all(isinstance(item, dict) for item in found) else None


def _stops(value: Json) -> Json:
    found = json_or_text(value)
    return [found] if isinstance(found, str) else found


TABLE = Table(
    {
        "ai.model.id": ("model", text),
        "ai.model.provider": ("provider", text),
        "ai.response.model": ("response_model", text),
        "ai.response.id": ("metadata.response_id", text),
        "ai.response.finishReason": ("metadata.finish_reasons", _one),
        "ai.finishReason": ("metadata.finish_reasons", _one),
        "ai.response.providerMetadata": (METADATA, json_or_text),
        "ai.response.usage": ("metadata.ai.response.usage", json_or_text),
        "ai.schema": ("metadata.ai.schema", json_or_text),
        _FUNCTION: ("metadata.function_id", text),
        "ai.toolCall.name": ("metadata.tool_name", text),
        "ai.toolCall.id": ("metadata.tool_call_id", text),
        # Parameters of the call.
        "ai.prompt.tools": ("params.tools", _tools),
        "ai.prompt.toolChoice": ("params.tool_choice", json_or_text),
        "ai.settings.temperature": ("params.temperature", number),
        "ai.settings.topP": ("params.top_p", number),
        "ai.settings.topK": ("params.top_k", number),
        "ai.settings.seed": ("params.seed", number),
        "ai.settings.maxOutputTokens": ("params.max_tokens", count),
        "ai.settings.maxTokens": ("params.max_tokens", count),
        "ai.settings.presencePenalty": ("params.presence_penalty", number),
        "ai.settings.frequencyPenalty": ("params.frequency_penalty", number),
        "ai.settings.stopSequences": ("params.stop", _stops),
        # Token counts.
        "ai.usage.inputTokens": ("usage.input", count),
        "ai.usage.promptTokens": ("usage.input", count),
        "ai.usage.tokens": ("usage.input", count),
        "ai.usage.input_tokens": ("usage.input", count),
        "ai.usage.outputTokens": ("usage.output", count),
        "ai.usage.completionTokens": ("usage.output", count),
        "ai.usage.output_tokens": ("usage.output", count),
        "ai.usage.totalTokens": ("usage.total", count),
        "ai.usage.total_tokens": ("usage.total", count),
        # What the user told of the run.
        _METADATA + "tags": ("tags", strings),
        _METADATA + "ls_project_name": ("project", text),
    }
)


class VercelAI:
    """Reads what the Vercel AI SDK sends."""

    name = "vercel_ai"
    table = TABLE
    also: Mapping[str, str] = {
        "ai.operationId": "run_type, name",
        "operation.name": "run_type, name",
        "resource.name": "name",
        **vercel_content.READ,
        **vercel_usage.READ,
        **dict.fromkeys((*_CHUNK_TIMES, _FIRST_CHUNK), "events (new_token)"),
        _METADATA + "*": "metadata.*, thread_id, user_id",
        _SETTINGS + "*": "params.*; thread_id, user_id from the context",
        "ai.usage.inputTokenDetails.noCacheTokens": "usage.exclusive",
        "gen_ai.agent.name": "name",
        _HEADERS + "*": "metadata (secrets redacted)",
    }

    def speaks(self, signature: Signature) -> bool:
        """Tell whether the scope is one of the SDK's, or there is an attribute only it sends."""
        if signature.scope in ("ai", "gen_ai"):
            return True
        return "ai" in signature.namespaces and any(key.startswith(_OURS) for key in signature.keys)

    def translate(self, span: Span) -> Draft | None:
        """Return what the span says in the words of the SDK."""
        draft, attributes = Draft(), span.attributes
        TABLE.read(attributes, draft)
        operation = _operation(attributes)
        run_type = _run_type(operation)
        if not operation:
            operation = text(attributes.get("gen_ai.operation.name")) or ""
            run_type = _run_type_of_newest(operation, attributes)
            _say_agent(span, operation, draft)
        draft.say("run_type", run_type)
        draft.say("metadata.ls_modality", _MODALITIES.get(operation))
        if operation.endswith(".doStream"):
            draft.say("params.stream", True)
        if "params.stop" in draft.said:
            draft.say("params.stop_sequences", draft.said["params.stop"][0])
        _say_given(attributes, draft)
        _say_name(operation, attributes, draft)
        one_call = run_type in ("llm", "embedding") or operation in ("chat", "embeddings")
        say_content(attributes, draft)
        say_details(attributes, draft, one_call=one_call)
        draft.say("first_token_ns", _first_token_ns(span))
        return draft if draft.said or draft.used else None


def _operation(attributes: JsonObject) -> str:
    """Return the name of the operation; "" where it is not told in the SDK's own words."""
    word = attributes.get("ai.operationId", attributes.get("operation.name"))
    return word.partition(" ")[0] if isinstance(word, str) and word[:3] == "ai." else ""


def _run_type(operation: str) -> RunType | None:
    if not operation:
        return None
    found = _OPERATIONS.get(operation)
    return found or _ENDINGS.get(operation.rpartition(".")[2], "chain")


def _run_type_of_newest(operation: str, attributes: JsonObject) -> RunType | None:
    """Return the run type of an operation that OpenTelemetry has no word for."""
    if operation == "decide":
        # The outer span and the call of the model have the same name; one of them was answered.
        answered = "gen_ai.response.id" in attributes or "gen_ai.usage.input_tokens" in attributes
        return "llm" if answered else "chain"
    return _OPERATIONS.get(operation)


def _say_agent(span: Span, operation: str, draft: Draft) -> None:
    if operation == "invoke_agent":
        say_agent_turn(span.attributes, draft)
        # The SDK calls every agent after its model, unless the user wants it otherwise.
        if span.name == f"invoke_agent {span.attributes.get('gen_ai.request.model')}":
            draft.say("name", text(span.attributes.get("gen_ai.agent.name")))


def _say_name(operation: str, attributes: JsonObject, draft: Draft) -> None:
    """Say what the user calls the operation; calls of models keep the SDK's name for them."""
    if operation == "ai.toolCall":
        tool = draft.said.get("metadata.tool_name", (None,))[0]
        draft.say("name", tool)
        draft.say("params.tool_name", tool)
    elif operation[:3] == "ai." and operation.rpartition(".")[2][:2] != "do":
        for name in _RUN_NAMES:
            draft.say("name", text(attributes.get(_METADATA + name)))
        draft.say("name", text(attributes.get(_FUNCTION)))
        draft.say("name", text(attributes.get("resource.name")))
        for name in _RUN_IDS:
            draft.say("run_id", _uuid(attributes.get(_METADATA + name)))


def _say_given(attributes: JsonObject, draft: Draft) -> None:
    """Say settings, and what the user attached, under its bare name; whose run it is, besides.

    Credentials are left to be redacted. What an application keeps for its steps, the context among
    the settings, stays as it is.
    """
    for key, value in attributes.items():
        if key[:3] != "ai.":
            continue
        if key.startswith(_METADATA):
            name = key[len(_METADATA) :]
            allowed = name in _PASSED_ON or not (is_reserved(name) or is_secret(name))
            if name and allowed and name != "tags":
                draft.say(f"metadata.{name}", value, key)
        elif key.startswith(_SETTINGS):
            if not (key in TABLE.rows or key.startswith(_CONTEXT) or is_secret(key)):
                draft.say(f"params.{key[len(_SETTINGS) :]}", value, key)
        elif key.startswith(_HEADERS) and any(word in key.lower() for word in _SECRETS):
            draft.say(f"metadata.{key}", "[redacted]", key)
    for field, names in (("thread_id", _THREADS), ("user_id", _USERS)):
        for prefix in (_METADATA, _CONTEXT):
            for name in names:
                if prefix + name in attributes:
                    keys = (prefix + name,) if name == field else ()
                    draft.say(field, text(attributes[prefix + name]), *keys)


def _first_token_ns(span: Span) -> int | None:
    """Return when the first token came; version 7 writes the event at the end of the call."""
    for key in _CHUNK_TIMES:
        ms = number(span.attributes.get(key))
        if ms is not None:
            return span.start_ns + round(ms * 1e6)
    for event in span.events:
        if event.name == _FIRST_CHUNK:
            found = (number(event.attributes.get(key)) for key in _CHUNK_TIMES)
            ms = next((ms for ms in found if ms is not None), None)
            return event.time_ns if ms is None else span.start_ns + round(ms * 1e6)
    return None


def _uuid(value: Json) -> str | None:
    if not isinstance(value, str):
        return None
    try:
        return str(UUID(value))
    except ValueError:
        return None
