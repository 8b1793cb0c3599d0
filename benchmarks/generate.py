"""Loads: OTLP/HTTP request bodies that carry whole agent traces, the same ones for the same seed.

Names and values of the attributes are what the instrumentations put on the wire: OpenLLMetry's
indexed messages, OpenInference's JSON payloads, Traceloop's tool and workflow spans, and the stable
OpenTelemetry HTTP conventions.
"""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import ScopeSpans, Span

SPANS_PER_TRACE = 9
SECOND_NS = 1_000_000_000
TENTH_NS = SECOND_NS // 10
FIRST_START_NS = 1_760_000_000 * SECOND_NS

# Uneven lengths and a few scripts beyond ASCII, so that escaping and compression have real work.
_WORDS = (
    "a of 大阪 the for map day sea room with from city tour boat menu lake park über guest price "
    "train table hotel beach night asked offer spare crème museum ticket window garden bridge "
    "dinner island wallet morning station weather luggage airport balcony transfer mountain "
    "discount breakfast reception available"
)
VOCABULARY = _WORDS.split()
NUMBERED_SHARE = 0.15

INDEXED_CALL: Mapping[str, str | int | float] = {
    "gen_ai.system": "openai",
    "gen_ai.operation.name": "chat",
    "llm.request.type": "chat",
    "gen_ai.request.model": "gpt-4o-mini",
    "gen_ai.response.model": "gpt-4o-mini-2024-07-18",
    "gen_ai.request.temperature": 0.2,
    "gen_ai.request.max_tokens": 1024,
    "gen_ai.completion.0.finish_reason": "stop",
    "gen_ai.usage.prompt_tokens": 812,
    "gen_ai.usage.completion_tokens": 200,
    "llm.usage.total_tokens": 1012,
}
JSON_CALL: Mapping[str, str | int | float] = {
    "openinference.span.kind": "LLM",
    "llm.system": "openai",
    "llm.model_name": "gpt-4o-mini",
    "llm.invocation_parameters": '{"temperature": 0.2, "max_tokens": 1024}',
    "llm.token_count.prompt": 812,
    "llm.token_count.completion": 200,
    "llm.token_count.total": 1012,
    "input.mime_type": "application/json",
    "output.mime_type": "application/json",
}
HTTP_CALL: Mapping[str, str | int | float] = {
    "http.request.method": "POST",
    "url.full": "https://api.example.com/v1/chat/completions",
    "server.address": "api.example.com",
    "http.response.status_code": 200,
    "network.protocol.version": "1.1",
}


@dataclass(frozen=True, slots=True)
class Profile:
    """How heavy a load is.

    Attributes:
        text_chars: characters of prompt and answer together in one LLM call; 0 means a word or two.
        traces: traces in one request.
        requests: requests that keep a proxy on one core busy for some ten seconds.
    """

    text_chars: int
    traces: int
    requests: int


PROFILES: Mapping[str, Profile] = {
    "small": Profile(text_chars=0, traces=20, requests=1200),
    "chat": Profile(text_chars=4_000, traces=10, requests=1000),
    "large": Profile(text_chars=40_000, traces=2, requests=1000),
}


@dataclass(frozen=True, slots=True)
class Load:
    """Serialized ``ExportTraceServiceRequest`` bodies and the number of spans in all of them."""

    bodies: list[bytes]
    spans: int


def generate(profile: Profile, requests: int, *, seed: int = 1) -> Load:
    """Return a load of *requests* bodies; the same arguments give the same bytes."""
    traces = _Traces(profile.text_chars, random.Random(seed))
    bodies = []
    for _ in range(requests):
        request = ExportTraceServiceRequest()
        resource_spans = request.resource_spans.add()
        service = resource_spans.resource.attributes.add()
        service.key = "service.name"
        service.value.string_value = "bench"
        scope_spans = resource_spans.scope_spans.add()
        scope_spans.scope.name = "bench"
        for _ in range(profile.traces):
            traces.append_to(scope_spans)
        bodies.append(request.SerializeToString())
    return Load(bodies, spans=requests * profile.traces * SPANS_PER_TRACE)


