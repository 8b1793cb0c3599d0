"""What the help texts promise to whoever reads /metrics and nothing else."""

import pytest
from prometheus_client import Metric

from collector.metrics import Metrics

METRICS = Metrics()


def family(name: str) -> Metric:
    (found,) = (one for one in METRICS.registry.collect() if one.name == f"collector_proxy_{name}")
    return found


@pytest.mark.parametrize(
    "reason",
    [
        "filtered",
        "duplicate",
        "pending_span",
        "log_records",
        "interrupted",
        "unreadable",
        "shutdown",
    ],
)
def test_each_reason_of_a_drop_is_explained(reason: str) -> None:
    assert reason in family("spans_dropped").documentation


def test_the_balance_is_told_where_one_looks_for_it() -> None:
    told = family("spans_received").documentation

    for term in ("replayed", "completed", "uploaded", "parked", "dropped"):
        assert f"spans_{term}" in told
    assert "held_spans" in told
