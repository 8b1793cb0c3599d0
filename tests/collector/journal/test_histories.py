"""A journal does what a dictionary would do, whatever happens to its process and its disk."""

import errno
from contextlib import suppress

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from collector.journal.segment import Entry
from tests.collector.journal.fake_files import FakeFiles, Killed, failing
from tests.collector.journal.logs import DIRECTORY, TENANTS, opened

MAX_BYTES = 6000
REST_SECONDS = 3.0

sizes = st.integers(0, 400)
faults = st.tuples(
    st.sampled_from(["write", "sync", "create", "rename", "sync_directory", "remove", "names"]),
    st.sampled_from([errno.EIO, errno.EROFS]),
)


class Histories(RuleBasedStateMachine):
    """The model: what is held, what is backlog, and what a successor may find or not."""

    def __init__(self) -> None:
        super().__init__()
        self.files = FakeFiles()
        self.log = opened(self.files, max_bytes=MAX_BYTES, rest_seconds=REST_SECONDS)
        self.held: dict[int, Entry] = {}
        self.backlog: set[int] = set()
        self.maybe: set[int] = set()
        self.last = 0

    @rule(sizes=st.lists(sizes, min_size=1, max_size=3), aside=st.booleans())
    def append(self, sizes: list[int], aside: bool) -> None:
        self._append(sizes[0], len(sizes), aside=aside)

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def settle(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.held)))
        self.log.log.settle(self.held.pop(number))
        self.maybe.add(number)

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def put_back(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.held)))
        self.log.log.put_back(self.held.pop(number))
        self.backlog.add(number)

    @rule(skipped=st.sets(st.integers(0, TENANTS - 1)))
    def take(self, skipped: set[int]) -> None:
        taken = self.log.take(*skipped)
        wanted = [number for number in self.backlog if number % TENANTS not in skipped]

        assert (taken and taken[0]) == min(wanted, default=None)

        if taken:
            self.backlog.remove(taken[0])
            self.held[taken[0]] = taken[1]

    @rule()
    def tidy(self) -> None:
        self.log.tidy()

    @rule()
    def close(self) -> None:
        self.log.log.close()
        self.maybe.clear()
        self._restart(self.files.after_kill())

    @rule()
    def kill(self) -> None:
        self._restart(self.files.after_kill())

    @rule(data=st.data())
    def power_cut(self, data: st.DataObject) -> None:
        self._restart(self._after_power_cut(data))

    @rule(
        steps=st.integers(1, 8),
        share=st.floats(0, 1),
        data=st.data(),
        size=sizes,
        aside=st.booleans(),
    )
    def die_at_work(
        self, steps: int, share: float, data: st.DataObject, size: int, aside: bool
    ) -> None:
        self.files.dies_at = self.files.operations + steps
        self.files.dies_with = share
        with suppress(Killed):
            self._append(size, 2, aside=aside)
            self.log.log.has_room(3000)
            self.log.tidy()
            self.log.log.close()
            self.maybe.clear()
        cut = data.draw(st.booleans())
        self._restart(self._after_power_cut(data) if cut else self.files.after_kill())

    @rule(fault=faults, size=sizes)
    def fail_and_mend(self, fault: tuple[str, int], size: int) -> None:
        self.files.fail = failing(*fault)
        with suppress(OSError):
            self._append(size, 1, aside=False)
            self.log.log.has_room(3000)
            self.log.tidy()
        with suppress(OSError):
            self.log.log.mend(100)
        self.files.fail = lambda _: None

        self.log.log.mend(100)

    @rule()
    def lose_the_directory(self) -> None:
        self.files.remove_directory(DIRECTORY)
        with suppress(OSError):
            self.log.tidy()

        self.log.log.mend(100)

    def _append(self, size: int, records: int, *, aside: bool) -> None:
        if not self.log.log.has_room(records * (size + 40)):
            return
        numbers = range(self.last + 1, self.last + 1 + records)
        self.last += records
        self.maybe.update(numbers)
        entries = self.log.append(*numbers, size=size, aside=aside)
        self.maybe.difference_update(numbers)
        if aside:
            self.backlog.update(numbers)
        else:
            self.held.update(zip(numbers, entries, strict=True))

    def _after_power_cut(self, data: st.DataObject) -> FakeFiles:
        random = data.draw(st.randoms(use_true_random=False))
        return self.files.after_power_cut(random.randrange)

    def _restart(self, files: FakeFiles) -> None:
        owned = self.held.keys() | self.backlog
        found = list(opened(files.after_kill()).take_all())
        past = opened(files.after_kill(), rest_seconds=REST_SECONDS).past()

        assert owned <= set(found)
        assert set(found) <= owned | self.maybe
        assert found == sorted(found)
        assert not set(past) & set(found)
        assert set(past) <= set(range(1, self.last + 1))

        self.files = files
        self.log = opened(files, max_bytes=MAX_BYTES, rest_seconds=REST_SECONDS)
        self.backlog = set(found)
        self.held = {}
        self.maybe.clear()

        assert self.log.log.records == len(found)
        assert self.log.log.found_units == len(found)

    @invariant()
    def the_bound_holds(self) -> None:
        named = [path for path in self.files.inodes if path.name.endswith(".journal")]
        used = sum(len(self.files.inodes[path].data) for path in named)

        assert used <= self.log.log.bytes <= MAX_BYTES

    def teardown(self) -> None:
        self._restart(self.files.after_kill())


Histories.TestCase.settings = settings(max_examples=100, stateful_step_count=40)
TestHistories = Histories.TestCase
