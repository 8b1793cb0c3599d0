from math import inf

from collector.exporter.lane import Lane, Lease
from tests.collector.exporter import samples

MANY = 100


def lane_of(count: int) -> tuple[Lane, list[Lease]]:
    lane = Lane()
    leases = [Lease(samples.batch(), lane) for _ in range(count)]
    for lease in leases:
        lane.add(lease)
    return lane, leases


def take(lane: Lane, now: float = 0.0) -> Lease:
    lease = lane.choose(now, MANY)
    assert lease is not None
    return lease


def test_batches_leave_in_the_order_in_which_they_came() -> None:
    lane, leases = lane_of(3)

    taken = [lane.choose(0.0, MANY) for _ in range(4)]

    assert taken == [*leases, None]


def test_no_more_than_the_limit_are_out_at_once() -> None:
    lane, (first, second, third) = lane_of(3)
    taken = [lane.choose(0.0, 2) for _ in range(3)]

    lane.done(first)

    assert taken == [first, second, None]
    assert lane.choose(0.0, 2) is third


def test_a_lane_that_failed_pauses() -> None:
    lane, _ = lane_of(3)

    lane.again(take(lane), resume_at=5.0)

    assert lane.choose(4.9, MANY) is None
    assert lane.ready_at(MANY) == 5.0
    assert lane.choose(5.0, MANY) is not None


def test_after_the_pause_one_batch_asks_alone() -> None:
    lane, _ = lane_of(3)
    lane.again(take(lane), resume_at=5.0)

    take(lane, 5.0)

    assert lane.choose(5.0, MANY) is None
    assert lane.ready_at(MANY) == inf


def test_when_upstream_takes_the_one_all_others_go_on() -> None:
    lane, (first, second, third) = lane_of(3)
    lane.again(take(lane), resume_at=5.0)

    lane.done(take(lane, 5.0))

    assert lane.failures == 0
    assert {take(lane, 5.0), take(lane, 5.0)} == {first, third}
    assert second.lane is lane


def test_the_one_that_asks_is_one_that_never_failed() -> None:
    lane, (first, second, third) = lane_of(3)
    lane.again(take(lane), resume_at=1.0)
    lane.again(take(lane, 1.0), resume_at=2.0)

    assert take(lane, 2.0) is third
    assert (first.tries, second.tries) == (1, 1)


def test_without_such_a_one_the_oldest_failure_asks() -> None:
    lane, (first, second) = lane_of(2)
    lane.again(take(lane), resume_at=1.0)
    lane.again(take(lane, 1.0), resume_at=2.0)

    assert take(lane, 2.0) is first
    assert second.out is False


def test_failures_in_a_row_are_counted() -> None:
    lane, _ = lane_of(1)

    for now in (0.0, 1.0, 2.0):
        lane.again(take(lane, now), resume_at=now + 1.0)

    assert lane.failures == 3


def test_batches_that_were_out_together_fail_together() -> None:
    lane, (first, second, third) = lane_of(3)
    for _ in range(3):
        take(lane)

    for lease in (first, second, third):
        lane.again(lease, resume_at=1.0)

    assert lane.failures == 1


def test_the_longest_pause_that_was_asked_for_holds() -> None:
    lane, (first, second) = lane_of(2)
    take(lane)
    take(lane)

    lane.again(first, resume_at=30.0)
    lane.again(second, resume_at=1.0)

    assert lane.ready_at(MANY) == 30.0
    assert lane.choose(29.9, MANY) is None


def test_old_good_news_does_not_end_a_pause() -> None:
    lane, (first, second, _) = lane_of(3)
    take(lane)
    take(lane)
    lane.again(first, resume_at=30.0)

    lane.done(second)

    assert lane.failures == 1
    assert lane.choose(29.9, MANY) is None


