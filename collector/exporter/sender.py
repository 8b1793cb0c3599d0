"""Takes batches from the outbox and sees each one through."""

import asyncio
from collections.abc import Callable
from typing import Protocol

import structlog

from collector.clock import Clock
from collector.errors import UploadRejected, UploadUnavailable
from collector.exporter.dead_letters import DeadLetterDir
from collector.exporter.lane import Lease
from collector.exporter.outbox import Outbox
from collector.exporter.quiet import Quiet
from collector.exporter.retry import RetryPolicy
from collector.metrics import Metrics
from collector.model import Batch, SealedBatch

log = structlog.get_logger()

_LOG_SECONDS = 60.0
# What cannot be encoded three times never will be: it is no passing want of memory.
_SEAL_TRIES = 3


class Upload(Protocol):
    """One try; ``exporter.uploader.Uploader`` is the real one."""

    async def upload(self, batch: SealedBatch) -> None:
        """Deliver *batch*, or raise UploadUnavailable or UploadRejected."""
        ...


class Sender:
    """Ends each batch in one of three ways: delivered, parked with a reason, or again later.

    No waiting happens here, so that a tenant in trouble holds no sender: what shall be tried again
    goes back to the outbox with a delay.
    """

    def __init__(
        self,
        outbox: Outbox,
        uploader: Upload,
        seal: Callable[[Batch], SealedBatch],
        retry: RetryPolicy,
        dead_letters: DeadLetterDir | None,
        metrics: Metrics,
        clock: Clock,
        random: Callable[[], float],
    ) -> None:
        """Join the parts.

        Args:
            outbox: owns the batches.
            uploader: makes one try.
            seal: encodes a batch; runs in a thread and leaves the batch as it is, because the
                sender may be cancelled meanwhile.
            retry: the delays.
            dead_letters: where refused batches are written, None for nowhere.
            metrics: where everything is counted.
            clock: measures uploads, and the minute between equal log lines.
            random: numbers from 0 to 1 that spread the delays.
        """
        self._outbox = outbox
        self._uploader = uploader
        self._seal = seal
        self._retry = retry
        self._dead_letters = dead_letters
        self._metrics = metrics
        self._clock = clock
        self._random = random
        self._quiet = Quiet(_LOG_SECONDS, clock)

    async def run(self) -> None:
        """Send for ever; as many may run at once as uploads shall be in flight.

        May be cancelled anywhere: the batch then is where it was, in the outbox.
        """
        while True:
            lease = await self._outbox.take()
            try:
                await self._see_through(lease)
            finally:
                self._outbox.give_back(lease)

    async def park_rest(self, reason: str = "shutdown") -> None:
        """Give up what the outbox still holds; for the end, when every ``run`` has ended.

        What is written to the dead letters counts as parked, the rest as dropped. Not for a
        journal that outlives the process: what such a one owns stays open in it.
        """
        parked = dropped = 0
        try:
            while (lease := self._outbox.take_any()) is not None:
                try:
                    if await self._write_rest(lease, reason):
                        parked += self._end(lease, self._metrics.parked.labels(reason).inc)
                    else:
                        dropped += self._end(lease, self._metrics.dropped.labels(reason).inc)
                finally:
                    self._outbox.give_back(lease)
        finally:
            left = self._outbox.held_runs
            if parked or dropped or left:
                log.error(
                    "spans not uploaded", reason=reason, parked=parked, dropped=dropped, left=left
                )

    async def _see_through(self, lease: Lease) -> None:
        try:
            if lease.sealed is None and lease.tries >= _SEAL_TRIES:
                self._end(lease, self._metrics.parked.labels("encode").inc)
                return
            sealed = lease.sealed or await self._sealed(lease)
            try:
                await self._upload(sealed)
            except UploadUnavailable as trouble:
                self._again(lease, trouble)
            except UploadRejected as verdict:
                await self._park(lease, sealed, verdict)
            else:
                self._end(lease, self._metrics.uploaded.inc)
        except Exception as error:  # noqa: BLE001 -- a worker's border: a bug must not cost a batch
            self._survive(lease, error)

    async def _sealed(self, lease: Lease) -> SealedBatch:
        batch = lease.batch
        assert batch is not None, "a lease holds the runs until it holds the sealed form"
        sealed = await asyncio.to_thread(self._seal, batch)
        self._outbox.keep(lease, sealed)
        self._metrics.batches.labels(batch.closed_by).inc()
        self._metrics.batch_runs.observe(sealed.runs)
        self._metrics.batch_bytes.observe(sealed.raw_size)
        return sealed

    async def _upload(self, sealed: SealedBatch) -> None:
        status = "error"
        start = self._clock.monotonic()
        try:
            await self._uploader.upload(sealed)
            status = "delivered"
        except (UploadUnavailable, UploadRejected) as error:
            status = error.reason
            raise
        except asyncio.CancelledError:
            status = "cancelled"
            raise
        finally:
            self._metrics.uploads.labels(status).inc()
            self._metrics.upload_seconds.observe(self._clock.monotonic() - start)
            self._metrics.raw_bytes.inc(sealed.raw_size)
            self._metrics.sent_bytes.inc(len(sealed.body))

    def _again(self, lease: Lease, trouble: UploadUnavailable) -> None:
        self._tell("upload failed", lease, trouble.reason, trouble.__cause__)
        self._metrics.retries.labels(trouble.reason).inc()
        delay = self._delay(lease, trouble.retry_after)
        # A rate limit is the tenant's, whatever batch it hits.
        if lease.suspect and trouble.reason != "429" and trouble.retry_after is None:
            self._outbox.aside(lease, delay)
        else:
            self._outbox.again(lease, delay)

    async def _park(self, lease: Lease, sealed: SealedBatch, verdict: UploadRejected) -> None:
        if self._dead_letters is not None:
            write = self._dead_letters.write
            try:
                await asyncio.to_thread(write, sealed, verdict.reason, verdict.detail)
            except OSError as error:
                # A full disk passes, and until then memory has it: better asked twice than lost.
                self._tell("dead letter not written", lease, verdict.reason, error)
                self._metrics.retries.labels("dead_letter").inc()
                self._outbox.aside(lease, self._delay(lease))
                return
        self._tell("upload refused", lease, verdict.reason)
        self._end(lease, self._metrics.parked.labels(verdict.reason).inc)

    def _survive(self, lease: Lease, error: Exception) -> None:
        reason = "encode" if lease.sealed is None else "error"
        self._tell("batch failed", lease, reason, error)
        self._metrics.retries.labels(reason).inc()
        self._outbox.aside(lease, self._delay(lease))

    async def _write_rest(self, lease: Lease, reason: str) -> bool:
        if self._dead_letters is None:
            return False
        try:
            sealed = lease.sealed or await self._sealed(lease)
            await asyncio.to_thread(self._dead_letters.write, sealed, reason, "")
        except Exception as error:  # noqa: BLE001 -- the next batch shall have its chance
            self._tell("dead letter not written", lease, reason, error)
            return False
        return True

    def _end(self, lease: Lease, count: Callable[[float], None]) -> int:
        """Settle what the batch owes, let it go, and return how many spans that were."""
        owed = lease.owed()
        spans = 0
        try:
            while owed:
                receipt, settled = owed.pop()
                spans += settled
                receipt.settle(settled)
        finally:
            count(spans)
        self._outbox.done(lease)
        return spans

    def _delay(self, lease: Lease, retry_after: float | None = None) -> float:
        return self._retry.delay(
            lease.failures + 1, self._random(), retry_after, hurry=self._outbox.draining
        )

    def _tell(
        self, event: str, lease: Lease, reason: str, error: BaseException | None = None
    ) -> None:
        """Log at most once a minute for each event, destination and reason; never the payload."""
        label = lease.destination.label
        runs = self._quiet.add((event, label, reason), lease.runs)
        if runs:
            kind = {} if error is None else {"error": type(error).__name__}
            log.warning(event, destination=label, reason=reason, runs=runs, **kind)
