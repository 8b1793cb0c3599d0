"""The journal's files are truncated, bit-flipped, zeroed, replaced by something else."""

import random
from collections.abc import Callable
from pathlib import Path

from tests.chaos.journal_file import Hit, JournalFile
from tests.chaos.load import RawLoad
from tests.chaos.proxy import Balance
from tests.chaos.result import Result
from tests.chaos.script import Rule
from tests.chaos.stage import staged
from tests.chaos.templates import Template

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
    result = Result(
        "corrupt_files",
        rounds=rounds * len(_HARMS),
        honest=True,
        promise="loses what was hit, and only that",
    )
    for harm in _HARMS:
        hits = [hit for _ in range(rounds) if (hit := await _one(result, harm, chance))]
        result.notes.append(f"{harm.__name__.strip('_')}: {_told(hits)}")
    return result


async def _one(
    result: Result, harm: Callable[[Path, random.Random], None], chance: random.Random
) -> Hit | None:
    """Do one harm to a journal; return what it hit, None where it came to nothing."""
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
            return None
        largest = max(files, key=lambda path: path.stat().st_size)
        before = JournalFile(largest)
        harm(largest, chance)
        hit = before.hit(largest.read_bytes())
        await stage.upstream.script()
        try:
            await proxy.start()
        except AssertionError as error:
            result.problems.append(f"{name}: {error}")
            return None
        one = Result(name, honest=True)
        owed = await stage.close(one, proxy, load, placed=False)
        lost = owed.acknowledged.keys() - (await stage.upstream.runs()).keys()
        one.check(lost == hit.runs, f"{len(lost)} spans lost, {len(hit.runs)} hit")
        _check_counted(one, await proxy.balance(), hit)
        if name == "beside":
            one.check(_kept(journal, name), "the foreign file is gone")
        else:
            kept = not hit.records or name == "truncate" or _kept(journal, name)
            one.check(kept, "what was hit is not kept")
        result.problems += [f"{name}: {problem}" for problem in one.problems]
        result.acknowledged += one.acknowledged
        result.lost += one.lost
        result.duplicated += one.duplicated
        return hit


def _check_counted(one: Result, balance: Balance, hit: Hit) -> None:
    """Check the metrics: each record that was hit, where anything can tell, and its spans."""
    # What a cut leaves of a record looks like a write that a kill interrupted, and is of no use.
    counted = balance.terms["journal_corrupt_records"] + balance.terms["journal_torn_writes"]
    # A file of somebody else's counts as one record: nobody can tell that it held none.
    countable = 1 if one.name == "beside" else hit.countable
    one.check(counted == countable, f"{counted:.0f} records counted of {countable}")
    units = balance.terms['spans_dropped reason="unreadable"']
    one.check(units == hit.units, f"{units:.0f} spans counted as unreadable of {hit.units}")


def _told(hits: list[Hit]) -> str:
    records = sum(hit.records for hit in hits)
    countable = sum(hit.countable for hit in hits)
    if not records:
        return "no record hit"
    told = f"{records} records hit, {countable} counted"
    if countable == records:
        return told
    return f"{told}, since nothing left of a file tells how many its lost end held"


def _kept(journal: Path, harm: str) -> bool:
    """Tell whether the bytes that cannot be read are in the folder still."""
    files = [path for path in journal.rglob("*") if path.is_file()]
    if harm in ("foreign", "beside"):
        return any(path.read_bytes() == _FOREIGN for path in files)
    return any("corrupt" in path.name for path in files)
