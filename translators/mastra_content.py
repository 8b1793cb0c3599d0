"""What went into an operation of Mastra, and what came out of it.

Source: https://github.com/mastra-ai/mastra, ``observability/otel-exporter`` 0.3, 1.0 and 1.4, and
``@mastra/core`` of the same time.
"""

from translators.attributes import json_or_text, parsed_json, strings
from translators.base import Draft
from translators.messages import message_like, normal_messages, outputs_of, with_system
from translators.span import Json, JsonObject
from translators.tools import calls_of, json_text, together, unless_empty
from translators.vercel_parts import opened_parts

_SYSTEM, _REASONS = "gen_ai.system_instructions", "gen_ai.response.finish_reasons"
# Beside ``mastra.<type>.input`` and ``.output``: in order, the newest first.
_INPUTS = ("gen_ai.tool.call.arguments", "gen_ai.tool.input", "gen_ai.prompt", "input")
_OUTPUTS = ("gen_ai.tool.call.result", "gen_ai.tool.output", "gen_ai.completion", "output")
_TALKS = frozenset({"agent_run", "model_generation", "llm_generation", "model_step"})
_ANSWER = ("text", "reasoning", "files", "toolCalls")
# Attributes that are read here, for the documentation of the dialect.
READ = {
    "mastra.*": "inputs, outputs (those that end in .input, .output)",
    **dict.fromkeys(_INPUTS, "inputs"),
    **dict.fromkeys(_OUTPUTS, "outputs"),
    _SYSTEM: "inputs (messages)",
}


def say_content(kind: str, attributes: JsonObject, draft: Draft, *, tool: bool) -> None:
    """Say the inputs and outputs of an operation.

    Args:
        kind: Mastra's word for it, such as ``agent_run``.
        attributes: those of the span.
        draft: gets ``inputs`` and ``outputs``; raw ones where they are no conversation.
        tool: it is a call of a tool.
    """
    keys = _keys(attributes, (f"mastra.{kind}.input", *_INPUTS))
    if keys:
        _say_inputs(kind, keys, attributes, draft, tool)
    keys = _keys(attributes, (f"mastra.{kind}.output", *_OUTPUTS))
    if keys:
        found = json_or_text(attributes[keys[0]])
        if tool:
            draft.say("outputs", {"output": found}, *keys)
        elif kind in _TALKS and _is_answer(found):
            outputs = _answer(found, strings(attributes.get(_REASONS)) or [])
            _say_both("outputs", outputs, keys, attributes, draft)
        else:
            draft.say("raw_outputs", found, *keys)


def _keys(attributes: JsonObject, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the first of the attributes that is there, and those that repeat it."""
    there = [name for name in names if name in attributes]
    return tuple(name for name in there if attributes[name] == attributes[there[0]])


def _say_inputs(
    kind: str, keys: tuple[str, ...], attributes: JsonObject, draft: Draft, tool: bool
) -> None:
    value = attributes[keys[0]]
    found = json_or_text(value)
    if tool:
        draft.say("inputs", found if isinstance(found, dict) else {"input": found}, *keys)
        return
    talk = _conversation(found) if kind in _TALKS else None
    if talk is None:
        draft.say("raw_inputs", found, *keys)
        return
    messages, rest, whole = talk
    if not whole:
        keys = ()
    if _SYSTEM in attributes:
        messages = with_system(json_or_text(attributes[_SYSTEM]), messages)
        keys = (*keys, _SYSTEM)
    _say_both("inputs", {"messages": messages, **rest}, keys, attributes, draft)


def _say_both(
    side: str, value: JsonObject, keys: tuple[str, ...], attributes: JsonObject, draft: Draft
) -> None:
    draft.say(side, value, *keys)
    if side[:-1] in attributes:
        # Versions before 1 repeat both sides under plain names, which would be taken for the
        # user's own values.
        draft.say(f"raw_{side}", value, *keys)


def _conversation(found: Json) -> tuple[list[JsonObject], JsonObject, bool] | None:
    """Return messages, what stands beside them, and whether each of their leaves is there.

    None for what is no conversation. The body of a request, which the steps of versions before
    1.4 have, is in the words of the provider.
    """
    if isinstance(found, str):
        return [{"role": "user", "content": found}], {}, True
    rest: JsonObject = {}
    body = parsed_json(found.get("body")) if isinstance(found, dict) else None
    if isinstance(body, dict):
        rest = {key: item for key, item in found.items() if key != "body"}
        word = "messages" if message_like(body.get("messages")) else "input"
        found, around = body.get(word), {key: body[key] for key in body if key != word}
        rest |= {"body": around} if around else {}
    elif isinstance(found, dict):
        rest = {key: item for key, item in found.items() if key != "messages"}
        found = found.get("messages")
    if not isinstance(found, list) or not message_like(found):
        return None
    opened, whole = opened_parts(found)
    return normal_messages(opened, "user") or [], rest, whole


def _is_answer(found: Json) -> bool:
    return isinstance(found, dict) and not found.keys().isdisjoint((*_ANSWER, "object"))


def _answer(found: JsonObject, reasons: list[str]) -> JsonObject:
    """Return text, reasoning, files and tool calls as the one message that they are together."""
    rest = unless_empty(found, _ANSWER)
    reasoning, text = found.get("reasoning"), found.get("text")
    parts: list[Json] = []
    if isinstance(reasoning, list):
        parts += [_unwrapped(item, "reasoning") for item in reasoning]
    elif reasoning is not None:
        parts.append({"type": "reasoning", "text": reasoning})
    if text is None and rest.get("object") is not None:
        text = json_text(rest["object"])
    if text is not None:
        parts.append({"type": "text", "text": text})
    files, calls = found.get("files"), found.get("toolCalls")
    for name, given in (("files", files), ("toolCalls", calls)):
        if given is not None and not isinstance(given, list):
            rest[name] = given
    if isinstance(files, list):
        parts += [_unwrapped(item, "file") for item in files]
    message: JsonObject = {"role": "assistant", "content": parts}
    if isinstance(calls, list):
        message["tool_calls"] = calls_of([_unwrapped(call, "tool-call") for call in calls])
    messages = normal_messages([message], "assistant") or []
    return together(outputs_of(messages, reasons=reasons), rest)


def _unwrapped(item: Json, kind: str) -> Json:
    """Return a part without the envelope of a streamed chunk; text as a part of that kind."""
    if isinstance(item, str) and kind == "reasoning":
        return {"type": kind, "text": item}
    if not isinstance(item, dict):
        return item
    payload = item.get("payload")
    if not isinstance(payload, dict):
        return {"type": kind, **item}
    around = {key: item[key] for key in item if key != "payload"}
    return {"type": kind, **together(dict(payload), around)}
