"""What people do to a disk: remove, move, fill, and free it."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from collector.errors import Overloaded
from collector.model import Receipt
from tests.collector.journal.disks import bodies, journal, opened, own, record
from tests.fakes import until


async def test_a_removed_directory_is_made_again_with_all_that_is_open(tmp_path: Path) -> None:
    directory = tmp_path / "journal"
    made = journal(directory)
    await made.open()
    done = await own(made, record(1, b"done"))
    held = await own(made, record(1, b"held"))
    await made.append(record(1, b"aside"), aside=True)
    done.settle()
    # At once: a file that the journal makes anew in a folder would keep it from being removed.
    directory.rename(tmp_path / "removed")
    with capture_logs() as logs:
        shutil.rmtree(tmp_path / "removed")
        await until_mended(logs)
    await own(made, record(1, b"after"))

    assert held.open == 1
    assert await bodies(made) == [b"aside"]

    held.settle()
    await made.close()
    async with opened(directory) as again:
        assert await bodies(again) == [b"aside", b"after"]


async def test_a_single_file_that_was_removed_is_written_again(tmp_path: Path) -> None:
    made = journal(tmp_path)
    await made.open()
    await own(made, record(1, b"held"))
    with capture_logs() as logs:
        remove_segments(tmp_path)
        await until_mended(logs)
    await made.close()

    async with opened(tmp_path) as again:
        assert await bodies(again) == [b"held"]


async def test_a_directory_that_another_process_took_is_not_shared(tmp_path: Path) -> None:
    directory, link = tmp_path / "journal", tmp_path / "link"
    (tmp_path / "mine").mkdir()
    directory.symlink_to(tmp_path / "mine")
    made = journal(directory)
    await made.open()
    await own(made, record(1, b"mine"))
    async with opened(tmp_path / "others") as other:
        # In one step: a directory that is missing, if only for a moment, is made anew.
        link.symlink_to(tmp_path / "others")
        link.replace(directory)
        await until(lambda: not made.healthy)
        with pytest.raises(Overloaded, match=r"removed|another process"):
            await made.append(record())
        await own(other, record(1, b"other"))
    await until(lambda: made.healthy)
    await made.close()

    async with opened(directory) as again:
        assert b"mine" in await bodies(again)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a MiB, where one may be mounted."""
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(tmp_path)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("nothing may be mounted here")
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


async def test_a_real_disk_that_is_full_is_ready_again_when_it_is_freed(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    directory = small_disk / "journal"
    made = journal(directory)
    await made.open()
    owned: list[bytes] = []
    while made.healthy:
        number = b"%04d" % len(owned)
        answer = await asyncio.gather(
            made.append(record(1, number + os.urandom(30_000))), return_exceptions=True
        )
        owned += [number] if isinstance(answer[0], Receipt) else []
    await made.close()
    made = journal(directory)
    await made.open()
    found = await bodies(made)

    assert len(owned) > 20
    assert [body[:4] for body in found] == owned

    await made.close()
    shutil.rmtree(directory)
    fill(ballast)
    made = journal(directory)
    await made.open()
    with pytest.raises(Overloaded):
        await made.append(record(1, os.urandom(30_000)))

    assert not made.healthy

    ballast.unlink()
    await until(lambda: made.healthy)

    assert await made.append(record(1, os.urandom(30_000))) is not None

    await made.close()


async def until_mended(logs: list[EventDict]) -> None:
    """Wait until the journal has failed and works again; nobody may see the time between."""
    await until(lambda: [line["event"] for line in logs][-1:] == ["the journal works again"])


def remove_segments(directory: Path) -> None:
    for file in directory.glob("*.journal"):
        file.unlink()


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return
