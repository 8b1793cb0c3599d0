"""Reads the bodies of journal records again, with the codecs that read them first."""

from typing import Protocol

from collector.errors import Refused
from collector.receiver.encodings import LOGS, TRACES
from translators.log_record import LogRecord
from translators.span import Span


class Stored(Protocol):
    """What of a journal record says how to read it."""

    content_type: str
    body: bytes


class ReceiverCodecs:
    """The codecs of the receiver, for bodies that it took once."""

    def spans(self, record: Stored) -> list[Span]:
        """Return the usable spans of a record of traces; none where it cannot be read any more."""
        try:
            return TRACES[record.content_type].decode(record.body).spans
        except Refused:
            return []

    def logs(self, record: Stored) -> list[LogRecord]:
        """Return the usable records of a record of logs; none where it cannot be read any more."""
        try:
            return LOGS[record.content_type].decode(record.body).records
        except Refused:
            return []
