"""Upstream is away for an hour of simulated time: pipeline, journal and outbox in this process."""

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from unittest.mock import patch

import orjson
from aiohttp import ClientSession

from collector.exporter.outbox import Outbox
from tests.chaos.load import Owed
from tests.chaos.result import Result
from tests.chaos.templates import Template
from tests.chaos.upstream import TakenRun
from tests.chaos.upstream_main import Upstream
from tests.fakes import Answer, FakeClock, FakeUpstream, Request
from tests.system.running import Local, proxy_to

_HOUR = 3600.0
_STEP = 5.0
_DRAIN = 1200.0
_MEMORY = 1 << 20
# Real seconds in which the tasks of the proxy get their turns between two steps of the clock.
_BREATH = 0.004


async def hour_of_outage(long: bool, rounds: int | None = None) -> Result:
    """503 for an hour while spans keep coming: they go to disk, and all arrive afterwards."""
    result = Result("hour_of_outage")
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder, _simulated() as clock:
        async with FakeUpstream() as upstream, ClientSession() as session:
            outage = _Outage(clock)
            upstream.answer = outage
            settings = {"journal_dir": folder, "max_memory_bytes": _MEMORY}
            async with proxy_to(
                upstream.url, **settings, max_body_bytes=_MEMORY, flush_interval_ms=20
            ) as local:
                load = _Trickle(session, local.url, clock)
                held, most = 0, 0
                while clock.seconds < _HOUR:
                    await load.send(result)
                    await _pass(clock, _STEP)
                    most = max(most, _value(local, "held_bytes"))
                while (held := _value(local, "held_spans")) and clock.seconds < _HOUR + _DRAIN:
                    await load.send(result)
                    await _pass(clock, 1.0)
                drained = clock.seconds - _HOUR
                balance = local.balance()
                await local.end()
            result.check(balance["held"] == 0, f"{held} spans are held {drained:.0f} s later")
            result.check(
                balance["received"] == sum(balance.values()) - balance["received"],
                f"the balance does not close: {balance}",
            )
            result.check(most <= _MEMORY, f"{most} bytes were held in memory, of {_MEMORY}")
            result.settle(load.owed, _taken(outage.taken))
            tries = len(upstream.requests) - len(outage.taken)
            result.notes.append(f"{tries} tries in the hour, at most {most >> 10} KiB in memory")
            result.notes.append(f"delivered {drained:.0f} s after it")
    return result


class _Outage:
    """Answers 503 for the first hour of the clock and takes everything after it."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.taken: list[Request] = []

    def __call__(self, request: Request) -> Answer:
        if self._clock.seconds < _HOUR:
            return Answer(503)
        self.taken.append(request)
        return Answer(202)


class _Trickle:
    """One request of ten spans for each step of the clock."""

    def __init__(self, session: ClientSession, url: str, clock: FakeClock) -> None:
        self._session = session
        self._url = f"{url}/v1/traces"
        self._clock = clock
        self._template = Template(salt=1)
        self._number = 0
        self.owed = Owed()

    async def send(self, result: Result) -> None:
        """Send the next request; anything but a 200 is a problem."""
        body = self._template.request(self._number)
        runs = self._template.run_ids(self._number)
        self._number += 1
        headers = {"Content-Type": "application/x-protobuf", "x-api-key": "chaos"}
        self.owed.sent.update(runs)
        self.owed.keys.update((run, "chaos") for run, _ in runs)
        async with self._session.post(self._url, data=body, headers=headers) as response:
            await response.read()
            if response.status == 200:
                at = self._clock.seconds
                self.owed.acknowledged.update((run, at) for run, _ in runs)
            elif not result.problems:
                result.problems.append(f"answered {response.status} at {self._clock.seconds:.0f} s")


@contextmanager
def _simulated() -> Iterator[FakeClock]:
    """Have the service built with a clock that stands still until it is moved."""
    clock = FakeClock()
    with (
        patch("collector.service.SystemClock", lambda: clock),
        patch("collector.service.Outbox", partial(Outbox, call_later=clock.call_later)),
    ):
        yield clock


async def _pass(clock: FakeClock, seconds: float) -> None:
    clock.advance(seconds)
    await asyncio.sleep(_BREATH)


def _value(local: Local, name: str) -> int:
    value = local.proxy.metrics.registry.get_sample_value(f"collector_proxy_{name}")
    return int(value or 0)


def _taken(requests: list[Request]) -> dict[str, TakenRun]:
    """Return what a real upstream would have of *requests*."""
    upstream = Upstream()
    for request in requests:
        upstream.take(request.headers["x-api-key"], request.body)
    return {name: TakenRun(*members) for name, members in orjson.loads(upstream.told()).items()}
