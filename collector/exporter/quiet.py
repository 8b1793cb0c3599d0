"""Repeating trouble is said once a minute."""

from collections.abc import Hashable

from collector.clock import Clock


class Quiet:
    """Tells which of many equal log lines may be written.

    Bounded: a key is forgotten, with what it did not tell, when a new one comes and its interval is
    over. The metrics have the whole count.
    """

    def __init__(self, interval: float, clock: Clock) -> None:
        self._interval = interval
        self._clock = clock
        # key -> when it was said last, and what has come since.
        self._said: dict[Hashable, tuple[float, int]] = {}

    def add(self, key: Hashable, count: int) -> int:
        """Return how many there are to tell of now, 0 for: stay quiet.

        Args:
            key: what makes two lines equal.
            count: how many this line would tell of, more than 0; kept for the next line where it
                is not told now.
        """
        now = self._clock.monotonic()
        said = self._said.get(key)
        if said is None:
            self._forget(now)
            self._said[key] = (now, 0)
            return count
        when, pending = said
        if now - when < self._interval:
            self._said[key] = (when, pending + count)
            return 0
        self._said[key] = (now, 0)
        return pending + count

    def _forget(self, now: float) -> None:
        over = [key for key, (when, _) in self._said.items() if now - when >= self._interval]
        for key in over:
            del self._said[key]
