"""JSON requests to send, as plain objects that a test can bend."""

import json
from typing import Any

from collector.receiver.json_codec import decode
from translators.span import Span

HEX = {"traceId": "0102030405060708090a0b0c0d0e0f10", "spanId": "0102030405060708"}


def body_of(*spans: Any) -> bytes:
    request = {"resourceSpans": [{"scopeSpans": [{"spans": list(spans)}]}]}
    return json.dumps(request).encode()


def span_of(**members: Any) -> Span:
    decoded = decode(body_of({**HEX, **members}))
    assert decoded.by_reason == {}
    return decoded.spans[0]


def reasons_of(*spans: Any) -> dict[str, int]:
    return decode(body_of(*spans)).by_reason


SAMPLE = {
    "resourceSpans": [
        {
            "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "demo"}}]},
            "scopeSpans": [
                {
                    "scope": {"name": "manual", "version": "1"},
                    "spans": [
                        {
                            "traceId": "AQIDBAUGBwgJCgsMDQ4PEA==",
                            "spanId": "AQIDBAUGBwg=",
                            "name": "ask the model",
                            "kind": "SPAN_KIND_CLIENT",
                            "startTimeUnixNano": 1763600000000000001,
                            "endTimeUnixNano": 1763600001000000002,
                            "attributes": [
                                {"key": "gen_ai.system", "value": {"stringValue": "openai"}},
                                {"key": "gen_ai.usage.input_tokens", "value": {"intValue": 12}},
                            ],
                            "status": {"code": "STATUS_CODE_OK"},
                        }
                    ],
                }
            ],
        }
    ]
}