def test_a_batch_that_failed_while_others_got_through_is_suspect() -> None:
    lane, (first, _) = lane_of(2)
    lane.again(take(lane), resume_at=1.0)
    before = first.suspect
    lane.done(take(lane, 1.0))

    assert (before, first.suspect) == (False, True)


def test_a_batch_set_aside_waits_alone() -> None:
    lane, (first, second) = lane_of(2)
    lane.aside(take(lane), resume_at=5.0)

    assert lane.failures == 0
    assert take(lane) is second
    assert lane.choose(4.9, MANY) is None
    assert lane.ready_at(MANY) == 5.0
    assert take(lane, 5.0) is first


def test_one_batch_that_failed_before_is_out_at_once() -> None:
    lane, (first, second, third) = lane_of(3)
    lane.aside(take(lane), resume_at=1.0)
    lane.aside(take(lane), resume_at=1.0)

    taken = [lane.choose(1.0, MANY) for _ in range(3)]

    assert taken == [first, third, None]
    assert second.out is False


def test_a_batch_given_back_is_the_next_one() -> None:
    lane, (first, _) = lane_of(2)

    lane.give_back(take(lane))

    assert take(lane) is first
    assert first.tries == 0


def test_a_batch_that_asked_and_is_given_back_lets_another_ask() -> None:
    lane, _ = lane_of(1)
    lane.again(take(lane), resume_at=1.0)

    lane.give_back(take(lane, 1.0))

    assert lane.choose(1.0, MANY) is not None
    assert lane.failures == 1


def test_resume_ends_all_pauses_and_starts_with_short_ones() -> None:
    lane, (first, second) = lane_of(2)
    lane.aside(take(lane), resume_at=100.0)
    for _ in range(5):
        lane.again(take(lane, 99.0), resume_at=99.0)

    lane.resume()

    assert lane.failures == 1
    assert (first.tries, second.tries) == (1, 1)
    assert lane.choose(0.0, MANY) is not None


def test_resume_leaves_a_lane_without_trouble_alone() -> None:
    lane, leases = lane_of(2)

    lane.resume()

    assert lane.failures == 0
    assert [take(lane), take(lane)] == leases


def test_choose_any_knows_no_pause() -> None:
    lane, leases = lane_of(2)
    lane.again(take(lane), resume_at=100.0)

    taken = [lane.choose_any(), lane.choose_any(), lane.choose_any()]

    assert set(taken) == {*leases, None}


def test_a_lane_is_empty_when_its_last_batch_is_done() -> None:
    lane, (lease,) = lane_of(1)
    waiting = lane.empty
    take(lane)
    out = lane.empty

    lane.done(lease)

    assert (waiting, out, lane.empty) == (False, False, True)


def test_the_next_delay_answers_the_lane_or_the_batch() -> None:
    lane, (first, second) = lane_of(2)
    lane.aside(take(lane), resume_at=0.0)
    lane.aside(take(lane, 0.0), resume_at=9.0)

    assert lane.failures == 0
    assert sorted((first.failures, second.failures)) == [0, 2]


def test_a_lane_with_failures_only_waits_for_the_later_of_both_times() -> None:
    lane, (first, second) = lane_of(2)
    take(lane)
    take(lane)
    lane.aside(first, resume_at=1.0)
    lane.again(second, resume_at=5.0)
    pause_is_later = lane.ready_at(MANY)
    lane.aside(take(lane, 5.0), resume_at=9.0)
    lane.aside(take(lane, 5.0), resume_at=9.0)

    assert pause_is_later == 5.0
    assert lane.ready_at(MANY) == 9.0


def test_time_alone_helps_no_lane_that_waits_for_its_senders() -> None:
    lane, _ = lane_of(3)
    lane.aside(take(lane), resume_at=1.0)
    take(lane)
    at_the_limit = lane.ready_at(1)
    lane.aside(take(lane), resume_at=1.0)
    before = lane.ready_at(2)
    take(lane, 1.0)

    assert at_the_limit == inf
    assert before == 1.0
    assert lane.ready_at(MANY) == inf
