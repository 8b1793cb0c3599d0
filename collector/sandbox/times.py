"""Times as whole microseconds since 1970 UTC, the finest step LangSmith keeps.

Integer arithmetic throughout: going through float seconds rounds differently from the
microseconds that stand in a dotted_order.
"""

import re
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_TIMESTAMP = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})?", re.ASCII
)


def parse_timestamp(text: str) -> int:
    """Return the microseconds an ingested timestamp means; one without an offset is UTC.

    Raises:
        ValueError: not ISO-8601 with seconds and at most six fractional digits.
    """
    if _TIMESTAMP.fullmatch(text) is None:
        raise ValueError(f"{text!r} is not an ISO-8601 timestamp with at most 6 fractional digits")
    return parse_time(text)


def parse_time(text: str) -> int:
    """Return the microseconds of any ISO-8601 time, as query parameters and filters have it.

    Raises:
        ValueError: not an ISO-8601 date or time.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // _MICROSECOND


def format_time(microseconds: int) -> str:
    """Return the ISO-8601 UTC time, with six fractional digits."""
    moment = _EPOCH + timedelta(microseconds=microseconds)
    return moment.isoformat(timespec="microseconds")


def format_segment_time(microseconds: int) -> str:
    """Return the time as a segment of dotted_order spells it: ``20260101T000000000000Z``."""
    moment = _EPOCH + timedelta(microseconds=microseconds)
    return moment.strftime("%Y%m%dT%H%M%S%fZ")
