"""Wakes somebody when time alone has made something ready."""

import asyncio
from collections.abc import Callable
from typing import Protocol


class Timer(Protocol):
    """A call that is to come."""

    def cancel(self) -> None:
        """Let it not come."""
        ...


def loop_timer(delay: float, callback: Callable[[], None]) -> Timer:
    """Have the running event loop call *callback* in *delay* seconds."""
    return asyncio.get_running_loop().call_later(delay, callback)


class Alarm:
    """Rings once, at the earliest of the times that it was set to; one timer at most is set."""

    def __init__(
        self, call_later: Callable[[float, Callable[[], None]], Timer], ring: Callable[[], None]
    ) -> None:
        """Set nothing yet.

        Args:
            call_later: calls something in so many seconds.
            ring: is called when the time has come.
        """
        self._call_later = call_later
        self._ring = ring
        self._timer: tuple[float, Timer] | None = None

    def set(self, at: float, now: float) -> None:
        """Ring at *at*, which is after *now*, unless it rings earlier anyway; monotonic seconds."""
        if self._timer is not None and self._timer[0] <= at:
            return
        self.stop()
        self._timer = (at, self._call_later(at - now, self._go_off))

    def stop(self) -> None:
        """Ring no more, until it is set again."""
        if self._timer is not None:
            self._timer[1].cancel()
            self._timer = None

    def _go_off(self) -> None:
        self._timer = None
        self._ring()
