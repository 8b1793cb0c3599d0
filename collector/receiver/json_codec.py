"""OTLP traces in JSON: an ``ExportTraceServiceRequest`` object to spans.

Source: opentelemetry-proto docs/specification.md, "JSON Protobuf Encoding"; ``trace.proto``.
"""

from collections.abc import Callable
from typing import Final, TypeAlias

from collector.receiver.codec import Decoded
from collector.receiver.json_request import Lists, read_records
from collector.receiver.json_values import (
    Unusable,
    attributes,
    enum,
    identifier,
    items,
    means_none,
    members,
    numbered,
    record,
    text,
    uint32,
    uint64,
)
from translators.span import Event, Json, Link, Resource, Scope, Span

_LISTS: Final = Lists("resourceSpans", "scopeSpans", "spans")
_KINDS: Final = numbered(
    "SPAN_KIND_", "UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"
)
_STATUS_CODES: Final = numbered("STATUS_CODE_", "UNSET", "OK", "ERROR")
_Get: TypeAlias = Callable[[str], Json]

_ZERO_TRACE: Final = "0" * 32
_ZERO_SPAN: Final = "0" * 16
_NONE_DROPPED: Final = (0, 0, 0)


def decode(body: bytes) -> Decoded:
    """Return the spans of a JSON request; those that cannot be read are left out.

    Raises:
        Refused: 400, the body is no JSON object of that form.
    """
    decoded = Decoded()
    read_records(body, _LISTS, _span, decoded.spans, decoded)
    return decoded


def _span(value: Json, resource: Resource, scope: Scope) -> Span:
    get = record(value).get
    trace_id = identifier(get("traceId"), 16)
    if not trace_id or trace_id == _ZERO_TRACE:
        raise Unusable("trace_id")
    span_id = identifier(get("spanId"), 8)
    if not span_id or span_id == _ZERO_SPAN:
        raise Unusable("span_id")
    parent = get("parentSpanId")
    parent_span_id = ""
    if not means_none(parent):
        parent_span_id = identifier(parent, 8)
        if not parent_span_id:
            raise Unusable("parent_span_id")
        if parent_span_id == _ZERO_SPAN:
            parent_span_id = ""
    outcome = members(get("status")).get
    dropped = (
        uint32(get("droppedAttributesCount")),
        uint32(get("droppedEventsCount")),
        uint32(get("droppedLinksCount")),
    )
    return Span(
        trace_id=trace_id,
        span_id=span_id,
        parent_span_id=parent_span_id,
        name=text(get("name")),
        kind=enum(get("kind"), _KINDS),
        start_ns=uint64(get("startTimeUnixNano")),
        end_ns=uint64(get("endTimeUnixNano")),
        attributes=attributes(get("attributes")),
        events=[_event(members(event).get) for event in items(get("events"))],
        links=[_link(members(link).get) for link in items(get("links"))],
        status_code=enum(outcome("code"), _STATUS_CODES),
        status_message=text(outcome("message")),
        trace_state=text(get("traceState")),
        flags=uint32(get("flags")),
        dropped=dropped if any(dropped) else _NONE_DROPPED,
        scope=scope,
        resource=resource,
    )


def _event(get: _Get) -> Event:
    return Event(
        text(get("name")),
        uint64(get("timeUnixNano")),
        attributes(get("attributes")),
        uint32(get("droppedAttributesCount")),
    )


def _link(get: _Get) -> Link:
    return Link(
        identifier(get("traceId"), 16),
        identifier(get("spanId"), 8),
        text(get("traceState")),
        attributes(get("attributes")),
        uint32(get("flags")),
        uint32(get("droppedAttributesCount")),
    )
