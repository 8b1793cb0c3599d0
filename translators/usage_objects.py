"""Usage objects as model providers answer them, as counters of a draft.

Source: API references of OpenAI (Chat Completions, Responses), Anthropic (Messages), Gemini and
Bedrock (Converse); LangChain, ``UsageMetadata``.
"""

from translators.attributes import count
from translators.span import Json, JsonObject

_KEYS = {
    "input": (
        "prompt_tokens input_tokens inputTokens prompt_token_count promptTokenCount"
        " inputTokenCount input_token_count"
    ),
    "output": (
        "completion_tokens output_tokens outputTokens candidates_token_count"
        " candidatesTokenCount outputTokenCount generated_token_count"
    ),
    "total": (
        "total_tokens totalTokens total_token_count totalTokenCount"
    ),
    "cache_read": (
        "cache_read_input_tokens cacheReadInputTokens cached_content_token_count"
        " cachedContentTokenCount prompt_tokens_details.cached_tokens"
        " input_tokens_details.cached_tokens input_token_details.cache_read"
    ),
    "cache_creation": (
        "cache_creation_input_tokens cacheWriteInputTokens"
        " prompt_tokens_details.cache_creation_tokens prompt_tokens_details.cache_write_tokens"
        " input_tokens_details.cache_write_tokens input_token_details.cache_creation"
    ),
    "cache_creation_5m": (
        "cache_creation.ephemeral_5m_input_tokens input_token_details.ephemeral_5m_input_tokens"
    ),
    "cache_creation_1h": (
        "cache_creation.ephemeral_1h_input_tokens input_token_details.ephemeral_1h_input_tokens"
        " cache_creation_input_tokens_above_1hr"
    ),
    "input_audio": (
        "prompt_tokens_details.audio_tokens input_tokens_details.audio_tokens"
        " input_token_details.audio"
    ),
    "input_text": "prompt_tokens_details.text_tokens input_tokens_details.text_tokens",
    "input_image": "prompt_tokens_details.image_tokens input_tokens_details.image_tokens",
    "reasoning": (
        "completion_tokens_details.reasoning_tokens output_tokens_details.reasoning_tokens"
        " output_token_details.reasoning thoughts_token_count thoughtsTokenCount"
    ),
    "output_audio": (
        "completion_tokens_details.audio_tokens output_tokens_details.audio_tokens"
        " output_token_details.audio"
    ),
    "output_text": "completion_tokens_details.text_tokens output_tokens_details.text_tokens",
}  # fmt: skip
_COUNTERS = {key: counter for counter, keys in _KEYS.items() for key in keys.split()}
# Anthropic and Bedrock count cached tokens beside the input, and tell them beside it.
_APART = ("cache_read_input_tokens", "cacheReadInputTokens", "cache_creation_input_tokens")


def is_usage_object(usage: JsonObject) -> bool:
    """Tell whether *usage* has a provider's names for the tokens of a side."""
    return any(_COUNTERS.get(key) in ("input", "output") for key in usage)


def counters_of(usage: JsonObject) -> tuple[dict[str, int], bool]:
    """Return the counters in a usage object, and whether they tell each number in it.

    The counters are named as in ``translators.usage``; what is said twice counts once, the first
    time. Numbers of 0, and what is no number, need not be told.
    """
    counters: dict[str, int] = {}
    complete = True
    for key, value in usage.items():
        if isinstance(value, dict):
            for below, item in value.items():
                complete = _take(f"{key}.{below}", item, counters) and complete
        else:
            complete = _take(key, value, counters) and complete
    return counters, complete


def counts_cache_apart(usage: JsonObject) -> bool:
    """Tell whether the input of a provider's own usage object leaves out cached tokens."""
    return any(usage.get(key) for key in _APART)


def _take(key: str, value: Json, counters: dict[str, int]) -> bool:
    """Take one number; tell whether it is told, or need not be."""
    counter = _COUNTERS.get(key)
    if counter is None:
        return value is None or value == 0 or value == [] or value == {}
    number = count(value)
    if number is None:
        return value is None
    return counters.setdefault(counter, number) == number
