"""Spans that no library sends: attributes that dialects know, with values of any kind.

Every made text and number is there once, so that a lost one cannot hide behind another.
"""

from collections.abc import Callable, Sequence
from copy import deepcopy
from random import Random

import orjson

from translators.registry import BUILTIN
from translators.span import Event, Json, JsonObject, Link, Resource, Scope, Span

_OPERATIONS = ("chat", "embeddings", "execute_tool", "invoke_agent", "retrieval", "text_completion")
_EVENTS = (
    "gen_ai.user.message", "gen_ai.assistant.message", "gen_ai.tool.message", "gen_ai.choice",
    "gen_ai.client.inference.operation.details", "gen_ai.content.prompt", "exception", "other",
    "db.query.result", "ai.stream.firstChunk",
)  # fmt: skip
_INDEXED = (
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
        self._random = Random(seed)
        self._recorded = recorded
        self._keys = known_keys()
        self._scopes = sorted({span.scope.name for span in recorded})
        self._last = 0

    def span(self) -> Span:
        """Return the next span."""
        return self._new() if self._random.random() < 0.5 else self._changed()

    def _changed(self) -> Span:
        pick = self._random
        span = deepcopy(pick.choice(self._recorded))
        for told in (span, *span.events):
            for key in list(told.attributes):
                chance = pick.random()
                if chance < 0.1:
                    del told.attributes[key]
                elif chance < 0.25:
                    told.attributes[key] = self._value()
        for _ in range(pick.randrange(3)):
            span.attributes[self._key()] = self._value()
        return span

    def _new(self) -> Span:
        pick = self._random
        attributes = {self._key(): self._value() for _ in range(pick.randrange(12))}
        if pick.random() < 0.5:
            attributes["gen_ai.operation.name"] = pick.choice(_OPERATIONS)
        return Span(
            trace_id=f"{self._next():032x}",
            span_id=f"{self._next():016x}",
            name=self._text(),
            start_ns=1_763_600_000_000_000_000,
            end_ns=1_763_600_002_000_000_000,
            attributes=attributes,
            events=[self._event() for _ in range(pick.choice((0, 0, 0, 1, 3)))],
            links=[self._link() for _ in range(pick.choice((0, 0, 0, 1)))],
            status_code=pick.choice((0, 0, 1, 2)),
            status_message=pick.choice(("", self._text())),
            scope=Scope(pick.choice(self._scopes), pick.choice(("", self._text()))),
            resource=Resource({"service.name": self._text()}),
        )

    def _next(self) -> int:
        self._last += 1
        return 1_000_000 + self._last * 7

    def _text(self) -> str:
        return f"word{self._next()}"

    def _key(self) -> str:
        pick = self._random
        chance = pick.random()
        if chance < 0.1:
            return f"custom.{self._text()}"
        if chance < 0.3:
            return pick.choice(_INDEXED).format(pick.randrange(3))
        key = pick.choice(self._keys)
        return key[:-1] + self._text() if key.endswith(".*") else key

    def _event(self) -> Event:
        attributes = {self._key(): self._value() for _ in range(self._random.randrange(4))}
        if self._random.random() < 0.5:
            attributes["content"] = self._value()
        return Event(self._random.choice(_EVENTS), 1_763_600_001_000_000_000, attributes)

    def _link(self) -> Link:
        return Link(
            f"{self._next():032x}", f"{self._next():016x}", attributes={"why": self._text()}
        )

    def _value(self) -> Json:
        made: tuple[Callable[[], Json], ...] = (
            self._text, self._text, self._next, lambda: self._next() + 0.5, lambda: True,
            lambda: "", lambda: None, lambda: [self._text(), self._next()], self._object,
            lambda: _json(self._object()), lambda: _json([self._object()]),
            lambda: _json(_json(self._object())), lambda: _json(self._object())[:-3],
            lambda: str(self._next()), self._messages, lambda: _json(self._messages()),
            lambda: _json({"messages": self._messages()}), lambda: [_json(self._object())],
            lambda: _json(self._messages()[0]),
        )  # fmt: skip
        return self._random.choice(made)()

    def _object(self) -> JsonObject:
        names = ("name", "content", "id", "text", "input", "output", "model", self._text())
        return {name: self._leaf() for name in self._random.sample(names, 3)}

    def _leaf(self) -> Json:
        made = (self._text, self._next, lambda: [self._text()], lambda: {"deep": self._text()})
        return self._random.choice(made)()

    def _messages(self) -> list[JsonObject]:
        pick = self._random
        roles = ("system", "user", "assistant", "tool", self._text())
        return [
            {
                "role": pick.choice(roles),
                pick.choice(("content", "parts")): pick.choice(
                    (self._text(), [self._part() for _ in range(pick.randrange(3))])
                ),
                **({"tool_calls": [self._call()]} if pick.random() < 0.2 else {}),
                **({self._text(): self._leaf()} if pick.random() < 0.2 else {}),
            }
            for _ in range(pick.randrange(1, 4))
        ]

    def _call(self) -> JsonObject:
        function = {"name": self._text(), "arguments": _json(self._object())}
        return {"id": self._text(), "type": "function", "function": function}

    def _part(self) -> JsonObject:
        parts: tuple[Callable[[], JsonObject], ...] = (
            lambda: {"type": "text", "content": self._text()},
            lambda: {"type": "text", "text": self._text(), "cache_control": self._object()},
            lambda: {"type": "reasoning", "content": self._text(), "signature": self._text()},
            lambda: {
                "type": "tool_call",
                "id": self._text(),
                "name": self._text(),
                "arguments": self._object(),
            },
            lambda: {"type": "tool_call_response", "id": self._text(), "result": self._leaf()},
            lambda: {"type": "tool-call", "toolCallId": self._text(), "toolName": self._text(),
                     "input": self._object()},
            lambda: {"type": "uri", "uri": self._text(), "mime_type": "image/png"},
            lambda: {"type": "blob", "content": "aGk=", "mime_type": "audio/wav",
                     "modality": "audio"},
            lambda: {"type": self._text(), self._text(): self._leaf()},
            lambda: {"text": self._text()},
            lambda: {"functionCall": {"name": self._text(), "args": self._object()}},
        )  # fmt: skip
        return self._random.choice(parts)()


def _json(value: Json) -> str:
    return orjson.dumps(value).decode()
