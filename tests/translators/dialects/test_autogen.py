import json

import pytest

from tests.translators.spans import span
from translators.base import Signature
from translators.dialects.autogen import AutoGen
from translators.registry import Registry
from translators.run import Run
from translators.span import Json, JsonObject

RUNTIME, AG2 = "autogen SingleThreadedAgentRuntime", "opentelemetry.instrumentation.ag2"
ASKED: JsonObject = {"source": "user", "content": "Weather?", "type": "TextMessage"}
SUNNY: JsonObject = {"source": "weather", "content": "Sunny.", "type": "TextMessage"}


def run_of(attributes: JsonObject, scope: str = AG2) -> Run:
    return Registry().translate(span(attributes, scope=scope))


def handed(message: Json) -> Run:
    text = message if isinstance(message, str) else json.dumps(message)
    return run_of({"messaging.operation": "process", "message": text}, RUNTIME)


def test_it_speaks_of_both_frameworks() -> None:
    dialect = AutoGen()

    assert dialect.speaks(Signature(RUNTIME, frozenset(), frozenset()))
    assert dialect.speaks(Signature("autogen-core", frozenset(), frozenset()))
    assert dialect.speaks(Signature("", frozenset({"ag2.span.type"}), frozenset()))
    assert not dialect.speaks(Signature("", frozenset({"messaging.operation"}), frozenset()))


@pytest.mark.parametrize(
    ("message", "roles"),
    [
        ({"messages": [ASKED, SUNNY]}, ["user", "assistant"]),
        ({"message": ASKED}, ["user"]),
        (
            {"response": {"chat_message": SUNNY, "inner_messages": [ASKED], "more": 1}},
            ["user", "assistant"],
        ),
        ({"response": {"chat_message": SUNNY}}, ["assistant"]),
    ],
)
def test_what_agents_say_to_each_other_is_a_conversation(
    message: JsonObject, roles: list[str]
) -> None:
    run = handed(message)

    assert run.inputs is not None
    assert [told["role"] for told in run.inputs["messages"]] == roles
    assert run.inputs["messages"][-1]["additional_kwargs"] == {"type": "TextMessage"}
    assert run.inputs.get("more") == (1 if "more" in json.dumps(message) else None)


def test_calls_and_results_of_tools_are_messages() -> None:
    calls = {
        "source": "weather",
        "type": "ToolCallRequestEvent",
        "content": [{"id": "c1", "name": "f", "arguments": "{}"}],
    }
    results = {
        "source": "weather",
        "type": "ToolCallExecutionEvent",
        "content": [{"content": "21", "name": "f", "call_id": "c1", "is_error": False}],
    }
    summary = {**SUNNY, "tool_calls": [{"id": "c1"}]}

    run = handed({"messages": [calls, results, summary]})

    assert run.inputs is not None
    function = {"name": "f", "arguments": "{}"}
    first, second, third = run.inputs["messages"]
    assert first["tool_calls"] == [{"id": "c1", "type": "function", "function": function}]
    assert second == {
        "role": "tool",
        "content": "21",
        "name": "f",
        "tool_call_id": "c1",
        "additional_kwargs": {
            "is_error": False,
            "source": "weather",
            "type": "ToolCallExecutionEvent",
        },
    }
    assert third["additional_kwargs"]["summarised_calls"] == [{"id": "c1"}]


@pytest.mark.parametrize(
    ("message", "inputs"),
    [
        ("No Message", None),
        ("{}", None),
        ("hello", {"input": "hello"}),
        ('{"cut', {"input": '{"cut'}),
        ({"body": 1}, {"body": 1}),
        ({"messages": [ASKED, 7]}, {"messages": [ASKED, 7]}),
        ({"messages": 7}, {"messages": 7}),
        ({"response": {"chat_message": 7}}, {"response": {"chat_message": 7}}),
    ],
)
def test_other_messages_are_told_as_they_are(message: Json, inputs: JsonObject | None) -> None:
    assert handed(message).inputs == inputs


def test_results_of_another_shape_are_kept_as_they_are() -> None:
    item = {"source": "weather", "type": "ToolCallExecutionEvent", "content": ["21"]}

    run = handed({"message": item})

    assert run.inputs is not None
    assert run.inputs["messages"][0]["role"] == "assistant"


@pytest.mark.parametrize(
    ("word", "run_type"),
    [
        ("llm", "llm"),
        ("tool", "tool"),
        ("code_execution", "tool"),
        ("conversation", "chain"),
        ("envelope", "chain"),
        (7, "chain"),
    ],
)
def test_ag2_tells_the_type_of_its_spans(word: Json, run_type: str) -> None:
    assert run_of({"ag2.span.type": word}).run_type == run_type


@pytest.mark.parametrize(
    ("kind", "where"),
    [("model_call", "usage_rollup"), ("subtask", "usage_metadata")],
)
def test_usage_counts_where_no_other_span_tells_of_it(kind: str, where: str) -> None:
    run = run_of(
        {
            "ag2.span.type": "usage",
            "ag2.usage.kind": kind,
            "gen_ai.usage.input_tokens": 4,
            "gen_ai.usage.output_tokens": 2,
            "gen_ai.usage.thinking_tokens": 1,
        }
    )

    assert run.metadata[where] == {
        "input_tokens": 4,
        "output_tokens": 2,
        "total_tokens": 6,
        "output_token_details": {"reasoning": 1},
    }


def test_ag2_counts_anthropics_cache_beside_the_input() -> None:
    run = run_of(
        {
            "ag2.span.type": "llm",
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "anthropic",
            "gen_ai.usage.input_tokens": 40,
            "gen_ai.usage.output_tokens": 2,
            "gen_ai.usage.cache_read_input_tokens": 20,
        }
    )

    assert run.metadata["usage_metadata"]["input_tokens"] == 60


@pytest.mark.parametrize(("code", "error"), [(0, None), (2, "exit code 2")])
def test_code_that_fails_is_an_error(code: int, error: str | None) -> None:
    assert run_of({"ag2.code_execution.exit_code": code}).error == error


@pytest.mark.parametrize("candidates", ['["poet"', "7", "[]"])
def test_candidates_that_are_no_list_say_nothing(candidates: str) -> None:
    assert run_of({"ag2.speaker_selection.candidates": candidates}).inputs is None


def test_what_stands_in_place_of_messages_is_kept() -> None:
    said = {"source": "user", "content": "hi"}
    response = {"chat_message": said, "inner_messages": "odd", "name": "b", "x": None}
    run = handed({"response": response, "name": "a"})

    assert run.inputs == {
        "messages": [{"role": "user", "content": "hi", "name": "user"}],
        "inner_messages": "odd",
        "name": "a",
        "name_": "b",
    }
