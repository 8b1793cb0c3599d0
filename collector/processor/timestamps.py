"""Microseconds to text and back by integer arithmetic: floats would round some of them.

Source: langsmith-sdk ``run_trees.py`` (``%Y%m%dT%H%M%S%fZ``) and ``datetime.isoformat``.
"""

from datetime import UTC, datetime
from functools import lru_cache

# Characters of a segment's time: ``20260101T000000000000Z``.
TIME_LENGTH = 22
_SECOND_LENGTH = 15


def iso_time(us: int) -> str:
    """Return *us* microseconds since 1970 as ``2026-01-01T00:00:00.000000+00:00``."""
    second, fraction = divmod(us, 1_000_000)
    return f"{_iso_second(second)}.{fraction:06d}+00:00"


def segment_time(us: int) -> str:
    """Return *us* microseconds since 1970 as ``20260101T000000000000Z``."""
    second, fraction = divmod(us, 1_000_000)
    return f"{_segment_second(second)}{fraction:06d}Z"


def parse_segment_time(text: str) -> int | None:
    """Return the microseconds since 1970 that ``20260101T000000000000Z`` says.

    None for any other shape (fewer or more than 6 digits of a fraction, too), and for a date that
    does not exist.
    """
    if len(text) != TIME_LENGTH or text[-1] != "Z" or not text.isascii():
        return None
    fraction = text[_SECOND_LENGTH:-1]
    second = _parse_second(text[:_SECOND_LENGTH])
    if second is None or not fraction.isdigit():
        return None
    return second * 1_000_000 + int(fraction)


# Spans come in bursts of the same few seconds, so these caches hit nearly always.
@lru_cache(maxsize=4096)
def _iso_second(second: int) -> str:
    # isoformat pads years below 1000, strftime does not.
    return datetime.fromtimestamp(second, UTC).isoformat()[:19]


@lru_cache(maxsize=4096)
def _segment_second(second: int) -> str:
    return _iso_second(second).replace("-", "").replace(":", "")


@lru_cache(maxsize=4096)
def _parse_second(text: str) -> int | None:
    digits = text[:8] + text[9:]
    if text[8] != "T" or not digits.isdigit():
        return None
    try:
        moment = datetime(
            int(text[:4]),
            int(text[4:6]),
            int(text[6:8]),
            int(text[9:11]),
            int(text[11:13]),
            int(text[13:]),
            tzinfo=UTC,
        )
    except ValueError:
        return None
    return int((moment - _EPOCH).total_seconds())


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
