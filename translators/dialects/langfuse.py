"""Langfuse's SDKs, version 3 and newer, and spans of others with ``langfuse.*`` set on them.

Source: https://langfuse.com/integrations/native/opentelemetry; langfuse-python 5.0.4,
``langfuse/_client/attributes.py``, ``langfuse/openai.py`` and ``langfuse/langchain``.
"""

from collections.abc import Mapping

from translators.attributes import Table, anything, json_object, json_or_text, strings, text
from translators.base import Draft, Signature
from translators.documents import documents_of
from translators.halves import say_parts
from translators.langfuse_values import (
    completion_start_ns,
    encodes_texts,
    metadata_value,
    say_costs,
    say_usage,
    split_tools,
    unwrapped_call,
)
from translators.model_values import answer_of, messages_of, request_of
from translators.providers import is_refined
from translators.run import RunType
from translators.span import Json, JsonObject, Span
from translators.traceloop_content import is_reserved

TYPE = "langfuse.observation.type"
INPUT, OUTPUT = "langfuse.observation.input", "langfuse.observation.output"
TRACE_NAME = "langfuse.trace.name"
TRACE_SIDES = (("raw_inputs", "langfuse.trace.input"), ("raw_outputs", "langfuse.trace.output"))
MODEL = "langfuse.observation.model.name"
PARAMS = "langfuse.observation.model.parameters"
USAGE, COSTS = "langfuse.observation.usage_details", "langfuse.observation.cost_details"
LEVEL, STATUS = "langfuse.observation.level", "langfuse.observation.status_message"
STARTED = "langfuse.observation.completion_start_time"
METADATA = ("langfuse.observation.metadata", "langfuse.trace.metadata")
RUN_TYPES: dict[str, RunType] = {
    "generation": "llm",
    "embedding": "embedding",
    "tool": "tool",
    "retriever": "retriever",
}
THREADS = ("session.id", "langfuse.session.id")
USERS = ("user.id", "langfuse.user.id")
# Of LangChain's metadata, where nobody names the session otherwise.
METADATA_THREADS = ("thread_id", "session_id", "conversation_id")
CHOICES = ("tool_choice", "function_call")
UNLIMITED = "Infinity"  # how the OpenAI wrapper writes down that there is no max_tokens

TABLE = Table(
    {
        "langfuse.observation.prompt.name": ("metadata.prompt_name", text),
        "langfuse.observation.prompt.version": ("metadata.prompt_version", anything),
        "langfuse.trace.tags": ("tags", strings),
        "langfuse.environment": ("metadata.environment", text),
        "langfuse.release": ("metadata.revision_id", text),
    }
)


class Langfuse:
    """Reads observations; on spans of others it overrides what is set, and nothing else."""

    name = "langfuse"
    table = TABLE
    also: Mapping[str, str] = {
        TYPE: "run_type, kind",
        INPUT: "inputs",
        OUTPUT: "outputs",
        "langfuse.trace.input": "inputs (of the root)",
        "langfuse.trace.output": "outputs (of the root)",
        TRACE_NAME: "name (of the root)",
        MODEL: "model",
        PARAMS: "params",
        USAGE: "usage",
        COSTS: "usage (costs)",
        LEVEL: "error",
        STATUS: "error",
        STARTED: "first token",
        "langfuse.observation.metadata": "metadata",
        "langfuse.observation.metadata.*": "metadata",
        "langfuse.trace.metadata": "metadata",
        "langfuse.trace.metadata.*": "metadata",
        "session.id": "thread_id",
        "langfuse.session.id": "thread_id",
        "user.id": "user_id",
        "langfuse.user.id": "user_id",
    }

    def speaks(self, signature: Signature) -> bool:
        """Tell whether the span is of a Langfuse SDK, or somebody set ``langfuse.*`` on it."""
        return "langfuse" in signature.namespaces or signature.scope.startswith("langfuse")

    def translate(self, span: Span) -> Draft | None:
        """Return what the span says of an observation, and of its trace."""
        draft, attributes = Draft(), span.attributes
        TABLE.read(attributes, draft)
        run_type = _say_kind(attributes, draft)
        metadata = _say_metadata(span, draft)
        if INPUT in attributes:
            _say_inputs(json_or_text(attributes[INPUT]), run_type, draft)
        if OUTPUT in attributes:
            _say_outputs(json_or_text(attributes[OUTPUT]), run_type, draft)
        if not span.parent_span_id:
            _say_trace(attributes, draft)
        _say_model(attributes, metadata, draft)
        if USAGE in attributes:
            say_usage(attributes[USAGE], USAGE, draft)
        if COSTS in attributes:
            say_costs(attributes[COSTS], COSTS, draft)
        if STARTED in attributes:
            draft.say("first_token_ns", completion_start_ns(attributes[STARTED]))
        if attributes.get(LEVEL) == "ERROR":
            status = text(attributes.get(STATUS))
            draft.say("error", status or "", *((STATUS,) if status else ()))
        _say_people(attributes, metadata, draft)
        return draft if draft.said else None


