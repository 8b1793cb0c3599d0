"""Microsoft's and Google's frameworks for agents, from their attributes to the run.

The rows of section "Others" of the coverage matrix about Semantic Kernel, Agent Framework and ADK.
"""

import pytest

from tests.translators.genai_spans import CHAT, COUNTED, run_of, said, text_of, words
from tests.translators.spans import START_NS, span
from translators.log_events import event_of
from translators.log_record import LogRecord
from translators.registry import Registry
from translators.span import Event, Json, Link, Scope

QUESTION = {"role": "user", "content": "2+2"}
ANSWER = {"role": "assistant", "content": "4", "finish_reason": "stop"}
CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}


def sent(name: str, **attributes: Json) -> Event:
    return Event(f"gen_ai.{name}", START_NS, attributes)


def record(name: str, body: Json, scope: str, **attributes: Json) -> Event:
    """Return a log record as the event of the span that it is joined to."""
    made = event_of(
        LogRecord(
            trace_id="1" * 32,
            span_id="2" * 16,
            event_name=name,
            time_ns=START_NS,
            body=body,
            attributes=attributes,
            scope=Scope(scope),
        )
    )
    assert made is not None
    return made


def test_events_of_semantic_kernel_in_csharp_are_messages() -> None:
    scope = "Microsoft.SemanticKernel.Diagnostics"
    asked = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": {"a": 1}}}
    key = "gen_ai.event.content"
    events = [
        sent("system.message", **{key: '{"role": "system", "content": "Be brief."}'}),
        sent("user.message", **{key: '{"role": "user", "content": "2+2"}'}),
        sent("assistant.message", **{key: text_of({"role": "Assistant", "tool_calls": [asked]})}),
        sent("tool.message", **{key: '{"role": "tool", "content": "4", "id": "c1"}'}),
        sent(
            "choice",
            **{key: '{"index": 0, "message": {"content": "4"}, "finish_reason": "stop"}'},
        ),
    ]

    run = run_of(
        {**CHAT, "gen_ai.response.finish_reason": '["Stop"]', "gen_ai.response.id": "N/A"},
        events,
        scope=scope,
    )

    assert run.inputs == {
        "messages": [
            {"role": "system", "content": "Be brief."},
            QUESTION,
            {"role": "assistant", "content": None, "tool_calls": [CALL]},
            {"role": "tool", "content": "4", "tool_call_id": "c1"},
        ]
    }
    assert run.outputs == {"messages": [ANSWER]}
    assert run.metadata["finish_reasons"] == ["Stop"]
    assert "response_id" not in run.metadata


@pytest.mark.parametrize(
    ("scope", "bodies"),
    [
        (
            "semantic_kernel.utils.telemetry.model_diagnostics",
            ['{"role": "user", "content": "2+2"}', '{"message": {"content": "4"}}'],
        ),
        (
            "opentelemetry.util.genai.handler",
            [{"content": "2+2"}, {"index": 0, "message": {"content": "4"}}],
        ),
    ],
    ids=["Semantic Kernel", "util-genai"],
)
def test_content_in_log_records_alone_is_the_content_of_the_span(
    scope: str, bodies: list[Json]
) -> None:
    question, choice = bodies
    events = [
        record("gen_ai.user.message", question, scope, **{"event.name": "gen_ai.user.message"}),
        record("gen_ai.choice", choice, scope, finish_reason="stop"),
    ]

    run = run_of(CHAT, events, scope=scope)

    assert run.inputs == {"messages": [QUESTION]}
    assert run.outputs == {"messages": [ANSWER]}


def test_details_in_one_log_record_are_the_content_of_the_span() -> None:
    body = {
        "gen_ai.input.messages": [said(words("2+2"))],
        "gen_ai.output.messages": [said(words("4"), role="assistant", finish_reason="stop")],
    }
    name = "gen_ai.client.inference.operation.details"

    run = run_of(CHAT, [record(name, body, "opentelemetry.util.genai.handler")])

    assert run.inputs == {"messages": [QUESTION]}
    assert run.outputs == {"messages": [ANSWER]}


