"""The journal that keeps its promise as long as the process lives."""

from bisect import insort
from collections import deque
from operator import itemgetter

from collector.journal.base import Record, Tenant
from collector.model import Receipt


class MemoryJournal:
    """Owns records by owning their receipts; the spans themselves are held by the pipeline.

    What 200 promises with it: the spans are in memory, and reach upstream unless the process is
    killed. Bounded by the limiter at the door: a receipt is open only while spans of its record
    are held somewhere in the pipeline.
    """

    survives = False
    healthy = True
    unreadable = 0

    def __init__(self) -> None:
        self._open: dict[int, Receipt] = {}
        # Numbered in the order in which they came; those that were taken may come back.
        self._aside: deque[tuple[int, Record]] = deque()
        self._taken: dict[int, tuple[int, Record]] = {}
        self._last_aside = 0
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
        return sum(record.spans for _, record in self._aside)

    async def open(self) -> None:
        """Return at once: nothing was left."""

    async def append(self, record: Record, *, aside: bool = False) -> Receipt | None:
        """Own *record*; its body is kept only of one that goes to the backlog."""
        if aside:
            self._last_aside += 1
            self._aside.append((self._last_aside, record))
            return None
        return self._receipt(record)

    async def take(
        self, skip: frozenset[Tenant] = frozenset()
    ) -> tuple[Record, Receipt | None] | None:
        """Return the oldest record of the backlog, which is taken now; None without one.

        Args:
            skip: tenants whose records stay where they are.
        """
        for at, (number, record) in enumerate(self._aside):
            if record.destination.tenant not in skip:
                del self._aside[at]
                receipt = self._receipt(record)
                self._taken[receipt.key] = number, record
                return record, receipt
        return None

    def put_back(self, receipt: Receipt) -> None:
        """Let a record that ``take`` gave be in the backlog again; its receipt is dead."""
        numbered = self._taken.pop(receipt.key, None)
        if numbered is not None:
            del self._open[receipt.key]
            insort(self._aside, numbered, key=itemgetter(0))

    async def close(self) -> None:
        """Return at once: what is settled is forgotten already."""

    def _receipt(self, record: Record) -> Receipt:
        self._last_key += 1
        receipt = Receipt(self._last_key, record.spans, self._forget)
        self._open[receipt.key] = receipt
        return receipt

    def _forget(self, receipt: Receipt) -> None:
        self._open.pop(receipt.key, None)
        self._taken.pop(receipt.key, None)
