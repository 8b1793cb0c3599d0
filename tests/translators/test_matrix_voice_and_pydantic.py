"""Voice agents, Pydantic AI, Logfire and Claude Code, from their attributes to the run.

The rows of section "Others" of the coverage matrix about LiveKit, Pipecat, Pydantic AI, Logfire and
Claude Code.
"""

import pytest

from tests.translators.genai_spans import COUNTED, run_of, said, text_of, words
from tests.translators.spans import START_NS
from translators.span import Event, Json, JsonObject

QUESTION = {"role": "user", "content": "2+2"}
CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}


@pytest.mark.parametrize("prefix", ["lk.", "lk.pii."])
def test_livekit_is_read_under_its_old_and_its_new_names(prefix: str) -> None:
    turn = run_of(
        {f"{prefix}user_input": "2+2", f"{prefix}response.text": "4"},
        scope="livekit-agents",
        name="agent_turn",
    )
    tool = run_of(
        {
            "lk.function_tool.name": "f",
            f"{prefix}function_tool.arguments": '{"a": 1}',
            f"{prefix}function_tool.output": "no",
            "lk.function_tool.is_error": True,
        },
        scope="livekit-agents",
        name="function_tool",
    )
    heard = run_of({f"{prefix}user_transcript": "2+2"}, scope="livekit-agents", name="user_turn")

    assert turn.run_type == "chain"
    assert turn.inputs == {"messages": [QUESTION]}
    assert turn.outputs == {"messages": [{"role": "assistant", "content": "4"}]}
    assert (tool.run_type, tool.name) == ("tool", "f")
    assert tool.inputs == {"a": 1}
    assert tool.outputs == {"output": "no"}
    assert tool.error is not None
    assert heard.run_type == "llm"
    assert heard.metadata["ls_modality"] == "stt"
    assert heard.outputs == {"messages": [QUESTION]}


def test_a_model_call_of_pipecat_has_messages_usage_and_its_first_token() -> None:
    run = run_of(
        {
            **COUNTED,
            "input": text_of([QUESTION]),
            "output": "4",
            "gen_ai.system_instructions": "Be brief.",
            "tools": text_of([{"type": "function", "function": {"name": "f"}}]),
            "gen_ai.usage.reasoning_tokens": 20,
            "metrics.ttfb": 0.5,
            "conversation.id": "s1",
        },
        scope="pipecat",
        name="llm",
    )

    assert run.run_type == "llm"
    assert run.inputs is not None
    assert run.outputs is not None
    assert run.inputs["messages"] == [{"role": "system", "content": "Be brief."}, QUESTION]
    assert run.outputs["messages"] == [{"role": "assistant", "content": "4"}]
    assert run.invocation_params["tools"][0]["function"]["name"] == "f"
    assert run.metadata["usage_metadata"]["output_token_details"] == {"reasoning": 20}
    assert [event["name"] for event in run.events] == ["new_token"]
    assert run.thread_id == "s1"


@pytest.mark.parametrize(
    ("name", "run_type", "modality"),
    [
        ("stt", "llm", "stt"),
        ("tts", "llm", "tts"),
        ("turn", "chain", None),
        ("conversation", "chain", None),
        ("llm_request", "chain", None),
        ("llm_response", "llm", None),
        ("llm_tool_call", "tool", None),
    ],
)
def test_spans_of_pipecat_are_told_apart_by_their_operation(
    name: str, run_type: str, modality: str | None
) -> None:
    run = run_of({"gen_ai.operation.name": name, "turn.number": 1}, scope="pipecat", name=name)

    assert run.run_type == run_type
    assert run.metadata.get("ls_modality") == modality


def test_the_events_of_pydantic_ai_1_are_both_sides() -> None:
    events = [
        {"event.name": "gen_ai.choice", "index": 0, "message": {"content": "4"}},
        {"event.name": "gen_ai.user.message", "content": "2+2", "gen_ai.message.index": 1},
        {"event.name": "gen_ai.system.message", "content": "Be brief.", "gen_ai.message.index": 0},
    ]

    runs = [
        run_of({**COUNTED, "events": given}, scope="pydantic-ai")
        for given in (text_of(events), [text_of(event) for event in events])
    ]

    for run in runs:
        assert run.outputs is not None
        assert run.inputs == {"messages": [{"role": "system", "content": "Be brief."}, QUESTION]}
        assert run.outputs["messages"] == [{"role": "assistant", "content": "4"}]


def test_the_conversation_of_a_pydantic_agent_is_split_where_its_answer_begins() -> None:
    conversation = [
        said(words("1+1")),
        said(words("2"), role="assistant"),
        said(words("2+2")),
        said(
            {"type": "tool_call", "id": "c1", "name": "f", "arguments": {"a": 1}}, role="assistant"
        ),
        said({"type": "tool_call_response", "id": "c1", "name": "f", "result": 4}),
        said(words("4"), role="assistant"),
    ]

    run = run_of(
        {
            "gen_ai.operation.name": "invoke_agent",
            "gen_ai.agent.name": "adder",
            "model_name": "gpt-4o",
            "pydantic_ai.all_messages": text_of(conversation),
            "pydantic_ai.new_message_index": 2,
            "final_result": "4",
            "gen_ai.aggregated_usage.input_tokens": 100,
            "gen_ai.aggregated_usage.output_tokens": 50,
        },
        scope="pydantic-ai",
        name="invoke_agent adder",
    )

    assert run.run_type == "chain"
    assert run.inputs is not None
    assert run.outputs is not None
    assert [m["content"] for m in run.inputs["messages"]] == ["1+1", "2", "2+2"]
    calls, result, answer = run.outputs["messages"]
    assert calls["tool_calls"] == [CALL]
    assert (result["role"], result["content"], result["tool_call_id"]) == ("tool", "4", "c1")
    assert answer["content"] == "4"
    assert "usage_metadata" not in run.metadata
    assert run.metadata["usage_rollup"]["total_tokens"] == 150


