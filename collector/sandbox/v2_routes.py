"""Routes of API v2: runs, threads and traces."""

from collections.abc import Callable, Sequence

from aiohttp import web

from collector.sandbox.body import read_object
from collector.sandbox.context import answer, now_us, path_id, reader_of, store_of
from collector.sandbox.documents import Json, JsonObject
from collector.sandbox.errors import Malformed, NotFound, NotImplementedHere, Unprocessable
from collector.sandbox.query import (
    RunQuery,
    RunReader,
    filter_list,
    id_list,
    optional,
    optional_id,
    optional_time,
    page_size,
)
from collector.sandbox.stats import total
from collector.sandbox.store import Selection, StoredRun
from collector.sandbox.v2 import extra_fields, run_v2, thread_v2, turn_v2
from collector.sandbox.views import app_path, first_token_time, thread_id, usage_view

_DAY_US = 24 * 60 * 60 * 1_000_000
_AGGREGATES = ("total_tokens", "total_cost", "first_token_time")


async def query_runs(request: web.Request) -> web.Response:
    """``POST /api/v2/runs/query``: one page, newest first."""
    reader, body = reader_of(request), await read_object(request)
    run_type = optional(body, "run_type", str)
    query = RunQuery(
        Selection(
            project_ids=_required(id_list(body, "project_ids"), "project_ids"),
            trace_id=optional_id(body, "trace_id"),
            run_type=None if run_type is None else run_type.lower(),
            is_root=optional(body, "is_root", bool),
            failed=optional(body, "has_error", bool),
            **_window(request, body),
        ),
        filters=_filters(body, "ids"),
        trace_filters=filter_list(body, "trace_filter"),
        tree_filters=filter_list(body, "tree_filter"),
        reference_examples=id_list(body, "reference_examples"),
    )
    size = page_size(body, "page_size", 100, 1000)
    runs, following = reader.page(query, size, optional(body, "cursor", str))
    shape = _shape(request, reader, body)
    return answer({"items": [shape(run) for run in runs], "next_cursor": following})


async def retrieve_run(request: web.Request) -> web.Response:
    """``GET /api/v2/runs/{run_id}?project_id&selects=…``."""
    reader, params = reader_of(request), _params(request)
    return answer(_shape(request, reader, params)(_found(request, reader, params)))


async def get_run_url(request: web.Request) -> web.Response:
    """``GET /api/v2/runs/{run_id}/url?project_id&trace_id``: the page the sandbox has of it."""
    run = _found(request, reader_of(request), _params(request))
    return answer({"url": _origin(request) + app_path(run.tenant, run.project_id, run.id)})


async def query_threads(request: web.Request) -> web.Response:
    """``POST /api/v2/threads/query``: threads with a matching trace, the latest active first."""
    reader, body = reader_of(request), await read_object(request)
    if body.get("thread_filter") is not None:
        raise NotImplementedHere("thread_filter is not known to the sandbox")
    project_id = _required(optional_id(body, "project_id"), "project_id")
    roots = Selection(
        project_ids=(project_id,), is_root=True, ascending=True, **_window(request, body)
    )
    matching = RunQuery(
        roots,
        filters=filter_list(body, "filter"),
        trace_filters=filter_list(body, "trace_filter"),
        tree_filters=filter_list(body, "tree_filter"),
    )
    wanted = {thread_id(run.doc) for run in reader.runs(matching)} - {None}
    threads: dict[str, list[StoredRun]] = {}
    for run in reader.runs(RunQuery(roots)):
        thread = thread_id(run.doc)
        if thread is not None and thread in wanted:
            threads.setdefault(thread, []).append(run)
    feedback = store_of(request).feedback
    items = [
        thread_v2(thread, runs, feedback.list(runs[0].tenant, [run.id for run in runs]))
        for thread, runs in threads.items()
    ]
    items.sort(key=lambda item: (item["max_start_time"], item["thread_id"]), reverse=True)
    return answer(_page(items, "thread_id", body, 20))


async def list_thread_traces(request: web.Request) -> web.Response:
    """``GET /api/v2/threads/{thread_id}/traces?project_id&selects=…``: oldest first."""
    reader, params = reader_of(request), _params(request)
    project_id = _required(optional_id(params, "project_id"), "project_id")
    query = RunQuery(Selection(project_ids=(project_id,), is_root=True, ascending=True))
    wanted = request.match_info["thread_id"]
    turns = [run for run in reader.runs(query) if thread_id(run.doc) == wanted]
    numbers = {run.id: number for number, run in enumerate(turns, 1)}
    filtered = RunQuery(
        Selection(ids=tuple(numbers), ascending=True),
        filters=filter_list(params, "filter"),
        trace_filters=filter_list(params, "trace_filter"),
        tree_filters=filter_list(params, "tree_filter"),
    )
    selects = _selects(params)
    shape = _shape(request, reader, {"selects": [*selects, "trace_id", "latency_seconds"]})
    items = [turn_v2(shape(run), numbers[run.id], selects) for run in reader.runs(filtered)]
    return answer(_page(items, "trace_id", params, 20))


