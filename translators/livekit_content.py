"""LiveKit's chat contexts and responses as messages.

Source: ``livekit.agents.llm.ChatContext.to_dict``.
"""

from translators.attributes import json_object
from translators.messages import normal_messages
from translators.span import Json, JsonObject
from translators.tools import calls_of

# Other items tell of the agent: that it was handed over, or got other tools.
_TALK = frozenset(("message", "function_call", "function_call_output"))
_MARK = "cache_breakpoint"  # a part of a message that is there for the provider


def chat_context(value: Json) -> JsonObject | None:
    """Return a chat context as inputs: ``messages``, and what is no message under ``items``."""
    found = json_object(value)
    items = found.get("items") if found is not None else None
    if not isinstance(items, list) or not items:
        return None
    talk: list[Json] = []
    others: list[Json] = []
    for item in items:
        if isinstance(item, dict) and item.get("type") in _TALK:
            talk.append(_plain(item))
        else:
            others.append(item)
    inputs: JsonObject = {"messages": (normal_messages(talk, "user") or []) if talk else []}
    return {**inputs, "items": others} if others else inputs


def _plain(item: JsonObject) -> JsonObject:
    """Return a message whose content is nothing but what was said; the marks stand beside it."""
    content = item.get("content")
    if not isinstance(content, list):
        return item
    marks = [part for part in content if isinstance(part, dict) and part.get("type") == _MARK]
    if not marks:
        return item
    return {**item, "content": [part for part in content if part not in marks], "marks": marks}


def response_message(said: Json, calls: Json) -> JsonObject | None:
    """Return what the model answered as one message; None where it neither spoke nor called."""
    found = calls_of(calls) if calls else []
    content = said if isinstance(said, str) and said else None
    if content is None and not found:
        return None
    message: JsonObject = {"role": "assistant", "content": content}
    return {**message, "tool_calls": found} if found else message
