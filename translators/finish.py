"""From what the dialects say together to the finished run.

Source: conventions 1.6 to 1.17 (fields) and 3.2 to 3.4 (what nobody maps is kept).
"""

from collections.abc import Hashable, Sequence

from translators.attributes import text
from translators.base import Draft
from translators.content import side
from translators.failure import error_of
from translators.merge import Merged
from translators.providers import model_names, model_type, provider_of
from translators.remains import add_span, events_of, is_secret, keeps_genai_only
from translators.run import RUN_TYPES, ExplicitIds, Run, RunType
from translators.span import Json, JsonObject, Resource, Span
from translators.usage import usage_metadata

# Only these call a model, so only these have parameters, a provider and a price.
_MODEL_RUNS = frozenset(("llm", "embedding", "retriever"))
_PRICED_RUNS = frozenset(("llm", "embedding"))
# fmt: off
_SINGLE = frozenset(
    ("name", "run_type", "kind", "drop", "error", "is_root", "tags", "attachments",
     "user_id", "thread_id", "project", "project_id", "reference_example_id",
     "first_token_ns", "run_id", "trace_id", "parent_run_id", "dotted_order",
     "usage_metadata", "usage_holder")
)
# fmt: on
# LangSmith reads meaning into these: an unmapped attribute of that name must not.
_RESERVED = frozenset(("thread_id", "session_id", "conversation_id", "revision_id", "user_id"))
_FROM_PARAMS = (
    ("temperature", "ls_temperature"),
    ("max_tokens", "ls_max_tokens"),
    ("stop", "ls_stop"),
)


class Finisher:
    """Makes runs of merged drafts."""

    def __init__(self, keep_unmapped: bool) -> None:
        """See ``Registry`` for *keep_unmapped*."""
        self._keep_unmapped = keep_unmapped

    def finish(
        self,
        span: Span,
        merged: Merged,
        drafts: Sequence[tuple[str, Draft]],
        failures: Sequence[str],
    ) -> Run:
        """Return the run of *span*; nothing of the span is missing in it."""
        fields = merged.fields
        consumed = merged.used
        said_type = merged.value("run_type")
        run_type: RunType = said_type if said_type in RUN_TYPES else "chain"
        run = Run(_name(span, merged), run_type, _micros(span, span.start_ns), 0)
        run.end_us = _micros(span, span.end_ns)
        for field in _SINGLE:
            if field in fields:
                consumed.update(fields[field].keys)
        groups = _grouped(merged, consumed, run_type)
        params, metadata = groups["params"], run.metadata
        metadata["OTEL_TRACE_ID"] = span.trace_id
        metadata["OTEL_SPAN_ID"] = span.span_id
        metadata.update(groups["metadata"])
        if run_type in _MODEL_RUNS:
            _add_model(span, merged, params, metadata, consumed, run_type)
        run.inputs = side(merged, "inputs", run_type, consumed, params)
        run.outputs = side(merged, "outputs", run_type, consumed, params)
        if run_type in _PRICED_RUNS:
            metadata.setdefault("ls_model_type", model_type(run_type, run.inputs))
        _add_usage(run, groups["usage"], merged)
        run.invocation_params = params
        run.runtime = {**_runtime(span.resource, span.scope.name), **groups["runtime"]}
        run.error = error_of(span, merged.value("error"))
        run.tags = merged.value("tags") or []
        run.project = merged.value("project")
        run.project_id = merged.value("project_id")
        run.reference_example_id = merged.value("reference_example_id")
        run.attachments = merged.value("attachments") or []
        run.is_root = merged.value("is_root") is True
        run.drop = merged.value("drop")
        run.ids = _ids(merged)
        run.failures = tuple(failures)
        run.dialects = tuple([name for name, draft in drafts if draft.said])
        run.genai = any(name != "generic" for name in run.dialects)
        _add_people(run, merged)
        _add_bags(merged, metadata, consumed)
        self._add_unmapped(span, metadata, consumed)
        add_span(span, run, everything=self._keep_unmapped)
        run.events = events_of(span, consumed, merged.value("first_token_ns"))
        if "kind" in fields:
            metadata["otel.kind"] = fields["kind"].value
        return run

    def _add_unmapped(self, span: Span, metadata: JsonObject, consumed: set[Hashable]) -> None:
        everything = self._keep_unmapped
        for key, value in span.attributes.items():
            if key in consumed or not (everything or keeps_genai_only(key)):
                continue
            if is_secret(key):
                value = "[redacted]"
            if key in _RESERVED or key[:3] == "ls_" or (key in metadata and metadata[key] != value):
                key = "otel.attributes." + key
            metadata[key] = value


