"""Writes segments anew, where that makes room or fewer files, or where it must be."""

import math
from collections.abc import Callable, Sequence
from contextlib import suppress

from collector.journal.segment import Segment
from collector.journal.segments import Segments
from collector.journal.space import NO_SPACE
from collector.journal.tidying import crowded, wasteful, worthy

# Between two tries to copy what the disk had no room for.
_PAUSE_SECONDS = 5.0


class Copier:
    """Puts what is open in some segments to another one, in their place.

    Most copies could be left undone: that the disk has no room for one is no trouble. What is
    appended may need less.
    """

    def __init__(
        self, segments: Segments, max_bytes: int, moved: Callable[[Sequence[Segment]], None]
    ) -> None:
        """Make it.

        Args:
            max_bytes: bound of the files.
            moved: is told of the segments that another one has taken the place of.
        """
        self._segments = segments
        self._max_bytes = max_bytes
        self._moved = moved
        self._now = self._again_at = -math.inf

    @property
    def bound(self) -> int:
        """What the files may take when nothing is being copied."""
        # A copy must have room before its original goes.
        return self._max_bytes - self._segments.segment_bytes

    def make_room(self, size: int) -> bool:
        """Make room for *size* bytes within the bound; return whether there is.

        Raises:
            OSError: the disk does not work.
        """
        segments = self._segments
        while segments.bytes + size > self.bound:
            run = wasteful(segments.all, segments.segment_bytes, self._room)
            if not run or not self._try(run):
                return False
        return True

    def tidy(self, now: float) -> None:
        """Let there be fewer files if there are too many.

        Raises:
            OSError: the disk does not work.
        """
        self._now = now
        segments = self._segments
        written = [segment for segment in segments.all if segment is not segments.active]
        run = crowded(written, segments.segment_bytes, self._room)
        if run:
            self._try(run)

    def make_space(self) -> None:
        """Win room on a disk that is full, as far as it lets itself be won."""
        for segment in worthy(self._segments.all):
            with suppress(OSError):
                self._copy([segment])

    def save_suspects(self) -> None:
        """Copy what is open where it may not be on the disk.

        Raises:
            OSError: it could not be.
        """
        for segment in list(self._segments.all):
            if segment.suspect:
                self._copy([segment])

    @property
    def _room(self) -> int:
        return self._max_bytes - self._segments.bytes

    def _try(self, run: Sequence[Segment]) -> bool:
        """Copy *run* if the disk lets it; return whether it did."""
        if self._now < self._again_at:
            return False
        try:
            self._copy(run)
        except OSError as exc:
            if exc.errno not in NO_SPACE:
                raise
            self._again_at = self._now + _PAUSE_SECONDS
            return False
        return True

    def _copy(self, run: Sequence[Segment]) -> None:
        self._segments.rewrite(run)
        self._moved(run)
