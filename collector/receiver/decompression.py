"""Content-Encoding undone in pieces of bounded size; a stream that does not end well is an error.

aiohttp's own decompression delivers a truncated gzip body as a good, shorter one. Here the end of
the stream must have been seen, checksums included, and nothing may follow it.
"""

import zlib
from collections.abc import Callable, Iterator
from typing import Final

import zstandard

from collector.errors import Refused

ACCEPTED: Final = "gzip, deflate, zstd"
PIECE_BYTES: Final = 256 * 1024

_INPUT_BYTES: Final = 64 * 1024
_GZIP, _ZLIB, _RAW = 31, 15, -15
# RFC 9659 section 3: what a receiver of "zstd" must support, and needs not exceed.
_ZSTD_WINDOW: Final = 8 << 20
_ZSTD_HEADER: Final = 18
_ZSTD_RLE = 1
# Real encoders write blocks of kilobytes. Blocks of nothing would keep us busy for no data.
_BLOCKS_FREE, _BYTES_A_BLOCK = 1024, 64
# The same for gzip members and zstd frames, each of which has to be set up.
_MEMBERS_FREE, _BYTES_A_MEMBER = 1000, 4096

_CORRUPT: Final = "the body is not what its Content-Encoding says: corrupt"
_TRUNCATED: Final = "the body is not what its Content-Encoding says: truncated"
_TRAILING: Final = "the body is not what its Content-Encoding says: something follows its end"
_TOO_MANY: Final = "the body is compressed in too many pieces"


class UnsupportedEncoding(Refused):
    """415; the answer names what is accepted, in ``Accept-Encoding``."""

    def __init__(self) -> None:
        super().__init__(415, f"Content-Encoding must be one of {ACCEPTED}, or absent")


def decoder_of(content_encoding: str) -> Callable[[bytes], Iterator[bytes]] | None:
    """Return the function that undoes an encoding in pieces, None where there is nothing to undo.

    Args:
        content_encoding: the header's value; a list of more than one real coding is not accepted.

    Raises:
        UnsupportedEncoding: none of ``ACCEPTED``.
    """
    names = [name.strip().lower() for name in content_encoding.split(",")]
    codings = [name for name in names if name not in ("", "identity", "none")]
    if not codings:
        return None
    decoder = _DECODERS.get(codings[0])
    if decoder is None or len(codings) > 1:
        raise UnsupportedEncoding
    return decoder


def gunzip(data: bytes) -> Iterator[bytes]:
    """Yield the content of one or more gzip members.

    Raises:
        Refused: 400, truncated, corrupt, or followed by something else.
    """
    return _inflate(data, _GZIP)


def inflate(data: bytes) -> Iterator[bytes]:
    """Yield the content of a deflate stream, with its zlib header or, as some send it, without.

    Raises:
        Refused: 400, truncated, corrupt, or followed by something else.
    """
    # RFC 1950 section 2.2: method 8, and the first two bytes are a multiple of 31.
    has_header = len(data) < 2 or (data[0] & 15 == 8 and (data[0] << 8 | data[1]) % 31 == 0)
    return _inflate(data, _ZLIB if has_header else _RAW)


def unzstd(data: bytes) -> Iterator[bytes]:
    """Yield the content of one or more zstd frames; skippable frames are skipped.

    Raises:
        Refused: 400, truncated, corrupt, asking for too large a window, or followed by something
            else.
    """
    view = memoryview(data)
    decompressor = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
    start, room = 0, _most_members(data)
    while start < len(view) or start == 0:
        end, has_content = _zstd_frame(view, start)
        room -= 1
        if room < 0:
            raise Refused(400, _TOO_MANY)
        if has_content:
            try:
                with decompressor.stream_reader(view[start:end]) as reader:
                    while piece := reader.read(PIECE_BYTES):
                        yield piece
            except zstandard.ZstdError:
                raise Refused(400, _CORRUPT) from None
        start = end


def _most_members(data: bytes) -> int:
    return _MEMBERS_FREE + len(data) // _BYTES_A_MEMBER


def _inflate(data: bytes, window_bits: int) -> Iterator[bytes]:
    view = memoryview(data)
    position, room = 0, _most_members(data)
    pending: bytes | memoryview = b""
    stream = zlib.decompressobj(window_bits)
    while True:
        if not pending:
            pending = view[position : position + _INPUT_BYTES]
            position += len(pending)
        try:
            piece = stream.decompress(pending, PIECE_BYTES)
        except zlib.error:
            raise Refused(400, _CORRUPT) from None
        if piece:
            yield piece
        if stream.eof:
            position -= len(stream.unused_data)
            if position == len(view):
                return
            if window_bits != _GZIP or data[position : position + 2] != b"\x1f\x8b":
                raise Refused(400, _TRAILING)
            room -= 1
            if room < 0:
                raise Refused(400, _TOO_MANY)
            stream = zlib.decompressobj(window_bits)
            pending = b""
        elif not piece and not pending:
            raise Refused(400, _TRUNCATED)
        else:
            pending = stream.unconsumed_tail


def _zstd_frame(view: memoryview, start: int) -> tuple[int, bool]:
    """Return where the frame that begins at *start* ends, and whether it holds content.

    The decoder itself does not tell a truncated frame from a whole one. Source: RFC 8878 section 3.
    """
    header = bytes(view[start : start + _ZSTD_HEADER])
    if len(header) < 8:
        raise Refused(400, _TRAILING if start else _TRUNCATED)
    if header[1:4] == b"\x2a\x4d\x18" and header[0] & 0xF0 == 0x50:
        position = start + 8 + int.from_bytes(header[4:8], "little")
        if position > len(view):
            raise Refused(400, _TRUNCATED)
        return position, False
    try:
        has_checksum = zstandard.get_frame_parameters(header).has_checksum
        position = start + zstandard.frame_header_size(header)
    except zstandard.ZstdError:
        raise Refused(400, _TRAILING if start else _CORRUPT) from None
    blocks = 0
    is_last = False
    while not is_last:
        block = int.from_bytes(view[position : position + 3], "little")
        is_last = bool(block & 1)
        position += 3 + (1 if block >> 1 & 3 == _ZSTD_RLE else block >> 3)
        blocks += 1
        if position > len(view):
            raise Refused(400, _TRUNCATED)
        if blocks > _BLOCKS_FREE + (position - start) // _BYTES_A_BLOCK:
            raise Refused(400, _CORRUPT)
    position += 4 * has_checksum
    if position > len(view):
        raise Refused(400, _TRUNCATED)
    return position, True


_DECODERS: Final[dict[str, Callable[[bytes], Iterator[bytes]]]] = {
    "gzip": gunzip,
    "x-gzip": gunzip,
    "deflate": inflate,
    "zstd": unzstd,
}
