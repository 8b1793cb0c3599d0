"""What OpenInference flattens into attributes, put together again.

``llm.input_messages.0.message.role`` and its like are lists of objects with one attribute a leaf.
Source: OpenInference, ``spec/semantic_conventions.md``.
"""

from translators.attributes import MAX_INDEX_DIGITS, in_order, indexed, json_list, parsed_json, text
from translators.documents import documents_of
from translators.messages import message_like, normal_messages
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

_ROLE, _CONTENT = "message.role", "message.content"
_TEXT_KEYS = frozenset({"type", "text"})
_TAKEN = frozenset(
    {"role", "content", "contents", "tool_calls", "function_call_name"}
    | {"function_call_arguments_json"}
)


def flattened_lists(attributes: JsonObject) -> dict[str, JsonObject]:
    """Return the attributes that are items of lists, by the prefix of their list.

    Items with an index that cannot be one are left out.
    """
    lists: dict[str, JsonObject] = {}
    for key, value in attributes.items():
        if key.startswith(_LISTS):
            start = key.index(".", key.index(".") + 1) + 1
            index = key[start:].partition(".")[0]
            if index.isdecimal() and len(index) <= MAX_INDEX_DIGITS:
                prefix = key[:start]
                if prefix in lists:
                    lists[prefix][key] = value
                else:
                    lists[prefix] = {key: value}
    return lists


def messages_of(items: JsonObject, prefix: str, role: str) -> list[JsonObject] | None:
    """Return the messages of a flattened list in normal form, in index order.

    Args:
        items: the attributes of one list.
        prefix: what they have in common.
        role: whose message it is where it does not say.
    """
    simple: dict[int, JsonObject] = {}
    nested: JsonObject = {}
    start = len(prefix)
    for key, value in items.items():
        word, _, rest = key[start:].partition(".")
        if rest == _ROLE or (rest == _CONTENT and isinstance(value, str)):
            index = int(word)
            if index in simple:
                simple[index][rest[8:]] = value
            else:
                simple[index] = {rest[8:]: value}
        else:
            nested[key] = value
    for index, node in indexed(nested, prefix).items() if nested else ():
        simple[index] = _item(node, simple.get(index, {}))
    return normal_messages([simple[index] for index in sorted(simple)], role)


def _item(node: JsonObject, plain: JsonObject) -> JsonObject:
    """Return one message for ``normal_messages``; *plain* is its role and its text."""
    message = node.pop("message", {})
    if not isinstance(message, dict):
        message, node["message"] = {}, message
    item = {**plain}
    parts: list[Json] = []
    for key in ("contents", "content"):
        for content in _nodes(message.get(key), f"message.{key}", item):
            own = content.pop("message", None)
            if isinstance(own, dict):  # BeeAI puts the id of a tool's result in here
                item |= {name: own[name] for name in own if name not in item}
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
        if isinstance(said, str) and said and not _repeats(said, parts):
            parts.insert(0, {"type": "text", "text": said})
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
        item.setdefault(key, node[key])
    return item


def _nodes(value: Json, name: str, item: JsonObject) -> list[JsonObject]:
    """Return the items of a nested list; what is none is kept in *item* under *name*."""
    nodes = in_order(value)
    if isinstance(value, dict) and len(nodes) < len(value):
        rest = {k: v for k, v in value.items() if not (k.isdecimal() and isinstance(v, dict))}
        if rest:
            item[name] = rest
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


def tools_from(items: JsonObject) -> tuple[list[JsonObject] | None, tuple[str, ...]]:
    """Return the tool definitions of ``llm.tools.``, and the attributes that are carried by them.

    The schema is a whole definition of any provider, or only that of the parameters.
    """
    tools: list[JsonObject] = []
    carried: list[str] = []
    for index, node in indexed(items, TOOLS).items():
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
    return tools or None, tuple(key for key in carried if key in items)


def documents_from(items: JsonObject, prefix: str) -> list[JsonObject] | None:
    """Return the documents of a flattened list."""
    found: list[Json] = []
    for node in indexed(items, prefix).values():
        given = node.pop("document", {})
        given = {**given, **node} if isinstance(given, dict) else {"content": given, **node}
        metadata = parsed_json(given.get("metadata"))
        found.append({**given, "metadata": metadata} if isinstance(metadata, dict) else given)
    return documents_of(found)


def texts_from(items: JsonObject, prefix: str, word: str) -> tuple[list[str], tuple[str, ...]]:
    """Return the texts of a flattened list, such as prompts, and the attributes they are from."""
    found = {
        index: node[word]["text"]
        for index, node in indexed(items, prefix).items()
        if isinstance(node.get(word), dict) and isinstance(node[word].get("text"), str)
    }
    return list(found.values()), tuple(f"{prefix}{index}.{word}.text" for index in found)


def vectors_from(items: JsonObject) -> tuple[list[JsonObject], tuple[str, ...]]:
    """Return the embeddings as ``{"index", "embedding"}``, and the attributes they are from."""
    found: list[JsonObject] = []
    keys: list[str] = []
    for index, node in indexed(items, EMBEDDINGS).items():
        embedding = node.get("embedding")
        vector = json_list(embedding.get("vector")) if isinstance(embedding, dict) else None
        if vector is not None:
            found.append({"index": index, "embedding": vector})
            keys.append(f"{EMBEDDINGS}{index}.embedding.vector")
    return found, tuple(keys)


def one_or_all(texts: list[str]) -> str | list[str]:
    """Return a single text as it is, several as the list."""
    return texts[0] if len(texts) == 1 else texts


def model_content(value: Json, role: str) -> JsonObject | None:
    """Return one side of a model call from its raw value, with messages in normal form.

    Requests and responses of OpenAI, and LangChain's prompts and generations, are known by their
    lists of messages; their other keys stay beside these. None where no messages are to be seen.
    """
    if isinstance(value, str):
        return {"messages": [{"role": role, "content": value}]} if text(value) else None
    if isinstance(value, list):
        messages = normal_messages(value, role) if message_like(value) else None
        return {"messages": messages} if messages else None
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("role"), str) and "content" in value:
        return {"messages": normal_messages([value], role)}
    kwargs = value.get("kwargs")
    if "lc" in value and isinstance(kwargs, dict) and message_like(kwargs):
        rest = {key: value[key] for key in value if key != "kwargs"}
        return {**rest, **kwargs, "messages": normal_messages(kwargs["messages"], role)}
    for key in ("messages", "generations", "output"):
        if isinstance(value.get(key), list):
            messages = normal_messages(value[key], role)
            if messages:
                rest = {name: value[name] for name in value if name != key}
                return {**rest, "messages": messages}
    return None
