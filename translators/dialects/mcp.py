"""Calls over the Model Context Protocol: what OpenTelemetry's conventions leave to a dialect of
their own, and the spans of Traceloop's instrumentation, which tell the messages of the protocol.

The client's span, the server's and the tool's of one call are all kept; ``metadata.mcp`` marks
those of the protocol.
Source: https://opentelemetry.io/docs/specs/semconv/gen-ai/mcp/, fastmcp 4.1.2, mcp 2.3.0 and
``opentelemetry-instrumentation-mcp`` 0.62.4.
"""

from collections.abc import Mapping

from translators.attributes import Table, json_object, text
from translators.base import Draft, Signature
from translators.documents import documents_of
from translators.messages import normal_messages
from translators.operations import run_type_of_mcp
from translators.span import JsonObject, Span
from translators.tools import unless_empty

METHOD, URI, PROMPT = "mcp.method.name", "mcp.resource.uri", "gen_ai.prompt.name"
SCOPE = "opentelemetry.instrumentation.mcp"
INPUT, OUTPUT = "traceloop.entity.input", "traceloop.entity.output"


TABLE = Table({"mcp.session.id": ("metadata.mcp.session.id", text)})


class MCP:
    """Spans of clients and servers of the protocol."""

    name = "mcp"
    table = TABLE
    also: Mapping[str, str] = {
        METHOD: "run_type, kind (by genai), metadata.mcp",
        URI: "inputs",
        PROMPT: "inputs",
        INPUT: "run_type, inputs",
        OUTPUT: "outputs",
    }

    def speaks(self, signature: Signature) -> bool:
        """Tell whether the span is of a call over the protocol."""
        return METHOD in signature.keys or signature.scope.startswith(SCOPE)

    def translate(self, span: Span) -> Draft | None:
        """Return what a request asks for, and what it is answered where that is told."""
        attributes, draft = span.attributes, Draft()
        TABLE.read(attributes, draft)
        draft.say("metadata.mcp", True)
        method = attributes.get(METHOD)
        if method == "resources/read" and URI in attributes:
            draft.say("inputs", {"uri": attributes[URI]}, URI)
        elif method == "prompts/get" and PROMPT in attributes:
            draft.say("inputs", {"name": attributes[PROMPT]})
        elif method is None:
            _say_exchange(attributes, draft)
        return draft


def _say_exchange(attributes: JsonObject, draft: Draft) -> None:
    """Say what Traceloop tells: the request with its method, or the tool with its arguments."""
    given = json_object(attributes.get(INPUT)) or {}
    answer = json_object(attributes.get(OUTPUT))
    tool, method = text(given.get("tool_name")), text(given.get("method"))
    if tool is not None and isinstance(given.get("arguments"), dict):
        draft.say("metadata.tool_name", tool)
        draft.say("params.tool_name", tool)
        keys = (INPUT,) if given.keys() == {"tool_name", "arguments"} else ()
        draft.say("inputs", given["arguments"], *keys)
        return
    if method is None:
        return
    draft.say("run_type", run_type_of_mcp(method))
    draft.say("kind", method)
    params = given.get("params")
    inputs = unless_empty(params, ()) if isinstance(params, dict) else {}
    whole = given.keys() <= {"method", "params"} and (params is None or isinstance(params, dict))
    draft.say("inputs", inputs, *((INPUT,) if whole else ()))
    if answer is None:
        return
    told = unless_empty(answer, ("contents", "messages"))
    if method == "resources/read" and isinstance(answer.get("contents"), list):
        draft.say("outputs", {"documents": documents_of(answer["contents"]), **told}, OUTPUT)
    elif method == "prompts/get" and isinstance(answer.get("messages"), list):
        messages = normal_messages(answer["messages"], "user")
        draft.say("outputs", {"messages": messages, **told} if messages else None, OUTPUT)