async def list_trace_runs(request: web.Request) -> web.Response:
    """``GET /api/v2/traces/{trace_id}/runs?project_id&selects=…``: in order of start."""
    reader, params = reader_of(request), _params(request)
    query = RunQuery(
        Selection(
            project_ids=(_required(optional_id(params, "project_id"), "project_id"),),
            trace_id=path_id(request, "trace_id"),
            min_start_us=optional_time(params, "min_start_time"),
            max_start_us=optional_time(params, "max_start_time"),
            ascending=True,
        ),
        filters=filter_list(params, "filter"),
    )
    shape = _shape(request, reader, params)
    return answer({"items": [shape(run) for run in reader.runs(query)]})


async def query_traces(request: web.Request) -> web.Response:
    """``POST /api/v2/traces/query``: root runs with sums over their traces, newest first."""
    reader, body = reader_of(request), await read_object(request)
    project_id = _required(optional_id(body, "project_id"), "project_id")
    query = RunQuery(
        Selection(project_ids=(project_id,), is_root=True, **_window(request, body)),
        filters=_filters(body, "trace_ids"),
        trace_filters=filter_list(body, "trace_filter"),
        tree_filters=filter_list(body, "tree_filter"),
    )
    size = page_size(body, "page_size", 20, 100)
    runs, following = reader.page(query, size, optional(body, "cursor", str))
    selects = _selects(body)
    on_root = [name for name in selects if name not in _AGGREGATES]
    shape = _shape(request, reader, {"selects": on_root})
    items = [{"root_run": shape(run), **_aggregates(reader, run, selects)} for run in runs]
    return answer({"items": items, "next_cursor": following})


def _aggregates(reader: RunReader, root: StoredRun, selects: Sequence[str]) -> JsonObject:
    wanted = [name for name in _AGGREGATES if name in selects]
    if not wanted:
        return {}
    docs = [run.doc for run in reader.runs(RunQuery(Selection(trace_id=root.id)))]
    usages = [usage_view(doc) for doc in docs]
    first_tokens = [time for doc in docs if (time := first_token_time(doc)) is not None]
    found = {
        "total_tokens": total(usages, "total_tokens"),
        "total_cost": total(usages, "total_cost"),
        "first_token_time": min(first_tokens, default=None),
    }
    return {"trace_aggregates": {name: found[name] for name in wanted}}


def _shape(
    request: web.Request, reader: RunReader, params: JsonObject
) -> Callable[[StoredRun], JsonObject]:
    """Return what turns a run into its answer with the fields *params* selects."""
    selects, origin = _selects(params), _origin(request)
    extra = extra_fields(selects)
    return lambda run: run_v2(reader.view(run, extra), run, selects, origin)


def _found(request: web.Request, reader: RunReader, params: JsonObject) -> StoredRun:
    run_id = path_id(request, "run_id")
    project_id = _required(optional_id(params, "project_id"), "project_id")
    run = reader.find(run_id)
    if run is None or run.project_id != project_id:
        raise NotFound(f"run {run_id} not found in project {project_id}")
    return run


def _page(items: list[JsonObject], key: str, body: JsonObject, default: int) -> JsonObject:
    """Return one page of *items*; the cursor is the key of the last item of the page before."""
    cursor, start = optional(body, "cursor", str), 0
    if cursor is not None:
        keys = [item[key] for item in items]
        if cursor not in keys:
            raise Malformed("the cursor is not known")
        start = keys.index(cursor) + 1
    end = start + page_size(body, "page_size", default, 100)
    return {
        "items": items[start:end],
        "next_cursor": items[end - 1][key] if end < len(items) else None,
    }


def _window(request: web.Request, body: JsonObject) -> JsonObject:
    """Return the bounds of start times: from a day ago on, unless the body says otherwise."""
    earliest = optional_time(body, "min_start_time")
    return {
        "min_start_us": now_us(request) - _DAY_US if earliest is None else earliest,
        "max_start_us": optional_time(body, "max_start_time"),
    }


def _filters(body: JsonObject, ids_name: str) -> tuple[Callable[[Json], bool], ...]:
    """Return the filter, and a list of ids as one: here ids narrow, they overrule nothing."""
    ids = id_list(body, ids_name)
    filters = filter_list(body, "filter")
    return filters if ids is None else (*filters, lambda run: run.value("id") in ids)


def _selects(params: JsonObject) -> list[str]:
    return [str(name).lower() for name in optional(params, "selects", list) or ()]


def _params(request: web.Request) -> JsonObject:
    """Return the query string as if it were a body; only ``selects`` may come more than once."""
    params: JsonObject = dict(request.query)
    params["selects"] = request.query.getall("selects", [])
    if "page_size" in params:
        if not params["page_size"].isdigit():
            raise Unprocessable("page_size is not a whole number")
        params["page_size"] = int(params["page_size"])
    return params


def _origin(request: web.Request) -> str:
    return str(request.url.origin())


def _required(value: Json, name: str) -> Json:
    if value is None:
        raise Unprocessable(f"{name} is missing")
    return value
