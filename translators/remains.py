"""What no dialect maps, kept: the span's own fields, its events, its links, scope and service.

Source: conventions 3.2 to 3.4. Keys are flat and begin with ``otel.``.
"""

from collections.abc import Collection, Hashable, Sequence
from functools import lru_cache
from itertools import pairwise
from time import gmtime

from translators.run import Run
from translators.span import (
    KIND_INTERNAL,
    STATUS_ERROR,
    STATUS_OK,
    JsonObject,
    Link,
    Resource,
    Scope,
    Span,
)

_KINDS = {2: "SERVER", 3: "CLIENT", 4: "PRODUCER", 5: "CONSUMER"}
# Sampled or not, the parent known to be local: nothing that anybody looks for.
_PLAIN_FLAGS = frozenset((0, 1, 0x100, 0x101))
_RUNTIME = (
    ("sdk", "telemetry.sdk.name"),
    ("sdk_version", "telemetry.sdk.version"),
    ("runtime", "process.runtime.name"),
    ("runtime_version", "process.runtime.version"),
    ("platform", "os.type"),
)
_SERVICE = (
    ("service_name", ("service.name",)),
    ("revision_id", ("langfuse.release", "service.version")),
    (
        "environment",
        ("langfuse.environment", "deployment.environment.name", "deployment.environment"),
    ),
)
_NONE_DROPPED = (0, 0, 0)
# What a run's metadata tell of the span itself.
ENVELOPE = frozenset(
    (
        *("OTEL_TRACE_ID", "OTEL_SPAN_ID", "otel.span_name", "otel.status_message", "otel.kind"),
        *("otel.translator_error", "otel.parent_span_id", "otel.span_kind", "otel.status"),
        *("otel.trace_state", "otel.flags", "otel.links", "otel.dropped", "otel.dialects"),
        *("otel.start_time_unix_nano", "otel.end_time_unix_nano", "otel.scope.name"),
        *("otel.scope.version", "otel.scope.attributes", "otel.scope.schema_url"),
        *("otel.scope.dropped_attributes_count", "otel.truncated"),
    )
)
REDACTED = "[redacted]"
_ABOUT_KEYS = "user_api_key_"  # LiteLLM: alias, team and user of the key that was used
_SECRET_WORDS = ("authorization", "api_key", "api-key", "apikey", "cookie")
# fmt: off
_GENAI = frozenset(
    ("gen_ai", "llm", "ai", "langsmith", "openinference", "traceloop", "langfuse",
     "mlflow", "mcp", "lk", "input", "output", "retrieval", "embedding", "reranker",
     "tool", "agent")
)
# fmt: on


@lru_cache(maxsize=4096)
def is_secret(key: str) -> bool:
    """Tell whether an attribute of this name holds a credential."""
    folded = key.lower()
    return any(word in folded for word in _SECRET_WORDS)


def masked(attributes: JsonObject) -> JsonObject:
    """Return attributes without the values of credentials; themselves where they hold none."""
    if not any(map(is_secret, attributes)):
        return attributes
    return {key: REDACTED if is_secret(key) else attributes[key] for key in attributes}


def is_credential(name: str) -> bool:
    """Tell whether metadata of this name are a credential, and do not merely tell whose it was."""
    return is_secret(name) and not name.startswith(_ABOUT_KEYS)


def keeps_genai_only(key: str) -> bool:
    """Tell whether an attribute is kept where only GenAI attributes are."""
    return key.partition(".")[0] in _GENAI


class Sender:
    """What a resource and a scope say on each of their runs, worked out once.

    Attributes:
        resource, scope: whose it is.
        runtime: ``extra.runtime``; shared by the runs, so not to be changed.
        metadata: service, version and environment.
        scope_metadata: the scope's own fields.
    """

    __slots__ = ("metadata", "resource", "runtime", "scope", "scope_metadata")

    def __init__(self, resource: Resource, scope: Scope) -> None:
        self.resource = resource
        self.scope = scope
        given = resource.attributes
        self.runtime: JsonObject = {"library": scope.name} if scope.name else {}
        self.runtime |= {key: given[name] for key, name in _RUNTIME if given.get(name) is not None}
        self.metadata: JsonObject = {}
        for key, names in _SERVICE:
            for name in names:
                if given.get(name) is not None:
                    self.metadata.setdefault(key, given[name])
        told = (
            ("otel.scope.name", scope.name),
            ("otel.scope.version", scope.version),
            ("otel.scope.attributes", masked(scope.attributes)),
            ("otel.scope.schema_url", scope.schema_url),
            ("otel.scope.dropped_attributes_count", scope.dropped),
        )
        self.scope_metadata: JsonObject = {key: value for key, value in told if value}


