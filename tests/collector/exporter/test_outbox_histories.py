"""Random histories: what holds whatever happens to an outbox."""

from math import inf

from hypothesis import given
from hypothesis import strategies as st

from collector.exporter.lane import LANE_BYTES, LEASE_BYTES, Lease
from collector.exporter.outbox import Outbox
from collector.model import Destination, SealedBatch
from tests.collector.exporter import samples
from tests.collector.exporter.test_outbox import A, B, nothing_to_take, outbox_at, take
from tests.fakes import FakeClock

ADDS = {
    "add a": A,
    "add b": B,
    "add c": samples.destination("key-c", "http://other.test"),
}


def sealed_of_ten(where: Destination) -> SealedBatch:
    """Return a sealed batch with a body of ten bytes."""
    sealed = samples.seal(samples.batch(where))
    sealed.body = b"ten bytes."
    return sealed


def step_of(outbox: Outbox, clock: FakeClock, out: list[Lease], step: str) -> int:
    """Do what one step of a random history says, where it can; return by how much more is held."""
    if step == "wait":
        clock.advance(1.0)
    elif step in ADDS:
        outbox.add(samples.batch(ADDS[step], size=10))
        return 1
    elif step == "drain":
        outbox.begin_drain()
    elif out and step == "done":
        outbox.done(out.pop(0))
        return -1
    elif out and step == "served":
        outbox.done(out.pop(0), seconds=0.5)
        return -1
    elif out and step == "again":
        outbox.again(out.pop(0), 1.5)
    elif out and step == "failed":
        outbox.again(out.pop(0), 1.5, seconds=0.5, reason="503")
    elif out and step == "pause":
        outbox.pause(out.pop(0), 2.5, "key")
    elif out and step == "split":
        whole = out.pop(0)
        outbox.replace(whole, [sealed_of_ten(whole.destination) for _ in range(2)])
        return 1
    elif out and step == "cut":
        whole = out.pop(0)
        halves = [sealed_of_ten(whole.destination) for _ in range(2)]
        outbox.cut(whole, halves, 1.5, seconds=0.5, reason="timeout")
        return 1
    elif out and step == "aside":
        outbox.aside(out.pop(0), 0.5)
    elif out and step == "back":
        outbox.give_back(out.pop(0))
    return 0


STEPS = (
    *ADDS,
    "take",
    "done",
    "served",
    "again",
    "failed",
    "pause",
    "split",
    "cut",
    "aside",
    "back",
    "wait",
    "drain",
)


@given(st.lists(st.sampled_from(STEPS), max_size=40))
async def test_whatever_happens_each_batch_is_held_once_until_done(steps: list[str]) -> None:
    clock = FakeClock()
    outbox = outbox_at(clock, per_tenant=2)
    out: list[Lease] = []
    held = found = 0
    for step in steps:
        if step == "take" and not await nothing_to_take(outbox):
            out.append(await take(outbox))
        held += step_of(outbox, clock, out, step)
        by_tenant = [outbox.held_bytes_of(where.tenant) for where in ADDS.values()]
        lanes = sum(held_bytes > 0 for held_bytes in by_tenant)
        assert outbox.held_runs == held
        assert outbox.held_bytes == lanes * LANE_BYTES + held * (LEASE_BYTES + 10)
        assert outbox.held_bytes == sum(by_tenant)
    for lease in out:
        outbox.give_back(lease)
    while (left := outbox.take_any()) is not None:
        found += 1
        outbox.done(left)

    assert found == held
    assert (outbox.held_bytes, outbox.held_runs, samples.paused(outbox)) == (0, 0, 0)


@given(st.lists(st.sampled_from(STEPS), max_size=40))
async def test_whatever_happens_a_lane_that_may_go_is_found(steps: list[str]) -> None:
    clock = FakeClock()
    outbox = Outbox(clock, 2, clock.call_later, slots=3)
    out: list[Lease] = []
    for step in steps:
        if step == "take" and not await nothing_to_take(outbox):
            out.append(await take(outbox))
        step_of(outbox, clock, out, step)
        # What a look at each lane would find, asleep or not; nobody outside can see it.
        slots, lanes = outbox._slots, outbox._lanes
        times = {key: slots.ready_at(key, lane) for key, lane in lanes.items()}
        ready = [key for key, at in times.items() if at <= clock.seconds]
        may_go = [key for key in ready if slots.has_turn(key, lanes[key], clock.seconds)]
        later = min((at for at in times.values() if at > clock.seconds), default=inf)

        assert await nothing_to_take(outbox) == (not may_go)
        if later < inf and not may_go:
            assert await clock.until_timer() <= later - clock.seconds


@given(st.lists(st.sampled_from(STEPS), max_size=40))
async def test_whatever_happened_all_batches_get_through_in_the_end(steps: list[str]) -> None:
    clock = FakeClock()
    outbox = outbox_at(clock, per_tenant=2)
    out: list[Lease] = []
    for step in steps:
        if step == "take" and not await nothing_to_take(outbox):
            out.append(await take(outbox))
        step_of(outbox, clock, out, step)
    for lease in out:
        outbox.give_back(lease)

    clock.advance(10.0)
    while outbox.held_runs:
        outbox.done(await take(outbox))

    assert outbox.held_runs == 0
