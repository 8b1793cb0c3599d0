"""The receiver on a socket, row by row of OTLP/HTTP's requirements (H1, H3 and so on)."""

import orjson
import pytest
from aiohttp import ClientResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from collector.errors import Overloaded, TooLarge

from .conftest import JSON, PROTOBUF, Door
from .json_bodies import SAMPLE
from .messages import request_of, span, to_otlp_json

GOOD = request_of(span()).SerializeToString()
GOOD_JSON = orjson.dumps(to_otlp_json(request_of(span())))


async def status_of(response: ClientResponse) -> tuple[int, str]:
    """Code and message of a JSON ``google.rpc.Status`` with nothing odd about it."""
    assert response.headers["Content-Type"] == JSON
    answer = orjson.loads(await response.read())
    assert set(answer) <= {"code", "message", "details"}
    return answer["code"], answer["message"]


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("/v1/traces", "traces"),
        ("/v1/traces/", "traces"),
        ("/v1/traces/v1/traces", "doubled"),
        ("/v1/traces/v1/traces/", "doubled"),
        ("/otel/v1/traces", "otel"),
        ("/otel/v1/traces/", "otel"),
        ("/api/v1/otel/v1/traces", "api"),
        ("/api/v1/otel/v1/traces/", "api"),
        ("/", "root"),
        ("", "root"),
    ],
)
async def test_h1_every_shape_of_the_path_takes_traces(door: Door, path: str, shape: str) -> None:
    response = await door.post(path=path)

    assert response.status == 200
    assert len(door.behind.records) == 1
    assert door.sample("requests", path=shape, status="200") == 1


@pytest.mark.parametrize(
    ("content_type", "body", "canonical"),
    [
        ("application/x-protobuf", GOOD, PROTOBUF),
        ("application/protobuf", GOOD, PROTOBUF),
        ("Application/X-Protobuf; charset=utf-8", GOOD, PROTOBUF),
        ("application/json", GOOD_JSON, JSON),
        ("application/json; charset=utf-8", GOOD_JSON, JSON),
    ],
)
async def test_h3_the_content_type_chooses_the_codec(
    door: Door, content_type: str, body: bytes, canonical: str
) -> None:
    response = await door.post(body, content_type=content_type)

    assert response.status == 200
    destination, given_type, given_body, spans = door.behind.records[0]
    assert destination.api_key == "key-of-a-tenant"
    assert (given_type, given_body) == (canonical, body)
    assert spans[0].name == "chat"


@pytest.mark.parametrize("content_type", ["text/plain", "application/jsonx", "x", None])
async def test_h4_any_other_content_type_is_415(door: Door, content_type: str | None) -> None:
    response = await door.post(content_type=content_type)

    assert response.status == 415
    assert (await status_of(response))[0] == 3
    assert door.sample("requests_refused", reason="415") == 1


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
async def test_h5_any_other_method_is_405_with_allow(door: Door, method: str) -> None:
    response = await door.session.request(method, door.base + "/v1/traces")

    assert response.status == 405
    assert response.headers["Allow"] == "POST"
    if method != "HEAD":
        assert (await status_of(response))[0] == 12


async def test_h6_to_h9_the_documented_curl_sample_arrives(door: Door) -> None:
    response = await door.post(orjson.dumps(SAMPLE), content_type=JSON)

    assert response.status == 200
    (found,) = door.behind.records[0][3]
    assert found.trace_id == "0102030405060708090a0b0c0d0e0f10"
    assert found.kind == 3


async def test_h11_h12_h13_success_in_protobuf_is_200_without_a_byte(door: Door) -> None:
    response = await door.post()

    assert response.status == 200
    assert response.headers["Content-Type"] == "application/x-protobuf"
    assert await response.read() == b""


async def test_h11_h12_h13_success_in_json_is_an_empty_object(door: Door) -> None:
    response = await door.post(GOOD_JSON, content_type="application/json; charset=utf-8")

    assert response.status == 200
    assert response.headers["Content-Type"] == "application/json"
    assert await response.read() == b"{}"


async def test_h14_spans_that_alone_are_unusable_are_told_in_partial_success(door: Door) -> None:
    bad = span("bad", trace_id=b"short")
    worse = span("worse", span_id=b"")
    body = request_of(bad, span("good"), worse, bad).SerializeToString()

    response = await door.post(body)

    assert response.status == 200
    partial = ExportTraceServiceResponse.FromString(await response.read()).partial_success
    assert partial.rejected_spans == 3
    assert "2 rejected: the trace id" in partial.error_message
    assert [found.name for found in door.behind.records[0][3]] == ["good"]
    assert door.sample("spans_refused", reason="trace_id") == 2
    assert door.sample("spans_refused", reason="span_id") == 1


async def test_h14_a_request_of_unusable_spans_only_goes_no_further(door: Door) -> None:
    response = await door.post(
        b'{"resourceSpans":[{"scopeSpans":[{"spans":[5]}]}]}', content_type=JSON
    )

    assert response.status == 200
    assert orjson.loads(await response.read())["partialSuccess"]["rejectedSpans"] == "1"
    assert door.behind.records == []


@pytest.mark.parametrize(("body", "content_type"), [(b"", PROTOBUF), (b"{}", JSON)])
async def test_h15_an_empty_request_succeeds(door: Door, body: bytes, content_type: str) -> None:
    response = await door.post(body, content_type=content_type)

    assert response.status == 200
    assert door.behind.records == []


