"""What every journal promises."""

from typing import Literal, Protocol, TypeAlias

from collector.model import Destination, Receipt, Tenant

Signal: TypeAlias = Literal["traces", "logs"]
# That of a record is its ``Destination.tenant``.


class Record:
    """One accepted request, as the journal keeps it.

    Attributes:
        destination: whose it is.
        signal: what it holds.
        content_type: ``application/x-protobuf`` or ``application/json``.
        body: the request's body, decompressed.
        spans: how many units its receipt owes, more than 0: usable spans, or groups of log events.
    """

    __slots__ = ("body", "content_type", "destination", "signal", "spans")

    def __init__(
        self,
        destination: Destination,
        signal: Signal,
        content_type: str,
        body: bytes,
        spans: int,
    ) -> None:
        self.destination = destination
        self.signal: Signal = signal
        self.content_type = content_type
        self.body = body
        self.spans = spans


class Journal(Protocol):
    """Owns every record from before its 200 until each of its spans is done.

    A record is open until its receipt is settled. Of the open ones some are taken by the pipeline,
    which holds their spans; the others are the backlog.
    """

    @property
    def survives(self) -> bool:
        """Whether what is open outlives the process."""
        ...

    @property
    def healthy(self) -> bool:
        """False from a failure of the medium until it works again."""
        ...

    @property
    def held_spans(self) -> int:
        """Units of all taken records that are not settled yet."""
        ...

    @property
    def found(self) -> int:
        """Units that an earlier process left open, as far as that is read."""
        ...

    @property
    def backlog(self) -> int:
        """Units of the records that nobody has taken."""
        ...

    @property
    def unreadable(self) -> int:
        """Units that left the backlog because their record cannot be read, since the start."""
        ...

    async def open(self) -> None:
        """Find what an earlier process left open: it is the backlog now.

        Raises:
            JournalInUse: another process has the journal.
        """
        ...

    async def append(self, record: Record, *, aside: bool = False) -> Receipt | None:
        """Own *record*; when this returns, the request may be answered 200.

        Args:
            aside: leave it in the backlog: the pipeline has no room for it now.

        Returns:
            What the record owes, None where it was left in the backlog.

        Raises:
            Overloaded: the journal cannot own it now.
            TooLarge: it never can.
        """
        ...

    async def take(
        self, skip: frozenset[Tenant] = frozenset()
    ) -> tuple[Record, Receipt | None] | None:
        """Return the oldest record of the backlog, which is taken now; None without one.

        Before the first of them come, without a receipt, records that an earlier process finished
        lately: all that can be learned of them may help those that come after.

        Args:
            skip: tenants whose records stay where they are; those of each tenant come in order.
        """
        ...

    async def close(self) -> None:
        """Return when what was settled is forgotten for good; what is open stays open."""
        ...
