"""A sender with everything it needs, for the tests of this room."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from collector.clock import Clock
from collector.errors import UploadRejected
from collector.exporter.dead_letters import DeadLetterDir
from collector.exporter.outbox import Outbox
from collector.exporter.retry import RetryPolicy
from collector.exporter.sender import Sender, Upload
from collector.exporter.uploader import Uploader, client_session
from collector.metrics import Metrics
from collector.model import Batch, Destination, Receipt, SealedBatch
from tests.collector.exporter import samples
from tests.fakes import PATIENCE, FakeClock, FakeUpstream


class Bench:
    """Sender, outbox and clock on one upstream; delays are not spread by chance."""

    def __init__(
        self,
        uploader: Upload,
        clock: FakeClock,
        endpoint: str = "http://upstream.test",
        seal: Callable[[Batch], SealedBatch] = samples.seal,
        letters: Path | None = None,
        max_retries: int = 3,
        per_tenant: int = 2,
    ) -> None:
        self.clock = clock
        self.metrics = Metrics()
        self.outbox = Outbox(clock, per_tenant, clock.call_later)
        self.endpoint = endpoint
        self.sender = Sender(
            self.outbox,
            uploader,
            seal,
            RetryPolicy(max_retries, 0.1),
            None if letters is None else letter_dir(letters, clock, self.metrics),
            self.metrics,
            clock,
            lambda: 0.5,
        )

    def destination(self, key: str = "key-a") -> Destination:
        return Destination(self.endpoint, key, None, "default")

    def add(self, key: str = "key-a", runs: int = 1) -> Receipt:
        """Put a batch into the outbox; return what it owes."""
        receipt = samples.receipt(runs)
        self.outbox.add(samples.batch(self.destination(key), receipt, runs))
        return receipt

    def count(self, name: str, **labels: str) -> float:
        """Return the value of a counter, 0 where it was never touched."""
        return self.metrics.registry.get_sample_value(f"collector_proxy_{name}", labels) or 0.0

    @asynccontextmanager
    async def running(self, senders: int = 1) -> AsyncIterator[None]:
        """Run so many senders meanwhile; then cancel them."""
        tasks = [asyncio.ensure_future(self.sender.run()) for _ in range(senders)]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError):
                    await task

    async def until_idle(self) -> None:
        """Wait until the outbox holds nothing."""
        await asyncio.wait_for(self.outbox.wait_idle(), PATIENCE)

    async def until_settled(self, receipt: Receipt) -> None:
        """Let time pass until *receipt* is settled, however many tries that takes."""
        async with asyncio.timeout(PATIENCE):
            while receipt.open:
                self.clock.advance(1.0)
                await asyncio.sleep(0.001)


async def until(condition: Callable[[], bool]) -> None:
    """Wait until *condition* holds."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 -- no event tells of every condition
            await asyncio.sleep(0.0005)


@asynccontextmanager
async def bench_on(
    upstream: FakeUpstream,
    seal: Callable[[Batch], SealedBatch] = samples.seal,
    letters: Path | None = None,
    max_retries: int = 3,
    upload_seconds: float = 60.0,
) -> AsyncIterator[Bench]:
    """Give a bench whose uploads go to *upstream* over real sockets."""
    clock = FakeClock()
    async with client_session(8, upload_seconds) as session:
        yield Bench(Uploader(session, clock), clock, upstream.url, seal, letters, max_retries)


def letter_dir(path: Path, clock: Clock, metrics: Metrics) -> DeadLetterDir:
    """Return dead letters in *path*, without bounds that a test would meet."""
    return DeadLetterDir(
        path, clock, metrics, max_bytes=1 << 30, max_age=1e9, run_ids=lambda batch: []
    )


def letters_in(path: Path) -> list[dict[str, object]]:
    """Return the content of the dead letters in *path*."""
    return [json.loads(file.read_bytes()) for file in path.iterdir()]


class Refusing:
    """An uploader to whom nothing is good enough."""

    async def upload(self, batch: SealedBatch) -> None:
        raise UploadRejected("422", "no")
