"""Claude Code: requests, tools and turns, and what its log records add to them."""

import orjson
import pytest

from tests.translators.spans import span
from translators.base import Signature
from translators.dialects.claude_code import ClaudeCode
from translators.registry import Registry
from translators.run import Run
from translators.span import Event, Json, JsonObject

SCOPE = "com.anthropic.claude_code.tracing"


def run_of(kind: str, attributes: JsonObject | None = None, *events: Event) -> Run:
    """Return the run of a span, as all dialects together make it."""
    given = {"span.type": kind, **(attributes or {})}
    made = span(given, name=f"claude_code.{kind}", scope=SCOPE, events=list(events))
    return Registry().translate(made)


def record(name: str, **attributes: Json) -> Event:
    """Return a log record, joined to its span as an event."""
    return Event(name, 0, {"event.name": name, **attributes})


def answer(uuid: str, sequence: int, *content: JsonObject, **more: Json) -> Event:
    """Return the record of an answer as it was sent."""
    body = orjson.dumps({"content": list(content), **more}).decode()
    told = {"message.uuid": uuid, "event.sequence": sequence}
    return record("api_response_body", body=body, **told)


@pytest.mark.parametrize(
    ("scope", "key", "speaks"),
    [
        (SCOPE, "other", True),
        ("mine", "claude_code.span.type", True),
        ("mine", "span.type", False),
        ("com.anthropic.sdk.python", "span.type", False),
    ],
)
def test_it_speaks_of_its_scope_and_of_its_attributes(scope: str, key: str, speaks: bool) -> None:
    assert ClaudeCode().speaks(Signature(scope, frozenset((key,)), frozenset())) is speaks


@pytest.mark.parametrize("kind", [None, 7])
def test_a_span_that_got_a_record_of_ours_stays_another_s(kind: Json) -> None:
    attributes = {} if kind is None else {"span.type": kind}
    made = span(attributes, events=[Event("claude_code.user_prompt", 0, {"prompt": "Hi"})])

    assert ClaudeCode().translate(made) is None


@pytest.mark.parametrize(
    ("kind", "run_type"),
    [
        ("interaction", "chain"),
        ("llm_request", "llm"),
        ("tool", "tool"),
        ("tool.execution", "chain"),
        ("tool.blocked_on_user", "chain"),
        ("hook", "chain"),
        ("subagent.spawn", "chain"),
    ],
)
def test_the_type_of_the_span_tells_that_of_the_run(kind: str, run_type: str) -> None:
    run = run_of(kind, {"gen_ai.tool.call.id": "toolu_1"})

    assert run.run_type == run_type
    assert run.metadata["otel.kind"] == kind


@pytest.mark.parametrize("prefix", ["", "claude_code."])
def test_input_tokens_leave_out_those_of_the_cache(prefix: str) -> None:
    counts = {"input": 3, "output": 5, "cache_read": 2, "cache_creation": 1}
    attributes: JsonObject = {f"{prefix}{name}_tokens": count for name, count in counts.items()}
    attributes[f"{prefix}span.type"] = "llm_request"

    run = Registry().translate(span(attributes, name="claude_code.llm_request", scope=SCOPE))

    assert run.metadata["usage_metadata"] == {
        "input_tokens": 6,
        "output_tokens": 5,
        "total_tokens": 11,
        "input_token_details": {"cache_read": 2, "cache_creation": 1},
    }


def test_the_record_of_a_request_adds_its_cost_to_the_counts_of_the_span() -> None:
    told = record("api_request", input_tokens=99, output_tokens=99, cost_usd=0.5)

    run = run_of("llm_request", {"input_tokens": 3, "output_tokens": 5}, told)

    assert run.metadata["usage_metadata"]["input_tokens"] == 3
    assert run.metadata["usage_metadata"]["total_cost"] == 0.5


def test_the_record_of_a_request_counts_where_the_span_does_not() -> None:
    told = record("claude_code.api_request", input_tokens="3", output_tokens="5")

    run = run_of("llm_request", {}, told)

    assert run.metadata["usage_metadata"]["total_tokens"] == 8


def test_a_turn_does_not_count_the_tokens_of_its_requests_again() -> None:
    run = run_of("interaction", {}, record("api_request", input_tokens=3, output_tokens=5))

    assert "usage_metadata" not in run.metadata
    assert "usage_rollup" not in run.metadata


