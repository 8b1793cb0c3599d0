"""Bugs that others are known for in the same work, each with what happens here instead.

Those that a row of the coverage matrix covers are tested there.
"""

import pytest

from tests.translators.genai_spans import CHAT, COUNTED, run_of, said, text_of, words
from tests.translators.spans import START_NS
from translators.span import Event, Json, JsonObject

# LangSmith's Go collector-proxy


def test_a_tools_name_does_not_overrule_the_run_type_that_langsmith_was_told() -> None:
    run = run_of({"langsmith.span.kind": "Chain", "gen_ai.tool.name": "f"})

    assert run.run_type == "chain"


@pytest.mark.parametrize(
    ("kind", "run_type"),
    [
        ({"openinference.span.kind": "TOOL"}, "tool"),
        ({"traceloop.span.kind": "tool"}, "tool"),
        ({"llm.request.type": "chat"}, "llm"),
        ({"traceloop.llm.request.type": "chat"}, "llm"),
        ({"llm.request.type": "rerank"}, "retriever"),
    ],
)
def test_an_unknown_operation_does_not_stand_in_the_way_of_other_kinds(
    kind: JsonObject, run_type: str
) -> None:
    assert run_of({"gen_ai.operation.name": "of_2030", **kind}).run_type == run_type


def test_variables_of_a_template_make_no_prompt_of_a_span() -> None:
    assert run_of({**CHAT, "llm.prompt_template.variables": "{}"}).run_type == "llm"


@pytest.mark.parametrize(
    ("value", "inputs"),
    [
        ("[1, 2]", {"input": [1, 2]}),
        ('{"a": 1}', {"a": 1}),
        ("plain", {"input": "plain"}),
        ("123", {"input": "123"}),
    ],
)
def test_an_array_as_input_stays_an_array(value: str, inputs: JsonObject) -> None:
    run = run_of({"openinference.span.kind": "CHAIN", "input.value": value, "output.value": value})

    assert run.inputs == inputs
    assert run.outputs == {"output" if key == "input" else key: v for key, v in inputs.items()}


@pytest.mark.parametrize(
    "attributes",
    [
        CHAT,
        {"openinference.span.kind": "LLM"},
        {"traceloop.span.kind": "task"},
        {"ai.operationId": "ai.generateText"},
        {"langsmith.span.kind": "chain"},
        {"lk.response.text": "hi"},
        {"mlflow.spanType": '"LLM"'},
        {"langfuse.observation.type": "span"},
        {"mcp.method.name": "tools/list"},
    ],
    ids=lambda attributes: next(iter(attributes)),
)
def test_what_is_genai_is_told_by_attributes_whatever_the_span_is_called(
    attributes: JsonObject,
) -> None:
    assert run_of({**attributes, "http.method": "POST"}, name="POST /v1/x").genai


def test_a_database_call_is_not_genai() -> None:
    assert not run_of({"db.system": "postgresql", "db.statement": "select 1"}, name="llm.x").genai


@pytest.mark.parametrize("tags", ["a, b,a", '["a", "b"]', ["a", "b"]])
def test_tags_come_as_text_as_json_and_as_a_list(tags: Json) -> None:
    assert run_of({"langsmith.span.tags": tags}).tags == ["a", "b"]


def test_tags_of_several_conventions_are_put_together() -> None:
    run = run_of({"langsmith.span.tags": "a,b", "tag.tags": ["b", "c"], **CHAT})

    assert run.tags == ["a", "b", "c"]
    assert "tag.tags" not in run.metadata


# LangSmith's own SDKs


