"""Spans for tests: everything that the test does not care about is filled in."""

from translators.span import STATUS_UNSET, Event, JsonObject, Resource, Scope, Span

START_NS = 1_763_600_000_000_000_000
END_NS = START_NS + 2_000_000_000


def span(
    attributes: JsonObject | None = None,
    *,
    name: str = "work",
    scope: str = "",
    events: list[Event] | None = None,
    status_code: int = STATUS_UNSET,
    status_message: str = "",
    resource: JsonObject | None = None,
) -> Span:
    """Return a span of two seconds."""
    return Span(
        trace_id="5b8efff798038103d269b633813fc60c",
        span_id="eee19b7ec3c1b174",
        name=name,
        start_ns=START_NS,
        end_ns=END_NS,
        attributes=attributes,
        events=events,
        status_code=status_code,
        status_message=status_message,
        scope=Scope(scope, "1.0"),
        resource=Resource(resource),
    )
