"""Which batches of a lane go first, and how many at once."""

from collector.exporter.lane import Lane, Lease
from tests.collector.exporter import samples
from tests.collector.exporter.test_lane import MANY, lane_of, take


def test_a_lease_can_be_made_of_a_batch_that_is_sealed() -> None:
    sealed = samples.seal(samples.batch(runs=3))

    lease = Lease(sealed, Lane())

    assert (lease.batch, lease.sealed, lease.runs) == (None, sealed, 3)
    assert lease.size == len(sealed.body)
    assert lease.owed() is sealed.receipts


def test_batches_that_are_put_first_leave_before_the_others_in_their_order() -> None:
    lane, (waiting,) = lane_of(1)
    parts = [Lease(samples.batch(), lane) for _ in range(2)]

    lane.add_first(parts)

    assert [take(lane) for _ in range(3)] == [*parts, waiting]


def test_few_batches_go_before_one_got_through() -> None:
    lane, leases = lane_of(9)
    first = [lane.choose(0.0, MANY) for _ in range(5)]

    lane.done(leases[0])

    assert first == [*leases[:4], None]
    assert [lane.choose(0.0, MANY) for _ in range(3)] == [*leases[4:6], None]


def test_after_a_pause_there_go_one_then_two_then_four() -> None:
    lane, _ = lane_of(20)
    lane.again(take(lane), resume_at=0.0)

    rounds = []
    for _ in range(4):
        out = []
        while (lease := lane.choose(0.0, MANY)) is not None:
            out.append(lease)
        rounds.append(len(out))
        for lease in out:
            lane.done(lease)

    assert rounds == [1, 2, 4, 8]


def test_the_reason_of_a_pause_goes_with_it() -> None:
    lane, _ = lane_of(2)
    lane.again(take(lane), 0.0, "key")
    reason = lane.reason

    lane.done(take(lane))

    assert (reason, lane.reason) == ("key", "")


def test_a_batch_that_asks_is_one_that_was_taken_while_the_lane_failed() -> None:
    lane, (first, second) = lane_of(2)
    lane.again(take(lane), 0.0)
    take(lane)

    assert (first.asks, second.asks) == (False, True)
