"""The backlog: the records on disk that nobody has taken, from the oldest on."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import TypeAlias
from weakref import WeakSet

from collector.journal.files import Files
from collector.journal.frames import (
    FRAME_HEADER_BYTES,
    RECORD,
    SEGMENT_HEADER_BYTES,
    checksum,
)
from collector.journal.keeping import Keeper
from collector.journal.segment import MOST_FAILURES, Damage, Entry, Segment, walk
from collector.model import Tenant

TenantOf: TypeAlias = Callable[[bytes], Tenant | None]
# Order of a segment, and offset in it.
_Place: TypeAlias = tuple[int, int]

# Frames that one take passes: some milliseconds, in which nothing can be appended.
_MOST_PASSED = 256


class Taken:
    """A record's bytes, read and checked.

    Attributes:
        entry: where it is, and what its receipt owes.
        meta, body: as ``Codec`` made them.
    """

    __slots__ = ("body", "entry", "meta")

    def __init__(self, entry: Entry, meta: bytes, body: bytes) -> None:
        self.entry = entry
        self.meta = meta
        self.body = body


class Backlog:
    """A place in the segments: every record that nobody has taken is there or behind it.

    It moves on behind what was read, and not when reading fails: a disk that fails for a while
    costs nothing. Only what failed ten times is passed, until the next start.

    So it is but for the records of tenants that were skipped. Each of these tenants, and there are
    as many as a caller has skipped, has a place of its own, before which there is none of its own.
    When it is skipped no longer, it is read from there, and what is of others is only passed: so a
    tenant that comes and goes does not cost a look at all records each time.

    Attributes:
        records: how many there are.
        lost_units: units of those that turned out to be unreadable, since the start.
        bad: entries of records that were found to be damaged, which the log forgets.
        paused: the last take found nothing so far, and has yet to look at the rest.
    """

    def __init__(self, files: Files, keeper: Keeper) -> None:
        self._files = files
        self._keeper = keeper
        self._place: _Place = 0, SEGMENT_HEADER_BYTES
        self._skipped: dict[Tenant, _Place] = {}
        self._units = 0
        self.records = 0
        self.lost_units = 0
        self.bad: list[Entry] = []
        self.paused = False
        self._left = 0
        # A segment is spoken of once.
        self._told: WeakSet[Segment] = WeakSet()

    def begin(self, records: int, units: int) -> None:
        """Stand before the first segment, with so much to read."""
        self.records, self._units = records, units

    def add(self, entry: Entry) -> None:
        """Count a record that is nobody's: it was just appended, or it was taken and put back."""
        place = entry.segment.order, entry.offset
        if not self.records:
            # What lies before it has been taken; there is no need to pass it again.
            self._place = place
            self._skipped.clear()
        self._place = min(self._place, place)
        self.records += 1
        self._units += entry.units

    def drop(self, entry: Entry) -> None:
        """Count a record no longer that is done before anybody took it."""
        self.records -= 1
        self._units -= entry.units

    def moved(self, run: Sequence[Segment]) -> None:
        """Go back to the beginning of what took the place of *run*, if that was the place."""
        first, last = run[0].order, run[-1].order
        start = first, SEGMENT_HEADER_BYTES
        if first <= self._place[0] <= last:
            self._place = start
        for tenant, (order, _) in self._skipped.items():
            if first <= order <= last:
                self._skipped[tenant] = start

    def take(
        self, segments: Sequence[Segment], skip: frozenset[Tenant], tenant_of: TenantOf
    ) -> Taken | None:
        """Return the oldest record that can be read, which is taken now; None without one.

        What is damaged is counted, kept aside, and passed.

        Args:
            skip: tenants whose records are passed, and stay.
            tenant_of: tells whose record a meta is of.

        Raises:
            OSError: the disk does not work; try again later.
            MemoryError: so it is with memory.
        """
        self.paused = False
        self._left = _MOST_PASSED
        while self.records:
            back = self._back(skip)
            start = min((self._skipped[tenant] for tenant in back), default=self._place)
            at = bisect_left(segments, start[0], key=_order)
            if back and (at == len(segments) or segments[at].order > self._place[0]):
                self._move_on(back, self._place)
                continue
            if at == len(segments):
                if not self._skipped:
                    # The rest was in bytes that are damaged.
                    self.lost_units += self._units
                    self.records = self._units = 0
                break
            segment = segments[at]
            offset = start[1] if segment.order == start[0] else SEGMENT_HEADER_BYTES
            try:
                taken = self._next_of(segment, offset, back, skip, tenant_of)
            except OSError:
                segment.failures += 1
                if segment.failures <= MOST_FAILURES:
                    raise
                # Where the next header is nobody knows.
                segment.damaged = True
                self._keeper.lose(1)
                self._keeper.tell("a file of the journal cannot be read any more")
                taken = None
            if taken is not None:
                self.records -= 1
                self._units -= taken.entry.units
                return taken
            if not self._left:
                self.paused = True
                break
            self._move_on(back, (segment.order + 1, SEGMENT_HEADER_BYTES))
        return None

    def spoiled(self, entry: Entry) -> None:
        """Keep a record aside that is nobody's and not what was written."""
        self._keeper.copy(entry.segment, entry.offset, entry.offset + entry.size)
        self._lose(entry, "records of the journal are damaged: they were kept aside")
        self.bad.append(entry)

    def _pass(self, entry: Entry) -> None:
        """Leave a record to the next start: nobody has it, and nobody is given it."""
        entry.segment.taken[entry.ordinal] = entry
        self._lose(entry, "records of the journal cannot be read: the next start tries them again")

    def _lose(self, entry: Entry, message: str) -> None:
        self._keeper.lose(1)
        if entry.segment not in self._told:
            self._told.add(entry.segment)
            self._keeper.tell(message)
        self.lost_units += entry.units

    def _back(self, skip: frozenset[Tenant]) -> frozenset[Tenant]:
        """Return the tenants that were skipped, are no longer, and have records to be read yet."""
        back = {tenant: place for tenant, place in self._skipped.items() if tenant not in skip}
        for tenant, place in back.items():
            if place >= self._place:
                del self._skipped[tenant]
        return frozenset(tenant for tenant in back if tenant in self._skipped)

    def _move_on(self, back: frozenset[Tenant], place: _Place) -> None:
        for tenant in back:
            self._skipped[tenant] = max(self._skipped[tenant], place)
        if not back:
            self._place = place

    def _next_of(
        self,
        segment: Segment,
        offset: int,
        back: frozenset[Tenant],
        skip: frozenset[Tenant],
        tenant_of: TenantOf,
    ) -> Taken | None:
        """Return the next record from *offset* on, of *back* where there are any."""
        files, fd, salt = self._files, segment.fd, segment.salt
        place = segment.order, offset
        try:
            for frame in walk(files, fd, salt, offset, segment.size):
                here, behind = (segment.order, frame.offset), (segment.order, frame.end)
                if not self._left or (back and here >= self._place):
                    break
                self._left -= 1
                if isinstance(frame, Damage):
                    place = behind
                    if not back:
                        self._keeper.copy(segment, frame.offset, frame.end)
                        self._keeper.lose(1)
                        self._keeper.tell("a part of the journal is damaged: it was kept aside")
                    continue
                if (
                    frame.kind != RECORD
                    or segment.is_done(frame.ordinal)
                    or frame.ordinal in segment.taken
                ):
                    place = behind
                    continue
                start = frame.offset + FRAME_HEADER_BYTES
                if back or skip:
                    tenant = tenant_of(files.read(fd, frame.meta_bytes, start))
                    if back and tenant not in back:
                        place = behind
                        continue
                    if tenant is not None and tenant in skip:
                        self._skipped[tenant] = min(self._skipped.get(tenant, here), here)
                        place = behind
                        continue
                entry = Entry(segment, frame.offset, frame.ordinal, frame.units, frame.size)
                try:
                    payload = files.read(fd, frame.end - start, start)
                except OSError:
                    if segment.failures < MOST_FAILURES:
                        raise
                    place = behind
                    self.drop(entry)
                    self._pass(entry)
                    continue
                # There may be no memory for it; until it is there, nobody has it.
                taken = Taken(entry, payload[: frame.meta_bytes], payload[frame.meta_bytes :])
                place = behind
                segment.failures = 0
                if checksum(salt, payload) == frame.checksum:
                    segment.taken[frame.ordinal] = entry
                    return taken
                self.drop(entry)
                self.spoiled(entry)
        finally:
            self._move_on(back, place)
        return None


def _order(segment: Segment) -> int:
    return segment.order
