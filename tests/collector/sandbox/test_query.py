"""Asking for runs through LangSmith's own client: which, in what order, page by page."""

import asyncio
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from langsmith import Client
from langsmith.run_trees import RunTree
from langsmith.schemas import Run

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
    root,
)

# The readers of API v1 are what most users have; the client calls them deprecated.
pytestmark = pytest.mark.filterwarnings(
    "ignore:.*is deprecated and will be removed after Jan 31, 2027:DeprecationWarning"
)


async def _list(client: Client, **query: Any) -> list[Run]:
    return await asyncio.to_thread(lambda: list(client.list_runs(**query)))


async def _fill(api: Api, **changes: Any) -> None:
    """Post a trace of three runs and one of a single run, an hour later, to ``default``."""
    runs = [root(**changes), child(run_type="llm"), grandchild(error="boom"), other()]
    status, answer = await api.call("POST", "/runs/batch", json={"post": runs})
    assert (status, answer) == (202, {})


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [OTHER, GRANDCHILD, CHILD, ROOT]),
        ({"order": "asc"}, [ROOT, CHILD, GRANDCHILD, OTHER]),
        ({"run_type": "llm"}, [CHILD]),
        ({"is_root": True}, [OTHER, ROOT]),
        ({"is_root": False}, [GRANDCHILD, CHILD]),
        ({"trace_id": ROOT}, [GRANDCHILD, CHILD, ROOT]),
        ({"parent_run_id": ROOT}, [CHILD]),
        ({"error": True}, [GRANDCHILD]),
        ({"error": False}, [OTHER, CHILD, ROOT]),
        ({"run_ids": [CHILD, OTHER]}, [OTHER, CHILD]),
        ({"start_time": datetime(2026, 1, 1, 0, 0, 2, tzinfo=UTC)}, [OTHER, GRANDCHILD]),
        ({"end_time": "2026-01-01T00:00:01Z"}, [ROOT]),
        ({"limit": 2}, [OTHER, GRANDCHILD]),
        ({"query": "WORK"}, [OTHER, GRANDCHILD, CHILD, ROOT]),
        ({"filter": 'eq(run_type, "llm")'}, [CHILD]),
        ({"filter": 'eq(run_type, "tool")'}, []),
        ({"trace_filter": 'has(tags, "blue")'}, [GRANDCHILD, CHILD, ROOT]),
        ({"tree_filter": "neq(error, null)", "is_root": True}, [ROOT]),
        ({"reference_example_id": OTHER}, [ROOT]),
    ],
)
async def test_list_runs_takes_what_the_query_says_newest_first(
    api: Api, make_client: MakeClient, query: dict[str, Any], expected: list[str]
) -> None:
    await _fill(api, tags=["blue"], reference_example_id=OTHER)

    runs = await _list(make_client(), project_name="default", **query)

    assert [str(run.id) for run in runs] == expected


async def test_ids_overrule_all_other_conditions(api: Api, make_client: MakeClient) -> None:
    await _fill(api)

    runs = await _list(make_client(), project_id=OTHER, run_ids=[CHILD], error=True)

    assert [str(run.id) for run in runs] == [CHILD]


async def test_a_selection_brings_only_the_selected_and_the_indispensable_fields(
    api: Api,
) -> None:
    await _fill(api, inputs={"a": 1})

    _, answer = await api.call(
        "POST", "/runs/query", json={"id": [ROOT], "select": ["inputs", "child_run_ids"]}
    )

    assert answer["runs"] == [
        {
            "id": ROOT,
            "name": "work",
            "run_type": "chain",
            "start_time": "2026-01-01T00:00:00.000000+00:00",
            "trace_id": ROOT,
            "dotted_order": f"20260101T000000000000Z{ROOT}",
            "inputs": {"a": 1},
            "child_run_ids": [CHILD, GRANDCHILD],
        }
    ]


@pytest.mark.parametrize("order", ["asc", "desc"])
async def test_paging_brings_every_run_once_also_when_all_start_together(
    make_client: MakeClient, order: str
) -> None:
    client = make_client()
    start = datetime.now(UTC)

    def send() -> set[uuid.UUID]:
        runs = [
            RunTree(name=str(n), project_name="many", start_time=start, ls_client=client)
            for n in range(250)
        ]
        for run in runs:
            run.end()
            run.post()
        client.flush()
        return {run.id for run in runs}

    sent = await asyncio.to_thread(send)
    listed = await _list(client, project_name="many", order=order)

    assert len(listed) == 250
    assert {run.id for run in listed} == sent


async def test_a_page_ends_with_a_cursor_and_the_last_page_without(api: Api) -> None:
    await _fill(api)

    _, first = await api.call("POST", "/runs/query", json={"limit": 3})
    body = {"limit": 3, "cursor": first["cursors"]["next"]}
    _, second = await api.call("POST", "/runs/query", json=body)

    assert [run["id"] for run in first["runs"]] == [OTHER, GRANDCHILD, CHILD]
    assert [run["id"] for run in second["runs"]] == [ROOT]
    assert second["cursors"] == {"next": None}


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        ({"cursor": CHILD}, 400, "the cursor is not known"),
        ({"filter": "eq("}, 400, "filter: expected a field, a value or a function"),
        ({"limit": 0}, 422, "limit is less than 1"),
        ({"session": ["x"]}, 422, "session: 'x' is not a UUID"),
        ({"trace": 1}, 422, "trace is not a str"),
        ({"start_time": "soon"}, 422, "start_time is not an ISO-8601 time"),
        ({"order": "up"}, 422, "order is asc or desc"),
    ],
)
async def test_a_query_that_makes_no_sense_is_refused_with_the_reason(
    api: Api, body: dict[str, Any], status: int, detail: str
) -> None:
    got, answer = await api.call("POST", "/runs/query", json=body)

    assert got == status
    assert answer["detail"].startswith(detail)


async def test_statistics_cover_what_the_query_lists(api: Api, make_client: MakeClient) -> None:
    usage = {"usage_metadata": {"input_tokens": 2, "output_tokens": 1, "total_cost": 0.1}}
    await _fill(api, outputs=usage, events=[{"name": "new_token", "time": "2026-01-01T00:00:01Z"}])
    client = make_client()

    stats = await asyncio.to_thread(client.get_run_stats, project_names=["default"], is_root=True)

    assert stats == {
        "run_count": 2,
        "latency_p50": 3.0,
        "latency_p99": 5.0,
        "first_token_p50": 1.0,
        "first_token_p99": 1.0,
        "last_run_start_time": "2026-01-01T01:00:00.000000+00:00",
        "error_rate": 0.0,
        "run_facets": [],
        "total_tokens": 3,
        "total_cost": 0.1,
        "prompt_tokens": 2,
        "prompt_cost": None,
        "completion_tokens": 1,
        "completion_cost": None,
    }
