"""A process that is killed with SIGKILL leaves everything for which append had returned."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from collector.journal.writer import Sync
from tests.collector.journal.disks import bodies, journal

# Says what it is about to ask for, what it owns, and what it is about to settle; the log of a
# journal that an earlier kill tore goes elsewhere.
LIFE = """
import asyncio, os, random, sys
from pathlib import Path
import structlog
from tests.collector.journal.disks import journal, record

async def main(directory, sync, first):
    made = journal(Path(directory), sync=sync, max_bytes=1 << 20)
    await made.open()
    last = first

    async def work():
        nonlocal last
        while True:
            last += 1
            number = last
            say("asked", number)
            receipt = await made.append(record(1, b"%08d" % number + os.urandom(3000)))
            say("owned", number)
            if random.random() < 0.9:
                say("settled", number)
                receipt.settle()

    async with asyncio.TaskGroup() as tasks:
        for _ in range(8):
            tasks.create_task(work())

def say(what, number):
    os.write(1, f"{what} {number}\\n".encode())

structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
"""


def live_and_die(directory: Path, sync: Sync, first: int, lines: int) -> dict[str, set[int]]:
    """Run a process, kill it when it has said *lines* lines, and return all that it said."""
    said: dict[str, set[int]] = {"asked": set(), "owned": set(), "settled": set()}
    command = [sys.executable, "-c", LIFE, str(directory), sync, str(first)]
    # The least that a pipe holds: how far it gets ahead of who reads here is up to the machine.
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, pipesize=4096) as process:
        assert process.stdout is not None
        for count, line in enumerate(process.stdout):
            what, number = line.split()
            said[what].add(int(number))
            if count == lines:
                process.kill()
    return said


@pytest.mark.parametrize("sync", ["always", "interval", "off"])
async def test_a_killed_process_leaves_all_that_it_owned(sync: Sync, tmp_path: Path) -> None:
    asked: set[int] = set()
    open_: set[int] = set()
    settled: set[int] = set()
    for round_ in range(3):
        said = live_and_die(tmp_path, sync, round_ * 100_000, random.randrange(50, 1500))
        asked |= said["asked"]
        settled |= said["settled"]
        open_ |= said["owned"] - said["settled"]

        assert said["owned"]
        # The journal must not be full of what stays open.
        assert len(open_) < 250

    made = journal(tmp_path, sync=sync)
    await made.open()
    found = [int(body[:8]) for body in await bodies(made)]
    await made.close()

    assert open_ <= set(found)
    assert set(found) <= asked
    assert len(found) == len(set(found))
