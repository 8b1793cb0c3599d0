from translators.documents import document, documents_of


def test_a_document_is_text_with_metadata() -> None:
    assert document("Paris", {"id": 1}) == {
        "page_content": "Paris",
        "type": "Document",
        "metadata": {"id": 1},
    }


def test_documents_come_as_a_list_or_as_json_text_of_one() -> None:
    expected = [document("Paris", {"id": "d1"})]

    assert documents_of([{"id": "d1", "content": "Paris"}]) == expected
    assert documents_of('[{"id": "d1", "page_content": "Paris", "type": "Document"}]') == expected
    assert documents_of(['{"id": "d1", "text": "Paris"}']) == expected


def test_what_is_no_list_holds_no_documents() -> None:
    assert documents_of("Paris") is None
    assert documents_of({"content": "Paris"}) is None
    assert documents_of([]) == []
