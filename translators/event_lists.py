"""Conversations that come as one attribute: a list of what else would be span events.

Source: Pydantic AI, ``InstrumentationSettings(version=1)``; Logfire, ``events`` of the Responses
API, whose items without an event of their own come as ``gen_ai.unknown``.
"""

from collections.abc import Collection
from typing import TypeAlias

from translators.attributes import json_list, parsed_json
from translators.messages import normal_messages, outputs_of
from translators.span import Json, JsonObject

# Inputs, outputs, and what of each item neither of them tells.
Sides: TypeAlias = tuple[JsonObject | None, JsonObject | None, list[Json]]

_NAME, _INDEX = "event.name", "gen_ai.message.index"
_CHOICE, _UNKNOWN = "gen_ai.choice", "gen_ai.unknown"
_PREFIX, _SUFFIX = "gen_ai.", ".message"
_PROVIDERS = ("gen_ai.system", "gen_ai.provider.name")


def sides_of(value: Json, repeated: Collection[Json] = (), *, agent: bool = False) -> Sides:
    """Return inputs and outputs from a list of events: the choices are the outputs.

    Where there is no choice, it is a whole conversation, and its last answer is the output. What
    comes third is the list without what the messages hold; with both sides it is all of *value*.

    Args:
        value: a list of objects with an ``event.name``, of JSON texts of such, or JSON text of it.
        repeated: words for the provider that the span says itself.
        agent: the last answer is an agent's, all that it did since the last prompt.
    """
    found = [parsed_json(item) or item for item in json_list(value) or []]
    items = [item for item in found if isinstance(item, dict) and _NAME in item]
    rest: list[Json] = [item for item in found if not isinstance(item, dict) or _NAME not in item]
    items = _in_order(items)
    sources: list[JsonObject] = []
    choices: list[list[JsonObject]] = []
    for item in items:
        source, beside = _split(item, repeated)
        rest.append(beside)
        if item[_NAME] == _CHOICE:
            choices.append(_choice(source, len(choices)))
        elif source:
            sources.append(source)
    messages = normal_messages(sources, "user")
    if messages is None:
        messages, rest = [], rest + sources
    if choices:
        answers = [message for choice in choices for message in choice]
        turn = len(answers) != len(choices)
        return _inputs(messages), outputs_of(answers, turn=turn) if answers else None, rest
    cut = len(messages)
    while cut and messages[cut - 1]["role"] in (("assistant", "tool") if agent else ("assistant",)):
        cut -= 1
    while cut < len(messages) and messages[cut]["role"] == "tool":
        cut += 1  # results of calls that an earlier run has made
    outputs = outputs_of(messages[cut:], turn=True) if messages[cut:] else None
    return _inputs(messages[:cut]), outputs, rest


def _inputs(messages: list[JsonObject]) -> JsonObject | None:
    return {"messages": messages} if messages else None


def _split(item: JsonObject, repeated: Collection[Json]) -> tuple[JsonObject, JsonObject]:
    """Return an event's message, {} where it is none, and what else the event says."""
    name = item[_NAME]
    told = isinstance(name, str) and (name in (_CHOICE, _UNKNOWN) or _role(name) is not None)
    message: JsonObject = {}
    beside: JsonObject = {}
    for key, value in item.items():
        if not told or "." in key:
            if key not in _PROVIDERS or value not in repeated:
                beside[key] = value
        else:
            message[key] = value
    if name == _UNKNOWN and isinstance(message.get("data"), dict):
        # An item of the Responses API; the content only says that it could not be shown.
        data = message.pop("data")
        return data, {**message, **beside}
    role = _role(name) if told else None
    if message and role is not None and message.setdefault("role", role) == "assistant":
        # What follows each other is one answer, as in the Responses API.
        message["type"] = "message"
    return message, beside


def _role(name: str) -> str | None:
    """Return the role in ``gen_ai.<role>.message``."""
    if not name.startswith(_PREFIX) or not name.endswith(_SUFFIX):
        return None
    return name[len(_PREFIX) : -len(_SUFFIX)] or None


def _choice(source: JsonObject, place: int) -> list[JsonObject]:
    beside = {key: value for key, value in source.items() if key != "message"}
    if beside.get("index") == place:
        del beside["index"]
    inner = source.get("message")
    if isinstance(inner, dict):
        beside = {**inner, **beside}
    elif inner is not None:
        beside = {"content": inner, **beside}
    return normal_messages([{"role": "assistant", **beside}], "assistant") or []


def _in_order(items: list[JsonObject]) -> list[JsonObject]:
    """Return the events by their index; one without an index stays behind the one before it."""
    place = 0
    placed: list[tuple[int, JsonObject]] = []
    for item in items:
        index = item.get(_INDEX)
        place = index if isinstance(index, int) else place
        placed.append((place, item))
    placed.sort(key=lambda pair: pair[0])
    return [item for _, item in placed]
