import pytest

from tests.translators.dialects.openinference_spans import (
    CALL,
    KIND,
    SCHEMA,
    TOOL,
    call,
    carried,
    message,
    said,
    text_of,
    value_of,
)
from tests.translators.spans import span
from translators.registry import Registry
from translators.span import JsonObject


def test_tool_calls_become_openais() -> None:
    attributes = call("llm.output_messages.0.message.tool_calls.0.tool_call")

    draft = said(attributes, "LLM")

    assert value_of(draft, "outputs") == {
        "messages": [{"role": "assistant", "content": None, "tool_calls": [CALL]}]
    }
    assert carried(draft) == {KIND, *attributes}


def test_a_call_told_in_the_contents_too_is_one_call() -> None:
    start = "llm.output_messages.0.message."
    attributes = {
        **call(start + "tool_calls.0.tool_call"),
        **call(start + "contents.0.tool_call"),
        start + "contents.0.message_content.type": "tool_use",
    }

    assert value_of(said(attributes), "outputs")["messages"][0]["tool_calls"] == [CALL]


def test_the_oldest_form_of_a_call_has_no_id() -> None:
    start = "llm.output_messages.0.message."
    draft = said(
        {
            start + "role": "assistant",
            start + "function_call_name": "add",
            start + "function_call_arguments_json": '{"a": 1}',
        }
    )

    [told] = value_of(draft, "outputs")["messages"]
    assert told["tool_calls"] == [{**CALL, "id": None}]


def test_a_call_beside_the_messages_belongs_to_the_answer() -> None:
    attributes = message("output", 0, role="assistant", content="")
    function_call = text_of({"name": "add", "arguments": '{"a": 1}'})

    draft = said({**attributes, "llm.function_call": function_call})

    assert value_of(draft, "outputs")["messages"][0]["tool_calls"] == [{**CALL, "id": None}]
    assert value_of(said({**attributes, "llm.function_call": "x"}), "outputs") == {
        "messages": [{"role": "assistant", "content": ""}]
    }


@pytest.mark.parametrize(
    "attributes",
    [
        {"llm.tools.0.tool.json_schema": text_of(TOOL)},
        {"llm.tools.0.tool.json_schema": text_of({**TOOL["function"]})},  # type: ignore[dict-item]
        {
            "llm.tools.0.tool.json_schema": text_of(SCHEMA),
            "llm.tools.0.tool.name": "add",
            "llm.tools.0.tool.description": "Adds.",
        },
        {
            "llm.tools.0.tool.json_schema": text_of(TOOL),
            "llm.tools.0.tool.name": "add",
        },
    ],
)
def test_tools_become_openais(attributes: JsonObject) -> None:
    draft = said(attributes)

    assert value_of(draft, "params.tools") == [TOOL]
    assert carried(draft) == set(attributes)


def test_a_name_that_the_schema_contradicts_stays_where_it_is() -> None:
    attributes = {"llm.tools.0.tool.json_schema": text_of(TOOL), "llm.tools.0.tool.name": "plus"}

    assert carried(said(attributes)) == {"llm.tools.0.tool.json_schema"}


def test_a_schema_that_is_no_json_is_kept_as_text() -> None:
    attributes = {"llm.tools.0.tool.name": "add", "llm.tools.0.tool.json_schema": "{cut"}

    [tool] = value_of(said(attributes), "params.tools")

    assert tool["function"] == {"name": "add", "parameters": "{cut"}


def test_what_is_no_tool_says_nothing() -> None:
    attributes = {
        "llm.tools.0.tool": "add",
        "llm.tools.1.x": "y",
        "llm.tools.2.tool.json_schema": '{"function_declarations": []}',
    }

    assert said(attributes).said == {}


def test_parameters_are_params_unless_they_say_nothing() -> None:
    given = {"temperature": 0.2, "top_p": "", "seed": None, "stop": ["x"]}

    draft = said({"llm.invocation_parameters": text_of(given)})

    assert draft.said == {
        "bag.params": ({"temperature": 0.2, "stop": ["x"]}, ("llm.invocation_parameters",))
    }


def test_messages_and_tools_among_the_parameters_are_none_of_these() -> None:
    given = {"messages": [{"role": "user", "content": "hi"}], "tools": [TOOL], "seed": 7}

    run = Registry().translate(
        span({"openinference.span.kind": "LLM", "llm.invocation_parameters": text_of(given)})
    )

    assert run.invocation_params == {"seed": 7, "tools": [TOOL]}
    assert run.inputs == {"messages": [{"role": "user", "content": "hi"}], "tools": [TOOL]}
    assert "llm.invocation_parameters" not in run.metadata


def test_other_tools_and_messages_than_those_known_stay_in_the_attribute() -> None:
    other = {"type": "function", "function": {"name": "other"}}
    content: list[JsonObject] = [
        {"tools": [other]},
        {"messages": [{"role": "user", "content": "other"}]},
    ]
    for given in content:
        attributes = {
            "openinference.span.kind": "LLM",
            "llm.input_messages.0.message.role": "user",
            "llm.input_messages.0.message.content": "hi",
            "llm.tools.0.tool.json_schema": text_of(TOOL),
            "llm.invocation_parameters": text_of(given),
        }

        run = Registry().translate(span(attributes))

        assert run.invocation_params == {"tools": [TOOL]}
        assert run.metadata["llm.invocation_parameters"] == text_of(given)


def test_parameters_that_are_no_object_say_nothing() -> None:
    assert said({"llm.invocation_parameters": "{cut"}).said == {}


@pytest.mark.parametrize(
    ("attributes", "model", "response_model"),
    [
        ({}, "gpt-4o", None),
        ({"llm.model_name": "gpt-4o"}, "gpt-4o", None),
        ({"llm.model_name": "gpt-4o-2024-08-06"}, "gpt-4o", "gpt-4o-2024-08-06"),
        ({"llm.model_name": "my-deployment"}, "my-deployment", None),
        (
            {"llm.model_name": "gpt-4o-2024-08-06", "llm.request.model_name": "gpt-4"},
            "gpt-4",
            None,
        ),
    ],
)
def test_the_model_asked_for_stands_among_the_parameters(
    attributes: JsonObject, model: str, response_model: str | None
) -> None:
    draft = said({"llm.invocation_parameters": '{"model": "gpt-4o"}', **attributes})

    assert value_of(draft, "model") == model
    assert value_of(draft, "response_model") == response_model
