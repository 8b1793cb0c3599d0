"""OpenTelemetry's instrumentations of the OpenAI Agents SDK, where they go beyond ``gen_ai.*``.

What OpenInference's and Traceloop's instrumentors send is theirs to read.
Source: ``opentelemetry-instrumentation-openai-agents-v2`` 0.1.0, ``span_processor.py``, and
``opentelemetry-instrumentation-genai-openai-agents`` 1.3b0.
"""

from collections.abc import Mapping

from translators.attributes import Table, json_list, text
from translators.base import Draft, Signature
from translators.chat_content import OUTPUT
from translators.messages import normal_messages, outputs_of
from translators.python_repr import from_repr
from translators.span import Json, JsonObject, Span

SCOPE = "opentelemetry.instrumentation.openai_agents"
GUARDRAIL, TRIGGERED = "gen_ai.guardrail.name", "gen_ai.guardrail.triggered"
FROM, TO = "gen_ai.handoff.from_agent", "gen_ai.handoff.to_agent"
SPOKEN, HEARD = "gen_ai.speech.input_text", "gen_ai.transcription.text"
KEYS = frozenset({GUARDRAIL, FROM, TO, SPOKEN, HEARD})
# How items of an answer begin that were written down with ``str``.
WRITTEN = ("Response", "{'")

TABLE = Table(
    {
        GUARDRAIL: ("name", text),
        "gen_ai.speech.voice": ("params.voice", text),
        "gen_ai.audio.input.format": ("params.input_format", text),
        "gen_ai.audio.output.format": ("params.output_format", text),
    }
)


class OpenAIAgents:
    """Spans of guardrails, handoffs and voice, and answers that were written down as text."""

    name = "openai_agents"
    table = TABLE
    also: Mapping[str, str] = {
        TRIGGERED: "outputs",
        FROM: "inputs",
        TO: "outputs, name",
        SPOKEN: "inputs",
        HEARD: "outputs",
        OUTPUT: "outputs, where items are Python's text",
    }

    def speaks(self, signature: Signature) -> bool:
        """Tell whether the span is of the instrumentation, or has an attribute of its own."""
        return signature.scope.startswith(SCOPE) or not signature.keys.isdisjoint(KEYS)

    def translate(self, span: Span) -> Draft | None:
        """Return what the span says beyond the conventions."""
        attributes, draft = span.attributes, Draft()
        TABLE.read(attributes, draft)
        if TRIGGERED in attributes:
            draft.say("outputs", {"triggered": attributes[TRIGGERED]}, TRIGGERED)
        if FROM in attributes:
            draft.say("inputs", {"from_agent": attributes[FROM]}, FROM)
        if TO in attributes:
            draft.say("outputs", {"to_agent": attributes[TO]}, TO)
            draft.say("name", f"handoff to {attributes[TO]}")
        if SPOKEN in attributes:
            draft.say("inputs", {"text": attributes[SPOKEN]}, SPOKEN)
        if HEARD in attributes:
            heard = {"role": "user", "content": attributes[HEARD]}
            draft.say("outputs", {"messages": [heard]}, HEARD)
        if OUTPUT in attributes and span.scope.name.startswith(SCOPE):
            # The text stays in the metadata as it came.
            draft.say("outputs", _reread(attributes[OUTPUT]))
        return draft if draft.said else None


def _reread(value: Json) -> JsonObject | None:
    """Return an answer of which some parts are the text of a model's items; None for others."""
    items: list[Json] = []
    reasons: list[str] = []
    found = False
    for message in json_list(value) or []:
        parts = message.get("parts") if isinstance(message, dict) else None
        if not isinstance(parts, list):
            return None
        for part in parts:
            item = _item(part)
            found = found or item is not None
            items.append(part if item is None else item)
        reason = text(message.get("finish_reason"))
        reasons += [reason] if reason else []
    messages = normal_messages(items, "assistant") if found else None
    return outputs_of(messages, turn=True, reasons=reasons) if messages else None


def _item(part: Json) -> Json:
    said = part.get("content") if isinstance(part, dict) else None
    if not isinstance(said, str) or not said.startswith(WRITTEN):
        return None
    found = from_repr(said)
    return found if isinstance(found, dict) else None
