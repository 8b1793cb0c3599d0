"""How an outbox answers trouble: parts, pauses, and what endpoints are given."""

import asyncio

from collector.exporter.lane import LANE_BYTES, LEASE_BYTES
from collector.exporter.outbox import PAUSES, Outbox
from tests.collector.exporter import samples
from tests.collector.exporter.test_outbox import A, B, C, nothing_to_take, outbox_at, take
from tests.fakes import PATIENCE, FakeClock


async def test_parts_take_the_place_of_the_batch_that_was_split() -> None:
    outbox = outbox_at(FakeClock())
    owed = samples.receipt(5)
    outbox.add(samples.batch(A, owed, runs=3, size=700))
    outbox.add(samples.batch(A))
    whole = await take(outbox)
    parts = [samples.seal(samples.batch(A, owed, runs=runs)) for runs in (2, 1)]

    outbox.replace(whole, parts)
    held = (outbox.held_runs, outbox.held_bytes)
    leases = [await take(outbox) for _ in range(3)]

    assert whole.out is False
    bodies = 100 + 2 * len(b"body of 2 runs")
    assert held == (4, LANE_BYTES + 3 * LEASE_BYTES + bodies)
    assert [lease.sealed for lease in leases] == [*parts, None]
    assert owed.open == 5
    for lease in leases:
        outbox.done(lease)
    assert (outbox.held_bytes, outbox.held_runs) == (0, 0)


async def test_a_batch_that_was_split_has_been_answered() -> None:
    outbox = outbox_at(FakeClock())
    outbox.add(samples.batch(A))
    outbox.again(await take(outbox), 0.0)

    outbox.replace(await take(outbox), [samples.seal(samples.batch(A)) for _ in range(2)])

    assert samples.paused(outbox) == 0
    assert [(await take(outbox)).tries for _ in range(2)] == [0, 0]


async def test_a_tenant_whose_batch_is_cut_without_an_answer_fails_on() -> None:
    clock = FakeClock()
    outbox = outbox_at(clock)
    outbox.add(samples.batch(A, runs=2, size=700))
    outbox.add(samples.batch(A))
    whole = await take(outbox)
    whole.first_ns = 7
    parts = [samples.seal(samples.batch(A)) for _ in range(2)]

    outbox.cut(whole, parts, 30.0, seconds=60.0, reason="timeout")
    paused, held = outbox.paused_for("unavailable"), (outbox.held_runs, outbox.held_bytes)
    clock.advance(29.9)
    waits = await nothing_to_take(outbox)
    clock.advance(0.1)
    asks = await take(outbox)

    bodies = 100 + 2 * len(b"body of 1 runs")
    assert (paused, held) == (1, (3, LANE_BYTES + 3 * LEASE_BYTES + bodies))
    assert waits
    assert (asks.sealed, asks.asks, asks.first_ns) == (parts[0], True, 7)
    assert await nothing_to_take(outbox)


async def test_a_batch_of_which_no_part_is_left_is_done() -> None:
    outbox = outbox_at(FakeClock())
    outbox.add(samples.batch(A))

    outbox.replace(await take(outbox), [])

    assert outbox.held_runs == 0
    assert not outbox._lanes


async def test_a_tenant_whose_key_is_refused_waits_and_one_batch_at_a_time_asks() -> None:
    clock = FakeClock()
    outbox = outbox_at(clock)
    for where in (A, A, A, B):
        outbox.add(samples.batch(where))
    outbox.pause(await take(outbox), 30.0, "key")
    clock.advance(29.9)
    meanwhile = (await take(outbox)).destination
    early = await nothing_to_take(outbox)
    clock.advance(0.1)
    outbox.pause(await take(outbox), 60.0, "key")
    clock.advance(59.9)

    assert (meanwhile, early) == (B, True)
    assert await nothing_to_take(outbox)
    clock.advance(0.1)
    outbox.done(await take(outbox))
    assert samples.paused(outbox) == 0
    assert (await take(outbox)).destination is A


async def test_pauses_are_counted_by_their_reason() -> None:
    outbox = outbox_at(FakeClock())
    for where in (A, B, C):
        outbox.add(samples.batch(where))
    outbox.pause(await take(outbox), 30.0, "key")
    outbox.again(await take(outbox), 30.0, reason="429")
    outbox.again(await take(outbox), 30.0, reason="503")

    assert {reason: outbox.paused_for(reason) for reason in PAUSES} == {
        "key": 1,
        "endpoint": 0,
        "429": 1,
        "unavailable": 1,
    }
    assert samples.paused(outbox) == 3