@pytest.mark.parametrize(
    ("context", "messages"),
    [
        ("[USER]\nHi", [{"role": "user", "content": "Hi"}]),
        ("[USER PROMPT]\nHi", [{"role": "user", "content": "Hi"}]),
        ("Hi\nyou", [{"role": "user", "content": "Hi\nyou"}]),
        (
            "[TOOL RESULT: toolu_1]\nfine\n\n---\n\n[USER]\na\n\n---\n\nb",
            [
                {"role": "tool", "content": "fine", "tool_call_id": "toolu_1"},
                {"role": "user", "content": "a\n\n---\n\nb"},
            ],
        ),
    ],
)
def test_what_is_new_in_the_conversation_are_the_messages_of_a_request(
    context: str, messages: list[JsonObject]
) -> None:
    run = run_of("llm_request", {"new_context": context})

    assert run.inputs == {"messages": messages}
    assert run.metadata["new_context"] == context


@pytest.mark.parametrize("context", ["", 7, None])
def test_nothing_new_makes_no_inputs(context: Json) -> None:
    assert run_of("llm_request", {"new_context": context}).inputs is None


def test_the_beginning_of_a_system_prompt_is_marked_as_one() -> None:
    attributes = {"system_prompt_preview": "You are", "system_prompt_length": 900}

    run = run_of("llm_request", {**attributes, "user_system_prompt": "Be brief."})

    assert run.inputs == {
        "messages": [
            {
                "role": "system",
                "content": "You are",
                "additional_kwargs": {"preview_of_length": 900},
            },
            {"role": "system", "content": "Be brief."},
        ]
    }


def test_the_body_of_a_request_is_the_whole_conversation() -> None:
    body = {"system": "Be brief.", "messages": [{"role": "user", "content": "Hi"}]}
    told = record("api_request_body", body=orjson.dumps(body).decode())

    run = run_of("llm_request", {"new_context": "[USER]\nHi"}, told)

    assert run.inputs == {
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hi"},
        ]
    }


@pytest.mark.parametrize("body", ['{"messages": [{"ro', '{"messages": 7}', 7])
def test_the_body_of_a_request_that_was_cut_off_is_passed_over(body: Json) -> None:
    run = run_of(
        "llm_request", {"new_context": "[USER]\nHi"}, record("api_request_body", body=body)
    )

    assert run.inputs == {"messages": [{"role": "user", "content": "Hi"}]}


def test_an_answer_is_the_text_that_the_span_tells() -> None:
    run = run_of("llm_request", {"response.model_output": "None", "stop_reason": "end_turn"})

    assert run.outputs == {
        "messages": [{"role": "assistant", "content": "None", "finish_reason": "end_turn"}]
    }


def test_an_answer_that_was_logged_as_sent_has_its_calls() -> None:
    call = {"type": "tool_use", "id": "toolu_1", "name": "Bash", "input": {"command": "ls"}}

    run = run_of("llm_request", {}, answer("m", 1, call, stop_reason="tool_use"))

    assert run.outputs is not None
    [message] = run.outputs["messages"]
    assert message["finish_reason"] == "tool_use"
    assert message["tool_calls"][0]["function"]["arguments"] == '{"command":"ls"}'


def test_a_turn_gives_out_what_was_answered_in_order() -> None:
    events = [
        record("assistant_response", response="First", **{"event.sequence": 1}),
        record("assistant_response", response="Third", **{"message.uuid": "m"}),
        record("assistant_response", response=7),
        Event("assistant_response", 0, {"event.name": 7, "response": "Nobody's"}),
        record("api_response_body", body="cut off"),
        record("api_response_body", body="{}"),
        answer("m", 3, {"type": "text", "text": "Third"}),
        record("assistant_response", response="Second", **{"event.sequence": 2}),
    ]

    run = run_of("interaction", {"user_prompt": "Hi"}, *events)

    assert run.inputs == {"messages": [{"role": "user", "content": "Hi"}]}
    assert run.outputs is not None
    assert [m["content"] for m in run.outputs["messages"]] == ["First", "Second", "Third"]


def test_records_without_ids_tell_an_answer_once() -> None:
    body = '{"content": [{"type": "text", "text": "Hello"}]}'
    sent = record("api_response_body", body=body, **{"message.uuid": ["odd"]})

    run = run_of("interaction", {}, sent, record("assistant_response", response="Hello"))

    assert run.outputs == {"messages": [{"role": "assistant", "content": "Hello"}]}


@pytest.mark.parametrize("prompt", [None, "", "<REDACTED>"])
def test_a_prompt_that_the_span_hides_is_that_of_the_record(prompt: Json) -> None:
    attributes = {} if prompt is None else {"user_prompt": prompt}

    run = run_of("interaction", attributes, record("user_prompt", prompt="Hi"))

    assert run.inputs == {"messages": [{"role": "user", "content": "Hi"}]}


def test_a_prompt_that_is_hidden_everywhere_stays_hidden() -> None:
    run = run_of("interaction", {"user_prompt": "<REDACTED>"})

    assert run.inputs == {"messages": [{"role": "user", "content": "<REDACTED>"}]}


