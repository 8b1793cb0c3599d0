"""The decoded OTLP span: plain Python values, whatever encoding it came in.

Source: opentelemetry-proto, ``trace.proto``, ``common.proto`` and ``resource.proto``.
"""

from typing import Any, TypeAlias

# A JSON value. A recursive alias would be exact, and would make every narrowing a cast.
Json: TypeAlias = Any
JsonObject: TypeAlias = dict[str, Any]

KIND_INTERNAL, KIND_SERVER, KIND_CLIENT, KIND_PRODUCER, KIND_CONSUMER = 1, 2, 3, 4, 5
STATUS_UNSET, STATUS_OK, STATUS_ERROR = 0, 1, 2

# SpanFlags: bit 8 says that bit 9 is known, bit 9 that the parent is in another process.
FLAG_HAS_IS_REMOTE, FLAG_IS_REMOTE = 0x100, 0x200


class Resource:
    """Who sent the span. One object per ``ResourceSpans`` of a request, shared by its spans."""

    __slots__ = ("attributes", "dropped", "schema_url")

    def __init__(
        self, attributes: JsonObject | None = None, schema_url: str = "", dropped: int = 0
    ) -> None:
        self.attributes: JsonObject = attributes or {}
        self.schema_url = schema_url
        self.dropped = dropped


class Scope:
    """Which instrumentation made the span. One object per ``ScopeSpans``, shared by its spans."""

    __slots__ = ("attributes", "dropped", "name", "schema_url", "version")

    def __init__(
        self,
        name: str = "",
        version: str = "",
        attributes: JsonObject | None = None,
        schema_url: str = "",
        dropped: int = 0,
    ) -> None:
        self.name = name
        self.version = version
        self.attributes: JsonObject = attributes or {}
        self.schema_url = schema_url
        self.dropped = dropped


class Event:
    """Something that happened during the span; *time_ns* counts from 1970 UTC."""

    __slots__ = ("attributes", "dropped", "name", "time_ns")

    def __init__(
        self,
        name: str,
        time_ns: int = 0,
        attributes: JsonObject | None = None,
        dropped: int = 0,
    ) -> None:
        self.name = name
        self.time_ns = time_ns
        self.attributes: JsonObject = attributes or {}
        self.dropped = dropped


class Link:
    """A pointer to another span; ids are lower-case hex."""

    __slots__ = ("attributes", "dropped", "flags", "span_id", "trace_id", "trace_state")

    def __init__(
        self,
        trace_id: str,
        span_id: str,
        trace_state: str = "",
        attributes: JsonObject | None = None,
        flags: int = 0,
        dropped: int = 0,
    ) -> None:
        self.trace_id = trace_id
        self.span_id = span_id
        self.trace_state = trace_state
        self.attributes: JsonObject = attributes or {}
        self.flags = flags
        self.dropped = dropped


class Span:
    """One span with the scope and the resource it came with.

    Attribute values are what JSON has: str, bool, int, float, None, list, dict. Bytes arrive as
    base64 text, NaN and the infinities as the words ``"NaN"``, ``"Infinity"``, ``"-Infinity"``.
    Of a key that comes twice the last value counts.

    Attributes:
        trace_id: 32 lower-case hex digits, never all zero.
        span_id: 16 lower-case hex digits, never all zero.
        parent_span_id: the same, or ``""`` where there is no parent.
        kind: OTLP's number, 0 to 5.
        start_ns, end_ns: nanoseconds since 1970 UTC; 0 where not given.
        status_code: 0 unset, 1 ok, 2 error.
        flags: OTLP's 32 bits, see the ``FLAG_`` constants.
        dropped: attributes, events and links that the SDK had dropped.
    """

    __slots__ = (
        "attributes",
        "dropped",
        "end_ns",
        "events",
        "flags",
        "kind",
        "links",
        "name",
        "parent_span_id",
        "resource",
        "scope",
        "span_id",
        "start_ns",
        "status_code",
        "status_message",
        "trace_id",
        "trace_state",
    )

    def __init__(
        self,
        *,
        trace_id: str,
        span_id: str,
        parent_span_id: str = "",
        name: str = "",
        kind: int = KIND_INTERNAL,
        start_ns: int = 0,
        end_ns: int = 0,
        attributes: JsonObject | None = None,
        events: list[Event] | None = None,
        links: list[Link] | None = None,
        status_code: int = STATUS_UNSET,
        status_message: str = "",
        trace_state: str = "",
        flags: int = 0,
        dropped: tuple[int, int, int] = (0, 0, 0),
        scope: Scope | None = None,
        resource: Resource | None = None,
    ) -> None:
        self.trace_id = trace_id
        self.span_id = span_id
        self.parent_span_id = parent_span_id
        self.name = name
        self.kind = kind
        self.start_ns = start_ns
        self.end_ns = end_ns
        self.attributes: JsonObject = {} if attributes is None else attributes
        self.events: list[Event] = [] if events is None else events
        self.links: list[Link] = [] if links is None else links
        self.status_code = status_code
        self.status_message = status_message
        self.trace_state = trace_state
        self.flags = flags
        self.dropped = dropped
        self.scope = Scope() if scope is None else scope
        self.resource = Resource() if resource is None else resource
