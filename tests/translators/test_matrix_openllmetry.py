"""OpenLLMetry, from the flattened attributes to the run.

The rows of section "Others" of the coverage matrix about OpenLLMetry.
"""

import pytest

from tests.translators.genai_spans import run_of, text_of
from tests.translators.spans import START_NS
from translators.span import Event, Json, JsonObject

CHAT = {
    "llm.request.type": "chat",
    "gen_ai.system": "OpenAI",
    "gen_ai.request.model": "gpt-4o",
}
CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"a": 1}'}}


def test_indexed_prompts_and_completions_are_messages() -> None:
    run = run_of(
        {
            **CHAT,
            "gen_ai.prompt.0.role": "system",
            "gen_ai.prompt.0.content": "Be brief.",
            "gen_ai.prompt.1.role": "user",
            "gen_ai.prompt.1.content": '[{"type": "text", "text": "2+2"}]',
            "gen_ai.completion.0.role": "assistant",
            "gen_ai.completion.0.content": "4",
            "gen_ai.completion.0.finish_reason": "stop",
            "gen_ai.usage.prompt_tokens": 5,
            "gen_ai.usage.completion_tokens": 1,
            "llm.usage.total_tokens": 6,
        }
    )

    assert run.run_type == "llm"
    assert run.inputs == {
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "2+2"},
        ]
    }
    assert run.outputs is not None
    assert run.outputs["messages"] == [
        {"role": "assistant", "content": "4", "finish_reason": "stop"}
    ]
    assert run.metadata["usage_metadata"]["total_tokens"] == 6
    assert run.metadata["ls_provider"] == "openai"


@pytest.mark.parametrize("way", ["{}", "function.{}"])
def test_tool_calls_and_finish_reasons_are_told(way: str) -> None:
    call = "gen_ai.completion.0.tool_calls.0."

    run = run_of(
        {
            **CHAT,
            "gen_ai.completion.0.role": "assistant",
            "gen_ai.completion.0.finish_reason": "tool_calls",
            f"{call}id": "c1",
            f"{call}{way.format('name')}": "f",
            f"{call}{way.format('arguments')}": '{"a": 1}',
        }
    )

    assert run.outputs == {
        "messages": [
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [CALL],
                "finish_reason": "tool_calls",
            }
        ]
    }


def test_several_completions_are_choices_each_with_its_reason() -> None:
    run = run_of(
        {
            **CHAT,
            "gen_ai.completion.0.content": "one",
            "gen_ai.completion.0.finish_reason": "stop",
            "gen_ai.completion.1.content": "two",
            "gen_ai.completion.1.finish_reason": "length",
        }
    )

    assert run.outputs is not None
    assert [
        (choice["index"], choice["finish_reason"], choice["message"]["content"])
        for choice in run.outputs["choices"]
    ] == [(0, "stop", "one"), (1, "length", "two")]


def test_thinking_under_an_index_of_its_own_is_reasoning_of_the_answer_after_it() -> None:
    run = run_of(
        {
            **CHAT,
            "gen_ai.system": "Anthropic",
            "gen_ai.request.model": "claude-sonnet-4-5",
            "gen_ai.completion.0.role": "thinking",
            "gen_ai.completion.0.content": "hm",
            "gen_ai.completion.1.role": "assistant",
            "gen_ai.completion.1.content": "4",
            "gen_ai.completion.1.finish_reason": "end_turn",
        }
    )

    assert run.outputs == {
        "messages": [
            {
                "role": "assistant",
                "content": [{"type": "reasoning", "text": "hm"}, {"type": "text", "text": "4"}],
                "finish_reason": "end_turn",
            }
        ]
    }


@pytest.mark.parametrize("key", ["parameters", "input_schema", "arguments"])
def test_functions_are_tools(key: str) -> None:
    start = "llm.request.functions.0."

    run = run_of(
        {
            **CHAT,
            f"{start}name": "f",
            f"{start}description": "Does.",
            f"{start}{key}": '{"type": "object"}',
        }
    )

    function = {"name": "f", "description": "Does.", "parameters": {"type": "object"}}
    assert run.invocation_params["tools"] == [{"type": "function", "function": function}]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("[1, 2]", [1, 2]),
        ('"text"', "text"),
        ("not json", "not json"),
        ('{"args": [1], "kwargs": {"b": 2}}', {"args": [1], "kwargs": {"b": 2}}),
    ],
)
def test_what_goes_through_a_task_keeps_its_shape(given: str, expected: Json) -> None:
    run = run_of(
        {
            "traceloop.span.kind": "task",
            "traceloop.entity.name": "add",
            "traceloop.entity.input": given,
            "traceloop.entity.output": given,
        }
    )

    wrapped = not isinstance(expected, dict)
    assert (run.name, run.run_type) == ("add", "chain")
    assert run.inputs == ({"input": expected} if wrapped else expected)
    assert run.outputs == ({"output": expected} if wrapped else expected)


def test_what_langchain_wraps_around_inputs_and_outputs_is_unwrapped() -> None:
    around = {
        "inputs": {"question": "2+2"},
        "tags": ["seq:1"],
        "metadata": {"team": "search"},
        "kwargs": {"name": "RunnableSequence"},
    }

    run = run_of(
        {
            "traceloop.span.kind": "workflow",
            "traceloop.entity.name": "RunnableSequence",
            "traceloop.entity.input": text_of(around),
            "traceloop.entity.output": '{"outputs": {"answer": "4"}, "kwargs": {"tags": ["x"]}}',
        }
    )

    assert run.inputs == {"question": "2+2"}
    assert run.outputs == {"answer": "4"}
    assert run.tags == ["seq:1"]
    assert run.metadata["team"] == "search"


def test_the_state_of_a_graph_is_messages() -> None:
    message = {
        "lc": 1,
        "type": "constructor",
        "id": ["langchain", "schema", "messages", "HumanMessage"],
        "kwargs": {"content": "2+2", "type": "human"},
    }

    run = run_of(
        {
            "traceloop.span.kind": "workflow",
            "traceloop.entity.input": text_of({"inputs": {"messages": [message]}, "tags": []}),
        }
    )

    assert run.inputs is not None
    [question] = run.inputs["messages"]
    assert (question["role"], question["content"]) == ("user", "2+2")


@pytest.mark.parametrize(
    ("vendor", "keys"),
    [
        ("chroma", {"id": "d1", "distance": 0.25, "metadata": '{"page": 4}', "document": "Rain."}),
        ("pinecone", {"id": "d1", "score": 0.25, "metadata": '{"page": 4}', "document": "Rain."}),
    ],
)
def test_documents_of_a_vector_database_come_from_its_events(vendor: str, keys: JsonObject) -> None:
    events = [
        Event("db.query.embeddings", START_NS, {"db.query.embeddings.vector": "[0.5, 1.0]"}),
        Event(
            "db.query.result",
            START_NS,
            {f"db.query.result.{key}": value for key, value in keys.items()},
        ),
    ]

    run = run_of(
        {"db.system": vendor, "db.operation": "query", "db.vector.query.top_k": 1},
        events,
        name=f"{vendor}.query",
    )

    assert run.run_type == "retriever"
    assert run.inputs == {"query_embeddings": [[0.5, 1.0]]}
    assert run.outputs is not None
    [document] = run.outputs["documents"]
    assert document["page_content"] == "Rain."
    assert document["metadata"]["page"] == 4
    assert document["metadata"]["id"] == "d1"
    assert 0.25 in document["metadata"].values()
