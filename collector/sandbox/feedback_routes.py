"""Routes for feedback."""

from aiohttp import web

from collector.sandbox.body import read_object
from collector.sandbox.context import (
    answer,
    now_us,
    page_bounds,
    path_id,
    store_of,
    tenant_of,
)
from collector.sandbox.documents import JsonObject
from collector.sandbox.errors import NotFound
from collector.sandbox.ingest import ingest
from collector.sandbox.operations import Upload
from collector.sandbox.times import format_time


async def post_feedback(request: web.Request) -> web.Response:
    """``POST /feedback``: keeps it and returns it."""
    tenant, feedback = tenant_of(request), await read_object(request)
    ingest(store_of(request), tenant, Upload(feedback=[feedback]), now_us(request))
    return answer(_found(request, tenant, feedback["id"]))


async def list_feedback(request: web.Request) -> web.Response:
    """``GET /feedback?run=…&key=…&limit&offset``: in the order it came."""
    runs, keys = request.query.getall("run", None), request.query.getall("key", None)
    feedback = store_of(request).feedback.list(tenant_of(request), runs, keys)
    return answer(feedback[page_bounds(request)])


async def get_feedback(request: web.Request) -> web.Response:
    """``GET /feedback/{feedback_id}``."""
    return answer(_found(request, tenant_of(request), path_id(request, "feedback_id")))


async def patch_feedback(request: web.Request) -> web.Response:
    """``PATCH /feedback/{feedback_id}``: what is not null is changed."""
    tenant, feedback_id = tenant_of(request), path_id(request, "feedback_id")
    changes = await read_object(request)
    changed = {
        **_found(request, tenant, feedback_id),
        **{name: value for name, value in changes.items() if value is not None},
        "id": feedback_id,
        "modified_at": format_time(now_us(request)),
    }
    ingest(store_of(request), tenant, Upload(feedback=[changed]), now_us(request))
    return answer(changed)


async def delete_feedback(request: web.Request) -> web.Response:
    """``DELETE /feedback/{feedback_id}``."""
    feedback_id = path_id(request, "feedback_id")
    if not store_of(request).feedback.delete(tenant_of(request), feedback_id):
        raise NotFound(f"feedback {feedback_id} not found")
    return answer({})


def _found(request: web.Request, tenant: str, feedback_id: str) -> JsonObject:
    found = store_of(request).feedback.find(tenant, feedback_id)
    if found is None:
        raise NotFound(f"feedback {feedback_id} not found")
    return found
