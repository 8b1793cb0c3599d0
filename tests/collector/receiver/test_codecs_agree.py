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
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1 import trace_pb2

from collector.errors import Refused
from collector.receiver import json_codec, protobuf_codec
from collector.receiver.codec import REASONS, Decoded

from .messages import plain, to_otlp_json

texts = st.text(st.characters(codec="utf-8"), max_size=8)
uint64s = st.integers(0, 2**64 - 1)
uint32s = st.integers(0, 2**32 - 1)
leaves = st.one_of(
    st.builds(AnyValue),
    st.builds(AnyValue, string_value=texts),
    st.builds(AnyValue, bool_value=st.booleans()),
    st.builds(AnyValue, int_value=st.integers(-(2**63), 2**63 - 1)),
    st.builds(AnyValue, double_value=st.floats()),
    st.builds(AnyValue, bytes_value=st.binary(max_size=8)),
)


def array_of(values: list[AnyValue]) -> AnyValue:
    made = AnyValue()
    made.array_value.SetInParent()
    made.array_value.values.extend(values)
    return made


def kvlist_of(values: dict[str, AnyValue]) -> AnyValue:
    made = AnyValue()
    made.kvlist_value.SetInParent()
    made.kvlist_value.values.extend(pairs_of(values))
    return made


def pairs_of(values: dict[str, AnyValue]) -> list[KeyValue]:
    return [KeyValue(key=key, value=value) for key, value in values.items()]


values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3).map(array_of)
        | st.dictionaries(texts, inner, max_size=3).map(kvlist_of)
    ),
    max_leaves=6,
)
attributes = st.dictionaries(texts, values, max_size=4).map(pairs_of)
trace_ids = st.sampled_from([bytes(range(16)), bytes(16), b"", b"short"]) | st.binary(
    min_size=16, max_size=16
)
span_ids = st.sampled_from([bytes(8), b"", b"odd"]) | st.binary(min_size=8, max_size=8)
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


@settings(max_examples=60, deadline=None)
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


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=60, deadline=None)
@given(requests(), json_values, st.randoms(use_true_random=False))
def test_any_value_at_any_place_is_decoded_or_refused(
    request: ExportTraceServiceRequest, value: Any, rng: random.Random
) -> None:
    holder = {"root": to_otlp_json(request)}
    place: Any = holder
    key: Any = "root"
    while isinstance(place[key], dict | list) and place[key] and rng.random() < 0.9:
        place = place[key]
        key = rng.randrange(len(place)) if isinstance(place, list) else rng.choice(list(place))
    place[key] = value
    with suppress(Refused):
        check(json_codec.decode(orjson.dumps(holder["root"])))


def mutated(body: bytes, rng: random.Random) -> bytes:
    changed = bytearray(body)
    for _ in range(rng.randint(1, 4)):
        if not changed:
            break
        at = rng.randrange(len(changed))
        what = rng.randrange(4)
        if what == 0:
            changed[at] = rng.randrange(256)
        elif what == 1:
            del changed[at : at + rng.randint(1, 4)]
        elif what == 2:
            changed[at:at] = rng.randbytes(rng.randint(1, 4))
        else:
            changed[at] ^= 1 << rng.randrange(8)
    return bytes(changed)


def check(decoded: Decoded) -> None:
    """What is promised of every span, whatever came."""
    orjson.dumps(plain(decoded.spans))
    for found in decoded.spans:
        assert len(found.trace_id) == 32
        assert len(found.span_id) == 16
        assert len(found.parent_span_id) in (0, 16)
    assert set(decoded.by_reason) <= set(REASONS)
    assert all(count > 0 for count in decoded.by_reason.values())
