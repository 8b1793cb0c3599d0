"""LiveKit Agents, in the old spelling of its attributes and the new one."""

import orjson
import pytest

from tests.translators.spans import START_NS, span
from translators.base import Signature
from translators.dialects.livekit import LiveKit
from translators.registry import Registry
from translators.run import Run
from translators.span import Json, JsonObject

SCOPE = "livekit-agents"


def run_of(attributes: JsonObject, name: str, scope: str = SCOPE) -> Run:
    """Return the run of a span, as all dialects together make it."""
    return Registry().translate(span(attributes, name=name, scope=scope))


def metrics(**told: Json) -> str:
    """Return metrics as the span holds them."""
    return orjson.dumps(told).decode()


@pytest.mark.parametrize(
    ("scope", "key", "speaks"),
    [
        (SCOPE, "other", True),
        ("mine", "lk.interrupted", True),
        ("mine", "lkx", False),
        ("livekit-agents-2", "other", False),
    ],
)
def test_it_speaks_of_its_scope_and_of_its_attributes(scope: str, key: str, speaks: bool) -> None:
    assert LiveKit().speaks(Signature(scope, frozenset((key,)), frozenset())) is speaks


@pytest.mark.parametrize("prefix", ["lk.", "lk.pii."])
def test_both_spellings_of_what_people_said_are_read(prefix: str) -> None:
    run = run_of({f"{prefix}user_input": "Hi", f"{prefix}response.text": "Hello"}, "agent_turn")

    assert run.inputs == {"messages": [{"role": "user", "content": "Hi"}]}
    assert run.outputs == {"messages": [{"role": "assistant", "content": "Hello"}]}
    assert f"{prefix}user_input" not in run.metadata


@pytest.mark.parametrize(
    ("name", "run_type"),
    [
        ("agent_session", "chain"),
        ("user_turn", "llm"),
        ("agent_turn", "chain"),
        ("llm_node", "chain"),
        ("llm_request", "llm"),
        ("llm_request_run", "chain"),
        ("tts_node", "chain"),
        ("tts_request", "llm"),
        ("function_tool", "tool"),
        ("eou_detection", "chain"),
        ("realtime_inference", "llm"),
    ],
)
def test_the_name_of_a_span_tells_its_type(name: str, run_type: str) -> None:
    # All of them may name the model that they are about.
    assert run_of({"gen_ai.request.model": "gpt-4o"}, name).run_type == run_type


def test_a_node_that_calls_a_model_by_itself_is_the_call() -> None:
    run = run_of({"gen_ai.operation.name": "chat", "lk.chat_ctx": "{}"}, "llm_node")

    assert run.run_type == "llm"


@pytest.mark.parametrize("name", ["agent_turn", "realtime_metrics"])
def test_a_span_with_the_metrics_of_a_realtime_model_is_the_call(name: str) -> None:
    told = metrics(
        input_tokens=12,
        output_tokens=5,
        total_tokens=17,
        input_token_details={"audio_tokens": 8, "cached_tokens": 4},
        output_token_details={"audio_tokens": 5},
        metadata={"model_name": "gpt-realtime", "model_provider": "openai"},
    )

    run = run_of({"lk.realtime_model_metrics": told}, name)

    assert run.run_type == "llm"
    assert run.metadata["ls_model_name"] == "gpt-realtime"
    assert run.metadata["ls_provider"] == "openai"
    assert run.metadata["usage_metadata"] == {
        "input_tokens": 12,
        "output_tokens": 5,
        "total_tokens": 17,
        "input_token_details": {"cache_read": 4, "audio": 8},
        "output_token_details": {"audio": 5},
    }


def test_metrics_fill_in_what_the_conventions_attributes_leave_out() -> None:
    told = metrics(prompt_tokens=40, completion_tokens=9, prompt_cached_tokens=8, ttft=0.5)
    usage = {"gen_ai.usage.input_tokens": 40, "gen_ai.usage.output_tokens": 12}

    run = run_of({**usage, "lk.llm_metrics": told}, "llm_request")

    assert run.metadata["usage_metadata"]["output_tokens"] == 12
    assert run.metadata["usage_metadata"]["input_token_details"] == {"cache_read": 8}
    assert [event["name"] for event in run.events] == ["new_token"]


@pytest.mark.parametrize("told", [metrics(ttft=-1), "not JSON", metrics(metadata=[]), "[]"])
def test_metrics_that_say_nothing_are_kept_as_they_are(told: str) -> None:
    run = run_of({"lk.llm_metrics": told}, "llm_request")

    assert run.metadata["lk.llm_metrics"] == told
    assert run.events == []
    assert run.failures == ()


def test_what_is_no_message_of_a_chat_context_stands_beside_the_messages() -> None:
    handoff = {"id": "item_2", "type": "agent_handoff", "new_agent_id": "b"}
    message = {"type": "message", "role": "user", "content": ["Hi", {"type": "cache_breakpoint"}]}

    run = run_of({"lk.chat_ctx": orjson.dumps({"items": [message, handoff]}).decode()}, "llm_node")

    assert run.inputs is not None
    assert run.inputs["messages"][0]["content"] == "Hi"
    assert run.inputs["items"] == [handoff]
    assert "lk.chat_ctx" not in run.metadata


