"""Posts, patches and repeats of the same run."""

from typing import Any

from collector.sandbox.store import RunStore
from tests.collector.sandbox.wire import (
    CHILD,
    ROOT,
    ROOT_ORDER,
    Api,
    child,
    part,
    root,
)

PATCH = {"id": ROOT, "trace_id": ROOT, "dotted_order": ROOT_ORDER}


async def _read(api: Api, run_id: str = ROOT) -> Any:
    return (await api.call("GET", f"/runs/{run_id}"))[1]


async def test_the_same_post_twice_is_one_run_and_counted_twice(api: Api, store: RunStore) -> None:
    await api.post_parts(part(f"post.{ROOT}", root()))
    once = await _read(api)

    status, _ = await api.post_parts(part(f"post.{ROOT}", root()))

    assert status == 202
    assert await _read(api) == once
    assert (store.posts(ROOT), store.posts(CHILD)) == (2, 0)


async def test_a_patch_is_not_counted_as_a_post(api: Api, store: RunStore) -> None:
    await api.post_parts(part(f"post.{ROOT}", root()), part(f"patch.{ROOT}", PATCH))

    assert store.posts(ROOT) == 1


async def test_a_refused_request_is_not_counted(api: Api, store: RunStore) -> None:
    await api.post_parts(part(f"post.{ROOT}", root()))

    await api.post_parts(part(f"post.{ROOT}", root()), part(f"post.{CHILD}", child(name=None)))

    assert store.posts(ROOT) == 1


async def test_a_patch_replaces_what_it_names_and_leaves_the_rest(api: Api) -> None:
    await api.post_parts(
        part(f"post.{ROOT}", root(end_time=None, tags=["a"])),
        part(f"post.{ROOT}.extra", {"metadata": {"a": 1}, "runtime": {}}),
        part(f"patch.{ROOT}", {**PATCH, "end_time": "2026-01-01T00:00:09Z", "tags": None}),
        part(f"patch.{ROOT}.extra", {"metadata": {"b": 2}}),
    )

    run = await _read(api)

    assert run["end_time"] == "2026-01-01T00:00:09.000000+00:00"
    assert run["tags"] == ["a"]
    assert run["extra"] == {"metadata": {"b": 2}}


async def test_a_patch_before_its_post_wins_over_it(api: Api, store: RunStore) -> None:
    await api.post_parts(part(f"patch.{ROOT}", {**PATCH, "end_time": "2026-01-01T00:00:09Z"}))
    missing, _ = await api.call("GET", f"/runs/{ROOT}")

    await api.post_parts(part(f"post.{ROOT}", root(session_name="late")))
    run = await _read(api)

    assert missing == 404
    assert run["end_time"] == "2026-01-01T00:00:09.000000+00:00"
    assert run["name"] == "work"
    assert store.posts(ROOT) == 1


async def test_a_post_must_agree_with_the_patch_that_came_before_it(api: Api) -> None:
    moved = root(
        dotted_order=f"20260101T000000000007Z{ROOT}", start_time="2026-01-01T00:00:00.000007Z"
    )

    await api.post_parts(part(f"patch.{ROOT}", PATCH))
    status, answer = await api.post_parts(part(f"post.{ROOT}", moved))

    assert status == 422
    assert answer["detail"] == f"run {ROOT}, part post.{ROOT}: dotted_order is not what the run has"


async def test_a_run_goes_to_the_project_of_its_post_wherever_its_patch_went(api: Api) -> None:
    await api.post_parts(
        part(f"patch.{ROOT}", PATCH),
        part(f"post.{ROOT}", root(session_name="named")),
        part(f"patch.{ROOT}", {**PATCH, "session_name": "elsewhere"}),
    )

    _, project = await api.call("GET", "/sessions?name=named")

    assert (await _read(api))["session_id"] == project[0]["id"]


async def test_an_attachment_may_follow_its_run_in_a_later_request(api: Api) -> None:
    await api.post_parts(part(f"post.{ROOT}", root()))
    await api.post_parts(part(f"attachment.{ROOT}.a", b"old", "text/plain"))
    first = (await _read(api))["s3_urls"]

    await api.post_parts(part(f"attachment.{ROOT}.a", b"new", "text/plain"))
    second = (await _read(api))["s3_urls"]
    _, kind, text = await api.text(second["attachment.a"]["presigned_url"])

    assert first == second
    assert (kind, text) == ("text/plain", "new")


async def test_a_run_sent_again_with_its_parent_known_becomes_its_child(api: Api) -> None:
    orphan = child(
        trace_id=CHILD, parent_run_id=None, dotted_order=f"20260101T000001500000Z{CHILD}"
    )

    await api.post_parts(part(f"post.{CHILD}", orphan))
    await api.post_parts(part(f"post.{CHILD}", child()))
    run = await _read(api, CHILD)

    assert (run["trace_id"], run["parent_run_id"]) == (ROOT, ROOT)


async def test_a_status_that_is_sent_is_not_believed(api: Api) -> None:
    await api.post_parts(part(f"post.{ROOT}", root(status="success", error="boom")))

    assert (await _read(api))["status"] == "error"
