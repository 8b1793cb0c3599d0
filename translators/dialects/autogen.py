"""AutoGen, whose runtime sends messages to and fro, and AG2, which tells of whole conversations.

Source: https://github.com/microsoft/autogen, ``autogen_core/_telemetry`` (0.7.5);
https://github.com/ag2ai/ag2, ``autogen/opentelemetry`` (0.11) and
``ag2/middleware/builtin/telemetry.py`` (1.2.1).
"""

from collections.abc import Mapping

from translators.attributes import Table, anything, count, json_list, json_or_text, text
from translators.base import Draft, Signature
from translators.exclusive_cache import say_exclusive_usage
from translators.messages import normal_messages
from translators.run import RunType
from translators.span import Json, JsonObject, Span
from translators.tools import together, unless_empty

_SCOPES = ("autogen ", "autogen-", "autogen_")
_TYPE, _EXIT = "ag2.span.type", "ag2.code_execution.exit_code"
_RUN_TYPES: dict[str, RunType] = {"llm": "llm", "tool": "tool", "code_execution": "tool"}
_USAGE_KIND, _MODEL_CALL = "ag2.usage.kind", "model_call"
_CACHES = ("gen_ai.usage.cache_read_input_tokens", "gen_ai.usage.cache_creation_input_tokens")
_SELECTED, _CANDIDATES = "ag2.speaker_selection.selected", "ag2.speaker_selection.candidates"


_MESSAGE, _NO_MESSAGE, _OPERATION = "message", "No Message", "gen_ai.operation.name"
_CALLS, _RESULTS = "ToolCallRequestEvent", "ToolCallExecutionEvent"


def _kind(value: Json) -> str | None:
    return value if isinstance(value, str) and value and value.islower() else None


TABLE = Table(
    {
        "messaging.operation": ("kind", _kind),
        "ag2.human_input.prompt": ("raw_inputs", text),
        "ag2.human_input.response": ("raw_outputs", text),
        "ag2.code_execution.output": ("raw_outputs", text),
        "ag2.chats.recipients": ("metadata.recipients", json_list),
        "ag2.chats.summaries": ("raw_outputs", json_list),
        "gen_ai.usage.thinking_tokens": ("usage.reasoning", count),
        "ag2.usage.total_tokens": ("usage.total", count),
        "gen_ai.conversation.max_turns": ("metadata.max_turns", anything),
        "gen_ai.conversation.turns": ("metadata.turns", anything),
    }
)


class AutoGen:
    """Reads what AutoGen and AG2 say beside OpenTelemetry's conventions."""

    name = "autogen"
    table = TABLE
    also: Mapping[str, str] = {
        _TYPE: "run_type, kind",
        _MESSAGE: "inputs",
        _CANDIDATES: "inputs",
        _SELECTED: "outputs",
        _EXIT: "error",
        _USAGE_KIND: "usage.*",
        "gen_ai.usage.*": "usage.*",
    }

    def speaks(self, signature: Signature) -> bool:
        """Tell whether the span comes from one of the two."""
        return signature.scope.startswith(_SCOPES) or "ag2" in signature.namespaces

    def translate(self, span: Span) -> Draft | None:
        """Return what the span says in the words of AutoGen."""
        draft, attributes = Draft(), span.attributes
        TABLE.read(attributes, draft)
        if _TYPE in attributes:
            word = attributes[_TYPE]
            draft.say("run_type", _RUN_TYPES.get(word, "chain") if isinstance(word, str) else None)
            if _OPERATION not in attributes:
                draft.say("kind", _kind(word), _TYPE)
        elif "messaging.operation" in attributes:
            draft.say("run_type", "chain")
            _say_message(attributes.get(_MESSAGE), draft)
        if _CANDIDATES in attributes:
            agents = json_list(attributes[_CANDIDATES])
            draft.say("inputs", {"candidates": agents} if agents else None, _CANDIDATES)
        if _SELECTED in attributes:
            draft.say("outputs", {"selected": attributes[_SELECTED]}, _SELECTED)
        if any(attributes.get(key) for key in _CACHES):
            # AG2's clients of Anthropic and Bedrock hand the counts on as they come.
            say_exclusive_usage(attributes, draft)
        if attributes.get(_USAGE_KIND, _MODEL_CALL) != _MODEL_CALL:
            # Nobody else tells of these tokens: no span stands for the call.
            draft.say("usage_holder", True)
        if attributes.get(_EXIT):
            draft.say("error", f"exit code {attributes[_EXIT]}")
        return draft if draft.said else None


def _say_message(value: Json, draft: Draft) -> None:
    """Say what the runtime handed over: a conversation in normal form, anything else as it is."""
    if value is None or value == _NO_MESSAGE:
        return
    found = json_or_text(value)
    if found == {}:
        draft.used.add(_MESSAGE)
        return
    if isinstance(found, dict):
        items, rest = _conversation(found)
        told = [source for item in items for source in _sources(item)]
        messages = normal_messages(told, "user") if told else None
        if messages:
            draft.say("inputs", together({"messages": messages}, rest), _MESSAGE)
            return
    draft.say("raw_inputs", found, _MESSAGE)


def _conversation(found: JsonObject) -> tuple[list[Json], JsonObject]:
    """Return the chat messages in a message of the runtime, and what else it says."""
    rest = dict(found)
    response = rest.get("response")
    if isinstance(response, dict) and isinstance(response.get("chat_message"), dict):
        del rest["response"]
        around = {key: value for key, value in response.items() if key != "chat_message"}
        items = [response["chat_message"]]
        if isinstance(around.get("inner_messages"), list):
            items = [*around.pop("inner_messages"), *items]
        together(rest, unless_empty(around, ()))
    elif isinstance(rest.get("message"), dict):
        items = [rest.pop("message")]
    else:
        items = rest.pop("messages") if isinstance(rest.get("messages"), list) else []
    all_told = all(
        isinstance(item, dict) and {"source", "content"} <= item.keys() for item in items
    )
    return (items, rest) if all_told else ([], found)


def _sources(item: JsonObject) -> list[JsonObject]:
    """Return a chat message of AutoGen as messages with a role."""
    content, kind = item["content"], item.get("type")
    rest = {key: value for key, value in item.items() if key not in ("source", "content")}
    role = "user" if item["source"] == "user" else "assistant"
    if kind == _RESULTS and isinstance(content, list) and content:
        results = [
            {"role": "tool", "tool_call_id": result.get("call_id"), **result}
            for result in content
            if isinstance(result, dict)
        ]
        if len(results) == len(content):
            for result in results:
                result.pop("call_id", None)
            results[0] |= {"source": item["source"], **rest}
            return results
    told: JsonObject = {"role": role, "name": item["source"], **rest}
    if kind == _CALLS:
        told["tool_calls"] = content
    else:
        # A summary repeats the calls that it is about.
        told["content"] = content
        if "tool_calls" in told:
            told["summarised_calls"] = told.pop("tool_calls")
    return [told]
