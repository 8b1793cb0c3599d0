"""OTLP logs in JSON: an ``ExportLogsServiceRequest`` object to log records.

Source: opentelemetry-proto docs/specification.md, "JSON Protobuf Encoding"; ``logs.proto``.
"""

from typing import Final

from collector.receiver.codec import DecodedLogs, event_name
from collector.receiver.json_request import Lists, read_records
from collector.receiver.json_values import (
    any_value,
    attributes,
    enum,
    identifier,
    numbered,
    record,
    text,
    uint32,
    uint64,
)
from translators.log_record import LogRecord
from translators.span import Json, Resource, Scope

_LISTS: Final = Lists("resourceLogs", "scopeLogs", "logRecords")
_SEVERITIES: Final = numbered(
    "SEVERITY_NUMBER_",
    "UNSPECIFIED",
    *(
        level + grade
        for level in ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
        for grade in ("", "2", "3", "4")
    ),
)


def decode(body: bytes) -> DecodedLogs:
    """Return the log records of a JSON request; those that cannot be read are left out.

    An id that is none, or all zero, is ``""``: the record belongs to no span.

    Raises:
        Refused: 400, the body is no JSON object of that form.
    """
    decoded = DecodedLogs()
    read_records(body, _LISTS, _log_record, decoded.records, decoded)
    return decoded


def _log_record(value: Json, resource: Resource, scope: Scope) -> LogRecord:
    get = record(value).get
    found = attributes(get("attributes"))
    time_ns, observed_ns = uint64(get("timeUnixNano")), uint64(get("observedTimeUnixNano"))
    return LogRecord(
        trace_id=_id(get("traceId"), 16),
        span_id=_id(get("spanId"), 8),
        event_name=event_name(found, text(get("eventName"))),
        time_ns=time_ns or observed_ns,
        body=any_value(get("body")),
        attributes=found,
        severity_text=text(get("severityText")),
        severity_number=enum(get("severityNumber"), _SEVERITIES),
        dropped=uint32(get("droppedAttributesCount")),
        scope=scope,
        resource=resource,
    )


def _id(value: Json, size: int) -> str:
    found = identifier(value, size)
    return found if found.strip("0") else ""
