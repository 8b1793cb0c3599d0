from collector.exporter.lane import Lane, Lease
from collector.exporter.slots import Slots
from collector.exporter.turns import Turns
from collector.model import Tenant
from tests.collector.exporter import samples

MANY = 100


class Counting(Slots):
    """Slots that note which tenants they are asked for.

    Attributes:
        asked: keys of the lanes that were looked at.
    """

    def __init__(self) -> None:
        super().__init__(MANY, MANY)
        self.asked: list[str] = []

    def ready_at(self, tenant: Tenant, lane: Lane) -> float:
        self.asked.append(tenant[1])
        return super().ready_at(tenant, lane)


class Field:
    """Turns of lanes with two batches each, that are paused by hand."""

    def __init__(self, *keys: str) -> None:
        self.slots = Counting()
        self.turns = Turns(self.slots)
        self.lanes: dict[str, Lane] = {}
        for key in keys:
            lane = self.lanes[key] = Lane()
            self.slots.enter(samples.destination(key).endpoint)
            self.turns.enter(tenant(key), lane)
            for _ in range(2):
                self.add(key)

    def add(self, key: str) -> None:
        """Give a lane a batch, and tell nobody."""
        self.lanes[key].add(Lease(samples.batch(samples.destination(key)), self.lanes[key]))

    def take(self, now: float = 0.0) -> str | None:
        """Return the key of the lane that has its turn; a batch of it goes."""
        self.slots.asked = []
        lane = self.turns.first(now)
        if lane is None:
            return None
        lease = lane.choose(now, MANY)
        assert lease is not None
        self.slots.hand_out(lease, now)
        return lease.destination.api_key

    def pause(self, key: str, until: float) -> None:
        """Let a lane fail, and its batch wait until then."""
        lease = self.lanes[key].choose_any()
        assert lease is not None
        self.lanes[key].again(lease, until)
        self.turns.touch(tenant(key))

    def hold(self, until: float) -> None:
        """Let the endpoint be down."""
        lease = self.lanes["a"].choose_any()
        assert lease is not None
        self.slots.hand_out(lease, 0.0)
        endpoint = self.slots.take_in(lease)
        endpoint.ended(lease)
        endpoint.hold(until)
        self.lanes["a"].give_back(lease)


def tenant(key: str) -> Tenant:
    return samples.destination(key).tenant


def test_lanes_take_turns() -> None:
    field = Field("a", "b")

    assert [field.take() for _ in range(5)] == ["a", "b", "a", "b", None]


def test_lanes_that_are_paused_are_not_looked_at_until_their_time() -> None:
    field = Field("a", "b", "c")
    field.pause("a", 5.0)
    field.pause("b", 7.0)
    first = field.take()
    field.take(4.9)
    early = field.slots.asked
    field.take(4.9)

    assert (first, early, field.turns.next_at(4.9)) == ("c", ["c"], 5.0)
    assert field.take(5.0) == "a"
    assert field.turns.next_at(5.0) == 7.0


def test_lanes_that_wait_for_an_endpoint_are_not_looked_at_while_it_is_down() -> None:
    field = Field("a", "b", "c")
    for key in ("a", "b"):
        field.pause(key, 1.0)
    field.hold(60.0)
    first = field.take(1.0)
    field.take(1.0)
    asked = field.slots.asked

    assert (first, asked) == ("c", ["c"])
    assert field.take(1.0) is None
    assert field.turns.next_at(1.0) == 60.0


def test_lanes_go_at_once_when_their_endpoint_answers() -> None:
    field = Field("a")
    field.pause("a", 1.0)
    field.hold(60.0)
    early = field.take(1.0)

    field.slots.resume()

    assert early is None
    assert field.take(1.0) == "a"


def test_lanes_go_earlier_where_their_endpoint_says_an_earlier_time() -> None:
    field = Field("a")
    field.pause("a", 1.0)
    field.hold(60.0)
    early = field.take(1.0)

    field.hold(2.0)

    assert (early, field.take(1.0), field.turns.next_at(1.0)) == (None, None, 2.0)
    assert field.take(2.0) == "a"


def test_a_lane_that_only_its_senders_can_help_sleeps_until_it_is_touched() -> None:
    field = Field("a")
    taken = [field.take() for _ in range(3)]
    field.add("a")
    untouched = field.take()
    asked = field.slots.asked
    field.turns.touch(tenant("a"))

    assert taken == ["a", "a", None]
    assert (untouched, asked) == (None, [])
    assert field.take() == "a"


def test_an_earlier_time_counts() -> None:
    field = Field("a")
    field.pause("a", 9.0)
    field.take()
    field.lanes["a"].resume()
    field.pause("a", 4.0)
    field.take()

    assert field.turns.next_at(0.0) == 4.0
    assert field.take(4.0) == "a"


def test_a_lane_that_is_forgotten_rings_no_more() -> None:
    field = Field("a", "b")
    field.pause("a", 9.0)
    field.take()

    field.turns.leave(tenant("a"))
    field.take(9.0)

    assert field.take(9.0) is None
    assert field.turns.next_at(0.0) is None


def test_all_can_be_woken_at_once() -> None:
    field = Field("a", "b")
    for key in ("a", "b"):
        field.pause(key, 9.0)
    asleep = field.take()
    for lane in field.lanes.values():
        lane.resume()

    field.turns.touch_all()

    assert asleep is None
    assert [field.take(), field.take()] == ["a", "b"]


def test_alarms_do_not_pile_up_however_often_a_lane_is_touched() -> None:
    field = Field("a")
    field.pause("a", 9.0)
    for _ in range(100):
        field.take()
        field.turns.touch(tenant("a"))

    # Nobody outside can see it, but tenants pause for as long as the process lives.
    assert len(field.turns._alarms) == 1
