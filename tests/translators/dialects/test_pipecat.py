"""Pipecat: turns, its services, and models that hear and speak by themselves."""

import pytest

from tests.translators.spans import START_NS, span
from translators.base import Signature
from translators.dialects.pipecat import Pipecat
from translators.registry import Registry
from translators.run import Run
from translators.span import Json, JsonObject


def run_of(attributes: JsonObject, name: str, scope: str = "pipecat") -> Run:
    """Return the run of a span, as all dialects together make it."""
    return Registry().translate(span(attributes, name=name, scope=scope))


def chat(**attributes: Json) -> JsonObject:
    """Return the attributes of a call of a model."""
    return {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o", **attributes}


@pytest.mark.parametrize(
    ("scope", "speaks"), [("pipecat", True), ("pipecat.turn", True), ("pipecats", False)]
)
def test_it_speaks_of_its_two_scopes(scope: str, speaks: bool) -> None:
    assert Pipecat().speaks(Signature(scope, frozenset(), frozenset())) is speaks


@pytest.mark.parametrize(
    ("operation", "run_type"),
    [
        ("chat", "llm"),
        ("stt", "llm"),
        ("tts", "llm"),
        ("llm_setup", "chain"),
        ("llm_request", "chain"),
        ("llm_response", "llm"),
        ("llm_tool_call", "tool"),
        ("llm_tool_result", "tool"),
    ],
)
def test_the_operation_tells_the_type(operation: str, run_type: str) -> None:
    assert run_of({"gen_ai.operation.name": operation}, operation).run_type == run_type


@pytest.mark.parametrize("name", ["conversation", "turn"])
def test_turns_and_conversations_are_chains_of_a_thread(name: str) -> None:
    run = run_of({"conversation.id": "c-1"}, name, "pipecat.turn")

    assert run.run_type == "chain"
    assert run.thread_id == "c-1"
    assert run.metadata["otel.kind"] == name


def test_an_operation_that_is_no_word_is_passed_over() -> None:
    assert run_of({"gen_ai.operation.name": ["chat"]}, "llm").run_type == "chain"


def test_instructions_and_messages_are_one_conversation() -> None:
    given = chat(input='[{"role": "user", "content": "Hi"}]')

    run = run_of({**given, "gen_ai.system_instructions": "Be brief."}, "llm")

    assert run.inputs == {
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hi"},
        ]
    }


@pytest.mark.parametrize("value", ["[", "", "[]", 7])
def test_messages_that_are_none_do_not_hide_the_instructions(value: Json) -> None:
    run = run_of(chat(input=value, **{"gen_ai.system_instructions": "Be brief."}), "llm")

    assert run.failures == ()
    assert run.inputs is not None
    assert run.inputs["messages"][0]["content"] == "Be brief."


@pytest.mark.parametrize(
    ("output", "content", "calls"),
    [
        ("Hello", "Hello", 0),
        ('{"a": 1}', '{"a": 1}', 0),
        ('[{"type": "text", "text": "Hello"}]', "Hello", 0),
        ('{"role": "assistant", "content": "Hello"}', "Hello", 0),
        ('{"tool_calls": [{"id": "c", "function": {"name": "f", "arguments": "{}"}}]}', None, 1),
    ],
)
def test_the_output_is_text_unless_it_is_a_message(
    output: str, content: str | None, calls: int
) -> None:
    run = run_of(chat(output=output), "llm")

    assert run.outputs is not None
    [message] = run.outputs["messages"]
    assert message["role"] == "assistant"
    assert message["content"] == content
    assert len(message.get("tool_calls", [])) == calls


def test_settings_that_nobody_gave_are_no_parameters() -> None:
    told = {"param.a": 1, "extra.b": "NOT_GIVEN", "settings.c": True, "stream": True}
    told["gen_ai.request.frequency_penalty"] = "NOT_GIVEN"

    run = run_of(chat(**told), "llm")

    assert run.invocation_params == {"a": 1, "c": True, "stream": True, "model": "gpt-4o"}
    assert run.metadata["extra.b"] == "NOT_GIVEN"


def test_a_schema_that_is_not_wrapped_becomes_one() -> None:
    tools = '[{"name": "f", "properties": {"a": {}}, "required": ["a"]}]'

    run = run_of({"tools.definitions": tools}, "llm_setup")

    assert run.invocation_params["tools"] == [
        {
            "type": "function",
            "function": {
                "name": "f",
                "parameters": {"type": "object", "properties": {"a": {}}, "required": ["a"]},
            },
        }
    ]


def test_tools_that_are_no_list_stay_as_they_are() -> None:
    assert run_of(chat(tools="none"), "llm").metadata["tools"] == "none"


def test_seconds_to_the_first_byte_count_from_the_start() -> None:
    draft = Pipecat().translate(span({"metrics.ttfb": 0.25}, name="tts", scope="pipecat"))

    assert draft is not None
    assert draft.said["first_token_ns"][0] == START_NS + 250_000_000


def test_what_was_heard_is_the_output_of_speech_recognition() -> None:
    run = run_of({"gen_ai.operation.name": "stt", "transcript": "None", "user_id": "u"}, "stt")

    assert run.outputs == {"messages": [{"role": "user", "content": "None"}]}
    assert run.metadata["ls_modality"] == "stt"
    assert run.metadata["user_id"] == "u"


def test_what_is_spoken_is_the_input_of_synthesis() -> None:
    run = run_of({"gen_ai.operation.name": "tts", "text": "Hello"}, "tts")

    assert run.inputs == {"text": "Hello"}
    assert run.metadata["ls_modality"] == "tts"


@pytest.mark.parametrize(("is_input", "role"), [(True, "user"), (False, "assistant")])
def test_a_transcript_is_of_the_one_who_spoke(is_input: bool, role: str) -> None:
    run = run_of({"transcript": "Hello", "transcript.is_input": is_input}, "llm_response")

    assert run.outputs == {"messages": [{"role": role, "content": "Hello"}]}


@pytest.mark.parametrize("key", ["function_calls.all_names", "function_calls.first_name"])
def test_functions_that_a_speaking_model_calls_are_told_by_name(key: str) -> None:
    run = run_of({key: "f"}, "llm_response")

    assert run.outputs is not None
    [call] = run.outputs["messages"][0]["tool_calls"]
    assert call["function"] == {"name": "f", "arguments": ""}


def test_arguments_that_were_cut_off_stay_text() -> None:
    run = run_of({"tool.arguments": '{"a": "b...', "tool.function_name": "f"}, "llm_tool_call")

    assert run.name == "f"
    assert run.inputs == {"input": '{"a": "b...'}


@pytest.mark.parametrize(
    ("result", "error"), [('{"error": "no"}', "no"), ('{"error": 7}', "7"), ("[]", "Error")]
)
def test_a_tool_that_failed_says_why(result: str, error: str) -> None:
    run = run_of({"tool.result": result, "tool.result_status": "error"}, "llm_tool_result")

    assert run.error == error


def test_a_call_without_content_keeps_its_usage() -> None:
    usage = {"gen_ai.usage.input_tokens": 3, "gen_ai.usage.output_tokens": 2}

    run = run_of(chat(**usage), "llm")

    assert run.inputs is None
    assert run.outputs is not None
    assert run.outputs["usage_metadata"]["total_tokens"] == 5