def _say_kind(attributes: JsonObject, draft: Draft) -> RunType | None:
    kind = text(attributes.get(TYPE))
    if kind is None:
        return None
    word = kind.lower()
    run_type = RUN_TYPES.get(word, "chain")
    draft.say("run_type", run_type)
    draft.say("kind", word, *((TYPE,) if kind in (word, kind.upper()) else ()))
    return run_type


def _say_inputs(value: Json, run_type: RunType | None, draft: Draft) -> None:
    value = unwrapped_call(value)
    inputs: JsonObject | None = None
    parts: JsonObject = {}
    if run_type == "llm":
        if isinstance(value, dict):
            request = request_of(value)
            if request is not None and request.rest.keys().isdisjoint(request.inputs):
                parts["params.tools"] = request.tools
                for key in CHOICES:
                    if key in request.rest and "params.tool_choice" not in parts:
                        parts["params.tool_choice"] = request.rest.pop(key)
                inputs = {**request.rest, **request.inputs}
        else:
            others, parts["params.tools"] = split_tools(value)
            messages = messages_of(others, "user")
            inputs = None if messages is None else {"messages": messages}
    elif run_type == "retriever" and isinstance(value, str):
        inputs = {"query": value}
    if inputs is None:
        draft.say("raw_inputs", value, INPUT)
    else:
        say_parts(draft, INPUT, {"inputs": inputs, **parts})


def _say_outputs(value: Json, run_type: RunType | None, draft: Draft) -> None:
    outputs: JsonObject | None = None
    if run_type == "llm":
        outputs, _ = answer_of(value)
    elif run_type == "retriever" and isinstance(value, list):
        outputs = {"documents": documents_of(value)}
    if outputs is None:
        draft.say("raw_outputs", value, OUTPUT)
    else:
        draft.say("outputs", outputs, OUTPUT)


def _say_trace(attributes: JsonObject, draft: Draft) -> None:
    """Say what Langfuse shows of the trace, where the span is its root."""
    draft.say("name", text(attributes.get(TRACE_NAME)), TRACE_NAME)
    for field, key in TRACE_SIDES:
        if key in attributes and field[4:] not in draft.said:
            draft.say(field, json_or_text(attributes[key]), key)


def _say_model(attributes: JsonObject, metadata: JsonObject, draft: Draft) -> None:
    named = text(attributes.get(MODEL))
    asked = metadata.get("ls_model_name")
    if named and isinstance(asked, str) and asked != named and is_refined(asked, named):
        # Langfuse has one name: the answering model's, once it is known.
        draft.say("model", asked)
        draft.say("response_model", named, MODEL)
    else:
        draft.say("model", named, MODEL)
    draft.say("provider", text(metadata.get("ls_provider")))
    params = json_object(attributes.get(PARAMS))
    if params is not None:
        kept = {k: v for k, v in params.items() if v is not None and v != UNLIMITED}
        draft.say("bag.params", kept, *(() if UNLIMITED in params.values() else (PARAMS,)))


def _say_metadata(span: Span, draft: Draft) -> JsonObject:
    """Say the metadata under the keys that the user gave; return them all."""
    found: JsonObject = {}
    reserved: JsonObject = {}
    keys: list[str] = []
    encoded = encodes_texts(span)
    for prefix in METADATA:
        for key, value in span.attributes.items():
            if not key.startswith(prefix):
                continue
            if key == prefix:
                members = json_object(value) or {}
                for name, member in members.items():
                    if found.setdefault(name, member) == member and not is_reserved(name):
                        draft.say(f"metadata.{name}", member)
                continue
            if key[len(prefix)] != ".":
                continue
            name, member = key[len(prefix) + 1 :], metadata_value(value, encoded=encoded)
            if found.setdefault(name, member) != member:
                continue
            if not is_reserved(name):
                # The words "true" and "false" are kept as they came, beside what they mean.
                draft.say(f"metadata.{name}", member, *(() if member.__class__ is bool else (key,)))
            elif name.startswith("ls_"):
                reserved[name] = member
                keys.append(key)
    draft.say("bag.metadata", reserved or None, *keys)
    return found


def _say_people(attributes: JsonObject, metadata: JsonObject, draft: Draft) -> None:
    # The attributes stay beside these: users look for the name that they gave.
    for key in THREADS:
        draft.say("thread_id", text(attributes.get(key)))
    for key in USERS:
        draft.say("user_id", text(attributes.get(key)))
    for key in METADATA_THREADS:
        draft.say("thread_id", text(metadata.get(key)))
    draft.say("user_id", text(metadata.get("user_id")))
