"""What can go wrong between rooms. Each error answers one question: again, or not?"""


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


class Overloaded(Exception):
    """There is no room now; the same request is welcome in *retry_after* seconds.

    More than 9 seconds would be an order to drop for the exporters of several SDKs.
    """

    def __init__(self, reason: str, retry_after: int = 1) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


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
    """Upstream will never take this batch as it is: 400, 401, 403, 404, 413, 422.

    Attributes:
        reason: short word for metrics, such as ``"422"``.
        detail: upstream's own words, shortened; may be shown in a dead letter, never logged.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail
