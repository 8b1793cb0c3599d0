"""From what the dialects say together to the finished run.

Source: conventions 1.6 to 1.17 (fields) and 3.2 to 3.4 (what nobody maps is kept).
"""

from collections.abc import Hashable, Sequence
from functools import lru_cache

from translators.attributes import text
from translators.base import Draft
from translators.content import cut_off, side
from translators.failure import cancelled, error_of
from translators.halves import join_halves
from translators.merge import Fields, Merged
from translators.model_fields import PRICED_RUNS, add_model, add_usage
from translators.param_bags import open_param_bags
from translators.providers import model_type
from translators.remains import ENVELOPE, REDACTED, Sender, add_span, events_of, is_credential
from translators.run import RUN_TYPES, ExplicitIds, Run, RunType
from translators.span import STATUS_ERROR, Json, JsonObject, Resource, Scope, Span
from translators.threads import name_thread, settle_thread
from translators.user_metadata import add_bags, add_people, add_unmapped

# Only these call a model, so only these have parameters and a provider.
_MODEL_RUNS = frozenset(("llm", "embedding", "retriever"))
# fmt: off
_SINGLE = frozenset(
    ("name", "run_type", "kind", "drop", "is_root", "tags", "attachments",
     "project", "project_id", "reference_example_id",
     "first_token_ns", "run_id", "trace_id", "parent_run_id", "dotted_order",
     "usage_metadata", "usage_holder")
)
# fmt: on
_IDS = frozenset(("run_id", "trace_id", "parent_run_id", "dotted_order"))
_RARE = _IDS | {"tags", "project", "project_id", "reference_example_id"}
_RARE |= {"attachments", "is_root", "drop"}
_CONTENT = frozenset(("inputs", "outputs", "raw_inputs", "raw_outputs"))
# What stands for the run type where nobody says one; and who often says none: others that do not
# know it make chains, whatever stands in them.
_NO_TYPE: tuple[Json, tuple[Hashable, ...], str] = (None, (), "generic")
_OFTEN_UNTYPED = frozenset(("openinference", "openllmetry", "generic"))
# Told on tool runs too, which call no model.
_ALWAYS_PARAMS = frozenset(("tools", "tool_name"))
# Groups with names that users chose, and the one for those of credentials.
_OF_USERS, _SECRET = ("metadata", "params", "runtime"), "secret"


class Finisher:
    """Makes runs of merged drafts."""

    def __init__(self, keep_unmapped: bool) -> None:
        """See ``Registry`` for *keep_unmapped*."""
        self._keep_unmapped = keep_unmapped
        # Spans come in runs of one resource and scope.
        self._sender = Sender(Resource(), Scope())

    def finish(
        self,
        span: Span,
        merged: Merged,
        drafts: Sequence[tuple[str, Draft]],
        failures: Sequence[str],
    ) -> Run:
        """Return the run of *span*; nothing of the span is missing in it."""
        if merged.threads_differ:
            settle_thread(span, merged, drafts)
        fields, consumed = merged.fields, merged.used
        if len(fields) == 1 and "run_type" in fields and not merged.bags:
            return self._plain(span, fields["run_type"][0], consumed, drafts, failures)
        said_type, _, dialect = fields.get("run_type", _NO_TYPE)
        run_type: RunType = said_type if said_type in RUN_TYPES else "chain"
        if dialect == "generic" and len(fields) > 1:
            run_type = _guessed_type(fields)
        has_params = run_type in _MODEL_RUNS
        said: JsonObject = {}
        params: JsonObject = {}
        usage: JsonObject = {}
        runtime: JsonObject = {}
        metadata: JsonObject = {"OTEL_TRACE_ID": span.trace_id, "OTEL_SPAN_ID": span.span_id}
        secret: JsonObject = {}
        groups = {"params": params, "metadata": metadata, "usage": usage, "runtime": runtime}
        groups[_SECRET] = secret
        for field, (value, keys, _) in fields.items():
            group, name = _place_of(field)
            if not group:
                said[field] = value
                if field in _SINGLE:
                    consumed.update(keys)
            elif group != "params" or has_params or name in _ALWAYS_PARAMS:
                groups[group][name] = value
                consumed.update(keys)
        if secret:
            metadata.update(dict.fromkeys(secret, REDACTED))
        get = said.get
        name = get("name") or span.name or _composed_name(span, get("model"))
        run = Run(name, run_type, _micros(span, span.start_ns), _micros(span, span.end_ns))
        run.metadata = metadata
        run.invocation_params = params
        if has_params:
            if merged.bags:
                open_param_bags(merged, get("model"), params, consumed)
                if "inputs" in fields:
                    said["inputs"] = fields["inputs"][0]
            add_model(span, merged, get("model"), get("response_model"), params, run)
        if not _CONTENT.isdisjoint(said):
            run.inputs = side(fields, "inputs", run_type, consumed, params)
            run.outputs = side(fields, "outputs", run_type, consumed, params)
            cut = cut_off(fields, span)
            if cut:
                metadata["otel.truncated"] = cut
        if run_type == "llm" and "tools" in params and _are_ours(fields):
            # LangSmith shows the tools of a call beside its messages.
            run.inputs = {"tools": params["tools"], **(run.inputs or {})}
        if run_type in PRICED_RUNS:
            metadata.setdefault("ls_model_type", model_type(run_type, run.inputs))
        if usage or "usage_metadata" in said:
            add_usage(run, usage, get("usage_metadata"), get("usage_holder"))
        if (
            span.status_code == STATUS_ERROR
            or span.events
            or "error" in said
            or ("error.type" in span.attributes)
        ):
            run.error = error_of(span, get("error"))
            if run.error is not None:
                if "error" in said and said["error"] in run.error:
                    consumed.update(fields["error"][1])
                if cancelled(span):
                    metadata["cancelled"] = True
        if not _RARE.isdisjoint(said):
            _add_rare(run, said)
        run.failures = tuple(failures)
        run.dialects = _speakers(drafts)
        run.genai = run_type != "chain" or run.dialects != ("generic",)
        if "kind" in said:
            metadata["otel.kind"] = said["kind"]
        sender = self._sender_of(span)
        run.runtime = {**sender.runtime, **runtime} if runtime else sender.runtime
        # Before what senders named themselves, which could have the same name.
        add_span(span, run, sender, everything=self._keep_unmapped)
        if not _CONTENT.isdisjoint(said):
            join_halves(fields, consumed, metadata)
        add_people(run, fields, consumed)
        if merged.bags:
            add_bags(merged, metadata, consumed)
        name_thread(run)
        add_unmapped(span, metadata, consumed, everything=self._keep_unmapped)
        for key, value in sender.metadata.items():
            metadata.setdefault(key, value)
        if span.events or "first_token_ns" in said:
            run.events = events_of(span, consumed, get("first_token_ns"))
        return run

    def _plain(
        self,
        span: Span,
        said_type: Json,
        consumed: set[Hashable],
        drafts: Sequence[tuple[str, Draft]],
        failures: Sequence[str],
    ) -> Run:
        """Return the run of a span of which nothing but the type is known: most HTTP calls."""
        run_type: RunType = said_type if said_type in RUN_TYPES else "chain"
        start_us, end_us = _micros(span, span.start_ns), _micros(span, span.end_ns)
        run = Run(span.name or _composed_name(span, None), run_type, start_us, end_us)
        metadata: JsonObject = {"OTEL_TRACE_ID": span.trace_id, "OTEL_SPAN_ID": span.span_id}
        run.metadata = metadata
        if run_type in PRICED_RUNS:
            metadata["ls_model_type"] = model_type(run_type, None)
        if span.status_code == STATUS_ERROR or span.events or "error.type" in span.attributes:
            run.error = error_of(span, None)
            if run.error is not None and cancelled(span):
                metadata["cancelled"] = True
        run.failures = tuple(failures)
        run.dialects = _speakers(drafts)
        run.genai = run_type != "chain" or run.dialects != ("generic",)
        sender = self._sender_of(span)
        run.runtime = sender.runtime
        add_span(span, run, sender, everything=self._keep_unmapped)
        add_unmapped(span, metadata, consumed, everything=self._keep_unmapped)
        for key, value in sender.metadata.items():
            metadata.setdefault(key, value)
        if span.events:
            run.events = events_of(span, consumed, None)
        return run

    def _sender_of(self, span: Span) -> Sender:
        sender = self._sender
        if sender.resource is not span.resource or sender.scope is not span.scope:
            sender = self._sender = Sender(span.resource, span.scope)
        return sender


