"""Mastra, a TypeScript framework for agents: ``mastra.*`` beside OpenTelemetry's ``gen_ai.*``.

Covers the exporter since its version 0.3, and the spans of the decorators that came before it. A
generation is one span with a step below it for each turn; since version 1.4 the call of the model,
and its usage, is a third one (``model_inference``).
Source: https://github.com/mastra-ai/mastra, ``observability/otel-exporter`` 0.3, 1.0 and 1.4, and
``packages/core`` 0.10, ``src/telemetry``.
"""

from collections.abc import Mapping

from translators import mastra_content
from translators.attributes import Table, anything, count, json_or_text, parsed_json, strings, text
from translators.base import Draft, Signature
from translators.langfuse_values import completion_start_ns
from translators.mastra_content import say_content
from translators.messages import message_like
from translators.remains import is_secret
from translators.run import RunType
from translators.span import Json, JsonObject, Span
from translators.traceloop_content import is_reserved

_TYPE, _METADATA, _TOOLS = "mastra.span.type", "mastra.metadata.", "gen_ai.tool.definitions"
_FIRST_TOKEN = "mastra.completion_start_time"
_COMPONENT, _ARGUMENT, _RESULT = "componentName", ".argument.", ".result"
_TOOL_TYPES = ("tool_call", "mcp_tool_call", "client_tool_call", "provider_tool_call")
_RUN_TYPES: dict[str, RunType] = {
    "model_generation": "llm",
    "llm_generation": "llm",
    "model_inference": "llm",
    "rag_embedding": "embedding",
    **dict.fromkeys(_TOOL_TYPES, "tool"),
}
_THREADS = ("threadId", "thread_id", "conversationId", "conversation_id", "sessionId", "session_id")
_USERS = ("userId", "user_id")
_CONVERSATION = "gen_ai.conversation.id"


def _headers(value: Json) -> Json:
    """Return the headers of an answer, those that hold secrets without their values."""
    found = json_or_text(value)
    if isinstance(found, dict):
        return {key: "[redacted]" if is_secret(key) else item for key, item in found.items()}
    return found


TABLE = Table(
    {
        _TYPE: ("kind", text),
        "mastra.tags": ("tags", strings),
        "mastra.model_step.step_index": ("metadata.step_index", count),
        "mastra.model_step.is_continued": ("metadata.is_continued", anything),
        _METADATA + "headers": ("metadata.headers", _headers),
        "headers": ("metadata.headers", _headers),
        # Details of usage that only Mastra names so; the counts are OpenTelemetry's.
        "gen_ai.usage.cache_creation.5m_input_tokens": ("usage.cache_creation_5m", count),
        "gen_ai.usage.cache_creation.1h_input_tokens": ("usage.cache_creation_1h", count),
        "gen_ai.usage.audio_input_tokens": ("usage.input_audio", count),
        "gen_ai.usage.audio_output_tokens": ("usage.output_audio", count),
    }
)


class Mastra:
    """Reads what Mastra's exporter sends."""

    name = "mastra"
    table = TABLE
    also: Mapping[str, str] = {
        **mastra_content.READ,
        _METADATA + "*": "metadata.*, thread_id, user_id",
        _FIRST_TOKEN: "events (new_token)",
        _TOOLS: "metadata.tools (names of an agent's tools)",
        "gen_ai.tool.name": "params.tool_name",
        "agent.*": "inputs (.argument.N), outputs (.result) of decorated methods",
    }

    def speaks(self, signature: Signature) -> bool:
        """Tell whether Mastra named the kind of the span, or decorated what it is about."""
        keys = signature.keys
        if _TYPE in keys or signature.scope.startswith("@mastra/"):
            return True
        return _COMPONENT in keys and any(_ARGUMENT in key or key.endswith(_RESULT) for key in keys)

    def translate(self, span: Span) -> Draft | None:
        """Return what the span says in the words of Mastra."""
        draft, attributes = Draft(), span.attributes
        TABLE.read(attributes, draft)
        draft.say("first_token_ns", completion_start_ns(attributes.get(_FIRST_TOKEN)))
        kind = text(attributes.get(_TYPE))
        if kind is None:
            _say_decorated(span, draft)
        else:
            run_type = _RUN_TYPES.get(kind, "chain")
            if "mcp.method.name" not in attributes:
                draft.say("run_type", run_type)
            if run_type == "tool":
                draft.say("params.tool_name", text(attributes.get("gen_ai.tool.name")))
            say_content(kind, attributes, draft, tool=run_type == "tool")
            _say_tools(attributes, draft)
        _say_given(attributes, draft)
        return draft if draft.said else None


def _say_decorated(span: Span, draft: Draft) -> None:
    """Say the arguments and the result of a method, under the names of versions before 0.15."""
    arguments: dict[str, Json] = {}
    for key, value in span.attributes.items():
        if _ARGUMENT in key:
            arguments[key] = _value(value)
        elif key.endswith(_RESULT):
            draft.say("raw_outputs", _value(value), key)
    if not arguments:
        return
    first, *others = arguments
    if message_like(arguments[first]):
        found: Json = {"messages": arguments[first]}
        rest = {key.rpartition(".")[2]: arguments[key] for key in others}
        draft.say("raw_inputs", found | ({"arguments": rest} if rest else {}), *arguments)
    elif others:
        named = {key.rpartition(".")[2]: value for key, value in arguments.items()}
        draft.say("raw_inputs", {"arguments": named}, *arguments)
    else:
        draft.say("raw_inputs", arguments[first], first)


def _value(value: Json) -> Json:
    """Return what JSON text says; what could not be made JSON, as it is."""
    found = parsed_json(value)
    return value if found is None else found


def _say_tools(attributes: JsonObject, draft: Draft) -> None:
    """Say which tools an agent has, where only their names are told."""
    found = json_or_text(attributes.get(_TOOLS))
    if isinstance(found, list) and found and all(isinstance(name, str) for name in found):
        draft.say("metadata.tools", found, _TOOLS)


def _say_given(attributes: JsonObject, draft: Draft) -> None:
    """Say what the user attached, under its bare name; whose run it is, besides.

    Versions before 1 have it under its bare name already.
    """
    for key, value in attributes.items():
        if key.startswith(_METADATA):
            name = key[len(_METADATA) :]
            if name and not is_reserved(name) and not is_secret(name):
                draft.say(f"metadata.{name}", json_or_text(value), key)
    names = _THREADS if _CONVERSATION not in attributes else ()
    for field, candidates in (("thread_id", names), ("user_id", _USERS)):
        for name in candidates:
            for key in (_METADATA + name, name):
                if key in attributes:
                    keys = (key,) if name == field else ()
                    draft.say(field, text(attributes[key]), *keys)
