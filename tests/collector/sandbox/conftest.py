"""A sandbox on a free port, and LangSmith's own client to talk to it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from aiohttp import ClientSession, web
from langsmith import Client

from collector.sandbox.app import sandbox_app
from collector.sandbox.store import RunStore
from tests.collector.sandbox.wire import Api, StoppedClock

MakeClient = Callable[..., Client]


@pytest.fixture
def store() -> Iterator[RunStore]:
    opened = RunStore(":memory:")
    yield opened
    opened.close()


@pytest.fixture
async def api(store: RunStore) -> AsyncIterator[Api]:
    app = sandbox_app(store, clock=StoppedClock(), tenants=True)
    seen: list[tuple[str, str | None]] = []

    async def record(request: web.Request, _: web.StreamResponse) -> None:
        seen.append((f"{request.method} {request.path}", request.headers.get("Content-Encoding")))

    app.on_response_prepare.append(record)
    runner = web.AppRunner(app, auto_decompress=False)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    async with ClientSession() as session:
        yield Api(f"http://127.0.0.1:{port}", session, seen)
    await runner.cleanup()


@pytest.fixture
def make_client(api: Api) -> Iterator[MakeClient]:
    """Make clients of the sandbox; ``path`` is what stands behind the port in their api_url."""
    made: list[Client] = []

    def make(api_key: str = "key", path: str = "", **settings: Any) -> Client:
        client = Client(api_url=api.url + path, api_key=api_key, **settings)
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()


async def informed(client: Client) -> Client:
    """Return the client once it knows the server: its v2 resources ask for /info synchronously,
    which would stop the event loop that the sandbox runs on."""
    await asyncio.to_thread(lambda: client.info)
    return client
