"""What becomes of a batch after upstream's answer."""

import asyncio
from collections.abc import Callable
from urllib.parse import urlsplit

import structlog

from collector.clock import Clock
from collector.errors import DestinationRefused, Unsealable, UploadRejected, UploadUnavailable
from collector.exporter.dead_letters import DeadLetterDir, seen_through
from collector.exporter.lane import Lease
from collector.exporter.outbox import Outbox
from collector.exporter.quiet import Quiet
from collector.exporter.refusals import Refusals, long_pause
from collector.exporter.retry import RetryPolicy
from collector.exporter.sift import Sift
from collector.exporter.split import Suspect, halves, pieces
from collector.exporter.uploader import base_url
from collector.metrics import Metrics
from collector.model import SealedBatch

log = structlog.get_logger()

_LOG_SECONDS = 60.0
_TOO_LARGE = "413"
_ALREADY_THERE = "409"
# After so many tries a batch is cut in two, because it may be what upstream cannot digest; where
# one half gets through, the other one is a suspect, and is cut sooner. Not where nothing gets
# through: an outage must not grind batches to runs. Tries of the tenant's other batches count, if
# none got through: each of them may hold such a run, and new ones are asked first.
_TRIES_WHOLE = 10
_TRIES_SUSPECT = 3

UNSEALABLE = "encode"
"""The reason of runs that cannot be made a request."""


