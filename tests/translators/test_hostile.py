"""What nobody sends by accident: a span that shall cost its sender more than it costs us."""

import time

import orjson
import pytest

from tests.translators.leaves import lost
from tests.translators.made_spans import INDEXED, RESERVED, known_keys
from tests.translators.test_golden import told
from translators.attributes import indexed, parsed_json
from translators.registry import Registry
from translators.run import Run
from translators.span import Event, Json, JsonObject, Span

KEYS = sorted(
    {key[:-1] + "any" if key.endswith(".*") else key for key in (*known_keys(), *RESERVED)}
    | {key.format(0) for key in INDEXED}
)
# JSON text that a parser still opens, and such as it refuses; in both, code of ours that calls
# itself for each level would run out of stack.
DEPTHS = (300, 900, 10_000)
# The most that translating so many attributes may take, in seconds: it takes a fifth of that.
PATIENCE = 5.0


def span_with(attributes: JsonObject, events: list[Event] | None = None) -> Span:
    return Span(
        trace_id="1" * 32, span_id="2" * 16, name="x", attributes=attributes, events=events or []
    )


def run_of(attributes: JsonObject) -> Run:
    return Registry().translate(span_with(attributes))


def deep(shape: str, levels: int) -> str:
    opening, closing = {
        "lists": ("[", "]"),
        "objects": ('{"content":', "}"),
        "wrappers": ('{"messages":', "}"),
        "results": ('[{"type":"tool_result","content":', "}]"),
    }[shape]
    return opening * levels + "1" + closing * levels


@pytest.mark.parametrize("levels", DEPTHS)
@pytest.mark.parametrize("shape", ["lists", "objects", "wrappers", "results"])
def test_json_text_of_any_depth_is_translated(shape: str, levels: int) -> None:
    registry, text = Registry(), deep(shape, levels // 2)

    for key in KEYS:
        run = registry.translate(span_with({key: text, "gen_ai.operation.name": "chat"}))
        assert run.failures == (), key


@pytest.mark.parametrize("levels", DEPTHS)
@pytest.mark.parametrize("key", ["gen_ai.input.messages", "input.value", "ai.prompt.messages"])
def test_json_text_that_is_too_deep_to_open_stays_text(key: str, levels: int) -> None:
    text = deep("lists", levels)
    run = run_of({key: text})
    kept = [run.inputs, run.outputs, run.metadata]

    assert parsed_json(text) is None or levels < 1_000
    assert levels < 10_000 or any(text in str(side) for side in kept)


@pytest.mark.parametrize("levels", [300, 900])
def test_deep_messages_are_told_as_text_or_as_they_are(levels: int) -> None:
    content = orjson.loads(deep("objects", levels))
    message = {"role": "user", "content": [{"type": "tool_result", "content": content}]}
    run = run_of({"gen_ai.input.messages": [message]})

    assert run.failures == ()


@pytest.mark.parametrize(
    "index", ["1000000000", "99999999999999999999", "-1", "007", "1e9", "x", "٣", "1000000", " 1"]
)
@pytest.mark.parametrize("prefix", ["gen_ai.prompt.", "llm.input_messages.", "llm.tools."])
def test_an_index_that_is_none_is_part_of_a_name(prefix: str, index: str) -> None:
    key = f"{prefix}{index}.content"
    run = run_of({key: "hi"})

    assert indexed({key: "hi"}, prefix) == {}
    assert run.failures == ()
    assert run.metadata[key] == "hi"


def test_a_large_index_takes_no_room() -> None:
    run = run_of({"gen_ai.prompt.999999.content": "last", "gen_ai.prompt.7.content": "first"})

    assert run.inputs is not None
    assert [message["content"] for message in run.inputs["messages"]] == ["first", "last"]


@pytest.mark.parametrize(
    "pattern",
    [
        "custom.{}",
        "gen_ai.prompt.{}.content",
        "llm.input_messages.{}.message.content",
        "retrieval.documents.{}.document.content",
        "llm.request.functions.{}.name",
        "embedding.embeddings.{}.embedding.text",
        "traceloop.association.properties.{}",
        "langfuse.observation.metadata.{}",
        "a" * 200 + ".{}",
    ],
)
def test_a_hundred_thousand_attributes_take_time_in_proportion(pattern: str) -> None:
    attributes: JsonObject = {pattern.format(at): f"word{at}" for at in range(100_000)}
    attributes["openinference.span.kind"] = "LLM"
    began = time.process_time()

    run = run_of(attributes)

    assert time.process_time() - began < PATIENCE
    assert run.failures == ()
    text = orjson.dumps(told(run))
    assert [word for word in (b"word0", b"word50000", b"word99999") if word not in text] == []


def test_many_messages_parts_and_events_take_time_in_proportion() -> None:
    parts: list[Json] = [{"type": "tool_call", "id": f"c{at}", "name": "f"} for at in range(30_000)]
    messages = [{"role": "assistant", "parts": parts}, *[{"role": "user", "content": "x"}] * 30_000]
    events = [Event("gen_ai.choice", at, {"index": at, "content": "x"}) for at in range(10_000)]
    span = span_with({"gen_ai.input.messages": orjson.dumps(messages).decode()}, events)
    began = time.process_time()

    run = Registry().translate(span)

    assert time.process_time() - began < PATIENCE
    told_inputs, told_outputs = run.inputs or {}, run.outputs or {}
    assert len(told_inputs["messages"]) == 30_001
    assert len(told_outputs["choices"]) == 10_000


@pytest.mark.parametrize("key", KEYS)
def test_truncated_json_stays_as_it_is(key: str) -> None:
    whole = orjson.dumps([{"role": "user", "content": "cut off here", "parts": [{"text": "a"}]}])
    span = span_with({key: whole.decode()[:-9], "gen_ai.operation.name": "chat"})
    run = Registry().translate(span)

    assert run.failures == ()
    assert lost(span, run) == []


def test_of_equal_names_in_an_object_the_last_counts() -> None:
    run = run_of({"gen_ai.input.messages": '[{"role":"user","content":"a","content":"b"}]'})

    assert run.inputs == {"messages": [{"role": "user", "content": "b"}]}


@pytest.mark.parametrize("text", ["\ud800", "\x00", "\u202e\ufeff", "e\u0301", "\U0010ffff"])
def test_letters_of_any_kind_are_no_reason_to_fail(text: str) -> None:
    # A lone half of a letter comes out of JSON's escapes, and of no valid UTF-8.
    span = span_with({"gen_ai.input.messages": text, "llm.input_messages.0.message.content": text})

    assert Registry().translate(span).failures == ()
    assert parsed_json('"\\ud800"') is None
