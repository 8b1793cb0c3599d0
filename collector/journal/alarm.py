"""What the log says of the journal's disk."""

from pathlib import Path

import structlog

from collector.clock import Clock
from collector.journal.trouble import Trouble

log = structlog.get_logger()

_LOG_SECONDS = 60.0


class Alarm:
    """Says what keeps the journal from owning records, and when it is over.

    A disk may fail and work again many times a second. No line comes twice a minute; so the log is
    at most a minute behind the truth, if ``tell`` is called now and then.

    Bounded by one time for each reason that there is.
    """

    def __init__(self, directory: Path, clock: Clock) -> None:
        self._directory = directory
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
        now = self._clock.monotonic()
        before = self._said_at.get(reason)
        if before is not None and now - before < _LOG_SECONDS:
            return
        self._said = reason
        self._said_at[reason] = now
        if trouble is None:
            log.warning("the journal works again")
        else:
            log.error(
                "the journal owns nothing now",
                reason=trouble.text,
                error=error,
                directory=str(self._directory),
            )
