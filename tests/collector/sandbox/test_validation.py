"""Every rule of the ingest contract: broken, it is answered 422 with run, part and rule."""

from typing import Any

import pytest

from tests.collector.sandbox.wire import (
    CHILD,
    CHILD_ORDER,
    OTHER,
    ROOT,
    ROOT_ORDER,
    Api,
    child,
    part,
    root,
)


async def _refusal(api: Api, *parts: bytes) -> str:
    """Return the reason a multipart request is refused for, having kept nothing of it."""
    status, answer = await api.post_parts(*parts)
    _, kept = await api.call("POST", "/runs/query", json={})
    _, projects = await api.call("GET", "/sessions")
    assert status == 422
    assert kept["runs"] == []
    assert projects == []
    return str(answer["detail"])


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"trace_id": None}, "trace_id is missing"),
        ({"dotted_order": None}, "dotted_order is missing"),
        ({"name": None}, "name is missing"),
        ({"run_type": None}, "run_type is missing"),
        ({"start_time": None}, "start_time is missing"),
        ({"name": ""}, "name is empty"),
        ({"name": 7}, "name is not a string"),
        ({"session_name": ""}, "session_name is empty"),
        ({"error": {"message": "boom"}}, "error is not a string"),
        ({"run_type": ["llm"]}, "run_type is not a string"),
        (
            {"run_type": "agent"},
            "run_type 'agent' is not one of tool, chain, llm, retriever, embedding, prompt, parser",
        ),
        ({"extra": []}, "extra is not a JSON object"),
        ({"extra": {"metadata": []}}, "extra.metadata is not a JSON object"),
        ({"serialized": "x"}, "serialized is not a JSON object"),
        ({"tags": "a"}, "tags is not a list of strings"),
        ({"tags": [1]}, "tags is not a list of strings"),
        ({"session_id": "7"}, "session_id '7' is not a lower-case hyphenated UUID"),
        ({"session_name": "a", "address": "lrn:x"}, "a project and an address are both named"),
        ({"start_time": 1767225600}, "start_time is not an ISO-8601 string"),
        (
            {"start_time": "2026-01-01T00:00:00.000000000Z"},
            "start_time: '2026-01-01T00:00:00.000000000Z' is not an ISO-8601 timestamp "
            "with at most 6 fractional digits",
        ),
        ({"end_time": "2026-13-01T00:00:00Z"}, "end_time: month must be in 1..12"),
    ],
)
async def test_a_field_that_is_missing_or_of_the_wrong_kind_is_refused(
    api: Api, changes: dict[str, Any], rule: str
) -> None:
    reason = await _refusal(api, part(f"post.{ROOT}", root(**changes)))

    assert reason == f"run {ROOT}, part post.{ROOT}: {rule}"


@pytest.mark.parametrize(
    "segment",
    [
        f"20260101T000000000Z{ROOT}",
        f"20260101T000000000000000Z{ROOT}",
        f"20260101T000000Z{ROOT}",
        f"20260101T000000000000{ROOT}",
        f"20260101T000000000000Z{ROOT[:-1]}",
        f"20260101T000000000000Z{OTHER.upper().replace('4', 'A')}",
        "",
    ],
)
async def test_a_segment_without_six_fractional_digits_or_without_uuid_is_refused(
    api: Api, segment: str
) -> None:
    reason = await _refusal(api, part(f"post.{ROOT}", root(dotted_order=segment)))

    assert reason == (
        f"run {ROOT}, part post.{ROOT}: dotted_order: segment {segment!r} "
        "is not YYYYMMDDTHHMMSSffffffZ and a lower-case UUID"
    )


@pytest.mark.parametrize(
    ("run", "rule"),
    [
        pytest.param(
            root(dotted_order=f"20260101T000000000000Z{OTHER}"),
            f"the last segment of dotted_order is of run {OTHER}",
            id="id is the last id",
        ),
        pytest.param(
            root(trace_id=OTHER),
            f"trace_id is not the first id of dotted_order, {ROOT}",
            id="trace_id is the first id",
        ),
        pytest.param(
            child(parent_run_id=OTHER),
            f"parent_run_id is not the last id but one of dotted_order, {ROOT}",
            id="parent is the penultimate id",
        ),
        pytest.param(
            child(parent_run_id=None),
            f"parent_run_id is not the last id but one of dotted_order, {ROOT}",
            id="a child has a parent",
        ),
        pytest.param(
            root(parent_run_id=OTHER),
            "parent_run_id is set, but dotted_order is that of a root",
            id="a root has no parent",
        ),
        pytest.param(
            root(start_time="2026-01-01T00:00:00.000001Z"),
            "start_time is not the time of its segment, 2026-01-01T00:00:00.000000+00:00",
            id="the segment's time is the start time",
        ),
        pytest.param(
            root(dotted_order=f"20261301T000000000000Z{ROOT}"),
            "dotted_order: time data '20261301T000000000000Z' does not match format",
            id="the segment's time exists",
        ),
        pytest.param(
            child(dotted_order=f"{CHILD_ORDER}.20260101T000001500000Z{CHILD}"),
            "dotted_order: a run id comes twice",
            id="no run is its own ancestor",
        ),
    ],
)
async def test_each_invariant_of_dotted_order_is_kept(
    api: Api, run: dict[str, Any], rule: str
) -> None:
    reason = await _refusal(api, part(f"post.{run['id']}", run))

    assert reason.startswith(f"run {run['id']}, part post.{run['id']}: {rule}")


