from tests.translators.dialects.openinference_spans import KIND, carried, said, value_of


def test_a_retriever_has_a_query_and_documents() -> None:
    start = "retrieval.documents."
    attributes = {
        "input.value": "where?",
        start + "0.document.content": "here",
        start + "0.document.id": 7,
        start + "0.document.score": 0.0,
        start + "0.document.metadata": '{"source": "wiki"}',
        start + "2.document.content": "there",
        start + "3.document.content": "",
        start + "3.document.metadata": "no object",
        start + "4.document": "plain",
        start + "4.extra": True,
    }

    draft = said(attributes, "RETRIEVER")

    assert value_of(draft, "inputs") == {"query": "where?"}
    assert value_of(draft, "outputs") == {
        "documents": [
            {
                "page_content": "here",
                "type": "Document",
                "metadata": {"id": 7, "score": 0.0, "source": "wiki"},
            },
            {"page_content": "there", "type": "Document", "metadata": {}},
            {"page_content": "", "type": "Document", "metadata": {"metadata": "no object"}},
            {"page_content": "plain", "type": "Document", "metadata": {"extra": True}},
        ]
    }
    assert carried(draft) == {KIND, *attributes}


def test_a_structured_query_is_left_to_be_wrapped() -> None:
    draft = said({"input.value": '{"query": "q", "k": 4}'}, "RETRIEVER")

    assert value_of(draft, "raw_inputs") == {"query": "q", "k": 4}


def test_a_reranker_has_a_query_and_documents_on_both_sides() -> None:
    attributes = {
        "reranker.query": "where?",
        "reranker.top_k": 1,
        "reranker.model_name": "rerank-3",
        "reranker.input_documents.0.document.content": "a",
        "reranker.output_documents.0.document.content": "b",
        "reranker.output_documents.0.document.score": 0.5,
    }

    draft = said(attributes, "RERANKER")

    assert value_of(draft, "inputs") == {
        "query": "where?",
        "documents": [{"page_content": "a", "type": "Document", "metadata": {}}],
    }
    assert value_of(draft, "outputs") == {
        "documents": [{"page_content": "b", "type": "Document", "metadata": {"score": 0.5}}]
    }
    assert value_of(draft, "params.top_k") == 1
    assert carried(draft) == {KIND, *attributes}


def test_a_reranker_may_have_its_query_as_its_input() -> None:
    draft = said({"input.value": "where?"}, "RERANKER")

    assert draft.said["inputs"] == ({"query": "where?"}, ("input.value",))


def test_a_reranker_that_does_not_say_what_it_was_asked_has_no_inputs() -> None:
    assert "inputs" not in said({}, "RERANKER").said


def test_an_embedding_has_texts_and_vectors() -> None:
    start = "embedding.embeddings."
    attributes = {
        start + "0.embedding.text": "a",
        start + "0.embedding.vector": [0.5, 1.0],
        start + "1.embedding.text": "b",
        start + "1.embedding.vector": "[0.25]",
    }

    draft = said(attributes, "EMBEDDING")

    assert value_of(draft, "inputs") == {"input": ["a", "b"]}
    assert value_of(draft, "outputs") == {
        "data": [{"index": 0, "embedding": [0.5, 1.0]}, {"index": 1, "embedding": [0.25]}]
    }
    assert carried(draft) == {KIND, *attributes}


def test_vectors_that_are_none_stay_where_they_are() -> None:
    start = "embedding.embeddings.0.embedding"

    assert carried(said({start: "x", start + ".vector": "<8 floats>"}, "EMBEDDING")) == {KIND}


def test_the_input_of_an_embedding_repeats_its_text() -> None:
    attributes = {"embedding.embeddings.0.embedding.text": "a", "input.value": "a"}

    assert carried(said(attributes, "EMBEDDING")) == {KIND, *attributes}
    assert carried(said({**attributes, "input.value": "b"}, "EMBEDDING")) == {
        KIND,
        "embedding.embeddings.0.embedding.text",
    }


def test_a_tool_has_arguments_and_a_result() -> None:
    draft = said({"input.value": '{"a": 1}', "output.value": "2"}, "TOOL")

    assert value_of(draft, "raw_inputs") == {"a": 1}
    assert value_of(draft, "raw_outputs") == "2"


def test_parameters_of_a_tool_stand_in_for_its_input() -> None:
    parameters = {"tool.parameters": '{"a": 1}'}

    assert value_of(said(parameters, "TOOL"), "raw_inputs") == {"a": 1}
    assert value_of(said({**parameters, "input.value": "x"}, "TOOL"), "raw_inputs") == "x"
    assert value_of(said(parameters, "LLM"), "raw_inputs") is None
