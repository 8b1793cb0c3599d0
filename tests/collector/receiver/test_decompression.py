"""Compressed bodies come out whole and in bounded pieces, or are refused."""

import gzip
import zlib
from collections.abc import Callable

import pytest
import zstandard

from collector.errors import Refused
from collector.receiver.decompression import (
    PIECE_BYTES,
    UnsupportedEncoding,
    decoder_of,
    gunzip,
    inflate,
    unzstd,
)

from .messages import with_text

BODY = with_text("some words to compress, again and again and again", count=3)


def deflate_raw(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def zstd_streamed(data: bytes) -> bytes:
    """Without the content size in the header, and with a checksum, as streaming encoders do."""
    packer = zstandard.ZstdCompressor(write_checksum=True).compressobj()
    half = len(data) // 2
    return (
        packer.compress(data[:half])
        + packer.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
        + packer.compress(data[half:])
        + packer.flush()
    )


PACKERS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("gzip", gzip.compress),
    ("deflate", zlib.compress),
    ("deflate", deflate_raw),
    ("zstd", zstandard.compress),
    ("zstd", zstd_streamed),
]


def unpack(encoding: str, data: bytes) -> bytes:
    decoder = decoder_of(encoding)
    assert decoder is not None
    return b"".join(decoder(data))


@pytest.mark.parametrize(("encoding", "pack"), PACKERS)
def test_a_body_comes_out_as_it_went_in(encoding: str, pack: Callable[[bytes], bytes]) -> None:
    for body in (BODY, b"", b"x" * 3_000_000):
        assert unpack(encoding, pack(body)) == body


@pytest.mark.parametrize(("encoding", "pack"), PACKERS)
def test_a_body_truncated_anywhere_is_refused(
    encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    packed = pack(BODY)
    for cut in range(len(packed)):
        with pytest.raises(Refused) as refused:
            unpack(encoding, packed[:cut])

        assert refused.value.status == 400, cut


@pytest.mark.parametrize(("encoding", "pack"), PACKERS)
@pytest.mark.parametrize(
    "garbage", [b"\x00", b"garbage that follows", b"\x1f\x8b", b"\x1f\x8b\x08"]
)
def test_a_body_with_something_behind_its_end_is_refused(
    encoding: str, pack: Callable[[bytes], bytes], garbage: bytes
) -> None:
    with pytest.raises(Refused) as refused:
        unpack(encoding, pack(BODY) + garbage)

    assert refused.value.status == 400


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "zstd"])
@pytest.mark.parametrize("body", [b"plain text that is not compressed", b"\xff" * 40, b"x", BODY])
def test_a_body_that_is_not_compressed_at_all_is_refused(encoding: str, body: bytes) -> None:
    with pytest.raises(Refused) as refused:
        unpack(encoding, body)

    assert refused.value.status == 400


@pytest.mark.parametrize("pack", [gzip.compress, zstd_streamed])
def test_a_changed_byte_is_never_a_changed_body(pack: Callable[[bytes], bytes]) -> None:
    packed = pack(BODY)
    encoding = "gzip" if pack is gzip.compress else "zstd"
    for at in range(len(packed)):
        changed = bytearray(packed)
        changed[at] ^= 0x10
        try:
            found = unpack(encoding, bytes(changed))
        except Refused:
            continue
        # Time stamp, flags and the like in the header may change nothing.
        assert found == BODY


def test_gzip_members_are_joined() -> None:
    assert b"".join(gunzip(gzip.compress(b"one ") + gzip.compress(b"two"))) == b"one two"


def test_a_gzip_member_truncated_behind_a_good_one_is_refused() -> None:
    first, second = gzip.compress(BODY), gzip.compress(BODY)
    for cut in range(1, len(second)):
        with pytest.raises(Refused):
            list(gunzip(first + second[:cut]))


def test_zstd_frames_are_joined_and_skippable_ones_skipped() -> None:
    skippable = b"\x5a\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"12345"
    packed = skippable + zstandard.compress(b"one ") + skippable + zstd_streamed(b"two")

    assert b"".join(unzstd(packed)) == b"one two"


def test_a_truncated_skippable_frame_is_refused() -> None:
    with pytest.raises(Refused):
        list(unzstd(b"\x5a\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"1234"))


def test_a_zstd_window_over_8_mib_is_refused() -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=27)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    packed = packer.compress(b"x" * 100) + packer.flush()

    with pytest.raises(Refused) as refused:
        list(unzstd(packed))

    assert refused.value.status == 400


def test_a_zstd_window_of_8_mib_is_taken() -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=23)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    packed = packer.compress(b"x" * 100) + packer.flush()

    assert b"".join(unzstd(packed)) == b"x" * 100


def test_a_zstd_frame_of_empty_blocks_is_refused() -> None:
    header = zstd_streamed(b"")[:6]
    empty_block = b"\x00\x00\x00"

    with pytest.raises(Refused):
        list(unzstd(header + empty_block * 100_000 + b"\x01\x00\x00"))


@pytest.mark.parametrize(("encoding", "pack"), PACKERS)
def test_a_bomb_comes_out_in_small_pieces_only(
    encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    decoder = decoder_of(encoding)
    assert decoder is not None

    pieces = decoder(pack(bytes(50_000_000)))

    for _ in range(5):
        assert 0 < len(next(pieces)) <= PIECE_BYTES


@pytest.mark.parametrize(
    "name", ["", "identity", "none", "Identity", " NONE ", "identity, none", ","]
)
def test_encodings_that_mean_none(name: str) -> None:
    assert decoder_of(name) is None


@pytest.mark.parametrize(
    ("name", "decoder"),
    [
        ("gzip", gunzip),
        ("GZIP", gunzip),
        ("x-gzip", gunzip),
        (" gzip ,", gunzip),
        ("identity, gzip", gunzip),
        ("Deflate", inflate),
        ("ZStd", unzstd),
    ],
)
def test_encodings_are_known_in_any_case_and_as_lists_of_one(name: str, decoder: object) -> None:
    assert decoder_of(name) is decoder


@pytest.mark.parametrize("name", ["br", "snappy", "gzip, gzip", "zstd, gzip", "gzip;q=1"])
def test_other_encodings_are_415(name: str) -> None:
    with pytest.raises(UnsupportedEncoding) as refused:
        decoder_of(name)

    assert refused.value.status == 415


@pytest.mark.parametrize(
    ("encoding", "member"), [("gzip", gzip.compress(b"")), ("zstd", zstandard.compress(b""))]
)
def test_hundreds_of_members_are_taken_and_thousands_of_tiny_ones_refused(
    encoding: str, member: bytes
) -> None:
    assert unpack(encoding, member * 900) == b""

    with pytest.raises(Refused):
        unpack(encoding, member * 5000)
