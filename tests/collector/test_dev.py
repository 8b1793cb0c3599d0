"""``dev`` and ``sandbox`` as a person runs them, in a process that gets signals."""

import asyncio
import re
import signal
import sys
from pathlib import Path

import pytest

from tests.fakes import PATIENCE
from tests.system.running import runs_of

pytestmark = pytest.mark.filterwarnings("ignore:list_runs")


async def started(*command: str, until: str) -> tuple[asyncio.subprocess.Process, str]:
    """Start a command and read what it prints until a line holds *until*."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "collector",
        *command,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None
    text = ""
    async with asyncio.timeout(PATIENCE):
        while until not in text:
            line = await process.stdout.readline()
            assert line, text
            text += line.decode()
    return process, text


async def test_dev_says_where_to_send_and_read_and_keeps_what_it_was_sent(tmp_path: Path) -> None:
    database = str(tmp_path / "runs.sqlite")
    process, text = await started(
        "dev",
        "--demo",
        *("--http-port", "0", "--sandbox-port", "0", "--sandbox-path", database),
        *("--lame-duck-seconds", "0"),
        until="Ctrl-C",
    )
    process.send_signal(signal.SIGINT)
    assert await process.wait() == 0

    process, text = await started(
        "sandbox", "--sandbox-port", "0", "--sandbox-path", database, until="Ctrl-C"
    )
    found = re.search(r'api_url="([^"]+)", api_key="([^"]+)"', text)
    assert found is not None
    runs = await runs_of(found[1], found[2])
    process.send_signal(signal.SIGTERM)

    assert await process.wait() == 0
    assert [run.run_type for run in runs] == ["chain", "retriever", "llm", "tool", "llm"]
    assert {run.trace_id for run in runs} == {runs[0].id}


async def test_a_second_signal_ends_the_process_at_once() -> None:
    process, _ = await started(
        *("dev", "--http-port", "0", "--sandbox-port", "0"),
        *("--lame-duck-seconds", "3000", "--shutdown-grace-seconds", "3600"),
        until="Ctrl-C",
    )

    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGTERM)

    async with asyncio.timeout(PATIENCE):
        assert await process.wait() in (128 + signal.SIGTERM, 128 + signal.SIGINT)
