"""Flue: agents, their turns, tools, tasks and workflows; ``flue.*``.

Since 1.0 it writes OpenTelemetry's own names, and ``flue.*`` for what these do not hold; before,
names of its own for all content.
Source: https://github.com/withastro/flue, ``packages/opentelemetry/src/index.ts``, tags v0.8.1,
v0.11.1, v1.0.0-beta.9 and v2.0.3 (``@flue/opentelemetry`` 2.1.0 on npm).
"""

from collections.abc import Mapping

from translators.attributes import Table, count, json_object, json_or_text, number, strings, text
from translators.base import Draft, Signature
from translators.messages import normal_messages, outputs_of, with_system
from translators.span import Json, JsonObject, Span
from translators.tools import tools_of

_SCOPE = "@flue/opentelemetry"
_TURN_IN, _TURN_OUT = "flue.turn.input", "flue.turn.output"
_TOOL = "flue.tool.name"
_TOOL_IN = ("flue.tool.call.arguments", "flue.tool.arguments")
_TOOL_OUT = ("flue.tool.call.result", "flue.tool.result")
_CHAIN_IN = ("flue.workflow.payload", "flue.task.prompt")
_CHAIN_OUT = ("flue.workflow.result", "flue.task.result", "flue.operation.result")
_TURN_KEYS = frozenset({"messages", "systemPrompt", "tools"})

TABLE = Table(
    {
        "flue.turn.reasoning": ("params.reasoning_effort", text),
        # Before 1.0 the input left out what was cached, which only the total tells.
        "gen_ai.usage.input_tokens": ("usage.input", count),
        "gen_ai.usage.output_tokens": ("usage.output", count),
        "flue.usage.total_tokens": ("usage.total", count),
        "gen_ai.usage.total_tokens": ("usage.total", count),
        "flue.usage.cost_total": ("usage.cost_total", number),
        "gen_ai.usage.cost_total": ("usage.cost_total", number),
        **{
            f"flue.{span}.usage.{key}": (f"usage.{counter}", reader)
            for span in ("operation", "compaction")
            for key, counter, reader in (
                ("input_tokens", "input", count),
                ("output_tokens", "output", count),
                ("total_tokens", "total", count),
                ("cache_read_tokens", "cache_read", count),
                ("cache_write_tokens", "cache_creation", count),
                ("cost_total", "cost_total", number),
            )
        },
        "flue.tool.name": ("metadata.tool_name", text),
        "flue.tool.call_id": ("metadata.tool_call_id", text),
        "flue.workflow.name": ("metadata.workflow_name", text),
    }
)


class Flue:
    """Spans of Flue's instrumentation."""

    name = "flue"
    table = TABLE
    also: Mapping[str, str] = {
        _TURN_IN: "inputs (messages), params.tools",
        _TURN_OUT: "outputs (messages)",
        **dict.fromkeys((*_TOOL_IN, *_CHAIN_IN), "inputs"),
        **dict.fromkeys((*_TOOL_OUT, *_CHAIN_OUT), "outputs"),
    }

    def speaks(self, signature: Signature) -> bool:
        """Tell whether the span comes from Flue, or has an attribute of its."""
        return signature.scope == _SCOPE or "flue" in signature.namespaces

    def translate(self, span: Span) -> Draft | None:
        """Return what Flue says in words of its own."""
        draft, attributes = Draft(), span.attributes
        TABLE.read(attributes, draft)
        if _TOOL in attributes:
            draft.say("run_type", "tool")
            draft.say("kind", "tool")
            draft.say("params.tool_name", text(attributes[_TOOL]))
        if _TURN_IN in attributes:
            # The tools in it are only certain to win where nobody else speaks of any.
            alone = all(key.startswith(("flue.", "gen_ai.")) for key in attributes)
            _say_turn(attributes[_TURN_IN], draft, (_TURN_IN,) if alone else ())
        if _TURN_OUT in attributes:
            message = json_object(attributes[_TURN_OUT])
            told = message is not None and "content" in message
            messages = normal_messages([_message(message)], "assistant") if told else None
            if messages:
                reasons = strings(attributes.get("gen_ai.response.finish_reasons")) or ()
                draft.say("outputs", outputs_of(messages, reasons=reasons), _TURN_OUT)
            else:
                draft.say("raw_outputs", json_or_text(attributes[_TURN_OUT]), _TURN_OUT)
        for field, keys in (
            ("raw_inputs", (*_TOOL_IN, *_CHAIN_IN)),
            ("raw_outputs", (*_TOOL_OUT, *_CHAIN_OUT)),
        ):
            for key in keys:
                if key in attributes:
                    draft.say(field, json_or_text(attributes[key]), key)
        return draft if draft.said else None


def _say_turn(value: Json, draft: Draft, keys: tuple[str, ...]) -> None:
    request = json_object(value)
    given = request.get("messages") if request is not None else None
    if request is None or not isinstance(given, list):
        draft.say("raw_inputs", json_or_text(value), _TURN_IN)
        return
    messages = normal_messages([_message(message) for message in given], "user")
    if messages is None:
        draft.say("raw_inputs", request, _TURN_IN)
        return
    if request.get("systemPrompt"):
        messages = with_system(request["systemPrompt"], messages)
    tools = tools_of(request.get("tools"))
    draft.say("params.tools", tools)
    rest = {key: item for key, item in request.items() if key not in _TURN_KEYS}
    if tools is None and request.get("tools"):
        rest["tools"] = request["tools"]
    draft.say("inputs", {"messages": messages, **rest}, *keys)


def _message(message: Json) -> Json:
    """Return a message in Flue's words in the words of others."""
    if not isinstance(message, dict):
        return message
    content = message.get("content")
    if message.get("role") == "toolResult":
        result = {**message, "role": "tool"}
        if isinstance(result.get("toolName"), str):
            result["name"] = result.pop("toolName")
        if result.get("isError") is True:
            result["status"] = "error"
        return result
    if not isinstance(content, list):
        return message
    return {**message, "content": [_part(part) for part in content]}


def _part(part: Json) -> Json:
    if isinstance(part, dict) and part.get("type") == "toolCall":
        call: JsonObject = {**part, "type": "tool_call"}
        return call
    return part
