"""Upstream refuses some for good: one bad run in 10,000, requests above 1 MB."""

import asyncio
import math
import sys
from typing import Any

import orjson

from tests.chaos.load import Owed, RawLoad
from tests.chaos.proxy import ROOT, ProxyProcess, children_env
from tests.chaos.result import Result
from tests.chaos.script import Rule
from tests.chaos.stage import Stage, staged
from tests.chaos.templates import POISON, Template

_BATCH = 100
_LIMIT = 1_000_000


async def poison(long: bool, rounds: int | None = None) -> Result:
    """Only the bad runs become dead letters; each costs 2·log2 n requests at most.

    Half of the bad runs meet an upstream that names them, the others one that only says 422.
    """
    bad = 5 if long else 1
    async with staged() as stage:
        result = Result("poison")
        proxy = await stage.proxy(BATCH_SIZE=str(_BATCH))
        loads = [
            await _poisoned(result, stage, proxy, salt, bad, names=names)
            for salt, names in enumerate((True, False), 1)
        ]
        owed = await stage.close(result, proxy, *loads)
        await _check_parked(result, proxy, owed, "422")
        return result


async def _poisoned(
    result: Result, stage: Stage, proxy: ProxyProcess, salt: int, bad: int, *, names: bool
) -> RawLoad:
    """Send *bad* times 10,000 spans with one bad run in each; return the load when all is done."""
    await stage.upstream.script(Rule(poison=POISON, names=names))
    before = await stage.upstream.answers()
    made = Template(salt=salt, traces=10)
    every = 10_000 // made.spans
    async with RawLoad(proxy.url, made, rate=70, poison_every=every, requests=bad * every) as load:
        await load.finish()
    await stage.drained(proxy)
    after = await stage.upstream.answers()
    refused, again = (after.get(word, 0) - before.get(word, 0) for word in ("422", "again"))
    how = "that upstream names" if names else "that it does not name"
    result.check(refused > bad, f"{refused} requests refused for {bad} bad runs {how}")
    # What is sent after the first refusal: most of it upstream takes.
    bound = 2 * math.log2(_BATCH) * bad
    result.check(again <= bound, f"{again} requests for {bad} bad runs {how}, {bound:.0f} allowed")
    result.notes.append(f"{again} requests for {bad} bad runs {how}")
    return load


async def limit413(long: bool, rounds: int | None = None) -> Result:
    """Batches above the limit are split; one run above it alone is the only dead letter."""
    async with staged() as stage:
        result = Result("limit413")
        proxy = await stage.proxy(BATCH_SIZE="1000", MAX_BUFFER_BYTES="8MiB")
        await stage.upstream.script(Rule(max_bytes=_LIMIT))
        wide = Template(salt=1, traces=10, text=20_000)
        huge = Template(salt=2, traces=1, per_trace=1, text=2 * _LIMIT)
        async with (
            RawLoad(proxy.url, wide, rate=20, requests=600 if long else 60) as load,
            RawLoad(proxy.url, huge, rate=1, poison_every=1, requests=1) as giant,
        ):
            await load.finish()
            await giant.finish()
        owed = await stage.close(result, proxy, load, giant)
        await _check_parked(result, proxy, owed, "too_large")
        refused = (await stage.upstream.answers()).get("413", 0)
        result.check(refused > 1, "no batch was above the limit, so nothing is proved")
        result.notes.append(f"{refused} requests refused")
        return result


async def _check_parked(result: Result, proxy: ProxyProcess, owed: Owed, reason: str) -> None:
    """Check that the bad runs, and no others, are dead letters for *reason*."""
    runs = len(owed.poisoned)
    terms = (await proxy.balance()).terms
    parked = terms["spans_parked"]
    by_reason = terms[f'spans_parked reason="{reason}"']
    result.check(parked == runs, f"{parked:.0f} runs are parked, {runs} are bad")
    result.check(by_reason == runs, f"{by_reason:.0f} runs are parked for {reason}")
    letters = await _letters(proxy)
    reasons = {letter["reason"] for letter in letters}
    named = {run for letter in letters for run in letter["run_ids"]}
    result.check(named == owed.poisoned, f"the dead letters hold {len(named)} runs, not the bad")
    result.check(reasons == {reason}, f"dead-letters list tells the reasons {reasons}")


async def _letters(proxy: ProxyProcess) -> list[dict[str, Any]]:
    """Return what ``collector-proxy dead-letters list`` tells of the proxy's letters."""
    command = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "collector", "dead-letters", "list", "--json"),
        cwd=ROOT,
        env=children_env(DEAD_LETTER_DIR=proxy.env["DEAD_LETTER_DIR"]),
        stdout=asyncio.subprocess.PIPE,
    )
    lines, _ = await command.communicate()
    return [orjson.loads(line) for line in lines.splitlines()]
