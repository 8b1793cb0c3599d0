"""Protobuf's wire format, read by hand where the real decoder gives up on a whole request.

One text that is no UTF-8 (cut in the middle of a character), or one value nested too deep, makes
protobuf refuse all 512 spans of a request. ``repair`` mends the text and takes the hopeless spans
out, so that their neighbours live.

Source: https://protobuf.dev/programming-guides/encoding/
"""

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

# Field number -> None for text, or the schema of the message in the field.
Schema: TypeAlias = dict[int, "Schema | None"]

# protobuf's own limit on messages inside messages, the outermost not counted.
MAX_DEPTH: Final = 100

_ANY: Schema = {1: None}
_PAIR: Schema = {1: None, 2: _ANY}
_ANY[5] = {1: _ANY}
_ANY[6] = {1: _PAIR}
SPAN: Final[Schema] = {
    3: None,
    5: None,
    9: _PAIR,
    11: {2: None, 3: _PAIR},
    13: {3: None, 4: _PAIR},
    15: {2: None},
}
_SCOPE_SPANS: Final[Schema] = {1: {1: None, 2: None, 3: _PAIR}, 2: SPAN, 3: None}
_RESOURCE_SPANS: Final[Schema] = {1: {1: _PAIR}, 2: _SCOPE_SPANS, 3: None}
REQUEST: Final[Schema] = {1: _RESOURCE_SPANS}

_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5


class Broken(Exception):
    """The bytes are no message; *reason* is a key of ``codec.REASONS``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def varint(value: int) -> bytes:
    """Return *value*, not negative, in base 128, the low digits first."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number: int, payload: bytes) -> bytes:
    """Return a length-delimited field: text, bytes or a message."""
    return varint(number << 3 | _LENGTH) + varint(len(payload)) + payload


def repair(body: bytes, usable: Callable[[bytes], bool], reject: Callable[[str], None]) -> bytes:
    """Return an ``ExportTraceServiceRequest`` without what made it undecodable.

    Args:
        body: the request as it came.
        usable: tells whether bytes are a span that can be decoded.
        reject: is told the reason for each span that was taken out.

    Raises:
        Broken: what is around the spans cannot be read.
    """
    return _mended(memoryview(body), REQUEST, 1, usable, reject)


def _mended(
    data: memoryview,
    schema: Schema,
    depth: int,
    usable: Callable[[bytes], bool],
    reject: Callable[[str], None],
) -> bytes:
    out: list[bytes | memoryview] = []
    for number, start, payload, end in _fields(data):
        if payload < 0 or number not in schema:
            out.append(data[start:end])
            continue
        inner = schema[number]
        if inner is None:
            text = bytes(data[payload:end]).decode("utf-8", "replace")
            out.append(field(number, text.encode()))
        elif depth > MAX_DEPTH:
            raise Broken("nesting")
        elif inner is SPAN:
            span = _span(data[payload:end], depth + 1, usable, reject)
            if span is not None:
                out.append(field(number, span))
        else:
            out.append(field(number, _mended(data[payload:end], inner, depth + 1, usable, reject)))
    return b"".join(out)


def _span(
    data: memoryview, depth: int, usable: Callable[[bytes], bool], reject: Callable[[str], None]
) -> bytes | None:
    try:
        span = _mended(data, SPAN, depth, usable, reject)
    except Broken as broken:
        reject(broken.reason)
        return None
    if usable(span):
        return span
    reject("malformed")
    return None


def _fields(data: memoryview) -> Iterator[tuple[int, int, int, int]]:
    """Yield (number, start, start of the payload or -1, end) of each field."""
    position, size = 0, len(data)
    while position < size:
        start = position
        tag, position = _read_varint(data, position)
        wire_type, payload = tag & 7, -1
        if wire_type == _LENGTH:
            length, position = _read_varint(data, position)
            payload = position
            position += length
        elif wire_type == _VARINT:
            _, position = _read_varint(data, position)
        elif wire_type == _FIXED64:
            position += 8
        elif wire_type == _FIXED32:
            position += 4
        else:
            raise Broken("malformed")
        if position > size or tag < 8:
            raise Broken("malformed")
        yield tag >> 3, start, payload, position


def _read_varint(data: memoryview, position: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if position >= len(data):
            break
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
    raise Broken("malformed")
