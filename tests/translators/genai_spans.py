"""Spans of OpenTelemetry's GenAI conventions, and the runs that they become, for tests."""

import orjson

from tests.translators.spans import span
from translators.registry import Registry
from translators.run import Run
from translators.span import Event, Json, JsonObject

CHAT = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o"}
COUNTED = {**CHAT, "gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 50}


def run_of(
    attributes: JsonObject,
    events: list[Event] | None = None,
    *,
    scope: str = "",
    name: str = "chat",
) -> Run:
    """Return the run of a span of two seconds, made by all dialects that are built in."""
    return Registry().translate(span(attributes, events=events, scope=scope, name=name))


def text_of(value: Json) -> str:
    """Return JSON text."""
    return orjson.dumps(value).decode()


def said(*parts: Json, role: str = "user", **more: Json) -> JsonObject:
    """Return a message of these parts."""
    return {"role": role, "parts": list(parts), **more}


def words(text: str) -> JsonObject:
    """Return a part of text."""
    return {"type": "text", "content": text}
