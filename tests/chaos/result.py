"""What a scenario found, and the table of it."""

import math
from collections.abc import Collection
from dataclasses import dataclass, field

from tests.chaos.load import Owed
from tests.chaos.upstream import TakenRun

HEAD = ("test", "rounds", "acknowledged", "lost", "duplicated", "verdict")


@dataclass
class Result:
    """The outcome of one scenario.

    Attributes:
        name: of the test.
        rounds: how often it did its worst.
        acknowledged: spans that were answered 200.
        lost: those of them that are neither upstream nor a dead letter that was expected.
        duplicated: runs upstream that no span stands for, or that came with two tenants' keys.
        repeated: deliveries beyond the first of the same run id, which are harmless.
        torn: runs that went up without the parent they have.
        problems: what must not be; empty where the test passes.
        notes: figures worth reading.
        honest: losing is what is promised here, so it is told and is no problem.
        promise: the verdict on what is lost then.
    """

    name: str
    rounds: int = 1
    acknowledged: int = 0
    lost: int = 0
    duplicated: int = 0
    repeated: int = 0
    torn: int = 0
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    honest: bool = False
    late_logs_go: bool = False
    promise: str = "loses, as it says"

    def check(self, holds: object, problem: str) -> None:
        """Note *problem* unless *holds*."""
        if not holds:
            self.problems.append(problem)

    def settle(
        self,
        owed: Owed,
        runs: dict[str, TakenRun],
        *,
        placed: bool = True,
        released: Collection[str] = (),
    ) -> None:
        """Compare what is owed with what upstream has.

        Args:
            placed: a run without its parent is a problem. Without a journal on disk, a process
                that ends knows parents that the next one does not.
            released: runs of which that is none in any case.
        """
        expected = owed.acknowledged.keys() - owed.poisoned
        # A patch alone, with the content of a log record, is no run.
        lost = expected - {run for run, taken in runs.items() if taken.posts}
        silent = {run for run in owed.said - owed.poisoned if run in runs and not runs[run].said}
        invented = runs.keys() - owed.sent.keys()
        mixed = {run for run, taken in runs.items() if taken.keys != [owed.keys.get(run, "")]}
        torn = {
            run
            for run, taken in runs.items()
            if run in owed.sent and taken.parents not in ([owed.sent[run]], [])
        }
        self.acknowledged = len(owed.acknowledged)
        self.lost = len(lost)
        self.duplicated = len(invented | mixed)
        self.repeated = sum(max(taken.posts - 1, 0) for taken in runs.values())
        self.torn = len(torn)
        if not self.honest:
            self.check(not lost, f"{len(lost)} acknowledged spans are lost")
        if self.honest or self.late_logs_go:
            self.notes.append(f"{len(silent)} late log records lost")
        else:
            self.check(not silent, f"{len(silent)} acknowledged log records are lost")
        self.check(not invented, f"{len(invented)} runs upstream stand for no span")
        self.check(not mixed - invented, f"{len(mixed - invented)} runs came with a foreign key")
        if loose := torn.intersection(released):
            self.notes.append(f"{len(loose)} runs released without parent")
        if torn := torn.difference(released):
            (self.problems if placed else self.notes).append(f"{len(torn)} runs without parent")
        self.check(owed.acknowledged, "nothing was acknowledged, so nothing is proved")

    @property
    def verdict(self) -> str:
        """One cell of the table."""
        if self.problems:
            return "FAILED: " + "; ".join(self.problems)
        return self.promise if self.honest and self.lost else "ok"

    def cells(self) -> tuple[str, ...]:
        """Return the row of the table."""
        figures = (self.rounds, self.acknowledged, self.lost, self.duplicated)
        return (self.name, *map(str, figures), self.verdict)

    def remarks(self) -> str:
        """Return the line below the row: what was seen beside it."""
        repeated = [f"{self.repeated} repeated under the same id"] if self.repeated else []
        return "; ".join(repeated + self.notes)


def p99(owed: Owed, runs: dict[str, TakenRun]) -> float:
    """Return the seconds from 200 to upstream that 99 % of the runs needed at most.

    A run that is not there yet has needed for ever.
    """
    waits = sorted(
        runs[run].first - at if run in runs else math.inf for run, at in owed.acknowledged.items()
    )
    return waits[int(len(waits) * 0.99)] if waits else math.inf
