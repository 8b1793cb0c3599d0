"""What a message comes wrapped in, and whose it is: roles, LangChain's envelopes, choices.

Source: LangChain, ``messages_to_dict`` and ``dumpd``; OpenAI API reference, "Chat completions".
"""

from translators.parts import is_part
from translators.span import Json, JsonObject
from translators.tools import together, unless_empty

PLAIN_ROLES = frozenset({"user", "assistant", "system", "developer", "tool"})
_ROLES = {
    **{role: role for role in PLAIN_ROLES},
    "human": "user", "ai": "assistant", "model": "assistant", "bot": "assistant",
    "chatbot": "assistant", "function": "tool", "tool_response": "tool", "tool_result": "tool",
    "thinking": "thinking",
}  # fmt: skip
_STRICT_TYPES = frozenset({"human", "ai", "system", "tool"})
_TYPES = _STRICT_TYPES | {"function", "chat", "developer"}
_LISTS = ("parts", "contents", "blocks")
_OVER = ("finish_reason", "finishReason", "tool_calls")
_MAX_ENVELOPES = 4


def says_it_is(item: Json) -> bool:
    """Tell whether *item* says by itself that it is a message."""
    if not isinstance(item, dict):
        return is_pair(item)
    return (
        isinstance(item.get("role"), str)
        or isinstance(item.get("parts"), list)
        or _type_of(item) in _STRICT_TYPES
        or (_kwargs_of(item) is not None and "content" in item["kwargs"])
    )


def is_message(item: JsonObject) -> bool:
    """Tell whether *item*, in a place where messages are expected, is one and no part of one."""
    if says_it_is(item) or isinstance(item.get("message"), dict):
        return True
    if "content" in item and _type_of(item) in _TYPES:
        return True
    if is_part(item):
        return False
    return any(key in item for key in ("content", "tool_calls")) or any(
        isinstance(item.get(key), list) for key in _LISTS
    )


def is_pair(item: Json) -> bool:
    """Tell whether *item* is LangChain's short form of a message: ``["user", "text"]``."""
    return (
        isinstance(item, list)
        and len(item) == 2
        and isinstance(item[0], str)
        and item[0].lower() in _ROLES
    )


def opened(item: JsonObject, default: str) -> tuple[JsonObject, str, JsonObject]:
    """Return what is in the envelopes, whose message it is, and what the envelopes say besides."""
    rest: JsonObject = {}
    role: str | None = None
    for _ in range(_MAX_ENVELOPES):
        role = role or _role_of(item)
        kwargs = _kwargs_of(item)
        if kwargs is not None:
            told = _around(item, "kwargs", "type", "role")
            together(rest, {"lc_id" if key == "id" else key: told[key] for key in told})
            item = kwargs
        elif _type_of(item) in _TYPES and isinstance(item.get("data"), dict):
            together(rest, _around(item, "data", "type", "role"))
            item = item["data"]
        elif isinstance(item.get("message"), dict):
            inner: JsonObject = item["message"]
            over: JsonObject = {k: item[k] for k in _OVER if k in item and k not in inner}
            together(rest, _around(item, "message", "role", *over))
            item = {**inner, **over}
        else:
            break
    role = role or _role_of(item)
    word = item.get("role")
    if word is not None and (not isinstance(word, str) or _ROLES.get(word.lower(), word) != role):
        together(rest, {"role": word})
    kind = item.get("type")
    if kind is not None and kind != "message" and _type_of(item) not in _TYPES:
        rest["type"] = kind
    return item, role or default, unless_empty(rest, ())


def _around(item: JsonObject, *known: str) -> JsonObject:
    """Return what an envelope says beyond the *known* keys, and of these what nobody reads."""
    return {
        key: value
        for key, value in item.items()
        if key not in known
        or (key == "role" and not isinstance(value, str))
        or (key == "type" and value != "constructor" and _short(value) not in _TYPES)
    }


def _role_of(item: JsonObject) -> str | None:
    word = item.get("role")
    if isinstance(word, str) and word:
        return _ROLES.get(word.lower(), word)
    kind = _type_of(item)
    if kind in _TYPES and kind != "chat":
        return _ROLES[kind]
    path = item.get("id")
    if _kwargs_of(item) is not None and isinstance(path, list) and path:
        return _ROLES.get(_short(path[-1]))
    return None


def _type_of(item: JsonObject) -> str:
    return _short(item.get("type"))


def _short(word: Json) -> str:
    """Return ``"ai"`` for AIMessageChunk, AIMessage and ai."""
    if not isinstance(word, str):
        return ""
    return word.removesuffix("Chunk").removesuffix("Message").lower()


def _kwargs_of(item: JsonObject) -> JsonObject | None:
    kwargs = item.get("kwargs")
    return kwargs if "lc" in item and isinstance(kwargs, dict) else None
