import json

import pytest

from tests.translators.spans import span
from translators.base import Signature
from translators.dialects.strands import Strands
from translators.registry import Registry
from translators.run import Run
from translators.span import Event, Json, JsonObject

SCOPE = "strands.telemetry.tracer"
DETAILS = "gen_ai.client.inference.operation.details"
TOOL: JsonObject = {
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": "f",
    "gen_ai.tool.call.id": "t1",
}


def run_of(attributes: JsonObject, *events: Event, status_code: int = 0) -> Run:
    return Registry().translate(
        span(attributes, scope=SCOPE, events=list(events), status_code=status_code)
    )


def details(key: str, *messages: JsonObject) -> Event:
    return Event(DETAILS, 1, {f"gen_ai.{key}.messages": json.dumps(messages)})


def asked(arguments: Json, **more: Json) -> Event:
    part = {"type": "tool_call", "name": "f", "id": "t1", "arguments": arguments, **more}
    return details("input", {"role": "tool", "parts": [part]})


def answered(response: Json) -> Event:
    part = {"type": "tool_call_response", "id": "t1", "response": response}
    return details("output", {"role": "tool", "parts": [part]})


def usage(model: str, **more: Json) -> JsonObject:
    return {
        "gen_ai.operation.name": "chat",
        "gen_ai.system": "strands-agents",
        "gen_ai.request.model": model,
        "gen_ai.usage.input_tokens": 40,
        "gen_ai.usage.output_tokens": 12,
        "gen_ai.usage.total_tokens": 52,
        **{f"gen_ai.usage.{key.replace('__', '.')}": value for key, value in more.items()},
    }


def test_it_speaks_of_its_tracer_only() -> None:
    assert Strands().speaks(Signature(SCOPE, frozenset(), frozenset()))
    assert not Strands().speaks(Signature("strands", frozenset({"gen_ai.system"}), frozenset()))


@pytest.mark.parametrize(
    ("model", "counted"),
    [
        ("us.anthropic.claude-sonnet-4-20250514-v1:0", 70),
        ("arn:aws:bedrock:us-east-1:1:inference-profile/x", 70),
        ("claude-sonnet-4-20250514", 70),
        ("gpt-4o", 40),
        ("gemini-2.5-pro", 40),
        ("anthropic/claude-sonnet-4", 40),
        ("", 40),
    ],
)
def test_older_versions_count_cached_tokens_as_the_model_does(model: str, counted: int) -> None:
    run = run_of(usage(model, cache_read_input_tokens=20, cache_write_input_tokens=10))

    assert run.metadata["usage_metadata"]["input_tokens"] == counted
    assert run.metadata["usage_metadata"]["input_token_details"] == {
        "cache_read": 20,
        "cache_creation": 10,
    }


def test_newer_versions_count_cached_tokens_in() -> None:
    attributes = usage(
        "claude-sonnet-4-20250514", cache_read__input_tokens=20, cache_read_input_tokens=20
    )

    run = run_of(attributes)

    assert run.metadata["usage_metadata"]["input_tokens"] == 40
    assert "gen_ai.usage.cache_read_input_tokens" not in run.metadata


def test_nothing_is_said_of_a_cache_without_input() -> None:
    run = run_of({"gen_ai.request.model": "claude-3", "gen_ai.usage.cache_read_input_tokens": 2})

    assert run.run_type == "chain"


@pytest.mark.parametrize(
    ("arguments", "inputs"), [({"a": 1}, {"a": 1}), ([1], {"input": [1]}), ("x", {"input": "x"})]
)
def test_a_tools_arguments_and_result_stand_in_messages(
    arguments: Json, inputs: JsonObject
) -> None:
    run = run_of(TOOL, asked(arguments), answered([{"text": "21"}]))

    assert (run.inputs, run.outputs) == (inputs, {"output": "21"})
    assert [event.get("kwargs") for event in run.events] == [None, None]


def test_what_attributes_say_the_messages_need_not_repeat() -> None:
    attributes = {
        **TOOL,
        "gen_ai.tool.call.arguments": '{"a": 1}',
        "gen_ai.tool.call.result": '[{"text": "21"}]',
    }

    run = run_of(attributes, asked({"a": 1}), answered([{"text": "21"}]))

    assert (run.inputs, run.outputs) == ({"a": 1}, {"output": "21"})
    assert [event.get("kwargs") for event in run.events] == [None, None]


