"""When to try again: arithmetic only."""

from datetime import UTC
from email.utils import parsedate_to_datetime

# With the spread of 20 % no pause is longer than 30 s.
_LONGEST = 25.0
# When the process is about to end, a long pause would be its last.
_LONGEST_IN_A_HURRY = 1.0
_SPREAD = 0.2
# A longer wish is a mistake on the other side more often than a wish; LangSmith's SDK has it too.
_LONGEST_WISH = 300.0
# 2**60 is past every limit above, and more would overflow a float in the end.
_MOST_DOUBLINGS = 60


class RetryPolicy:
    """A few quick retries, then pauses that grow from 1 s to 30 s, for ever."""

    def __init__(self, max_retries: int, backoff_seconds: float) -> None:
        self._max_retries = max_retries
        self._backoff = backoff_seconds

    def delay(
        self,
        failures: int,
        chance: float,
        retry_after: float | None = None,
        *,
        hurry: bool = False,
    ) -> float:
        """Return the seconds to wait before the next try.

        Args:
            failures: tries that failed in a row; 1 or more.
            chance: random number from 0 to 1, spreads the delay by 20 % up or down.
            retry_after: seconds upstream asked for; wins when it is longer.
            hurry: the process is about to end: pauses do not grow past a second.
        """
        if failures <= self._max_retries:
            nominal = self._backoff * 2.0 ** min(failures - 1, _MOST_DOUBLINGS)
        else:
            nominal = 2.0 ** min(failures - self._max_retries - 1, _MOST_DOUBLINGS)
        longest = _LONGEST_IN_A_HURRY if hurry else _LONGEST
        delay = min(nominal, longest) * (1 - _SPREAD + 2 * _SPREAD * chance)
        return delay if retry_after is None else max(delay, retry_after)


def parse_retry_after(value: str | None, now_ns: int) -> float | None:
    """Read a Retry-After header.

    Args:
        value: seconds or an HTTP date; None where the header is missing.
        now_ns: nanoseconds since 1970-01-01 UTC, which a date is compared with.

    Returns:
        Seconds to wait, 0 to 300, or None where there is nothing to understand.

    Source: RFC 9110, section 10.2.3.
    """
    if value is None:
        return None
    text = value.strip()
    # Some gateways send fractions, which the RFC does not know.
    if text.isascii() and text.replace(".", "", 1).isdigit():
        return min(float(text), _LONGEST_WISH)
    try:
        date = parsedate_to_datetime(text)
        if date.tzinfo is None:
            date = date.replace(tzinfo=UTC)
        seconds = date.timestamp() - now_ns / 1e9
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), _LONGEST_WISH)
