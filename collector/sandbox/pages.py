"""Two small pages, so that a run's URL opens something in a browser.

They ask for no key: a browser has none to send. Whoever reaches the port sees every tenant's
projects, which is why the sandbox listens on the loopback interface.
"""

from html import escape

from aiohttp import web

from collector.sandbox.context import path_id, store_of
from collector.sandbox.documents import Json, dump_json
from collector.sandbox.errors import NotFound
from collector.sandbox.query import RunQuery, RunReader
from collector.sandbox.store import Selection
from collector.sandbox.views import app_path, run_view

_PAGE = "<!doctype html><meta charset=utf-8><title>{title}</title><h1>{title}</h1>{content}"
_MOST_RUNS = 100


async def index_page(request: web.Request) -> web.Response:
    """``GET /``: all projects."""
    links = [
        _link(f"/o/{project.tenant}/projects/p/{project.id}", project.name)
        for project in store_of(request).projects.everything()
    ]
    return _page("Projects", "<br>".join(links) or "Nothing has come yet.")


async def project_page(request: web.Request) -> web.Response:
    """``GET /o/{tenant}/projects/p/{project_id}``: the latest root runs."""
    tenant, project_id = path_id(request, "tenant"), path_id(request, "project_id")
    project = store_of(request).projects.find(tenant, project_id)
    if project is None:
        raise NotFound(f"project {project_id} not found")
    query = RunQuery(Selection(project_ids=(project_id,), is_root=True))
    runs, _ = RunReader(store_of(request), tenant).page(query, _MOST_RUNS, None)
    links = [
        _link(app_path(tenant, project_id, run.id), f"{run.doc['start_time']} {run.doc['name']}")
        for run in runs
    ]
    return _page(project.name, "<br>".join(links))


async def run_page(request: web.Request) -> web.Response:
    """``GET /o/{tenant}/projects/p/{project_id}/r/{run_id}``: its tree and its fields."""
    tenant, run_id = path_id(request, "tenant"), path_id(request, "run_id")
    reader = RunReader(store_of(request), tenant)
    run = reader.find(run_id)
    if run is None:
        raise NotFound(f"run {run_id} not found")
    trace = Selection(trace_id=run.doc["trace_id"])
    tree = sorted(reader.runs(RunQuery(trace)), key=lambda member: member.doc["dotted_order"])
    links = [
        "&emsp;" * member.doc["dotted_order"].count(".")
        + _link(app_path(tenant, member.project_id, member.id), member.doc["name"])
        for member in tree
    ]
    rows = [
        f"<tr><th align=left valign=top>{escape(name)}<td><pre>{escape(_text(value))}</pre>"
        for name, value in run_view(run).items()
        if value not in (None, [], {})
    ]
    return _page(run.doc["name"], f"{'<br>'.join(links)}<table>{''.join(rows)}</table>")


def _text(value: Json) -> str:
    return value if isinstance(value, str) else dump_json(value)


def _link(path: str, text: str) -> str:
    return f'<a href="{escape(path)}">{escape(text)}</a>'


def _page(title: str, content: str) -> web.Response:
    page = _PAGE.format(title=escape(title), content=content)
    return web.Response(text=page, content_type="text/html")
