"""Many drafts of one span become one: the first dialect to say a field wins, field by field.

Tags are those of all of them, unless one from elsewhere says some.
"""

from collections.abc import Hashable, Sequence
from typing import TypeAlias

from translators.base import Draft
from translators.span import Json, JsonObject

# Counters that only make sense together: they come from one dialect, whatever others say.
_FAMILY = frozenset(("usage.input", "usage.output", "usage.total", "usage.exclusive"))
Fields: TypeAlias = dict[str, tuple[Json, tuple[Hashable, ...], str]]

_CONTENT = frozenset(("inputs", "outputs"))
_CONVERSATION = ("messages", "choices")


class Merged:
    """What all dialects together say of a span.

    Attributes:
        fields: field -> (value, keys, dialect) of what won; keys are the attributes and the
            indices of events that the value carries.
        bags: (group, members, key of the attribute, dialect), for members nobody said singly.
        providers: every raw provider word, the strongest first.
        threads_differ: dialects that are built in name different threads.
        used: keys whose content is carried although another value of the field, an equal one, won.
        lost: (field, dialect, keys) of values that differ from what won; they stay in the metadata.
    """

    __slots__ = ("bags", "fields", "lost", "providers", "threads_differ", "used")

    def __init__(self) -> None:
        self.fields: Fields = {}
        self.bags: list[tuple[str, JsonObject, tuple[Hashable, ...], str]] = []
        self.providers: list[str] = []
        self.threads_differ = False
        self.used: set[Hashable] = set()
        self.lost: list[tuple[str, str, tuple[Hashable, ...]]] = []


def merge(drafts: Sequence[tuple[str, Draft]], outsiders: frozenset[str] = frozenset()) -> Merged:
    """Merge the drafts, given as (dialect, draft), the strongest first.

    Args:
        outsiders: dialects from elsewhere: whoever installed one means it to overrule those that
            come after it, however much richer their content is.
    """
    merged = Merged()
    fields = merged.fields
    family: Draft | None = None
    for dialect, draft in drafts:
        said = draft.said
        if draft.used:
            merged.used |= draft.used
        if family is None and ("usage.input" in said or "usage.output" in said):
            family = draft
            for field in _FAMILY:
                if fields.pop(field, None) is not None:
                    merged.lost.append((field, dialect, ()))
        for field, (value, keys) in said.items():
            before = fields.get(field)
            if before is None:
                if field[:4] == "bag.":
                    merged.bags.append((field[4:], value, keys, dialect))
                    continue
                if family is not None and draft is not family and field in _FAMILY:
                    merged.lost.append((field, dialect, keys))
                    continue
                if field == "provider":
                    merged.providers.append(value)
                fields[field] = (value, keys, dialect)
            elif before[0] == value:
                # Whatever becomes of the value, becomes of both.
                fields[field] = (value, before[1] + keys, before[2])
            elif field == "tags" and before[2] not in outsiders:
                fields[field] = (before[0] + value, before[1] + keys, before[2])
            else:
                if field == "provider":
                    merged.providers.append(value)
                elif field == "thread_id" and before[2] not in outsiders:
                    merged.threads_differ = True
                elif (
                    field in _CONTENT
                    and before[2] not in outsiders
                    and _is_richer(value, before[0])
                ):
                    fields[field] = (value, keys, dialect)
                    _, keys, dialect = before
                merged.lost.append((field, dialect, keys))
    return merged


def _is_richer(content: Json, before: Json) -> bool:
    """Tell whether a weaker dialect tells a side with more messages, or with more in them.

    Content of another kind, such as a query or the texts to embed, is not beaten by messages.
    """
    if isinstance(before, dict) and before and before.keys().isdisjoint(_CONVERSATION):
        return False
    return _richness(content) > _richness(before)


def _richness(content: Json) -> tuple[int, int]:
    """Rank two tellings of the same side: tool calls and media first, then more messages."""
    if not isinstance(content, dict):
        return (0, 0)
    messages = content.get("messages")
    if not isinstance(messages, list):
        choices = content.get("choices")
        given = choices if isinstance(choices, list) else []
        messages = [choice.get("message") for choice in given if isinstance(choice, dict)]
    rich = sum(
        1
        for message in messages
        if isinstance(message, dict)
        and (message.get("tool_calls") or isinstance(message.get("content"), list))
    )
    return (rich, len(messages))
