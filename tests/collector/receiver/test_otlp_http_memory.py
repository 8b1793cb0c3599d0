"""What requests hold in memory is counted until somebody owns it, and no longer."""

import asyncio
import threading
import tracemalloc

import pytest
from aiohttp import ClientResponse, StreamReader, web
from aiohttp.base_protocol import BaseProtocol
from aiohttp.test_utils import make_mocked_request

from collector.receiver import otlp_http
from collector.receiver.codec import Decoded
from collector.receiver.encodings import JSON as JSON_CODEC
from collector.receiver.json_codec import decode
from collector.receiver.weight import weigh_json
from tests.fakes import PATIENCE, until

from .conftest import JSON, Door, open_door
from .json_bodies import HEX, body_of

ATTRIBUTES = [{"key": f"a{number}", "value": {"stringValue": "v"}} for number in range(16)]
DENSE = body_of(*[{**HEX, "attributes": ATTRIBUTES}] * 200)
KEPT, PEAK = weigh_json(DENSE)


class Decoder:
    """Decodes when it is told to, each time in a thread."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.started = 0
        self.go_on = threading.Event()
        monkeypatch.setattr(otlp_http, "_INLINE_BYTES", 1000)
        monkeypatch.setattr(otlp_http, "_ALONE_BYTES", 1000)
        monkeypatch.setattr(JSON_CODEC, "decode", self._decode)

    def _decode(self, body: bytes) -> Decoded:
        self.started += 1
        self.go_on.wait(PATIENCE)
        return decode(body)


def post_many(door: Door, count: int) -> list[asyncio.Task[ClientResponse]]:
    return [asyncio.ensure_future(door.post(DENSE, content_type=JSON)) for _ in range(count)]


async def test_spans_that_wait_for_the_journal_keep_within_the_budget(door: Door) -> None:
    door.behind.budget = 20 * len(DENSE)
    door.behind.gate.clear()
    tracemalloc.start()
    posts = post_many(door, 20)
    await until(lambda: door.behind.arrived + sum(post.done() for post in posts) == 20)
    taken = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    door.behind.gate.set()
    answers = [response.status for response in await asyncio.gather(*posts)]

    assert set(answers) == {200, 503}
    assert taken < door.behind.budget
    assert door.receiver.held_bytes == 0


async def test_one_large_body_is_decoded_at_a_time(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoder = Decoder(monkeypatch)
    posts = post_many(door, 3)
    await until(lambda: door.receiver.held_bytes == 3 * len(DENSE) + PEAK)
    for _ in range(100):
        await asyncio.sleep(0)
    started = decoder.started
    decoder.go_on.set()
    answers = [response.status for response in await asyncio.gather(*posts)]

    assert started == 1
    assert answers == [200, 200, 200]
    assert door.receiver.held_bytes == 0


async def test_bodies_that_take_little_are_decoded_side_by_side(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoder = Decoder(monkeypatch)
    monkeypatch.setattr(otlp_http, "_ALONE_BYTES", PEAK)
    posts = post_many(door, 2)
    await until(lambda: decoder.started == 2)
    held = door.receiver.held_bytes
    decoder.go_on.set()
    await asyncio.gather(*posts)

    assert held == 2 * (len(DENSE) + PEAK)
    assert door.receiver.held_bytes == 0


async def test_a_request_larger_than_all_the_room_is_taken_beside_others() -> None:
    door, client = await open_door(large=3 * len(DENSE))
    door.behind.budget = 6 * len(DENSE)
    door.behind.gate.clear()
    posts = post_many(door, 2)
    await until(lambda: door.behind.arrived + sum(post.done() for post in posts) == 2)
    door.behind.gate.set()
    answers = sorted([response.status for response in await asyncio.gather(*posts)])
    again = await door.post(DENSE, content_type=JSON)
    await client.close()

    assert answers == [200, 503]
    assert again.status == 200
    assert door.receiver.held_bytes == 0


async def test_a_decoded_request_holds_what_it_keeps(door: Door) -> None:
    await door.post(DENSE, content_type=JSON)

    assert door.behind.most_held == len(DENSE) + KEPT


async def test_a_body_without_room_for_its_content_is_503(door: Door) -> None:
    door.behind.budget = len(DENSE) + PEAK - 1

    response = await door.post(DENSE, content_type=JSON)

    assert response.status == 503
    assert response.headers["Retry-After"] == "1"
    assert door.receiver.held_bytes == 0


async def test_a_decoder_that_fails_leaves_nothing_held(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(body: bytes) -> Decoded:
        raise KeyError

    monkeypatch.setattr(otlp_http, "_INLINE_BYTES", 1000)
    monkeypatch.setattr(JSON_CODEC, "decode", fail)
    answers = [(await door.post(DENSE, content_type=JSON)).status for _ in range(2)]

    assert answers == [503, 503]
    assert door.receiver.held_bytes == 0


@pytest.mark.parametrize("stage", ["reading", "waiting to decode", "decoding", "taking over"])
async def test_a_request_that_is_cancelled_leaves_nothing_held(
    door: Door, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    decoder = Decoder(monkeypatch)
    if stage == "taking over":
        door.behind.gate.clear()
        decoder.go_on.set()
    body = DENSE[:-1] if stage == "reading" else DENSE
    first = [asyncio.ensure_future(handled(door, DENSE))] if stage == "waiting to decode" else []
    if first:
        await until(lambda: decoder.started == 1)
    before = door.receiver.held_bytes
    request = asyncio.ensure_future(handled(door, body, whole=stage != "reading"))
    reached = {
        "reading": lambda: door.receiver.held_bytes == len(body),
        "waiting to decode": lambda: door.receiver.held_bytes == before + len(DENSE),
        "decoding": lambda: decoder.started == 1,
        "taking over": lambda: door.behind.arrived == 1,
    }
    await until(reached[stage])
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    after = door.receiver.held_bytes
    decoder.go_on.set()
    await asyncio.gather(*first)

    assert after == before
    assert door.receiver.held_bytes == 0


async def handled(door: Door, body: bytes, *, whole: bool = True) -> web.StreamResponse:
    """Let the receiver handle a request that stands in no connection, so that it can end."""
    loop = asyncio.get_running_loop()
    connection = BaseProtocol(loop)
    connection.transport = asyncio.Transport()
    payload = StreamReader(connection, 1 << 20, loop=loop)
    payload.feed_data(body)
    if whole:
        payload.feed_eof()
    headers = {"Content-Type": JSON, "X-API-Key": "key"}
    request = make_mocked_request("POST", "/v1/traces", headers=headers, payload=payload)
    route = next(route for route in door.receiver.routes() if route.path == "/v1/traces")
    response: web.StreamResponse = await route.handler(request)
    return response
