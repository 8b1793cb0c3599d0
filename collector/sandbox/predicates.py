"""The filter language, from tree to predicate over one run."""

import re
from collections.abc import Callable
from typing import Protocol

from collector.sandbox.documents import Json, JsonObject, contains, parse_json
from collector.sandbox.errors import Malformed
from collector.sandbox.filters import Call, Field, Literal, Node, parse_filter
from collector.sandbox.times import parse_time

Pair = tuple[str, Json]


class Subject(Protocol):
    """What a predicate asks of a run."""

    def value(self, field: str) -> Json:
        """Return a field; times in microseconds, latency in seconds, None if there is none."""
        ...

    def pairs(self, kind: str) -> list[Pair]:
        """Return key and value of all ``metadata``, ``feedback``, ``input`` or ``output``."""
        ...

    def metadata(self) -> JsonObject:
        """Return the metadata object."""
        ...

    def text(self) -> str:
        """Return everything that can be searched for, as one text."""
        ...


Predicate = Callable[[Subject], bool]

TIMES = ("start_time", "end_time", "first_token_time")
FIELDS = (
    *TIMES,
    *("id", "name", "run_type", "latency", "status", "error", "tags", "trace_id", "thread_id"),
    *("total_tokens", "prompt_tokens", "completion_tokens", "execution_order", "is_root"),
    *("total_cost", "prompt_cost", "completion_cost", "parent_run_id", "session_id"),
    "reference_example_id",
)
# Field → kind of pair, and which side of it.
_PAIRED = {
    **{f"{kind}_key": (kind, "key") for kind in ("metadata", "feedback", "input", "output")},
    **{f"{kind}_value": (kind, "value") for kind in ("metadata", "input", "output")},
    "feedback_score": ("feedback", "value"),
}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_COMPARISONS: dict[str, Callable[[Json, Json], bool]] = {
    "eq": lambda left, right: bool(left == right),
    "neq": lambda left, right: bool(left != right),
    "gt": lambda left, right: bool(left > right),
    "gte": lambda left, right: bool(left >= right),
    "lt": lambda left, right: bool(left < right),
    "lte": lambda left, right: bool(left <= right),
    "in": lambda left, right: left in right,
    "like": lambda left, right: right.fullmatch(left) is not None,
    "search": lambda left, right: right.casefold() in left.casefold(),
}
_FOR_TEXT = ("like", "search")


def compile_filter(text: str) -> Predicate:
    """Return the predicate a filter expression means.

    Raises:
        Malformed: not an expression, or with a function or field the sandbox does not know.
    """
    return _compile(parse_filter(text))


def _compile(node: Node) -> Predicate:
    if not isinstance(node, Call):
        raise Malformed("filter: an expression is expected, not a field or a value")
    arguments = node.arguments
    match node.function, arguments:
        case "and", (_, *_):
            return _compile_and(arguments)
        case "or", (_, *_):
            any_of = [_compile(argument) for argument in arguments]
            return lambda run: any(predicate(run) for predicate in any_of)
        case "not", (argument,):
            inverse = _compile(argument)
            return lambda run: not inverse(run)
        case "has", (Field("tags"), Literal(tag)):
            return lambda run: tag in run.value("tags")
        case "has", (Field("metadata"), Literal(str(text))):
            wanted = _json(text)
            return lambda run: contains(run.metadata(), wanted)
        case "exists", (Field("metadata"), Literal(key)):
            return lambda run: key in run.metadata()
        case "search", (Literal(str(text)),):
            needle = text.casefold()
            return lambda run: needle in run.text().casefold()
        case name, (Field(field), Literal(value)) if name in _COMPARISONS:
            if field in _PAIRED:
                kind, side = _PAIRED[field]
                return _pair_predicate(kind, [(name, side, value)])
            return _field_predicate(name, field, value)
    raise Malformed(f"filter: {node.function} is not known with {len(arguments)} such arguments")


