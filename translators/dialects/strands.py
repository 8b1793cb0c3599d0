"""Strands Agents, which tells what was said in span events: old ones, or one details event a side.

Source: https://github.com/strands-agents/sdk-python, ``strands/telemetry/tracer.py``, 1.20 to 1.62.
"""

from collections.abc import Hashable, Iterator, Mapping

from translators.attributes import Table, json_list, json_or_text, number, parsed_json, text
from translators.base import Draft, Signature
from translators.chat_content import INPUT, OUTPUT, tool_output
from translators.documents import documents_of
from translators.exclusive_cache import say_exclusive_usage
from translators.messages import normal_messages
from translators.run import RunType
from translators.span import STATUS_ERROR, Event, Json, JsonObject, Span

_SCOPE = "strands.telemetry.tracer"
_OPERATION, _STATUS = "gen_ai.operation.name", "gen_ai.tool.status"
_ARGUMENTS, _RESULT = "gen_ai.tool.call.arguments", "gen_ai.tool.call.result"
_ROLES = ("tool", "user", "assistant")
_CANCELLED = "strands.cancellation.type"
_DETAILS = "gen_ai.client.inference.operation.details"
_QUERY, _FOUND, _NOTED = "memory.query", "memory.results", "memory.content"
_MAX_RESULTS = "memory.max_search_results"
# Since it has the first two names for them, Strands adds cached tokens to the input itself.
_CACHES = ("gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_creation.input_tokens")
_OLD_CACHES = ("gen_ai.usage.cache_read_input_tokens", "gen_ai.usage.cache_write_input_tokens")
_MEMORY: dict[str, RunType] = {"memory.search": "retriever"}

TABLE = Table({"gen_ai.agent.tools": ("metadata.tools", json_list)})


class Strands:
    """Reads what Strands Agents sends beside, or differently from, OpenTelemetry's conventions."""

    name = "strands"
    table = TABLE
    also: Mapping[str, str] = {
        _OPERATION: "run_type",
        _STATUS: "error",
        _CANCELLED: "error, metadata.cancelled",
        INPUT: "inputs, outputs (messages of a cycle)",
        OUTPUT: "outputs",
        _ARGUMENTS: "inputs",
        _RESULT: "outputs",
        _DETAILS: "inputs, outputs",
        _QUERY: "inputs",
        _MAX_RESULTS: "inputs",
        _FOUND: "outputs",
        _NOTED: "inputs",
        "content": "inputs, outputs (of memory.*)",
        "gen_ai.usage.*": "usage.*",
    }

    def speaks(self, signature: Signature) -> bool:
        """Tell whether the span comes from its tracer."""
        return signature.scope == _SCOPE

    def translate(self, span: Span) -> Draft | None:
        """Return what the span says in the words of Strands."""
        draft, attributes = Draft(), span.attributes
        TABLE.read(attributes, draft)
        operation = attributes.get(_OPERATION)
        if operation == "execute_tool":
            _say_tool(span, draft)
        elif operation == "execute_event_loop_cycle":
            _say_cycle(span, draft)
        elif isinstance(operation, str) and operation.startswith("memory."):
            _say_memory(span, operation, draft)
        if not any(key in attributes for key in _CACHES) and any(
            attributes.get(key) for key in _OLD_CACHES
        ):
            say_exclusive_usage(attributes, draft)
        for old, new in zip(_OLD_CACHES, _CACHES, strict=True):
            if old in attributes and attributes.get(new) == attributes[old]:
                draft.used.add(old)  # the same number under two names is one number
        if _CANCELLED in attributes:
            draft.say("error", "Cancelled")
            draft.say("metadata.cancelled", True)
        return draft if draft.said or draft.used else None


def _sides(span: Span, key: str) -> Iterator[tuple[Hashable, Json]]:
    """Yield the message lists of a side: of details events, by their index, or the attribute."""
    for at, event in enumerate(span.events):
        if event.name == _DETAILS and event.attributes.keys() == {key}:
            yield at, parsed_json(event.attributes[key])
    if key in span.attributes:
        yield key, parsed_json(span.attributes[key])


