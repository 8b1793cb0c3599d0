"""Takes batches from the outbox and sees each one through."""

import asyncio
from collections.abc import Callable
from typing import Protocol

import structlog

from collector.clock import Clock
from collector.errors import DestinationRefused, Unsealable, UploadRejected, UploadUnavailable
from collector.exporter.dead_letters import DeadLetterDir
from collector.exporter.lane import Lease
from collector.exporter.outbox import Outbox
from collector.exporter.retry import RetryPolicy
from collector.exporter.sift import Sift
from collector.exporter.verdicts import UNSEALABLE, Verdicts
from collector.metrics import Metrics
from collector.model import Batch, SealedBatch

log = structlog.get_logger()


class Upload(Protocol):
    """One try; ``exporter.uploader.Uploader`` is the real one."""

    async def upload(self, batch: SealedBatch) -> None:
        """Deliver *batch*, or raise UploadUnavailable, UploadRejected or DestinationRefused."""
        ...


class Sender:
    """Makes one try of each batch that it takes; ``Verdicts`` has what becomes of it.

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
            seal: encodes a batch, or raises Unsealable; runs in a thread and leaves the batch as
                it is, because the sender may be cancelled meanwhile. After any other error the
                batch waits and is tried again, for ever.
            retry: the delays.
            dead_letters: where refused batches are written, None for nowhere.
            metrics: where everything is counted.
            clock: measures uploads, and the minute between equal log lines.
            random: numbers from 0 to 1 that spread the delays.
        """
        self._outbox = outbox
        self._uploader = uploader
        self._seal = seal
        self._dead_letters = dead_letters
        self._metrics = metrics
        self._clock = clock
        self._verdicts = Verdicts(outbox, retry, dead_letters, metrics, clock, random)

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
        end = self._verdicts.end
        try:
            while (lease := self._outbox.take_any()) is not None:
                try:
                    if await self._write_rest(lease, reason):
                        parked += end(lease, self._metrics.parked.labels(reason).inc)
                    else:
                        dropped += end(lease, self._metrics.dropped.labels(reason).inc)
                finally:
                    self._outbox.give_back(lease)
        finally:
            left = self._outbox.held_runs
            if parked or dropped or left:
                log.error(
                    "spans not uploaded", reason=reason, parked=parked, dropped=dropped, left=left
                )

    async def _see_through(self, lease: Lease) -> None:
        verdicts = self._verdicts
        try:
            try:
                sealed = lease.sealed or await self._sealed(lease)
            except Unsealable as fault:
                await verdicts.unsealable(lease, fault)
                return
            part = await asyncio.to_thread(sealed.part) if isinstance(sealed, Sift) else sealed
            start = self._clock.monotonic()
            if lease.first_ns is None:
                lease.first_ns = self._clock.now_ns()
            try:
                await self._upload(part, start)
            except UploadUnavailable as trouble:
                await verdicts.unavailable(lease, trouble, self._clock.monotonic() - start)
            except DestinationRefused as refusal:
                await verdicts.destination_refused(lease, refusal)
            except UploadRejected as verdict:
                await verdicts.rejected(lease, part, verdict)
            else:
                verdicts.delivered(lease, part, self._clock.monotonic() - start)
        except Exception as error:  # noqa: BLE001 -- a worker's border: a bug must not cost a batch
            verdicts.failed(lease, UNSEALABLE if lease.sealed is None else "error", error)

    async def _sealed(self, lease: Lease) -> SealedBatch:
        batch = lease.batch
        assert batch is not None, "a lease holds the runs until it holds the sealed form"
        sealed = await asyncio.to_thread(self._seal, batch)
        self._outbox.keep(lease, sealed)
        self._metrics.batches.labels(batch.closed_by).inc()
        self._metrics.batch_runs.observe(sealed.runs)
        self._metrics.batch_bytes.observe(sealed.raw_size)
        return sealed

    async def _upload(self, part: SealedBatch, start: float) -> None:
        status = "error"
        try:
            await self._uploader.upload(part)
            status = "delivered"
        except (UploadUnavailable, UploadRejected, DestinationRefused) as error:
            status = error.reason
            raise
        except asyncio.CancelledError:
            status = "cancelled"
            raise
        finally:
            self._metrics.uploads.labels(status).inc()
            self._metrics.upload_seconds.observe(self._clock.monotonic() - start)
            self._metrics.raw_bytes.inc(part.raw_size)
            self._metrics.sent_bytes.inc(len(part.body))

    async def _write_rest(self, lease: Lease, reason: str) -> bool:
        if self._dead_letters is None:
            return False
        try:
            for part, why, detail in await self._rest(lease, reason):
                await self._dead_letters.post(part, why, detail, first_ns=lease.first_ns)
        except Exception as error:  # noqa: BLE001 -- the next batch shall have its chance
            self._verdicts.tell("dead letter not written", lease, reason, error)
            return False
        return True

    async def _rest(self, lease: Lease, reason: str) -> list[tuple[SealedBatch, str, str]]:
        """Return what is left of a batch: parts, each with reason and detail for its letter."""
        try:
            sealed = lease.sealed or await self._sealed(lease)
        except Unsealable as fault:
            bad = (fault.bad, UNSEALABLE, fault.detail)
            return [bad] if fault.good is None else [bad, (fault.good, reason, "")]
        rest = await asyncio.to_thread(sealed.rest) if isinstance(sealed, Sift) else sealed
        return [(rest, reason, "")]