@pytest.mark.parametrize(
    "names",
    [
        ("tool_arguments", "tool_response"),
        ("gen_ai.tool.call.arguments", "gen_ai.tool.call.result"),
    ],
    ids=["versions 1 and 2", "since version 3"],
)
def test_a_tool_of_every_version_of_pydantic_ai_has_arguments_and_result(
    names: tuple[str, str],
) -> None:
    arguments, result = names

    run = run_of(
        {"gen_ai.tool.name": "f", "gen_ai.tool.call.id": "c1", arguments: '{"a": 1}', result: "4"},
        scope="pydantic-ai",
        name="running tool",
    )

    assert run.run_type == "tool"
    assert run.inputs == {"a": 1}
    assert run.outputs == {"output": "4"}


REQUEST = {"model": "gpt-4o", "messages": [QUESTION], "temperature": 0.5}
USAGE = {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150}


def test_logfires_request_and_response_are_both_sides() -> None:
    response = {"message": {"role": "assistant", "content": "4"}, "usage": USAGE}

    run = run_of(
        {
            "request_data": text_of(REQUEST),
            "response_data": text_of(response),
            "logfire.msg_template": "Chat Completion with {request_data[model]!r}",
            "logfire.json_schema": '{"properties": {"request_data": {"type": "object"}}}',
        },
        scope="logfire.openai",
        name="Chat Completion with {request_data[model]!r}",
    )

    assert run.run_type == "llm"
    assert run.inputs is not None
    assert run.outputs is not None
    assert run.inputs["messages"] == [QUESTION]
    assert run.outputs["messages"] == [{"role": "assistant", "content": "4"}]
    assert run.invocation_params["temperature"] == 0.5
    assert run.metadata["ls_model_name"] == "gpt-4o"
    assert run.metadata["usage_metadata"]["total_tokens"] == 150


def test_a_pending_span_of_logfire_makes_no_run() -> None:
    run = run_of(
        {"logfire.span_type": "pending_span", "logfire.pending_parent_id": "0" * 16},
        scope="logfire",
    )

    assert run.drop == "pending_span"


def test_the_end_of_a_stream_of_logfire_is_a_model_call_with_its_answer() -> None:
    run = run_of(
        {
            "logfire.span_type": "log",
            "request_data": text_of({**REQUEST, "stream": True}),
            "response_data": '{"combined_chunk_content": "4", "chunk_count": 2}',
        },
        scope="logfire.openai",
        name="streaming response from {request_data[model]!r} took {duration:.2f}s",
    )

    assert run.drop is None
    assert run.run_type == "llm"
    assert run.outputs is not None
    assert run.outputs["messages"][0]["content"] == "4"


CLAUDE_CODE = "com.anthropic.claude_code.tracing"


@pytest.mark.parametrize("prefix", ["", "claude_code."])
def test_a_model_call_of_claude_code_has_usage_cost_and_its_first_token(prefix: str) -> None:
    own: JsonObject = {
        "span.type": "llm_request",
        "model": "claude-sonnet-4-5",
        "input_tokens": 60,
        "cache_read_tokens": 40,
        "output_tokens": 50,
        "cost_usd": 0.25,
        "ttft_ms": 500,
    }

    run = run_of(
        {**{prefix + key: value for key, value in own.items()}, "session.id": "s1"},
        scope=CLAUDE_CODE,
        name="claude_code.llm_request",
    )

    assert run.run_type == "llm"
    assert run.metadata["usage_metadata"] == {
        "input_tokens": 100,
        "output_tokens": 50,
        "total_tokens": 150,
        "input_token_details": {"cache_read": 40},
        "total_cost": 0.25,
    }
    assert run.metadata["ls_provider"] == "anthropic"
    assert [event["time"] for event in run.events] == ["2025-11-20T00:53:20.500000+00:00"]
    assert run.thread_id == "s1"


def test_a_tool_of_claude_code_has_name_input_and_the_output_of_its_event() -> None:
    run = run_of(
        {"span.type": "tool", "tool_name": "Bash", "tool_input": '{"command": "ls"}'},
        [Event("tool.output", START_NS, {"output": "a.py"})],
        scope=CLAUDE_CODE,
        name="claude_code.tool",
    )

    assert (run.run_type, run.name) == ("tool", "Bash")
    assert run.inputs == {"command": "ls"}
    assert run.outputs == {"output": "a.py"}


@pytest.mark.parametrize("kind", ["interaction", "tool.execution", "tool.blocked_on_user", "hook"])
def test_what_surrounds_the_calls_of_claude_code_is_a_chain(kind: str) -> None:
    prompt: Json = {"user_prompt": "2+2"} if kind == "interaction" else {}

    run = run_of({"span.type": kind, **prompt}, scope=CLAUDE_CODE, name=f"claude_code.{kind}")

    assert run.run_type == "chain"
    assert run.inputs == ({"messages": [QUESTION]} if prompt else None)
