"""JSON requests become spans by the rules of OTLP/JSON, and by the habits of real senders."""

import json
from typing import Any

import orjson
import pytest

from collector.errors import Refused
from collector.receiver.json_codec import decode, status, success
from translators.span import Span

from .messages import plain

HEX = {"traceId": "0102030405060708090a0b0c0d0e0f10", "spanId": "0102030405060708"}


def body_of(*spans: Any) -> bytes:
    request = {"resourceSpans": [{"scopeSpans": [{"spans": list(spans)}]}]}
    return json.dumps(request).encode()


def span_of(**members: Any) -> Span:
    decoded = decode(body_of({**HEX, **members}))
    assert decoded.by_reason == {}
    return decoded.spans[0]


def value_of(value: Any) -> Any:
    return span_of(attributes=[{"key": "k", "value": value}]).attributes["k"]


def reasons_of(*spans: Any) -> dict[str, int]:
    return decode(body_of(*spans)).by_reason


SAMPLE = {
    "resourceSpans": [
        {
            "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "demo"}}]},
            "scopeSpans": [
                {
                    "scope": {"name": "manual", "version": "1"},
                    "spans": [
                        {
                            "traceId": "AQIDBAUGBwgJCgsMDQ4PEA==",
                            "spanId": "AQIDBAUGBwg=",
                            "name": "ask the model",
                            "kind": "SPAN_KIND_CLIENT",
                            "startTimeUnixNano": 1763600000000000001,
                            "endTimeUnixNano": 1763600001000000002,
                            "attributes": [
                                {"key": "gen_ai.system", "value": {"stringValue": "openai"}},
                                {"key": "gen_ai.usage.input_tokens", "value": {"intValue": 12}},
                            ],
                            "status": {"code": "STATUS_CODE_OK"},
                        }
                    ],
                }
            ],
        }
    ]
}


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
    "trace_id",
    [
        "0102030405060708090a0b0c0d0e0f10",
        "0102030405060708090A0B0C0D0E0F10",
        "AQIDBAUGBwgJCgsMDQ4PEA==",
        {"type": "Buffer", "data": list(range(1, 17))},
    ],
)
def test_a_trace_id_is_hex_in_any_case_or_base64_by_its_length(trace_id: Any) -> None:
    assert span_of(traceId=trace_id).trace_id == "0102030405060708090a0b0c0d0e0f10"


@pytest.mark.parametrize(
    "trace_id",
    [
        None,
        "",
        "01",
        "0" * 32,
        "AAAAAAAAAAAAAAAAAAAAAA==",
        "0102030405060708090a0b0c0d0e0f1g",
        "01 02 03 04 05 06 07 08 09 0a 0b",
        "AQIDBAUGBwgJCgsMDQ4PEBES",
        "*QIDBAUGBwgJCgsMDQ4PEA==",
        "ééééééééééééééééééééééééé",
        "é" * 32,
        5,
        ["0102030405060708090a0b0c0d0e0f10"],
        {"type": "Buffer", "data": [1, 2]},
        {"type": "Buffer", "data": ["x"] * 16},
        {"type": "Buffer", "data": [256] * 16},
        {"type": "Buffer"},
    ],
)
def test_any_other_trace_id_rejects_the_span(trace_id: Any) -> None:
    assert reasons_of({**HEX, "traceId": trace_id}, HEX) == {"trace_id": 1}


@pytest.mark.parametrize("span_id", [None, "", "0" * 16, "AAAAAAAAAAA=", "123", 8, True])
def test_an_unusable_span_id_rejects_the_span(span_id: Any) -> None:
    assert reasons_of({**HEX, "spanId": span_id}, HEX) == {"span_id": 1}


@pytest.mark.parametrize(
    "parent",
    [
        None,
        "",
        "0000000000000000",
        "AAAAAAAAAAA=",
        {"type": "Buffer", "data": []},
        {"type": "Buffer", "data": [0] * 8},
    ],
)
def test_odd_parents_that_mean_root(parent: Any) -> None:
    assert span_of(parentSpanId=parent).parent_span_id == ""


def test_a_missing_parent_means_root() -> None:
    assert span_of().parent_span_id == ""


@pytest.mark.parametrize(
    "parent",
    ["0807060504030201", "CAcGBQQDAgE=", {"type": "Buffer", "data": list(range(8, 0, -1))}],
)
def test_a_parent_is_read_like_a_span_id(parent: Any) -> None:
    assert span_of(parentSpanId=parent).parent_span_id == "0807060504030201"


