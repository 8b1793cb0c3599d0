from math import inf

import pytest

from collector.exporter.lane import Lane, Lease
from collector.exporter.slots import Slots
from tests.collector.exporter import samples

MANY = 100


class Field:
    """Slots and lanes with batches without end."""

    def __init__(self, slots: int) -> None:
        self.slots = Slots(slots, MANY)
        self.lanes: dict[str, Lane] = {}
        self.now = 0.0

    def lane(self, key: str, failures: int = 0, endpoint: str = "http://upstream.test") -> Lane:
        """Return the lane of a tenant, made on first use."""
        if key not in self.lanes:
            lane = self.lanes[key] = Lane()
            self.slots.enter(endpoint)
            for _ in range(MANY):
                lane.add(Lease(samples.batch(samples.destination(key, endpoint)), lane))
            lane.failures = failures
        return self.lanes[key]

    def take(self, key: str, **lane: int | str) -> Lease | None:
        """Hand out a batch of a tenant, where there is a slot for it."""
        chosen = self.lane(key, **lane)  # type: ignore[arg-type]
        where = samples.destination(key, str(lane.get("endpoint", "http://upstream.test")))
        if self.slots.ready_at(where.tenant, chosen) > self.now:
            return None
        if not self.slots.has_turn(where.tenant, chosen, self.now):
            return None
        lease = chosen.choose(self.now, MANY)
        if lease is not None:
            self.slots.hand_out(lease, self.now)
        return lease

    def fall(self, until: float) -> None:
        """Let the endpoint be down."""
        lease = self.take("a")
        assert lease is not None
        endpoint = self.slots.take_in(lease)
        endpoint.ended(lease)
        endpoint.hold(until)
        lease.lane.give_back(lease)

    def serve(self, lease: Lease | None) -> None:
        """Let an upload end well."""
        assert lease is not None
        self.slots.take_in(lease).served(lease, self.now, 0.1)
        lease.lane.done(lease)

    def served(self, key: str) -> None:
        """Let a tenant have been served lately, so often that its window is wide."""
        for _ in range(MANY // 2):
            self.serve(self.take(key))

    def taken(self, key: str, **lane: int | str) -> int:
        """Take all that a tenant is given, and return how many that are."""
        taken = 0
        while self.take(key, **lane) is not None:
            taken += 1
        return taken


@pytest.mark.parametrize(("slots", "taken"), [(1, 1), (2, 1), (3, 2), (4, 2), (8, 5), (16, 12)])
def test_a_lone_tenant_gets_most_slots(slots: int, taken: int) -> None:
    field = Field(slots)
    field.served("a")

    assert field.taken("a") == taken


def test_beside_a_busy_tenant_each_newcomer_has_a_slot() -> None:
    field = Field(16)
    field.served("a")
    field.taken("a")

    assert [field.taken(key) for key in ("b", "c", "d", "e", "f")] == [1, 1, 1, 1, 0]


def test_a_tenant_that_nothing_is_known_of_gets_few_slots() -> None:
    assert Field(16).taken("a") == 4


def test_unknown_tenants_do_not_take_all_slots() -> None:
    field = Field(16)

    taken = [field.taken(key) for key in ("a", "b", "c", "d", "e", "f")]

    assert taken == [4, 4, 1, 1, 1, 1]


def test_those_that_failed_have_half_of_the_slots_together() -> None:
    field = Field(16)

    assert sum(field.taken(f"key-{number}", failures=3) for number in range(20)) == 8


def test_those_that_failed_for_long_have_a_quarter() -> None:
    field = Field(16)

    assert sum(field.taken(f"key-{number}", failures=4) for number in range(20)) == 4


def test_one_may_always_ask() -> None:
    assert Field(1).taken("a", failures=9) == 1


def test_a_tenant_that_failed_waits_while_its_endpoint_is_down() -> None:
    field = Field(16)
    field.fall(7.0)

    assert field.taken("b", failures=1) == 0
    assert field.slots.ready_at(samples.destination("b").tenant, field.lane("b")) == 7.0
    assert field.taken("c") == 4


def test_when_the_senders_stop_waiting_for_a_good_word_all_may_ask() -> None:
    field = Field(16)
    field.fall(7.0)

    field.slots.resume()

    assert field.taken("b", failures=1) == 1


def test_slots_of_another_endpoint_are_not_touched_by_its_trouble() -> None:
    field = Field(16)
    lease = field.take("a")
    assert lease is not None
    for _ in range(4):
        endpoint = field.slots.take_in(lease)
        endpoint.failed(lease, field.now, 0.0)
        field.now += 1.0
        field.slots.hand_out(lease, field.now)

    assert field.taken("b") == 0
    assert field.taken("c", endpoint="http://other.test") == 4


def test_time_alone_gives_a_slot_where_uploads_do_not_end() -> None:
    field = Field(4)
    field.served("a")
    none = field.slots.next_at(0.0)

    field.taken("a")

    assert none == inf
    assert field.slots.next_at(1.0) == 5.0


def test_slots_are_full_when_all_are_taken_or_no_endpoint_has_room() -> None:
    field = Field(2)
    lease = field.take("a")
    assert lease is not None
    one_left = field.slots.full(0.0)
    field.take("b")
    none_left = field.slots.full(0.0)
    field.slots.take_in(lease).failed(lease, 0.0, 0.0)

    assert (one_left, none_left) == (False, True)
    # The endpoint has one slot now, and b has it; until b's upload is out for too long.
    assert field.slots.full(0.0)
    assert not field.slots.full(5.0)


def test_a_time_that_becomes_an_earlier_one_is_told() -> None:
    field = Field(16)
    field.fall(7.0)
    field.fall(8.0)
    before = field.slots.reliefs
    field.fall(3.0)
    earlier = field.slots.reliefs
    field.slots.resume()
    field.slots.resume()

    assert (before, earlier, field.slots.reliefs) == (0, 1, 2)
