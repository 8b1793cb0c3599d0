"""The pipeline with a journal that survives: what has no room waits in it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson

from collector.journal.base import Record
from collector.journal.memory import MemoryJournal
from tests.collector.test_pipeline import DESTINATION, House
from tests.fakes import until
from translators.span import Span

TRACE = "0af7651916cd43dd8448eb211c80319c"


class SurvivingJournal(MemoryJournal):
    """A journal that could give everything back."""

    survives = True


def request(*numbers: int) -> bytes:
    spans = [
        {"traceId": TRACE, "spanId": f"{number:016x}", "name": f"span {number}"}
        for number in numbers
    ]
    return orjson.dumps({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]})


def spans(*numbers: int) -> list[Span]:
    return [Span(trace_id=TRACE, span_id=f"{n:016x}", name=f"span {n}") for n in numbers]


async def house_with(*bodies: bytes, spans: int) -> House:
    """Return a house whose journal holds what an earlier process left."""
    journal = SurvivingJournal()
    for body in bodies:
        record = Record(DESTINATION, "traces", "application/json", body, spans)
        await journal.append(record, aside=True)
    house = House(journal=journal)
    await house.pipeline.open()
    return house


async def accept(house: House, *numbers: int) -> None:
    body = request(*numbers)
    await house.pipeline.accept(DESTINATION, "application/json", body, spans(*numbers))


@asynccontextmanager
async def running(house: House) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as tasks:
        started = house.pipeline.start(tasks, senders=0)
        try:
            yield
        finally:
            for task in started:
                task.cancel()


def closed(house: House) -> bool:
    balance = house.balance()
    return balance["received"] == balance["dropped"] + balance["held"]


async def test_what_has_no_room_is_acknowledged_and_waits_in_the_journal() -> None:
    house = House(journal=SurvivingJournal())
    house.room.live = house.room.backlog = False

    await accept(house, 1, 2)

    assert house.journal.backlog == 2
    assert house.batcher.held_runs == 0
    assert house.pipeline.held_spans == 2
    assert closed(house)


async def test_the_backlog_is_taken_when_there_is_room_again() -> None:
    house = House(journal=SurvivingJournal())
    house.room.live = house.room.backlog = False
    await accept(house, 1, 2)
    await accept(house, 3)

    async with running(house):
        house.room.backlog = True
        await until(lambda: house.batcher.held_runs == 3)

    assert house.journal.backlog == 0
    assert closed(house)


async def test_live_requests_go_on_beside_the_backlog() -> None:
    house = House(journal=SurvivingJournal())
    house.room.live = house.room.backlog = False
    await accept(house, 1)
    house.room.live = True

    await accept(house, 2)

    assert house.batcher.held_runs == 1
    assert house.journal.backlog == 1


async def test_what_an_earlier_process_left_is_in_the_balance_from_the_start() -> None:
    house = await house_with(request(1, 2), spans=2)

    before = house.balance()
    async with running(house):
        await until(lambda: house.batcher.held_runs == 2)
    after = house.balance()

    assert (before["received"], before["held"]) == (2, 2)
    assert (after["received"], after["held"]) == (2, 2)


async def test_spans_that_cannot_be_read_any_more_are_counted_and_settled() -> None:
    house = await house_with(request(1), spans=3)

    async with running(house):
        await until(lambda: house.batcher.held_runs == 1)

    assert house.balance()["dropped"] == 2
    assert house.journal.held_spans == 1
    assert closed(house)


async def test_a_record_that_cannot_be_read_at_all_does_not_stop_the_next() -> None:
    house = await house_with(b"no json", request(1), spans=1)

    async with running(house):
        await until(lambda: house.batcher.held_runs == 1)

    assert house.journal.backlog == 0
    assert house.balance()["dropped"] == 1
    assert closed(house)


async def test_with_the_memory_journal_the_door_alone_says_no() -> None:
    house = House()
    house.room.live = False

    await accept(house, 1)

    assert house.batcher.held_runs == 1
