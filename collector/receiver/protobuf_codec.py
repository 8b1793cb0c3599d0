"""OTLP in protobuf: ``ExportTraceServiceRequest`` bytes to spans. The only place with protobuf.

Reading a field of a message costs a call into C, and it is these calls, not the parsing, that cost
the time here: each field is read once, and what is usual is asked for first.

Source: opentelemetry-proto, ``trace_service.proto``, ``trace.proto``, ``common.proto``.
"""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from typing import Final

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1 import trace_pb2

from collector.errors import Refused
from collector.receiver.codec import Decoded, spelled
from collector.receiver.wire import Broken, field, repair, varint
from translators.span import Event, Json, JsonObject, Link, Resource, Scope, Span

_ZERO_TRACE: Final = bytes(16)
_ZERO_SPAN: Final = bytes(8)
_NONE_DROPPED: Final = (0, 0, 0)
_BAD_REQUEST: Final = b"type.googleapis.com/google.rpc.BadRequest"


def decode(body: bytes) -> Decoded:
    """Return the spans of an ``ExportTraceServiceRequest``.

    Text that is no UTF-8 is mended, spans that cannot be read are left out.

    Raises:
        Refused: 400, the bytes are no such message.
    """
    decoded = Decoded()
    try:
        request = ExportTraceServiceRequest.FromString(body)
    except DecodeError:
        request = _salvage(body, decoded)
    for resource_spans in request.resource_spans:
        from_resource = resource_spans.resource
        resource = Resource(
            _attributes(from_resource.attributes),
            resource_spans.schema_url,
            from_resource.dropped_attributes_count,
        )
        for scope_spans in resource_spans.scope_spans:
            from_scope = scope_spans.scope
            scope = Scope(
                from_scope.name,
                from_scope.version,
                _attributes(from_scope.attributes),
                scope_spans.schema_url,
                from_scope.dropped_attributes_count,
            )
            _read_spans(scope_spans.spans, resource, scope, decoded)
    return decoded


def success(rejected: int, message: str) -> bytes:
    """Return an ``ExportTraceServiceResponse``: no bytes at all when all is well."""
    response = ExportTraceServiceResponse()
    if rejected or message:
        response.partial_success.rejected_spans = rejected
        response.partial_success.error_message = message
    return response.SerializeToString()


def status(code: int, message: str, field_violations: Sequence[tuple[str, str]]) -> bytes:
    """Return a ``google.rpc.Status``, with a ``BadRequest`` detail where there are violations.

    Written by hand: three fields are no reason for one more dependency.
    """
    out = (b"\x08" + varint(code) if code else b"") + field(2, message.encode())
    if field_violations:
        detail = b"".join(
            field(1, field(1, name.encode()) + field(2, description.encode()))
            for name, description in field_violations
        )
        out += field(3, field(1, _BAD_REQUEST) + field(2, detail))
    return out


def _salvage(body: bytes, decoded: Decoded) -> ExportTraceServiceRequest:
    try:
        return ExportTraceServiceRequest.FromString(repair(body, _is_span, decoded.reject))
    except (Broken, DecodeError):
        raise Refused(400, "the body is not an ExportTraceServiceRequest in protobuf") from None


def _is_span(data: bytes) -> bool:
    try:
        trace_pb2.Span.FromString(data)
    except DecodeError:
        return False
    return True


def _read_spans(
    messages: Iterable[trace_pb2.Span], resource: Resource, scope: Scope, decoded: Decoded
) -> None:
    spans = decoded.spans
    new = Span.__new__
    attributes_of = _attributes
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
        _attributes(event.attributes),
        event.dropped_attributes_count,
    )


def _link(link: trace_pb2.Span.Link) -> Link:
    return Link(
        link.trace_id.hex(),
        link.span_id.hex(),
        link.trace_state,
        _attributes(link.attributes),
        link.flags,
        link.dropped_attributes_count,
    )


def _attributes(pairs: Iterable[KeyValue]) -> JsonObject:
    found: JsonObject = {}
    for pair in pairs:
        value = pair.value
        found[pair.key] = value.string_value or _value(value)
    return found


def _value(value: AnyValue) -> Json:
    """Return any value but text that is not empty; protobuf's own depth limit bounds it."""
    kind = value.WhichOneof("value")
    if kind == "int_value":
        return value.int_value
    if kind == "bool_value":
        return value.bool_value
    if kind == "double_value":
        return spelled(value.double_value)
    if kind == "array_value":
        return [item.string_value or _value(item) for item in value.array_value.values]
    if kind == "kvlist_value":
        return _attributes(value.kvlist_value.values)
    if kind == "bytes_value":
        return b64encode(value.bytes_value).decode()
    return "" if kind == "string_value" else None
