"""Content that comes as log records, from the real SDK to LangSmith's client."""

import asyncio

import pytest
from opentelemetry._logs import LogRecord
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.trace import set_span_in_context
from opentelemetry.util.types import AnyValue

from .running import proxy_to, running_sandbox, runs_of

pytestmark = pytest.mark.filterwarnings("ignore:list_runs")

KEY = {"x-api-key": "sandbox"}
QUESTION = {"messages": [{"role": "user", "content": "2+2"}]}
ANSWER = {"messages": [{"role": "assistant", "content": "4", "finish_reason": "stop"}]}


def chat_with_events(url: str, *, logs_first: bool) -> None:
    """Run one chat, instrumented as the semantic conventions have it by default."""
    traces, logs = TracerProvider(), LoggerProvider()
    traces.add_span_processor(
        SimpleSpanProcessor(OTLPSpanExporter(f"{url}/v1/traces", headers=KEY))
    )
    # In one request: what comes late in two may complete the run twice.
    logs.add_log_record_processor(
        BatchLogRecordProcessor(
            OTLPLogExporter(f"{url}/v1/logs", headers=KEY), schedule_delay_millis=3_600_000
        )
    )
    logger = logs.get_logger("opentelemetry.instrumentation.openai_v2")
    span = traces.get_tracer("app").start_span(
        "chat gpt-4o",
        attributes={
            "gen_ai.operation.name": "chat",
            "gen_ai.request.model": "gpt-4o",
            "gen_ai.usage.input_tokens": 5,
            "gen_ai.usage.output_tokens": 1,
        },
    )
    if not logs_first:
        span.end()
    bodies: dict[str, AnyValue] = {
        "gen_ai.user.message": {"content": "2+2"},
        "gen_ai.choice": {"index": 0, "finish_reason": "stop", "message": {"content": "4"}},
    }
    for name, body in bodies.items():
        logger.emit(LogRecord(event_name=name, body=body, context=set_span_in_context(span)))
    logs.force_flush()
    if logs_first:
        span.end()
    logs.shutdown()
    traces.shutdown()


@pytest.mark.parametrize("logs_first", [True, False])
async def test_a_run_has_the_content_of_its_log_records_whichever_come_first(
    logs_first: bool,
) -> None:
    async with running_sandbox() as api, proxy_to(api) as local:
        await asyncio.to_thread(chat_with_events, local.url, logs_first=logs_first)
        await local.end()
        (run,) = await runs_of(api)
        balance = local.balance()

    outputs = dict(run.outputs or {})
    assert outputs.pop("usage_metadata")["total_tokens"] == 6
    assert (run.inputs, outputs) == (QUESTION, ANSWER)
    assert balance["uploaded"] == balance["received"] == (1 if logs_first else 2)
    assert balance["held"] == 0
