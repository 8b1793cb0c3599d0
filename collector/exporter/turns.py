"""Whose turn it is."""

import heapq
from collections import OrderedDict
from itertools import count
from math import inf

from collector.exporter.lane import Lane
from collector.exporter.slots import Slots
from collector.model import Tenant


class Turns:
    """Lanes in the order of their turns, and apart from them the lanes that cannot go: they sleep.

    A look costs what the lanes cost that are awake, however many tenants are paused, or wait for an
    endpoint that is down. A lane sleeps until the time that is told for it, or until something
    happens to it or to its endpoint; then it has its turn after those that are awake.

    Bounded by the lanes of the outbox, and by the alarms that were set and have not rung: a lane
    sets another one only for an earlier time.
    """

    def __init__(self, slots: Slots) -> None:
        """Begin without lanes; *slots* tells which of them may go, and when."""
        self._slots = slots
        self._reliefs = slots.reliefs
        self._awake: OrderedDict[Tenant, Lane] = OrderedDict()
        self._asleep: dict[Tenant, Lane] = {}
        # A heap of (when it rings, order of setting, tenant), and the earliest of each tenant.
        self._alarms: list[tuple[float, int, Tenant]] = []
        self._rings: dict[Tenant, float] = {}
        self._order = count()

    def enter(self, tenant: Tenant, lane: Lane) -> None:
        """Take a new lane, which is awake, and the last one."""
        self._awake[tenant] = lane

    def leave(self, tenant: Tenant) -> None:
        """Forget a lane."""
        self._awake.pop(tenant, None)
        self._asleep.pop(tenant, None)

    def touch(self, tenant: Tenant) -> None:
        """Wake a lane to which something happened, as the last one, unless it is awake."""
        lane = self._asleep.pop(tenant, None)
        if lane is not None:
            self._awake[tenant] = lane

    def touch_all(self) -> None:
        """Wake all lanes."""
        self._awake.update(self._asleep)
        self._asleep.clear()

    def first(self, now: float) -> Lane | None:
        """Return the first lane that has a batch and a slot for it at *now*, None for none.

        Its next turn is after all others.
        """
        if self._reliefs != self._slots.reliefs:
            self._reliefs = self._slots.reliefs
            self.touch_all()
        while self._alarms and self._alarms[0][0] <= now:
            self.touch(self._pop())
        sleepy: list[tuple[Tenant, float]] = []
        found = None
        blocked = False
        for tenant, lane in self._awake.items():
            at = self._slots.ready_at(tenant, lane)
            if at > now:
                sleepy.append((tenant, at))
            elif self._slots.has_turn(tenant, lane, now):
                self._awake.move_to_end(tenant)
                found = lane
                break
            elif not blocked:
                blocked = True
                if self._slots.full(now):
                    break
        for tenant, at in sleepy:
            self._sleep(tenant, at)
        return found

    def next_at(self, now: float) -> float | None:
        """Return when, after *now*, time alone may give a lane its turn, None for never.

        Right after ``first`` found none.
        """
        while self._alarms and self._alarms[0][2] not in self._asleep:
            self._pop()
        wakes = self._alarms[0][0] if self._alarms else inf
        # Those that are awake are without a slot.
        at = min(wakes, self._slots.next_at(now)) if self._awake else wakes
        return at if at < inf else None

    def _sleep(self, tenant: Tenant, until: float) -> None:
        self._asleep[tenant] = self._awake.pop(tenant)
        if until < self._rings.get(tenant, inf):
            self._rings[tenant] = until
            heapq.heappush(self._alarms, (until, next(self._order), tenant))

    def _pop(self) -> Tenant:
        at, _, tenant = heapq.heappop(self._alarms)
        if self._rings.get(tenant) == at:
            del self._rings[tenant]
        return tenant
