"""Logfire: what its SDK puts on every span, and the libraries that it instruments by itself.

What comes under OpenTelemetry's names is the ``genai`` dialect's.
Source: https://github.com/pydantic/logfire, ``logfire`` 3.25.0 and 5.2.0.
"""

from collections.abc import Mapping
from functools import lru_cache

from translators.attributes import (
    Table,
    count,
    json_object,
    json_or_text,
    number,
    parsed_json,
    strings,
    text,
)
from translators.base import Draft, Signature
from translators.logfire_agents import READ as AGENTS_READ
from translators.logfire_agents import SCOPE as AGENTS
from translators.logfire_agents import say_agents
from translators.logfire_calls import READ as CALLS_READ
from translators.logfire_calls import REQUEST, RESPONSE, say_call, say_raw_usage
from translators.message_templates import filled
from translators.remains import is_secret, keeps_genai_only
from translators.span import STATUS_ERROR, STATUS_OK, Json, JsonObject, Span

_SCHEMA, _LEVEL, _TYPE = "logfire.json_schema", "logfire.level_num", "logfire.span_type"
_ATTACHED = "metadata"  # what a user gave, as an object
_MESSAGE, _TEMPLATE = "logfire.msg", "logfire.msg_template"
_ERROR = 17  # levels from here on are errors
_SCOPE, _PYDANTIC_AI = "logfire", "pydantic-ai"
_MODEL = "gen_ai.request.model"
_PARTIAL = "gen_ai.usage.partial."
_MAX_SCHEMA = 20_000  # characters; a longer one is rarely seen again
# Attributes that are read as content, by scope; a copy in the metadata would only be in the way.
_ANYWHERE = (
    "input", "output", "inputs", "prompt", "response", "return", "tags", "tools", _ATTACHED,
)  # fmt: skip
_CONTENT = {
    AGENTS: frozenset((*_ANYWHERE, *AGENTS_READ, *CALLS_READ, "result")) - {"usage", "tools"},
    "": frozenset((*_ANYWHERE, *CALLS_READ)),
}
# What these are called in LangSmith means something else, or something more.
_RESERVED = frozenset(
    ("thread_id", "session_id", "conversation_id", "revision_id", "user_id", "usage_metadata")
)


def _pending(span_type: Json) -> str | None:
    """Return why a placeholder makes no run: the span itself follows when it ends."""
    return "pending_span" if span_type == "pending_span" else None


_TABLE = Table(
    {
        _TYPE: ("drop", _pending),
        "logfire.tags": ("tags", strings),
        "operation.cost": ("usage.cost_total", number),
        # Counted while an answer of Claude's was still coming.
        _PARTIAL + "input_tokens": ("usage.input", count),
        _PARTIAL + "output_tokens": ("usage.output", count),
        _PARTIAL + "cache_read.input_tokens": ("usage.cache_read", count),
        _PARTIAL + "cache_creation.input_tokens": ("usage.cache_creation", count),
        # What a function that is instrumented gave back.
        "return": ("raw_outputs", json_or_text),
        # What an evaluation's case was given; so in pydantic-evals.
        "inputs": ("raw_inputs", json_or_text),
    }
)


