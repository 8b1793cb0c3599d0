"""What the lanes to one endpoint share."""

from collections import OrderedDict
from collections.abc import Callable
from math import inf

from collector.exporter.aimd import Aimd
from collector.exporter.lane import Lease

# An upload that is out for so long may never end, and stands before no other any more.
_PATIENCE = 5.0
_LATELY = 10.0
_MOST_REMEMBERED = 64


class Endpoint:
    """How many uploads an endpoint gets at once, and whether it is down.

    What goes wrong is held against the endpoint where it happens to more than a third of the
    tenants that were answered lately; else it is the tenant's own trouble. That a tenant in trouble
    fails once more is no news of the endpoint.

    Bounded by the lanes of the outbox and, lately, by the answers of 10 s.

    Attributes:
        lanes: how many go there.
        hold_until: before it, no tenant that failed asks again: while the endpoint serves nobody,
            one asks for all of them.
    """

    __slots__ = ("_aimd", "_bad", "_good", "_relieved", "_young", "hold_until", "lanes")

    def __init__(self, ceiling: int, relieved: Callable[[], None] = lambda: None) -> None:
        """Let *ceiling* uploads at once be the most.

        Args:
            ceiling: 1 or more.
            relieved: is called when ``hold_until`` becomes an earlier time.
        """
        self._aimd = Aimd(ceiling)
        self._young: dict[Lease, float] = {}
        # When each tenant was answered last, by what came of it.
        self._good: OrderedDict[object, float] = OrderedDict()
        self._bad: OrderedDict[object, float] = OrderedDict()
        self.lanes = 0
        self.hold_until = 0.0
        self._relieved = relieved

    @property
    def limit(self) -> int:
        """Uploads that may be in flight."""
        return self._aimd.limit

    def free(self, now: float) -> int:
        """Return how many more uploads may begin; 0 or less for none."""
        while self._young:
            lease, since = next(iter(self._young.items()))
            if since + _PATIENCE > now:
                break
            del self._young[lease]
        return self._aimd.limit - len(self._young)

    def next_at(self) -> float | None:
        """Return when time alone makes room, None where nothing is in flight that it could."""
        since = next(iter(self._young.values()), None)
        return None if since is None else since + _PATIENCE

    def started(self, lease: Lease, now: float) -> None:
        """Count the upload of a batch as in flight."""
        self._young[lease] = now
        self._aimd.started()

    def ended(self, lease: Lease) -> None:
        """Count it as over, with nothing to be learnt from it."""
        self._young.pop(lease, None)
        self._aimd.ended()

    def served(self, lease: Lease, now: float, seconds: float) -> None:
        """Count it as over: upstream took the batch in so many seconds."""
        self._young.pop(lease, None)
        self._note(self._good, self._bad, lease, now)
        self._aimd.finished(now, seconds, ok=True, size=lease.size)

    def failed(self, lease: Lease, now: float, seconds: float) -> None:
        """Count it as over: it was refused for the time being, or got no answer."""
        self._young.pop(lease, None)
        self._note(self._bad, self._good, lease, now)
        if lease.asks or len(self._bad) * 2 <= len(self._good):
            self._aimd.ended()
        else:
            self._aimd.finished(now, seconds, ok=False)

    def serves(self, tenant: object) -> bool:
        """Tell whether the last answer to a tenant was good, and not long ago."""
        return tenant in self._good

    def answers(self) -> None:
        """Note that the endpoint is not down."""
        self._hold(0.0)

    def hold(self, until: float) -> None:
        """Let no tenant that failed ask before *until*, unless others are served."""
        if not self._good:
            self._hold(until)

    def forget_tenants(self) -> None:
        """Remember only how fast it may go; for when no lane is left."""
        self._good.clear()
        self._bad.clear()

    def _hold(self, until: float) -> None:
        earlier = until < self.hold_until
        self.hold_until = until
        if earlier:
            self._relieved()

    def _note(
        self,
        where: OrderedDict[object, float],
        other: OrderedDict[object, float],
        lease: Lease,
        now: float,
    ) -> None:
        tenant = lease.destination.tenant
        other.pop(tenant, None)
        where[tenant] = now
        where.move_to_end(tenant)
        for answered in (self._good, self._bad):
            while answered and next(iter(answered.values())) + _LATELY <= now:
                answered.popitem(last=False)


class Endpoints:
    """All endpoints that lanes go to, and the last 64 that none goes to any more."""

    def __init__(self, ceiling: int, relieved: Callable[[], None]) -> None:
        """Begin with none; *ceiling* and *relieved* are those of ``Endpoint``."""
        self._ceiling = ceiling
        self._relieved = relieved
        self._busy: dict[str, Endpoint] = {}
        self._idle: OrderedDict[str, Endpoint] = OrderedDict()

    @property
    def limit(self) -> int:
        """Uploads that may be in flight to the endpoint that gets the most."""
        return max((one.limit for one in self._busy.values()), default=self._ceiling)

    def full(self, now: float) -> bool:
        """Tell whether no endpoint has room for an upload."""
        return all(one.free(now) <= 0 for one in self._busy.values())

    def next_at(self, now: float) -> float:
        """Return when, after *now*, time alone makes room at one of them; or infinity."""
        times = (one.next_at() for one in self._busy.values())
        return min((at for at in times if at is not None and at > now), default=inf)

    def __getitem__(self, url: str) -> Endpoint:
        """Return the endpoint of a lane."""
        return self._busy[url]

    def answer(self) -> None:
        """Forget of all endpoints that they are down."""
        for endpoint in self._busy.values():
            endpoint.answers()

    def enter(self, url: str) -> None:
        """Count a new lane."""
        endpoint = self._busy.get(url)
        if endpoint is None:
            known = url in self._idle
            endpoint = self._idle.pop(url) if known else Endpoint(self._ceiling, self._relieved)
            self._busy[url] = endpoint
        endpoint.lanes += 1

    def leave(self, url: str) -> None:
        """Count a lane that is forgotten."""
        endpoint = self._busy[url]
        endpoint.lanes -= 1
        if not endpoint.lanes:
            endpoint.forget_tenants()
            self._idle[url] = self._busy.pop(url)
            if len(self._idle) > _MOST_REMEMBERED:
                self._idle.popitem(last=False)
