"""Why a run looks as it does: which attribute, read by which dialect, became which field.

A dialect does not say everything that it looked at, so each attribute and each event is left out
once: what then changes came from it. That takes as many translations as there are attributes.
"""

from collections.abc import Hashable, Iterable
from copy import copy

from translators.merge import Fields, Merged, merge
from translators.registry import Registry
from translators.span import Event, Json, JsonObject, Span
from translators.threads import settle_thread


def explain(registry: Registry, span: Span) -> JsonObject:
    """Return who said what of *span*, as far as dialects say it.

    Returns:
        ``{"fields": {field: {"dialect", "from"}}, "lost": [{"field", "dialect", "from"}],
        "unmapped": [attribute]}``. Fields are those of ``translators.base.Draft``; ``from`` holds
        attributes, and span events as ``event 0: name``; it is empty where the field comes from
        something else of the span, such as its scope. ``lost`` are values that differ from what
        won; their attributes stay in the metadata, as all those do that are ``unmapped``.
    """
    merged = merged_of(registry, span)
    said = _values(merged)
    sources: dict[str, dict[str, None]] = {field: {} for field in said}
    for field, (_, keys, _) in merged.fields.items():
        sources[field].update(_names(span, keys))
    for group, members, keys, _ in merged.bags:
        for member in members:
            sources[f"{group}.{member}"].update(_names(span, keys))
    for name, without in _left_out(span):
        told = _values(merged_of(registry, without))
        for field, (value, _) in said.items():
            if field not in told or told[field][0] != value:
                sources[field][name] = None
    mapped = {name for names in sources.values() for name in names}
    run = registry.translate(span)
    return {
        "fields": {
            field: {"dialect": dialect, "from": list(sources[field])}
            for field, (_, dialect) in said.items()
        },
        "lost": [
            {"field": field, "dialect": dialect, "from": list(_names(span, keys))}
            for field, dialect, keys in merged.lost
        ],
        "unmapped": [
            key
            for key in span.attributes
            if key not in mapped
            and (key in run.metadata or "otel.attributes." + key in run.metadata)
        ],
    }


def merged_of(registry: Registry, span: Span) -> Merged:
    """Return what the registry's dialects together say of *span*."""
    drafts, _ = registry.drafts(span)
    merged = merge(drafts, registry.outsiders)
    if merged.threads_differ:
        settle_thread(span, merged, drafts)
    return merged


def _values(merged: Merged) -> dict[str, tuple[Json, str]]:
    fields: Fields = merged.fields
    found = {field: (value, dialect) for field, (value, _, dialect) in fields.items()}
    for group, members, _, dialect in merged.bags:
        for member, value in members.items():
            found.setdefault(f"{group}.{member}", (value, dialect))
    return found


def _names(span: Span, keys: Iterable[Hashable]) -> dict[str, None]:
    names: dict[str, None] = {}
    for key in keys:
        # A tuple stands for a part: one side of an attribute, or one attribute of an event.
        whole = key[0] if isinstance(key, tuple) else key
        names[_event_name(whole, span.events[whole]) if isinstance(whole, int) else str(whole)] = (
            None
        )
    return names


def _event_name(index: int, event: Event) -> str:
    return f"event {index}: {event.name}"


def _left_out(span: Span) -> Iterable[tuple[str, Span]]:
    """Yield each attribute and each event by name, with the span as it would be without it."""
    for key in span.attributes:
        without = copy(span)
        without.attributes = {k: v for k, v in span.attributes.items() if k != key}
        yield key, without
    for index, event in enumerate(span.events):
        without = copy(span)
        without.events = [*span.events[:index], *span.events[index + 1 :]]
        yield _event_name(index, event), without
