"""Takes up what waits in the journal, beside what comes in."""

import asyncio
import traceback
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Protocol, TypeVar

import structlog

from collector.backlog import Backlog, Decode
from collector.clock import Clock
from collector.journal.base import Record
from collector.log_stage import LogStage
from collector.metrics import Metrics
from collector.model import Destination, Receipt
from collector.span_stage import Resources
from translators.span import Span

log = structlog.get_logger()

_T = TypeVar("_T")

# About 5 ms of work; between two slices the event loop answers probes and other requests.
SLICE_SPANS = 64
# What fails so often is not passing: it stays in the journal for the next process.
_TRIES = 10


class Take(Protocol):
    """Owns the spans of a slice."""

    def __call__(
        self,
        destination: Destination,
        spans: Sequence[Span],
        receipt: Receipt | None,
        resources: Resources,
    ) -> None:
        """Take *spans*, which owe *receipt*; without one they are delivered, and only known."""
        ...


class Replay:
    """Hands the records of the backlog to the stages, oldest first, as far as there is room.

    A record that cannot be taken up, for want of memory say, is tried again; if that goes on, it
    stays open in the journal and counts as held, and the others go on.
    """

    def __init__(
        self,
        *,
        backlog: Backlog,
        decode: Decode,
        take: Take,
        logs: LogStage,
        metrics: Metrics,
        clock: Clock,
        tick: float,
    ) -> None:
        """Join its parts.

        Args:
            decode: reads the body of a record.
            tick: seconds between two looks, and between two tries.
        """
        self._backlog = backlog
        self._decode = decode
        self._take = take
        self._logs = logs
        self._metrics = metrics
        self._clock = clock
        self._tick = tick
        self._going = True
        self._held = 0

    @property
    def held_spans(self) -> int:
        """Spans that have left the backlog and are no stage's yet."""
        return self._held

    async def run(self) -> None:
        """Take up records until cancelled."""
        while True:
            while self._going and await self._next():
                pass
            await asyncio.sleep(self._tick)

    def stop(self) -> None:
        """Begin no other record."""
        self._going = False

    async def _next(self) -> bool:
        try:
            taken = await self._backlog.take(self._clock.monotonic())
            if taken is not None:
                await self._take_up(*taken)
        except Exception as exc:  # noqa: BLE001 -- one record must not stop the others
            log_failure(exc)
            return False
        return taken is not None

    async def _take_up(self, record: Record, receipt: Receipt | None) -> None:
        if record.signal == "logs":
            records = await self._trying(partial(asyncio.to_thread, self._decode.logs, record))
            now = self._clock.monotonic()
            if receipt is None:
                self._logs.learn(record, records, now)
            else:
                self._logs.take(record, records, receipt, now)
            return
        if receipt is not None:
            self._held += record.spans
        spans = await self._trying(partial(asyncio.to_thread, self._decode.spans, record))
        if receipt is None:
            self._metrics.recalled.inc(len(spans))
        elif missing := record.spans - len(spans):
            # Another version of this proxy may find other spans usable.
            self._held -= missing
            self._metrics.dropped.labels("unreadable").inc(max(missing, 0))
            self._metrics.replayed.inc(max(-missing, 0))
            receipt.settle(missing)
        resources: Resources = {}
        for first in range(0, len(spans), SLICE_SPANS):
            await asyncio.sleep(0)
            piece = spans[first : first + SLICE_SPANS]
            await self._trying(partial(self._hand_over, record, piece, receipt, resources))

    async def _hand_over(
        self,
        record: Record,
        spans: Sequence[Span],
        receipt: Receipt | None,
        resources: Resources,
    ) -> None:
        self._take(record.destination, spans, receipt, resources)
        if receipt is not None:
            self._held -= len(spans)

    async def _trying(self, attempt: Callable[[], Awaitable[_T]]) -> _T:
        for _ in range(_TRIES - 1):
            try:
                return await attempt()
            except Exception as exc:  # noqa: BLE001 -- most of all a lack of memory, which passes
                log_failure(exc)
                await asyncio.sleep(self._tick)
        return await attempt()


def log_failure(exc: Exception) -> None:
    """Say what failed and where; not the exception's text, which may quote the payload."""
    frame = traceback.extract_tb(exc.__traceback__)[-1]
    log.error("a stage failed", error=type(exc).__name__, at=f"{frame.name}:{frame.lineno}")
