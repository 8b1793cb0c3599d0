"""Logs and metrics on a socket: the same rules as for traces, and their own answers."""

import gzip

import orjson
import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceResponse,
)

from collector.errors import Overloaded, Refused
from collector.receiver.weight import weigh_protobuf

from .conftest import JSON, MAX_BODY_BYTES, PROTOBUF, Door
from .messages import log_record, log_request_of, metric, metrics_request_of, to_otlp_json

LOGS = log_request_of(log_record())
LOGS_PROTOBUF = LOGS.SerializeToString()
LOGS_JSON = orjson.dumps(to_otlp_json(LOGS))
METRICS = metrics_request_of(metric(points=3))
METRICS_PROTOBUF = METRICS.SerializeToString()
METRICS_JSON = orjson.dumps(to_otlp_json(METRICS))
SIGNALS = ("logs", "metrics")
BODIES = {
    ("logs", PROTOBUF): LOGS_PROTOBUF,
    ("logs", JSON): LOGS_JSON,
    ("metrics", PROTOBUF): METRICS_PROTOBUF,
    ("metrics", JSON): METRICS_JSON,
}


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize(
    "path",
    [
        "/v1/logs",
        "/v1/logs/v1/logs",
        "/v1/traces/v1/logs",
        "/otel/v1/logs",
        "/api/v1/otel/v1/logs",
    ],
)
async def test_every_shape_of_the_path_takes_logs(door: Door, path: str, slash: str) -> None:
    response = await door.post(LOGS_PROTOBUF, path=path + slash)

    assert response.status == 200
    assert len(door.behind.logs) == 1
    assert door.behind.records == []
    assert door.sample("requests", path="logs", status="200") == 1


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize(
    "path",
    [
        "/v1/metrics",
        "/v1/metrics/v1/metrics",
        "/v1/traces/v1/metrics",
        "/otel/v1/metrics",
        "/api/v1/otel/v1/metrics",
    ],
)
async def test_every_shape_of_the_path_takes_metrics(door: Door, path: str, slash: str) -> None:
    response = await door.post(METRICS_PROTOBUF, path=path + slash)

    assert response.status == 200
    assert (door.behind.records, door.behind.logs) == ([], [])
    assert door.sample("requests", path="metrics", status="200") == 1


@pytest.mark.parametrize(("content_type", "body"), [(PROTOBUF, LOGS_PROTOBUF), (JSON, LOGS_JSON)])
async def test_log_records_are_handed_on_with_what_they_came_in(
    door: Door, content_type: str, body: bytes
) -> None:
    response = await door.post(
        gzip.compress(body),
        path="/v1/logs",
        content_type=content_type + "; charset=utf-8",
        Content_Encoding="gzip",
        X_Tenant_Id="w",
        Langsmith_Project="p",
    )

    assert response.status == 200
    destination, given_type, given_body, records = door.behind.logs[0]
    assert (destination.api_key, destination.workspace) == ("key-of-a-tenant", "w")
    assert destination.project == "p"
    assert (given_type, given_body) == (content_type, body)
    assert [found.event_name for found in records] == ["gen_ai.choice"]


async def test_success_for_logs_is_an_empty_answer_in_the_encoding_of_the_request(
    door: Door,
) -> None:
    by_protobuf = await door.post(LOGS_PROTOBUF, path="/v1/logs")
    by_json = await door.post(LOGS_JSON, path="/v1/logs", content_type=JSON)

    assert by_protobuf.headers["Content-Type"] == PROTOBUF
    assert await by_protobuf.read() == b""
    assert by_json.headers["Content-Type"] == JSON
    assert await by_json.read() == b"{}"


async def test_log_records_that_alone_are_unusable_are_told_in_partial_success(door: Door) -> None:
    made = log_record("broken")
    made.attributes.add(key="MARK").value.string_value = "x"
    body = log_request_of(made, log_record("neighbour")).SerializeToString()

    # The length of the key now reaches past the end of its message.
    response = await door.post(body.replace(b"\x0a\x04MARK", b"\x0a\x74MARK"), path="/v1/logs")

    assert response.status == 200
    partial = ExportLogsServiceResponse.FromString(await response.read()).partial_success
    assert partial.rejected_log_records == 1
    assert partial.error_message == (
        "1 rejected: a field of it, of its scope or of its resource cannot be read"
    )
    assert [found.event_name for found in door.behind.logs[0][3]] == ["neighbour"]
    assert door.sample("log_records_refused", reason="malformed") == 1
    assert door.sample("spans_refused", reason="malformed") == 0


async def test_a_request_of_unusable_records_only_goes_no_further(door: Door) -> None:
    body = b'{"resourceLogs":[{"scopeLogs":[{"logRecords":[5,6]}]}]}'

    response = await door.post(body, path="/v1/logs", content_type=JSON)

    assert response.status == 200
    assert orjson.loads(await response.read()) == {
        "partialSuccess": {
            "rejectedLogRecords": "2",
            "errorMessage": "2 rejected: it is not a JSON object",
        }
    }
    assert door.behind.logs == []
    assert door.sample("log_records_refused", reason="not_an_object") == 2


