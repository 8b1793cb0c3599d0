"""Protobuf requests become spans, and what is wrong with one span costs only that one."""

import math

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from collector.receiver.protobuf_codec import decode

from .messages import SPAN_ID, TRACE_ID, plain, request_of, span, with_text


def value_of(value: AnyValue) -> object:
    made = span()
    made.attributes.add(key="k").value.CopyFrom(value)
    return decode(request_of(made).SerializeToString()).spans[0].attributes["k"]


def test_every_field_of_a_span_arrives() -> None:
    made = span(
        parent_span_id=bytes(range(2, 10)),
        kind=3,
        start_time_unix_nano=1_763_600_000_000_000_001,
        end_time_unix_nano=1_763_600_001_000_000_002,
        trace_state="a=b",
        flags=0x301,
        dropped_attributes_count=1,
        dropped_events_count=2,
        dropped_links_count=3,
    )
    made.status.code = Status.STATUS_CODE_ERROR
    made.status.message = "boom"
    made.attributes.add(key="llm").value.string_value = "gpt"
    event = made.events.add(name="exception", time_unix_nano=7, dropped_attributes_count=4)
    event.attributes.add(key="exception.type").value.string_value = "ValueError"
    link = made.links.add(trace_id=TRACE_ID, span_id=SPAN_ID, trace_state="c=d", flags=1)
    link.attributes.add(key="why").value.string_value = "batch"
    link.dropped_attributes_count = 5
    request = request_of(made)
    request.resource_spans[0].schema_url = "https://schema/r"
    request.resource_spans[0].resource.dropped_attributes_count = 6
    request.resource_spans[0].scope_spans[0].schema_url = "https://schema/s"

    spans = decode(request.SerializeToString()).spans

    assert plain(spans) == [
        {
            "trace_id": "0102030405060708090a0b0c0d0e0f10",
            "span_id": "0102030405060708",
            "parent_span_id": "0203040506070809",
            "name": "chat",
            "kind": 3,
            "start_ns": 1_763_600_000_000_000_001,
            "end_ns": 1_763_600_001_000_000_002,
            "attributes": {"llm": "gpt"},
            "events": [
                {
                    "name": "exception",
                    "time_ns": 7,
                    "attributes": {"exception.type": "ValueError"},
                    "dropped": 4,
                }
            ],
            "links": [
                {
                    "trace_id": "0102030405060708090a0b0c0d0e0f10",
                    "span_id": "0102030405060708",
                    "trace_state": "c=d",
                    "attributes": {"why": "batch"},
                    "flags": 1,
                    "dropped": 5,
                }
            ],
            "status_code": 2,
            "status_message": "boom",
            "trace_state": "a=b",
            "flags": 0x301,
            "dropped": (1, 2, 3),
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
                "dropped": 6,
            },
        }
    ]


def test_spans_of_a_group_share_their_resource_and_scope() -> None:
    first, second = decode(with_text("x", count=2)).spans

    assert first.resource is second.resource
    assert first.scope is second.scope
    assert first.trace_id is second.trace_id


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (AnyValue(string_value="text"), "text"),
        (AnyValue(string_value=""), ""),
        (AnyValue(int_value=-(2**63)), -(2**63)),
        (AnyValue(int_value=0), 0),
        (AnyValue(bool_value=False), False),
        (AnyValue(bool_value=True), True),
        (AnyValue(double_value=0.5), 0.5),
        (AnyValue(double_value=math.nan), "NaN"),
        (AnyValue(double_value=math.inf), "Infinity"),
        (AnyValue(double_value=-math.inf), "-Infinity"),
        (AnyValue(bytes_value=b"\x00\xff"), "AP8="),
        (AnyValue(bytes_value=b""), ""),
        (AnyValue(), None),
        (AnyValue(array_value=ArrayValue()), []),
        (
            AnyValue(
                array_value=ArrayValue(
                    values=[AnyValue(int_value=1), AnyValue(string_value="a"), AnyValue()]
                )
            ),
            [1, "a", None],
        ),
        (AnyValue(kvlist_value=KeyValueList()), {}),
        (
            AnyValue(
                kvlist_value=KeyValueList(
                    values=[KeyValue(key="a", value=AnyValue(bool_value=True))]
                )
            ),
            {"a": True},
        ),
    ],
)
def test_attribute_values_become_plain_values(value: AnyValue, expected: object) -> None:
    found = value_of(value)

    assert found == expected
    assert type(found) is type(expected)


def test_of_a_key_that_comes_twice_the_last_value_counts() -> None:
    made = span()
    made.attributes.add(key="k").value.int_value = 1
    made.attributes.add(key="k").value.int_value = 2

    assert decode(request_of(made).SerializeToString()).spans[0].attributes == {"k": 2}


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("trace_id", b"", "trace_id"),
        ("trace_id", b"short", "trace_id"),
        ("trace_id", bytes(16), "trace_id"),
        ("trace_id", bytes(range(17)), "trace_id"),
        ("span_id", b"", "span_id"),
        ("span_id", bytes(8), "span_id"),
        ("span_id", b"123456789", "span_id"),
        ("parent_span_id", b"short", "parent_span_id"),
    ],
)
def test_a_span_with_an_unusable_id_is_rejected_and_its_neighbours_live(
    name: str, value: bytes, reason: str
) -> None:
    bad = span("bad", **{name: value})

    decoded = decode(request_of(span("a"), bad, span("b"), bad, bad, span("c")).SerializeToString())

    assert [found.name for found in decoded.spans] == ["a", "b", "c"]
    assert [found.trace_id for found in decoded.spans] == [TRACE_ID.hex()] * 3
    assert decoded.by_reason == {reason: 3}
    assert decoded.rejected == 3


def test_an_unusable_trace_id_first_is_rejected() -> None:
    for trace_id in (b"", bytes(16)):
        bad = span(trace_id=trace_id)

        assert decode(request_of(bad, bad).SerializeToString()).by_reason == {"trace_id": 2}


@pytest.mark.parametrize("parent", [b"", bytes(8), bytes(16)])
def test_an_empty_or_zero_parent_means_root(parent: bytes) -> None:
    made = span(parent_span_id=parent)

    assert decode(request_of(made).SerializeToString()).spans[0].parent_span_id == ""


def test_no_bytes_are_a_request_without_spans() -> None:
    decoded = decode(b"")

    assert (decoded.spans, decoded.rejected, decoded.reasons) == ([], 0, [])


def test_a_million_attributes_are_read() -> None:
    made = span()
    pair = b"\x4a\x07\x0a\x01k\x12\x02\x18\x01"
    body = request_of(made).SerializeToString()
    spans = made.SerializeToString() + pair * 1_000_000
    request = ExportTraceServiceRequest.FromString(body)
    request.resource_spans[0].scope_spans[0].spans[0].MergeFromString(spans)

    assert decode(request.SerializeToString()).spans[0].attributes == {"k": 1}
