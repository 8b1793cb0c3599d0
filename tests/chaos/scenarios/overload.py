"""Ten times as much comes in as upstream takes."""

import asyncio

from tests.chaos.load import RawLoad
from tests.chaos.result import Result
from tests.chaos.script import Rule
from tests.chaos.stage import BESIDE, MIB, staged
from tests.chaos.templates import Template

# With 16 uploads at once, of 100 runs and a second each, upstream takes 1,600 runs a second.
_CAPACITY = 1600
_CONCURRENCY = 16
_FACTOR = 10


async def overload(long: bool, rounds: int | None = None) -> Result:
    """Ten times overload for two minutes: bounded memory, probes answered, nothing lost."""
    memory = (128 if long else 64) * MIB
    async with staged() as stage:
        result = Result("overload")
        proxy = await stage.proxy(
            MAX_MEMORY_BYTES=str(memory),
            UPLOAD_CONCURRENCY=str(_CONCURRENCY),
            # So that the bound of the disk is met too, in long form.
            JOURNAL_MAX_BYTES=str(256 * MIB),
        )
        await stage.upstream.script(Rule(delay=1.0))
        made = Template(salt=1, traces=10)
        rate = _CAPACITY * _FACTOR / made.spans
        async with RawLoad(proxy.url, made, rate=rate, connections=32) as load:
            await asyncio.sleep(120.0 if long else 10.0)
        sent = load.answers.total() * made.spans
        refused = load.answers[503] * made.spans
        result.notes.append(f"{sent} spans sent, {refused} refused")
        result.check(
            set(load.answers) <= {200, 503}, f"answers beside 200 and 503: {dict(load.answers)}"
        )
        await stage.upstream.script()
        await stage.close(result, proxy, load)
        bound = memory + BESIDE
        result.check(
            proxy.peak_rss <= bound,
            f"RSS {proxy.peak_rss / MIB:.0f} MiB is above {bound / MIB:.0f} MiB",
        )
        return result
