"""A large sound in a message, from the real SDK to LangSmith's client."""

import asyncio
import base64
import json
from typing import Any

import pytest
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from .running import proxy_to, running_sandbox, runs_of

pytestmark = pytest.mark.filterwarnings("ignore:list_runs")

SOUND = bytes(range(256)) * 400


def chat_about_a_sound(url: str) -> None:
    """Send one chat whose question holds a sound of 100 KiB."""
    traces = TracerProvider()
    exporter = OTLPSpanExporter(f"{url}/v1/traces", headers={"x-api-key": "sandbox"})
    traces.add_span_processor(SimpleSpanProcessor(exporter))
    parts = [
        {"type": "text", "content": "What is this?"},
        {
            "type": "blob",
            "modality": "audio",
            "mime_type": "audio/ogg",
            "content": base64.b64encode(SOUND).decode(),
        },
    ]
    span = traces.get_tracer("app").start_span(
        "chat gpt-4o-audio",
        attributes={
            "gen_ai.operation.name": "chat",
            "gen_ai.input.messages": json.dumps([{"role": "user", "parts": parts}]),
        },
    )
    span.end()
    traces.shutdown()


async def test_a_large_sound_in_a_message_arrives_as_an_attachment() -> None:
    async with running_sandbox() as api, proxy_to(api) as local:
        await asyncio.to_thread(chat_about_a_sound, local.url)
        await local.end()
        (run,) = await runs_of(api)

    sound: Any = (run.attachments or {})["inputs_0_1"]
    assert run.inputs["messages"][0]["content"] == [
        {"type": "text", "text": "What is this?"},
        {"type": "audio", "mime_type": "audio/ogg", "attachment": "inputs_0_1"},
    ]
    assert (sound["mime_type"], sound["reader"].read()) == ("audio/ogg", SOUND)
