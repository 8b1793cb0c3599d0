"""Messages that come as events, choices, retrieval, embeddings, MCP and references of uploads.

The rows of section "OTel GenAI" of the coverage matrix that are about other content than messages
in attributes.
"""

import pytest

from tests.translators.genai_spans import CHAT, run_of, said, text_of, words
from tests.translators.spans import START_NS
from translators.span import Event, Json, JsonObject


def test_the_history_in_events_is_input_and_only_the_choices_are_output() -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    events = [
        Event("gen_ai.system.message", START_NS, {"content": "Be brief."}),
        Event("gen_ai.user.message", START_NS, {"content": "Weather?"}),
        Event("gen_ai.assistant.message", START_NS, {"tool_calls": text_of([call])}),
        Event("gen_ai.tool.message", START_NS, {"id": "c1", "content": "rain"}),
        Event(
            "gen_ai.choice",
            START_NS,
            {"index": 0, "finish_reason": "stop", "message": text_of({"content": "Rain."})},
        ),
    ]

    run = run_of(CHAT, events)

    assert run.inputs == {
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Weather?"},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "content": "rain", "tool_call_id": "c1"},
        ]
    }
    assert run.outputs == {
        "messages": [{"role": "assistant", "content": "Rain.", "finish_reason": "stop"}]
    }


def test_attributes_beat_events_for_each_side_by_itself() -> None:
    events = [
        Event("gen_ai.user.message", START_NS, {"content": "of the event"}),
        Event("gen_ai.choice", START_NS, {"index": 0, "message": '{"content": "of the event"}'}),
    ]

    run = run_of({**CHAT, "gen_ai.input.messages": text_of([said(words("mine"))])}, events)

    assert run.inputs == {"messages": [{"role": "user", "content": "mine"}]}
    assert run.outputs is not None
    assert run.outputs["messages"] == [{"role": "assistant", "content": "of the event"}]


CHOICES = {
    "choices": [
        {
            "index": 0,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": "one"},
        },
        {
            "index": 1,
            "finish_reason": "length",
            "message": {"role": "assistant", "content": "two"},
        },
    ]
}


def test_several_choices_in_the_attributes_are_all_told() -> None:
    answers = [
        said(words("one"), role="assistant", finish_reason="stop"),
        said(words("two"), role="assistant", finish_reason="length"),
    ]

    run = run_of({**CHAT, "gen_ai.output.messages": text_of(answers)})

    assert run.outputs == CHOICES


def test_several_choices_in_events_are_all_told_in_the_order_of_their_index() -> None:
    events = [
        Event(
            "gen_ai.choice",
            START_NS,
            {"index": 1, "finish_reason": "length", "message": '{"content": "two"}'},
        ),
        Event(
            "gen_ai.choice",
            START_NS,
            {"index": 0, "finish_reason": "stop", "message": '{"content": "one"}'},
        ),
    ]

    assert run_of(CHAT, events).outputs == CHOICES


@pytest.mark.parametrize("encode", [text_of, lambda value: value], ids=["JSON", "structured"])
def test_a_retrieval_has_a_query_and_documents(encode: Json) -> None:
    documents = [
        {"id": "d1", "score": 0.0, "content": "Rain falls.", "metadata": {"page": 4}},
        {"id": "d2", "score": 0.5},
    ]

    run = run_of(
        {
            "gen_ai.operation.name": "retrieval",
            "gen_ai.retrieval.query.text": "rain",
            "gen_ai.request.top_k": 2.0,
            "gen_ai.data_source.id": "wiki",
            "gen_ai.retrieval.documents": encode(documents),
        }
    )

    assert run.run_type == "retriever"
    assert run.inputs == {"query": "rain", "k": 2}
    assert run.outputs == {
        "documents": [
            {
                "page_content": "Rain falls.",
                "type": "Document",
                "metadata": {"id": "d1", "score": 0.0, "page": 4},
            },
            {"page_content": "", "type": "Document", "metadata": {"id": "d2", "score": 0.5}},
        ]
    }
    assert run.metadata["data_source_id"] == "wiki"


