"""Request bodies: read whole, and undone from their Content-Encoding.

The sandbox decodes bodies itself, so its runner is built with ``auto_decompress=False``.
"""

import zlib

import zstandard
from aiohttp import web

from collector.sandbox.documents import JsonObject, parse_json
from collector.sandbox.errors import Malformed, TooLarge, Unprocessable, Unsupported

MAX_BODY_BYTES = 512 * 1024 * 1024
"""Largest body taken, before and after decompression."""

_STEP = 64 * 1024
_GZIP = 16 + zlib.MAX_WBITS


async def read_body(request: web.Request) -> bytes:
    """Return the decoded body; codings are identity, gzip and zstd.

    Raises:
        Malformed: the body is truncated or not what Content-Encoding says.
        TooLarge: more than MAX_BODY_BYTES once decoded.
        Unsupported: another coding.
    """
    raw = await request.read()
    coding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if coding in ("identity", ""):
        return raw
    try:
        if coding == "zstd":
            return _unzstd(raw)
        if coding == "gzip":
            return _gunzip(raw)
    except (zlib.error, zstandard.ZstdError) as error:
        raise Malformed(f"the body is not valid {coding}: {error}") from error
    raise Unsupported(f"Content-Encoding {coding!r}; known: identity, gzip, zstd")


async def read_object(request: web.Request) -> JsonObject:
    """Return the body as a JSON object.

    Raises:
        Unprocessable: not valid JSON, or not an object.
    """
    raw = await read_body(request)
    try:
        value = parse_json(raw)
    except ValueError as error:
        raise Unprocessable(f"the body is not valid JSON: {error}") from error
    if not isinstance(value, dict):
        raise Unprocessable("the body is not a JSON object")
    return value


def _unzstd(raw: bytes) -> bytes:
    # Clients stream into the frame, so it carries no content size and cannot be undone in one go.
    decoded = bytearray()
    while raw:
        frame = zstandard.ZstdDecompressor().decompressobj()
        for start in range(0, len(raw), _STEP):
            _grow(decoded, frame.decompress(raw[start : start + _STEP]))
            if frame.eof:
                raw = frame.unused_data + raw[start + _STEP :]
                break
        else:
            raise Malformed("the body ends inside a zstd frame")
    return bytes(decoded)


def _gunzip(raw: bytes) -> bytes:
    decoded = bytearray()
    while raw:
        member = zlib.decompressobj(_GZIP)
        while not member.eof:
            _grow(decoded, member.decompress(raw, _STEP))
            raw = member.unconsumed_tail
            if not raw and not member.eof:
                raise Malformed("the body ends inside a gzip member")
        raw = member.unused_data
    return bytes(decoded)


def _grow(decoded: bytearray, more: bytes) -> None:
    decoded += more
    if len(decoded) > MAX_BODY_BYTES:
        raise TooLarge(f"the decoded body is larger than {MAX_BODY_BYTES} bytes")
