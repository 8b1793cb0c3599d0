"""What Traceloop's decorators and its LangChain instrumentation write into one JSON text.

Source: https://github.com/traceloop/openllmetry, ``traceloop-sdk`` and
``opentelemetry-instrumentation-langchain``.
"""

from collections.abc import Hashable

from translators.attributes import parsed_json
from translators.base import Draft
from translators.run import RunType
from translators.span import Json, JsonObject

_INPUTS = ("traceloop.entity.input", "gen_ai.task.input", "mcp.request.argument")
_OUTPUTS = ("traceloop.entity.output", "gen_ai.task.output", "mcp.response.value")
_TOOL_INPUT, _TOOL_OUTPUT = "gen_ai.tool.call.arguments", "gen_ai.tool.call.result"
_AROUND_INPUTS = frozenset({"inputs", "input_str", "tags", "metadata", "kwargs"})
_AROUND_OUTPUTS = ({"outputs", "kwargs"}, {"output", "kwargs"})


# LangSmith groups, and finds prices, by these; under the sender's own key they do no harm.
_RESERVED = frozenset({"session_id", "thread_id", "conversation_id", "user_id", "revision_id"})
_OURS = ("ls_", "usage_", "otel.", "OTEL_")


def is_reserved(name: str) -> bool:
    """Tell whether metadata of a user must not have this name: LangSmith gives it a meaning."""
    return name in _RESERVED or name.startswith(_OURS)


def say_entity(attributes: JsonObject, run_type: RunType | None, draft: Draft) -> None:
    """Say what went into a decorated function or a chain, and what came out of it.

    For a tool these are its arguments and its result; else they are said as they are.
    """
    key, value, same = _found(attributes, _INPUTS, _TOOL_INPUT)
    if key:
        inputs, rest = _inputs(value)
        _say_around(rest, key, draft)
        if run_type == "tool":
            found = inputs if isinstance(inputs, dict) else {"input": inputs}
            draft.say("inputs", found, *same)
        else:
            draft.say("raw_inputs", inputs, *same)
    key, value, same = _found(attributes, _OUTPUTS, _TOOL_OUTPUT)
    if key:
        outputs, rest = _outputs(value)
        if rest:
            draft.say(f"metadata.{key}.kwargs", rest)
        if run_type == "tool":
            draft.say("outputs", {"output": outputs}, *same)
        else:
            draft.say("raw_outputs", outputs, *same)


def _found(
    attributes: JsonObject, keys: tuple[str, ...], also: str
) -> tuple[str, Json, tuple[Hashable, ...]]:
    """Return the first key with its value, opened, and all keys that hold the same text."""
    for key in keys:
        raw = attributes.get(key)
        if raw is None or raw == "" or raw == "null":
            continue
        value = parsed_json(raw)
        same = tuple([k for k in (*keys, also) if attributes.get(k) == raw])
        return key, raw if value is None else value, same
    return "", None, ()


def _inputs(value: Json) -> tuple[Json, JsonObject]:
    """Return what was passed, and what LangChain's callback tells besides."""
    if not isinstance(value, dict):
        return value, {}
    if value.keys() == {"args", "kwargs"}:
        kwargs = value["kwargs"]
        return (kwargs if not value["args"] and isinstance(kwargs, dict) else value), {}
    if value.keys() <= _AROUND_INPUTS and value.keys() & {"tags", "metadata"}:
        for key in ("inputs", "input_str"):
            if value.get(key) is not None:
                return value[key], {
                    k: v for k, v in value.items() if k != key and v not in ({}, [])
                }
    return value, {}


def _outputs(value: Json) -> tuple[Json, JsonObject]:
    for keys in _AROUND_OUTPUTS:
        if isinstance(value, dict) and value.keys() == keys and isinstance(value["kwargs"], dict):
            key = next(key for key in keys if key != "kwargs")
            return value[key], value["kwargs"]
    return value, {}


def _say_around(rest: JsonObject, key: str, draft: Draft) -> None:
    """Say tags, metadata and what else a callback tells; nothing of it is left out."""
    tags = rest.get("tags")
    if isinstance(tags, list) and all(isinstance(tag, str) for tag in tags):
        draft.say("tags", tags)
    else:
        draft.say(f"metadata.{key}.tags", tags)
    metadata = rest.get("metadata")
    if isinstance(metadata, dict):
        for name, value in metadata.items():
            field = f"metadata.{name}"
            if is_reserved(name) or draft.said.get(field, (value,))[0] != value:
                field = f"metadata.{key}.metadata.{name}"
            draft.say(field, value)
    else:
        draft.say(f"metadata.{key}.metadata", metadata)
    for name in ("input_str", "inputs", "kwargs"):
        draft.say(f"metadata.{key}.{name}", rest.get(name))
