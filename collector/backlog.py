"""What a journal that survives needs beside it: room in memory, and a way to read records again."""

from collections import Counter
from typing import Protocol

from collector.journal.base import Journal, Record
from collector.limiter import Limiter
from collector.metrics import Metrics
from collector.model import Receipt, Tenant
from translators.log_record import LogRecord
from translators.span import Span

# The part of the memory budget that records may fill; the rest is for bodies that are being read,
# and for what a request may bring in at once.
_SHARE = 0.625
# How much one tenant's batches may hold, measured by the room that is left: so a tenant whose
# batches do not go away leaves room for all others, however many such tenants there are
# (Choudhury and Hahne, "Dynamic Queue Length Thresholds for Shared-Memory Packet Switches", 1998).
_LIVE, _BACKLOG = 1.0, 0.25
# Live traffic alone, however much it is, cannot keep the backlog waiting for longer than this.
_PATIENCE_SECONDS = 0.1
_IMPATIENT = 2.0
# With a journal in memory nothing can be left aside; one tenant alone may use four fifths.
_ONLY = 4.0


class Decode(Protocol):
    """Reads records that come back from the journal; the receiver's codecs do it."""

    def spans(self, record: Record) -> list[Span]:
        """Return the usable spans of a record of traces."""
        ...

    def logs(self, record: Record) -> list[LogRecord]:
        """Return the usable log records of a record of logs."""
        ...


class Batches(Protocol):
    """Tells who holds memory; the outbox is the real one."""

    def held_bytes_of(self, tenant: Tenant) -> int:
        """Return the bytes of one tenant's batches."""
        ...

    def tenants_holding(self, size: float) -> frozenset[Tenant]:
        """Return the tenants whose batches have *size* bytes or more."""
        ...


class Room:
    """Tells whether memory has room for more of a tenant."""

    def __init__(self, limiter: Limiter, batches: Batches) -> None:
        self._limiter = limiter
        self._batches = batches

    def for_only(self, tenant: Tenant) -> bool:
        """Tell whether a request may be taken that memory alone would hold."""
        left = self._limiter.max_bytes - self._limiter.held_bytes()
        return self._batches.held_bytes_of(tenant) <= _ONLY * left

    def for_live(self, tenant: Tenant) -> bool:
        """Tell whether a request that just came, and is in the journal, may be taken at once."""
        left = self._left()
        return left > 0 and self._batches.held_bytes_of(tenant) < _LIVE * left

    def full_for_backlog(self, *, impatient: bool) -> frozenset[Tenant] | None:
        """Return the tenants of whose backlog nothing may be taken; None for all tenants."""
        left = self._left()
        if left <= 0:
            return None
        return self._batches.tenants_holding((_IMPATIENT if impatient else _BACKLOG) * left)

    def _left(self) -> float:
        return self._limiter.max_bytes * _SHARE - self._limiter.held_bytes()


class Backlog:
    """The records of a journal that nobody has taken: from an earlier process, or without room."""

    def __init__(self, journal: Journal, room: Room, metrics: Metrics) -> None:
        self._journal = journal
        self._room = room
        self._metrics = metrics
        self._unreadable = 0
        self._found = 0
        self._taken_at = 0.0
        # Records of each tenant that this process left aside, of as many tenants as had one since
        # the backlog was last empty.
        self._aside: Counter[Tenant] = Counter()

    @property
    def held_spans(self) -> int:
        """Spans that are not in memory; groups of log events there count, too."""
        journal = self._journal
        unsaid = journal.found - self._found - (journal.unreadable - self._unreadable)
        return journal.backlog - unsaid

    async def open(self) -> None:
        """Find what an earlier process left.

        Raises:
            JournalInUse: another process has the journal.
        """
        await self._journal.open()
        self._tell_found()

    def admits(self, tenant: Tenant) -> bool:
        """Tell whether a request may be owned at all."""
        return self._journal.survives or self._room.for_only(tenant)

    def grows(self, tenant: Tenant) -> bool:
        """Tell whether a request of spans that just came is left aside."""
        return self._journal.survives and not self._room.for_live(tenant)

    def grows_by_logs(self, tenant: Tenant) -> bool:
        """Tell whether a request of log records is left aside, as their spans may be."""
        return self._aside[tenant] > 0

    def left_aside(self, record: Record) -> None:
        """Count a record that the journal has and nobody took."""
        self._aside[record.destination.tenant] += 1
        if record.signal == "logs":
            self._metrics.replayed.inc(record.spans)

    async def take(self, now: float) -> tuple[Record, Receipt | None] | None:
        """Return what the journal gives, if there is anything, and room for it."""
        self._tell_found()
        full = self._room.full_for_backlog(impatient=now > self._taken_at + _PATIENCE_SECONDS)
        if full is None:
            return None
        taken = await self._journal.take(full)
        unreadable = self._journal.unreadable
        self._metrics.dropped.labels("unreadable").inc(unreadable - self._unreadable)
        self._unreadable = unreadable
        if taken is None:
            if not self._journal.backlog:
                self._aside.clear()
            return None
        record, receipt = taken
        if receipt is not None:
            self._taken_at = now
            if not self._found:
                self._count_taken(record.destination.tenant)
            if record.signal == "logs":
                # From here on they are counted as log records.
                self._metrics.dropped.labels("log_records").inc(record.spans)
        return taken

    def _count_taken(self, tenant: Tenant) -> None:
        # Where an earlier process left records, too, nothing tells whose this one was: then it is
        # when all are taken that none is left aside.
        self._aside[tenant] -= 1
        if self._aside[tenant] <= 0:
            del self._aside[tenant]

    def _tell_found(self) -> None:
        # A disk that does not work at the start is read later.
        found = self._journal.found
        self._metrics.replayed.inc(found - self._found)
        self._found = found
