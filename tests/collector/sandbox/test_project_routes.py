"""Projects, through LangSmith's own client."""

import asyncio
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from langsmith.utils import LangSmithConflictError, LangSmithNotFoundError

from tests.collector.sandbox.conftest import MakeClient, informed
from tests.collector.sandbox.wire import CHILD, OTHER, ROOT, Api, child, part, root


async def test_a_project_is_created_read_changed_and_deleted(make_client: MakeClient) -> None:
    client = make_client()

    def live() -> list[Any]:
        made = client.create_project("mine", description="d", metadata={"team": "x"})
        by_id = client.read_project(project_id=str(made.id))
        changed = client.update_project(
            made.id, name="ours", end_time=datetime(2026, 1, 2, tzinfo=UTC)
        )
        names = [project.name for project in client.list_projects()]
        client.delete_project(project_name="ours")
        return [made, by_id, changed, names, client.has_project("ours")]

    made, by_id, changed, names, still_there = await asyncio.to_thread(live)

    assert (made.name, made.description, made.metadata) == ("mine", "d", {"team": "x"})
    assert made.start_time == datetime(2026, 1, 2, tzinfo=UTC)
    assert (by_id.id, by_id.run_count) == (made.id, None)
    assert (changed.name, changed.description) == ("ours", "d")
    assert changed.end_time == datetime(2026, 1, 2, tzinfo=UTC)
    assert names == ["ours"]
    assert still_there is False


async def test_a_name_is_taken_once_unless_asked_to_upsert(make_client: MakeClient) -> None:
    client = make_client()

    first = await asyncio.to_thread(client.create_project, "mine")
    again = await asyncio.to_thread(client.create_project, "mine", upsert=True, description="new")

    assert (again.id, again.description) == (first.id, "new")
    with pytest.raises(LangSmithConflictError, match=r"a project .*mine.* already exists"):
        await asyncio.to_thread(client.create_project, "mine")


async def test_a_project_that_is_not_there_is_not_found(make_client: MakeClient) -> None:
    client = make_client()

    with pytest.raises(LangSmithNotFoundError, match="Project ghost not found"):
        await asyncio.to_thread(client.read_project, project_name="ghost")
    with pytest.raises(LangSmithNotFoundError):
        await asyncio.to_thread(client.read_project, project_id=ROOT)


async def test_figures_come_with_a_project_when_asked_for(
    api: Api, make_client: MakeClient
) -> None:
    await api.post_parts(
        part(f"post.{ROOT}", root()),
        part(f"feedback.{OTHER}", {"id": OTHER, "run_id": ROOT, "key": "ok", "score": 1}),
    )

    project = await asyncio.to_thread(
        make_client().read_project, project_name="default", include_stats=True
    )

    assert project.run_count == 1
    assert project.latency_p50 is not None
    assert project.latency_p50.total_seconds() == 3.0
    assert project.error_rate == 0.0
    assert project.feedback_stats == {"ok": {"n": 1, "avg": 1.0, "values": {}}}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, ["b-two", "a-one", "experiment"]),
        ({"name": "a-one"}, ["a-one"]),
        ({"name_contains": "ONE"}, ["a-one"]),
        ({"reference_free": True}, ["b-two", "a-one"]),
        ({"reference_dataset_id": OTHER}, ["experiment"]),
        ({"metadata": {"team": "x"}}, ["a-one"]),
        ({"project_ids": [ROOT]}, ["b-two"]),
        ({"limit": 2}, ["b-two", "a-one"]),
    ],
)
async def test_projects_are_listed_newest_first_by_what_they_are(
    api: Api, make_client: MakeClient, query: dict[str, Any], names: list[str]
) -> None:
    for body in (
        {"name": "experiment", "reference_dataset_id": OTHER, "start_time": "2026-01-01"},
        {"name": "a-one", "extra": {"metadata": {"team": "x"}}, "start_time": "2026-01-02"},
        {"name": "b-two", "id": ROOT, "start_time": "2026-01-03"},
    ):
        await api.call("POST", "/sessions", json=body)

    client = make_client()
    listed = await asyncio.to_thread(lambda: list(client.list_projects(**query)))

    assert [project.name for project in listed] == names


async def test_paging_lists_every_project_once(api: Api, make_client: MakeClient) -> None:
    for number in range(130):
        await api.call("POST", "/sessions", json={"name": str(number)})

    client = make_client()
    listed = await asyncio.to_thread(lambda: list(client.list_projects(include_stats=False)))

    assert {project.name for project in listed} == {str(number) for number in range(130)}