def _micros(span: Span, ns: int) -> int:
    # LangSmith's own exporter computes its times in floats, up to 240 ns off; rounding undoes it.
    return (ns + 500) // 1000 if span.scope.name == "langsmith" else ns // 1000


def _composed_name(span: Span, model: str | None) -> str:
    words = (text(span.attributes.get("gen_ai.operation.name")), model)
    return " ".join(word for word in words if word) or "span"


@lru_cache(maxsize=4096)
def _place_of(field: str) -> tuple[str, str]:
    """Return the group of a field and its name there; "" for the group of a single one."""
    group, dot, name = field.partition(".")
    if not dot:
        return "", field
    if group in _OF_USERS and is_credential(name):
        group = _SECRET
    if group == "metadata" and name in ENVELOPE:
        name = "otel.attributes." + name
    return group, name


def _add_rare(run: Run, said: JsonObject) -> None:
    get = said.get
    run.tags = list(dict.fromkeys(get("tags") or ()))
    run.project = get("project")
    run.project_id = get("project_id")
    run.reference_example_id = get("reference_example_id")
    run.attachments = get("attachments") or []
    run.is_root = get("is_root") is True
    run.drop = get("drop")
    if not _IDS.isdisjoint(said):
        run.ids = ExplicitIds(
            get("run_id"), get("trace_id"), get("parent_run_id"), get("dotted_order")
        )


def _guessed_type(fields: Fields) -> RunType:
    """Return the run type that the content tells, where no dialect knows it."""
    usage = fields.get("usage.input") or fields.get("usage.output")
    if usage is not None and usage[2] in _OFTEN_UNTYPED:
        return "llm" if "model" in fields or "response_model" in fields else "chain"
    outputs = fields.get("outputs")
    if outputs is not None and outputs[2] in _OFTEN_UNTYPED and "documents" in outputs[0]:
        return "retriever"
    return "chain"


def _are_ours(fields: Fields) -> bool:
    """Tell whether the inputs are put together here, not somebody's own taken over."""
    if "inputs" in fields:
        return bool(fields["inputs"][2] != "langsmith")
    return "raw_inputs" not in fields


def _speakers(drafts: Sequence[tuple[str, Draft]]) -> tuple[str, ...]:
    # The generic dialect speaks on every span; that is told only where nobody else does.
    if len(drafts) == 1:
        return (drafts[0][0],)
    names = tuple([name for name, draft in drafts if name != "generic" and draft.said])
    return names or ("generic",)
