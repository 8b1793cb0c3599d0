"""Microsoft's Agent Framework (Python, C#), and Microsoft.Extensions.AI, on which it stands in C#.

Source: https://github.com/microsoft/agent-framework, ``agent_framework/observability.py`` (1.23)
and ``Microsoft.Agents.AI.Workflows/Observability`` (5eb3eb7); https://github.com/dotnet/extensions,
``OpenTelemetryChatClient.cs``.
"""

from collections.abc import Mapping

from translators.attributes import Table, json_or_text, parsed_json, strings, text
from translators.base import Draft, Signature
from translators.chat_content import OUTPUT, say_messages
from translators.exclusive_cache import say_exclusive_usage
from translators.span import Json, JsonObject, Span

_PYTHON = "agent_framework"
_SCOPES = (
    _PYTHON,
    "Microsoft.Agents.AI",
    "Experimental.Microsoft.Agents.AI",
    "Microsoft.Extensions.AI",
    "Experimental.Microsoft.Extensions.AI",
)
# The source's name is the user's to choose; these are sent by nobody else.
_MARKS = frozenset(("edge_group.type", "workflow.definition", "executor.type"))
_OPERATION = "gen_ai.operation.name"
_REASONS = "gen_ai.response.finish_reasons"
_CACHES = (
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.cache_creation.input_tokens",
)
# Names of a workflow's spans, up to the first blank: the finer kind of run.
_STEPS = {
    "workflow.build": "workflow_build",
    "workflow.run": "workflow",
    "workflow.session": "workflow_session",
    "workflow_invoke": "workflow",
    "executor.process": "executor",
    "edge_group.process": "edge_group",
    "message.send": "message",
    "compaction.compact": "compaction",
    "compaction.provider.invoke": "compaction",
    "compaction.summarize": "compaction",
}


def _value(value: Json) -> Json:
    """Return what C# has written as JSON text, a string of which stands in quotes."""
    found = parsed_json(value)
    return value if found is None else found


TABLE = Table(
    {
        "workflow.id": ("metadata.workflow_id", text),
        "workflow.name": ("metadata.workflow_name", text),
        "workflow_builder.name": ("metadata.workflow_name", text),
        "workflow.description": ("metadata.workflow_description", text),
        "workflow_builder.description": ("metadata.workflow_description", text),
        "workflow.definition": ("metadata.workflow_definition", json_or_text),
        "executor.input": ("raw_inputs", _value),
        "executor.output": ("raw_outputs", _value),
        "message.content": ("raw_inputs", _value),
    }
)


class AgentFramework:
    """Reads workflows, and what differs from OpenTelemetry's conventions in the calls of models."""

    name = "agent_framework"
    table = TABLE
    also: Mapping[str, str] = {
        OUTPUT: "outputs (messages)",
        _REASONS: "outputs (finish_reason)",
        "gen_ai.usage.*": "usage.*",
    }

    def speaks(self, signature: Signature) -> bool:
        """Tell whether the span comes from the framework, or is a step of one of its workflows."""
        return signature.scope.startswith(_SCOPES) or not _MARKS.isdisjoint(signature.keys)

    def translate(self, span: Span) -> Draft | None:
        """Return what the span says in the words of the framework."""
        draft, attributes = Draft(), span.attributes
        step = _STEPS.get(span.name.partition(" ")[0])
        if step is not None:
            TABLE.read(attributes, draft)
            draft.say("run_type", "chain")
            draft.say("kind", step)
        elif attributes.get(_OPERATION) == "chat" and _are_several(attributes.get(OUTPUT)):
            _say_turn(span, draft)
        if span.scope.name == _PYTHON and any(attributes.get(key) for key in _CACHES):
            # Its clients of Anthropic and Bedrock hand the counts on as they come.
            say_exclusive_usage(attributes, draft)
        return draft if draft.said else None


def _are_several(messages: Json) -> bool:
    if isinstance(messages, str):
        return messages.count('"parts"') > 1
    return isinstance(messages, list) and len(messages) > 1


def _say_turn(span: Span, draft: Draft) -> None:
    """Say the several messages of one answer, which are no choices, as they follow each other."""
    attributes: JsonObject = {OUTPUT: span.attributes[OUTPUT]}
    reasons = strings(span.attributes.get(_REASONS)) or ()
    answer = Span(
        trace_id=span.trace_id, span_id=span.span_id, name=span.name, attributes=attributes
    )
    say_messages(answer, None, draft, turn=True, reasons=reasons)
