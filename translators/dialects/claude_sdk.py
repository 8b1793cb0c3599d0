"""The spans that Anthropic's own SDKs and the Claude API emit.

They follow OpenTelemetry's conventions; here is what they say under ``anthropic.``, and of tools.
Source: Claude Platform documentation, "OpenTelemetry span reference" (beta), and spans of the
Python SDK 2.11; the API's own spans are read by that reference alone.
"""

from collections.abc import Mapping

from translators.attributes import Table, count, json_list, json_or_text, strings, text
from translators.base import Draft, Signature
from translators.chat_content import OUTPUT
from translators.messages import normal_messages, outputs_of
from translators.parts import result_text
from translators.span import KIND_SERVER, Json, JsonObject, Span

_SDK, _API = "com.anthropic.sdk.", "com.anthropic.claude-platform"
_STOP, _RESULT = "anthropic.message.stop_reason", "anthropic.tool_result.content"
_THINKING = "anthropic.thinking."
_CALLS = frozenset(("anthropic.messages.create", "anthropic.messages.stream"))

TABLE = Table(
    {
        "gen_ai.request.reasoning.level": ("params.reasoning_effort", text),
        "anthropic.request.service_tier": ("params.service_tier", text),
        "anthropic.response.service_tier": ("metadata.service_tier", text),
        "anthropic.usage.cache_creation.ephemeral_5m_input_tokens": (
            "usage.cache_creation_5m",
            count,
        ),
        "anthropic.usage.cache_creation.ephemeral_1h_input_tokens": (
            "usage.cache_creation_1h",
            count,
        ),
        _STOP: ("metadata.finish_reasons", strings),
    }
)


class ClaudeSDK:
    """Reads the spans of Anthropic's SDKs and of the Claude API."""

    name = "claude_sdk"
    table = TABLE
    also: Mapping[str, str] = {
        OUTPUT: "outputs (messages)",
        _RESULT: "outputs",
        "anthropic.thinking.type": "params.thinking",
        "anthropic.thinking.budget_tokens": "params.thinking",
        "anthropic.session.id": "thread_id",
        "gen_ai.tool.name": "name",
    }

    def speaks(self, signature: Signature) -> bool:
        """Tell whether the scope is that of an SDK of Anthropic, or the API's."""
        return signature.scope.startswith(_SDK) or signature.scope == _API

    def translate(self, span: Span) -> Draft | None:
        """Return what the span says beyond OpenTelemetry's conventions."""
        attributes, draft = span.attributes, Draft()
        TABLE.read(attributes, draft)
        if span.scope.name == _API and span.kind == KIND_SERVER and span.parent_span_id:
            # The SDK's span of the same request, its parent, is the call; its tokens count once.
            draft.say("run_type", "chain")
        elif span.name in _CALLS:
            draft.say("run_type", "llm")
        _say_thinking(attributes, draft)
        _say_answer(attributes, draft)
        _say_result(attributes, draft)
        if "gen_ai.conversation.id" not in attributes:
            draft.say("thread_id", text(attributes.get("anthropic.session.id")))
        if attributes.get("gen_ai.operation.name") == "execute_tool":
            draft.say("name", text(attributes.get("gen_ai.tool.name")))
        return draft if draft.said else None


def _say_thinking(attributes: JsonObject, draft: Draft) -> None:
    keys = [key for key in ("type", "budget_tokens") if _THINKING + key in attributes]
    if keys:
        value = {key: attributes[_THINKING + key] for key in keys}
        draft.say("params.thinking", value, *(_THINKING + key for key in keys))


def _say_answer(attributes: JsonObject, draft: Draft) -> None:
    """Say the answer with why it ended, which stands beside it here."""
    reasons = draft.said.get("metadata.finish_reasons", ((), ()))[0]
    found = json_list(attributes.get(OUTPUT)) if reasons else None
    messages = normal_messages(found, "assistant") if found else None
    if messages:
        draft.say("outputs", outputs_of(messages, reasons=reasons), OUTPUT)


def _say_result(attributes: JsonObject, draft: Draft) -> None:
    told: Json = json_or_text(attributes.get(_RESULT))
    if told is None:
        return
    texts = (
        isinstance(told, list)
        and told
        and all(isinstance(block, dict) and block.keys() == {"type", "text"} for block in told)
    )
    value = result_text(told) if texts else told
    # Several texts are told as one.
    keys = () if texts and len(told) > 1 else (_RESULT,)
    draft.say("outputs", {"output": value}, *keys)
