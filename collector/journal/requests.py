"""What can be asked of the thread of the disk journal."""

from collector.journal.base import Record
from collector.model import Tenant

# The value of a ``Take`` that has to be asked again.
AGAIN = object()


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

    The value is the record and its entry, or None instead of either, or ``AGAIN``.
    """

    __slots__ = ("skip",)

    def __init__(self, skip: frozenset[Tenant]) -> None:
        self.skip = skip


class Append(Request):
    """Own a record; the value is its entry."""

    __slots__ = ("record",)

    def __init__(self, record: Record) -> None:
        self.record = record
