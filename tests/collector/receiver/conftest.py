"""A receiver on a real socket, with fakes behind it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import ClientResponse, ClientSession, web
from aiohttp.test_utils import BaseTestServer, TestClient

from collector.errors import Overloaded
from collector.metrics import Metrics
from collector.model import Destination
from collector.receiver.body import Intake
from collector.receiver.otlp_http import OtlpHttpReceiver
from collector.receiver.runner import OtlpRunner
from collector.receiver.tenancy import Tenancy
from tests.fakes import PATIENCE
from translators.log_record import LogRecord
from translators.span import Span

from .messages import request_of, span

MAX_BODY_BYTES = 900_000
PROTOBUF = "application/x-protobuf"
JSON = "application/json"


class FakeClock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def now_ns(self) -> int:
        return int(self.now * 1e9)


class Behind:
    """What stands behind the receiver: takes records, has a budget, fails when it is told to."""

    def __init__(self) -> None:
        self.records: list[tuple[Destination, str, bytes, list[Span]]] = []
        self.logs: list[tuple[Destination, str, bytes, list[LogRecord]]] = []
        self.failure: Exception | None = None
        self.budget = 1 << 30
        self.held: Callable[[], int] = lambda: 0
        self.most_held = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.arrived = 0

    async def accept(
        self, destination: Destination, content_type: str, body: bytes, spans: list[Span]
    ) -> None:
        self._look()
        self.arrived += 1
        await self.gate.wait()
        self.records.append((destination, content_type, body, spans))

    async def accept_logs(
        self, destination: Destination, content_type: str, body: bytes, records: list[LogRecord]
    ) -> None:
        self._look()
        self.logs.append((destination, content_type, body, records))

    def admit(self, size: int) -> None:
        if self.held() + size > self.budget:
            raise Overloaded("full")

    def _look(self) -> None:
        self.most_held = max(self.most_held, self.held())
        if self.failure is not None:
            raise self.failure


class Door:
    """The receiver under test and a client of it."""

    def __init__(self, receiver: OtlpHttpReceiver, behind: Behind, metrics: Metrics) -> None:
        self.receiver = receiver
        self.behind = behind
        self.metrics = metrics
        self.clock = FakeClock()
        self.session: ClientSession
        self.base = ""
        self.port = 0

    async def post(
        self,
        body: Any = None,
        path: str = "/v1/traces",
        content_type: str | None = PROTOBUF,
        **headers: str,
    ) -> ClientResponse:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent.setdefault("X-API-Key", "key-of-a-tenant")
        if content_type is not None:
            sent["Content-Type"] = content_type
        data = request_of(span()).SerializeToString() if body is None else body
        skip = () if content_type is not None else ("Content-Type",)
        response = await self.session.post(
            self.base + path, data=data, headers=sent, skip_auto_headers=skip
        )
        await response.read()
        return response

    def sample(self, name: str, **labels: str) -> float:
        value = self.metrics.registry.get_sample_value(f"collector_proxy_{name}_total", labels)
        return value or 0.0


async def _live(request: web.Request) -> web.Response:
    return web.Response(text="alive")


async def _busy(request: web.Request) -> web.Response:
    return web.Response(status=503, text="draining")


async def _moved(request: web.Request) -> web.Response:
    raise web.HTTPFound("/live")


class _Server(BaseTestServer):
    def __init__(self, app: web.Application) -> None:
        super().__init__()
        self._app = app

    async def _make_runner(self, **kwargs: Any) -> web.BaseRunner:
        return OtlpRunner(self._app, shutdown_timeout=1.0)


async def open_door(
    *,
    api_key: str | None = None,
    workspace: str | None = None,
    reserve: int = 0,
    large: int = 1 << 30,
) -> tuple[Door, TestClient[Any, Any]]:
    metrics, behind = Metrics(), Behind()
    clock = FakeClock()
    receiver = OtlpHttpReceiver(
        accept=behind.accept,
        accept_logs=behind.accept_logs,
        tenancy=Tenancy(
            "https://upstream.test", api_key=api_key, workspace=workspace, project="default"
        ),
        max_body_bytes=MAX_BODY_BYTES,
        intake=Intake(behind.admit, reserve=reserve, large=large),
        metrics=metrics,
        clock=clock,
        read_timeout=PATIENCE,
    )
    behind.held = lambda: receiver.held_bytes
    app = web.Application(middlewares=[receiver.middleware])
    app.add_routes(receiver.routes())
    app.router.add_get("/live", _live)
    app.router.add_get("/busy", _busy)
    app.router.add_get("/moved", _moved)
    server = _Server(app)
    await server.start_server()
    client: TestClient[Any, Any] = TestClient(server)
    door = Door(receiver, behind, metrics)
    door.clock = clock
    door.session = client.session
    door.base = str(server.make_url("/")).rstrip("/")
    door.port = server.port or 0
    return door, client


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    """A receiver without a default key."""
    opened, client = await open_door()
    yield opened
    await client.close()


@pytest.fixture
async def door_with_key() -> AsyncIterator[Door]:
    """A receiver with a default key and a default workspace."""
    opened, client = await open_door(api_key="default-key", workspace="default-workspace")
    yield opened
    await client.close()
