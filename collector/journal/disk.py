"""The journal that keeps its promise when the process dies."""

import asyncio
import secrets
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import cast

from collector.clock import Clock
from collector.errors import Overloaded
from collector.journal.base import Record, Tenant
from collector.journal.files import Files, OsFiles
from collector.journal.requests import AGAIN, Append, Close, Open, PutBack, Request, Take
from collector.journal.segment import Entry
from collector.journal.segment_log import SegmentLog
from collector.journal.writer import Outcome, Sync, Writer
from collector.metrics import Metrics
from collector.model import Receipt


class DiskJournal:
    """Owns records by having them in files of one directory, which is its own.

    What 200 promises with it: with *sync* ``"always"``, the record outlives the machine's power;
    with ``"interval"``, that too but for the last second; with ``"off"``, it outlives the process
    and not the power. Files hold payload and keys, and only their owner may read them.

    While the disk does not work, ``append`` raises and nothing that is owned is lost; it is tried
    again each second. Bounded by *max_bytes* on disk; in memory, by what the pipeline has taken.
    """

    survives = True

    def __init__(
        self,
        directory: Path,
        *,
        sync: Sync,
        max_bytes: int,
        past_seconds: float = 0.0,
        clock: Clock,
        metrics: Metrics,
        files: Files | None = None,
    ) -> None:
        """Make it; ``open`` comes next.

        Args:
            directory: made where it is not there.
            max_bytes: bound of all files but those that are kept aside because they are damaged.
            past_seconds: how long records are kept, where there is room, after they are done.
            files: the disk; the machine's where None.
        """
        self._clock = clock
        self._metrics = metrics
        self._log = SegmentLog(
            directory,
            files if files is not None else OsFiles(),
            metrics.journal_corrupt.inc,
            durable=sync != "off",
            max_bytes=max_bytes,
            rest_seconds=past_seconds,
            random_salt=lambda: secrets.randbits(32),
        )
        self._writer = Writer(
            self._log,
            sync=sync,
            past_seconds=past_seconds,
            clock=clock,
            tell=self._hear,
            refused=lambda reason: metrics.journal_failures.labels(reason).inc(),
        )
        self._loop: asyncio.AbstractEventLoop | None = None
        self._accepting = False
        self._waiting: dict[Request, asyncio.Future[object]] = {}
        self._open: dict[int, tuple[Receipt, Entry]] = {}
        self._last_key = 0
        # Units that went to the backlog, less those that were taken from it.
        self._aside = 0
        metrics.watch(metrics.journal_records, lambda: self._log.records)
        metrics.watch(metrics.journal_bytes, lambda: self._log.bytes)
        metrics.watch(metrics.journal_backlog, lambda: self.backlog)

    @property
    def healthy(self) -> bool:
        """False from a failure of the disk until it works again."""
        return self._writer.trouble is None

    @property
    def held_spans(self) -> int:
        """Units of all taken records that are not settled yet."""
        return sum(receipt.open for receipt, _ in self._open.values())

    @property
    def backlog(self) -> int:
        """Units of the records that nobody has taken."""
        return self._log.found_units + self._aside - self._log.backlog.lost_units

    @property
    def unreadable(self) -> int:
        """Units that left the backlog because their record cannot be read, since the start."""
        return self._log.backlog.lost_units

    async def open(self) -> None:
        """Own the directory, and let what is open in it be the backlog.

        A disk that does not work is no error: the journal is not healthy then, and goes on trying.

        Raises:
            JournalInUse: another process owns the directory.
        """
        self._loop = asyncio.get_running_loop()
        self._writer.start()
        await self._ask(Open())
        self._accepting = True

    async def append(self, record: Record, *, aside: bool = False) -> Receipt | None:
        """Own *record*; when this returns, the request may be answered 200.

        Raises:
            Overloaded: the journal is full or closed, or its disk does not work.
        """
        if not self._accepting:
            raise Overloaded("the journal is closed")
        trouble = self._writer.trouble
        if trouble is not None:
            self._metrics.journal_failures.labels(trouble.reason).inc()
            raise Overloaded(trouble.text)
        started = self._clock.monotonic()
        entry = cast(Entry, await self._ask(Append(record, aside=aside)))
        self._metrics.journal_append_seconds.observe(self._clock.monotonic() - started)
        if not aside:
            return self._receipt(entry)
        self._aside += entry.units
        return None

    async def take(
        self, skip: frozenset[Tenant] = frozenset()
    ) -> tuple[Record, Receipt | None] | None:
        """Return a record that an earlier process finished lately, or the oldest of the backlog.

        Args:
            skip: tenants whose records stay where they are.
        """
        answer: object = AGAIN
        # Between two questions, appends have their turn.
        while answer is AGAIN:
            if not self._accepting or not (self.backlog or self._log.past.left):
                return None
            answer = await self._ask(Take(skip))
        taken = cast(tuple[Record, Entry | None] | None, answer)
        if taken is None:
            return None
        record, entry = taken
        if entry is None:
            return record, None
        self._aside -= entry.units
        return record, self._receipt(entry)

    def put_back(self, receipt: Receipt) -> None:
        """Let a record that ``take`` gave be in the backlog again; its receipt is dead."""
        owned = self._open.pop(receipt.key, None)
        if owned is not None:
            _, entry = owned
            self._aside += entry.units
            self._writer.ask(PutBack(entry))

    async def close(self) -> None:
        """Return when what was settled is forgotten on disk; what is open stays open."""
        if self._accepting:
            self._accepting = False
            await self._ask(Close())
            self._writer.join()

    async def _ask(self, request: Request) -> object:
        answer: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._waiting[request] = answer
        self._writer.ask(request)
        try:
            return await answer
        except asyncio.CancelledError:
            if answer.done() and not answer.cancelled() and answer.exception() is None:
                self._undo(request, answer.result())
            raise

    def _hear(self, outcomes: Sequence[Outcome]) -> None:
        """Bring *outcomes* to the event loop, from the writer's thread."""
        # A loop that is closed has nobody left who waits.
        with suppress(RuntimeError):
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._answer, outcomes)

    def _answer(self, outcomes: Sequence[Outcome]) -> None:
        for request, value, error in outcomes:
            answer = self._waiting.pop(request, None)
            if answer is None:
                continue
            if answer.cancelled():
                self._undo(request, value)
            elif error is not None:
                answer.set_exception(error)
            else:
                answer.set_result(value)

    def _undo(self, request: Request, value: object) -> None:
        """Let nobody own what a cancelled call was about to get."""
        if isinstance(request, Append) and value is not None:
            # Its sender had no 200 and sends it again.
            self._writer.settled.append(cast(Entry, value))
        elif isinstance(request, Take) and isinstance(value, tuple):
            _, entry = value
            if entry is not None:
                self._writer.ask(PutBack(entry))

    def _receipt(self, entry: Entry) -> Receipt:
        self._last_key += 1
        receipt = Receipt(self._last_key, entry.units, self._forget)
        self._open[receipt.key] = receipt, entry
        return receipt

    def _forget(self, receipt: Receipt) -> None:
        owned = self._open.pop(receipt.key, None)
        if owned is not None:
            self._writer.settled.append(owned[1])
