"""Tool calls and tool definitions, in the one form that LangSmith renders: OpenAI's.

Source: LangSmith, "Log LLM calls"; OpenAI API reference, "Chat completions", ``tools``.
"""

import json
from collections.abc import Iterable

import orjson

from translators.attributes import parsed_json
from translators.span import Json, JsonObject

_ID_KEYS = ("call_id", "toolCallId", "toolUseId", "tool_call_id", "tool_use_id", "id", "ref")
_NAME_KEYS = ("name", "toolName", "tool_name")
_ARGUMENT_KEYS = ("arguments", "args", "input", "parameters", "tool_kwargs")
_MOST_ALIKE = 8  # keys of one name that are told apart by underscores
_CALL_KEYS = {"id", "type", "function"}
TYPE_KEYS = ("type", "kind", "block_type", "part_kind")
# Words for calls and results, which say no more than what has been made of them.
_TYPE_WORDS = frozenset(
    ("function", "tool_call", "tool_use", "toolUse", "tool-call", "toolCall", "function_call",
     "custom_tool_call", "tool_call_chunk", "tool_call_response", "tool_result", "toolResult",
     "tool-result", "tool-return", "function_call_output", "custom_tool_call_output",
     "function_response", "tool")
)  # fmt: skip
_SCHEMA_KEYS = (
    "parameters", "input_schema", "inputSchema", "parameters_json_schema", "parametersJsonSchema",
    "arguments",
)  # fmt: skip


def json_text(value: Json) -> str:
    """Return *value* as compact JSON text; a string is returned as it is, None as ``""``."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # nested deeper, or a number longer, than orjson takes
        try:
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
        except (RecursionError, TypeError, ValueError):
            return f"<not serializable {type(value).__name__}>"


def unless_empty(value: JsonObject, known: Iterable[str]) -> JsonObject:
    """Return what *value* says beyond the *known* keys; None, [] and {} say nothing."""
    return {
        key: item
        for key, item in value.items()
        if key not in known and item is not None and item != [] and item != {}
    }


def beside_call(value: JsonObject, known: Iterable[str]) -> JsonObject:
    """Return what a call or a result says beyond the *known* keys and beyond that it is one."""
    rest = unless_empty(value, known)
    for key in TYPE_KEYS:
        word = rest.get(key)
        if word.__class__ is str and word in _TYPE_WORDS:
            del rest[key]
    return rest


def together(told: JsonObject, more: JsonObject) -> JsonObject:
    """Add *more* to *told* and return it; what is told differently gets a key of its own."""
    for key, value in more.items():
        for _ in range(_MOST_ALIKE):
            if key not in told or told[key] == value:
                break
            key += "_"
        else:  # one by one would take ever longer
            key += str(len(told))
            while key in told:
                key += "_"
        told[key] = value
    return told


def first_of(value: JsonObject, keys: Iterable[str]) -> tuple[str, Json]:
    """Return the first of *keys* whose value is not None, with it; ``("", None)`` if none is."""
    for key in keys:
        found = value.get(key)
        if found is not None:
            return key, found
    return "", None


def tool_call(id: Json, name: Json, arguments: Json) -> JsonObject:
    """Return a tool call; arguments that are no text become JSON text, None becomes ``"{}"``."""
    return {
        "id": id if id is None or isinstance(id, str) else json_text(id),
        "type": "function",
        "function": {
            "name": json_text(name),
            "arguments": "{}" if arguments is None else json_text(arguments),
        },
    }


def call_of(part: JsonObject) -> JsonObject:
    """Return the tool call that *part* is, in whose words ever; what does not fit is in extras."""
    function = part.get("function")
    inner = function if isinstance(function, dict) else part
    if part.keys() <= _CALL_KEYS and len(part) == 3 and isinstance(function, dict):
        arguments = function.get("arguments")
        if part["type"] == "function" and isinstance(arguments, str) and len(function) == 2:
            return part
    id_key, call_id = first_of(part, _ID_KEYS)
    name_key, name = first_of(inner, _NAME_KEYS)
    arguments_key, arguments = first_of(inner, _ARGUMENT_KEYS)
    call = tool_call(call_id, name, arguments)
    known = {id_key} | ({"extras"} if isinstance(part.get("extras"), dict) else set())
    extras = beside_call(inner, {name_key, arguments_key} | (known if inner is part else set()))
    if inner is not part:
        together(extras, beside_call(part, known | {"function"}))
    if isinstance(part.get("extras"), dict):
        together(extras, part["extras"])
    if extras:
        call["extras"] = extras
    return call


def calls_of(value: Json) -> list[JsonObject]:
    """Return the tool calls in a list, in JSON text of one, or in an array of JSON texts."""
    found = parsed_json(value)
    if isinstance(found, dict):
        found = [found]
    if not isinstance(found, list):
        return []
    calls: list[JsonObject] = []
    for item in found:
        call = parsed_json(item)
        calls.append(call_of(call) if isinstance(call, dict) else tool_call(None, "", item))
    return calls


def tools_of(value: Json) -> list[JsonObject] | None:
    """Return tool definitions as OpenAI's list, from any provider's shape; None if there is none.

    None also where anything but objects is among them: then it is a list of something else.
    Tools that run at the provider, and whatever is not understood, stay as they are.
    """
    found = parsed_json(value)
    if isinstance(found, dict):
        found = [found]
    if not isinstance(found, list):
        return None
    tools: list[JsonObject] = []
    for item in found:
        tool = parsed_json(item)
        if isinstance(tool, dict):
            tools += _definitions(tool)
        elif item is not None:
            return None
    return tools or None


def _definitions(tool: JsonObject) -> list[JsonObject]:
    for key in ("function_declarations", "functionDeclarations"):
        given = tool.get(key)
        many = tools_of(given) or (None if given else []) if isinstance(given, list) else None
        if many is not None:  # Gemini: one tool holds many functions
            rest = {k: v for k, v in tool.items() if k != key and v is not None}
            return many + ([rest] if rest else [])
    if isinstance(tool.get("toolSpec"), dict):  # Bedrock
        around = {key: item for key, item in tool.items() if key != "toolSpec"}
        return [_definition(together(dict(tool["toolSpec"]), around))]
    return [_definition(tool)]


def _definition(tool: JsonObject) -> JsonObject:
    if isinstance(tool.get("function"), dict):
        return tool if "type" in tool else {"type": "function", **tool}
    if tool.get("type") not in (None, "function") or "name" not in tool:
        return tool
    schema_key, schema = first_of(tool, _SCHEMA_KEYS)
    schema = parsed_json(schema) if isinstance(schema, str) else schema
    if isinstance(schema, dict) and len(schema) == 1 and isinstance(schema.get("json"), dict):
        schema = schema["json"]  # Bedrock wraps it once more
    function: JsonObject = {"name": tool["name"]}
    if tool.get("description") is not None:
        function["description"] = tool["description"]
    if schema_key:
        function["parameters"] = schema if schema is not None else tool[schema_key]
    function |= unless_empty(tool, {"type", "name", "description", schema_key, "toolSpec"})
    return {"type": "function", "function": function}