def test_calls_in_the_history_of_the_ai_sdk_are_tool_calls() -> None:
    part = {"type": "tool-call", "toolCallId": "c1", "toolName": "f", "input": {"a": 1}}
    asked = [{"role": "assistant", "content": [part]}]

    run = run_of(
        {"ai.operationId": "ai.generateText.doGenerate", "ai.prompt.messages": text_of(asked)},
        scope="ai",
    )

    assert run.inputs is not None
    [message] = run.inputs["messages"]
    assert message["tool_calls"] == [
        {"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}
    ]


def test_a_model_of_strands_need_not_be_bedrocks() -> None:
    run = run_of({**CHAT, "gen_ai.system": "strands-agents"}, scope="strands.telemetry.tracer")

    assert run.metadata["ls_provider"] == "openai"


# Langfuse


def test_details_that_repeat_a_count_are_not_added_to_it() -> None:
    usage = run_of(
        {
            **COUNTED,
            "gen_ai.usage.cache_read.input_tokens": 40,
            "gen_ai.usage.cache_read_input_tokens": 40,
            "gen_ai.usage.details.cache_read_tokens": 40,
            "gen_ai.usage.details.input_tokens": 60,
            "gen_ai.usage.details.reasoning_tokens": 20,
            "gen_ai.usage.reasoning.output_tokens": 20,
        }
    ).metadata["usage_metadata"]

    assert usage == {
        "input_tokens": 100,
        "output_tokens": 50,
        "total_tokens": 150,
        "input_token_details": {"cache_read": 40},
        "output_token_details": {"reasoning": 20},
    }


def test_a_count_of_0_under_one_name_does_not_hide_another_under_the_next() -> None:
    usage = run_of(
        {
            **COUNTED,
            "gen_ai.usage.cache_read.input_tokens": 0,
            "gen_ai.usage.cache_read_input_tokens": 40,
        }
    ).metadata["usage_metadata"]

    assert usage["input_token_details"] == {"cache_read": 40}


def test_gen_ai_content_counts_under_the_scope_of_the_ai_sdk() -> None:
    run = run_of({**COUNTED, "gen_ai.input.messages": text_of([said(words("2+2"))])}, scope="ai")

    assert run.run_type == "llm"
    assert run.inputs == {"messages": [{"role": "user", "content": "2+2"}]}


def test_usage_around_the_calls_of_the_ai_sdk_is_a_sum() -> None:
    counts = {"ai.usage.inputTokens": 100, "ai.usage.outputTokens": 50}

    run = run_of({"ai.operationId": "ai.generateText", **counts}, scope="ai")

    assert run.run_type == "chain"
    assert "usage_metadata" not in run.metadata
    assert run.metadata["usage_rollup"]["total_tokens"] == 150


@pytest.mark.parametrize(
    "word", ["__proto__", "constructor", "__class__", "-1", "٣", "1e3", "01", "999999999"]
)
def test_words_that_are_no_index_make_no_messages(word: str) -> None:
    key = f"llm.input_messages.{word}.message.content"
    other = f"gen_ai.prompt.{word}.content"

    run = run_of({**CHAT, key: "x", other: "y"})

    assert run.inputs is None
    assert (run.metadata[key], run.metadata[other]) == ("x", "y")


# MLflow


@pytest.mark.parametrize("kind", ["null", '"null"', '""', ""])
def test_a_type_that_says_nothing_leaves_it_to_the_operation(kind: str) -> None:
    assert run_of({"mlflow.spanType": kind, **CHAT}).run_type == "llm"


def test_what_became_inputs_is_not_told_again_in_the_metadata() -> None:
    run = run_of(
        {
            **CHAT,
            "gen_ai.input.messages": text_of([said(words("the question"))]),
            "gen_ai.output.messages": text_of([said(words("the answer"), role="assistant")]),
        }
    )

    assert "the question" not in text_of(run.metadata)
    assert "the answer" not in text_of(run.metadata)


# Opik


def test_a_models_name_on_an_agent_makes_no_model_call_of_it() -> None:
    run = run_of(
        {
            "model_name": "gpt-4o",
            "agent_name": "poet",
            "gen_ai.usage.input_tokens": 100,
            "gen_ai.usage.output_tokens": 50,
            "pydantic_ai.all_messages": "[]",
        },
        scope="pydantic-ai",
        name="agent run",
    )

    assert run.run_type == "chain"
    assert "usage_metadata" not in run.metadata


def test_a_tools_result_is_output_and_its_error_is_told() -> None:
    run = run_of(
        {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.call.result": "no such city",
            "error.type": "ToolError",
        }
    )

    assert run.inputs is None
    assert run.outputs == {"output": "no such city"}
    assert run.error == "ToolError"


# Those who send


def test_a_tool_that_does_not_say_its_operation_is_a_tool() -> None:
    run = run_of({"gen_ai.tool.name": "f", "gen_ai.tool.call.arguments": "{}"})

    assert run.run_type == "tool"


def test_a_total_that_misses_a_part_does_not_make_the_sum_smaller() -> None:
    run = run_of(
        {
            **COUNTED,
            "gen_ai.usage.cache_creation.input_tokens": 400,
            "gen_ai.usage.total_tokens": 150,
        }
    )

    assert run.metadata["usage_metadata"]["input_tokens"] == 500
    assert run.metadata["usage_metadata"]["total_tokens"] == 550
    assert run.metadata["usage_reported_total"] == 150


@pytest.mark.parametrize(
    "text", ["readacted", "__REDACTED__", "<REDACTED>", "[Filtered]", "[Scrubbed due to 'secret']"]
)
def test_what_was_redacted_before_stays_as_it_came(text: str) -> None:
    run = run_of({**CHAT, "gen_ai.input.messages": text_of([said(words(text))])})

    assert run.inputs == {"messages": [{"role": "user", "content": text}]}


def test_an_answer_that_was_turned_into_python_text_is_kept_as_text() -> None:
    item = "ResponseFunctionToolCall(arguments='{}', call_id='c1', name='f')"

    run = run_of({**CHAT, "gen_ai.output.messages": text_of([said(words(item), role="assistant")])})

    assert run.outputs == {"messages": [{"role": "assistant", "content": item}]}


def test_a_users_text_that_looks_like_json_stays_text() -> None:
    events = [Event("gen_ai.user.message", START_NS, {"content": '{"a": 1}'})]
    given = text_of([said(words("[1, 2]")), said(words("123"))])

    of_events = run_of(CHAT, events)
    of_attributes = run_of({**CHAT, "gen_ai.input.messages": given})

    assert of_events.inputs == {"messages": [{"role": "user", "content": '{"a": 1}'}]}
    assert of_attributes.inputs == {
        "messages": [{"role": "user", "content": "[1, 2]"}, {"role": "user", "content": "123"}]
    }
