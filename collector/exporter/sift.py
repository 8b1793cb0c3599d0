"""The search for the bad runs in a batch that upstream refused."""

from collections.abc import Sequence
from typing import NamedTuple

from collector.exporter.split import pieces, run_ids
from collector.model import SealedBatch


class _Group(NamedTuple):
    """Runs to be sent in one request.

    Attributes:
        runs: their positions in the whole batch.
        second: it is one half of runs that were refused, and of the other half nothing is known
            that would explain it.
        named: upstream's words say that the fault is among them.
    """

    runs: Sequence[int]
    second: bool = False
    named: bool = False


class Sift(SealedBatch):
    """What is left of a refused batch, and in which groups it is to be sent.

    One group a request, and each answer makes another ``Sift`` of what is left. A refused group is
    halved. Where its first half is taken, the fault is in the second one, which is halved in turn
    without being sent. Only a run that is sent alone is ever refused for good. That makes no more
    than ``2 * log2(n) + 1`` requests for one bad run in n, the first refusal included.

    A run that upstream's words name is sent alone at once, so that three requests may do. Words
    that were wrong cost one request more, and the words of this batch are not heard again.

    ``runs`` and ``receipts`` are those of the runs that are left. ``body`` holds the runs that are
    done, too: cutting it costs time, which is spent when a part of it is made.
    """

    __slots__ = ("_groups", "_heeds", "_ids", "_whole")

    def __init__(
        self, whole: SealedBatch, groups: Sequence[_Group], ids: Sequence[str], *, heeds: bool
    ) -> None:
        """Make it of *groups*; ``Sift.of`` begins one.

        Args:
            whole: the batch that was refused.
            groups: what is left of it, in the order in which it is to be sent.
            ids: the id of each run of the whole batch.
            heeds: upstream's words have not been wrong yet.
        """
        owners = [whole.owners[position] for group in groups for position in group.runs]
        super().__init__(
            whole.destination, whole.body, whole.headers, owners, whole.ends, whole.raw_size
        )
        self._whole = whole
        self._groups = groups
        self._ids = ids
        self._heeds = heeds

    @classmethod
    def of(cls, whole: SealedBatch, named: frozenset[str]) -> "Sift":
        """Begin with *whole*, of two runs at least; it blocks, as all that cuts batches.

        Args:
            whole: was refused in one request.
            named: run ids in upstream's words.
        """
        ids = run_ids(whole)
        return cls(whole, _cut(range(whole.runs), ids, named), ids, heeds=True)

    def part(self) -> SealedBatch:
        """Return what is to be sent now. Blocks."""
        return pieces(self._whole, [self._groups[0].runs])[0]

    def rest(self) -> SealedBatch:
        """Return all that is left as one batch. Blocks."""
        return pieces(self._whole, [[run for group in self._groups for run in group.runs]])[0]

    def apart(self) -> list[SealedBatch]:
        """Return all that is left, each group a batch, and the first one halved. Blocks."""
        first, *others = self._groups
        cut = [first] if len(first.runs) == 1 else _halved(first.runs)
        return pieces(self._whole, [group.runs for group in (*cut, *others)])

    def taken(self) -> "Sift | None":
        """Return what is left when upstream took the part, None for nothing."""
        first, *others = self._groups
        if others and others[0].second:
            guilty = others.pop(0).runs
            others[:0] = [_Group(guilty)] if len(guilty) == 1 else _halved(guilty)
        return self._left(others, heeds=self._heeds and not first.named)

    def refused(self, named: frozenset[str]) -> "Sift | None":
        """Return what is left when upstream refused the part, None for nothing.

        A part of one run is done with then, whatever becomes of it.

        Args:
            named: run ids in upstream's words.
        """
        first, *others = self._groups
        if others and others[0].second:
            others[0] = others[0]._replace(second=False)
        if len(first.runs) > 1:
            others[:0] = _cut(first.runs, self._ids, named if self._heeds else frozenset())
        return self._left(others, heeds=self._heeds)

    def _left(self, groups: Sequence[_Group], *, heeds: bool) -> "Sift | None":
        return Sift(self._whole, groups, self._ids, heeds=heeds) if groups else None


def _cut(runs: Sequence[int], ids: Sequence[str], named: frozenset[str]) -> list[_Group]:
    """Return *runs*, two at least, as two groups: those that are named and the others, or halves.

    Words that name more than half of the runs help no more than halving.
    """
    suspects = [run for run in runs if ids[run] in named] if named else []
    if not suspects or len(suspects) * 2 > len(runs):
        return _halved(runs)
    others = [run for run in runs if ids[run] not in named]
    return [_Group(suspects, named=True), _Group(others, second=True)]


def _halved(runs: Sequence[int]) -> list[_Group]:
    # The smaller half first: the bound of the requests holds for this order only.
    middle = len(runs) // 2
    return [_Group(runs[:middle]), _Group(runs[middle:], second=True)]
