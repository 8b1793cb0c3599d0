"""LiveKit Agents: ``lk.*``, and since 2026 ``lk.pii.*`` for what people said.

Source: https://github.com/livekit/agents, ``livekit/agents/telemetry``, and spans of 1.3 and 1.8.
"""

from collections.abc import Mapping

from translators.attributes import Table, flag, json_or_text, number, parsed_json, text
from translators.base import Draft, Signature
from translators.livekit_content import chat_context, response_message
from translators.livekit_usage import METRICS, REALTIME, say_metrics
from translators.messages import with_system
from translators.run import RunType
from translators.span import JsonObject, Span
from translators.tools import first_of, json_text

_SCOPE, _OPERATION = "livekit-agents", "gen_ai.operation.name"
_RESULT = "gen_ai.tool.call.result"


def _spellings(name: str) -> tuple[str, str]:
    return f"lk.pii.{name}", f"lk.{name}"


_USER_INPUT, _INSTRUCTIONS = _spellings("user_input"), _spellings("instructions")
_CHAT, _SPOKEN = _spellings("chat_ctx"), _spellings("input_text")
_TEXT, _CALLS = _spellings("response.text"), _spellings("response.function_calls")
_TRANSCRIPT = _spellings("user_transcript")
_ARGUMENTS, _OUTPUT = _spellings("function_tool.arguments"), _spellings("function_tool.output")
_DURATIONS = ("lk.response.ttft", "lk.response.ttfb")
_RUN_TYPES: dict[str, RunType] = {
    "llm_request": "llm",
    "realtime_inference": "llm",
    "user_turn": "llm",
    "tts_request": "llm",
    "function_tool": "tool",
    # What these say of a model, a span within them says of its call.
    "llm_request_run": "chain",
    "llm_fallback_adapter": "chain",
    "judge_evaluation": "chain",
}
_MODALITIES = {"user_turn": "stt", "tts_request": "tts"}

TABLE = Table(
    {
        "lk.function_tool.name": ("metadata.tool_name", text),
        "lk.function_tool.id": ("metadata.tool_call_id", text),
        "lk.pii.rpc.payload": ("raw_inputs", json_or_text),
        "lk.pii.rpc.response": ("raw_outputs", json_or_text),
    }
)


class LiveKit:
    """Reads the spans of LiveKit Agents, in both spellings."""

    name = "livekit"
    table = TABLE
    also: Mapping[str, str] = {
        **dict.fromkeys((*_USER_INPUT, *_INSTRUCTIONS, *_CHAT), "inputs (messages)"),
        **dict.fromkeys((*_SPOKEN, *_ARGUMENTS), "inputs"),
        **dict.fromkeys((*_TEXT, *_CALLS, *_TRANSCRIPT), "outputs (messages)"),
        **dict.fromkeys((*_OUTPUT, _RESULT), "outputs"),
        **dict.fromkeys(METRICS, "usage, model, provider, first_token_ns"),
        **dict.fromkeys(_DURATIONS, "first_token_ns"),
        "lk.function_tool.is_error": "error",
    }

    def speaks(self, signature: Signature) -> bool:
        """Tell whether the scope is that of LiveKit Agents, or an attribute is ``lk.*``."""
        return signature.scope == _SCOPE or "lk" in signature.namespaces

    def translate(self, span: Span) -> Draft | None:
        """Return what the span says in LiveKit's words."""
        attributes, draft, name = span.attributes, Draft(), span.name
        TABLE.read(attributes, draft)
        if REALTIME in attributes:
            draft.say("run_type", "llm")
        elif span.scope.name == _SCOPE:
            # Where a node calls a model by itself, its operation says so.
            plain = None if _OPERATION in attributes else "chain"
            draft.say("run_type", _RUN_TYPES.get(name, plain))
        if span.scope.name == _SCOPE:
            draft.say("kind", name)
            draft.say("metadata.ls_modality", _MODALITIES.get(name))
        if name in ("function_tool", "judge_evaluation"):
            _say_tool(attributes, draft)
        else:
            _say_inputs(attributes, draft)
            _say_outputs(attributes, draft)
        for key in _DURATIONS:
            seconds = number(attributes.get(key))
            if seconds is not None:
                draft.say("first_token_ns", span.start_ns + round(seconds * 1e9))
        say_metrics(span, draft)
        return draft if draft.said else None


def _say_inputs(attributes: JsonObject, draft: Draft) -> None:
    chat_key, chat = first_of(attributes, _CHAT)
    inputs = chat_context(chat)
    if inputs is not None:
        draft.say("inputs", inputs, chat_key)
        return
    input_key, asked = first_of(attributes, _USER_INPUT)
    system_key, system = first_of(attributes, _INSTRUCTIONS)
    messages: list[JsonObject] = []
    keys: list[str] = []
    if isinstance(asked, str) and asked:
        messages = [{"role": "user", "content": asked}]
        keys.append(input_key)
    if isinstance(system, str) and system:
        messages = with_system(system, messages)
        keys.append(system_key)
    if messages:
        draft.say("inputs", {"messages": messages}, *keys)
    spoken_key, spoken = first_of(attributes, _SPOKEN)
    if isinstance(spoken, str):
        draft.say("inputs", {"text": spoken}, spoken_key)


def _say_outputs(attributes: JsonObject, draft: Draft) -> None:
    text_key, said = first_of(attributes, _TEXT)
    calls_key, calls = first_of(attributes, _CALLS)
    message, spoke, called = response_message(said, calls)
    if message is not None:
        keys = [key for key, told in ((text_key, spoke), (calls_key, called)) if told]
        draft.say("outputs", {"messages": [message]}, *keys)
    key, transcript = first_of(attributes, _TRANSCRIPT)
    if isinstance(transcript, str) and transcript:
        draft.say("outputs", {"messages": [{"role": "user", "content": transcript}]}, key)


def _say_tool(attributes: JsonObject, draft: Draft) -> None:
    if "run_type" in draft.said and draft.said["run_type"][0] == "tool":
        name = draft.said.get("metadata.tool_name", (None,))[0]
        draft.say("name", name)
        draft.say("params.tool_name", name)
    key, arguments = first_of(attributes, _ARGUMENTS)
    if key:
        found = json_or_text(arguments)
        draft.say("inputs", found if isinstance(found, dict) else {"input": found}, key)
    key, output = first_of(attributes, _OUTPUT)
    if key:
        found = json_or_text(output)
        draft.say("outputs", {"output": found}, key)
        if parsed_json(attributes.get(_RESULT)) == found:
            draft.used.add(_RESULT)  # the same, once more as JSON text
    if flag(attributes.get("lk.function_tool.is_error")) is True:
        draft.say("error", json_text(output))
