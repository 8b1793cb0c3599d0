"""Runs of LangSmith's SDK that come as OpenTelemetry spans are the same runs again."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from langsmith._internal._operations import serialize_run_dict
from langsmith._internal.otel._otel_exporter import OTELExporter
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from collector.receiver.protobuf_codec import decode
from translators.registry import Registry
from translators.run import Run

TRACE_ID = UUID("018f3a70-0000-7000-8000-000000000001")
START = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)
END = datetime(2026, 1, 1, 12, 0, 2, 654321, tzinfo=UTC)
CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"a": 1}'}}
USAGE = {
    "input_tokens": 40,
    "output_tokens": 7,
    "total_tokens": 47,
    "input_token_details": {"cache_read": 30},
    "output_token_details": {"reasoning": 5},
}


def through_the_exporter(**fields: Any) -> Run:
    """Return what a run becomes that LangSmith's exporter sends over OTLP."""
    run = {
        "id": TRACE_ID,
        "trace_id": TRACE_ID,
        "dotted_order": f"20260101T120000123456Z{TRACE_ID}",
        "start_time": START.isoformat(),
        "end_time": END.isoformat(),
        "session_name": "poems",
        **fields,
    }
    memory, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(memory))
    exporter: Any = OTELExporter
    exporter(provider).export_batch([serialize_run_dict("post", run)], {})
    body = encode_spans(memory.get_finished_spans()).SerializeToString()
    [span] = decode(body).spans
    return Registry().translate(span)


def test_a_model_call_comes_back_whole() -> None:
    inputs = {"messages": [{"role": "user", "content": "2+2"}], "model": "gpt-4o"}
    outputs = {"messages": [{"role": "assistant", "content": None, "tool_calls": [CALL]}]}

    run = through_the_exporter(
        name="ChatOpenAI",
        run_type="llm",
        inputs=inputs,
        outputs={**outputs, "usage_metadata": USAGE},
        tags=["a", "b"],
        extra={
            "metadata": {
                "ls_provider": "openai",
                "ls_model_name": "gpt-4o",
                "thread_id": "t1",
                "nested": {"n": [1, 2]},
            }
        },
    )

    assert (run.name, run.run_type, run.project) == ("ChatOpenAI", "llm", "poems")
    assert run.inputs == inputs
    assert run.outputs == {**outputs, "usage_metadata": USAGE}
    assert run.metadata["usage_metadata"] == USAGE
    assert run.tags == ["a", "b"]
    assert run.thread_id == "t1"
    assert run.metadata["ls_provider"] == "openai"
    assert run.metadata["ls_model_name"] == "gpt-4o"
    assert run.metadata["nested"] == {"n": [1, 2]}
    assert (run.start_us, run.end_us) == (1767268800123456, 1767268802654321)
    assert run.error is None


@pytest.mark.parametrize(
    "run_type", ["llm", "chain", "tool", "retriever", "embedding", "prompt", "parser"]
)
def test_every_run_type_comes_back_with_inputs_and_outputs_as_they_were(run_type: str) -> None:
    inputs, outputs = {"question": "2+2", "n": [1]}, {"answer": {"text": "4"}}

    run = through_the_exporter(name="f", run_type=run_type, inputs=inputs, outputs=outputs)

    assert run.run_type == run_type
    assert run.inputs == inputs
    assert run.outputs == outputs


def test_an_error_comes_back_as_it_was() -> None:
    error = 'ValueError("no ink")Traceback (most recent call last):\n\n  File "a.py", line 1, in f'

    run = through_the_exporter(name="f", run_type="chain", inputs={"a": 1}, error=error)

    assert run.error == error
    assert run.inputs == {"a": 1}
    assert run.outputs is None
