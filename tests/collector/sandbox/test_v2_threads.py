"""Threads and traces of API v2, through LangSmith's own client."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.collector.sandbox.conftest import MakeClient, informed
from tests.collector.sandbox.v2_traces import FIFTH, fill
from tests.collector.sandbox.wire import CHILD, GRANDCHILD, OTHER, ROOT, Api


async def test_threads_are_summed_up_latest_first(api: Api, make_client: MakeClient) -> None:
    project_id = await fill(api)
    feedback = {"id": OTHER, "key": "ok", "run_id": OTHER, "score": 1}
    await api.call("POST", "/feedback", json=feedback)

    pages = (await informed(make_client())).threads.query(project_id=project_id, page_size=1)
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
    project_id = await fill(api)

    pages = (await informed(make_client())).threads.query(project_id=project_id, **query)

    assert [(thread.thread_id, thread.count) async for thread in pages] == [("a/b", 2)]


async def test_the_traces_of_a_thread_come_in_order(api: Api, make_client: MakeClient) -> None:
    project_id = await fill(api)
    threads = (await informed(make_client())).threads

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
    project_id = await fill(api)

    found = await (await informed(make_client())).traces.list_runs(ROOT, project_id=project_id)

    assert [run.id for run in found.items or ()] == [ROOT, CHILD, GRANDCHILD]


async def test_traces_come_with_sums_over_their_runs(api: Api, make_client: MakeClient) -> None:
    project_id = await fill(api)
    traces = (await informed(make_client())).traces

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
            "trace_aggregates": {
                "total_tokens": 5,
                "first_token_time": datetime(2026, 1, 1, 0, 0, 2, tzinfo=UTC),
            },
        }
    ]
    assert [trace.root_run and trace.root_run.id async for trace in by_id] == [FIFTH, ROOT]
