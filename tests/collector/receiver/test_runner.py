"""Raw bytes on the socket: what is no HTTP, what comes slowly, what never comes to its end."""

import asyncio

import orjson
import pytest

from collector.receiver import body
from tests.fakes import PATIENCE, until

from .conftest import Door
from .messages import request_of, span

GOOD = request_of(span()).SerializeToString()


async def exchange(door: Door, *pieces: bytes) -> bytes:
    """Send the pieces, and return all that comes until the receiver closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
    try:
        async with asyncio.timeout(PATIENCE):
            return await reader.read()
    finally:
        writer.close()


def head(*headers: str, method: str = "POST") -> bytes:
    lines = [
        f"{method} /v1/traces HTTP/1.1",
        "Host: x",
        "X-API-Key: k",
        "Content-Type: application/x-protobuf",
        *headers,
    ]
    return "\r\n".join((*lines, "", "")).encode()


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"nonsense\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"POST /v1/traces HTTP/9.9.9\r\n\r\n",
        b"POST /v1/traces HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"POST /v1/traces HTTP/1.1\r\nBad Header\x00: x\r\n\r\n",
        b"POST /v1/traces HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 20_000 + b"\r\n\r\n",
    ],
)
async def test_what_is_no_http_is_400_with_a_status(door: Door, request_bytes: bytes) -> None:
    answer = await exchange(door, request_bytes)

    headers, _, sent = answer.partition(b"\r\n\r\n")
    assert b" 400 " in headers.splitlines()[0]
    assert b"Content-Type: application/json" in headers
    assert orjson.loads(sent)["code"] == 3


async def test_a_body_that_stalls_is_400_and_the_connection_is_closed(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body, "GRACE_SECONDS", 0.05)

    answer = await exchange(door, head("Content-Length: 100"), b"abc")

    assert b" 400 " in answer.splitlines()[0]
    assert b"did not arrive in time" in answer
    assert door.receiver.held_bytes == 0
    assert door.behind.records == []


async def test_a_fault_of_aiohttp_itself_is_503_and_names_no_cause(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("secret")

    monkeypatch.setattr(door.metrics.requests, "labels", fail)

    answer = await exchange(door, head(f"Content-Length: {len(GOOD)}", "Connection: close"), GOOD)

    assert b" 503 " in answer.splitlines()[0]
    assert b"secret" not in answer


async def test_a_client_that_goes_away_is_not_logged(
    door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", door.port)
    writer.write(head("Content-Length: 100") + b"abc")
    await until(lambda: door.receiver.held_bytes > 0)
    writer.close()
    await until(lambda: door.sample("requests", path="traces", status="499") == 1)

    assert caplog.records == []


async def test_a_body_with_broken_chunks_is_400(door: Door) -> None:
    answer = await exchange(door, head("Transfer-Encoding: chunked"), b"zz\r\nabc\r\n")

    assert b" 400 " in answer.splitlines()[0]
    assert door.behind.records == []


@pytest.mark.parametrize(
    "framing",
    [
        (f"Content-Length: {len(GOOD) + 1}", GOOD),
        ("Transfer-Encoding: chunked", f"{len(GOOD):x}\r\n".encode() + GOOD + b"\r\n"),
    ],
)
async def test_a_client_that_goes_away_in_the_middle_of_a_body_leaves_nothing(
    door: Door, framing: tuple[str, bytes]
) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", door.port)
    writer.write(head(framing[0]) + framing[1])
    await writer.drain()
    await until(lambda: door.receiver.held_bytes > 0)
    writer.close()
    await until(lambda: door.receiver.held_bytes == 0)

    assert door.behind.records == []
    assert door.sample("requests_refused", reason="disconnected") == 1


@pytest.mark.parametrize("expectation", ["100-continue", "something-else"])
async def test_an_expectation_does_not_keep_the_body_away(door: Door, expectation: str) -> None:
    answer = await exchange(
        door,
        head(f"Expect: {expectation}", f"Content-Length: {len(GOOD)}", "Connection: close"),
        GOOD,
    )

    assert answer.startswith(b"HTTP/1.1 100 ") == (expectation == "100-continue")
    assert b"HTTP/1.1 200 " in answer
    assert len(door.behind.records) == 1
