"""One pass over a segment at the start: what is in it, and what is damaged in it."""

from array import array
from contextlib import suppress

import structlog

from collector.journal.files import Files
from collector.journal.frames import (
    FRAME_HEADER_BYTES,
    GAP,
    RECORD,
    SEGMENT_HEADER_BYTES,
    SETTLED,
    Frame,
    checksum,
    read_frame,
    read_settled,
    segment_header,
)
from collector.journal.keeping import Keeper
from collector.journal.segment import Damage, Segment, walk

log = structlog.get_logger()


class Scan:
    """Reads a segment's headers and mends what is damaged.

    Damaged bytes are copied to a file beside it and marked as a gap, or cut off where they are its
    end. A kill in the middle of a write leaves the beginning of a frame at the end of the last
    segment: that is no damage, for nobody had a 200 for it, and it is only cut off. Records are not
    checked beyond their headers; that is done when they are taken.

    Attributes:
        settled: numbers of records that it says are done, each time with the seconds from 1970 to
            that word.
        frames: how many frames it has, gaps aside.
        torn: it ended with the beginning of a frame, which was cut off.
        whole: no bytes in it wait to be put aside with the file.
    """

    def __init__(self, segment: Segment, files: Files, keeper: Keeper, *, last: bool) -> None:
        """Read *segment*, of which ``damaged`` tells that its header cannot be read.

        Args:
            last: an earlier process may have died while it wrote to it.
        """
        self.segment = segment
        self._last = last
        self.settled: list[tuple[int, tuple[int, ...]]] = []
        self.frames = 0
        self.torn = False
        self._files = files
        self._keeper = keeper
        self._ordinals = 0
        # Of each record: ordinal, units, bytes.
        self._records = array("L")
        # When each was said to be done, last.
        self._done: dict[int, int] = {}
        headless, segment.damaged = segment.damaged, False
        try:
            damages = self._read_all()
        except OSError as exc:
            damages = []
            segment.damaged = True
            keeper.lose(1)
            log.error(
                "a file of the journal cannot be read to its end",
                file=segment.path.name,
                error=exc.strerror,
            )
        self.whole = self.frames > 0 or not headless
        if self.frames:
            if headless:
                self._write(segment_header(segment.salt, ()), 0)
            for damage in damages:
                self._mend(damage)
        elif damages:
            self.whole = False

    def settle(self, ordinal: int, when: int) -> None:
        """Let the record of *ordinal* be done."""
        self._done[ordinal] = max(when, self._done.get(ordinal, 0))

    def count(self, since: float) -> int:
        """Tell the segment which of its records are open, or done *since*; return what is owed."""
        segment, records, owed = self.segment, self._records, 0
        for at in range(0, len(records), 3):
            ordinal, units, size = records[at : at + 3]
            segment.add(ordinal, size)
            if ordinal in self._done:
                segment.finish(ordinal, size)
                if self._done[ordinal] >= since:
                    segment.recent[ordinal] = size
            else:
                owed += units
        # A process may not live for as long as a segment rests; the next one need not begin anew.
        segment.over = not segment.recent
        return owed

    def _read_all(self) -> list[Damage]:
        """Read every frame; return what is none."""
        damages: list[Damage] = []
        lost = 0
        segment = self.segment
        for piece in walk(
            self._files, segment.fd, segment.salt, SEGMENT_HEADER_BYTES, segment.size
        ):
            if isinstance(piece, Damage):
                if self._last and self._torn(piece):
                    self.torn = True
                    self._cut(piece)
                else:
                    damages.append(piece)
                    lost += 1
            elif piece.kind != GAP:
                self.frames += 1
                # The ordinals tell how many records were in the bytes before, if any were damaged.
                if damages and damages[-1].end == piece.offset:
                    lost += max(0, piece.ordinal - self._ordinals - 1)
                self._ordinals = max(self._ordinals, piece.ordinal)
                self._read(piece)
        if self.frames and lost:
            self._keeper.lose(lost)
        return damages

    def _read(self, frame: Frame) -> None:
        if frame.kind == RECORD and frame.ordinal >= self._ordinals:
            self._ordinals = frame.ordinal + 1
            self._records.extend((frame.ordinal, frame.units, frame.size))
        elif frame.kind == SETTLED:
            fd, start = self.segment.fd, frame.offset + FRAME_HEADER_BYTES
            body = self._files.read(fd, frame.end - start, start)
            # Without it, records that are done come again, which their ids make harmless.
            if checksum(self.segment.salt, body) == frame.checksum:
                self.settled.append((frame.units, read_settled(body)))

    def _torn(self, damage: Damage) -> bool:
        """Whether it is the beginning of a frame at the end of the file, and nothing else."""
        if damage.end < self.segment.size:
            return False
        segment, start = self.segment, damage.offset
        head = self._files.read(segment.fd, FRAME_HEADER_BYTES, start)
        return (
            len(head) < FRAME_HEADER_BYTES or read_frame(head, 0, segment.salt, start) is not None
        )

    def _cut(self, damage: Damage) -> None:
        # Where the file cannot be cut, the same end is found again.
        with suppress(OSError):
            self._files.truncate(self.segment.fd, damage.offset)
        self.segment.size = damage.offset

    def _mend(self, damage: Damage) -> None:
        segment = self.segment
        self._keeper.copy(segment, damage.offset, damage.end)
        if segment.damaged:
            return
        if damage.end == segment.size:
            self._cut(damage)
        elif (hole := damage.end - damage.offset - FRAME_HEADER_BYTES) >= 0:
            gap = Frame(damage.offset, GAP, 0, 0, 0, hole, 0)
            self._write(gap.header(segment.salt), damage.offset)

    def _write(self, data: bytes, offset: int) -> None:
        # Where the file cannot be written, the same damage is found again.
        with suppress(OSError):
            self._files.write(self.segment.fd, [data], offset)
