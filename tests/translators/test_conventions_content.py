"""Inputs and outputs by the kind of run, whose telling counts, and what is cut off.

As conventions 1.2, 1.5, 1.16, 1.17 and 3.1 say.
"""

import orjson
import pytest

from tests.translators.spans import span
from translators.registry import Registry
from translators.run import Run
from translators.span import Json, JsonObject, Span

CHAT = {"gen_ai.operation.name": "chat"}
HI = '[{"role": "user", "parts": [{"type": "text", "content": "hi"}]}]'
HI_MESSAGES = {"messages": [{"role": "user", "content": "hi"}]}
CALL = '[{"role": "assistant", "parts": [{"type": "tool_call", "id": "c", "name": "add"}]}]'
TOOL = {"type": "function", "function": {"name": "add"}}


def run_of(attributes: JsonObject) -> Run:
    return Registry().translate(span(attributes))


@pytest.mark.parametrize(
    ("value", "inputs", "outputs"),
    [
        ('{"a": 1}', {"a": 1}, {"a": 1}),
        ("[1, 2]", {"input": [1, 2]}, {"output": [1, 2]}),
        ("text", {"input": "text"}, {"output": "text"}),
        ("5", {"input": "5"}, {"output": "5"}),
        ('[{"type": "human", "content": "hi"}]', HI_MESSAGES, HI_MESSAGES),
        (
            '{"messages": [{"role": "user", "content": "hi"}], "k": 2}',
            {**HI_MESSAGES, "k": 2},
            {**HI_MESSAGES, "k": 2},
        ),
    ],
)
def test_content_of_a_chain_is_an_object_or_messages(
    value: str, inputs: JsonObject, outputs: JsonObject
) -> None:
    run = run_of({"input": value, "output": value})

    assert run.inputs == inputs
    assert run.outputs == outputs


@pytest.mark.parametrize(
    ("attributes", "inputs"),
    [
        ({"gen_ai.input.messages": HI}, {"input": "hi"}),
        (
            {"gen_ai.input.messages": '[{"role": "user", "content": "a"}, "b"]'},
            {"input": ["a", "b"]},
        ),
        (
            {"gen_ai.input.messages": '[{"role": "system", "content": "a"}]'},
            {"messages": [{"role": "system", "content": "a"}]},
        ),
        ({"input": "a"}, {"input": "a"}),
    ],
)
def test_what_is_embedded_is_text(attributes: JsonObject, inputs: JsonObject) -> None:
    assert run_of({"gen_ai.operation.name": "embeddings", **attributes}).inputs == inputs


def test_each_side_is_told_by_who_knows_it() -> None:
    run = run_of({**CHAT, "gen_ai.prompt": "a", "output": "b"})

    assert run.inputs == {"prompt": "a"}
    assert run.outputs == {"output": "b"}


def test_a_telling_with_tool_calls_beats_an_earlier_one_without() -> None:
    run = run_of(
        {
            "openinference.span.kind": "LLM",
            "llm.output_messages.0.message.role": "assistant",
            "llm.output_messages.0.message.content": "calling",
            "gen_ai.output.messages": CALL,
        }
    )

    assert run.outputs is not None
    assert [m["content"] for m in run.outputs["messages"]] == [None]
    assert run.metadata["llm.output_messages.0.message.content"] == "calling"


@pytest.mark.parametrize(
    ("attributes", "key", "inputs"),
    [
        (
            {"openinference.span.kind": "CHAIN"},
            "input.value",
            {"city": "Rome"},
        ),
        (
            {"langfuse.observation.type": "agent"},
            "langfuse.observation.input",
            {"city": "Rome"},
        ),
        (
            {"traceloop.span.kind": "workflow"},
            "traceloop.entity.input",
            {"city": "Rome"},
        ),
    ],
)
def test_what_a_user_gave_a_chain_beats_messages_and_these_stay(
    attributes: JsonObject, key: str, inputs: JsonObject
) -> None:
    run = run_of({**attributes, key: '{"city": "Rome"}', "gen_ai.input.messages": HI})

    assert run.inputs == inputs
    assert run.metadata["gen_ai.input.messages"] == HI


def test_messages_beat_what_a_model_call_was_given_and_that_stays() -> None:
    given = '{"city": "Rome"}'
    attributes = {"langfuse.observation.type": "generation", "langfuse.observation.input": given}

    run = run_of({**attributes, "gen_ai.input.messages": HI})

    assert run.inputs == HI_MESSAGES
    assert run.metadata["langfuse.observation.input"] == given


@pytest.mark.parametrize(
    ("content", "inputs"),
    [
        ({}, {"tools": [TOOL]}),
        ({"gen_ai.input.messages": HI}, {"tools": [TOOL], **HI_MESSAGES}),
        ({"input": "hi"}, {"input": "hi"}),
        ({"langsmith.span.kind": "tool"}, None),
    ],
)
def test_the_tools_of_a_model_call_stand_beside_its_messages(
    content: JsonObject, inputs: JsonObject | None
) -> None:
    run = run_of({**CHAT, **content, "gen_ai.tool.definitions": orjson.dumps([TOOL]).decode()})

    assert run.inputs == inputs
    assert run.invocation_params["tools"] == [TOOL]


def cut(length: int, dropped: int = 0, key: str = "gen_ai.input.messages") -> Span:
    found = span({**CHAT, key: '[{"role": "user", "content": "' + "a" * (length - 30)})
    found.dropped = (dropped, 0, 0)
    return found


@pytest.mark.parametrize("length", [128, 1000, 4095, 12_000, 32_768, 65_535])
def test_json_that_ends_at_a_usual_limit_is_said_to_be_cut_off(length: int) -> None:
    given = cut(length)

    run = Registry().translate(given)

    assert run.metadata["otel.truncated"] == ["gen_ai.input.messages"]
    assert run.inputs == {"input": given.attributes["gen_ai.input.messages"]}
    assert len(run.metadata["gen_ai.input.messages"]) == length


def test_json_that_ends_too_early_is_cut_off_where_attributes_were_dropped() -> None:
    assert "otel.truncated" not in Registry().translate(cut(100)).metadata
    assert "otel.truncated" not in Registry().translate(cut(99, dropped=0)).metadata
    assert Registry().translate(cut(99, dropped=1)).metadata["otel.truncated"] == [
        "gen_ai.input.messages"
    ]


def test_either_side_may_be_cut_off_whoever_tells_it() -> None:
    given = '{"a": "' + "b" * 1017

    run = run_of({"traceloop.span.kind": "task", "traceloop.entity.output": given})

    assert run.metadata["otel.truncated"] == ["traceloop.entity.output"]
    assert run.outputs == {"output": given}


@pytest.mark.parametrize("value", ["b" * 1024, "[" + "b" * 62, '["' + "b" * 1020 + '"]'])
def test_whole_text_is_not_cut_off(value: Json) -> None:
    assert "otel.truncated" not in run_of({"input": value}).metadata
