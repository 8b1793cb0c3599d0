from hypothesis import given
from hypothesis import strategies as st

from collector.journal.base import Journal, Record
from collector.journal.memory import MemoryJournal
from collector.model import Destination, Receipt


async def owned(journal: Journal, given: Record) -> Receipt:
    receipt = await journal.append(given)
    assert receipt is not None
    return receipt


def record(spans: int, key: str = "key") -> Record:
    destination = Destination("https://upstream.test", key, None, "default")
    return Record(destination, "traces", "application/json", b"{}", spans)


async def test_an_appended_record_is_held_with_all_its_spans() -> None:
    journal: Journal = MemoryJournal()

    receipt = await owned(journal, record(3))

    assert receipt.open == 3
    assert journal.held_spans == 3


async def test_each_settled_span_is_held_no_longer() -> None:
    journal = MemoryJournal()
    receipt = await owned(journal, record(3))

    receipt.settle()
    after_one = journal.held_spans
    receipt.settle(2)

    assert after_one == 2
    assert journal.held_spans == 0


async def test_a_record_that_is_done_leaves_the_others_held() -> None:
    journal = MemoryJournal()
    first = await owned(journal, record(1))
    await owned(journal, record(4))

    first.settle()

    assert journal.held_spans == 4


async def test_a_record_that_is_done_is_forgotten() -> None:
    journal = MemoryJournal()
    receipt = await owned(journal, record(1))

    receipt.settle()
    # What is forgotten no longer counts, whatever happens to it.
    receipt.open = 7

    assert journal.held_spans == 0


@given(st.lists(st.lists(st.integers(1, 5), min_size=1, max_size=4), max_size=6), st.data())
async def test_what_is_held_is_what_was_appended_less_what_was_settled(
    records: list[list[int]], data: st.DataObject
) -> None:
    journal = MemoryJournal()
    receipts = [await owned(journal, record(sum(pieces))) for pieces in records]
    pieces = [(receipt, n) for receipt, ns in zip(receipts, records, strict=True) for n in ns]
    held = sum(n for _, n in pieces)

    for receipt, spans in data.draw(st.permutations(pieces)):
        receipt.settle(spans)
        held -= spans

        assert journal.held_spans == held


async def test_what_is_left_aside_is_the_backlog_until_it_is_taken() -> None:
    journal = MemoryJournal()
    first, second = record(1), record(2)

    receipts = [await journal.append(one, aside=True) for one in (first, second)]
    before = journal.backlog
    taken = await journal.take()

    assert receipts == [None, None]
    assert before == 3
    assert taken is not None
    assert taken[0] is first
    assert (journal.backlog, journal.held_spans) == (2, 1)


async def test_without_a_backlog_there_is_nothing_to_take() -> None:
    assert await MemoryJournal().take() is None


async def test_records_of_skipped_tenants_stay_and_keep_their_order() -> None:
    journal = MemoryJournal()
    records = [record(1, key) for key in ("a", "b", "a", "b")]
    for one in records:
        await journal.append(one, aside=True)
    skip = frozenset({records[0].destination.tenant})
    taken = [await journal.take(skip) for _ in range(3)]
    taken += [await journal.take() for _ in range(3)]

    assert [one and records.index(one[0]) for one in taken] == [1, 3, None, 0, 2, None]
