import asyncio

from collector.clock import SystemClock
from collector.exporter.lane import LANE_BYTES, LEASE_BYTES, Lease
from collector.exporter.outbox import Outbox
from tests.collector.exporter import samples
from tests.fakes import PATIENCE, FakeClock

A, B, C = (samples.destination(key) for key in ("key-a", "key-b", "key-c"))


def outbox_at(clock: FakeClock, per_tenant: int = 100) -> Outbox:
    return Outbox(clock, per_tenant, clock.call_later)


async def take(outbox: Outbox) -> Lease:
    async with asyncio.timeout(PATIENCE):
        return await outbox.take()


async def nothing_to_take(outbox: Outbox) -> bool:
    """Tell whether a sender that asks now has to wait."""
    sender = asyncio.ensure_future(outbox.take())
    await asyncio.sleep(0)
    waits = not sender.done()
    sender.cancel()
    await asyncio.wait([sender])
    if not waits:
        outbox.give_back(sender.result())
    return waits


async def test_a_batch_is_held_until_it_is_done() -> None:
    outbox = outbox_at(FakeClock())
    outbox.add(samples.batch(runs=3, size=700))
    lease = await take(outbox)
    held = (outbox.held_bytes, outbox.held_runs)

    outbox.done(lease)

    assert held == (LANE_BYTES + LEASE_BYTES + 700, 3)
    assert (outbox.held_bytes, outbox.held_runs) == (0, 0)


async def test_a_sealed_batch_weighs_what_its_body_weighs() -> None:
    outbox = outbox_at(FakeClock())
    outbox.add(samples.batch(runs=3, size=700))
    lease = await take(outbox)
    assert lease.batch is not None

    outbox.keep(lease, samples.seal(lease.batch))
    weight = outbox.held_bytes
    outbox.done(lease)

    assert weight == LANE_BYTES + LEASE_BYTES + len(b"body of 3 runs")
    assert lease.batch is None
    assert outbox.held_bytes == 0


async def test_each_tenant_holds_what_waits_and_what_is_in_flight() -> None:
    outbox = outbox_at(FakeClock())
    for where, size in ((A, 700), (A, 30), (B, 5)):
        outbox.add(samples.batch(where, size=size))
    lease = await take(outbox)
    held = [outbox.held_bytes_of(where.tenant) for where in (A, B, C)]

    outbox.done(lease)

    one, two = LANE_BYTES + LEASE_BYTES, LANE_BYTES + 2 * LEASE_BYTES
    assert held == [two + 730, one + 5, 0]
    assert [outbox.held_bytes_of(where.tenant) for where in (A, B, C)] == [one + 30, one + 5, 0]


async def test_a_sender_that_waits_gets_the_batch_that_comes() -> None:
    outbox = outbox_at(FakeClock())
    sender = asyncio.ensure_future(outbox.take())
    await asyncio.sleep(0)

    outbox.add(samples.batch(A))

    assert (await asyncio.wait_for(sender, PATIENCE)).destination is A


async def test_tenants_take_turns() -> None:
    outbox = outbox_at(FakeClock())
    for where in (A, A, A, B, B, C):
        outbox.add(samples.batch(where))

    turns = [(await take(outbox)).destination for _ in range(6)]

    assert turns == [A, B, C, A, B, A]


async def test_a_busy_tenant_leaves_senders_to_others() -> None:
    outbox = outbox_at(FakeClock(), per_tenant=2)
    for where in (A, A, A, B):
        outbox.add(samples.batch(where))

    turns = [(await take(outbox)).destination for _ in range(3)]

    assert turns == [A, B, A]
    assert await nothing_to_take(outbox)


async def test_a_pause_stops_one_tenant_only() -> None:
    outbox = outbox_at(FakeClock())
    for where in (A, A, B, B):
        outbox.add(samples.batch(where))

    outbox.again(await take(outbox), 10.0)

    assert samples.paused(outbox) == 1
    assert [(await take(outbox)).destination for _ in range(2)] == [B, B]
    assert await nothing_to_take(outbox)


async def test_a_sender_wakes_when_the_pause_is_over() -> None:
    clock = FakeClock()
    outbox = outbox_at(clock)
    outbox.add(samples.batch(A))
    lease = await take(outbox)
    outbox.again(lease, 10.0)
    sender = asyncio.ensure_future(outbox.take())

    waited = await clock.pass_timer()

    assert waited == 10.0
    assert await asyncio.wait_for(sender, PATIENCE) is lease


