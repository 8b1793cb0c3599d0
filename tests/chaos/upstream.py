"""The handle of the upstream process: start, script, stop and go on, and what it took."""

import asyncio
import math
import signal
import sys
from types import TracebackType
from typing import Self

import orjson
from aiohttp import ClientSession, ClientTimeout

from tests.chaos.proxy import ROOT, children_env
from tests.chaos.script import Rule


class TakenRun:
    """What upstream has of one run; the attributes are those of ``upstream_main.Taken``."""

    __slots__ = ("first", "keys", "parents", "payloads", "posts", "said")

    def __init__(
        self,
        posts: int,
        first: float,
        keys: list[str],
        parents: list[str],
        payloads: int,
        said: bool,
    ) -> None:
        self.posts = posts
        self.first = first
        self.keys = keys
        self.parents = parents
        self.payloads = payloads
        self.said = said


class UpstreamProcess:
    """LangSmith in a process of its own, from entering the context to leaving it."""

    def __init__(self, *, sandbox: bool = False) -> None:
        """Make it; *sandbox* has it keep what it takes by the sandbox's rules."""
        self._options = ("--sandbox",) if sandbox else ()
        self.url = ""
        self._process: asyncio.subprocess.Process | None = None
        self._session: ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.chaos.upstream_main",
            *self._options,
            cwd=ROOT,
            env=children_env(),
            stdout=asyncio.subprocess.PIPE,
        )
        assert self._process.stdout is not None
        port = (await self._process.stdout.readline()).strip().decode()
        assert port.isdigit(), "the upstream process did not start"
        self.url = f"http://127.0.0.1:{port}"
        self._session = ClientSession(timeout=ClientTimeout(total=120))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process is not None
        assert self._session is not None
        await self._session.close()
        if self._process.returncode is None:
            self._process.kill()
        await self._process.communicate()

    async def script(self, *rules: Rule) -> None:
        """Answer by *rules* from now on; without one everything is taken at once."""
        await self._ask("/_/script", orjson.dumps([rule.to_json() for rule in rules]))

    async def runs(self) -> dict[str, TakenRun]:
        """Return what was taken, by run id."""
        told = orjson.loads(await self._ask("/_/runs"))
        return {name: TakenRun(*members) for name, members in told.items()}

    async def count(self) -> int:
        """Return how many runs were taken, each counted once."""
        return int(await self._ask("/_/count"))

    async def in_sandbox(self) -> list[tuple[str, str]]:
        """Return the runs that the sandbox has, of all tenants: id, and parent or ``""``."""
        return [(run, parent) for run, parent in orjson.loads(await self._ask("/_/sandbox"))]

    async def answers(self) -> dict[str, int]:
        """Return how often each status was answered.

        Beside it ``again``: of these the requests made of runs that were refused together before.
        """
        answers: dict[str, int] = orjson.loads(await self._ask("/_/requests"))
        return answers

    async def asked(self, since: float, before: float = math.inf) -> list[float]:
        """Return when uploads began to come from *since* on and *before*, in monotonic seconds."""
        times: list[float] = orjson.loads(await self._ask("/_/asked"))
        return [at for at in times if since <= at < before]

    async def answered(self, word: str, times: int) -> int:
        """Wait until *word* was answered so often; return how often it was."""
        async with asyncio.timeout(300):
            while (now := (await self.answers()).get(word, 0)) < times:  # noqa: ASYNC110 -- another process
                await asyncio.sleep(0.02)
        return now

    def freeze(self) -> None:
        """Stop the process where it is: its sockets stay open, and nobody answers."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    async def _ask(self, path: str, body: bytes = b"") -> bytes:
        assert self._session is not None
        async with self._session.post(self.url + path, data=body) as response:
            assert response.status == 200
            return await response.read()
