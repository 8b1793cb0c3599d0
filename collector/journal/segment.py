"""One file of the journal: which of its records are open, and its frames one by one."""

from collections.abc import Iterator
from pathlib import Path

from collector.journal.files import Files
from collector.journal.frames import FRAME_HEADER_BYTES, Frame, find_frame, read_frame

# One read of this size often has several small frames; of a large one it is little to read in vain.
_WINDOW_BYTES = 4096
_SEARCH_BYTES = 1 << 20

# A disk that works but for one place has failed there so often: it will not come back soon. Between
# two of them the journal has seen to it that the disk can be written to.
MOST_FAILURES = 10


class Draft:
    """A record that is about to be appended.

    Attributes:
        meta, body: as ``Codec`` makes them.
        units: what its receipt owes.
        size: bytes that it takes on disk.
    """

    __slots__ = ("body", "meta", "size", "units")

    def __init__(self, meta: bytes, body: bytes, units: int) -> None:
        self.meta = meta
        self.body = body
        self.units = units
        self.size = FRAME_HEADER_BYTES + len(meta) + len(body)


class Entry:
    """Where an open record is.

    Attributes:
        segment, offset, ordinal: change when its segment is written anew.
        units: what its receipt owes.
        size: bytes of its frame.
        done: it is settled, or its bytes are lost.
    """

    __slots__ = ("done", "offset", "ordinal", "segment", "size", "units")

    def __init__(
        self, segment: "Segment", offset: int, ordinal: int, units: int, size: int
    ) -> None:
        self.segment = segment
        self.offset = offset
        self.ordinal = ordinal
        self.units = units
        self.size = size
        self.done = False


class Segment:
    """What is known of one file.

    Bounded: a bit for each record, and an entry for each that the pipeline has taken.

    Attributes:
        order: segments are read in this order, which the file's name begins with.
        salt: tells it from all others, see ``frames``.
        fd: kept open: what is open survives the removal of its name.
        size: bytes of the file that count.
        ordinals: how many records it has or had.
        live, live_bytes: records that are not done, and the bytes of their frames.
        needed_bytes: what else was needed when it took the place of others; of the rest of the
            file, writing it anew makes room.
        mentions: salts of the segments whose done records are listed here.
        taken: entries of the open records that the pipeline has, by ordinal.
        damaged: not all of it could be read: it is kept aside when it is no longer needed.
        replaces: salts of the segments whose place it took.
        unsynced: something was written since the last sync.
        rests_since: when it was first seen to be written no more, and no record to be done since,
            in seconds of the caller's clock.
        recent: sizes of the records that an earlier process finished lately, by ordinal.
        over: it has rested: nobody will want its done records.
        failures: reads of its records in a row that failed, see ``MOST_FAILURES``.
        suspect: its name is gone, or a sync failed: what is open has to be written elsewhere.
    """

    __slots__ = (
        "__weakref__",
        "_done",
        "damaged",
        "failures",
        "fd",
        "live",
        "live_bytes",
        "mentions",
        "needed_bytes",
        "order",
        "ordinals",
        "over",
        "path",
        "recent",
        "replaces",
        "rests_since",
        "salt",
        "size",
        "suspect",
        "taken",
        "unsynced",
    )

    def __init__(self, path: Path, order: int, salt: int, fd: int, size: int) -> None:
        self.path = path
        self.order = order
        self.salt = salt
        self.fd = fd
        self.size = size
        self.ordinals = 0
        self.live = 0
        self.live_bytes = 0
        self.needed_bytes = 0
        self.mentions: set[int] = set()
        self.taken: dict[int, Entry] = {}
        self.replaces: tuple[int, ...] = ()
        self.unsynced = False
        self.suspect = False
        self.damaged = False
        self.failures = 0
        self.rests_since: float | None = None
        self.over = False
        self.recent: dict[int, int] = {}
        self._done = bytearray()

    @property
    def waste(self) -> int:
        """Bytes of the file that a new one in its place would not have, about."""
        return self.size - self.live_bytes - self.needed_bytes

    def add(self, ordinal: int, size: int) -> None:
        """Count an open record, the last one of the file so far."""
        self.ordinals = ordinal + 1
        self.live += 1
        self.live_bytes += size
        self._done.extend(bytes(ordinal // 8 + 1 - len(self._done)))

    def finish(self, ordinal: int, size: int) -> None:
        """Let the record of *ordinal* be done, which it was not."""
        self._done[ordinal // 8] |= 1 << ordinal % 8
        self.live -= 1
        self.live_bytes -= size
        self.taken.pop(ordinal, None)
        # A process that starts shall find it for as long as any.
        self.rests_since, self.over = None, False

    def is_done(self, ordinal: int) -> bool:
        """Whether that record is done; so is one that was never counted."""
        return ordinal >= self.ordinals or bool(self._done[ordinal // 8] >> ordinal % 8 & 1)

    def done_numbers(self) -> list[int]:
        """Return the numbers of all records that are done."""
        above = self.salt << 32
        return [above | ordinal for ordinal in range(self.ordinals) if self.is_done(ordinal)]


class Damage:
    """Bytes of a segment that are no frame.

    Attributes:
        offset, end: where they are.
    """

    __slots__ = ("end", "offset")

    def __init__(self, offset: int, end: int) -> None:
        self.offset = offset
        self.end = end


def walk(files: Files, fd: int, salt: int, start: int, end: int) -> Iterator[Frame | Damage]:
    """Yield what lies between *start* and *end*, in order and without holes.

    Only headers are read; what follows them is not checked.

    Raises:
        OSError: the file cannot be read there.
    """
    window, base = b"", start
    offset = start
    while offset < end:
        if not base <= offset <= base + len(window) - FRAME_HEADER_BYTES:
            window, base = _window(files, fd, offset, end), offset
        frame = read_frame(window, offset - base, salt, offset)
        if frame is None or frame.end > end:
            damage = Damage(offset, _next_frame(files, fd, salt, offset + 1, end))
            yield damage
            offset = damage.end
        else:
            yield frame
            offset = frame.end


def _window(files: Files, fd: int, offset: int, end: int) -> bytes:
    try:
        return files.read(fd, min(_WINDOW_BYTES, end - offset), offset)
    except OSError:
        # What cannot be read may lie behind the header.
        return files.read(fd, min(FRAME_HEADER_BYTES, end - offset), offset)


def _next_frame(files: Files, fd: int, salt: int, start: int, end: int) -> int:
    """Return where the first whole frame from *start* on begins, *end* when there is none."""
    while end - start >= FRAME_HEADER_BYTES:
        data = files.read(fd, min(_SEARCH_BYTES, end - start), start)
        frame = find_frame(data, salt, start)
        if frame is not None and frame.end <= end:
            return frame.offset
        if frame is not None:
            start = frame.offset + 1
        elif len(data) < FRAME_HEADER_BYTES:
            break
        else:
            # A header may lie across the border of two pieces.
            start += len(data) - FRAME_HEADER_BYTES + 1
    return end
