"""Spans of OpenAI's Agents SDK, as Logfire tells them under ``logfire.openai_agents``.

Source: https://github.com/pydantic/logfire, ``_internal/integrations/openai_agents.py``;
https://github.com/openai/openai-agents-python, ``tracing/span_data.py``.
"""

from collections.abc import Mapping

from translators.attributes import count, json_list, json_object, json_or_text, text
from translators.base import Draft
from translators.halves import say_sides
from translators.logfire_calls import EVENTS, REQUEST, say_events, say_raw_usage, say_usage
from translators.messages import beside_messages, normal_messages, outputs_of, with_system
from translators.run import RunType
from translators.span import JsonObject, Span
from translators.tools import json_text, tools_of

SCOPE = "logfire.openai_agents"
# How a span's name begins: its type, its kind, and whether the attribute ``name`` names the run.
_SPANS: tuple[tuple[str, RunType, str, bool], ...] = (
    ("Responses API", "llm", "response", False),
    ("Chat completion with", "llm", "generation", False),
    ("Function:", "tool", "function", True),
    ("Agent run:", "chain", "agent", True),
    ("Turn ", "chain", "turn", False),
    ("Task: ", "chain", "task", True),
    ("OpenAI Agents trace:", "chain", "workflow", True),
    ("Handoff:", "chain", "handoff", False),
    ("Guardrail ", "chain", "guardrail", True),
    ("Custom span:", "chain", "custom", True),
    ("Speech → Text", "llm", "transcription", False),
    ("Text → Speech group", "chain", "speech_group", False),
    ("Text → Speech", "llm", "speech", False),
    ("MCP:", "chain", "mcp_list_tools", False),
)
_NOTHING = "null"  # None, as JSON text
_MODALITIES = {"transcription": "stt", "speech": "tts"}
_SETTINGS = ("model_settings", "model_config")
_ROLLED_UP = (
    ("input", "input_tokens"),
    ("output", "output_tokens"),
    ("cache_read", "cached_input_tokens"),
    ("cache_creation", "cache_write_input_tokens"),
)
READ: Mapping[str, str] = {
    "raw_input": "inputs",
    "response": "outputs, params.tools",
    "input": "inputs",
    "output": "outputs",
    "name": "name",
    "usage": "usage",
    "group_id": "thread_id",
    "error": "error",
    **dict.fromkeys(_SETTINGS, "params"),
}


def say_agents(span: Span, draft: Draft) -> None:
    """Say what a span of the Agents SDK tells."""
    attributes = span.attributes
    found = next((known for known in _SPANS if span.name.startswith(known[0])), None)
    run_type: RunType = "chain"
    if found is not None:
        _, run_type, kind, named = found
        draft.say("run_type", run_type)
        if "gen_ai.operation.name" not in attributes:
            draft.say("kind", kind)
        draft.say("metadata.ls_modality", _MODALITIES.get(kind))
        name = text(attributes.get("name")) if named else None
        draft.say("name", name, "name")
        if kind == "agent":
            draft.say("metadata.agent_name", name)
        elif kind == "function":
            _say_function(attributes, name, draft)
        elif kind == "generation":
            _say_generation(attributes, draft)
        elif kind == "response":
            _say_response(attributes, draft)
        elif kind == "mcp_list_tools" and "result" in attributes:
            draft.say("raw_outputs", json_or_text(attributes["result"]), "result")
    for key, side in (("input", "raw_inputs"), ("output", "raw_outputs")):
        if attributes.get(key) == _NOTHING:
            draft.say(side, {}, key)
    _say_usage(attributes, run_type, draft)
    for key in _SETTINGS:
        settings = json_object(attributes.get(key))
        if settings is not None:
            draft.say("bag.params", {k: v for k, v in settings.items() if v is not None}, key)
    draft.say("thread_id", text(attributes.get("group_id")))
    error = json_object(attributes.get("error"))
    if error is not None:
        draft.say("error", _error(error), "error")


def _say_function(attributes: JsonObject, name: str | None, draft: Draft) -> None:
    draft.say("metadata.tool_name", name)
    draft.say("params.tool_name", name)
    given = json_or_text(attributes.get("input"))
    if given is not None and given != _NOTHING:
        draft.say("inputs", given if isinstance(given, dict) else {"input": given}, "input")
    result = attributes.get("output")
    if result is not None:
        found = None if result == _NOTHING else json_or_text(result)
        draft.say("outputs", {"output": found}, "output")


def _say_generation(attributes: JsonObject, draft: Draft) -> None:
    """Say a chat completion; ``request_data`` has both its sides in one list."""
    asked, answered = json_list(attributes.get("input")), json_list(attributes.get("output"))
    inputs, outputs = normal_messages(asked, "user"), normal_messages(answered, "assistant")
    sides = (
        {"messages": inputs} if inputs else None,
        outputs_of(outputs) if outputs else None,
    )
    request = json_object(attributes.get(REQUEST)) or {}
    whole = (not asked or inputs) and (not answered or outputs)
    if whole and request.get("messages") == [*(asked or []), *(answered or [])]:
        say_sides(draft, REQUEST, *sides, asked=("input",), answered=("output",))
        rest = {key: value for key, value in request.items() if key != "messages"}
        draft.say(f"metadata.{REQUEST}", rest)
    else:
        draft.say("inputs", sides[0], "input")
        draft.say("outputs", sides[1], "output")


def _say_response(attributes: JsonObject, draft: Draft) -> None:
    """Say a call of the Responses API: the items it got, and those it answered with.

    The events beside them repeat both, with less in them: they only count where these are missing.
    """
    given = json_or_text(attributes.get("raw_input"))
    response = json_object(attributes.get("response")) or {}
    if given is not None:
        messages = normal_messages(given, "user")
        if messages is not None:
            messages = with_system(response.get("instructions"), messages)
            inputs = {"messages": messages, **beside_messages(given)}
            draft.say("inputs", inputs, "raw_input")
    items = response.get("output")
    answer = normal_messages(items, "assistant") if isinstance(items, list) else None
    if answer:
        draft.say("outputs", outputs_of(answer, turn=True), "response")
        rest = {k: v for k, v in response.items() if k != "output" and v is not None}
        draft.say("metadata.response", rest)
    draft.say("params.tools", tools_of(response.get("tools")))
    if EVENTS in attributes and "inputs" not in draft.said and "outputs" not in draft.said:
        say_events(attributes, EVENTS, draft)


def _say_usage(attributes: JsonObject, run_type: RunType, draft: Draft) -> None:
    say_raw_usage(attributes, draft)
    usage = json_object(attributes.get("usage"))
    if usage is not None and run_type == "llm":
        say_usage(usage, attributes, draft)
    elif usage is not None:
        for counter, name in _ROLLED_UP:
            draft.say(f"usage.{counter}", count(usage.get(name)))


def _error(error: JsonObject) -> str:
    """Return what went wrong, with all that the SDK says of it."""
    data = error.get("data")
    if isinstance(data, dict) and data.keys() == {"error"}:
        data = data["error"]
    beside = {k: v for k, v in error.items() if k not in ("message", "data")}
    parts = (error.get("message"), data, beside or None)
    return "\n\n".join([json_text(part) for part in parts if part is not None])
