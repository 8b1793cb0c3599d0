"""Typed readers of attribute values, and the table that a dialect mostly is.

A reader returns None for "does not say": wrong type, placeholder, not parseable. 0, "" and {} are
answers. Source of the placeholders and of the double decoding: what instrumentation libraries send.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

import orjson

from translators.base import Draft
from translators.span import Json, JsonObject

Reader: TypeAlias = Callable[[Json], Json]

PLACEHOLDERS = frozenset(
    {"", "N/A", "unknown", "None", "null", "<not specified>", "<not serializable>", "<elided>"}
)
MAX_INDEX_DIGITS = 6  # an index of a million is an attack, not a message
MAX_PLANNED_KEYS = 100_000  # attribute keys that a table remembers before it starts anew

# Attribute, field, how to read it, and the attribute again as what the value carries.
_Step: TypeAlias = tuple[str, str, Reader, tuple[str]]


def anything(value: Json) -> Json:
    """Return the value as it is."""
    return value


def text(value: Json) -> str | None:
    """Return a string that says something; a number or bool as its text."""
    if isinstance(value, str):
        return None if value in PLACEHOLDERS else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return None


def number(value: Json) -> int | float | None:
    """Return a finite number, also from a numeric string; integral floats become int."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        try:
            value = float(value) if "." in value or "e" in value or "E" in value else int(value)
        except ValueError:
            return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value - value == 0:
        return int(value) if value.is_integer() else value
    return None


def count(value: Json) -> int | None:
    """Return a count: a whole number that is not negative, also from a numeric string."""
    found = number(value)
    return found if isinstance(found, int) and found >= 0 else None


def flag(value: Json) -> bool | None:
    """Return a bool, also from the words "true" and "false"."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower())
    return None


def strings(value: Json) -> list[str] | None:
    """Return a list of strings from an array, a JSON array, or a comma-separated string.

    None where there are objects or lists in it: it is a list of something else. None for the
    text of an object.
    """
    if isinstance(value, str) and value[:1] != "{":
        parsed = parsed_json(value) if value[:1] == "[" else None
        value = parsed if isinstance(parsed, list) else value.split(",")
    if not isinstance(value, list) or any(isinstance(item, dict | list) for item in value):
        return None
    found = (item.strip() if isinstance(item, str) else text(item) for item in value)
    return [item for item in found if item] or None


def parsed_json(value: Json) -> Json:
    """Return what JSON text says, opened twice where it is doubly encoded; else None.

    A value that is structured already is returned as it is: semantic conventions allow both.
    Text that is not JSON gives None, so that the caller keeps it as text.
    """
    if not isinstance(value, str):
        return value
    try:
        found = orjson.loads(value)
    except orjson.JSONDecodeError:
        return None
    if isinstance(found, str) and found[:1] in ("{", "[", '"'):
        try:
            return orjson.loads(found)
        except orjson.JSONDecodeError:
            return found
    return found


def json_object(value: Json) -> JsonObject | None:
    """Return a JSON object, from JSON text or structured."""
    found = parsed_json(value)
    return found if isinstance(found, dict) else None


def json_list(value: Json) -> list[Json] | None:
    """Return a JSON array, from JSON text or structured."""
    found = parsed_json(value)
    return found if isinstance(found, list) else None


def json_or_text(value: Json) -> Json:
    """Return what JSON text says when it is an object or an array; any other value as it is."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        found = parsed_json(value)
        if isinstance(found, dict | list):
            return found
    return value


def indexed(attributes: Mapping[str, Json], prefix: str) -> dict[int, JsonObject]:
    """Return the flattened list below *prefix* as nested dicts, by index, in index order.

    ``{"llm.input_messages.1.message.role": "user"}`` with prefix ``"llm.input_messages."`` gives
    ``{1: {"message": {"role": "user"}}}``. Holes are fine, the first index may be anything below a
    million; nothing is ever allocated by index. Lists further down stay dicts with number keys
    (see ``in_order``). Where a key is both a value and a prefix, the value is found under ``""``.
    """
    found: dict[int, JsonObject] = {}
    start = len(prefix)
    for key, value in attributes.items():
        if not key.startswith(prefix):
            continue
        word, _, rest = key[start:].partition(".")
        if not _is_index(word):
            continue
        node = found.get(int(word))
        if node is None:
            node = found[int(word)] = {}
        *way, last = rest.split(".")
        for step in way:
            below = node.get(step)
            if not isinstance(below, dict):
                below = {} if below is None else {"": below}
                node[step] = below
            node = below
        if isinstance(node.get(last), dict):
            node[last][""] = value
        else:
            node[last] = value
    return {index: found[index] for index in sorted(found)}


