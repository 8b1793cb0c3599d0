"""The parts of a message, in whose words ever, as blocks, tool calls and tool results.

Source: OpenTelemetry "Semantic conventions for generative AI", message JSON schemas; the message
formats of OpenAI (chat and Responses), Anthropic, Bedrock, Gemini, LangChain and the Vercel AI SDK.
"""

from collections.abc import Callable
from typing import TypeAlias

from translators.attributes import parsed_json
from translators.media import media_block
from translators.span import Json, JsonObject
from translators.tools import (
    TYPE_KEYS,
    beside_call,
    call_of,
    first_of,
    json_text,
    together,
    unless_empty,
)

BLOCK, CALL, RESULT = "block", "call", "result"

# What a part became: which of the three words above, and the block, tool call or tool message.
Read: TypeAlias = tuple[str, JsonObject]

_RESULT_ID_KEYS = (
    "tool_call_id", "tool_use_id", "toolCallId", "toolUseId", "call_id", "id", "ref",
)  # fmt: skip
_RESULT_KEYS = ("response", "result", "output", "content", "contents", "text")
_NAMES = ("name", "toolName", "tool_name")
_ERRORS = ("error-text", "error-json", "execution-denied")
_WRAPPED = (None, "text", "json", "content", *_ERRORS)
_TEXTS = ("text", "input_text", "output_text", "summary_text", "reasoning_text")


def read_part(part: Json) -> Read | None:
    """Return what one part is; None for a part that says nothing, such as text not captured."""
    if isinstance(part, str):
        return BLOCK, {"type": "text", "text": part}
    if not isinstance(part, dict):
        return None if part is None else (BLOCK, {"type": "text", "text": json_text(part)})
    reader = reader_of(part)
    return (BLOCK, part) if reader is None else reader(part)


def block_of(part: Json) -> JsonObject | None:
    """Return the block of a part; calls and results, which are no blocks, are kept verbatim."""
    read = read_part(part)
    if read is None:
        return None
    kind, value = read
    return value if kind == BLOCK else part


def is_part(value: Json) -> bool:
    """Tell whether *value* is a part that is understood."""
    return isinstance(value, dict) and reader_of(value) is not None


def parts_in(value: Json) -> list[Json] | None:
    """Return the parts in JSON text of a list of parts; None for any other text.

    Text of a user may look like JSON and has to stay text, so every item must be a part.
    """
    if not isinstance(value, str) or value[:1] != "[":
        return None
    found = parsed_json(value)
    if not isinstance(found, list) or not found or not all(is_part(item) for item in found):
        return None
    return found


def reader_of(part: JsonObject) -> Callable[[JsonObject], Read | None] | None:
    """Return who reads this part: by its type, else by the one key that names what it is."""
    for key in TYPE_KEYS:
        word = part.get(key)
        if isinstance(word, str):
            reader = _BY_TYPE.get(word)
            if reader is None and word.endswith("_call"):
                reader = _server_call  # OpenAI Responses: web_search_call, computer_call, ...
            elif reader is None and word.endswith(("_tool_result", "_call_output")):
                reader = _server_result
            return reader
    if part.get("thought") is True and isinstance(part.get("text"), str):
        return _reasoning
    for key, value in part.items():
        reader = _BY_KEY.get(key)
        if reader is not None and isinstance(value, str if key in _TEXT_KEYS else dict):
            return reader
    return None


def result_text(value: Json) -> str:
    """Return a tool's result as text: text as it is, text blocks joined, all else as JSON text."""
    if isinstance(value, dict) and "value" in value and value.keys() <= {"type", "value"}:
        value = value["value"] if value.get("type") in _WRAPPED else value  # Vercel wraps it
    if isinstance(value, list) and value:
        if all(_is_text(item) for item in value):
            return "\n".join(item["text"] for item in value)
        if len(value) == 1 and isinstance(value[0], dict) and value[0].keys() == {"json"}:
            value = value[0]["json"]  # Bedrock wraps the result
    return json_text(value)


def _is_text(item: Json) -> bool:
    return isinstance(item, dict) and isinstance(item.get("text"), str) and _is_plain(item)


