"""The batches of one tenant, and when which of them may be sent."""

import heapq
from collections import deque
from collections.abc import Sequence
from itertools import count
from math import inf

from collector.model import Batch, Destination, Receipt, SealedBatch

# Batches of a lane that are out at once before any of them got through.
_FIRST_WINDOW = 4
# What somebody must mend, while time alone does not.
_REFUSED = ("key", "endpoint")

LEASE_BYTES = 2000
"""What a batch costs in memory beside its runs or its body, about (tracemalloc)."""
LANE_BYTES = 2000
"""What a tenant costs in memory beside its batches."""


class Lease:
    """One batch in the outbox; the same object for as long as the batch is held.

    Made of runs, or of a batch that is sealed already: a part of one that was split.

    Attributes:
        batch: the runs, None once they are sealed.
        sealed: the request's bytes, None until then.
        destination: where it goes.
        runs, size: how many runs it has, and how many bytes they, or the sealed body, take.
        tries: how often it failed.
        first_ns: when it, or the batch that it was part of, was first tried; None until then.
        out: a sender has it.
        asks: when it was handed out, the lane's last try had failed.
        epoch: the lane's when it was handed out; tells old news from new.
    """

    __slots__ = (
        "asks",
        "batch",
        "destination",
        "epoch",
        "first_ns",
        "lane",
        "out",
        "runs",
        "sealed",
        "size",
        "tries",
    )

    def __init__(self, batch: Batch | SealedBatch, lane: "Lane") -> None:
        self.batch: Batch | None
        self.sealed: SealedBatch | None
        if isinstance(batch, SealedBatch):
            self.batch, self.sealed = None, batch
            self.runs, self.size = batch.runs, len(batch.body)
        else:
            self.batch, self.sealed = batch, None
            self.runs, self.size = len(batch.runs), batch.size
        self.destination: Destination = batch.destination
        self.lane = lane
        self.tries = 0
        self.first_ns: int | None = None
        self.out = False
        self.asks = False
        self.epoch = 0

    @property
    def failures(self) -> int:
        """Failures in a row that the next delay shall answer: the lane's, or the batch's own."""
        return max(self.lane.failures, self.tries)

    @property
    def suspect(self) -> bool:
        """True where the batch failed before and others got through since: it may be the cause."""
        return self.tries > 0 and self.lane.failures == 0

    def owed(self) -> list[tuple[Receipt, int]]:
        """Return the receipts of its runs, each with the spans to settle.

        Once sealed it is the very list of the sealed batch: who settles takes pairs out of it, so
        that none is settled twice.
        """
        if self.sealed is not None:
            return self.sealed.receipts
        return [(run.receipt, 1) for run in self.batch.runs] if self.batch is not None else []


