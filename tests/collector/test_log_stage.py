"""Log records and spans in the pipeline, in either order."""

import asyncio
from typing import Any

import orjson
import pytest
from prometheus_client import generate_latest

from collector.errors import Overloaded
from collector.model import EncodedRun
from tests.collector.test_pipeline import DESTINATION, House
from tests.fakes import until
from translators.log_record import LogRecord
from translators.span import Span

TRACE = "0af7651916cd43dd8448eb211c80319c"
MODEL = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m"}


def span(number: int, parent: int = 0, attributes: dict[str, Any] | None = None) -> Span:
    return Span(
        trace_id=TRACE,
        span_id=f"{number:016x}",
        parent_span_id=f"{parent:016x}" if parent else "",
        name="chat m",
        start_ns=1_763_600_000_000_000_000 + number,
        attributes=dict(MODEL) if attributes is None else attributes,
    )


def record(
    number: int, content: str, *, name: str = "gen_ai.user.message", at: int = 0
) -> LogRecord:
    return LogRecord(
        trace_id=TRACE,
        span_id=f"{number:016x}",
        event_name=name,
        time_ns=1_763_600_000_000_000_000 + at,
        body={"content": content},
    )


async def send_logs(house: House, *records: LogRecord) -> None:
    await house.pipeline.accept_logs(DESTINATION, "application/json", b"", list(records))


def log_balance(house: House) -> dict[str, float]:
    """Received, joined and dropped log records by the metrics, and those held."""
    text = generate_latest(house.metrics.registry).decode()
    found = {"received": 0.0, "joined": 0.0, "dropped": 0.0}
    for line in text.splitlines():
        name, _, value = line.rpartition(" ")
        word = name.partition("{")[0].removeprefix("collector_proxy_log_records_")
        if word.removesuffix("_total") in found and word.endswith("_total"):
            found[word.removesuffix("_total")] += float(value)
    return {**found, "held": house.logs.held_records}


async def runs_that_leave(house: House) -> list[EncodedRun]:
    batches = [*house.batcher.drain()]
    return [run for batch in batches for run in batch.runs]


def inputs_of(run: EncodedRun) -> Any:
    return orjson.loads(run.inputs or b"null")


async def test_records_that_come_first_are_in_the_run() -> None:
    house = House()
    await send_logs(house, record(1, "Hi", at=1), record(1, "Oh", name="gen_ai.choice", at=2))
    await house.accept(span(1))

    (run,) = await runs_that_leave(house)

    assert run.patch is False
    assert inputs_of(run) == {"messages": [{"role": "user", "content": "Hi"}]}
    assert orjson.loads(run.outputs or b"") == {
        "messages": [{"role": "assistant", "content": "Oh"}]
    }
    assert log_balance(house) == {"received": 2, "joined": 2, "dropped": 0, "held": 0}


async def test_records_that_come_late_complete_the_run_by_a_patch() -> None:
    house = House()
    await house.accept(span(1))
    await send_logs(house, record(1, "Hi"))

    (patch,) = house.logs.due(house.clock.monotonic(), forget=True)

    (run,) = await runs_that_leave(house)
    assert (run.patch, patch.patch) == (False, True)
    assert patch.place is run.place
    assert patch.fields == run.fields
    assert inputs_of(run) is None
    assert inputs_of(patch) == {"messages": [{"role": "user", "content": "Hi"}]}


async def test_what_the_assembler_added_to_the_run_is_in_the_patch_too() -> None:
    house = House()
    await house.accept(span(1))
    await send_logs(house, record(1, "Hi"))
    (run,) = await runs_that_leave(house)
    run.late = b'"thread_id":"t",'

    (patch,) = house.logs.due(house.clock.monotonic(), forget=True)

    assert patch.late == b'"thread_id":"t",'


async def test_late_records_of_several_requests_make_one_patch_with_all_that_is_known() -> None:
    house = House()
    await send_logs(house, record(1, "one", at=1))
    await house.accept(span(1))
    await send_logs(house, record(1, "three", at=3))
    await send_logs(house, record(1, "two", at=2))

    (patch,) = house.logs.due(house.clock.monotonic(), forget=True)

    assert [m["content"] for m in inputs_of(patch)["messages"]] == ["one", "two", "three"]


async def test_a_patch_waits_until_its_run_has_a_place() -> None:
    house = House()
    await house.accept(span(2, parent=1))
    await send_logs(house, record(2, "Hi"))
    before = house.logs.due(house.clock.monotonic(), forget=True)
    await house.accept(span(1))

    (patch,) = house.logs.due(house.clock.monotonic(), forget=True)

    assert before == []
    assert patch.span_id == f"{2:016x}"
    assert patch.place is not None


