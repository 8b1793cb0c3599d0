import asyncio
import os
from pathlib import Path

import pytest

from collector.errors import JournalInUse, Overloaded
from collector.journal.base import Record
from collector.journal.writer import Sync
from collector.model import Destination
from tests.collector.journal.disks import (
    KEY,
    bodies,
    journal,
    opened,
    own,
    record,
)
from tests.collector.journal.fake_files import FakeFiles
from tests.fakes import until


async def test_an_appended_record_is_held_until_its_spans_are_settled(tmp_path: Path) -> None:
    async with opened(tmp_path) as made:
        receipt = await own(made, record(3))
        held = made.held_spans
        receipt.settle()

        assert held == receipt.open + 1 == 3
        assert made.held_spans == 2
        assert made.backlog == 0
        assert made.survives


async def test_what_is_open_at_the_end_is_the_backlog_of_the_next_start(tmp_path: Path) -> None:
    async with opened(tmp_path) as made:
        await own(made, record(2, b"one"))
        (await own(made, record(1, b"two"))).settle()
        await made.append(record(4, b"three"), aside=True)

    async with opened(tmp_path) as made:
        assert made.backlog == 6
        assert made.held_spans == 0
        assert await bodies(made) == [b"one", b"three"]
        assert made.backlog == 0
        assert made.held_spans == 6


async def test_a_record_comes_back_as_it_was(tmp_path: Path) -> None:
    made = record(7, bytes(range(256)) * 100)
    async with opened(tmp_path) as before:
        await before.append(made)
    async with opened(tmp_path) as after:
        taken = await after.take()

    assert taken is not None
    back, receipt = taken
    assert back.destination.tenant == ("https://upstream.test", KEY, "workspace")
    assert back.destination.project == "project"
    assert (back.signal, back.content_type, back.spans) == ("traces", "application/json", 7)
    assert back.body == made.body
    assert receipt is not None
    assert receipt.open == 7


async def test_texts_that_are_no_utf8_and_empty_bodies_come_back(tmp_path: Path) -> None:
    destination = Destination("https://upstream.test", KEY, None, "п\udcff")
    async with opened(tmp_path) as before:
        await before.append(Record(destination, "logs", "application/x-protobuf", b"", 1))
    async with opened(tmp_path) as after:
        taken = await after.take()

    assert taken is not None
    assert taken[0].destination.tenant == destination.tenant
    assert taken[0].destination.project == "п\udcff"
    assert (taken[0].signal, taken[0].body) == ("logs", b"")


async def test_what_was_put_aside_is_taken_in_the_order_in_which_it_came(tmp_path: Path) -> None:
    async with opened(tmp_path) as made:
        for body in (b"1", b"2", b"3"):
            assert await made.append(record(2, body), aside=True) is None
            await own(made, record(1, b"live"))
        backlog = made.backlog

        assert backlog == 6
        assert await bodies(made) == [b"1", b"2", b"3"]
        assert made.backlog == 0


async def test_a_body_of_64_mib_comes_back(tmp_path: Path) -> None:
    body = os.urandom(1 << 20) * 64
    async with opened(tmp_path) as made:
        await made.append(record(1, body), aside=True)

        assert await bodies(made) == [body]


async def test_a_journal_of_which_all_is_settled_leaves_no_record_on_disk(tmp_path: Path) -> None:
    async with opened(tmp_path) as made:
        for receipt in [await own(made, record()) for _ in range(5)]:
            receipt.settle()

    assert os.listdir(tmp_path) == ["lock"]


async def test_many_appends_at_once_are_all_there(tmp_path: Path) -> None:
    expected = [b"%d" % number for number in range(200)]
    async with opened(tmp_path) as made:
        await asyncio.gather(*(made.append(record(1, body)) for body in expected))
    async with opened(tmp_path) as made:
        assert await bodies(made) == expected


async def test_waiting_appends_share_one_sync(tmp_path: Path) -> None:
    files = FakeFiles()
    syncs = 0

    def count(operation: str) -> None:
        nonlocal syncs
        syncs += operation == "sync"

    made = journal(tmp_path, files=files)
    await made.open()
    await own(made, record())
    files.fail = count
    await asyncio.gather(*(made.append(record()) for _ in range(50)))
    files.fail = lambda _: None

    # The first of them may have gone alone.
    assert syncs <= 2

    await made.close()


@pytest.mark.parametrize(("sync", "synced"), [("always", True), ("interval", True), ("off", False)])
async def test_the_disk_is_synced_as_was_asked(tmp_path: Path, sync: Sync, synced: bool) -> None:
    files = FakeFiles()
    made = journal(tmp_path, files=files, sync=sync)
    await made.open()
    await own(made, record())
    inode = next(files.inodes[path] for path in files.inodes if path.suffix == ".journal")
    if sync == "interval":
        await until(lambda: not inode.unsynced)

    assert (inode.synced == inode.data) == synced

    await made.close()


async def test_files_are_their_owners_only_and_no_name_holds_a_key(tmp_path: Path) -> None:
    directory = tmp_path / "deep" / "journal"
    async with opened(directory) as made:
        await own(made, record())
        files = list(directory.iterdir())

        assert directory.stat().st_mode & 0o777 == 0o700
        assert len(files) == 2
        assert [file.stat().st_mode & 0o777 for file in files] == [0o600, 0o600]
        assert not [file for file in files if KEY in str(file)]


async def test_a_second_process_is_told_that_the_directory_is_in_use(tmp_path: Path) -> None:
    async with opened(tmp_path):
        second = journal(tmp_path)
        with pytest.raises(JournalInUse, match="another process uses"):
            await second.open()
        await second.close()


async def test_the_directory_is_free_again_after_close(tmp_path: Path) -> None:
    async with opened(tmp_path):
        pass
    async with opened(tmp_path) as made:
        assert made.healthy


async def test_a_closed_journal_owns_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as made:
        await made.append(record(), aside=True)

    with pytest.raises(Overloaded, match="closed"):
        await made.append(record())
    assert await made.take() is None
    await made.close()


async def test_a_record_settled_after_close_comes_back(tmp_path: Path) -> None:
    async with opened(tmp_path) as made:
        receipt = await own(made, record(1, b"late"))
    receipt.settle()

    async with opened(tmp_path) as made:
        assert await bodies(made) == [b"late"]
