"""The journal that keeps its promise when the process dies."""

import asyncio
import secrets
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import cast

import structlog

from collector.clock import Clock
from collector.errors import Overloaded
from collector.journal.alarm import Alarm
from collector.journal.base import Record
from collector.journal.files import Files, OsFiles
from collector.journal.frames import Codec
from collector.journal.requests import AGAIN, Append, Close, Open, Request, Take
from collector.journal.segment import Entry
from collector.journal.segment_log import SegmentLog
from collector.journal.space import fits
from collector.journal.trouble import HANGS, Trouble
from collector.journal.writer import Outcome, Sync, Writer
from collector.metrics import Metrics
from collector.model import Destination, Receipt, Tenant

log = structlog.get_logger()

# What a disk that works may take to own a record, the queue before it included.
_PATIENCE_SECONDS = 2.0
# A large record has longer, by its bytes a second.
_SLOWEST_BYTES = 32 << 20


class DiskJournal:
    """Owns records by having them in files of one directory, which is its own.

    What 200 promises with it: with *sync* ``"always"``, the record outlives the machine's power;
    with ``"interval"``, that too but for the last second; with ``"off"``, it outlives the process
    and not the power. Files hold payload and keys, and only their owner may read them.

    While the disk does not work, ``append`` raises and nothing that is owned is lost; it is tried
    again each second. A disk that does not answer in time is one that does not work. Bounded by
    *max_bytes* on disk; in memory, by what the pipeline has taken.
    """

    survives = True

    def __init__(
        self,
        directory: Path,
        *,
        sync: Sync,
        max_bytes: int,
        past_seconds: float = 0.0,
        close_seconds: float,
        defaults: Destination,
        clock: Clock,
        metrics: Metrics,
        files: Files | None = None,
    ) -> None:
        """Make it; ``open`` comes next.

        Args:
            directory: made where it is not there.
            max_bytes: bound of all files; those that are kept aside because they are damaged have
                an eighth of it for themselves.
            past_seconds: how long records are kept, where there is room, after they are done.
            close_seconds: most that ``close`` waits for the disk.
            defaults: what requests get that bring no endpoint, key or workspace; ``""`` for no key.
                A record that has it goes, after a restart, to what is the default then.
            files: the disk; the machine's where None.
        """
        self._clock = clock
        self._metrics = metrics
        self._close_seconds = close_seconds
        self._alarm = Alarm(directory, max_bytes, clock)
        files = files if files is not None else OsFiles()
        self._log = SegmentLog(
            directory,
            files,
            metrics.journal_corrupt.inc,
            durable=sync != "off",
            max_bytes=max_bytes,
            rest_seconds=past_seconds,
            date=lambda: clock.now_ns() // 1_000_000_000,
            random_salt=lambda: secrets.randbits(32),
        )
        self._writer = Writer(
            self._log,
            sync=sync,
            codec=Codec(defaults),
            clock=clock,
            alarm=self._alarm,
            tell=self._hear,
            refused=lambda reason: metrics.journal_failures.labels(reason).inc(),
            fits=partial(fits, files, directory),
        )
        self._loop: asyncio.AbstractEventLoop | None = None
        self._accepting = False
        self._waiting: dict[Request, asyncio.Future[object]] = {}
        # When each append that the writer has not answered should have been, the oldest first.
        self._due: dict[Request, float] = {}
        self._open: dict[int, tuple[Receipt, Entry]] = {}
        self._last_key = 0
        # Units that went to the backlog, less those that were taken from it.
        self._aside = 0
        metrics.watch(metrics.journal_records, lambda: self._log.records)
        metrics.watch(metrics.journal_bytes, lambda: self._log.bytes)
        metrics.watch(metrics.journal_limit, lambda: max_bytes)
        metrics.watch(metrics.journal_healthy, lambda: self.healthy)
        metrics.watch(metrics.journal_torn, lambda: self._log.torn_writes)
        metrics.watch(metrics.journal_later, lambda: self._log.later_files)
        metrics.watch(metrics.journal_backlog, lambda: self.backlog)

    @property
    def healthy(self) -> bool:
        """False from a failure of the disk, or while it does not answer, until it works again."""
        return self._trouble is None

    @property
    def held_spans(self) -> int:
        """Units of all taken records that are not settled yet."""
        return sum(receipt.open for receipt, _ in self._open.values())

    @property
    def found(self) -> int:
        """Units that an earlier process left open, as far as that is read."""
        return self._log.found_units

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
            TooLarge: it never can.
        """
        if not self._accepting:
            raise Overloaded("the journal is closed")
        trouble = self._trouble
        if trouble is not None:
            raise self._refusal(trouble)
        started = self._clock.monotonic()
        patience = _PATIENCE_SECONDS + len(record.body) / _SLOWEST_BYTES
        request = Append(record)
        self._due[request] = started + patience
        try:
            # What comes too late is undone, as where the client goes away.
            async with asyncio.timeout(patience):
                entry = cast(Entry, await self._ask(request))
        except TimeoutError:
            raise self._refusal(HANGS) from None
        self._metrics.journal_append_seconds.observe(self._clock.monotonic() - started)
        if not aside:
            return self._receipt(entry)
        # Not before: a record whose sender was told that it is not owned must not be taken.
        self._aside += entry.units
        self._writer.left.append(entry)
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

    async def close(self) -> None:
        """Return when what was settled is forgotten on disk; what is open stays open.

        A disk that does not answer is waited for no longer than was said: what was settled last
        may come back then.
        """
        if not self._accepting:
            return
        self._accepting = False
        try:
            async with asyncio.timeout(self._close_seconds):
                await self._ask(Close())
        except TimeoutError:
            log.error("the journal was not closed: its disk does not answer")
        else:
            self._writer.join()

    @property
    def _trouble(self) -> Trouble | None:
        oldest = next(iter(self._due.values()), None)
        if oldest is not None and oldest < self._clock.monotonic():
            return HANGS
        return self._writer.trouble

    def _refusal(self, trouble: Trouble) -> Overloaded:
        """Return what to raise, counted; the writer itself cannot tell that it waits."""
        if trouble is HANGS:
            self._alarm.tell(trouble)
        self._metrics.journal_failures.labels(trouble.reason).inc()
        return Overloaded(trouble.text)

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
            self._due.pop(request, None)
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
                self._writer.left.append(entry)

    def _receipt(self, entry: Entry) -> Receipt:
        self._last_key += 1
        receipt = Receipt(self._last_key, entry.units, self._forget)
        self._open[receipt.key] = receipt, entry
        return receipt

    def _forget(self, receipt: Receipt) -> None:
        owned = self._open.pop(receipt.key, None)
        if owned is not None:
            self._writer.settled.append(owned[1])
