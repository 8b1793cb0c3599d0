"""Inputs and outputs: which telling of a side goes in, and in which shape.

Source: conventions 1.17 (shapes by run type) and 3.1 (raw against structured).
"""

from collections.abc import Hashable

from translators.merge import Fields
from translators.messages import message_like, normal_messages
from translators.span import Json, JsonObject, Span

_SHORTEST_LIMIT = 127  # of the length of an attribute's value, as anybody would set it
_RAW = ("raw_inputs", "raw_outputs")
_MAX_LEAVES = 20_000


def side(
    fields: Fields, which: str, run_type: str, consumed: set[Hashable], params: JsonObject
) -> JsonObject | None:
    """Return the inputs or the outputs of a run, None where nobody says anything of them.

    The attributes that it carries are added to *consumed*. Structured content wins; on chains the
    user's own values win over messages that were put together from them, unless they are messages
    too. What loses stays in the metadata, except where it holds nothing that the winner lacks.

    Args:
        which: ``"inputs"`` or ``"outputs"``.
        params: the run's invocation parameters; what they hold need not be kept twice.
    """
    structured, raw = fields.get(which), fields.get("raw_" + which)
    if raw is None:
        if structured is None:
            return None
        consumed.update(structured[1])
        found: JsonObject = structured[0]
        return found
    if structured is None or (run_type == "chain" and not _is_told(structured[0], raw[0])):
        consumed.update(raw[1])
        value = _shaped(raw[0], which, run_type)
        if structured is not None and _covers((value,), structured[0]):
            consumed.update(structured[1])
        return value
    consumed.update(structured[1])
    if _covers((structured[0], params), raw[0]):
        consumed.update(raw[1])
    content: JsonObject = structured[0]
    return content


def cut_off(fields: Fields, span: Span) -> list[str]:
    """Return the attributes whose JSON ends too early: its SDK has limited their length.

    That is said by the SDK, or told by the length of the text, which is a round one.
    """
    found: list[str] = []
    for field in _RAW:
        value = fields[field][0] if field in fields else None
        if (
            value.__class__ is str
            and value[:1] in ("[", "{")
            and (span.dropped[0] or _is_limit(len(value)))
        ):
            found += [key for key, given in span.attributes.items() if given == value]
    return found


def _is_limit(length: int) -> bool:
    """Tell whether SDKs and backends cut at this length: 1000s, 1024s, powers of 2, or 1 less."""
    if length < _SHORTEST_LIMIT:
        return False
    return any(n % 1000 == 0 or n % 1024 == 0 or n & (n - 1) == 0 for n in (length, length + 1))


def _is_told(structured: Json, raw: Json) -> bool:
    """Tell whether messages may stand for a raw value: it is messages too, or a text in them."""
    return message_like(raw) or (isinstance(raw, str) and _covers((structured,), raw))


def _shaped(value: Json, which: str, run_type: str) -> JsonObject:
    outputs = which == "outputs"
    if run_type != "tool" and message_like(value):
        messages = normal_messages(value, "assistant" if outputs else "user")
        if messages is not None:
            return (
                {**value, "messages": messages}
                if isinstance(value, dict)
                else {"messages": messages}
            )
    if outputs:
        return value if isinstance(value, dict) and run_type != "tool" else {"output": value}
    return value if isinstance(value, dict) else {"input": value}


def _covers(winners: tuple[Json, ...], loser: Json) -> bool:
    """Tell whether each leaf of *loser* is a leaf of the winners; False where it is too large."""
    wanted = _leaves((loser,))
    if wanted is None:
        return False
    there = _leaves(winners)
    return there is not None and wanted <= there


def _leaves(values: tuple[Json, ...]) -> set[Json] | None:
    found: set[Json] = set()
    stack: list[Json] = list(values)
    for _ in range(_MAX_LEAVES):
        if not stack:
            return found
        value = stack.pop()
        if isinstance(value, dict):
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)
        elif value is not None:
            found.add(value)
    return None