def _say_tool(span: Span, draft: Draft) -> None:
    """Say arguments and result that stand in messages; a call's own attributes are ``genai``'s."""
    attributes = span.attributes
    for where, messages in _sides(span, INPUT):
        call = _only_part(messages, attributes)
        if call is None or "arguments" not in call:
            continue
        given = call["arguments"]
        if _ARGUMENTS not in attributes:
            draft.say("inputs", given if isinstance(given, dict) else {"input": given}, where)
        elif json_or_text(attributes[_ARGUMENTS]) == given:
            draft.used.add(where)
    result: Json = None
    for where, messages in _sides(span, OUTPUT):
        answer = _only_part(messages, attributes)
        if answer is None or "response" not in answer:
            continue
        result = answer["response"]
        if _RESULT not in attributes:
            draft.say("outputs", {"output": tool_output(result)}, where)
        elif json_or_text(attributes[_RESULT]) == result:
            draft.used.add(where)
    if attributes.get(_STATUS) == "error" and span.status_code != STATUS_ERROR:
        if result is None:
            result = next((json_or_text(e.attributes.get("message")) for e in _choices(span)), None)
        told = tool_output(result)
        draft.say("error", told if isinstance(told, str) else "")


def _choices(span: Span) -> Iterator[Event]:
    return (event for event in span.events if event.name == "gen_ai.choice")


def _only_part(messages: Json, attributes: JsonObject) -> JsonObject | None:
    """Return the one part that there is, where all but its value is told by the span too."""
    if not isinstance(messages, list) or len(messages) != 1 or not isinstance(messages[0], dict):
        return None
    if not messages[0].keys() <= {"role", "parts"} or messages[0].get("role") not in _ROLES:
        return None
    parts = messages[0].get("parts")
    if not isinstance(parts, list) or len(parts) != 1 or not isinstance(parts[0], dict):
        return None
    part: JsonObject = parts[0]
    known = {
        "id": attributes.get("gen_ai.tool.call.id"),
        "name": attributes.get("gen_ai.tool.name"),
        "type": "tool_call" if "arguments" in part else "tool_call_response",
        "arguments": part.get("arguments"),
        "response": part.get("response"),
    }
    return part if all(key in known and known[key] == part[key] for key in part) else None


def _say_cycle(span: Span, draft: Draft) -> None:
    """Say what a cycle's tools gave back as its outputs; Strands calls it a further input."""
    for where, value in _sides(span, INPUT):
        results = normal_messages(value, "user") if isinstance(value, list) else None
        if results and all(message["role"] == "tool" for message in results):
            draft.say("outputs", {"messages": results}, where)


def _say_memory(span: Span, operation: str, draft: Draft) -> None:
    """Say what was looked for in the memory and found, or what was put there."""
    run_type = _MEMORY.get(operation, "chain")
    draft.say("run_type", run_type)
    draft.say("kind", operation)
    if "content" in span.attributes:  # instead of events, where Strands is told to
        content = span.attributes["content"]
        documents = documents_of(content) if run_type == "retriever" else None
        draft.say("outputs", {"documents": documents} if documents is not None else None, "content")
        draft.say("raw_inputs", text(content) if documents is None else None, "content")
    for at, event in enumerate(span.events):
        content = event.attributes.get("content")
        keys = (at,) if len(event.attributes) == 1 else ()
        if event.name == _QUERY and isinstance(content, str):
            most = number(span.attributes.get(_MAX_RESULTS))
            inputs: JsonObject = (
                {"query": content} if most is None else {"query": content, "k": most}
            )
            draft.say("inputs", inputs, *keys)
        elif event.name == _FOUND:
            documents = documents_of(content)
            draft.say("outputs", {"documents": documents} if documents is not None else None, *keys)
        elif event.name == _NOTED:
            draft.say("raw_inputs", text(content), *keys)
