"""The journal's records on disk: appended, read again, forgotten."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from errno import EDQUOT, ENOENT, ENOSPC
from pathlib import Path

from collector.journal.base import Tenant
from collector.journal.files import Files
from collector.journal.frames import RECORD, Frame, checksum
from collector.journal.keeping import Keeper
from collector.journal.opening import Opened
from collector.journal.ownership import Ownership
from collector.journal.past import Past
from collector.journal.reading import Backlog, Taken, TenantOf
from collector.journal.rewriting import settled_frame
from collector.journal.segment import Draft, Entry, Segment
from collector.journal.segments import Segments
from collector.journal.tidying import crowded, wasteful, worthy

# A segment is this part of all there may be: small enough to be written anew in one go, large
# enough that there are few.
_SEGMENTS = 128
_SMALLEST_SEGMENT = 1 << 16


class SegmentLog:
    """A log in one directory. Every method blocks; one thread at a time may call them.

    Attributes:
        opened: what an earlier process left has been read.
        found_units: what the records that were open then owe.
        backlog: the records that nobody has taken.
        past: those that were done lately when it was opened.
    """

    def __init__(
        self,
        directory: Path,
        files: Files,
        count_lost: Callable[[int], None],
        *,
        durable: bool,
        max_bytes: int,
        rest_seconds: float = 0.0,
        random_salt: Callable[[], int],
    ) -> None:
        """Make it; nothing is read yet.

        Args:
            count_lost: is told how many records cannot be read any more.
            durable: files outlive the machine's power before others are removed for them.
            max_bytes: bound of the files; what is kept aside is not counted.
            rest_seconds: how long done records stay, where there is room, for ``recall``.
            random_salt: 32 bits at random.
        """
        self._directory = directory
        self._files = files
        self._keeper = Keeper(files, count_lost)
        self._durable = durable
        self._rests = rest_seconds > 0
        self._max_bytes = max_bytes
        self._ownership = Ownership(directory, files)
        self._segments = Segments(
            directory,
            files,
            self._keeper,
            durable=durable,
            rest_seconds=rest_seconds,
            segment_bytes=max(_SMALLEST_SEGMENT, max_bytes // _SEGMENTS),
            random_salt=random_salt,
        )
        self.opened = False
        self.found_units = 0
        self.backlog = Backlog(files, self._keeper)
        self.past = Past(files, self._segments.has)

    @property
    def bytes(self) -> int:
        """What all files take."""
        return self._segments.bytes

    @property
    def records(self) -> int:
        """How many records are open."""
        return sum(segment.live for segment in self._segments.all)

    def open(self) -> None:
        """Read what an earlier process has left.

        Raises:
            JournalInUse: another process owns the directory.
            OSError: the disk does not work; try again later.
        """
        self._ownership.take()
        found = Opened(self._directory, self._files, self._keeper)
        self._segments.begin(found)
        self.backlog.begin(self.records, found.units)
        if self._rests:
            self.past.begin(found.segments)
        self.found_units = found.units
        self.opened = True

    def append(self, drafts: Sequence[Draft], *, sync: bool) -> list[Entry]:
        """Write *drafts* and what is settled; return where the drafts are.

        Args:
            sync: return when it outlives the machine's power.

        Raises:
            OSError: none of *drafts* is owned, though a rest of them may be found by a later start;
                call ``mend`` until it returns.
        """
        segments = self._segments
        segments.retire()
        done = segments.to_say()
        if not drafts and not done:
            segments.remove_doomed(said=True)
            return []
        segment = segments.appendable()
        entries: list[Entry] = []
        parts: list[bytes] = []
        offset = segment.size
        for ordinal, draft in enumerate(drafts, segment.ordinals):
            sizes = len(draft.meta), len(draft.body)
            value = checksum(segment.salt, draft.meta, draft.body)
            frame = Frame(offset, RECORD, ordinal, draft.units, *sizes, value)
            parts += (frame.header(segment.salt), draft.meta, draft.body)
            entries.append(Entry(segment, offset, ordinal, draft.units, draft.size))
            offset += draft.size
        if done:
            ordinal = segment.ordinals + len(drafts)
            parts.append(settled_frame(segment.salt, offset, ordinal, done))
            offset += len(parts[-1])
        # What is removed on the word of this must not come back without it.
        sync = sync or (segments.doomed and self._durable)
        segments.write(segment, parts, offset - segment.size, sync=sync)
        segment.mentions.update(number >> 32 for number in done)
        segments.unsaid.clear()
        for entry, draft in zip(entries, drafts, strict=True):
            segment.add(entry.ordinal, entry.size)
            if draft.aside:
                self.backlog.add(entry)
            else:
                segment.taken[entry.ordinal] = entry
        segments.remove_doomed(said=True)
        return entries

    def sync(self) -> None:
        """Return when all that was appended outlives the machine's power.

        Raises:
            OSError: as ``append``.
        """
        self._segments.sync()

    def settle(self, entry: Entry) -> None:
        """Forget a record; the next ``append`` says so on disk."""
        if entry.done or not self._segments.has(entry.segment):
            return
        owner = entry.segment.taken.get(entry.ordinal)
        if owner is not entry:
            # It was appended for the backlog, and its sender went away.
            if owner is not None or entry.segment.is_done(entry.ordinal):
                return
            self.backlog.drop(entry)
        self._segments.finish(entry)

    def take(self, skip: frozenset[Tenant], tenant_of: TenantOf) -> Taken | None:
        """Return the oldest record of the backlog, which is taken now; None without one.

        Also None, for now, when so many were passed that others shall have their turn, see
        ``backlog``. Arguments and errors are as there.
        """
        try:
            return self.backlog.take(self._segments.all, skip, tenant_of)
        finally:
            self._forget_bad()

    def put_back(self, entry: Entry) -> None:
        """Let a taken record that was not settled be nobody's again."""
        if entry.done:
            # Its bytes were lost while it was taken: it is in no backlog.
            self.backlog.lost_units += entry.units
        else:
            del entry.segment.taken[entry.ordinal]
            self.backlog.add(entry)

    def spoil(self, entry: Entry) -> None:
        """Keep a taken record aside whose bytes are none of a record."""
        self.backlog.spoiled(entry)
        self._forget_bad()

    def has_room(self, size: int) -> bool:
        """Make room for *size* bytes, if the bound lets it; return whether there is.

        Raises:
            OSError: as ``append``.
        """
        segments = self._segments
        # A copy must have room before its original goes.
        bound = self._max_bytes - segments.segment_bytes
        if segments.bytes + size > bound:
            if segments.active is not None and not segments.active.live:
                segments.seal(segments.active)
            segments.end_rest()
            self.append([], sync=False)
        while segments.bytes + size > bound:
            run = wasteful(segments.all, segments.segment_bytes, self._max_bytes - segments.bytes)
            if not run:
                return False
            self._rewrite(run)
        return True

    def tidy(self, now: float) -> None:
        """Say what is settled, and let there be fewer files if there are too many.

        Args:
            now: seconds of a clock that never goes back.

        Raises:
            OSError: as ``append``; also where a file of the journal was removed.
        """
        segments = self._segments
        there = set(self._files.names(self._directory))
        if any(segment.path.name not in there for segment in segments.all):
            raise FileNotFoundError(ENOENT, "a file of the journal was removed")
        segments.age(now)
        self.append([], sync=False)
        written = [segment for segment in segments.all if segment is not segments.active]
        run = crowded(written, segments.segment_bytes, self._max_bytes - segments.bytes)
        if run:
            self._rewrite(run)

    def mend(self, size: int) -> None:
        """Return when the disk works again: all that is open is on it, and there is room.

        Args:
            size: bytes that there shall be room for, about.

        Raises:
            JournalInUse: the directory was removed, and another process has made it again.
            OSError: it does not work; try again later. What can be removed was removed.
        """
        segments = self._segments
        if not self.opened:
            self.open()
        segments.end_rest()
        segments.retire()
        segments.remove_doomed(said=False)
        self._ownership.take()
        segments.find_missing()
        try:
            segments.try_out(min(size, segments.segment_bytes))
        except OSError as exc:
            if exc.errno in (ENOSPC, EDQUOT):
                # Rather does a settled record come back after a kill than a full disk stay full.
                segments.remove_doomed(said=True)
                for segment in worthy(segments.all):
                    with suppress(OSError):
                        self._rewrite([segment])
            raise
        for segment in list(segments.all):
            if segment.suspect:
                self._rewrite([segment])

    def close(self) -> None:
        """Say what is settled and give the directory back.

        Raises:
            OSError: what is settled may come back with the next start.
        """
        segments = self._segments
        try:
            if not self._rests and segments.active is not None and not segments.active.live:
                segments.seal(segments.active)
            self.append([], sync=self._durable)
            if self._durable and self.opened:
                segments.sync()
                self._files.sync_directory(self._directory)
        finally:
            segments.close()
            self._ownership.release()

    def _rewrite(self, run: Sequence[Segment]) -> None:
        self._segments.rewrite(run)
        self.backlog.moved(run)

    def _forget_bad(self) -> None:
        for entry in self.backlog.bad:
            self._segments.finish(entry)
        self.backlog.bad.clear()
