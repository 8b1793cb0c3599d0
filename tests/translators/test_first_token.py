import pytest

from tests.translators.drafts import chat, said
from tests.translators.drafts import genai as draft
from translators.span import Event, Json, Scope


@pytest.mark.parametrize(
    ("key", "value", "scope", "ns"),
    [
        ("gen_ai.response.time_to_first_chunk", 0.5, "", 500_001_000),
        ("gen_ai.client.operation.time_to_first_chunk", 0.5, "", 500_001_000),
        ("gen_ai.server.time_to_first_token", 500, "strands.telemetry.tracer", 500_001_000),
        ("gen_ai.server.time_to_first_token", 2, "openlit.instrumentation.openai", 2_000_001_000),
        ("gen_ai.server.time_to_first_token", 0.5, "", 500_001_000),
        ("gen_ai.server.time_to_first_token", 500.0, "", 500_001_000),
        ("gen_ai.server.time_to_first_token", "soon", "", None),
    ],
)
def test_the_first_token_is_told_in_seconds_or_milliseconds(
    key: str, value: Json, scope: str, ns: int | None
) -> None:
    found = draft({**chat(), key: value}, scope=Scope(scope))

    assert said(found, "first_token_ns") == ns


def test_the_first_chunk_event_is_the_first_token() -> None:
    events = [Event("gen_ai.content.chunk", 7, {}), Event("gen_ai.content.chunk", 9, {})]

    assert draft(chat(response__time_to_first_chunk=1), events).said["first_token_ns"] == (7, ())
