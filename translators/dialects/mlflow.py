"""MLflow Tracing: autologging for some thirty libraries, and decorated functions.

Its attributes are JSON texts, user-given ones too. With its translation to OpenTelemetry's
conventions switched on, only the latter remain; the rest is then the ``genai`` dialect's.
Source: https://mlflow.org/docs/latest/genai/tracing; mlflow 3.17 and 3.18,
``mlflow/tracing/constant.py`` and the autologging integrations.
"""

from collections.abc import Mapping

from translators.attributes import Table, json_object, json_or_text, number, parsed_json, text
from translators.base import Draft, Signature
from translators.documents import documents_of
from translators.halves import say_parts
from translators.model_values import answer_of, messages_of, model_of, request_of
from translators.providers import is_refined
from translators.remains import keeps_genai_only
from translators.run import RunType
from translators.span import Json, JsonObject, Span
from translators.tools import tools_of
from translators.traceloop_content import is_reserved
from translators.usage_objects import counters_of, counts_cache_apart

TYPE, INPUTS, OUTPUTS = "mlflow.spanType", "mlflow.spanInputs", "mlflow.spanOutputs"
MODEL, USAGE, COST = "mlflow.llm.model", "mlflow.chat.tokenUsage", "mlflow.llm.cost"
# LangChain's own parameters, which MLflow sets beside its own attributes.
INVOCATION = "invocation_params"
TAGS = "mlflow.traceTag."
THREADS = ("session.id", "mlflow.trace.session")
USERS = ("user.id", "mlflow.trace.user")
METADATA_THREADS = ("thread_id", "session_id", "conversation_id")
CHUNK = "mlflow.chunk.item."
RUN_TYPES: dict[str, RunType] = {
    "CHAT_MODEL": "llm",
    "LLM": "llm",
    "EMBEDDING": "embedding",
    "RETRIEVER": "retriever",
    "RERANKER": "retriever",
    "TOOL": "tool",
    "PARSER": "parser",
}
COSTS = {"input_cost": "cost_input", "output_cost": "cost_output", "total_cost": "cost_total"}
# Where MLflow has turned a span into OpenTelemetry's words, the arguments of the call are left.
OPERATION = "gen_ai.operation.name"
PARAMS = frozenset(
    {
        "temperature", "top_p", "max_tokens", "max_completion_tokens", "seed", "stop", "n",
        "stream", "stream_options", "presence_penalty", "frequency_penalty", "logit_bias",
        "logprobs", "top_logprobs", "response_format", "tool_choice", "parallel_tool_calls",
        "service_tier", "reasoning_effort", "dimensions", "encoding_format", "modalities",
    }
)  # fmt: skip
CONTENT_PARAMS = frozenset({"messages", "tools", "functions", "system", "prompt", "input"})


def word(value: Json) -> str | None:
    """Return a text, also from its JSON."""
    return text(value if (found := parsed_json(value)) is None else found)


TABLE = Table(
    {
        "mlflow.llm.provider": ("provider", word),
        "mlflow.chat.tools": ("params.tools", tools_of),
        "metadata": ("bag.metadata", json_object),
        "tool_call_id": ("metadata.tool_call_id", word),
    }
)


