"""One placed run as a line."""

import orjson
import pytest

from collector.commands.run_line import run_line
from collector.model import EncodedRun, Place

ROOT = "00000000-0000-0000-0000-00000000000a"
CHILD = "00000000-0000-0000-0000-00000000000b"


@pytest.fixture
def run() -> EncodedRun:
    run = EncodedRun()
    run.place = Place(CHILD, f"20260101T000000000001Z{CHILD}", Place(ROOT, "root", None))
    run.fields = b'"name":"chat","run_type":"llm","session_name":"default"'
    run.start_us = 1_767_225_600_000_001
    run.end_us = 1_767_225_601_000_000
    run.inputs = b'{"big":123456789012345678901234567890}'
    run.outputs = run.events = run.error = None
    run.extra = b'{"metadata":{"own":1},"runtime":{"sdk":"otel"}}'
    run.late = b'"otel.resource":{},'
    run.attachments = ()
    return run


def test_a_line_has_what_an_upload_would_have(run: EncodedRun) -> None:
    line = run_line(run, None)

    assert b"\n" not in line
    assert b'"inputs":{"big":123456789012345678901234567890}' in line
    content = orjson.loads(line)
    del content["inputs"]
    assert content == {
        "id": CHILD,
        "trace_id": ROOT,
        "parent_run_id": ROOT,
        "dotted_order": f"root.20260101T000000000001Z{CHILD}",
        "name": "chat",
        "run_type": "llm",
        "session_name": "default",
        "start_time": "2026-01-01T00:00:00.000001+00:00",
        "end_time": "2026-01-01T00:00:01.000000+00:00",
        "extra": {"metadata": {"otel.resource": {}, "own": 1}, "runtime": {"sdk": "otel"}},
    }


def test_a_root_without_an_end_has_neither_parent_nor_end_time(run: EncodedRun) -> None:
    run.place = Place(ROOT, "root", None)
    run.end_us = 0

    content = orjson.loads(run_line(run, None))

    assert content["parent_run_id"] is None
    assert content["end_time"] is None


def test_error_outputs_and_events_are_there_where_the_run_has_them(run: EncodedRun) -> None:
    run.error, run.outputs, run.events = b'"boom"', b'{"a":1}', b'[{"name":"x"}]'

    content = orjson.loads(run_line(run, None))

    assert (content["error"], content["outputs"], content["events"]) == (
        "boom",
        {"a": 1},
        [{"name": "x"}],
    )


def test_an_attachment_is_told_by_name_type_and_size(run: EncodedRun) -> None:
    run.attachments = (("photo", "image/png", b"12345"),)

    assert orjson.loads(run_line(run, None))["attachments"] == [
        {"name": "photo", "mime_type": "image/png", "size": 5}
    ]


def test_an_explanation_comes_along(run: EncodedRun) -> None:
    assert orjson.loads(run_line(run, {"unmapped": ["x"]}))["explain"] == {"unmapped": ["x"]}


def test_a_run_without_a_place_is_no_line(run: EncodedRun) -> None:
    run.place = None

    with pytest.raises(ValueError, match="no place"):
        run_line(run, None)
