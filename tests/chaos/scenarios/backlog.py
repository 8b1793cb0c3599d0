"""What an outage leaves in the journal's backlog, and what comes in beside it."""

import asyncio
import time

from tests.chaos.load import RawLoad
from tests.chaos.result import Result, p99
from tests.chaos.script import Rule
from tests.chaos.stage import MIB, PATIENCE, Stage, staged
from tests.chaos.templates import Template

# Of four uploads at once, of 100 runs and 0.2 s each, a lone tenant gets two: 1,000 runs a second.
_CONCURRENCY = 4
_ANSWER_SECONDS = 0.2
_MEMORY = 4 * MIB
_LIVE_P99 = 2.0


async def backlog_beside_live(long: bool, rounds: int | None = None) -> Result:
    """While one tenant's backlog drains through a narrow upstream, another's spans go on."""
    requests, least = (400, 10.0) if long else (110, 4.0)
    async with staged() as stage:
        result = Result("backlog_beside_live")
        proxy = await stage.proxy(
            MAX_MEMORY_BYTES=str(_MEMORY),
            MAX_BODY_BYTES=str(_MEMORY),
            UPLOAD_CONCURRENCY=str(_CONCURRENCY),
        )
        await stage.upstream.script(Rule(status=503))
        made = Template(salt=1, traces=10)
        async with RawLoad(
            proxy.url, made, key="backlog", rate=150, connections=8, requests=requests
        ) as old:
            await old.finish()
        backlog = (await proxy.balance()).terms["journal_backlog_spans"]
        result.check(
            backlog > old.acknowledged / 2,
            f"{backlog:.0f} spans in the backlog of {old.acknowledged}, so nothing is proved",
        )
        await stage.upstream.script(Rule(delay=_ANSWER_SECONDS))
        begin = time.monotonic()
        async with RawLoad(proxy.url, Template(salt=2), key="live", rate=20) as live:
            last = await _last_of(stage, old)
        drain = last - begin
        await stage.close(result, proxy, old, live)
        waited = p99(live.owed(), await stage.upstream.runs())
        result.notes.append(f"live p99 {waited:.2f} s while the backlog drained for {drain:.1f} s")
        result.check(drain > least, f"the backlog took {drain:.1f} s only: nothing is proved")
        # Where they wait behind the backlog, it is a fourth of that time or more, at any speed.
        most = _LIVE_P99 if long else drain / 4
        result.check(waited < most, f"live spans waited {waited:.1f} s beside the backlog")
        return result


async def _last_of(stage: Stage, load: RawLoad) -> float:
    """Wait until upstream has all of a load; return when the last came, in monotonic seconds."""
    owed = load.owed().acknowledged.keys()
    async with asyncio.timeout(PATIENCE):
        while owed - (runs := await stage.upstream.runs()).keys():  # noqa: ASYNC110 -- another process
            await asyncio.sleep(0.2)
    return max(runs[run].first for run in owed)


async def logs_in_outage(long: bool, rounds: int | None = None) -> Result:
    """Spans wait on disk for longer than log records wait for a span; they meet all the same."""
    async with staged() as stage:
        result = Result("logs_in_outage")
        proxy = await stage.proxy(
            MAX_MEMORY_BYTES=str(_MEMORY), MAX_BODY_BYTES=str(_MEMORY), LOG_TTL="2s"
        )
        await stage.upstream.script(Rule(status=503))
        # Small requests, one after the other: in so little memory a hundred spans are remembered,
        # and what comes between one and its log record must stay far below that, whoever is quick.
        made = Template(salt=1, said=True)
        async with RawLoad(
            proxy.url,
            made,
            rate=200,
            connections=1,
            logs=True,
            stubborn=True,
            requests=6000 if long else 600,
        ) as load:
            await load.finish()
        # The last of them, too, shall have waited for longer.
        await asyncio.sleep(3.0)
        backlog = (await proxy.balance()).terms["journal_backlog_spans"]
        result.check(
            backlog > load.acknowledged / 4,
            f"{backlog:.0f} spans in the backlog of {load.acknowledged}, so nothing is proved",
        )
        await stage.upstream.script()
        owed = await stage.close(result, proxy, load)
        result.notes.append(f"{len(owed.said)} log records, {backlog:.0f} spans in the backlog")
        result.check(owed.said, "no log record was acknowledged, so nothing is proved")
        return result
