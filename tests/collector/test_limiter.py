import pytest

from collector.errors import Overloaded
from collector.limiter import Limiter


def test_what_all_holders_hold_is_added_up() -> None:
    limiter = Limiter(100, [lambda: 30, lambda: 12])

    assert limiter.held_bytes() == 42


def test_what_just_fits_is_admitted() -> None:
    limiter = Limiter(100, [lambda: 60])

    limiter.admit(40)


def test_what_goes_past_the_budget_is_refused_for_a_second() -> None:
    limiter = Limiter(100, [lambda: 60])

    with pytest.raises(Overloaded) as refusal:
        limiter.admit(41)

    assert refusal.value.retry_after == 1


def test_holders_are_asked_each_time() -> None:
    held = [100]
    limiter = Limiter(100, [lambda: held[0]])
    with pytest.raises(Overloaded):
        limiter.admit(1)

    held[0] = 99

    limiter.admit(1)
