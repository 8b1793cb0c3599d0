"""Probes and metrics over a real socket."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestClient, TestServer

from collector.admin import Health, admin_routes
from collector.metrics import Metrics

Client = TestClient[web.Request, web.Application]


@pytest.fixture
def health() -> Health:
    return Health()


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
async def client(health: Health, metrics: Metrics) -> AsyncIterator[Client]:
    app = web.Application()
    app.add_routes(admin_routes(health, metrics))
    async with TestClient(TestServer(app)) as client:
        yield client


async def through_life(client: Client, health: Health, path: str) -> list[tuple[int, Any]]:
    """Return what *path* answers before the start, while ready and while stopping."""
    seen = []
    steps: list[Callable[[], None]] = [lambda: None, health.started, health.stopping]
    for step in steps:
        step()
        response = await client.get(path)
        seen.append((response.status, await response.json()))
    return seen


async def test_live_is_ok_from_start_to_end(client: Client, health: Health) -> None:
    seen = await through_life(client, health, "/live")

    assert seen == [(200, {"status": "ok"})] * 3


async def test_ready_is_ok_only_between_started_and_stopping(
    client: Client, health: Health
) -> None:
    seen = await through_life(client, health, "/ready")

    assert seen == [
        (503, {"status": "unavailable", "reason": "starting"}),
        (200, {"status": "ok"}),
        (503, {"status": "unavailable", "reason": "stopping"}),
    ]


async def test_a_service_that_stops_while_starting_does_not_become_ready(
    client: Client, health: Health
) -> None:
    health.stopping()
    health.started()

    assert (await client.get("/ready")).status == 503


@pytest.mark.parametrize("path", ["/live", "/ready", "/metrics"])
async def test_head_is_answered_without_a_body(client: Client, health: Health, path: str) -> None:
    health.started()

    response = await client.head(path)

    assert response.status == 200
    assert await response.read() == b""


async def test_metrics_are_prometheus_text(client: Client, metrics: Metrics) -> None:
    metrics.received.inc(7)

    response = await client.get("/metrics", headers={"Accept": "text/plain"})

    assert response.headers["Content-Type"].startswith("text/plain; version=")
    assert "collector_proxy_spans_received_total 7.0\n" in await response.text()


async def test_metrics_are_open_metrics_where_asked_for(client: Client) -> None:
    response = await client.get(
        "/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"}
    )

    assert response.headers["Content-Type"].startswith("application/openmetrics-text")
    assert (await response.text()).endswith("# EOF\n")


async def test_a_scraper_that_accepts_nothing_in_particular_gets_text(client: Client) -> None:
    async with ClientSession(skip_auto_headers=["Accept"]) as session:
        response = await session.get(client.make_url("/metrics"))

    assert response.headers["Content-Type"].startswith("text/plain")
