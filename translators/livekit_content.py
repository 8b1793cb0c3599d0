"""LiveKit's chat contexts and responses as messages.

Source: ``livekit.agents.llm.ChatContext.to_dict``.
"""

from translators.attributes import json_object, parsed_json
from translators.messages import normal_messages
from translators.span import Json, JsonObject
from translators.tools import calls_of, together

# Other items tell of the agent: that it was handed over, or got other tools.
_TALK = frozenset(("message", "function_call", "function_call_output"))
_MARK = "cache_breakpoint"  # a part of a message that is there for the provider


def chat_context(value: Json) -> JsonObject | None:
    """Return a chat context as inputs: ``messages``, and what is no message under ``items``."""
    found = json_object(value) or {}
    items = found.get("items")
    if not isinstance(items, list) or not items:
        return None
    talk: list[Json] = []
    others: list[Json] = []
    for item in items:
        kind = item.get("type") if isinstance(item, dict) else None
        if isinstance(kind, str) and kind in _TALK:
            talk.append(_plain(item))
        else:
            others.append(item)
    messages = normal_messages(talk, "user")
    if messages is None:
        messages, others = [], items
    inputs: JsonObject = {"messages": messages}
    if others:
        inputs["items"] = others
    return together(inputs, {key: found[key] for key in found if key != "items"})


def _plain(item: JsonObject) -> JsonObject:
    """Return a message whose content is nothing but what was said; the marks stand beside it."""
    content = item.get("content")
    if not isinstance(content, list):
        return item
    marks = [part for part in content if isinstance(part, dict) and part.get("type") == _MARK]
    if not marks:
        return item
    return {**item, "content": [part for part in content if part not in marks], "marks": marks}


def response_message(said: Json, calls: Json) -> tuple[JsonObject | None, bool, bool]:
    """Return what the model answered as one message; None where it neither spoke nor called.

    The bools tell whether *said*, and whether *calls*, are in it.
    """
    found = calls_of(calls) if calls else []
    content = said if isinstance(said, str) and said else None
    if content is None and not found:
        return None, False, False
    message: JsonObject = {"role": "assistant", "content": content}
    if found:
        message["tool_calls"] = found
    return message, isinstance(said, str), bool(found) or parsed_json(calls) == []
