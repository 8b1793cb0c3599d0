import orjson
import pytest

from tests.translators.spans import span
from translators.base import Signature
from translators.dialects.pydantic_ai import PydanticAI
from translators.registry import Registry
from translators.run import Run
from translators.span import Event, Json, JsonObject

SCOPE = "pydantic-ai"
MESSAGES = [
    {"role": "user", "parts": [{"type": "text", "content": "hi"}]},
    {"role": "assistant", "parts": [{"type": "text", "content": "ho"}], "finish_reason": "stop"},
]
ASKED = {"messages": [{"role": "user", "content": "hi"}]}
ANSWERED = [{"role": "assistant", "content": "ho", "finish_reason": "stop"}]
ALL = "pydantic_ai.all_messages"


def text(value: Json) -> str:
    return orjson.dumps(value).decode()


def run(attributes: JsonObject, name: str = "work", **more: Json) -> Run:
    return Registry().translate(span(attributes, name=name, scope=SCOPE, **more))


def speaks(scope: str, *keys: str) -> bool:
    return PydanticAI().speaks(Signature(scope, frozenset(keys), frozenset()))


def test_it_speaks_for_its_scope_and_its_attributes() -> None:
    assert speaks(SCOPE)
    assert speaks("", ALL)
    assert speaks("", "tool_arguments")
    assert speaks("", "all_messages_events")


def test_it_does_not_speak_for_others() -> None:
    assert not speaks("", "gen_ai.request.model", "agent_name")
    assert not speaks("logfire.openai", "events")


def test_nothing_of_its_own_is_nothing_said() -> None:
    assert PydanticAI().translate(span({"a": 1}, scope=SCOPE)) is None


def test_a_conversation_is_split_where_the_agent_answers() -> None:
    told = run({ALL: text(MESSAGES)})

    assert told.run_type == "chain"
    assert told.inputs == ASKED
    assert told.outputs == {"messages": ANSWERED}
    assert ALL not in told.metadata
    assert told.metadata["otel.kind"] == "agent"


def test_earlier_turns_belong_to_the_inputs() -> None:
    told = run({ALL: MESSAGES * 2, "pydantic_ai.new_message_index": 2})

    assert told.inputs is not None
    assert len(told.inputs["messages"]) == 3
    assert told.outputs == {"messages": ANSWERED}


def test_instructions_come_before_the_messages() -> None:
    told = run({ALL: MESSAGES, "gen_ai.system_instructions": '[{"type":"text","content":"Be"}]'})

    assert told.inputs == {"messages": [{"role": "system", "content": "Be"}, *ASKED["messages"]]}


def test_a_result_stands_beside_the_messages() -> None:
    told = run({ALL: MESSAGES, "final_result": '{"a":1}'})

    assert told.outputs == {"messages": ANSWERED, "output": {"a": 1}}


def test_a_result_stands_alone_where_there_are_no_messages() -> None:
    assert run({"final_result": "ho"}).outputs == {"output": "ho"}


@pytest.mark.parametrize("value", ["", "[", '[{"role":"us', "null", 7, {}, '"text"', ["a", 7]])
def test_a_broken_conversation_stays_as_it_is(value: Json) -> None:
    told = run({ALL: value})

    assert told.inputs is None
    assert told.outputs is None
    assert told.metadata[ALL] == value


def test_where_another_dialect_tells_a_side_the_conversation_stays() -> None:
    told = run({ALL: text(MESSAGES), "langsmith.span.kind": "chain", "output.value": "custom",
                "openinference.span.kind": "AGENT"})  # fmt: skip

    assert told.outputs == {"output": "custom"}
    assert told.inputs == ASKED
    assert told.metadata[ALL] == text(MESSAGES)


def test_usage_of_an_agent_is_a_sum_and_its_model_makes_no_model_call() -> None:
    told = run(
        {
            "agent_name": "weather",
            "model_name": "gpt-4o",
            "gen_ai.usage.input_tokens": 80,
            "gen_ai.usage.output_tokens": 24,
        },
        "agent run",
    )

    assert told.run_type == "chain"
    assert told.name == "weather"
    assert told.metadata["usage_rollup"]["total_tokens"] == 104
    assert "usage_metadata" not in told.metadata


def test_aggregated_usage_has_its_details_once() -> None:
    prefix = "gen_ai.aggregated_usage."
    told = run(
        {
            prefix + "input_tokens": 70,
            prefix + "output_tokens": 12,
            prefix + "cache_read.input_tokens": 20,
            prefix + "details.cache_read_tokens": 20,
            prefix + "details.cache_write_tokens": 10,
            prefix + "details.reasoning_tokens": 4,
            "operation.cost": 0.5,
        }
    )

    assert told.metadata["usage_rollup"] == {
        "input_tokens": 70,
        "output_tokens": 12,
        "total_tokens": 82,
        "input_token_details": {"cache_read": 20, "cache_creation": 10},
        "output_token_details": {"reasoning": 4},
        "total_cost": 0.5,
    }


