"""OpenLIT: OpenTelemetry's conventions, with words of its own for agents, tools, MCP and memory.

What it says in OpenTelemetry's own words is read by the ``genai`` dialect.
Source: https://github.com/openlit/openlit, Python SDK 1.45, ``openlit/semcov`` and
``openlit/instrumentation``.
"""

from collections.abc import Hashable, Mapping

from translators.attributes import Table, json_list, json_or_text, number, text
from translators.base import Draft, Signature
from translators.exclusive_cache import say_exclusive_usage
from translators.joined_messages import blocks_of
from translators.messages import normal_messages, outputs_of
from translators.model_values import texts_of
from translators.operations import run_type_of_mcp
from translators.python_literals import python_literal
from translators.span import Json, JsonObject, Span
from translators.vector_db import say_vector_db

OPERATION = "gen_ai.operation.name"
INPUT, OUTPUT = "gen_ai.input.messages", "gen_ai.output.messages"
# These pass on counts in which cached input is left out.
EXCLUSIVE = (".anthropic", ".bedrock")
REASONING = "gen_ai.content.reasoning"
ARGUMENTS = ("gen_ai.tool.call.arguments", "gen_ai.tool.input")
MCP_METHOD, MCP_ARGUMENTS, MCP_PARAMS = "mcp.method", "mcp.tool.arguments", "mcp.params"
MCP_RESULT, MCP_TOOL = "mcp.result", "mcp.tool.name"
MCP_URI = "mcp.resource.uri"
MEMORY_QUERY, MEMORY_LIMIT = "gen_ai.memory.search.query", "gen_ai.memory.search.limit"
FUNCTION = {"function.args": "args", "function.kwargs": "kwargs"}
MARKS = frozenset(
    {
        "telemetry.sdk.name",
        "gen_ai.sdk.version",
        "gen_ai.application_name",
        "openlit.agent.version_hash",
        REASONING,
        MEMORY_QUERY,
        MCP_METHOD,
        *FUNCTION,
    }
)

TABLE = Table(
    {
        "gen_ai.workflow.input": ("raw_inputs", json_or_text),
        "gen_ai.execution.input": ("raw_inputs", json_or_text),
        "gen_ai.workflow.output": ("raw_outputs", json_or_text),
        "gen_ai.execution.output": ("raw_outputs", json_or_text),
        "gen_ai.framework.error.message": ("error", text),
        "gen_ai.request.provider": ("provider", text),
    }
)


class OpenLIT:
    """Reads what OpenLIT adds to OpenTelemetry's conventions."""

    name = "openlit"
    table = TABLE
    also: Mapping[str, str] = {
        OPERATION: "run_type (vector databases)",
        INPUT: "inputs (of embeddings)",
        OUTPUT: "outputs",
        "gen_ai.usage.*": "usage (Anthropic, Bedrock)",
        REASONING: "outputs (reasoning)",
        "gen_ai.tool.call.arguments": "inputs",
        "gen_ai.tool.input": "inputs",
        MCP_METHOD: "run_type, kind",
        MCP_ARGUMENTS: "inputs",
        MCP_PARAMS: "inputs",
        MCP_RESULT: "outputs",
        MCP_TOOL: "name",
        MCP_URI: "inputs",
        MEMORY_QUERY: "inputs (query)",
        MEMORY_LIMIT: "inputs (k)",
        "function.args": "inputs",
        "function.kwargs": "inputs",
    }

    def speaks(self, signature: Signature) -> bool:
        """Tell whether OpenLIT made the span."""
        return (
            signature.scope.startswith("openlit")
            or not MARKS.isdisjoint(signature.keys)
            or not TABLE.rows.keys().isdisjoint(signature.keys)
        )

    def translate(self, span: Span) -> Draft | None:
        """Return what the span says in OpenLIT's own words."""
        draft, attributes = Draft(), span.attributes
        TABLE.read(attributes, draft)
        operation = attributes.get(OPERATION)
        if operation == "vectordb":
            say_vector_db(span, draft)
        elif operation == "embeddings":
            draft.say("inputs", texts_of(attributes.get(INPUT)), INPUT)
        elif operation == "execute_tool":
            _say_arguments(attributes, draft)
        if MCP_METHOD in attributes:
            _say_mcp(attributes, draft)
        if MEMORY_QUERY in attributes:
            _say_memory(attributes, draft)
        if REASONING in attributes:
            _say_reasoning(attributes, draft)
        if span.scope.name.endswith(EXCLUSIVE):
            say_exclusive_usage(attributes, draft)
        if span.scope.name == "openlit":
            _say_function(attributes, draft)
        return draft if draft.said else None


def _say_arguments(attributes: JsonObject, draft: Draft) -> None:
    """Say a tool's arguments where they came as Python writes them; the text stays as it is."""
    for key in ARGUMENTS:
        found = python_literal(attributes.get(key))
        if isinstance(found, dict):
            draft.say("inputs", found)


def _say_mcp(attributes: JsonObject, draft: Draft) -> None:
    method = text(attributes[MCP_METHOD])
    run_type = run_type_of_mcp(method)
    draft.say("run_type", run_type)
    draft.say("kind", method, MCP_METHOD)
    if run_type == "tool":
        tool = text(attributes.get(MCP_TOOL))
        draft.say("name", tool)
        draft.say("metadata.tool_name", tool, MCP_TOOL)
        draft.say("params.tool_name", tool)
    for key in (MCP_ARGUMENTS, MCP_PARAMS):
        if key in attributes:
            draft.say("raw_inputs", json_or_text(attributes[key]), key)
    if MCP_URI in attributes:
        draft.say("raw_inputs", {"uri": attributes[MCP_URI]}, MCP_URI)
    if MCP_RESULT in attributes:
        draft.say("raw_outputs", json_or_text(attributes[MCP_RESULT]), MCP_RESULT)


def _say_memory(attributes: JsonObject, draft: Draft) -> None:
    inputs: JsonObject = {"query": attributes[MEMORY_QUERY]}
    keys: tuple[Hashable, ...] = (MEMORY_QUERY,)
    limit = number(attributes.get(MEMORY_LIMIT))
    if limit is not None:
        inputs["k"] = limit
        keys += (MEMORY_LIMIT,)
    draft.say("inputs", inputs, *keys)


def _say_reasoning(attributes: JsonObject, draft: Draft) -> None:
    """Say the outputs with what the model thought, which stands beside them, in the last one."""
    thought = text(attributes[REASONING])
    messages = normal_messages(json_list(attributes.get(OUTPUT)) or [], "assistant") or []
    if thought is None or any(_thinks(message) for message in messages):
        return
    block = {"type": "reasoning", "text": thought}
    if not messages:
        draft.say("outputs", {"messages": [{"role": "assistant", "content": [block]}]}, REASONING)
        return
    last = messages[-1]
    messages[-1] = {**last, "content": [block, *blocks_of(last)]}
    draft.say("outputs", outputs_of(messages), OUTPUT, REASONING)


def _thinks(message: JsonObject) -> bool:
    return any(block.get("type") == "reasoning" for block in blocks_of(message))


def _say_function(attributes: JsonObject, draft: Draft) -> None:
    """Say what a function under ``@openlit.trace`` was called with, and what it returned."""
    inputs: JsonObject = {
        name: attributes[key] for key, name in FUNCTION.items() if key in attributes
    }
    draft.say("inputs", inputs or None, *FUNCTION)
    value: Json = attributes.get(OUTPUT)
    if value is not None:
        draft.say("outputs", {"output": json_or_text(value)}, OUTPUT)
