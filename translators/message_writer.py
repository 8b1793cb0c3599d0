"""Writes messages in the normal form of ``translators.messages``, one source item at a time."""

from translators.envelopes import PLAIN_ROLES, is_message, is_pair, opened
from translators.joined_messages import content_of, joined, with_thoughts
from translators.parts import BLOCK, CALL, is_part, read_part, result_text
from translators.same_calls import merged_calls
from translators.span import Json, JsonObject
from translators.tools import calls_of, first_of, together, unless_empty

_CONTENTS = ("content", "parts", "contents", "blocks")
_CALLS = ("tool_calls", "toolCalls")
_CALL_IDS = ("tool_call_id", "toolCallId", "tool_use_id", "id")
_FINISH = ("finish_reason", "finishReason", "stop_reason")
_KNOWN = frozenset(
    {"role", "type", *_CONTENTS, *_CALLS, "function_call", "name", "refusal", "additional_kwargs"}
)


class _Turn:
    """What one message, or several items that are one message, came down to so far."""

    __slots__ = ("blocks", "calls", "keys", "rests", "results", "role", "told")

    def __init__(self, role: str) -> None:
        self.role = role
        self.blocks: list[JsonObject] = []
        self.calls: list[JsonObject] = []
        self.results: list[JsonObject] = []
        self.keys: JsonObject = {}
        self.rests: list[JsonObject] = []
        self.told = False  # a message of it is written already


class MessageWriter:
    """Writes messages in normal form, item by item."""

    __slots__ = ("_loose", "_messages", "_role", "_thoughts")

    def __init__(self, role: str) -> None:
        self._role = role
        self._messages: list[JsonObject] = []
        self._loose: _Turn | None = None  # items that are no whole message, as in OpenAI Responses
        self._thoughts = False

    def add(self, item: Json) -> bool:
        """Take in one item of a list; tell whether it is a message or a part of one."""
        if isinstance(item, dict):
            simple = _simple(item)
            if simple is not None:
                if self._loose is not None:
                    self._close()
                self._messages.append(simple)
                return True
            if is_message(item):
                self._add_message(item)
                return True
        elif is_pair(item):
            self._add_message({"role": item[0], "content": item[1]})
            return True
        if self._loose is None:
            self._loose = _Turn(self._role)
        for piece in _nested(item) or (item,):
            self._read(piece, self._loose)
        return is_part(item)

    def finished(self) -> list[JsonObject]:
        """Return the messages; thoughts stand in the assistant's message next to them."""
        self._close()
        return with_thoughts(self._messages) if self._thoughts else self._messages

    def _close(self) -> None:
        turn, self._loose = self._loose, None
        if turn is not None:
            self._write(turn)

    def _add_message(self, item: JsonObject) -> None:
        inner, role, rest = opened(item, self._role)
        turn = self._loose
        # OpenAI Responses lists what belongs to one answer as items of their own.
        joins = role == "assistant" and inner.get("type") == "message"
        if turn is None or turn.role != "assistant" or not joins:
            self._close()
            turn = _Turn(role)
        self._content(inner, turn)
        mine: JsonObject = {}
        _take_calls(inner, turn, mine)
        _take_keys(inner, turn, mine)
        if together(rest, mine):
            turn.rests.append(rest)
        if joins:
            self._loose = turn
        else:
            self._write(turn)

    def _content(self, inner: JsonObject, turn: _Turn) -> None:
        for key in _CONTENTS:
            content = inner.get(key)
            if isinstance(content, str):
                turn.blocks.append({"type": "text", "text": content})
            elif isinstance(content, list):
                if turn.role == "tool" and content and not any(map(is_part, content)):
                    content = [result_text(content)]
                for part in content:
                    for piece in _nested(part) or (part,):
                        self._read(piece, turn)
            elif content is not None:
                part = content if turn.role != "tool" or is_part(content) else result_text(content)
                self._read(part, turn)

    def _read(self, part: Json, turn: _Turn) -> None:
        read = read_part(part)
        if read is None:
            return
        kind, value = read
        if kind == BLOCK:
            turn.blocks.append(value)
            if value.get("type") == "reasoning" and turn is self._loose:
                turn.role = "assistant"
        elif kind == CALL:
            turn.calls.append(value)
            if turn is self._loose:
                turn.role = "assistant"
        elif turn.role == "assistant" and (turn.blocks or turn.calls):
            self._write(turn)  # what an assistant says next comes after the result
            turn.blocks, turn.calls, turn.keys, turn.rests = [], [], {}, []
            turn.told = True
            self._messages.append(value)
        else:
            turn.results.append(value)

    def _write(self, turn: _Turn) -> None:
        keys = turn.keys
        if turn.told and not (turn.blocks or turn.calls or turn.results or keys or turn.rests):
            return
        if turn.rests:
            many = len(turn.rests) > 1
            keys["additional_kwargs"] = {"items": turn.rests} if many else turn.rests[0]
        if turn.results:
            if turn.role == "tool":  # some tell a result as text besides
                told = {result["content"] for result in turn.results}
                turn.blocks = [block for block in turn.blocks if not _is_among(block, told)]
            self._messages += turn.results
            turn.results = []
            if not turn.blocks and not turn.calls:
                if turn.role not in PLAIN_ROLES:
                    kwargs = keys.get("additional_kwargs", {})
                    keys["additional_kwargs"] = together(dict(kwargs), {"role": turn.role})
                if keys:
                    self._messages[-1] = joined(self._messages[-1], keys)
                return
        message: JsonObject = {"role": turn.role, "content": content_of(turn.blocks)}
        if turn.calls:
            message["tool_calls"] = turn.calls
        message |= keys
        self._thoughts = self._thoughts or turn.role == "thinking"
        self._messages.append(message)


