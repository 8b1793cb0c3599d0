"""Spans that no library sends: attributes that dialects know, with values of any kind."""

from collections.abc import Sequence
from copy import deepcopy

import orjson

from tests.translators.made_values import Values, json_of
from translators.log_events import event_of
from translators.log_record import LogRecord
from translators.registry import BUILTIN
from translators.span import Event, Json, JsonObject, Link, Resource, Scope, Span

_OPERATIONS = ("chat", "embeddings", "execute_tool", "invoke_agent", "retrieval", "text_completion")
_EVENTS = (
    "gen_ai.user.message", "gen_ai.assistant.message", "gen_ai.tool.message", "gen_ai.choice",
    "gen_ai.client.inference.operation.details", "gen_ai.content.prompt", "exception", "other",
    "db.query.result", "ai.stream.firstChunk", "gen_ai.system.message", "gen_ai.content.completion",
    "gen_ai.evaluation.result", "gen_ai.client.operation.exception", "new_token",
)  # fmt: skip
OF_EVENTS = (
    "content", "body", "message", "role", "index", "id", "name", "finish_reason", "tool_calls",
    "gen_ai.event.content", "gen_ai.system", "event.name", "message.content", "tool_calls.0.id",
    "tool.result", "gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.prompt",
    "gen_ai.completion", "gen_ai.system_instructions", "gen_ai.tool.definitions",
    "exception.message", "exception.type", "exception.stacktrace", "exception.escaped",
)  # fmt: skip
# What LangSmith, or this project, gives a meaning to.
RESERVED = (
    "thread_id", "session_id", "conversation_id", "user_id", "revision_id", "ls_model_name",
    "ls_provider", "ls_temperature", "ls_run_depth", "otel.dialects", "otel.span_name",
    "otel.links", "otel.status_message", "otel.attributes.thread_id", "OTEL_TRACE_ID",
    "usage_metadata", "service_name", "environment", "response_model", "cancelled", "name",
    "error.type", "exception.message", "input", "output", "prompt", "response", "model",
)  # fmt: skip
# Below a key that takes them all.
_BELOW = ("thread_id", "api_key", "a.b.c", "ls_provider", "0", "user_id", "otel.kind", "tags")
INDEXED = (
    "gen_ai.prompt.{}.content", "gen_ai.prompt.{}.tool_calls.0.name",
    "gen_ai.completion.{}.content",
    "llm.input_messages.{}.message.content", "llm.output_messages.{}.message.content",
    "llm.input_messages.{}.message.tool_calls.0.tool_call.function.name",
    "llm.input_messages.{}.message.contents.0.message_content.text",
    "retrieval.documents.{}.document.content", "retrieval.documents.{}.document.metadata",
    "embedding.embeddings.{}.embedding.text", "llm.request.functions.{}.name",
    "llm.tools.{}.tool.json_schema",
)  # fmt: skip


def known_keys() -> list[str]:
    """Return every attribute that the tables of the dialects name, and those their code reads."""
    keys: set[str] = set()
    for translator in BUILTIN:
        table = getattr(translator, "table", None)
        keys |= set(table.keys()) if table is not None else set()
        keys |= {key for key in getattr(translator, "also", {}) if " " not in key}
    return sorted(keys)