async def test_a_child_must_continue_the_path_of_its_parent_in_the_same_request(api: Api) -> None:
    elsewhere = f"20260101T000000000007Z{ROOT}.20260101T000001500000Z{CHILD}"

    reason = await _refusal(
        api,
        part(f"post.{CHILD}", child(dotted_order=elsewhere)),
        part(f"post.{ROOT}", root()),
    )

    assert reason == (
        f"run {CHILD}, part post.{CHILD}: dotted_order does not start with that of parent {ROOT}"
    )


async def test_a_child_must_continue_the_path_of_a_parent_that_came_before(api: Api) -> None:
    elsewhere = f"20260101T000000000007Z{ROOT}.20260101T000001500000Z{CHILD}"

    await api.post_parts(part(f"post.{ROOT}", root()))
    status, answer = await api.post_parts(part(f"post.{CHILD}", child(dotted_order=elsewhere)))

    assert status == 422
    assert f"does not start with that of parent {ROOT}" in answer["detail"]


async def test_a_parent_that_comes_later_must_fit_its_children(api: Api) -> None:
    late = root(
        dotted_order=f"20260101T000000000007Z{ROOT}", start_time="2026-01-01T00:00:00.000007Z"
    )

    await api.post_parts(part(f"post.{CHILD}", child()))
    status, answer = await api.post_parts(part(f"post.{ROOT}", late))

    assert status == 422
    assert answer["detail"] == (
        f"run {ROOT}, part post.{ROOT}: dotted_order of child {CHILD} does not start with it"
    )


async def test_a_child_whose_parent_never_came_is_taken(api: Api) -> None:
    status, _ = await api.post_parts(part(f"post.{CHILD}", child()))

    assert status == 202


@pytest.mark.parametrize("name", ["trace_id", "dotted_order"])
async def test_a_patch_says_where_its_run_is(api: Api, name: str) -> None:
    patch = {"id": ROOT, "trace_id": ROOT, "dotted_order": ROOT_ORDER, name: None}

    reason = await _refusal(api, part(f"patch.{ROOT}", patch))

    assert reason == f"run {ROOT}, part patch.{ROOT}: {name} is missing"


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        (
            {
                "dotted_order": f"20260101T000000000007Z{ROOT}",
                "start_time": "2026-01-01T00:00:00.000007Z",
            },
            "dotted_order",
        ),
        (
            {
                "trace_id": OTHER,
                "parent_run_id": OTHER,
                "dotted_order": f"20260101T000000000000Z{OTHER}.{ROOT_ORDER}",
            },
            "trace_id",
        ),
    ],
)
async def test_a_patch_cannot_move_its_run(api: Api, changes: dict[str, Any], name: str) -> None:
    await api.post_parts(part(f"post.{ROOT}", root()))

    status, answer = await api.post_parts(part(f"patch.{ROOT}", root(**changes)))

    assert status == 422
    assert answer["detail"] == f"run {ROOT}, part patch.{ROOT}: {name} is not what the run has"


async def test_a_single_patch_cannot_move_its_run_in_time(api: Api) -> None:
    await api.post_parts(part(f"post.{ROOT}", root()))

    status, answer = await api.call(
        "PATCH", f"/runs/{ROOT}", json={"start_time": "2026-01-01T00:00:00.000001Z"}
    )

    assert status == 422
    assert answer["detail"] == f"run {ROOT}, part patch.{ROOT}: start_time is not what the run has"


@pytest.mark.parametrize(
    "start_time",
    ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00", "2026-01-01T02:00:00.000+02:00"],
)
async def test_every_spelling_of_the_same_start_time_fits_the_segment(
    api: Api, start_time: str
) -> None:
    status, _ = await api.post_parts(part(f"post.{ROOT}", root(start_time=start_time)))

    assert status == 202


async def test_a_patch_may_leave_the_parent_out(api: Api) -> None:
    await api.post_parts(part(f"post.{CHILD}", child()))

    status, _ = await api.post_parts(part(f"patch.{CHILD}", child(parent_run_id=None)))
    _, kept = await api.call("GET", f"/runs/{CHILD}")

    assert status == 202
    assert kept["parent_run_id"] == ROOT


async def test_one_bad_run_costs_the_whole_request(api: Api) -> None:
    reason = await _refusal(
        api,
        part(f"post.{ROOT}", root()),
        part(f"post.{CHILD}", child(run_type="agent")),
    )

    assert reason.startswith(f"run {CHILD}, part post.{CHILD}: run_type 'agent'")


@pytest.mark.parametrize(
    ("feedback", "rule"),
    [
        ({"key": "score"}, "id is not a lower-case hyphenated UUID"),
        ({"id": OTHER}, "key is missing"),
        ({"id": OTHER, "key": ""}, "key is missing"),
        ({"id": OTHER, "key": "a", "run_id": "x"}, "run_id is not a lower-case hyphenated UUID"),
    ],
)
async def test_feedback_without_id_or_key_is_refused(
    api: Api, feedback: dict[str, Any], rule: str
) -> None:
    status, answer = await api.call("POST", "/feedback", json=feedback)

    assert status == 422
    assert answer["detail"].endswith(rule)