async def test_trouble_with_the_endpoint_lowers_the_number_of_uploads() -> None:
    clock = FakeClock()
    outbox = Outbox(clock, 14, clock.call_later, slots=16)
    outbox.add(samples.batch(A))
    before = outbox.upload_limit

    outbox.again(await take(outbox), 1.0, seconds=0.5)

    assert (before, outbox.upload_limit) == (16, 8)


async def test_trouble_before_anything_was_sent_is_not_the_endpoints() -> None:
    clock = FakeClock()
    outbox = Outbox(clock, 14, clock.call_later, slots=16)
    outbox.add(samples.batch(A))

    outbox.again(await take(outbox), 1.0)

    assert outbox.upload_limit == 16


async def test_while_upstream_is_down_one_tenant_asks_for_all() -> None:
    clock = FakeClock()
    outbox = outbox_at(clock)
    for where in (A, B):
        outbox.add(samples.batch(where))
        outbox.again(await take(outbox), 1.0, seconds=0.1)
    clock.advance(1.0)
    asked = await take(outbox)
    outbox.again(asked, 2.0, seconds=0.1)
    clock.advance(1.9)
    early = await nothing_to_take(outbox)

    clock.advance(0.1)

    assert early
    assert (await take(outbox)).destination is not asked.destination


async def endpoint_is_down(outbox: Outbox) -> None:
    """Let A wait for 1 s, and its endpoint be down for 60."""
    outbox.add(samples.batch(A))
    outbox.again(await take(outbox), 1.0, seconds=0.1)
    outbox.add(samples.batch(B))
    outbox.again(await take(outbox), 60.0, seconds=0.1)


async def test_any_good_word_of_upstream_ends_the_wait_for_its_return() -> None:
    clock = FakeClock()
    outbox = outbox_at(clock)
    await endpoint_is_down(outbox)
    outbox.add(samples.batch(C))
    newcomer = await take(outbox)
    clock.advance(1.0)
    early = await nothing_to_take(outbox)

    outbox.done(newcomer)

    assert early
    assert (await take(outbox)).destination is A


async def test_a_refused_key_too_tells_that_upstream_is_back() -> None:
    clock = FakeClock()
    outbox = outbox_at(clock)
    await endpoint_is_down(outbox)
    outbox.add(samples.batch(C))
    newcomer = await take(outbox)
    clock.advance(1.0)

    outbox.pause(newcomer, 30.0, "key")

    assert (await take(outbox)).destination is A


async def test_at_the_end_nobody_waits_for_the_return_of_upstream() -> None:
    outbox = outbox_at(FakeClock())
    await endpoint_is_down(outbox)

    outbox.begin_drain()

    assert {(await take(outbox)).destination for _ in range(2)} == {A, B}


async def test_a_tenant_with_a_rate_limit_asks_for_itself() -> None:
    clock = FakeClock()
    outbox = outbox_at(clock)
    outbox.add(samples.batch(A))
    outbox.again(await take(outbox), 1.0, seconds=0.1)
    outbox.add(samples.batch(B))
    outbox.again(await take(outbox), 300.0, seconds=0.1, reason="429")

    clock.advance(1.0)

    assert (await take(outbox)).destination is A


async def test_no_timer_is_left_when_nothing_is_held() -> None:
    clock = FakeClock()
    outbox = outbox_at(clock)
    outbox.add(samples.batch(A))
    lease = await take(outbox)
    outbox.aside(lease, 10.0)
    assert await nothing_to_take(outbox)
    timers = clock.timers

    lease = outbox.take_any() or lease
    outbox.done(lease)

    assert (timers, clock.timers) == (1, 0)


async def test_an_upload_that_does_not_end_gives_way_after_a_while() -> None:
    clock = FakeClock()
    outbox = outbox_at(clock)
    for where in (A, B):
        outbox.add(samples.batch(where))
    for _ in range(8):
        # Until one upload at a time is left to the endpoint.
        outbox.again(await take(outbox), 0.0, seconds=0.0)
        outbox.done(await take(outbox))
        outbox.add(samples.batch(A))
        clock.advance(20.0)
    await take(outbox)
    outbox.add(samples.batch(B))
    sender = asyncio.ensure_future(outbox.take())

    waited = await clock.pass_timer()

    assert outbox.upload_limit == 1
    assert waited == 5.0
    assert (await asyncio.wait_for(sender, PATIENCE)).destination is B
