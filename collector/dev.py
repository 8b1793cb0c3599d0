"""The proxy without an account: the sandbox beside it, or alone, and a sample trace."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web
from pydantic import SecretStr

from collector.clock import SystemClock
from collector.config import Settings
from collector.demo import demo_request
from collector.exporter.uploader import client_session
from collector.process import stop_on_signals
from collector.sandbox.app import sandbox_app
from collector.sandbox.store import RunStore
from collector.service import Proxy

# The sandbox takes any key; exporters that bring none get this one.
SANDBOX_KEY = "sandbox"


async def sandbox(settings: Settings, tell: Callable[[str], None]) -> None:
    """Run the local LangSmith-compatible API until a signal ends it.

    Args:
        settings: host, port and path of the sandbox.
        tell: takes the lines that say how to read runs.

    Raises:
        OSError: the port cannot be had.
    """
    stop = stop_on_signals()
    async with _sandbox(settings) as url:
        tell(_how_to_read(url))
        await stop.wait()


async def dev(settings: Settings, demo: bool, tell: Callable[[str], None]) -> None:
    """Run proxy and sandbox in one process until a signal ends it.

    Args:
        settings: the endpoint is replaced by the sandbox's, the key by one that fits it.
        demo: send a sample agent trace through the proxy.
        tell: takes the lines that say where to send spans and how to read runs.

    Raises:
        OSError: a port cannot be had.
    """
    stop = stop_on_signals()
    async with _sandbox(settings) as upstream:
        local = settings.model_copy(
            update={
                "langsmith_endpoint": upstream,
                "langsmith_api_key": settings.langsmith_api_key or SecretStr(SANDBOX_KEY),
            }
        )
        async with client_session(local.upload_concurrency, local.upload_timeout) as session:
            proxy = Proxy(local, session=session)
            listening: asyncio.Future[int] = asyncio.get_running_loop().create_future()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(proxy.run(stop, listening.set_result), name="proxy")
                url = f"http://{_reachable(local.http_host)}:{await listening}"
                if demo:
                    await _send_demo(url)
                tell(_how_to_send(url))
                tell(_how_to_read(upstream))


@asynccontextmanager
async def _sandbox(settings: Settings) -> AsyncIterator[str]:
    store = RunStore(settings.sandbox_path)
    runner = web.AppRunner(
        sandbox_app(store, clock=SystemClock()), auto_decompress=False, access_log=None
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.http_host, settings.sandbox_port).start()
        yield f"http://{_reachable(settings.http_host)}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
        store.close()


def _reachable(host: str) -> str:
    return "127.0.0.1" if host in ("0.0.0.0", "::") else host


async def _send_demo(url: str) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"{url}/v1/traces",
            data=demo_request(SystemClock().now_ns()),
            headers={"Content-Type": "application/json"},
        ) as response,
    ):
        response.raise_for_status()


def _how_to_send(url: str) -> str:
    return f"""
Send spans to the proxy, from any OTLP exporter:

    export OTEL_EXPORTER_OTLP_ENDPOINT={url}
    export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"""


def _how_to_read(url: str) -> str:
    return f"""
Read the runs with LangSmith's own client (pip install langsmith):

    from langsmith import Client

    client = Client(api_url="{url}", api_key="{SANDBOX_KEY}")
    for run in client.list_runs(project_name="default"):
        print(run.run_type, run.name, run.inputs, run.outputs)

Stop with Ctrl-C."""
