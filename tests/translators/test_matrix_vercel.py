"""The Vercel AI SDK, from its attributes to the run.

The rows of section "Others" of the coverage matrix about it.
"""

import pytest

from tests.translators.genai_spans import COUNTED, run_of, said, text_of, words

CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}
QUESTION = {"messages": [{"role": "user", "content": "2+2"}]}
AI_CALL = {
    "ai.operationId": "ai.generateText.doGenerate",
    "ai.model.id": "gpt-4o",
    "ai.model.provider": "openai.responses",
}


@pytest.mark.parametrize(
    ("operation", "run_type"),
    [
        ("ai.generateText.doGenerate", "llm"),
        ("ai.streamObject.doStream", "llm"),
        ("ai.embedMany.doEmbed", "embedding"),
        ("ai.toolCall", "tool"),
        ("ai.rerank.doRerank", "retriever"),
        ("ai.generateText", "chain"),
        ("ai.streamText", "chain"),
        ("ai.embed", "chain"),
    ],
)
def test_operations_of_the_vercel_sdk_have_their_run_types(operation: str, run_type: str) -> None:
    assert run_of({"ai.operationId": operation}, scope="ai").run_type == run_type


def test_a_call_of_the_vercel_sdk_has_messages_parameters_and_usage() -> None:
    run = run_of(
        {
            **AI_CALL,
            "ai.prompt.messages": text_of(
                [
                    {"role": "system", "content": "Be brief."},
                    {"role": "user", "content": [{"type": "text", "text": "2+2"}]},
                ]
            ),
            "ai.response.text": "4",
            "ai.response.finishReason": "stop",
            "ai.response.model": "gpt-4o-2024-08-06",
            "ai.settings.temperature": 0.5,
            "ai.settings.maxOutputTokens": 20,
            "ai.usage.inputTokens": 100,
            "ai.usage.outputTokens": 50,
            "ai.usage.cachedInputTokens": 40,
            "ai.usage.reasoningTokens": 20,
            "ai.telemetry.functionId": "poet",
            "ai.telemetry.metadata.userId": "u1",
            "ai.telemetry.metadata.sessionId": "s1",
        },
        scope="ai",
        name="ai.generateText.doGenerate",
    )

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
    assert run.metadata["usage_metadata"] == {
        "input_tokens": 100,
        "output_tokens": 50,
        "total_tokens": 150,
        "input_token_details": {"cache_read": 40},
        "output_token_details": {"reasoning": 20},
    }
    assert run.invocation_params["temperature"] == 0.5
    assert run.invocation_params["max_tokens"] == 20
    assert run.metadata["ls_provider"] == "openai"
    assert run.metadata["ls_model_name"] == "gpt-4o-2024-08-06"
    assert (run.metadata["user_id"], run.thread_id) == ("u1", "s1")


@pytest.mark.parametrize(("arguments", "result"), [("args", "result"), ("input", "output")])
def test_a_tool_of_the_vercel_sdk_has_name_arguments_and_result(
    arguments: str, result: str
) -> None:
    run = run_of(
        {
            "ai.operationId": "ai.toolCall",
            "ai.toolCall.name": "f",
            "ai.toolCall.id": "c1",
            f"ai.toolCall.{arguments}": '{"a": 1}',
            f"ai.toolCall.{result}": '{"b": 2}',
        },
        scope="ai",
        name="ai.toolCall",
    )

    assert run.name == "f"
    assert run.inputs == {"a": 1}
    assert run.outputs == {"output": {"b": 2}}
    assert run.metadata["tool_call_id"] == "c1"


def test_text_reasoning_and_calls_of_one_answer_survive_together() -> None:
    run = run_of(
        {
            **AI_CALL,
            "ai.response.text": "Looking.",
            "ai.response.reasoning": "hm",
            "ai.response.toolCalls": text_of(
                [{"toolCallId": "c1", "toolName": "f", "input": '{"a":1}'}]
            ),
        },
        scope="ai",
    )

    assert run.outputs is not None
    [answer] = run.outputs["messages"]
    assert answer["content"] == [
        {"type": "reasoning", "text": "hm"},
        {"type": "text", "text": "Looking."},
    ]
    assert answer["tool_calls"] == [CALL]


def test_arrays_of_json_texts_are_opened() -> None:
    tool = {"type": "function", "name": "f", "description": "d", "inputSchema": {"type": "object"}}

    call = run_of(
        {**AI_CALL, "ai.prompt.tools": [text_of(tool)], "ai.prompt.toolChoice": '{"type": "auto"}'},
        scope="ai",
    )
    embedding = run_of(
        {
            "ai.operationId": "ai.embedMany.doEmbed",
            "ai.values": ['"one"', '"two"'],
            "ai.embeddings": ["[0.5]", "[1.0]"],
        },
        scope="ai",
    )

    assert call.invocation_params["tools"] == [
        {
            "type": "function",
            "function": {"name": "f", "description": "d", "parameters": {"type": "object"}},
        }
    ]
    assert call.invocation_params["tool_choice"] == {"type": "auto"}
    assert embedding.inputs == {"input": ["one", "two"]}
    assert embedding.outputs is not None
    assert embedding.outputs["data"] == [
        {"index": 0, "embedding": [0.5]},
        {"index": 1, "embedding": [1.0]},
    ]


@pytest.mark.parametrize(
    ("operation", "run_type"),
    [
        ("chat", "llm"),
        ("invoke_agent", "chain"),
        ("agent_step", "chain"),
        ("execute_tool", "tool"),
        ("embeddings", "embedding"),
        ("rerank", "retriever"),
    ],
)
def test_version_7_of_the_vercel_sdk_speaks_the_conventions(operation: str, run_type: str) -> None:
    run = run_of({**COUNTED, "gen_ai.operation.name": operation}, scope="gen_ai")

    assert run.run_type == run_type
    assert ("usage_metadata" in run.metadata) == (run_type in ("llm", "embedding"))


def test_a_call_of_version_7_of_the_vercel_sdk_has_messages_and_its_first_token() -> None:
    run = run_of(
        {
            **COUNTED,
            "gen_ai.input.messages": text_of([said(words("2+2"))]),
            "gen_ai.output.messages": text_of(
                [said({"type": "tool_call", "id": "c1", "name": "f", "arguments": {"a": 1}})]
            ),
            "gen_ai.client.operation.time_to_first_chunk": 0.5,
        },
        scope="gen_ai",
    )

    assert run.inputs == QUESTION
    assert run.outputs is not None
    assert run.outputs["messages"][0]["tool_calls"] == [CALL]
    assert [event["name"] for event in run.events] == ["new_token"]
