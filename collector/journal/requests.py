"""What callers ask the journal's thread for."""

from collector.journal.base import Record
from collector.journal.segment import Entry


class Request:
    """Something that a caller waits for: to open or to close the log."""

    __slots__ = ()


class Open(Request):
    """Read what is there."""

    __slots__ = ()


class Close(Request):
    """Forget for good what is settled, and end."""

    __slots__ = ()


class Take(Request):
    """Read the next record of the past or the oldest of the backlog.

    The value is the record and its entry, or None instead of either.
    """

    __slots__ = ()


class PutBack(Request):
    """Let a taken record be nobody's again."""

    __slots__ = ("entry",)

    def __init__(self, entry: Entry) -> None:
        self.entry = entry


class Append(Request):
    """Own a record; the value is its entry."""

    __slots__ = ("aside", "record")

    def __init__(self, record: Record, *, aside: bool) -> None:
        self.record = record
        self.aside = aside
