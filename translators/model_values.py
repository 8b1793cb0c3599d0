"""Whole requests to model providers, and whole answers, as the two sides of a model's run.

Source: API references of OpenAI (Chat Completions, Responses, Embeddings), Anthropic (Messages),
Gemini, Bedrock (Converse), Mistral and Cohere; LangChain's and LlamaIndex's result objects.
"""

from translators.attributes import parsed_json, text
from translators.envelopes import is_message
from translators.messages import (
    beside_messages,
    message_like,
    normal_messages,
    outputs_of,
    with_system,
)
from translators.parts import is_part
from translators.remains import is_secret
from translators.span import Json, JsonObject
from translators.tools import together, tools_of

_CONVERSATIONS = ("messages", "contents", "input", "prompt", "prompts", "inputs")
_SYSTEMS = ("system", "system_instruction", "systemInstruction", "instructions", "preamble")
_TOOLS = ("tools", "functions", "toolConfig", "tool_config")
# Objects in a request whose members are parameters.
_CONFIGS = (
    "config", "generation_config", "generationConfig", "inferenceConfig", "inference_config",
    "options",
)  # fmt: skip
_HEADERS = ("extra_headers", "headers", "default_headers")
_MODELS = ("model", "modelId", "model_id", "model_name", "model_version", "modelVersion")
_USAGES = ("usage", "usage_metadata", "usageMetadata", "token_usage")
_TEXT = {"role", "content"}


class Request:
    """What a request to a model says.

    Attributes:
        inputs: the content: ``messages`` in normal form, or the ``input`` or ``prompt`` as it is.
        tools: in OpenAI's form; None where none are offered.
        rest: every other key of the request, configurations opened.
    """

    __slots__ = ("inputs", "rest", "tools")

    def __init__(
        self, inputs: JsonObject, tools: list[JsonObject] | None, rest: JsonObject
    ) -> None:
        self.inputs = inputs
        self.tools = tools
        self.rest = rest


def request_of(value: JsonObject, *, embedding: bool = False) -> Request | None:
    """Return what a request says, together all of it; None where it holds no content.

    Args:
        value: the request's body, or the keyword arguments of the call.
        embedding: what goes in is no conversation, but texts.
    """
    key = next((key for key in _CONVERSATIONS if value.get(key) is not None), "")
    if not key:
        return None
    rest = dict(value)
    content = rest.pop(key)
    for name in _CONFIGS:
        if isinstance(rest.get(name), dict) and rest[name].keys().isdisjoint(rest):
            rest |= rest.pop(name)
    if embedding:
        return Request({"input": content}, None, _without_secrets(rest))
    messages = messages_of(content, "user")
    if messages is None:
        inputs: JsonObject = {key: content}
    elif isinstance(content, str) and key == "prompt":
        inputs = {"prompt": content}
    else:
        for name in _SYSTEMS:
            if rest.get(name):
                messages = with_system(rest.pop(name), messages)
        inputs = {"messages": messages, **beside_messages(content)}
    return Request(inputs, _pop_tools(rest), _without_secrets(rest))


def answer_of(value: Json) -> tuple[JsonObject | None, JsonObject]:
    """Return the outputs of a model call, and its usage object, {} where there is none.

    The outputs have ``messages`` or ``choices``; what else an answer says stands beside these,
    but for the usage. None where there is no message to be seen.
    """
    if isinstance(value, str):
        known = text(value) is not None and not _is_repr(value)
        return ({"messages": [{"role": "assistant", "content": value}]} if known else None), {}
    if isinstance(value, list):
        messages = messages_of(value, "assistant")
        # Texts and whole messages are choices; items of another kind are those of one answer.
        turn = not (message_like(value) or all(isinstance(item, str) for item in value))
        return (None if messages is None else outputs_of(messages, turn=turn)), {}
    if not isinstance(value, dict):
        return None, {}
    rest = {key: item for key, item in value.items() if item is not None}
    if isinstance(value.get("type"), str) and value["type"] != "message" and is_part(value):
        return {"messages": normal_messages([value], "assistant")}, {}
    messages, turn = _answers(rest)
    if not messages or "messages" in rest or "choices" in rest:
        return None, {}
    usage: JsonObject = {}
    for key in _USAGES:
        if isinstance(rest.get(key), dict):
            usage = rest[key]
            if key == "usage_metadata":
                # LangSmith would read it as its own.
                rest["usage"] = rest.pop(key)
            break
    return {**rest, **outputs_of(messages, turn=turn)}, usage


