"""Requests to send, and the tiny writer of OTLP/JSON that the codecs are compared with."""

from base64 import b64encode
from typing import Any

from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.logs.v1 import logs_pb2
from opentelemetry.proto.metrics.v1 import metrics_pb2
from opentelemetry.proto.trace.v1 import trace_pb2

TRACE_ID = bytes(range(1, 17))
SPAN_ID = bytes(range(1, 9))
_IDS = {"trace_id", "span_id", "parent_span_id"}


def request_of(*spans: trace_pb2.Span) -> ExportTraceServiceRequest:
    request = ExportTraceServiceRequest()
    resource_spans = request.resource_spans.add()
    pair = resource_spans.resource.attributes.add(key="service.name")
    pair.value.string_value = "shop"
    scope_spans = resource_spans.scope_spans.add()
    scope_spans.scope.name = "library"
    scope_spans.scope.version = "1.2"
    scope_spans.spans.extend(spans)
    return request


def span(name: str = "chat", **fields: Any) -> trace_pb2.Span:
    given: dict[str, Any] = {"trace_id": TRACE_ID, "span_id": SPAN_ID, "name": name, **fields}
    return trace_pb2.Span(**given)


def log_request_of(*records: logs_pb2.LogRecord) -> ExportLogsServiceRequest:
    request = ExportLogsServiceRequest()
    resource_logs = request.resource_logs.add()
    pair = resource_logs.resource.attributes.add(key="service.name")
    pair.value.string_value = "shop"
    scope_logs = resource_logs.scope_logs.add()
    scope_logs.scope.name = "library"
    scope_logs.scope.version = "1.2"
    scope_logs.log_records.extend(records)
    return request


def log_record(event_name: str = "gen_ai.choice", **fields: Any) -> logs_pb2.LogRecord:
    given: dict[str, Any] = {"trace_id": TRACE_ID, "span_id": SPAN_ID, "event_name": event_name}
    return logs_pb2.LogRecord(**{**given, **fields})


def metrics_request_of(*metrics: metrics_pb2.Metric) -> ExportMetricsServiceRequest:
    request = ExportMetricsServiceRequest()
    resource_metrics = request.resource_metrics.add(schema_url="r")
    resource_metrics.resource.attributes.add(key="k").value.string_value = "v"
    scope_metrics = resource_metrics.scope_metrics.add()
    scope_metrics.scope.name = "s"
    scope_metrics.metrics.extend(metrics)
    return request


def metric(kind: str = "sum", points: int = 1) -> metrics_pb2.Metric:
    """A metric of a *kind* of data, as ``histogram``, with so many points."""
    made = metrics_pb2.Metric(name="tokens", unit="1")
    data = getattr(made, kind)
    data.SetInParent()
    for _ in range(points):
        data.data_points.add(time_unix_nano=5)
    return made


def with_text(text: str, count: int = 1) -> bytes:
    """A request of *count* spans with one text attribute each."""
    spans = []
    for number in range(count):
        made = span(span_id=(number + 1).to_bytes(8, "big"))
        made.attributes.add(key="text").value.string_value = text
        spans.append(made)
    return request_of(*spans).SerializeToString()


def to_otlp_json(message: Message) -> dict[str, Any]:
    """Write *message* by the rules of OTLP/JSON: hex ids, camelCase, 64-bit numbers as text."""
    out = {}
    for field, value in message.ListFields():
        if field.is_repeated:
            member: Any = [_json_value(field, item) for item in value]
        else:
            member = _json_value(field, value)
        out[field.json_name] = member
    return out


def _json_value(field: Any, value: Any) -> Any:
    if field.message_type is not None:
        return to_otlp_json(value)
    if isinstance(value, bytes):
        return value.hex() if field.name in _IDS else b64encode(value).decode()
    if isinstance(value, float) and (value != value or value in (float("inf"), -float("inf"))):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, int) and not isinstance(value, bool) and "64" in _type_name(field):
        return str(value)
    return value


def _type_name(field: Any) -> str:
    names = {1: "double", 3: "int64", 4: "uint64", 6: "fixed64", 16: "sfixed64", 18: "sint64"}
    return names.get(field.type, "")


def plain(value: Any) -> Any:
    """Slotted objects as dicts, all the way down, so that they can be compared."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if hasattr(value, "__slots__"):
        return {name: plain(getattr(value, name)) for name in value.__slots__}
    return value
