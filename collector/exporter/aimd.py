"""How many uploads may be in flight, learnt from how they end: arithmetic only."""

_AFTER_TROUBLE = 0.5
_WHEN_SLOW = 0.8
# So many times the floor is too slow. With fewer uploads than that in flight it is not their own
# queue that makes them wait, and fewer still would not help.
_FAR = 4.0
# One answer counts for no more than this: a few slow ones among quick ones are no congestion.
_MOST_COUNTED = 8.0
_WEIGHT = 0.1
# Below it, times tell of this machine rather than of upstream.
_LEAST_FLOOR = 0.05
# The floor follows quick answers at once and slow ones hardly: where upstream stays slow, that is
# how it is after some hundreds of answers.
_DOWN = 0.2
_UP = 0.0005


class Aimd:
    """The number of uploads to one endpoint that may be in flight, between 1 and the ceiling.

    It begins at the ceiling. Trouble halves it, once for all uploads that were in flight together.
    Answers that take four times as long as quick ones of the same size do lower it by a fifth. Good
    answers raise it by one a round trip, while about so many uploads are in flight; so after an
    outage there is one, then two, then three.

    Attributes:
        in_flight: uploads that have started and not ended.
    """

    __slots__ = (
        "_ceiling",
        "_cut_at",
        "_floors",
        "_limit",
        "_most",
        "_round_at",
        "_slowness",
        "in_flight",
    )

    def __init__(self, ceiling: int) -> None:
        """Begin at *ceiling*, 1 or more."""
        self._ceiling = float(ceiling)
        self._limit = self._ceiling
        self._cut_at = float("-inf")
        # Average of seconds / floor over the last answers.
        self._slowness = 1.0
        # How long quick answers take, in seconds, by magnitude of the body: a large one takes
        # longer. No more entries than the sizes have binary digits.
        self._floors: dict[int, float] = {}
        # Most uploads that were in flight at once during the last round trip.
        self._most = 0
        self._round_at = float("-inf")
        self.in_flight = 0

    @property
    def limit(self) -> int:
        """Uploads that may be in flight now."""
        return int(self._limit)

    def started(self) -> None:
        """Count an upload as in flight."""
        self.in_flight += 1
        self._most = max(self._most, self.in_flight)

    def ended(self) -> None:
        """Count an upload as over that tells nothing about the endpoint: a refused key, say."""
        self.in_flight -= 1

    def finished(self, now: float, seconds: float, ok: bool, size: int = 0) -> None:
        """Count an upload as over, and learn from it.

        Args:
            now: monotonic seconds.
            seconds: how long it took.
            ok: upstream took it; False: refused for the time being, no answer, no connection.
            size: bytes of its body.
        """
        # As many as a lone tenant may have out, see ``Slots``.
        full = self._most + self._most.bit_length() >= self.limit
        self.in_flight -= 1
        if now - seconds >= self._round_at:
            self._most = self.in_flight
            self._round_at = now
        if now - seconds < self._cut_at:
            # It left before the last cut, and tells of the same trouble.
            return
        if not ok:
            self._cut(now, _AFTER_TROUBLE)
            return
        self._slowness += _WEIGHT * (self._compare(now, seconds, size) - self._slowness)
        if self._slowness > _FAR:
            if self._limit > _FAR:
                self._cut(now, _WHEN_SLOW)
        elif full:
            self._limit = min(self._limit + 1.0 / self._limit, self._ceiling)

    def _cut(self, now: float, factor: float) -> None:
        self._limit = max(self._limit * factor, 1.0)
        self._cut_at = now

    def _compare(self, now: float, seconds: float, size: int) -> float:
        magnitude = size.bit_length()
        floor = self._floors.get(magnitude, seconds)
        floor += (_DOWN if seconds < floor else _UP) * (seconds - floor)
        self._floors[magnitude] = floor
        return min(seconds / max(floor, _LEAST_FLOOR), _MOST_COUNTED)
