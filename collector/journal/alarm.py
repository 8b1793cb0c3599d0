"""What the log says of the journal's disk, and of the room on it."""

from pathlib import Path

import structlog

from collector.clock import Clock
from collector.journal.trouble import FULL, Trouble

log = structlog.get_logger()

_LOG_SECONDS = 60.0


class Alarm:
    """Says what keeps the journal from owning records, and when it is over.

    A disk may fail and work again many times a second. No line comes twice a minute; so the log is
    at most a minute behind the truth, if ``tell`` is called now and then.

    Bounded by one time for each reason that there is.
    """

    def __init__(self, directory: Path, max_bytes: int, clock: Clock) -> None:
        self._directory = directory
        self._max_bytes = max_bytes
        self._clock = clock
        self._said: str | None = None
        self._said_at: dict[str | None, float] = {}

    def tell(self, trouble: Trouble | None, error: str = "") -> None:
        """Let the log say *trouble*, None for none, unless that is what it says.

        Args:
            error: what the operating system says, or the name of an exception.
        """
        reason = trouble.reason if trouble is not None else None
        if reason == self._said:
            return
        if not self._may_say(reason):
            return
        self._said = reason
        if trouble is None:
            log.warning("the journal works again")
        else:
            log.error(
                "the journal owns nothing now",
                reason=trouble.text,
                error=error,
                directory=str(self._directory),
                remedy=trouble.remedy,
            )

    def full(self) -> None:
        """Let the log say that there is no room within the journal's own bound."""
        if self._may_say(FULL.reason):
            log.warning(
                "the journal is full: requests are answered 503",
                journal_max_bytes=self._max_bytes,
                directory=str(self._directory),
                remedy=FULL.remedy,
            )

    def _may_say(self, reason: str | None) -> bool:
        now = self._clock.monotonic()
        before = self._said_at.get(reason)
        if before is not None and now - before < _LOG_SECONDS:
            return False
        self._said_at[reason] = now
        return True
