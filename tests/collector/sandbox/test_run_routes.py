"""Runs go in and come out through LangSmith's own client, unmodified."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from langsmith import Client
from langsmith.run_trees import RunTree
from langsmith.schemas import Run
from langsmith.utils import LangSmithAuthError, LangSmithNotFoundError

from tests.collector.sandbox.conftest import MakeClient
from tests.collector.sandbox.wire import (
    CHILD,
    OTHER,
    ROOT,
    Api,
    child,
    part,
    root,
)
from tests.fakes import PATIENCE

# The readers of API v1 are what most users have; the client calls them deprecated.
pytestmark = pytest.mark.filterwarnings(
    "ignore:.*is deprecated and will be removed after Jan 31, 2027:DeprecationWarning"
)

_BATCH_ONLY = {
    "instance_flags": {},
    "batch_ingest_config": {
        "use_multipart_endpoint": False,
        "size_limit": 100,
        "size_limit_bytes": 1000000,
        "scale_up_nthreads_limit": 1,
        "scale_up_qsize_trigger": 100,
        "scale_down_nempty_trigger": 4,
    },
}


def _agent_trace(client: Client, project: str = "agents") -> tuple[RunTree, RunTree]:
    """Send a chain with one llm run, posted first and patched when done, as an SDK user does."""
    agent = RunTree(
        name="agent",
        run_type="chain",
        inputs={"question": "why?"},
        tags=["blue"],
        extra={"metadata": {"session_id": "thread-1", "customer": "acme"}},
        project_name=project,
        ls_client=client,
    )
    agent.post()
    llm = agent.create_child(name="gpt", run_type="llm", inputs={"messages": []})
    llm.post()
    llm.end(
        outputs={"usage_metadata": {"input_tokens": 3, "output_tokens": 4, "total_tokens": 7}},
        events=[{"name": "new_token", "time": "2026-01-01T00:00:01+00:00"}],
    )
    llm.patch()
    agent.end(outputs={"answer": "because"})
    agent.patch()
    client.flush()
    return agent, llm


async def _compresses(client: Client) -> None:
    """Return once the client's thread has asked for /info and decided to compress."""
    async with asyncio.timeout(PATIENCE):
        # The thread has no event to wait for.
        while client.compressed_traces is None:  # noqa: ASYNC110
            await asyncio.sleep(0)


async def _list(client: Client, **query: Any) -> list[Run]:
    return await asyncio.to_thread(lambda: list(client.list_runs(**query)))


@pytest.mark.parametrize("path", ["", "/api/v1"])
@pytest.mark.parametrize(
    ("settings", "route", "coding"),
    [
        ({}, "POST {}/runs/multipart", "zstd"),
        ({"info": {"instance_flags": {}}}, "POST {}/runs/multipart", None),
        ({"info": _BATCH_ONLY}, "POST {}/runs/batch", None),
        ({"auto_batch_tracing": False}, "POST {}/runs", None),
    ],
)
async def test_a_trace_sent_on_any_route_reads_back_as_one_tree(
    api: Api,
    make_client: MakeClient,
    path: str,
    settings: dict[str, Any],
    route: str,
    coding: str | None,
) -> None:
    client = make_client(path=path, **settings)
    if coding == "zstd":
        await _compresses(client)

    agent, llm = await asyncio.to_thread(_agent_trace, client)
    read = await asyncio.to_thread(client.read_run, agent.id, load_child_runs=True)

    assert (route.format(path), coding) in api.seen
    assert read.inputs == {"question": "why?"}
    assert read.outputs == {"answer": "because"}
    assert read.status == "success"
    assert read.tags == ["blue"]
    assert read.dotted_order == agent.dotted_order
    assert read.child_runs is not None
    assert [(run.id, run.parent_run_id) for run in read.child_runs] == [(llm.id, agent.id)]
    assert read.child_run_ids == [llm.id]


async def test_tokens_first_token_and_app_path_are_worked_out(make_client: MakeClient) -> None:
    client = make_client()

    agent, llm = await asyncio.to_thread(_agent_trace, client)
    read = await asyncio.to_thread(client.read_run, llm.id)
    project = await asyncio.to_thread(client.read_project, project_name="agents")

    assert (read.prompt_tokens, read.completion_tokens, read.total_tokens) == (3, 4, 7)
    assert read.first_token_time == datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC)
    assert read.parent_run_ids == [agent.id]
    assert read.url == (
        f"http://localhost/o/{project.tenant_id}/projects/p/{project.id}/r/{llm.id}"
    )


async def test_the_run_url_names_tenant_project_and_run(make_client: MakeClient) -> None:
    client = make_client(web_url="http://web")

    agent, _ = await asyncio.to_thread(_agent_trace, client)
    url = await asyncio.to_thread(client.get_run_url, run=agent)
    project = await asyncio.to_thread(client.read_project, project_name="agents")

    assert url == (
        f"http://web/o/{project.tenant_id}/projects/p/{project.id}/r/{agent.id}?poll=true"
    )


