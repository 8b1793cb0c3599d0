"""The raw load: knows every span that it got a 200 for."""

import asyncio
import io
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector

from tests.chaos.templates import Chain, Template

_TYPE = {"Content-Type": "application/x-protobuf"}


@dataclass
class Owed:
    """What upstream must have in the end.

    Attributes:
        sent: parent by run id (``""`` for a root) of everything that was ever offered.
        acknowledged: when each run was answered 200, in monotonic seconds.
        offered: when each run of an SDK left it, in monotonic seconds; the same for those of one
            request.
        said: runs of which a log record was answered 200.
        poisoned: runs that upstream refuses.
        keys: the API key of each run.
    """

    sent: dict[str, str] = field(default_factory=dict)
    acknowledged: dict[str, float] = field(default_factory=dict)
    offered: dict[str, float] = field(default_factory=dict)
    said: set[str] = field(default_factory=set)
    poisoned: set[str] = field(default_factory=set)
    keys: dict[str, str] = field(default_factory=dict)

    def add(self, other: "Owed") -> None:
        """Take over what *other* owes."""
        self.sent.update(other.sent)
        self.acknowledged.update(other.acknowledged)
        self.offered.update(other.offered)
        self.said |= other.said
        self.poisoned |= other.poisoned
        self.keys.update(other.keys)


class RawLoad:
    """Sends requests of one tenant at a given rate over a few connections, from enter to exit.

    A request that is not answered 200 is sent again if *stubborn*, as exporters do, else let go.

    Attributes:
        answers: how often each status was met; 0 for a broken connection.
        slowest: seconds of the slowest answer.
    """

    def __init__(
        self,
        url: str,
        template: Template | Chain,
        *,
        key: str = "chaos",
        rate: float = 50.0,
        connections: int = 4,
        logs: bool = False,
        poison_every: int = 0,
        stubborn: bool = False,
        requests: int | None = None,
    ) -> None:
        """Make it; nothing is sent yet.

        Args:
            rate: requests a second in all.
            logs: send the log record of each request too.
            poison_every: each so-manieth request holds one run that upstream refuses.
            requests: send so many, and no more; None without end.
        """
        self._url = url
        self._template = template
        self._key = key
        self._rate = rate
        self._connections = connections
        self._logs = logs
        self._poison_every = poison_every
        self._stubborn = stubborn
        self._numbers = iter(count() if requests is None else range(requests))
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._done: dict[int, float] = {}
        self._said: set[int] = set()
        self._offered = 0
        self.answers: Counter[int] = Counter()
        self.slowest = 0.0

    async def __aenter__(self) -> "RawLoad":
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop.set()
        assert self._task is not None
        await self._task

    async def finish(self) -> None:
        """Wait until the last of its requests is answered."""
        assert self._task is not None
        await asyncio.shield(self._task)

    @property
    def acknowledged(self) -> int:
        """Spans answered 200 so far."""
        return len(self._done) * self._template.spans

    def owed(self) -> Owed:
        """Return what upstream must have of this load."""
        owed = Owed()
        for number in range(self._offered):
            runs = self._template.run_ids(number)
            owed.sent.update(runs)
            if self._poisons(number):
                owed.poisoned.add(runs[self._template.marked][0])
            if number in self._said:
                owed.said.add(runs[0][0])
            if number in self._done:
                owed.acknowledged.update((run, self._done[number]) for run, _ in runs)
        owed.keys = dict.fromkeys(owed.sent, self._key)
        return owed

    def _poisons(self, number: int) -> bool:
        return self._poison_every > 0 and number % self._poison_every == self._poison_every - 1

    async def _run(self) -> None:
        begin = time.monotonic()
        connector = TCPConnector(limit=self._connections)
        async with (
            ClientSession(connector=connector, timeout=ClientTimeout(total=60)) as session,
            asyncio.TaskGroup() as senders,
        ):
            for _ in range(self._connections):
                senders.create_task(self._send(session, begin))

    async def _send(self, session: ClientSession, begin: float) -> None:
        for number in self._numbers:
            due = begin + number / self._rate
            with suppress(TimeoutError):
                async with asyncio.timeout(due - time.monotonic()):
                    await self._stop.wait()
            if self._stop.is_set():
                return
            self._offered = max(self._offered, number + 1)
            body = self._template.request(number, poison=self._poisons(number))
            if await self._deliver(session, "/v1/traces", body):
                self._done[number] = time.monotonic()
                if self._logs and await self._deliver(
                    session, "/v1/logs", self._template.log_request(number)
                ):
                    self._said.add(number)

    async def _deliver(self, session: ClientSession, path: str, body: bytes) -> bool:
        headers = {**_TYPE, "x-api-key": self._key}
        while True:
            begin = time.monotonic()
            try:
                # aiohttp warns of a large body that is not a file.
                data = body if len(body) < 1 << 20 else io.BytesIO(body)
                async with session.post(self._url + path, data=data, headers=headers) as response:
                    status, answer = response.status, await response.read()
                    # A partial success would name what was not taken, and none is expected here.
                    assert status != 200 or not answer
            except (ClientError, OSError, TimeoutError):
                status = 0
            self.answers[status] += 1
            self.slowest = max(self.slowest, time.monotonic() - begin)
            if status == 200:
                return True
            if not self._stubborn or self._stop.is_set():
                return False
            await asyncio.sleep(0.05)