async def test_metrics_in_protobuf_are_answered_with_why_none_is_kept(door: Door) -> None:
    response = await door.post(METRICS_PROTOBUF, path="/v1/metrics")

    assert response.status == 200
    assert response.headers["Content-Type"] == PROTOBUF
    partial = ExportMetricsServiceResponse.FromString(await response.read()).partial_success
    assert partial.rejected_data_points == 3
    assert partial.error_message == (
        "3 rejected: metrics are not stored here, this proxy keeps traces and GenAI events only: "
        "set OTEL_METRICS_EXPORTER=none"
    )
    assert door.sample("data_points_refused", reason="not_kept") == 3


async def test_metrics_in_json_are_answered_with_why_none_is_kept(door: Door) -> None:
    response = await door.post(METRICS_JSON, path="/v1/metrics", content_type=JSON)

    assert response.status == 200
    partial = orjson.loads(await response.read())["partialSuccess"]
    assert partial["rejectedDataPoints"] == "3"
    assert partial["errorMessage"].endswith("set OTEL_METRICS_EXPORTER=none")


@pytest.mark.parametrize("signal", SIGNALS)
@pytest.mark.parametrize(("body", "content_type"), [(b"", PROTOBUF), (b"{}", JSON)])
async def test_an_empty_request_succeeds(
    door: Door, signal: str, body: bytes, content_type: str
) -> None:
    response = await door.post(body, path=f"/v1/{signal}", content_type=content_type)

    assert response.status == 200
    assert await response.read() == body
    assert door.behind.logs == []


@pytest.mark.parametrize("signal", SIGNALS)
async def test_any_other_method_is_405_with_allow(door: Door, signal: str) -> None:
    response = await door.session.get(f"{door.base}/v1/{signal}")

    assert response.status == 405
    assert response.headers["Allow"] == "POST"


@pytest.mark.parametrize("signal", SIGNALS)
async def test_any_other_content_type_is_415(door: Door, signal: str) -> None:
    response = await door.post(b"{}", path=f"/v1/{signal}", content_type="text/plain")

    assert response.status == 415
    assert door.sample("requests_refused", reason="415") == 1


@pytest.mark.parametrize("signal", SIGNALS)
async def test_an_unknown_encoding_is_415(door: Door, signal: str) -> None:
    response = await door.post(b"", path=f"/v1/{signal}", Content_Encoding="snappy")

    assert response.status == 415
    assert response.headers["Accept-Encoding"] == "gzip, deflate, zstd"


@pytest.mark.parametrize("signal", SIGNALS)
@pytest.mark.parametrize(("body", "content_type"), [(b"\x0b\x0b", PROTOBUF), (b"{", JSON)])
async def test_an_undecodable_body_is_400_with_a_bad_request_detail(
    door: Door, signal: str, body: bytes, content_type: str
) -> None:
    response = await door.post(body, path=f"/v1/{signal}", content_type=content_type)

    assert response.status == 400
    assert response.headers["Content-Type"] == content_type
    assert b"google.rpc.BadRequest" in await response.read()


@pytest.mark.parametrize("signal", SIGNALS)
async def test_without_a_key_it_is_401(door: Door, signal: str) -> None:
    response = await door.post(b"", path=f"/v1/{signal}", X_API_Key="")

    assert response.status == 401


@pytest.mark.parametrize("signal", SIGNALS)
async def test_too_large_a_body_is_413(door: Door, signal: str) -> None:
    response = await door.post(bytes(MAX_BODY_BYTES + 1), path=f"/v1/{signal}")

    assert response.status == 413


@pytest.mark.parametrize("signal", SIGNALS)
async def test_a_bomb_is_413(door: Door, signal: str) -> None:
    packed = gzip.compress(bytes(10 * MAX_BODY_BYTES))

    response = await door.post(packed, path=f"/v1/{signal}", Content_Encoding="gzip")

    assert response.status == 413
    assert door.receiver.held_bytes == 0


@pytest.mark.parametrize("signal", SIGNALS)
@pytest.mark.parametrize("content_type", [PROTOBUF, JSON])
async def test_a_door_without_room_is_503_with_retry_after(
    door: Door, signal: str, content_type: str
) -> None:
    door.behind.budget = 1

    response = await door.post(
        BODIES[signal, content_type], path=f"/v1/{signal}", content_type=content_type
    )

    assert response.status == 503
    assert response.headers["Retry-After"] == "1"
    assert response.headers["Content-Type"] == content_type
    assert door.sample("requests_refused", reason="overloaded") == 1


@pytest.mark.parametrize(
    ("failure", "status"),
    [(Overloaded("full"), 503), (Refused(413, "too much of it"), 413), (KeyError("a bug"), 503)],
)
async def test_who_takes_over_the_records_may_say_no(
    door: Door, failure: Exception, status: int
) -> None:
    door.behind.failure = failure

    response = await door.post(LOGS_PROTOBUF, path="/v1/logs")

    assert response.status == status
    assert door.receiver.held_bytes == 0


async def test_a_body_counts_as_held_until_its_records_are_accepted(door: Door) -> None:
    await door.post(LOGS_PROTOBUF, path="/v1/logs")

    assert door.behind.most_held == len(LOGS_PROTOBUF) + weigh_protobuf(LOGS_PROTOBUF).kept
    assert door.receiver.held_bytes == 0


async def test_a_large_body_of_logs_is_decoded_like_a_small_one(door: Door) -> None:
    body = log_request_of(*[log_record(severity_text="x" * 600)] * 1000).SerializeToString()

    response = await door.post(gzip.compress(body), path="/v1/logs", Content_Encoding="gzip")

    assert response.status == 200
    assert len(door.behind.logs[0][3]) == 1000
