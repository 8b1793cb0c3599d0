"""Calls of OpenAI's and Anthropic's clients, as Logfire tells them: ``request_data`` and so on.

Format 1 has the content there; format 2 has it under OpenTelemetry's names, and both may come.
Source: https://github.com/pydantic/logfire, ``_internal/integrations/llm_providers``.
"""

from collections.abc import Mapping

from translators.attributes import json_object, parsed_json, strings, text
from translators.base import Draft
from translators.event_lists import sides_of
from translators.halves import say_sides
from translators.messages import normal_messages, outputs_of
from translators.model_values import model_of, request_of
from translators.operations import run_type_of_operation
from translators.run import RunType
from translators.span import Json, JsonObject, Span
from translators.tools import json_text
from translators.usage_objects import counters_of, counts_cache_apart

REQUEST, RESPONSE, EVENTS = "request_data", "response_data", "events"
RAW_USAGE = "gen_ai.usage.raw"
READ: Mapping[str, str] = {
    REQUEST: "inputs, params",
    RESPONSE: "outputs, usage",
    EVENTS: "inputs, outputs",
    RAW_USAGE: "usage",
}
_INPUT, _OUTPUT, _TOOLS = (
    "gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.tool.definitions",
)  # fmt: skip
_OFFERS = ("tools", "functions")
_MODEL = "gen_ai.request.model"
_INPUT_TOKENS, _OUTPUT_TOKENS = "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"
_SUMS = ("input", "output", "total")
# Where there is no operation's name yet: how the span's name begins.
_CALLS: tuple[tuple[str, RunType], ...] = (
    ("Chat Completion", "llm"),
    ("Responses API", "llm"),
    ("Completion with", "llm"),
    ("Message with", "llm"),
    ("Image Generation", "llm"),
    ("streaming response from", "llm"),
    ("Embedding Creation", "embedding"),
)
_SCOPES = ("logfire.openai", "logfire.anthropic")


def say_call(span: Span, draft: Draft) -> None:
    """Say what was asked and answered, with which parameters, and what it took."""
    attributes = span.attributes
    run_type = run_type_of_operation(attributes.get("gen_ai.operation.name")) or next(
        (run_type for begin, run_type in _CALLS if span.name.startswith(begin)), None
    )
    draft.say("run_type", run_type)
    provider = span.scope.name
    if provider in _SCOPES and "gen_ai.system" not in attributes:
        draft.say("provider", provider.partition(".")[2])
    request = json_object(attributes.get(REQUEST))
    if request is not None:
        _say_request(request, attributes, run_type, draft)
    response = json_object(attributes.get(RESPONSE))
    if response is not None:
        _say_response(response, span, draft)
    if EVENTS in attributes and _INPUT not in attributes:
        say_events(attributes, EVENTS, draft)
    elif EVENTS in attributes:
        # Beside format 2 only its answer has more in it: reasoning. The list stays as it is.
        draft.say("outputs", sides_of(attributes[EVENTS])[1])
    say_raw_usage(attributes, draft)


def say_raw_usage(attributes: JsonObject, draft: Draft) -> None:
    """Say what the provider's own usage object knows, where Logfire passes it on."""
    usage = json_object(attributes.get(RAW_USAGE))
    if usage is not None:
        say_usage(usage, attributes, draft)
        draft.say(f"metadata.{RAW_USAGE}", usage, RAW_USAGE)


def say_events(attributes: JsonObject, key: str, draft: Draft, *, agent: bool = False) -> None:
    """Say the conversation in a list of events; what the messages do not hold stays beside it.

    Args:
        attributes: of the span.
        key: which of them is the list.
        draft: gets ``inputs`` and ``outputs``.
        agent: see ``sides_of``.
    """
    known = (attributes.get("gen_ai.system"), attributes.get("gen_ai.provider.name"))
    inputs, outputs, rest = sides_of(attributes[key], known, agent=agent)
    say_sides(draft, key, inputs, outputs)
    if inputs is not None or outputs is not None:
        draft.say(f"metadata.{key}", rest)


