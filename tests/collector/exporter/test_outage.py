"""An hour without upstream, in simulated time."""

from itertools import pairwise

import pytest

from tests.collector.exporter import samples
from tests.collector.exporter.world import DOWN, OK, TIMEOUT, Answer, World

HOUR = 3600.0
TENANTS = [f"tenant-{number}" for number in range(50)]


def world_with_an_outage(during: Answer) -> World:
    """Return a world of fifty tenants; for an hour upstream does *during*."""
    world = World(lambda _: during if world.clock.seconds < HOUR else (0.1, OK))
    for key in TENANTS:
        world.load(key, 120.0, 0.0, HOUR + 60.0)
    return world


@pytest.mark.parametrize("during", [(0.05, DOWN), (60.0, TIMEOUT)], ids=["refused", "unanswered"])
async def test_an_hour_of_outage_costs_few_uploads_and_loses_nothing(during: Answer) -> None:
    world = world_with_an_outage(during)

    await world.run(HOUR)
    asked = len(world.tries)
    paused = samples.paused(world.outbox)
    held = world.outbox.held_runs
    await world.run(HOUR + 100.0)

    # Some ten for each tenant until its pauses are at their longest; then one asks for all.
    assert asked < 10 * len(TENANTS) + HOUR / 20.0
    assert paused == len(TENANTS)
    assert held > 1000
    assert world.outbox.held_runs == 0
    assert world.undelivered == 0


async def test_soon_after_an_outage_all_tenants_are_served_again() -> None:
    world = world_with_an_outage((0.05, DOWN))

    # The longest pause of 30 s, and some seconds for the backlog.
    await world.run(HOUR + 45.0)

    assert samples.paused(world.outbox) == 0
    assert world.outbox.held_runs < 20


async def test_after_an_outage_upstream_is_not_overrun() -> None:
    world = world_with_an_outage((0.05, DOWN))
    await world.run(HOUR)
    world.tries.clear()

    await world.run(HOUR + 60.0)
    first = world.tries[0][0]
    most = [
        max(n for at, n in world.tries if at - first < rounds * 0.1 - 0.01)
        for rounds in range(1, 20)
    ]

    assert most[0] == 1
    assert most[-1] > 4
    # One more for each round trip of 0.1 s.
    assert all(after - before <= 1 for before, after in pairwise(most))


async def test_an_outage_leaves_nothing_behind() -> None:
    world = world_with_an_outage((0.05, DOWN))
    await world.run(HOUR + 100.0)

    assert world.outbox.held_runs == 0
    assert world.clock.timers == 0
    assert world.most_timers <= 1
    # Nobody outside can see it, but tenants come and go for as long as the process lives.
    assert not world.outbox._lanes
