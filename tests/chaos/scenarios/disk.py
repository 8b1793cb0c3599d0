"""The journal's disk fills, or its folder goes away; and comes back."""

import asyncio
import shutil
import subprocess
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

from tests.chaos.load import RawLoad
from tests.chaos.proxy import ProxyProcess
from tests.chaos.result import Result
from tests.chaos.script import Rule
from tests.chaos.stage import MIB, PATIENCE, staged, until
from tests.chaos.templates import Template

_DISK = 64 * MIB
_READY_AGAIN = 5.0
_TROUBLE_SECONDS = 1.5
# Mounts the disk where only the proxy sees it, then becomes the proxy.
_MOUNT = f'mount -t tmpfs -o size={_DISK} tmpfs "$0" && exec "$@"'


async def disk_full(long: bool, rounds: int | None = None) -> Result:
    """A disk of 64 MB: filled by others and freed, then by the journal in an outage."""
    rounds = rounds or (5 if long else 1)
    async with staged() as stage:
        result = Result("disk_full", rounds=rounds)
        disk = stage.folder / "disk"
        disk.mkdir()
        wrap = _own_disk(disk)
        if not wrap:
            result.notes.append("no mount here: JOURNAL_MAX_BYTES stands in for the disk")
        proxy = await stage.proxy(
            journal=disk,
            wrap=wrap,
            MAX_MEMORY_BYTES=str(_DISK),
            JOURNAL_MAX_BYTES=str(_DISK if not wrap else 16 * _DISK),
        )
        # Text of letters by chance: what is stored of it is three quarters of what came.
        made = Template(salt=1, traces=4, text=10_000)
        async with RawLoad(proxy.url, made, rate=100, connections=8) as load:
            for _ in range(rounds):
                if wrap:
                    async with _full(Path(f"/proc/{proxy.pid}/root{disk}/somebody-elses")):
                        await _check_trouble(result, proxy, load)
                    await _check_ready(result, proxy, long=long)
                await stage.upstream.script(Rule(status=503))
                more = load.answers[503] + 10
                await until(partial(_reached, load.answers, 503, more), "the disk never filled")
                await stage.upstream.script()
                more = load.answers[200] + 50
                await until(partial(_reached, load.answers, 200, more), "it accepts nothing")
        _check_answers(result, load)
        await stage.close(result, proxy, load)
        return result


async def disk_away(long: bool, rounds: int | None = None) -> Result:
    """The journal's folder is away and something else in its place; then it is removed for good."""
    rounds = rounds or (5 if long else 1)
    async with staged() as stage:
        result = Result("disk_away", rounds=rounds)
        journal, away = stage.folder / "journal", stage.folder / "away"
        proxy = await stage.proxy(journal=journal)
        async with RawLoad(proxy.url, Template(salt=1), rate=100) as load:
            for _ in range(rounds):
                await asyncio.sleep(0.5)
                # The proxy makes anew what is missing, when it sees that.
                with proxy.stopped():
                    journal.rename(away)
                    journal.touch()
                await _check_trouble(result, proxy, load)
                accepted = load.answers[200]
                await asyncio.sleep(0.5)
                result.check(load.answers[200] == accepted, "it says 200 without its disk")
                with proxy.stopped():
                    journal.unlink()
                    away.rename(journal)
                await _check_ready(result, proxy, long=long)
                # What was acknowledged is in memory still, and must not go with the folder.
                with proxy.stopped():
                    shutil.rmtree(journal)
                await asyncio.sleep(_TROUBLE_SECONDS)
                await _check_ready(result, proxy, long=long)
                more = load.answers[200] + 50
                await until(partial(_reached, load.answers, 200, more), "it accepts nothing")
        _check_answers(result, load)
        await stage.close(result, proxy, load)
        return result


async def _check_trouble(result: Result, proxy: ProxyProcess, load: RawLoad) -> None:
    """Check that the proxy says 503 and is not ready."""
    more = load.answers[503] + 10
    await until(partial(_reached, load.answers, 503, more), "the door does not say 503")
    ready = [await proxy.status("/ready")]
    while 503 not in ready and len(ready) < 100:
        await asyncio.sleep(0.05)
        ready.append(await proxy.status("/ready"))
    result.check(503 in ready, "ready though its disk fails")


async def _check_ready(result: Result, proxy: ProxyProcess, *, long: bool) -> None:
    """Check that it is ready again, in long form within the seconds that are promised."""
    seconds = await proxy.ready(PATIENCE)
    result.notes.append(f"ready again after {seconds:.1f} s")
    if long:
        result.check(seconds <= _READY_AGAIN, f"ready again only after {seconds:.1f} s")


def _check_answers(result: Result, load: RawLoad) -> None:
    result.check(set(load.answers) <= {200, 503}, f"answers: {dict(load.answers)}")


def _reached(answers: Counter[int], status: int, times: int) -> bool:
    return answers[status] >= times


@asynccontextmanager
async def _full(filler: Path) -> AsyncIterator[None]:
    """Take every byte of the disk that is free or becomes so, until the context ends."""
    file = filler.open("wb", buffering=0)
    stop = asyncio.Event()

    async def fill() -> None:
        while not stop.is_set():
            for block in (MIB, 4096):
                with suppress(OSError):
                    while file.write(bytes(block)):
                        pass
            await asyncio.sleep(0.005)

    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(fill())
            try:
                yield
            finally:
                stop.set()
    finally:
        file.close()
        await asyncio.to_thread(filler.unlink)


def _own_disk(disk: Path) -> tuple[str, ...]:
    """Return the words that give a process a small disk at *disk*, none where it cannot be had."""
    for unshare in (("unshare", "-m"), ("unshare", "-rm")):
        words = (*unshare, "sh", "-c", _MOUNT, str(disk))
        with suppress(OSError, subprocess.SubprocessError):
            subprocess.run((*words, "true"), check=True, capture_output=True, timeout=10)
            return words
    return ()
