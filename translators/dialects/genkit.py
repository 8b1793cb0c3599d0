"""Genkit in JavaScript, Go and Python: ``genkit:*``.

Source: https://github.com/firebase/genkit, ``js/core/src/tracing`` and ``js/core/src/action.ts``
(1.42, recorded), ``go/core/tracing/tracing.go`` and ``py/packages/genkit/src/genkit/_core``
(April 2026, read).
"""

from collections.abc import Mapping

import orjson

from translators.attributes import Table, text
from translators.base import Draft, Signature
from translators.genkit_content import answer_of, documents_of, messages_of, text_or_parts
from translators.run import RunType
from translators.span import Json, JsonObject, Span
from translators.tools import tools_of
from translators.usage_objects import counters_of, counts_cache_apart

_INPUT, _OUTPUT = "genkit:input", "genkit:output"
_SUBTYPE, _TYPE, _NAME = "genkit:metadata:subtype", "genkit:type", "genkit:name"
_STATE, _SESSION = "genkit:state", "genkit:sessionId"
_RUN_TYPES: dict[str, RunType] = {
    "model": "llm",
    "background-model": "llm",
    "embedder": "embedding",
    "retriever": "retriever",
    "reranker": "retriever",
    "tool": "tool",
    "tool.v2": "tool",
    "prompt": "prompt",
    "promptTemplate": "prompt",
}
# Genkit's plug-ins -> the words by which others know the provider.
_PLUGINS = {
    "googleai": "google_genai",
    "vertexai": "google_vertexai",
    "vertex-ai": "google_vertexai",
}
_CONFIG = {
    "maxOutputTokens": "max_tokens",
    "topK": "top_k",
    "topP": "top_p",
    "frequencyPenalty": "frequency_penalty",
    "presencePenalty": "presence_penalty",
}
_USAGE = {
    "inputTokens": "input",
    "outputTokens": "output",
    "totalTokens": "total",
    "thoughtsTokens": "reasoning",
    "cachedContentTokens": "cache_read",
}
_RAW_USAGE = ("usage", "usageMetadata")
_RAW_MODEL = ("model", "modelVersion")
_RAW_ID = ("id", "responseId")

_TABLE = Table({_NAME: ("name", text), _SUBTYPE: ("kind", text), _TYPE: ("kind", text)})


class Genkit:
    """Spans of Genkit's own tracer: flows, models, tools, retrievers, embedders, prompts."""

    name = "genkit"
    table = _TABLE
    also: Mapping[str, str] = {
        _INPUT: "inputs, params.*, model",
        _OUTPUT: "outputs, usage.*, response_model, metadata.genkit.response",
        _STATE: "error",
        _SESSION: "thread_id",
    }

    def speaks(self, signature: Signature) -> bool:
        """Tell whether the span comes from Genkit's tracer, or has an attribute of its."""
        return signature.scope == "genkit-tracer" or _TYPE in signature.keys

    def translate(self, span: Span) -> Draft:
        """Return what the action is, what went in and what came out."""
        draft, attributes = Draft(), span.attributes
        _TABLE.read(attributes, draft)
        kind = draft.said["kind"][0] if "kind" in draft.said else ""
        run_type = _RUN_TYPES.get(kind, "chain")
        draft.say("run_type", run_type)
        if attributes.get(_STATE) == "error":
            draft.say("error", "")
        draft.say("thread_id", text(attributes.get(_SESSION)))
        name = text(attributes.get(_NAME))
        if run_type == "tool":
            draft.say("metadata.tool_name", name)
            draft.say("params.tool_name", name)
        elif run_type in ("llm", "embedding") and name is not None:
            plugin, slash, model = name.partition("/")
            draft.say("model", model if slash and model else name)
            if slash:
                draft.say("provider", _PLUGINS.get(plugin, plugin))
        given, gave = _decoded(attributes.get(_INPUT)), _decoded(attributes.get(_OUTPUT))
        # What becomes parameters or usage is only certain to win where nobody else speaks.
        alone = all(key.startswith("genkit:") for key in attributes)
        if given is not None:
            _say_inputs(given, run_type, draft, alone)
        if gave is not None:
            _say_outputs(gave, run_type, draft, alone)
        return draft


def _decoded(value: Json) -> Json:
    """Return what the JSON text says, opened once: a text that looks like JSON stays text."""
    if not isinstance(value, str):
        return value
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return value  # redacted, or cut off


