"""Whole requests to Gemini and its answers, as Google's Agent Development Kit puts them in spans.

Source: https://github.com/google/adk-python, ``LlmRequest`` and ``LlmResponse``; Gemini API,
``GenerateContentResponse``.
"""

from translators.attributes import count, json_object, text
from translators.base import Draft
from translators.messages import normal_messages, outputs_of
from translators.model_values import request_of
from translators.remains import is_secret
from translators.span import Json, JsonObject
from translators.tools import unless_empty
from translators.usage_objects import counters_of

REQUEST, RESPONSE = "gcp.vertex.agent.llm_request", "gcp.vertex.agent.llm_response"
_PARAMS = {"max_output_tokens": "max_tokens", "stop_sequences": "stop", "candidate_count": "n"}


def say_request(value: Json, draft: Draft) -> None:
    """Say a request, JSON text of an ``LlmRequest``, as inputs, tools and parameters."""
    given = json_object(value)
    request = request_of(_with_plain_system(given)) if given else None
    if request is None:
        return
    draft.say("inputs", request.inputs, REQUEST)
    draft.say("params.tools", request.tools)
    draft.say("model", text(request.rest.pop("model", None)))
    for name, param in request.rest.items():
        if name == "http_options":
            draft.say("metadata.http_options", _without_secrets(param))
        else:
            draft.say(f"params.{_PARAMS.get(name, name)}", param)
    draft.say("params.stop_sequences", draft.said.get("params.stop", (None,))[0])


def _with_plain_system(request: JsonObject) -> JsonObject:
    """Return the request with the parts of its instruction only: its role says "user"."""
    config = request.get("config")
    if not isinstance(config, dict):
        return request
    system = config.get("system_instruction")
    if not isinstance(system, dict) or not isinstance(system.get("parts"), list):
        return request
    return {**request, "config": {**config, "system_instruction": system["parts"]}}


def _without_secrets(options: Json) -> Json:
    """Return HTTP options with what may be secret in the headers struck out."""
    headers = options.get("headers") if isinstance(options, dict) else None
    if not isinstance(headers, dict):
        return options or None
    kept = {key: "[redacted]" if is_secret(key) else value for key, value in headers.items()}
    return {**options, "headers": kept}


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
    rest = unless_empty(response, ("content", "model_version", "error_code", "error_message"))
    draft.say("response_model", text(response.get("model_version")))
    usage = response.get("usage_metadata")
    if isinstance(usage, dict) and _say_usage(usage, told_output, draft):
        del rest["usage_metadata"]
    failed = [text(response.get(key)) for key in ("error_code", "error_message")]
    if any(failed):
        draft.say("error", ": ".join([word for word in failed if word]))
    content = response.get("content")
    messages = normal_messages([content], "assistant") if isinstance(content, dict) else None
    if messages:
        reason = rest.pop("finish_reason", None)
        outputs = outputs_of(messages, turn=True, reasons=[reason] if text(reason) else ())
        draft.say("outputs", outputs, RESPONSE)
        draft.say("metadata.grounding_metadata", rest.pop("grounding_metadata", None))
        draft.say("metadata.llm_response", rest or None)


def _say_usage(usage: JsonObject, told_output: int | None, draft: Draft) -> bool:
    """Say Gemini's counters; tell whether these are all of *usage*."""
    counters, complete = counters_of(usage)
    of_tools = count(usage.get("tool_use_prompt_token_count"))
    if of_tools:
        counters["input"] = counters.get("input", 0) + of_tools
    with_thoughts = counters.get("output", 0) + counters.get("reasoning", 0)
    if told_output == with_thoughts or "total" not in counters:
        # Candidates leave thoughts out; else the total tells.
        counters["output"] = with_thoughts
    for counter, number in counters.items():
        draft.say(f"usage.{counter}", number)
    return complete
