"""Disk journals for tests, and what goes into them and comes out."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from collector.clock import SystemClock
from collector.journal.base import Record
from collector.journal.disk import DiskJournal
from collector.journal.files import Files
from collector.journal.writer import Sync
from collector.metrics import Metrics
from collector.model import Destination, Receipt
from tests.fakes import PATIENCE

KEY = "lsv2_secret_key"
DEFAULTS = Destination("https://default.test", "lsv2_default_key", None, "default")


def record(spans: int = 1, body: bytes = b"{}", *, key: str = KEY) -> Record:
    destination = Destination("https://upstream.test", key, "workspace", "project")
    return Record(destination, "traces", "application/json", body, spans)


def journal(
    directory: Path,
    *,
    sync: Sync = "always",
    max_bytes: int = 1 << 30,
    close_seconds: float = PATIENCE,
    metrics: Metrics | None = None,
    files: Files | None = None,
) -> DiskJournal:
    return DiskJournal(
        directory,
        sync=sync,
        max_bytes=max_bytes,
        close_seconds=close_seconds,
        defaults=DEFAULTS,
        clock=SystemClock(),
        metrics=metrics or Metrics(),
        files=files,
    )


@asynccontextmanager
async def opened(
    directory: Path, *, max_bytes: int = 1 << 30, metrics: Metrics | None = None
) -> AsyncIterator[DiskJournal]:
    made = journal(directory, max_bytes=max_bytes, metrics=metrics)
    await made.open()
    try:
        yield made
    finally:
        await made.close()


async def own(made: DiskJournal, of: Record) -> Receipt:
    receipt = await made.append(of)
    assert receipt is not None
    return receipt


async def bodies(made: DiskJournal) -> list[bytes]:
    """Take the whole backlog."""
    found = []
    while (taken := await made.take()) is not None:
        found.append(taken[0].body)
    return found


def used(directory: Path) -> int:
    return sum(file.stat().st_size for file in directory.iterdir())


def flip(directory: Path, at: int) -> None:
    (file,) = directory.glob("*.journal")
    data = bytearray(file.read_bytes())
    data[at] ^= 1
    file.write_bytes(data)


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(f"collector_proxy_{name}", labels)


def raiser(error: type[BaseException]) -> Callable[..., object]:
    def fail(*_: object) -> object:
        raise error

    return fail
