"""What OpenInference flattens into attributes, put together again.

``llm.input_messages.0.message.role`` and its like are lists of objects with one attribute a leaf.
Source: OpenInference, ``spec/semantic_conventions.md``.
"""

from functools import lru_cache

from translators.attributes import MAX_INDEX_DIGITS, in_order, indexed, json_list, parsed_json
from translators.documents import documents_of
from translators.envelopes import PLAIN_ROLES
from translators.messages import normal_messages
from translators.parts import result_text
from translators.span import Json, JsonObject
from translators.tools import tools_of

INPUT_MESSAGES = "llm.input_messages."
OUTPUT_MESSAGES = "llm.output_messages."
TOOLS = "llm.tools."
PROMPTS = "llm.prompts."
CHOICES = "llm.choices."
DOCUMENTS = "retrieval.documents."
RERANKED = "reranker.output_documents."
TO_RERANK = "reranker.input_documents."
EMBEDDINGS = "embedding.embeddings."
_LISTS = (
    INPUT_MESSAGES, OUTPUT_MESSAGES, TOOLS, PROMPTS, CHOICES, DOCUMENTS, RERANKED, TO_RERANK,
    EMBEDDINGS,
)  # fmt: skip

_PLAIN_FIELDS = {"message.role": "role", "message.content": "content"}
_MAX_CACHED = 200  # keys of a span; longer histories are seldom alike
_TEXT_KEYS = frozenset({"type", "text"})
_TAKEN = frozenset(
    (
        "role", "content", "contents", "tool_calls", "function_call_name",
        "function_call_arguments_json",
    )
)  # fmt: skip


class FlatList:
    """Which attributes make up one list.

    Attributes:
        prefix: what they have in common.
        keys: all of them.
        simple: of messages, the fields that need no putting together: (index, field, attribute).
        nested: the other attributes.
    """

    __slots__ = ("keys", "nested", "prefix", "simple")

    def __init__(self, prefix: str, keys: tuple[str, ...]) -> None:
        self.prefix = prefix
        self.keys = keys
        self.simple: list[tuple[int, str, str]] = []
        self.nested: list[str] = []
        for key in keys:
            index, _, field = key[len(prefix) :].partition(".")
            if field in _PLAIN_FIELDS:
                self.simple.append((int(index), _PLAIN_FIELDS[field], key))
            else:
                self.nested.append(key)

    def items(self, attributes: JsonObject) -> dict[int, JsonObject]:
        """Return the list as nested dicts, by index, in index order."""
        return indexed({key: attributes[key] for key in self.keys}, self.prefix)


def flattened_lists(attributes: JsonObject) -> dict[str, FlatList]:
    """Return the lists among the attributes by their prefix, which is one of the constants above.

    Items with an index that cannot be one are left out.
    """
    keys = tuple(attributes)
    return _lists(keys) if len(keys) <= _MAX_CACHED else _lists.__wrapped__(keys)


# An instrumentation sends the same keys again and again: their meaning is worked out once.
@lru_cache(maxsize=512)
def _lists(keys: tuple[str, ...]) -> dict[str, FlatList]:
    lists: dict[str, list[str]] = {}
    for key in keys:
        if key.startswith(_LISTS):
            start = key.index(".", key.index(".") + 1) + 1
            index = key[start:].partition(".")[0]
            if index.isdecimal() and len(index) <= MAX_INDEX_DIGITS and str(int(index)) == index:
                lists.setdefault(key[:start], []).append(key)
    return {prefix: FlatList(prefix, tuple(members)) for prefix, members in lists.items()}


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
    return item.get("role") in PLAIN_ROLES and item.get("content").__class__ is str


def _item(node: JsonObject, plain: JsonObject) -> JsonObject:
    """Return one message for ``normal_messages``; *plain* is its role and its text."""
    message = node.pop("message", {})
    if not isinstance(message, dict):
        message, node["message"] = {}, message
    item = {**plain}
    parts: list[Json] = []
    for key in ("contents", "content"):
        for content in _nodes(message.get(key), f"message.{key}", item):
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
        if call is None or content.keys() != {"type"}:  # a call is told beside its bare type
            parts.append(_part(content))
    elif content is not None:
        parts.append(content)
    if isinstance(call, dict):
        parts.append({"type": "function", **call})
    if node:
        parts.append(node)
    return parts


