"""Claude Code and the Claude Agent SDK, which runs it: spans of the agent's own telemetry.

Log records of the same telemetry arrive as span events: they fill in what the span leaves out.
Source: Claude Code documentation, "Monitoring", and spans of 2.1.197 and 2.1.329.
"""

from collections.abc import Mapping

from translators.attributes import (
    Table,
    count,
    flag,
    json_object,
    number,
    strings,
    text,
)
from translators.base import Draft, Signature
from translators.claude_code_content import (
    conversation,
    newest_messages,
    request_body,
    system_message,
    tool_arguments,
    tool_result,
)
from translators.messages import outputs_of
from translators.nested import read_nested
from translators.run import RunType
from translators.span import Event, Json, JsonObject, Span
from translators.tools import tools_of

_SCOPE, _PREFIX = "com.anthropic.claude_code", "claude_code."
_RUN_TYPES: dict[str, RunType] = {"llm_request": "llm", "tool": "tool"}


def _kind(value: Json) -> str | None:
    return value if isinstance(value, str) and value and value == value.lower() else None


_COUNTERS = {
    "input_tokens": ("usage.input", count),
    "output_tokens": ("usage.output", count),
    "cache_read_tokens": ("usage.cache_read", count),
    "cache_creation_tokens": ("usage.cache_creation", count),
    "cache_creation_5m_tokens": ("usage.cache_creation_5m", count),
    "cache_creation_1h_tokens": ("usage.cache_creation_1h", count),
    "cost_usd": ("usage.cost_total", number),
}
_ROWS = {
    "span.type": ("kind", _kind),
    "model": ("model", text),
    "stop_reason": ("metadata.finish_reasons", strings),
    "tools": ("params.tools", tools_of),
    "tool_name": ("metadata.tool_name", text),
    "tool_use_id": ("metadata.tool_call_id", text),
    **_COUNTERS,
}
# Older versions put the word before every attribute.
TABLE = Table({prefix + key: row for key, row in _ROWS.items() for prefix in ("", _PREFIX)})
_EVENT_TABLE = Table(_COUNTERS)


class ClaudeCode:
    """Reads the spans of Claude Code."""

    name = "claude_code"
    table = TABLE
    also: Mapping[str, str] = {
        "user_prompt": "inputs (messages)",
        "new_context": "inputs (messages), outputs",
        "system_prompt_preview": "inputs (messages)",
        "user_system_prompt": "inputs (messages)",
        "response.model_output": "outputs (messages)",
        "tool_input": "inputs",
        "mcp_args": "inputs",
        "full_command": "inputs",
        "command": "inputs",
        "file_path": "inputs",
        "skill_name": "inputs",
        "subagent_type": "inputs",
        "success": "error",
        "error": "error",
        "ttft_ms": "first_token_ns",
        "tool.output": "outputs",
        "assistant_response": "outputs (messages)",
        "api_response_body": "outputs (messages)",
        "api_request_body": "inputs (messages)",
        "api_request": "usage",
        "tool_result": "inputs, error",
        "claude_code.*": "the same as without the prefix",
    }

    def speaks(self, signature: Signature) -> bool:
        """Tell whether the scope is Claude Code's, or an attribute begins with its name."""
        return signature.scope.startswith(_SCOPE) or "claude_code" in signature.namespaces

    def translate(self, span: Span) -> Draft | None:
        """Return what the span says; None where it is another's that got an event of ours."""
        attributes = _unprefixed(span.attributes)
        kind = attributes.get("span.type")
        if not isinstance(kind, str):
            return None
        draft = Draft()
        TABLE.read(span.attributes, draft)
        run_type = _RUN_TYPES.get(kind, "chain")
        draft.say("run_type", run_type)
        events = _by_name(span.events) if span.events else {}
        if run_type == "llm":
            _say_call(attributes, events, draft)
        elif run_type == "tool":
            _say_tool(attributes, events, draft)
        elif kind == "interaction":
            _say_turn(attributes, events, draft)
        else:
            _say_step(attributes, draft)
        _say_failure(attributes, events, draft)
        ms = number(attributes.get("ttft_ms"))
        if ms is not None:
            draft.say("first_token_ns", span.start_ns + round(ms * 1e6))
        _keep_contradictions(span.attributes, draft)
        return draft


