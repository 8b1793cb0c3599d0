"""Values that no library sends, for attributes that dialects know.

Every made text and number is there once, so that a lost one cannot hide behind another.
"""

from collections.abc import Callable
from random import Random

import orjson

from translators.span import Json, JsonObject

_LONG = 70_000  # more than an attribute's limit in any SDK, and than what is lifted out of messages


class Values:
    """Makes values from a seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self._last = 0
        self._leaves: tuple[Callable[[], Json], ...] = (
            self.text, self.number, lambda: [self.text()], lambda: {"deep": self.text()},
        )  # fmt: skip
        self._values: tuple[Callable[[], Json], ...] = (
            self.text, self.text, self.odd_text, self.number, lambda: self.number() + 0.5,
            lambda: float(self.number()), lambda: True, lambda: "", lambda: None,
            lambda: [self.text(), self.number()], self.object, lambda: json_of(self.object()),
            lambda: json_of([self.object()]), lambda: json_of(json_of(self.object())),
            lambda: json_of(self.object())[:-3], lambda: str(self.number()),
            lambda: f"{self.number()}.0", lambda: f"{self.number()}.5", self.messages,
            lambda: json_of(self.messages()), lambda: json_of({"messages": self.messages()}),
            lambda: [json_of(self.object())], lambda: json_of(self.messages()[0]),
            lambda: [json_of(message) for message in self.messages()],
            lambda: {"messages": [self.messages()], self.text(): self.leaf()},
            lambda: json_of(self.answer()), self.answer, lambda: json_of(self.tools()),
            lambda: [json_of(tool) for tool in self.tools()], lambda: self.deep(12),
            lambda: json_of(self.deep(90)), self.part, lambda: json_of([self.part(), self.part()]),
            lambda: json_of([self.call()]), lambda: [self.text(), self.object(), [self.text()]],
            lambda: repr(self.object()),
        )  # fmt: skip

    def number(self) -> int:
        """Return a number that is nowhere else."""
        self._last += 1
        return 1_000_000 + self._last * 7

    def text(self) -> str:
        """Return a word that is nowhere else."""
        return f"word{self.number()}"

    def odd_text(self) -> str:
        """Return a text in other alphabets, of several lines, with signs of JSON, or a long one."""
        chance = self.random.random()
        if chance < 0.02:
            return self.text() * (_LONG // 11)
        patterns = ("wörd {} 🌦 é", "{}\n\n\t\\ end", '"{}": {{', "a,b , {}", "[{}")
        return self.random.choice(patterns).format(self.text())

    def value(self) -> Json:
        """Return a value of an attribute."""
        return self.random.choice(self._values)()

    def leaf(self) -> Json:
        """Return a member of an object."""
        return self.random.choice(self._leaves)()

    def object(self) -> JsonObject:
        """Return an object with names that readers look for."""
        names = (
            *("name", "content", "id", "text", "input", "output", "model", "type", "role", "data"),
            *("arguments", "result", "error", "query", "url", "message", "messages", self.text()),
        )
        return {name: self.leaf() for name in self.random.sample(names, 3)}

    def deep(self, most: int) -> Json:
        """Return lists and objects in each other; protobuf allows some 30 levels of them."""
        value = self.leaf()
        for _ in range(self.random.randrange(2, most)):
            value = [value] if self.random.random() < 0.5 else {"content": value, "id": self.text()}
        return value

    def messages(self) -> list[JsonObject]:
        """Return messages of a chat."""
        return [self._message() for _ in range(self.random.randrange(1, 4))]

    def _message(self) -> JsonObject:
        pick = self.random
        message: JsonObject = {"role": self._role()}
        content = (self.text(), [self.part() for _ in range(pick.randrange(3))], self.leaf())
        message[pick.choice(("content", "parts"))] = pick.choice(content)
        if pick.random() < 0.2:
            calls = ([self.call()], json_of([self.call()]), self.leaf())
            message["tool_calls"] = pick.choice(calls)
        if pick.random() < 0.1:
            message[pick.choice(("finish_reason", "name", "tool_call_id", "id"))] = self.leaf()
        if pick.random() < 0.2:
            message[self.text()] = self.leaf()
        return message

    def _role(self) -> Json:
        roles = ("system", "user", "assistant", "tool", "thinking", self.text())
        return self.leaf() if self.random.random() < 0.05 else self.random.choice(roles)

    def call(self) -> JsonObject:
        """Return a tool call."""
        arguments = self.random.choice(
            (json_of(self.object()), self.object(), self.text(), self.number(), [self.leaf()])
        )
        name = self.leaf() if self.random.random() < 0.1 else self.text()
        return {
            "id": self.text(),
            "type": "function",
            "function": {"name": name, "arguments": arguments},
        }

    def tools(self) -> list[JsonObject]:
        """Return definitions of tools."""
        schema = {"type": "object", "properties": {self.text(): {"type": "string"}}}
        about = {"name": self.text(), "description": self.text()}
        return self.random.choice(
            (
                [{"type": "function", "function": {**about, "parameters": schema}}],
                [{**about, "input_schema": schema}, {**about, self.text(): self.leaf()}],
                [{"function_declarations": [{**about, "parameters": schema}]}],
                [{"toolSpec": {**about, "inputSchema": {"json": schema}}}],
                [{"type": self.text(), "name": self.leaf()}],
            )
        )

    def answer(self) -> JsonObject:
        """Return what a provider answers with."""
        usage = {"prompt_tokens": self.number(), "completion_tokens": self.number()}
        choices = [
            {"index": at, "message": message, "finish_reason": self.text()}
            for at, message in enumerate(self.messages())
        ]
        return self.random.choice(
            (
                {"id": self.text(), "choices": choices, "usage": usage, "model": self.text()},
                {"output": [self.part()], "usage": {"input_tokens": self.number()}},
                {"candidates": [{"content": {"parts": [self.part()], "role": "model"}}]},
                {"content": [self.part()], "stop_reason": self.text(), self.text(): self.leaf()},
            )
        )

    def part(self) -> JsonObject:
        """Return a part of a message."""
        parts: tuple[Callable[[], JsonObject], ...] = (
            lambda: {"type": "text", "content": self.text()},
            lambda: {"type": "text", "text": self.text(), "cache_control": self.object()},
            lambda: {"type": "text", "text": self.leaf()},
            lambda: {"type": "reasoning", "content": self.text(), "signature": self.text()},
            lambda: {"type": "thinking", "thinking": self.leaf(), "signature": self.leaf()},
            lambda: {"type": "tool_call", "id": self.text(), "name": self.text(),
                     "arguments": self.object()},
            lambda: {"type": "tool_use", "id": self.leaf(), "name": self.leaf(),
                     "input": self.leaf(), self.text(): self.leaf()},
            lambda: {"type": "tool_call_response", "id": self.text(), "result": self.leaf()},
            lambda: {"type": "tool_result", "tool_use_id": self.leaf(), "is_error": True,
                     "content": [self.part()]},
            lambda: {"type": "tool-call", "toolCallId": self.text(), "toolName": self.text(),
                     "input": self.object()},
            lambda: {"type": "uri", "uri": self.text(), "mime_type": "image/png"},
            lambda: {"type": "image_url", "image_url": {"url": self.leaf(), "detail": self.text()}},
            lambda: {"type": "image", "source": {"type": "base64", "data": self.leaf(),
                     "media_type": self.leaf()}, self.text(): self.leaf()},
            lambda: {"type": "file", "file": self.object(), "file_id": self.leaf()},
            lambda: {"type": "blob", "content": "aGk=", "mime_type": "audio/wav",
                     "modality": "audio"},
            lambda: {"type": self.text(), self.text(): self.leaf()},
            lambda: {"text": self.text()},
            lambda: {"functionCall": {"name": self.text(), "args": self.object()}},
            lambda: {"functionResponse": {"name": self.leaf(), "response": self.object()},
                     self.text(): self.leaf()},
            lambda: {"inlineData": {"mimeType": self.leaf(), "data": self.leaf()}},
        )  # fmt: skip
        return self.random.choice(parts)()


def json_of(value: Json) -> str:
    """Return *value* as JSON text."""
    return orjson.dumps(value).decode()
