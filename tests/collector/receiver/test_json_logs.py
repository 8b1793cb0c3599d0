"""JSON requests become log records by the rules of OTLP/JSON, and by the habits of senders."""

import json
from typing import Any

import orjson
import pytest

from collector.errors import Refused
from collector.receiver.json_logs import decode
from translators.log_record import LogRecord

from .json_bodies import HEX
from .messages import plain


def body_of(*records: Any) -> bytes:
    request = {"resourceLogs": [{"scopeLogs": [{"logRecords": list(records)}]}]}
    return json.dumps(request).encode()


def record_of(**members: Any) -> LogRecord:
    decoded = decode(body_of({**HEX, **members}))
    assert decoded.by_reason == {}
    return decoded.records[0]


def reasons_of(*records: Any) -> dict[str, int]:
    return decode(body_of(*records)).by_reason


def test_snake_case_names_mean_the_same_as_camel_case_ones() -> None:
    snake = {
        "resource_logs": [
            {
                "resource": {"attributes": [], "dropped_attributes_count": 1},
                "schema_url": "r",
                "scope_logs": [
                    {
                        "scope": {"name": "s", "dropped_attributes_count": 2},
                        "log_records": [
                            {
                                "trace_id": HEX["traceId"],
                                "span_id": HEX["spanId"],
                                "time_unix_nano": "5",
                                "observed_time_unix_nano": 6,
                                "severity_number": 17,
                                "severity_text": "ERROR",
                                "event_name": "e",
                                "body": {"string_value": "b"},
                                "attributes": [{"key": "k", "value": {"int_value": "4"}}],
                                "dropped_attributes_count": 3,
                            }
                        ],
                    }
                ],
            }
        ]
    }

    (found,) = decode(orjson.dumps(snake)).records

    assert plain(found) == {
        "trace_id": HEX["traceId"],
        "span_id": HEX["spanId"],
        "event_name": "e",
        "time_ns": 5,
        "body": "b",
        "attributes": {"k": 4},
        "severity_text": "ERROR",
        "severity_number": 17,
        "dropped": 3,
        "scope": {"name": "s", "version": "", "attributes": {}, "schema_url": "", "dropped": 2},
        "resource": {"attributes": {}, "schema_url": "r", "dropped": 1},
    }


@pytest.mark.parametrize("value", ["AQIDBAUGBwgJCgsMDQ4PEA==", "0102030405060708090A0B0C0D0E0F10"])
def test_ids_may_be_hex_or_base64(value: str) -> None:
    assert record_of(traceId=value).trace_id == "0102030405060708090a0b0c0d0e0f10"


@pytest.mark.parametrize("value", [None, "", "0" * 32, "short", "z" * 32, 5, {}])
def test_a_record_of_no_usable_trace_id_belongs_to_no_trace(value: Any) -> None:
    found = record_of(traceId=value)

    assert (found.trace_id, found.span_id) == ("", "0102030405060708")


@pytest.mark.parametrize("value", [None, "", "0" * 16, "short", 5, []])
def test_a_record_of_no_usable_span_id_belongs_to_no_span(value: Any) -> None:
    assert record_of(spanId=value).span_id == ""


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (9, 9),
        ("9", 9),
        ("SEVERITY_NUMBER_TRACE", 1),
        ("SEVERITY_NUMBER_INFO2", 10),
        ("WARN", 13),
        ("SEVERITY_NUMBER_FATAL4", 24),
        ("SEVERITY_NUMBER_UNSPECIFIED", 0),
        (None, 0),
    ],
)
def test_a_severity_may_be_a_number_or_its_name(value: Any, number: int) -> None:
    assert record_of(severityNumber=value).severity_number == number


def test_a_record_without_a_time_has_that_of_its_observation() -> None:
    assert record_of(timeUnixNano="0", observedTimeUnixNano="7").time_ns == 7
    assert record_of().time_ns == 0


def test_the_attribute_names_the_event_before_the_field_does_and_stays() -> None:
    named = [{"key": "event.name", "value": {"stringValue": "attribute"}}]

    found = record_of(eventName="field", attributes=named)

    assert found.event_name == "attribute"
    assert found.attributes == {"event.name": "attribute"}


