"""What happens to log records: they complete the run of their span, or are counted and let go."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from collector.errors import Overloaded
from collector.journal.base import Journal, Record
from collector.metrics import Metrics
from collector.model import Destination, EncodedRun, Receipt, joint
from collector.processor.encoder import encode_patch
from collector.processor.log_joiner import EventGroup, LogJoiner, grouped
from translators.log_record import LogRecord
from translators.run import Run
from translators.span import JsonObject, Span

_ONLY_USAGE = frozenset(("usage_metadata",))


class Translate(Protocol):
    """Makes a run of a span; ``translators.registry.Registry`` is the real one."""

    def translate(self, span: Span) -> Run:
        """Return the run of *span*; never raises on what a span holds."""
        ...


class LogStage:
    """The pipeline's part for log records; but for ``accept`` all of it is synchronous.

    The balance of its metrics holds at any scrape: ``log_records_received`` =
    ``log_records_joined`` + ``log_records_dropped`` + ``held_log_records``.
    """

    def __init__(
        self, *, journal: Journal, registry: Translate, joiner: LogJoiner, metrics: Metrics
    ) -> None:
        self._journal = journal
        self._registry = registry
        self._joiner = joiner
        self._metrics = metrics

    @property
    def held_records(self) -> int:
        """Records that wait for their span, or for its place in the trace."""
        return self._joiner.held_events

    @property
    def waits(self) -> bool:
        """Whether ``join`` may find something."""
        return self._joiner.waits

    async def accept(
        self,
        destination: Destination,
        content_type: str,
        body: bytes,
        records: Sequence[LogRecord],
        now: float,
        *,
        aside: bool,
    ) -> Record | None:
        """Own those of *records* that tell of a GenAI span; the others are only counted.

        Args:
            aside: leave them in the journal, as their spans may be, unless all of these are known.

        Returns:
            The journal's record where it was left aside.

        Raises:
            Overloaded: the journal is full, or too many records wait for their spans.
        """
        groups, unrelated = grouped(destination, records, len(body))
        if groups:
            aside = aside and not self._joiner.knows(groups)
            if not aside and not self._joiner.has_room(groups):
                raise Overloaded("too many log records wait for their spans")
            record = Record(destination, "logs", content_type, body, len(groups))
            receipt = await self._journal.append(record, aside=aside)
            if receipt is None:
                return record
            self._joiner.add(_owed(groups, receipt), now)
        self._count(len(records), unrelated)
        return None

    def take(
        self, record: Record, records: Sequence[LogRecord], receipt: Receipt, now: float
    ) -> None:
        """Own the events of a record that comes back from the journal."""
        groups, unrelated = grouped(record.destination, records, len(record.body))
        self._joiner.add(_owed(groups, receipt), now)
        self._count(len(records), unrelated)
        if missing := record.spans - len(groups):
            receipt.settle(missing)

    def learn(self, record: Record, records: Sequence[LogRecord], now: float) -> None:
        """Take the events of a record that an earlier process has delivered, if there is room.

        Their spans have them again, where they come again or are told of with later events.
        """
        groups, _ = grouped(record.destination, records, len(record.body))
        if self._joiner.has_room(groups):
            self._joiner.add(groups, now)

    def join(self, destination: Destination, span: Span, receipt: Receipt) -> Receipt:
        """Give *span* the events that wait for it; return what its run owes."""
        groups = self._joiner.claim(destination, span)
        return joint([receipt, *self._joined(groups)]) if groups else receipt

    def remember(self, run: Run, span: Span, encoded: EncodedRun, now: float) -> None:
        """Keep *span*, that became *run*, where log records may still come."""
        self._joiner.remember(
            span, encoded, lacks_content=_lacks_content(run.inputs, run.outputs), now=now
        )

    def learn_of(self, destination: Destination, span: Span) -> list[EventGroup]:
        """Give *span*, which is delivered, its events; return those that are not."""
        return self._joiner.claim(destination, span)

    def remember_delivered(self, span: Span, encoded: EncodedRun, now: float) -> None:
        """Keep *span*: whether log records may still come is not known of an earlier process."""
        self._joiner.remember(span, encoded, lacks_content=True, now=now)

    def come_late(self, groups: Iterable[EventGroup], now: float) -> None:
        """Let *groups* of ``learn_of`` complete the run that is there by now, or wait on."""
        self._joiner.add(groups, now)

    def due(self, now: float, *, forget: bool) -> list[EncodedRun]:
        """Return patches for placed runs that records came late for; let old records go.

        Args:
            forget: let old spans go, too: no records that may be theirs wait in the journal.
        """
        patches = self._patches()
        self._drop(self._joiner.due(now, forget=forget), "no_span")
        return patches

    def drain(self, *, keep: bool) -> list[EncodedRun]:
        """Return the patches that can be made; everything else is let go.

        Args:
            keep: leave it in the journal instead: the next process has it again.
        """
        patches = self._patches()
        if not keep:
            self._drop(self._joiner.drain(), "no_span")
        return patches

    def _count(self, received: int, unrelated: int) -> None:
        self._metrics.log_received.inc(received)
        if unrelated:
            self._metrics.log_dropped.labels("unrelated").inc(unrelated)

    def _patches(self) -> list[EncodedRun]:
        patches: list[EncodedRun] = []
        for late in self._joiner.finished():
            groups, late.owed = late.owed, []
            if late.run.dropped is not None:
                self._drop(groups, "span_dropped")
                continue
            run = self._registry.translate(late.span)
            owed = joint(self._joined(groups))
            patches.append(encode_patch(run, late.span, late.run, owed))
        self._metrics.completed.inc(len(patches))
        return patches

    def _joined(self, groups: Iterable[EventGroup]) -> list[Receipt]:
        receipts = []
        for group in groups:
            self._metrics.log_joined.inc(len(group.events))
            if group.receipt is not None:
                receipts.append(group.receipt)
        return receipts

    def _drop(self, groups: Iterable[EventGroup], reason: str) -> None:
        for group in groups:
            self._metrics.log_dropped.labels(reason).inc(len(group.events))
            if group.receipt is not None:
                group.receipt.settle()


def _owed(groups: Sequence[EventGroup], receipt: Receipt) -> Sequence[EventGroup]:
    for group in groups:
        group.receipt = receipt
    return groups


def _lacks_content(inputs: JsonObject | None, outputs: JsonObject | None) -> bool:
    return inputs is None or outputs is None or outputs.keys() <= _ONLY_USAGE
