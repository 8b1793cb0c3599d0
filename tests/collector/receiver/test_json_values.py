"""Ids, numbers, enums and attribute values of OTLP/JSON, in all the forms that senders use."""

from typing import Any

import pytest

from collector.errors import Refused
from collector.receiver.json_codec import decode

from .json_bodies import HEX, body_of, reasons_of, span_of


def value_of(value: Any) -> Any:
    return span_of(attributes=[{"key": "k", "value": value}]).attributes["k"]


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
