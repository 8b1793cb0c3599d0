"""OpenAI's Codex: spans of its Rust code, with log records of its telemetry as their events.

Most spans are steps of the program and stay what the generic dialect makes of them.
Source: https://github.com/openai/codex, ``codex-rs/otel`` and ``codex-rs/core``; spans of 0.169.
"""

from collections.abc import Mapping

from translators.attributes import Table, count, flag, json_or_text, text
from translators.base import Draft, Signature
from translators.messages import outputs_of
from translators.span import Event, Json, JsonObject, Span
from translators.tools import json_text

_USAGE, _TURN = "gen_ai.usage.", "codex.turn.token_usage."
_CALL = ("tool_name", "call_id")
_DISPATCH = "codex.tool.phase"


def _effort(value: Json) -> str | None:
    return None if value == "default" else text(value)


TABLE = Table(
    {
        "model": ("model", text),
        "codex.request.reasoning_effort": ("params.reasoning_effort", _effort),
        f"{_USAGE}input_tokens": ("usage.input", count),
        f"{_USAGE}output_tokens": ("usage.output", count),
        f"{_USAGE}cache_read.input_tokens": ("usage.cache_read", count),
        f"{_USAGE}cache_write.input_tokens": ("usage.cache_creation", count),
        "codex.usage.reasoning_output_tokens": ("usage.reasoning", count),
        "codex.usage.total_tokens": ("usage.total", count),
        # The sum of a turn's calls, which the calls tell themselves.
        f"{_TURN}input_tokens": ("usage.input", count),
        f"{_TURN}output_tokens": ("usage.output", count),
        f"{_TURN}cached_input_tokens": ("usage.cache_read", count),
        f"{_TURN}cache_write_input_tokens": ("usage.cache_creation", count),
        f"{_TURN}reasoning_output_tokens": ("usage.reasoning", count),
        f"{_TURN}total_tokens": ("usage.total", count),
        "tool_name": ("metadata.tool_name", text),
        "call_id": ("metadata.tool_call_id", text),
    }
)
_CALLS = (f"{_USAGE}input_tokens", f"{_USAGE}output_tokens")
_SPOKEN = frozenset((*_CALLS, f"{_TURN}input_tokens", f"{_TURN}output_tokens", "call_id"))


class Codex:
    """Reads the spans of Codex that are about models and tools."""

    name = "codex"
    table = TABLE
    also: Mapping[str, str] = {
        "codex.user_prompt": "inputs (messages)",
        "codex.agent_response": "outputs (messages)",
        "codex.tool_result": "inputs, outputs, error",
        "codex.turn_ttft": "first_token_ns",
    }

    def speaks(self, signature: Signature) -> bool:
        """Tell whether the scope is Codex's and the span says more than where in the code it is."""
        if not signature.scope.startswith("codex"):
            return False
        return bool(signature.events) or not _SPOKEN.isdisjoint(signature.keys)

    def translate(self, span: Span) -> Draft | None:
        """Return what the span says about a model, a tool or a turn; None where nothing."""
        attributes, draft = span.attributes, Draft()
        result: JsonObject = {}
        for event in span.events:
            name = event.attributes.get("event.name", event.name)
            if name == "codex.tool_result":
                result |= event.attributes
            else:
                _say_event(name, event, draft)
        if not _SPOKEN.isdisjoint(attributes):
            TABLE.read(attributes, draft)
        if result:
            _say_result(result, draft)
        elif all(key in attributes for key in _CALL):
            # Newer versions have a span within this one that knows the result: that is the tool.
            if _DISPATCH not in attributes:
                _say_tool(attributes, draft)
        elif any(key in attributes for key in _CALLS):
            draft.say("run_type", "llm")
        return draft if draft.said else None


def _say_event(name: Json, event: Event, draft: Draft) -> None:
    """Say what one event tells; the same comes twice, once without the content."""
    told = event.attributes
    if name == "codex.user_prompt" and isinstance(told.get("prompt"), str):
        draft.say("inputs", {"messages": [{"role": "user", "content": told["prompt"]}]})
    elif name == "codex.agent_response" and isinstance(told.get("response"), str):
        draft.say("outputs", outputs_of([{"role": "assistant", "content": told["response"]}]))
    elif name == "codex.turn_ttft":
        draft.say("first_token_ns", event.time_ns)
    # A run belongs to its thread by what it says itself.
    draft.say("thread_id", text(told.get("conversation.id")))


def _say_tool(told: JsonObject, draft: Draft) -> None:
    draft.say("run_type", "tool")
    name = text(told.get("tool_name"))
    draft.say("name", name)
    draft.say("params.tool_name", name)


def _say_result(result: JsonObject, draft: Draft) -> None:
    _say_tool(result, draft)
    draft.say("metadata.tool_name", text(result.get("tool_name")))
    draft.say("metadata.tool_call_id", text(result.get("call_id")))
    draft.say("thread_id", text(result.get("conversation.id")))
    arguments, output = json_or_text(result.get("arguments")), json_or_text(result.get("output"))
    if arguments is not None:
        draft.say("inputs", arguments if isinstance(arguments, dict) else {"input": arguments})
    if output is not None:
        draft.say("outputs", {"output": output})
    if flag(result.get("success")) is False:
        draft.say("error", json_text(output))