class Verdicts:
    """Each method ends a lease: the batch is done, or it waits in the outbox, whole or cut.

    What is sent of a batch, the *part*, is the batch itself unless the batch is a ``Sift``. Between
    two owners there is no await: who is cancelled leaves the batch in the outbox as it was.
    """

    def __init__(
        self,
        outbox: Outbox,
        retry: RetryPolicy,
        dead_letters: DeadLetterDir | None,
        metrics: Metrics,
        clock: Clock,
        random: Callable[[], float],
    ) -> None:
        """Join the parts, which are those of the ``Sender``."""
        self._outbox = outbox
        self._retry = retry
        self._dead_letters = dead_letters
        self._metrics = metrics
        self._random = random
        self._quiet = Quiet(_LOG_SECONDS, clock)
        self._refusals = Refusals(clock, random)
        # Tenants for whom nothing got through since the last failure; what failed keeps their lane.
        self._failing: set[tuple[str, str, str | None]] = set()

    def delivered(self, lease: Lease, part: SealedBatch, seconds: float) -> None:
        """Upstream has the part, after an upload of so many seconds."""
        self._note_answer(lease)
        sealed = lease.sealed
        left = sealed.taken() if isinstance(sealed, Sift) else None
        self._settle(lease, part, left, self._metrics.uploaded.inc, seconds)

    async def unavailable(self, lease: Lease, trouble: UploadUnavailable, seconds: float) -> None:
        """Upstream did not take it this time: try again later, for ever."""
        self.tell("upload failed", lease, trouble.reason, trouble.__cause__)
        self._metrics.retries.labels(trouble.reason).inc()
        delay = self.delay(lease, trouble.retry_after)
        others_pass = self._note_failure(lease)
        # A rate limit is the tenant's, whatever batch it hits. Any other wish to wait is no more
        # than that: what stands before upstream says it of whatever fails behind it.
        if trouble.reason == "429":
            self._outbox.again(lease, delay, seconds=seconds, reason=trouble.reason)
        elif _is_ripe(lease):
            cut = await self._cut(lease, others_pass=others_pass)
            if others_pass or self._is_suspect(lease):
                self._outbox.replace(lease, cut)
            else:
                # The tenant gets no answers, and must not look as if it had got this one.
                self._outbox.cut(lease, cut, delay, seconds=seconds, reason=trouble.reason)
        elif self._is_suspect(lease):
            self._aside(lease, delay)
        else:
            self._outbox.again(lease, delay, seconds=seconds, reason=trouble.reason)

    async def destination_refused(self, lease: Lease, refusal: DestinationRefused) -> None:
        """Upstream takes nothing from this destination: keep everything, and ask now and then."""
        where = lease.destination
        if refusal.trouble == "key":
            self.tell(f"the key of destination {where.label} is refused", lease, refusal.reason)
        else:
            host = urlsplit(base_url(where.endpoint)).hostname
            self.tell(
                f"upstream at {host} does not look like LangSmith: {refusal.reason}",
                lease,
                refusal.reason,
            )
        self._metrics.retries.labels(refusal.reason).inc()
        others_pass = self._note_failure(lease)
        pause = self._refusals.add(where)
        if not self._is_suspect(lease):
            self._outbox.pause(lease, pause, refusal.trouble)
        elif others_pass and _is_ripe(lease, _TRIES_SUSPECT):
            # The others have the same key and address, so it is something in this one.
            self._outbox.replace(lease, await self._cut(lease, others_pass=True))
        else:
            self._aside(lease, long_pause(lease.tries + 1, self._random()))

    async def rejected(self, lease: Lease, part: SealedBatch, verdict: UploadRejected) -> None:
        """Upstream does not take the part: look for the runs that are to blame, and park these."""
        self._note_answer(lease)
        sealed = lease.sealed
        if part.runs > 1:
            self._metrics.splits.labels(verdict.reason).inc()
            cut: list[SealedBatch]
            if isinstance(sealed, Sift):
                left = sealed.refused(verdict.named)
                cut = [] if left is None else [left]
            elif verdict.reason == _TOO_LARGE:
                cut = list(await asyncio.to_thread(halves, part))
            else:
                cut = [await asyncio.to_thread(Sift.of, part, verdict.named)]
            self._outbox.replace(lease, cut)
            return
        left = sealed.refused(verdict.named) if isinstance(sealed, Sift) else None
        if verdict.reason == _ALREADY_THERE:
            self._settle(lease, part, left, self._metrics.uploaded.inc)
            return
        reason = "too_large" if verdict.reason == _TOO_LARGE else verdict.reason

        def park() -> None:
            self.tell("upload refused", lease, reason, runs=part.runs)
            self._settle(lease, part, left, self._metrics.parked.labels(reason).inc)

        await self._write(lease, part, reason, verdict.detail, park)

    async def unsealable(self, lease: Lease, fault: Unsealable) -> None:
        """Park the runs that cannot be sealed, and let the others wait for their turn."""

        def park() -> None:
            self.tell("runs cannot be sealed", lease, UNSEALABLE, fault.__cause__, fault.bad.runs)
            count = self._metrics.parked.labels(UNSEALABLE).inc
            if fault.good is None:
                self.end(lease, count)
                return
            # Before anything is settled, as in ``_settle``; but upstream has not answered.
            self._outbox.keep(lease, fault.good)
            self._outbox.give_back(lease)
            _count(fault.bad, count)

        await self._write(lease, fault.bad, UNSEALABLE, fault.detail, park)

    def failed(self, lease: Lease, reason: str, error: Exception) -> None:
        """Something of ours failed, and the batch alone waits; unless its lease ended before."""
        self.tell("batch failed", lease, reason, error)
        self._metrics.retries.labels(reason).inc()
        if lease.out:
            self._outbox.aside(lease, self.delay(lease))

    def end(
        self, lease: Lease, count: Callable[[float], None], seconds: float | None = None
    ) -> int:
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
        self._outbox.done(lease, seconds=seconds)
        return spans

    def delay(self, lease: Lease, retry_after: float | None = None) -> float:
        """Return the seconds until the batch is tried again."""
        return self._retry.delay(
            lease.failures + 1, self._random(), retry_after, hurry=self._outbox.draining
        )

    def tell(
        self,
        event: str,
        lease: Lease,
        reason: str,
        error: BaseException | None = None,
        runs: int | None = None,
    ) -> None:
        """Log at most once a minute for each event, destination and reason; never the payload."""
        label = lease.destination.label
        told = self._quiet.add((event, label, reason), lease.runs if runs is None else runs)
        if told:
            kind = {} if error is None else {"error": type(error).__name__}
            log.warning(event, destination=label, reason=reason, runs=told, **kind)

    def _is_suspect(self, lease: Lease) -> bool:
        return lease.suspect or (isinstance(lease.sealed, Suspect) and not lease.lane.failures)

    def _note_answer(self, lease: Lease) -> None:
        self._failing.discard(lease.destination.tenant)
        self._refusals.forget(lease.destination)

    def _note_failure(self, lease: Lease) -> bool:
        """Return True where upstream answered the tenant since its last failure."""
        tenant = lease.destination.tenant
        others_pass = tenant not in self._failing
        self._failing.add(tenant)
        if others_pass and isinstance(lease.sealed, Suspect):
            lease.sealed.others_pass = True
        return others_pass

    async def _cut(self, lease: Lease, *, others_pass: bool) -> list[SealedBatch]:
        sealed = lease.sealed
        assert sealed is not None, "it was sent"
        self._metrics.splits.labels("suspect").inc()
        cut = await asyncio.to_thread(_apart, sealed)
        return [Suspect(piece, others_pass=others_pass) for piece in cut]

    def _aside(self, lease: Lease, delay: float) -> None:
        """Let a batch wait that fails while others get through: long, where it is one run."""
        over = lease.tries + 1 - _TRIES_SUSPECT
        if lease.runs == 1 and over >= 0:
            if over == 0:
                self._metrics.isolated.inc()
            delay = max(delay, long_pause(over + 1, self._random()))
        self._outbox.aside(lease, delay)

    async def _write(
        self, lease: Lease, part: SealedBatch, reason: str, detail: str, park: Callable[[], None]
    ) -> None:
        """Write a dead letter where there is a place for it, and *park*; or the batch waits.

        A letter that is begun is seen through by who is cancelled, lest it be written twice.
        """
        cancel = failure = None
        if self._dead_letters is not None:
            writing = self._dead_letters.post(part, reason, detail, first_ns=lease.first_ns)
            cancel = await seen_through(writing)
            failure = writing.exception()
        try:
            if failure is None:
                park()
            elif isinstance(failure, OSError):
                # A full disk passes, and until then memory has it: better asked twice than lost.
                self.tell("dead letter not written", lease, reason, failure)
                self._metrics.retries.labels("dead_letter").inc()
                self._outbox.aside(lease, self.delay(lease))
            else:
                raise failure
        finally:
            if cancel is not None:
                raise cancel

    def _settle(
        self,
        lease: Lease,
        part: SealedBatch,
        left: SealedBatch | None,
        count: Callable[[float], None],
        seconds: float | None = None,
    ) -> None:
        """Settle what the part owes, and hold only what is left of the batch."""
        if left is None:
            self.end(lease, count, seconds)
            return
        # Before anything is settled: it must not be settled again with the batch as it was.
        self._outbox.replace(lease, [left])
        _count(part, count)


def _count(part: SealedBatch, count: Callable[[float], None]) -> None:
    count(part.runs)
    for receipt, settled in part.receipts:
        receipt.settle(settled)


def _is_ripe(lease: Lease, whole: int = _TRIES_WHOLE) -> bool:
    """Return True where a batch failed often enough to be cut; *whole*: if it never was."""
    if lease.runs == 1:
        return False
    if isinstance(lease.sealed, Suspect):
        return lease.sealed.others_pass and lease.tries + 1 >= _TRIES_SUSPECT
    return max(lease.tries, lease.lane.failures) + 1 >= whole


def _apart(sealed: SealedBatch) -> list[SealedBatch]:
    if isinstance(sealed, Sift):
        return sealed.apart()
    middle = sealed.runs // 2
    return pieces(sealed, [range(middle), range(middle, sealed.runs)])
