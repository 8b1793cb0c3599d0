"""What the content of a body takes in memory is estimated well enough to bound it."""

import tracemalloc
from typing import Any

import pytest

from collector.receiver.codec import Codec, Decoded
from collector.receiver.encodings import JSON, PROTOBUF
from collector.receiver.weight import Weight, weigh_json, weigh_protobuf

from .json_bodies import HEX, body_of
from .messages import request_of, span, with_text


def dense_json(count: int) -> bytes:
    attributes = [{"key": f"a{n}", "value": {"stringValue": f"v {n}"}} for n in range(16)]
    return body_of(*[{**HEX, "attributes": attributes}] * count)


def dense_protobuf(count: int) -> bytes:
    made = span()
    for number in range(16):
        made.attributes.add(key=f"a{number}").value.string_value = f"v {number}"
    return request_of(*[made] * count).SerializeToString()


def chat_json(text: str) -> bytes:
    value: Any = {"stringValue": text}
    return body_of({**HEX, "attributes": [{"key": "gen_ai.prompt", "value": value}]})


def taken_by(codec: Codec[Decoded], body: bytes) -> int:
    tracemalloc.start()
    decoded = codec.decode(body)
    taken = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert decoded.spans
    return taken


@pytest.mark.parametrize(
    ("codec", "body"),
    [
        (JSON, dense_json(500)),
        (PROTOBUF, dense_protobuf(500)),
        (JSON, chat_json("ten bytes." * 50_000)),
        (JSON, chat_json("ten bytes." * 50_000 + "\N{GRINNING FACE}" * 5_000)),
        (PROTOBUF, with_text("ten bytes." * 50_000)),
    ],
    ids=["dense JSON", "dense protobuf", "chat in JSON", "emoji in JSON", "chat in protobuf"],
)
def test_what_is_kept_is_told_within_a_factor_of_two_and_a_half(
    codec: Codec[Decoded], body: bytes
) -> None:
    taken = taken_by(codec, body)

    assert taken / 1.2 < codec.weigh(body).kept < taken * 2.5


@pytest.mark.parametrize("weigh", [weigh_json, weigh_protobuf])
def test_nothing_weighs_nothing(weigh: Any) -> None:
    assert weigh(b"") == Weight(0, 0)


@pytest.mark.parametrize(
    ("codec", "body"), [(JSON, dense_json(10)), (PROTOBUF, dense_protobuf(10))]
)
def test_decoding_takes_more_than_what_it_leaves(codec: Codec[Decoded], body: bytes) -> None:
    kept, peak = codec.weigh(body)

    assert kept < peak


def test_a_long_body_weighs_as_much_as_its_parts() -> None:
    part = dense_json(5)

    whole, parts = weigh_json(part * 100), weigh_json(part)

    assert whole.kept == pytest.approx(parts.kept * 100, rel=0.05)
    assert whole.peak == pytest.approx(parts.peak * 100, rel=0.05)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (b"ascii text", 10),
        ("naïve text".encode(), 22),
        (b"\\u00e9\\u00e9", 24),
        ("text \N{GRINNING FACE}".encode(), 36),
        (b"\\ud83d\\ude00", 48),
        (b"\\uD83D\\uDE00", 48),
    ],
)
def test_text_beyond_ascii_is_wider_in_memory(text: bytes, kept: int) -> None:
    assert weigh_json(text).kept == kept
