"""What the two dialects that share their content modules say of spans, for tests."""

from tests.translators.spans import span
from translators.base import Draft
from translators.dialects.genai import GenAI
from translators.dialects.openllmetry import OpenLLMetry
from translators.span import Event, Json, JsonObject, Span


def genai(
    attributes: JsonObject | None = None, events: list[Event] | None = None, **more: Json
) -> Draft:
    """Return what the genai dialect says; the span starts at 1,000 ns."""
    made = Span(
        trace_id="0af7651916cd43dd8448eb211c80319c",
        span_id="b7ad6b7169203331",
        **{"name": "chat gpt-4o", "start_ns": 1_000, **more},
        attributes=attributes,
        events=events,
    )
    found = GenAI().translate(made)
    assert found is not None
    return found


def openllmetry(
    attributes: JsonObject, events: list[Event] | None = None, name: str = "work"
) -> Draft:
    """Return what the openllmetry dialect says."""
    found = OpenLLMetry().translate(span(attributes, events=events, name=name))
    assert found is not None
    return found


def said(found: Draft, field: str) -> Json:
    """Return the value said for a field, None where nothing was."""
    return found.said[field][0] if field in found.said else None


def chat(**attributes: Json) -> JsonObject:
    """Return the attributes of a chat; ``input__messages`` is ``gen_ai.input.messages``."""
    return {
        "gen_ai.operation.name": "chat",
        **{f"gen_ai.{key.replace('__', '.')}": value for key, value in attributes.items()},
    }


def indexed(side: str, *messages: JsonObject) -> JsonObject:
    """Return messages as the attributes ``gen_ai.<side>.<index>.<key>``."""
    return {
        f"gen_ai.{side}.{index}.{key}": value
        for index, message in enumerate(messages)
        for key, value in message.items()
    }
