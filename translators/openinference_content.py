"""What OpenInference flattens into attributes, put together again.

``llm.input_messages.0.message.role`` and its like are lists of objects with one attribute a leaf.
Source: OpenInference, ``spec/semantic_conventions.md``.
"""

from functools import lru_cache

from translators.attributes import MAX_INDEX_DIGITS, indexed, json_list, parsed_json
from translators.documents import documents_of
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
INPUT_MEDIA = ("input.images.", "input.documents.")
OUTPUT_MEDIA = ("output.images.", "output.documents.")
# Feedback on a span, on its trace, on its session.
FEEDBACK = (
    "annotations.", "evaluations.", "trace.annotations.", "trace.evaluations.",
    "session.annotations.", "session.evaluations.",
)  # fmt: skip
_LISTS = (
    INPUT_MESSAGES, OUTPUT_MESSAGES, TOOLS, PROMPTS, CHOICES, DOCUMENTS, RERANKED, TO_RERANK,
    EMBEDDINGS, *INPUT_MEDIA, *OUTPUT_MEDIA, *FEEDBACK,
)  # fmt: skip
# Arguments of a function, each an attribute of its own, where others have one JSON text.
INPUT_ARGUMENTS, OUTPUT_ARGUMENTS = "input.value.", "output.value."
_ARGUMENTS = (INPUT_ARGUMENTS, OUTPUT_ARGUMENTS)

_PLAIN_FIELDS = {"message.role": "role", "message.content": "content"}
_MAX_CACHED = 200  # keys of a span; longer histories are seldom alike


class FlatList:
    """Which attributes make up one list.

    Attributes:
        prefix: what they have in common.
        keys: all of them.
        simple: of messages, the fields that need no putting together: (index, field, attribute).
        nested: the other attributes.
        has_gap: an index is missing between the first and the last.
    """

    __slots__ = ("has_gap", "keys", "nested", "prefix", "simple")

    def __init__(self, prefix: str, keys: tuple[str, ...]) -> None:
        self.prefix = prefix
        self.keys = keys
        self.simple: list[tuple[int, str, str]] = []
        self.nested: list[str] = []
        indices: set[int] = set()
        for key in keys:
            index, _, field = key[len(prefix) :].partition(".")
            if index.isdecimal():
                indices.add(int(index))
            if field in _PLAIN_FIELDS:
                self.simple.append((int(index), _PLAIN_FIELDS[field], key))
            else:
                self.nested.append(key)
        self.has_gap = bool(indices) and max(indices) - min(indices) >= len(indices)

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
            prefix = next(prefix for prefix in _LISTS if key.startswith(prefix))
            index = key[len(prefix) :].partition(".")[0]
            if index.isdecimal() and len(index) <= MAX_INDEX_DIGITS and str(int(index)) == index:
                lists.setdefault(prefix, []).append(key)
        elif key.startswith(_ARGUMENTS):
            lists.setdefault(next(p for p in _ARGUMENTS if key.startswith(p)), []).append(key)
    return {prefix: FlatList(prefix, tuple(members)) for prefix, members in lists.items()}


def arguments_from(flat: FlatList, attributes: JsonObject) -> JsonObject:
    """Return the arguments that are attributes of their own, as one object."""
    start = len(flat.prefix)
    nested = {f"{flat.prefix}0.{key[start:]}": attributes[key] for key in flat.keys}
    return indexed(nested, flat.prefix)[0]


def feedback_from(
    lists: dict[str, FlatList], attributes: JsonObject
) -> tuple[list[JsonObject], tuple[str, ...]]:
    """Return annotations and evaluations, and the attributes they are from.

    Each is ``{"name", "score"?, "label"?, "explanation"?, ...}``; with a ``target`` where that is
    not the span but its trace or its session.
    """
    found: list[JsonObject] = []
    keys: tuple[str, ...] = ()
    for prefix in FEEDBACK:
        if prefix not in lists:
            continue
        flat = lists[prefix]
        target, dot, _ = prefix[:-1].partition(".")
        for node in flat.items(attributes).values():
            told = {"target": target} if dot else {}
            for word, item in node.items():
                told |= item if isinstance(item, dict) else {word: item}
            metadata = parsed_json(told.get("metadata"))
            found.append({**told, "metadata": metadata} if isinstance(metadata, dict) else told)
        keys += flat.keys
    return found, keys


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
