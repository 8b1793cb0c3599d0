"""One tenant's key is revoked; twenty good ones beside it must not feel it."""

import asyncio
from contextlib import AsyncExitStack

from tests.chaos.load import Owed, RawLoad
from tests.chaos.proxy import ProxyProcess
from tests.chaos.result import Result
from tests.chaos.script import Rule
from tests.chaos.stage import staged
from tests.chaos.templates import Template
from tests.chaos.upstream import TakenRun

_GOOD = 20
_REVOKED = "revoked"
_FACTOR = 2.0


async def revoked(long: bool, rounds: int | None = None) -> Result:
    """Two proxies get the same load side by side, one of them the bad tenant's too."""
    async with staged() as stage:
        result = Result("revoked")
        alone, beside = await stage.proxy(), await stage.proxy()
        await stage.upstream.script(Rule(key=_REVOKED, status=401), Rule(delay=0.02))
        async with AsyncExitStack() as stack:
            quiet = [await stack.enter_async_context(_tenant(alone, n)) for n in range(_GOOD)]
            mixed = [
                await stack.enter_async_context(_tenant(beside, n + 100)) for n in range(_GOOD)
            ]
            # As much as ten good ones.
            bad = RawLoad(beside.url, Template(salt=500), key=_REVOKED, rate=20)
            await stack.enter_async_context(bad)
            await asyncio.sleep(60.0 if long else 6.0)
        await stage.drained(alone)
        await stage.drained(beside, left=bad.acknowledged)
        runs = await stage.upstream.runs()
        calm, disturbed = _p99(quiet, runs), _p99(mixed, runs)
        result.notes.append(f"p99 {disturbed:.3f} s beside it, {calm:.3f} s without")
        result.check(disturbed < _FACTOR * calm, f"p99 {disturbed:.3f} s, {calm:.3f} s undisturbed")
        await _check_kept(result, beside, bad)
        # The key works again, and the next process asks at once.
        await stage.upstream.script()
        code, _ = await beside.end(30)
        result.check(code == 0, f"exit {code}")
        await beside.start()
        await stage.close(result, beside, *quiet, *mixed, bad)
        stage.check_live(result, alone)
        return result


def _tenant(proxy: ProxyProcess, number: int) -> RawLoad:
    made = Template(salt=number)
    return RawLoad(proxy.url, made, key=f"tenant-{number}", rate=2, connections=1)


def _p99(loads: list[RawLoad], runs: dict[str, TakenRun]) -> float:
    """Return the seconds from 200 to upstream that 99 % of the runs needed at most."""
    owed = Owed()
    for load in loads:
        owed.add(load.owed())
    waits = sorted(runs[run].first - at for run, at in owed.acknowledged.items() if run in runs)
    return waits[int(len(waits) * 0.99)] if waits else float("inf")


async def _check_kept(result: Result, proxy: ProxyProcess, bad: RawLoad) -> None:
    balance = await proxy.balance()
    result.check(bad.acknowledged > 0, "the bad tenant sent nothing")
    result.check(
        balance.held == bad.acknowledged,
        f"{balance.held:.0f} spans are kept of the tenant's {bad.acknowledged}",
    )
    result.check(balance.closes, f"the balance does not close beside it: {balance}")
    paused = balance.terms['paused_destinations reason="key"']
    result.check(paused == 1, f"the metrics show {paused:.0f} tenants paused for their key")
    said = [event for event in proxy.events() if event.get("reason") == "401"]
    result.check(said, "the log does not tell of the 401")
    result.check(_REVOKED not in proxy.said(), "the key stands in the log")
