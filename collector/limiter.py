"""One budget for everything held in memory, asked at the door."""

from collections.abc import Callable, Sequence

from collector.errors import Overloaded


class Limiter:
    """Adds up what the holders hold, and says no past the budget.

    Nothing is acquired, so nothing can be forgotten to be released.
    """

    def __init__(self, max_bytes: int, holders: Sequence[Callable[[], int]]) -> None:
        self.max_bytes = max_bytes
        self._holders = holders

    def held_bytes(self) -> int:
        """Return the bytes that all holders hold now."""
        return sum(held() for held in self._holders)

    def admit(self, size: int) -> None:
        """Let *size* more bytes in.

        Raises:
            Overloaded: they would go past the budget.
        """
        if self.held_bytes() + size > self.max_bytes:
            raise Overloaded("the memory budget is used up")
