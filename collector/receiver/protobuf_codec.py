"""OTLP traces in protobuf: ``ExportTraceServiceRequest`` bytes to spans.

Source: opentelemetry-proto, ``trace_service.proto``, ``trace.proto``.
"""

from collections.abc import Iterable
from typing import Final

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1 import trace_pb2

from collector.receiver.codec import Decoded
from collector.receiver.protobuf_values import attributes, parse, resource_of, scope_of
from collector.receiver.wire import SPAN
from translators.span import Event, Link, Resource, Scope, Span

_ZERO_TRACE: Final = bytes(16)
_ZERO_SPAN: Final = bytes(8)
_NONE_DROPPED: Final = (0, 0, 0)


def decode(body: bytes) -> Decoded:
    """Return the spans of an ``ExportTraceServiceRequest``.

    Text that is no UTF-8 is mended, spans that cannot be read are left out.

    Raises:
        Refused: 400, the bytes are no such message.
    """
    decoded = Decoded()
    request = parse(body, ExportTraceServiceRequest, trace_pb2.Span, SPAN, decoded)
    for resource_spans in request.resource_spans:
        resource = resource_of(resource_spans.resource, resource_spans.schema_url)
        for scope_spans in resource_spans.scope_spans:
            scope = scope_of(scope_spans.scope, scope_spans.schema_url)
            _read_spans(scope_spans.spans, resource, scope, decoded)
    return decoded


def _read_spans(
    messages: Iterable[trace_pb2.Span], resource: Resource, scope: Scope, decoded: Decoded
) -> None:
    spans = decoded.spans
    new = Span.__new__
    attributes_of = attributes
    seen_trace, trace_id = b"", ""
    for message in messages:
        raw = message.trace_id
        if raw != seen_trace or not raw:
            if len(raw) != 16 or raw == _ZERO_TRACE:
                decoded.reject("trace_id")
                continue
            # One text object for all the spans of a trace.
            seen_trace, trace_id = raw, raw.hex()
        raw = message.span_id
        if len(raw) != 8 or raw == _ZERO_SPAN:
            decoded.reject("span_id")
            continue
        span = new(Span)
        span.span_id = raw.hex()
        raw = message.parent_span_id
        if len(raw) == 8 and raw != _ZERO_SPAN:
            span.parent_span_id = raw.hex()
        elif raw.strip(b"\0"):
            decoded.reject("parent_span_id")
            continue
        else:
            span.parent_span_id = ""
        span.trace_id = trace_id
        span.resource = resource
        span.scope = scope
        span.name = message.name
        span.kind = message.kind
        span.start_ns = message.start_time_unix_nano
        span.end_ns = message.end_time_unix_nano
        span.attributes = attributes_of(message.attributes)
        span.trace_state = message.trace_state
        span.flags = message.flags
        if message.HasField("status"):
            outcome = message.status
            span.status_code = outcome.code
            span.status_message = outcome.message
        else:
            span.status_code = 0
            span.status_message = ""
        events, links = message.events, message.links
        span.events = [_event(event) for event in events] if events else []
        span.links = [_link(link) for link in links] if links else []
        dropped = (
            message.dropped_attributes_count,
            message.dropped_events_count,
            message.dropped_links_count,
        )
        span.dropped = dropped if dropped != _NONE_DROPPED else _NONE_DROPPED
        spans.append(span)


def _event(event: trace_pb2.Span.Event) -> Event:
    return Event(
        event.name,
        event.time_unix_nano,
        attributes(event.attributes),
        event.dropped_attributes_count,
    )


def _link(link: trace_pb2.Span.Link) -> Link:
    return Link(
        link.trace_id.hex(),
        link.span_id.hex(),
        link.trace_state,
        attributes(link.attributes),
        link.flags,
        link.dropped_attributes_count,
    )
