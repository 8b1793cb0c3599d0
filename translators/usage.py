"""Token counts and costs: what dialects counted, as LangSmith's ``UsageMetadata``.

LangSmith wants ``input_tokens`` to be the sum of all kinds of input, cached ones included, and
``output_tokens`` to include reasoning. Producers differ in both, so the sums are made here.
Source: LangSmith, "Log LLM calls", section on usage metadata.
"""

from collections.abc import Mapping

from translators.attributes import json_object
from translators.span import Json, JsonObject

# Counter of a draft -> its word in input_token_details and output_token_details.
INPUT_DETAILS = {
    "cache_read": "cache_read",
    "cache_creation": "cache_creation",
    "cache_creation_5m": "ephemeral_5m_input_tokens",
    "cache_creation_1h": "ephemeral_1h_input_tokens",
    "cache_read_over_200k": "cache_read_over_200k",
    "input_audio": "audio",
    "input_text": "text",
    "input_image": "image",
    "input_video": "video",
}
OUTPUT_DETAILS = {
    "reasoning": "reasoning",
    "output_audio": "audio",
    "output_text": "text",
    "output_image": "image",
    "output_video": "video",
}
# Cost of a draft -> (its word in UsageMetadata, the tokens that it pays).
COSTS = {
    "cost_input": ("input_cost", "input_tokens"),
    "cost_output": ("output_cost", "output_tokens"),
    "cost_total": ("total_cost", "total_tokens"),
}
COST_DETAILS = {"cost_input_": "input_cost_details", "cost_output_": "output_cost_details"}


def usage_metadata(
    said: Mapping[str, int | float | bool],
) -> tuple[JsonObject | None, JsonObject]:
    """Return LangSmith's usage object, and what else about usage belongs into the metadata.

    Args:
        said: counters by name: ``input``, ``output``, ``total``, the keys of ``INPUT_DETAILS``,
            ``OUTPUT_DETAILS`` and ``COSTS``, ``cost_input_<detail>``, ``cost_output_<detail>``;
            and ``exclusive``: True where the dialect knows that input leaves out cached tokens.

    Returns:
        The usage, None where nothing was counted; and an object with any of
        ``usage_reported_total`` (the sender's total, where the parts make another sum),
        ``usage_reported_cost`` (costs of 0 for tokens that were used: LangSmith would take them
        for the price, and its own price table knows better) and ``usage_invalid`` (counters that
        are negative or broken numbers).
    """
    counts, invalid = _sound(said)
    usage = _tokens(counts, said.get("exclusive") is True)
    extra: JsonObject = {}
    total = counts.get("total")
    if total is not None and total != usage["total_tokens"]:
        extra["usage_reported_total"] = total
    _add_details(usage, "input_token_details", INPUT_DETAILS, counts)
    _add_details(usage, "output_token_details", OUTPUT_DETAILS, counts)
    unpaid = _add_costs(usage, counts)
    if unpaid:
        extra["usage_reported_cost"] = unpaid
    if invalid:
        extra["usage_invalid"] = invalid
    return usage or None, extra


def normal_usage(value: Json) -> JsonObject | None:
    """Return a ready ``UsageMetadata`` object as it is, with its total filled in; else None.

    Args:
        value: an object, or its JSON text.
    """
    given = json_object(value)
    if given is None:
        return None
    parts = [given[key] for key in ("input_tokens", "output_tokens") if _is_count(given.get(key))]
    if parts and given.get("total_tokens") is None:
        return {**given, "total_tokens": sum(parts)}
    return given


def _sound(
    said: Mapping[str, int | float | bool],
) -> tuple[dict[str, int | float], JsonObject]:
    counts: dict[str, int | float] = {}
    invalid: JsonObject = {}
    for name, value in said.items():
        if name == "exclusive":
            continue
        if isinstance(value, float) and value.is_integer() and not name.startswith("cost_"):
            value = int(value)
        if _is_count(value) or (name.startswith("cost_") and _is_cost(value)):
            counts[name] = value
        else:
            invalid[name] = value
    return counts, invalid


def _is_count(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_cost(value: Json) -> bool:
    # Infinity minus itself is no number, and no number equals nothing.
    return isinstance(value, float) and value >= 0 and value - value == 0


def _tokens(counts: Mapping[str, int | float], declared_exclusive: bool) -> JsonObject:
    given, output, total = counts.get("input"), counts.get("output"), counts.get("total")
    if total is not None:
        if given is None and output is not None and total >= output:
            given = total - output
        elif output is None and given is not None and total >= given:
            output = total - given
    cached = counts.get("cache_read", 0) + _written(counts)
    reasoning = counts.get("reasoning", 0)
    inputs, outputs = given or 0, output or 0
    # What the total holds beyond input and output is a proof, and beats any declaration.
    surplus = 0 if total is None else total - inputs - outputs
    if surplus and surplus == cached == reasoning:
        # One surplus cannot be both: cached input is counted apart only where that is declared.
        cached_apart, reasoning_apart = declared_exclusive, not declared_exclusive
    else:
        cached_apart = declared_exclusive or surplus == cached
        reasoning_apart = surplus == reasoning
    if cached and (cached > inputs or cached_apart):
        given = inputs + cached
    if reasoning and (reasoning > outputs or reasoning_apart):
        output = outputs + reasoning
    usage: JsonObject = {}
    if given is not None:
        usage["input_tokens"] = given
    if output is not None:
        usage["output_tokens"] = output
    if usage:
        usage["total_tokens"] = (given or 0) + (output or 0)
    elif total is not None:
        usage["total_tokens"] = total
    return usage


def _written(counts: Mapping[str, int | float]) -> int | float:
    """Return the tokens written to the cache; the parts by lifetime repeat them, if both come."""
    whole = counts.get("cache_creation")
    if whole:
        return whole
    return counts.get("cache_creation_5m", 0) + counts.get("cache_creation_1h", 0)


def _add_details(
    usage: JsonObject, field: str, words: Mapping[str, str], counts: Mapping[str, int | float]
) -> None:
    if words.keys().isdisjoint(counts):
        return
    details = {word: counts[name] for name, word in words.items() if counts.get(name)}
    if details:
        usage[field] = details


def _add_costs(usage: JsonObject, counts: Mapping[str, int | float]) -> JsonObject:
    """Add the costs; return those of 0 that LangSmith shall not see."""
    unpaid: JsonObject = {}
    for name, cost in counts.items():
        if not name.startswith("cost_"):
            continue
        if name in COSTS:
            field, tokens = COSTS[name]
            kept = usage if cost or usage.get(tokens) == 0 else unpaid
            kept[field] = cost
            continue
        prefix = next((prefix for prefix in COST_DETAILS if name.startswith(prefix)), None)
        if prefix is None:
            unpaid[name] = cost
        elif cost:
            usage.setdefault(COST_DETAILS[prefix], {})[name[len(prefix) :]] = cost
    return unpaid
