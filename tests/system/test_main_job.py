"""A real exporter in, runs out, read back with LangSmith's own client."""

import asyncio
import base64
import gzip
import zlib
from collections.abc import Callable
from typing import Any

import orjson
import pytest
import zstandard
from aiohttp import ClientSession
from google.protobuf import json_format
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from collector.demo import demo_request

from .running import proxy_to, running_sandbox, runs_of

# LangSmith is moving its readers to a new client; users have the old one.
pytestmark = pytest.mark.filterwarnings("ignore:list_runs")

# The sample of LangSmith's documentation: base64 ids, enum names, numbers as numbers.
CURL_SAMPLE = {
    "resourceSpans": [
        {
            "resource": {
                "attributes": [{"key": "service.name", "value": {"stringValue": "my-service"}}]
            },
            "scopeSpans": [
                {
                    "scope": {"name": "my-instrumentation"},
                    "spans": [
                        {
                            "traceId": "T6nh/xMkIUaaoIYHBMFsFQ==",
                            "spanId": "2iElPfTCv7M=",
                            "name": "chat gpt-4o",
                            "kind": "SPAN_KIND_CLIENT",
                            "startTimeUnixNano": 1763600000000000000,
                            "endTimeUnixNano": 1763600001000000000,
                            "attributes": [
                                {"key": "langsmith.span.kind", "value": {"stringValue": "LLM"}},
                                {
                                    "key": "gen_ai.prompt.0.content",
                                    "value": {"stringValue": "Say hello"},
                                },
                                {"key": "gen_ai.prompt.0.role", "value": {"stringValue": "user"}},
                                {
                                    "key": "gen_ai.completion.0.content",
                                    "value": {"stringValue": "Hello!"},
                                },
                            ],
                            "status": {"code": "STATUS_CODE_OK"},
                        }
                    ],
                }
            ],
        }
    ]
}


def export_with_the_sdk(url: str) -> None:
    provider = TracerProvider()
    provider.add_span_processor(
        BatchSpanProcessor(OTLPSpanExporter(f"{url}/v1/traces", headers={"x-api-key": "sandbox"}))
    )
    tracer = provider.get_tracer("app")
    with tracer.start_as_current_span("agent") as agent:
        agent.set_attribute("input.value", '{"question": "2+2"}')
        with tracer.start_as_current_span("chat") as chat:
            chat.set_attribute("gen_ai.operation.name", "chat")
            chat.set_attribute("gen_ai.request.model", "gpt-4o")
            chat.set_attribute(
                "gen_ai.input.messages",
                '[{"role":"user","parts":[{"type":"text","content":"2+2"}]}]',
            )
            chat.set_attribute(
                "gen_ai.output.messages",
                '[{"role":"assistant","parts":[{"type":"text","content":"4"}]}]',
            )
            chat.set_attribute("gen_ai.usage.input_tokens", 5)
            chat.set_attribute("gen_ai.usage.output_tokens", 1)
        agent.set_attribute("output.value", "4")
    provider.shutdown()


async def test_spans_of_the_otel_sdk_are_read_back_as_one_tree() -> None:
    async with running_sandbox() as api:
        async with proxy_to(api) as local:
            await asyncio.to_thread(export_with_the_sdk, local.url)
            await local.end()
        runs = await runs_of(api)

    assert [(run.name, run.run_type) for run in runs] == [("agent", "chain"), ("chat", "llm")]
    agent, chat = runs
    assert chat.parent_run_id == agent.id
    assert {run.trace_id for run in runs} == {agent.id}
    assert agent.inputs == {"question": "2+2"}
    assert agent.outputs == {"output": "4"}
    assert chat.inputs == {"messages": [{"role": "user", "content": "2+2"}]}
    assert chat.outputs is not None
    assert chat.outputs["messages"] == [{"role": "assistant", "content": "4"}]
    assert (chat.prompt_tokens, chat.completion_tokens, chat.total_tokens) == (5, 1, 6)


async def test_the_curl_sample_of_langsmiths_documentation_becomes_a_run() -> None:
    async with running_sandbox() as api:
        async with proxy_to(api) as local, ClientSession() as session:
            async with session.post(
                f"{local.url}/v1/traces", json=CURL_SAMPLE, headers={"x-api-key": "sandbox"}
            ) as response:
                answer = (response.status, await response.read())
            await local.end()
        [run] = await runs_of(api)

    assert answer == (200, b"{}")
    assert str(run.id) == "00000000-0000-0000-da21-253df4c2bfb3"
    assert run.run_type == "llm"
    assert run.inputs == {"messages": [{"role": "user", "content": "Say hello"}]}
    assert run.metadata["OTEL_TRACE_ID"] == "4fa9e1ff132421469aa0860704c16c15"


def as_protobuf(body: bytes) -> bytes:
    def binary_ids(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: base64.b64encode(bytes.fromhex(inner)).decode()
                if key in ("traceId", "spanId", "parentSpanId")
                else binary_ids(inner)
                for key, inner in value.items()
            }
        return [binary_ids(inner) for inner in value] if isinstance(value, list) else value

    message = ExportTraceServiceRequest()
    json_format.ParseDict(binary_ids(orjson.loads(body)), message)
    return message.SerializeToString()


async def test_any_key_opens_the_sandbox_that_a_developer_runs() -> None:
    async with running_sandbox() as api:
        async with proxy_to(api, langsmith_api_key="of-the-proxy") as local:
            async with ClientSession() as session:
                await session.post(f"{local.url}/v1/traces", json=CURL_SAMPLE)
            await local.end()

        assert len(await runs_of(api, "x")) == 1


PROTOBUF, JSON = "application/x-protobuf", "application/json"
Encode = Callable[[bytes], bytes]
WAYS: list[tuple[str, str, str | None, Encode]] = [
    ("/v1/traces", PROTOBUF, None, as_protobuf),
    ("/v1/traces/v1/traces", PROTOBUF, None, as_protobuf),
    ("/v1/traces/", PROTOBUF, None, as_protobuf),
    ("/otel/v1/traces", PROTOBUF, None, as_protobuf),
    ("/api/v1/otel/v1/traces", PROTOBUF, None, as_protobuf),
    ("/", PROTOBUF, None, as_protobuf),
    ("/v1/traces", PROTOBUF, "gzip", lambda body: gzip.compress(as_protobuf(body))),
    ("/v1/traces", PROTOBUF, "deflate", lambda body: zlib.compress(as_protobuf(body))),
    ("/v1/traces", PROTOBUF, "zstd", lambda body: zstandard.compress(as_protobuf(body))),
    ("/v1/traces", JSON, None, bytes),
    ("/v1/traces", JSON, "gzip", gzip.compress),
]


async def test_paths_compressions_and_encodings_all_give_the_same_runs() -> None:
    body = demo_request(1_763_600_000_000_000_000)
    seen = []
    for path, content_type, encoding, encode in WAYS:
        headers = {"Content-Type": content_type, "x-api-key": "sandbox"}
        if encoding:
            headers["Content-Encoding"] = encoding
        async with running_sandbox() as api:
            async with proxy_to(api) as local, ClientSession() as session:
                async with session.post(
                    local.url + path, data=encode(body), headers=headers
                ) as response:
                    assert response.status == 200, (path, content_type, encoding)
                await local.end()
            runs = await runs_of(api)
        seen.append([(r.id, r.dotted_order, r.name, r.inputs, r.outputs, r.metadata) for r in runs])

    assert len(seen[0]) == 5
    assert all(runs == seen[0] for runs in seen)
