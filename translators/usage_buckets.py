"""Langfuse's token counts and costs: buckets that exclude each other, each with a free name.

``input`` leaves out what ``input_cached_tokens`` counts; LangSmith wants the sum, with parts.
Source: https://langfuse.com/docs/observability/features/token-and-cost-tracking
"""

from translators.attributes import count, number
from translators.span import JsonObject
from translators.usage import INPUT_DETAILS, OUTPUT_DETAILS

_INPUT_PARTS = {
    "cache_read": "cache_read_input_tokens input_cached_tokens input_cache_read cached_tokens",
    "cache_creation": (
        "cache_creation_input_tokens input_cache_creation input_cache_write_tokens"
        " input_cache_creation_tokens"
    ),
    "cache_creation_5m": (
        "cache_creation_ephemeral_5m_input_tokens input_ephemeral_5m_input_tokens"
        " input_cache_creation_5m"
    ),
    "cache_creation_1h": (
        "cache_creation_ephemeral_1h_input_tokens input_ephemeral_1h_input_tokens"
        " input_cache_creation_1h"
    ),
    "input_audio": "input_audio input_audio_tokens input_modality_AUDIO",
    "input_text": "input_text input_text_tokens input_modality_TEXT",
    "input_image": "input_image input_image_tokens input_modality_IMAGE",
    "input_video": "input_video input_video_tokens input_modality_VIDEO",
}
_OUTPUT_PARTS = {
    "reasoning": "output_reasoning output_reasoning_tokens reasoning_tokens thoughts_token_count",
    "output_audio": "output_audio output_audio_tokens output_modality_AUDIO",
    "output_text": "output_text output_text_tokens output_modality_TEXT",
    "output_image": "output_image output_image_tokens output_modality_IMAGE",
}
_PARTS = {
    key: counter
    for parts in (_INPUT_PARTS, _OUTPUT_PARTS)
    for counter, keys in parts.items()
    for key in keys.split()
}
_WORDS = {**INPUT_DETAILS, **OUTPUT_DETAILS}
# These repeat, by lifetime, what cache_creation_input_tokens has counted.
_LIFETIMES = ("cache_creation_5m", "cache_creation_1h")
# Service tiers, which are no kinds of tokens.
_TIERS = ("input_priority", "output_priority", "input_flex", "output_flex")


def counters_of_buckets(usage: JsonObject) -> dict[str, int]:
    """Return counters as ``translators.usage`` names them; input and output are inclusive."""
    counters: dict[str, int] = {}
    sums = {"input": 0, "output": 0}
    sides: set[str] = set()
    for key, value in usage.items():
        found = count(value)
        if found is None:
            continue
        if key == "total":
            counters["total"] = found
            continue
        counter = _PARTS.get(key)
        if counter is not None:
            counters.setdefault(counter, found)
        side = _side(key)
        if side and counter not in _LIFETIMES and not key.startswith(_TIERS):
            sums[side] += found
            sides.add(side)
    lifetimes = sum([counters.get(name, 0) for name in _LIFETIMES])
    if lifetimes and not counters.get("cache_creation"):
        sums["input"] += lifetimes
    elif lifetimes and counters.get("total", 0) > sums["input"] + sums["output"]:
        # Langfuse's LangChain handler takes these off the input a second time.
        sums["input"] = counters["total"] - sums["output"]
    counters |= {side: sums[side] for side in sides}
    return counters


def costs_of_buckets(costs: JsonObject) -> dict[str, float | int]:
    """Return costs as ``translators.usage`` names them; a total of 0 is left out."""
    found: dict[str, float | int] = {}
    whole: float | int = 0
    for key, value in costs.items():
        cost = number(value)
        if cost is None:
            continue
        if key == "total":
            found["cost_total"] = cost
            continue
        side = _side(key)
        whole += cost
        if side:
            found[f"cost_{side}"] = found.get(f"cost_{side}", 0) + cost
            part = _PARTS.get(key)
            if part is not None:
                found[f"cost_{side}_{_WORDS[part]}"] = cost
    if whole:
        found.setdefault("cost_total", whole)
    return found


def _side(key: str) -> str:
    """Return which side a bucket belongs to; "" where its name does not tell."""
    counter = _PARTS.get(key)
    if counter is not None:
        return "input" if counter in _INPUT_PARTS else "output"
    return next((side for side in ("input", "output") if key.startswith(side)), "")
