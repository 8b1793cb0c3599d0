"""VoltAgent: kinds of spans, conversations of agents, and what is no JSON."""

import pytest

from tests.translators.drafts import said
from tests.translators.spans import span
from translators.base import Draft, Signature
from translators.dialects.voltagent import VoltAgent
from translators.registry import Registry
from translators.span import Json, JsonObject

SCOPE = "@voltagent/core"


def draft(attributes: JsonObject) -> Draft:
    """Return what the dialect says."""
    return VoltAgent().translate(span(attributes, scope=SCOPE))


def test_it_speaks_for_its_own_tracers_only() -> None:
    def speaks(scope: str) -> bool:
        return VoltAgent().speaks(Signature(scope, frozenset({"entity.type"}), frozenset()))

    assert speaks("@voltagent/core")
    assert speaks("voltagent-core")
    assert not speaks("opik")


@pytest.mark.parametrize(
    ("attributes", "run_type"),
    [
        ({"span.type": "llm"}, "llm"),
        ({"span.type": "tool"}, "tool"),
        ({"span.type": "retriever"}, "retriever"),
        ({"span.type": "embedding"}, "embedding"),
        ({"embedding.query": "q"}, "embedding"),
        ({"span.type": "vector", "vector.operation": "search"}, "retriever"),
        ({"span.type": "vector", "vector.operation": "upsert"}, "chain"),
        ({"span.type": "memory"}, "chain"),
        ({"span.type": "guardrail"}, "chain"),
        ({"entity.type": "workflow"}, "chain"),
        ({}, "chain"),
    ],
)
def test_the_type_of_a_span_is_the_run_type(attributes: JsonObject, run_type: str) -> None:
    assert said(draft(attributes), "run_type") == run_type


def test_an_agents_conversation_is_told_as_messages() -> None:
    run = Registry().translate(
        span(
            {
                "entity.type": "agent",
                "input": "hi",
                "agent.messages": '[{"role": "system", "content": "Be terse."},'
                ' {"role": "user", "content": [{"type": "text", "text": "hi"}]}]',
                "output": "Hello.",
            },
            scope=SCOPE,
        )
    )

    assert run.inputs == {
        "messages": [
            {"role": "system", "content": "Be terse."},
            {"role": "user", "content": "hi"},
        ]
    }
    assert run.outputs == {"messages": [{"role": "assistant", "content": "Hello."}]}
    assert "input" not in run.metadata


def test_what_an_agent_was_asked_stays_where_its_messages_say_otherwise() -> None:
    run = Registry().translate(
        span(
            {"entity.type": "agent", "input": "raw", "agent.messages": '[{"role":"user"}]'},
            scope=SCOPE,
        )
    )

    assert run.metadata["input"] == "raw"


def test_an_agent_that_tells_no_messages_was_asked_by_its_user() -> None:
    run = Registry().translate(span({"entity.type": "agent", "input": "hi"}, scope=SCOPE))

    assert run.inputs == {"messages": [{"role": "user", "content": "hi"}]}


def test_objects_of_an_agent_stay_objects() -> None:
    run = Registry().translate(
        span({"entity.type": "agent", "input": '{"x":1}', "output": '{"y":2}'}, scope=SCOPE)
    )

    assert run.inputs == {"x": 1}
    assert run.outputs == {"y": 2}


def test_a_models_title_is_its_answer() -> None:
    found = draft({"span.type": "llm", "llm.messages": "[]", "output": "Weather"})

    assert said(found, "inputs") is None
    assert said(found, "outputs") == {"messages": [{"role": "assistant", "content": "Weather"}]}


def test_names_of_several_tools_are_a_list_beside_their_text() -> None:
    run = Registry().translate(span({"span.type": "llm", "llm.tools": "a,b"}, scope=SCOPE))

    assert run.metadata["tools"] == ["a", "b"]
    assert run.metadata["llm.tools"] == "a,b"


def test_cached_tokens_are_part_of_the_input() -> None:
    run = Registry().translate(
        span(
            {
                "span.type": "llm",
                "llm.usage.prompt_tokens": 40,
                "llm.usage.completion_tokens": 12,
                "llm.usage.cached_tokens": 8,
            },
            scope=SCOPE,
        )
    )

    assert run.metadata["usage_metadata"] == {
        "input_tokens": 40,
        "output_tokens": 12,
        "total_tokens": 52,
        "input_token_details": {"cache_read": 8},
    }


def test_what_a_retriever_finds_are_documents() -> None:
    found = draft(
        {"span.type": "retriever", "input": "q", "output": '[{"content": "a", "id": "1"}]'}
    )

    assert said(found, "inputs") == {"query": "q"}
    assert said(found, "outputs") == {
        "documents": [{"page_content": "a", "type": "Document", "metadata": {"id": "1"}}]
    }


@pytest.mark.parametrize(
    "attributes",
    [
        {"span.type": "retriever", "input": '{"q":1}', "output": '{"found":1}'},
        {"span.type": "llm", "llm.messages": "[{", "output": 5},
        {"span.type": "tool", "input": "{cut", "output": ""},
        {"span.type": 7, "entity.type": "agent", "agent.messages": "[1]", "input": 3},
        {"span.type": "embedding", "input": "x", "embedding.query": ""},
    ],
)
def test_values_of_any_shape_make_a_run(attributes: JsonObject) -> None:
    run = Registry().translate(span(attributes, scope=SCOPE))

    assert run.failures == ()
    kept: list[Json] = [*run.metadata.values(), *(run.inputs or {}).values()]
    kept += [*(run.outputs or {}).values()]
    assert kept
