"""Queries to vector databases: documents come as span events.

Source: https://github.com/traceloop/openllmetry, instrumentations of Chroma, Pinecone, Qdrant,
Milvus, Weaviate, LanceDB and Marqo.
"""

from collections.abc import Hashable

from translators.attributes import json_object, parsed_json
from translators.base import Draft
from translators.documents import document
from translators.span import Event, Json, JsonObject, Span

VENDORS = frozenset(
    {"chroma", "chromadb", "pinecone", "qdrant", "milvus", "weaviate", "lancedb", "marqo"}
)
_EVENTS = ("db.query.", "db.search.")
_SEARCHES = ("query", "search", "get", "fetch", "retrieve", "recommend", "peek", "near", "hybrid")
_VECTOR = "db.query.embeddings.vector"
_TEXTS = ("document", "text", "content", "page_content")


def say_vector_db(span: Span, draft: Draft) -> None:
    """Say run type, query and documents, where the span is a call to a vector database."""
    attributes = span.attributes
    vendor = attributes.get("db.system", attributes.get("db.system.name"))
    known = isinstance(vendor, str) and vendor.lower() in VENDORS
    if not known and not any(event.name.startswith(_EVENTS) for event in span.events):
        return
    operation = attributes.get("db.operation", attributes.get("db.operation.name", span.name))
    word = operation.lower() if isinstance(operation, str) else ""
    if not any(search in word for search in _SEARCHES):
        draft.say("run_type", "chain")
        return
    draft.say("run_type", "retriever")
    vectors: list[Json] = []
    documents: list[JsonObject] = []
    asked: list[Hashable] = []
    given: list[Hashable] = []
    for at, event in enumerate(span.events):
        if event.name == "db.query.embeddings":
            vectors.append(parsed_json(event.attributes.get(_VECTOR)))
            asked += [at] if event.attributes.keys() == {_VECTOR} else []
        elif event.name.startswith("db.") and event.name.endswith(".result"):
            documents.append(_document(event))
            given.append(at)
    query = attributes.get("db.query.text", attributes.get("db.vector.query.content"))
    if isinstance(query, str) and query:
        draft.say("inputs", {"query": query})
    elif vectors:
        draft.say("inputs", {"query_embeddings": vectors}, *asked)
    if documents:
        draft.say("outputs", {"documents": documents}, *given)


def _document(event: Event) -> JsonObject:
    """Return the document of one result event; its keys end in what they tell."""
    said = {key.rsplit(".", 1)[-1]: value for key, value in event.attributes.items()}
    if len(said) != len(event.attributes):
        said = dict(event.attributes)
    metadata = json_object(said.get("metadata"))
    if metadata is not None and not metadata.keys() & said.keys():
        del said["metadata"]
        said |= metadata
    key = next((key for key in _TEXTS if isinstance(said.get(key), str)), "")
    text = said.pop(key, "")
    return document(text, {k: v for k, v in said.items() if v is not None})