class Lane:
    """The queue of one tenant.

    While it fails, one batch at a time asks whether upstream is back; batches that never failed
    go first, so that one that upstream cannot digest does not stand before the others. Then two go,
    then four: one more for each that gets through. A batch that failed before has a time of its
    own, and one at most of them is out at once.
    Bounded by the limiter at the door, as the outbox is.

    Attributes:
        failures: tries that failed in a row; 0 while upstream takes batches.
        reason: what the last failure was, ``""`` while there is none.
        out: batches that a sender holds.
        held_bytes: its own, and those of all its batches, which the outbox counts.
    """

    __slots__ = (
        "_aside",
        "_epoch",
        "_fresh",
        "_order",
        "_probe",
        "_resume_at",
        "_window",
        "failures",
        "held_bytes",
        "out",
        "reason",
    )

    def __init__(self) -> None:
        self._fresh: deque[Lease] = deque()
        # A heap of (when it may go, order of arrival, lease).
        self._aside: list[tuple[float, int, Lease]] = []
        self._order = count()
        self._probe: Lease | None = None
        self._resume_at = 0.0
        self._epoch = 0
        self._window = _FIRST_WINDOW
        self.failures = 0
        self.reason = ""
        self.out = 0
        self.held_bytes = LANE_BYTES

    @property
    def empty(self) -> bool:
        """True where neither a batch waits nor one is out."""
        return self.out == 0 and not self.waits

    @property
    def waits(self) -> bool:
        """True where a batch waits."""
        return bool(self._fresh or self._aside)

    def add(self, lease: Lease) -> None:
        """Queue a new batch."""
        self._fresh.append(lease)

    def add_first(self, leases: Sequence[Lease]) -> None:
        """Queue batches before all that never failed, in their order."""
        self._fresh.extendleft(reversed(leases))

    def choose(self, now: float, limit: int) -> Lease | None:
        """Hand out a batch that may be sent at *now*, None where there is none.

        Args:
            now: monotonic seconds.
            limit: most batches to be out at once.
        """
        if self.failures:
            if self._probe is not None or now < self._resume_at:
                return None
            lease = self._fresh.popleft() if self._fresh else self._pop_aside(now)
            self._probe = lease
        elif self.out >= min(limit, self._window):
            return None
        else:
            lease = self._pop_aside(now) if self._probe is None else None
            if lease is not None:
                self._probe = lease
            elif self._fresh:
                lease = self._fresh.popleft()
        if lease is None:
            return None
        return self._hand_out(lease)

    def choose_any(self) -> Lease | None:
        """Hand out a batch whatever the pauses and limits say, None where none waits."""
        lease = self._fresh.popleft() if self._fresh else self._pop_aside(float("inf"))
        return None if lease is None else self._hand_out(lease)

    def ready_at(self, limit: int) -> float:
        """Return when ``choose`` has a batch; infinity where something must happen first.

        0 where it has one whatever the time.
        """
        if self.failures:
            if self._probe is not None or not self.waits:
                return inf
            return self._resume_at if self._fresh else max(self._resume_at, self._aside[0][0])
        if self.out >= min(limit, self._window):
            return inf
        if self._fresh:
            return 0.0
        return self._aside[0][0] if self._aside and self._probe is None else inf

    def rests(self, now: float, until: float) -> bool:
        """Tell whether to wait until then is in vain: for a refused tenant, or before its time.

        Refused means: in the try after ``resume``, and its pause is not over.
        """
        at = self.ready_at(1)
        return not self.out and (at >= until or (self.reason in _REFUSED and now < at))

    def done(self, lease: Lease) -> None:
        """Forget a batch; upstream answered it, so the lane is well unless it failed meanwhile."""
        self._back(lease)
        if lease.epoch == self._epoch:
            self.failures = 0
            self.reason = ""
            self._window += 1

    def again(self, lease: Lease, resume_at: float, reason: str = "unavailable") -> None:
        """Take a batch back after a trouble of the whole lane, which pauses until *resume_at*."""
        self._fail(lease, resume_at, reason)
        lease.tries += 1
        self._put_aside(lease, resume_at)

    def cut(self, lease: Lease, parts: Sequence[Lease], resume_at: float, reason: str) -> None:
        """Take *parts* instead of a batch after a trouble as that of ``again``."""
        self._fail(lease, resume_at, reason)
        self.add_first(parts)

    def aside(self, lease: Lease, resume_at: float) -> None:
        """Take a batch back after a trouble of its own; the others go on."""
        self._back(lease)
        lease.tries += 1
        self._put_aside(lease, resume_at)

    def give_back(self, lease: Lease) -> None:
        """Take a batch back as if it had not been handed out."""
        self._back(lease)
        if lease.tries:
            self._put_aside(lease, 0.0)
        else:
            self._fresh.appendleft(lease)

    def resume(self) -> None:
        """Let everything that waits try at once; the pauses begin anew with the shortest."""
        self._resume_at = 0.0
        self.failures = min(self.failures, 1)
        leases = [lease for _, _, lease in sorted(self._aside)]
        self._aside.clear()
        for lease in leases:
            lease.tries = 1
            self._put_aside(lease, 0.0)

    def _hand_out(self, lease: Lease) -> Lease:
        lease.epoch = self._epoch
        lease.asks = self.failures > 0
        lease.out = True
        self.out += 1
        return lease

    def _fail(self, lease: Lease, resume_at: float, reason: str) -> None:
        self._back(lease)
        self.reason = reason
        # What left before the last failure tells of the same trouble once more.
        self.failures = self.failures + 1 if lease.epoch == self._epoch else max(self.failures, 1)
        self._epoch += 1
        self._window = 1
        self._resume_at = max(self._resume_at, resume_at)

    def _back(self, lease: Lease) -> None:
        lease.out = False
        self.out -= 1
        if self._probe is lease:
            self._probe = None

    def _put_aside(self, lease: Lease, resume_at: float) -> None:
        heapq.heappush(self._aside, (resume_at, next(self._order), lease))

    def _pop_aside(self, now: float) -> Lease | None:
        if self._aside and self._aside[0][0] <= now:
            return heapq.heappop(self._aside)[2]
        return None
