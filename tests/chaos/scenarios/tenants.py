"""One tenant's key is revoked; twenty good ones beside it must not feel it."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial

from tests.chaos.load import Owed, RawLoad
from tests.chaos.proxy import ProxyProcess
from tests.chaos.result import Result, p99
from tests.chaos.script import Rule
from tests.chaos.stage import BESIDE, MIB, PATIENCE, Stage, staged, until
from tests.chaos.templates import Template
from tests.chaos.upstream import TakenRun

_GOOD = 20
_REVOKED = "revoked"
_FACTOR = 2.0
# The others' last spans are upstream long before, if they are at all; in short form a slow machine
# has longer.
_LAST_SECONDS = 2.0
# A budget that the revoked tenant alone sends twice in the short form, in large spans.
_SMALL = 16 * MIB
_PLENTY = 512 * MIB
_WIDE = 20_000
_FLOOD_PER_SECOND = 6 * MIB


async def revoked(long: bool, rounds: int | None = None) -> Result:
    """The others' delivery is as quick as without it, and its spans are kept."""
    # As much as ten good ones.
    bad = partial(RawLoad, template=Template(salt=500), key=_REVOKED, rate=20)
    return await _beside(Result("revoked"), bad, long=long)


async def revoked_flood(long: bool, rounds: int | None = None) -> Result:
    """The same where the revoked tenant alone sends more than the whole budget of memory."""
    result = Result("revoked_flood")
    wide = Template(salt=500, text=_WIDE)
    rate = _FLOOD_PER_SECOND / (wide.spans * _WIDE)
    bad = partial(RawLoad, template=wide, key=_REVOKED, rate=rate)
    return await _beside(result, bad, long=long, flood=True)


async def _beside(
    result: Result, revoked_load: Callable[[str], RawLoad], *, long: bool, flood: bool = False
) -> Result:
    """Give two proxies the same load side by side, one of them the bad tenant's too.

    How quick the others are with it and without is compared in long form; in short form it is told.
    """
    async with staged() as stage:
        memory = str(_SMALL if flood else _PLENTY)
        alone = await stage.proxy(MAX_MEMORY_BYTES=memory)
        beside = await stage.proxy(MAX_MEMORY_BYTES=memory)
        await stage.upstream.script(Rule(key=_REVOKED, status=401), Rule(delay=0.02))
        async with AsyncExitStack() as stack:
            quiet = [await stack.enter_async_context(_tenant(alone, n)) for n in range(_GOOD)]
            mixed = [
                await stack.enter_async_context(_tenant(beside, n + 100)) for n in range(_GOOD)
            ]
            bad = await stack.enter_async_context(revoked_load(beside.url))
            unready = await _not_ready(beside, 60.0 if long else 6.0)
            if flood:
                await until(
                    lambda: bad.acknowledged * _WIDE > _SMALL,
                    "the revoked tenant sends too little, so nothing is proved",
                )
        result.check(not unready, f"/ready said {unready} beside the revoked tenant")
        refused = sum(load.answers.total() - load.answers[200] for load in mixed)
        result.check(not refused, f"{refused} requests of the others were refused")
        await stage.drained(alone)
        runs = await _delivered(stage, mixed, _LAST_SECONDS if long else PATIENCE)
        late = _owed(mixed).acknowledged.keys() - runs.keys()
        result.check(not late, f"{len(late)} spans of the others are not upstream beside it")
        calm, disturbed = p99(_owed(quiet), runs), p99(_owed(mixed), runs)
        result.notes.append(f"p99 {disturbed:.3f} s beside it, {calm:.3f} s without")
        if long:
            told = f"p99 {disturbed:.3f} s, {calm:.3f} s undisturbed"
            result.check(disturbed < _FACTOR * calm, told)
        if flood:
            sent = bad.acknowledged * _WIDE
            result.notes.append(f"{sent / MIB:.0f} MiB of the revoked tenant's")
            bound = _SMALL + BESIDE
            result.check(beside.peak_rss <= bound, f"RSS {beside.peak_rss / MIB:.0f} MiB")
        await _check_kept(result, stage, beside, bad)
        # The key works again, and the next process asks at once.
        await stage.upstream.script()
        code, _ = await beside.end(PATIENCE)
        result.check(code == 0, f"exit {code}")
        await beside.start()
        await stage.close(result, beside, *quiet, *mixed, bad)
        stage.check_live(result, alone)
        return result


def _tenant(proxy: ProxyProcess, number: int) -> RawLoad:
    made = Template(salt=number)
    return RawLoad(proxy.url, made, key=f"tenant-{number}", rate=2, connections=1)


def _owed(loads: list[RawLoad]) -> Owed:
    owed = Owed()
    for load in loads:
        owed.add(load.owed())
    return owed


async def _delivered(stage: Stage, loads: list[RawLoad], seconds: float) -> dict[str, TakenRun]:
    """Wait until upstream has all of *loads*, for so long at most; return what it has."""
    owed = _owed(loads).acknowledged.keys()
    end = time.monotonic() + seconds
    while True:
        runs = await stage.upstream.runs()
        if owed <= runs.keys() or time.monotonic() > end:
            return runs
        await asyncio.sleep(0.1)


async def _not_ready(proxy: ProxyProcess, seconds: float) -> list[int]:
    """Return what ``/ready`` said for so long, but for 200."""
    end = time.monotonic() + seconds
    said = []
    while time.monotonic() < end:
        said.append(await proxy.status("/ready"))
        await asyncio.sleep(0.1)
    return [status for status in said if status != 200]


async def _check_kept(result: Result, stage: Stage, proxy: ProxyProcess, bad: RawLoad) -> None:
    balance = await stage.drained(proxy, left=bad.acknowledged)
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
