"""The pipeline with real stages and fakes at its two ends."""

import asyncio
from typing import Any

import pytest

from collector.backlog import Room
from collector.errors import Overloaded
from collector.exporter.lane import Lease
from collector.exporter.outbox import Outbox
from collector.journal.memory import MemoryJournal
from collector.limiter import Limiter
from collector.log_stage import LogStage
from collector.metrics import Metrics
from collector.model import Destination, Tenant
from collector.pipeline import Pipeline
from collector.processor.assembler import Assembler
from collector.processor.batcher import Batcher
from collector.processor.log_joiner import LogJoiner
from collector.receiver.records import ReceiverCodecs
from collector.span_stage import SpanStage
from tests.fakes import PATIENCE, FakeClock, until
from tests.system.running import balance_of
from translators.registry import Registry
from translators.span import Resource, Span

DESTINATION = Destination("http://upstream", "key", None, "default")


class NoSender:
    """A sender that leaves everything in the outbox."""

    async def run(self) -> None:
        await asyncio.Event().wait()


class FakeRoom(Room):
    """Room that the test opens and closes."""

    def __init__(self) -> None:
        super().__init__(Limiter(1, []), Outbox(FakeClock(), 1))
        self.live = self.backlog = self.only = True
        self.full: frozenset[Tenant] = frozenset()

    def for_only(self, tenant: Tenant) -> bool:
        return self.only

    def for_live(self, tenant: Tenant) -> bool:
        return self.live and tenant not in self.full

    def full_for_backlog(self, *, impatient: bool) -> frozenset[Tenant] | None:
        return self.full if self.backlog else None


class House:
    def __init__(
        self,
        max_waiting_bytes: int = 1 << 30,
        journal: MemoryJournal | None = None,
        **assembler: Any,
    ) -> None:
        self.clock = FakeClock()
        self.metrics = Metrics()
        self.room = FakeRoom()
        self.journal = journal or MemoryJournal()
        self.outbox = Outbox(self.clock, 8, self.clock.call_later)
        self.assembler = Assembler(
            **{
                "span_ttl": 300.0,
                "remote_parent_ttl": 30.0,
                "max_trace_wait": 3600.0,
                "filter_non_genai": False,
                "run_id_scheme": "span",
                **assembler,
            }
        )
        self.batcher = Batcher(max_runs=100, max_bytes=1 << 20, max_age=1.0)
        registry = Registry()
        self.logs = LogStage(
            journal=self.journal,
            registry=registry,
            joiner=LogJoiner(ttl=60.0, max_held_bytes=10_000, max_remembered_bytes=100_000),
            metrics=self.metrics,
        )
        self.pipeline = Pipeline(
            journal=self.journal,
            spans=SpanStage(
                registry=registry, logs=self.logs, metrics=self.metrics, with_resources=True
            ),
            assembler=self.assembler,
            batcher=self.batcher,
            logs=self.logs,
            outbox=self.outbox,
            sender=NoSender(),  # type: ignore[arg-type]  # only run() is called
            max_waiting_bytes=max_waiting_bytes,
            decode=ReceiverCodecs(),
            room=self.room,
            metrics=self.metrics,
            clock=self.clock,
            tick=0.001,
        )
        self.metrics.watch(self.metrics.held_spans, lambda: self.pipeline.held_spans)

    async def accept(self, *spans: Span) -> None:
        await self.pipeline.accept(DESTINATION, "application/json", b"", list(spans))

    def balance(self) -> dict[str, float]:
        from prometheus_client import generate_latest

        return balance_of(generate_latest(self.metrics.registry).decode())

    async def leave(self) -> Lease:
        """Return the next batch that leaves."""
        async with asyncio.timeout(PATIENCE):
            return await self.outbox.take()


def span(number: int, parent: int = 0, **more: Any) -> Span:
    return Span(
        trace_id="0af7651916cd43dd8448eb211c80319c",
        span_id=f"{number:016x}",
        parent_span_id=f"{parent:016x}" if parent else "",
        name=f"span {number}",
        start_ns=1_763_600_000_000_000_000 + number,
        **more,
    )


async def test_what_was_accepted_is_held_until_it_leaves() -> None:
    house = House()

    await house.accept(span(2, parent=1), span(1))

    assert house.pipeline.held_spans == 2
    assert house.journal.held_spans == 2
    assert house.balance() == {"received": 2, "uploaded": 0, "parked": 0, "dropped": 0, "held": 2}