def test_after_the_result_of_a_tool_no_empty_message_follows() -> None:
    items = [
        {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c", "output": "fine"},
    ]

    run = run_of({"lk.chat_ctx": {"items": items}}, "llm_node")

    assert run.inputs is not None
    assert [message["role"] for message in run.inputs["messages"]] == ["assistant", "tool"]


@pytest.mark.parametrize("value", ["", "{", "[]", '{"items": 1}', '{"items": []}', 7])
def test_a_chat_context_that_is_none_stays_as_it_is(value: Json) -> None:
    run = run_of({"lk.chat_ctx": value}, "llm_node")

    assert run.inputs is None
    assert run.metadata["lk.chat_ctx"] == value


def test_instructions_are_the_system_message_of_a_turn() -> None:
    run = run_of({"lk.instructions": "Be brief.", "lk.user_input": "Hi"}, "agent_turn")

    assert run.inputs == {
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hi"},
        ]
    }


def test_a_call_of_functions_without_a_word_has_no_content() -> None:
    call = {"call_id": "c", "name": "f", "arguments": "{}"}
    calls = [orjson.dumps(call).decode()]

    run = run_of({"lk.response.text": "", "lk.response.function_calls": calls}, "llm_node")

    assert run.outputs is not None
    assert run.outputs["messages"][0]["content"] is None
    assert run.outputs["messages"][0]["tool_calls"][0]["function"]["name"] == "f"


def test_a_tool_that_failed_says_so_by_its_output() -> None:
    attributes = {
        "lk.function_tool.name": "f",
        "lk.pii.function_tool.arguments": "no JSON",
        "lk.pii.function_tool.output": '{"why": "no"}',
        "lk.function_tool.is_error": True,
    }

    run = run_of(attributes, "function_tool")

    assert run.name == "f"
    assert run.inputs == {"input": "no JSON"}
    assert run.outputs == {"output": {"why": "no"}}
    assert run.error == '{"why": "no"}'


def test_the_judge_of_a_test_is_a_chain_around_its_call_of_a_model() -> None:
    attributes = {
        "gen_ai.operation.name": "judge",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.usage.input_tokens": 3,
        "gen_ai.usage.output_tokens": 2,
        "lk.function_tool.name": "judge_evaluation",
        "lk.function_tool.arguments": '{"intent": "greets"}',
    }

    run = run_of(attributes, "judge_evaluation")

    assert run.run_type == "chain"
    assert run.inputs == {"intent": "greets"}
    assert run.metadata["usage_rollup"]["total_tokens"] == 5


def test_speech_is_counted_in_characters_and_heard_after_a_while() -> None:
    told = metrics(characters_count=21, input_tokens=0, output_tokens=0, ttfb=0.5)

    run = run_of({"lk.input_text": "Hello", "lk.tts_metrics": told}, "tts_request")

    assert run.inputs == {"text": "Hello"}
    assert run.metadata["ls_modality"] == "tts"
    assert run.metadata["characters_count"] == 21
    assert "usage_metadata" not in run.metadata
    assert run.events[0]["name"] == "new_token"


def test_what_was_heard_is_what_speech_recognition_gives_out() -> None:
    run = run_of({"lk.pii.user_transcript": "Hello"}, "user_turn")

    assert run.outputs == {"messages": [{"role": "user", "content": "Hello"}]}
    assert run.metadata["ls_modality"] == "stt"


def test_the_first_token_of_a_node_is_told_in_seconds() -> None:
    draft = LiveKit().translate(span({"lk.response.ttft": 0.25}, name="llm_node", scope=SCOPE))

    assert draft is not None
    assert draft.said["first_token_ns"][0] == START_NS + 250_000_000


def test_calls_between_participants_have_their_payloads_as_inputs_and_outputs() -> None:
    run = run_of({"lk.pii.rpc.payload": '{"a": 1}', "lk.pii.rpc.response": "done"}, "rpc_call")

    assert run.inputs == {"a": 1}
    assert run.outputs == {"output": "done"}


def test_an_attribute_of_livekits_on_a_span_of_others_changes_nothing_of_the_span() -> None:
    found = LiveKit().translate(span({"lk.interrupted": True}, name="llm_request", scope="mine"))

    assert found is None


@pytest.mark.parametrize("odd", [7, {"a": 1}, ["a"], "no calls"])
def test_what_is_no_text_and_no_call_stays_an_attribute(odd: Json) -> None:
    spoken = {"lk.user_input": "Hi", "lk.instructions": [1], "lk.response.text": "Ho"}
    run = run_of({**spoken, "lk.response.function_calls": odd}, "llm_node")
    other = run_of({"lk.user_input": [odd], "lk.response.text": [odd]}, "llm_node")

    assert run.metadata["lk.instructions"] == [1]
    assert "lk.response.text" not in run.metadata
    calls = run.outputs and run.outputs["messages"][0].get("tool_calls")
    assert calls or run.metadata["lk.response.function_calls"] == odd
    assert other.metadata["lk.user_input"] == other.metadata["lk.response.text"] == [odd]


def test_what_a_chat_context_says_besides_is_among_the_inputs() -> None:
    items = [{"type": "message", "role": "user", "content": ["Hi"]}, {"type": {"a": 1}}]
    run = run_of({"lk.chat_ctx": orjson.dumps({"items": items, "x": 1}).decode()}, "llm_node")
    none = run_of({"lk.chat_ctx": '{"items":[{"type":"message","x":1}]}'}, "llm_node")

    hi = {"role": "user", "content": "Hi"}
    assert run.inputs == {"messages": [hi], "items": [{"type": {"a": 1}}], "x": 1}
    assert none.inputs == {"messages": [], "items": [{"type": "message", "x": 1}]}