def say_usage(usage: JsonObject, attributes: JsonObject, draft: Draft) -> None:
    """Say what a provider's usage object knows beyond the span's own counters.

    Where the span has no counters, or took Anthropic's input over as it is, all of it is said.
    """
    counters, _ = counters_of(usage)
    apart = counts_cache_apart(usage)
    given = attributes.get(_INPUT_TOKENS)
    counted = given is not None or attributes.get(_OUTPUT_TOKENS) is not None
    whole = not counted or (apart and given == counters.get("input"))
    for name, value in counters.items():
        if whole or name not in _SUMS:
            draft.say(f"usage.{name}", value)
    if whole and apart:
        draft.say("usage.exclusive", True)


def _say_request(
    request: JsonObject, attributes: JsonObject, run_type: RunType | None, draft: Draft
) -> None:
    if _MODEL not in attributes:
        draft.say("model", model_of(request))
    asked = request_of(request, embedding=run_type == "embedding")
    if asked is None or _INPUT in attributes:
        draft.say(f"metadata.{REQUEST}", request, REQUEST)
        rest = request if asked is None else asked.rest
    else:
        draft.say("inputs", asked.inputs, REQUEST)
        rest = asked.rest
        offers = {key: request[key] for key in _OFFERS if key in request}
        repeated = [*offers.values()] == [parsed_json(attributes.get(_TOOLS))]
        draft.say(f"metadata.{REQUEST}", rest if repeated else {**rest, **offers})
    if asked is not None and _TOOLS not in attributes:
        draft.say("params.tools", asked.tools)
    draft.say("bag.params", rest)


def _say_response(response: JsonObject, span: Span, draft: Draft) -> None:
    attributes = span.attributes
    rest = dict(response)
    usage = rest.get("usage")
    if isinstance(usage, dict):
        say_usage(usage, attributes, draft)
    outputs = None if _OUTPUT in attributes else _outputs(rest, span)
    if outputs is None:
        draft.say(f"metadata.{RESPONSE}", response, RESPONSE)
    else:
        draft.say("outputs", outputs, RESPONSE)
        draft.say(f"metadata.{RESPONSE}", rest or None)


def _outputs(rest: JsonObject, span: Span) -> JsonObject | None:
    """Take the outputs out of *rest*; None where it has none."""
    attributes = span.attributes
    reasons = strings(attributes.get("gen_ai.response.finish_reasons")) or []
    message = rest.get("message")
    if isinstance(message, dict):
        if span.scope.name == "logfire.anthropic":
            message = _unwrapped(message)
        messages = normal_messages([message], "assistant")
        if messages:
            del rest["message"]
            return outputs_of(messages, reasons=reasons)
    images = rest.get("images")
    if isinstance(images, list):
        parts = [_image(image) for image in rest.pop("images")]
        return outputs_of(normal_messages([{"content": parts}], "assistant") or [])
    for key in ("text", "combined_chunk_content"):
        if isinstance(rest.get(key), str):
            return _text_outputs(rest.pop(key), rest, attributes, reasons)
    return None


def _text_outputs(
    said: str, rest: JsonObject, attributes: JsonObject, reasons: list[str]
) -> JsonObject:
    request = json_object(attributes.get(REQUEST)) or {}
    if "messages" in request or "input" in request:
        return outputs_of([{"role": "assistant", "content": said}], reasons=reasons)
    given = rest.get("finish_reason")
    reason = text(rest.pop("finish_reason")) if isinstance(given, str) else None
    reason = reason or (reasons[0] if reasons else None)
    return {"choices": [{"text": said, "index": 0, "finish_reason": reason}]}


def _unwrapped(message: JsonObject) -> JsonObject:
    """Return the message without the object that Logfire wraps a call's arguments in."""
    calls = message.get("tool_calls")
    if not isinstance(calls, list):
        return message
    return {**message, "tool_calls": [_call(call) for call in calls]}


def _call(call: Json) -> Json:
    function = call.get("function") if isinstance(call, dict) else None
    if not isinstance(function, dict):
        return call
    wrapped = parsed_json(function.get("arguments"))
    if not isinstance(wrapped, dict) or wrapped.keys() != {"input"}:
        return call
    return {**call, "function": {**function, "arguments": json_text(wrapped["input"])}}


def _image(image: Json) -> Json:
    """Return one of OpenAI's generated images as a part."""
    if not isinstance(image, dict):
        return image
    told = {key: value for key, value in image.items() if value is not None}
    data = told.pop("b64_json", None)
    return {"type": "image", **told, **({} if data is None else {"base64": data})}
