"""The journal that keeps its promise as long as the process lives."""

from collections import deque

from collector.journal.base import Record
from collector.model import Receipt, Tenant


class MemoryJournal:
    """Owns records by owning their receipts; the spans themselves are held by the pipeline.

    What 200 promises with it: the spans are in memory, and reach upstream unless the process is
    killed. Bounded by the limiter at the door: a receipt is open only while spans of its record
    are held somewhere in the pipeline.
    """

    survives = False
    healthy = True
    unreadable = 0
    found = 0

    def __init__(self) -> None:
        self._open: dict[int, Receipt] = {}
        self._aside: deque[Record] = deque()
        self._last_key = 0

    @property
    def held_spans(self) -> int:
        """Units of all taken records that are not settled yet."""
        # A receipt is settled span by span without a word to the journal, so a running total
        # would be wrong between the first span and the last.
        return sum(receipt.open for receipt in self._open.values())

    @property
    def backlog(self) -> int:
        """Units of the records that nobody has taken."""
        return sum(record.spans for record in self._aside)

    async def open(self) -> None:
        """Return at once: nothing was left."""

    async def append(self, record: Record, *, aside: bool = False) -> Receipt | None:
        """Own *record*; its body is kept only in the backlog."""
        if aside:
            self._aside.append(record)
            return None
        return self._receipt(record)

    async def take(
        self, skip: frozenset[Tenant] = frozenset()
    ) -> tuple[Record, Receipt | None] | None:
        """Return the oldest record of the backlog, which is taken now; None where there is none."""
        for number, record in enumerate(self._aside):
            if record.destination.tenant not in skip:
                del self._aside[number]
                return record, self._receipt(record)
        return None

    async def close(self) -> None:
        """Return at once: what is settled is forgotten already."""

    def _receipt(self, record: Record) -> Receipt:
        self._last_key += 1
        receipt = Receipt(self._last_key, record.spans, self._forget)
        self._open[receipt.key] = receipt
        return receipt

    def _forget(self, receipt: Receipt) -> None:
        del self._open[receipt.key]
