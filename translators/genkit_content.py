"""What Genkit's actions take and give, as the two sides of a run.

Source: https://github.com/firebase/genkit, ``js/ai/src`` (``model-types.ts``, ``document.ts``,
``retriever.ts``, ``embedder.ts``); its Go and Python versions write the same JSON.
"""

from translators.messages import normal_messages, outputs_of
from translators.parts import is_part
from translators.span import Json, JsonObject
from translators.tools import json_text, together

_CANDIDATES = "candidates"  # before 0.6, a model gave several answers


class Answer:
    """What a model gave back.

    Attributes:
        outputs: messages or choices in normal form; ``object`` beside them, where the model was
            asked for one.
        usage: Genkit's usage object, {} where there is none.
        raw: the provider's own response, {} where it is not told.
        rest: everything else, ``raw`` included.
    """

    __slots__ = ("outputs", "raw", "rest", "usage")

    def __init__(self, outputs: JsonObject, usage: JsonObject, rest: JsonObject) -> None:
        raw = rest.get("raw", rest.get("custom"))
        self.outputs = outputs
        self.usage = usage
        self.raw: JsonObject = raw if isinstance(raw, dict) else {}
        self.rest = {key: value for key, value in rest.items() if value not in (None, {}, [])}


def messages_of(value: Json, role: str) -> list[JsonObject] | None:
    """Return Genkit's messages in normal form; None where *value* is no list of any."""
    if not isinstance(value, list) or not value:
        return None
    return normal_messages([_with_data_as_text(item) for item in value], role)


def answer_of(value: Json) -> Answer | None:
    """Return what a model's response says; None where *value* is none."""
    if not isinstance(value, dict):
        return None
    rest = dict(value)
    wrapped = rest.pop(_CANDIDATES, None)
    if not isinstance(wrapped, list) or not wrapped:
        message = rest.pop("message", None)
        if not isinstance(message, dict) or not isinstance(message.get("content"), list):
            return None
        wrapped = [{**message, **_taken(rest, "finishReason")}]
        if value.get(_CANDIDATES) is not None:
            rest[_CANDIDATES] = value[_CANDIDATES]
    messages = messages_of(wrapped, "assistant")
    if not messages:
        return None
    outputs = outputs_of(messages)
    data = _data_of(wrapped[0])
    if data is not None:
        outputs["object"] = data
    usage = rest.pop("usage") if isinstance(rest.get("usage"), dict) else {}
    return Answer(outputs, usage, rest)


def text_or_parts(document: Json) -> Json:
    """Return the text of a document or query where it is nothing but text; else all of it."""
    if not isinstance(document, dict):
        return document
    content = document.get("content")
    if document.keys() == {"content"} and isinstance(content, list) and content:
        plain = [part for part in content if isinstance(part, dict) and part.keys() == {"text"}]
        if len(plain) == len(content) and all(isinstance(part["text"], str) for part in plain):
            return "".join([part["text"] for part in plain])
    return document


def documents_of(value: Json) -> list[JsonObject] | None:
    """Return documents in the form that LangSmith renders; None where *value* is no list."""
    if not isinstance(value, list):
        return None
    found: list[JsonObject] = []
    for item in value:
        if not isinstance(item, dict):
            found.append({"page_content": json_text(item), "type": "Document", "metadata": {}})
            continue
        content = text_or_parts({"content": item.get("content")})
        metadata = item.get("metadata")
        about: JsonObject = dict(metadata) if isinstance(metadata, dict) else {}
        rest = {k: v for k, v in item.items() if k not in ("content", "metadata") and v is not None}
        if metadata is not None and not isinstance(metadata, dict):
            rest["metadata"] = metadata
        if not isinstance(content, str):
            if item.get("content"):
                rest["content"] = item["content"]
            content = ""
        found.append(
            {"page_content": content, "type": "Document", "metadata": together(about, rest)}
        )
    return found


def _taken(rest: JsonObject, key: str) -> JsonObject:
    return {key: rest.pop(key)} if isinstance(rest.get(key), str) else {}


def _with_data_as_text(item: Json) -> Json:
    """Return a message with the JSON values in it as their text, which is what the model said."""
    message = item.get("message", item) if isinstance(item, dict) else None
    content = message.get("content") if isinstance(message, dict) else None
    if not isinstance(message, dict) or not isinstance(content, list):
        return item
    if all(map(is_part, content)):
        return item
    parts = [
        {"text": json_text(part["data"]), **{k: v for k, v in part.items() if k != "data"}}
        if isinstance(part, dict) and "data" in part and not is_part(part)
        else part
        for part in content
    ]
    if message is item:
        return {**message, "content": parts}
    return {**item, "message": {**message, "content": parts}}


def _data_of(message: JsonObject) -> Json:
    """Return the one JSON value that a message says, None where it says anything else."""
    inner = message.get("message", message)
    content = inner.get("content") if isinstance(inner, dict) else None
    if isinstance(content, list) and len(content) == 1 and isinstance(content[0], dict):
        return content[0].get("data") if not is_part(content[0]) else None
    return None
