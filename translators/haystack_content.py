"""Haystack's chat messages, tools and documents, as its tracer serialises them.

Source: https://github.com/deepset-ai/haystack, ``dataclasses/chat_message.py``, ``document.py`` and
``tools/serde_utils.py`` of versions 2.9 to 3.4.
"""

from translators.attributes import text
from translators.documents import documents_of
from translators.envelopes import is_message
from translators.messages import normal_messages
from translators.span import Json, JsonObject
from translators.tools import tools_of, unless_empty
from translators.usage_objects import counters_of

_PLACEHOLDER = "Base64 string ("  # what the tracer writes instead of a large image or file
_FIELDS = ("role", "content", "name", "meta")


def is_chat(value: Json) -> bool:
    """Tell whether *value* is a list of chat messages, of the current or of an older form."""
    return isinstance(value, list) and bool(value) and all(map(_is_message, value))


def chat_messages(
    value: Json, role: str, *, told: JsonObject | None = None
) -> list[JsonObject] | None:
    """Return chat messages, or text, in normal form; None for anything else.

    Args:
        value: a list of Haystack's messages, or a text.
        role: whose message a text is.
        told: what is told elsewhere in the run about a message: its model and its usage.
    """
    if isinstance(value, str):
        return [{"role": role, "content": value}]
    if not is_chat(value):
        return None
    messages = [_message(item, role, told, at) for at, item in enumerate(value)]
    return normal_messages(messages, role)


def meta_of(message: Json) -> JsonObject:
    """Return what the generator tells about a message beside its content."""
    found = _fields(message).get("meta") if isinstance(message, dict) else None
    return found if isinstance(found, dict) else {}


def untold(meta: JsonObject, told: JsonObject, at: int = 0) -> JsonObject:
    """Return what a generator tells of its answer number *at* beyond its finish reason.

    And beyond the model and the usage that are *told*.
    """
    known = ["finish_reason"]
    if meta.get("index") == at:
        known.append("index")
    if text(meta.get("model")) is not None and meta["model"] == told.get("model"):
        known.append("model")
    usage = meta.get("usage")
    if isinstance(usage, dict) and usage == told.get("usage") and counters_of(usage)[1]:
        known.append("usage")
    return unless_empty(meta, known)


def tools_from(value: Json) -> list[JsonObject] | None:
    """Return the definitions of tools and of toolsets; None where anything else is among them."""
    items = value if isinstance(value, list) else [value]
    found: list[JsonObject] = []
    for item in items:
        if not isinstance(item, dict):
            return None
        data = item.get("data")
        if not isinstance(data, dict):
            tools = tools_of(item)
        elif isinstance(data.get("tools"), list):
            tools = _of_toolset(item, data)
        else:
            rest = {key: item[key] for key in item if key not in ("type", "data")}
            tools = tools_of({**data, **rest, "class": item.get("type")})
        if not tools:
            return None
        found += tools
    return found or None


def _of_toolset(item: JsonObject, data: JsonObject) -> list[JsonObject] | None:
    tools = tools_from(data["tools"])
    whole = unless_empty({**item, **data}, ("tools", "data"))
    if not tools or not all(isinstance(tool.get("function"), dict) for tool in tools):
        return None
    return [{**tool, "function": {**tool["function"], "toolset": whole}} for tool in tools]


def documents_from(value: Json) -> list[JsonObject] | None:
    """Return Haystack's documents as LangSmith's; None where *value* is no list of objects."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        return None
    return documents_of([_document(item) for item in value])


def embedded(value: Json) -> tuple[list[Json], list[JsonObject], list[JsonObject]] | None:
    """Return texts, embeddings and what else is said of documents; None for anything else."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        return None
    texts = [item.get("content") for item in value]
    vectors = [
        {"index": at, "embedding": item["embedding"]}
        for at, item in enumerate(value)
        if item.get("embedding") is not None
    ]
    rest = [unless_empty(_document(item), ("embedding",)) for item in value]
    return texts, vectors, rest


def _document(item: JsonObject) -> JsonObject:
    meta = item.get("meta")
    if not isinstance(meta, dict) or "metadata" in item:
        return item
    return {**{key: item[key] for key in item if key != "meta"}, "metadata": meta}


def _is_message(item: Json) -> bool:
    return isinstance(item, dict) and ("_role" in item or ("role" in item and is_message(item)))


def _fields(item: JsonObject) -> JsonObject:
    """Return a message without the underscores that it had up to version 2.11."""
    if "_role" not in item:
        return item
    return {key[1:] if key[1:] in _FIELDS else key: item[key] for key in item}


def _message(item: JsonObject, role: str, told: JsonObject | None, at: int) -> JsonObject:
    message = _fields(item)
    content, meta = message.get("content"), meta_of(message)
    if isinstance(content, list):
        message = {**message, "content": [_part(part) for part in content]}
    if not meta:
        return unless_empty(message, ())
    if told is not None:
        meta = untold(meta, told, at)
    elif role == "assistant":
        meta = {key: meta[key] for key in meta if key != "finish_reason"}
    message = {**message, "meta": meta}
    reason = meta_of(item).get("finish_reason")
    if role == "assistant" and reason is not None:
        message["finish_reason"] = reason
    return message


def _part(part: Json) -> Json:
    """Return a part with its type; those that say it by a key that is theirs alone."""
    if not isinstance(part, dict) or "type" in part:
        return part
    for key, reader in _READERS.items():
        inner = part.get(key)
        if isinstance(inner, dict):
            return {**reader(inner), **{k: part[k] for k in part if k != key}}
    return part


def _call(inner: JsonObject) -> JsonObject:
    return {"type": "tool_call", **_with_extras(inner)}


def _with_extras(inner: JsonObject) -> JsonObject:
    """Return what the provider told besides under the name that parts have for it."""
    extra = inner.get("extra")
    if not isinstance(extra, dict):
        return inner
    return {**{key: inner[key] for key in inner if key != "extra"}, "extras": extra}


def _result(inner: JsonObject) -> JsonObject:
    origin = inner.get("origin")
    part: JsonObject = {"type": "tool_result", **inner}
    if isinstance(origin, dict):
        part["tool_call_id"], part["name"] = origin.get("id"), origin.get("tool_name")
        part["origin"] = unless_empty(origin, ("id", "tool_name"))
    if isinstance(part.get("result"), list):
        part["result"] = [_part(item) for item in part["result"]]
    if part.get("error") is True:
        part["is_error"] = part.pop("error")
    return part


def _reasoning(inner: JsonObject) -> JsonObject:
    rest = {key: inner[key] for key in inner if key != "reasoning_text"}
    return {"type": "reasoning", "text": inner.get("reasoning_text"), **_with_extras(rest)}


def _media(kind: str, data_key: str, inner: JsonObject) -> JsonObject:
    data = inner.get(data_key)
    if not isinstance(data, str) or data.startswith(_PLACEHOLDER):
        return {"type": kind, kind: inner}
    return {"type": kind, "data": data, **{k: inner[k] for k in inner if k != data_key}}


def _image(inner: JsonObject) -> JsonObject:
    return _media("image", "base64_image", inner)


def _file(inner: JsonObject) -> JsonObject:
    return _media("file", "base64_data", inner)


_READERS = {
    "tool_call": _call,
    "tool_call_result": _result,
    "reasoning": _reasoning,
    "image": _image,
    "file": _file,
}
