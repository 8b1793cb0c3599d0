"""Pipecat: turns of a conversation by voice, and what its services did in them.

Source: https://github.com/pipecat-ai/pipecat, ``src/pipecat/utils/tracing``, and spans of 1.14.
"""

from collections.abc import Mapping

from translators.attributes import (
    Table,
    flag,
    json_list,
    json_object,
    json_or_text,
    number,
    strings,
    text,
)
from translators.base import Draft, Signature
from translators.chat_content import SYSTEM
from translators.genai_table import given
from translators.messages import message_like, normal_messages, outputs_of, with_system
from translators.parts import parts_in
from translators.run import RunType
from translators.span import Json, JsonObject, Span
from translators.tools import tool_call, tools_of

_OPERATION, _TTFB = "gen_ai.operation.name", "metrics.ttfb"
_RUN_TYPES: dict[str, RunType] = {
    "llm_setup": "chain",
    "llm_request": "chain",
    "llm_response": "llm",
    "llm_tool_call": "tool",
    "llm_tool_result": "tool",
}
_ANSWERS = ("output", "text_output")


def _tools(value: Json) -> list[JsonObject] | None:
    """Return tool definitions, also those whose schema is not wrapped as one."""
    found = json_list(value)
    if found is None:
        return None
    return tools_of([_whole(item) if isinstance(item, dict) else item for item in found])


def _whole(tool: JsonObject) -> JsonObject:
    if "properties" not in tool:
        return tool
    schema = {key: tool[key] for key in ("properties", "required") if key in tool}
    rest = {key: value for key, value in tool.items() if key not in schema}
    return {**rest, "parameters": {"type": "object", **schema}}


TABLE = Table(
    {
        "tools": ("params.tools", _tools),
        "tools.definitions": ("params.tools", _tools),
        "tool_choice": ("params.tool_choice", json_or_text),
        "stream": ("params.stream", flag),
        "voice_id": ("params.voice_id", text),
        "language": ("params.language", text),
        "param.*": ("params.*", given),
        "extra.*": ("params.*", given),
        "settings.*": ("params.*", given),
        "response.id": ("metadata.response_id", text),
        "tool.function_name": ("metadata.tool_name", text),
        "tool.call_id": ("metadata.tool_call_id", text),
    }
)


class Pipecat:
    """Reads the spans of Pipecat."""

    name = "pipecat"
    table = TABLE
    also: Mapping[str, str] = {
        "input": "inputs (messages)",
        SYSTEM: "inputs (messages)",
        "instructions": "inputs (messages)",
        "output": "outputs (messages)",
        "text_output": "outputs (messages)",
        "transcript": "outputs (messages)",
        "function_calls.all_names": "outputs (messages)",
        "function_calls.first_name": "outputs (messages)",
        "text": "inputs",
        "tool.arguments": "inputs",
        "tool.result": "outputs",
        "tool.result_status": "error",
        _TTFB: "first_token_ns",
    }

    def speaks(self, signature: Signature) -> bool:
        """Tell whether the scope is Pipecat's, or that of its turns."""
        return signature.scope in ("pipecat", "pipecat.turn")

    def translate(self, span: Span) -> Draft | None:
        """Return what the span says in Pipecat's words."""
        attributes, draft = span.attributes, Draft()
        TABLE.read(attributes, draft)
        operation = attributes.get(_OPERATION, span.name)
        draft.say("run_type", _RUN_TYPES.get(operation) if isinstance(operation, str) else None)
        if operation in ("conversation", "turn"):
            draft.say("kind", operation)
        elif operation in ("llm_tool_call", "llm_tool_result"):
            _say_tool(attributes, draft)
        elif operation == "stt":
            _say_heard(attributes, draft)
        elif operation == "tts":
            if isinstance(attributes.get("text"), str):
                draft.say("inputs", {"text": attributes["text"]}, "text")
        else:
            _say_messages(attributes, draft)
        seconds = number(attributes.get(_TTFB))
        if seconds is not None:
            draft.say("first_token_ns", span.start_ns + round(seconds * 1e9))
        return draft if draft.said else None


def _say_messages(attributes: JsonObject, draft: Draft) -> None:
    found = json_list(attributes.get("input"))
    messages = normal_messages(found, "user") if found else None
    keys: tuple[str, ...] = ("input",) if messages else ()
    for key in (SYSTEM, "instructions"):
        if key in attributes:
            messages = with_system(json_or_text(attributes[key]), messages or [])
            keys += (key,)
    draft.say("inputs", {"messages": messages} if messages else None, *keys)
    for key in _ANSWERS:
        if key in attributes:
            draft.say("outputs", _answer(attributes[key]), key)
    if flag(attributes.get("transcript.is_input")) is True:
        _say_heard(attributes, draft)
    else:
        draft.say("outputs", _answer(attributes.get("transcript")), "transcript")
        _say_calls(attributes, draft)


def _say_calls(attributes: JsonObject, draft: Draft) -> None:
    """Say which functions the model called, where nothing but their names is told."""
    names = strings(attributes.get("function_calls.all_names"))
    names = names or strings(attributes.get("function_calls.first_name"))
    if names:
        calls = [tool_call(None, name, "") for name in names]
        message = {"role": "assistant", "content": None, "tool_calls": calls}
        draft.say("outputs", outputs_of([message]))


def _answer(value: Json) -> JsonObject | None:
    if value is None or value == "":
        return None
    found = json_or_text(value)
    if isinstance(found, dict) and (message_like([found]) or "tool_calls" in found):
        answer = {"role": "assistant", **found}
    else:
        answer = {"role": "assistant", "content": parts_in(value) or value}
    return outputs_of(normal_messages([answer], "assistant") or [])


def _say_heard(attributes: JsonObject, draft: Draft) -> None:
    """Say what a person said, as heard: that is the output of a recognition of speech."""
    transcript = attributes.get("transcript")
    if isinstance(transcript, str):
        message = {"role": "user", "content": transcript}
        draft.say("outputs", {"messages": [message]}, "transcript")


def _say_tool(attributes: JsonObject, draft: Draft) -> None:
    name = draft.said.get("metadata.tool_name", (None,))[0]
    draft.say("name", name)
    draft.say("params.tool_name", name)
    arguments = json_or_text(attributes.get("tool.arguments"))
    if arguments is not None:
        inputs = arguments if isinstance(arguments, dict) else {"input": arguments}
        draft.say("inputs", inputs, "tool.arguments")
    result = json_or_text(attributes.get("tool.result"))
    if result is not None:
        draft.say("outputs", {"output": result}, "tool.result")
    if attributes.get("tool.result_status") == "error":
        draft.say("error", text((json_object(result) or {}).get("error")) or "")
