"""Protobuf requests become log records, and what is wrong with one record costs only that one."""

import pytest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue

from collector.errors import Refused
from collector.receiver.protobuf_logs import decode
from collector.receiver.wire import field
from translators.log_record import LogRecord

from .messages import SPAN_ID, TRACE_ID, log_record, log_request_of, plain


def decoded(**fields: object) -> LogRecord:
    body = log_request_of(log_record(**fields)).SerializeToString()  # type: ignore[arg-type]
    (found,) = decode(body).records
    return found


def nested(levels: int) -> bytes:
    """The bytes of a request with one record, whose body is nested *levels* deep."""
    value = field(1, b"deep")
    for _ in range(levels - 1):
        value = field(5, field(1, value))
    return field(1, field(2, field(2, log_record("deep").SerializeToString() + field(5, value))))


def test_every_field_of_a_record_arrives() -> None:
    made = log_record(
        time_unix_nano=1_763_600_000_000_000_001,
        observed_time_unix_nano=1_763_600_000_000_000_002,
        severity_number=9,
        severity_text="INFO",
        dropped_attributes_count=1,
        flags=1,
    )
    made.attributes.add(key="gen_ai.system").value.string_value = "openai"
    message = made.body.kvlist_value.values.add(key="content")
    message.value.string_value = "Hello"
    request = log_request_of(made)
    request.resource_logs[0].schema_url = "https://schema/r"
    request.resource_logs[0].scope_logs[0].schema_url = "https://schema/s"

    found = decode(request.SerializeToString()).records

    assert plain(found) == [
        {
            "trace_id": "0102030405060708090a0b0c0d0e0f10",
            "span_id": "0102030405060708",
            "event_name": "gen_ai.choice",
            "time_ns": 1_763_600_000_000_000_001,
            "body": {"content": "Hello"},
            "attributes": {"gen_ai.system": "openai"},
            "severity_text": "INFO",
            "severity_number": 9,
            "dropped": 1,
            "scope": {
                "name": "library",
                "version": "1.2",
                "attributes": {},
                "schema_url": "https://schema/s",
                "dropped": 0,
            },
            "resource": {
                "attributes": {"service.name": "shop"},
                "schema_url": "https://schema/r",
                "dropped": 0,
            },
        }
    ]


def test_records_of_a_group_share_their_resource_and_scope() -> None:
    body = log_request_of(log_record(), log_record()).SerializeToString()

    first, second = decode(body).records
    assert first.resource is second.resource
    assert first.scope is second.scope


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (None, None),
        (AnyValue(string_value="text"), "text"),
        (AnyValue(string_value=""), ""),
        (AnyValue(int_value=0), 0),
        (AnyValue(bytes_value=b"\x00\xff"), "AP8="),
        (AnyValue(array_value=ArrayValue(values=[AnyValue(string_value="a")])), ["a"]),
    ],
)
def test_a_body_may_be_any_value(body: AnyValue | None, expected: object) -> None:
    assert decoded(body=body).body == expected


@pytest.mark.parametrize("raw", [b"", b"short", bytes(16), bytes(range(17))])
def test_a_record_of_no_usable_trace_id_belongs_to_no_trace(raw: bytes) -> None:
    found = decoded(trace_id=raw)

    assert (found.trace_id, found.span_id) == ("", SPAN_ID.hex())


@pytest.mark.parametrize("raw", [b"", b"short", bytes(8), bytes(range(9))])
def test_a_record_of_no_usable_span_id_belongs_to_no_span(raw: bytes) -> None:
    found = decoded(span_id=raw)

    assert (found.trace_id, found.span_id) == (TRACE_ID.hex(), "")


def test_a_record_without_a_time_has_that_of_its_observation() -> None:
    assert decoded(observed_time_unix_nano=7).time_ns == 7
    assert decoded().time_ns == 0


def test_the_attribute_names_the_event_before_the_field_does_and_stays() -> None:
    made = log_record("field")
    made.attributes.add(key="event.name").value.string_value = "attribute"

    (found,) = decode(log_request_of(made).SerializeToString()).records

    assert found.event_name == "attribute"
    assert found.attributes == {"event.name": "attribute"}


@pytest.mark.parametrize("value", [AnyValue(), AnyValue(string_value=""), AnyValue(int_value=5)])
def test_an_attribute_that_is_no_name_does_not_name_the_event(value: AnyValue) -> None:
    made = log_record("field")
    made.attributes.add(key="event.name").value.CopyFrom(value)

    (found,) = decode(log_request_of(made).SerializeToString()).records

    assert found.event_name == "field"


def test_text_that_is_no_utf8_is_mended_everywhere() -> None:
    made = log_record("EVENT~", severity_text="SEVERITY~")
    made.attributes.add(key="KEY~").value.string_value = "VALUE~"
    made.body.kvlist_value.values.add(key="MEMBER~").value.string_value = "BODY~"
    request = log_request_of(made, log_record("neighbour"))
    request.resource_logs[0].resource.attributes[0].value.string_value = "SHOP~"
    request.resource_logs[0].schema_url = "SCHEMA~"
    request.resource_logs[0].scope_logs[0].scope.name = "SCOPE~"
    request.resource_logs[0].scope_logs[0].schema_url = "SCHEMA~"

    result = decode(request.SerializeToString().replace(b"~", b"\xe2"))

    assert result.rejected == 0
    found, neighbour = result.records
    assert found.event_name == "EVENT\ufffd"
    assert found.severity_text == "SEVERITY\ufffd"
    assert found.attributes == {"KEY\ufffd": "VALUE\ufffd"}
    assert found.body == {"MEMBER\ufffd": "BODY\ufffd"}
    assert found.resource.attributes == {"service.name": "SHOP\ufffd"}
    assert found.resource.schema_url == "SCHEMA\ufffd"
    assert found.scope.name == "SCOPE\ufffd"
    assert found.scope.schema_url == "SCHEMA\ufffd"
    assert neighbour.event_name == "neighbour"


@pytest.mark.parametrize(
    ("levels", "usable"), [(48, True), (49, True), (50, False), (10_000, False)]
)
def test_only_the_record_that_is_nested_too_deep_is_rejected(levels: int, usable: bool) -> None:
    body = log_request_of(log_record("neighbour")).SerializeToString() + nested(levels)

    result = decode(body)

    assert [found.event_name for found in result.records] == (
        ["neighbour", "deep"] if usable else ["neighbour"]
    )
    assert result.by_reason == ({} if usable else {"nesting": 1})


def test_only_the_record_whose_bytes_are_broken_is_rejected() -> None:
    made = log_record("broken")
    made.attributes.add(key="MARK").value.string_value = "x"
    body = log_request_of(made, log_record("neighbour")).SerializeToString()

    # The length of the key now reaches past the end of its message.
    result = decode(body.replace(b"\x0a\x04MARK", b"\x0a\x74MARK"))

    assert [found.event_name for found in result.records] == ["neighbour"]
    assert result.by_reason == {"malformed": 1}


def test_no_bytes_are_a_request_without_records() -> None:
    assert decode(b"").records == []


@pytest.mark.parametrize("body", [b"\xff\xff\xff", b"not protobuf", b"\x0a\x05ab", b"\x0b"])
def test_bytes_that_are_no_request_are_refused(body: bytes) -> None:
    with pytest.raises(Refused) as refused:
        decode(body)

    assert refused.value.status == 400
    assert refused.value.reason == "the body is not an ExportLogsServiceRequest in protobuf"