async def test_closing_hands_everything_to_the_outbox_and_takes_nothing_new() -> None:
    house = House()
    await house.accept(span(3, parent=9), span(1))

    await house.pipeline.close()

    lease = await house.leave()
    assert lease.runs == 2
    with pytest.raises(Overloaded, match="shutting down"):
        await house.accept(span(4))


async def test_closing_waits_for_a_request_that_is_being_taken() -> None:
    house = House()
    accepting = asyncio.create_task(house.accept(*[span(n + 1) for n in range(300)]))
    await asyncio.sleep(0)

    await house.pipeline.close()

    assert accepting.done()
    leases = [await house.leave() for _ in range(3)]
    assert sum(lease.runs for lease in leases) == 300


async def test_a_cancelled_request_is_not_held_for_ever() -> None:
    house = House()
    accepting = asyncio.create_task(house.accept(*[span(n + 1) for n in range(300)]))
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    accepting.cancel()
    await asyncio.gather(accepting, return_exceptions=True)

    balance = house.balance()
    assert balance["dropped"] > 0
    assert balance["received"] == balance["dropped"] + balance["held"]
    assert house.journal.held_spans == balance["held"]


async def test_placeholders_and_duplicates_are_settled_with_a_reason() -> None:
    house = House()

    placeholder = span(2, parent=1, attributes={"logfire.span_type": "pending_span"})

    await house.accept(placeholder, span(1), span(1))

    assert house.balance() == {"received": 3, "uploaded": 0, "parked": 0, "dropped": 2, "held": 1}
    dropped = [
        house.metrics.registry.get_sample_value(
            "collector_proxy_spans_dropped_total", {"reason": reason}
        )
        for reason in ("pending_span", "duplicate")
    ]
    assert dropped == [1, 1]


async def test_time_closes_batches_and_releases_orphans() -> None:
    house = House(span_ttl=10.0)
    async with asyncio.TaskGroup() as tasks:
        workers = house.pipeline.start(tasks, 1)
        await house.accept(span(2, parent=1))
        house.clock.advance(11)
        await until(lambda: house.batcher.held_runs)
        house.clock.advance(2)
        lease = await house.leave()
        for worker in workers:
            worker.cancel()

    assert lease.runs == 1
    orphans = house.metrics.registry.get_sample_value(
        "collector_proxy_orphan_runs_total", {"reason": "ttl"}
    )
    assert orphans == 1


async def test_under_pressure_the_traces_that_wait_go_without_their_parents() -> None:
    house = House(max_waiting_bytes=2000)
    async with asyncio.TaskGroup() as tasks:
        workers = house.pipeline.start(tasks, 1)
        await house.accept(*[span(n + 2, parent=1) for n in range(5)])
        await until(lambda: not house.assembler.held_runs)
        for worker in workers:
            worker.cancel()

    orphans = house.metrics.registry.get_sample_value(
        "collector_proxy_orphan_runs_total", {"reason": "pressure"}
    )
    assert orphans == 5


async def test_a_flood_of_spans_without_parents_stays_within_the_bound_at_once() -> None:
    house = House(max_waiting_bytes=100_000)

    await house.accept(*[span(n + 2, parent=1) for n in range(1000)])

    assert house.assembler.held_bytes <= 100_000
    orphans = house.metrics.registry.get_sample_value(
        "collector_proxy_orphan_runs_total", {"reason": "pressure"}
    )
    assert orphans
    assert house.assembler.held_runs + orphans == 1000


async def test_the_timer_outlives_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House()
    calls = 0

    def due(now: float) -> list[Any]:
        nonlocal calls
        calls += 1
        raise ValueError("a bug")

    monkeypatch.setattr(house.batcher, "due", due)
    async with asyncio.TaskGroup() as tasks:
        workers = house.pipeline.start(tasks, 1)
        await until(lambda: calls >= 2)
        for worker in workers:
            worker.cancel()

    assert calls >= 2


async def test_the_resource_is_told_once_in_a_trace() -> None:
    house = House()
    resource = Resource({"service.name": "shop"})

    await house.accept(span(2, parent=1, resource=resource), span(1, resource=resource))
    await house.pipeline.close()

    lease = await house.leave()
    assert lease.batch is not None
    told = [b'"otel.resource"' in run.late for run in lease.batch.runs]
    assert sorted(told) == [False, True]
