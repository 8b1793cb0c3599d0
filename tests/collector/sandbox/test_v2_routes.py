"""Runs of API v2, through LangSmith's own client."""

from datetime import UTC, datetime
from typing import Any

import pytest
from langsmith import Client

from tests.collector.sandbox.conftest import MakeClient, informed
from tests.collector.sandbox.v2_traces import FIFTH, fill
from tests.collector.sandbox.wire import CHILD, GRANDCHILD, OTHER, ROOT, Api, part, root

EARLIEST = datetime(2025, 1, 1, tzinfo=UTC)


async def _ids(client: Client, project_id: str, **query: Any) -> list[str | None]:
    pages = client.runs.query_v2(project_ids=[project_id], **query)
    return [run.id async for run in pages]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [OTHER, GRANDCHILD, CHILD, FIFTH, ROOT]),
        ({"page_size": 2}, [OTHER, GRANDCHILD, CHILD, FIFTH, ROOT]),
        ({"run_type": "LLM"}, [CHILD]),
        ({"is_root": True}, [OTHER, FIFTH, ROOT]),
        ({"has_error": True}, [OTHER, GRANDCHILD]),
        ({"trace_id": ROOT}, [GRANDCHILD, CHILD, ROOT]),
        ({"ids": [CHILD, FIFTH], "is_root": False}, [CHILD]),
        ({"filter": 'has(tags, "x")'}, [ROOT]),
        ({"trace_filter": 'has(tags, "x")'}, [GRANDCHILD, CHILD, ROOT]),
        ({"tree_filter": 'eq(run_type, "llm")', "is_root": True}, [ROOT]),
        ({"min_start_time": datetime(2026, 1, 1, 0, 30, tzinfo=UTC)}, [OTHER]),
        ({"max_start_time": datetime(2026, 1, 1, tzinfo=UTC)}, [FIFTH, ROOT]),
        ({"reference_examples": [ROOT]}, []),
    ],
)
async def test_runs_are_queried_page_by_page(
    api: Api, make_client: MakeClient, query: dict[str, Any], expected: list[str]
) -> None:
    project_id = await fill(api)

    assert await _ids(await informed(make_client()), project_id, **query) == expected


async def test_only_the_last_day_is_queried_unless_asked_for_more(
    api: Api, make_client: MakeClient
) -> None:
    start = {
        "start_time": "2025-12-31T23:59:59Z",
        "dotted_order": f"20251231T235959000000Z{ROOT}",
    }
    await api.post_parts(part(f"post.{ROOT}", root(**start)))
    _, projects = await api.call("GET", "/sessions")
    client, project_id = await informed(make_client()), projects[0]["id"]

    assert await _ids(client, project_id) == []
    assert await _ids(client, project_id, min_start_time=EARLIEST) == [ROOT]


@pytest.mark.parametrize("path", ["", "/api/v1"])
async def test_a_run_is_retrieved_with_what_is_selected(
    api: Api, make_client: MakeClient, path: str
) -> None:
    project_id = await fill(api)
    client = await informed(make_client(path=path))

    bare = await client.runs.retrieve_v2(CHILD, project_id=project_id)
    run = await client.runs.retrieve_v2(
        CHILD,
        project_id=project_id,
        selects=[
            *("NAME", "RUN_TYPE", "STATUS", "PARENT_RUN_IDS", "PROJECT_ID", "LATENCY_SECONDS"),
            *("TOTAL_TOKENS", "TOTAL_COST", "COMPLETION_TOKEN_DETAILS", "IS_ROOT"),
            *("FIRST_TOKEN_TIME", "OUTPUTS_PREVIEW", "PROMPT_TOKEN_DETAILS", "SHARE_URL"),
        ],
    )

    assert bare.to_dict() == {"id": CHILD}
    assert run.to_dict(mode="python") == {
        "name": "work",
        "run_type": "LLM",
        "status": "SUCCESS",
        "parent_run_ids": [ROOT],
        "project_id": project_id,
        "latency_seconds": 1.5,
        "total_tokens": 5,
        "total_cost": 0.25,
        "completion_token_details": {"raw": {"reasoning": 1}},
        "is_root": False,
        "first_token_time": datetime(2026, 1, 1, 0, 0, 2, tzinfo=UTC),
        "outputs_preview": '{"usage_metadata":{"input_tokens":2,"output_tokens":3,'
        '"output_token_details":{"reasoning":1},"total_cost":0.25}}',
        "prompt_token_details": None,
    }


async def test_attachments_come_as_addresses_that_need_no_key(
    api: Api, make_client: MakeClient
) -> None:
    project_id = await fill(api)

    run = await (await informed(make_client())).runs.retrieve_v2(
        ROOT, project_id=project_id, selects=["ATTACHMENTS"]
    )

    assert run.attachments is not None
    address = run.attachments["photo"]
    assert address.startswith(f"{api.url}/attachments/")
    assert await api.text(address.removeprefix(api.url)) == (200, "image/png", "bytes")


async def test_a_run_is_not_found_in_another_project(api: Api) -> None:
    await fill(api)

    status, answer = await api.call("GET", f"/api/v2/runs/{ROOT}?project_id={OTHER}")

    assert (status, answer) == (404, {"detail": f"run {ROOT} not found in project {OTHER}"})


async def test_the_url_of_a_run_opens_its_page(api: Api, make_client: MakeClient) -> None:
    project_id = await fill(api)

    found = await (await informed(make_client())).runs.get_url(
        ROOT, project_id=project_id, trace_id=ROOT
    )
    assert found.url is not None
    status, kind, page = await api.text(found.url.removeprefix(api.url))

    assert (status, kind) == (200, "text/html")
    assert ROOT in page


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "detail"),
    [
        ("POST", "/runs/query", {}, 422, "project_ids is missing"),
        ("POST", "/runs/query", {"project_ids": [ROOT], "cursor": ROOT}, 400, "the cursor is not"),
        ("POST", "/threads/query", {}, 422, "project_id is missing"),
        ("POST", "/threads/query", {"thread_filter": "x"}, 501, "thread_filter is not known"),
        ("POST", "/threads/query", {"project_id": ROOT, "cursor": "x"}, 400, "the cursor is not"),
        ("GET", "/threads/a/traces", {}, 422, "project_id is missing"),
        ("GET", f"/threads/a/traces?project_id={ROOT}&page_size=x", {}, 422, "page_size is not a"),
        ("GET", f"/threads/a/traces?project_id={ROOT}&page_size=0", {}, 422, "page_size is less"),
        ("GET", f"/traces/{ROOT}/runs", {}, 422, "project_id is missing"),
        ("GET", f"/runs/{ROOT}", {}, 422, "project_id is missing"),
    ],
)
async def test_a_question_that_makes_no_sense_is_refused(
    api: Api, method: str, path: str, body: dict[str, Any], status: int, detail: str
) -> None:
    got, answer = await api.call(method, f"/api/v2{path}", json=body)

    assert got == status
    assert answer["detail"].startswith(detail)
