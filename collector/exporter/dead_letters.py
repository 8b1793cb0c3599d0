"""What upstream refused, kept in files."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

import structlog

from collector.clock import Clock
from collector.exporter.letter import compose
from collector.exporter.letter_store import LetterStore
from collector.exporter.quiet import Quiet
from collector.metrics import Metrics
from collector.model import SealedBatch

T = TypeVar("T")

log = structlog.get_logger()

_TEND_SECONDS = 60.0


class DeadLetterDir:
    """A folder with one file a batch, in the form of LangSmith's own failed-trace files.

    Files hold payload and no key; only their owner may read them. Bounded by size and age: the
    oldest are deleted, and counted.

    A slow disk holds one thread, which is its own: those that seal and decode are others. What
    waits for it is bounded by the callers, who wait, too.
    """

    def __init__(
        self,
        path: Path,
        clock: Clock,
        metrics: Metrics,
        *,
        max_bytes: int,
        max_age: float,
        run_ids: Callable[[SealedBatch], list[str]],
    ) -> None:
        """Touch nothing yet, and show count and size in *metrics*.

        Args:
            max_bytes: of all files.
            max_age: seconds.
            run_ids: reads the ids of the runs out of a batch; called in the threads that write.
        """
        self._clock = clock
        self._run_ids = run_ids
        self._quiet = Quiet(_TEND_SECONDS, clock)
        self._thread = ThreadPoolExecutor(1, "dead-letters")
        self._store = LetterStore(path, clock, metrics, max_bytes=max_bytes, max_age=max_age)
        metrics.watch(metrics.letters, lambda: self._store.count)
        metrics.watch(metrics.letter_bytes, lambda: self._store.size)

    def post(
        self, batch: SealedBatch, reason: str, detail: str, *, first_ns: int | None = None
    ) -> asyncio.Future[Path | None]:
        """Have ``write`` called; the future has what it returns, or raises."""
        write = partial(self.write, batch, reason, detail, first_ns=first_ns)
        return asyncio.get_running_loop().run_in_executor(self._thread, write)

    def write(
        self, batch: SealedBatch, reason: str, detail: str, *, first_ns: int | None = None
    ) -> Path | None:
        """Write *batch* to a new file, whole or not at all, and onto the disk. Blocks.

        Args:
            batch: what was refused.
            reason: short word.
            detail: upstream's own words.
            first_ns: when it was first tried, in nanoseconds since 1970-01-01 UTC.

        Returns:
            The file; None where the letter alone is larger than the bound, and kept nowhere.

        Raises:
            OSError: it could not be written; nothing is left behind.
        """
        return self._store.add(
            compose(
                batch,
                reason,
                detail,
                run_ids=self._run_ids(batch),
                first_ns=first_ns,
                now_ns=self._clock.now_ns(),
            )
        )

    async def tend(self) -> None:
        """Keep the bounds, and the count right, for ever; may be cancelled anywhere."""
        while True:
            try:
                await asyncio.get_running_loop().run_in_executor(self._thread, self._store.tend)
            except OSError as error:
                if self._quiet.add("tend", 1):
                    log.warning("dead letters not tended", error=type(error).__name__)
            await asyncio.sleep(_TEND_SECONDS)


async def seen_through(work: asyncio.Future[T]) -> asyncio.CancelledError | None:
    """Wait until *work* is over, also where the caller is cancelled meanwhile.

    Returns:
        The cancel, which the caller must raise after it has done what must follow; None for none.
    """
    cancel = None
    while not work.done():
        try:
            await asyncio.wait([work])
        except asyncio.CancelledError as error:
            cancel = error
    return cancel
