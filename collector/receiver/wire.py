"""Protobuf's wire format, read by hand where the real decoder gives up on a whole request.

One text that is no UTF-8 (cut in the middle of a character), or one value nested too deep, makes
protobuf refuse all 512 spans of a request. ``repair`` mends the text and takes the hopeless records
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
LOG_RECORD: Final[Schema] = {3: None, 5: _ANY, 6: _PAIR, 12: None}
_RESOURCE: Final[Schema] = {1: _PAIR}
_SCOPE: Final[Schema] = {1: None, 2: None, 3: _PAIR}

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


def repair(
    body: bytes,
    record: Schema,
    usable: Callable[[bytes], bool],
    reject: Callable[[str], None],
) -> bytes:
    """Return an export request without what made it undecodable.

    Args:
        body: the request as it came.
        record: what it carries, ``SPAN`` or ``LOG_RECORD``.
        usable: tells whether bytes are a record that can be decoded.
        reject: is told the reason for each record that was taken out.

    Raises:
        Broken: what is around the records cannot be read.
    """
    in_scope: Schema = {1: _SCOPE, 2: record, 3: None}
    in_resource: Schema = {1: _RESOURCE, 2: in_scope, 3: None}
    return _Mender(record, usable, reject).mended(memoryview(body), {1: in_resource}, 1)


class _Mender:
    __slots__ = ("_record", "_reject", "_usable")

    def __init__(
        self, record: Schema, usable: Callable[[bytes], bool], reject: Callable[[str], None]
    ) -> None:
        self._record = record
        self._usable = usable
        self._reject = reject

    def mended(self, data: memoryview, schema: Schema, depth: int) -> bytes:
        out: list[bytes | memoryview] = []
        for number, start, payload, end in fields(data):
            if payload < 0 or number not in schema:
                out.append(data[start:end])
                continue
            inner = schema[number]
            if inner is None:
                text = bytes(data[payload:end]).decode("utf-8", "replace")
                out.append(field(number, text.encode()))
            elif depth > MAX_DEPTH:
                raise Broken("nesting")
            elif inner is self._record:
                record = self._mended_record(data[payload:end], depth + 1)
                if record is not None:
                    out.append(field(number, record))
            else:
                out.append(field(number, self.mended(data[payload:end], inner, depth + 1)))
        return b"".join(out)

    def _mended_record(self, data: memoryview, depth: int) -> bytes | None:
        try:
            record = self.mended(data, self._record, depth)
        except Broken as broken:
            self._reject(broken.reason)
            return None
        if self._usable(record):
            return record
        self._reject("malformed")
        return None


def fields(data: memoryview) -> Iterator[tuple[int, int, int, int]]:
    """Yield (number, start, start of the payload or -1, end) of each field.

    Raises:
        Broken: *data* is no message.
    """
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
