from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.exporter.aimd import Aimd


class Play:
    """Rounds of uploads, each as many at once as may be."""

    def __init__(self, ceiling: int) -> None:
        self.aimd = Aimd(ceiling)
        self.now = 0.0

    def round(self, seconds: float = 0.1, ok: bool = True, size: int = 1000) -> int:
        """Send as many as may be, let them end together, and return how many that were."""
        sent = self.aimd.limit
        for _ in range(sent):
            self.aimd.started()
        self.now += seconds
        for _ in range(sent):
            self.aimd.finished(self.now, seconds, ok, size)
        return sent

    def upload(self, seconds: float = 0.1, size: int = 1000, ok: bool = True) -> None:
        """Send one alone."""
        self.aimd.started()
        self.now += seconds
        self.aimd.finished(self.now, seconds, ok, size)


def test_it_begins_at_the_ceiling() -> None:
    assert Aimd(16).limit == 16


def test_trouble_halves_the_limit_once_for_all_that_were_in_flight() -> None:
    play = Play(16)

    play.round(ok=False)

    assert play.aimd.limit == 8


def test_trouble_that_lasts_leads_to_one_at_a_time() -> None:
    play = Play(16)

    sent = [play.round(ok=False) for _ in range(6)]

    assert sent == [16, 8, 4, 2, 1, 1]


def test_after_an_outage_it_rises_by_one_a_round_at_most() -> None:
    play = Play(16)
    for _ in range(5):
        play.round(ok=False)

    sent = [play.round() for _ in range(40)]

    assert sent[:3] == [1, 2, 2]
    assert all(after - before <= 1 for before, after in pairwise(sent))
    assert sent[-1] == 16


def test_good_answers_to_what_left_before_the_trouble_raise_nothing() -> None:
    aimd = Aimd(16)
    for _ in range(16):
        aimd.started()
    aimd.finished(10.0, 1.0, ok=False)

    for _ in range(15):
        aimd.finished(10.5, 1.5, ok=True)

    assert aimd.limit == 8
    assert aimd.in_flight == 0


def test_a_limit_that_nobody_needs_does_not_rise() -> None:
    play = Play(16)
    play.round(ok=False)

    for _ in range(100):
        play.upload()

    assert play.aimd.limit == 8


def test_a_lone_tenant_that_is_not_given_all_slots_raises_it_all_the_same() -> None:
    play = Play(16)
    play.round(ok=False)

    for _ in range(100):
        # As many as the outbox gives to one tenant where 8 are allowed.
        for _ in range(5):
            play.aimd.started()
        play.now += 0.1
        for _ in range(5):
            play.aimd.finished(play.now, 0.1, ok=True)

    assert play.aimd.limit > 8


def test_answers_that_become_slow_lower_the_limit() -> None:
    play = Play(16)
    for _ in range(5):
        play.round(seconds=0.1)

    play.round(seconds=1.0)

    assert play.aimd.limit == 12


def test_slow_answers_alone_never_lead_below_four() -> None:
    play = Play(16)
    play.round(seconds=0.1)

    sent = [play.round(seconds=1.0) for _ in range(50)]

    assert min(sent) == 3


def test_a_few_slow_answers_among_quick_ones_lower_nothing() -> None:
    play = Play(16)

    for _ in range(100):
        play.upload(seconds=0.1)
        play.upload(seconds=0.1)
        play.upload(seconds=30.0)

    assert play.aimd.limit == 16


def test_an_upstream_that_stays_slow_is_taken_as_it_is_in_the_end() -> None:
    play = Play(16)
    play.round(seconds=0.1)

    for _ in range(500):
        play.round(seconds=1.0)

    assert play.aimd.limit == 16


def test_a_large_body_is_not_compared_with_a_small_one() -> None:
    play = Play(16)

    for _ in range(50):
        play.upload(seconds=0.1, size=1000)
        play.upload(seconds=2.0, size=10_000_000)

    assert play.aimd.limit == 16


def test_milliseconds_are_not_compared() -> None:
    play = Play(16)
    play.round(seconds=0.001)

    for _ in range(10):
        play.round(seconds=0.049)

    assert play.aimd.limit == 16


def test_an_upload_that_tells_nothing_changes_nothing_but_the_count() -> None:
    aimd = Aimd(2)
    aimd.started()

    aimd.ended()

    assert (aimd.in_flight, aimd.limit) == (0, 2)


ENDS = st.tuples(st.floats(0.06, 100.0), st.booleans(), st.integers(0, 1 << 30))


@given(st.integers(1, 1000), st.lists(st.one_of(ENDS, st.none()), max_size=200))
def test_whatever_happens_the_limit_is_within_its_bounds(
    ceiling: int, ends: list[tuple[float, bool, int] | None]
) -> None:
    aimd = Aimd(ceiling)
    now = 0.0
    for end in ends:
        if aimd.in_flight < aimd.limit:
            aimd.started()
        if end is None:
            aimd.ended()
        else:
            seconds, ok, size = end
            now += seconds / 2
            aimd.finished(now, seconds, ok, size)

        assert 1 <= aimd.limit <= ceiling
        assert aimd.in_flight >= 0


@given(st.integers(1, 64), st.lists(ENDS, max_size=100))
def test_whatever_happened_good_answers_lead_back_to_the_ceiling(
    ceiling: int, ends: list[tuple[float, bool, int]]
) -> None:
    play = Play(ceiling)
    for seconds, ok, size in ends:
        play.upload(seconds, size, ok)

    for _ in range(3 * ceiling):
        play.round(seconds=0.2)

    assert play.aimd.limit == ceiling


@pytest.mark.parametrize("ceiling", [1, 2, 16])
def test_one_upload_at_least_may_always_be_in_flight(ceiling: int) -> None:
    play = Play(ceiling)

    for _ in range(100):
        play.round(ok=False)

    assert play.aimd.limit == 1
