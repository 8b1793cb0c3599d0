"""Answers are what clients of each signal can read, in both encodings."""

import orjson
import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from collector.receiver.answer_bodies import (
    json_status,
    json_success,
    protobuf_status,
    protobuf_success,
)


def test_full_success_is_no_bytes_at_all_in_protobuf() -> None:
    assert protobuf_success(0, "") == b""


def test_full_success_is_an_empty_object_in_json() -> None:
    assert json_success("rejectedSpans", 0, "") == b"{}"


@pytest.mark.parametrize(
    ("response", "rejected_field"),
    [
        (ExportTraceServiceResponse, "rejected_spans"),
        (ExportLogsServiceResponse, "rejected_log_records"),
        (ExportMetricsServiceResponse, "rejected_data_points"),
    ],
)
@pytest.mark.parametrize(("rejected", "message"), [(3, "why"), (300, ""), (0, "a warning")])
def test_partial_success_in_protobuf_is_the_response_of_every_signal(
    response: type[ExportTraceServiceResponse], rejected_field: str, rejected: int, message: str
) -> None:
    found = response.FromString(protobuf_success(rejected, message))

    assert getattr(found.partial_success, rejected_field) == rejected
    assert found.partial_success.error_message == message


def test_partial_success_in_json_has_the_signals_own_name_for_the_number() -> None:
    assert orjson.loads(json_success("rejectedLogRecords", 3, "why")) == {
        "partialSuccess": {"rejectedLogRecords": "3", "errorMessage": "why"}
    }


def test_a_status_is_a_google_rpc_status_in_protobuf() -> None:
    expected = (
        b"\x08\x03\x12\x02no\x1a\x3e"
        b"\x0a\x29type.googleapis.com/google.rpc.BadRequest"
        b"\x12\x11\x0a\x0f\x0a\x04body\x12\x07too bad"
    )

    assert protobuf_status(3, "no", [("body", "too bad")]) == expected


def test_a_status_without_violations_has_no_details() -> None:
    assert protobuf_status(14, "later", []) == b"\x08\x0e\x12\x05later"
    assert orjson.loads(json_status(14, "later", [])) == {"code": 14, "message": "later"}


def test_a_status_is_a_google_rpc_status_in_json() -> None:
    assert orjson.loads(json_status(3, "no", [("body", "too bad")])) == {
        "code": 3,
        "message": "no",
        "details": [
            {
                "@type": "type.googleapis.com/google.rpc.BadRequest",
                "fieldViolations": [{"field": "body", "description": "too bad"}],
            }
        ],
    }
