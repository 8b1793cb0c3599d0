"""Run ids: how they follow from OTel ids, and which of a span's own ids can be believed.

Source: langsmith-sdk ``integrations/otel`` (a span id right-aligned in a zero UUID), and
LangSmith's run data format (the invariants of dotted_order).
"""

from collections.abc import Sequence

from collector.processor.timestamps import TIME_LENGTH, parse_segment_time
from translators.run import ExplicitIds

_ZEROS = "00000000-0000-0000-"
_UUID_LENGTH = 36
_HYPHENS = (8, 13, 18, 23)
_UUID_CHARACTERS = frozenset("0123456789abcdef-")


def padded_run_id(span_id: str) -> str:
    """Return the run id of a span that names none: ``00000000-0000-0000-xxxx-xxxxxxxxxxxx``."""
    return f"{_ZEROS}{span_id[:4]}-{span_id[4:]}"


def trace_run_id(trace_id: str) -> str:
    """Return an OTel trace id (32 hex digits) as a UUID."""
    return "-".join((trace_id[:8], trace_id[8:12], trace_id[12:16], trace_id[16:20], trace_id[20:]))


def span_key(run_id: str) -> str:
    """Return what a trace knows *run_id* by: the span id it is padded from, else itself."""
    if run_id.startswith(_ZEROS):
        return run_id[19:23] + run_id[24:]
    return run_id


def judge(ids: ExplicitIds, span_id: str) -> tuple[ExplicitIds | None, dict[str, str]]:
    """Tell which of a span's own ids can be followed.

    A run id that is padded from another span's id is that span's, not this one's. A dotted_order
    must parse, end in the run id, begin with the trace id and name the parent before the end, as
    far as these are given; it then brings the run id where that is not given.

    Returns:
        What can be followed (``dotted_order`` only where it is consistent), None for nothing; and
        what cannot, by field.
    """
    rejected: dict[str, str] = {}
    run_id, order = ids.run_id, ids.dotted_order
    if run_id is not None and not _may_name(run_id, span_id):
        rejected["run_id"] = run_id
        run_id = None
    if order is not None:
        path = _parse_path(order)
        if path is not None and run_id is None and "run_id" not in rejected:
            run_id = path[-1] if _may_name(path[-1], span_id) else None
        if path is None or not _fits(path, run_id, ids):
            rejected["dotted_order"] = order
            order = None
            run_id = ids.run_id if "run_id" not in rejected else None
    if run_id is None and ids.parent_run_id is None and ids.trace_id is None:
        return None, rejected
    return ExplicitIds(run_id, ids.trace_id, ids.parent_run_id, order), rejected


def _may_name(run_id: str, span_id: str) -> bool:
    return not run_id.startswith(_ZEROS) or span_key(run_id) == span_id


def _fits(path: Sequence[str], run_id: str | None, ids: ExplicitIds) -> bool:
    parent = path[-2] if len(path) > 1 else None
    return (
        path[-1] == run_id
        and ids.trace_id in (None, path[0])
        and ids.parent_run_id in (None, parent)
        and len(set(path)) == len(path)
    )


def _parse_path(dotted_order: str) -> list[str] | None:
    """Return the run ids of a dotted_order from the root down, None if any segment is wrong."""
    path = []
    for segment in dotted_order.split("."):
        run_id = segment[TIME_LENGTH:]
        if (
            len(run_id) != _UUID_LENGTH
            or any(run_id[at] != "-" for at in _HYPHENS)
            or run_id.count("-") != len(_HYPHENS)
            or not _UUID_CHARACTERS.issuperset(run_id)
            or parse_segment_time(segment[:TIME_LENGTH]) is None
        ):
            return None
        path.append(run_id)
    return path
