import pytest

from tests.translators.drafts import said
from tests.translators.spans import span
from translators.base import Draft, Signature
from translators.dialects.openlit import OpenLIT
from translators.registry import Registry
from translators.span import Json, JsonObject

ANSWER = '[{"role":"assistant","parts":[{"type":"text","content":"Hello"}],"finish_reason":"stop"}]'


def draft(attributes: JsonObject, scope: str = "openlit.instrumentation.openai") -> Draft:
    found = OpenLIT().translate(span(attributes, scope=scope))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("scope", "key", "expected"),
    [
        ("openlit.instrumentation.openai", "x", True),
        ("openlit", "x", True),
        ("other", "telemetry.sdk.name", True),
        ("other", "gen_ai.application_name", True),
        ("other", "gen_ai.workflow.input", True),
        ("other", "gen_ai.request.model", False),
    ],
)
def test_it_speaks_of_spans_that_openlit_made(scope: str, key: str, expected: bool) -> None:
    assert OpenLIT().speaks(Signature(scope, frozenset({key}), frozenset())) is expected


def test_the_input_of_a_workflow_is_that_of_the_run() -> None:
    found = draft({"gen_ai.workflow.input": '{"q":1}', "gen_ai.execution.output": "done"})

    assert said(found, "raw_inputs") == {"q": 1}
    assert said(found, "raw_outputs") == "done"


def test_a_chat_that_names_tools_is_no_tool() -> None:
    attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.tool.name": "f, g",
        "gen_ai.tool.call.id": "c1, c2",
        "gen_ai.tool.args": '{"a": 1}, {"b": 2}',
        "gen_ai.output.messages": ANSWER,
    }
    run = Registry().translate(span(attributes, scope="openlit.instrumentation.openai"))

    assert run.run_type == "llm"
    assert run.inputs is None
    assert run.outputs == {
        "messages": [{"role": "assistant", "content": "Hello", "finish_reason": "stop"}]
    }


def test_arguments_in_pythons_words_are_read_and_kept() -> None:
    attributes = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.call.arguments": "{'city': 'Zürich'}",
    }
    run = Registry().translate(span(attributes, scope="openlit.instrumentation.langchain"))

    assert run.inputs == {"city": "Zürich"}
    assert run.metadata["gen_ai.tool.call.arguments"] == "{'city': 'Zürich'}"


def test_arguments_in_json_are_left_to_the_conventions() -> None:
    attributes = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.call.arguments": '{"city": null}',
    }

    assert OpenLIT().translate(span(attributes)) is None


def test_what_the_model_thought_comes_before_what_it_said() -> None:
    found = draft({"gen_ai.content.reasoning": "Hm.", "gen_ai.output.messages": ANSWER})

    assert found.said["outputs"] == (
        {
            "messages": [
                {
                    "role": "assistant",
                    "content": [
                        {"type": "reasoning", "text": "Hm."},
                        {"type": "text", "text": "Hello"},
                    ],
                    "finish_reason": "stop",
                }
            ]
        },
        ("gen_ai.output.messages", "gen_ai.content.reasoning"),
    )


def test_a_thought_without_an_answer_is_an_answer() -> None:
    found = draft({"gen_ai.content.reasoning": "Hm."})

    assert said(found, "outputs") == {
        "messages": [{"role": "assistant", "content": [{"type": "reasoning", "text": "Hm."}]}]
    }


@pytest.mark.parametrize(
    ("thought", "answer"),
    [
        ("", ANSWER),
        ("Hm.", '[{"role":"assistant","parts":[{"type":"reasoning","content":"Hm."}]}]'),
    ],
)
def test_a_thought_is_told_once(thought: str, answer: str) -> None:
    attributes = {"gen_ai.content.reasoning": thought, "gen_ai.output.messages": answer}

    assert OpenLIT().translate(span(attributes)) is None


