"""Content under OpenTelemetry's GenAI conventions, from the attributes to the run.

The rows of section "OTel GenAI" of the coverage matrix about messages and tools.
"""

import pytest

from tests.translators.genai_spans import CHAT, run_of, said, text_of, words
from tests.translators.spans import START_NS
from translators.span import Event, Json, JsonObject


@pytest.mark.parametrize("encode", [text_of, lambda value: value], ids=["JSON", "structured"])
def test_messages_have_one_form_as_json_text_and_as_structured_values(encode: Json) -> None:
    question = [said(words("2+2"), name="ann")]
    answer = [said(words("4"), role="assistant", finish_reason="stop")]

    run = run_of(
        {
            **CHAT,
            "gen_ai.input.messages": encode(question),
            "gen_ai.output.messages": encode(answer),
        }
    )

    assert run.inputs == {"messages": [{"role": "user", "content": "2+2", "name": "ann"}]}
    assert run.outputs == {
        "messages": [{"role": "assistant", "content": "4", "finish_reason": "stop"}]
    }
    assert "gen_ai.input.messages" not in run.metadata
    assert "gen_ai.output.messages" not in run.metadata


def test_one_malformed_message_loses_no_other() -> None:
    given = [said(words("one")), 5, {"surprise": True}, said(words("two"))]

    run = run_of({**CHAT, "gen_ai.input.messages": text_of(given)})

    assert run.inputs is not None
    first, *between, last = run.inputs["messages"]
    assert (first["content"], last["content"]) == ("one", "two")
    assert "5" in text_of(between)
    assert "surprise" in text_of(between)


@pytest.mark.parametrize(
    "instructions",
    ['[{"type": "text", "content": "Be brief."}]', "Be brief.", [words("Be brief.")]],
    ids=["JSON", "text", "structured"],
)
def test_system_instructions_are_the_first_message_and_never_twice(instructions: Json) -> None:
    bare = [said(words("2+2"))]
    told = [said(words("Be brief."), role="system"), *bare]

    runs = [
        run_of(
            {
                **CHAT,
                "gen_ai.system_instructions": instructions,
                "gen_ai.input.messages": text_of(messages),
            }
        )
        for messages in (bare, told)
    ]

    expected = {
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "2+2"},
        ]
    }
    assert [run.inputs for run in runs] == [expected, expected]


def test_tool_definitions_are_openais_beside_messages_and_parameters() -> None:
    flat = {"type": "function", "name": "f", "description": "d", "parameters": {"type": "object"}}
    wrapped = {"type": "function", "function": {k: v for k, v in flat.items() if k != "type"}}
    anthropic = {"name": "f", "description": "d", "input_schema": {"type": "object"}}
    builtin = {"type": "web_search", "max_uses": 3}

    run = run_of(
        {
            **CHAT,
            "gen_ai.input.messages": text_of([said(words("2+2"))]),
            "gen_ai.tool.definitions": text_of([flat, wrapped, anthropic, builtin]),
        }
    )

    tools = [wrapped, wrapped, wrapped, builtin]
    assert run.invocation_params["tools"] == tools
    assert run.inputs == {"messages": [{"role": "user", "content": "2+2"}], "tools": tools}


@pytest.mark.parametrize(
    ("arguments", "inputs"),
    [
        ('{"city": "Köln"}', {"city": "Köln"}),
        ({"city": "Köln"}, {"city": "Köln"}),
        ("Köln", {"input": "Köln"}),
        ("[1, 2]", {"input": [1, 2]}),
    ],
)
@pytest.mark.parametrize(
    ("result", "output"), [('{"sky": "rain"}', {"sky": "rain"}), ("rain", "rain"), ([1], [1])]
)
def test_a_tool_that_runs_has_arguments_and_a_result(
    arguments: Json, inputs: JsonObject, result: Json, output: Json
) -> None:
    run = run_of(
        {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": "weather",
            "gen_ai.tool.call.id": "c1",
            "gen_ai.tool.type": "function",
            "gen_ai.tool.description": "Looks up.",
            "gen_ai.tool.call.arguments": arguments,
            "gen_ai.tool.call.result": result,
        },
        name="execute_tool weather",
    )

    assert run.run_type == "tool"
    assert run.inputs == inputs
    assert run.outputs == {"output": output}
    assert run.metadata["tool_call_id"] == "c1"
    assert run.metadata["tool_name"] == "weather"


def test_details_in_several_events_are_one_call() -> None:
    name = "gen_ai.client.inference.operation.details"
    events = [
        Event(name, START_NS, {"gen_ai.system_instructions": text_of([words("Be brief.")])}),
        Event(name, START_NS + 1000, {"gen_ai.input.messages": [said(words("2+2"))]}),
        Event(
            name,
            START_NS + 2000,
            {"gen_ai.output.messages": text_of([said(words("4"), role="assistant")])},
        ),
    ]

    run = run_of(CHAT, events)

    assert run.inputs == {
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "2+2"},
        ]
    }
    assert run.outputs == {"messages": [{"role": "assistant", "content": "4"}]}
