"""Items of OpenAI's Responses API that instrumentors leave out of the messages they flatten.

``openinference-instrumentation-openai-agents`` tells messages and function calls, newer versions
some built-in tools too; all items stand in the raw values, as the API sent them.
Source: ``_processor.py`` of that package, versions 1.0 to 2.6; OpenAI API reference, "Responses".
"""

from translators.attributes import parsed_json
from translators.messages import normal_messages, with_system
from translators.openinference_content import INPUT_MESSAGES, FlatList
from translators.span import Json, JsonObject

_TOLD = frozenset({"message", "function_call", "custom_tool_call"})
_RESPONSES = ('"object":"response"', '"object": "response"')
_REDACTED = "__REDACTED__"
# Types of parts that the normal form need not name.
_WORDS = ("text", "reasoning", "tool_use")
_INSTRUCTIONS = f"{INPUT_MESSAGES}0.message.content"


def answer_of(attributes: JsonObject, flat: FlatList) -> list[JsonObject] | None:
    """Return the whole answer in normal form, where the flattened messages may not be all of it.

    Args:
        attributes: of the span; its ``output.value`` is the response.
        flat: the flattened messages of the output.
    """
    value = attributes.get("output.value")
    if not isinstance(value, str) or not any(mark in value for mark in _RESPONSES):
        return None
    response = parsed_json(value)
    items = response.get("output") if isinstance(response, dict) else None
    if not isinstance(items, list) or _is_redacted(attributes, flat):
        return None
    if all(isinstance(item, dict) and item.get("type") in _TOLD for item in items):
        return None
    return normal_messages(items, "assistant")


def names_items(value: Json) -> bool:
    """Tell whether a raw value has items whose types the normal form has other words for."""
    items = value.get("output") if isinstance(value, dict) else value
    if not isinstance(items, list):
        return False
    return any(isinstance(item, dict) and _is_odd(item.get("type")) for item in items)


def _is_odd(word: Json) -> bool:
    return isinstance(word, str) and word not in _TOLD and word.endswith(("_call", "_output"))


def request_of(attributes: JsonObject, flat: FlatList) -> list[JsonObject] | None:
    """Return the whole conversation in normal form, where the flattened messages leave a gap.

    Args:
        attributes: of the span; its ``input.value`` is the list of items.
        flat: the flattened messages of the input; the instructions are its first.
    """
    if not flat.has_gap:
        return None
    value = attributes.get("input.value")
    if not isinstance(value, str) or value[:1] != "[" or _is_redacted(attributes, flat):
        return None
    messages = normal_messages(parsed_json(value), "user")
    return messages and with_system(attributes.get(_INSTRUCTIONS) or [], messages)


def carried_by(
    messages: list[JsonObject], attributes: JsonObject, flat: FlatList
) -> tuple[str, ...]:
    """Return the attributes of the flattened messages that *messages*, told anew, say as well."""
    told: set[Json] = set(_WORDS)
    stack: list[Json] = [*messages]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            stack += value.values()
        elif isinstance(value, list):
            stack += value
        else:
            told.add(value)
    return tuple(
        key
        for key in flat.keys
        if not isinstance(attributes[key], dict | list) and attributes[key] in told
    )


def _is_redacted(attributes: JsonObject, flat: FlatList) -> bool:
    """Tell whether the user hides texts: then the raw values must not bring them back."""
    return any(attributes[key] == _REDACTED for key in flat.keys)
