"""Platforms with words of their own, from their attributes to the run.

The rows of section "Others" of the coverage matrix about MLflow, Langfuse and OpenLIT.
"""

import pytest

from tests.translators.genai_spans import COUNTED, run_of, said, text_of, words
from translators.span import Json, JsonObject

QUESTION = {"messages": [{"role": "user", "content": "2+2"}]}


def test_mlflows_attributes_are_json_in_json() -> None:
    run = run_of(
        {
            "mlflow.spanType": '"CHAT_MODEL"',
            "mlflow.spanInputs": text_of({**QUESTION, "temperature": 0.5}),
            "mlflow.spanOutputs": text_of(text_of({"messages": [{"role": "ai", "content": "4"}]})),
            "mlflow.chat.tokenUsage": text_of(
                {"input_tokens": 100, "output_tokens": 50, "total_tokens": 150}
            ),
            "mlflow.llm.model": '"gpt-4o"',
            "mlflow.llm.provider": '"openai"',
            "mlflow.llm.cost": '{"input_cost": 0.25, "output_cost": 0.5, "total_cost": 0.75}',
            "mlflow.trace.session": '"s1"',
            "mlflow.trace.user": '"u1"',
        }
    )

    assert run.run_type == "llm"
    assert run.inputs is not None
    assert run.outputs is not None
    assert run.inputs["messages"] == QUESTION["messages"]
    assert run.outputs["messages"] == [{"role": "assistant", "content": "4"}]
    assert run.metadata["usage_metadata"] == {
        "input_tokens": 100,
        "output_tokens": 50,
        "total_tokens": 150,
        "input_cost": 0.25,
        "output_cost": 0.5,
        "total_cost": 0.75,
    }
    assert run.metadata["ls_model_name"] == "gpt-4o"
    assert run.metadata["ls_provider"] == "openai"
    assert (run.thread_id, run.metadata["user_id"]) == ("s1", "u1")


@pytest.mark.parametrize(
    ("word", "run_type"),
    [("RETRIEVER", "retriever"), ("RERANKER", "retriever"), ("PARSER", "parser"), ("TOOL", "tool")],
)
def test_mlflows_types_are_run_types(word: str, run_type: str) -> None:
    assert run_of({"mlflow.spanType": f'"{word}"'}).run_type == run_type


def test_an_observation_of_langfuse_is_a_whole_run() -> None:
    run = run_of(
        {
            "langfuse.observation.type": "generation",
            "langfuse.observation.input": text_of([{"role": "user", "content": "2+2"}]),
            "langfuse.observation.output": text_of({"role": "assistant", "content": "4"}),
            "langfuse.observation.model.name": "gpt-4o",
            "langfuse.observation.model.parameters": '{"temperature": 0.5}',
            "langfuse.observation.usage_details": text_of(
                {"input": 60, "input_cached_tokens": 40, "output": 50, "total": 150}
            ),
            "langfuse.observation.cost_details": '{"input": 0.25, "output": 0.5, "total": 0.75}',
            "langfuse.observation.level": "ERROR",
            "langfuse.observation.status_message": "cut off",
            "langfuse.observation.metadata.team": "search",
            "langfuse.trace.tags": ["a"],
            "session.id": "s1",
            "user.id": "u1",
        },
        scope="langfuse-sdk",
    )

    assert run.run_type == "llm"
    assert run.inputs == QUESTION
    assert run.outputs is not None
    assert run.outputs["messages"] == [{"role": "assistant", "content": "4"}]
    assert run.metadata["usage_metadata"] == {
        "input_tokens": 100,
        "output_tokens": 50,
        "total_tokens": 150,
        "input_token_details": {"cache_read": 40},
        "input_cost": 0.25,
        "output_cost": 0.5,
        "total_cost": 0.75,
    }
    assert run.invocation_params == {"temperature": 0.5, "model": "gpt-4o"}
    assert run.error == "cut off"
    assert run.metadata["team"] == "search"
    assert run.tags == ["a"]
    assert (run.thread_id, run.metadata["user_id"]) == ("s1", "u1")


OPENLIT: JsonObject = {**COUNTED, "telemetry.sdk.name": "openlit"}


def test_a_call_of_openlit_has_its_cost_reasoning_and_no_tool_run() -> None:
    run = run_of(
        {
            **OPENLIT,
            "gen_ai.input.messages": text_of([said(words("2+2"))]),
            "gen_ai.output.messages": text_of([said(words("4"), role="assistant")]),
            "gen_ai.content.reasoning": "hm",
            "gen_ai.usage.cost": 0.25,
            "gen_ai.client.token.usage": 150,
            "gen_ai.tool.name": "f, g",
            "gen_ai.tool.call.id": "c1, c2",
            "gen_ai.tool.args": '{"a": 1}, {"b": 2}',
        },
        scope="openlit.openai",
    )

    assert run.run_type == "llm"
    assert run.inputs == QUESTION
    assert run.outputs is not None
    assert run.outputs["messages"] == [
        {
            "role": "assistant",
            "content": [{"type": "reasoning", "text": "hm"}, {"type": "text", "text": "4"}],
        }
    ]
    assert run.metadata["usage_metadata"]["total_cost"] == 0.25
    assert run.metadata["usage_metadata"]["total_tokens"] == 150
    assert run.metadata["gen_ai.tool.args"] == '{"a": 1}, {"b": 2}'


@pytest.mark.parametrize(("key", "value"), [("args", '{"a": 1}'), ("input", {"a": 1})])
def test_a_tool_of_openlit_has_arguments_under_other_names(key: str, value: Json) -> None:
    run = run_of(
        {
            "telemetry.sdk.name": "openlit",
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": "f",
            f"gen_ai.tool.{key}": value,
            "gen_ai.tool.output": "4",
        },
        scope="openlit.crewai",
    )

    assert run.inputs == {"a": 1}
    assert run.outputs == {"output": "4"}
