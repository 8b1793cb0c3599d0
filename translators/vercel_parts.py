"""Parts of messages as the Vercel AI SDK has them in memory, made into such as a reader expects.

What users give it goes into the span by ``JSON.stringify``, which writes bytes as objects.
Source: https://github.com/vercel/ai, ``packages/provider`` (prompts of the versions 1 to 4).
"""

from base64 import b64encode

from translators.span import Json, JsonObject
from translators.tools import json_text

_FILES = ("data", "image")
_MAX_WRAPPERS = 4


def opened_parts(messages: Json) -> tuple[Json, bool]:
    """Return messages whose files are text, and whose tools that ran at the provider say so.

    Returns:
        The messages, and whether each leaf of them is still there: numbers that were bytes are
        not, once they are base64. Anything but a list is returned as it is.
    """
    if not isinstance(messages, list):
        return messages, True
    opened: list[Json] = []
    whole = True
    for message in messages:
        content = message.get("content") if isinstance(message, dict) else None
        if isinstance(content, list) and any(map(_is_closed, content)):
            ran = {json_text(part.get("toolCallId")) for part in content if _ran_elsewhere(part)}
            parts: list[Json] = []
            for part in content:
                part, kept = _opened(part, ran) if isinstance(part, dict) else (part, True)
                whole = whole and kept
                parts.append(part)
            message = {**message, "content": parts}
        opened.append(message)
    return opened, whole


def server_call(call: JsonObject) -> JsonObject | None:
    """Return a call of a tool that ran at the provider as a part; None for any other call."""
    return {**call, "type": "server_tool_call"} if _ran_elsewhere(call) else None


def _ran_elsewhere(part: Json) -> bool:
    return isinstance(part, dict) and part.get("providerExecuted") is True


def _is_closed(part: Json) -> bool:
    if not isinstance(part, dict):
        return False
    return "providerExecuted" in part or any(isinstance(part.get(key), dict) for key in _FILES)


def _opened(part: JsonObject, ran: set[str]) -> tuple[JsonObject, bool]:
    called = server_call(part)
    if called is not None:
        return called, True
    if part.get("type") == "tool-result" and json_text(part.get("toolCallId")) in ran:
        return {**part, "type": "server_tool_result"}, True
    whole = True
    for key in _FILES:
        value = part.get(key)
        for _ in range(_MAX_WRAPPERS):
            if not isinstance(value, dict):
                break
            kind = value.get("type")
            found = _bytes_in(value)
            if found is not None:
                value, whole = b64encode(found).decode(), False
            elif kind in ("data", "url", "text") and value.keys() == {"type", kind}:
                value = value[kind]
                if kind == "text":
                    part, key = {name: part[name] for name in part if name != key}, "text"
            else:
                break
        if value is not None:
            part = {**part, key: value}
    return part, whole


def _bytes_in(value: JsonObject) -> bytes | None:
    """Return the bytes of a ``Buffer`` or a ``Uint8Array``, as ``JSON.stringify`` writes them."""
    if value.get("type") == "Buffer":
        numbers = value.get("data")
    elif "0" in value and str(len(value) - 1) in value:
        numbers = list(value.values())
    else:
        return None
    if not isinstance(numbers, list):
        return None
    if not all(isinstance(number, int) and 0 <= number < 256 for number in numbers):
        return None
    return bytes(numbers)
