"""SIGTERM under load: the process ends in its grace period, and the next one finishes the rest."""

import asyncio
import random

from tests.chaos.load import RawLoad
from tests.chaos.result import Result
from tests.chaos.script import Rule
from tests.chaos.sdk_load import SdkLoad
from tests.chaos.stage import staged, template

_GRACE = 4.0


async def sigterm(long: bool, rounds: int | None = None) -> Result:
    """End it again and again while exporters send; upstream is slow, so that a rest is left."""
    rounds = rounds or (50 if long else 5)
    chance = random.Random(rounds)
    async with staged() as stage:
        result = Result("sigterm", rounds=rounds)
        proxy = await stage.proxy(SHUTDOWN_GRACE_SECONDS=str(_GRACE), LAME_DUCK_SECONDS="0.2")
        slowest = 0.0
        async with (
            RawLoad(proxy.url, template(1), rate=60, stubborn=True) as load,
            SdkLoad(proxy.url) as sdk,
        ):
            for number in range(rounds):
                # Every other time upstream is away, and what is left is the next one's.
                away = Rule(status=503) if number % 2 else Rule(jitter=0.2)
                await stage.upstream.script(away)
                await asyncio.sleep(0.3 + chance.random())
                code, seconds = await proxy.end(_GRACE + 10)
                slowest = max(slowest, seconds)
                result.check(code == 0, f"round {number}: exit {code}")
                result.check(seconds <= _GRACE, f"round {number}: ended after {seconds:.1f} s")
                await stage.upstream.script()
                await proxy.start()
        result.notes.append(f"slowest end {slowest:.1f} s of {_GRACE:.0f}")
        result.notes.append(f"slowest start {max(proxy.ready_seconds):.1f} s")
        await stage.close(result, proxy, load, sdk, placed=False)
        return result
