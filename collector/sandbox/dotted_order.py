"""dotted_order: ``<start time>Z<run id>`` of every run from the root down, joined by dots.

Source: LangSmith documentation, "Run (span) data format".
"""

import re
from datetime import UTC, datetime

from collector.sandbox.times import format_segment_time, parse_time

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_RUN_ID = re.compile(_UUID)
_SEGMENT = re.compile(rf"\d{{8}}T\d{{6}}\d{{6}}Z{_UUID}", re.ASCII)
_ID_LENGTH = 36


def is_run_id(text: object) -> bool:
    """Say whether *text* is a UUID in the one spelling ids have: hyphenated, lower case."""
    return isinstance(text, str) and _RUN_ID.fullmatch(text) is not None


def parse_path(dotted_order: str) -> list[tuple[int, str]]:
    """Return start time in microseconds and run id of each segment, root first.

    Raises:
        ValueError: a segment is not ``%Y%m%dT%H%M%S%fZ`` with six fractional digits followed
            by a UUID, or an id comes twice.
    """
    path: list[tuple[int, str]] = []
    for segment in dotted_order.split("."):
        if _SEGMENT.fullmatch(segment) is None:
            raise ValueError(
                f"segment {segment!r} is not YYYYMMDDTHHMMSSffffffZ and a lower-case UUID"
            )
        path.append((_segment_time(segment[:-_ID_LENGTH]), segment[-_ID_LENGTH:]))
    if len({run_id for _, run_id in path}) < len(path):
        raise ValueError("a run id comes twice")
    return path


def _segment_time(text: str) -> int:
    moment = datetime.strptime(text, "%Y%m%dT%H%M%S%fZ").replace(tzinfo=UTC)
    return parse_time(moment.isoformat())


def path_ids(dotted_order: str) -> list[str]:
    """Return the run ids of a stored, already checked dotted_order, root first."""
    return [segment[-_ID_LENGTH:] for segment in dotted_order.split(".")]


def extend_path(parent: str | None, start_us: int, run_id: str) -> str:
    """Return the dotted_order of a run under *parent*'s dotted_order, or of a root for None."""
    segment = f"{format_segment_time(start_us)}{run_id}"
    return segment if parent is None else f"{parent}.{segment}"
