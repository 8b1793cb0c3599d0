import orjson
import pytest

from tests.translators.spans import span
from translators.registry import Registry
from translators.run import Run
from translators.span import Json, JsonObject

ASKED = [{"role": "user", "content": "hi"}]
ANSWER = {"role": "assistant", "content": "ho"}
RESPONSE = {
    "id": "resp_1",
    "instructions": "Be",
    "error": None,
    "output": [{"type": "message", "role": "assistant", "content": "ho"}],
    "tools": [{"type": "function", "name": "add", "parameters": {"type": "object"}}],
}
CALLS = "Responses API with {gen_ai.request.model!r}"
CHAT = "Chat completion with {gen_ai.request.model!r}"


def run(name: str, attributes: JsonObject, **more: Json) -> Run:
    given = {
        key: orjson.dumps(value).decode() if isinstance(value, dict | list) else value
        for key, value in attributes.items()
    }
    made = {"logfire.msg_template": name, **given}
    return Registry().translate(span(made, name=name, scope="logfire.openai_agents", **more))


@pytest.mark.parametrize(
    ("name", "run_type", "kind"),
    [
        (CALLS, "llm", "response"),
        (CHAT, "llm", "generation"),
        ("Function: {name}", "tool", "function"),
        ("Agent run: {name!r}", "chain", "agent"),
        ("Turn {turn} for agent A", "chain", "turn"),
        ("Task: A", "chain", "task"),
        ("OpenAI Agents trace: {name}", "chain", "workflow"),
        ("Handoff: {from_agent} → {to_agent}", "chain", "handoff"),
        ("Guardrail {name!r} {triggered=}", "chain", "guardrail"),
        ("Custom span: {name}", "chain", "custom"),
        ("Speech → Text with {gen_ai.request.model!r}", "llm", "transcription"),
        ("Text → Speech group", "chain", "speech_group"),
        ("Text → Speech", "llm", "speech"),
        ("MCP: list tools from server {server}", "chain", "mcp_list_tools"),
    ],
)
def test_the_template_tells_what_it_is(name: str, run_type: str, kind: str) -> None:
    told = run(name, {})

    assert (told.run_type, told.metadata["otel.kind"]) == (run_type, kind)


def test_the_operation_is_the_better_word() -> None:
    assert run(CALLS, {"gen_ai.operation.name": "chat"}).metadata["otel.kind"] == "chat"


def test_a_span_of_a_kind_to_come_is_a_chain() -> None:
    told = run("OpenAI agents: {type} span", {"type": "new"})

    assert (told.run_type, told.name) == ("chain", "OpenAI agents: new span")


def test_what_a_span_is_about_names_the_run() -> None:
    told = run("Agent run: {name!r}", {"name": "Triage"})

    assert told.name == "Triage"
    assert told.metadata["agent_name"] == "Triage"
    assert "name" not in told.metadata


def test_a_tool_has_arguments_and_a_result() -> None:
    told = run("Function: {name}", {"name": "add", "input": {"a": 1}, "output": "3"})

    assert told.inputs == {"a": 1}
    assert told.outputs == {"output": "3"}
    assert told.metadata["tool_name"] == "add"


def test_arguments_that_are_no_object_are_the_input() -> None:
    assert run("Function: {name}", {"input": "x"}).inputs == {"input": "x"}


def test_nothing_is_nothing() -> None:
    told = run("Function: {name}", {"input": "null", "output": "null"})

    assert not told.inputs
    assert told.outputs == {"output": None}


def test_a_generation_has_both_sides_once() -> None:
    told = run(
        CHAT,
        {
            "input": ASKED,
            "output": [ANSWER],
            "request_data": {"messages": [*ASKED, ANSWER], "model": "m"},
        },
    )

    assert told.inputs == {"messages": ASKED}
    assert told.outputs == {"messages": [ANSWER]}
    assert told.metadata["request_data"] == {"model": "m"}


def test_request_data_that_say_something_else_stay() -> None:
    told = run(CHAT, {"input": ASKED, "output": [ANSWER], "request_data": {"messages": [1]}})

    assert told.inputs == {"messages": ASKED}
    assert told.outputs == {"messages": [ANSWER]}
    assert told.metadata["request_data"] == '{"messages":[1]}'


