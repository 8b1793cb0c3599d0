"""When the first token of an answer came, from what a ``gen_ai`` span says of it.

Source: OpenTelemetry "Semantic conventions for generative AI"; OpenLIT and Strands, whose units for
the same attribute differ.
"""

from translators.attributes import number
from translators.span import Span

SECONDS = (
    "gen_ai.response.time_to_first_chunk",
    "gen_ai.client.operation.time_to_first_chunk",
    "llm.latency.time_to_first_token",
)
SERVER_TTFT = "gen_ai.server.time_to_first_token"


def first_token_ns(span: Span) -> int | None:
    """Return the nanoseconds since 1970, None where the span does not say.

    An event tells it better than a duration, which counts from the span's start. Whether the time
    lies within the span is not looked at.
    """
    attributes = span.attributes
    for event in span.events:
        if event.name.startswith("gen_ai.") and event.name.endswith("chunk"):
            return event.time_ns
    for key in SECONDS:
        seconds = number(attributes.get(key))
        if seconds is not None:
            return span.start_ns + round(seconds * 1e9)
    value = number(attributes.get(SERVER_TTFT))
    if value is None:
        return None
    # The convention's unit is the second; Strands sends milliseconds, as whole numbers.
    seconds = value / 1000 if _in_ms(span, value) else value
    return span.start_ns + round(seconds * 1e9)


def _in_ms(span: Span, value: float) -> bool:
    if span.scope.name.startswith(("strands", "openlit")):
        return span.scope.name.startswith("strands")
    given = span.attributes[SERVER_TTFT]
    return not (float in (given.__class__, value.__class__) and value < 100)