def _field_predicate(name: str, field: str, value: Json) -> Predicate:
    if field not in FIELDS:
        raise Malformed(f"filter: field {field!r} is not known")
    if isinstance(value, list):
        value = [_in_unit(field, item) for item in value]
    wanted = _operand(name, _in_unit(field, value), field)
    # Errors are asked for as present or absent as often as by their text.
    if field == "error" and isinstance(wanted, bool):
        return lambda run: _compare(name, bool(run.value("error")), wanted)
    return lambda run: _compare(name, run.value(field), wanted)


def _compile_and(arguments: tuple[Node, ...]) -> Predicate:
    """Bind the key and value conditions of one kind that stand side by side to the same pair."""
    predicates: list[Predicate] = []
    groups: dict[str, list[list[tuple[str, str, Json]]]] = {}
    for argument in arguments:
        match argument:
            case Call(name, (Field(field), Literal(value))) if field in _PAIRED and (
                name,
                _PAIRED[field][1],
            ) != ("neq", "key"):
                kind, side = _PAIRED[field]
                of_kind = groups.setdefault(kind, [])
                # A second key starts the next pair.
                if not of_kind or (side == "key" and any(s == "key" for _, s, _ in of_kind[-1])):
                    of_kind.append([])
                of_kind[-1].append((name, side, value))
            case _:
                predicates.append(_compile(argument))
    for kind, of_kind in groups.items():
        predicates.extend(_pair_predicate(kind, conditions) for conditions in of_kind)
    return lambda run: all(predicate(run) for predicate in predicates)


def _pair_predicate(kind: str, conditions: list[tuple[str, str, Json]]) -> Predicate:
    checks: list[tuple[str, bool, Json]] = []
    for name, side, value in conditions:
        if name not in _COMPARISONS:
            raise Malformed(f"filter: {name} is not known for {kind} pairs")
        checks.append((name, side == "key", _operand(name, value, f"{kind}_{side}")))
    if len(checks) == 1 and checks[0][:2] == ("neq", True):
        # "The key is not k" asks for runs without it, not for runs with some other key.
        absent = checks[0][2]
        return lambda run: all(key != absent for key, _ in run.pairs(kind))

    def matches(pair: Pair) -> bool:
        return all(_compare(name, pair[0 if key else 1], wanted) for name, key, wanted in checks)

    return lambda run: any(matches(pair) for pair in run.pairs(kind))


def _compare(name: str, left: Json, right: Json) -> bool:
    if name in ("eq", "neq", "in"):
        # Values of metadata and inputs are kept as they came, filters often quote them.
        if isinstance(right, str) and isinstance(left, int | float):
            left = str(left).lower()
        return _COMPARISONS[name](left, right)
    if name in _FOR_TEXT:
        return isinstance(left, str) and _COMPARISONS[name](left, right)
    both_numbers = isinstance(left, int | float) and isinstance(right, int | float)
    both_texts = isinstance(left, str) and isinstance(right, str)
    return (both_numbers or both_texts) and _COMPARISONS[name](left, right)


def _operand(name: str, value: Json, field: str) -> Json:
    if name == "in" and not isinstance(value, list):
        raise Malformed(f"filter: in({field}, …) wants a list")
    if name in _FOR_TEXT and not isinstance(value, str):
        raise Malformed(f"filter: {name}({field}, …) wants a string")
    return _like_pattern(value) if name == "like" else value


def _like_pattern(text: str) -> re.Pattern[str]:
    parts = {"%": ".*", "_": "."}
    pattern = "".join(parts.get(character, re.escape(character)) for character in text)
    return re.compile(pattern, re.DOTALL)


def _in_unit(field: str, value: Json) -> Json:
    """Return the value in the unit that Subject.value has for the field."""
    if not isinstance(value, str):
        return value
    if field == "latency":
        duration = _DURATION.fullmatch(value)
        if duration is None:
            raise Malformed(f"filter: {value!r} is not a duration such as 5s")
        return float(duration[1]) * _SECONDS[duration[2]]
    if field in TIMES:
        try:
            return parse_time(value)
        except ValueError as error:
            raise Malformed(f"filter: {value!r} is not a time") from error
    return value


def _json(text: str) -> Json:
    try:
        return parse_json(text.encode())
    except ValueError as error:
        raise Malformed(f"filter: {text!r} is not JSON") from error