@pytest.mark.parametrize("value", [None, {}, {"stringValue": ""}, {"intValue": 5}])
def test_an_attribute_that_is_no_name_does_not_name_the_event(value: Any) -> None:
    unnamed = [{"key": "event.name", "value": value}]

    assert record_of(eventName="field", attributes=unnamed).event_name == "field"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (None, None),
        ({}, None),
        ({"stringValue": ""}, ""),
        ({"kvlistValue": {"values": [{"key": "a", "value": {"boolValue": True}}]}}, {"a": True}),
    ],
)
def test_a_body_may_be_any_value(body: Any, expected: Any) -> None:
    assert record_of(body=body).body == expected


@pytest.mark.parametrize(
    "members",
    [
        {"timeUnixNano": "yesterday"},
        {"observedTimeUnixNano": -1},
        {"severityNumber": "LOUD"},
        {"severityText": 5},
        {"eventName": {}},
        {"body": "text"},
        {"body": {"intValue": "x"}},
        {"attributes": {"a": "b"}},
        {"droppedAttributesCount": 2**32},
    ],
)
def test_a_field_of_the_wrong_type_rejects_its_record_only(members: dict[str, Any]) -> None:
    decoded = decode(body_of({**HEX, **members}, HEX))

    assert decoded.by_reason == {"malformed": 1}
    assert len(decoded.records) == 1


@pytest.mark.parametrize("record", [5, "x", [], None, True])
def test_a_record_that_is_no_object_is_rejected(record: Any) -> None:
    assert reasons_of(record, HEX) == {"not_an_object": 1}


def test_a_body_nested_too_deep_rejects_its_record_only() -> None:
    value: dict[str, Any] = {"stringValue": "deep"}
    for _ in range(65):
        value = {"arrayValue": {"values": [value]}}

    assert reasons_of({**HEX, "body": value}, HEX) == {"nesting": 1}


def test_a_broken_scope_or_resource_costs_only_its_own_records() -> None:
    good = {"scope": {"name": "good"}, "logRecords": [HEX]}
    bad = {"scope": {"name": 5}, "logRecords": [HEX, HEX]}
    request = {
        "resourceLogs": [
            {"resource": {"attributes": "no list"}, "scopeLogs": [good, good]},
            {"scopeLogs": [bad, good]},
        ]
    }

    decoded = decode(orjson.dumps(request))

    assert [found.scope.name for found in decoded.records] == ["good"]
    assert decoded.by_reason == {"malformed": 4}


def test_unknown_fields_are_ignored_at_every_level() -> None:
    unknown = {"future": {"a": [1]}, "future_two": None}
    scope_logs = {"scope": {**unknown}, "logRecords": [{**HEX, **unknown}], **unknown}
    resource_logs = {"resource": {**unknown}, "scopeLogs": [scope_logs], **unknown}

    decoded = decode(orjson.dumps({"resourceLogs": [resource_logs], **unknown}))

    assert decoded.by_reason == {}
    assert len(decoded.records) == 1


def test_text_cut_in_the_middle_of_a_character_is_mended() -> None:
    cut = body_of({**HEX, "body": {"stringValue": "MARK"}}).replace(b"MARK", rb"cut \ud83d")

    assert decode(cut).records[0].body == "cut \ufffd"


@pytest.mark.parametrize("body", [b"{}", b'{"resourceLogs":[]}', b'{"resourceLogs":null}'])
def test_a_request_without_records_is_empty(body: bytes) -> None:
    assert decode(body).records == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "the body is not JSON"),
        (b"{", "the body is not JSON"),
        (b"[]", "the body is not a JSON object with resourceLogs"),
        (
            b'{"resourceLogs":[{"scopeLogs":[{"logRecords":5}]}]}',
            "resourceLogs, scopeLogs and logRecords must be lists, the first two of objects",
        ),
        (
            b'{"resourceLogs":[5]}',
            "resourceLogs, scopeLogs and logRecords must be lists, the first two of objects",
        ),
    ],
)
def test_a_body_that_is_no_otlp_object_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        decode(body)

    assert (refused.value.status, refused.value.reason) == (400, reason)
