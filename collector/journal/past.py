"""The past: records that an earlier process finished lately, as far as they are still there."""

from collections.abc import Callable, Container, Iterator, Sequence

from collector.journal.files import Files
from collector.journal.frames import (
    FRAME_HEADER_BYTES,
    RECORD,
    SEGMENT_HEADER_BYTES,
    Frame,
    checksum,
)
from collector.journal.segment import Damage, Segment, walk

# A start reads no more of it than this, on disk: ten seconds of work or so, beside what comes in.
_MOST_BYTES = 32 << 20


class Past:
    """A way once through the recent records of what was found, from the oldest on.

    What cannot be read is passed without a word: nobody is owed it any more.

    Attributes:
        left: whether there may be more.
    """

    def __init__(self, files: Files, there: Callable[[Segment], bool]) -> None:
        """Make it; nothing is found yet.

        Args:
            there: whether a segment has not been replaced or removed.
        """
        self._files = files
        self._there = there
        self._records: Iterator[tuple[bytes, bytes, int]] = iter(())
        self.left = False

    def begin(self, segments: Sequence[Segment]) -> None:
        """Stand before the first of *segments*, or later where there is too much to read."""
        recent = [segment for segment in segments if segment.recent]
        surplus = sum(sum(segment.recent.values()) for segment in recent) - _MOST_BYTES
        self._records = self._read(recent, surplus)
        self.left = bool(recent)

    def next(self) -> tuple[bytes, bytes, int] | None:
        """Return meta, body and units of the next record, None behind the last one."""
        found = next(self._records, None)
        self.left = found is not None
        return found

    def _read(
        self, segments: Sequence[Segment], surplus: int
    ) -> Iterator[tuple[bytes, bytes, int]]:
        for segment in segments:
            recent, segment.recent = segment.recent, {}
            size = sum(recent.values())
            if surplus > size:
                # Nothing can be appended while frames are passed one by one.
                surplus -= size
                continue
            try:
                for frame in self._frames_of(segment, recent):
                    surplus -= frame.size
                    if surplus > 0:
                        continue
                    start = frame.offset + FRAME_HEADER_BYTES
                    payload = self._files.read(segment.fd, frame.end - start, start)
                    if checksum(segment.salt, payload) == frame.checksum:
                        meta, body = payload[: frame.meta_bytes], payload[frame.meta_bytes :]
                        yield meta, body, frame.units
            except (OSError, MemoryError):
                continue

    def _frames_of(self, segment: Segment, recent: Container[int]) -> Iterator[Frame]:
        if not self._there(segment):
            return
        end = segment.size
        for frame in walk(self._files, segment.fd, segment.salt, SEGMENT_HEADER_BYTES, end):
            if isinstance(frame, Damage):
                continue
            if frame.kind == RECORD and frame.ordinal in recent:
                yield frame
                # Meanwhile its file may have been given back.
                if not self._there(segment):
                    return