def _is_index(word: str) -> bool:
    # One spelling an index: "07" and "7" would be the same place twice.
    if not word.isascii() or not word.isdigit() or len(word) > MAX_INDEX_DIGITS:
        return False
    return word[0] != "0" or word == "0"


def in_order(node: Json) -> list[JsonObject]:
    """Return the dicts below the number keys of a nested node of ``indexed``, in index order."""
    if not isinstance(node, dict):
        return []
    picked = [
        (int(key), value)
        for key, value in node.items()
        if _is_index(key) and isinstance(value, dict)
    ]
    picked.sort(key=lambda pair: pair[0])
    return [value for _, value in picked]


class Table:
    """The rows of a dialect: which attribute says which field of the run, and how to read it.

    A row is ``"attribute": ("field", reader)``; fields are those of ``Draft``. Where several
    attributes say the same field, the row that stands first wins, whatever order they arrive in;
    a counter of 0 gives way to one that counts. A row whose key ends in ``.*`` takes every
    attribute below it; its field ends in ``.*`` too and gets the rest of the key.
    """

    def __init__(self, rows: Mapping[str, tuple[str, Reader]]) -> None:
        self.rows = rows
        self._exact: dict[str, tuple[int, str, Reader]] = {}
        self._below: list[tuple[str, int, str, Reader]] = []
        for rank, (key, (field, reader)) in enumerate(rows.items()):
            if key.endswith(".*"):
                self._below.append((key[:-1], rank, field[:-1], reader))
            else:
                self._exact[key] = (rank, field, reader)
        self._prefixes = tuple(prefix for prefix, *_ in self._below)
        self._plans: dict[tuple[str, ...], list[_Step]] = {}
        self._planned_keys = 0

    def read(self, attributes: Mapping[str, Json], draft: Draft) -> None:
        """Say in *draft* what the rows find among the attributes, unless it is said already."""
        # An instrumentation sends the same keys in the same order again and again: which rows
        # they touch is found out once.
        keys = tuple(attributes)
        plan = self._plans.get(keys)
        if plan is None:
            plan = self._plan(keys)
        said = draft.said
        for key, field, reader, source in plan:
            if field not in said:
                found = reader(attributes[key])
                if found is not None:
                    said[field] = (found, source)
            elif field[:6] == "usage." and said[field][0] == 0:
                # Some libraries write a 0 under the names that they do not count by.
                found = reader(attributes[key])
                if found:
                    said[field] = (found, said[field][1] + source)

    def keys(self) -> Iterable[str]:
        """Return the attributes of the rows, for documentation and tests."""
        return self.rows.keys()

    def _plan(self, keys: tuple[str, ...]) -> list[_Step]:
        steps: list[tuple[int, _Step]] = []
        for key in keys:
            row = self._exact.get(key)
            if row is None and self._prefixes and key.startswith(self._prefixes):
                row = self._row_below(key)
            if row is not None:
                rank, field, reader = row
                steps.append((rank, (key, field, reader, (key,))))
        steps.sort(key=lambda step: step[0])
        plan = [step for _, step in steps]
        if self._planned_keys > MAX_PLANNED_KEYS:
            self._plans.clear()
            self._planned_keys = 0
        self._planned_keys += len(keys) + 1
        self._plans[keys] = plan
        return plan

    def _row_below(self, key: str) -> tuple[int, str, Reader] | None:
        for prefix, rank, field, reader in self._below:
            if key.startswith(prefix) and len(key) > len(prefix):
                return rank, field + key[len(prefix) :], reader
        return None
