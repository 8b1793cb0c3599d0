"""Gemini CLI: spans of its own telemetry, in the names of OpenTelemetry and the shapes of Gemini.

Source: https://github.com/google-gemini/gemini-cli, ``packages/core/src/telemetry``, version 0.61.
"""

from collections.abc import Mapping, Sequence

from translators.attributes import Table, count, json_list, json_object, json_or_text, text
from translators.base import Draft, Signature
from translators.chat_content import INPUT, OUTPUT, SYSTEM
from translators.messages import beside_messages, normal_messages, outputs_of, with_system
from translators.nested import read_nested
from translators.partial_json import whole_items
from translators.span import Event, Json, JsonObject, Span
from translators.tools import json_text

_SCOPE, _OPERATION = "gemini-cli", "gen_ai.operation.name"
_PROMPTS = ("user_prompt", "system_prompt")
_DETAILS, _RESPONSE = "gen_ai.client.inference.operation.details", "gemini_cli.api_response"

TABLE = Table({"gen_ai.tool.call_id": ("metadata.tool_call_id", text)})
_RESPONSE_TABLE = Table(
    {
        "input_token_count": ("usage.input", count),
        "output_token_count": ("usage.output", count),
        "total_token_count": ("usage.total", count),
        "cached_content_token_count": ("usage.cache_read", count),
        "thoughts_token_count": ("usage.reasoning", count),
    }
)


class GeminiCLI:
    """Reads the spans of Gemini CLI where they differ from the conventions that they name."""

    name = "gemini_cli"
    table = TABLE
    also: Mapping[str, str] = {
        INPUT: "inputs",
        OUTPUT: "outputs, error",
        SYSTEM: "inputs (messages)",
        _OPERATION: "run_type, name",
        _RESPONSE: "usage",
        _DETAILS: "inputs (messages)",
    }

    def speaks(self, signature: Signature) -> bool:
        """Tell whether the scope is Gemini CLI's."""
        return signature.scope == _SCOPE

    def translate(self, span: Span) -> Draft | None:
        """Return what the span says where Gemini CLI has its own way of saying it."""
        attributes, draft = span.attributes, Draft()
        TABLE.read(attributes, draft)
        operation = attributes.get(_OPERATION)
        if operation == "tool_call":
            _say_tool(attributes, draft)
        elif operation == "llm_call":
            _say_inputs(attributes, span.events, draft)
            _say_answer(attributes, span.events, draft)
            for event in span.events:
                if event.attributes.get("event.name", event.name) == _RESPONSE:
                    read_nested(_RESPONSE_TABLE, event.attributes, draft)
        else:
            _say_step(attributes, operation, draft)
        return draft if draft.said else None


def _say_inputs(attributes: JsonObject, events: Sequence[Event], draft: Draft) -> None:
    value = attributes.get(INPUT)
    found = json_list(value)
    keys: tuple[str, ...] = (INPUT,)
    if found is None:
        keys = ()
        found = _logged(events, INPUT)
        if found is None and isinstance(value, str):  # cut off at a length
            found, rest = whole_items(value)
            found += [{"role": "user", "parts": [{"text": rest}]}] if rest else []
    messages = normal_messages(found, "user") if found else None
    if messages is None:
        keys = ()
    system = attributes.get(SYSTEM)
    if system is not None:
        # Text comes as JSON text too.
        told = json_list(f"[{system}]") if isinstance(system, str) else [system]
        messages = with_system(told[0] if told else system, messages or [])
        keys += (SYSTEM,)
    if messages:
        draft.say("inputs", {"messages": messages}, *keys)


def _logged(events: Sequence[Event], key: str) -> list[Json] | None:
    """Return the messages of a side from the log records of the call, which are not cut off."""
    for event in events:
        if event.attributes.get("event.name", event.name) == _DETAILS:
            found = json_list(event.attributes.get(key))
            if found is not None:
                return found
    return None


