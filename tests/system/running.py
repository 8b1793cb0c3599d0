"""The real service in this process or in its own, and what it delivered."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from unittest.mock import patch

import zstandard
from aiohttp import web
from langsmith import Client
from langsmith.schemas import Run

from collector.clock import SystemClock
from collector.config import Settings
from collector.exporter.uploader import client_session
from collector.journal.disk import DiskJournal
from collector.sandbox.app import sandbox_app
from collector.sandbox.store import RunStore
from collector.service import Proxy
from tests.fakes import PATIENCE, Request

_POSTED = re.compile(rb'name="post\.00000000-0000-0000-([0-9a-f]{4})-([0-9a-f]{12})"')
_SAMPLE = re.compile(r"^collector_proxy_(\w+?)(?:_total)?(?:\{[^}]*\})? ([0-9.e+]+)$", re.MULTILINE)


class Local:
    """A proxy that runs in this process; ``end`` ends it as SIGTERM does."""

    def __init__(self, proxy: Proxy, task: "asyncio.Task[None]", stop: asyncio.Event) -> None:
        self.proxy = proxy
        self.url = ""
        self._task = task
        self._stop = stop

    async def end(self) -> None:
        """Have everything held uploaded."""
        self._stop.set()
        async with asyncio.timeout(PATIENCE):
            await asyncio.shield(self._task)

    def balance(self) -> dict[str, float]:
        """Return the terms of the balance as the metrics show them now."""
        from prometheus_client import generate_latest

        return balance_of(generate_latest(self.proxy.metrics.registry).decode())


def balance_of(exposition: str) -> dict[str, float]:
    """Return received, uploaded, parked, dropped and held spans, summed over labels."""
    terms = dict.fromkeys(("received", "uploaded", "parked", "dropped", "held"), 0.0)
    for name, value in _SAMPLE.findall(exposition):
        word = "held" if name == "held_spans" else name.removeprefix("spans_")
        if name in ("spans_completed", "spans_replayed"):  # what is sent once more
            word, name = "received", "spans_received"
        if word in terms and (name.startswith("spans_") or name == "held_spans"):
            terms[word] += float(value)
    return terms


@contextmanager
def _patient_disk() -> Iterator[None]:
    """Have the journal's disk waited for, however short the grace period, and whoever uses it."""

    def journal(*args: Any, close_seconds: float, **more: Any) -> DiskJournal:
        return DiskJournal(*args, close_seconds=PATIENCE, **more)

    with (
        patch("collector.service.DiskJournal", journal),
        patch("collector.journal.disk._PATIENCE_SECONDS", PATIENCE),
    ):
        yield


@asynccontextmanager
async def proxy_to(upstream: str, **settings: Any) -> AsyncIterator[Local]:
    """Run a proxy on a free port that uploads to *upstream*."""
    given = Settings(
        **{
            "http_host": "127.0.0.1",
            "http_port": 0,
            "langsmith_endpoint": upstream,
            "lame_duck_seconds": 0,
            "retry_backoff_ms": 1,
            **settings,
        }
    )
    stop = asyncio.Event()
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    with _patient_disk():
        async with client_session(given.upload_concurrency, given.upload_timeout) as session:
            proxy = Proxy(given, session=session)
            async with asyncio.TaskGroup() as tasks:
                local = Local(proxy, tasks.create_task(proxy.run(stop, port.set_result)), stop)
                local.url = f"http://127.0.0.1:{await port}"
                try:
                    yield local
                finally:
                    await local.end()


@asynccontextmanager
async def running_sandbox(tenants: bool = False) -> AsyncIterator[str]:
    """Run a sandbox in memory; gives its URL."""
    store = RunStore(":memory:")
    app = sandbox_app(store, clock=SystemClock(), tenants=tenants)
    runner = web.AppRunner(app, auto_decompress=False)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
        store.close()


async def runs_of(api: str, key: str = "sandbox", project: str = "default") -> list[Run]:
    """Read the project's runs with LangSmith's own client, in the order of the tree."""

    def read() -> list[Run]:
        client = Client(api_url=api, api_key=key, auto_batch_tracing=False)
        try:
            return sorted(client.list_runs(project_name=project), key=lambda run: run.dotted_order)
        finally:
            client.session.close()

    return await asyncio.to_thread(read)


def delivered(requests: Iterable[Request]) -> list[str]:
    """Return the OTel span ids of all runs that were posted, as often as they were."""
    found = []
    for request in requests:
        body = zstandard.ZstdDecompressor().decompressobj().decompress(request.body)
        found += [(a + b).decode() for a, b in _POSTED.findall(body)]
    return found


@asynccontextmanager
async def proxy_process(upstream: str, **environ: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run ``collector-proxy serve`` as a process of its own; killed at the end if it still runs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "collector",
        "serve",
        env={**os.environ, "LANGSMITH_ENDPOINT": upstream, "LOG_FORMAT": "json", **environ},
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def port_of(process: asyncio.subprocess.Process) -> int:
    """Return the port the process says it listens on; waits until it does."""
    assert process.stderr is not None
    async with asyncio.timeout(PATIENCE):
        while line := await process.stderr.readline():
            if b'"listening"' in line and (port := re.search(rb'"port": ?(\d+)', line)):
                return int(port[1])
    raise AssertionError("the process ended before it listened")
