from tests.translators.drafts import openllmetry as draft
from tests.translators.drafts import said
from tests.translators.spans import span
from translators.dialects.openllmetry import OpenLLMetry
from translators.span import Event


def test_a_query_to_a_vector_database_has_documents() -> None:
    found = draft(
        {"db.system": "chroma", "db.operation": "query"},
        [
            Event("db.query.embeddings", 1, {"db.query.embeddings.vector": "[0.5, 1.0]"}),
            Event("db.query.embeddings", 2, {"db.query.embeddings.vector": [1.5], "odd": 1}),
            Event(
                "db.query.result",
                3,
                {
                    "db.query.result.id": "d1",
                    "db.query.result.distance": 0.1,
                    "db.query.result.metadata": '{"source":"wiki"}',
                    "db.query.result.document": "Paris",
                },
            ),
            Event("db.query.result", 4, {"db.query.result.id": "d2", "a.metadata": "odd"}),
            Event("db.query.result", 5, {"a.id": 1, "b.id": 2, "c.metadata": '{"id":3}'}),
            Event("other", 6, {}),
        ],
    )

    assert said(found, "run_type") == "retriever"
    assert found.said["inputs"] == ({"query_embeddings": [[0.5, 1.0], [1.5]]}, (0,))
    assert found.said["outputs"] == (
        {
            "documents": [
                {
                    "page_content": "Paris",
                    "type": "Document",
                    "metadata": {"id": "d1", "distance": 0.1, "source": "wiki"},
                },
                {
                    "page_content": "",
                    "type": "Document",
                    "metadata": {"id": "d2", "metadata": "odd"},
                },
                {
                    "page_content": "",
                    "type": "Document",
                    "metadata": {"a.id": 1, "b.id": 2, "c.metadata": '{"id":3}'},
                },
            ]
        },
        (2, 3, 4),
    )


def test_the_text_of_a_query_is_the_better_input() -> None:
    found = draft({"db.system.name": "qdrant", "db.query.text": "capital?"}, name="qdrant.search")

    assert found.said["inputs"] == ({"query": "capital?"}, ())


def test_other_calls_to_a_vector_database_are_chains() -> None:
    assert said(draft({"db.system": "Pinecone", "db.operation": "upsert"}), "run_type") == "chain"
    assert said(draft({"db.system": "milvus", "db.operation": 7}), "run_type") == "chain"


def test_other_databases_are_nobodys_retrievers() -> None:
    attributes = {"db.system": "postgresql", "db.operation": "select"}

    assert OpenLLMetry().translate(span(attributes)) is None
    assert OpenLLMetry().translate(span(attributes, events=[Event("x", 1, {})])) is None


def test_result_events_tell_a_vector_database_that_is_not_named() -> None:
    found = draft(
        {}, [Event("db.search.result", 1, {"db.search.result.id": 1})], name="find.search"
    )

    assert said(found, "run_type") == "retriever"
    assert "inputs" not in found.said


def test_a_search_without_results_says_only_what_it_is() -> None:
    assert list(draft({"db.system": "marqo", "db.operation": "search"}).said) == ["run_type"]


def test_a_query_has_a_limit_and_a_filter() -> None:
    attributes = {
        "db.system.name": "chroma",
        "db.operation.name": "QUERY",
        "db.query.text": "capital?",
        "db.vector.query.top_k": 2,
        "db.n_results": 9,
        "db.filter": '{"lang":"de"}',
    }

    assert said(draft(attributes), "inputs") == {
        "query": "capital?",
        "k": 2,
        "filter": {"lang": "de"},
    }


def test_what_is_no_limit_and_no_filter_is_left_out() -> None:
    attributes = {
        "db.system.name": "chroma",
        "db.operation.name": "GET",
        "db.query.text": "['d1']",
        "db.vector.query.top_k": "",
        "db.filter": "None",
    }

    assert said(draft(attributes), "inputs") == {"query": "['d1']"}


def test_a_query_that_is_no_text_is_nobodys_input() -> None:
    attributes = {"db.system.name": "chroma", "db.operation.name": "get", "db.query.text": 7}

    assert "inputs" not in draft(attributes).said


def test_the_administration_of_a_database_is_no_search() -> None:
    for operation in ("get_collection", "describe_index", "create_collection", "fetch_database"):
        attributes = {"db.system.name": "pinecone", "db.operation.name": operation}

        assert said(draft(attributes), "run_type") == "chain"

    found = draft({"db.system.name": "milvus"}, name="search my_index")

    assert said(found, "run_type") == "retriever"


def test_a_vector_that_is_none_stays_in_its_event() -> None:
    event = Event("db.query.embeddings", 0, {"db.query.embeddings.vector": "not a vector"})
    found = draft({"db.system": "chroma", "db.operation": "query"}, [event])

    assert found.said["inputs"] == ({"query_embeddings": [None]}, ())
