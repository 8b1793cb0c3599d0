from hypothesis import given
from hypothesis import strategies as st

from collector.journal.base import Journal, Record
from collector.journal.memory import MemoryJournal
from collector.model import Destination


def record(spans: int) -> Record:
    destination = Destination("https://upstream.test", "key", None, "default")
    return Record(destination, "application/json", b"{}", spans)


async def test_an_appended_record_is_held_with_all_its_spans() -> None:
    journal: Journal = MemoryJournal()

    receipt = await journal.append(record(3))

    assert receipt.open == 3
    assert journal.held_spans == 3


async def test_each_settled_span_is_held_no_longer() -> None:
    journal = MemoryJournal()
    receipt = await journal.append(record(3))

    receipt.settle()
    after_one = journal.held_spans
    receipt.settle(2)

    assert after_one == 2
    assert journal.held_spans == 0


async def test_a_record_that_is_done_leaves_the_others_held() -> None:
    journal = MemoryJournal()
    first = await journal.append(record(1))
    await journal.append(record(4))

    first.settle()

    assert journal.held_spans == 4


async def test_a_record_that_is_done_is_forgotten() -> None:
    journal = MemoryJournal()
    receipt = await journal.append(record(1))

    receipt.settle()
    # What is forgotten no longer counts, whatever happens to it.
    receipt.open = 7

    assert journal.held_spans == 0


@given(st.lists(st.lists(st.integers(1, 5), min_size=1, max_size=4), max_size=6), st.data())
async def test_what_is_held_is_what_was_appended_less_what_was_settled(
    records: list[list[int]], data: st.DataObject
) -> None:
    journal = MemoryJournal()
    receipts = [await journal.append(record(sum(pieces))) for pieces in records]
    pieces = [(receipt, n) for receipt, ns in zip(receipts, records, strict=True) for n in ns]
    held = sum(n for _, n in pieces)

    for receipt, spans in data.draw(st.permutations(pieces)):
        receipt.settle(spans)
        held -= spans

        assert journal.held_spans == held