@pytest.mark.parametrize("path", ["", "/api/v1"])
async def test_attachments_come_back_with_type_and_bytes(
    make_client: MakeClient, path: str
) -> None:
    client = make_client(path=path)

    def send() -> Run:
        run = RunTree(
            name="look",
            run_type="tool",
            project_name="files",
            attachments={"photo": ("image/png", b"\x89PNG\r\n--the-end")},
            ls_client=client,
        )
        run.end()
        run.post()
        client.flush()
        read: Run = client.read_run(run.id)
        return read

    read = await asyncio.to_thread(send)
    listed = await _list(client, project_name="files")

    for run in (read, *listed):
        photo: Any = run.attachments["photo"]
        assert photo["mime_type"] == "image/png"
        assert photo["reader"].read() == b"\x89PNG\r\n--the-end"


async def test_an_attachment_sent_from_a_file_comes_back(
    make_client: MakeClient, tmp_path: Path
) -> None:
    # For these the client gives the length as a parameter of the part's Content-Type.
    file = tmp_path / "photo"
    file.write_bytes(b"from disk")
    client = make_client(info={"instance_flags": {}})

    def send() -> Run:
        run = RunTree(
            name="look",
            run_type="tool",
            attachments={"photo": ("image/png", file)},
            dangerously_allow_filesystem=True,
            ls_client=client,
        )
        run.end()
        run.post()
        client.flush()
        read: Run = client.read_run(run.id)
        return read

    read = await asyncio.to_thread(send)

    photo: Any = read.attachments["photo"]
    assert photo["reader"].read() == b"from disk"


async def test_a_run_that_is_not_there_is_not_found(make_client: MakeClient) -> None:
    client = make_client()

    with pytest.raises(LangSmithNotFoundError, match=f"run {ROOT} not found"):
        await asyncio.to_thread(client.read_run, ROOT)


async def test_a_call_without_key_is_unauthorized(make_client: MakeClient) -> None:
    client = make_client(api_key="")

    with pytest.raises(LangSmithAuthError, match="no API key"):
        await asyncio.to_thread(client.read_run, ROOT)


async def test_two_keys_never_see_each_others_runs(make_client: MakeClient) -> None:
    mine, yours = make_client("mine"), make_client("yours")

    agent, _ = await asyncio.to_thread(_agent_trace, mine)

    assert len(await _list(mine)) == 2
    assert await _list(yours) == []
    with pytest.raises(LangSmithNotFoundError):
        await asyncio.to_thread(yours.read_run, agent.id)


async def test_one_run_id_under_two_keys_is_two_runs(api: Api) -> None:
    await api.call("POST", "/runs/batch", key="a", json={"post": [root(name="of a")]})
    await api.call("POST", "/runs/batch", key="b", json={"post": [root(name="of b")]})

    answers = [(await api.call("GET", f"/runs/{ROOT}", key=key))[1] for key in "ab"]

    assert [answer["name"] for answer in answers] == ["of a", "of b"]


async def test_a_workspace_is_a_tenant_of_its_own(make_client: MakeClient) -> None:
    plain, workspace = make_client(), make_client(workspace_id=OTHER)

    await asyncio.to_thread(_agent_trace, workspace)

    assert await _list(plain) == []
    assert len(await _list(workspace)) == 2


async def test_a_bearer_token_is_a_key_too(api: Api) -> None:
    headers = {"Authorization": "Bearer key"}

    await api.call("POST", "/runs", key=None, headers=headers, json=root())
    status, _ = await api.call("GET", f"/runs/{ROOT}", key="key")

    assert status == 200


async def test_threads_list_and_read_with_their_runs(make_client: MakeClient) -> None:
    client = make_client()
    agent, _ = await asyncio.to_thread(_agent_trace, client)
    later, _ = await asyncio.to_thread(_agent_trace, client)

    threads = await asyncio.to_thread(client.list_threads, project_name="agents")
    read = await asyncio.to_thread(
        lambda: list(client.read_thread(thread_id="thread-1", project_name="agents"))
    )

    assert [(thread["thread_id"], thread["count"]) for thread in threads] == [("thread-1", 2)]
    assert [run.id for run in read] == [agent.id, later.id]


async def test_a_span_without_project_goes_to_default(api: Api) -> None:
    await api.post_parts(part(f"post.{ROOT}", root()))

    _, projects = await api.call("GET", "/sessions")

    assert [(project["name"], project["run_count"]) for project in projects] == [("default", 1)]


async def test_a_patch_that_finds_no_run_is_not_found(api: Api) -> None:
    status, answer = await api.call("PATCH", f"/runs/{ROOT}", json={"outputs": {}})

    assert (status, answer) == (404, {"detail": f"run {ROOT} not found"})


async def test_a_single_post_finds_its_place_under_a_known_parent(api: Api) -> None:
    bare = {"trace_id": None, "dotted_order": None}

    await api.call("POST", "/runs", json=root(**bare))
    await api.call("POST", "/runs", json=child(**bare))
    _, answer = await api.call("GET", f"/runs/{CHILD}")

    assert answer["trace_id"] == ROOT
    assert answer["dotted_order"] == child()["dotted_order"]


async def test_a_single_post_under_an_unknown_parent_is_refused(api: Api) -> None:
    status, answer = await api.call("POST", "/runs", json=child(dotted_order=None))

    assert status == 422
    assert answer == {
        "detail": f"run {CHILD}, part post.{CHILD}: parent {ROOT} is not known, "
        "so dotted_order cannot be found"
    }
