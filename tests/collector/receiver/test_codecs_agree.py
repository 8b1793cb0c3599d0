"""One message gives equal spans through both codecs, and nothing makes a codec fail otherwise."""

import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.trace.v1 import trace_pb2

from collector.errors import Refused
from collector.receiver import json_codec, protobuf_codec
from collector.receiver.codec import REASONS, Decoded

from .messages import plain, to_otlp_json
from .strategies import (
    array_of,
    attributes,
    bent,
    json_values,
    kvlist_of,
    mutated,
    pairs_of,
    span_ids,
    texts,
    trace_ids,
    uint32s,
    uint64s,
)

events = st.builds(
    trace_pb2.Span.Event,
    name=texts,
    time_unix_nano=uint64s,
    attributes=attributes,
    dropped_attributes_count=uint32s,
)
links = st.builds(
    trace_pb2.Span.Link,
    trace_id=st.binary(min_size=16, max_size=16),
    span_id=st.binary(min_size=8, max_size=8),
    trace_state=texts,
    attributes=attributes,
    flags=uint32s,
)
spans = st.builds(
    trace_pb2.Span,
    trace_id=trace_ids,
    span_id=span_ids,
    parent_span_id=span_ids,
    name=texts,
    kind=st.integers(0, 7),
    start_time_unix_nano=uint64s,
    end_time_unix_nano=uint64s,
    attributes=attributes,
    events=st.lists(events, max_size=2),
    links=st.lists(links, max_size=2),
    status=st.builds(trace_pb2.Status, code=st.integers(0, 2), message=texts),
    trace_state=texts,
    flags=uint32s,
    dropped_events_count=uint32s,
)


@st.composite
def requests(draw: st.DrawFn) -> ExportTraceServiceRequest:
    request = ExportTraceServiceRequest()
    for _ in range(draw(st.integers(0, 2))):
        resource_spans = request.resource_spans.add(schema_url=draw(texts))
        resource_spans.resource.attributes.extend(draw(attributes))
        for _ in range(draw(st.integers(0, 2))):
            scope_spans = resource_spans.scope_spans.add()
            scope_spans.scope.name = draw(texts)
            scope_spans.scope.attributes.extend(draw(attributes))
            scope_spans.spans.extend(draw(st.lists(spans, max_size=3)))
    return request


def seen(decoded: Decoded) -> tuple[Any, dict[str, int]]:
    return plain(decoded.spans), decoded.by_reason


@settings(max_examples=60)
@given(requests())
def test_protobuf_and_json_of_one_message_give_equal_spans(
    request: ExportTraceServiceRequest,
) -> None:
    by_protobuf = protobuf_codec.decode(request.SerializeToString())
    by_json = json_codec.decode(orjson.dumps(to_otlp_json(request)))

    assert seen(by_json) == seen(by_protobuf)
    orjson.dumps(seen(by_protobuf))


def rich_request() -> ExportTraceServiceRequest:
    """A request with something at every place."""
    value = array_of([AnyValue(int_value=-1), kvlist_of({"k": AnyValue(double_value=0.5)})])
    pairs = pairs_of(
        {"a": AnyValue(string_value="été"), "b": AnyValue(bytes_value=b"x"), "c": value}
    )
    made = trace_pb2.Span(
        trace_id=bytes(range(16)),
        span_id=bytes(range(8)),
        parent_span_id=bytes(range(1, 9)),
        name="chat",
        kind=trace_pb2.Span.SPAN_KIND_CLIENT,
        start_time_unix_nano=1_763_600_000_000_000_001,
        attributes=pairs,
        events=[trace_pb2.Span.Event(name="e", time_unix_nano=2, attributes=pairs)],
        links=[trace_pb2.Span.Link(trace_id=bytes(16), span_id=bytes(8), attributes=pairs)],
        status=trace_pb2.Status(code=trace_pb2.Status.STATUS_CODE_ERROR, message="m"),
        flags=0x301,
    )
    request = ExportTraceServiceRequest()
    resource_spans = request.resource_spans.add()
    resource_spans.resource.attributes.extend(pairs)
    scope_spans = resource_spans.scope_spans.add()
    scope_spans.scope.name = "s"
    scope_spans.spans.extend([made, made])
    return request


@pytest.mark.parametrize(
    ("decode", "body"),
    [
        (protobuf_codec.decode, rich_request().SerializeToString()),
        (json_codec.decode, orjson.dumps(to_otlp_json(rich_request()))),
    ],
    ids=["protobuf", "json"],
)
def test_mutated_bodies_are_decoded_or_refused(
    decode: Callable[[bytes], Decoded], body: bytes
) -> None:
    for seed in range(3000):
        with suppress(Refused):
            check(decode(mutated(body, random.Random(seed))))


@settings(max_examples=60)
@given(requests(), json_values, st.randoms(use_true_random=False))
def test_any_value_at_any_place_is_decoded_or_refused(
    request: ExportTraceServiceRequest, value: Any, rng: random.Random
) -> None:
    with suppress(Refused):
        check(json_codec.decode(orjson.dumps(bent(to_otlp_json(request), value, rng))))


def check(decoded: Decoded) -> None:
    """What is promised of every span, whatever came."""
    orjson.dumps(plain(decoded.spans))
    for found in decoded.spans:
        assert len(found.trace_id) == 32
        assert len(found.span_id) == 16
        assert len(found.parent_span_id) in (0, 16)
    assert set(decoded.by_reason) <= set(REASONS)
    assert all(count > 0 for count in decoded.by_reason.values())
