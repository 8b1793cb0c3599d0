"""Routes for projects, which the API calls sessions."""

import uuid

from aiohttp import web

from collector.sandbox.body import read_object
from collector.sandbox.context import (
    answer,
    flag,
    now_us,
    page_bounds,
    path_id,
    reader_of,
    store_of,
    tenant_of,
)
from collector.sandbox.documents import JsonObject, parse_json
from collector.sandbox.errors import Conflict, NotFound, Unprocessable
from collector.sandbox.feedback import feedback_stats
from collector.sandbox.projects import Project, ProjectFilter
from collector.sandbox.query import RunQuery, optional, optional_id, optional_time
from collector.sandbox.stats import run_stats
from collector.sandbox.store import Selection
from collector.sandbox.times import format_time


async def list_projects(request: web.Request) -> web.Response:
    """``GET /sessions``: a bare list, newest first."""
    query = request.query
    ids, datasets = query.getall("id", None), query.getall("reference_dataset", None)
    wanted = ProjectFilter(
        ids=None if ids is None else tuple(ids),
        name=query.get("name"),
        name_contains=query.get("name_contains"),
        reference_datasets=None if datasets is None else tuple(datasets),
        reference_free=flag(request, "reference_free", None),
        metadata=_metadata(query.get("metadata")),
    )
    projects = list(store_of(request).projects.list(tenant_of(request), wanted))
    return answer([_view(request, project) for project in projects[page_bounds(request)]])


async def get_project(request: web.Request) -> web.Response:
    """``GET /sessions/{project_id}``."""
    return answer(_view(request, _found(request)))


async def post_project(request: web.Request) -> web.Response:
    """``POST /sessions[?upsert=True]``."""
    tenant, body = tenant_of(request), await read_object(request)
    name = optional(body, "name", str)
    if not name:
        raise Unprocessable("name is missing")
    projects = store_of(request).projects
    existing = projects.find_named(tenant, name)
    if existing is not None and not flag(request, "upsert", False):
        raise Conflict(f"a project {name!r} already exists")
    if existing is None:
        project_id = optional_id(body, "id") or str(uuid.uuid5(uuid.UUID(tenant), name))
        started_us = optional_time(body, "start_time")
        existing = Project(
            tenant, project_id, name, now_us(request) if started_us is None else started_us, {}
        )
        projects.create(existing)
    return answer(_view(request, projects.update(existing, body), with_stats=False))


async def patch_project(request: web.Request) -> web.Response:
    """``PATCH /sessions/{project_id}``: what is not null is changed."""
    project, changes = _found(request), await read_object(request)
    optional(changes, "name", str)
    changed = store_of(request).projects.update(project, changes)
    return answer(_view(request, changed, with_stats=False))


async def delete_project(request: web.Request) -> web.Response:
    """``DELETE /sessions/{project_id}``: with all its runs."""
    project = _found(request)
    store_of(request).delete_project(project.tenant, project.id)
    return answer({}, 202)


async def resolve_project(request: web.Request) -> web.Response:
    """``GET /sessions/resolutions?kind&id&environment``: the project of an agent's address."""
    query = request.query
    if query.get("kind") == "AGENT":
        environment = query.get("environment", "").lower()
        address = f"lrn:agents/{query.get('id')}/environments/{environment}"
        project = store_of(request).projects.find_named(tenant_of(request), address)
        if project is not None:
            return answer({"session_id": project.id})
    raise NotFound("no project has this address")


def _found(request: web.Request) -> Project:
    project_id = path_id(request, "project_id")
    project = store_of(request).projects.find(tenant_of(request), project_id)
    if project is None:
        raise NotFound(f"project {project_id} not found")
    return project


def _view(request: web.Request, project: Project, with_stats: bool | None = None) -> JsonObject:
    """Return the project, with figures over its runs unless the request says no."""
    doc = project.doc
    view: JsonObject = {
        "id": project.id,
        "tenant_id": project.tenant,
        "name": project.name,
        "start_time": format_time(project.start_us),
        "end_time": doc.get("end_time"),
        "description": doc.get("description"),
        "extra": doc.get("extra"),
        "reference_dataset_id": doc.get("reference_dataset_id"),
        "default_dataset_id": None,
    }
    if with_stats is None:
        with_stats = flag(request, "include_stats", True)
    if with_stats:
        runs = list(reader_of(request).runs(RunQuery(Selection(project_ids=(project.id,)))))
        feedback = store_of(request).feedback.list(project.tenant, [run.id for run in runs])
        view.update(run_stats(runs), feedback_stats=feedback_stats(feedback))
    return view


def _metadata(text: str | None) -> JsonObject | None:
    if text is None:
        return None
    try:
        value = parse_json(text.encode())
    except ValueError as error:
        raise Unprocessable(f"metadata is not valid JSON: {error}") from error
    if not isinstance(value, dict):
        raise Unprocessable("metadata is not a JSON object")
    return value