class _Traces:
    """Makes one agent trace after another: a workflow with LLM, tool and HTTP spans below it."""

    def __init__(self, text_chars: int, rng: random.Random) -> None:
        self._rng = rng
        self._full = text_chars

    def append_to(self, scope_spans: ScopeSpans) -> None:
        """Append the spans of one trace in the order in which they end: the root comes last."""
        trace_id = self._rng.randbytes(16)
        root_id = self._rng.randbytes(8)
        start_ns = FIRST_START_NS + self._rng.randrange(1000 * SECOND_NS)

        def child(name: str, step: int, duration_ns: int) -> Span:
            return scope_spans.spans.add(
                trace_id=trace_id,
                span_id=self._rng.randbytes(8),
                parent_span_id=root_id,
                name=name,
                kind=Span.SPAN_KIND_INTERNAL,
                start_time_unix_nano=start_ns + step * SECOND_NS,
                end_time_unix_nano=start_ns + step * SECOND_NS + duration_ns,
            )

        for step in range(2):
            self._indexed_call(child("openai.chat", step, 8 * TENTH_NS))
        self._json_call(child("openai.chat", 2, 8 * TENTH_NS))
        for step in range(2):
            self._tool(child("search_docs.tool", step, TENTH_NS))
        for step in range(3):
            span = child("POST", step, TENTH_NS)
            span.kind = Span.SPAN_KIND_CLIENT
            _set(span, HTTP_CALL)
        root = child("support_agent.workflow", 0, 5 * SECOND_NS)
        root.span_id = root_id
        root.parent_span_id = b""
        self._workflow(root)

    def _indexed_call(self, span: Span) -> None:
        _set(span, INDEXED_CALL)
        messages = {
            "gen_ai.prompt.0": ("system", self._full // 4),
            "gen_ai.prompt.1": ("user", self._full // 2),
            "gen_ai.completion.0": ("assistant", self._full // 4),
        }
        for prefix, (role, chars) in messages.items():
            _set(span, {f"{prefix}.role": role, f"{prefix}.content": self._text(chars)})

    def _json_call(self, span: Span) -> None:
        _set(span, JSON_CALL)
        question = {"role": "user", "content": self._text(self._full * 3 // 4)}
        answer = {"role": "assistant", "content": self._text(self._full // 4)}
        payloads = {
            "input.value": json.dumps({"messages": [question], "model": "gpt-4o-mini"}),
            "output.value": json.dumps({"choices": [{"message": answer}]}),
        }
        _set(span, payloads)

    def _tool(self, span: Span) -> None:
        attributes = {
            "traceloop.span.kind": "tool",
            "traceloop.entity.name": "search_docs",
            "traceloop.workflow.name": "support_agent",
            "traceloop.entity.input": json.dumps({"query": self._text(60)}),
            "traceloop.entity.output": json.dumps({"result": self._text(self._full // 4)}),
        }
        _set(span, attributes)

    def _workflow(self, span: Span) -> None:
        attributes = {
            "traceloop.span.kind": "workflow",
            "traceloop.entity.name": "support_agent",
            "traceloop.entity.input": json.dumps({"question": self._text(200)}),
            "traceloop.entity.output": json.dumps({"answer": self._text(self._full // 4)}),
            "langsmith.metadata.user_id": f"u-{self._rng.randrange(1000)}",
            "langsmith.span.tags": "prod, support",
        }
        _set(span, attributes)

    def _text(self, chars: int) -> str:
        """Return words of at least *chars* characters (8 when *chars* is 0), cut at a word."""
        wanted = chars or 8
        words: list[str] = []
        length = 0
        while length < wanted:
            word = self._rng.choice(VOCABULARY)
            if self._rng.random() < NUMBERED_SHARE:
                word += str(self._rng.randrange(10_000))
            words.append(word)
            length += len(word) + 1
        return " ".join(words)


def _set(span: Span, attributes: Mapping[str, str | int | float]) -> None:
    for key, value in attributes.items():
        attribute = span.attributes.add()
        attribute.key = key
        if isinstance(value, str):
            attribute.value.string_value = value
        elif isinstance(value, int):
            attribute.value.int_value = value
        else:
            attribute.value.double_value = value