def test_a_tool_of_format_1_and_2_has_its_name_and_its_values() -> None:
    told = run(
        {
            "gen_ai.tool.name": "add",
            "tool_arguments": '{"a":1}',
            "tool_response": "3",
        },
        "running tool",
    )

    assert (told.name, told.run_type) == ("add", "tool")
    assert told.inputs == {"a": 1}
    assert told.outputs == {"output": "3"}


def test_a_tool_without_content_is_a_tool() -> None:
    assert run({"gen_ai.tool.name": "add"}, "running tool").run_type == "tool"


def test_arguments_of_a_tool_are_a_parameter_of_a_model_call() -> None:
    told = run({"gen_ai.operation.name": "chat", "tool_arguments": '{"a":1}'})

    assert told.invocation_params["tool_arguments"] == {"a": 1}


def test_events_of_a_chat_are_its_messages() -> None:
    events = [
        {"event.name": "gen_ai.user.message", "role": "user", "content": "hi",
         "gen_ai.system": "openai"},
        {"event.name": "gen_ai.choice", "index": 0, "message": {"content": "ho"}},
    ]  # fmt: skip
    told = run({"gen_ai.operation.name": "chat", "gen_ai.system": "openai", "events": text(events)})

    assert told.inputs == ASKED
    assert told.outputs == {"messages": [{"role": "assistant", "content": "ho"}]}
    assert told.metadata["events"] == [
        {"event.name": "gen_ai.user.message"}, {"event.name": "gen_ai.choice"},
    ]  # fmt: skip


def test_an_attribute_called_events_that_is_none_of_theirs_stays() -> None:
    told = Registry().translate(span({"events": '["a"]'}))

    assert told.metadata["events"] == '["a"]'
    assert told.dialects == ("generic",)


def test_tools_come_from_the_parameters_where_there_are_no_definitions() -> None:
    parameters = {
        "function_tools": [
            {"name": "add", "parameters_json_schema": {"type": "object"}, "kind": "function"}
        ],
        "output_tools": [{"name": "final_result", "description": "The end"}, 7],
        "builtin_tools": None,
    }
    told = run({"gen_ai.operation.name": "chat", "model_request_parameters": text(parameters)})

    assert told.invocation_params["tools"] == [
        {"type": "function", "function": {"name": "add", "parameters": {"type": "object"}}},
        {"type": "function", "function": {"name": "final_result", "description": "The end"}},
    ]
    assert told.invocation_params["model_request_parameters"] == parameters


@pytest.mark.parametrize("parameters", ["{}", '{"function_tools":null}', '{"function_tools":[]}'])
def test_no_tools_are_no_parameter(parameters: str) -> None:
    told = run({"gen_ai.operation.name": "chat", "model_request_parameters": parameters})

    assert "tools" not in told.invocation_params


@pytest.mark.parametrize("value", ["{", "7", "[]", 7])
def test_broken_parameters_stay_as_they_are(value: Json) -> None:
    told = run({"gen_ai.operation.name": "chat", "model_request_parameters": value})

    assert told.metadata["model_request_parameters"] == value


def test_a_failed_attempt_is_a_model_call() -> None:
    told = run({"gen_ai.request.model": "m", "pydantic_ai.model_request.attempt": 0})

    assert told.run_type == "llm"


@pytest.mark.parametrize("kind", ["CallDeferred", "ApprovalRequired"])
@pytest.mark.parametrize("told_so", [True, False])
def test_a_call_that_was_put_off_did_not_fail(kind: str, told_so: bool) -> None:
    thrown = Event("exception", 1, {"exception.type": f"pydantic_ai.exceptions.{kind}"})
    name = {"pydantic_ai.tool.deferral.name": kind} if told_so else {}

    assert run({"gen_ai.tool.name": "add", **name}, events=[thrown], status_code=2).error is None


def test_what_the_user_attached_is_metadata() -> None:
    told = run({ALL: MESSAGES, "metadata": '{"tenant":"t"}'})

    assert told.metadata["tenant"] == "t"
    assert "metadata" not in told.metadata


def test_models_one_after_the_other_are_no_provider() -> None:
    told = run(
        {"gen_ai.operation.name": "chat", "gen_ai.system": "fallback:openai,anthropic",
         "gen_ai.request.model": "gpt-4o"}
    )  # fmt: skip

    assert told.metadata["ls_provider"] == "openai"
    assert told.metadata["gen_ai_provider_raw"] == "fallback:openai,anthropic"


@pytest.mark.parametrize("tools", [7, {"a": 1}, "f"])
def test_tools_of_a_request_that_are_no_list_are_none(tools: Json) -> None:
    told = run({"model_request_parameters": {"function_tools": tools}, ALL: text(MESSAGES)})

    assert told.failures == ()
    assert "tools" not in told.invocation_params
