"""Collects placed runs into batches, one tenant to a batch."""

from collections.abc import Iterable

from collector.model import Batch, Destination, EncodedRun

# A run's size counts about as much for the run itself as its part headers and ids will take in the
# body; this is the rest.
_FRAME_BYTES = 100


class _Open:
    __slots__ = ("destination", "runs", "since", "size")

    def __init__(self, destination: Destination, since: float) -> None:
        self.destination = destination
        self.since = since
        self.runs: list[EncodedRun] = []
        self.size = 0


class Batcher:
    """Holds one open batch per tenant, until it is full or old.

    Bounded by *max_runs* and *max_bytes* per tenant and *max_age*; in all by whoever reads
    ``held_bytes``.

    Args:
        max_runs: a batch closes at so many runs.
        max_bytes: a batch closes before a run would take it past this size, unless the run is its
            only one.
        max_age: seconds after its first run at which a batch closes.
    """

    def __init__(self, *, max_runs: int, max_bytes: int, max_age: float) -> None:
        self._max_runs = max_runs
        self._max_bytes = max_bytes
        self._max_age = max_age
        # A batch is entered with its first run and removed when it closes: in order of age.
        self._open: dict[tuple[str, str, str | None], _Open] = {}
        self._held_bytes = 0
        self._held_runs = 0

    @property
    def held_bytes(self) -> int:
        """Bytes of the runs in open batches."""
        return self._held_bytes

    @property
    def held_runs(self) -> int:
        """Runs in open batches."""
        return self._held_runs

    def add(self, runs: Iterable[EncodedRun], now: float) -> list[Batch]:
        """Take in placed *runs*; return the batches that they fill."""
        closed: list[Batch] = []
        max_runs, max_bytes = self._max_runs, self._max_bytes
        last: Destination | None = None
        batch: _Open | None = None
        for run in runs:
            destination = run.destination
            if destination is not last:
                last = destination
                batch = self._open.get(destination.tenant)
            size = run.size + len(run.late) + _FRAME_BYTES
            if run.place is not None:
                # The text of dotted_order is made when the batch is sealed, but counts from now.
                size += run.place.length
            if batch is not None and batch.size + size > max_bytes:
                closed.append(self._close(batch, "bytes"))
                batch = None
            if batch is None:
                batch = self._open[destination.tenant] = _Open(destination, now)
            batch.runs.append(run)
            batch.size += size
            self._held_bytes += size
            self._held_runs += 1
            if len(batch.runs) >= max_runs:
                closed.append(self._close(batch, "runs"))
                batch = None
            elif batch.size >= max_bytes:
                closed.append(self._close(batch, "bytes"))
                batch = None
        return closed

    def due(self, now: float) -> list[Batch]:
        """Return the batches that are old enough."""
        old = []
        for batch in self._open.values():
            if batch.since + self._max_age > now:
                break
            old.append(batch)
        return [self._close(batch, "age") for batch in old]

    def drain(self) -> list[Batch]:
        """Return all open batches."""
        return [self._close(batch, "drain") for batch in list(self._open.values())]

    def _close(self, batch: _Open, reason: str) -> Batch:
        del self._open[batch.destination.tenant]
        self._held_bytes -= batch.size
        self._held_runs -= len(batch.runs)
        return Batch(batch.destination, batch.runs, batch.size, reason)
