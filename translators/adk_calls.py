"""Whole requests to Gemini and its answers, as Google's Agent Development Kit puts them in spans.

Source: https://github.com/google/adk-python, ``LlmRequest`` and ``LlmResponse``; Gemini API,
``GenerateContentResponse``.
"""

from translators.attributes import count, json_object, text
from translators.base import Draft
from translators.halves import say_parts
from translators.messages import normal_messages, outputs_of
from translators.model_values import request_of
from translators.remains import is_secret
from translators.span import Json, JsonObject
from translators.tools import unless_empty
from translators.usage_objects import counters_of

REQUEST, RESPONSE = "gcp.vertex.agent.llm_request", "gcp.vertex.agent.llm_response"
_ROLES = (None, "user", "system")
_PARAMS = {"max_output_tokens": "max_tokens", "stop_sequences": "stop", "candidate_count": "n"}


def say_request(value: Json, draft: Draft) -> None:
    """Say a request, JSON text of an ``LlmRequest``, as inputs, tools and parameters."""
    given = json_object(value) or {}
    request = request_of(_with_plain_system(given)) if given else None
    if request is None:
        return
    rest = request.rest
    parts: JsonObject = {"inputs": request.inputs, "params.tools": request.tools}
    if isinstance(rest.get("model"), str):
        parts["model"] = text(rest.pop("model"))
    options = rest.pop("http_options", None)
    parts["metadata.http_options"] = open_options = _without_secrets(options)
    for name, param in rest.items():
        parts[f"params.{_PARAMS.get(name, name)}"] = param
    instead: Json = None
    if open_options is not None and open_options != options:
        instead = _with_options(given, open_options)
    say_parts(draft, REQUEST, parts, instead)
    draft.say("params.stop_sequences", draft.said.get("params.stop", (None,))[0])


def _with_plain_system(request: JsonObject) -> JsonObject:
    """Return the request with the parts of its instruction only, whose role says "user"."""
    config = request.get("config")
    if not isinstance(config, dict):
        return request
    system = config.get("system_instruction")
    if not isinstance(system, dict) or not isinstance(system.get("parts"), list):
        return request
    if not system.keys() <= {"parts", "role"} or system.get("role") not in _ROLES:
        return request
    return {**request, "config": {**config, "system_instruction": system["parts"]}}


def _without_secrets(options: Json) -> Json:
    """Return HTTP options with what may be secret in the headers struck out."""
    headers = options.get("headers") if isinstance(options, dict) else None
    if not isinstance(headers, dict):
        return options or None
    kept = {key: "[redacted]" if is_secret(key) else value for key, value in headers.items()}
    return {**options, "headers": kept}


def _with_options(request: JsonObject, options: Json) -> JsonObject:
    """Return a request with these HTTP options instead of its own."""
    config = request.get("config")
    if isinstance(config, dict) and "http_options" in config:
        return {**request, "config": {**config, "http_options": options}}
    return {**request, "http_options": options}


def say_response(value: Json, told_output: int | None, draft: Draft) -> None:
    """Say an answer as outputs, its token counts, its error, and what else is in it as metadata.

    Args:
        value: JSON text of an ``LlmResponse``.
        told_output: output as the span counts it: without thoughts, or, since 2.8, with them.
        draft: gets it all.
    """
    response = json_object(value)
    if not response:
        return
    rest = unless_empty(response, ("content",))
    parts: JsonObject = {"response_model": _word(rest, "model_version")}
    usage = response.get("usage_metadata")
    if isinstance(usage, dict):
        counters, complete = _usage(usage, told_output)
        parts |= {f"usage.{counter}": number for counter, number in counters.items()}
        if complete:
            rest.pop("usage_metadata", None)
    failed = [_word(rest, key) for key in ("error_code", "error_message")]
    parts["error"] = ": ".join([word for word in failed if word]) or None
    content = response.get("content")
    messages = normal_messages([content], "assistant") if isinstance(content, dict) else None
    if messages:
        last = messages[-1]
        told = "finish_reason" in last or last["role"] == "tool"
        reasons = [] if told else [_word(rest, "finish_reason") or ""]
        parts["outputs"] = outputs_of(messages, turn=True, reasons=reasons)
        parts["metadata.grounding_metadata"] = rest.pop("grounding_metadata", None)
        parts["metadata.llm_response"] = rest or None
    say_parts(draft, RESPONSE, parts)


def _word(rest: JsonObject, key: str) -> str | None:
    """Take a word out of *rest*; None, and it stays, where it is none."""
    return text(rest.pop(key)) if isinstance(rest.get(key), str) else None


def _usage(usage: JsonObject, told_output: int | None) -> tuple[dict[str, int], bool]:
    """Return Gemini's counters, and whether these are all of *usage*."""
    counters, complete = counters_of(usage)
    of_tools = count(usage.get("tool_use_prompt_token_count"))
    if of_tools:
        counters["input"] = counters.get("input", 0) + of_tools
    with_thoughts = counters.get("output", 0) + counters.get("reasoning", 0)
    if told_output == with_thoughts or "total" not in counters:
        # Candidates leave thoughts out; else the total tells.
        counters["output"] = with_thoughts
    return counters, complete
