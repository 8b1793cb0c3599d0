"""OTLP in JSON: an ``ExportTraceServiceRequest`` object to spans.

By hand on orjson: protobuf's own JSON reader takes hex ids for base64, refuses unknown fields, and
needs 25 times as long.

Source: opentelemetry-proto docs/specification.md, "JSON Protobuf Encoding".
"""

import re
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

import orjson

from collector.errors import Refused
from collector.receiver.codec import Decoded
from collector.receiver.json_values import (
    Unusable,
    attributes,
    enum,
    identifier,
    items,
    means_none,
    members,
    text,
    uint32,
    uint64,
)
from translators.span import Event, Json, JsonObject, Link, Resource, Scope, Span

_KINDS: Final = {
    prefix + name: number
    for number, name in enumerate(
        ("UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER")
    )
    for prefix in ("SPAN_KIND_", "")
}
_STATUS_CODES: Final = {
    prefix + name: number
    for number, name in enumerate(("UNSET", "OK", "ERROR"))
    for prefix in ("STATUS_CODE_", "")
}
_Get: TypeAlias = Callable[[str], Json]

_ZERO_TRACE: Final = "0" * 32
_ZERO_SPAN: Final = "0" * 16
_NONE_DROPPED: Final = (0, 0, 0)
_BAD_REQUEST: Final = "type.googleapis.com/google.rpc.BadRequest"

# Every escape in a JSON text, so that `\\ud800` (a backslash, then letters) is not taken for one.
_ESCAPE: Final = re.compile(
    rb"(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    rb"|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
    rb"|\\.",
    re.DOTALL,
)


def decode(body: bytes) -> Decoded:
    """Return the spans of a JSON request.

    Halves of surrogate pairs (JavaScript cuts long texts between them) and bytes that are no UTF-8
    become U+FFFD; spans that cannot be read are left out.

    Raises:
        Refused: 400, the body is no JSON object of that form.
    """
    try:
        request = orjson.loads(body)
    except orjson.JSONDecodeError:
        request = _load_mended(body)
    if not isinstance(request, dict):
        raise Refused(400, "the body is not a JSON object with resourceSpans")
    decoded = Decoded()
    try:
        for resource_spans in items(members(request).get("resourceSpans")):
            _read_resource_spans(members(resource_spans), decoded)
    except Unusable:
        raise Refused(
            400, "resourceSpans, scopeSpans and spans must be lists, the first two of objects"
        ) from None
    return decoded


def success(rejected: int, message: str) -> bytes:
    """Return an ``ExportTraceServiceResponse`` object: ``{}`` when all is well."""
    if not rejected and not message:
        return b"{}"
    return orjson.dumps(
        {"partialSuccess": {"rejectedSpans": str(rejected), "errorMessage": message}}
    )


def status(code: int, message: str, field_violations: Sequence[tuple[str, str]]) -> bytes:
    """Return a ``google.rpc.Status``, with a ``BadRequest`` detail where there are violations."""
    answer: JsonObject = {"code": code, "message": message}
    if field_violations:
        violations = [
            {"field": name, "description": description} for name, description in field_violations
        ]
        answer["details"] = [{"@type": _BAD_REQUEST, "fieldViolations": violations}]
    return orjson.dumps(answer)


def _load_mended(body: bytes) -> Json:
    body = body.decode("utf-8-sig", "replace").encode()
    try:
        return orjson.loads(_ESCAPE.sub(_mended_escape, body))
    except orjson.JSONDecodeError:
        raise Refused(400, "the body is not JSON") from None


def _mended_escape(found: re.Match[bytes]) -> bytes:
    return b"\\ufffd" if found[2] else found[0]


def _read_resource_spans(resource_spans: JsonObject, decoded: Decoded) -> None:
    resource: Resource | None = None
    reason = ""
    try:
        given = members(resource_spans.get("resource"))
        resource = Resource(
            attributes(given.get("attributes")),
            text(resource_spans.get("schemaUrl")),
            uint32(given.get("droppedAttributesCount")),
        )
    except Unusable as unusable:
        reason = unusable.reason
    for scope_spans in items(resource_spans.get("scopeSpans")):
        named = members(scope_spans)
        spans = items(named.get("spans"))
        if resource is None:
            decoded.reject(reason, len(spans))
            continue
        try:
            scope = _scope(named)
        except Unusable as unusable:
            decoded.reject(unusable.reason, len(spans))
            continue
        for span in spans:
            try:
                decoded.spans.append(_span(span, resource, scope))
            except Unusable as unusable:
                decoded.reject(unusable.reason)


def _scope(scope_spans: JsonObject) -> Scope:
    given = members(scope_spans.get("scope"))
    return Scope(
        text(given.get("name")),
        text(given.get("version")),
        attributes(given.get("attributes")),
        text(scope_spans.get("schemaUrl")),
        uint32(given.get("droppedAttributesCount")),
    )


def _span(value: Json, resource: Resource, scope: Scope) -> Span:
    if not isinstance(value, dict):
        raise Unusable("not_an_object")
    get = members(value).get
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
