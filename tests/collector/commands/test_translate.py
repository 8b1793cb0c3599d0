"""OTLP files in, runs out, with the real registry and assembler."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from collector.commands.translate import Translation, translate
from collector.config import Settings
from collector.errors import Refused
from translators.base import Draft, Signature
from translators.registry import BUILTIN
from translators.span import Span

ROOT, CHILD = "000000000000000a", "000000000000000b"


def span(span_id: str, parent: str = "", **attributes: str) -> dict[str, Any]:
    return {
        "traceId": "0" * 31 + "1",
        "spanId": span_id,
        "parentSpanId": parent,
        "name": f"span {span_id[-1]}",
        "startTimeUnixNano": "1767225600000000000",
        "endTimeUnixNano": "1767225601000000000",
        "attributes": [
            {"key": key.replace("__", "."), "value": {"stringValue": value}}
            for key, value in attributes.items()
        ],
    }


def request(*spans: dict[str, Any]) -> dict[str, Any]:
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": list(spans)}]}]}


def run(
    body: bytes, settings: Settings | None = None, *, explain: bool = False
) -> tuple[list[dict[str, Any]], list[str]]:
    translation: Translation = translate(body, settings or Settings(), BUILTIN, explain=explain)
    return [orjson.loads(line) for line in translation.lines], translation.remarks


def test_a_child_follows_its_parent_and_is_placed_below_it() -> None:
    lines, remarks = run(orjson.dumps(request(span(CHILD, ROOT), span(ROOT))))

    assert [line["name"] for line in lines] == ["span a", "span b"]
    assert lines[1]["parent_run_id"] == lines[0]["id"]
    assert lines[1]["trace_id"] == lines[0]["id"]
    assert lines[1]["dotted_order"].startswith(lines[0]["dotted_order"] + ".")
    assert remarks == []


@pytest.mark.parametrize("before", [b"", b"\n  ", b"\xef\xbb\xbf"])
def test_json_is_found_out_whatever_stands_before_it(before: bytes) -> None:
    lines, _ = run(before + orjson.dumps(request(span(ROOT))))

    assert [line["name"] for line in lines] == ["span a"]


def test_a_list_and_a_line_each_are_several_requests() -> None:
    first, second = request(span(CHILD, ROOT)), request(span(ROOT))

    as_list, _ = run(orjson.dumps([first, second]))
    as_lines, _ = run(orjson.dumps(first) + b"\n\n" + orjson.dumps(second) + b"\n")

    assert as_list == as_lines
    assert [line["name"] for line in as_list] == ["span a", "span b"]


def test_json_that_the_codec_mends_is_one_request() -> None:
    body = orjson.dumps(request(span(ROOT)), option=orjson.OPT_INDENT_2)

    lines, _ = run(body.replace(b'"span a"', b'"\\ud800"'))

    assert [line["name"] for line in lines] == ["\ufffd"]


def binary(name: str) -> bytes:
    message = ExportTraceServiceRequest()
    added = message.resource_spans.add().scope_spans.add().spans.add()
    added.trace_id, added.span_id, added.name = b"\1" * 16, b"\2" * 8, name
    return message.SerializeToString()


def test_binary_is_found_out() -> None:
    lines, _ = run(binary("chat"))

    assert [line["name"] for line in lines] == ["chat"]


def test_binary_that_begins_like_json_is_found_out() -> None:
    body = next(b for n in range(200) if (b := binary("x" * n))[:2] == b"\n{")

    lines, _ = run(body)

    assert len(lines) == 1


@pytest.mark.parametrize("body", [b"{", b'{"a": 1', b"[1]", b"Hello, world", b"{}\nno"])
def test_what_is_no_request_is_refused(body: bytes) -> None:
    with pytest.raises(Refused):
        run(body)


def test_an_empty_file_has_no_spans() -> None:
    assert run(b"") == ([], ["0 spans in it"])


def test_spans_that_are_not_usable_are_told_by_reason() -> None:
    lines, remarks = run(orjson.dumps(request(span("00"), span(ROOT))))

    assert len(lines) == 1
    assert remarks == ["1 spans rejected, span_id"]


def test_a_parent_that_is_not_in_the_file_is_told() -> None:
    lines, remarks = run(orjson.dumps(request(span(CHILD, ROOT))))

    assert lines[0]["parent_run_id"] is None
    assert remarks == ["1 runs whose parent is not in the file"]


def test_filtered_spans_are_told() -> None:
    body = orjson.dumps(request(span(ROOT), span(CHILD, ROOT)))

    lines, remarks = run(body, Settings(filter_non_genai=True))

    assert [line["name"] for line in lines] == ["span a"]
    assert remarks == ["1 spans dropped, filtered"]


class Speaker:
    """A dialect that speaks about every span, and says what it is given."""

    name = "speaker"

    def __init__(self, say: Callable[[], Draft]) -> None:
        self._say = say

    def speaks(self, signature: Signature) -> bool:
        return True

    def translate(self, span: Span) -> Draft | None:
        return self._say()


def test_placeholders_are_told() -> None:
    draft = Draft()
    draft.say("drop", "pending_span")
    body = orjson.dumps(request(span(ROOT)))

    translation = translate(body, Settings(), (Speaker(lambda: draft), *BUILTIN), explain=False)

    assert translation == ([], ["1 spans dropped, pending_span"])


def test_a_translator_that_raises_is_told() -> None:
    def fail() -> Draft:
        raise RuntimeError

    body = orjson.dumps(request(span(ROOT)))

    translation = translate(body, Settings(), (Speaker(fail), *BUILTIN), explain=False)

    assert len(translation.lines) == 1
    assert translation.remarks == ["1 spans on which translator speaker failed"]


def test_the_project_and_the_id_scheme_are_those_of_the_settings() -> None:
    settings = Settings(langsmith_project="mine", run_id_scheme="trace")

    lines, _ = run(orjson.dumps(request(span(ROOT))), settings)

    assert lines[0]["session_name"] == "mine"
    assert lines[0]["id"] == "00000000-0000-0000-0000-000000000001"


def test_the_resource_is_left_out_with_the_other_generic_attributes() -> None:
    body = orjson.dumps(request(span(ROOT, app__color="red")))

    kept, _ = run(body)
    trimmed, _ = run(body, Settings(generic_otel_enabled=False))

    assert kept[0]["extra"]["metadata"]["otel.resource"] == {"service.name": "shop"}
    assert kept[0]["extra"]["metadata"]["app.color"] == "red"
    assert "otel.resource" not in trimmed[0]["extra"]["metadata"]
    assert "app.color" not in trimmed[0]["extra"]["metadata"]


def test_explain_tells_dialect_and_source_of_each_field_and_what_nobody_mapped() -> None:
    body = orjson.dumps(
        request(span(ROOT, gen_ai__request__model="gpt-4o", gen_ai__operation__name="chat", x="y"))
    )

    (line,), _ = run(body, explain=True)

    assert line["run_type"] == "llm"
    assert line["explain"]["fields"]["model"] == {
        "dialect": "genai",
        "from": ["gen_ai.request.model"],
    }
    assert line["explain"]["unmapped"] == ["x"]


def test_without_explain_nothing_is_explained() -> None:
    (line,), _ = run(orjson.dumps(request(span(ROOT))))

    assert "explain" not in line
