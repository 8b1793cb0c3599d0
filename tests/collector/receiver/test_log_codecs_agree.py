"""One message gives equal log records through both codecs, and no damage makes a codec fail."""

import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.logs.v1 import logs_pb2

from collector.errors import Refused
from collector.receiver import json_logs, protobuf_logs
from collector.receiver.codec import REASONS, DecodedLogs

from .messages import log_record, log_request_of, plain, to_otlp_json
from .strategies import (
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
    values,
)

named = texts.map(lambda name: pairs_of({"event.name": AnyValue(string_value=name)}))
records = st.builds(
    logs_pb2.LogRecord,
    trace_id=trace_ids,
    span_id=span_ids,
    event_name=texts,
    time_unix_nano=st.just(0) | uint64s,
    observed_time_unix_nano=uint64s,
    severity_number=st.integers(0, 30),
    severity_text=texts,
    body=st.none() | values,
    attributes=attributes | named,
    flags=uint32s,
    dropped_attributes_count=uint32s,
)


@st.composite
def requests(draw: st.DrawFn) -> ExportLogsServiceRequest:
    request = ExportLogsServiceRequest()
    for _ in range(draw(st.integers(0, 2))):
        resource_logs = request.resource_logs.add(schema_url=draw(texts))
        resource_logs.resource.attributes.extend(draw(attributes))
        for _ in range(draw(st.integers(0, 2))):
            scope_logs = resource_logs.scope_logs.add(schema_url=draw(texts))
            scope_logs.scope.name = draw(texts)
            scope_logs.scope.attributes.extend(draw(attributes))
            scope_logs.log_records.extend(draw(st.lists(records, max_size=3)))
    return request


def seen(decoded: DecodedLogs) -> tuple[Any, dict[str, int]]:
    return plain(decoded.records), decoded.by_reason


@settings(max_examples=60)
@given(requests())
def test_protobuf_and_json_of_one_message_give_equal_records(
    request: ExportLogsServiceRequest,
) -> None:
    by_protobuf = protobuf_logs.decode(request.SerializeToString())
    by_json = json_logs.decode(orjson.dumps(to_otlp_json(request)))

    assert seen(by_json) == seen(by_protobuf)
    orjson.dumps(seen(by_protobuf))


def rich_request() -> ExportLogsServiceRequest:
    """A request with something at every place."""
    pairs = pairs_of({"a": AnyValue(string_value="été"), "b": AnyValue(bytes_value=b"x")})
    made = log_record(
        time_unix_nano=1_763_600_000_000_000_001,
        severity_number=9,
        severity_text="INFO",
        body=kvlist_of({"k": AnyValue(double_value=0.5)}),
        attributes=pairs,
    )
    return log_request_of(made, made)


@pytest.mark.parametrize(
    ("decode", "body"),
    [
        (protobuf_logs.decode, rich_request().SerializeToString()),
        (json_logs.decode, orjson.dumps(to_otlp_json(rich_request()))),
    ],
    ids=["protobuf", "json"],
)
def test_mutated_bodies_are_decoded_or_refused(
    decode: Callable[[bytes], DecodedLogs], body: bytes
) -> None:
    for seed in range(2000):
        with suppress(Refused):
            check(decode(mutated(body, random.Random(seed))))


@settings(max_examples=60)
@given(requests(), json_values, st.randoms(use_true_random=False))
def test_any_value_at_any_place_is_decoded_or_refused(
    request: ExportLogsServiceRequest, value: Any, rng: random.Random
) -> None:
    with suppress(Refused):
        check(json_logs.decode(orjson.dumps(bent(to_otlp_json(request), value, rng))))


def check(decoded: DecodedLogs) -> None:
    """What is promised of every record, whatever came."""
    orjson.dumps(plain(decoded.records))
    for found in decoded.records:
        assert len(found.trace_id) in (0, 32)
        assert len(found.span_id) in (0, 16)
        assert set(found.trace_id) != {"0"}
        assert set(found.span_id) != {"0"}
    assert set(decoded.by_reason) <= set(REASONS)
    assert all(count > 0 for count in decoded.by_reason.values())
