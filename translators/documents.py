"""Retrieved documents in the form that LangSmith renders.

Source: LangSmith, "Log retriever traces".
"""

from translators.attributes import parsed_json
from translators.span import Json, JsonObject

_CONTENTS = ("page_content", "content", "text", "document")


def documents_of(value: Json) -> list[JsonObject] | None:
    """Return the documents in a list, or in JSON text of one; None where there is no list.

    A document is ``{"page_content", "type": "Document", "metadata"}``; the metadata hold its id,
    its score, and whatever else is said about it.
    """
    found = parsed_json(value)
    if not isinstance(found, list):
        return None
    return [_document(parsed_json(item) or item) for item in found]


def _document(item: Json) -> JsonObject:
    if not isinstance(item, dict):
        text = item if isinstance(item, str) else ""
        return document(text, {} if isinstance(item, str) else {"value": item})
    key = next((key for key in _CONTENTS if isinstance(item.get(key), str)), "")
    rest = {k: v for k, v in item.items() if k not in (key, "type") and v is not None}
    metadata = rest.pop("metadata", None)
    if isinstance(metadata, dict):
        rest |= {
            f"metadata.{k}" if k in rest and rest[k] != v else k: v for k, v in metadata.items()
        }
    elif metadata is not None:
        rest["metadata"] = metadata
    if item.get("type") not in (None, "Document"):
        rest["type"] = item["type"]
    return document(item.get(key, ""), rest)


def document(text: str, metadata: JsonObject) -> JsonObject:
    """Return one document."""
    return {"page_content": text, "type": "Document", "metadata": metadata}
