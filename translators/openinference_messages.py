"""The messages that OpenInference flattens into attributes, put together again.

Source: OpenInference, ``spec/semantic_conventions.md``, and its instrumentors.
"""

from translators.attributes import in_order, indexed, parsed_json
from translators.envelopes import PLAIN_ROLES
from translators.messages import normal_messages
from translators.openinference_content import FlatList
from translators.parts import result_text
from translators.span import Json, JsonObject

_TEXT_KEYS = frozenset({"type", "text"})
# All that a content says where a call is told beside it.
_BARE_CALLS = ({"type": "tool_use"}, {"type": "tool_call"}, {"type": "function"})
_MEDIA = ("image", "audio", "video", "document")
_TAKEN = frozenset(
    (
        "role", "content", "contents", "tool_calls", "function_call_name",
        "function_call_arguments_json",
    )
)  # fmt: skip


def messages_of(flat: FlatList, attributes: JsonObject, role: str) -> list[JsonObject] | None:
    """Return the messages of a list in normal form, in index order.

    Args:
        flat: the list.
        attributes: those of the span.
        role: whose message it is where it does not say.
    """
    items: dict[int, JsonObject] = {}
    for index, field, key in flat.simple:
        item = items.get(index)
        if item is None:
            items[index] = {field: attributes[key]}
        else:
            item[field] = attributes[key]
    if flat.nested:
        nested = {key: attributes[key] for key in flat.nested}
        for index, node in indexed(nested, flat.prefix).items():
            items[index] = _item(node, items.get(index, {}))
    messages = [items[index] for index in sorted(items)]
    if not flat.nested and all(map(_is_plain, messages)):
        return messages  # as most are: in normal form already
    return normal_messages(messages, role)


def _is_plain(item: JsonObject) -> bool:
    role = item.get("role")
    return role.__class__ is str and role in PLAIN_ROLES and item.get("content").__class__ is str


def _item(node: JsonObject, plain: JsonObject) -> JsonObject:
    """Return one message for ``normal_messages``; *plain* is its role and its text."""
    message = node.pop("message", {})
    if not isinstance(message, dict):
        message, node["message"] = {}, message
    item = {**plain}
    parts: list[Json] = []
    for key in ("contents", "content"):
        for content in _nodes(_texts(message.get(key)), f"message.{key}", item):
            own = content.get("message")
            if isinstance(own, dict) and "tool_call_id" in own:  # BeeAI's results
                del content["message"]
                parts.append({"type": "tool_result", **own, "content": _parts(content)})
            else:
                parts += _parts(content)
    results = node.pop("function", None)  # AutoGen's results, each of them JSON text
    if isinstance(results, dict):
        for result in results.values():
            found = parsed_json(result)
            parts.append({"type": "tool_result", **found} if isinstance(found, dict) else result)
    elif results is not None:
        item["function"] = results
    if parts:
        said = item.get("content")
        if said and not (isinstance(said, str) and _repeats(said, parts)):
            parts[:0] = said if isinstance(said, list) else [said]
        # A tool's result is one text, however many pieces it came in.
        item["content"] = result_text(parts) if _is_result(item, parts) else parts
    calls = [
        {"type": "function", **(call if isinstance(call, dict) else {"call": call}), **other}
        for call, other in (
            (other.pop("tool_call", {}), other)
            for other in _nodes(message.get("tool_calls"), "message.tool_calls", item)
        )
    ]
    if calls:
        item["tool_calls"] = calls
    if "function_call_name" in message:
        item["function_call"] = {
            "name": message["function_call_name"],
            "arguments": message.get("function_call_arguments_json"),
        }
    for key in message:
        if key not in _TAKEN:
            item[key] = message[key]
    for key in node:
        item[f"outer.{key}" if key in item else key] = node[key]
    return item


def _texts(value: Json) -> Json:
    """Return a list of contents, where those that are bare texts are nodes like the others."""
    if not isinstance(value, dict) or not any(isinstance(text, str) for text in value.values()):
        return value
    return {
        key: {"message_content": {"type": "text", "text": below}}
        if isinstance(below, str) and key.isdecimal()
        else below
        for key, below in value.items()
    }


def _nodes(value: Json, name: str, item: JsonObject) -> list[JsonObject]:
    """Return the items of a nested list; what is none is kept in *item* under *name*."""
    nodes = in_order(value)
    if isinstance(value, dict) and len(nodes) < len(value):
        known = [id(node) for node in nodes]
        item[name] = {key: below for key, below in value.items() if id(below) not in known}
    elif value is not None and not isinstance(value, dict):
        item[name] = value
    return nodes


def _parts(node: JsonObject) -> list[Json]:
    parts: list[Json] = []
    call = node.pop("tool_call", None)
    content = node.pop("message_content", None)
    if isinstance(content, dict):
        if call is None or content not in _BARE_CALLS:
            parts.append(_part(content))
    elif content is not None:
        parts.append(content)
    if isinstance(call, dict):
        parts.append({"type": "function", **call})
    if node:
        parts.append(node)
    return parts


def _part(content: JsonObject) -> JsonObject:
    if not isinstance(content.get("type", ""), str):  # says nothing of what it is
        rest = {key: content[key] for key in content if key != "type"}
        content = {**rest, "message_content.type": content["type"]}
    for kind in _MEDIA:
        outer = content.get(kind)
        if isinstance(outer, dict):
            rest = {key: content[key] for key in content if key not in ("type", kind)}
            return {**medium(kind, outer), **rest}
    return content


def medium(kind: str, node: JsonObject) -> JsonObject:
    """Return the part that an image, a sound, a video or a document is: ``{"image": {"url"}}``."""
    inner = node.get(kind, node)
    if not isinstance(inner, dict):
        return {"type": kind, kind: node}
    if kind == "document" and isinstance(inner.get("content"), str):
        inner = {"text": inner["content"], **{k: inner[k] for k in inner if k != "content"}}
    elif not isinstance(inner.get("url"), str) and kind != "document":
        return {"type": kind, kind: node}
    elif kind == "image" and len(inner) == 1:
        return {"type": "image_url", "image_url": inner}
    return {"type": kind, **inner}


def _is_result(item: JsonObject, parts: list[Json]) -> bool:
    return item.get("role") == "tool" and all(
        isinstance(part, dict) and isinstance(part.get("text"), str) and part.keys() <= _TEXT_KEYS
        for part in parts
    )


def _repeats(said: str, parts: list[Json]) -> bool:
    texts = [str(part.get("text", "")) for part in parts if isinstance(part, dict)]
    return said in texts or said == "".join(texts)
