"""VoltAgent: agents, their model and tool calls, memory, retrievers and workflows.

Source: https://github.com/VoltAgent/voltagent, ``packages/core/src/agent/open-telemetry``,
``packages/core/src/workflow/open-telemetry`` and ``packages/core/src/agent/agent.ts``
(``@voltagent/core`` 2.10.0, recorded).
"""

from collections.abc import Mapping

from translators.attributes import (
    Table,
    count,
    flag,
    json_list,
    json_or_text,
    number,
    strings,
    text,
)
from translators.base import Draft, Signature
from translators.documents import documents_of
from translators.messages import message_like, normal_messages
from translators.run import RunType
from translators.span import Json, JsonObject, Span

_SCOPES = ("@voltagent/", "voltagent-")
_TYPE, _ENTITY = "span.type", "entity.type"
_INPUT, _OUTPUT, _MESSAGES = "input", "output", "agent.messages"
_MODEL_MESSAGES, _TOOLS = "llm.messages", "llm.tools"
_RUN_TYPES: dict[str, RunType] = {
    "llm": "llm",
    "tool": "tool",
    "retriever": "retriever",
    "embedding": "embedding",
}

TABLE = Table(
    {
        _TYPE: ("kind", text),
        _ENTITY: ("kind", text),
        "tool.name": ("name", text),
        "retriever.name": ("name", text),
        "workflow.step.name": ("name", text),
        # A call of a model.
        "llm.model": ("model", text),
        "model.name": ("model", text),
        "llm.provider": ("provider", text),
        "llm.temperature": ("params.temperature", number),
        "llm.max_output_tokens": ("params.max_tokens", count),
        "llm.max_retries": ("params.max_retries", count),
        "llm.top_p": ("params.top_p", number),
        "llm.stream": ("params.stream", flag),
        "llm.provider_options": ("params.provider_options", json_or_text),
        "llm.finish_reason": ("metadata.finish_reasons", strings),
        "embedding.dimensions": ("params.dimensions", count),
        # Of one call first; an agent's sums are of all its calls.
        "llm.usage.prompt_tokens": ("usage.input", count),
        "llm.usage.completion_tokens": ("usage.output", count),
        "llm.usage.total_tokens": ("usage.total", count),
        "llm.usage.cached_tokens": ("usage.cache_read", count),
        "llm.usage.reasoning_tokens": ("usage.reasoning", count),
        "usage.prompt_tokens": ("usage.input", count),
        "usage.completion_tokens": ("usage.output", count),
        "usage.total_tokens": ("usage.total", count),
        "usage.cached_tokens": ("usage.cache_read", count),
        "usage.reasoning_tokens": ("usage.reasoning", count),
        "usage.cost": ("usage.cost_total", number),
        # A tool.
        "tool.call.id": ("metadata.tool_call_id", text),
        "tool.description": ("metadata.tool_description", text),
        "ai.response.finish_reason": ("metadata.finish_reasons", strings),
    }
)


class VoltAgent:
    """Spans of VoltAgent's own tracer."""

    name = "voltagent"
    table = TABLE
    also: Mapping[str, str] = {
        _INPUT: "inputs",
        _OUTPUT: "outputs",
        _MESSAGES: "inputs (messages)",
        _MODEL_MESSAGES: "inputs (messages)",
        _TOOLS: "metadata.tools",
        "embedding.query": "inputs",
        "vector.query": "inputs",
    }

    def speaks(self, signature: Signature) -> bool:
        """Tell whether the span comes from a tracer of VoltAgent's."""
        return signature.scope.startswith(_SCOPES)

    def translate(self, span: Span) -> Draft:
        """Return what the span is, what went in and what came out."""
        draft, attributes = Draft(), span.attributes
        TABLE.read(attributes, draft)
        kind = draft.said["kind"][0] if "kind" in draft.said else ""
        run_type = _run_type(kind, attributes)
        draft.say("run_type", run_type)
        if run_type == "llm":
            _say_messages(attributes, draft)
        elif run_type == "tool":
            _say_tool(attributes, draft)
        elif run_type == "retriever":
            _say_retrieval(attributes, draft)
        elif run_type == "embedding":
            query = text(attributes.get("embedding.query"))
            draft.say("inputs", query and {"input": query}, "embedding.query")
        elif kind in ("agent", ""):
            _say_agent(attributes, draft)
        for key, field in ((_INPUT, "raw_inputs"), (_OUTPUT, "raw_outputs")):
            if key in attributes:
                draft.say(field, json_or_text(attributes[key]), key)
        return draft


def _run_type(kind: str, attributes: JsonObject) -> RunType:
    if kind == "vector" or "vector.operation" in attributes:
        return "retriever" if attributes.get("vector.operation") == "search" else "chain"
    if "embedding.query" in attributes:
        return "embedding"
    return _RUN_TYPES.get(kind, "chain")


def _say_messages(attributes: JsonObject, draft: Draft) -> None:
    messages = normal_messages(json_list(attributes.get(_MODEL_MESSAGES)), "user")
    if messages:
        draft.say("inputs", {"messages": messages}, _MODEL_MESSAGES)
    tools = text(attributes.get(_TOOLS))
    if tools is not None:
        names = tools.split(",")
        draft.say("metadata.tools", names, *((_TOOLS,) if len(names) == 1 else ()))
    answer = attributes.get(_OUTPUT)
    if isinstance(answer, str):
        draft.say("outputs", {"messages": [{"role": "assistant", "content": answer}]}, _OUTPUT)


def _say_tool(attributes: JsonObject, draft: Draft) -> None:
    name = text(attributes.get("tool.name"))
    draft.say("metadata.tool_name", name)
    draft.say("params.tool_name", name)


def _say_retrieval(attributes: JsonObject, draft: Draft) -> None:
    for key in ("vector.query", _INPUT):
        query = json_or_text(attributes.get(key))
        if isinstance(query, str):
            draft.say("inputs", {"query": query}, key)
    if _OUTPUT in attributes:
        found = json_or_text(attributes[_OUTPUT])
        documents = documents_of([found] if isinstance(found, str) else found)
        draft.say("outputs", None if documents is None else {"documents": documents}, _OUTPUT)


def _say_agent(attributes: JsonObject, draft: Draft) -> None:
    """Say the conversation as messages, which is what threads and evaluators read."""
    asked = attributes.get(_INPUT)
    messages = json_list(attributes.get(_MESSAGES))
    if messages and message_like(messages):
        draft.say("raw_inputs", messages, _MESSAGES)
        if isinstance(asked, str) and _says(messages[-1], asked):
            draft.used.add(_INPUT)
    elif isinstance(asked, str) and asked[:1] not in ("[", "{"):
        draft.say("raw_inputs", [{"role": "user", "content": asked}], _INPUT)
    answer = attributes.get(_OUTPUT)
    if isinstance(answer, str) and answer[:1] not in ("[", "{"):
        draft.say("raw_outputs", [{"role": "assistant", "content": answer}], _OUTPUT)


def _says(message: Json, words: str) -> bool:
    content = message.get("content") if isinstance(message, dict) else None
    if isinstance(content, list) and len(content) == 1 and isinstance(content[0], dict):
        content = content[0].get("text")
    return bool(content == words)