def _micros(span: Span, ns: int) -> int:
    # LangSmith's own exporter computes its times in floats, up to 240 ns off; rounding undoes it.
    return (ns + 500) // 1000 if span.scope.name == "langsmith" else ns // 1000


def _name(span: Span, merged: Merged) -> str:
    said: str | None = merged.value("name")
    if said is not None:
        return said
    if span.name:
        return span.name
    words = (text(span.attributes.get("gen_ai.operation.name")), merged.value("model"))
    return " ".join(word for word in words if word) or "span"


def _grouped(merged: Merged, consumed: set[Hashable], run_type: str) -> dict[str, JsonObject]:
    """Sort the fields ``<group>.<name>`` by group."""
    groups: dict[str, JsonObject] = {"params": {}, "metadata": {}, "usage": {}, "runtime": {}}
    has_params = run_type in _MODEL_RUNS
    for field, said in merged.fields.items():
        group, dot, name = field.partition(".")
        if not dot or (group == "params" and not has_params and name not in ("tools", "tool_name")):
            continue
        groups[group][name] = said.value
        consumed.update(said.keys)
    if has_params:
        for group, members, keys, _ in merged.bags:
            if group == "params":
                params = groups["params"]
                # A model named in a bag is the one asked for only where nothing else names it.
                if all(params.setdefault(k, v) == v for k, v in members.items() if k != "model"):
                    consumed.update(keys)
                model = members.get("model")
                if model is not None and model != merged.value("model"):
                    consumed.difference_update(keys)
    return groups


def _add_model(
    span: Span,
    merged: Merged,
    params: JsonObject,
    metadata: JsonObject,
    consumed: set[Hashable],
    run_type: str,
) -> None:
    asked, answered = merged.value("model"), merged.value("response_model")
    for field in ("model", "response_model", "provider"):
        if field in merged.fields:
            consumed.update(merged.fields[field].keys)
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
    if run_type == "llm":
        for param, key in _FROM_PARAMS:
            if param in params:
                metadata.setdefault(key, params[param])


def _add_usage(run: Run, counters: JsonObject, merged: Merged) -> None:
    ready = merged.value("usage_metadata")
    if ready is None and not counters:
        return
    usage: JsonObject | None = ready
    extra: JsonObject = {}
    if ready is None:
        usage, extra = usage_metadata(counters)
    elif counters:
        extra = {"usage_counters": counters}
    run.metadata.update(extra)
    if usage is None:
        return
    if run.run_type in _PRICED_RUNS or merged.value("usage_holder") is True:
        run.metadata["usage_metadata"] = usage
        run.outputs = {**(run.outputs or {}), "usage_metadata": usage}
    else:
        # LangSmith adds usage up along the tree: a sum given on top of its parts would count twice.
        run.metadata["usage_rollup"] = usage


def _add_people(run: Run, merged: Merged) -> None:
    metadata = run.metadata
    for field in ("thread_id", "user_id"):
        value = merged.value(field)
        if value is not None:
            metadata.setdefault(field, value)
    for key in ("thread_id", "session_id", "conversation_id"):
        if key in metadata:
            run.thread_id = str(metadata[key])
            return


def _add_bags(merged: Merged, metadata: JsonObject, consumed: set[Hashable]) -> None:
    for group, members, keys, _ in merged.bags:
        if group == "metadata" and all(
            metadata.setdefault(key, value) == value for key, value in members.items()
        ):
            consumed.update(keys)


def _ids(merged: Merged) -> ExplicitIds | None:
    ids = [merged.value(f) for f in ("run_id", "trace_id", "parent_run_id", "dotted_order")]
    return None if ids == [None, None, None, None] else ExplicitIds(*ids)


def _runtime(resource: Resource, library: str) -> dict[str, Json]:
    given = resource.attributes
    found: JsonObject = {"library": library} if library else {}
    for key, attribute in _RUNTIME:
        value = given.get(attribute)
        if value is not None:
            found[key] = value
    return found


_RUNTIME = (
    ("sdk", "telemetry.sdk.name"),
    ("sdk_version", "telemetry.sdk.version"),
    ("runtime", "process.runtime.name"),
    ("runtime_version", "process.runtime.version"),
    ("platform", "os.type"),
)
