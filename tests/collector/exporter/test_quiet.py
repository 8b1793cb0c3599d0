from collector.exporter.quiet import Quiet
from tests.fakes import FakeClock


def test_the_first_line_is_told_at_once() -> None:
    quiet = Quiet(60.0, FakeClock())

    assert quiet.add("a", 5) == 5


def test_an_equal_line_stays_quiet_within_the_interval() -> None:
    clock = FakeClock()
    quiet = Quiet(60.0, clock)
    quiet.add("a", 5)

    clock.advance(59.9)

    assert quiet.add("a", 5) == 0


def test_the_next_line_tells_what_came_in_between() -> None:
    clock = FakeClock()
    quiet = Quiet(60.0, clock)
    quiet.add("a", 5)
    quiet.add("a", 2)

    clock.advance(60.0)

    assert quiet.add("a", 1) == 3


def test_another_line_is_told_at_once() -> None:
    quiet = Quiet(60.0, FakeClock())
    quiet.add("a", 5)

    assert quiet.add("b", 1) == 1


def test_a_new_key_takes_the_place_of_old_ones() -> None:
    clock = FakeClock()
    quiet = Quiet(60.0, clock)
    quiet.add("a", 5)
    quiet.add("a", 2)

    clock.advance(60.0)
    quiet.add("b", 1)

    # The 2 went with the key: it was held no longer.
    assert quiet.add("a", 1) == 1
