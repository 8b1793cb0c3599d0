"""Data points are counted in both encodings, and nothing else of metrics is read."""

import random
from contextlib import suppress
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)

from collector.errors import Refused
from collector.receiver.metric_points import count_json, count_protobuf

from .messages import metric, metrics_request_of, to_otlp_json
from .strategies import bent, json_values, mutated

KINDS = ("gauge", "sum", "histogram", "exponential_histogram", "summary")
Kind = st.tuples(st.sampled_from(KINDS), st.integers(0, 3))


def body_of(metric: Any) -> bytes:
    return orjson.dumps({"resourceMetrics": [{"scopeMetrics": [{"metrics": [metric]}]}]})


@given(st.lists(st.lists(Kind, max_size=4), max_size=3))
def test_every_data_point_of_every_kind_counts_in_both_encodings(
    groups: list[list[tuple[str, int]]],
) -> None:
    request = ExportMetricsServiceRequest()
    for group in groups:
        request.MergeFrom(metrics_request_of(*(metric(kind, points) for kind, points in group)))
    points = sum(points for group in groups for _, points in group)

    by_protobuf = count_protobuf(request.SerializeToString())
    by_json = count_json(orjson.dumps(to_otlp_json(request)))

    assert by_protobuf.by_reason == by_json.by_reason == ({"not_kept": points} if points else {})


def test_snake_case_names_count_as_well() -> None:
    metric = {"exponential_histogram": {"data_points": [{}, {}]}, "name": "n"}
    request = {"resource_metrics": [{"scope_metrics": [{"metrics": [metric]}]}]}

    assert count_json(orjson.dumps(request)).rejected == 2


def test_text_that_is_no_utf8_does_not_matter() -> None:
    body = metrics_request_of(metric("sum", 2)).SerializeToString().replace(b"tokens", b"token\xe2")

    assert count_protobuf(body).rejected == 2


def test_the_reason_says_what_to_do() -> None:
    assert count_protobuf(metrics_request_of(metric("sum", 2)).SerializeToString()).reasons == [
        "2 rejected: metrics are not stored here, this proxy keeps traces and GenAI events only: "
        "set OTEL_METRICS_EXPORTER=none"
    ]


@pytest.mark.parametrize("body", [b"\xff\xff", b"not protobuf", b"\x0a\x05ab", b"{}", b"\x0a"])
def test_bytes_that_are_no_message_are_refused(body: bytes) -> None:
    with pytest.raises(Refused) as refused:
        count_protobuf(body)

    assert refused.value.status == 400


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"\x0a\x00",
        b'{"resourceMetrics":{}}',
        b'{"resourceMetrics":[5]}',
        b'{"resourceMetrics":[{"scopeMetrics":5}]}',
        body_of(5),
        body_of({"sum": 5}),
        body_of({"gauge": {"dataPoints": {}}}),
    ],
)
def test_a_body_that_is_no_otlp_object_is_refused(body: bytes) -> None:
    with pytest.raises(Refused) as refused:
        count_json(body)

    assert refused.value.status == 400


def test_mutated_bodies_are_counted_or_refused() -> None:
    request = metrics_request_of(metric("sum", 2), metric("histogram", 1))
    in_protobuf, in_json = request.SerializeToString(), orjson.dumps(to_otlp_json(request))
    for seed in range(1000):
        with suppress(Refused):
            count_protobuf(mutated(in_protobuf, random.Random(seed)))
        with suppress(Refused):
            count_json(mutated(in_json, random.Random(seed)))


@settings(max_examples=60)
@given(json_values, st.randoms(use_true_random=False))
def test_any_value_at_any_place_is_counted_or_refused(value: Any, rng: random.Random) -> None:
    request = to_otlp_json(metrics_request_of(metric("sum", 2), metric("histogram", 1)))
    with suppress(Refused):
        count_json(orjson.dumps(bent(request, value, rng)))