def add_span(span: Span, run: Run, sender: Sender, *, everything: bool) -> None:
    """Add to the run's metadata what the span says beside its attributes and events."""
    metadata = run.metadata
    if run.name != span.name:
        metadata["otel.span_name"] = span.name
    if span.status_message and span.status_message not in (run.error or ""):
        metadata["otel.status_message"] = span.status_message
    if run.failures:
        metadata["otel.translator_error"] = list(run.failures)
    if not everything:
        return
    if span.parent_span_id:
        metadata["otel.parent_span_id"] = span.parent_span_id
    if span.kind in _KINDS:
        metadata["otel.span_kind"] = _KINDS[span.kind]
    elif not 0 <= span.kind <= KIND_INTERNAL:
        metadata["otel.span_kind"] = span.kind
    if span.status_code == STATUS_OK:
        metadata["otel.status"] = "OK"
    if span.trace_state:
        metadata["otel.trace_state"] = span.trace_state
    if span.flags not in _PLAIN_FLAGS:
        metadata["otel.flags"] = span.flags
    if span.links:
        metadata["otel.links"] = [_link(link) for link in span.links]
    if span.dropped != _NONE_DROPPED:
        names = ("attributes", "events", "links")
        metadata["otel.dropped"] = {n: d for n, d in zip(names, span.dropped, strict=True) if d}
    # The text, because JSON numbers of that size are rounded by readers.
    if span.start_ns % 1000:
        metadata["otel.start_time_unix_nano"] = str(span.start_ns)
    if span.end_ns % 1000:
        metadata["otel.end_time_unix_nano"] = str(span.end_ns)
    metadata.update(sender.scope_metadata)
    metadata["otel.dialects"] = run.dialects


def bare_run(span: Span, failures: Sequence[str]) -> Run:
    """Return a chain with what the span says, as it says it, for when nothing better worked."""
    run = Run(span.name or "span", "chain", span.start_ns // 1000, span.end_ns // 1000)
    run.failures = tuple(failures)
    run.dialects = ("generic",)
    run.metadata = {"OTEL_TRACE_ID": span.trace_id, "OTEL_SPAN_ID": span.span_id}
    for key, value in span.attributes.items():
        run.metadata["otel.attributes." + key] = REDACTED if is_secret(key) else value
    if span.status_code == STATUS_ERROR:
        run.error = span.status_message or "Error"
    run.events = events_of(span, (), None)
    sender = Sender(span.resource, span.scope)
    add_span(span, run, sender, everything=True)
    run.metadata |= sender.metadata
    return run


def events_of(
    span: Span, consumed: Collection[Hashable], first_token_ns: int | None
) -> list[JsonObject]:
    """Return the span's events as a run has them, in time order.

    Args:
        consumed: what stands in the inputs or outputs: the indices of events of which only name and
            time are told then; of events with an attribute that stands elsewhere, ``(index,)`` and
            ``(index, attribute)``.
        first_token_ns: when the first token came; told as LangSmith's ``new_token``, unless it is
            outside of the span.
    """
    found: list[tuple[int, JsonObject]] = []
    if first_token_ns is not None and span.start_ns <= first_token_ns <= (
        span.end_ns or first_token_ns
    ):
        found.append((first_token_ns, {"name": "new_token", "time": iso_time(first_token_ns)}))
    for index, event in enumerate(span.events):
        told: JsonObject = {"name": event.name, "time": iso_time(event.time_ns)}
        kwargs = event.attributes if index not in consumed else {}
        if (index,) in consumed:
            kwargs = {key: kwargs[key] for key in kwargs if (index, key) not in consumed}
        if event.dropped:
            kwargs = {**kwargs, "otel.dropped_attributes_count": event.dropped}
        if kwargs:
            told["kwargs"] = masked(kwargs)
        found.append((event.time_ns, told))
    if any(before > after for (before, _), (after, _) in pairwise(found)):
        found.sort(key=lambda pair: pair[0])
    return [told for _, told in found]


def iso_time(ns: int) -> str:
    """Return nanoseconds since 1970 as ISO 8601 in UTC with six digits, by integer arithmetic."""
    seconds, rest = divmod(ns // 1000, 1_000_000)
    return f"{_second(seconds)}.{rest:06d}+00:00"


@lru_cache(maxsize=1024)
def _second(seconds: int) -> str:
    t = gmtime(seconds)
    return (
        f"{t.tm_year:04d}-{t.tm_mon:02d}-{t.tm_mday:02d}"
        f"T{t.tm_hour:02d}:{t.tm_min:02d}:{t.tm_sec:02d}"
    )


def _link(link: Link) -> JsonObject:
    told: JsonObject = {"trace_id": link.trace_id, "span_id": link.span_id}
    if link.trace_state:
        told["trace_state"] = link.trace_state
    if link.attributes:
        told["attributes"] = masked(link.attributes)
    if link.flags not in _PLAIN_FLAGS:
        told["flags"] = link.flags
    if link.dropped:
        told["dropped_attributes_count"] = link.dropped
    return told
