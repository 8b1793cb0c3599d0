"""Token counts taken over from Anthropic and Bedrock, whose input leaves out cached tokens.

Source: Anthropic, Messages API, ``usage``; Amazon Bedrock, Converse API, ``TokenUsage``.
"""

from translators.attributes import count, text
from translators.base import Draft
from translators.providers import provider_of
from translators.span import JsonObject

_INPUT, _OUTPUT = "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"
_TOTAL = "gen_ai.usage.total_tokens"
_PROVIDERS = ("gen_ai.provider.name", "gen_ai.system")


def say_exclusive_usage(attributes: JsonObject, draft: Draft) -> None:
    """Say the counts of a span, and that cached input is counted apart, where its model does so.

    Nothing is said where another provider's model was called: those count it in. A model behind a
    gateway (``anthropic/claude-…``) is counted in the gateway's way.
    """
    words = [text(attributes.get(key)) for key in _PROVIDERS]
    model = text(attributes.get("gen_ai.request.model"))
    if model is not None and "/" in model and not model.startswith("arn:"):
        return
    provider = provider_of([word for word in words if word], model, None)
    if provider not in ("anthropic", "bedrock") or count(attributes.get(_INPUT)) is None:
        return
    draft.say("usage.input", count(attributes[_INPUT]), _INPUT)
    draft.say("usage.output", count(attributes.get(_OUTPUT)), _OUTPUT)
    draft.say("usage.total", count(attributes.get(_TOTAL)), _TOTAL)
    draft.say("usage.exclusive", True)
