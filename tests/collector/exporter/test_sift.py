"""Sifts as such, without a sender: upstream is a set of bad runs."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.exporter.sift import Sift
from tests.collector.exporter.judge import runs_in, sealed_runs
from tests.collector.exporter.samples import receipt
from tests.collector.processor.runs import padded

Words = Callable[[list[int]], frozenset[str]]


def silent(_: list[int]) -> frozenset[str]:
    return frozenset()


class Outcome:
    """What became of the runs.

    Attributes:
        requests: the first one, which brought the whole batch, counts.
    """

    def __init__(self) -> None:
        self.requests = 1
        self.taken: list[int] = []
        self.refused: list[int] = []


def sift_all(runs: int, bad: set[int], words: Words = silent) -> Outcome:
    """Send a batch of runs 1, 2, 3 ... of which *bad* ones are refused, with *words* about them."""
    outcome = Outcome()
    sift: Sift | None = Sift.of(
        sealed_runs(range(1, runs + 1)), words([run for run in range(1, runs + 1) if run in bad])
    )
    while sift is not None:
        part = sift.part()
        sent = runs_in(part.headers, part.body)
        assert sift.runs == runs - len(outcome.taken) - len(outcome.refused)
        assert sum(spans for _, spans in sift.receipts) == sift.runs
        outcome.requests += 1
        guilty = [run for run in sent if run in bad]
        if guilty:
            sift = sift.refused(words(guilty))
            outcome.refused += sent if len(sent) == 1 else []
        else:
            sift = sift.taken()
            outcome.taken += sent
    return outcome


@pytest.mark.parametrize("runs", [2, 3, 5, 8, 13, 16, 33])
def test_one_bad_run_is_found_in_twice_the_logarithm_of_requests(runs: int) -> None:
    requests = [sift_all(runs, {bad}).requests for bad in range(1, runs + 1)]

    assert max(requests) <= 2 * math.log2(runs) + 1


@pytest.mark.parametrize(("runs", "most"), [(100, 14), (1000, 20)])
@pytest.mark.parametrize("place", [0.0, 0.4, 0.7, 1.0])
def test_one_bad_run_in_a_large_batch(runs: int, most: int, place: float) -> None:
    bad = 1 + round(place * (runs - 1))
    outcome = sift_all(runs, {bad})

    assert outcome.refused == [bad]
    assert len(outcome.taken) == runs - 1
    assert outcome.requests <= most


@given(st.data())
def test_exactly_the_bad_runs_are_left_over_in_few_requests(data: st.DataObject) -> None:
    runs = data.draw(st.integers(2, 40))
    bad = data.draw(st.sets(st.integers(1, runs), min_size=1))
    outcome = sift_all(runs, bad)

    assert sorted(outcome.refused) == sorted(bad)
    assert sorted(outcome.taken) == [run for run in range(1, runs + 1) if run not in bad]
    deepest = math.ceil(math.log2(runs))
    assert outcome.requests <= min(2 * runs - 1, 1 + 2 * len(bad) * deepest)
    if len(bad) == 1:
        assert outcome.requests <= 2 * math.log2(runs) + 1


@given(st.data())
def test_words_of_any_kind_change_nothing_but_the_number_of_requests(data: st.DataObject) -> None:
    runs = data.draw(st.integers(2, 30))
    bad = data.draw(st.sets(st.integers(1, runs), min_size=1))

    def any_words(_: list[int]) -> frozenset[str]:
        return frozenset(map(padded, data.draw(st.sets(st.integers(1, runs + 2)))))

    outcome = sift_all(runs, bad, any_words)

    assert sorted(outcome.refused) == sorted(bad)
    assert sorted(outcome.taken) == [run for run in range(1, runs + 1) if run not in bad]
    assert outcome.requests <= 2 * runs + 1


@pytest.mark.parametrize("bad", [{1}, {500}, {17, 18, 900}])
def test_upstream_that_names_the_bad_run_is_asked_twice_for_each(bad: set[int]) -> None:
    outcome = sift_all(1000, bad, lambda guilty: frozenset([padded(guilty[0])]))

    assert sorted(outcome.refused) == sorted(bad)
    assert outcome.requests == 1 + 2 * len(bad)


@given(st.data())
def test_words_that_are_always_wrong_cost_one_request_more(data: st.DataObject) -> None:
    runs = data.draw(st.integers(2, 64))
    bad = data.draw(st.integers(1, runs))
    others = [run for run in range(1, runs + 1) if run != bad]

    def wrong_words(_: list[int]) -> frozenset[str]:
        return frozenset(map(padded, data.draw(st.sets(st.sampled_from(others), max_size=3))))

    outcome = sift_all(runs, {bad}, wrong_words)

    assert outcome.refused == [bad]
    assert outcome.requests <= 2 * math.log2(runs) + 2


def test_words_that_were_wrong_once_are_not_heard_again() -> None:
    innocents = iter(range(2, 65))
    outcome = sift_all(64, {1}, lambda _: frozenset([padded(next(innocents))]))

    assert outcome.refused == [1]
    assert outcome.requests <= 2 * 6 + 2


def test_words_that_name_nearly_all_runs_are_not_heard() -> None:
    outcome = sift_all(64, {5}, lambda _: frozenset(map(padded, range(2, 65))))

    assert outcome.refused == [5]
    assert outcome.requests <= 2 * 6 + 1


def test_all_bad_runs_take_one_request_for_each_and_one_for_each_cut() -> None:
    outcome = sift_all(8, set(range(1, 9)))

    assert outcome.refused == [1, 2, 3, 4, 5, 6, 7, 8]
    assert outcome.requests == 15


def test_what_is_left_can_be_had_as_one_batch() -> None:
    sift = Sift.of(sealed_runs(range(1, 9)), frozenset()).taken()
    assert sift is not None
    rest = sift.rest()

    assert runs_in(rest.headers, rest.body) == [5, 6, 7, 8]
    assert (rest.runs, rest.receipts) == (4, sift.receipts)


def test_what_is_left_can_be_had_apart_the_part_at_hand_in_halves() -> None:
    sift = Sift.of(sealed_runs(range(1, 9)), frozenset()).refused(frozenset())
    assert sift is not None
    cut = sift.apart()

    assert [runs_in(piece.headers, piece.body) for piece in cut] == [[1], [2], [3, 4], [5, 6, 7, 8]]


def test_a_part_of_one_run_is_not_halved() -> None:
    sift = Sift.of(sealed_runs(range(1, 4)), frozenset())
    cut = sift.apart()

    assert [piece.runs for piece in cut] == [1, 2]


def test_each_record_is_owed_what_is_left_of_it() -> None:
    whole = sealed_runs(range(1, 5))
    one, two = receipt(2), receipt(2)
    whole.owners = [one, two, one, two]

    sift = Sift.of(whole, frozenset([padded(3)])).taken()

    assert sift is not None
    assert sorted(spans for _, spans in sift.receipts) == [1, 2]
    assert dict(sift.receipts) == {one: 1, two: 2}
