"""JSON requests become spans by the rules of OTLP/JSON, and by the habits of real senders."""

from typing import Any

import orjson
import pytest

from collector.errors import Refused
from collector.receiver.json_codec import decode

from .json_bodies import HEX, SAMPLE, body_of, reasons_of
from .messages import plain


def test_the_form_of_the_documented_curl_sample_is_understood() -> None:
    (found,) = decode(orjson.dumps(SAMPLE)).spans

    assert found.trace_id == "0102030405060708090a0b0c0d0e0f10"
    assert found.span_id == "0102030405060708"
    assert found.parent_span_id == ""
    assert found.name == "ask the model"
    assert found.kind == 3
    assert found.start_ns == 1763600000000000001
    assert found.end_ns == 1763600001000000002
    assert found.attributes == {"gen_ai.system": "openai", "gen_ai.usage.input_tokens": 12}
    assert found.status_code == 1
    assert found.scope.name == "manual"
    assert found.resource.attributes == {"service.name": "demo"}


@pytest.mark.parametrize(
    "members",
    [
        {"name": 5},
        {"startTimeUnixNano": "yesterday"},
        {"startTimeUnixNano": -1},
        {"endTimeUnixNano": 2**64 - 1 + 0.5},
        {"flags": 2**32},
        {"kind": "SPAN_KIND_OTHER"},
        {"kind": []},
        {"status": "OK"},
        {"status": {"code": {}}},
        {"attributes": {"a": "b"}},
        {"events": {}},
        {"events": ["x"]},
        {"links": [5]},
        {"links": "x"},
        {"droppedAttributesCount": "-1"},
        {"traceState": 1},
    ],
)
def test_a_field_of_the_wrong_type_rejects_its_span_only(members: dict[str, Any]) -> None:
    assert reasons_of({**HEX, **members}, HEX) == {"malformed": 1}


@pytest.mark.parametrize("span", [5, "x", [], None, True])
def test_a_span_that_is_no_object_is_rejected(span: Any) -> None:
    assert reasons_of(span, HEX) == {"not_an_object": 1}


def test_snake_case_names_mean_the_same_as_camel_case_ones() -> None:
    snake = {
        "resource_spans": [
            {
                "resource": {"attributes": [], "dropped_attributes_count": 1},
                "schema_url": "r",
                "scope_spans": [
                    {
                        "scope": {"name": "s", "dropped_attributes_count": 2},
                        "spans": [
                            {
                                "trace_id": HEX["traceId"],
                                "span_id": HEX["spanId"],
                                "parent_span_id": "0807060504030201",
                                "start_time_unix_nano": 5,
                                "trace_state": "t",
                                "dropped_links_count": 3,
                                "events": [{"name": "e", "time_unix_nano": 6}],
                                "links": [{"trace_id": HEX["traceId"], "span_id": "zz"}],
                            }
                        ],
                    }
                ],
            }
        ]
    }

    (found,) = decode(orjson.dumps(snake)).spans

    assert plain(found) == {
        "trace_id": HEX["traceId"],
        "span_id": HEX["spanId"],
        "parent_span_id": "0807060504030201",
        "name": "",
        "kind": 0,
        "start_ns": 5,
        "end_ns": 0,
        "attributes": {},
        "events": [{"name": "e", "time_ns": 6, "attributes": {}, "dropped": 0}],
        "links": [
            {
                "trace_id": HEX["traceId"],
                "span_id": "",
                "trace_state": "",
                "attributes": {},
                "flags": 0,
                "dropped": 0,
            }
        ],
        "status_code": 0,
        "status_message": "",
        "trace_state": "t",
        "flags": 0,
        "dropped": (0, 0, 3),
        "scope": {"name": "s", "version": "", "attributes": {}, "schema_url": "", "dropped": 2},
        "resource": {"attributes": {}, "schema_url": "r", "dropped": 1},
    }


def test_unknown_fields_are_ignored_at_every_level() -> None:
    unknown = {"future": {"a": [1]}, "future_two": None}
    pair = {"key": "k", "value": {"stringValue": "v", **unknown}, **unknown}
    span = {
        **HEX,
        **unknown,
        "attributes": [pair],
        "events": [{"name": "e", **unknown}],
        "links": [{**HEX, **unknown}],
        "status": {"code": 1, **unknown},
    }
    scope_spans = {"scope": {"name": "s", **unknown}, "spans": [span], **unknown}
    resource_spans = {"resource": {**unknown}, "scopeSpans": [scope_spans], **unknown}

    decoded = decode(orjson.dumps({"resourceSpans": [resource_spans], **unknown}))

    assert decoded.by_reason == {}
    assert decoded.spans[0].attributes == {"k": "v"}


def test_a_broken_scope_or_resource_costs_only_its_own_spans() -> None:
    good = {"scope": {"name": "good"}, "spans": [HEX]}
    bad = {"scope": {"name": 5}, "spans": [HEX, HEX]}
    request = {
        "resourceSpans": [
            {"resource": {"attributes": "no list"}, "scopeSpans": [good, good]},
            {"scopeSpans": [bad, good]},
        ]
    }

    decoded = decode(orjson.dumps(request))

    assert [found.scope.name for found in decoded.spans] == ["good"]
    assert decoded.by_reason == {"malformed": 4}


@pytest.mark.parametrize("body", [b"{}", b'{"resourceSpans":[]}', b'{"resourceSpans":null}'])
def test_a_request_without_spans_is_empty(body: bytes) -> None:
    assert decode(body).spans == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'[{"resourceSpans":[]}]',
        b"null",
        b"5",
        b'"x"',
        b"{",
        b'{"resourceSpans":{}}',
        b'{"resourceSpans":[5]}',
        b'{"resourceSpans":[{"scopeSpans":5}]}',
        b'{"resourceSpans":[{"scopeSpans":[5]}]}',
        b'{"resourceSpans":[{"scopeSpans":[{"spans":5}]}]}',
        b"\x0a\x00",
    ],
)
def test_a_body_that_is_no_otlp_object_is_refused(body: bytes) -> None:
    with pytest.raises(Refused) as refused:
        decode(body)

    assert refused.value.status == 400


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (rb"cut \ud83d", "cut \ufffd"),
        (rb"\ude00 cut", "\ufffd cut"),
        (rb"\ud83d\ud83d\ude00", "\ufffd\U0001f600"),
        (rb"\\ud83d \ud83d", "\\ud83d \ufffd"),
        (rb"\n\"\ud83dx", '\n"\ufffdx'),
        (b"cut \xe6\x9d", "cut \ufffd"),
    ],
)
def test_text_cut_in_the_middle_of_a_character_is_mended(raw: bytes, name: str) -> None:
    body = body_of({**HEX, "name": "MARK"}).replace(b"MARK", raw)

    assert decode(body).spans[0].name == name


def test_a_byte_order_mark_does_not_matter() -> None:
    assert len(decode(b"\xef\xbb\xbf" + body_of(HEX)).spans) == 1


def test_the_reasons_count_and_quote_nothing() -> None:
    decoded = decode(body_of({**HEX, "traceId": "secret"}, {**HEX, "traceId": "secret"}))

    assert decoded.reasons == ["2 rejected: the trace id is not 16 bytes, or all of them are zero"]
