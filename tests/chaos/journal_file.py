"""What a file of the journal holds, and which of it is hit when its bytes change."""

from dataclasses import dataclass
from pathlib import Path

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from collector.journal.frames import (
    FRAME_HEADER_BYTES,
    RECORD,
    SEGMENT_HEADER_BYTES,
    Codec,
    Frame,
    read_frame,
)
from collector.model import Destination
from tests.chaos.templates import run_id

_NOBODY = Destination("", "", None, "")


@dataclass(frozen=True, slots=True)
class Hit:
    """What a change of the bytes cost.

    Attributes:
        records: how many are not what was written.
        runs: that their spans would become.
        countable: how many of *records* the bytes that are left tell of. What is gone from the
            end, whole frames or their headers, counts as one where bytes of it are left: nothing
            behind it says how many there were.
        units: spans of those records whose header, which tells their number, is whole.
    """

    records: int
    runs: frozenset[str]
    countable: int
    units: int


class JournalFile:
    """A file of open records, all of them of traces, as it was before anything was done to it."""

    def __init__(self, path: Path) -> None:
        """Read *path*, whose name tells the salt of its checks."""
        self._data = path.read_bytes()
        salt = int(path.name.split(".")[0].split("-")[1], 16)
        self._records: list[Frame] = []
        offset = SEGMENT_HEADER_BYTES
        while offset < len(self._data):
            frame = read_frame(self._data, offset, salt, offset)
            assert frame is not None, "the file is not whole"
            if frame.kind == RECORD:
                self._records.append(frame)
            offset = frame.end

    def hit(self, now: bytes) -> Hit:
        """Compare the file with the bytes it has *now*."""
        hit = [one for one in self._records if self._differs(now, one.offset, one.end)]
        tail: list[Frame] = []
        while hit and self._records[-1 - len(tail)] is hit[-1] and not self._found(now, hit[-1]):
            tail.append(hit.pop())
        left = bool(tail) and len(now) > tail[-1].offset
        units = sum(one.units for one in hit if self._found(now, one))
        everything = [*hit, *tail]
        return Hit(
            records=len(everything),
            runs=frozenset(run for one in everything for run in self._runs(one)),
            countable=len(hit) + left,
            units=units,
        )

    def _found(self, now: bytes, frame: Frame) -> bool:
        header = self._differs(now, frame.offset, frame.offset + FRAME_HEADER_BYTES)
        return not header and frame.end <= len(now)

    def _differs(self, now: bytes, start: int, end: int) -> bool:
        return now[start:end] != self._data[start:end]

    def _runs(self, frame: Frame) -> list[str]:
        middle = frame.offset + FRAME_HEADER_BYTES + frame.meta_bytes
        meta = self._data[middle - frame.meta_bytes : middle]
        body = Codec(_NOBODY).decode(meta, self._data[middle : frame.end], frame.units).body
        request = ExportTraceServiceRequest.FromString(body)
        return [
            run_id(span.span_id.hex())
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]
