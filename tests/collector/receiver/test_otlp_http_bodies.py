"""Compressed, large and broken bodies on a socket (rows H20 to H25 of OTLP/HTTP)."""

import gzip
import zlib
from collections.abc import Callable

import pytest
import zstandard

from collector.receiver.weight import weigh_protobuf

from .conftest import MAX_BODY_BYTES, Door
from .messages import request_of, span, with_text

GOOD = request_of(span()).SerializeToString()


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

    assert door.behind.most_held == len(body) + weigh_protobuf(body).kept
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


async def test_h23_a_body_that_can_never_fit_is_413_though_there_is_no_room(door: Door) -> None:
    door.behind.budget = 10

    response = await door.post(bytes(MAX_BODY_BYTES + 1))

    assert response.status == 413


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


async def test_a_large_body_is_decoded_like_a_small_one(door: Door) -> None:
    body = with_text("x" * 600, count=1000)

    response = await door.post(gzip.compress(body), Content_Encoding="gzip")

    assert response.status == 200
    assert len(door.behind.records[0][3]) == 1000


async def test_a_large_body_that_cannot_be_decoded_is_400(door: Door) -> None:
    response = await door.post(b"\xff" * 600_000)

    assert response.status == 400