def _is_plain(item: JsonObject) -> bool:
    """Tell whether a part says nothing beside its text."""
    return item.keys() <= {"type", "text"} and item.get("type", "text") in _TEXTS


def _with_extras(block: JsonObject, part: JsonObject, *known: str) -> Read:
    given = part.get("extras")
    extras = unless_empty(part, (*known, "extras") if isinstance(given, dict) else known)
    if extras.get("type").__class__ is str:
        del extras["type"]
    for key in TYPE_KEYS:
        if extras.get(key) == block["type"]:
            del extras[key]
    if isinstance(given, dict):
        together(extras, given)
    if extras:
        block["extras"] = extras
    return BLOCK, block


def _text(part: JsonObject) -> Read | None:
    key, text = first_of(part, ("text", "content", "value"))
    if text is None:
        return (BLOCK, part) if unless_empty(part, TYPE_KEYS) else None
    if not isinstance(text, str):
        return BLOCK, part
    block = {"type": "text", "text": text}
    if len(part) == 2 and part.get("type").__class__ is str:
        return BLOCK, block
    return _with_extras(block, part, key)


def _reasoning(part: JsonObject) -> Read:
    # Bedrock's, once or twice; Strands makes a type of the key.
    around = "reasoningContent" if "reasoningContent" in part else "content"
    wrapped = part.get(around)
    if isinstance(wrapped, dict):
        beside = {key: part[key] for key in part if key not in (around, *TYPE_KEYS)}
        part = together(dict(wrapped), beside)
    if isinstance(part.get("reasoningText"), dict):
        beside = {key: part[key] for key in part if key != "reasoningText"}
        part = together(dict(part["reasoningText"]), beside)
    key, said = first_of(part, ("text", "content", "thinking", "reasoning", "summary"))
    text = _thoughts(said)
    known = () if text is None else (key,)
    block = {"type": "reasoning", "text": text or ""}
    return _with_extras(block, part, *known, *(("thought",) if part.get("thought") is True else ()))


def _thoughts(said: Json) -> str | None:
    """Return reasoning as one text, from text, from summaries, or from JSON text of these."""
    if isinstance(said, str):
        parts = parts_in(said)
        return said if parts is None else _thoughts(parts)
    if not isinstance(said, list) or not said:
        return None
    plain = all(isinstance(item, dict) and "text" in item and _is_plain(item) for item in said)
    return "\n\n".join(json_text(item["text"]) for item in said) if plain else None


def _call(part: JsonObject) -> Read:
    if part.get("builtin") is True:
        return _server_call(part)
    wrapper = next((key for key in _CALL_WRAPPERS if isinstance(part.get(key), dict)), None)
    call = call_of(part if wrapper is None else part[wrapper])
    if wrapper is not None:
        rest = beside_call(part, (wrapper,))
        if rest:
            call["extras"] = together(dict(call.get("extras", {})), rest)
    return CALL, call


def _result(part: JsonObject) -> Read:
    if part.get("builtin") is True:
        return _server_result(part)
    wrapper = next((key for key in _RESULT_WRAPPERS if isinstance(part.get(key), dict)), None)
    inner = part if wrapper is None else part[wrapper]
    id_key, call_id = first_of(inner, _RESULT_ID_KEYS)
    name_key, name = first_of(inner, _NAMES)
    key, value = first_of(inner, _RESULT_KEYS)
    message: JsonObject = {"role": "tool", "content": result_text(value)}
    if call_id is not None:
        message["tool_call_id"] = json_text(call_id)
    if isinstance(name, str):
        message["name"] = name
    else:
        name_key = ""
    rest = beside_call(inner, (id_key, name_key, key))
    if wrapper is not None:
        together(rest, beside_call(part, (wrapper,)))
    failed = rest.get("is_error") is True or rest.get("isError") is True
    if failed or (isinstance(value, dict) and value.get("type") in _ERRORS):
        rest["status"] = "error"
    if rest:
        message["additional_kwargs"] = rest
    return RESULT, message


