import json

import pytest

from tests.translators.spans import span
from translators.base import Signature
from translators.dialects.semantic_kernel import SemanticKernel
from translators.registry import Registry
from translators.run import Run
from translators.span import Event, Json, JsonObject

CSHARP, PYTHON = "Microsoft.SemanticKernel.Diagnostics", "semantic_kernel.functions.kernel_function"
TEXT: JsonObject = {"gen_ai.operation.name": "text_completion", "gen_ai.system": "openai"}


def run_of(attributes: JsonObject, *events: Event, scope: str = CSHARP, name: str = "x") -> Run:
    return Registry().translate(span(attributes, scope=scope, events=list(events), name=name))


def content(name: str, value: Json, **more: Json) -> Event:
    text = value if isinstance(value, str) else json.dumps(value)
    return Event(name, 1, {"gen_ai.event.content": text, **more})


@pytest.mark.parametrize(
    "scope",
    [
        CSHARP,
        PYTHON,
        "Microsoft.SemanticKernel",
        "SemanticKernel",
        "agent_runtime InProcessRuntime",
    ],
)
def test_it_speaks_of_its_scopes_only(scope: str) -> None:
    assert SemanticKernel().speaks(Signature(scope, frozenset(), frozenset()))
    assert not SemanticKernel().speaks(Signature("", frozenset({"gen_ai.system"}), frozenset()))


@pytest.mark.parametrize(
    ("reason", "reasons"),
    [
        ("FinishReason.TOOL_CALLS", ["tool_calls"]),
        ("FinishReason.STOP,FinishReason.LENGTH", ["stop", "length"]),
        ('["Stop"]', ["Stop"]),
        ("stop", ["stop"]),
        ('["N/A"]', None),
        (7, None),
    ],
)
def test_finish_reasons_are_openais_words(reason: Json, reasons: list[str] | None) -> None:
    run = run_of({"gen_ai.response.finish_reason": reason}, scope=PYTHON)

    assert run.metadata.get("finish_reasons") == reasons


def test_a_prompt_stays_text_whatever_it_looks_like() -> None:
    run = run_of(
        TEXT,
        content("gen_ai.user.message", '{"role": "user"}', **{"gen_ai.system": "openai"}),
        content("gen_ai.choice", {"index": 0, "message": "{}", "finish_reason": "stop"}),
    )

    assert run.inputs == {"prompt": '{"role": "user"}'}
    assert run.outputs == {"choices": [{"text": "{}", "index": 0, "finish_reason": "stop"}]}
    assert [event.get("kwargs") for event in run.events] == [None, None]
    assert run.metadata["ls_model_type"] == "text"


def test_what_tells_of_the_record_stays_with_it() -> None:
    run = run_of(
        TEXT,
        Event("gen_ai.prompt", 1, {"body": "Once", "code.line.number": 3}),
        Event(
            "gen_ai.choice", 2, {"message": {"type": "text", "text": "upon"}, "code.line.number": 4}
        ),
        Event("other", 3, {"body": "x"}),
        scope=PYTHON,
    )

    assert run.inputs == {"prompt": "Once"}
    assert run.outputs == {"choices": [{"text": "upon", "index": 0, "finish_reason": None}]}
    assert [event.get("kwargs") for event in run.events] == [
        {"code.line.number": 3},
        {"code.line.number": 4},
        {"body": "x"},
    ]


@pytest.mark.parametrize(
    "choice",
    [
        {"index": 0, "message": {"role": "assistant", "content": "Paris"}},
        {"index": 0, "message": "Paris", "more": 1},
    ],
)
def test_an_answer_of_another_shape_is_left_to_the_conventions(choice: JsonObject) -> None:
    run = run_of(TEXT, content("gen_ai.choice", choice))

    assert run.outputs is not None
    assert run.outputs["messages"][0]["content"] == "Paris"


def test_a_prompt_that_is_not_there_is_not_told() -> None:
    run = run_of(TEXT, Event("gen_ai.prompt", 1, {"a.b": 1}))

    assert run.inputs is None
    assert run.events[0]["kwargs"] == {"a.b": 1}


def test_tool_calls_that_stand_twice_in_a_choice_are_told_once() -> None:
    calls = [{"id": "c1", "type": "function", "function": {"name": "f", "arguments": {"a": 1}}}]
    message = {"role": "assistant", "name": None, "content": None, "tool_calls": calls}

    run = run_of(
        {"gen_ai.operation.name": "chat"},
        content("gen_ai.choice", {"index": 0, "message": message, "tool_calls": calls}),
    )

    function = {"name": "f", "arguments": '{"a":1}'}
    assert run.outputs == {
        "messages": [
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": "c1", "type": "function", "function": function}],
            }
        ]
    }


def test_functions_of_java_are_tools() -> None:
    run = run_of(
        {
            "semantic_kernel.function.invocation.name": "get_weather",
            "semantic_kernel.function.invocation.plugin_name": "weather",
        },
        scope="SemanticKernel",
    )

    assert run.run_type == "tool"
    assert run.metadata["tool_name"] == "get_weather"
    assert run.metadata["plugin_name"] == "weather"


def test_a_message_of_the_runtime_tells_its_operation() -> None:
    run = run_of({"messaging.operation": "publish"}, scope="agent_runtime InProcessRuntime")

    assert run.metadata["otel.kind"] == "publish"


def test_an_operation_in_other_letters_stays_as_it_is() -> None:
    run = run_of({"messaging.operation": "Unknown"}, scope="agent_runtime InProcessRuntime")

    assert run.metadata["messaging.operation"] == "Unknown"


def test_the_loop_of_calls_is_a_chain_that_knows_its_functions() -> None:
    run = run_of({"sk.available_functions": "a,b"}, scope=PYTHON, name="AutoFunctionInvocationLoop")

    assert run.run_type == "chain"
    assert run.metadata["tools"] == ["a", "b"]
