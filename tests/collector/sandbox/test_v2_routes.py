"""API v2, through LangSmith's own client."""

from datetime import UTC, datetime
from typing import Any

import pytest
from langsmith import Client

from tests.collector.sandbox.conftest import MakeClient
from tests.collector.sandbox.wire import (
    CHILD,
    GRANDCHILD,
    OTHER,
    ROOT,
    Api,
    child,
    grandchild,
    other,
    part,
    root,
)

EARLIEST = datetime(2025, 1, 1, tzinfo=UTC)
FIFTH = "55555555-5555-4555-8555-555555555555"


def _thread(name: str) -> dict[str, Any]:
    return {"metadata": {"thread_id": name}}


async def _fill(api: Api) -> str:
    """Post three traces in two threads, and return the id of their project.

    Thread "a/b" has ROOT (with CHILD and GRANDCHILD) and OTHER an hour later; "c" has FIFTH.
    """
    usage = {
        "input_tokens": 2,
        "output_tokens": 3,
        "output_token_details": {"reasoning": 1},
        "total_cost": 0.25,
    }
    await api.post_parts(
        part(f"post.{ROOT}", root(extra=_thread("a/b"), tags=["x"])),
        part(f"post.{ROOT}.inputs", {"q": "first"}),
        part(f"attachment.{ROOT}.photo", b"bytes", "image/png"),
        part(f"post.{CHILD}", child(run_type="llm")),
        part(f"post.{CHILD}.outputs", {"usage_metadata": usage}),
        part(f"post.{CHILD}.events", [{"name": "new_token", "time": "2026-01-01T00:00:02Z"}]),
        part(f"post.{GRANDCHILD}", grandchild(error="boom")),
        part(f"post.{OTHER}", other(extra=_thread("a/b"), end_time=None, error="late boom")),
        part(f"post.{OTHER}.outputs", {"a": "last"}),
        part(
            f"post.{FIFTH}",
            root(
                id=FIFTH,
                trace_id=FIFTH,
                dotted_order=f"20260101T000000000000Z{FIFTH}",
                extra=_thread("c"),
            ),
        ),
    )
    _, projects = await api.call("GET", "/sessions")
    return str(projects[0]["id"])


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
    project_id = await _fill(api)

    assert await _ids(make_client(), project_id, **query) == expected


async def test_only_the_last_day_is_queried_unless_asked_for_more(
    api: Api, make_client: MakeClient
) -> None:
    start = {
        "start_time": "2025-12-31T23:59:59Z",
        "dotted_order": f"20251231T235959000000Z{ROOT}",
    }
    await api.post_parts(part(f"post.{ROOT}", root(**start)))
    _, projects = await api.call("GET", "/sessions")
    client, project_id = make_client(), projects[0]["id"]

    assert await _ids(client, project_id) == []
    assert await _ids(client, project_id, min_start_time=EARLIEST) == [ROOT]


@pytest.mark.parametrize("path", ["", "/api/v1"])
async def test_a_run_is_retrieved_with_what_is_selected(
    api: Api, make_client: MakeClient, path: str
) -> None:
    project_id = await _fill(api)
    client = make_client(path=path)

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
    project_id = await _fill(api)

    run = await make_client().runs.retrieve_v2(ROOT, project_id=project_id, selects=["ATTACHMENTS"])

    assert run.attachments is not None
    address = run.attachments["photo"]
    assert address.startswith(f"{api.url}/attachments/")
    assert await api.text(address.removeprefix(api.url)) == (200, "image/png", "bytes")


async def test_a_run_is_not_found_in_another_project(api: Api) -> None:
    await _fill(api)

    status, answer = await api.call("GET", f"/api/v2/runs/{ROOT}?project_id={OTHER}")

    assert (status, answer) == (404, {"detail": f"run {ROOT} not found in project {OTHER}"})


async def test_the_url_of_a_run_opens_its_page(api: Api, make_client: MakeClient) -> None:
    project_id = await _fill(api)

    found = await make_client().runs.get_url(ROOT, project_id=project_id, trace_id=ROOT)
    assert found.url is not None
    status, kind, page = await api.text(found.url.removeprefix(api.url))

    assert (status, kind) == (200, "text/html")
    assert ROOT in page


