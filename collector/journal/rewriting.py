"""Writes what is open in a few segments to one new segment, in their place."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from collector.journal.files import Files
from collector.journal.frames import (
    FRAME_HEADER_BYTES,
    RECORD,
    SEGMENT_HEADER_BYTES,
    Frame,
    checksum,
    segment_header,
)
from collector.journal.keeping import Keeper
from collector.journal.layout import settled_frame
from collector.journal.segment import MOST_FAILURES, Damage, Segment, walk

_PIECE_BYTES = 1 << 20


def start_segment(
    files: Files, path: Path, order: int, salt: int, replaced: Sequence[int] = ()
) -> Segment:
    """Return a new segment that has its draft's name only, see ``finish_segment``.

    Raises:
        OSError: nothing is left behind.
    """
    draft = path.with_name(f"{path.name}.tmp")
    fd = files.create(draft)
    try:
        files.write(fd, [segment_header(salt, replaced)], 0)
    except BaseException:
        drop_draft(files, path, fd)
        raise
    segment = Segment(path, order, salt, fd, SEGMENT_HEADER_BYTES)
    segment.replaces = tuple(replaced)
    return segment


def finish_segment(files: Files, segment: Segment, *, durable: bool) -> None:
    """Give the segment its name, which it never has without its content.

    Raises:
        OSError: nothing is left behind.
    """
    try:
        if durable:
            files.sync(segment.fd)
        files.rename(segment.path.with_name(f"{segment.path.name}.tmp"), segment.path)
        if durable:
            files.sync_directory(segment.path.parent)
    except BaseException:
        drop_draft(files, segment.path, segment.fd)
        raise


def drop_draft(files: Files, path: Path, fd: int) -> None:
    """Undo ``start_segment``, as far as the disk lets it."""
    files.close(fd)
    for name in (f"{path.name}.tmp", path.name):
        try:
            files.remove(path.with_name(name))
        except OSError:
            continue


class Rewriting:
    """A copy of what is open in a run of segments that are written no more."""

    def __init__(self, files: Files, keeper: Keeper, run: Sequence[Segment]) -> None:
        self._files = files
        self._keeper = keeper
        self._run = run
        # Old segment, ordinal in it, offset and ordinal in the new one.
        self._moved: list[tuple[Segment, int, int, int]] = []

    def write(self, to: Segment, carried: Sequence[int]) -> None:
        """Fill *to*, which is new.

        Args:
            carried: numbers of records of other segments that are done, of which the run has word.

        Raises:
            OSError: it could not be written, or the run not be read; the run is as it was. Records
                that could not be read ten times are left out.
        """
        parts: list[bytes] = []
        start = offset = to.size
        for old, frame, payload in self._open_records():
            ordinal = to.ordinals
            moved = Frame(
                offset,
                RECORD,
                ordinal,
                frame.units,
                frame.meta_bytes,
                frame.body_bytes,
                checksum(to.salt, payload),
            )
            parts += (moved.header(to.salt), payload)
            to.add(ordinal, moved.size)
            self._moved.append((old, frame.ordinal, offset, ordinal))
            offset = moved.end
            if offset - start >= _PIECE_BYTES:
                self._files.write(to.fd, parts, start)
                parts, start = [], offset
        if carried:
            parts.append(settled_frame(to.salt, offset, to.ordinals, carried))
            offset += len(parts[-1])
            to.mentions = {number >> 32 for number in carried}
        if parts:
            self._files.write(to.fd, parts, start)
        to.size = offset
        to.needed_bytes = to.waste

    def hand_over(self, to: Segment) -> None:
        """Let the entries be those of *to*, and count what could not be read for it."""
        missing = sum(segment.live for segment in self._run) - len(self._moved)
        for old, old_ordinal, offset, ordinal in self._moved:
            entry = old.taken.pop(old_ordinal, None)
            if entry is not None:
                entry.segment, entry.offset, entry.ordinal = to, offset, ordinal
                to.taken[ordinal] = entry
        for segment in self._run:
            for entry in segment.taken.values():
                # The pipeline has its spans still; only the disk has them no more.
                entry.done = True
        if missing:
            self._keeper.lose(missing)
            self._keeper.tell("records of the journal cannot be read any more")

    def _open_records(self) -> Iterator[tuple[Segment, Frame, bytes]]:
        for segment in self._run:
            records = self._records_of(segment)
            while True:
                # Only errors of reading are the old segment's.
                try:
                    found = next(records, None)
                except OSError:
                    segment.failures += 1
                    if segment.failures <= MOST_FAILURES:
                        raise
                    segment.damaged = True
                    break
                if found is None:
                    break
                yield segment, *found

    def _records_of(self, segment: Segment) -> Iterator[tuple[Frame, bytes]]:
        files, fd, salt = self._files, segment.fd, segment.salt
        for frame in walk(files, fd, salt, SEGMENT_HEADER_BYTES, segment.size):
            if isinstance(frame, Damage):
                self._keeper.copy(segment, frame.offset, frame.end)
            elif frame.kind == RECORD and not segment.is_done(frame.ordinal):
                start = frame.offset + FRAME_HEADER_BYTES
                try:
                    payload = files.read(fd, frame.end - start, start)
                except OSError:
                    if segment.failures < MOST_FAILURES:
                        raise
                    segment.damaged = True
                    continue
                if checksum(salt, payload) == frame.checksum:
                    yield frame, payload
                else:
                    self._keeper.copy(segment, frame.offset, frame.end)
