"""Whatever moment the process or the machine dies at, what was owned is there."""

import random
from collections.abc import Callable
from contextlib import suppress

import pytest

from collector.journal.segment import Entry
from tests.collector.journal.fake_files import FakeFiles, Killed
from tests.collector.journal.logs import Log, opened

MAX_BYTES = 4000


class Story:
    """Everything that happens to a journal, once; a kill may end it anywhere.

    Attributes:
        owned: the records for which an append has returned and that are not settled.
        maybe: those that a successor may find or not: settled since the last close, or half
            appended.
    """

    def __init__(self, files: FakeFiles, *, sync: bool, rest_seconds: float = 0.0) -> None:
        self.owned: dict[int, Entry] = {}
        self.maybe: set[int] = set()
        self._files = files
        self._sync = sync
        self._rest_seconds = rest_seconds
        self._log = self._new_log()

    def tell(self) -> None:
        """Live through it."""
        log = self._log.log
        log.open()
        self._append(1, 2, 3)
        self._settle(2)
        self._append(4, 5, aside=True)
        self._append(6, 7, 8, 9, 10)
        self._settle(6, 7, 8, 9, 10)
        self._append(11)
        self._log.tidy()
        self._take()
        self._append(12, 13, 14, 15)
        self._settle(1, 12)
        # At the bound, what is open has to move so that what is done makes room.
        for number in range(16, 60):
            assert log.has_room(130)
            self._append(number)
            if number % 7:
                self._settle(number)
        self._log.tidy()
        log.sync()
        self._close()

        self._log = self._new_log()
        self._log.log.open()
        self.owned = self._log.take_all()
        self._settle(*list(self.owned)[3:])
        self._log.tidy()
        self._append(60, 61)
        self._close()

    def _new_log(self) -> Log:
        return Log(
            self._files,
            sync=self._sync,
            max_bytes=MAX_BYTES,
            rest_seconds=self._rest_seconds,
        )

    def _append(self, *numbers: int, aside: bool = False) -> None:
        self.maybe.update(numbers)
        entries = self._log.append(*numbers, aside=aside)
        self.maybe.difference_update(numbers)
        self.owned.update(zip(numbers, entries, strict=True))

    def _settle(self, *numbers: int) -> None:
        for number in numbers:
            if (entry := self.owned.pop(number, None)) is not None:
                self._log.log.settle(entry)
                self.maybe.add(number)

    def _take(self) -> None:
        taken = self._log.take()

        assert taken is not None
        self.owned[taken[0]] = taken[1]

    def _close(self) -> None:
        self._log.log.close()
        self.maybe.clear()


def operations(*, sync: bool, rest_seconds: float = 0.0) -> int:
    files = FakeFiles()
    Story(files, sync=sync, rest_seconds=rest_seconds).tell()
    return files.operations


def check(story: Story, files: FakeFiles) -> None:
    """See that the next process finds what it must, nothing else, and so does the one after it."""
    after = opened(files)
    found = after.take_all().keys()

    assert story.owned.keys() <= found
    assert found <= story.owned.keys() | story.maybe

    after.log.close()

    assert opened(files).take_all().keys() == found


def died(
    *, sync: bool, at: int, share: float = 0.0, rest_seconds: float = 0.0
) -> tuple[Story, FakeFiles]:
    files = FakeFiles()
    files.dies_at, files.dies_with = at, share
    story = Story(files, sync=sync, rest_seconds=rest_seconds)
    with suppress(Killed):
        story.tell()
    return story, files


@pytest.mark.parametrize("sync", [True, False])
@pytest.mark.parametrize("share", [0.0, 0.4, 0.99])
def test_a_kill_at_any_operation_loses_nothing(sync: bool, share: float) -> None:
    for at in range(1, operations(sync=sync) + 2):
        story, files = died(sync=sync, at=at, share=share)

        check(story, files.after_kill())


@pytest.mark.parametrize("sync", [True, False])
def test_a_kill_loses_nothing_where_done_records_rest(sync: bool) -> None:
    for at in range(1, operations(sync=sync, rest_seconds=2.0) + 2):
        story, files = died(sync=sync, at=at, share=0.4, rest_seconds=2.0)

        check(story, files.after_kill())


@pytest.mark.parametrize("seed", range(3))
def test_a_power_cut_at_any_operation_loses_nothing_that_was_synced(seed: int) -> None:
    choose = random.Random(seed).randrange
    for at in range(1, operations(sync=True, rest_seconds=seed) + 2):
        story, files = died(sync=True, at=at, share=1.0, rest_seconds=seed)

        check(story, files.after_power_cut(choose))


@pytest.mark.parametrize(
    "choose", [lambda outcomes: 0, lambda outcomes: outcomes - 1], ids=["least", "most"]
)
def test_a_power_cut_may_leave_all_or_nothing_of_what_was_not_synced(
    choose: Callable[[int], int],
) -> None:
    for at in range(1, operations(sync=True) + 2):
        story, files = died(sync=True, at=at, share=1.0)

        check(story, files.after_power_cut(choose))


def test_a_second_kill_while_the_first_one_is_recovered_from_loses_nothing() -> None:
    for at in range(1, operations(sync=True) + 2, 7):
        story, files = died(sync=True, at=at, share=0.5)
        for second in range(1, 12):
            again = files.after_kill()
            again.dies_at = second
            with suppress(Killed):
                opened(again).log.close()

            check(story, again.after_kill())
