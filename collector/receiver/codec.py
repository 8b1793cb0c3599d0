"""What both OTLP encodings give: usable records, and why some of them were left out."""

from collections.abc import Callable, Sequence
from math import isfinite, isnan
from typing import Final, Generic, TypeVar

from collector.receiver.weight import Weight
from translators.log_record import LogRecord
from translators.span import Json, JsonObject, Span

# Why a record was left out of its request: word for metrics -> sentence for the client.
REASONS: Final = {
    "trace_id": "the trace id is not 16 bytes, or all of them are zero",
    "span_id": "the span id is not 8 bytes, or all of them are zero",
    "parent_span_id": "the parent span id is not 8 bytes",
    "nesting": "a value is nested too deep",
    "not_an_object": "it is not a JSON object",
    "malformed": "a field of it, of its scope or of its resource cannot be read",
    "not_kept": "metrics are not stored here, this proxy keeps traces and GenAI events only: "
    "set OTEL_METRICS_EXPORTER=none",
}


class Tally:
    """How many records of one request were left out: spans, log records or data points.

    Attributes:
        by_reason: records left out, by a key of ``REASONS``.
    """

    __slots__ = ("by_reason",)

    def __init__(self) -> None:
        self.by_reason: dict[str, int] = {}

    def reject(self, reason: str, records: int = 1) -> None:
        """Leave *records* out because of *reason*, a key of ``REASONS``."""
        if records:
            self.by_reason[reason] = self.by_reason.get(reason, 0) + records

    @property
    def rejected(self) -> int:
        """How many records were left out."""
        return sum(self.by_reason.values())

    @property
    def reasons(self) -> list[str]:
        """One short sentence a reason, with the number of records; holds no payload."""
        return [f"{records} rejected: {REASONS[word]}" for word, records in self.by_reason.items()]


class Decoded(Tally):
    """The usable spans of one request, in their order, and how many were not usable.

    Attributes:
        spans: what goes on.
    """

    __slots__ = ("spans",)

    def __init__(self) -> None:
        super().__init__()
        self.spans: list[Span] = []


class DecodedLogs(Tally):
    """The usable log records of one request, in their order, and how many were not usable.

    Attributes:
        records: what goes on.
    """

    __slots__ = ("records",)

    def __init__(self) -> None:
        super().__init__()
        self.records: list[LogRecord] = []


Found = TypeVar("Found", bound=Tally)


class Codec(Generic[Found]):
    """One OTLP/HTTP encoding of one signal.

    Attributes:
        content_type: its name on the wire, exactly as clients compare it.
        decode: body -> what is in it; raises ``Refused`` (400) where nothing can be read.
        success: records rejected, message -> the signal's ``Export…ServiceResponse``.
        status: google.rpc code, message, field violations -> ``google.rpc.Status``. A violation is
            (field, description).
        weigh: body -> what its content takes in memory.
    """

    __slots__ = ("content_type", "decode", "status", "success", "weigh")

    def __init__(
        self,
        content_type: str,
        decode: Callable[[bytes], Found],
        success: Callable[[int, str], bytes],
        status: Callable[[int, str, Sequence[tuple[str, str]]], bytes],
        weigh: Callable[[bytes], Weight],
    ) -> None:
        self.content_type = content_type
        self.decode = decode
        self.success = success
        self.status = status
        self.weigh = weigh


def spelled(number: float) -> Json:
    """Return *number*, or its word in OTLP/JSON where JSON has no number for it."""
    if isfinite(number):
        return number
    return "NaN" if isnan(number) else "Infinity" if number > 0 else "-Infinity"


def event_name(attributes: JsonObject, given: str) -> str:
    """Return what kind of event a log record is, ``""`` for none.

    The attribute ``event.name`` goes before the record's own field *given*, which is newer.
    """
    name = attributes.get("event.name")
    return name if isinstance(name, str) and name else given
