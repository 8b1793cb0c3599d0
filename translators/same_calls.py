"""Tool calls that are told in two places, once each.

Source: conventions 1.4, rule 4. In time that grows with the calls, however many there are.
"""

from collections import deque
from contextlib import suppress

import orjson

from translators.attributes import parsed_json
from translators.span import Json, JsonObject
from translators.tools import json_text, together


def merged_calls(calls: list[JsonObject], more: list[JsonObject]) -> list[JsonObject]:
    """Return *calls* and those of *more*, told elsewhere, that are not among them.

    The same is: the same id, or, where one has none, the same name and arguments.
    """
    if not calls or not more:
        return calls or more
    known = _Known(calls)
    merged = list(calls)
    for call in more:
        at = known.place_of(call)
        if at is None:
            merged.append(call)
            continue
        told = merged[at]
        extras = together(dict(told.get("extras", {})), call.get("extras", {}))
        if call["function"] != told["function"] and _said(call) != _said(told):
            together(extras, {"function": call["function"]})
        merged[at] = {**told, "id": told["id"] or call["id"]}
        if extras:
            merged[at]["extras"] = extras
    return merged


class _Known:
    """Finds the place of a call in a list: by its id, else by what is called with what."""

    __slots__ = ("_alike", "_calls", "_ids", "_nameless")

    def __init__(self, calls: list[JsonObject]) -> None:
        self._calls = calls
        self._ids: dict[str, int] = {}
        for at, call in enumerate(calls):
            if call["id"]:
                self._ids.setdefault(json_text(call["id"]), at)
        self._alike: dict[tuple[str, str], int] | None = None
        self._nameless: dict[tuple[str, str], deque[int]] = {}

    def place_of(self, call: JsonObject) -> int | None:
        """Return the place of *call*; one without an id there takes the id, and is found once."""
        if call["id"]:
            at = self._ids.get(json_text(call["id"]))
            if at is not None or len(self._ids) == len(self._calls):
                return at
        if self._alike is None:
            self._alike = {}
            for at, one in enumerate(self._calls):
                self._alike.setdefault(_said(one), at)
                if not one["id"]:
                    self._nameless.setdefault(_said(one), deque()).append(at)
        if not call["id"]:
            return self._alike.get(_said(call))
        places = self._nameless.get(_said(call))
        return places.popleft() if places else None


def _said(call: JsonObject) -> tuple[str, str]:
    """Return the name and the arguments of a call, as JSON text in an order of its own."""
    function = call["function"]
    arguments: Json = function["arguments"]
    found = parsed_json(arguments)
    if found is not None:
        with suppress(TypeError):  # nested deeper than orjson takes
            arguments = orjson.dumps(found, option=orjson.OPT_SORT_KEYS).decode()
    return json_text(function["name"]), json_text(arguments)
