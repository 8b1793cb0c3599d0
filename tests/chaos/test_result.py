"""The verdict sees what it is there to see."""

import math

import pytest

from tests.chaos.load import Owed
from tests.chaos.proxy import Balance
from tests.chaos.result import Result, p99
from tests.chaos.upstream import TakenRun


def owed(*runs: str) -> Owed:
    """Return two runs of tenant ``k``, root and child, of which *runs* were answered 200."""
    return Owed(
        sent={"root": "", "child": "root"},
        acknowledged=dict.fromkeys(runs, 1.0),
        keys={"root": "k", "child": "k"},
    )


def taken(parent: str = "", *, key: str = "k", posts: int = 1, said: bool = False) -> TakenRun:
    return TakenRun(posts, 2.0, [key], [parent], 1, said)


def test_everything_acknowledged_and_taken_is_well() -> None:
    result = Result("x")

    result.settle(owed("root", "child"), {"root": taken(posts=3), "child": taken("root")})

    assert result.verdict == "ok"
    assert result.cells() == ("x", "1", "2", "0", "0", "ok")
    assert result.repeated == 2


def test_what_was_acknowledged_and_not_taken_is_lost() -> None:
    result = Result("x")

    result.settle(owed("root", "child"), {"root": taken()})

    assert (result.lost, result.problems) == (1, ["1 acknowledged spans are lost"])


def test_a_run_of_which_only_a_patch_was_taken_is_lost() -> None:
    result = Result("x")

    result.settle(owed("root"), {"root": taken(posts=0)})

    assert result.problems == ["1 acknowledged spans are lost"]


def test_what_was_not_acknowledged_may_be_missing() -> None:
    result = Result("x")

    result.settle(owed("root"), {"root": taken()})

    assert result.problems == []


def test_a_bad_run_may_be_missing() -> None:
    result = Result("x")
    owing = owed("root", "child")
    owing.poisoned.add("child")

    result.settle(owing, {"root": taken()})

    assert (result.lost, result.problems) == (0, [])


def test_a_run_that_nobody_sent_is_a_duplicate() -> None:
    result = Result("x")

    result.settle(owed("root"), {"root": taken(), "other": taken()})

    assert result.duplicated == 1
    assert result.problems == ["1 runs upstream stand for no span"]


def test_a_run_with_anothers_key_is_seen() -> None:
    result = Result("x")

    result.settle(owed("root"), {"root": taken(key="other")})

    assert result.problems == ["1 runs came with a foreign key"]


def test_a_child_without_its_parent_is_seen() -> None:
    result = Result("x")

    result.settle(owed("child"), {"child": taken()})

    assert (result.torn, result.problems) == (1, ["1 runs without parent"])


def test_a_child_that_may_be_released_without_its_parent_is_told_of() -> None:
    result = Result("x")

    result.settle(owed("child"), {"child": taken()}, released={"child"})

    assert (result.torn, result.problems) == (1, [])
    assert result.notes == ["1 runs released without parent"]


def test_a_log_record_that_is_in_no_run_is_lost() -> None:
    result = Result("x")
    owing = owed("root")
    owing.said.add("root")

    result.settle(owing, {"root": taken(said=False)})

    assert result.problems == ["1 acknowledged log records are lost"]


def test_without_anything_acknowledged_nothing_is_proved() -> None:
    result = Result("x")

    result.settle(Owed(), {})

    assert result.problems == ["nothing was acknowledged, so nothing is proved"]


def test_an_honest_journal_may_lose_and_says_so() -> None:
    result = Result("x", honest=True)

    result.settle(owed("root", "child"), {"root": taken()})

    assert (result.lost, result.verdict) == (1, "loses, as it says")


def test_a_run_that_never_came_makes_the_p99_endless() -> None:
    owing = owed("root", "child")

    assert p99(owing, {"root": taken(), "child": taken("root")}) == 1.0
    assert p99(owing, {"root": taken()}) == math.inf


@pytest.mark.parametrize(("dropped", "closes"), [(1, True), (2, False)])
def test_the_balance_is_read_from_the_metrics_alone(dropped: int, closes: bool) -> None:
    balance = Balance(f"""\
# HELP collector_proxy_spans_received_total Spans acknowledged.
collector_proxy_spans_received_total 7.0
collector_proxy_spans_received_created 1.7e+09
collector_proxy_spans_replayed_total 3.0
collector_proxy_spans_completed_total 1.0
collector_proxy_spans_uploaded_total 5.0
collector_proxy_spans_parked_total{{reason="422"}} 1.0
collector_proxy_spans_dropped_total{{reason="filtered"}} {dropped}.0
collector_proxy_spans_dropped_total{{reason="duplicate"}} 2.0
collector_proxy_held_spans 2.0
""")

    assert balance.closes is closes
    assert balance.terms['spans_parked reason="422"'] == 1