def test_what_messages_say_differently_stays() -> None:
    attributes = {
        **TOOL,
        "gen_ai.tool.call.arguments": '{"a": 1}',
        "gen_ai.tool.call.result": "21",
    }

    run = run_of(attributes, asked({"a": 2}), answered([{"text": "22"}]))

    assert [list(event["kwargs"]) for event in run.events] == [
        ["gen_ai.input.messages"],
        ["gen_ai.output.messages"],
    ]


@pytest.mark.parametrize(
    "event",
    [
        asked({"a": 1}, more="m"),
        details("input"),
        details("input", {"role": "tool"}),
        details("input", {"role": "tool", "parts": ["a"]}),
        details("output", {"role": "tool", "parts": [{"id": "t1"}]}),
        details("input", {"role": "tool", "parts": [{"id": "t1"}]}),
        Event(DETAILS, 1, {"gen_ai.input.messages": '[{"role'}),
        Event(DETAILS, 1, {"gen_ai.input.messages": "[REDACTED]", "a": 1}),
        Event("other", 1, {"gen_ai.input.messages": "[]"}),
    ],
)
def test_messages_that_hold_more_than_the_call_are_no_arguments(event: Event) -> None:
    found = Strands().translate(span(TOOL, scope=SCOPE, events=[event]))

    assert found is None


@pytest.mark.parametrize(
    ("events", "error"),
    [
        ([answered([{"text": "Error: no"}])], "Error: no"),
        ([Event("gen_ai.choice", 1, {"message": '[{"text": "Error: no"}]'})], "Error: no"),
        ([Event("gen_ai.choice", 1, {"message": '[{"json": {"a": 1}}]'})], "Error"),
        ([], "Error"),
    ],
)
def test_a_tools_error_is_the_spans(events: list[Event], error: str) -> None:
    run = run_of({**TOOL, "gen_ai.tool.status": "error"}, *events, status_code=1)

    assert run.error == error


def test_a_cycles_outputs_are_what_its_tools_gave_back() -> None:
    result = {"type": "tool_call_response", "id": "t1", "response": [{"text": "21"}]}

    run = run_of(
        {"gen_ai.operation.name": "execute_event_loop_cycle"},
        details("input", {"role": "user", "parts": [{"type": "text", "content": "hi"}]}),
        details("input", {"role": "user", "parts": [result]}),
    )

    assert run.outputs == {
        "messages": [{"role": "tool", "content": "21", "tool_call_id": "t1"}],
    }


def test_a_cycle_without_tools_has_no_outputs() -> None:
    run = run_of(
        {"gen_ai.operation.name": "execute_event_loop_cycle", "gen_ai.input.messages": "hi"}
    )

    assert run.outputs is None


@pytest.mark.parametrize(
    ("operation", "content", "run_type", "inputs", "outputs"),
    [
        ("memory.search", "[]", "retriever", None, {"documents": []}),
        ("memory.search", "Paris?", "retriever", {"input": "Paris?"}, None),
        ("memory.add", "Likes Paris.", "chain", {"input": "Likes Paris."}, None),
    ],
)
def test_memory_may_be_told_in_attributes(
    operation: str,
    content: str,
    run_type: str,
    inputs: JsonObject | None,
    outputs: JsonObject | None,
) -> None:
    run = run_of({"gen_ai.operation.name": operation, "content": content})

    assert (run.run_type, run.inputs, run.outputs) == (run_type, inputs, outputs)


def test_memory_events_that_say_more_stay_whole() -> None:
    run = run_of(
        {"gen_ai.operation.name": "memory.search"},
        Event("memory.query", 1, {"content": "Paris?", "a": 1}),
        Event("memory.query", 2, {"content": 7}),
        Event("memory.results", 3, {"content": '[{"content'}),
        Event("other", 4, {"content": "x"}),
    )

    assert run.inputs == {"query": "Paris?"}
    assert run.outputs is None
    assert [len(event["kwargs"]) for event in run.events] == [2, 1, 1, 1]


@pytest.mark.parametrize("more", [{"role": ["odd"]}, {"role": "tool", "odd": 1}])
def test_what_a_message_says_beside_a_tools_part_is_told(more: JsonObject) -> None:
    part = {"type": "tool_call", "name": "f", "id": "t1", "arguments": {"a": 1}}
    run = run_of(TOOL, details("input", {"role": "tool", "parts": [part], **more}))

    assert "odd" in str([run.inputs, run.events])


def test_a_type_of_a_tools_part_that_is_none_is_told() -> None:
    run = run_of(TOOL, asked({"a": 1}, type=["odd"]))

    assert "odd" in str([run.inputs, run.events])