def _say_inputs(given: Json, run_type: RunType, draft: Draft, alone: bool) -> None:
    keys = (_INPUT,) if alone else ()
    if isinstance(given, dict):
        if run_type == "llm":
            messages = messages_of(given.get("messages"), "user")
            if messages is not None:
                draft.say("inputs", _request(given, messages, draft), *keys)
                return
        elif run_type == "embedding" and "input" in given:
            texts = given["input"]
            if isinstance(texts, list):
                texts = [text_or_parts(item) for item in texts]
                texts = texts[0] if len(texts) == 1 else texts
            rest = {k: v for k, v in given.items() if k not in ("input", "options")}
            draft.say("inputs", {"input": texts, **rest}, *keys)
            _say_options(given.get("options"), draft)
            return
        elif run_type == "retriever" and "query" in given:
            _say_query(given, draft)
            return
        elif run_type == "chain":
            messages = messages_of(given.get("messages"), "user")
            if messages is not None:
                draft.say("inputs", {**given, "messages": messages}, _INPUT)
                return
    draft.say("raw_inputs", given, _INPUT)


def _request(given: JsonObject, messages: list[JsonObject], draft: Draft) -> JsonObject:
    """Return the inputs in a request to a model; say its parameters."""
    inputs: JsonObject = {"messages": messages}
    for key, value in given.items():
        if key == "docs" and value:
            inputs["documents"] = documents_of(value) or value
        elif key == "tools" and (tools := tools_of(value)) is not None:
            draft.say("params.tools", tools)
        elif key == "toolChoice" and value is not None:
            draft.say("params.tool_choice", value)
        elif key == "output" and value:
            draft.say("params.response_format", value)
        elif key == "config":
            _say_options(value, draft)
        elif key != "messages" and value not in (None, [], {}):
            inputs[key] = value
    return inputs


def _say_options(options: Json, draft: Draft) -> None:
    if not isinstance(options, dict):
        draft.say("params.config", options)
        return
    for key, value in options.items():
        if key == "stopSequences":
            draft.say("params.stop", value)
            draft.say("params.stop_sequences", value)
        elif key == "version" and isinstance(value, str) and value:
            draft.said.pop("model", None)
            draft.say("model", value)
        else:
            draft.say(f"params.{_CONFIG.get(key, key)}", value)


def _say_query(given: JsonObject, draft: Draft) -> None:
    inputs: JsonObject = {"query": text_or_parts(given["query"])}
    for key, value in given.items():
        if key == "documents":
            inputs["input_documents"] = documents_of(value) or value
        elif key == "options" and isinstance(value, dict) and inputs.keys().isdisjoint(value):
            inputs |= value
        elif key != "query":
            inputs[key] = value
    draft.say("inputs", inputs, _INPUT)


def _say_outputs(gave: Json, run_type: RunType, draft: Draft, alone: bool) -> None:
    if run_type == "embedding" and isinstance(gave, dict):
        vectors = gave.get("embeddings")
        if isinstance(vectors, list) and all(isinstance(item, dict) for item in vectors):
            rest = {k: v for k, v in gave.items() if k != "embeddings"}
            data = [{"index": at, **item} for at, item in enumerate(vectors)]
            draft.say("outputs", {"data": data, **rest}, _OUTPUT)
            return
    elif run_type == "retriever" and isinstance(gave, dict):
        documents = documents_of(gave.get("documents"))
        if documents is not None:
            rest = {k: v for k, v in gave.items() if k != "documents"}
            draft.say("outputs", {"documents": documents, **rest}, _OUTPUT)
            return
    elif run_type == "prompt" and isinstance(gave, dict):
        messages = messages_of(gave.get("messages"), "user")
        if messages is not None:
            draft.say("outputs", {**gave, "messages": messages}, _OUTPUT)
            return
    elif run_type in ("llm", "chain"):
        answer = answer_of(gave)
        if answer is not None:
            draft.say("outputs", answer.outputs, *((_OUTPUT,) if alone else ()))
            draft.say("metadata.genkit.response", answer.rest or None)
            _say_usage(answer.usage, answer.raw, draft)
            return
    draft.say("raw_outputs", gave, _OUTPUT)


def _say_usage(usage: JsonObject, raw: JsonObject, draft: Draft) -> None:
    rest: JsonObject = {}
    for key, value in usage.items():
        counter = _USAGE.get(key)
        if counter is not None and isinstance(value, int | float) and not isinstance(value, bool):
            draft.say(f"usage.{counter}", value)
        elif value not in (None, {}):
            rest[key] = value
    draft.say("metadata.genkit.usage", rest or None)
    draft.say("response_model", _first(raw, _RAW_MODEL))
    draft.say("metadata.response_id", _first(raw, _RAW_ID))
    own = next((raw[key] for key in _RAW_USAGE if isinstance(raw.get(key), dict)), None)
    if own is None:
        return
    counters, _ = counters_of(own)
    if usage and counters.get("input") == usage.get("inputTokens"):
        # Genkit hands on the provider's input, but few of its plug-ins what that is made of.
        for counter, number in counters.items():
            draft.say(f"usage.{counter}", number)
        if counts_cache_apart(own):
            draft.say("usage.exclusive", True)


def _first(raw: JsonObject, keys: tuple[str, ...]) -> str | None:
    return next((found for key in keys if (found := text(raw.get(key)))), None)
