"""The journal's files are truncated, bit-flipped, zeroed, replaced by something else."""

import random
from collections.abc import Callable
from pathlib import Path

from tests.chaos.load import RawLoad
from tests.chaos.proxy import ProxyProcess
from tests.chaos.result import Result
from tests.chaos.script import Rule
from tests.chaos.stage import staged
from tests.chaos.templates import Template

# Words of the metrics' names that tell of damage.
_COUNTS = ("corrupt", "damaged", "unreadable", "torn")
_FOREIGN = b"%PDF-1.7\nnothing of ours\n" * 400


def _truncate(path: Path, chance: random.Random) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: chance.randrange(len(data) // 2, len(data))])


def _flip(path: Path, chance: random.Random) -> None:
    data = bytearray(path.read_bytes())
    for _ in range(3):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)


def _zero(path: Path, chance: random.Random) -> None:
    data = bytearray(path.read_bytes())
    at = chance.randrange(len(data)) // 4096 * 4096
    data[at : at + 4096] = bytes(len(data[at : at + 4096]))
    path.write_bytes(data)


def _foreign(path: Path, chance: random.Random) -> None:
    path.write_bytes(_FOREIGN)


def _beside(path: Path, chance: random.Random) -> None:
    """Put a foreign file beside the journal's own, under a name that could be one of theirs."""
    path.with_name("9" + path.name[1:]).write_bytes(_FOREIGN)


_HARMS: tuple[Callable[[Path, random.Random], None], ...] = (
    _truncate,
    _flip,
    _zero,
    _foreign,
    _beside,
)


async def corrupt_files(long: bool, rounds: int | None = None) -> Result:
    """It starts, loses only what was hit, counts that, and keeps the harmed bytes aside."""
    rounds = rounds or (10 if long else 1)
    chance = random.Random(rounds)
    result = Result("corrupt_files", rounds=rounds * len(_HARMS))
    for _ in range(rounds):
        for harm in _HARMS:
            await _one(result, harm, chance)
    return result


async def _one(
    result: Result, harm: Callable[[Path, random.Random], None], chance: random.Random
) -> None:
    name = harm.__name__.strip("_")
    async with staged() as stage:
        await stage.upstream.script(Rule(status=503))
        journal = stage.folder / "journal"
        proxy = await stage.proxy(journal=journal)
        async with RawLoad(proxy.url, Template(salt=1), rate=200, requests=100) as load:
            await load.finish()
        await proxy.kill()
        files = [path for path in journal.rglob("*") if path.is_file() and path.stat().st_size]
        if not files:
            result.problems.append("the journal has no file")
            return
        largest = max(files, key=lambda path: path.stat().st_size)
        harm(largest, chance)
        await stage.upstream.script()
        try:
            await proxy.start()
        except AssertionError as error:
            result.problems.append(f"{name}: {error}")
            return
        one = Result(name, honest=True)
        await stage.close(one, proxy, load, placed=False)
        result.problems += [f"{name}: {problem}" for problem in one.problems]
        result.acknowledged += one.acknowledged
        result.duplicated += one.duplicated
        await _check_harm(result, proxy, one, journal)


async def _check_harm(result: Result, proxy: ProxyProcess, one: Result, journal: Path) -> None:
    terms = (await proxy.balance()).terms
    counted = sum(
        value
        for name, value in terms.items()
        if any(word in name for word in _COUNTS) and name.isidentifier()
    )
    result.notes.append(f"{one.name}: {one.lost} of {one.acknowledged} hit, {counted:.0f} counted")
    result.check(counted > 0 or not one.lost, f"{one.name}: {one.lost} lost and nothing counted")
    # What a cut leaves of a record looks like a write that a kill interrupted, and is of no use.
    if one.name != "truncate":
        kept = counted == 0 or _kept(journal, one.name)
        result.check(kept, f"{one.name}: what was hit is not kept")
    if one.name in ("flip", "zero"):
        # Three bits or a page: whatever else is in the file is not to be given up with it.
        result.check(
            one.lost < one.acknowledged / 2,
            f"{one.name}: {one.lost} of {one.acknowledged} spans are lost for a few bytes",
        )
    if one.name == "beside":
        result.check(not one.lost, f"beside: {one.lost} spans are lost")
        result.check(_kept(journal, one.name), "beside: the foreign file is gone")


def _kept(journal: Path, harm: str) -> bool:
    """Tell whether the bytes that cannot be read are in the folder still."""
    files = [path for path in journal.rglob("*") if path.is_file()]
    if harm in ("foreign", "beside"):
        return any(path.read_bytes() == _FOREIGN for path in files)
    return any("corrupt" in path.name for path in files)