def test_agent_framework_has_reasons_in_json_and_is_no_provider() -> None:
    run = run_of(
        {
            **COUNTED,
            "gen_ai.provider.name": "microsoft.agent_framework",
            "gen_ai.response.finish_reasons": '["stop"]',
            "gen_ai.tool.call.id": "unknown",
            "gen_ai.output.messages": text_of([said(words("4"), role="assistant")]),
        },
        scope="agent_framework",
    )

    assert run.outputs is not None
    assert run.outputs["messages"] == [ANSWER]
    assert run.metadata["finish_reasons"] == ["stop"]
    assert run.metadata["ls_provider"] == "openai"
    assert "tool_call_id" not in run.metadata


@pytest.mark.parametrize(
    "name",
    [
        "workflow.build",
        "workflow.run",
        "executor.process a",
        "edge_group.process B",
        "message.send",
    ],
)
def test_workflows_of_agent_framework_are_chains_with_their_links(name: str) -> None:
    made = span(
        {"workflow.id": "w1", "workflow.definition": '{"edges": []}', "message.type": "standard"},
        name=name,
        scope="agent_framework",
        events=[Event("workflow.started", START_NS)],
    )
    made.links = [Link("1" * 32, "2" * 16), Link("1" * 32, "3" * 16)]

    run = Registry().translate(made)

    assert run.run_type == "chain"
    assert [link["span_id"] for link in run.metadata["otel.links"]] == ["2" * 16, "3" * 16]
    assert "w1" in run.metadata.values()
    assert [event["name"] for event in run.events] == ["workflow.started"]


def test_a_call_of_adk_is_read_from_its_blobs() -> None:
    request = {
        "model": "gemini-2.0-flash",
        "config": {
            "system_instruction": "Be brief.",
            "temperature": 0.5,
            "tools": [{"function_declarations": [{"name": "f", "description": "d"}]}],
        },
        "contents": [
            {"role": "user", "parts": [{"text": "2+2"}]},
            {"role": "model", "parts": [{"function_call": {"name": "f", "args": {"a": 1}}}]},
            {"role": "user", "parts": [{"function_response": {"name": "f", "response": {"b": 2}}}]},
        ],
    }
    response = {
        "content": {"role": "model", "parts": [{"text": "4"}]},
        "finish_reason": "STOP",
        "usage_metadata": {
            "prompt_token_count": 100,
            "candidates_token_count": 30,
            "thoughts_token_count": 20,
            "cached_content_token_count": 40,
            "total_token_count": 150,
        },
    }

    run = run_of(
        {
            "gen_ai.system": "gcp.vertex.agent",
            "gen_ai.request.model": "gemini-2.0-flash",
            "gcp.vertex.agent.session_id": "s1",
            "gcp.vertex.agent.llm_request": text_of(request),
            "gcp.vertex.agent.llm_response": text_of(response),
        },
        scope="gcp.vertex.agent",
        name="call_llm",
    )

    assert run.run_type == "llm"
    assert run.inputs is not None
    assert run.outputs is not None
    system, question, call, result = run.inputs["messages"]
    assert system == {"role": "system", "content": "Be brief."}
    assert question == QUESTION
    assert call["tool_calls"][0]["function"] == {"name": "f", "arguments": '{"a":1}'}
    assert (result["role"], result["content"]) == ("tool", '{"b":2}')
    assert run.outputs["messages"][0]["content"] == "4"
    assert run.metadata["usage_metadata"] == {
        "input_tokens": 100,
        "output_tokens": 50,
        "total_tokens": 150,
        "input_token_details": {"cache_read": 40},
        "output_token_details": {"reasoning": 20},
    }
    assert run.invocation_params["temperature"] == 0.5
    assert run.invocation_params["tools"][0]["function"]["name"] == "f"
    assert run.metadata["ls_provider"] == "google_genai"
    assert run.thread_id == "s1"


def test_a_tool_of_adk_has_arguments_and_a_result() -> None:
    run = run_of(
        {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.system": "gcp.vertex.agent",
            "gen_ai.tool.name": "f",
            "gcp.vertex.agent.tool_call_args": '{"a": 1}',
            "gcp.vertex.agent.tool_response": '{"result": "4"}',
            "gcp.vertex.agent.llm_request": "{}",
            "gcp.vertex.agent.llm_response": "{}",
        },
        scope="gcp.vertex.agent",
        name="execute_tool f",
    )

    assert run.run_type == "tool"
    assert run.inputs == {"a": 1}
    assert run.outputs == {"output": {"result": "4"}}
