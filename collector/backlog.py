"""What a journal that survives needs beside it: room in memory, and a way to read records again."""

from typing import Protocol

from collector.journal.base import Journal, Record
from collector.limiter import Limiter
from collector.metrics import Metrics
from collector.model import Receipt
from translators.log_record import LogRecord
from translators.span import Span

# Shares of the memory budget. The rest is for bodies that are being read, and for what a request
# may bring in at once; the backlog has room a little longer, so that live traffic alone, however
# much it is, cannot keep it waiting.
_LIVE, _BACKLOG = 0.5, 0.625


class Decode(Protocol):
    """Reads records that come back from the journal; the receiver's codecs do it."""

    def spans(self, record: Record) -> list[Span]:
        """Return the usable spans of a record of traces."""
        ...

    def logs(self, record: Record) -> list[LogRecord]:
        """Return the usable log records of a record of logs."""
        ...


class Room:
    """Tells whether memory has room for what the journal owns already."""

    def __init__(self, limiter: Limiter) -> None:
        self._limiter = limiter

    def for_live(self) -> bool:
        """Tell whether a request that just came may be taken at once."""
        return self._limiter.held_bytes() < self._limiter.max_bytes * _LIVE

    def for_backlog(self) -> bool:
        """Tell whether one more record of the backlog may be taken."""
        return self._limiter.held_bytes() < self._limiter.max_bytes * _BACKLOG


class Backlog:
    """The records of a journal that nobody has taken: from an earlier process, or without room."""

    def __init__(self, journal: Journal, room: Room, metrics: Metrics) -> None:
        self._journal = journal
        self._room = room
        self._metrics = metrics
        self._unreadable = 0

    @property
    def held_spans(self) -> int:
        """Spans that are not in memory; groups of log events of an earlier process count, too."""
        return self._journal.backlog

    async def open(self) -> None:
        """Find what an earlier process left.

        Raises:
            JournalInUse: another process has the journal.
        """
        await self._journal.open()
        self._metrics.replayed.inc(self._journal.backlog)

    def grows(self) -> bool:
        """Tell whether a request that just came goes to the backlog."""
        return self._journal.survives and not self._room.for_live()

    async def take(self) -> tuple[Record, Receipt | None] | None:
        """Return what the journal gives, if there is anything, and room for it."""
        if not self._room.for_backlog():
            return None
        taken = await self._journal.take()
        unreadable = self._journal.unreadable
        self._metrics.dropped.labels("unreadable").inc(unreadable - self._unreadable)
        self._unreadable = unreadable
        if taken is not None:
            record, receipt = taken
            if receipt is not None and record.signal == "logs":
                # From here on they are counted as log records.
                self._metrics.dropped.labels("log_records").inc(record.spans)
        return taken
