"""The backlog passes the records of tenants that shall wait, and finds them again."""

import json
from collections.abc import Set

from hypothesis import given
from hypothesis import strategies as st

from collector.journal import reading
from collector.journal.segment import Draft
from collector.model import Tenant
from tests.collector.journal.fake_files import FakeFiles
from tests.collector.journal.logs import Log

TENANTS: list[Tenant] = [("https://up", name, None) for name in ("alice", "bob", "carol")]


class Queue:
    """A log whose records are known by their tenant and a number."""

    def __init__(self, files: FakeFiles) -> None:
        self.log = Log(files).log
        self.log.open()

    def leave(self, tenant: Tenant, number: int) -> None:
        meta = json.dumps([*tenant, "project", "traces", "application/json", number]).encode()
        self.log.append([Draft(meta, bytes(100), 1, aside=True)], sync=True)

    def take(self, skip: Set[Tenant] = frozenset()) -> tuple[str, int] | None:
        taken = self.log.take(skip)
        if taken is None:
            return None
        _, name, *_, number = json.loads(taken.meta)
        return name, number

    def take_all(self, skip: Set[Tenant] = frozenset()) -> list[tuple[str, int]]:
        return list(iter(lambda: self.take(skip), None))


def test_records_of_a_skipped_tenant_stay_and_the_others_come() -> None:
    queue = Queue(FakeFiles())
    alice, bob, _ = TENANTS
    for number in range(20):
        queue.leave(alice if number % 2 else bob, number)

    assert queue.take_all({alice}) == [("bob", number) for number in range(0, 20, 2)]

    queue.leave(bob, 20)

    assert queue.take_all({alice}) == [("bob", 20)]
    assert queue.take_all() == [("alice", number) for number in range(1, 20, 2)]
    assert queue.log.backlog.records == 0


def test_one_take_reads_no_more_than_some_thousand_records_that_it_passes() -> None:
    queue = Queue(FakeFiles())
    queue.log._segments.segment_bytes = 1 << 20
    alice, bob, _ = TENANTS
    for number in range(reading._MOST_PASSED + 1):
        queue.leave(alice, number)
    queue.leave(bob, 1)

    assert queue.take({alice}) is None
    assert queue.log.backlog.more
    assert queue.take({alice}) == ("bob", 1)
    assert queue.take({alice}) is None
    assert not queue.log.backlog.more


steps = st.lists(
    st.one_of(
        st.tuples(st.just("leave"), st.sampled_from(TENANTS)),
        st.tuples(st.just("take"), st.frozensets(st.sampled_from(TENANTS))),
        st.tuples(st.just("tidy"), st.none()),
    ),
    max_size=60,
)


@given(steps)
def test_whoever_is_skipped_when_nothing_is_lost_and_each_tenants_order_is_kept(
    history: list[tuple[str, object]],
) -> None:
    queue = Queue(FakeFiles())
    left: dict[str, list[int]] = {tenant[1]: [] for tenant in TENANTS}
    came: dict[str, list[int]] = {tenant[1]: [] for tenant in TENANTS}
    for number, (what, of) in enumerate(history):
        if what == "leave":
            assert isinstance(of, tuple)
            queue.leave(of, number)
            left[of[1]].append(number)
        elif what == "tidy":
            queue.log.tidy(float(number))
        else:
            assert isinstance(of, frozenset)
            taken = queue.take(of)
            owed = [t for t in TENANTS if t not in of and len(left[t[1]]) > len(came[t[1]])]

            assert (taken is None) == (not owed)

            if taken is not None:
                assert taken[0] in {tenant[1] for tenant in owed}
                came[taken[0]].append(taken[1])
    for name, number in queue.take_all():
        came[name].append(number)

    assert came == left
