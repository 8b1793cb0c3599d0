"""What both OTLP encodings give: spans, and why some of them were left out."""

from collections.abc import Callable, Sequence
from math import isfinite, isnan
from typing import Final

from translators.span import Json, Span

# What is wrong with a span that alone was unusable: word for metrics -> sentence for the client.
REASONS: Final = {
    "trace_id": "the trace id is not 16 bytes, or all of them are zero",
    "span_id": "the span id is not 8 bytes, or all of them are zero",
    "parent_span_id": "the parent span id is not 8 bytes",
    "nesting": "an attribute value is nested too deep",
    "not_an_object": "the span is not a JSON object",
    "malformed": "a field of the span, its scope or its resource cannot be read",
}


class Decoded:
    """The usable spans of one request, in their order, and how many were not usable.

    Attributes:
        spans: what goes on.
        by_reason: spans left out, by a key of ``REASONS``.
    """

    __slots__ = ("by_reason", "spans")

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.by_reason: dict[str, int] = {}

    def reject(self, reason: str, spans: int = 1) -> None:
        """Leave *spans* out because of *reason*, a key of ``REASONS``."""
        if spans:
            self.by_reason[reason] = self.by_reason.get(reason, 0) + spans

    @property
    def rejected(self) -> int:
        """How many spans were left out."""
        return sum(self.by_reason.values())

    @property
    def reasons(self) -> list[str]:
        """One short sentence a reason, with the number of spans; holds no payload."""
        return [f"{spans} rejected: {REASONS[word]}" for word, spans in self.by_reason.items()]


class Codec:
    """One OTLP/HTTP encoding.

    Attributes:
        content_type: its name on the wire, exactly as clients compare it.
        decode: body -> ``Decoded``; raises ``Refused`` (400) where nothing can be read.
        success: spans rejected, message -> ``ExportTraceServiceResponse``.
        status: google.rpc code, message, field violations -> ``google.rpc.Status``. A violation is
            (field, description).
    """

    __slots__ = ("content_type", "decode", "status", "success")

    def __init__(
        self,
        content_type: str,
        decode: Callable[[bytes], Decoded],
        success: Callable[[int, str], bytes],
        status: Callable[[int, str, Sequence[tuple[str, str]]], bytes],
    ) -> None:
        self.content_type = content_type
        self.decode = decode
        self.success = success
        self.status = status


def spelled(number: float) -> Json:
    """Return *number*, or its word in OTLP/JSON where JSON has no number for it."""
    if isfinite(number):
        return number
    return "NaN" if isnan(number) else "Infinity" if number > 0 else "-Infinity"