@pytest.mark.parametrize(
    ("attributes", "field", "expected"),
    [
        ({"mcp.method": "tools/call"}, "run_type", "tool"),
        ({"mcp.method": "tools/call"}, "kind", "tools/call"),
        ({"mcp.method": "tools/call", "mcp.tool.name": "f"}, "name", "f"),
        ({"mcp.method": "tools/call", "mcp.tool.name": "f"}, "params.tool_name", "f"),
        ({"mcp.method": "tools/list", "mcp.tool.name": "f"}, "name", None),
        ({"mcp.method": "tools/list"}, "run_type", "chain"),
        ({"mcp.method": "x", "mcp.tool.arguments": '{"a":1}'}, "raw_inputs", {"a": 1}),
        ({"mcp.method": "x", "mcp.params": '{"p":1}'}, "raw_inputs", {"p": 1}),
        ({"mcp.method": "x", "mcp.result": '{"r":1}'}, "raw_outputs", {"r": 1}),
        ({"mcp.method": "resources/read", "mcp.resource.uri": "f://x"}, "run_type", "retriever"),
        (
            {"mcp.method": "resources/read", "mcp.resource.uri": "f://x"},
            "raw_inputs",
            {"uri": "f://x"},
        ),
    ],
)
def test_calls_over_mcp(attributes: JsonObject, field: str, expected: Json) -> None:
    assert said(draft(attributes, "openlit.instrumentation.mcp"), field) == expected


@pytest.mark.parametrize(
    ("limit", "expected"), [(3, {"query": "likes", "k": 3}), ("many", {"query": "likes"})]
)
def test_a_search_in_memory_has_a_query(limit: Json, expected: JsonObject) -> None:
    attributes = {"gen_ai.memory.search.query": "likes", "gen_ai.memory.search.limit": limit}

    assert said(draft(attributes), "inputs") == expected


def test_texts_to_embed_are_no_messages() -> None:
    attributes = {
        "gen_ai.operation.name": "embeddings",
        "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"a"}]}]',
    }
    run = Registry().translate(span(attributes, scope="openlit.instrumentation.openai"))

    assert run.inputs == {"input": "a"}


@pytest.mark.parametrize(
    ("operation", "run_type"),
    [("QUERY", "retriever"), ("UPSERT", "chain"), ("create_collection", "chain")],
)
def test_only_queries_to_a_vector_database_are_retrievers(operation: str, run_type: str) -> None:
    attributes = {
        "gen_ai.operation.name": "vectordb",
        "db.system.name": "astra",
        "db.operation.name": operation,
    }
    run = Registry().translate(span(attributes, scope="openlit.instrumentation.astra"))

    assert run.run_type == run_type


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("openlit.instrumentation.anthropic", 70),
        ("openlit.instrumentation.bedrock", 70),
        ("openlit.instrumentation.langchain", 40),
    ],
)
def test_anthropics_own_count_leaves_cached_input_out(scope: str, expected: int) -> None:
    attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "anthropic",
        "gen_ai.request.model": "claude-sonnet-4-5",
        "gen_ai.usage.input_tokens": 40,
        "gen_ai.usage.output_tokens": 12,
        "gen_ai.client.token.usage": 52,
        "gen_ai.usage.cache_read.input_tokens": 30,
    }
    run = Registry().translate(span(attributes, scope=scope))

    assert run.metadata["usage_metadata"]["input_tokens"] == expected


def test_a_traced_function_has_arguments_and_a_result() -> None:
    attributes = {
        "function.args": "('y',)",
        "function.kwargs": "{}",
        "gen_ai.output.messages": "y",
    }
    run = Registry().translate(span(attributes, scope="openlit"))

    assert run.run_type == "chain"
    assert run.inputs == {"args": "('y',)", "kwargs": "{}"}
    assert run.outputs == {"output": "y"}
    assert OpenLIT().translate(span({"service.name": "shop"}, scope="openlit")) is None


def test_a_framework_is_nobodys_provider() -> None:
    attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "litellm",
        "gen_ai.request.model": "anthropic/claude-sonnet-4-5",
    }
    run = Registry().translate(span(attributes, scope="openlit.instrumentation.litellm"))

    assert run.metadata["ls_provider"] == "anthropic"


@pytest.mark.parametrize("value", [7, None, [], {}, "", "[", '{"a"', True, [[]]])
def test_hostile_values_are_no_reason_to_fail(value: Json) -> None:
    keys = (
        "gen_ai.content.reasoning", "gen_ai.output.messages", "gen_ai.input.messages",
        "gen_ai.tool.call.arguments", "mcp.method", "mcp.tool.arguments", "mcp.result",
        "gen_ai.memory.search.query", "function.args", "gen_ai.workflow.input",
    )  # fmt: skip
    for operation in ("chat", "embeddings", "execute_tool", "vectordb", value):
        attributes = {**dict.fromkeys(keys, value), "gen_ai.operation.name": operation}
        run = Registry().translate(span(attributes, scope="openlit"))

        assert run.failures == ()
