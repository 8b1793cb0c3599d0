"""The pipeline with a journal that survives: what has no room waits in it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest

from collector.backlog import Backlog, Room
from collector.errors import Overloaded
from collector.journal.base import Record
from collector.journal.memory import MemoryJournal
from collector.limiter import Limiter
from collector.metrics import Metrics
from collector.model import Destination, Tenant
from collector.receiver.records import ReceiverCodecs
from collector.span_stage import SpanStage
from tests.collector.test_log_stage import MODEL, record
from tests.collector.test_pipeline import DESTINATION, FakeRoom, House
from tests.fakes import until
from translators.span import Span

TRACE = "0af7651916cd43dd8448eb211c80319c"


class SurvivingJournal(MemoryJournal):
    """A journal that could give everything back."""

    survives = True

    async def open(self) -> None:
        self.found = self.backlog


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


async def test_spans_that_are_found_usable_only_now_go_the_same_way() -> None:
    house = await house_with(request(1, 2, 3), request(4), spans=1)

    async with running(house):
        await until(lambda: house.batcher.held_runs == 4)

    assert house.balance()["dropped"] == 0
    assert house.journal.held_spans == 4
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


OTHER = Destination("http://upstream", "other", None, "default")


async def test_a_tenant_that_holds_too_much_leaves_memory_to_the_others() -> None:
    house = House(journal=SurvivingJournal())
    house.room.full = frozenset({OTHER.tenant})
    await house.pipeline.accept(OTHER, "application/json", request(1), spans(1))
    await accept(house, 2)
    house.room.live = False
    await accept(house, 3)

    async with running(house):
        await until(lambda: house.batcher.held_runs == 2)

        assert house.journal.backlog == 1

        house.room.full = frozenset()
        await until(lambda: house.batcher.held_runs == 3)

    assert closed(house)


async def test_in_memory_a_tenant_that_holds_too_much_is_refused() -> None:
    house = House()
    house.room.only = False

    with pytest.raises(Overloaded, match="too much waits"):
        await accept(house, 1)

    assert house.balance()["received"] == 0


async def test_a_record_that_cannot_be_taken_up_for_a_moment_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house = await house_with(request(*range(1, 100)), spans=99)
    failures = iter([MemoryError, MemoryError])
    decode, learn = ReceiverCodecs.spans, SpanStage.take

    def short_of_memory(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            if (error := next(failures, None)) is not None:
                raise error
            return real(*args)

        return call

    monkeypatch.setattr(ReceiverCodecs, "spans", short_of_memory(decode))
    monkeypatch.setattr(SpanStage, "take", short_of_memory(learn))

    async with running(house):
        await until(lambda: house.batcher.held_runs == 99)

    assert house.balance()["held"] == 99
    assert closed(house)


async def test_what_can_never_be_taken_up_stays_open_and_the_next_record_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house = await house_with(request(1), request(2), spans=1)
    real = SpanStage.take

    def fails_on_the_first(self: SpanStage, to: Any, given: Any, *rest: Any) -> Any:
        if given[0].name == "span 1":
            raise RuntimeError
        return real(self, to, given, *rest)

    monkeypatch.setattr(SpanStage, "take", fails_on_the_first)

    async with running(house):
        await until(lambda: house.batcher.held_runs == 1)

    assert house.journal.held_spans == 2
    assert house.balance()["held"] == 2
    assert closed(house)


async def test_a_record_of_the_backlog_whose_taking_is_cut_off_stays_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house = await house_with(request(*range(1, 100)), spans=99)
    real = SpanStage.take

    def ends_with_the_second_slice(self: SpanStage, to: Any, given: Any, *rest: Any) -> Any:
        if given[0].name != "span 1":
            raise asyncio.CancelledError
        return real(self, to, given, *rest)

    monkeypatch.setattr(SpanStage, "take", ends_with_the_second_slice)

    async with running(house):
        await until(lambda: house.batcher.held_runs == 64)

    assert house.journal.held_spans == 99
    assert house.balance()["held"] == 99
    assert house.balance()["dropped"] == 0


async def test_log_records_wait_in_the_journal_behind_their_spans() -> None:
    house = House(journal=SurvivingJournal())
    house.room.live = house.room.backlog = False
    await accept(house, 1)
    house.room.live = True
    record = {
        "traceId": TRACE,
        "spanId": f"{1:016x}",
        "eventName": "gen_ai.user.message",
        "body": {"stringValue": "hello"},
    }
    body = orjson.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]})
    records = ReceiverCodecs().logs(Record(DESTINATION, "logs", "application/json", body, 1))
    await house.pipeline.accept_logs(DESTINATION, "application/json", body, records)

    assert house.journal.backlog == 2
    assert house.logs.held_records == 0
    assert house.balance()["held"] == house.balance()["received"] == 2

    async with running(house):
        house.room.backlog = True
        await until(lambda: house.journal.backlog == 0)

    assert closed(house)


class Held:
    """Batches of one tenant."""

    def __init__(self, size: int) -> None:
        self.size = size

    def held_bytes_of(self, tenant: Tenant) -> int:
        return self.size if tenant == OTHER.tenant else 0

    def tenants_holding(self, size: float) -> frozenset[Tenant]:
        return frozenset({OTHER.tenant} if self.size >= size else ())


def test_a_tenant_may_hold_as_much_as_there_is_room_left_and_its_backlog_an_eighth() -> None:
    batches = Held(0)
    room = Room(Limiter(1600, [lambda: batches.size]), batches)

    def allowed(share: str) -> int:
        """The most that the one tenant holds when it is let in byte by byte."""
        for batches.size in range(1600):
            refused = {
                "live": not room.for_live(OTHER.tenant),
                "backlog": room.full_for_backlog(impatient=False) != frozenset(),
                "only": not room.for_only(OTHER.tenant),
            }
            if refused[share]:
                return batches.size
        return 1600

    assert allowed("live") == 500
    assert allowed("backlog") == 200
    assert allowed("only") == 1281

    batches.size = 600

    assert room.for_live(DESTINATION.tenant)
    assert room.full_for_backlog(impatient=True) == frozenset()

    batches.size = 1000

    assert not room.for_live(DESTINATION.tenant)
    assert room.full_for_backlog(impatient=True) is None


async def test_log_records_wait_behind_their_spans_while_an_earlier_process_s_are_taken() -> None:
    journal = SurvivingJournal()
    early, late = (Record(DESTINATION, "traces", "application/json", b"", 1) for _ in range(2))
    await journal.append(early, aside=True)
    backlog = Backlog(journal, FakeRoom(), Metrics())
    await backlog.open()
    await journal.append(late, aside=True)
    backlog.left_aside(late)

    await backlog.take(0.0)

    assert backlog.grows_by_logs(DESTINATION.tenant)

    await backlog.take(0.0)
    await backlog.take(0.0)

    assert not backlog.grows_by_logs(DESTINATION.tenant)


async def test_log_records_of_a_span_that_is_here_do_not_wait_behind_others() -> None:
    house = House(journal=SurvivingJournal())
    known = Span(trace_id=TRACE, span_id=f"{1:016x}", name="chat", attributes=dict(MODEL))
    await house.pipeline.accept(DESTINATION, "application/json", request(1), [known])
    house.room.live = False
    await accept(house, 2)
    await house.pipeline.accept_logs(DESTINATION, "application/json", b"", [record(1, "hello")])

    assert house.journal.backlog == 1
    assert house.logs.held_records == 1


async def test_a_span_is_remembered_as_long_as_anything_waits_in_the_journal() -> None:
    house = House(journal=SurvivingJournal())
    await house.accept(Span(trace_id=TRACE, span_id=f"{1:016x}", attributes=dict(MODEL)))
    house.room.live = house.room.backlog = False
    await accept(house, 2)
    async with running(house):
        house.clock.advance(3600.0)
        await until(lambda: house.outbox.held_runs)

    await house.pipeline.accept_logs(DESTINATION, "application/json", b"", [record(1, "hello")])

    assert house.journal.backlog == 1
    assert house.logs.held_records == 1