class MLflow:
    """Reads spans of MLflow, before or after it has turned them into OpenTelemetry's words."""

    name = "mlflow"
    table = TABLE
    also: Mapping[str, str] = {
        TYPE: "run_type, kind",
        INPUTS: "inputs, params",
        OUTPUTS: "outputs, usage",
        MODEL: "model",
        USAGE: "usage",
        COST: "usage (costs)",
        INVOCATION: "params",
        "mlflow.trace.session": "thread_id",
        "mlflow.trace.user": "user_id",
        "session.id": "thread_id",
        "user.id": "user_id",
        "mlflow.chunk.item.*": "first token",
        f"{TAGS}*": "tags",
        "mlflow.*": "metadata",
        "*": "metadata, or params where it is an argument of the call; JSON is opened",
    }

    def speaks(self, signature: Signature) -> bool:
        """Tell whether MLflow made the span."""
        return "mlflow" in signature.namespaces or signature.scope.startswith("mlflow")

    def translate(self, span: Span) -> Draft | None:
        """Return what the span says; content by its type, whatever library it is of."""
        draft, attributes = Draft(), span.attributes
        TABLE.read(attributes, draft)
        run_type = _say_kind(span, draft)
        request: Json = None
        if INPUTS in attributes:
            request = _opened(attributes[INPUTS])
            _say_inputs(request, run_type, draft)
        if OUTPUTS in attributes:
            _say_outputs(_opened(attributes[OUTPUTS]), run_type, attributes, draft)
        elif USAGE in attributes:
            _say_usage(json_object(attributes[USAGE]), {}, draft)
        _say_model(attributes, request if isinstance(request, dict) else {}, run_type, draft)
        if COST in attributes:
            for key, cost in (json_object(attributes[COST]) or {}).items():
                if key in COSTS:
                    draft.say(f"usage.{COSTS[key]}", number(cost), COST)
        _say_people(attributes, draft)
        if span.events:
            _say_first_chunk(span, draft)
        _say_rest(attributes, request if isinstance(request, dict) else {}, draft)
        return draft if draft.said else None


def _opened(value: Json) -> Json:
    """Return what a JSON text says, null as None; other text as it is."""
    found = parsed_json(value)
    return value if found is None and value != "null" else found


def _say_kind(span: Span, draft: Draft) -> RunType | None:
    kind = word(span.attributes.get(TYPE))
    if kind is None:
        return None
    run_type = RUN_TYPES.get(kind, "chain")
    keys = (TYPE,) if kind == kind.upper() or kind == kind.lower() else ()
    draft.say("run_type", run_type)
    draft.say("kind", kind.lower(), *keys)
    if run_type == "tool":
        draft.say("metadata.tool_name", span.name or None)
        draft.say("params.tool_name", span.name or None)
    return run_type


def _say_inputs(value: Json, run_type: RunType | None, draft: Draft) -> None:
    if run_type in ("llm", "embedding") and isinstance(value, dict):
        request = request_of(value, embedding=run_type == "embedding")
        if request is not None:
            if request.tools not in (None, draft.said.get("params.tools", (None,))[0]):
                # As MLflow gives them elsewhere, some of a tool's own words are missing.
                draft.said["params.tools"] = (request.tools, ())
            parts = {"inputs": request.inputs, "params.tools": request.tools}
            for name, param in request.rest.items():
                plain = name == "model" and isinstance(param, str)
                parts["model" if plain else f"params.{name}"] = param
            say_parts(draft, INPUTS, parts)
            if "params.stop_sequences" in draft.said:
                draft.say("params.stop", draft.said["params.stop_sequences"][0])
            return
    elif run_type == "llm":
        messages = messages_of(value, "user")
        if messages is not None:
            draft.say("inputs", {"messages": messages}, INPUTS)
            return
    elif run_type == "retriever" and isinstance(value, str):
        draft.say("inputs", {"query": value}, INPUTS)
        return
    draft.say("raw_inputs", value, INPUTS)


def _say_outputs(
    value: Json, run_type: RunType | None, attributes: JsonObject, draft: Draft
) -> None:
    outputs: JsonObject | None = None
    usage: JsonObject = {}
    if run_type == "llm":
        outputs, usage = answer_of(value)
    elif run_type == "retriever" and isinstance(value, list):
        outputs = {"documents": documents_of(value)}
    if isinstance(value, dict) and run_type in ("llm", "embedding"):
        draft.say("metadata.response_model", model_of(value))
        draft.say("metadata.response_id", text(value.get("id")))
        given = value.get("usage")
        usage = usage or (given if isinstance(given, dict) else {})
    if outputs is None:
        draft.say("raw_outputs", value, OUTPUTS)
    else:
        draft.say("outputs", outputs, OUTPUTS)
    _say_usage(json_object(attributes.get(USAGE)), usage, draft)


