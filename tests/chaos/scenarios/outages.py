"""Upstream fails as a whole: says 503 or 429, resets, never answers, reads at 1 KB/s."""

import asyncio
import math
import time
from datetime import UTC, datetime
from email.utils import format_datetime

from tests.chaos.load import RawLoad
from tests.chaos.proxy import ProxyProcess
from tests.chaos.result import Result
from tests.chaos.script import Rule
from tests.chaos.sdk_load import SdkLoad
from tests.chaos.stage import BESIDE, MIB, PATIENCE, Stage, staged, template

# Full after some ten seconds of a whole outage: from then on memory must not grow any more.
_MEMORY = 16 * MIB
# Requests of 10 spans each second: some 400 KB/s of spans, more than twice that as runs.
_RATE = 100.0
_FLAT = 0.10
# This share of the time, at its beginning, is not looked at.
_WARM_UP = 0.25
# How long upstream takes to say 429, and how early a timer's clock may be.
_ANSWER_SECONDS = 0.2
_AT_ONCE = 0.05
# How soon the first upload must come after a pause, and where the proxy is told no time: its first
# retries are quick. In short form a slow machine has longer.
_AGAIN_SECONDS = 1.0
_SLOW_SECONDS = 30.0
# So many uploads got through: the trouble before is over.
_WELL = 5


async def upstream503(long: bool, rounds: int | None = None) -> Result:
    """Upstream says 503 for 60 s of real time (5 s in short); real exporters send all the while."""
    return await _outage("upstream503", Rule(status=503), long=long)


async def never_answers(long: bool, rounds: int | None = None) -> Result:
    """Upstream reads requests and never answers; then its whole process is stopped."""
    seconds = 60.0 if long else 5.0
    async with staged() as stage:
        result = Result("never_answers")
        proxy = await _proxy(stage, "2s")
        async with RawLoad(proxy.url, template(1), rate=_RATE) as load:
            await asyncio.sleep(1)
            await stage.upstream.script(Rule(never=True))
            begin = time.monotonic()
            await asyncio.sleep(seconds / 2)
            stage.upstream.freeze()
            await asyncio.sleep(seconds / 2)
            await _check_door(result, load, proxy)
            _check_flat(result, proxy, begin, long=long)
            stage.upstream.thaw()
            await stage.upstream.script()
        await stage.close(result, proxy, load)
        return result


async def slow(long: bool, rounds: int | None = None) -> Result:
    """Upstream reads at 1 KB/s: nothing gets through in the time that an upload has."""
    return await _outage("slow", Rule(rate=1024), long=long)


async def resets(long: bool, rounds: int | None = None) -> Result:
    """Two of three connections are reset: some within the body, some instead of an answer."""
    async with staged() as stage:
        result = Result("resets")
        proxy = await _proxy(stage)
        await stage.upstream.script(Rule(every=3, cut_after=500), Rule(every=2, cut_answer=True))
        begin = time.monotonic()
        async with (
            RawLoad(proxy.url, template(1, logs=True), rate=_RATE, logs=True) as load,
            SdkLoad(proxy.url) as sdk,
        ):
            await asyncio.sleep(60.0 if long else 4.0)
            for word in ("cut", "cut answer"):
                await stage.upstream.answered(word, 1)
            await _check_door(result, load, proxy)
            _check_flat(result, proxy, begin, long=long)
        answers = await stage.upstream.answers()
        result.notes.append(f"{answers.get('cut', 0) + answers.get('cut answer', 0)} resets")
        await stage.upstream.script()
        await stage.close(result, proxy, load, sdk)
        return result


async def retry_after(long: bool, rounds: int | None = None) -> Result:
    """Upstream says 429 with Retry-After in seconds, as a date, in words nobody knows, and none.

    Where it names a time, nothing comes before that but what was on its way when the first answer
    was given; where it does not, the proxy asks at its own pace.
    """
    wait = 10 if long else 2
    soon = _AGAIN_SECONDS if long else _SLOW_SECONDS
    async with staged() as stage:
        result = Result("retry_after", rounds=4)
        proxy = await _proxy(stage)
        # Uploads take a while, so that some are on their way when the first is refused.
        taking = Rule(delay=_ANSWER_SECONDS)
        await stage.upstream.script(taking)
        begin = time.monotonic()
        async with RawLoad(proxy.url, template(1), rate=_RATE) as load:
            for form in ("seconds", "date", "garbage", "none"):
                taken = (await stage.upstream.answers()).get("202", 0)
                await stage.upstream.answered("202", taken + _WELL)
                over = await _say_429(result, stage, proxy, form, wait)
                await stage.upstream.script(taking)
                again = await _asked(stage, over, soon)
                result.check(again, f"nothing came {soon:.0f} s after Retry-After in {form}")
            await _check_door(result, load, proxy)
            _check_flat(result, proxy, begin, long=long)
        await stage.upstream.script()
        await stage.close(result, proxy, load)
        return result


