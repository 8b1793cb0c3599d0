"""The proxy as a process: started, killed, ended, started again on the same port and journal."""

import asyncio
import os
import random
import re
import signal
import socket
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import orjson
from aiohttp import ClientError, ClientSession, ClientTimeout

ROOT = Path(__file__).parent.parent.parent
START_SECONDS = 60.0
_SAMPLE = re.compile(r"^collector_proxy_(\w+?)(?:\{([^}]*)\})? ([0-9.e+-]+)$", re.MULTILINE)
_TAKEN = ("received", "replayed", "completed")
_ENDED = ("uploaded", "parked", "dropped")


def children_env(**more: str) -> dict[str, str]:
    """Return an environment for child processes that holds nothing of the proxy's settings."""
    keep = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV")
    return {**{name: os.environ[name] for name in keep if name in os.environ}, **more}


class Balance:
    """The terms of the spans' balance in one life of the proxy, from ``/metrics`` alone.

    What a life takes over from the one before is in ``replayed``, so each balance closes by itself.
    """

    def __init__(self, exposition: str) -> None:
        terms: defaultdict[str, float] = defaultdict(float)
        for name, labels, value in _SAMPLE.findall(exposition):
            if name.endswith("_created"):
                continue
            terms[name.removesuffix("_total")] += float(value)
            if labels:
                terms[f"{name.removesuffix('_total')} {labels}"] += float(value)
        self.terms = terms
        self.taken = sum(terms[f"spans_{word}"] for word in _TAKEN)
        self.ended = sum(terms[f"spans_{word}"] for word in _ENDED)
        self.held = terms["held_spans"]
        self.held_logs = terms["held_log_records"]

    @property
    def closes(self) -> bool:
        """True where no span is unaccounted for."""
        return self.taken == self.ended + self.held

    def __str__(self) -> str:
        words = [f"{word} {self.terms[f'spans_{word}']:.0f}" for word in (*_TAKEN, *_ENDED)]
        return ", ".join([*words, f"held {self.held:.0f}"])


class ProxyProcess:
    """``collector-proxy serve`` on one port, however often it is started.

    Attributes:
        url: the same in every life.
        ready_seconds: how long each start took until ``/ready`` said 200.
        peak_rss: most resident bytes seen in any life.
        blind: polls of ``/live`` that did not get 200 while the process was meant to live.
        slowest_live: seconds of the slowest answer to them.
    """

    def __init__(self, upstream: str, log: Path, *, wrap: tuple[str, ...] = (), **env: str) -> None:
        """Make it; nothing runs yet.

        Args:
            log: file that takes what the process says.
            wrap: words before the command, such as ``unshare``.
            env: settings, as environment variables.
        """
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self.log = log
        self._wrap = wrap
        self.env = {
            "HTTP_HOST": "127.0.0.1",
            "HTTP_PORT": str(self._port),
            "LANGSMITH_ENDPOINT": upstream,
            "LAME_DUCK_SECONDS": "0",
            "MAX_BODY_BYTES": "16MiB",
            "LOG_FORMAT": "json",
            "SPAN_TTL": "2s",
            "REMOTE_PARENT_TTL": "1s",
            "LOG_TTL": "5s",
            "FLUSH_INTERVAL_MS": "100",
            **env,
        }
        self.ready_seconds: list[float] = []
        self.peak_rss = 0
        self.rss: list[tuple[float, int]] = []
        self.blind: list[str] = []
        self.polls = 0
        self.slowest_live = 0.0
        self._process: asyncio.subprocess.Process | None = None
        self._session: ClientSession | None = None
        self._watch: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._session = ClientSession(timeout=ClientTimeout(total=30))
        try:
            await self.start()
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.alive:
            await self.kill()
        assert self._session is not None
        await self._session.close()

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int:
        """The process id of this life."""
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        """Start it and wait until it is ready."""
        begin = time.monotonic()
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._wrap,
                sys.executable,
                "-m",
                "collector",
                "serve",
                cwd=ROOT,
                env=children_env(**self.env),
                stdout=log,
                stderr=log,
            )
        await self.ready()
        self.ready_seconds.append(time.monotonic() - begin)
        self._watch = asyncio.create_task(self._look())

    async def ready(self, patience: float = START_SECONDS) -> float:
        """Wait until it is ready; return after how many seconds."""
        begin = time.monotonic()
        while await self.status("/ready") != 200:
            assert self.alive, f"the proxy ended by itself: {self.said()[-300:]}"
            assert time.monotonic() - begin < patience, "the proxy does not become ready"
            await asyncio.sleep(0.02)
        return time.monotonic() - begin

    async def kill(self) -> None:
        """End it as power loss of the process does: kill -9."""
        assert self._process is not None
        await self._look_away()
        if self.alive:
            self._process.kill()
        await self._process.wait()

    async def end(self, patience: float) -> tuple[int | None, float]:
        """Send SIGTERM; return exit code and seconds, the code None where *patience* ran out."""
        assert self._process is not None
        begin = time.monotonic()
        await self._look_away()
        self._process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(patience):
                code: int | None = await self._process.wait()
        except TimeoutError:
            code = None
            await self.kill()
        return code, time.monotonic() - begin

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Let it stand still meanwhile, so that it cannot come between two steps."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    async def balance(self) -> Balance:
        """Scrape ``/metrics``."""
        assert self._session is not None
        async with self._session.get(f"{self.url}/metrics") as response:
            return Balance(await response.text())

    async def status(self, path: str) -> int:
        """Return what a GET is answered, 0 where it is not."""
        assert self._session is not None
        try:
            async with self._session.get(self.url + path) as response:
                await response.read()
                return response.status
        except (ClientError, OSError, TimeoutError):
            return 0

    def said(self) -> str:
        """Return everything it has written to its log."""
        return self.log.read_text(errors="replace")

    def events(self) -> list[dict[str, object]]:
        """Return the lines of its log that are JSON."""
        found = []
        for line in self.said().splitlines():
            with suppress(orjson.JSONDecodeError):
                found.append(orjson.loads(line))
        return [event for event in found if isinstance(event, dict)]

    def resident(self) -> int:
        """Return its resident bytes now, 0 where it is gone."""
        try:
            status = Path(f"/proc/{self.pid}/status").read_text()
        except OSError:
            return 0
        sizes = dict(re.findall(r"^(VmHWM|VmRSS):\s+(\d+) kB$", status, re.MULTILINE))
        self.peak_rss = max(self.peak_rss, int(sizes.get("VmHWM", 0)) * 1024)
        return int(sizes.get("VmRSS", 0)) * 1024

    async def _look(self) -> None:
        while True:
            self.rss.append((time.monotonic(), self.resident()))
            begin = time.monotonic()
            status = await self.status("/live")
            self.polls += 1
            self.slowest_live = max(self.slowest_live, time.monotonic() - begin)
            if status != 200:
                self.blind.append(f"{status} after {self.polls} polls")
            await asyncio.sleep(0.2)

    async def _look_away(self) -> None:
        self.resident()
        if self._watch is not None:
            self._watch.cancel()
            with suppress(asyncio.CancelledError):
                await self._watch
            self._watch = None


def free_port() -> int:
    """Return a port of the loopback that nobody has, and that nobody gets who asks for any port.

    Between two lives of a proxy its port is free: the system gives those that it chooses itself to
    whoever connects somewhere meanwhile, and the next life could not listen.
    """
    ports = list(range(15_000, 32_000))
    random.shuffle(ports)
    for port in ports:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")
