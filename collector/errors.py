"""What can go wrong between rooms. Each error answers one question: again, or not?"""

from collector.model import SealedBatch


class Refused(Exception):
    """The client's request cannot be accepted, now or later, as it is.

    Attributes:
        status: HTTP status that says so (400, 401, 404, 405, 413 or 415).
        reason: one sentence for the client; holds no payload and no key.
    """

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class TooLarge(Refused):
    """The client's request is more than can ever be owned, however long it waits."""

    def __init__(self, reason: str) -> None:
        super().__init__(413, reason)


class Overloaded(Exception):
    """There is no room now; the same request is welcome in *retry_after* seconds.

    More than 9 seconds would be an order to drop for the exporters of several SDKs.
    """

    def __init__(self, reason: str, retry_after: int = 1) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


class Unsealable(Exception):
    """Some runs of a batch can never be made a request, whenever it is tried; all others can.

    Attributes:
        bad: those runs, as far as they can be told: to be read by people, not to be uploaded.
        good: all others, None where there are none. Both together owe what the batch owed.
        detail: what is wrong; may quote the payload, so it is never logged.
    """

    def __init__(self, bad: SealedBatch, good: SealedBatch | None, detail: str) -> None:
        super().__init__(detail)
        self.bad = bad
        self.good = good
        self.detail = detail


class UploadUnavailable(Exception):
    """Upstream did not take the batch this time: connection, 408, 425, 429, 5xx.

    Attributes:
        reason: short word for metrics, such as ``"429"`` or ``"connection"``.
        retry_after: seconds upstream asked for, or None.
    """

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


class UploadRejected(Exception):
    """Upstream does not take these runs as they are: 400, 409, 413, 422 and the like.

    One run may be the cause for the whole batch.

    Attributes:
        reason: HTTP status, for metrics.
        detail: upstream's own words, shortened; may be shown in a dead letter, never logged.
        named: ids of runs in those words.
    """

    def __init__(self, reason: str, detail: str = "", named: frozenset[str] = frozenset()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail
        self.named = named


class DestinationRefused(Exception):
    """Upstream takes nothing from this destination, whatever the runs, until somebody acts.

    Attributes:
        reason: HTTP status, for metrics.
        trouble: ``"key"`` or ``"endpoint"``.
    """

    def __init__(self, reason: str, trouble: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.trouble = trouble


class JournalInUse(Exception):
    """Another process owns the journal's directory: two would tear it apart."""