async def test_the_timer_sends_patches() -> None:
    house = House()
    await house.accept(span(1))
    await send_logs(house, record(1, "Hi"))

    async with asyncio.TaskGroup() as tasks:
        started = house.pipeline.start(tasks, senders=0)
        await until(lambda: house.batcher.held_runs == 2)
        for task in started:
            task.cancel()

    assert [run.patch for run in await runs_that_leave(house)] == [False, True]
    assert house.balance() == {"received": 2, "uploaded": 0, "parked": 0, "dropped": 0, "held": 0}


async def test_a_request_sent_twice_says_everything_once() -> None:
    house = House()
    await send_logs(house, record(1, "Hi"))
    await send_logs(house, record(1, "Hi"))
    await house.accept(span(1))

    (run,) = await runs_that_leave(house)

    assert inputs_of(run) == {"messages": [{"role": "user", "content": "Hi"}]}


async def test_records_whose_span_does_not_come_are_counted_and_let_go() -> None:
    house = House()
    await send_logs(house, record(1, "Hi"))

    due = house.logs.due(house.clock.monotonic() + 60.0, forget=True)

    assert due == []
    assert log_balance(house) == {"received": 1, "joined": 0, "dropped": 1, "held": 0}
    assert house.journal.held_spans == 0


async def test_records_of_nothing_genai_are_counted_and_not_kept() -> None:
    house = House()

    await send_logs(house, LogRecord(body="a line"), record(1, "x", name="http.request"))

    assert log_balance(house) == {"received": 2, "joined": 0, "dropped": 2, "held": 0}


async def test_records_of_a_span_that_was_dropped_are_let_go() -> None:
    house = House(filter_non_genai=True)
    await house.accept(span(1, attributes={}))
    await send_logs(house, record(2, "Hi"))
    await house.accept(span(2, parent=1, attributes={"logfire.span_type": "pending_span"}))

    assert house.journal.held_spans == 1  # the root's
    assert log_balance(house)["held"] == 0


async def test_a_span_that_says_everything_is_not_remembered_until_its_sender_sends_logs() -> None:
    house = House()
    whole = {**MODEL, "gen_ai.input.messages": '[{"role":"user","parts":[]}]', "output": "Oh"}
    await house.accept(span(1, attributes=whole))
    await send_logs(house, record(1, "Hi"))
    await house.accept(span(2, attributes=whole))
    await send_logs(house, record(2, "Hi"))

    patches = house.logs.due(house.clock.monotonic(), forget=True)

    assert [patch.span_id for patch in patches] == [f"{2:016x}"]


async def test_what_waits_past_the_bound_is_refused_and_not_acknowledged() -> None:
    house = House()
    many = [record(number, "x") for number in range(1, 12)]
    await send_logs(house, *many)

    with pytest.raises(Overloaded, match="wait for their spans"):
        await send_logs(house, *many)

    assert log_balance(house) == {"received": 11, "joined": 0, "dropped": 0, "held": 11}


async def test_the_oldest_span_is_forgotten_first() -> None:
    house = House()
    for number in range(1, 60):
        await house.accept(span(number))
    await send_logs(house, record(1, "Hi"), record(59, "Hi"))

    patches = house.logs.due(house.clock.monotonic(), forget=True)

    assert [patch.span_id for patch in patches] == [f"{59:016x}"]
    assert house.logs.held_records == 1


async def test_a_span_that_comes_again_while_it_waits_takes_the_late_records() -> None:
    house = House()
    await house.accept(span(2, parent=1))
    await send_logs(house, record(2, "Hi"))
    await house.accept(span(2, parent=1))
    await house.accept(span(1))

    (patch,) = house.logs.due(house.clock.monotonic(), forget=True)

    assert inputs_of(patch) == {"messages": [{"role": "user", "content": "Hi"}]}


async def test_closing_sends_what_can_be_sent_and_settles_the_rest() -> None:
    house = House()
    await house.accept(span(2, parent=1))
    await send_logs(house, record(2, "Hi"), record(3, "never"))

    await house.pipeline.close()

    lease = await house.leave()
    assert lease.batch is not None
    assert [run.patch for run in lease.batch.runs] == [False, True]
    assert log_balance(house) == {"received": 2, "joined": 1, "dropped": 1, "held": 0}
    with pytest.raises(Overloaded, match="shutting down"):
        await send_logs(house, record(1, "Hi"))


async def test_a_run_with_records_is_done_when_it_is_uploaded_and_so_are_they() -> None:
    house = House()
    await send_logs(house, record(1, "Hi"))
    await house.accept(span(1))
    (run,) = await runs_that_leave(house)
    before = house.journal.held_spans

    run.receipt.settle()

    await until(lambda: house.journal.held_spans == 0)
    assert before == 2