async def test_threads_are_summed_up_latest_first(api: Api, make_client: MakeClient) -> None:
    project_id = await _fill(api)
    feedback = {"id": OTHER, "key": "ok", "run_id": OTHER, "score": 1}
    await api.call("POST", "/feedback", json=feedback)

    pages = make_client().threads.query(project_id=project_id, page_size=1)
    threads = [thread async for thread in pages]

    assert [thread.thread_id for thread in threads] == ["a/b", "c"]
    assert threads[0].to_dict(mode="python", exclude_none=True) == {
        "thread_id": "a/b",
        "count": 2,
        "trace_id": OTHER,
        "first_trace_id": ROOT,
        "last_trace_id": OTHER,
        "first_inputs": '{"q":"first"}',
        "last_outputs": '{"a":"last"}',
        "last_error": "late boom",
        "num_errored_turns": 1,
        "start_time": datetime(2026, 1, 1, tzinfo=UTC),
        "min_start_time": datetime(2026, 1, 1, tzinfo=UTC),
        "max_start_time": datetime(2026, 1, 1, 1, tzinfo=UTC),
        "latency_p50": 3.0,
        "latency_p99": 3.0,
        "feedback_stats": {"ok": {"n": 1, "avg": 1.0, "values": {}}},
    }


@pytest.mark.parametrize(
    "query",
    [
        {"filter": 'has(tags, "x")'},
        {"trace_filter": 'has(tags, "x")'},
        {"tree_filter": 'eq(run_type, "llm")'},
    ],
)
async def test_a_thread_is_listed_whole_when_one_of_its_traces_matches(
    api: Api, make_client: MakeClient, query: dict[str, Any]
) -> None:
    project_id = await _fill(api)

    pages = make_client().threads.query(project_id=project_id, **query)

    assert [(thread.thread_id, thread.count) async for thread in pages] == [("a/b", 2)]


async def test_the_traces_of_a_thread_come_in_order(api: Api, make_client: MakeClient) -> None:
    project_id = await _fill(api)
    threads = make_client().threads

    pages = threads.list_traces(
        "a/b", project_id=project_id, page_size=1, selects=["NAME", "TURN_NUMBER", "LATENCY"]
    )
    traces = [trace.to_dict() async for trace in pages]
    failed = threads.list_traces("a/b", project_id=project_id, filter="neq(error, null)")
    failed_traces = [trace.to_dict() async for trace in failed]

    assert traces == [
        {"trace_id": ROOT, "name": "work", "turn_number": 1, "latency": 3.0},
        {"trace_id": OTHER, "name": "work", "turn_number": 2, "latency": None},
    ]
    assert failed_traces == [{"trace_id": OTHER}]


async def test_the_runs_of_a_trace_come_in_order_of_start(
    api: Api, make_client: MakeClient
) -> None:
    project_id = await _fill(api)

    found = await make_client().traces.list_runs(ROOT, project_id=project_id)

    assert [run.id for run in found.items or ()] == [ROOT, CHILD, GRANDCHILD]


async def test_traces_come_with_sums_over_their_runs(api: Api, make_client: MakeClient) -> None:
    project_id = await _fill(api)
    traces = make_client().traces

    pages = traces.query(
        project_id=project_id,
        trace_filter='has(tags, "x")',
        selects=["NAME", "TOTAL_TOKENS", "FIRST_TOKEN_TIME"],
    )
    found = [trace.to_dict() async for trace in pages]
    by_id = traces.query(project_id=project_id, trace_ids=[FIFTH, ROOT], page_size=1)

    assert found == [
        {
            "root_run": {"name": "work"},
            "trace_aggregates": {"total_tokens": 5, "first_token_time": "2026-01-01T00:00:02Z"},
        }
    ]
    assert [trace.root_run and trace.root_run.id async for trace in by_id] == [FIFTH, ROOT]


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