async def test_a_shorter_pause_is_not_slept_through() -> None:
    clock = FakeClock()
    outbox = outbox_at(clock)
    outbox.add(samples.batch(A))
    outbox.again(await take(outbox), 10.0)
    outbox.add(samples.batch(B))
    short = await take(outbox)
    sender = asyncio.ensure_future(outbox.take())
    assert await clock.until_timer() == 10.0

    outbox.again(short, 2.0)
    await asyncio.sleep(0)
    timers = clock.timers
    waited = await clock.pass_timer()

    assert (timers, waited) == (1, 2.0)
    assert await asyncio.wait_for(sender, PATIENCE) is short


async def test_senders_that_wait_share_one_timer() -> None:
    clock = FakeClock()
    outbox = outbox_at(clock)
    outbox.add(samples.batch(A))
    lease = await take(outbox)
    outbox.again(lease, 10.0)
    senders = [asyncio.ensure_future(outbox.take()) for _ in range(3)]

    await clock.pass_timer()
    done, waiting = await asyncio.wait(
        senders, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED
    )
    for sender in waiting:
        sender.cancel()
    await asyncio.wait(waiting)

    assert [sender.result() for sender in done] == [lease]


async def test_a_lane_without_batches_is_forgotten() -> None:
    outbox = outbox_at(FakeClock())
    outbox.add(samples.batch(A))
    outbox.again(await take(outbox), 0.0)
    outbox.done(await take(outbox))

    assert samples.paused(outbox) == 0
    # Nobody outside can see it, but tenants come and go for as long as the process lives.
    assert not outbox._lanes


async def test_a_batch_set_aside_pauses_nobody() -> None:
    outbox = outbox_at(FakeClock())
    outbox.add(samples.batch(A))
    outbox.add(samples.batch(A))
    first = await take(outbox)

    outbox.aside(first, 10.0)

    assert samples.paused(outbox) == 0
    assert await take(outbox) is not first
    assert await nothing_to_take(outbox)


async def test_a_lease_that_ended_is_not_given_back() -> None:
    outbox = outbox_at(FakeClock())
    outbox.add(samples.batch(A))
    lease = await take(outbox)
    outbox.done(lease)

    outbox.give_back(lease)

    assert outbox.held_runs == 0
    assert await nothing_to_take(outbox)


async def test_a_lease_that_is_given_back_can_be_taken_again() -> None:
    outbox = outbox_at(FakeClock())
    outbox.add(samples.batch(A))
    lease = await take(outbox)

    outbox.give_back(lease)

    assert outbox.held_runs == 1
    assert await take(outbox) is lease


async def test_a_sender_cancelled_while_it_waits_takes_nothing_along() -> None:
    outbox = outbox_at(FakeClock())
    sender = asyncio.ensure_future(outbox.take())
    await asyncio.sleep(0)
    outbox.add(samples.batch(A))

    sender.cancel()
    await asyncio.wait([sender])

    assert sender.cancelled()
    assert (await take(outbox)).destination is A


async def test_draining_ends_the_pauses() -> None:
    outbox = outbox_at(FakeClock())
    for where in (A, B):
        outbox.add(samples.batch(where))
        outbox.again(await take(outbox), 100.0)
    senders = [asyncio.ensure_future(outbox.take()) for _ in range(2)]
    await asyncio.sleep(0)

    outbox.begin_drain()
    leases = await asyncio.wait_for(asyncio.gather(*senders), PATIENCE)

    assert {lease.destination for lease in leases} == {A, B}


async def test_wait_idle_returns_when_the_last_batch_is_done() -> None:
    outbox = outbox_at(FakeClock())
    outbox.add(samples.batch(A))
    lease = await take(outbox)
    waiter = asyncio.ensure_future(outbox.wait_idle())
    await asyncio.sleep(0)
    early = waiter.done()

    outbox.done(lease)
    await asyncio.wait_for(waiter, PATIENCE)

    assert early is False


async def test_wait_idle_returns_at_once_where_nothing_is_held() -> None:
    await asyncio.wait_for(outbox_at(FakeClock()).wait_idle(), PATIENCE)


async def test_the_running_loop_wakes_the_senders_by_default() -> None:
    outbox = Outbox(SystemClock(), per_tenant=1)
    outbox.add(samples.batch(A))
    lease = await take(outbox)
    outbox.again(lease, 0.002)

    assert await take(outbox) is lease


async def test_any_batch_is_one_that_nobody_has() -> None:
    outbox = outbox_at(FakeClock())
    outbox.add(samples.batch(A))
    outbox.add(samples.batch(B))
    out = await take(outbox)

    lease = outbox.take_any()

    assert lease is not None
    assert (out.destination, lease.destination) == (A, B)
    assert outbox.take_any() is None