class Logfire:
    """Reads what Logfire's SDK sends."""

    name = "logfire"
    table = _TABLE
    also: Mapping[str, str] = {
        **AGENTS_READ,
        **CALLS_READ,
        _ATTACHED: "metadata",
        "result": "outputs",
        _MESSAGE: "error",
        _TEMPLATE: "name",
        _LEVEL: "error",
        _SCHEMA: "metadata (which attributes are JSON)",
    }

    def speaks(self, signature: Signature) -> bool:
        """Tell whether the scope is Logfire's, or an attribute that its SDK sets."""
        return "logfire" in signature.namespaces or signature.scope.partition(".")[0] == _SCOPE

    def translate(self, span: Span) -> Draft | None:
        """Return what the span says in the words of Logfire."""
        draft, attributes = Draft(), span.attributes
        _TABLE.read(attributes, draft)
        if "drop" in draft.said:
            return draft
        if _PARTIAL + "output_tokens" in attributes or _PARTIAL + "input_tokens" in attributes:
            draft.say("metadata.usage_partial", True)
        scope = span.scope.name
        if scope == AGENTS:
            say_agents(span, draft)
        elif scope.startswith("logfire.") or REQUEST in attributes or RESPONSE in attributes:
            say_call(span, draft)
        else:
            say_raw_usage(attributes, draft)
        _say_name(span, draft)
        _say_error(span, draft)
        if attributes.get(_TYPE) == "log" and "gen_ai.operation.name" not in attributes:
            draft.say("kind", "log")
        schema = attributes.get(_SCHEMA)
        if isinstance(schema, str) and scope != _PYDANTIC_AI:
            _say_declared(span, schema, draft)
        return draft if draft.said else None


def _say_name(span: Span, draft: Draft) -> None:
    """Say a name that is the same for spans of one kind.

    Templates of the libraries that Logfire instruments are filled in: with models and the like. A
    user's own would make too many names.
    """
    template = span.attributes.get(_TEMPLATE)
    if not isinstance(template, str):
        return
    if span.scope.name.startswith("logfire."):
        if span.name == template:
            model = draft.said.get("model", (text(span.attributes.get(_MODEL)),))[0]
            draft.say("name", filled(template, span.attributes, model))
    elif span.name == span.attributes.get(_MESSAGE):
        draft.say("name", template)


def _say_error(span: Span, draft: Draft) -> None:
    """Say that a span failed where its level says so, and what a failed one without words says.

    A log of an error did not fail itself, but where its status says that it did.
    """
    attributes = span.attributes
    level = count(attributes.get(_LEVEL))
    if level is None or level < _ERROR or span.status_code == STATUS_OK:
        return
    failed = span.status_code == STATUS_ERROR or attributes.get(_TYPE) != "log"
    if failed and not (span.events or span.status_message):
        told = "" if "error.type" in attributes else text(attributes.get(_MESSAGE))
        draft.say("error", told or "")


def _say_declared(span: Span, schema: str, draft: Draft) -> None:
    """Say attributes that are declared as JSON as what they are, not as its text."""
    attributes = span.attributes
    declared = _declared(schema) if len(schema) <= _MAX_SCHEMA else _declared.__wrapped__(schema)
    content = _CONTENT.get(span.scope.name) or _CONTENT[""]
    keys: list[str] = []
    members: JsonObject = {}
    for key in declared:
        value = attributes.get(key)
        if isinstance(value, str) and key not in content and not _stays(key):
            found = parsed_json(value)
            if isinstance(found, list | dict):
                members[key] = found
                keys.append(key)
    attached = json_object(attributes.get(_ATTACHED)) if _ATTACHED in declared else None
    if attached is not None and members.keys().isdisjoint(attached):
        members |= attached
        keys.append(_ATTACHED)
    draft.say("bag.metadata", members or None, *keys)


@lru_cache(maxsize=4096)
def _stays(key: str) -> bool:
    """Tell whether an attribute is left as it came: other dialects read it, or it is renamed."""
    return (
        key in _RESERVED
        or key.startswith(("ls_", "logfire."))
        or keeps_genai_only(key)
        or is_secret(key)
    )


@lru_cache(maxsize=1024)
def _declared(schema: str) -> tuple[str, ...]:
    """Return the attributes that a schema of Logfire's declares as objects or arrays."""
    found = json_object(schema)
    properties = found.get("properties") if found is not None else None
    if not isinstance(properties, dict):
        return ()
    return tuple(
        [
            key
            for key, said in properties.items()
            if isinstance(said, dict) and said.get("type") in ("object", "array", ["array"])
        ]
    )
