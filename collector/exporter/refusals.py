"""Destinations that upstream refuses as a whole, and how long each is left alone."""

from collections.abc import Callable

from collector.clock import Clock
from collector.model import Destination

_FIRST_PAUSE = 30.0
_LONGEST_PAUSE = 300.0
_SPREAD = 0.2
# 30 s doubled four times is past the limit above; much more would overflow a float in the end.
_MOST_DOUBLINGS = 4


def long_pause(times: int, chance: float) -> float:
    """Return seconds to wait for what time alone does not mend: 30, then doubled up to 300.

    Args:
        times: how often it failed; 1 or more.
        chance: random number from 0 to 1, spreads the pause by 20 % up or down.
    """
    nominal = _FIRST_PAUSE * 2.0 ** min(times - 1, _MOST_DOUBLINGS)
    return min(nominal, _LONGEST_PAUSE) * (1 - _SPREAD + 2 * _SPREAD * chance)


class _Refusal:
    __slots__ = ("times", "until")

    def __init__(self) -> None:
        self.times = 0
        self.until = 0.0


class Refusals:
    """Remembers whom upstream refused last.

    Bounded by the lanes of the outbox: what was refused stays there until upstream answers
    otherwise, and is forgotten here with that answer.
    """

    def __init__(self, clock: Clock, random: Callable[[], float]) -> None:
        self._clock = clock
        self._random = random
        self._known: dict[tuple[str, str, str | None], _Refusal] = {}

    def add(self, destination: Destination) -> float:
        """Remember a refusal; return the seconds to leave *destination* alone."""
        now = self._clock.monotonic()
        known = self._known.setdefault(destination.tenant, _Refusal())
        # What left before the last refusal tells the same once more.
        if now >= known.until:
            known.times += 1
            known.until = now + long_pause(known.times, self._random())
        return known.until - now

    def forget(self, destination: Destination) -> None:
        """Note that upstream answers *destination* again."""
        self._known.pop(destination.tenant, None)
