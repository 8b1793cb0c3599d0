"""Owns every batch until upstream has it, or it is given up with a reason."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol

from collector.clock import Clock
from collector.exporter.lane import Lane, Lease
from collector.model import Batch, SealedBatch


class Timer(Protocol):
    """A call that is to come."""

    def cancel(self) -> None:
        """Let it not come."""
        ...


def loop_timer(delay: float, callback: Callable[[], None]) -> Timer:
    """Have the running event loop call *callback* in *delay* seconds."""
    return asyncio.get_running_loop().call_later(delay, callback)


class Outbox:
    """The sending queue: one lane a tenant, which take turns.

    Not bounded by itself: ``held_bytes`` goes to the limiter at the door, which lets nothing in
    past the budget. A lane without batches is forgotten.

    ``draining`` is True from ``begin_drain`` on.

    Every method but ``take`` and ``wait_idle`` is synchronous, and a batch that is handed out stays
    owned: a sender may be cancelled at any await, as long as it gives its lease back.
    """

    def __init__(
        self,
        clock: Clock,
        per_tenant: int,
        call_later: Callable[[float, Callable[[], None]], Timer] = loop_timer,
    ) -> None:
        """Make an empty outbox.

        Args:
            clock: measures the pauses.
            per_tenant: most batches of one tenant that are out at once. Less than there are
                senders, or a tenant whose upstream never answers keeps them all busy.
            call_later: wakes the senders when a pause is over.
        """
        self._clock = clock
        self._per_tenant = per_tenant
        self._call_later = call_later
        self._lanes: OrderedDict[tuple[str, str, str | None], Lane] = OrderedDict()
        self._held = 0
        self._held_bytes = 0
        self._held_runs = 0
        self._changed = asyncio.Event()
        self._emptied = asyncio.Event()
        self._emptied.set()
        self._timer: tuple[float, Timer] | None = None
        self.draining = False

    @property
    def held_bytes(self) -> int:
        """Bytes of all batches: of the runs until they are sealed, of the body from then on."""
        return self._held_bytes

    @property
    def held_runs(self) -> int:
        """Runs of all batches."""
        return self._held_runs

    @property
    def paused(self) -> int:
        """Tenants whose last upload failed."""
        return sum(lane.failures > 0 for lane in self._lanes.values())

    @property
    def idle(self) -> bool:
        """True where nothing is held."""
        return self._held == 0

    def add(self, batch: Batch) -> None:
        """Own *batch*."""
        lane = self._lanes.setdefault(batch.destination.tenant, Lane())
        lease = Lease(batch, lane)
        lane.add(lease)
        self._held += 1
        self._held_bytes += lease.size
        self._held_runs += lease.runs
        self._emptied.clear()
        self._changed.set()

    async def take(self) -> Lease:
        """Wait for a batch that may be sent; tenants take turns.

        The caller ends it with ``done``, ``again`` or ``aside``, and ``give_back`` in any case.
        """
        while True:
            now = self._clock.monotonic()
            for tenant, lane in self._lanes.items():
                lease = lane.choose(now, self._per_tenant)
                if lease is not None:
                    self._lanes.move_to_end(tenant)
                    return lease
            self._changed.clear()
            self._arm(now)
            await self._changed.wait()

    def take_any(self) -> Lease | None:
        """Hand out a batch whatever the pauses say, for the end; None where none waits."""
        for lane in self._lanes.values():
            lease = lane.choose_any()
            if lease is not None:
                return lease
        return None

    def keep(self, lease: Lease, sealed: SealedBatch) -> None:
        """Hold *sealed* instead of the runs, which are let go."""
        lease.sealed = sealed
        lease.batch = None
        self._held_bytes += len(sealed.body) - lease.size
        lease.size = len(sealed.body)

    def done(self, lease: Lease) -> None:
        """Forget a batch that upstream has answered, or that is given up."""
        lease.lane.done(lease)
        if lease.lane.empty:
            del self._lanes[lease.destination.tenant]
        self._held -= 1
        self._held_bytes -= lease.size
        self._held_runs -= lease.runs
        self._changed.set()
        if self._held == 0:
            self._emptied.set()

    def again(self, lease: Lease, delay: float) -> None:
        """Pause the batch's tenant for *delay* seconds; then one batch asks, and then all go on."""
        lease.lane.again(lease, self._clock.monotonic() + delay)
        self._changed.set()

    def aside(self, lease: Lease, delay: float) -> None:
        """Let this batch alone wait for *delay* seconds."""
        lease.lane.aside(lease, self._clock.monotonic() + delay)
        self._changed.set()

    def give_back(self, lease: Lease) -> None:
        """Put a batch back to the front, unless its lease has ended already."""
        if lease.out:
            lease.lane.give_back(lease)
            self._changed.set()

    def begin_drain(self) -> None:
        """Let paused tenants try again at once: the process is about to end."""
        self.draining = True
        for lane in self._lanes.values():
            lane.resume()
        self._changed.set()

    async def wait_idle(self) -> None:
        """Wait until nothing is held."""
        while self._held:
            await self._emptied.wait()

    def _arm(self, now: float) -> None:
        # Set by the sender that finds nothing to do; a later timer in place is replaced, and one
        # that wakes the senders too early costs them a look.
        times = [lane.next_at(self._per_tenant) for lane in self._lanes.values()]
        due = min((at for at in times if at is not None), default=None)
        if due is None or (self._timer is not None and self._timer[0] <= due):
            return
        if self._timer is not None:
            self._timer[1].cancel()
        self._timer = (due, self._call_later(max(due - now, 0.0), self._ring))

    def _ring(self) -> None:
        self._timer = None
        self._changed.set()
