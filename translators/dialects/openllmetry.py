"""OpenLLMetry, the instrumentations of Traceloop: ``traceloop.*``, ``llm.*``, indexed ``gen_ai.*``.

What its newer versions send under OpenTelemetry's names is the ``genai`` dialect's.
Source: https://github.com/traceloop/openllmetry, ``opentelemetry-semantic-conventions-ai``.
"""

from collections.abc import Mapping
from functools import lru_cache

from translators.attributes import (
    MAX_INDEX_DIGITS,
    Table,
    anything,
    count,
    flag,
    json_or_text,
    number,
    text,
)
from translators.base import Draft, Signature
from translators.exclusive_cache import say_exclusive_usage
from translators.genai_table import stop_sequences
from translators.indexed_messages import (
    COMPLETION,
    PROMPT,
    Indexed,
    say_completions,
    say_prompts,
)
from translators.operations import run_type_of_operation
from translators.run import RunType
from translators.span import Json, JsonObject, Span
from translators.tools import tools_of
from translators.traceloop_content import is_reserved, say_entity
from translators.vector_db import VENDORS, say_vector_db

_REQUEST, _FUNCTIONS = "llm.request.", "llm.request.functions."
_NOT_PARAMS = ("llm.request.type", "llm.request.model_name", "llm.request.tags")
_MAX_KEY = 256  # what is longer is nobody's convention, and must not fill the cache
_PROPERTIES = "traceloop.association.properties."
_OURS = (
    PROMPT,
    COMPLETION,
    _REQUEST,
    "llm.response.",
    "llm.usage.",
    "llm.chat.",
    "llm.is_streaming",
    "llm.user",
    "llm.temperature",
    "llm.top_",
    "llm.seed",
    "db.vector.",
    "mcp.request.",
    "mcp.response.",
)
_DB_EVENTS = ("db.query.", "db.search.")
_BEDROCK = "opentelemetry.instrumentation.bedrock"  # takes its counts over as they come
_KINDS: dict[str, RunType] = {"tool": "tool", "llm": "llm"}
_REQUESTS: dict[str, RunType] = {
    "chat": "llm",
    "completion": "llm",
    "unknown": "llm",
    "embedding": "embedding",
    "rerank": "retriever",
}
_REQUEST_TYPES = ("llm.request.type", "traceloop.llm.request.type")
_THREADS = ("session_id", "thread_id", "conversation_id", "chat_id")
_SECRETS = ("authorization", "api-key", "api_key", "cookie", "token", "secret")


def _name(value: Json) -> str | None:
    return None if value == "" else text(value)


def _headers(value: Json) -> Json:
    """Return headers without those that hold secrets; text that may hold one is left out."""
    found = json_or_text(value)
    if isinstance(found, dict):
        return {key: item for key, item in found.items() if not _is_secret(key)}
    return "[redacted]" if isinstance(found, str) and _is_secret(found) else None


def _is_secret(text: str) -> bool:
    folded = text.lower()
    return any(word in folded for word in _SECRETS)


_TABLE = Table(
    {
        "traceloop.entity.name": ("name", _name),
        "llm.request.model": ("model", text),
        "llm.response.model": ("response_model", text),
        # Parameters of the call.
        "llm.request.max_tokens": ("params.max_tokens", count),
        "llm.request.temperature": ("params.temperature", number),
        "llm.temperature": ("params.temperature", number),
        "llm.request.top_p": ("params.top_p", number),
        "llm.top_p": ("params.top_p", number),
        "llm.top_k": ("params.top_k", number),
        "llm.request.seed": ("params.seed", number),
        "llm.seed": ("params.seed", number),
        "llm.request.frequency_penalty": ("params.frequency_penalty", number),
        "llm.frequency_penalty": ("params.frequency_penalty", number),
        "llm.request.presence_penalty": ("params.presence_penalty", number),
        "llm.presence_penalty": ("params.presence_penalty", number),
        "llm.chat.stop_sequences": ("params.stop", stop_sequences),
        "llm.is_streaming": ("params.stream", flag),
        "llm.user": ("params.user", text),
        # Token counts.
        "llm.usage.prompt_tokens": ("usage.input", count),
        "llm.usage.completion_tokens": ("usage.output", count),
        "llm.usage.total_tokens": ("usage.total", count),
        "llm.usage.reasoning_tokens": ("usage.reasoning", count),
        "llm.usage.cache_read_input_tokens": ("usage.cache_read", count),
        "llm.usage.cache_creation_input_tokens": ("usage.cache_creation", count),
        # What is told about the operation.
        "traceloop.workflow.name": ("metadata.workflow_name", text),
        "traceloop.entity.path": ("metadata.entity_path", text),
        "traceloop.entity.version": ("metadata.entity_version", anything),
        "traceloop.prompt.managed": ("metadata.prompt_managed", anything),
        "traceloop.prompt.key": ("metadata.prompt_key", text),
        "traceloop.prompt.version": ("metadata.prompt_version", anything),
        "traceloop.prompt.version_name": ("metadata.prompt_version_name", text),
        "traceloop.prompt.version_hash": ("metadata.prompt_version_hash", text),
        "traceloop.prompt.template": ("metadata.prompt_template", text),
        "traceloop.prompt.template_variables": ("metadata.prompt_variables", json_or_text),
        "traceloop.correlation.id": ("metadata.correlation_id", text),
        "llm.headers": ("metadata.llm.headers", _headers),
        "gen_ai.headers": ("metadata.gen_ai.headers", _headers),
        "gen_ai.prompt.prompt_filter_results": ("metadata.content_filter_results", json_or_text),
        "gen_ai.prompt.prompt_error": ("metadata.prompt_error", json_or_text),
    }
)


