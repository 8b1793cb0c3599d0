"""The receiver on a socket, row by row of OTLP/HTTP's requirements (H1, H3 and so on)."""

import gzip
import zlib
from collections.abc import Callable

import orjson
import pytest
import zstandard
from aiohttp import ClientResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from collector.errors import Overloaded

from .conftest import JSON, MAX_BODY_BYTES, PROTOBUF, Door
from .messages import request_of, span, to_otlp_json, with_text
from .test_json_codec import SAMPLE

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


@pytest.mark.parametrize("path", ["/v1/logs", "/v1/metrics", "/v1/logs/"])
async def test_h16_other_signals_are_404_with_a_clear_sentence(door: Door, path: str) -> None:
    response = await door.post(GOOD_JSON, path=path, content_type=JSON)

    assert response.status == 404
    assert "only traces" in (await status_of(response))[1]


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


async def test_h18_a_fault_of_our_own_is_503_too_and_never_500(door: Door) -> None:
    door.behind.failure = KeyError("payload that must not be told")

    response = await door.post(GOOD_JSON, content_type=JSON)

    assert response.status == 503
    assert response.headers["Retry-After"] == "1"
    assert "payload" not in (await status_of(response))[1]
    assert door.sample("requests_refused", reason="failure") == 1


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


async def test_a_door_without_room_answers_before_the_body_is_read(door: Door) -> None:
    door.behind.budget = 10

    response = await door.post()

    assert response.status == 503
    assert response.headers["Retry-After"] == "1"
    assert door.receiver.held_bytes == 0


async def test_a_body_that_grows_out_of_the_budget_is_503_and_held_no_more(door: Door) -> None:
    door.behind.budget = 100_000

    response = await door.post(gzip.compress(bytes(500_000)), Content_Encoding="gzip")

    assert response.status == 503
    assert door.receiver.held_bytes == 0


async def test_a_body_counts_as_held_until_it_is_accepted(door: Door) -> None:
    body = with_text("x" * 1000)
    packed = gzip.compress(body)

    await door.post(packed, Content_Encoding="gzip")

    assert door.behind.most_held == len(packed) + len(body)
    assert door.receiver.held_bytes == 0


def deflate_raw(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("", bytes),
        ("identity", bytes),
        ("None", bytes),
        ("gzip", gzip.compress),
        ("GZIP", gzip.compress),
        ("gzip", lambda data: gzip.compress(data[:40]) + gzip.compress(data[40:])),
        ("deflate", zlib.compress),
        ("deflate", deflate_raw),
        ("zstd", zstandard.compress),
        ("zstd", lambda data: zstandard.compress(data[:40]) + zstandard.compress(data[40:])),
    ],
)
async def test_h20_h21_compressed_requests_give_the_same_record(
    door: Door, encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    response = await door.post(pack(GOOD), Content_Encoding=encoding)

    assert response.status == 200
    assert door.behind.records[0][2] == GOOD


async def test_h20_a_truncated_gzip_body_is_never_a_shorter_one(door: Door) -> None:
    packed = gzip.compress(with_text("some text", count=3))
    for cut in range(len(packed)):
        response = await door.post(packed[:cut], Content_Encoding="gzip")

        assert response.status == 400, cut
    assert door.behind.records == []


async def test_h22_an_unknown_encoding_is_415_and_says_what_is_known(door: Door) -> None:
    response = await door.post(GOOD, Content_Encoding="snappy")

    assert response.status == 415
    assert response.headers["Accept-Encoding"] == "gzip, deflate, zstd"
    assert (await response.read()).startswith(b"\x08\x03\x12")


async def test_h23_a_body_declared_too_large_is_413(door: Door) -> None:
    response = await door.post(bytes(MAX_BODY_BYTES + 1))

    assert response.status == 413
    assert (await response.read()).startswith(b"\x08\x08\x12")
    assert door.sample("requests_refused", reason="413") == 1


async def test_h23_a_body_that_declares_nothing_is_413_when_it_is_too_large(door: Door) -> None:
    async def chunks() -> object:
        for _ in range(20):
            yield bytes(MAX_BODY_BYTES // 16)

    response = await door.post(chunks())

    assert response.status == 413


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("zstd", zstandard.compress)],
)
async def test_h23_a_bomb_is_413(door: Door, encoding: str, pack: Callable[[bytes], bytes]) -> None:
    response = await door.post(pack(bytes(50 * MAX_BODY_BYTES)), Content_Encoding=encoding)

    assert response.status == 413
    assert door.receiver.held_bytes == 0


async def test_h23_a_body_of_just_the_limit_is_taken(door: Door) -> None:
    body = with_text("x" * (MAX_BODY_BYTES - 200))
    body = with_text("x" * (2 * MAX_BODY_BYTES - 200 - len(body)))
    assert len(body) == MAX_BODY_BYTES

    response = await door.post(body)

    assert response.status == 200


async def test_h25_a_connection_serves_many_requests(door: Door) -> None:
    answers = [(await door.post(gzip.compress(GOOD)[:9], Content_Encoding="gzip")).status]
    answers += [(await door.post()).status for _ in range(3)]

    assert answers == [400, 200, 200, 200]


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


async def test_a_large_body_is_decoded_like_a_small_one(door: Door) -> None:
    body = with_text("x" * 600, count=1000)

    response = await door.post(gzip.compress(body), Content_Encoding="gzip")

    assert response.status == 200
    assert len(door.behind.records[0][3]) == 1000


async def test_a_large_body_that_cannot_be_decoded_is_400(door: Door) -> None:
    response = await door.post(b"\xff" * 600_000)

    assert response.status == 400
