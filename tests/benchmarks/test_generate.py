from itertools import pairwise

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from benchmarks.generate import PROFILES, Load, generate


def spans_of(load: Load) -> list[Span]:
    return [
        span
        for body in load.bodies
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


@pytest.mark.parametrize("profile", PROFILES)
def test_children_come_before_their_parent(profile: str) -> None:
    spans = spans_of(generate(PROFILES[profile], 2))

    position = {span.span_id: index for index, span in enumerate(spans)}
    assert all(
        index < position[span.parent_span_id]
        for index, span in enumerate(spans)
        if span.parent_span_id
    )
    assert sum(not span.parent_span_id for span in spans) == 2 * PROFILES[profile].traces


def test_every_id_of_a_load_is_unique_and_every_span_is_counted() -> None:
    load = generate(PROFILES["small"], 3)

    spans = spans_of(load)
    assert load.spans == 540
    assert len({span.span_id for span in spans}) == 540
    assert len({span.trace_id for span in spans}) == 60


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    load = generate(PROFILES["small"], 1, seed=5)

    assert generate(PROFILES["small"], 1, seed=5) == load
    assert generate(PROFILES["small"], 1, seed=6) != load


def test_profiles_differ_in_weight() -> None:
    bytes_per_span = [
        sum(map(len, load.bodies)) / load.spans
        for load in (generate(PROFILES[name], 1) for name in ("small", "chat", "large"))
    ]

    assert all(heavier > 3 * lighter for lighter, heavier in pairwise(bytes_per_span))