class OpenLLMetry:
    """Reads what the instrumentations of Traceloop send."""

    name = "openllmetry"
    table = _TABLE
    also: Mapping[str, str] = {
        f"{PROMPT}*": "inputs",
        f"{COMPLETION}*": "outputs",
        f"{_FUNCTIONS}*": "params.tools",
        f"{_REQUEST}*": "params.*",
        f"{_PROPERTIES}*": "metadata.*",
        "traceloop.span.kind": "run_type, kind",
        **dict.fromkeys(_REQUEST_TYPES, "run_type, kind"),
        "traceloop.entity.input": "raw_inputs",
        "traceloop.entity.output": "raw_outputs",
        "db.*": "inputs, outputs",
        "gen_ai.usage.*": "usage.* (of Bedrock)",
    }

    def speaks(self, signature: Signature) -> bool:
        """Tell whether there is an attribute that only they, or those who copy them, send."""
        if "traceloop" in signature.namespaces or "llm.request.type" in signature.keys:
            return True
        return (
            any(key.startswith(_OURS) for key in signature.keys)
            or any(name.startswith(_DB_EVENTS) for name in signature.events)
            or signature.scope.rpartition(".")[2] in VENDORS
        )

    def translate(self, span: Span) -> Draft | None:
        """Return what the span says in the words of Traceloop."""
        draft, attributes = Draft(), span.attributes
        _TABLE.read(attributes, draft)
        run_type = _say_kind(attributes, draft)
        groups: dict[str, Indexed] = {}
        properties: JsonObject = {}
        for key, value in attributes.items():
            place = _place(key) if len(key) < _MAX_KEY else None
            if place is None:
                continue
            group, index, field = place
            if group == _PROPERTIES:
                properties[field] = value
                continue
            if group == _REQUEST:
                draft.say(f"params.{field}", value, key)
                continue
            indexed = groups.get(group)
            if indexed is None:
                indexed = groups[group] = Indexed()
            indexed.add(key, index, field, value)
        if groups:
            _say_groups(groups, attributes, run_type, draft)
        if properties:
            _say_properties(properties, draft)
        if "params.stop" in draft.said:
            draft.say("params.stop_sequences", draft.said["params.stop"][0])
        if "llm.user" in attributes:
            draft.say("user_id", text(attributes["llm.user"]))
        if span.scope.name == _BEDROCK:
            say_exclusive_usage(attributes, draft)
        say_entity(attributes, run_type, draft)
        if span.events or "db.system" in attributes or "db.system.name" in attributes:
            say_vector_db(span, draft)
            _say_first_chunk(span, draft)
        return draft if draft.said else None


@lru_cache(maxsize=8192)
def _place(key: str) -> tuple[str, int, str] | None:
    """Return the group of a key, with its index and the rest; None for a key on its own.

    The same keys come with every span, so each is taken apart once.
    """
    if key.startswith(_PROPERTIES):
        return _PROPERTIES, 0, key[len(_PROPERTIES) :]
    for group in (PROMPT, COMPLETION, _FUNCTIONS):
        if key.startswith(group):
            word, _, rest = key[len(group) :].partition(".")
            known = len(word) <= MAX_INDEX_DIGITS and word.isdecimal() and str(int(word)) == word
            return (group, int(word), rest) if known and rest else None
    if key.startswith(_REQUEST) and key not in _NOT_PARAMS and key not in _TABLE.rows:
        return _REQUEST, 0, key[len(_REQUEST) :]
    return None


def _say_kind(attributes: JsonObject, draft: Draft) -> RunType | None:
    """Say run type and kind; the operation's name, where it tells, is the better word for it."""
    key = next((key for key in _REQUEST_TYPES if key in attributes), "")
    request = attributes.get(key)
    kind = attributes.get("traceloop.span.kind")
    found: RunType | None = None
    if isinstance(request, str):
        found = _REQUESTS.get(request)
        draft.say("kind", request if request in _REQUESTS else None, key)
    if isinstance(kind, str):
        found = found or _KINDS.get(kind, "chain")
        draft.say("kind", kind if kind == kind.lower() else None, "traceloop.span.kind")
    operation = run_type_of_operation(attributes.get("gen_ai.operation.name"))
    if operation is None:
        draft.say("run_type", found)
    return operation or found


def _say_groups(
    groups: dict[str, Indexed], attributes: JsonObject, run_type: RunType | None, draft: Draft
) -> None:
    functions = groups.get(_FUNCTIONS)
    if functions is not None:
        draft.say("params.tools", tools_of(functions.in_order()), *functions.keys)
    prompts, completions = groups.get(PROMPT), groups.get(COMPLETION)
    if prompts is not None:
        say_prompts(prompts, run_type, draft)
    if completions is not None:
        say_completions(completions, attributes, run_type, draft)


def _say_properties(properties: JsonObject, draft: Draft) -> None:
    """Say what the user attached, under its bare name; whose run it is, besides."""
    for name, value in properties.items():
        if name and not is_reserved(name):
            draft.say(f"metadata.{name}", value, _PROPERTIES + name)
    for name in _THREADS:
        if name in properties:
            draft.say("thread_id", text(properties[name]))
    if "user_id" in properties:
        draft.say("user_id", text(properties["user_id"]))


def _say_first_chunk(span: Span, draft: Draft) -> None:
    for event in span.events:
        if event.name == "llm.content.completion.chunk":
            draft.say("first_token_ns", event.time_ns)
            return
