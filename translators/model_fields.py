"""Model, provider and usage of a run, as LangSmith filters and prices by them.

Source: conventions 1.8 to 1.11; LangSmith, "Metadata parameters reference".
"""

from translators.attributes import text
from translators.merge import Merged
from translators.providers import model_names, provider_of
from translators.run import Run
from translators.span import Json, JsonObject, Span
from translators.usage import usage_metadata

# Only these have a price.
PRICED_RUNS = frozenset(("llm", "embedding"))
_MODEL_FIELDS = ("model", "response_model", "provider")
_MODEL_WORDS = ("response_model", "ls_model_name", "ls_provider", "gen_ai_provider_raw")
_FROM_PARAMS = (
    ("temperature", "ls_temperature"),
    ("max_tokens", "ls_max_tokens"),
    ("stop", "ls_stop"),
)


def add_model(
    span: Span,
    merged: Merged,
    asked: str | None,
    answered: str | None,
    params: JsonObject,
    run: Run,
) -> None:
    """Add who was asked for what, and who answered, to *params* and the metadata of *run*."""
    metadata = run.metadata
    if asked is not None:
        params.setdefault("model", asked)
    if answered is not None:
        metadata.setdefault("response_model", answered)
    model = model_names(asked, answered)
    if model is not None:
        metadata.setdefault("ls_model_name", model)
    provider = provider_of(merged.providers, model, text(span.attributes.get("server.address")))
    if provider is not None:
        metadata.setdefault("ls_provider", provider)
    if merged.providers and merged.providers[0] != metadata.get("ls_provider"):
        metadata["gen_ai_provider_raw"] = merged.providers[0]
    told = (params.get("model"), *map(metadata.get, _MODEL_WORDS))
    for field in _MODEL_FIELDS:
        said = merged.fields.get(field)
        if said is not None and said[0] in told:
            merged.used.update(said[1])
    if run.run_type == "llm":
        for param, key in _FROM_PARAMS:
            if param in params:
                metadata.setdefault(key, params[param])


def add_usage(
    run: Run, counters: JsonObject, ready: JsonObject | None, holder: bool | None
) -> None:
    """Add what was used: with a price where the run calls a model, else as a sum of others.

    Args:
        counters: as ``translators.usage`` takes them.
        ready: LangSmith's own usage object, which wins over counters.
        holder: whether the run is the only one to tell it; None where its type decides.
    """
    usage, extra = usage_metadata(counters) if ready is None else (ready, {})
    if ready is not None:
        told = [*ready.values(), *_details(ready)]
        others = {name: count for name, count in counters.items() if count not in told}
        extra = {"usage_counters": others} if others else {}
    run.metadata.update(extra)
    if usage is None:
        return
    if run.run_type in PRICED_RUNS if holder is None else holder:
        run.metadata["usage_metadata"] = usage
        outputs = run.outputs or {}
        if "usage_metadata" in outputs and not _is_within(outputs["usage_metadata"], usage):
            run.metadata["otel.alternates.usage_metadata"] = outputs["usage_metadata"]
        run.outputs = {**outputs, "usage_metadata": usage}
    else:
        # LangSmith adds usage up along the tree: a sum given on top of its parts would count twice.
        run.metadata["usage_rollup"] = usage


def _is_within(told: Json, usage: JsonObject) -> bool:
    return told is None or (isinstance(told, dict) and told.items() <= usage.items())


def _details(usage: JsonObject) -> list[Json]:
    found: list[Json] = []
    for part in usage.values():
        if isinstance(part, dict):
            found += part.values()
    return found
