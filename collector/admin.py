"""What probes and Prometheus ask: /live, /ready, /metrics. No key is needed."""

from collections.abc import Callable
from enum import StrEnum

from aiohttp import web
from prometheus_client.exposition import choose_encoder

from collector.metrics import Metrics


class State(StrEnum):
    """Where the service is in its life; the value is what ``/ready`` answers."""

    STARTING = "starting"
    READY = "ready"
    STOPPING = "stopping"


class Health:
    """Where the service is in its life: it only goes forward.

    Ready says: this process takes spans. It does not ask whether LangSmith does: an outage there
    would take every replica out of service at once, and they can hold what comes.
    """

    def __init__(self) -> None:
        self.state = State.STARTING

    def started(self) -> None:
        """Say that the service listens and works; without effect once it stops."""
        if self.state is State.STARTING:
            self.state = State.READY

    def stopping(self) -> None:
        """Say that no new traffic shall be sent here, though it is still served."""
        self.state = State.STOPPING


def admin_routes(
    health: Health, metrics: Metrics, works: Callable[[], bool] = lambda: True
) -> list[web.RouteDef]:
    """Return the routes, each for GET and HEAD.

    ``/live`` is 200 as long as anything answers, also while draining: a probe that failed then
    would have the process killed before its uploads end. ``/ready`` is 200 between started and
    stopping, as long as *works* says that the journal does, else 503. ``/metrics`` is OpenMetrics
    where Accept asks for it.
    """

    async def live(_: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def ready(_: web.Request) -> web.Response:
        reason = "journal" if health.state is State.READY and not works() else health.state
        if reason is State.READY:
            return web.json_response({"status": "ok"})
        return web.json_response({"status": "unavailable", "reason": reason}, status=503)

    async def exposition(request: web.Request) -> web.Response:
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        return web.Response(body=encode(metrics.registry), headers={"Content-Type": content_type})

    return [web.get("/live", live), web.get("/ready", ready), web.get("/metrics", exposition)]
