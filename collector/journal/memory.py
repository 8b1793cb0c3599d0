"""The journal that keeps its promise as long as the process lives."""

from collector.journal.base import Record
from collector.model import Receipt


class MemoryJournal:
    """Owns records by owning their receipts; the spans themselves are held by the pipeline.

    What 200 promises with it: the spans are in memory, and reach upstream unless the process is
    killed. Bounded by the limiter at the door: a receipt is open only while spans of its record
    are held somewhere in the pipeline.
    """

    def __init__(self) -> None:
        self._open: dict[int, Receipt] = {}
        self._last_key = 0

    @property
    def held_spans(self) -> int:
        """Spans of all open records that are not settled yet."""
        # A receipt is settled span by span without a word to the journal, so a running total
        # would be wrong between the first span and the last.
        return sum(receipt.open for receipt in self._open.values())

    async def append(self, record: Record) -> Receipt:
        """Own *record*; its body is not kept."""
        self._last_key += 1
        receipt = Receipt(self._last_key, record.spans, self._forget)
        self._open[receipt.key] = receipt
        return receipt

    def _forget(self, receipt: Receipt) -> None:
        del self._open[receipt.key]
