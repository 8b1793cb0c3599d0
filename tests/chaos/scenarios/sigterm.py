"""SIGTERM under load: the process ends in its grace period, and the next one finishes the rest."""

import asyncio
import math
import random
import time
from functools import partial

from tests.chaos.load import Owed, RawLoad
from tests.chaos.result import Result
from tests.chaos.script import Rule
from tests.chaos.sdk_load import SdkLoad
from tests.chaos.stage import staged, template
from tests.chaos.templates import Chain
from tests.chaos.upstream import TakenRun

_GRACE = 4.0
# Beyond it: what the machine may take for the end of a process, and does not in long form.
_SLOW = 60.0


async def sigterm(long: bool, rounds: int | None = None) -> Result:
    """End it again and again while exporters send; upstream is slow, so that a rest is left.

    A process that ends releases what waits for its parent, as the root of a piece of its own: it
    cannot know that the parent will be sent to the next one. Such runs alone may be torn: what
    comes after its parent, or is left in the journal, is in its place.
    """
    rounds = rounds or (50 if long else 5)
    chance = random.Random(rounds)
    async with staged() as stage:
        result = Result("sigterm", rounds=rounds)
        proxy = await stage.proxy(
            SHUTDOWN_GRACE_SECONDS=str(_GRACE),
            LAME_DUCK_SECONDS="0.2",
            # A trace shall be alive still after the longest end.
            SPAN_TTL="30s",
        )
        slowest = 0.0
        ends: list[tuple[float, float]] = []
        async with (
            RawLoad(proxy.url, template(1), rate=60, stubborn=True) as load,
            RawLoad(
                proxy.url, Chain(salt=2, depth=60), rate=20, connections=1, stubborn=True
            ) as chain,
            SdkLoad(proxy.url) as sdk,
        ):
            for number in range(rounds):
                # Every other time upstream is away, and what is left is the next one's.
                away = Rule(status=503) if number % 2 else Rule(jitter=0.2)
                await stage.upstream.script(away)
                await asyncio.sleep(0.3 + chance.random())
                begin = time.monotonic()
                code, seconds = await proxy.end(_GRACE + (10 if long else _SLOW))
                ends.append((begin, begin + seconds))
                slowest = max(slowest, seconds)
                result.check(code == 0, f"round {number}: exit {code}")
                if long:
                    result.check(seconds <= _GRACE, f"round {number}: ended after {seconds:.1f} s")
                await stage.upstream.script()
                await proxy.start()
        result.notes.append(f"slowest end {slowest:.1f} s of {_GRACE:.0f}")
        result.notes.append(f"slowest start {max(proxy.ready_seconds):.1f} s")
        await stage.close(result, proxy, load, chain, sdk, released=partial(_released, ends))
        return result


def _released(ends: list[tuple[float, float]], owed: Owed, runs: dict[str, TakenRun]) -> set[str]:
    """Return the runs that may have waited for their parent when a process ended.

    They came before the end, and their parent in another request: after the end began; or in the
    life of an earlier process, and this one had not read it from the journal again: then one of
    them goes up after the end began, the run itself where the parent had gone up before.
    """
    waited = set()
    for run in runs.keys() & owed.sent.keys():
        parent = owed.sent[run]
        here = owed.acknowledged.get(run, math.inf)
        there = owed.acknowledged.get(parent, math.inf)
        if not parent or here == there:
            continue
        came = owed.offered.get(run, here)
        up = runs[parent].first if parent in runs else math.inf
        before = -math.inf
        for begun, ended in ends:
            later = there >= max(begun, came)
            unread = there <= before and max(up, runs[run].first) >= begun
            if came <= ended and (later or unread):
                waited.add(run)
            before = ended
    return waited