def _say_usage(counted: JsonObject | None, answered: JsonObject, draft: Draft) -> None:
    """Say what MLflow counted, and of the provider's own usage object what it leaves out."""
    counters, complete = counters_of(counted or {})
    for name, count in counters.items():
        draft.say(f"usage.{name}", count, *((USAGE,) if complete else ()))
    theirs, _ = counters_of(answered)
    apart = counts_cache_apart(answered)
    if not counters or (apart and counters.get("input") == theirs.get("input")):
        # Older versions pass on Anthropic's counts as they are.
        draft.say("usage.exclusive", True if apart else None)
    for name, count in theirs.items():
        if not counters or name not in ("input", "output", "total"):
            draft.say(f"usage.{name}", count)


def _say_model(
    attributes: JsonObject, request: JsonObject, run_type: RunType | None, draft: Draft
) -> None:
    named, asked = word(attributes.get(MODEL)), model_of(request)
    if asked is None and (run_type in ("llm", "embedding") or OPERATION in attributes):
        asked = word(attributes.get("model"))
    if named and asked and named != asked and is_refined(asked, named):
        draft.say("response_model", named, MODEL)
    asked = asked or named
    draft.say("model", asked, *((MODEL,) if asked == named else ()))
    params = json_object(attributes.get(INVOCATION))
    if params is not None:
        tools = tools_of(params.get("tools"))
        draft.say("params.tools", tools)
        kept = {k: v for k, v in params.items() if v is not None and k not in CONTENT_PARAMS}
        left = {k for k in CONTENT_PARAMS if params.get(k)}
        if tools is not None and draft.said["params.tools"][0] == tools:
            left.discard("tools")
        draft.say("bag.params", kept, *(() if left else (INVOCATION,)))


def _say_people(attributes: JsonObject, draft: Draft) -> None:
    # The attributes stay beside these: users look for the name that they gave.
    for key in THREADS:
        draft.say("thread_id", word(attributes.get(key)))
    for key in USERS:
        draft.say("user_id", word(attributes.get(key)))
    bag = draft.said.get("bag.metadata")
    if bag is not None:
        for key in METADATA_THREADS:
            draft.say("thread_id", text(bag[0].get(key)))
    tags = [
        f"{key[len(TAGS) :]}:{value}"
        for key, value in attributes.items()
        if key.startswith(TAGS) and not key.startswith(TAGS + "mlflow.")
    ]
    draft.say("tags", tags or None)


def _say_first_chunk(span: Span, draft: Draft) -> None:
    for event in span.events:
        if event.name.startswith(CHUNK):
            draft.say("first_token_ns", event.time_ns)
            return


def _say_rest(attributes: JsonObject, request: JsonObject, draft: Draft) -> None:
    """Say every other attribute opened; what only repeats the request needs no second place."""
    _, keys = draft.said.get("inputs", (None, ()))
    whole = any(key == INPUTS or (isinstance(key, tuple) and key[0] == INPUTS) for key in keys)
    for key, value in attributes.items():
        if key in _KNOWN or not isinstance(value, str) or key.startswith(TAGS):
            continue
        ours = key.startswith("mlflow.")
        if not ours and (keeps_genai_only(key) or is_reserved(key)):
            continue
        found = json_or_text(value) if ours and value[:1] != '"' else parsed_json(value)
        # The words "true" and "false" are kept as they came, beside the value that they mean.
        keys = () if isinstance(found, bool) else (key,)
        if OPERATION in attributes and key in PARAMS:
            draft.say(f"params.{key}", found, *keys)
        elif whole and key in request and request[key] == found:
            draft.used.update(keys)
        elif keys:
            draft.say(f"metadata.{key}", found, key)


_KNOWN = frozenset((*TABLE.keys(), *MLflow.also, *THREADS, *USERS))
