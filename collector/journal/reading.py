"""The backlog: the records on disk that nobody has taken, from the oldest on."""

from bisect import bisect_left
from collections.abc import Callable, Sequence, Set
from typing import TypeAlias
from weakref import WeakSet

from collector.journal.files import Files
from collector.journal.frames import (
    FRAME_HEADER_BYTES,
    RECORD,
    SEGMENT_HEADER_BYTES,
    Frame,
    checksum,
)
from collector.journal.keeping import Keeper
from collector.journal.segment import Damage, Entry, Segment, walk
from collector.model import Tenant

# Raises ValueError where the bytes are none of a record's meta.
TenantOf: TypeAlias = Callable[[bytes], Tenant]

# What one call may read of records that it passes: some milliseconds.
_MOST_PASSED = 2000
# So often is read what cannot be read; between two tries the disk has to work again.
_TRIES = 10


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

    Attributes:
        records: how many there are.
        lost_units: units of those that turned out to be unreadable, since the start.
        bad: entries of records that were found to be damaged, which the log forgets.
        more: the last ``take`` has read enough for one call, and not all.
    """

    def __init__(self, files: Files, keeper: Keeper, tenant_of: TenantOf) -> None:
        """Make it, with nothing to read; *tenant_of* tells by its meta whose a record is."""
        self._files = files
        self._tenant_of = tenant_of
        self._keeper = keeper
        self._order = 0
        self._offset = SEGMENT_HEADER_BYTES
        self._units = 0
        self.records = 0
        self.lost_units = 0
        self.bad: list[Entry] = []
        self.more = False
        # Of each tenant that was passed, where its first record is.
        self._passed: dict[Tenant, tuple[int, int]] = {}
        self._left = 0
        self._failures = 0
        # A segment is spoken of once.
        self._told: WeakSet[Segment] = WeakSet()

    def begin(self, records: int, units: int) -> None:
        """Stand before the first segment, with so much to read."""
        self.records, self._units = records, units

    def add(self, entry: Entry) -> None:
        """Count a record that was appended and is nobody's."""
        if not self.records:
            # What lies before it has been taken; there is no need to pass it again.
            self._stand_at(entry)
        self.records += 1
        self._units += entry.units

    def put_back(self, entry: Entry) -> None:
        """Count a record that was taken and is nobody's again."""
        if not self.records or (entry.segment.order, entry.offset) < (self._order, self._offset):
            self._stand_at(entry)
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
        if first <= self._order <= last:
            self._order, self._offset = start
        for tenant, (order, _) in self._passed.items():
            if first <= order <= last:
                self._passed[tenant] = start

    def take(self, segments: Sequence[Segment], skip: Set[Tenant]) -> Taken | None:
        """Return the oldest record that can be read, which is taken now; None without one.

        What is damaged is counted, kept aside, and passed.

        Args:
            skip: tenants whose records are passed, and come when it names them no more.

        Raises:
            OSError: the disk does not give what is there; try again later.
        """
        self.more = False
        for tenant in self._passed.keys() - skip:
            place = self._passed.pop(tenant)
            if place < (self._order, self._offset):
                self._order, self._offset = place
        self._left = _MOST_PASSED
        while self.records:
            at = bisect_left(segments, self._order, key=_order)
            if at == len(segments):
                if self._passed:
                    break
                # The rest was in bytes that are damaged.
                self.lost_units += self._units
                self.records = self._units = 0
                break
            segment = segments[at]
            if segment.order != self._order:
                self._order, self._offset = segment.order, SEGMENT_HEADER_BYTES
            try:
                taken = self._next_of(segment, skip)
                self._failures = 0
            except OSError:
                self._failures += 1
                if self._failures % _TRIES:
                    raise
                segment.damaged = True
                self._keeper.lose(1)
                self._keeper.tell("a file of the journal cannot be read any more")
                taken = None
            if taken is not None:
                self.records -= 1
                self._units -= taken.entry.units
                return taken
            if self.more:
                break
            if self._passed and segment is segments[-1]:
                # More may be written to it.
                self._offset = segment.size
                break
            self._order, self._offset = segment.order + 1, SEGMENT_HEADER_BYTES
        return None

    def _next_of(self, segment: Segment, skip: Set[Tenant]) -> Taken | None:
        files, fd, salt = self._files, segment.fd, segment.salt
        for frame in walk(files, fd, salt, self._offset, segment.size):
            if isinstance(frame, Damage):
                self._keeper.copy(segment, frame.offset, frame.end)
                self._keeper.lose(1)
                self._keeper.tell("a part of the journal is damaged: it was kept aside")
                continue
            if (
                frame.kind != RECORD
                or segment.is_done(frame.ordinal)
                or frame.ordinal in segment.taken
            ):
                continue
            if skip and self._passes(segment, frame, skip):
                if self.more:
                    return None
                continue
            entry = Entry(segment, frame.offset, frame.ordinal, frame.units, frame.size)
            start = frame.offset + FRAME_HEADER_BYTES
            payload = files.read(fd, frame.end - start, start)
            self._offset = frame.end
            if checksum(salt, payload) == frame.checksum:
                segment.taken[frame.ordinal] = entry
                return Taken(entry, payload[: frame.meta_bytes], payload[frame.meta_bytes :])
            self.drop(entry)
            self.spoiled(entry)
        return None

    def spoiled(self, entry: Entry) -> None:
        """Keep a record aside that is nobody's and not what was written."""
        segment = entry.segment
        self._keeper.copy(segment, entry.offset, entry.offset + entry.size)
        self._keeper.lose(1)
        if segment not in self._told:
            self._told.add(segment)
            self._keeper.tell("records of the journal are damaged: they were kept aside")
        self.lost_units += entry.units
        self.bad.append(entry)

    def _stand_at(self, entry: Entry) -> None:
        self._order, self._offset = entry.segment.order, entry.offset

    def _passes(self, segment: Segment, frame: Frame, skip: Set[Tenant]) -> bool:
        at = frame.offset + FRAME_HEADER_BYTES
        try:
            tenant = self._tenant_of(self._files.read(segment.fd, frame.meta_bytes, at))
        except ValueError:
            return False
        if tenant not in skip:
            return False
        place = segment.order, frame.offset
        self._passed[tenant] = min(place, self._passed.get(tenant, place))
        self._offset = frame.end
        self._left -= 1
        self.more = self._left == 0
        return True


def _order(segment: Segment) -> int:
    return segment.order