def _part(content: JsonObject) -> JsonObject:
    for kind in ("image", "audio"):
        outer = content.get(kind)
        if isinstance(outer, dict):
            inner = outer.get(kind, outer)
            if isinstance(inner, dict) and isinstance(inner.get("url"), str):
                rest = {key: content[key] for key in content if key not in ("type", kind)}
                if kind == "image" and len(inner) == 1:
                    return {"type": "image_url", "image_url": inner, **rest}
                return {"type": kind, **inner, **rest}
    return content


def _is_result(item: JsonObject, parts: list[Json]) -> bool:
    return item.get("role") == "tool" and all(
        isinstance(part, dict) and isinstance(part.get("text"), str) and part.keys() <= _TEXT_KEYS
        for part in parts
    )


def _repeats(said: str, parts: list[Json]) -> bool:
    texts = [str(part.get("text", "")) for part in parts if isinstance(part, dict)]
    return said in texts or said == "".join(texts)


def tools_from(
    flat: FlatList, attributes: JsonObject
) -> tuple[list[JsonObject] | None, tuple[str, ...]]:
    """Return the tool definitions of ``llm.tools.``, and the attributes that are carried by them.

    The schema is a whole definition of any provider, or only that of the parameters.
    """
    tools: list[JsonObject] = []
    carried: list[str] = []
    for index, node in flat.items(attributes).items():
        tool = node.get("tool")
        if not isinstance(tool, dict):
            continue
        schema = parsed_json(tool.get("json_schema"))
        own = {key: tool[key] for key in ("name", "description") if key in tool}
        if isinstance(schema, dict) and schema.keys() & {
            "function", "name", "toolSpec", "function_declarations",
        }:  # fmt: skip
            definition = schema
            inner = schema.get("function", schema)
            own = {key: own[key] for key in own if inner.get(key) == own[key]}
        else:
            definition = {**own, "parameters": schema or tool.get("json_schema")}
        found = tools_of([definition])
        if found:
            tools += found
            carried += [f"{TOOLS}{index}.tool.{key}" for key in ("json_schema", *own)]
    return tools or None, tuple(key for key in carried if key in attributes)


def documents_from(flat: FlatList, attributes: JsonObject) -> list[JsonObject] | None:
    """Return the documents of a flattened list."""
    found: list[Json] = []
    for node in flat.items(attributes).values():
        given = node.pop("document", {})
        given = {**given, **node} if isinstance(given, dict) else {"content": given, **node}
        metadata = parsed_json(given.get("metadata"))
        found.append({**given, "metadata": metadata} if isinstance(metadata, dict) else given)
    return documents_of(found)


def texts_from(
    flat: FlatList, attributes: JsonObject, word: str
) -> tuple[list[str], tuple[str, ...]]:
    """Return the texts of a flattened list, such as prompts, and the attributes they are from."""
    found = {
        index: node[word]["text"]
        for index, node in flat.items(attributes).items()
        if isinstance(node.get(word), dict) and isinstance(node[word].get("text"), str)
    }
    return list(found.values()), tuple(f"{flat.prefix}{index}.{word}.text" for index in found)


def vectors_from(
    flat: FlatList, attributes: JsonObject
) -> tuple[list[JsonObject], tuple[str, ...]]:
    """Return the embeddings as ``{"index", "embedding"}``, and the attributes they are from."""
    found: list[JsonObject] = []
    keys: list[str] = []
    for index, node in flat.items(attributes).items():
        embedding = node.get("embedding")
        vector = json_list(embedding.get("vector")) if isinstance(embedding, dict) else None
        if vector is not None:
            found.append({"index": index, "embedding": vector})
            keys.append(f"{EMBEDDINGS}{index}.embedding.vector")
    return found, tuple(keys)


def one_or_all(texts: list[str]) -> str | list[str]:
    """Return a single text as it is, several as the list."""
    return texts[0] if len(texts) == 1 else texts