def test_embeddings_have_their_texts_dimensions_and_price() -> None:
    run = run_of(
        {
            "gen_ai.operation.name": "embeddings",
            "gen_ai.provider.name": "openai",
            "gen_ai.request.model": "text-embedding-3-small",
            "gen_ai.embeddings.dimension.count": 256,
            "gen_ai.request.encoding_formats": ["float"],
            "gen_ai.usage.input_tokens": 8,
            "gen_ai.prompt.0.content": "one",
            "gen_ai.prompt.1.content": "two",
        }
    )

    assert run.run_type == "embedding"
    assert run.inputs == {"input": ["one", "two"]}
    assert run.invocation_params == {
        "dimensions": 256,
        "encoding_formats": ["float"],
        "model": "text-embedding-3-small",
    }
    assert run.metadata["ls_model_type"] == "embedding"
    assert run.outputs == {"usage_metadata": {"input_tokens": 8, "total_tokens": 8}}


def test_a_call_over_mcp_is_a_tool_with_arguments_and_a_result() -> None:
    run = run_of(
        {
            "mcp.method.name": "tools/call",
            "mcp.session.id": "s1",
            "mcp.protocol.version": "2025-06-18",
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": "weather",
            "gen_ai.tool.call.arguments": '{"city": "Köln"}',
            "gen_ai.tool.call.result": '{"content": [{"type": "text", "text": "rain"}]}',
            "jsonrpc.request.id": "7",
            "error.type": "tool_error",
        },
        name="tools/call weather",
    )

    assert (run.run_type, run.name) == ("tool", "weather")
    assert run.inputs == {"city": "Köln"}
    assert run.outputs == {"output": {"content": [{"type": "text", "text": "rain"}]}}
    assert run.error == "tool_error"
    assert run.metadata["mcp.session.id"] == "s1"
    assert run.metadata["jsonrpc.request.id"] == "7"
    assert run.thread_id is None


@pytest.mark.parametrize(
    ("method", "attributes", "run_type", "inputs"),
    [
        ("resources/read", {"mcp.resource.uri": "file://a"}, "retriever", {"uri": "file://a"}),
        ("prompts/get", {"gen_ai.prompt.name": "greet"}, "prompt", {"name": "greet"}),
        ("tools/list", {}, "chain", None),
        ("initialize", {}, "chain", None),
        ("notifications/progress", {}, "chain", None),
    ],
)
def test_other_requests_over_mcp_are_what_they_are(
    method: str, attributes: JsonObject, run_type: str, inputs: JsonObject | None
) -> None:
    run = run_of({"mcp.method.name": method, **attributes}, name=method)

    assert run.run_type == run_type
    assert run.inputs == inputs
    assert run.metadata["otel.kind"] == method


def test_content_that_was_uploaded_elsewhere_is_pointed_at_and_never_fetched() -> None:
    refs = {
        "gen_ai.input.messages_ref": "s3://b/in.json",
        "gen_ai.output.messages_ref": "s3://b/out.json",
        "gen_ai.system_instructions_ref": "s3://b/system.json",
        "gen_ai.tool.definitions_ref": "s3://b/tools.json",
    }

    run = run_of({**CHAT, **refs})

    assert run.inputs == {"messages_ref": "s3://b/in.json"}
    assert run.outputs == {"messages_ref": "s3://b/out.json"}
    assert {k: v for k, v in run.metadata.items() if k.startswith("otel.content_refs.")} == {
        "otel.content_refs.inputs": "s3://b/in.json",
        "otel.content_refs.outputs": "s3://b/out.json",
        "otel.content_refs.system": "s3://b/system.json",
        "otel.content_refs.tools": "s3://b/tools.json",
    }


def test_content_in_the_span_beats_where_it_was_uploaded_to() -> None:
    run = run_of(
        {
            **CHAT,
            "gen_ai.input.messages": text_of([said(words("2+2"))]),
            "gen_ai.input.messages_ref": "s3://b/in.json",
        }
    )

    assert run.inputs == {"messages": [{"role": "user", "content": "2+2"}]}
    assert run.metadata["otel.content_refs.inputs"] == "s3://b/in.json"


def test_evaluations_are_listed_and_stay_events() -> None:
    scores = [
        {
            "gen_ai.evaluation.name": "relevance",
            "gen_ai.evaluation.score.value": 0.0,
            "gen_ai.evaluation.score.label": "fail",
            "gen_ai.evaluation.explanation": "Off topic.",
        },
        {"gen_ai.evaluation.name": "tone", "gen_ai.evaluation.score.value": 1.0},
    ]
    events = [Event("gen_ai.evaluation.result", START_NS, dict(score)) for score in scores]

    run = run_of(CHAT, events)

    assert run.metadata["evaluations"] == scores
    assert [event["kwargs"] for event in run.events] == scores
