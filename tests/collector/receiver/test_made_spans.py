"""A span becomes one and the same run, whichever encoding it came in."""

from collections.abc import Sequence

import orjson
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.trace.v1 import trace_pb2

from collector.processor.encoder import encode_resource
from collector.receiver import json_codec, protobuf_codec
from tests.translators.leaves import leaves
from tests.translators.made_spans import Maker
from tests.translators.test_golden import CASES, span_of, told
from translators.registry import Registry
from translators.span import Json, Span

from .messages import to_otlp_json
from .strategies import array_of, kvlist_of, pairs_of

SPANS = 500


def any_value(value: Json) -> AnyValue:
    """Return a decoded value as it is on the wire."""
    if value is None:
        return AnyValue()
    if isinstance(value, bool):
        return AnyValue(bool_value=value)
    if isinstance(value, str):
        return AnyValue(string_value=value)
    if isinstance(value, int):
        return AnyValue(int_value=value)
    if isinstance(value, float):
        return AnyValue(double_value=value)
    if isinstance(value, list):
        return array_of([any_value(item) for item in value])
    return kvlist_of({key: any_value(item) for key, item in value.items()})


def pairs(attributes: Json) -> Json:
    return pairs_of({key: any_value(value) for key, value in attributes.items()})


def request_with(span: Span) -> ExportTraceServiceRequest:
    """Return the request that sends *span*."""
    request = ExportTraceServiceRequest()
    of_resource = request.resource_spans.add(schema_url=span.resource.schema_url)
    of_resource.resource.attributes.extend(pairs(span.resource.attributes))
    of_resource.resource.dropped_attributes_count = span.resource.dropped
    of_scope = of_resource.scope_spans.add(schema_url=span.scope.schema_url)
    of_scope.scope.name, of_scope.scope.version = span.scope.name, span.scope.version
    of_scope.scope.attributes.extend(pairs(span.scope.attributes))
    of_scope.scope.dropped_attributes_count = span.scope.dropped
    attributes, events, links = span.dropped
    made = of_scope.spans.add(
        trace_id=bytes.fromhex(span.trace_id),
        span_id=bytes.fromhex(span.span_id),
        parent_span_id=bytes.fromhex(span.parent_span_id),
        trace_state=span.trace_state,
        flags=span.flags,
        name=span.name,
        kind=span.kind,
        start_time_unix_nano=span.start_ns,
        end_time_unix_nano=span.end_ns,
        attributes=pairs(span.attributes),
        dropped_attributes_count=attributes,
        dropped_events_count=events,
        dropped_links_count=links,
    )
    made.status.code = span.status_code  # type: ignore[assignment]
    made.status.message = span.status_message
    for event in span.events:
        made.events.add(
            name=event.name,
            time_unix_nano=event.time_ns,
            attributes=pairs(event.attributes),
            dropped_attributes_count=event.dropped,
        )
    made.links.extend(links_of(span))
    return request


def links_of(span: Span) -> Sequence[trace_pb2.Span.Link]:
    return [
        trace_pb2.Span.Link(
            trace_id=bytes.fromhex(link.trace_id),
            span_id=bytes.fromhex(link.span_id),
            trace_state=link.trace_state,
            attributes=pairs(link.attributes),
            dropped_attributes_count=link.dropped,
            flags=link.flags,
        )
        for link in span.links
    ]


def made_spans(seed: int) -> list[Span]:
    maker = Maker(seed, [span_of(orjson.loads(path.read_bytes())) for path in CASES])
    return [maker.span() for _ in range(SPANS)]


def test_protobuf_and_json_give_equal_runs() -> None:
    registry = Registry()

    for span in made_spans(0):
        request = request_with(span)
        [binary] = protobuf_codec.decode(request.SerializeToString()).spans
        [text] = json_codec.decode(orjson.dumps(to_otlp_json(request))).spans
        run = told(registry.translate(binary))
        assert run == told(registry.translate(text)), span.attributes
        assert run == told(registry.translate(span)), span.attributes


def test_no_leaf_of_a_resource_is_lost() -> None:
    for span in made_spans(1):
        resource = span.resource
        encoded = orjson.loads(b"{" + encode_resource(resource).rstrip(b",") + b"}")
        found = [leaf for _, leaf in leaves(encoded)]
        for _, leaf in leaves([resource.attributes, resource.schema_url]):
            assert leaf in found or leaf == ""
