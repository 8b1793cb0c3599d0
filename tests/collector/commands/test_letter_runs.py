import base64
from pathlib import Path

import pytest

from collector.commands.letter_runs import runs_in
from collector.exporter.letter import Letter, NoLetter, compose, parse
from collector.model import SealedBatch
from tests.collector.commands.letters import placed, sealed
from tests.collector.exporter.samples import destination, receipt
from tests.collector.processor.runs import padded


def letter(batch: SealedBatch) -> Letter:
    return parse(compose(batch, "422", "", run_ids=[], first_ns=None, now_ns=0))


def plain_letter(body: bytes, **headers: str) -> Letter:
    sent = {"Content-Type": "multipart/form-data; boundary=b"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return letter(SealedBatch(destination(), body, sent, [receipt(1)], [len(body)], len(body)))


def part(name: str, content: bytes, media_type: str = "application/json") -> bytes:
    head = (
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n'
        f"Content-Type: {media_type}\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content + b"\r\n"


def test_each_run_is_one_object_with_all_that_was_sent_of_it() -> None:
    full = placed(1, "chat gpt")
    full.inputs, full.outputs, full.error = b'{"q":1}', b'{"a":2}', b'"boom"'
    full.events, full.extra = b'[{"name":"e"}]', b'{"metadata":{"k":1}}'
    full.attachments = (("pic.v2.png", "image/png", b"\x89PNG"),)

    run, other = runs_in(letter(sealed(full, placed(2))))

    assert run == {
        "operation": "post",
        "id": padded(1),
        "trace_id": padded(1),
        "dotted_order": f"20260101T000000000000Z{padded(1)}",
        "start_time": "2026-01-01T00:00:00.000000+00:00",
        "end_time": "2026-01-01T00:00:00.001000+00:00",
        "name": "chat gpt",
        "run_type": "llm",
        "session_name": "default",
        "inputs": {"q": 1},
        "outputs": {"a": 2},
        "events": [{"name": "e"}],
        "extra": {"metadata": {"k": 1}},
        "error": "boom",
        "attachments": [
            {
                "name": "pic.v2.png",
                "mime_type": "image/png",
                "data_base64": base64.b64encode(b"\x89PNG").decode(),
            }
        ],
    }
    assert other["id"] == padded(2)


def test_a_run_and_its_completion_are_two() -> None:
    first, again = placed(1), placed(1)
    again.patch = True
    again.attachments = (("a", "text/plain", b"x"),)

    runs = runs_in(letter(sealed(first, again)))

    assert [run["operation"] for run in runs] == ["post", "patch"]
    assert [run["id"] for run in runs] == [padded(1)] * 2
    assert ["attachments" in run for run in runs] == [False, True]


def test_what_should_be_json_and_is_not_comes_as_text() -> None:
    body = part("post.i", b'{"id":') + part("post.i.inputs", b"\xff{") + b"--b--\r\n"

    assert runs_in(plain_letter(body)) == [
        {"operation": "post", "id": "i", "main": '{"id":', "inputs": "�{"}
    ]


def test_an_attachment_without_its_run_is_told() -> None:
    body = part("attachment.i.a", b"x", "text/plain") + b"--b--\r\n"

    (run,) = runs_in(plain_letter(body))

    assert run["attachments"] == [{"name": "a", "mime_type": "text/plain", "data_base64": "eA=="}]


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        (plain_letter(b"nothing"), "has a body that cannot be taken apart: the body does not"),
        (plain_letter(b"x", Content_Encoding="zstd"), "has a body that cannot be read: the body"),
        (plain_letter(b"x", Content_Encoding="br"), "has a body that cannot be read: Content-"),
        (plain_letter(b"x", Content_Type="text/plain"), "has a body that cannot be taken apart"),
    ],
)
def test_a_body_that_cannot_be_taken_apart_is_told_with_the_reason(
    broken: Letter, problem: str, tmp_path: Path
) -> None:
    with pytest.raises(NoLetter) as caught:
        runs_in(broken)

    assert str(caught.value).startswith(problem)
