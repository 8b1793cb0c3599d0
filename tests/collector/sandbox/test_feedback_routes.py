"""Feedback, through LangSmith's own client."""

import asyncio
from typing import Any

import pytest
from langsmith.utils import LangSmithNotFoundError

from collector.sandbox.feedback import feedback_stats
from tests.collector.sandbox.conftest import MakeClient
from tests.collector.sandbox.wire import OTHER, ROOT, Api, other, part, root

# The sandbox finds the run without its project, as most deployments do.
pytestmark = pytest.mark.filterwarnings("ignore:Creating feedback for a run without session_id")


@pytest.mark.parametrize(
    ("trace_id", "route"),
    [(ROOT, "POST /runs/multipart"), (None, "POST /feedback")],
)
async def test_feedback_is_created_listed_changed_and_deleted(
    api: Api, make_client: MakeClient, trace_id: str | None, route: str
) -> None:
    await api.post_parts(part(f"post.{ROOT}", root()), part(f"post.{OTHER}", other()))
    client = make_client()
    before = len(api.seen)

    def live() -> list[Any]:
        made = client.create_feedback(ROOT, "good", score=1, comment="yes", trace_id=trace_id)
        client.create_feedback(OTHER, "fast", score=0, trace_id=trace_id and OTHER)
        client.flush()
        of_run = list(client.list_feedback(run_ids=[ROOT]))
        of_key = list(client.list_feedback(feedback_key=["fast"]))
        client.update_feedback(made.id, score=0.5)
        changed = client.read_feedback(made.id)
        client.delete_feedback(made.id)
        return [made, of_run, of_key, changed, list(client.list_feedback())]

    made, of_run, of_key, changed, left = await asyncio.to_thread(live)

    assert route in [path for path, _ in api.seen[before:]]
    assert [(item.id, item.score, item.comment) for item in of_run] == [(made.id, 1, "yes")]
    assert str(of_run[0].trace_id) == ROOT
    assert [item.key for item in of_key] == ["fast"]
    assert (changed.score, changed.comment) == (0.5, "yes")
    assert [item.key for item in left] == ["fast"]


async def test_feedback_that_is_not_there_is_not_found(make_client: MakeClient) -> None:
    client = make_client()

    with pytest.raises(LangSmithNotFoundError):
        await asyncio.to_thread(client.read_feedback, ROOT)
    with pytest.raises(LangSmithNotFoundError):
        await asyncio.to_thread(client.delete_feedback, ROOT)


async def test_a_run_shows_its_feedback_by_key(api: Api) -> None:
    await api.post_parts(part(f"post.{ROOT}", root()))
    await api.call("POST", "/feedback", json={"id": OTHER, "key": "ok", "run_id": ROOT, "score": 1})

    _, run = await api.call("GET", f"/runs/{ROOT}")

    assert run["feedback_stats"] == {"ok": {"n": 1, "avg": 1.0, "values": {}}}


async def test_feedback_of_another_key_is_not_there(api: Api) -> None:
    await api.call("POST", "/feedback", key="a", json={"id": OTHER, "key": "ok"})

    assert (await api.call("GET", f"/feedback/{OTHER}", key="b"))[0] == 404
    assert (await api.call("GET", "/feedback", key="b"))[1] == []


def test_scores_are_averaged_and_values_counted() -> None:
    feedback: list[dict[str, Any]] = [
        {"key": "ok", "score": 1, "value": "yes"},
        {"key": "ok", "score": 0, "value": "no"},
        {"key": "ok", "value": "yes"},
        {"key": "note", "comment": "hm"},
    ]

    assert feedback_stats(feedback) == {
        "ok": {"n": 3, "avg": 0.5, "values": {"yes": 2, "no": 1}},
        "note": {"n": 1, "avg": None, "values": {}},
    }
