"""The journal's format, version 3: what the bytes of a segment mean.

A segment is a header and then frames. A frame is a record, or a list of records that are done, or a
gap whose content means nothing. All numbers are little-endian.

    segment header  magic 8, version 2, 0 2, salt 4, replaced salt 4, replaced salt 4, crc 4
    frame header    magic 4, ordinal 4, units 4, length of meta 4, of body 4, crc of both 4, crc 4
    record          meta: JSON [endpoint, key, workspace, project, signal, content type];
                    body: the request's body, zstd
    settled         units: seconds from 1970 to this word;
                    body: numbers of 8 bytes: a segment's salt above the ordinal of its record

Of the first three in the JSON, true stands for what the settings say when it is read.

Every segment has a salt of its own, where each CRC of it begins. So the bytes of one segment are no
frames in another, and no client can make a body that reads as a frame.

Versions 1 and 2 are the same without true, and without those seconds.
"""

import json
import re
import struct
import zlib
from collections.abc import Sequence

import zstandard

from collector.journal.base import Record
from collector.model import Destination, Tenant

VERSION = 3
SEGMENT_HEADER_BYTES = 28
FRAME_HEADER_BYTES = 28

RECORD = b"\xf5REC"
SETTLED = b"\xf5END"
GAP = b"\xf5GAP"
# The most that one frame's lengths can say.
MAX_PAYLOAD_BYTES = (1 << 32) - 1

_SEGMENT_MAGIC = b"CPJOURNL"
_SEGMENT = struct.Struct("<8sHHIIII")
_FRAME = struct.Struct("<4sIIIIII")
_BEGINNING = re.compile(rb"\xf5(?:REC|END|GAP)")


class LaterVersion(Exception):
    """The segment was written by a later version of this program.

    Attributes:
        version: the format's version.
    """

    def __init__(self, version: int) -> None:
        super().__init__(f"version {version}")
        self.version = version


class Frame:
    """A frame's header, read or about to be written.

    Attributes:
        offset: where it begins in its segment.
        kind: ``RECORD``, ``SETTLED`` or ``GAP``.
        ordinal: which of the segment's records it is, or the next one is, from 0; 0 for a gap.
        units: what its receipt owes, or what the format says.
        meta_bytes, body_bytes: lengths of what follows the header.
        checksum: CRC of what follows the header.
    """

    __slots__ = ("body_bytes", "checksum", "kind", "meta_bytes", "offset", "ordinal", "units")

    def __init__(
        self,
        offset: int,
        kind: bytes,
        ordinal: int,
        units: int,
        meta_bytes: int,
        body_bytes: int,
        checksum: int,
    ) -> None:
        self.offset = offset
        self.kind = kind
        self.ordinal = ordinal
        self.units = units
        self.meta_bytes = meta_bytes
        self.body_bytes = body_bytes
        self.checksum = checksum

    @property
    def size(self) -> int:
        """Bytes of the whole frame."""
        return FRAME_HEADER_BYTES + self.meta_bytes + self.body_bytes

    @property
    def end(self) -> int:
        """Where the next frame begins."""
        return self.offset + self.size

    def header(self, salt: int) -> bytes:
        """Return the header's bytes in the segment of *salt*."""
        fields = (self.kind, self.ordinal, self.units, self.meta_bytes, self.body_bytes)
        start = _FRAME.pack(*fields, self.checksum, 0)[:-4]
        return start + zlib.crc32(start, salt).to_bytes(4, "little")


def segment_header(salt: int, replaced: Sequence[int]) -> bytes:
    """Return the first bytes of the segment that takes the place of the (two) *replaced* ones."""
    first, second = [*replaced, 0, 0][:2]
    start = _SEGMENT.pack(_SEGMENT_MAGIC, VERSION, 0, salt, first, second, 0)[:-4]
    return start + zlib.crc32(start).to_bytes(4, "little")


