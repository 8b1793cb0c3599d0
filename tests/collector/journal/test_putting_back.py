"""A record that the pipeline could not take up is in the backlog again, and is owed once."""

from pathlib import Path

import pytest

from collector.journal.base import Journal
from collector.journal.memory import MemoryJournal
from collector.model import Receipt
from tests.collector.journal.disks import bodies, journal, opened, own, record
from tests.fakes import until


@pytest.fixture(params=["memory", "disk"])
def made(request: pytest.FixtureRequest, tmp_path: Path) -> Journal:
    return MemoryJournal() if request.param == "memory" else journal(tmp_path)


async def taken(made: Journal) -> tuple[bytes, Receipt]:
    found = await made.take()
    assert found is not None
    assert found[1] is not None
    return found[0].body, found[1]


async def test_a_record_that_is_put_back_is_backlog_and_comes_again(made: Journal) -> None:
    await made.open()
    await made.append(record(3, b"one"), aside=True)
    _, receipt = await taken(made)
    made.put_back(receipt)

    assert (made.backlog, made.held_spans) == (3, 0)

    body, again = await taken(made)

    assert body == b"one"
    assert again.open == 3
    assert (made.backlog, made.held_spans) == (0, 3)

    await made.close()


async def test_records_that_are_put_back_come_in_the_order_in_which_they_came(
    made: Journal,
) -> None:
    await made.open()
    for body in (b"1", b"2", b"3"):
        await made.append(record(1, body), aside=True)
    first, second = [(await taken(made))[1] for _ in range(2)]
    made.put_back(first)
    made.put_back(second)

    assert [(await taken(made))[0] for _ in range(3)] == [b"1", b"2", b"3"]

    await made.close()


async def test_nobody_hears_what_is_settled_of_a_receipt_that_is_dead(made: Journal) -> None:
    await made.open()
    await made.append(record(3), aside=True)
    _, dead = await taken(made)
    dead.settle()
    made.put_back(dead)
    dead.settle(2)

    assert (made.backlog, made.held_spans) == (3, 0)

    _, again = await taken(made)
    made.put_back(dead)

    assert (made.backlog, made.held_spans) == (0, 3)

    again.settle(3)

    assert (made.backlog, made.held_spans) == (0, 0)

    await made.close()


async def test_a_record_that_is_settled_is_not_put_back(made: Journal) -> None:
    await made.open()
    await made.append(record(3), aside=True)
    _, receipt = await taken(made)
    receipt.settle(3)
    made.put_back(receipt)

    assert made.backlog == 0
    assert await made.take() is None

    await made.close()


async def test_what_was_put_back_is_found_by_the_next_process(tmp_path: Path) -> None:
    async with opened(tmp_path) as before:
        await before.append(record(2, b"back"), aside=True)
        _, receipt = await taken(before)
        before.put_back(receipt)
        receipt.settle(2)
    async with opened(tmp_path) as after:
        assert after.backlog == 2
        assert await bodies(after) == [b"back"]


async def test_a_record_that_is_put_back_when_its_bytes_are_lost_is_no_backlog(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as made:
        receipt = await own(made, record(5))
        _, entry = made._open[receipt.key]
        # As when its segment was written anew and it could not be read.
        entry.done = True
        made.put_back(receipt)
        await until(lambda: made.backlog == 0)

        assert made.unreadable == 5
