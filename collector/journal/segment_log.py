"""The journal's records on disk: appended, read again, forgotten."""

from collections.abc import Callable, Sequence
from errno import ENOENT
from pathlib import Path

from collector.journal.copying import Copier
from collector.journal.files import Files
from collector.journal.frames import MAX_PAYLOAD_BYTES, SEGMENT_HEADER_BYTES
from collector.journal.keeping import Keeper
from collector.journal.layout import record_frames, settled_frame
from collector.journal.opening import Opened
from collector.journal.ownership import Ownership
from collector.journal.past import Past
from collector.journal.reading import Backlog, Taken, TenantOf
from collector.journal.segment import Draft, Entry
from collector.journal.segments import Segments
from collector.journal.space import NO_SPACE
from collector.model import Tenant

# A segment is this part of all there may be: small enough to be written anew in one go, large
# enough that there are few.
_SEGMENTS = 128
_SMALLEST_SEGMENT = 1 << 16
# What is kept aside may be this part of it, beside it.
_KEPT = 8


class SegmentLog:
    """A log in one directory. Every method blocks; one thread at a time may call them.

    Attributes:
        opened: what an earlier process left has been read.
        found_units: what the records that were open then owe.
        torn_writes: how many writes that process left unfinished.
        later_files: how many files it has left to a later version of this program.
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
        date: Callable[[], int] = lambda: 0,
        random_salt: Callable[[], int],
    ) -> None:
        """Make it; nothing is read yet.

        Args:
            count_lost: is told how many records cannot be read any more.
            durable: files outlive the machine's power before others are removed for them.
            max_bytes: bound of the files; what is kept aside has an eighth of it for itself.
            rest_seconds: how long done records stay, where there is room, for ``past``.
            date: seconds from 1970 to now.
            random_salt: 32 bits at random.
        """
        self._directory = directory
        self._files = files
        self._keeper = Keeper(files, count_lost, max_bytes // _KEPT)
        self._durable = durable
        self._rest_seconds = rest_seconds
        self._date = date
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
        self.torn_writes = 0
        self.later_files = 0
        self.backlog = Backlog(files, self._keeper)
        self._copier = Copier(self._segments, max_bytes, self.backlog.moved)
        self.past = Past(files, self._segments.has)

    @property
    def bytes(self) -> int:
        """What all files take."""
        return self._segments.bytes

    @property
    def most_bytes(self) -> int:
        """What a record may take at most, if it is the only one."""
        return min(self._copier.bound - SEGMENT_HEADER_BYTES, MAX_PAYLOAD_BYTES)

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
        since = self._date() - self._rest_seconds
        found = Opened(self._directory, self._files, self._keeper, since)
        self._segments.begin(found)
        self.backlog.begin(self.records, found.units)
        if self._rest_seconds:
            self.past.begin(found.segments)
        self.found_units = found.units
        self.torn_writes = found.torn_writes
        self.later_files = found.later_files
        self.opened = True

    def append(self, drafts: Sequence[Draft], *, sync: bool) -> list[Entry]:
        """Write *drafts*, which are taken then, and what is settled; return where the drafts are.

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
        entries, parts = record_frames(segment, drafts)
        offset = segment.size + sum(draft.size for draft in drafts)
        if done:
            ordinal = segment.ordinals + len(drafts)
            parts.append(settled_frame(segment.salt, offset, ordinal, done, self._date()))
            offset += len(parts[-1])
        # What is removed on the word of this must not come back without it.
        sync = sync or (segments.doomed and self._durable)
        segments.write(segment, parts, offset - segment.size, sync=sync)
        segment.mentions.update(number >> 32 for number in done)
        segments.unsaid.clear()
        for entry in entries:
            segment.add(entry.ordinal, entry.size)
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
        """Forget a taken record; the next ``append`` says so on disk."""
        if not entry.done and self._segments.has(entry.segment):
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
        if segments.bytes + size > self._copier.bound:
            if segments.active is not None and not segments.active.live:
                segments.seal(segments.active)
            segments.end_rest()
            self.append([], sync=False)
        return self._copier.make_room(size)

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
        self._copier.tidy(now)

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
            segments.try_out(size)
        except OSError as exc:
            if exc.errno not in NO_SPACE:
                raise
            # Rather does a settled record come back after a kill than a full disk stay full.
            segments.remove_doomed(said=True)
            self._copier.make_space()
            segments.try_out(size)
        self._copier.save_suspects()

    def close(self) -> None:
        """Say what is settled and give the directory back.

        Raises:
            OSError: what is settled may come back with the next start.
        """
        segments = self._segments
        try:
            if not self._rest_seconds and segments.active is not None and not segments.active.live:
                segments.seal(segments.active)
            self.append([], sync=self._durable)
            if self._durable and self.opened:
                segments.sync()
                self._files.sync_directory(self._directory)
        finally:
            segments.close()
            self._ownership.release()

    def _forget_bad(self) -> None:
        for entry in self.backlog.bad:
            self._segments.finish(entry)
        self.backlog.bad.clear()
