"""Token counts of the Vercel AI SDK beyond the plain ones: details, and what the provider adds.

The SDK's ``providerMetadata`` is the provider's own account of the call, under the provider's name.
Source: https://github.com/vercel/ai, ``packages/ai`` 3.4, 4.3, 5.0 and 6.0, ``packages/otel`` 1.0;
``packages/{anthropic,openai,google,amazon-bedrock,gateway}``.
"""

from translators.attributes import Table, count, number, text
from translators.base import Draft
from translators.span import Json, JsonObject

METADATA = "metadata.ai.response.providerMetadata"
_INPUT, _OUTPUT = "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"
_SPLIT = "ai.usage.inputTokenDetails.noCacheTokens"
_AGENT = "ai.request.headers.user-agent"
# Attributes that are read here, for the documentation of the dialect.
READ = {
    "ai.usage.cachedInputTokens": "usage.cache_read",
    "ai.usage.inputTokenDetails.cacheReadTokens": "usage.cache_read",
    "ai.usage.inputTokenDetails.cacheWriteTokens": "usage.cache_creation",
    "ai.usage.reasoningTokens": "usage.reasoning",
    "ai.usage.outputTokenDetails.reasoningTokens": "usage.reasoning",
    "ai.usage.outputTokenDetails.textTokens": "usage.output_text",
}
_DETAILS = Table({key: (field, count) for key, field in READ.items()})
# These anthropic models count cached input apart; the SDK passed that on until its version 5.
_EXCLUSIVE = ("anthropic", "vertex.anthropic", "google.vertex.anthropic", "amazon-bedrock")
_FIRST_INCLUSIVE = 6

_Paths = tuple[tuple[str, tuple[str, ...]], ...]
_OPENAI: _Paths = (
    ("usage.cache_read", ("cachedPromptTokens",)),
    ("usage.reasoning", ("reasoningTokens",)),
)
_GOOGLE: _Paths = (
    ("usage.cache_read", ("usageMetadata", "cachedContentTokenCount")),
    ("usage.reasoning", ("usageMetadata", "thoughtsTokenCount")),
)
_PATHS: dict[str, _Paths] = {
    "anthropic": (
        ("usage.cache_creation", ("cacheCreationInputTokens",)),
        ("usage.cache_creation", ("usage", "cache_creation_input_tokens")),
        ("usage.cache_creation_5m", ("usage", "cache_creation", "ephemeral_5m_input_tokens")),
        ("usage.cache_creation_1h", ("usage", "cache_creation", "ephemeral_1h_input_tokens")),
        ("usage.cache_read", ("cacheReadInputTokens",)),
        ("usage.cache_read", ("usage", "cache_read_input_tokens")),
    ),
    "openai": _OPENAI,
    "azure": _OPENAI,
    "google": _GOOGLE,
    "vertex": _GOOGLE,
    "bedrock": (
        ("usage.cache_read", ("usage", "cacheReadInputTokens")),
        ("usage.cache_creation", ("usage", "cacheWriteInputTokens")),
    ),
    "openrouter": (
        ("usage.cache_read", ("usage", "promptTokensDetails", "cachedTokens")),
        ("usage.reasoning", ("usage", "completionTokensDetails", "reasoningTokens")),
    ),
}
_COSTS = {"gateway": ("cost",), "openrouter": ("usage", "cost")}


def say_details(attributes: JsonObject, draft: Draft, *, one_call: bool) -> None:
    """Say how the counted tokens divide; nothing where none were counted.

    Details alone, as version 7 puts them on the steps of an agent, would look like a count.

    Args:
        attributes: those of the span.
        draft: has read the plain counts and, as ``METADATA``, the provider's account.
        one_call: the span is the call of one model. The account of others is that of their last
            call, while their counts are sums.
    """
    said = draft.said
    counted = said.get("usage.input", (count(attributes.get(_INPUT)),))[0]
    if counted is None and "usage.output" not in said and _OUTPUT not in attributes:
        return
    _DETAILS.read(attributes, draft)
    for key, field in READ.items():
        # The same number under two names is one number.
        if key in attributes and field in said:
            value, keys = said[field]
            if key not in keys and count(attributes[key]) == value:
                draft.used.add(key)
    told: Json = said[METADATA][0] if METADATA in said else None
    account: JsonObject = told if isinstance(told, dict) else {}
    if one_call:
        _say_account(account, draft)
    if "usage.input" in said and _leaves_out_cache(attributes, account, counted, one_call):
        draft.say("usage.exclusive", True)


def _say_account(account: JsonObject, draft: Draft) -> None:
    for provider, told in account.items():
        for field, path in _PATHS.get(provider, ()):
            draft.say(field, count(_at(told, path)))
        if provider in _COSTS:
            draft.say("usage.cost_total", number(_at(told, _COSTS[provider])))


def _leaves_out_cache(
    attributes: JsonObject, account: JsonObject, counted: int | None, one_call: bool
) -> bool:
    """Tell whether the input tokens leave out those that were cached."""
    if _SPLIT in attributes:
        return False
    raw = count(_at(account, ("anthropic", "usage", "input_tokens")))
    if raw is not None and (one_call or raw == counted):
        return raw == counted
    provider = text(attributes.get("ai.model.provider")) or ""
    return provider.startswith(_EXCLUSIVE) and not _is_inclusive(attributes.get(_AGENT))


def _is_inclusive(agent: Json) -> bool:
    """Tell whether a user agent, such as ``ai/6.0.1``, is a version that counts all input."""
    if not isinstance(agent, str) or "ai/" not in agent:
        return False
    major = agent.partition("ai/")[2].partition(".")[0]
    return major.isdecimal() and int(major) >= _FIRST_INCLUSIVE


def _at(value: Json, path: tuple[str, ...]) -> Json:
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value
