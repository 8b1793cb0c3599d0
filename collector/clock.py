"""Where time comes from; tests bring their own."""

import time
from typing import Protocol


class Clock(Protocol):
    """Two readings: one for durations, one for dates."""

    def monotonic(self) -> float:
        """Return seconds that never go back; only differences mean something."""
        ...

    def now_ns(self) -> int:
        """Return nanoseconds since 1970-01-01 UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def monotonic(self) -> float:
        """Return seconds that never go back; only differences mean something."""
        return time.monotonic()

    def now_ns(self) -> int:
        """Return nanoseconds since 1970-01-01 UTC."""
        return time.time_ns()
