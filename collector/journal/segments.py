"""The files of a journal: made, filled, given up, removed, and put in each other's place."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from errno import ENOENT
from pathlib import Path

from collector.journal.files import Files
from collector.journal.frames import GAP, Frame
from collector.journal.keeping import Keeper
from collector.journal.opening import Opened, segment_path
from collector.journal.rewriting import (
    Rewriting,
    drop_draft,
    finish_segment,
    start_segment,
)
from collector.journal.segment import Entry, Segment
from collector.journal.tidying import rested


class Segments:
    """All segments of one directory, in order; the last one may be active: written to.

    A segment is written to its end and then no more. It rests for a while, so that a process that
    starts can read what was done lately, and goes when all its records are done. What is done is
    said by a later frame, in that segment or another: so when a segment goes, what it says of
    others has to be said again.

    Attributes:
        all: those that hold something.
        active: the last of them, or None.
        bytes: what the files take, those too that wait to be removed.
        unsaid: numbers of records that are done, of which no frame has word yet.
        segment_bytes: at this size the next one begins.
    """

    def __init__(
        self,
        directory: Path,
        files: Files,
        keeper: Keeper,
        *,
        durable: bool,
        rest_seconds: float,
        segment_bytes: int,
        random_salt: Callable[[], int],
    ) -> None:
        self._directory = directory
        self._files = files
        self._keeper = keeper
        self._durable = durable
        self._rest_seconds = rest_seconds
        self._random_salt = random_salt
        self._by_salt: dict[int, Segment] = {}
        self._last_order = 0
        # Nothing in them is needed; they are removed as soon as what they said is said again.
        self._doomed: list[Segment] = []
        self._emptied = False
        self.segment_bytes = segment_bytes
        self.all: list[Segment] = []
        self.active: Segment | None = None
        self.bytes = 0
        self.unsaid: list[int] = []

    @property
    def doomed(self) -> bool:
        """Whether files wait to be removed."""
        return bool(self._doomed)

    def begin(self, found: Opened) -> None:
        """Go on with what was found in the directory."""
        self.all = found.segments
        self._by_salt = {segment.salt: segment for segment in found.segments}
        self._last_order = found.last_order
        self.bytes = sum(segment.size for segment in found.segments)
        self._emptied = True

    def has(self, segment: Segment) -> bool:
        """Whether *segment* is one of them still."""
        return self._by_salt.get(segment.salt) is segment

    def to_say(self) -> list[int]:
        """Return the numbers of records that are done where that is worth a word."""
        self.unsaid = [number for number in self.unsaid if number >> 32 in self._by_salt]
        return self.unsaid

    def appendable(self) -> Segment:
        """Return the active segment, a new one where it is full.

        Raises:
            OSError: there is none; it was removed, or none can be made.
        """
        segment = self.active
        if segment is not None:
            if not self._files.same(segment.path, segment.fd):
                self.abandon(segment)
                raise FileNotFoundError(ENOENT, "a file of the journal was removed")
            if segment.size < self.segment_bytes:
                return segment
            self.seal(segment)
        self._last_order += 1
        order, salt = self._last_order, self._new_salt()
        path = segment_path(self._directory, order, salt)
        segment = start_segment(self._files, path, order, salt)
        finish_segment(self._files, segment, durable=self._durable)
        self.all.append(segment)
        self._by_salt[salt] = self.active = segment
        self.bytes += segment.size
        return segment

    def write(self, segment: Segment, parts: Sequence[bytes], size: int, *, sync: bool) -> None:
        """Write *parts*, *size* bytes together, to the active segment.

        Raises:
            OSError: nothing of it counts, and the segment is active no more.
        """
        try:
            self._files.write(segment.fd, parts, segment.size)
            if sync:
                self._files.sync(segment.fd)
        except OSError:
            self.abandon(segment)
            raise
        segment.unsynced = not sync
        segment.size += size
        self.bytes += size

    def sync(self) -> None:
        """Return when all that was written outlives the machine's power.

        Raises:
            OSError: as ``write``.
        """
        if self.active is not None and self.active.unsynced:
            self.write(self.active, (), 0, sync=True)

    def try_out(self, size: int) -> None:
        """Return if so many bytes can be written to the active segment.

        Raises:
            OSError: as ``appendable`` and ``write``.
        """
        segment = self.appendable()
        gap = Frame(segment.size, GAP, 0, 0, 0, size, 0)
        try:
            self._files.write(segment.fd, [gap.header(segment.salt), bytes(size)], segment.size)
            if self._durable:
                self._files.sync(segment.fd)
            self._files.truncate(segment.fd, segment.size)
        except OSError:
            self.abandon(segment)
            raise

    def seal(self, segment: Segment) -> None:
        """Write no more to the active segment.

        Raises:
            OSError: as ``write``.
        """
        if self._durable:
            self.sync()
        self.active = None
        self._emptied = self._emptied or not segment.live

    def abandon(self, segment: Segment) -> None:
        """Write no more to a segment that failed: what a failed sync left out is lost."""
        self.active = None
        segment.suspect = segment.unsynced and self._durable
        self._emptied = True
        with suppress(OSError):
            self._files.truncate(segment.fd, segment.size)
        self.retire()
        self.remove_doomed(said=False)

    def finish(self, entry: Entry) -> None:
        """Let an open record be done."""
        segment = entry.segment
        entry.done = True
        segment.finish(entry.ordinal, entry.size)
        self.unsaid.append(segment.salt << 32 | entry.ordinal)
        self._emptied = self._emptied or not segment.live

    def age(self, now: float) -> None:
        """Let the rest of each segment be over in time, or for want of room: one may be empty."""
        written = [segment for segment in self.all if segment is not self.active]
        for segment in rested(written, now, self._rest_seconds, self.segment_bytes):
            segment.over = self._emptied = True

    def end_rest(self) -> None:
        """Let no segment rest any longer."""
        for segment in self.all:
            segment.over = segment.over or not segment.live
        self._emptied = True

    def retire(self) -> None:
        """Doom the segments that have rested; what they say of others is unsaid again."""
        if not self._emptied:
            return
        self._emptied = False
        rests = self._rest_seconds > 0
        doomed = [
            one
            for one in self.all
            if not one.live and one is not self.active and (one.over or not rests)
        ]
        for segment in doomed:
            self.all.remove(segment)
            del self._by_salt[segment.salt]
        self._doomed += doomed
        self.unsaid += self._said_by(doomed)

    def remove_doomed(self, *, said: bool) -> None:
        """Remove the doomed files, or put them aside where something in them could not be read.

        Args:
            said: what they say of others has been said again; else those that do so have to stay.
        """
        left = []
        for segment in self._doomed:
            if not said and segment.mentions & self._by_salt.keys():
                left.append(segment)
                continue
            try:
                if segment.damaged:
                    self._keeper.put_aside(segment.path)
                else:
                    self._files.remove(segment.path)
            except FileNotFoundError:
                pass
            except OSError:
                left.append(segment)
                continue
            self._files.close(segment.fd)
            self.bytes -= segment.size
        self._doomed = left

    def find_missing(self) -> None:
        """Let those be suspect whose names are gone, and none of them be active."""
        for segment in self.all:
            segment.suspect |= not self._files.same(segment.path, segment.fd)
        if self.active is not None and self.active.suspect:
            self.active = None

    def rewrite(self, run: Sequence[Segment]) -> None:
        """Put one new segment with what is open in *run*, neighbours, in their place.

        Raises:
            OSError: it could not be written; all is as it was.
        """
        if self.active is not None and self.active in run:
            self.seal(self.active)
        order, salt = run[0].order, self._new_salt()
        path = segment_path(self._directory, order, salt)
        new = start_segment(self._files, path, order, salt, [one.salt for one in run])
        rewriting = Rewriting(self._files, self._keeper, run)
        said = [n for n in self._said_by(run) if all(n >> 32 != one.salt for one in run)]
        try:
            rewriting.write(new, said)
        except BaseException:
            drop_draft(self._files, path, new.fd)
            raise
        finish_segment(self._files, new, durable=self._durable)
        rewriting.hand_over(new)
        at = self.all.index(run[0])
        self.all[at : at + len(run)] = [new]
        for segment in run:
            del self._by_salt[segment.salt]
            # The new one says it.
            segment.mentions = set()
        self._by_salt[salt] = new
        new.over = True
        self.bytes += new.size
        self._doomed += run
        self._emptied = True
        self.remove_doomed(said=False)

    def close(self) -> None:
        """Give all files back; there is none any more."""
        for segment in (*self.all, *self._doomed):
            self._files.close(segment.fd)
        self.all, self._doomed, self.active, self._by_salt = [], [], None, {}

    def _said_by(self, segments: Iterable[Segment]) -> list[int]:
        """Return the numbers of done records in segments that *segments* have word of."""
        salts = {salt for segment in segments for salt in segment.mentions}
        return [
            number
            for salt in salts & self._by_salt.keys()
            for number in self._by_salt[salt].done_numbers()
        ]

    def _new_salt(self) -> int:
        """Return a salt that no segment has, replaces or mentions."""
        used = {0, *self._by_salt, *(segment.salt for segment in self._doomed)}
        for segment in self.all:
            used.update(segment.mentions, segment.replaces)
        while (salt := self._random_salt()) in used:
            continue
        return salt
