"""Part names, part types and JSON: what a request may be made of."""

from typing import Any

import pytest

from tests.collector.sandbox.wire import CHILD, OTHER, ROOT, Api, child, part, root

POST = f"post.{ROOT}"


def _posted(*more: bytes) -> tuple[bytes, ...]:
    return (part(POST, root()), *more)


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        (
            _posted(part(f"put.{ROOT}", {})),
            f"part put.{ROOT}: its name starts with none of post, patch, attachment, feedback",
        ),
        (
            [part("post.7", {"id": "7"})],
            "part post.7: '7' is not a lower-case hyphenated UUID",
        ),
        (
            [part("post", {})],
            "part post: '' is not a lower-case hyphenated UUID",
        ),
        (
            [part(f"post.{'a' * 32}", {})],
            f"part post.{'a' * 32}: {'a' * 32!r} is not a lower-case hyphenated UUID",
        ),
        (
            [part(POST, root(id=OTHER))],
            f"run {ROOT}, part {POST}: id '{OTHER}' is not the id in the part's name",
        ),
        (
            [part(POST, root(id=None))],
            f"run {ROOT}, part {POST}: id None is not the id in the part's name",
        ),
        ([part(POST, [])], f"run {ROOT}, part {POST}: not a JSON object"),
        (
            [part(POST, root(), content_type="text/plain")],
            f"run {ROOT}, part {POST}: Content-Type text/plain is not application/json",
        ),
        (
            _posted(part(f"{POST}.input", {})),
            f"run {ROOT}, part {POST}.input: 'input' is not one of "
            "inputs, outputs, events, extra, error, serialized",
        ),
        (
            [part(f"{POST}.inputs", {}), part(POST, root())],
            f"run {ROOT}, part {POST}.inputs: its main part does not come before it",
        ),
        (
            _posted(part(f"patch.{ROOT}.inputs", {})),
            f"run {ROOT}, part patch.{ROOT}.inputs: its main part does not come before it",
        ),
        (
            _posted(part(f"{POST}.inputs", {}), part(f"{POST}.inputs", {})),
            f"run {ROOT}, part {POST}.inputs: inputs was already given",
        ),
        (
            [part(POST, root(error="boom")), part(f"{POST}.error", "boom")],
            f"run {ROOT}, part {POST}.error: error was already given",
        ),
        (
            _posted(part(f"{POST}.inputs", None)),
            f"run {ROOT}, part {POST}.inputs: a part of its own is not null",
        ),
        (
            _posted(part(f"{POST}.inputs", "text")),
            f"run {ROOT}, part {POST}: inputs is not a JSON object",
        ),
        (
            _posted(part(f"{POST}.events", {})),
            f"run {ROOT}, part {POST}: events is not a list of JSON objects",
        ),
        (
            [part(POST, root(inputs={}))],
            f"run {ROOT}, part {POST}: inputs needs a part of its own",
        ),
        (
            [part(POST, root(attachments={}))],
            f"run {ROOT}, part {POST}: attachments needs a part of its own",
        ),
        (
            _posted(part(f"attachment.{ROOT}.a.png", b"x", "image/png")),
            f"run {ROOT}, part attachment.{ROOT}.a.png: "
            "an attachment's name is not empty and has no dot",
        ),
        (
            _posted(part(f"attachment.{ROOT}", b"x", "image/png")),
            f"run {ROOT}, part attachment.{ROOT}: an attachment's name is not empty and has no dot",
        ),
        (
            _posted(part(f"attachment.{OTHER}.a", b"x", "image/png")),
            f"run {OTHER}, part attachment.{OTHER}.a: there is no such run",
        ),
    ],
)
async def test_a_part_that_breaks_the_naming_rules_is_refused(
    api: Api, parts: list[bytes], reason: str
) -> None:
    status, answer = await api.post_parts(*parts)
    _, kept = await api.call("POST", "/runs/query", json={})

    assert (status, answer) == (422, {"detail": reason})
    assert kept["runs"] == []


@pytest.mark.parametrize(
    "raw",
    [
        b'{"x": NaN}',
        b'{"x": Infinity}',
        b'{"x": 1e400}',
        b'{"x": "\\ud800"}',
        b'{"x": "\xff"}',
        b"{'x': 1}",
        b'{"x": 1} {}',
        b"",
    ],
)
async def test_what_is_not_json_is_refused(api: Api, raw: bytes) -> None:
    status, answer = await api.post_parts(*_posted(part(f"{POST}.inputs", raw)))

    assert status == 422
    assert answer["detail"].startswith(f"run {ROOT}, part {POST}.inputs: not valid JSON: ")


async def test_json_that_is_nested_beyond_reason_is_refused(api: Api) -> None:
    raw = b'{"x": ' + b"[" * 1030 + b"]" * 1030 + b"}"

    status, answer = await api.post_parts(*_posted(part(f"{POST}.inputs", raw)))

    assert status == 422
    assert answer["detail"].startswith(f"run {ROOT}, part {POST}.inputs: not valid JSON: ")


async def test_nesting_that_only_some_interpreters_follow_is_taken_or_refused(api: Api) -> None:
    raw = b'{"x": ' + b"[" * 1010 + b"]" * 1010 + b"}"

    status, _ = await api.post_parts(*_posted(part(f"{POST}.inputs", raw)))

    assert status in (202, 422)


async def test_all_fields_arrive_by_their_own_parts(api: Api) -> None:
    fields: dict[str, Any] = {
        "inputs": {"big": 2**70, "deep": {"a": [1, 2.5, None, "ü"]}},
        "outputs": {},
        "events": [{"name": "start"}],
        "extra": {"metadata": {"k": "v"}},
        "error": "boom",
        "serialized": {"lc": 1},
    }

    parts = [part(f"{POST}.{name}", value) for name, value in fields.items()]
    status, _ = await api.post_parts(*_posted(*parts))
    _, kept = await api.call("GET", f"/runs/{ROOT}")

    assert status == 202
    assert {name: kept[name] for name in fields} == fields


async def test_extra_error_and_serialized_may_stand_in_the_main_part(api: Api) -> None:
    run = root(extra={"metadata": {"a": 1}}, error="boom", serialized={"lc": 1})

    await api.post_parts(part(POST, run))
    _, kept = await api.call("GET", f"/runs/{ROOT}")

    assert (kept["extra"], kept["error"]) == ({"metadata": {"a": 1}}, "boom")
    assert kept["serialized"] == {"lc": 1}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"post": {}}, "post is not a list of runs"),
        ({"post": [7]}, "post: a run is not a JSON object"),
        ({"patch": [{}]}, "patch: id None is not a lower-case hyphenated UUID"),
        (
            {"post": [root(run_type="agent")]},
            f"run {ROOT}, part {POST}: run_type 'agent' is not one of "
            "tool, chain, llm, retriever, embedding, prompt, parser",
        ),
    ],
)
async def test_a_batch_keeps_the_same_rules(api: Api, body: dict[str, Any], reason: str) -> None:
    assert await api.call("POST", "/runs/batch", json=body) == (422, {"detail": reason})


async def test_a_single_patch_must_be_of_the_run_it_is_sent_to(api: Api) -> None:
    await api.post_parts(part(POST, root()), part(f"post.{CHILD}", child()))

    status, answer = await api.call("PATCH", f"/runs/{ROOT}", json={"id": CHILD})

    assert (status, answer) == (
        422,
        {"detail": f"run {ROOT}, part patch.{ROOT}: the body's id is {CHILD}"},
    )
