"""The sandbox: enough of LangSmith's API for its unmodified client, on SQLite.

It is strict where LangSmith's behaviour is documented by its SDKs: a request that breaks a rule
of the ingest contract is answered 422 with run, part and rule, and nothing of it is kept.
"""

from collections.abc import Awaitable, Callable

from aiohttp import web

from collector.clock import Clock
from collector.sandbox import (
    feedback_routes,
    pages,
    project_routes,
    run_routes,
    v2_routes,
)
from collector.sandbox.body import MAX_BODY_BYTES
from collector.sandbox.context import CLOCK, STORE, TENANTS, answer, tenant_of
from collector.sandbox.errors import ApiError
from collector.sandbox.store import RunStore
from collector.sandbox.times import format_time

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

# The client reads the whole of batch_ingest_config or, when one key is missing, sends nothing.
_INFO = {
    "version": "0.18.0",
    "license_expiration_time": None,
    "batch_ingest_config": {
        "use_multipart_endpoint": True,
        "scale_up_qsize_trigger": 200,
        "scale_up_nthreads_limit": 32,
        "scale_down_nempty_trigger": 4,
        "size_limit": 100,
        "size_limit_bytes": 20_971_520,
    },
    "instance_flags": {"zstd_compression_enabled": True, "gzip_body_enabled": True},
}


def sandbox_app(store: RunStore, *, clock: Clock, tenants: bool = False) -> web.Application:
    """Return the application.

    Bodies are decoded here and not by the server: run it with
    ``web.AppRunner(app, auto_decompress=False)``.

    Args:
        store: where everything is kept; the caller closes it.
        clock: says when projects were made and what "a day ago" is.
        tenants: keep apart what each API key and workspace sends; else any key opens everything.
    """
    app = web.Application(middlewares=[_errors_as_json], client_max_size=MAX_BODY_BYTES)
    app[STORE] = store
    app[CLOCK] = clock
    app[TENANTS] = tenants
    started = format_time(clock.now_ns() // 1000)

    async def get_settings(request: web.Request) -> web.Response:
        tenant = tenant_of(request)
        return answer({"id": tenant, "display_name": "Sandbox", "created_at": started})

    for prefix in ("", "/api/v1"):
        app.add_routes(_routes(prefix))
        app.router.add_get(f"{prefix}/settings", get_settings)
    app.add_routes(_v2_routes("/api/v2"))
    app.add_routes(
        [
            web.get("/", pages.index_page),
            web.get("/o/{tenant}/projects/p/{project_id}", pages.project_page),
            web.get("/o/{tenant}/projects/p/{project_id}/r/{run_id}", pages.run_page),
        ]
    )
    return app


def _routes(prefix: str) -> list[web.RouteDef]:
    return [
        web.get(f"{prefix}/info", _get_info),
        web.post(f"{prefix}/runs/multipart", run_routes.post_multipart),
        web.post(f"{prefix}/runs/batch", run_routes.post_batch),
        web.post(f"{prefix}/runs/query", run_routes.query_runs),
        web.post(f"{prefix}/runs/stats", run_routes.get_stats),
        web.post(f"{prefix}/runs", run_routes.post_run),
        web.get(f"{prefix}/runs/{{run_id}}", run_routes.get_run),
        web.patch(f"{prefix}/runs/{{run_id}}", run_routes.patch_run),
        web.get(f"{prefix}/attachments/{{token}}", run_routes.get_attachment),
        web.get(f"{prefix}/sessions", project_routes.list_projects),
        web.post(f"{prefix}/sessions", project_routes.post_project),
        web.get(f"{prefix}/sessions/resolutions", project_routes.resolve_project),
        web.get(f"{prefix}/sessions/{{project_id}}", project_routes.get_project),
        web.patch(f"{prefix}/sessions/{{project_id}}", project_routes.patch_project),
        web.delete(f"{prefix}/sessions/{{project_id}}", project_routes.delete_project),
        web.post(f"{prefix}/feedback", feedback_routes.post_feedback),
        web.get(f"{prefix}/feedback", feedback_routes.list_feedback),
        web.get(f"{prefix}/feedback/{{feedback_id}}", feedback_routes.get_feedback),
        web.patch(f"{prefix}/feedback/{{feedback_id}}", feedback_routes.patch_feedback),
        web.delete(f"{prefix}/feedback/{{feedback_id}}", feedback_routes.delete_feedback),
    ]


def _v2_routes(prefix: str) -> list[web.RouteDef]:
    return [
        web.post(f"{prefix}/runs/query", v2_routes.query_runs),
        web.get(f"{prefix}/runs/{{run_id}}", v2_routes.retrieve_run),
        web.get(f"{prefix}/runs/{{run_id}}/url", v2_routes.get_run_url),
        web.post(f"{prefix}/threads/query", v2_routes.query_threads),
        web.get(f"{prefix}/threads/{{thread_id}}/traces", v2_routes.list_thread_traces),
        web.post(f"{prefix}/traces/query", v2_routes.query_traces),
        web.get(f"{prefix}/traces/{{trace_id}}/runs", v2_routes.list_trace_runs),
    ]


async def _get_info(request: web.Request) -> web.Response:
    """``GET /info``: asked for without a key."""
    return answer(_INFO)


@web.middleware
async def _errors_as_json(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """Answer every refusal, aiohttp's own included, with ``{"detail": …}``."""
    try:
        return await handler(request)
    except ApiError as error:
        return answer({"detail": error.detail}, error.status)
    except web.HTTPException as error:
        return answer({"detail": error.reason}, error.status)