def read_segment_header(data: bytes, salt: int) -> tuple[int, ...] | None:
    """Return the salts that the segment takes the place of; None for damaged or foreign bytes.

    Raises:
        LaterVersion: its frames are none of this version's.
    """
    if len(data) < SEGMENT_HEADER_BYTES or zlib.crc32(data[:-4]) != int.from_bytes(
        data[-4:], "little"
    ):
        return None
    magic, version, _, own, first, second, _ = _SEGMENT.unpack(data)
    if magic != _SEGMENT_MAGIC:
        return None
    if version > VERSION:
        raise LaterVersion(version)
    return tuple(one for one in (first, second) if one) if own == salt else None


def read_frame(data: bytes, at: int, salt: int, offset: int) -> Frame | None:
    """Return the frame whose header is at *at* in *data*; None when those bytes are no header.

    Args:
        offset: where that is in the segment.
    """
    if len(data) < at + FRAME_HEADER_BYTES:
        return None
    kind, ordinal, units, meta_bytes, body_bytes, checksum, own = _FRAME.unpack_from(data, at)
    if own != zlib.crc32(data[at : at + FRAME_HEADER_BYTES - 4], salt):
        return None
    return Frame(offset, kind, ordinal, units, meta_bytes, body_bytes, checksum)


def find_frame(data: bytes, salt: int, offset: int) -> Frame | None:
    """Return the first frame whose header lies within *data*, which is at *offset*."""
    for match in _BEGINNING.finditer(data):
        frame = read_frame(data, match.start(), salt, offset + match.start())
        if frame is not None:
            return frame
    return None


def checksum(salt: int, *parts: bytes) -> int:
    """Return the CRC of *parts*, one behind the other, in the segment of *salt*."""
    value = salt
    for part in parts:
        value = zlib.crc32(part, value)
    return value


def settled_body(numbers: Sequence[int]) -> bytes:
    """Return the body of a frame that says which records are done."""
    return struct.pack(f"<{len(numbers)}Q", *numbers)


def read_settled(body: bytes) -> tuple[int, ...]:
    """Return the numbers in a body of ``settled_body``."""
    return struct.unpack(f"<{len(body) // 8}Q", body[: len(body) // 8 * 8])


class Codec:
    """Turns records into meta and body and back. Not for two threads at a time.

    A request that came without an endpoint, key or workspace of its own has them from the settings.
    The next process may have better ones: a new key, the right endpoint.
    """

    def __init__(self, defaults: Destination) -> None:
        """Make it; what equals *defaults* is read back as what is the default then."""
        self._defaults = defaults
        self._compress = zstandard.ZstdCompressor(level=1).compress
        self._decompress = zstandard.ZstdDecompressor().decompress

    def encode(self, record: Record) -> tuple[bytes, bytes]:
        """Return the record's meta and body."""
        tenant = [
            value == default or value
            for value, default in zip(record.destination.tenant, self._defaults.tenant, strict=True)
        ]
        # Not orjson: header values that are no UTF-8 have surrogates.
        meta = json.dumps(
            [
                *tenant,
                record.destination.project,
                record.signal,
                record.content_type,
            ]
        )
        return meta.encode(), self._compress(record.body)

    def decode(self, meta: bytes, body: bytes, units: int) -> Record:
        """Return the record.

        Raises:
            ValueError: the bytes are none of ``encode``.
        """
        try:
            endpoint, key, workspace, project, signal, content_type, *_ = json.loads(meta)
            content = self._decompress(body)
        except (TypeError, zstandard.ZstdError) as exc:
            raise ValueError("no record") from exc
        to = Destination(*self._present(endpoint, key, workspace), project)
        return Record(to, signal, content_type, content, units)

    def tenant(self, meta: bytes) -> Tenant | None:
        """Return whose the record of *meta* is; None where nothing tells."""
        try:
            endpoint, key, workspace, *_ = json.loads(meta)
        except (TypeError, ValueError):
            return None
        return self._present(endpoint, key, workspace)

    def _present(
        self, endpoint: str | bool, key: str | bool, workspace: str | bool | None
    ) -> Tenant:
        """Return what the first three of a meta mean now."""
        defaults = self._defaults
        return (
            defaults.endpoint if isinstance(endpoint, bool) else endpoint,
            defaults.api_key if isinstance(key, bool) else key,
            defaults.workspace if isinstance(workspace, bool) else workspace,
        )