def _keep_contradictions(attributes: JsonObject, draft: Draft) -> None:
    """Let attributes stay of which the two spellings differ: only one of them is told."""
    for key, value in attributes.items():
        bare = key[len(_PREFIX) :]
        if not key.startswith(_PREFIX) or attributes.get(bare, value) == value:
            continue
        for field, (said, keys) in draft.said.items():
            if key in keys and bare in keys:
                draft.said[field] = (said, tuple(k for k in keys if k not in (key, bare)))


def _unprefixed(attributes: JsonObject) -> JsonObject:
    if "span.type" in attributes:
        return attributes
    return {key.removeprefix(_PREFIX): value for key, value in attributes.items()}


def _by_name(events: list[Event]) -> dict[str, list[JsonObject]]:
    """Return the attributes of the events by their short names, each in order of arrival."""
    found: dict[str, list[JsonObject]] = {}
    for event in events:
        name = event.attributes.get("event.name", event.name)
        if isinstance(name, str):
            found.setdefault(name.removeprefix(_PREFIX), []).append(event.attributes)
    return found


def _spelled(*keys: str) -> tuple[str, ...]:
    """Return both names that each attribute may have; only those that exist matter."""
    return (*keys, *(_PREFIX + key for key in keys))


def _say_call(attributes: JsonObject, events: dict[str, list[JsonObject]], draft: Draft) -> None:
    draft.say("usage.exclusive", True)
    if "input_tokens" not in attributes:
        for event in events.get("api_request", [])[-1:]:
            read_nested(_EVENT_TABLE, event, draft)
    elif "api_request" in events:
        draft.say("usage.cost_total", number(events["api_request"][-1].get("cost_usd")))
    body = request_body(events.get("api_request_body", []))
    if body is not None:
        draft.say("inputs", {"messages": body})
    else:
        keys: tuple[str, ...] = ()
        messages: list[JsonObject] = []
        for key in ("system_prompt_preview", "user_system_prompt"):
            message = system_message(attributes, key)
            if message is not None:
                messages.append(message)
                keys += _spelled(key)
        messages += newest_messages(attributes.get("new_context"))
        draft.say("inputs", {"messages": messages} if messages else None, *keys)
    reasons = draft.said.get("metadata.finish_reasons", ((), ()))[0]
    output = attributes.get("response.model_output")
    answers = conversation(events)
    if answers:
        draft.say("outputs", outputs_of(answers[-1:], reasons=reasons))
    elif isinstance(output, str):
        message = {"role": "assistant", "content": output}
        keys = _spelled("response.model_output")
        draft.say("outputs", outputs_of([message], reasons=reasons), *keys)


def _say_tool(attributes: JsonObject, events: dict[str, list[JsonObject]], draft: Draft) -> None:
    name = draft.said.get("metadata.tool_name", (None,))[0]
    draft.say("name", name)
    draft.say("params.tool_name", name)
    arguments, keys = tool_arguments(attributes, events.get("tool_result", []))
    draft.say("inputs", arguments, *_spelled(*keys))
    result = tool_result(attributes, events.get("tool.output", []))
    draft.say("outputs", None if result is None else {"output": result})


def _say_turn(attributes: JsonObject, events: dict[str, list[JsonObject]], draft: Draft) -> None:
    prompt = attributes.get("user_prompt")
    keys = _spelled("user_prompt")
    told = events.get("user_prompt", [])
    if prompt in (None, "", "<REDACTED>") and told:
        prompt, keys = told[0].get("prompt"), ()
    if isinstance(prompt, str) and prompt:
        draft.say("inputs", {"messages": [{"role": "user", "content": prompt}]}, *keys)
    else:
        messages = newest_messages(attributes.get("new_context"))
        draft.say("inputs", {"messages": messages} if messages else None)
    answers = conversation(events)
    if answers:
        draft.say("outputs", outputs_of(answers, turn=True))


def _say_step(attributes: JsonObject, draft: Draft) -> None:
    """Say what went into a step of a tool: the call of an MCP server, or a command."""
    found = json_object(attributes.get("mcp_args"))
    if found is not None:
        draft.say("inputs", found, *_spelled("mcp_args"))
    command = attributes.get("command")
    if isinstance(command, str):
        draft.say("inputs", {"command": command}, *_spelled("command"))


def _say_failure(attributes: JsonObject, events: dict[str, list[JsonObject]], draft: Draft) -> None:
    told = attributes
    if "success" not in told and draft.said["run_type"][0] == "tool":
        told = events.get("tool_result", [told])[-1]
    if flag(told.get("success")) is False:
        draft.say("error", text(told.get("error")) or "")
