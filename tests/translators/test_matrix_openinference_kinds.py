"""OpenInference's kinds of spans, what they cost and whose they are.

The rows of section "OpenInference" of the coverage matrix about all but messages.
"""

import pytest

from tests.translators.dialects.openinference_spans import run_of


@pytest.mark.parametrize(
    ("kind", "run_type", "word"),
    [
        ("LLM", "llm", "llm"),
        ("EMBEDDING", "embedding", "embedding"),
        ("RETRIEVER", "retriever", "retriever"),
        ("RERANKER", "retriever", "reranker"),
        ("TOOL", "tool", "tool"),
        ("PROMPT", "prompt", "prompt"),
        ("CHAIN", "chain", "chain"),
        ("AGENT", "chain", "agent"),
        ("GUARDRAIL", "chain", "guardrail"),
        ("EVALUATOR", "chain", "evaluator"),
        ("UNKNOWN", "chain", "unknown"),
        ("guardrail", "chain", "guardrail"),
        ("OF_2030", "chain", "of_2030"),
    ],
)
def test_every_kind_has_its_run_type_and_keeps_its_word(
    kind: str, run_type: str, word: str
) -> None:
    run = run_of(kind, {"input.value": "in", "output.value": "out"})

    assert run.run_type == run_type
    assert run.metadata["otel.kind"] == word


def test_a_retrievers_documents_keep_id_and_score_and_go_on_after_a_gap() -> None:
    start = "retrieval.documents."

    run = run_of(
        "RETRIEVER",
        {
            "input.value": "rain",
            f"{start}0.document.id": "d1",
            f"{start}0.document.content": "Rain falls.",
            f"{start}0.document.score": 0.0,
            f"{start}0.document.metadata": '{"page": 4}',
            f"{start}1.document.content": "No metadata.",
            f"{start}3.document.id": 7,
            f"{start}3.document.content": "After a gap.",
            f"{start}3.document.metadata": "plain",
        },
    )

    assert run.inputs == {"query": "rain"}
    assert run.outputs is not None
    documents = run.outputs["documents"]
    assert [document["page_content"] for document in documents] == [
        "Rain falls.",
        "No metadata.",
        "After a gap.",
    ]
    assert documents[0]["metadata"] == {"id": "d1", "score": 0.0, "page": 4}
    assert documents[1]["metadata"] == {}
    assert documents[2]["metadata"] == {"id": 7, "metadata": "plain"}


def test_a_reranker_has_its_documents_on_both_sides() -> None:
    run = run_of(
        "RERANKER",
        {
            "reranker.query": "rain",
            "reranker.model_name": "rerank-v3",
            "reranker.top_k": 1,
            "reranker.input_documents.0.document.content": "sun",
            "reranker.input_documents.1.document.content": "rain",
            "reranker.output_documents.0.document.content": "rain",
            "reranker.output_documents.0.document.score": 0.9,
        },
    )

    assert run.inputs is not None
    assert run.inputs["query"] == "rain"
    assert [document["page_content"] for document in run.inputs["documents"]] == ["sun", "rain"]
    assert run.outputs == {
        "documents": [
            {"page_content": "rain", "type": "Document", "metadata": {"score": 0.9}},
        ]
    }
    assert run.invocation_params == {"top_k": 1, "model": "rerank-v3"}


def test_embeddings_are_put_together_from_texts_and_vectors() -> None:
    start = "embedding.embeddings."

    run = run_of(
        "EMBEDDING",
        {
            "embedding.model_name": "text-embedding-3-small",
            f"{start}0.embedding.text": "one",
            f"{start}0.embedding.vector": [0.5, 1.0],
            f"{start}1.embedding.text": "two",
            f"{start}1.embedding.vector": [0.25, 0.0],
            "llm.token_count.prompt": 2,
        },
    )

    assert run.inputs == {"input": ["one", "two"]}
    assert run.outputs is not None
    assert run.outputs["data"] == [
        {"index": 0, "embedding": [0.5, 1.0]},
        {"index": 1, "embedding": [0.25, 0.0]},
    ]
    assert run.outputs["usage_metadata"] == {"input_tokens": 2, "total_tokens": 2}
    assert run.metadata["ls_model_name"] == "text-embedding-3-small"


COUNTS = {
    "llm.token_count.prompt": 100,
    "llm.token_count.completion": "50",
    "llm.token_count.total": 150.0,
}


@pytest.mark.parametrize(
    ("key", "group", "word"),
    [
        ("prompt_details.cache_read", "input_token_details", "cache_read"),
        ("prompt_details.cache_input", "input_token_details", "cache_read"),
        ("prompt_details.cache_write", "input_token_details", "cache_creation"),
        ("prompt_details.audio", "input_token_details", "audio"),
        ("completion_details.reasoning", "output_token_details", "reasoning"),
        ("completion_details.audio", "output_token_details", "audio"),
    ],
)
def test_parts_of_the_token_counts_are_told(key: str, group: str, word: str) -> None:
    run = run_of("LLM", {**COUNTS, f"llm.token_count.{key}": 40})

    assert run.metadata["usage_metadata"] == {
        "input_tokens": 100,
        "output_tokens": 50,
        "total_tokens": 150,
        group: {word: 40},
    }


def test_a_cost_is_told_with_its_parts() -> None:
    costs = {
        "prompt": 0.5,
        "completion": 0.25,
        "total": 0.75,
        "prompt_details.cache_read": 0.125,
        "prompt_details.cache_write": 0.0625,
        "prompt_details.audio": 0.03125,
        "completion_details.reasoning": 0.015625,
    }

    run = run_of("LLM", {**COUNTS, **{f"llm.cost.{key}": cost for key, cost in costs.items()}})

    usage = run.metadata["usage_metadata"]
    assert {key: value for key, value in usage.items() if "cost" in key} == {
        "input_cost": 0.5,
        "output_cost": 0.25,
        "total_cost": 0.75,
        "input_cost_details": {"cache_read": 0.125, "cache_creation": 0.0625, "audio": 0.03125},
        "output_cost_details": {"reasoning": 0.015625},
    }


def test_sessions_users_tags_and_metadata_are_langsmiths() -> None:
    run = run_of(
        "CHAIN",
        {
            "session.id": "s1",
            "user.id": "u1",
            "tag.tags": ["a", "b"],
            "metadata": '{"team": "search", "depth": {"n": 1}}',
        },
    )

    assert run.thread_id == "s1"
    assert run.metadata["thread_id"] == "s1"
    assert run.metadata["user_id"] == "u1"
    assert run.tags == ["a", "b"]
    assert run.metadata["team"] == "search"
    assert run.metadata["depth"] == {"n": 1}
