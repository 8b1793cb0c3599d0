"""OpenTelemetry's own exporters for logs and metrics against the receiver."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from opentelemetry._logs import SeverityNumber
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader, MetricExportResult
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Span, TracerProvider

from .conftest import Door

KEY = {"x-api-key": "key-of-a-tenant"}


@contextmanager
def current_span() -> Iterator[Span]:
    provider = TracerProvider()
    with provider.get_tracer("app").start_as_current_span("chat") as span:
        assert isinstance(span, Span)
        yield span
    provider.shutdown()


def export_logs(base: str, compression: Compression) -> tuple[str, str]:
    """Emit an event inside a span and a line outside; return the span's trace and span id."""
    provider = LoggerProvider(Resource({"service.name": "shop"}))
    exporter = OTLPLogExporter(f"{base}/v1/logs", headers=KEY, compression=compression)
    provider.add_log_record_processor(BatchLogRecordProcessor(exporter))
    logger = provider.get_logger("genai", "1.0")
    with current_span() as span:
        logger.emit(
            timestamp=1_763_600_000_000_000_001,
            event_name="gen_ai.user.message",
            body={"content": "Hello", "parts": [1, 2.5, True]},
            attributes={"gen_ai.system": "openai"},
        )
        ids = span.context
    logger.emit(
        timestamp=5, severity_number=SeverityNumber.WARN, severity_text="WARN", body="a plain line"
    )
    provider.shutdown()
    assert ids is not None
    return f"{ids.trace_id:032x}", f"{ids.span_id:016x}"


@pytest.mark.parametrize("compression", list(Compression))
async def test_log_records_of_the_sdk_arrive_with_their_span(
    door: Door, compression: Compression
) -> None:
    ids = await asyncio.to_thread(export_logs, door.base, compression)

    event, line = [record for request in door.behind.logs for record in request[3]]
    assert (event.trace_id, event.span_id) == ids
    assert event.event_name == "gen_ai.user.message"
    assert event.time_ns == 1_763_600_000_000_000_001
    assert event.body == {"content": "Hello", "parts": [1, 2.5, True]}
    assert event.attributes == {"gen_ai.system": "openai"}
    assert (event.scope.name, event.scope.version) == ("genai", "1.0")
    assert event.resource.attributes["service.name"] == "shop"
    assert (line.trace_id, line.span_id, line.event_name) == ("", "", "")
    assert (line.severity_number, line.severity_text) == (13, "WARN")
    assert line.body == "a plain line"
    assert door.behind.logs[0][0].api_key == "key-of-a-tenant"


def export_metrics(base: str) -> MetricExportResult:
    reader = InMemoryMetricReader()
    provider = MeterProvider([reader])
    meter = provider.get_meter("genai")
    meter.create_counter("tokens").add(5, {"model": "a"})
    meter.create_counter("tokens").add(7, {"model": "b"})
    meter.create_histogram("duration").record(0.5)
    data = reader.get_metrics_data()
    assert data is not None
    exporter = OTLPMetricExporter(f"{base}/v1/metrics", headers=KEY)
    result = exporter.export(data)
    exporter.shutdown()
    provider.shutdown()
    return result


async def test_metrics_of_the_sdk_are_taken_as_sent_and_not_sent_again(door: Door) -> None:
    result = await asyncio.to_thread(export_metrics, door.base)

    assert result is MetricExportResult.SUCCESS
    assert door.sample("requests", path="metrics", status="200") == 1
    assert door.sample("data_points_refused", reason="not_kept") == 3