def test_a_turn_without_a_prompt_begins_with_what_is_new() -> None:
    run = run_of("interaction", {"new_context": "[USER PROMPT]\nHi"})

    assert run.inputs == {"messages": [{"role": "user", "content": "Hi"}]}


def test_a_turn_without_content_is_empty() -> None:
    run = run_of("interaction", {"user_prompt_length": 2})

    assert run.inputs is None
    assert run.outputs is None


@pytest.mark.parametrize(
    ("attributes", "inputs"),
    [
        ({"tool_input": '{"a": 1}', "full_command": "ls"}, {"a": 1}),
        ({"tool_input": '[TOOL INPUT: Bash]\n{"a": 1}'}, {"a": 1}),
        ({"tool_input": '[TOOL INPUT: Bash]\n{"a": 1...'}, {"input": '{"a": 1...'}),
        ({"tool_input": "", "full_command": "ls"}, {"command": "ls"}),
        ({"file_path": "/x", "full_command": ""}, {"file_path": "/x"}),
        ({"skill_name": "s", "subagent_type": "t"}, {"skill": "s", "subagent_type": "t"}),
        ({}, None),
    ],
)
def test_the_arguments_of_a_tool_are_what_is_told_of_them(
    attributes: JsonObject, inputs: JsonObject | None
) -> None:
    run = run_of("tool", {"tool_name": "Bash", **attributes})

    assert run.name == "Bash"
    assert run.inputs == inputs


def test_the_record_of_a_result_tells_arguments_and_failure() -> None:
    told = record("tool_result", tool_input='{"a": 1}', success="false", error="no")

    run = run_of("tool", {}, told)

    assert run.inputs == {"a": 1}
    assert run.error == "no"


@pytest.mark.parametrize(
    ("output", "context", "expected"),
    [
        ({"bash_command": "ls", "output": "fine"}, None, "fine"),
        ({"file_path": "/x", "content": "fine"}, None, "fine"),
        ({"file_path": "/x", "diff": '[{"a": 1}]'}, None, [{"a": 1}]),
        ({"output": "a", "diff": "b"}, None, {"output": "a", "diff": "b"}),
        ({"output": ""}, None, ""),
        ({"output": ""}, '[TOOL RESULT: Bash]\n{"stdout": "fine"}', {"stdout": "fine"}),
        (None, "[TOOL RESULT: Bash]\nfine", "fine"),
        (None, "fine", "fine"),
        (None, '[TOOL RESULT: x]\n[{"type": "text", "text": "fine"}]', "fine"),
    ],
)
def test_the_output_of_a_tool_is_its_event_s_else_what_is_new(
    output: JsonObject | None, context: str | None, expected: Json
) -> None:
    events = [] if output is None else [Event("tool.output", 0, output)]
    attributes = {} if context is None else {"new_context": context}

    run = run_of("tool", attributes, *events)

    assert run.outputs == {"output": expected}


def test_a_tool_without_content_has_no_outputs() -> None:
    assert run_of("tool", {}).outputs is None


@pytest.mark.parametrize(
    ("attributes", "error"),
    [
        ({"success": False, "error": "no"}, "no"),
        ({"success": "false"}, "Error"),
        ({"success": True, "error": "no"}, None),
        ({"success": "odd"}, None),
    ],
)
def test_a_step_fails_where_it_says_that_it_had_no_success(
    attributes: JsonObject, error: str | None
) -> None:
    assert run_of("tool.execution", attributes).error == error


@pytest.mark.parametrize(
    ("attributes", "inputs"),
    [
        ({"command": "ls"}, {"command": "ls"}),
        ({"mcp_args": '{"a": 1}'}, {"a": 1}),
        ({"mcp_args": "{", "command": 7}, None),
    ],
)
def test_a_step_of_a_tool_has_what_it_was_given(
    attributes: JsonObject, inputs: JsonObject | None
) -> None:
    assert run_of("mcp.rpc", attributes).inputs == inputs


def test_the_first_token_is_told_in_milliseconds() -> None:
    run = run_of("llm_request", {"ttft_ms": 250})

    assert run.events == [{"name": "new_token", "time": "2025-11-20T00:53:20.250000+00:00"}]


def test_a_kind_that_is_not_lower_case_is_kept_under_its_own_name() -> None:
    run = run_of("Odd")

    assert run.run_type == "chain"
    assert run.metadata["span.type"] == "Odd"


def test_attributes_of_which_the_two_spellings_differ_stay() -> None:
    given = {"span.type": "llm_request", "response.model_output": "a"}
    alike = Registry().translate(span({**given, "claude_code.response.model_output": "a"}))
    other = Registry().translate(span({**given, "claude_code.response.model_output": "b"}))

    assert "claude_code.response.model_output" not in alike.metadata
    assert other.metadata["claude_code.response.model_output"] == "b"
    assert other.metadata["response.model_output"] == "a"