async def test_deleting_a_project_takes_its_runs_files_and_feedback_along(
    api: Api,
) -> None:
    await api.post_parts(
        part(f"post.{ROOT}", root(session_name="gone")),
        part(f"attachment.{ROOT}.a", b"x", "text/plain"),
        part(f"feedback.{OTHER}", {"id": OTHER, "run_id": ROOT, "key": "ok"}),
    )
    _, run = await api.call("GET", f"/runs/{ROOT}")

    status, _ = await api.call("DELETE", f"/sessions/{run['session_id']}")

    assert status == 202
    assert (await api.call("GET", f"/runs/{ROOT}"))[0] == 404
    assert (await api.call("GET", f"/feedback/{OTHER}"))[0] == 404
    assert (await api.text(run["s3_urls"]["attachment.a"]["presigned_url"]))[0] == 404


async def test_a_run_may_name_its_project_by_id(api: Api) -> None:
    await api.post_parts(
        part(f"post.{ROOT}", root(session_id=OTHER, session_name="by id")),
        part(f"post.{CHILD}", child(session_id=OTHER)),
    )

    _, project = await api.call("GET", f"/sessions/{OTHER}")

    assert (project["name"], project["run_count"]) == ("by id", 2)


async def test_an_id_that_comes_with_the_name_of_another_project_wins(api: Api) -> None:
    await api.call("POST", "/sessions", json={"name": "taken"})
    await api.post_parts(part(f"post.{ROOT}", root(session_id=OTHER, session_name="taken")))

    _, run = await api.call("GET", f"/runs/{ROOT}")
    _, project = await api.call("GET", f"/sessions/{OTHER}")

    assert run["session_id"] == OTHER
    assert project["name"] == OTHER


async def test_an_agents_address_resolves_to_its_project(api: Api, make_client: MakeClient) -> None:
    address = "lrn:agents/helper/environments/production"
    await api.post_parts(part(f"post.{ROOT}", root(address=address)))
    _, run = await api.call("GET", f"/runs/{ROOT}")

    client = await informed(make_client())
    resolved = await client.sessions.resolve(kind="AGENT", id="helper", environment="PRODUCTION")
    missing, _ = await api.call("GET", "/sessions/resolutions?kind=AGENT&id=nobody")

    assert resolved.session_id == run["session_id"]
    assert missing == 404


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "detail"),
    [
        ("POST", "/sessions", {}, 422, "name is missing"),
        ("POST", "/sessions", {"name": "x", "id": "7"}, 422, "id: '7' is not a UUID"),
        ("POST", "/sessions", {"name": "x", "id": ROOT}, 409, "a project 'x' already exists"),
        ("PATCH", f"/sessions/{OTHER}", {}, 404, f"project {OTHER} not found"),
        ("PATCH", f"/sessions/{ROOT}", {"name": "second"}, 409, "a project 'second' already"),
        ("GET", "/sessions?limit=x", {}, 422, "offset and limit are whole numbers from 0"),
        ("GET", "/sessions?include_stats=x&name=first", {}, 422, "include_stats is neither"),
        ("GET", "/sessions?metadata=x", {}, 422, "metadata is not valid JSON"),
        ("GET", "/sessions?metadata=1", {}, 422, "metadata is not a JSON object"),
    ],
)
async def test_a_project_request_that_makes_no_sense_is_refused(
    api: Api, method: str, path: str, body: dict[str, Any], status: int, detail: str
) -> None:
    await api.call("POST", "/sessions", json={"name": "first", "id": ROOT})
    await api.call("POST", "/sessions", json={"name": "second", "id": str(uuid.UUID(int=2))})

    got, answer = await api.call(method, path, json=body)

    assert got == status
    assert answer["detail"].startswith(detail)


async def test_the_project_of_another_key_is_not_there(api: Api) -> None:
    await api.call("POST", "/sessions", key="a", json={"name": "first", "id": ROOT})

    assert (await api.call("GET", f"/sessions/{ROOT}", key="b"))[0] == 404
    assert (await api.call("DELETE", f"/sessions/{ROOT}", key="b"))[0] == 404
    assert (await api.call("GET", "/sessions", key="b"))[1] == []


async def test_runs_of_one_trace_may_lie_in_two_projects(api: Api) -> None:
    await api.post_parts(
        part(f"post.{ROOT}", root(session_name="front")),
        part(f"post.{CHILD}", child(session_name="back")),
    )

    _, projects = await api.call("GET", "/sessions")

    assert {project["name"]: project["run_count"] for project in projects} == {
        "front": 1,
        "back": 1,
    }
