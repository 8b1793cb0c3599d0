"""Queries to vector databases: what was asked; documents come as span events, if they come.

Source: https://github.com/traceloop/openllmetry, instrumentations of Chroma, Pinecone, Qdrant,
Milvus, Weaviate, LanceDB and Marqo; https://github.com/openlit/openlit, those of Chroma, Pinecone,
Qdrant, Milvus and Astra.
"""

from collections.abc import Hashable

from translators.attributes import json_object, json_or_text, number, parsed_json, text
from translators.base import Draft
from translators.documents import document
from translators.span import Event, Json, JsonObject, Span

VENDORS = frozenset(
    {
        "astra", "astradb", "chroma", "chromadb", "lancedb", "marqo", "milvus", "pgvector",
        "pinecone", "qdrant", "turbopuffer", "vespa", "weaviate",
    }
)  # fmt: skip
_EVENTS = ("db.query.", "db.search.")
_SEARCHES = (
    "query", "search", "get", "fetch", "retrieve", "recommend", "peek", "near", "hybrid", "select",
    "find", "scroll", "discover",
)  # fmt: skip
# What these words are about is no search for documents: get_collection, describe_index.
_ADMINISTERED = ("collection", "index", "database", "alias")
_OPERATIONS = ("db.operation.name", "db.operation", "db.vector.operation")
_QUERIES = ("db.query.text", "db.vector.query.content", "db.statement")
_LIMITS = (
    "db.vector.query.top_k", "db.n_results", "db.limit", "db.chroma.query.n_results",
    "db.pinecone.query.top_k", "db.qdrant.query.limit",
)  # fmt: skip
_FILTERS = ("db.vector.query.filter", "db.filter", "db.chroma.query.where")
_VECTOR = "db.query.embeddings.vector"
_TEXTS = ("document", "text", "content", "page_content")


def say_vector_db(span: Span, draft: Draft) -> None:
    """Say run type, query and documents, where the span is a call to a vector database."""
    attributes = span.attributes
    vendor = attributes.get("db.system", attributes.get("db.system.name"))
    known = isinstance(vendor, str) and vendor.lower() in VENDORS
    if not known and not any(event.name.startswith(_EVENTS) for event in span.events):
        return
    if not _is_search(attributes, span.name):
        draft.say("run_type", "chain")
        return
    draft.say("run_type", "retriever")
    vectors: list[Json] = []
    documents: list[JsonObject] = []
    asked: list[Hashable] = []
    given: list[Hashable] = []
    for at, event in enumerate(span.events):
        if event.name == "db.query.embeddings":
            vector = parsed_json(event.attributes.get(_VECTOR))
            vectors.append(vector)
            told = vector is not None and event.attributes.keys() == {_VECTOR}
            asked += [at] if told else []
        elif event.name.startswith("db.") and event.name.endswith(".result"):
            documents.append(_document(event))
            given.append(at)
    inputs = _asked(attributes)
    if inputs:
        # The attributes stay beside these: users look for the names of the conventions.
        draft.say("inputs", inputs)
    elif vectors:
        draft.say("inputs", {"query_embeddings": vectors}, *asked)
    if documents:
        draft.say("outputs", {"documents": documents}, *given)


def _is_search(attributes: JsonObject, name: str) -> bool:
    """Tell whether documents were asked for: by the operation, else by the name's first word."""
    first = name.partition(" ")[0]
    operation = next((attributes[key] for key in _OPERATIONS if key in attributes), first)
    word = operation.lower() if isinstance(operation, str) else ""
    if any(thing in word for thing in _ADMINISTERED) and "search" not in word:
        return False
    return any(search in word for search in _SEARCHES)


def _asked(attributes: JsonObject) -> JsonObject:
    """Return the query with its limit and filter; {} without a query."""
    query = next((attributes[key] for key in _QUERIES if attributes.get(key)), None)
    if not isinstance(query, str):
        return {}
    inputs: JsonObject = {"query": query}
    for name, names, read in (("k", _LIMITS, number), ("filter", _FILTERS, _filter)):
        for key in names:
            if key in attributes and read(attributes[key]) is not None:
                inputs.setdefault(name, read(attributes[key]))
    return inputs


def _filter(value: Json) -> Json:
    """Return a filter, opened; None for the word that Python has for there being none."""
    return json_or_text(value) if text(value) is not None or isinstance(value, dict) else None


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
