"""Owns every batch until upstream has it, or it is given up with a reason."""

import asyncio
from collections.abc import Callable, Sequence

from collector.clock import Clock
from collector.exporter.alarm import Alarm, Timer, loop_timer
from collector.exporter.endpoint import Endpoint
from collector.exporter.lane import LANE_BYTES, LEASE_BYTES, Lane, Lease
from collector.exporter.slots import Slots
from collector.exporter.turns import Turns
from collector.model import Batch, SealedBatch, Tenant

# Why tenants wait: their key, a wrong address, a rate limit; "unavailable" is all else.
PAUSES = ("key", "endpoint", "429", "unavailable")


class Outbox:
    """The sending queue: one lane a tenant, which take turns.

    Not bounded by itself: ``held_bytes`` goes to the limiter at the door, which lets nothing in
    past the budget. A lane without batches is forgotten, of endpoints the last 64 are remembered.

    Every method but ``take`` and ``wait_idle`` is synchronous, and a batch that is handed out stays
    owned: a sender may be cancelled at any await, as long as it gives its lease back.
    """

    def __init__(
        self,
        clock: Clock,
        per_tenant: int,
        call_later: Callable[[float, Callable[[], None]], Timer] = loop_timer,
        *,
        slots: int | None = None,
    ) -> None:
        """Make an empty outbox.

        Args:
            clock: measures the pauses.
            per_tenant: most batches of one tenant that are out at once.
            call_later: wakes the senders when a pause is over.
            slots: how many senders there are, and most uploads at once to one endpoint; None for
                two more than *per_tenant*.
        """
        self._clock = clock
        self._per_tenant = per_tenant
        self._slots = Slots(per_tenant + 2 if slots is None else slots, per_tenant)
        self._lanes: dict[Tenant, Lane] = {}
        self._turns = Turns(self._slots)
        self._held = 0
        self._held_bytes = 0
        self._held_runs = 0
        self._turnstile = asyncio.Lock()
        self._changed = asyncio.Event()
        self._alarm = Alarm(call_later, self._changed.set)
        self._ended = asyncio.Event()
        self.draining = False  # until begin_drain

    @property
    def held_bytes(self) -> int:
        """What all tenants and batches cost: the runs until they are sealed, then the body."""
        return self._held_bytes + len(self._lanes) * LANE_BYTES

    def held_bytes_of(self, tenant: Tenant) -> int:
        """Return what one tenant and its batches cost, those that are in flight included."""
        return self._lanes[tenant].held_bytes if tenant in self._lanes else 0

    def tenants_holding(self, size: float) -> frozenset[Tenant]:
        """Return the tenants whose batches have *size* bytes or more."""
        if self.held_bytes < size:
            return frozenset()
        return frozenset(key for key, lane in self._lanes.items() if lane.held_bytes >= size)

    @property
    def held_runs(self) -> int:
        """Runs of all batches."""
        return self._held_runs

    def paused_for(self, reason: str) -> int:
        """Return how many tenants' last upload failed for *reason*, one of ``PAUSES``."""
        reasons = [lane.reason for lane in self._lanes.values() if lane.failures]
        if reason == "unavailable":
            return sum(one == reason or one not in PAUSES for one in reasons)
        return reasons.count(reason)

    @property
    def upload_limit(self) -> int:
        """Uploads that may be in flight to one endpoint, of all endpoints the most."""
        return self._slots.limit

    def add(self, batch: Batch) -> None:
        """Own *batch*."""
        tenant = batch.destination.tenant
        lane = self._lanes.get(tenant)
        if lane is None:
            lane = self._lanes[tenant] = Lane()
            self._turns.enter(tenant, lane)
            self._slots.enter(batch.destination.endpoint)
        else:
            self._turns.touch(tenant)
        lease = Lease(batch, lane)
        lane.add(lease)
        self._count(lease)
        self._changed.set()

    async def take(self) -> Lease:
        """Wait for a batch that may be sent; tenants take turns.

        The caller ends it with ``done``, ``again``, ``pause``, ``aside``, ``replace`` or ``cut``,
        and with ``give_back`` in any case.
        """
        # One sender at a time looks, so that a change costs one look, and not one for each sender.
        async with self._turnstile:
            while True:
                now = self._clock.monotonic()
                lane = self._turns.first(now)
                lease = None if lane is None else lane.choose(now, self._per_tenant)
                if lease is not None:
                    self._slots.hand_out(lease, now)
                    return lease
                self._changed.clear()
                # An alarm that wakes the senders too early costs them a look.
                due = self._turns.next_at(now)
                if due is not None:
                    self._alarm.set(due, now)
                await self._changed.wait()

    def take_any(self) -> Lease | None:
        """Hand out a batch whatever the pauses say, for the end; None where none waits."""
        for lane in self._lanes.values():
            lease = lane.choose_any()
            if lease is not None:
                self._slots.hand_out(lease, self._clock.monotonic())
                return lease
        return None

    def keep(self, lease: Lease, sealed: SealedBatch) -> None:
        """Hold *sealed* instead of the runs, which are let go; it may have fewer of them."""
        lease.sealed = sealed
        lease.batch = None
        self._count(lease, -1)
        lease.runs, lease.size = sealed.runs, len(sealed.body)
        self._count(lease)

    def replace(self, lease: Lease, parts: Sequence[SealedBatch]) -> None:
        """Hold *parts* instead of the batch that they are made of, which is let go.

        They go first in their lane, which is well, as after an answer; what the whole owes is not
        settled here: the parts owe it now.
        """
        lease.lane.add_first(self._hold_parts(lease, parts))
        self.done(lease)

    def cut(
        self,
        lease: Lease,
        parts: Sequence[SealedBatch],
        delay: float,
        *,
        seconds: float,
        reason: str,
    ) -> None:
        """Hold *parts* instead of a batch, as ``replace``, where the tenant gets no answers.

        For lane and endpoint it is one more failure, as with ``again``; then one part asks.
        """
        resume_at = self._failed(lease, delay, seconds, reason)
        lease.lane.cut(lease, self._hold_parts(lease, parts), resume_at, reason)
        self._count(lease, -1)
        self._changed.set()

    def done(self, lease: Lease, *, seconds: float | None = None) -> None:
        """Forget a batch that upstream has answered, or that is given up.

        Args:
            lease: ends.
            seconds: how long the upload took that upstream accepted; None where it did not.
        """
        endpoint = self._take_in(lease)
        if seconds is None:
            endpoint.ended(lease)
        else:
            endpoint.served(lease, self._clock.monotonic(), seconds)
        endpoint.answers()
        lease.lane.done(lease)
        if lease.lane.empty:
            del self._lanes[lease.destination.tenant]
            self._turns.leave(lease.destination.tenant)
            self._slots.leave(lease.destination.endpoint)
        self._count(lease, -1)
        self._changed.set()
        if not self._lanes:
            self._alarm.stop()

    def again(
        self,
        lease: Lease,
        delay: float,
        *,
        seconds: float | None = None,
        reason: str = "unavailable",
    ) -> None:
        """Pause the batch's tenant for *delay* seconds; then one batch asks, and then all go on.

        Args:
            lease: ends.
            delay: seconds, 0 or more.
            seconds: how long the upload took that failed; None where none was tried.
            reason: an HTTP status, or a word. 429 is an answer; all else, where nobody is served
                meanwhile, means that the endpoint is down.
        """
        resume_at = self._failed(lease, delay, seconds, reason)
        lease.lane.again(lease, resume_at, reason)
        self._changed.set()

    def pause(self, lease: Lease, delay: float, reason: str) -> None:
        """Pause a tenant that upstream answered, but will not serve: a wrong key or address.

        After *delay* seconds one batch asks; a good answer lets all go on, another ``pause`` lets
        them wait again. The endpoint is not blamed. *reason* is one of ``PAUSES``.
        """
        endpoint = self._take_in(lease)
        endpoint.ended(lease)
        endpoint.answers()
        lease.lane.again(lease, self._clock.monotonic() + delay, reason)
        self._changed.set()

    def aside(self, lease: Lease, delay: float) -> None:
        """Let this batch alone wait for *delay* seconds."""
        self._take_in(lease).ended(lease)
        lease.lane.aside(lease, self._clock.monotonic() + delay)
        self._changed.set()

    def give_back(self, lease: Lease) -> None:
        """Put a batch back to the front, unless its lease has ended already."""
        if lease.out:
            self._take_in(lease).ended(lease)
            lease.lane.give_back(lease)
            self._changed.set()

    def begin_drain(self) -> None:
        """Let paused tenants try again at once: the process is about to end."""
        self.draining = True
        for lane in self._lanes.values():
            lane.resume()
        self._slots.resume()
        self._turns.touch_all()
        self._changed.set()

    async def wait_idle(self, until: float | None = None) -> None:
        """Wait until nothing is held.

        Args:
            until: monotonic seconds; not for what cannot be sent before: batches whose time is
                later, and all of the tenants whose key or address was refused once more since
                ``begin_drain``. None: for all. An endpoint that is down may be back any moment.
        """
        while self._held and not self._rests(until):
            self._ended.clear()
            await self._ended.wait()

    def _rests(self, until: float | None) -> bool:
        if until is None or self._slots.busy:
            return False
        now = self._clock.monotonic()
        return all(lane.rests(now, until) for lane in self._lanes.values())

    def _take_in(self, lease: Lease) -> Endpoint:
        """Count a batch as out no more; return its endpoint, which must be told how it ended."""
        self._turns.touch(lease.destination.tenant)
        self._ended.set()
        return self._slots.take_in(lease)

    def _failed(self, lease: Lease, delay: float, seconds: float | None, reason: str) -> float:
        """Tell the endpoint how an upload ended, and return when the lane shall ask again."""
        now = self._clock.monotonic()
        endpoint = self._take_in(lease)
        if seconds is None:
            endpoint.ended(lease)
        else:
            endpoint.failed(lease, now, seconds)
            if reason == "429":
                endpoint.answers()
            else:
                endpoint.hold(now + delay)
        return now + delay

    def _hold_parts(self, whole: Lease, parts: Sequence[SealedBatch]) -> list[Lease]:
        leases = [Lease(part, whole.lane) for part in parts]
        for part in leases:
            part.first_ns = whole.first_ns
            self._count(part)
        return leases

    def _count(self, lease: Lease, times: int = 1) -> None:
        cost = times * (lease.size + LEASE_BYTES)
        self._held += times
        self._held_bytes += cost
        lease.lane.held_bytes += cost
        self._held_runs += times * lease.runs