async def test_h16_an_error_is_a_status_in_the_encoding_of_the_request(door: Door) -> None:
    by_protobuf = await door.post(b"\xff\xff")
    by_json = await door.post(b"[]", content_type=JSON)

    assert by_protobuf.headers["Content-Type"] == PROTOBUF
    assert (await by_protobuf.read()).startswith(b"\x08\x03\x12")
    assert (await status_of(by_json))[0] == 3


async def test_h16_an_unknown_path_is_404_with_a_status(door: Door) -> None:
    response = await door.post(path="/v2/nothing")

    assert response.status == 404
    assert (await response.read()).startswith(b"\x08\x05\x12")
    assert door.sample("requests", path="other", status="404") == 1


async def test_answers_of_other_routes_pass_and_are_not_counted(door: Door) -> None:
    async with door.session.get(door.base + "/live") as live:
        assert (live.status, await live.text()) == (200, "alive")
    async with door.session.get(door.base + "/busy") as busy:
        assert (busy.status, await busy.text()) == (503, "draining")
    async with door.session.get(door.base + "/moved", allow_redirects=False) as moved:
        assert (moved.status, moved.headers["Location"]) == (302, "/live")

    assert door.sample("requests", path="other", status="200") == 0
    assert door.sample("requests", path="other", status="503") == 0


@pytest.mark.parametrize(("body", "content_type"), [(b"\x0b\x0b", PROTOBUF), (b"{", JSON)])
async def test_h17_an_undecodable_body_is_400_with_a_bad_request_detail(
    door: Door, body: bytes, content_type: str
) -> None:
    response = await door.post(body, content_type=content_type)

    assert response.status == 400
    assert b"google.rpc.BadRequest" in await response.read()
    assert door.sample("requests_refused", reason="400") == 1


@pytest.mark.parametrize("content_type", [PROTOBUF, JSON])
async def test_h18_h19_no_room_is_503_with_retry_after(door: Door, content_type: str) -> None:
    door.behind.failure = Overloaded("full", retry_after=2)

    body = GOOD if content_type == PROTOBUF else GOOD_JSON
    response = await door.post(body, content_type=content_type)

    assert response.status == 503
    assert response.headers["Retry-After"] == "2"
    assert response.headers["Content-Type"] == content_type
    assert door.sample("requests_refused", reason="overloaded") == 1
    assert door.sample("requests", path="traces", status="503") == 1


async def test_what_can_never_be_owned_is_413(door: Door) -> None:
    door.behind.failure = TooLarge("more than fits")

    response = await door.post(GOOD_JSON, content_type=JSON)

    assert response.status == 413
    assert await status_of(response) == (8, "more than fits")
    assert "Retry-After" not in response.headers
    assert door.sample("requests_refused", reason="413") == 1


async def test_h18_a_fault_of_our_own_is_503_too_and_never_500(door: Door) -> None:
    door.behind.failure = KeyError("payload that must not be told")

    response = await door.post(GOOD_JSON, content_type=JSON)

    assert response.status == 503
    assert response.headers["Retry-After"] == "1"
    assert "payload" not in (await status_of(response))[1]
    assert door.sample("requests_refused", reason="failure") == 1


async def test_h18_a_lost_connection_of_our_own_is_503_too(door: Door) -> None:
    door.behind.failure = ConnectionResetError("the journal's broker has gone")

    response = await door.post()

    assert response.status == 503
    assert door.sample("requests_refused", reason="failure") == 1
    assert door.sample("requests_refused", reason="disconnected") == 0


async def test_a_fault_is_logged_once_a_minute_and_without_payload(
    door: Door, capsys: pytest.CaptureFixture[str]
) -> None:
    door.behind.failure = KeyError("payload that must not be told")
    await door.post()
    await door.post()
    first = capsys.readouterr().out
    door.clock.now += 61
    await door.post()
    second = capsys.readouterr().out

    assert first.count("KeyError") == 1
    assert second.count("KeyError") == 1
    assert "payload" not in first + second


async def test_h29_without_a_key_it_is_401_with_a_status(door: Door) -> None:
    response = await door.post(GOOD_JSON, content_type=JSON, X_API_Key="")

    assert response.status == 401
    assert (await status_of(response))[0] == 16
    assert door.sample("requests_refused", reason="401") == 1


async def test_h29_the_callers_headers_make_the_destination(door: Door) -> None:
    await door.post(X_API_Key="", Authorization="Bearer k", Langsmith_Project="p", X_Tenant_Id="w")
    await door.post(X_API_Key="other")

    first, second = (record[0] for record in door.behind.records)
    assert (first.api_key, first.project, first.workspace) == ("k", "p", "w")
    assert (second.api_key, second.project, second.workspace) == ("other", "default", None)


async def test_h29_the_defaults_serve_callers_without_headers(door_with_key: Door) -> None:
    await door_with_key.post(X_API_Key="")

    destination = door_with_key.behind.records[0][0]
    assert (destination.api_key, destination.workspace) == ("default-key", "default-workspace")


async def test_the_content_type_is_looked_at_before_the_key_and_the_key_before_the_body(
    door: Door,
) -> None:
    first = await door.post(b"\xff", content_type="text/plain", X_API_Key="")
    second = await door.post(b"\xff", X_API_Key="")
    third = await door.post(b"\xff")

    assert [first.status, second.status, third.status] == [415, 401, 400]