@pytest.mark.parametrize("parent", ["xyz", "0102", 7, {}, {"type": "Buffer", "data": [1]}])
def test_an_unusable_parent_rejects_the_span(parent: Any) -> None:
    assert reasons_of({**HEX, "parentSpanId": parent}, HEX) == {"parent_span_id": 1}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"stringValue": "text"}, "text"),
        ({"stringValue": ""}, ""),
        ({"intValue": "9223372036854775807"}, 9223372036854775807),
        ({"intValue": "-9223372036854775808"}, -9223372036854775808),
        ({"intValue": 9007199254740993}, 9007199254740993),
        ({"intValue": 3.0}, 3),
        ({"boolValue": False}, False),
        ({"doubleValue": 0.5}, 0.5),
        ({"doubleValue": 1}, 1.0),
        ({"doubleValue": "2.5"}, 2.5),
        ({"doubleValue": "NaN"}, "NaN"),
        ({"doubleValue": "Infinity"}, "Infinity"),
        ({"doubleValue": "-Infinity"}, "-Infinity"),
        ({"bytesValue": "AP8="}, "AP8="),
        ({"bytesValue": "AP8"}, "AP8="),
        ({"bytesValue": "-_8="}, "+/8="),
        ({"arrayValue": {"values": [{"intValue": "1"}, {}]}}, [1, None]),
        ({"arrayValue": {}}, []),
        ({"kvlistValue": {"values": [{"key": "a", "value": {"boolValue": True}}]}}, {"a": True}),
        ({"kvlistValue": {}}, {}),
        ({"string_value": "snake"}, "snake"),
        ({"int_value": 5}, 5),
        ({"array_value": {"values": [{"double_value": 1.5}]}}, [1.5]),
        (
            {"kvlist_value": {"values": [{"key": "b", "value": {"bool_value": False}}]}},
            {"b": False},
        ),
        ({"bytes_value": "AA=="}, "AA=="),
        ({"futureValue": 1}, None),
        ({"stringValue": None}, None),
        ({"futureValue": 1, "stringValue": "known"}, "known"),
        ({}, None),
        (None, None),
    ],
)
def test_attribute_values_become_plain_values(value: Any, expected: Any) -> None:
    found = value_of(value)

    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    "value",
    [
        "bare text",
        5,
        ["a"],
        {"stringValue": 5},
        {"intValue": "x"},
        {"intValue": "9223372036854775808"},
        {"intValue": "１２"},
        {"intValue": "1_0"},
        {"intValue": "1" * 5000},
        {"intValue": 1.5},
        {"intValue": True},
        {"boolValue": "true"},
        {"doubleValue": "much"},
        {"doubleValue": True},
        {"doubleValue": []},
        {"bytesValue": "*"},
        {"bytesValue": "A"},
        {"bytesValue": "é"},
        {"bytesValue": 5},
        {"arrayValue": [1]},
        {"arrayValue": {"values": {}}},
        {"kvlistValue": {"values": [5]}},
        {"kvlistValue": {"values": [{"key": 5}]}},
    ],
)
def test_an_attribute_of_the_wrong_type_rejects_its_span_only(value: Any) -> None:
    bad = {**HEX, "attributes": [{"key": "k", "value": value}]}

    assert reasons_of(bad, HEX) == {"malformed": 1}


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


@pytest.mark.parametrize(
    ("given", "kind"),
    [("SPAN_KIND_SERVER", 2), ("SERVER", 2), (5, 5), ("4", 4), (99, 99), (None, 0)],
)
def test_a_kind_is_a_number_or_a_name(given: Any, kind: int) -> None:
    assert span_of(kind=given).kind == kind


@pytest.mark.parametrize(
    ("given", "code"), [("STATUS_CODE_ERROR", 2), ("ERROR", 2), (1, 1), ("2", 2), (None, 0)]
)
def test_a_status_code_is_a_number_or_a_name(given: Any, code: int) -> None:
    assert span_of(status={"code": given, "message": "m"}).status_code == code


@pytest.mark.parametrize("time", ["1763600000000000001", 1763600000000000001])
def test_times_are_numbers_or_decimal_text_to_the_last_digit(time: Any) -> None:
    found = span_of(startTimeUnixNano=time, events=[{"name": "e", "timeUnixNano": time}])

    assert found.start_ns == 1763600000000000001
    assert found.events[0].time_ns == 1763600000000000001


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


def nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {"stringValue": "deep"}
    for level in range(levels):
        if level % 2:
            value = {"arrayValue": {"values": [value]}}
        else:
            value = {"kvlistValue": {"values": [{"key": "k", "value": value}]}}
    return {**HEX, "attributes": [{"key": "k", "value": value}]}


def test_values_nest_64_deep_and_no_deeper() -> None:
    assert reasons_of(nested(64)) == {}
    assert reasons_of(nested(65), HEX) == {"nesting": 1}
    assert reasons_of(nested(200), HEX) == {"nesting": 1}


def test_ten_thousand_levels_are_refused() -> None:
    body = body_of(HEX).replace(b'"spanId"', b'"x":' + b"[" * 10_000 + b"]" * 10_000 + b',"spanId"')

    with pytest.raises(Refused):
        decode(body)


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


def test_full_success_is_an_empty_object() -> None:
    assert success(0, "") == b"{}"


def test_partial_success_tells_how_many_and_why() -> None:
    assert orjson.loads(success(3, "why")) == {
        "partialSuccess": {"rejectedSpans": "3", "errorMessage": "why"}
    }


def test_a_status_is_a_google_rpc_status_in_json() -> None:
    assert orjson.loads(status(3, "no", [("body", "too bad")])) == {
        "code": 3,
        "message": "no",
        "details": [
            {
                "@type": "type.googleapis.com/google.rpc.BadRequest",
                "fieldViolations": [{"field": "body", "description": "too bad"}],
            }
        ],
    }
