"""Routes for runs: taking them in, and reading them back."""

from aiohttp import web

from collector.sandbox.body import read_body, read_object
from collector.sandbox.context import answer, now_us, path_id, reader_of, store_of, tenant_of
from collector.sandbox.errors import NotFound
from collector.sandbox.ingest import ingest, ingest_single_patch, ingest_single_post
from collector.sandbox.multipart import boundary_of, parse_parts
from collector.sandbox.operations import read_batch, read_run, read_upload
from collector.sandbox.query import PAGE_SIZE, optional, page_size, read_query
from collector.sandbox.stats import run_stats
from collector.sandbox.views import select_fields

_ACCEPTED = 202


async def post_multipart(request: web.Request) -> web.Response:
    """``POST /runs/multipart``."""
    tenant = tenant_of(request)
    boundary = boundary_of(request.headers.get("Content-Type", ""))
    upload = read_upload(parse_parts(await read_body(request), boundary))
    ingest(store_of(request), tenant, upload, now_us(request))
    return answer({}, _ACCEPTED)


async def post_batch(request: web.Request) -> web.Response:
    """``POST /runs/batch``: ``{"post": [run…], "patch": [run…]}``."""
    tenant = tenant_of(request)
    upload = read_batch(await read_object(request))
    ingest(store_of(request), tenant, upload, now_us(request))
    return answer({}, _ACCEPTED)


async def post_run(request: web.Request) -> web.Response:
    """``POST /runs``: one run; its place in the trace is found here if it does not say it."""
    tenant = tenant_of(request)
    operation = read_run("post", await read_object(request))
    ingest_single_post(store_of(request), tenant, operation, now_us(request))
    return answer({}, _ACCEPTED)


async def patch_run(request: web.Request) -> web.Response:
    """``PATCH /runs/{run_id}``."""
    tenant = tenant_of(request)
    operation = read_run("patch", await read_object(request), path_id(request, "run_id"))
    ingest_single_patch(store_of(request), tenant, operation, now_us(request))
    return answer({}, _ACCEPTED)


async def get_run(request: web.Request) -> web.Response:
    """``GET /runs/{run_id}``: the run with all its fields."""
    reader, run_id = reader_of(request), path_id(request, "run_id")
    run = reader.find(run_id)
    if run is None:
        raise NotFound(f"run {run_id} not found")
    return answer(reader.view(run, None))


async def query_runs(request: web.Request) -> web.Response:
    """``POST /runs/query``: one page, newest first unless asked otherwise."""
    reader, body = reader_of(request), await read_object(request)
    select = optional(body, "select", list)
    size = page_size(body, "limit", PAGE_SIZE, PAGE_SIZE)
    runs, following = reader.page(read_query(body), size, optional(body, "cursor", str))
    views = [select_fields(reader.view(run, select), select) for run in runs]
    return answer({"runs": views, "cursors": {"next": following}})


async def get_stats(request: web.Request) -> web.Response:
    """``POST /runs/stats``: figures over what the same body would list."""
    reader = reader_of(request)
    return answer(run_stats(reader.runs(read_query(await read_object(request)))))


async def get_attachment(request: web.Request) -> web.Response:
    """``GET /attachments/{token}``: the bytes; the token is all it takes."""
    found = store_of(request).attachment_data(request.match_info["token"])
    if found is None:
        raise NotFound("attachment not found")
    media_type, data = found
    # Whatever it claims to be, it is not a page of this server.
    headers = {"X-Content-Type-Options": "nosniff", "Content-Disposition": "attachment"}
    return web.Response(body=data, content_type=media_type, headers=headers)
