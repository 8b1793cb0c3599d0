"""The one way through, from accepted spans to batches in the outbox; all tasks live here."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from collector.backlog import Backlog, Decode, Room
from collector.clock import Clock
from collector.errors import Overloaded
from collector.exporter.outbox import Outbox
from collector.exporter.sender import Sender
from collector.journal.base import Journal, Record
from collector.log_stage import LogStage
from collector.metrics import Metrics
from collector.model import Destination, EncodedRun, Receipt
from collector.processor.assembler import Assembler
from collector.processor.batcher import Batcher
from collector.replay import SLICE_SPANS, Replay, log_failure
from collector.span_stage import Resources, SpanStage
from translators.log_record import LogRecord
from translators.span import Span


class Pipeline:
    """Joins journal, stages, assembler, batcher and outbox.

    From a slice of spans to the outbox there is no await: no cancellation falls between two
    owners, and a scrape of the metrics always finds the balance closed.
    """

    def __init__(
        self,
        *,
        journal: Journal,
        spans: SpanStage,
        assembler: Assembler,
        batcher: Batcher,
        logs: LogStage,
        outbox: Outbox,
        sender: Sender,
        max_waiting_bytes: int,
        decode: Decode,
        room: Room,
        metrics: Metrics,
        clock: Clock,
        tick: float,
    ) -> None:
        """Join the parts.

        Args:
            max_waiting_bytes: past it, the traces that wait for longest go without their parents.
            decode: reads the body of a record that comes back from the journal.
            room: tells what may be taken into memory, where the journal survives.
            tick: seconds between two looks at what is due.
        """
        self._journal = journal
        self._spans = spans
        self._assembler = assembler
        self._batcher = batcher
        self._logs = logs
        self._outbox = outbox
        self._sender = sender
        self._max_waiting_bytes = max_waiting_bytes
        self._backlog = Backlog(journal, room, metrics)
        self._replay = Replay(
            backlog=self._backlog,
            decode=decode,
            take=self._take,
            logs=logs,
            metrics=metrics,
            clock=clock,
            tick=tick,
        )
        self._metrics = metrics
        self._clock = clock
        self._tick = tick
        self._untranslated = 0
        self._accepting = 0
        self._open = True
        self._all_accepted = asyncio.Event()
        self._all_accepted.set()

    @property
    def held_spans(self) -> int:
        """Spans received that no stage has let go of, counted at the stages themselves."""
        return (
            self._backlog.held_spans
            + self._replay.held_spans
            + self._untranslated
            + self._assembler.held_runs
            + self._batcher.held_runs
            + self._outbox.held_runs
        )

    async def open(self) -> None:
        """Find what an earlier process left in the journal; raises JournalInUse."""
        await self._backlog.open()

    def start(self, tasks: asyncio.TaskGroup, senders: int) -> list[asyncio.Task[None]]:
        """Start the timer and *senders* senders in *tasks*; the caller cancels them at the end."""
        started = [tasks.create_task(self._watch_time(), name="timer")]
        if self._journal.survives:
            started.append(tasks.create_task(self._replay.run(), name="backlog"))
        started += [
            tasks.create_task(self._sender.run(), name=f"sender-{number}")
            for number in range(senders)
        ]
        return started

    async def accept(
        self, destination: Destination, content_type: str, body: bytes, spans: list[Span]
    ) -> None:
        """Own *spans*: when this returns, the request may be answered 200.

        Raises:
            Overloaded: the pipeline is closing, the journal is full, or memory holds too much of
                this tenant.
        """
        with self._accepted():
            record = Record(destination, "traces", content_type, body, len(spans))
            if not self._backlog.admits(destination.tenant):
                raise Overloaded("too much waits for this destination")
            aside = self._backlog.grows(destination.tenant)
            receipt = await self._journal.append(record, aside=aside)
            self._metrics.received.inc(len(spans))
            if receipt is None:
                self._backlog.left_aside(record)
            else:
                self._untranslated += len(spans)
                await self._take_all(destination, spans, receipt)

    async def accept_logs(
        self, destination: Destination, content_type: str, body: bytes, records: list[LogRecord]
    ) -> None:
        """Own those of *records* that tell of a GenAI span; the others are only counted.

        Raises:
            Overloaded: the pipeline is closing, the journal is full, or too many records wait for
                their spans.
        """
        with self._accepted():
            aside = self._backlog.grows_by_logs(destination.tenant)
            now = self._clock.monotonic()
            left = await self._logs.accept(
                destination, content_type, body, records, now, aside=aside
            )
            if left is not None:
                self._backlog.left_aside(left)

    async def close(self) -> None:
        """Take nothing new, finish what is being taken, and hand everything held to the outbox."""
        self._open = False
        self._replay.stop()
        await self._all_accepted.wait()
        self._forward(self._assembler.drain())
        self._add_to_batch(self._logs.drain(keep=self._journal.survives))
        for batch in self._batcher.drain():
            self._outbox.add(batch)

    @contextmanager
    def _accepted(self) -> Iterator[None]:
        """Let ``close`` wait for what happens inside.

        Raises:
            Overloaded: the pipeline is closing.
        """
        if not self._open:
            raise Overloaded("the proxy is shutting down")
        self._accepting += 1
        self._all_accepted.clear()
        try:
            yield
        finally:
            self._accepting -= 1
            if not self._accepting:
                self._all_accepted.set()

    async def _take_all(
        self, destination: Destination, spans: Sequence[Span], receipt: Receipt
    ) -> None:
        resources: Resources = {}
        taken = 0
        try:
            while taken < len(spans):
                if taken:
                    await asyncio.sleep(0)
                piece = spans[taken : taken + SLICE_SPANS]
                self._take(destination, piece, receipt, resources)
                self._untranslated -= len(piece)
                taken += len(piece)
        finally:
            # Only a cancelled request leaves a rest: its sender got no 200 and sends it again.
            if rest := len(spans) - taken:
                self._untranslated -= rest
                self._metrics.dropped.labels("interrupted").inc(rest)
                receipt.settle(rest)

    def _take(
        self,
        destination: Destination,
        spans: Sequence[Span],
        receipt: Receipt | None,
        resources: Resources,
    ) -> None:
        """Let every span of the slice be a stage's; without a receipt they are delivered."""
        now = self._clock.monotonic()
        if receipt is None:
            runs = self._spans.learn(destination, spans, resources, now)
        else:
            runs = self._spans.take(destination, spans, receipt, resources, now)
        # From here on nothing raises on data.
        self._forward(self._assembler.add(runs, now))
        self._relieve()

    def _forward(self, runs: Iterable[EncodedRun]) -> None:
        placed: list[EncodedRun] = []
        for run in runs:
            if run.delivered:
                continue
            if run.dropped is not None:
                self._metrics.dropped.labels(run.dropped).inc()
                run.receipt.settle()
                continue
            if run.released is not None:
                self._metrics.orphans.labels(run.released).inc()
            placed.append(run)
        self._add_to_batch(placed)

    def _add_to_batch(self, runs: Iterable[EncodedRun]) -> None:
        for batch in self._batcher.add(runs, self._clock.monotonic()):
            self._outbox.add(batch)

    async def _watch_time(self) -> None:
        while True:
            await asyncio.sleep(self._tick)
            try:
                self._look_around()
            except Exception as exc:  # noqa: BLE001 -- the timer must outlive any bug
                log_failure(exc)

    def _look_around(self) -> None:
        now = self._clock.monotonic()
        self._forward(self._assembler.due(now))
        self._add_to_batch(self._logs.due(now, forget=self._backlog.held_spans == 0))
        for batch in self._batcher.due(now):
            self._outbox.add(batch)

    def _relieve(self) -> None:
        excess = self._assembler.held_bytes - self._max_waiting_bytes
        if excess > 0:
            self._forward(self._assembler.relieve(excess))