def _is_among(block: JsonObject, texts: set[str]) -> bool:
    text = block.get("text")
    return isinstance(text, str) and text in texts


def _simple(item: JsonObject) -> JsonObject | None:
    """Return the normal form of a message of nothing but text, which most are; else None."""
    role = item.get("role")
    if role.__class__ is not str or role not in PLAIN_ROLES:
        return None
    content = item.get("content")
    if content.__class__ is str:
        rest = len(item) - 2
        for key in ("finish_reason", "tool_call_id", "name"):
            if rest and item.get(key).__class__ is str:
                rest -= 1
                if key == "tool_call_id" and role != "tool":
                    return None
        return item if not rest and item.get("finish_reason") not in ("", "tool_call") else None
    parts = item.get("parts")
    if parts.__class__ is not list or len(parts) != 1 or parts[0].__class__ is not dict:
        return None
    part = parts[0]
    text = part.get("content")
    if text.__class__ is not str or part.get("type") != "text" or len(part) != 2:
        return None
    name, reason = item.get("name"), item.get("finish_reason")
    if len(item) != 2 + ("name" in item) + ("finish_reason" in item):
        return None
    message = {"role": role, "content": text}
    if name.__class__ is str:
        message["name"] = name
    elif name is not None:
        return None
    if reason.__class__ is str and reason:
        message["finish_reason"] = "tool_calls" if reason == "tool_call" else reason
    elif reason:
        return None
    return message


def _nested(part: Json) -> list[Json] | None:
    """Return the parts in a text part that, as OpenLIT sends it, holds Anthropic's list of them."""
    if not isinstance(part, dict) or part.get("type") != "text" or len(part) != 2:
        return None
    inner = part.get("content", part.get("text"))
    return inner if isinstance(inner, list) and inner and all(map(is_part, inner)) else None


def _take_calls(inner: JsonObject, turn: _Turn, mine: JsonObject) -> None:
    """Take over the tool calls that stand beside the content, once each."""
    for key in (*_CALLS, "function_call"):
        if inner.get(key) not in (None, [], {}):
            calls = calls_of(inner[key])
            turn.calls = merged_calls(turn.calls, calls)
            if not calls:
                mine[key] = inner[key]
    more = inner.get("additional_kwargs")
    if isinstance(more, dict):
        calls = calls_of(more.get("tool_calls"))
        turn.calls = merged_calls(turn.calls, calls)
        together(mine, unless_empty(more, ("tool_calls",) if calls else ()))
    elif more not in (None, []):
        mine["additional_kwargs"] = more


def _take_keys(inner: JsonObject, turn: _Turn, mine: JsonObject) -> None:
    """Take over what a message says beside its content and its calls."""
    more = unless_empty(inner, _KNOWN)
    found: JsonObject = {}
    for key in ("name", "refusal"):
        value = inner.get(key)
        if isinstance(value, str):
            found[key] = value
        elif value not in (None, [], {}):
            more[key] = value
    key, reason = first_of(inner, _FINISH)
    if isinstance(reason, str):
        del more[key]
        if reason:
            found["finish_reason"] = "tool_calls" if reason == "tool_call" else reason
    if turn.role == "tool":
        key, call_id = first_of(inner, _CALL_IDS)
        if isinstance(call_id, str):
            del more[key]
            found["tool_call_id"] = call_id
    for key, value in found.items():
        if turn.keys.setdefault(key, value) != value:
            more[key] = value
    together(mine, more)
