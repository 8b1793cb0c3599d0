"""The decoded OTLP log record: plain Python values, whatever encoding it came in.

Source: opentelemetry-proto, ``logs.proto``; "Logs Data Model", section "Events".
"""

from translators.span import Json, JsonObject, Resource, Scope


class LogRecord:
    """One log record with the scope and the resource it came with; values are as in ``Span``.

    Attributes:
        trace_id: 32 lower-case hex digits, or ``""`` where the record belongs to no trace.
        span_id: 16 lower-case hex digits, or ``""`` where it belongs to no span.
        event_name: what kind of event it is, ``""`` for a plain log line.
        time_ns: nanoseconds since 1970 UTC of the event, or else of its observation; 0 for neither.
        body: text, an object, any other value, or None.
        severity_text, severity_number: ``""`` and 0 where not given.
        dropped: attributes that the SDK had dropped.
    """

    __slots__ = (
        "attributes",
        "body",
        "dropped",
        "event_name",
        "resource",
        "scope",
        "severity_number",
        "severity_text",
        "span_id",
        "time_ns",
        "trace_id",
    )

    def __init__(
        self,
        *,
        trace_id: str = "",
        span_id: str = "",
        event_name: str = "",
        time_ns: int = 0,
        body: Json = None,
        attributes: JsonObject | None = None,
        severity_text: str = "",
        severity_number: int = 0,
        dropped: int = 0,
        scope: Scope | None = None,
        resource: Resource | None = None,
    ) -> None:
        self.trace_id = trace_id
        self.span_id = span_id
        self.event_name = event_name
        self.time_ns = time_ns
        self.body = body
        self.attributes: JsonObject = {} if attributes is None else attributes
        self.severity_text = severity_text
        self.severity_number = severity_number
        self.dropped = dropped
        self.scope = Scope() if scope is None else scope
        self.resource = Resource() if resource is None else resource
