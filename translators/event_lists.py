"""Conversations that come as one attribute: a list of what else would be span events.

Source: Pydantic AI, ``InstrumentationSettings(version=1)``; Logfire, ``events``.
"""

from typing import TypeAlias

from translators.attributes import json_list, parsed_json
from translators.chat_events import read_events
from translators.messages import outputs_of
from translators.span import Event, Json, JsonObject

Sides: TypeAlias = tuple[JsonObject | None, JsonObject | None]

_NAME, _INDEX = "event.name", "gen_ai.message.index"


def sides_of(value: Json) -> Sides:
    """Return inputs and outputs from a list of events: the choices are the outputs.

    Where there is no choice, it is a whole conversation: its last answer is the output.

    Args:
        value: a list of objects with an ``event.name``, of JSON texts of such, or JSON text of it.
    """
    found = [parsed_json(item) for item in json_list(value) or []]
    items = [item for item in found if isinstance(item, dict) and _NAME in item]
    items.sort(key=lambda item: _place(item, len(items)))
    events = [
        Event(str(item[_NAME]), attributes={k: v for k, v in item.items() if k != _INDEX})
        for item in items
    ]
    said = read_events(events, {})
    if said is None:
        return None, None
    messages = said.messages
    if said.choices:
        return ({"messages": messages} if messages else None), said.outputs(())
    answers = 0
    while answers < len(messages) and messages[-1 - answers].get("role") == "assistant":
        answers += 1
    asked, answered = messages[: len(messages) - answers], messages[len(messages) - answers :]
    return (
        {"messages": asked} if asked else None,
        outputs_of(answered, turn=True) if answered else None,
    )


def _place(item: JsonObject, last: int) -> int:
    """Return where the event belongs; a choice has no index, and comes last."""
    index = item.get(_INDEX)
    return index if isinstance(index, int) else last
