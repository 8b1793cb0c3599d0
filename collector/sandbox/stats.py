"""Figures over many runs: projects, ``/runs/stats`` and threads show them."""

from collections.abc import Iterable, Sequence

from collector.sandbox.documents import JsonObject
from collector.sandbox.store import StoredRun
from collector.sandbox.times import format_time
from collector.sandbox.views import (
    add,
    latency_seconds,
    run_status,
    seconds_to_first_token,
    usage_view,
)


def run_stats(runs: Iterable[StoredRun]) -> JsonObject:
    """Return counts, sums and percentiles (seconds); what nothing is known of is None."""
    listed = list(runs)
    docs = [run.doc for run in listed]
    usages = [usage_view(doc) for doc in docs]
    latencies = present(latency_seconds(doc) for doc in docs)
    first_tokens = present(seconds_to_first_token(doc) for doc in docs)
    failed = sum(run_status(doc) == "error" for doc in docs)
    latest = max((run.start_us for run in listed), default=None)
    return {
        "run_count": len(listed),
        "latency_p50": percentile(latencies, 50),
        "latency_p99": percentile(latencies, 99),
        "first_token_p50": percentile(first_tokens, 50),
        "first_token_p99": percentile(first_tokens, 99),
        "last_run_start_time": None if latest is None else format_time(latest),
        "error_rate": failed / len(listed) if listed else None,
        "run_facets": [],
        **{name: total(usages, name) for name in ("total_tokens", "total_cost")},
        **{name: total(usages, name) for name in ("prompt_tokens", "prompt_cost")},
        **{name: total(usages, name) for name in ("completion_tokens", "completion_cost")},
    }


def total(usages: Iterable[JsonObject], name: str) -> float | None:
    """Return the sum of one figure, None where nobody gave it."""
    return add(usage[name] for usage in usages)


def present(values: Iterable[float | None]) -> list[float]:
    """Return the values that are there, sorted."""
    return sorted(value for value in values if value is not None)


def percentile(ordered: Sequence[float], percent: int) -> float | None:
    """Return the smallest of the sorted values that *percent* of them do not exceed."""
    if not ordered:
        return None
    rank = -(-len(ordered) * percent // 100)
    return ordered[max(rank, 1) - 1]
