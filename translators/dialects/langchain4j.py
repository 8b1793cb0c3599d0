"""LangChain4j, by itself with Micrometer and in Quarkus.

Both write OpenTelemetry's own names; here is what they write differently.
Source: https://github.com/quarkiverse/quarkus-langchain4j 1.9.2, ``SpanChatModelListener.java``,
``PromptTextSpanContributor.java``, ``ToolSpanWrapper.java``;
https://github.com/langchain4j/langchain4j, ``langchain4j-observation`` (August 2026),
``DefaultChatModelConvention.java``.
"""

from collections.abc import Mapping

from translators.attributes import Table, count, number, text
from translators.base import Draft, Signature
from translators.messages import outputs_of
from translators.span import Span

_SCOPES = ("io.quarkus", "io.quarkiverse", "dev.langchain4j")
_PROMPT, _COMPLETION = "gen_ai.prompt", "gen_ai.completion"
_OPERATION, _REASONS = "gen_ai.operation.name", "gen_ai.response.finish_reasons"
_OUTCOME, _COST = "outcome", "gen_ai.client.estimated_cost"


TABLE = Table(
    {
        "input_tokens": ("usage.input", count),
        "output_tokens": ("usage.output", count),
    }
)


class LangChain4j:
    """Calls of models and tools by LangChain4j."""

    name = "langchain4j"
    table = TABLE
    also: Mapping[str, str] = {
        _PROMPT: "inputs (messages)",
        _COMPLETION: "outputs (messages)",
        _OUTCOME: "error",
        _COST: "usage.cost_total",
    }

    def speaks(self, signature: Signature) -> bool:
        """Tell whether a model is called from Quarkus, or observed with Micrometer."""
        if "gen_ai" not in signature.namespaces:
            return False
        if signature.scope.startswith(_SCOPES):
            return True
        return _OUTCOME in signature.keys and "gen_ai.provider.name" in signature.keys

    def translate(self, span: Span) -> Draft | None:
        """Return usage, cost, and the texts of a chat as messages."""
        draft, attributes = Draft(), span.attributes
        TABLE.read(attributes, draft)
        if attributes.get(_OUTCOME) == "ERROR":
            draft.say("error", "")
        cost = attributes.get(_COST)
        if isinstance(cost, str) and cost[-3:] == "USD":
            draft.say("usage.cost_total", number(cost[:-3]))
        if attributes.get(_OPERATION) == "chat":
            asked, answered = text(attributes.get(_PROMPT)), text(attributes.get(_COMPLETION))
            if asked is not None:
                # All messages of the chat, one after the other, without their roles.
                draft.say("inputs", {"messages": [{"role": "user", "content": asked}]}, _PROMPT)
            if answered is not None:
                reason = text(attributes.get(_REASONS))
                messages = [{"role": "assistant", "content": answered}]
                outputs = outputs_of(messages, reasons=[reason] if reason else [])
                draft.say("outputs", outputs, _COMPLETION)
        return draft if draft.said else None
