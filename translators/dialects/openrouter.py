"""OpenRouter Broadcast: what OpenRouter's own servers send of each request, as OTLP/JSON.

Source: https://openrouter.ai/docs/guides/features/broadcast, and bodies of deliveries in public
repositories. The request's span is ``LLM Generation``; below it are attempts at providers, without
content. The user's ``trace`` object arrives below ``trace.metadata``, and again below
``span.metadata``.
"""

from collections.abc import Mapping

from translators.attributes import Table, json_or_text, number, strings, text
from translators.base import Draft, Signature
from translators.messages import normal_messages, outputs_of
from translators.run import RunType
from translators.span import Json, JsonObject, Span
from translators.traceloop_content import is_reserved

TYPE = "span.type"
RUN_TYPES: dict[str, RunType] = {"generation": "llm", "embedding": "embedding", "tool": "tool"}
INPUTS = ("gen_ai.prompt", "span.input", "trace.input")
OUTPUTS = ("gen_ai.completion", "span.output", "trace.output")
REASON = "gen_ai.response.finish_reason"
FIRST_TOKEN = "trace.metadata.openrouter.first_token_ms"
TRACE_NAME = "trace.name"
USER_METADATA, COPY, THEIRS = "trace.metadata.", "span.metadata.", "openrouter"
ANSWER = frozenset({"completion", "reasoning", "toolCalls"})

TABLE = Table(
    {
        "trace.metadata.openrouter.provider_slug": ("provider", text),
        "trace.metadata.openrouter.provider_name": ("provider", text),
        "trace.tags": ("tags", strings),
    }
)


class OpenRouter:
    """Reads OpenRouter's own spans."""

    name = "openrouter"
    table = TABLE
    also: Mapping[str, str] = {
        TYPE: "run_type, kind",
        **dict.fromkeys(INPUTS, "inputs"),
        **dict.fromkeys(OUTPUTS, "outputs"),
        REASON: "outputs (finish reason)",
        FIRST_TOKEN: "first token",
        TRACE_NAME: "name (of the root)",
        "trace.metadata.*": "metadata",
        "span.metadata.*": "metadata",
    }

    def speaks(self, signature: Signature) -> bool:
        """Tell whether OpenRouter sent the span."""
        return signature.scope == "openrouter" or any(
            key.startswith((USER_METADATA + THEIRS, "openrouter.")) for key in signature.keys
        )

    def translate(self, span: Span) -> Draft | None:
        """Return what the span says of a request, or of an attempt at one of its providers."""
        draft, attributes = Draft(), span.attributes
        TABLE.read(attributes, draft)
        _say_metadata(attributes, draft)
        kind = text(attributes.get(TYPE))
        if kind is not None:
            draft.say("run_type", RUN_TYPES.get(kind, "chain"))
            draft.say("kind", kind.lower(), *((TYPE,) if kind == kind.lower() else ()))
        asked = _content(attributes, INPUTS, draft)
        if isinstance(asked, dict) and isinstance(asked.get("messages"), list):
            messages = normal_messages(asked, "user")
            if messages:
                draft.say("inputs", {**asked, "messages": messages}, *_given(attributes, INPUTS))
        answered = _content(attributes, OUTPUTS, draft)
        if isinstance(answered, dict) and not ANSWER.isdisjoint(answered):
            reason = text(attributes.get(REASON))
            draft.say("outputs", _outputs(answered, reason), *_given(attributes, OUTPUTS))
        delay = number(attributes.get(FIRST_TOKEN))
        if delay is not None:
            draft.say("first_token_ns", span.start_ns + round(delay * 1_000_000))
        if not span.parent_span_id:
            draft.say("name", text(attributes.get(TRACE_NAME)), TRACE_NAME)
        return draft if draft.said else None


def _given(attributes: JsonObject, keys: tuple[str, ...]) -> list[str]:
    """Return those of *keys* that hold the same text as the first one that is given."""
    there = [key for key in keys if key in attributes]
    return [key for key in there if attributes[key] == attributes[there[0]]]


def _content(attributes: JsonObject, keys: tuple[str, ...], draft: Draft) -> Json:
    """Return the content of a side, opened; it is told as it is where nothing better is said."""
    given = _given(attributes, keys)
    if not given:
        return None
    found = json_or_text(attributes[given[0]])
    draft.used.update(given[1:])
    draft.say("raw_inputs" if keys is INPUTS else "raw_outputs", found, given[0])
    return found


def _outputs(answer: JsonObject, reason: str | None) -> JsonObject:
    """Return OpenRouter's flat answer as a message."""
    message = {key: value for key, value in answer.items() if key not in ANSWER}
    thought = answer.get("reasoning")
    said = answer.get("completion")
    parts = [{"type": "reasoning", "text": thought}] if isinstance(thought, str) and thought else []
    if not parts and thought:
        message["reasoning"] = thought
    message["role"] = "assistant"
    if parts:
        message["content"] = [*parts, *([{"type": "text", "text": said}] if said else [])]
    else:
        message["content"] = said
    if answer.get("toolCalls"):
        message["tool_calls"] = answer["toolCalls"]
    messages = normal_messages([message], "assistant") or []
    return outputs_of(messages, reasons=[reason] if reason else ())


def _say_metadata(attributes: JsonObject, draft: Draft) -> None:
    """Say the user's own metadata under bare keys; what the spans repeat is told once."""
    for key, value in attributes.items():
        if key.startswith(USER_METADATA):
            name = key[len(USER_METADATA) :]
            if name and not name.startswith(THEIRS) and not is_reserved(name):
                draft.say(f"metadata.{name}", json_or_text(value), key)
        elif key.startswith(COPY):
            twin = USER_METADATA + key[len(COPY) :]
            if attributes.get(twin) == value:
                draft.used.add(key)
    for name in ("thread_id", "session_id", "conversation_id"):
        draft.say("thread_id", text(attributes.get(USER_METADATA + name)))
    draft.say("user_id", text(attributes.get("user.id")))
