"""A sample trace: an agent that retrieves, asks a model, calls a tool and asks again."""

import os

import orjson

from translators.span import Json, JsonObject

_SECOND = 1_000_000_000
_QUESTION = "What is the weather in Zürich, and do I need a coat?"
_ANSWER = "It is 4 °C and raining in Zürich: take a coat."
_CALL = {
    "type": "tool_call",
    "id": "call_1",
    "name": "get_weather",
    "arguments": {"city": "Zürich"},
}
_RESULT = {"city": "Zürich", "temperature": 4, "sky": "rain"}


def demo_request(now_ns: int) -> bytes:
    """Return an ``ExportTraceServiceRequest`` in OTLP/JSON whose trace ends at *now_ns*.

    Children stand before their parents, as exporters send them; ids differ each time.
    """
    trace_id, root = os.urandom(16).hex(), os.urandom(8).hex()
    start = now_ns - 4 * _SECOND

    def span(
        name: str, begins: float, lasts: float, attributes: JsonObject, kind: int = 1
    ) -> JsonObject:
        first = start + int(begins * _SECOND)
        return {
            "traceId": trace_id,
            "spanId": os.urandom(8).hex(),
            "parentSpanId": root,
            "name": name,
            "kind": kind,
            "startTimeUnixNano": str(first),
            "endTimeUnixNano": str(first + int(lasts * _SECOND)),
            "attributes": _pairs({"gen_ai.conversation.id": "demo", **attributes}),
        }

    user = {"role": "user", "parts": [{"type": "text", "content": _QUESTION}]}
    asks = {"role": "assistant", "parts": [_CALL], "finish_reason": "tool_call"}
    gets = {
        "role": "tool",
        "parts": [{"type": "tool_call_response", "id": "call_1", "response": _RESULT}],
    }
    says = {
        "role": "assistant",
        "parts": [{"type": "text", "content": _ANSWER}],
        "finish_reason": "stop",
    }
    spans = [
        span(
            "retrieve packing_advice",
            0.1,
            0.3,
            {
                "gen_ai.operation.name": "retrieval",
                "gen_ai.retrieval.query.text": "coat weather advice",
                "gen_ai.retrieval.documents": orjson.dumps(
                    [{"id": "doc-7", "score": 0.92, "content": "Below 8 °C, take a coat."}]
                ).decode(),
            },
        ),
        span("chat gpt-4o-mini", 0.5, 1.2, _chat([user], [asks], 86, 18), 3),
        span(
            "execute_tool get_weather",
            1.8,
            0.4,
            {
                "gen_ai.operation.name": "execute_tool",
                "gen_ai.tool.name": "get_weather",
                "gen_ai.tool.call.id": "call_1",
                "gen_ai.tool.call.arguments": orjson.dumps(_CALL["arguments"]).decode(),
                "gen_ai.tool.call.result": orjson.dumps(_RESULT).decode(),
            },
        ),
        span("chat gpt-4o-mini", 2.3, 1.5, _chat([user, asks, gets], [says], 121, 17), 3),
    ]
    top = span(
        "invoke_agent weather_agent",
        0,
        4,
        {
            "gen_ai.operation.name": "invoke_agent",
            "gen_ai.agent.name": "weather_agent",
            "gen_ai.input.messages": orjson.dumps([user]).decode(),
            "gen_ai.output.messages": orjson.dumps([says]).decode(),
        },
    )
    top["spanId"], top["parentSpanId"] = root, ""
    request = {
        "resourceSpans": [
            {
                "resource": {"attributes": _pairs({"service.name": "weather-demo"})},
                "scopeSpans": [{"scope": {"name": "collector-proxy.demo"}, "spans": [*spans, top]}],
            }
        ]
    }
    return orjson.dumps(request)


def _chat(inputs: list[JsonObject], outputs: list[JsonObject], asked: int, said: int) -> JsonObject:
    return {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o-mini",
        "gen_ai.response.model": "gpt-4o-mini-2024-07-18",
        "gen_ai.request.temperature": 0.2,
        "gen_ai.input.messages": orjson.dumps(inputs).decode(),
        "gen_ai.output.messages": orjson.dumps(outputs).decode(),
        "gen_ai.usage.input_tokens": asked,
        "gen_ai.usage.output_tokens": said,
    }


def _pairs(attributes: JsonObject) -> list[JsonObject]:
    return [{"key": key, "value": _any_value(value)} for key, value in attributes.items()]


def _any_value(value: Json) -> JsonObject:
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    return {"stringValue": value}
