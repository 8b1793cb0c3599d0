"""What tenants in trouble cost the others, in simulated time."""

import asyncio
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.exporter.lane import Lease
from collector.exporter.outbox import Outbox
from tests.collector.exporter import samples
from tests.collector.exporter.world import (
    DOWN,
    OK,
    RATE_LIMIT,
    REFUSED_KEY,
    TIMEOUT,
    Answer,
    World,
    percentile,
)
from tests.fakes import PATIENCE, FakeClock

GOOD = [f"good-{number}" for number in range(20)]
SECONDS = 20.0
TROUBLE: dict[str, Answer] = {
    "revoked": (0.05, REFUSED_KEY),
    "limited": (0.05, RATE_LIMIT),
    "deaf": (60.0, TIMEOUT),
    "slow": (5.0, OK),
    "down": (0.01, DOWN),
}


def answer(key: str) -> Answer:
    return TROUBLE.get(key.partition("-")[0], (0.1, OK))


async def p99_of_good(**every: float) -> float:
    """Return what 99 % of the good tenants' deliveries stay under beside others' batches.

    Args:
        every: by tenant, the seconds between two batches.
    """
    world = World(answer)
    for key in GOOD:
        world.load(key, 1.0, 0.0, SECONDS)
    for key, seconds in every.items():
        world.load(key.replace("_", "-"), seconds, 0.0, SECONDS)
    await world.run(SECONDS + 1.0)
    return percentile([wait for key in GOOD for wait in world.waits[key]], 0.99)


# Nine times what the twenty good ones send together.
HOT = 1 / 180


@pytest.mark.parametrize(
    "others",
    [
        {"hot": HOT},
        {"revoked": 0.2},
        {"limited": 0.2},
        {"deaf": 0.2},
        {"slow": 0.2},
        {"down": 0.2},
        {"hot": HOT, "revoked": 0.2, "limited": 0.2, "deaf": 0.2},
        {"hot": 1 / 60, **{f"deaf_{number}": 0.5 for number in range(8)}},
    ],
    ids=lambda others: "-".join(others)[:30],
)
async def test_tenants_in_trouble_delay_the_others_less_than_twice(
    others: dict[str, float],
) -> None:
    undisturbed = await p99_of_good()

    assert await p99_of_good(**others) < 2 * undisturbed


async def test_an_endpoint_that_stops_answering_costs_those_of_another_little() -> None:
    world = World(
        lambda key: (60.0, TIMEOUT) if "lost" in key and world.clock.seconds > 5.0 else (0.1, OK)
    )
    for key in GOOD:
        world.load(key, 1.0, 0.0, 60.0)
    for number in range(10):
        world.load(f"lost-{number}", 1.0, 0.0, 60.0, "http://lost.test")

    await world.run(61.0)

    assert percentile([wait for key in GOOD for wait in world.waits[key]], 0.99) < 0.2


async def test_a_hot_tenant_gets_what_the_others_leave() -> None:
    world = World(answer)
    world.load("hot", HOT, 0.0, SECONDS)

    await world.run(SECONDS)

    # Of 16 slots at 10 uploads a second it has 12.
    assert len(world.waits["hot"]) > 0.95 * 12 * 10 * SECONDS


async def test_a_newcomer_has_its_turn_at_once() -> None:
    world = World(answer)
    world.load("hot", HOT, 0.0, SECONDS)
    world.clock.call_later(10.0, lambda: world.add("new"))

    await world.run(SECONDS)

    assert world.waits["new"] == [pytest.approx(0.1)]


async def test_a_tenant_that_was_refused_goes_on_when_its_key_is_good_again() -> None:
    world = World(lambda key: (0.1, OK if world.clock.seconds > 40.0 else REFUSED_KEY))
    for _ in range(50):
        world.add("revoked")

    await world.run(50.0)
    while_refused = len(world.tries)
    paused = world.outbox.paused_for("key")
    await world.run(70.0)

    assert (while_refused, paused) == (5, 1)
    assert len(world.waits["revoked"]) == 50
    assert world.outbox.held_runs == 0


KEYS = ("a", "b", "c", "d")
STEPS = st.lists(st.sampled_from([*KEYS, "take", "take", "end first", "end last"]), max_size=80)


class Turns:
    """Counts how often each tenant was taken since each other one began to wait."""

    def __init__(self) -> None:
        self.passed: dict[str, Counter[str]] = {}
        self.waiting: Counter[str] = Counter()
        self.out: Counter[str] = Counter()

    def came(self, key: str) -> None:
        self.waiting[key] += 1
        self._begin(key)

    def taken(self, key: str) -> None:
        self.waiting[key] -= 1
        self.out[key] += 1
        self.passed.pop(key, None)
        for passed in self.passed.values():
            passed[key] += 1

    def ended(self, key: str) -> None:
        self.out[key] -= 1
        self._begin(key)

    def _begin(self, key: str) -> None:
        if self.waiting[key] and not self.out[key]:
            self.passed.setdefault(key, Counter())


@given(STEPS)
async def test_who_has_nothing_out_is_passed_by_each_other_tenant_once_at_most(
    steps: list[str],
) -> None:
    clock = FakeClock()
    outbox = Outbox(clock, 6, clock.call_later)
    turns = Turns()
    out: list[Lease] = []
    for step in steps:
        if step in KEYS:
            outbox.add(samples.batch(samples.destination(step)))
            turns.came(step)
        elif step == "take":
            sender = asyncio.ensure_future(outbox.take())
            await asyncio.sleep(0)
            if sender.done():
                out.append(sender.result())
                turns.taken(out[-1].destination.api_key)
            sender.cancel()
            await asyncio.wait([sender], timeout=PATIENCE)
        elif out:
            lease = out.pop(0 if step == "end first" else -1)
            outbox.done(lease, seconds=0.1)
            turns.ended(lease.destination.api_key)

        assert all(most <= 1 for passed in turns.passed.values() for most in passed.values())
