"""Upstream fails as a whole: says 503 or 429, resets, never answers, reads at 1 KB/s."""

import asyncio
import time
from datetime import UTC, datetime
from email.utils import format_datetime

from tests.chaos.load import RawLoad
from tests.chaos.proxy import ProxyProcess
from tests.chaos.result import Result
from tests.chaos.script import Rule
from tests.chaos.sdk_load import SdkLoad
from tests.chaos.stage import BESIDE, MIB, Stage, staged, template

_MEMORY = 48 * MIB
# Requests of 10 spans each second: some 400 KB/s of spans.
_RATE = 100.0
_FLAT = 0.10


async def upstream503(long: bool, rounds: int | None = None) -> Result:
    """Upstream says 503 for 60 s of real time (5 s in short); real exporters send all the while."""
    return await _outage("upstream503", Rule(status=503), seconds=60.0 if long else 5.0, flat=long)


async def never_answers(long: bool, rounds: int | None = None) -> Result:
    """Upstream reads requests and never answers; then its whole process is stopped."""
    seconds = 60.0 if long else 5.0
    async with staged() as stage:
        result = Result("never_answers")
        proxy = await _proxy(stage, "2s")
        async with RawLoad(proxy.url, template(1), rate=_RATE) as load:
            await asyncio.sleep(1)
            await stage.upstream.script(Rule(never=True))
            await asyncio.sleep(seconds / 2)
            stage.upstream.freeze()
            await asyncio.sleep(seconds / 2)
            _check_door(result, load, proxy)
            stage.upstream.thaw()
            await stage.upstream.script()
        await stage.close(result, proxy, load)
        return result


async def slow(long: bool, rounds: int | None = None) -> Result:
    """Upstream reads at 1 KB/s: nothing gets through in the time that an upload has."""
    return await _outage("slow", Rule(rate=1024), seconds=60.0 if long else 5.0, flat=long)


async def resets(long: bool, rounds: int | None = None) -> Result:
    """Two of three connections are reset: some within the body, some instead of an answer."""
    async with staged() as stage:
        result = Result("resets")
        proxy = await _proxy(stage)
        await stage.upstream.script(Rule(every=3, cut_after=500), Rule(every=2, cut_answer=True))
        async with (
            RawLoad(proxy.url, template(1, logs=True), rate=_RATE, logs=True) as load,
            SdkLoad(proxy.url) as sdk,
        ):
            await asyncio.sleep(60.0 if long else 4.0)
            _check_door(result, load, proxy)
        answers = await stage.upstream.answers()
        result.check(answers.get("cut") and answers.get("cut answer"), "no connection was cut")
        result.notes.append(f"{answers.get('cut', 0) + answers.get('cut answer', 0)} resets")
        await stage.upstream.script()
        await stage.close(result, proxy, load, sdk)
        return result


async def retry_after(long: bool, rounds: int | None = None) -> Result:
    """Upstream says 429 with Retry-After in seconds, as a date, in words nobody knows, and none."""
    async with staged() as stage:
        result = Result("retry_after", rounds=4)
        proxy = await _proxy(stage)
        wait = 10 if long else 2
        async with RawLoad(proxy.url, template(1), rate=_RATE) as load:
            for form in ("seconds", "date", "garbage", "none"):
                asked = await stage.upstream.answers()
                headers = _retry_after(form, wait)
                begin = time.monotonic()
                await stage.upstream.script(Rule(status=429, headers=headers))
                now = await stage.upstream.answered("429", asked.get("429", 0) + 1)
                await asyncio.sleep(max(wait - 1.0 - (time.monotonic() - begin), 0.0))
                probes = (await stage.upstream.answers()).get("429", 0) - now
                if form in ("seconds", "date"):
                    # Those that were on their way already when the first was refused.
                    result.check(probes <= 16, f"{probes} uploads within Retry-After in {form}")
                await stage.upstream.script()
            _check_door(result, load, proxy)
        await stage.close(result, proxy, load)
        return result


def _retry_after(form: str, wait: int) -> tuple[tuple[str, str], ...]:
    if form == "none":
        return ()
    date = datetime.fromtimestamp(time.time() + wait + 1, UTC)
    value = {
        "seconds": str(wait),
        "date": format_datetime(date, usegmt=True),
        "garbage": "as soon as we can ☕".encode().decode("latin-1"),
    }[form]
    return (("Retry-After", value),)


async def _outage(name: str, rule: Rule, *, seconds: float, flat: bool) -> Result:
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
            await asyncio.sleep(seconds)
            _check_door(result, load, proxy)
            if flat:
                _check_flat(result, proxy, begin + seconds / 4)
            await stage.upstream.script()
        await stage.close(result, proxy, load, sdk)
        return result


async def _proxy(stage: Stage, patience: str = "10s") -> ProxyProcess:
    return await stage.proxy(MAX_MEMORY_BYTES=str(_MEMORY), UPLOAD_TIMEOUT=patience)


def _check_door(result: Result, load: RawLoad, proxy: ProxyProcess) -> None:
    """Check that intake went on, with the journal's disk far from full, in bounded memory."""
    refused = {status: times for status, times in load.answers.items() if status != 200}
    result.check(not refused, f"the door refused: {refused}")
    proxy.resident()
    bound = _MEMORY + BESIDE
    result.check(proxy.peak_rss <= bound, f"RSS {proxy.peak_rss / MIB:.0f} MiB in the outage")


def _check_flat(result: Result, proxy: ProxyProcess, since: float) -> None:
    sizes = [size for at, size in proxy.rss if at >= since and size]
    middle = (max(sizes) + min(sizes)) / 2
    spread = (max(sizes) - min(sizes)) / 2 / middle
    result.notes.append(f"RSS {middle / MIB:.0f} MiB ±{spread:.1%}")
    result.check(spread <= _FLAT, f"RSS is not flat: ±{spread:.1%}")
