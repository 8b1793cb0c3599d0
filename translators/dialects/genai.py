"""OpenTelemetry's own conventions for generative AI: ``gen_ai.*``, and ``mcp.*``.

Covers the attributes since version 1.28, the span events of 1.27 to 1.36, the JSON attributes since
1.37, and the aliases under ``gen_ai.`` that libraries have added.
Source: https://opentelemetry.io/docs/specs/semconv/gen-ai/
"""

from translators.attributes import text
from translators.base import Draft, Signature
from translators.chat_content import (
    INPUT,
    TOOLS,
    is_retrieval,
    is_tool_io,
    say_messages,
    say_retrieval,
    say_tool,
    tools_events,
)
from translators.chat_events import ChatEvents, read_events
from translators.first_token import first_token_ns
from translators.genai_table import ALSO, EVALUATION, REFS, TABLE, THREADS, USERS
from translators.model_values import texts_of
from translators.operations import (
    NAMES_OF_ANY_AGENT,
    modality_of_operation,
    run_type_of_mcp,
    run_type_of_operation,
)
from translators.run import RunType
from translators.span import Json, JsonObject, Span

# Under these scopes the convention's names hold other things than messages; a dialect each knows.
_OWN_SHAPES = frozenset({"langsmith", "gemini-cli"})
_DOUBLED = (
    ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"),
    ("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"),
)


class GenAI:
    """Reads the conventions of OpenTelemetry's GenAI working group."""

    name = "genai"
    table = TABLE
    also = ALSO

    def speaks(self, signature: Signature) -> bool:
        """Tell whether there is a ``gen_ai.`` attribute or event, or a call over MCP."""
        return "gen_ai" in signature.namespaces or "mcp.method.name" in signature.keys

    def translate(self, span: Span) -> Draft | None:
        """Return what the span says under ``gen_ai.`` and ``mcp.``."""
        draft, attributes = Draft(), span.attributes
        TABLE.read(attributes, draft)
        for key, alias in _DOUBLED:
            if alias in attributes and attributes.get(key) == attributes[alias]:
                draft.used.add(alias)  # the same number under two names is one number
        events = read_events(span.events, attributes) if span.events else None
        if events is not None and events.details:
            _say_details(events, draft)
        run_type = _run_type(attributes, draft)
        draft.say("run_type", run_type)
        _say_about(span, run_type, events.details if events is not None else {}, draft)
        if run_type == "tool":
            # Where LangSmith's own mapping of OpenTelemetry puts the name.
            draft.say("params.tool_name", draft.said.get("metadata.tool_name", (None,))[0])
            say_tool(span, events, draft)
        elif run_type == "retriever":
            say_retrieval(attributes, draft)
        elif run_type == "embedding":
            draft.say("inputs", texts_of(attributes.get(INPUT)), INPUT)
        reasons = draft.said.get("metadata.finish_reasons", ((), ()))[0]
        if span.scope.name not in _OWN_SHAPES:
            say_messages(span, events, draft, turn=run_type != "llm", reasons=reasons)
        _say_refs(attributes, draft)
        return draft if draft.said else None


def _run_type(attributes: JsonObject, draft: Draft) -> RunType | None:
    """Return what the operation says; else what the attributes tell, where they leave no doubt."""
    found = run_type_of_operation(attributes.get("gen_ai.operation.name"))
    found = found or run_type_of_mcp(attributes.get("mcp.method.name"))
    if found is not None:
        return found
    said = draft.said
    model = "model" in said or "response_model" in said
    usage = "usage.input" in said or "usage.output" in said
    if model and usage:
        return "llm"
    # A chat span may name the tools that the model asked for.
    if not model and not usage and is_tool_io(attributes):
        return "tool"
    return "retriever" if is_retrieval(attributes) else None


def _say_details(events: ChatEvents, draft: Draft) -> None:
    """Say what details events know beyond the span; of the events, only their tools are told."""
    of_events = Draft()
    TABLE.read(events.details, of_events)
    for field, (value, keys) in of_events.said.items():
        draft.say(field, value, *(tools_events(events) if TOOLS in keys else ()))


def _say_about(span: Span, run_type: RunType | None, details: JsonObject, draft: Draft) -> None:
    """Say what takes more than one attribute, or makes more than one field of it."""
    attributes, said = span.attributes, draft.said
    operation = attributes.get("gen_ai.operation.name")
    if run_type == "llm" and operation != "chat":
        draft.say("metadata.ls_modality", modality_of_operation(operation))
    if "params.stop" in said:
        draft.say("params.stop_sequences", said["params.stop"][0])
    if attributes.get("gen_ai.output.type") == "json":
        draft.say("params.response_format", {"type": "json_object"})
    for field, keys in (("thread_id", THREADS), ("user_id", USERS)):
        for source in (attributes, details) if details else (attributes,):
            for key in keys:
                if key in source:
                    # The attribute stays beside it: users look for the name they gave.
                    draft.say(field, text(source[key]))
    if run_type in ("chain", "tool"):
        _say_name(span, operation, run_type, draft)
        if attributes.get("gen_ai.tool.status") == "error":
            draft.say("error", "")
    if "kind" not in said and isinstance(operation, str):
        draft.say("kind", operation.lower() or None)  # the attribute stays: its case is lost
    draft.say("first_token_ns", first_token_ns(span))
    if span.events:
        told = [event.attributes for event in span.events if event.name == EVALUATION]
        draft.say("metadata.evaluations", told or None)


def _say_name(span: Span, operation: Json, run_type: RunType, draft: Draft) -> None:
    """Say the name of the agent or tool, where the span's own is only the operation."""
    said = draft.said
    tool = said.get("metadata.tool_name")
    if "mcp.method.name" in span.attributes:
        if tool is not None:
            draft.say("name", tool[0])
    elif span.name in ("", operation) or (
        run_type == "chain" and span.name.strip().lower() in NAMES_OF_ANY_AGENT
    ):
        found = tool or said.get("metadata.agent_name") or said.get("metadata.workflow_name")
        if found is not None:
            draft.say("name", found[0])


def _say_refs(attributes: JsonObject, draft: Draft) -> None:
    """Say where content was uploaded to, for a side of which nothing else is known."""
    for key, side in REFS.items():
        if key in attributes and side in ("inputs", "outputs") and f"raw_{side}" not in draft.said:
            uri = text(attributes[key])
            if uri is not None:
                draft.say(side, {"messages_ref": uri})
