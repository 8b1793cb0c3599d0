"""kill -9 at random moments under load, and a start on the same journal, again and again."""

import asyncio
import random

from tests.chaos.load import RawLoad
from tests.chaos.result import Result
from tests.chaos.script import Rule
from tests.chaos.sdk_load import SdkLoad
from tests.chaos.stage import staged, template
from tests.chaos.templates import Chain
from tests.chaos.upstream import TakenRun


async def kill9(long: bool, rounds: int | None = None) -> Result:
    """With the disk journal: no span lost, nothing doubled, no trace torn.

    No log record either, but where so many kills in a row keep it from its span for minutes.
    """
    result = Result("kill9", rounds or (100 if long else 10))
    result.late_logs_go = result.rounds > 30
    return await _kill(result, disk=True)


async def kill9_memory(long: bool, rounds: int | None = None) -> Result:
    """With the memory journal: the table tells what is lost."""
    result = Result("kill9_memory", rounds or (100 if long else 3), honest=True)
    return await _kill(result, disk=False)


async def _kill(result: Result, *, disk: bool) -> Result:
    chance = random.Random(result.rounds)
    async with staged(sandbox=True) as stage:
        # A parent may be far behind in the backlog: then what waits for it waits as by default.
        ttl = "5m" if disk else "2s"
        proxy = await stage.proxy(disk=disk, SPAN_TTL=ttl, LOG_TTL=ttl)
        # Answers take a while, so that uploads are under way at each moment.
        await stage.upstream.script(Rule(every=5, status=503), Rule(jitter=0.3))
        async with (
            RawLoad(proxy.url, template(1, logs=True), rate=60, logs=True, stubborn=True) as load,
            RawLoad(
                proxy.url, Chain(salt=2, depth=60), rate=20, connections=1, stubborn=True
            ) as chain,
            SdkLoad(proxy.url) as sdk,
        ):
            off: list[str] = []
            for number in range(result.rounds):
                await asyncio.sleep(0.1 + 0.9 * chance.random())
                balance = await proxy.balance()
                if not balance.closes:
                    off.append(f"round {number}: {balance}")
                await asyncio.sleep(0.1 * chance.random())
                await proxy.kill()
                await proxy.start()
        result.check(not off, f"the balance was off in {len(off)} rounds, first {off[:1]}")
        await stage.upstream.script()
        result.notes.append(f"slowest start {max(proxy.ready_seconds):.1f} s")
        await stage.close(result, proxy, load, chain, sdk, placed=disk)
        _check_shown(result, await stage.upstream.in_sandbox(), await stage.upstream.runs())
        return result


def _check_shown(result: Result, shown: list[tuple[str, str]], taken: dict[str, TakenRun]) -> None:
    """Check that the sandbox has each run that upstream took once, where it was put, and no other.

    What was taken is compared with what was acknowledged elsewhere.
    """
    places = dict(shown)
    result.check(len(shown) == len(places), f"{len(shown) - len(places)} runs doubled")
    missing, more = taken.keys() - places.keys(), places.keys() - taken.keys()
    result.check(not missing, f"{len(missing)} runs that were taken are not in the sandbox")
    result.check(not more, f"{len(more)} runs in the sandbox were not taken")
    moved = [
        run
        for run, parent in places.items()
        # Of some only a patch came, with the content of a log record.
        if run in taken and taken[run].parents and parent not in taken[run].parents
    ]
    result.check(not moved, f"{len(moved)} runs have another parent in the sandbox")
