"""OTLP logs in protobuf: ``ExportLogsServiceRequest`` bytes to log records.

Source: opentelemetry-proto, ``logs_service.proto``, ``logs.proto``.
"""

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.logs.v1 import logs_pb2

from collector.receiver.codec import DecodedLogs, event_name
from collector.receiver.protobuf_values import (
    attributes,
    parse,
    plain_value,
    resource_of,
    scope_of,
)
from collector.receiver.wire import LOG_RECORD
from translators.log_record import LogRecord
from translators.span import Resource, Scope


def decode(body: bytes) -> DecodedLogs:
    """Return the log records of an ``ExportLogsServiceRequest``.

    Text that is no UTF-8 is mended, records that cannot be read are left out. An id of the wrong
    length, or all zero, is ``""``: the record belongs to no span.

    Raises:
        Refused: 400, the bytes are no such message.
    """
    decoded = DecodedLogs()
    request = parse(body, ExportLogsServiceRequest, logs_pb2.LogRecord, LOG_RECORD, decoded)
    for resource_logs in request.resource_logs:
        resource = resource_of(resource_logs.resource, resource_logs.schema_url)
        for scope_logs in resource_logs.scope_logs:
            scope = scope_of(scope_logs.scope, scope_logs.schema_url)
            decoded.records += [
                _log_record(message, resource, scope) for message in scope_logs.log_records
            ]
    return decoded


def _log_record(message: logs_pb2.LogRecord, resource: Resource, scope: Scope) -> LogRecord:
    body = message.body
    found = attributes(message.attributes)
    return LogRecord(
        trace_id=_id(message.trace_id, 16),
        span_id=_id(message.span_id, 8),
        event_name=event_name(found, message.event_name),
        time_ns=message.time_unix_nano or message.observed_time_unix_nano,
        body=body.string_value or plain_value(body),
        attributes=found,
        severity_text=message.severity_text,
        severity_number=message.severity_number,
        dropped=message.dropped_attributes_count,
        scope=scope,
        resource=resource,
    )


def _id(raw: bytes, size: int) -> str:
    return raw.hex() if len(raw) == size and raw.strip(b"\0") else ""
