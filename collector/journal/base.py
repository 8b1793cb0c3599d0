"""What every journal promises."""

from typing import Protocol

from collector.model import Destination, Receipt


class Record:
    """One accepted request, as the journal keeps it.

    Attributes:
        destination: whose spans they are.
        content_type: ``application/x-protobuf`` or ``application/json``.
        body: the request's body, decompressed.
        spans: how many usable spans it holds; more than 0.
    """

    __slots__ = ("body", "content_type", "destination", "spans")

    def __init__(
        self, destination: Destination, content_type: str, body: bytes, spans: int
    ) -> None:
        self.destination = destination
        self.content_type = content_type
        self.body = body
        self.spans = spans


class Journal(Protocol):
    """Owns every record from before its 200 until each of its spans is done."""

    @property
    def held_spans(self) -> int:
        """Spans of all open records that are not settled yet."""
        ...

    async def append(self, record: Record) -> Receipt:
        """Own *record*; when this returns, the request may be answered 200.

        Raises:
            Overloaded: the journal cannot own it now.
        """
        ...