def test_a_side_that_holds_no_messages_stays() -> None:
    told = run(CHAT, {"input": [7], "output": [ANSWER], "request_data": {"messages": [7, ANSWER]}})

    assert told.outputs == {"messages": [ANSWER]}
    assert told.metadata["request_data"] == orjson.dumps({"messages": [7, ANSWER]}).decode()


def test_a_failed_generation_has_no_answer() -> None:
    told = run(CHAT, {"input": ASKED, "output": "null", "request_data": {"messages": ASKED}})

    assert told.inputs == {"messages": ASKED}
    assert not told.outputs


def test_a_response_has_its_items() -> None:
    told = run(CALLS, {"raw_input": ASKED, "response": RESPONSE})

    assert told.inputs is not None
    assert told.inputs["messages"] == [{"role": "system", "content": "Be"}, *ASKED]
    assert told.outputs == {"messages": [ANSWER]}
    assert told.metadata["response"] == {
        "id": "resp_1", "instructions": "Be", "tools": RESPONSE["tools"],
    }  # fmt: skip
    assert told.invocation_params["tools"] == [
        {"type": "function", "function": {"name": "add", "parameters": {"type": "object"}}}
    ]


def test_a_response_may_be_asked_in_one_text() -> None:
    assert run(CALLS, {"raw_input": "hi"}).inputs == {"messages": ASKED}
    assert run(CALLS, {"raw_input": 7}).inputs is None


def test_events_count_where_there_is_nothing_else() -> None:
    events = [
        {"event.name": "gen_ai.user.message", "role": "user", "content": "hi"},
        {"event.name": "gen_ai.assistant.message", "role": "assistant", "content": "ho"},
    ]

    assert run(CALLS, {"events": events}).outputs == {"messages": [ANSWER]}
    assert run(CALLS, {"events": events, "raw_input": "x"}).outputs is None


@pytest.mark.parametrize("value", ["{", "7", [], [7], {"output": 7}, {"output": []}])
def test_broken_responses_do_no_harm(value: Json) -> None:
    told = run(CALLS, {"response": value, "model_settings": value, "usage": value, "error": value})

    assert told.failures == ()


def test_usage_of_a_call_adds_details() -> None:
    usage = {"input_tokens": 40, "output_tokens": 12, "requests": 1,
             "input_tokens_details": {"cached_tokens": 8}}  # fmt: skip
    told = run(CHAT, {"usage": usage, "gen_ai.usage.input_tokens": 40})

    assert told.metadata["usage_metadata"]["input_token_details"] == {"cache_read": 8}


def test_usage_of_a_turn_is_a_sum() -> None:
    usage = {"input_tokens": 40, "output_tokens": 12, "cached_input_tokens": 8}
    told = run("Turn {turn} for agent A", {"usage": usage, "turn": 1})

    assert told.name == "Turn 1 for agent A"
    assert told.metadata["usage_rollup"] == {
        "input_tokens": 40,
        "output_tokens": 12,
        "total_tokens": 52,
        "input_token_details": {"cache_read": 8},
    }


def test_settings_are_parameters_where_they_are_set() -> None:
    told = run(CHAT, {"model_config": {"temperature": 0.5, "top_p": None}})

    assert told.invocation_params == {"temperature": 0.5}


def test_a_group_is_a_thread() -> None:
    told = run("OpenAI Agents trace: {name}", {"name": "W", "group_id": "chat-7"})

    assert told.thread_id == "chat-7"
    assert told.metadata["group_id"] == "chat-7"


def test_tools_of_a_server_are_its_output() -> None:
    told = run("MCP: list tools from server {server}", {"server": "s", "result": ["add"]})

    assert told.outputs == {"output": ["add"]}
    assert told.name == "MCP: list tools from server s"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ({"message": "bad", "data": {"error": "why"}}, "bad\n\nwhy"),
        ({"message": "bad", "data": None}, "bad"),
        ({"message": "bad", "data": {"a": 1}, "more": 2}, 'bad\n\n{"a":1}\n\n{"more":2}'),
    ],
)
def test_an_error_says_all_it_knows(error: JsonObject, expected: str) -> None:
    assert run("Agent run: {name!r}", {"error": error}).error == expected
