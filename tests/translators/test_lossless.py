"""Nothing of a span is missing in its run, whatever it says and in whose words."""

from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.translators.leaves import lost
from tests.translators.made_spans import INDEXED, OF_EVENTS, RESERVED, Maker, known_keys
from tests.translators.test_golden import CASES, span_of, told
from translators.registry import Registry
from translators.span import Event, Json, Span

SPANS, SLICES = 20_000, 10

# Names that readers look for in objects.
MEMBERS = (
    "role", "content", "parts", "text", "type", "tool_calls", "function", "name", "id", "index",
    "arguments", "message", "messages", "choices", "finish_reason", "usage", "input", "output",
    "model", "args", "result", "response", "data", "metadata", "items", "tools", "config",
)  # fmt: skip
TYPES = ("text", "tool_call", "tool_result", "reasoning", "image", "message", "function", "x")
ROLES = ("user", "assistant", "tool", "critic")

# A leaf that came once in a thousand spans would be lost behind an equal one, so few are short.
some_leaves = st.one_of(st.none(), st.integers(1_000, 99_999), st.uuids().map(str))
some_json = st.recursive(
    some_leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(MEMBERS), inner, max_size=4),
        st.builds(
            lambda members, kind, role: {**members, "type": kind, "role": role},
            st.dictionaries(st.sampled_from(MEMBERS), inner, max_size=3),
            st.sampled_from(TYPES) | inner,
            st.sampled_from(ROLES) | inner,
        ),
    ),
    max_leaves=8,
)
some_values = st.one_of(some_json, some_json.map(lambda value: orjson.dumps(value).decode()))
known = sorted(
    {key[:-1] + "any" if key.endswith(".*") else key for key in (*known_keys(), *RESERVED)}
    | {key.format(at) for key in INDEXED for at in (0, 1)}
)
some_attributes = st.dictionaries(st.sampled_from(known), some_values, max_size=5)
some_events = st.builds(
    lambda name, attributes, own: Event(name, 1, {**attributes, **own}),
    st.sampled_from(("gen_ai.user.message", "gen_ai.choice", "gen_ai.tool.message", "exception")),
    some_attributes,
    st.dictionaries(st.sampled_from(OF_EVENTS), some_values, max_size=3),
)


def recorded_spans() -> list[Span]:
    return [span_of(orjson.loads(path.read_bytes())) for path in CASES]


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}/{path.name[:-10]}")
def test_no_leaf_of_a_recorded_span_is_lost(path: Path) -> None:
    span = span_of(orjson.loads(path.read_bytes()))
    run = Registry().translate(span)

    assert run.drop is not None or lost(span, run) == []


@pytest.mark.parametrize("seed", range(SLICES))
def test_no_leaf_of_a_made_span_is_lost(seed: int) -> None:
    maker, registry = Maker(seed, recorded_spans()), Registry()

    for _ in range(SPANS // SLICES):
        span = maker.span()
        run = registry.translate(span)
        assert run.failures == ()
        assert run.drop is not None or lost(span, run) == [], span.attributes


@settings(max_examples=200)
@given(
    some_attributes,
    st.lists(some_events, max_size=2),
    st.sampled_from(("chat", "execute_tool", "invoke_agent", "embeddings", "retrieval", "")),
    st.sampled_from((0, 1, 2)),
)
def test_no_leaf_of_any_json_under_known_keys_is_lost(
    attributes: dict[str, Json], events: list[Event], operation: str, status: int
) -> None:
    if operation:
        attributes = {**attributes, "gen_ai.operation.name": operation}
    span = Span(
        trace_id="1" * 32,
        span_id="2" * 16,
        name="made",
        attributes=attributes,
        events=events,
        status_code=status,
    )
    run = Registry().translate(span)

    assert run.failures == ()
    assert run.drop is not None or lost(span, run) == []


def test_no_credential_is_told() -> None:
    maker, registry = Maker(SLICES, recorded_spans()), Registry()
    names = ("llm.request.api_key", "langsmith.metadata.openai_api_key", "http.cookie")

    for _ in range(500):
        span = maker.span()
        span.attributes |= {name: f"sesame {name}" for name in names}
        span.events.append(Event("sent", 0, {"headers.authorization": "sesame too"}))
        assert b"sesame" not in orjson.dumps(told(registry.translate(span))), span.attributes
