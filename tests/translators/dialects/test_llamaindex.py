import orjson
import pytest

from tests.translators.spans import START_NS, span
from translators.base import Draft, Signature
from translators.dialects.llamaindex import LlamaIndex
from translators.registry import Registry
from translators.run import Run
from translators.span import Event, Json, JsonObject

SCOPE = "llamaindex.opentelemetry.tracer"
NODE = {"node": {"id_": "n1", "metadata": {"source": "a"}, "text": "Sunny."}, "score": 0.9}
DOCUMENT = {
    "page_content": "Sunny.",
    "type": "Document",
    "metadata": {"source": "a", "score": 0.9, "id": "n1"},
}


def json(value: Json) -> str:
    return orjson.dumps(value).decode()


def run_of(*events: tuple[str, JsonObject], name: str = "OpenAI.chat", **more: Json) -> Run:
    told = [
        Event(event, START_NS + 1000 * at, attributes)
        for at, (event, attributes) in enumerate(events)
    ]
    return Registry().translate(span(more, name=name, scope=SCOPE, events=told))


@pytest.mark.parametrize(
    ("scope", "key", "speaks"),
    [
        (SCOPE, "a", True),
        ("mine", "llamaindex.run_id", True),
        ("openinference.instrumentation.llama_index", "input.value", False),
        ("opentelemetry.instrumentation.llamaindex", "traceloop.span.kind", False),
    ],
)
def test_it_speaks_for_its_own_package_only(scope: str, key: str, speaks: bool) -> None:
    assert LlamaIndex().speaks(Signature(scope, frozenset({key}), frozenset())) is speaks


def test_a_chat_is_told_by_its_start_and_its_end() -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "add", "arguments": "{}"}}
    messages = [
        {"role": "user", "blocks": [{"block_type": "text", "text": "Add."}]},
        {"role": "assistant", "additional_kwargs": {"tool_calls": [call]}, "blocks": []},
        {
            "role": "tool",
            "additional_kwargs": {"tool_call_id": "c1", "odd": 1},
            "blocks": [{"block_type": "text", "text": "3"}],
        },
    ]
    tool = {"type": "function", "function": {"name": "add", "parameters": {}}}

    run = run_of(
        (
            "LLMChatStartEvent",
            {
                "messages": json(messages),
                "model_dict.model_name": "gpt-4o",
                "model_dict.temperature": 0.1,
                "model_dict.max_tokens": "null",
                "additional_kwargs.tools": json([tool]),
                "additional_kwargs.tool_choice": "auto",
            },
        ),
        ("LLMChatInProgressEvent", {}),
        (
            "LLMChatEndEvent",
            {
                "response.message.role": "assistant",
                "response.message.blocks": json([{"block_type": "text", "text": "Three."}]),
                "response.raw.model": "gpt-4o-2024-08-06",
                "response.raw.choices": json([{"finish_reason": "stop"}]),
                "response.raw.usage.prompt_tokens": 40,
                "response.raw.usage.completion_tokens": 12,
                "response.raw.usage.prompt_tokens_details.cached_tokens": 8,
            },
        ),
    )

    assert run.run_type == "llm"
    assert run.inputs == {
        "tools": [tool],
        "messages": [
            {"role": "user", "content": "Add."},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {
                "role": "tool",
                "content": "3",
                "tool_call_id": "c1",
                "additional_kwargs": {"odd": 1},
            },
        ],
    }
    assert run.outputs is not None
    assert run.outputs["messages"] == [
        {"role": "assistant", "content": "Three.", "finish_reason": "stop"}
    ]
    assert run.outputs["usage_metadata"]["input_token_details"] == {"cache_read": 8}
    assert run.invocation_params == {
        "model": "gpt-4o",
        "temperature": 0.1,
        "tool_choice": "auto",
        "tools": [tool],
    }
    assert run.metadata["ls_provider"] == "openai"
    assert any(event.get("name") == "new_token" for event in run.events)


def test_a_call_of_a_tool_may_stand_in_a_block() -> None:
    block = {"block_type": "tool_call", "tool_call_id": "c1", "tool_name": "add"}
    answer = json([{**block, "tool_kwargs": {"a": 1}}])

    run = run_of(
        (
            "LLMChatEndEvent",
            {"response.message.role": "assistant", "response.message.blocks": answer},
        )
    )

    assert run.outputs is not None
    assert run.outputs["messages"][0]["tool_calls"] == [
        {"id": "c1", "type": "function", "function": {"name": "add", "arguments": '{"a":1}'}}
    ]


def test_cached_tokens_that_anthropic_counts_apart_are_added() -> None:
    run = run_of(
        ("LLMChatStartEvent", {"messages": "[]", "model_dict.model": "claude-sonnet-4-5"}),
        (
            "LLMChatEndEvent",
            {
                "response.raw.stop_reason": "end_turn",
                "response.raw.usage.input_tokens": 4,
                "response.raw.usage.output_tokens": 3,
                "response.raw.usage.cache_read_input_tokens": 2,
            },
        ),
        name="Anthropic.chat",
    )

    assert run.metadata["usage_metadata"]["input_tokens"] == 6
    assert run.metadata["ls_provider"] == "anthropic"
    assert run.metadata["finish_reasons"] == ["end_turn"]


def test_counts_beside_the_response_count_where_it_has_none() -> None:
    run = run_of(
        (
            "LLMCompletionEndEvent",
            {"response.text": "Yes", "response.additional_kwargs.prompt_tokens": 4},
        ),
        name="OpenAILike.complete",
    )

    assert run.outputs is not None
    assert run.outputs["choices"] == [{"text": "Yes", "index": 0, "finish_reason": None}]
    assert run.metadata["usage_metadata"]["input_tokens"] == 4


