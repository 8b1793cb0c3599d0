"""Laminar in Python and JavaScript: ``lmnr.*``.

Its instrumentations of model libraries, and those of OpenLLMetry that it brings, write
OpenTelemetry's own names beside these.
Source: https://github.com/lmnr-ai (``lmnr`` 0.8.1 in Python, ``@lmnr-ai/lmnr`` 0.8.44 in
JavaScript; both recorded).
"""

from collections.abc import Mapping

import orjson

from translators.attributes import Table, number, strings, text
from translators.base import Draft, Signature
from translators.model_values import messages_of
from translators.run import RunType
from translators.span import Json, Span
from translators.traceloop_content import is_reserved

_TYPE, _ORIGINAL_TYPE = "lmnr.span.type", "lmnr.span.original_type"
_INPUT, _OUTPUT = "lmnr.span.input", "lmnr.span.output"
_PROPERTIES = "lmnr.association.properties."
_SESSION, _USER = _PROPERTIES + "session_id", _PROPERTIES + "user_id"
_TAGS, _METADATA = _PROPERTIES + "tags", _PROPERTIES + "metadata."
_RUN_TYPES: dict[str, RunType] = {"LLM": "llm", "TOOL": "tool"}


TABLE = Table(
    {
        _TAGS: ("tags", strings),
        "gen_ai.usage.input_cost": ("usage.cost_input", number),
        "gen_ai.usage.output_cost": ("usage.cost_output", number),
    }
)


class Laminar:
    """Spans of Laminar's tracer, and others that its processor has put attributes on."""

    name = "laminar"
    table = TABLE
    also: Mapping[str, str] = {
        _TYPE: "run_type, kind",
        _ORIGINAL_TYPE: "run_type",
        _INPUT: "inputs",
        _OUTPUT: "outputs",
        _SESSION: "thread_id",
        _USER: "user_id",
        _METADATA + "*": "metadata.*",
    }

    def speaks(self, signature: Signature) -> bool:
        """Tell whether there is an ``lmnr.`` attribute."""
        return "lmnr" in signature.namespaces

    def translate(self, span: Span) -> Draft:
        """Return type, content, people and metadata of the span."""
        draft, attributes = Draft(), span.attributes
        TABLE.read(attributes, draft)
        # The attributes stay beside it: their users look for the names that they gave.
        draft.say("thread_id", text(attributes.get(_SESSION)))
        draft.say("user_id", text(attributes.get(_USER)))
        for key, value in attributes.items():
            if key.startswith(_METADATA) and not is_reserved(key[len(_METADATA) :]):
                draft.say("metadata." + key[len(_METADATA) :], value, key)
        word = attributes.get(_TYPE)
        run_type: RunType | None = None
        if isinstance(word, str) and word:
            # A model's answer that came from a cache: what it would have been, it is.
            kind = attributes.get(_ORIGINAL_TYPE, word) if word == "CACHED" else word
            run_type = _RUN_TYPES.get(kind, "chain") if isinstance(kind, str) else "chain"
            draft.say("run_type", run_type)
            draft.say("kind", word.lower())
        if run_type == "tool":
            draft.say("metadata.tool_name", span.name or None)
            draft.say("params.tool_name", span.name or None)
        for key, side, role in ((_INPUT, "inputs", "user"), (_OUTPUT, "outputs", "assistant")):
            if key in attributes:
                _say_side(attributes[key], key, side, role, run_type, draft)
        return draft


def _say_side(
    value: Json, key: str, side: str, role: str, run_type: RunType | None, draft: Draft
) -> None:
    found = value
    if isinstance(value, str):
        try:
            found = orjson.loads(value)
        except orjson.JSONDecodeError:
            found = value  # set by hand, or cut off
    messages = None
    if run_type == "llm" and not isinstance(found, dict):
        messages = messages_of(found, role)
    if messages is not None:
        draft.say(side, {"messages": messages}, key)
    else:
        draft.say(f"raw_{side}", found, key)
