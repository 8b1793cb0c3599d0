"""LiteLLM, library and proxy: its OpenTelemetry callback, old and new, and its second version.

The old callback names operations after LiteLLM's functions (``acompletion``), writes down objects
with Python's ``str``, and lists tool calls as if they were choices. Since 1.81 the server's span
may be the model's; the second version (``LITELLM_OTEL_V2``) keeps to OpenTelemetry's words.
Source: https://docs.litellm.ai/docs/observability/opentelemetry_integration; litellm 1.106.2,
``litellm/integrations/opentelemetry.py`` and ``litellm/integrations/otel``.
"""

from collections.abc import Mapping
from functools import lru_cache

from translators.attributes import (
    Table,
    flag,
    indexed,
    json_list,
    json_object,
    json_or_text,
    number,
    strings,
    text,
)
from translators.base import Draft, Signature
from translators.messages import normal_messages, outputs_of
from translators.model_values import texts_of
from translators.operations import modality_of_operation, run_type_of_operation
from translators.python_literals import python_literal
from translators.remains import is_secret
from translators.run import RunType
from translators.same_calls import merged_calls
from translators.span import Json, JsonObject, Span
from translators.tools import tool_call, tools_of
from translators.traceloop_content import is_reserved
from translators.usage_objects import counters_of

OPERATION, REQUEST_TYPE = "gen_ai.operation.name", "llm.request.type"
CALL_TYPES = (OPERATION, "litellm.call_type", REQUEST_TYPE)
INPUT, OUTPUT = "gen_ai.input.messages", "gen_ai.output.messages"
COMPLETION, TOOL = "gen_ai.completion.", "gen_ai.tool."
REASONS = "gen_ai.response.finish_reasons"
METADATA = ("metadata.", "litellm.metadata.")
USAGE, REQUESTER = "metadata.usage_object", "metadata.requester_metadata"
HIDDEN = "hidden_params"
KEY_HASH = "user_api_key_hash"
PROVIDER_MODEL = "litellm.provider.model"
PROVIDERS = ("gen_ai.provider.name", "gen_ai.system")
USERS = (
    "litellm.end_user.id", "metadata.user_api_key_end_user_id",
    "litellm.metadata.user_api_key_end_user_id",
)  # fmt: skip
RAW_REQUEST = "raw_gen_ai_request"
GUARDRAIL = "litellm.guardrail.name"
# LiteLLM's functions whose names are no operation of OpenTelemetry's.
CALLS: dict[str, RunType] = {
    "anthropic_messages": "llm",
    "generate_content_stream": "llm",
    "llm_passthrough_route": "llm",
    "image_edit": "llm",
    "image_variation": "llm",
    "vector_store_search": "retriever",
    "call_mcp_tool": "tool",
}
CALL = ("name", "arguments")
EMPTY = ("", "[]", "{}", "None")
THREADS = ("session_id", "litellm_session_id", "thread_id", "conversation_id")

TABLE = Table(
    {
        "litellm.cost.total": ("usage.cost_total", number),
        "litellm.cost.input": ("usage.cost_input", number),
        "litellm.cost.output": ("usage.cost_output", number),
        "litellm.cost.cache_read": ("usage.cost_input_cache_read", number),
        "litellm.cost.cache_creation": ("usage.cost_input_cache_creation", number),
        "gen_ai.cost.cache_read_cost": ("usage.cost_input_cache_read", number),
        "gen_ai.cost.cache_creation_cost": ("usage.cost_input_cache_creation", number),
        "gen_ai.cost.reasoning_cost": ("usage.cost_output_reasoning", number),
        "litellm.request.streaming": ("params.stream", flag),
        "metadata.request_tags": ("tags", strings),
        "request_tags": ("tags", strings),
        "litellm.guardrail.response": ("raw_outputs", json_or_text),
        "guardrail_response": ("raw_outputs", json_or_text),
    }
)


class LiteLLM:
    """Reads what LiteLLM says beside OpenTelemetry's and OpenLLMetry's words."""

    name = "litellm"
    table = TABLE
    also: Mapping[str, str] = {
        OPERATION: "run_type",
        REQUEST_TYPE: "run_type",
        "litellm.call_type": "run_type",
        INPUT: "inputs (of embeddings)",
        OUTPUT: "outputs",
        "gen_ai.completion.*": "outputs (tool calls)",
        "gen_ai.tool.*": "params.tools",
        REASONS: "outputs (finish reason)",
        PROVIDER_MODEL: "provider",
        "metadata.*": "metadata, usage (details), thread_id, user_id, tags",
        "litellm.metadata.*": "metadata, user_id",
        "litellm.end_user.id": "user_id",
        HIDDEN: "metadata",
        GUARDRAIL: "kind",
    }

    def speaks(self, signature: Signature) -> bool:
        """Tell whether LiteLLM made the span."""
        return signature.scope == "litellm" or "litellm" in signature.namespaces

    def translate(self, span: Span) -> Draft | None:
        """Return what LiteLLM says in its own words."""
        draft, attributes = Draft(), span.attributes
        TABLE.read(attributes, draft)
        run_type = _say_kind(span, draft)
        _say_metadata(attributes, draft)
        if run_type == "embedding":
            draft.say("inputs", texts_of(attributes.get(INPUT)), INPUT)
        tools = indexed(attributes, TOOL)
        if tools:
            keys = [key for key in attributes if _is_indexed(key, TOOL)]
            draft.say("params.tools", tools_of(list(tools.values())), *keys)
        _say_calls(attributes, draft)
        if not any(text(attributes.get(key)) for key in PROVIDERS):
            provider, slash, _ = (text(attributes.get(PROVIDER_MODEL)) or "").partition("/")
            draft.say("provider", provider if slash else None)
        for key in USERS:
            draft.say("user_id", text(attributes.get(key)))
        return draft if draft.said else None