def messages_of(value: Json, role: str) -> list[JsonObject] | None:
    """Return the messages of one side of a model call; None where *value* holds none.

    Texts in a list are answers, one beside the other; as what was asked they are no conversation.
    """
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return [{"role": role, "content": item} for item in value] if role != "user" else None
    return normal_messages(value, role) or None


def texts_of(value: Json) -> JsonObject | None:
    """Return the inputs of an embedding whose texts come as if they were messages; else None."""
    found = parsed_json(value)
    messages = normal_messages(found, "user") if isinstance(found, list) else None
    texts = [m["content"] for m in messages or [] if m.keys() == _TEXT and m["role"] == "user"]
    if not messages or len(texts) < len(messages) or not all(isinstance(t, str) for t in texts):
        return None
    return {"input": texts[0] if len(texts) == 1 else texts}


def model_of(value: JsonObject) -> str | None:
    """Return the model that a request asks for, or that an answer names."""
    return next((found for key in _MODELS if (found := text(value.get(key)))), None)


def _answers(rest: JsonObject) -> tuple[list[JsonObject] | None, bool]:
    """Take the messages out of *rest*; True where they follow each other in one turn."""
    choices = rest.get("choices")
    if isinstance(choices, list) and choices:
        texts = [isinstance(c, dict) and isinstance(c.get("text"), str) for c in choices]
        if all(texts) and not any("message" in choice for choice in choices):
            return None, False
        del rest["choices"]
        numbered = [_unnumbered(choice, at) for at, choice in enumerate(choices)]
        return normal_messages(numbered, "assistant"), False
    candidates = rest.get("candidates")
    if isinstance(candidates, list) and candidates:
        del rest["candidates"]
        return [m for at, c in enumerate(candidates) for m in _candidate(c, at)], False
    for key in ("output", "message"):
        inner = rest.get(key)
        if isinstance(inner, dict) and isinstance(inner.get("message"), dict):
            rest |= {k: v for k, v in inner.items() if k != "message" and k not in rest}
            inner = inner["message"]
        if isinstance(inner, dict) and is_message(inner):
            del rest[key]
            reason = rest.pop("stopReason", None)
            if reason is not None:
                inner = {**inner, "finish_reason": reason}
            return normal_messages([inner], "assistant"), True
        if isinstance(inner, list) and inner and key == "output":
            return normal_messages(rest.pop(key), "assistant"), True
    for key in ("messages", "generations"):
        if isinstance(rest.get(key), list):
            return messages_of(rest.pop(key), "assistant"), key == "messages"
    own = {key: rest[key] for key in _OWN if key in rest}
    if is_message(own):
        for key in own:
            del rest[key]
        return normal_messages([own], "assistant"), True
    return None, False


_OWN = (
    "role", "content", "parts", "blocks", "tool_calls", "function_call", "stop_reason",
    "finish_reason", "refusal", "name", "kwargs", "lc", "additional_kwargs", "audio",
)  # fmt: skip


def _unnumbered(choice: Json, place: int) -> Json:
    """Return a choice without its number, where its place tells that."""
    if not isinstance(choice, dict) or choice.get("index") != place:
        return choice
    return {key: value for key, value in choice.items() if key != "index"}


def _candidate(candidate: Json, place: int) -> list[JsonObject]:
    """Return the message of one of Gemini's candidates."""
    candidate = _unnumbered(candidate, place)
    if not isinstance(candidate, dict) or not isinstance(candidate.get("content"), dict):
        return normal_messages([candidate], "assistant") or []
    around = {key: value for key, value in candidate.items() if key != "content"}
    message = together({"role": "model", **candidate["content"]}, around)
    return normal_messages([message], "assistant") or []


def _pop_tools(rest: JsonObject) -> list[JsonObject] | None:
    for key in _TOOLS:
        given = rest.get(key)
        if isinstance(given, dict) and isinstance(given.get("tools"), list) and len(given) == 1:
            given = given["tools"]
        tools = tools_of(given) if isinstance(given, list) else None
        if tools is not None:
            del rest[key]
            return tools
    return None


def _without_secrets(rest: JsonObject) -> JsonObject:
    for key in _HEADERS:
        given = rest.get(key)
        if isinstance(given, dict) and any(map(is_secret, given)):
            rest[key] = {k: "[redacted]" if is_secret(k) else v for k, v in given.items()}
    return rest


def _is_repr(value: str) -> bool:
    """Tell whether the text is only Python's word for an object, such as an unread stream."""
    return value[:1] == "<" and value[-1:] == ">" and " at 0x" in value
