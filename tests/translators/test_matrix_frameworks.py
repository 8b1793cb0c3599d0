"""Strands, Haystack, and frameworks that OpenInference speaks for, from attributes to the run.

The rows of section "Others" of the coverage matrix about them.
"""

import pytest

from tests.translators.dialects.openinference_spans import message
from tests.translators.genai_spans import run_of, said, text_of, words
from tests.translators.spans import START_NS
from translators.run import Run
from translators.span import Event, Json, JsonObject

QUESTION = {"role": "user", "content": "2+2"}
ANSWER = {"role": "assistant", "content": "4", "finish_reason": "stop"}
CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}


def sent(name: str, **attributes: Json) -> Event:
    return Event(f"gen_ai.{name}", START_NS, attributes)


def strands(*events: Event, operation: str = "chat") -> Run:
    return run_of(
        {
            "gen_ai.operation.name": operation,
            "gen_ai.provider.name": "strands-agents",
            "gen_ai.request.model": "us.anthropic.claude-sonnet-4-20250514-v1:0",
            "gen_ai.tool.name": "f",
            "gen_ai.tool.call.id": "c1",
        },
        list(events),
        scope="strands.telemetry.tracer",
    )


def test_old_events_of_strands_are_messages() -> None:
    run = strands(
        sent("user.message", content='[{"text": "2+2"}]'),
        sent(
            "assistant.message",
            content='[{"toolUse": {"toolUseId": "c1", "name": "f", "input": {"a": 1}}}]',
        ),
        sent(
            "tool.message",
            content=text_of([{"toolResult": {"toolUseId": "c1", "content": [{"text": "4"}]}}]),
        ),
        sent("choice", finish_reason="stop", message='[{"text": "4"}]'),
    )

    assert run.inputs == {
        "messages": [
            QUESTION,
            {"role": "assistant", "content": None, "tool_calls": [CALL]},
            {"role": "tool", "content": "4", "tool_call_id": "c1"},
        ]
    }
    assert run.outputs == {"messages": [ANSWER]}
    assert run.metadata["ls_provider"] == "bedrock"


def test_old_events_of_a_tool_of_strands_are_arguments_and_result() -> None:
    run = strands(
        sent("tool.message", role="tool", content='{"a": 1}', id="c1"),
        sent("choice", message='[{"text": "4"}]', id="c1"),
        operation="execute_tool",
    )

    assert run.run_type == "tool"
    assert run.inputs == {"a": 1}
    assert run.outputs == {"output": "4"}


def test_new_events_of_strands_are_put_together() -> None:
    name = "client.inference.operation.details"
    answer = [said(words("4"), role="assistant", finish_reason="stop")]

    run = strands(
        sent(name, **{"gen_ai.system_instructions": text_of([words("Be brief.")])}),
        sent(name, **{"gen_ai.input.messages": text_of([said(words("2+2"))])}),
        sent(name, **{"gen_ai.output.messages": text_of(answer)}),
    )

    assert run.inputs == {"messages": [{"role": "system", "content": "Be brief."}, QUESTION]}
    assert run.outputs == {"messages": [ANSWER]}


def test_new_events_of_a_tool_of_strands_are_arguments_and_result() -> None:
    name = "client.inference.operation.details"
    call = {"type": "tool_call", "id": "c1", "name": "f", "arguments": {"a": 1}}
    result = {"type": "tool_call_response", "id": "c1", "response": [{"text": "4"}]}

    run = strands(
        sent(name, **{"gen_ai.input.messages": text_of([said(call, role="tool")])}),
        sent(name, **{"gen_ai.output.messages": text_of([said(result, role="tool")])}),
        operation="execute_tool",
    )

    assert run.inputs == {"a": 1}
    assert run.outputs == {"output": "4"}


@pytest.mark.parametrize(
    ("kind", "run_type"),
    [
        ("OpenAIChatGenerator", "llm"),
        ("InMemoryBM25Retriever", "retriever"),
        ("OpenAITextEmbedder", "embedding"),
        ("PromptBuilder", "prompt"),
        ("ToolInvoker", "tool"),
        ("ConditionalRouter", "chain"),
    ],
)
def test_components_of_haystack_have_run_types_and_names(kind: str, run_type: str) -> None:
    run = run_of(
        {"haystack.component.name": "mine", "haystack.component.type": kind},
        scope="haystack",
        name="haystack.component.run",
    )

    assert (run.run_type, run.name) == (run_type, "mine")


def test_a_generator_of_haystack_has_messages_and_usage() -> None:
    usage = {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150}
    meta = {"model": "gpt-4o", "finish_reason": "stop", "usage": usage}
    question = {"role": "user", "content": [{"text": "2+2"}], "meta": {}}
    answer = {"role": "assistant", "content": [{"text": "4"}], "meta": meta}

    run = run_of(
        {
            "haystack.component.name": "llm",
            "haystack.component.type": "OpenAIChatGenerator",
            "haystack.component.input": text_of({"messages": [question]}),
            "haystack.component.output": text_of({"replies": [answer]}),
        },
        scope="haystack",
        name="haystack.component.run",
    )

    assert run.inputs is not None
    assert run.outputs is not None
    assert run.inputs["messages"][0]["content"] == "2+2"
    assert run.outputs["messages"][0]["content"] == "4"
    assert run.metadata["usage_metadata"] == {
        "input_tokens": 100,
        "output_tokens": 50,
        "total_tokens": 150,
    }
    assert run.metadata["ls_model_name"] == "gpt-4o"


def test_a_retriever_of_haystack_has_a_query_and_documents() -> None:
    document = {"id": "d1", "content": "Rain.", "score": 0.0, "meta": {"page": 4}}

    run = run_of(
        {
            "haystack.component.name": "retriever",
            "haystack.component.type": "InMemoryBM25Retriever",
            "haystack.component.input": '{"query": "rain", "top_k": 1}',
            "haystack.component.output": text_of({"documents": [document]}),
        },
        scope="haystack",
        name="haystack.component.run",
    )

    assert run.inputs is not None
    assert run.outputs is not None
    assert run.inputs["query"] == "rain"
    [found] = run.outputs["documents"]
    assert found["page_content"] == "Rain."
    assert found["metadata"]["id"] == "d1"
    assert found["metadata"]["score"] == 0.0


@pytest.mark.parametrize(
    ("library", "kind", "name", "attributes", "inputs"),
    [
        (
            "crewai",
            "CHAIN",
            "Crew_1.kickoff",
            {"crew_key": "k", "crew_inputs": '{"topic": "rain"}'},
            {"topic": "rain"},
        ),
        ("crewai", "AGENT", "Poet._execute_core", {"input.value": "Write."}, {"input": "Write."}),
        ("llama_index", "RETRIEVER", "retrieve", {"input.value": "rain"}, {"query": "rain"}),
        (
            "autogen_agentchat",
            "LLM",
            "AssistantAgent",
            message("input", 0, role="user", content="2+2"),
            {"messages": [QUESTION]},
        ),
    ],
)
def test_frameworks_that_openinference_speaks_for_have_their_inputs(
    library: str, kind: str, name: str, attributes: JsonObject, inputs: JsonObject
) -> None:
    run = run_of(
        {"openinference.span.kind": kind, **attributes},
        scope=f"openinference.instrumentation.{library}",
        name=name,
    )

    assert run.inputs == inputs
    assert run.metadata["otel.kind"] == kind.lower()
    assert run.metadata.get("ls_provider") != library