def _say_answer(attributes: JsonObject, events: Sequence[Event], draft: Draft) -> None:
    """Say what the model answered: a streamed answer comes as a list of its chunks."""
    found = json_or_text(attributes.get(OUTPUT))
    if isinstance(found, dict):
        found = [found]
    if not isinstance(found, list):
        logged = _logged(events, OUTPUT)
        if logged:
            # The record calls the model "system".
            answers = [{**m, "role": "assistant"} if isinstance(m, dict) else m for m in logged]
            draft.say("outputs", outputs_of(normal_messages(answers, "assistant") or []))
        else:
            draft.say("raw_outputs", found, OUTPUT)
        return
    chunks = [item["parts"] for item in found if _is_content(item)]
    runs: list[list[Json]] = []
    for chunk in chunks:
        for part in chunk:
            alike = runs and _is_text(part) and _is_text(runs[-1][0])
            if alike and len(part) == len(runs[-1][0]):
                runs[-1].append(part)
            else:
                runs.append([part])
    parts = [
        run[0] if len(run) == 1 else {**run[0], "text": "".join([part["text"] for part in run])}
        for run in runs
    ]
    if parts:
        messages = normal_messages([{"role": "model", "parts": parts}], "assistant")
        # What is put together holds the chunks only as parts of its text.
        keys = (OUTPUT,) if len(found) == 1 and _is_plain(found[0]) else ()
        draft.say("outputs", outputs_of(messages or []), *keys)
    else:
        draft.say("raw_outputs", found, OUTPUT)


def _is_plain(content: JsonObject) -> bool:
    """Tell whether a content says nothing beside its parts and that it is the model's."""
    return content.keys() <= {"parts", "role"} and content.get("role") in (None, "model")


def _is_content(item: Json) -> bool:
    return isinstance(item, dict) and isinstance(item.get("parts"), list)


def _is_text(part: Json) -> bool:
    return (
        isinstance(part, dict)
        and isinstance(part.get("text"), str)
        and (len(part) == 1 or (len(part) == 2 and part.get("thought") is True))
    )


def _say_step(attributes: JsonObject, operation: Json, draft: Draft) -> None:
    """Say what went in and out of a step that is the program's own."""
    if operation == "agent_call":
        draft.say("name", text(attributes.get("gen_ai.agent.name")))
    else:
        # All others name the program as their agent, which would be a poor name of a step.
        draft.say("name", text(operation))
    given = json_or_text(attributes.get(INPUT))
    if operation in _PROMPTS and given is not None:
        messages = normal_messages(given, "user")
        inputs = {"messages": messages, **beside_messages(given)} if messages else None
        draft.say("inputs", inputs, INPUT)
    else:
        draft.say("raw_inputs", given, INPUT)
    draft.say("raw_outputs", json_or_text(attributes.get(OUTPUT)), OUTPUT)


def _say_tool(attributes: JsonObject, draft: Draft) -> None:
    draft.say("run_type", "tool")
    request = json_object(attributes.get(INPUT))
    if request is not None and isinstance(request.get("args"), dict):
        draft.say("inputs", request["args"])
    call = json_object(attributes.get(OUTPUT))
    if call is None:
        return
    response = call.get("response")
    result = _result(response) if isinstance(response, dict) else None
    if result is not None:
        draft.say("outputs", {"output": result})
    if call.get("status") == "error":
        draft.say("error", json_text(result))


def _result(response: JsonObject) -> Json:
    """Return what the tool gave back to the model; a single value without the object around."""
    results: list[Json] = []
    parts = response.get("responseParts")
    for part in parts if isinstance(parts, list) else []:
        told = part.get("functionResponse") if isinstance(part, dict) else None
        if isinstance(told, dict) and "response" in told:
            value = told["response"]
            single = isinstance(value, dict) and value.keys() in ({"output"}, {"error"})
            results.append(json_or_text(*value.values()) if single else value)
    return results[0] if len(results) == 1 else results or response.get("resultDisplay")