def test_a_completion_has_a_prompt() -> None:
    run = run_of(("LLMCompletionStartEvent", {"prompt": "Is it?"}), ("LLMCompletionEndEvent", {}))

    assert run.inputs == {"prompt": "Is it?"}
    assert run.outputs is None


def test_embeddings_are_data() -> None:
    run = run_of(
        ("EmbeddingStartEvent", {"model_dict.model_name": "text-embedding-3-small"}),
        ("EmbeddingEndEvent", {"chunks": ["a"], "embeddings": "[[0.1]]"}),
        name="OpenAIEmbedding.get_text_embedding",
    )

    assert run.run_type == "embedding"
    assert run.inputs == {"input": "a"}
    assert run.outputs == {"data": [{"index": 0, "embedding": [0.1]}]}


@pytest.mark.parametrize(
    "query", [{"str_or_query_bundle": "Q"}, {"str_or_query_bundle.query_str": "Q"}]
)
def test_a_retrieval_has_documents(query: JsonObject) -> None:
    run = run_of(
        ("RetrievalStartEvent", query), ("RetrievalEndEvent", {**query, "nodes": json([NODE])})
    )

    assert run.run_type == "retriever"
    assert run.inputs == {"query": "Q"}
    assert run.outputs == {"documents": [DOCUMENT]}


def test_a_reranking_has_documents_on_both_sides() -> None:
    run = run_of(
        (
            "ReRankStartEvent",
            {"query": "Q", "nodes": json([NODE]), "top_n": 1, "model_name": "rerank-3"},
        ),
        ("ReRankEndEvent", {"nodes": json([NODE, "odd"])}),
    )

    assert run.inputs == {"query": "Q", "documents": [DOCUMENT]}
    assert run.outputs is not None
    assert run.outputs["documents"][0] == DOCUMENT
    assert run.outputs["documents"][1]["page_content"] == "odd"
    assert run.invocation_params == {"top_k": 1, "model": "rerank-3"}


def test_a_query_has_its_answer_and_its_sources() -> None:
    run = run_of(
        ("QueryStartEvent", {"query": "Q"}),
        ("QueryEndEvent", {"response.response": "A", "response.source_nodes": json([NODE])}),
        name="RetrieverQueryEngine.query",
    )

    assert run.run_type == "chain"
    assert run.inputs == {"query": "Q"}
    assert run.outputs == {"output": "A", "documents": [DOCUMENT]}


def test_a_prediction_has_the_arguments_of_its_template() -> None:
    run = run_of(
        ("LLMPredictStartEvent", {"template_args.a": "1", "template.kwargs.b": "2"}),
        ("LLMPredictEndEvent", {"output": "A"}),
    )

    assert run.inputs == {"a": "1", "b": "2"}
    assert run.outputs == {"output": "A"}


def test_an_answer_that_is_none_is_not_told() -> None:
    assert run_of(("QueryEndEvent", {"response": "null"})).outputs is None


def test_a_tool_has_its_arguments() -> None:
    run = run_of(("AgentToolCallEvent", {"arguments": '{"a": 1}', "tool.name": "add"}))

    assert run.run_type == "tool"
    assert run.inputs == {"a": 1}
    assert run.metadata["tool_name"] == "add"


def test_a_function_tool_is_a_tool_with_what_is_told_of_its_step() -> None:
    run = run_of(name="FunctionTool.acall", **{"llamaindex.step.input_summary": "ToolCall(...)"})

    assert run.run_type == "tool"
    assert run.inputs == {"input": "ToolCall(...)"}


def test_what_events_tell_comes_before_the_summary_of_a_step() -> None:
    run = run_of(
        ("QueryStartEvent", {"query": "Q"}), **{"llamaindex.step.input_summary": "Setup(...)"}
    )

    assert run.inputs == {"query": "Q"}
    assert run.metadata["llamaindex.step.input_summary"] == "Setup(...)"


def test_the_events_stay_with_all_that_they_say() -> None:
    run = run_of(("QueryStartEvent", {"query": "Q", "id_": "7"}))

    assert run.events[0]["kwargs"] == {"query": "Q", "id_": "7"}


def test_a_span_without_events_says_nothing() -> None:
    assert LlamaIndex().translate(span({}, name="Splitter.split", scope=SCOPE)) is None


@pytest.mark.parametrize(
    "hostile",
    ["", "[", "null", "7", "[1]", '[{"node": 1}]', '[{"node": {"metadata": [1]}}]', [1], 3, None],
)
@pytest.mark.parametrize(
    "event",
    [
        "LLMChatStartEvent",
        "LLMChatEndEvent",
        "EmbeddingEndEvent",
        "ReRankStartEvent",
        "QueryEndEvent",
    ],
)
def test_hostile_values_fail_nothing(event: str, hostile: Json) -> None:
    keys = (
        "messages", "response.message.blocks", "response.raw.choices", "chunks", "embeddings",
        "nodes", "response.source_nodes", "response", "model_dict.model", "additional_kwargs.tools",
    )  # fmt: skip

    run = run_of((event, dict.fromkeys(keys, hostile)))

    assert run.failures == ()


def draft_of(attributes: JsonObject) -> Draft | None:
    return LlamaIndex().translate(span(attributes, scope=SCOPE))


def test_the_run_of_a_workflow_is_named() -> None:
    draft = draft_of({"llamaindex.run_id": "r1"})

    assert draft is not None
    assert draft.said["metadata.workflow_run_id"][0] == "r1"
