"""What every scenario needs: an upstream, a folder, proxies, and the end that is checked."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from tests.chaos.load import Owed, RawLoad
from tests.chaos.proxy import Balance, ProxyProcess
from tests.chaos.result import Result
from tests.chaos.sdk_load import SdkLoad
from tests.chaos.templates import Template
from tests.chaos.upstream import TakenRun, UpstreamProcess

DRAIN_SECONDS = 60.0
# What is waited for comes long before, on any machine, if it comes at all.
PATIENCE = 300.0
MIB = 1 << 20
# What a process may take beside its budget.
BESIDE = 128 * MIB


async def until(condition: Callable[[], object], otherwise: str, seconds: float = PATIENCE) -> None:
    """Wait until *condition* holds; for what another process makes true.

    Raises:
        TimeoutError: with *otherwise* for its text, when it does not within *seconds*.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(otherwise)
        await asyncio.sleep(0.02)


@asynccontextmanager
async def staged(*, sandbox: bool = False) -> AsyncIterator["Stage"]:
    """Give a stage; everything on it is ended and removed afterwards.

    Args:
        sandbox: upstream keeps what it takes by the sandbox's rules.
    """
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="chaos-"))
        upstream = await stack.enter_async_context(UpstreamProcess(sandbox=sandbox))
        yield Stage(upstream, Path(folder), stack)


class Stage:
    """One upstream and as many proxies as the scenario starts."""

    def __init__(self, upstream: UpstreamProcess, folder: Path, stack: AsyncExitStack) -> None:
        self.upstream = upstream
        self.folder = folder
        self._stack = stack
        self._proxies = 0

    async def proxy(
        self,
        *,
        disk: bool = True,
        journal: Path | None = None,
        wrap: tuple[str, ...] = (),
        **env: str,
    ) -> ProxyProcess:
        """Start a proxy, with a journal on disk unless told.

        Args:
            journal: folder of the journal, its own on the stage for None.
            wrap, env: as for ``ProxyProcess``.
        """
        self._proxies += 1
        name = f"proxy{self._proxies}"
        if disk:
            journal = journal or self.folder / f"{name}-journal"
            env = {"JOURNAL_DIR": str(journal), **env}
        env = {"DEAD_LETTER_DIR": str(self.folder / f"{name}-letters"), **env}
        proxy = ProxyProcess(self.upstream.url, self.folder / f"{name}.log", wrap=wrap, **env)
        return await self._stack.enter_async_context(proxy)

    async def drained(self, proxy: ProxyProcess, *, left: int = 0) -> Balance:
        """Wait until it holds no more than *left* spans, or gets no further; return its balance.

        The longest that a proxy rests with work left are the pauses of its retries.
        """
        held, since = float("inf"), time.monotonic()
        while True:
            balance = await proxy.balance()
            now = time.monotonic()
            if balance.held + balance.held_logs < held:
                held, since = balance.held + balance.held_logs, now
            if (balance.held <= left and not balance.held_logs) or now - since > DRAIN_SECONDS:
                return balance
            await asyncio.sleep(0.1)

    async def close(
        self,
        result: Result,
        proxy: ProxyProcess,
        *loads: RawLoad | SdkLoad,
        placed: bool = True,
        released: Callable[[Owed, dict[str, TakenRun]], Collection[str]] = lambda *_: (),
    ) -> Owed:
        """Wait for the end of everything held, and check what holds after each scenario.

        That is: nothing lost or invented, the balance closes to zero from ``/metrics`` alone, and
        ``/live`` said 200 throughout.

        Args:
            placed: as for ``Result.settle``.
            released: tells its *released* of what is owed, and of what upstream has.
        """
        balance = await self.drained(proxy)
        result.check(balance.held == 0, f"{balance.held:.0f} spans are held after the end")
        result.check(balance.closes, f"the balance does not close: {balance}")
        owed = Owed()
        for load in loads:
            owed.add(load.owed())
        runs = await self.upstream.runs()
        result.settle(owed, runs, placed=placed, released=released(owed, runs))
        self.check_live(result, proxy)
        return owed

    def check_live(self, result: Result, proxy: ProxyProcess) -> None:
        """Check that ``/live`` said 200 in every life."""
        blind = len(proxy.blind)
        result.check(not blind, f"/live failed {blind} of {proxy.polls} times: {proxy.blind[:3]}")
        result.notes.append(f"peak {proxy.peak_rss / MIB:.0f} MiB")
        result.notes.append(f"slowest /live {proxy.slowest_live:.2f} s")


def template(salt: int, *, logs: bool = False) -> Template:
    """Return the usual load: requests of 10 spans in two traces."""
    return Template(salt=salt, said=logs)