def _server_call(part: JsonObject) -> Read:
    code = part.get("executable_code", part.get("executableCode"))
    if isinstance(code, dict):
        block = {"type": "server_tool_call", "id": None, "name": "code_execution", "args": code}
        return _with_extras(block, part, "executable_code", "executableCode")
    word = part.get("type")
    id_key, call_id = first_of(part, ("id", "toolCallId", "call_id"))
    name_key, name = first_of(part, _NAMES)
    if name is None and isinstance(word, str) and word not in _BY_TYPE:
        name = word.removesuffix("_call")
    keys = ("server_tool_call", "args", "arguments", "input", "action", "queries", "code")
    args_key, args = first_of(part, keys)
    block = {"type": "server_tool_call", "id": call_id, "name": name, "args": args}
    return _with_extras(block, part, id_key, name_key, args_key)


def _server_result(part: JsonObject) -> Read:
    code = part.get("code_execution_result", part.get("codeExecutionResult"))
    if isinstance(code, dict):
        block = {"type": "server_tool_result", "tool_call_id": None, "output": code}
        return _with_extras(block, part, "code_execution_result", "codeExecutionResult")
    id_key, call_id = first_of(part, _RESULT_ID_KEYS)
    key, output = first_of(part, ("server_tool_call_response", *_RESULT_KEYS))
    block = {"type": "server_tool_result", "tool_call_id": call_id}
    status = part.get("status")
    if status is not None:
        block["status"] = status
    block["output"] = output
    return _with_extras(block, part, id_key, key, "status")


def _media(part: JsonObject) -> Read | None:
    return BLOCK, media_block(part)


def _verbatim(part: JsonObject) -> Read:
    return BLOCK, part


_CALL_WRAPPERS = ("toolUse", "function_call", "functionCall", "toolRequest")
_RESULT_WRAPPERS = ("toolResult", "function_response", "functionResponse", "toolResponse")

_BY_TYPE: dict[str, Callable[[JsonObject], Read | None]] = {
    **dict.fromkeys(("text", "input_text", "output_text", "summary_text"), _text),
    **dict.fromkeys(("reasoning_text",), _text),
    **dict.fromkeys(
        ("reasoning", "thinking", "redacted_thinking", "redacted-reasoning", "reasoningContent"),
        _reasoning,
    ),
    **dict.fromkeys(
        ("tool_call", "tool_use", "toolUse", "tool-call", "function_call", "function",
         "custom_tool_call", "tool_call_chunk"),
        _call,
    ),
    **dict.fromkeys(
        ("tool_call_response", "tool_result", "toolResult", "tool-result", "tool-return",
         "function_call_output", "custom_tool_call_output", "function_response"),
        _result,
    ),
    **dict.fromkeys(("server_tool_call", "server_tool_use"), _server_call),
    **dict.fromkeys(("server_tool_call_response", "server_tool_result"), _server_result),
    **dict.fromkeys(
        ("blob", "uri", "file", "image", "audio", "video", "document", "image_url", "input_image",
         "input_file", "image-url", "audio-url", "video-url", "document-url", "binary", "media"),
        _media,
    ),
    **dict.fromkeys(("input_audio", "refusal", "compaction"), _verbatim),
}  # fmt: skip

_TEXT_KEYS = ("text", "reasoning")

# Parts that say what they are by a key, not by a type (Bedrock, Gemini, Genkit).
_BY_KEY: dict[str, Callable[[JsonObject], Read | None]] = {
    **dict.fromkeys(_CALL_WRAPPERS, _call),
    **dict.fromkeys(_RESULT_WRAPPERS, _result),
    "reasoningContent": _reasoning,
    **dict.fromkeys(("executable_code", "executableCode"), _server_call),
    **dict.fromkeys(("code_execution_result", "codeExecutionResult"), _server_result),
    **dict.fromkeys(
        ("inline_data", "inlineData", "file_data", "fileData", "image", "document", "video",
         "audio", "media"),
        _media,
    ),
    **dict.fromkeys(
        ("cachePoint", "guardContent", "citationsContent", "searchResult", "interruptResponse"),
        _verbatim,
    ),
    "text": _text,
    "reasoning": _reasoning,
}  # fmt: skip