class Maker:
    """Makes spans from a seed: half of them are recorded ones in which something is changed."""

    def __init__(self, seed: int, recorded: Sequence[Span]) -> None:
        self._values = Values(seed)
        self._random = self._values.random
        self._recorded = recorded
        self._keys = known_keys()
        self._scopes = sorted({span.scope.name for span in recorded})

    def span(self) -> Span:
        """Return the next span."""
        return self._new() if self._random.random() < 0.5 else self._changed()

    def _changed(self) -> Span:
        pick = self._random
        span = deepcopy(pick.choice(self._recorded))
        for attributes in (span.attributes, *(event.attributes for event in span.events)):
            for key in list(attributes):
                chance = pick.random()
                if chance < 0.1:
                    del attributes[key]
                elif chance < 0.25:
                    attributes[key] = self._value_of(key)
                elif chance < 0.28:
                    attributes[key] = _bent(attributes[key], self._values)
        for _ in range(pick.randrange(3)):
            key = self._key()
            span.attributes[key] = self._value_of(key)
        if pick.random() < 0.1:
            self._add_envelope(span)
        return span

    def _new(self) -> Span:
        pick, values = self._random, self._values
        keys = [self._key() for _ in range(pick.randrange(12))]
        attributes = {key: self._value_of(key) for key in keys}
        if pick.random() < 0.5:
            attributes["gen_ai.operation.name"] = pick.choice(_OPERATIONS)
        span = Span(
            trace_id=f"{values.number():032x}",
            span_id=f"{values.number():016x}",
            name=values.text(),
            start_ns=1_763_600_000_000_000_000,
            end_ns=1_763_600_002_000_000_000,
            attributes=attributes,
            events=[self._event(attributes) for _ in range(pick.choice((0, 0, 0, 1, 3)))],
            status_code=pick.choice((0, 0, 1, 2)),
            status_message=pick.choice(("", values.text())),
            scope=Scope(pick.choice(self._scopes), pick.choice(("", values.text()))),
            resource=Resource({"service.name": values.text()}),
        )
        if pick.random() < 0.3:
            self._add_envelope(span)
        return span

    def _add_envelope(self, span: Span) -> None:
        """Say what stands beside the attributes and events of a span."""
        values = self._values
        span.links = [
            Link(
                f"{values.number():032x}",
                f"{values.number():016x}",
                values.text(),
                {"why": values.leaf(), self._key(): values.leaf()},
                0x300,
                values.number(),
            )
        ]
        span.parent_span_id = f"{values.number():016x}"
        span.trace_state = values.text()
        span.flags = 0x300 + values.number() % 1000 * 0x1000
        span.dropped = (values.number(), values.number(), values.number())
        span.kind = self._random.randrange(8)
        span.scope = Scope(
            span.scope.name, values.text(), {values.text(): values.leaf()}, values.text(), 7
        )
        span.resource = Resource(
            {values.text(): values.leaf(), "service.version": values.leaf()}, values.text(), 9
        )
        span.start_ns += values.number() % 1000
        span.end_ns += values.number() % 1000

    def _key(self) -> str:
        pick = self._random
        chance = pick.random()
        if chance < 0.1:
            return f"custom.{self._values.text()}"
        if chance < 0.15:
            return pick.choice(RESERVED)
        if chance < 0.3:
            return pick.choice(INDEXED).format(pick.randrange(3))
        key = pick.choice(self._keys)
        if not key.endswith(".*"):
            return key
        below = self._values.text() if pick.random() < 0.9 else pick.choice(_BELOW)
        return key[:-1] + below

    def _value_of(self, key: str) -> Json:
        """Return a value; more often a number of some kind where the key is a counter's."""
        if ("usage" in key or "token" in key or "cost" in key) and self._random.random() < 0.5:
            number = self._values.number()
            return self._random.choice((number, float(number), str(number), f"{number}.0", -number))
        return self._values.value()

    def _event(self, of_span: JsonObject) -> Event:
        pick = self._random
        keys = [self._key() for _ in range(pick.randrange(4))]
        attributes = {key: self._value_of(key) for key in keys}
        for key in pick.sample(sorted(of_span), min(len(of_span), pick.randrange(2))):
            attributes[key] = pick.choice((of_span[key], self._values.value()))
        for key in pick.sample(OF_EVENTS, pick.randrange(3)):
            attributes[key] = self._values.value()
        name, dropped = pick.choice(_EVENTS), pick.choice((0, 0, 0, self._values.number()))
        if pick.random() < 0.7:
            return Event(name, 1_763_600_001_000_000_000, attributes, dropped)
        record = LogRecord(
            trace_id="1" * 32,
            span_id="1" * 16,
            event_name=name,
            time_ns=1_763_600_001_000_000_000,
            body=pick.choice((self._values.object, self._values.value))(),
            attributes=attributes,
            severity_text=pick.choice(("", "WARN")),
            severity_number=pick.choice((0, 9, 17)),
            dropped=dropped,
        )
        return event_of(record) or Event(name, 1_763_600_001_000_000_000, attributes)


def _bent(value: Json, values: Values) -> Json:
    """Return *value* with something else somewhere in it, in JSON text too."""
    text = isinstance(value, str)
    try:
        found = orjson.loads(value) if text else deepcopy(value)
    except orjson.JSONDecodeError:
        return value
    place = found
    while isinstance(place, dict | list) and place:
        at = values.random.choice(list(place) if isinstance(place, dict) else range(len(place)))
        below = place[at]
        if not isinstance(below, dict | list) or not below or values.random.random() < 0.3:
            place[at] = values.value()
            break
        place = below
    return json_of(found) if text else found