def _say_kind(span: Span, draft: Draft) -> RunType | None:
    """Say the run type of LiteLLM's function; asynchronous ones begin with an ``a``."""
    attributes = span.attributes
    if span.name == RAW_REQUEST:
        draft.say("run_type", "chain")
        draft.say("kind", RAW_REQUEST)
        return "chain"
    if GUARDRAIL in attributes:
        draft.say("run_type", "chain")
        draft.say("kind", "guardrail")
        return "chain"
    for key in CALL_TYPES:
        word = attributes.get(key)
        if not isinstance(word, str) or not word:
            continue
        known = run_type_of_operation(word)
        if known is not None:
            if key != OPERATION:
                draft.say("run_type", known)
            return known
        run_type = _run_type_of_call(word)
        if run_type is not None:
            draft.say("run_type", run_type)
            draft.say("metadata.ls_modality", modality_of_operation(word.removeprefix("a")))
            return run_type
    return None


@lru_cache(maxsize=256)
def _run_type_of_call(word: str) -> RunType | None:
    for name in (word, word.removeprefix("a")):
        found = CALLS.get(name) or run_type_of_operation(name)
        if found is not None:
            return found
    return None


def _say_metadata(attributes: JsonObject, draft: Draft) -> None:
    """Say LiteLLM's metadata under bare keys; most of them are empty, and say nothing."""
    for key, value in attributes.items():
        prefix = next((p for p in METADATA if key.startswith(p)), None)
        if prefix is None:
            continue
        name = key[len(prefix) :]
        if value in EMPTY:
            draft.used.add(key)
        elif name and name != KEY_HASH and not is_reserved(name):
            draft.say(f"metadata.{name}", value, key)
    usage = python_literal(attributes.get(USAGE)) or json_object(attributes.get(USAGE))
    if isinstance(usage, dict):
        for counter, count in counters_of(usage)[0].items():
            if counter not in ("input", "output", "total"):
                draft.say(f"usage.{counter}", count)
    given = python_literal(attributes.get(REQUESTER)) or json_object(attributes.get(REQUESTER))
    if isinstance(given, dict):
        draft.say("tags", strings(given.get("tags")))
        for name in THREADS:
            draft.say("thread_id", text(given.get(name)))
    hidden = json_object(attributes.get(HIDDEN))
    if hidden is not None:
        draft.say("metadata.hidden_params", _without_secrets(hidden), HIDDEN)


def _without_secrets(value: JsonObject) -> JsonObject:
    """Return an object, and those in it, without the headers that are credentials."""
    return {
        key: _without_secrets(item)
        if isinstance(item, dict)
        else "[redacted]"
        if is_secret(key)
        else item
        for key, item in value.items()
    }


def _say_calls(attributes: JsonObject, draft: Draft) -> None:
    """Say the outputs with the tool calls that stand beside them, numbered as choices are."""
    if OUTPUT not in attributes:
        return
    nodes = indexed(attributes, COMPLETION)
    functions = [n["function_call"] for n in nodes.values() if _is_call(n.get("function_call"))]
    messages = normal_messages(json_list(attributes[OUTPUT]) or [], "assistant") or []
    if not functions or len(messages) != 1:
        return
    calls = [tool_call(None, call["name"], call.get("arguments")) for call in functions]
    message = messages[0]
    message = {**message, "tool_calls": merged_calls(message.get("tool_calls", []), calls)}
    numbers = [number for number, node in nodes.items() if _is_call(node.get("function_call"))]
    keys = [f"{COMPLETION}{at}.function_call.{word}" for at in numbers for word in CALL]
    reasons = strings(attributes.get(REASONS)) or ()
    draft.say("outputs", outputs_of([message], reasons=reasons), OUTPUT, *keys)


def _is_call(value: Json) -> bool:
    return isinstance(value, dict) and isinstance(value.get("name"), str)


def _is_indexed(key: str, prefix: str) -> bool:
    return key.startswith(prefix) and key[len(prefix) : len(prefix) + 1].isdigit()
