"""The end of a process whose journal keeps what could not be sent."""

import asyncio

import pytest

from collector.exporter.outbox import Outbox
from tests.collector.exporter import samples
from tests.collector.exporter.test_outbox import A, B, outbox_at, take
from tests.fakes import PATIENCE, FakeClock

GRACE = 60.0


async def waits(outbox: Outbox, until: float = GRACE) -> bool:
    """Tell whether the end has something to wait for, now that all senders wait."""
    waiter = asyncio.ensure_future(outbox.wait_idle(until))
    for _ in range(3):
        await asyncio.sleep(0)
    over = waiter.done()
    waiter.cancel()
    await asyncio.wait([waiter])
    return not over


async def refused_before(outbox: Outbox, *reasons: str) -> None:
    """Let a batch of a tenant be refused for each of *reasons*, and the end begin."""
    for reason in reasons:
        outbox.add(samples.batch(samples.destination(f"key-{reason}")))
        outbox.pause(await take(outbox), 30.0, reason)
    outbox.begin_drain()


@pytest.mark.parametrize("reason", ["key", "endpoint"])
async def test_the_end_waits_for_one_more_try_of_who_was_refused_and_for_no_other(
    reason: str,
) -> None:
    outbox = outbox_at(FakeClock())
    await refused_before(outbox, reason)
    waiting = [await waits(outbox)]
    lease = await take(outbox)
    waiting.append(await waits(outbox))

    outbox.pause(lease, 30.0, reason)

    assert waiting == [True, True]
    assert not await waits(outbox)
    assert outbox.held_runs == 1


async def test_who_waits_for_the_end_is_told_of_the_last_refusal() -> None:
    outbox = outbox_at(FakeClock())
    await refused_before(outbox, "key", "endpoint")
    waiter = asyncio.ensure_future(outbox.wait_idle(GRACE))
    first, second = await take(outbox), await take(outbox)
    outbox.pause(first, 30.0, "key")
    await asyncio.sleep(0)
    early = waiter.done()

    outbox.pause(second, 30.0, "endpoint")
    await asyncio.wait_for(waiter, PATIENCE)

    assert not early


async def test_the_end_waits_for_batches_that_are_out_when_their_tenant_is_refused() -> None:
    outbox = outbox_at(FakeClock())
    for _ in range(2):
        outbox.add(samples.batch(A))
    outbox.begin_drain()
    first, second = await take(outbox), await take(outbox)

    outbox.pause(first, 30.0, "key")
    waiting = await waits(outbox)
    outbox.done(second)

    assert waiting
    assert not await waits(outbox)


async def test_the_end_waits_for_others_beside_the_refused_ones() -> None:
    outbox = outbox_at(FakeClock())
    await refused_before(outbox, "key")
    outbox.add(samples.batch(B))
    outbox.pause(await take(outbox), 30.0, "key")
    waiting = await waits(outbox)

    outbox.done(await take(outbox))

    assert waiting
    assert not await waits(outbox)


async def test_the_end_waits_for_an_endpoint_that_is_down() -> None:
    outbox = outbox_at(FakeClock())
    outbox.add(samples.batch(A))
    outbox.begin_drain()

    outbox.again(await take(outbox), 1.0, seconds=0.1, reason="503")

    assert await waits(outbox)


async def test_the_end_waits_for_no_try_that_would_come_after_it() -> None:
    clock = FakeClock()
    outbox = outbox_at(clock)
    for where in (A, B):
        outbox.add(samples.batch(where))
    outbox.begin_drain()
    outbox.again(await take(outbox), GRACE, seconds=0.1, reason="429")
    outbox.aside(await take(outbox), GRACE - 0.1)
    waiting = await waits(outbox)
    clock.advance(GRACE - 0.1)

    outbox.aside(await take(outbox), 0.1)

    assert waiting
    assert not await waits(outbox)


async def test_a_refused_tenant_whose_pause_is_over_is_waited_for_again() -> None:
    clock = FakeClock()
    outbox = outbox_at(clock)
    await refused_before(outbox, "key")
    outbox.pause(await take(outbox), 30.0, "key")

    clock.advance(30.0)

    assert await waits(outbox)


async def test_without_a_time_the_end_waits_for_everything() -> None:
    outbox = outbox_at(FakeClock())
    await refused_before(outbox, "key")
    outbox.pause(await take(outbox), 30.0, "key")
    waiter = asyncio.ensure_future(outbox.wait_idle())
    await asyncio.sleep(0)
    early = waiter.done()
    outbox.begin_drain()
    outbox.done(await take(outbox))
    await asyncio.wait_for(waiter, PATIENCE)

    assert not early
