"""An outbox, its senders and an upstream in simulated time."""

import asyncio
from collections.abc import Callable
from random import Random

from collector.exporter.lane import Lease
from collector.exporter.outbox import Outbox
from collector.exporter.retry import RetryPolicy
from collector.model import Batch
from tests.collector.exporter import samples
from tests.fakes import FakeClock, FakeTimer

# Verdicts of an upstream.
OK = "ok"
REFUSED_KEY = "401"
RATE_LIMIT = "429"
DOWN = "503"
TIMEOUT = "timeout"

# Seconds of an upload, and what comes of it.
Answer = tuple[float, str]


class World:
    """Senders that treat verdicts as ``exporter.verdicts`` does, and what they did.

    Attributes:
        answer: what upstream says to a tenant's upload that begins now.
        waits: by tenant, how many seconds each delivery took from ``add`` on.
        tries: when each upload began, and how many were in flight then.
        most_timers: most timers of the outbox that were set at once.
    """

    def __init__(self, answer: Callable[[str], Answer], senders: int = 16) -> None:
        self.clock = FakeClock()
        self.random = Random(7)
        self.answer = answer
        self.outbox = Outbox(self.clock, max(1, senders - 2), self._call_later, slots=senders)
        self.waits: dict[str, list[float]] = {}
        self.tries: list[tuple[float, int]] = []
        self.most_timers = 0
        self._timers: list[FakeTimer] = []
        self._in_flight = 0
        self._steps = 0
        self._retry = RetryPolicy(3, 0.1)
        self._senders = senders
        self._came: dict[Batch, float] = {}

    @property
    def undelivered(self) -> int:
        """Batches that came and were not delivered; what is delivered twice raises."""
        return len(self._came)

    def add(self, key: str, endpoint: str = "http://upstream.test") -> None:
        """Let a batch of a tenant come now."""
        batch = samples.batch(samples.destination(key, endpoint))
        self._came[batch] = self.clock.seconds
        self.outbox.add(batch)

    def load(
        self,
        key: str,
        every: float,
        start: float,
        end: float,
        endpoint: str = "http://upstream.test",
    ) -> None:
        """Let batches of a tenant come at random, so many seconds apart on average."""
        at = start + self.random.expovariate(1 / every)
        while at < end:
            self.clock.call_later(at - self.clock.seconds, lambda: self.add(key, endpoint))
            at += self.random.expovariate(1 / every)

    async def run(self, until: float) -> None:
        """Let the world turn; uploads that are in flight at the end are given back."""
        tasks = [asyncio.ensure_future(self._send()) for _ in range(self._senders)]
        self.clock.call_later(until - self.clock.seconds, lambda: None)
        while self.clock.seconds < until:
            await self._settle()
            await self.clock.pass_timer()
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)

    async def _settle(self) -> None:
        """Wait until all senders wait."""
        quiet = seen = 0
        while quiet < 4:
            await asyncio.sleep(0)
            quiet = quiet + 1 if seen == self._steps else 0
            seen = self._steps

    async def _send(self) -> None:
        while True:
            lease = await self.outbox.take()
            self._steps += 1
            try:
                await self._upload(lease)
            finally:
                self.outbox.give_back(lease)
                self._steps += 1

    async def _upload(self, lease: Lease) -> None:
        key = lease.destination.api_key
        seconds, verdict = self.answer(key)
        self._in_flight += 1
        self.tries.append((self.clock.seconds, self._in_flight))
        try:
            await self.clock.sleep(seconds)
        finally:
            self._in_flight -= 1
        if verdict == OK:
            assert lease.batch is not None
            came = self._came.pop(lease.batch)
            self.waits.setdefault(key, []).append(self.clock.seconds - came)
            self.outbox.done(lease, seconds=seconds)
        elif verdict == REFUSED_KEY:
            self.outbox.pause(lease, 30.0, "key")
        elif lease.suspect and verdict != RATE_LIMIT:
            self.outbox.aside(lease, self._delay(lease))
        else:
            delay = self._delay(lease, 5.0 if verdict == RATE_LIMIT else None)
            self.outbox.again(lease, delay, seconds=seconds, reason=verdict)

    def _delay(self, lease: Lease, wish: float | None = None) -> float:
        return self._retry.delay(lease.failures + 1, self.random.random(), wish)

    def _call_later(self, delay: float, callback: Callable[[], None]) -> FakeTimer:
        timer = self.clock.call_later(delay, self._fired(callback))
        self._timers = [one for one in self._timers if not one.cancelled] + [timer]
        self.most_timers = max(self.most_timers, len(self._timers))
        return timer

    def _fired(self, callback: Callable[[], None]) -> Callable[[], None]:
        def fire() -> None:
            self._timers.clear()
            callback()

        return fire


def percentile(waits: list[float], share: float) -> float:
    """Return the wait that so large a share of *waits* does not exceed."""
    return sorted(waits)[int(len(waits) * share)]