async def _say_429(
    result: Result, stage: Stage, proxy: ProxyProcess, form: str, wait: int
) -> float:
    """Refuse everything for a time.

    Returns:
        The monotonic second from which on an upload must come soon.
    """
    refused = (await stage.upstream.answers()).get("429", 0)
    headers, named = _retry_after(form, wait)
    begin = time.monotonic()
    await stage.upstream.script(Rule(status=429, headers=headers, delay=_ANSWER_SECONDS))
    await stage.upstream.answered("429", refused + 1)
    first = (await stage.upstream.asked(begin))[0]
    told = await _at_rest(stage, proxy)
    if named is None:
        return told
    over = max(first + wait, named) if form == "seconds" else named
    if told > over:
        result.notes.append(f"too slow to see the rest after Retry-After in {form}")
    # Until shortly before, so that what comes in time is not taken for early.
    await asyncio.sleep(max(over - _AT_ONCE - time.monotonic(), 0.0))
    early = await stage.upstream.asked(told, over - _AT_ONCE)
    result.check(not early, f"{len(early)} uploads before Retry-After in {form} was over")
    return over - _AT_ONCE


async def _at_rest(stage: Stage, proxy: ProxyProcess) -> float:
    """Wait until the proxy has heard all that upstream has to say; return the monotonic second.

    That is when it waits for its rate limit and each upload that came has ended there, twice in a
    row: so none is on its way either.
    """
    before = -1
    async with asyncio.timeout(PATIENCE):
        while True:
            terms = (await proxy.balance()).terms
            asked = len(await stage.upstream.asked(0.0))
            rests = terms['paused_destinations reason="429"'] and terms["uploads"] >= asked
            if rests and asked == before:
                return time.monotonic()
            before = asked if rests else -1
            await asyncio.sleep(0.02)


async def _asked(stage: Stage, since: float, seconds: float) -> bool:
    """Tell whether an upload comes from *since* on, no later than *seconds* after it."""
    while not (asked := await stage.upstream.asked(since, since + seconds)):
        if time.monotonic() > since + seconds:
            break
        await asyncio.sleep(0.02)
    return bool(asked)


def _retry_after(form: str, wait: int) -> tuple[tuple[tuple[str, str], ...], float | None]:
    """Return the headers, and the monotonic seconds that they name at least."""
    now, moment = time.time(), time.monotonic()
    if form == "none":
        return (), None
    if form == "garbage":
        return (("Retry-After", "as soon as we can ☕".encode().decode("latin-1")),), None
    if form == "seconds":
        return (("Retry-After", str(wait)),), moment + wait
    # A date has no fractions of a second.
    date = math.ceil(now) + wait
    text = format_datetime(datetime.fromtimestamp(date, UTC), usegmt=True)
    return (("Retry-After", text),), moment + date - now


async def _outage(name: str, rule: Rule, *, long: bool) -> Result:
    async with staged() as stage:
        result = Result(name)
        proxy = await _proxy(stage)
        async with (
            RawLoad(proxy.url, template(1), rate=_RATE) as load,
            SdkLoad(proxy.url) as sdk,
        ):
            await asyncio.sleep(1)
            await stage.upstream.script(rule)
            begin = time.monotonic()
            await asyncio.sleep(60.0 if long else 5.0)
            await _check_door(result, load, proxy)
            _check_flat(result, proxy, begin, long=long)
            await stage.upstream.script()
        await stage.close(result, proxy, load, sdk)
        return result


async def _proxy(stage: Stage, patience: str = "10s") -> ProxyProcess:
    return await stage.proxy(MAX_MEMORY_BYTES=str(_MEMORY), UPLOAD_TIMEOUT=patience)


async def _check_door(result: Result, load: RawLoad, proxy: ProxyProcess) -> None:
    """Check that intake went on, with the journal's disk far from full, in bounded memory.

    What a disk refuses that others keep busy is told only: it has nothing to do with upstream.
    """
    refused = {status: times for status, times in load.answers.items() if status != 200}
    hung = (await proxy.balance()).terms['journal_failures reason="hangs"']
    if hung:
        result.notes.append(f"{hung:.0f} requests refused while the disk hung")
    result.check(set(refused) <= {503} and refused.get(503, 0) <= hung, f"refused: {refused}")
    proxy.resident()
    bound = _MEMORY + BESIDE
    result.check(proxy.peak_rss <= bound, f"RSS {proxy.peak_rss / MIB:.0f} MiB in the outage")


def _check_flat(result: Result, proxy: ProxyProcess, begin: float, *, long: bool) -> None:
    """Check the resident bytes from *begin* till now, after a warm-up.

    In short form they are told only: such a time is all warm-up, in which memory fills.
    """
    since = begin + (time.monotonic() - begin) * _WARM_UP
    sizes = [size for at, size in proxy.rss if at >= since and size]
    middle = (max(sizes) + min(sizes)) / 2
    spread = (max(sizes) - min(sizes)) / 2 / middle
    result.notes.append(f"RSS {middle / MIB:.0f} MiB ±{spread:.1%}")
    if long:
        result.check(spread <= _FLAT, f"RSS is not flat: ±{spread:.1%}")
