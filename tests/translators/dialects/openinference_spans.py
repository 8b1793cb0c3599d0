"""What the openinference dialect says of spans, for its tests."""

import orjson

from tests.translators.spans import span
from translators.base import Draft
from translators.dialects.openinference import OpenInference
from translators.registry import Registry
from translators.run import Run
from translators.span import Json, JsonObject

KIND = "openinference.span.kind"
PNG = "data:image/png;base64,iVBORw0KGgo="


def said(attributes: JsonObject, kind: str = "", scope: str = "", name: str = "work") -> Draft:
    attributes = {KIND: kind, **attributes} if kind else attributes
    draft = OpenInference().translate(span(attributes, scope=scope, name=name))
    return draft or Draft()


def run_of(kind: str, attributes: JsonObject) -> Run:
    """Return the run of a span of OpenInference's, made by all dialects that are built in."""
    return Registry().translate(
        span({KIND: kind, **attributes}, scope="openinference.instrumentation.openai")
    )


def value_of(draft: Draft, field: str) -> Json:
    return draft.said[field][0] if field in draft.said else None


def carried(draft: Draft) -> set[object]:
    return draft.used | {key for _, keys in draft.said.values() for key in keys}


def text_of(value: Json) -> str:
    return orjson.dumps(value).decode()


def message(side: str, index: int, **fields: Json) -> JsonObject:
    start = f"llm.{side}_messages.{index}.message."
    return {start + field.replace("__", "."): value for field, value in fields.items()}


def call(start: str, call_id: str | None = "call_1") -> JsonObject:
    return {
        **({f"{start}.id": call_id} if call_id else {}),
        f"{start}.function.name": "add",
        f"{start}.function.arguments": '{"a": 1}',
    }


CALL = {
    "id": "call_1",
    "type": "function",
    "function": {"name": "add", "arguments": '{"a": 1}'},
}


SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}}
TOOL = {
    "type": "function",
    "function": {"name": "add", "description": "Adds.", "parameters": SCHEMA},
}
