"""Who may upload next."""

from collector.exporter.endpoint import Endpoint, Endpoints
from collector.exporter.lane import Lane, Lease
from collector.model import Tenant

# Uploads that may never end must not have all slots: of those that ask whether upstream is back,
# no more than the slots divided by this are out.
_SHARE_AT_FIRST = 2
_SHARE_LATER = 4
_QUICK_FAILURES = 3


class Slots:
    """Shares the uploads that may be in flight among the lanes, and leaves the order to others.

    The more batches of a lane are out, the more slots must stay free besides, in all and of its
    endpoint: alone a lane gets 12 of 16, and whoever comes then has the next one at once. A lane
    that was served nothing of late gets its second slot only while half of all are free: it may be
    one that never gets an answer. Lanes whose last upload failed get no more than half of the slots
    together; a quarter, once they have failed for long.

    Attributes:
        reliefs: grows when lanes may go before the time that ``ready_at`` told.
    """

    def __init__(self, slots: int, per_tenant: int) -> None:
        """Share *slots* slots, of which a lane gets *per_tenant* at most."""
        self._slots = slots
        self._per_tenant = per_tenant
        self._endpoints = Endpoints(slots, self._relieve)
        self._out = 0
        self._asking = 0
        self.reliefs = 0

    @property
    def limit(self) -> int:
        """Uploads that may be in flight to one endpoint, of all endpoints the most."""
        return self._endpoints.limit

    @property
    def busy(self) -> bool:
        """True where a batch is out."""
        return self._out > 0

    def enter(self, url: str) -> None:
        """Count a lane that goes to *url*."""
        self._endpoints.enter(url)

    def leave(self, url: str) -> None:
        """Count a lane to *url* as forgotten."""
        self._endpoints.leave(url)

    def full(self, now: float) -> bool:
        """Tell whether no lane at all has a slot."""
        return self._out >= self._slots or self._endpoints.full(now)

    def ready_at(self, tenant: Tenant, lane: Lane) -> float:
        """Return when *lane* has a batch that may be sent, should there be a slot for it.

        Infinity where something must happen first, 0 where it has one whatever the time.
        """
        at = lane.ready_at(self._per_tenant)
        return max(at, self._endpoints[tenant[0]].hold_until) if lane.failures else at

    def has_turn(self, tenant: Tenant, lane: Lane, now: float) -> bool:
        """Tell whether there is a slot for *lane*, which is ready."""
        endpoint = self._endpoints[tenant[0]]
        besides = lane.out.bit_length()
        if lane.out and not endpoint.serves(tenant):
            besides = max(besides, self._slots // 2 - 1)
        if self._slots - self._out <= besides or endpoint.free(now) <= besides:
            return False
        if not lane.failures:
            return True
        share = _SHARE_AT_FIRST if lane.failures <= _QUICK_FAILURES else _SHARE_LATER
        return self._asking < max(self._slots // share, 1)

    def next_at(self, now: float) -> float:
        """Return when, after *now*, an upload is out for too long to hold its slot; or infinity."""
        return self._endpoints.next_at(now)

    def hand_out(self, lease: Lease, now: float) -> None:
        """Count a batch as out."""
        self._out += 1
        self._asking += lease.asks
        self._endpoints[lease.destination.endpoint].started(lease, now)

    def take_in(self, lease: Lease) -> Endpoint:
        """Count a batch as out no more; return the endpoint, which must be told how it ended."""
        self._out -= 1
        self._asking -= lease.asks
        return self._endpoints[lease.destination.endpoint]

    def resume(self) -> None:
        """Forget that endpoints are down."""
        self._endpoints.answer()

    def _relieve(self) -> None:
        self.reliefs += 1
