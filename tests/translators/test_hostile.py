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
SOME = 20_000  # squared, far more than anybody's patience
# The most that so much in one span may take, measured by what SOME attributes take in small spans:
# it takes a fifth of that at most.
PATIENCE = 125


@pytest.fixture(scope="module")
def patience() -> float:
    """Return PATIENCE in seconds of the processor that is here, at its quickest."""
    small = [
        {f"custom.{at}": f"word{at}." for at in range(first, first + 200)}
        for first in range(0, SOME, 200)
    ]
    registry = Registry()
    took = []
    for _ in range(3):
        began = time.process_time()
        for attributes in small:
            registry.translate(span_with({**attributes}))
        took.append(time.process_time() - began)
    return PATIENCE * min(took)


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
    ("pattern", "count"),
    [
        ("custom.{}", 100_000),
        ("a" * 200 + ".{}", SOME),
        ("gen_ai.prompt.{}.content", 100_000),
        ("llm.input_messages.{}.message.content", SOME),
        ("retrieval.documents.{}.document.content", SOME),
        ("llm.request.functions.{}.name", SOME),
        ("embedding.embeddings.{}.embedding.text", SOME),
        ("traceloop.association.properties.{}", SOME),
        ("langfuse.observation.metadata.{}", SOME),
    ],
)
def test_attributes_of_any_number_take_time_in_proportion(
    pattern: str, count: int, patience: float
) -> None:
    attributes: JsonObject = {pattern.format(at): f"word{at}." for at in range(count)}
    attributes["openinference.span.kind"] = "LLM"
    began = time.process_time()

    run = run_of(attributes)

    assert time.process_time() - began < patience
    assert run.failures == ()
    text = orjson.dumps(told(run)).decode()
    assert [at for at in (0, count // 2, count - 1) if f"word{at}." not in text] == []


def test_many_messages_parts_and_events_take_time_in_proportion(patience: float) -> None:
    parts: list[Json] = [{"type": "tool_call", "id": f"c{at}", "name": "f"} for at in range(SOME)]
    messages = [{"role": "assistant", "parts": parts}, *[{"role": "user", "content": "x"}] * SOME]
    events = [Event("gen_ai.choice", at, {"index": at, "content": "x"}) for at in range(10_000)]
    span = span_with({"gen_ai.input.messages": orjson.dumps(messages).decode()}, events)
    began = time.process_time()

    run = Registry().translate(span)

    assert time.process_time() - began < patience
    told_inputs, told_outputs = run.inputs or {}, run.outputs or {}
    assert len(told_inputs["messages"]) == SOME + 1
    assert len(told_outputs["choices"]) == 10_000


def calls(prefix: str) -> list[Json]:
    function = {"name": "f", "arguments": "{}"}
    ids = [f"{prefix}{at}" for at in range(SOME)]
    return [{"id": each, "type": "function", "function": function} for each in ids]


MANY: dict[str, JsonObject] = {
    "calls that are told twice": {
        "role": "assistant",
        "tool_calls": calls("a"),
        "parts": [{"type": "tool_call", "id": f"b{at}", "name": "f"} for at in range(SOME)],
    },
    "calls without an id": {
        "role": "assistant",
        "tool_calls": [{"name": f"f{at}", "args": {}} for at in range(SOME)],
        "additional_kwargs": {"tool_calls": [{"name": f"f{at}"} for at in range(SOME)]},
    },
    "results beside texts": {
        "role": "tool",
        "parts": [
            *[
                {"type": "tool_result", "tool_use_id": "c", "content": f"{at}"}
                for at in range(SOME)
            ],
            *[{"type": "text", "text": f"t{at}"} for at in range(SOME)],
        ],
    },
}


@pytest.mark.parametrize("what", MANY)
def test_many_things_in_one_message_take_time_in_proportion(what: str, patience: float) -> None:
    began = time.process_time()
    run = run_of({"gen_ai.input.messages": [MANY[what]]})

    assert time.process_time() - began < patience
    assert run.failures == ()


@pytest.mark.parametrize(
    "events",
    [
        [Event("gen_ai.choice", at, {"index": 0, "content": "x", "n": at}) for at in range(SOME)],
        [Event("gen_ai.user.message", 0, {"content": "x", **{f"a.{n}": n for n in range(SOME)}})],
        [Event("gen_ai.choice", 0, {"tool_calls": [], "tool_calls.0.id": "x", "content": "x"})],
        [
            Event(f"gen_ai.{kind}.message", at, {"content": "x", "id": at})
            for at in range(SOME)
            for kind in ("assistant", "tool")
        ],
        [
            Event(
                "gen_ai.client.operation.details",
                at,
                {"gen_ai.input.messages": f'[{{"parts":[{at}]}}]'},
            )
            for at in range(SOME)
        ],
    ],
    ids=["pieces of a choice", "attributes", "calls", "messages", "details"],
)
def test_events_of_any_number_and_size_take_time_in_proportion(
    events: list[Event], patience: float
) -> None:
    began = time.process_time()
    run = Registry().translate(span_with({}, events))

    assert time.process_time() - began < patience
    assert run.failures == ()
    assert run.inputs or run.outputs


def test_thoughts_of_any_number_take_time_in_proportion(patience: float) -> None:
    thoughts = [{"role": "thinking", "content": "hm", "n": at} for at in range(SOME)]
    began = time.process_time()
    run = run_of({"gen_ai.output.messages": thoughts})

    assert time.process_time() - began < patience
    assert run.failures == ()


def test_truncated_json_stays_as_it_is() -> None:
    registry = Registry()
    whole = orjson.dumps([{"role": "user", "content": "cut off here", "parts": [{"text": "a"}]}])

    for key in KEYS:
        span = span_with({key: whole.decode()[:-9], "gen_ai.operation.name": "chat"})
        run = registry.translate(span)
        assert run.failures == (), key
        assert lost(span, run) == [], key


def test_of_equal_names_in_an_object_the_last_counts() -> None:
    run = run_of({"gen_ai.input.messages": '[{"role":"user","content":"a","content":"b"}]'})

    assert run.inputs == {"messages": [{"role": "user", "content": "b"}]}


@pytest.mark.parametrize("text", ["\ud800", "\x00", "\u202e\ufeff", "e\u0301", "\U0010ffff"])
def test_letters_of_any_kind_are_no_reason_to_fail(text: str) -> None:
    # A lone half of a letter comes out of JSON's escapes, and of no valid UTF-8.
    span = span_with({"gen_ai.input.messages": text, "llm.input_messages.0.message.content": text})

    assert Registry().translate(span).failures == ()
    assert parsed_json('"\\ud800"') is None
