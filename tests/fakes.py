"""Stand-ins that are shared by tests: a clock that tests move, an upstream that does as told."""

import asyncio
import heapq
from collections.abc import Callable, Mapping
from itertools import count
from types import TracebackType

from aiohttp import web

# Long enough for the slowest machine, and never reached where a test passes.
PATIENCE = 60.0


class FakeTimer:
    """A call that a FakeClock will make, unless it is cancelled."""

    def __init__(self, callback: Callable[[], None]) -> None:
        self.callback = callback
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class FakeClock:
    """Stands still until a test moves it.

    Attributes:
        seconds: what ``monotonic`` returns.
        epoch_ns: what ``now_ns`` returns while ``seconds`` is 0; 2026-01-01 UTC.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self.epoch_ns = 1_767_225_600_000_000_000
        self._timers: list[tuple[float, int, FakeTimer]] = []
        self._order = count()
        self._set = asyncio.Event()

    def monotonic(self) -> float:
        return self.seconds

    def now_ns(self) -> int:
        return self.epoch_ns + round(self.seconds * 1e9)

    @property
    def timers(self) -> int:
        """How many calls are still to come."""
        return sum(not timer.cancelled for _, _, timer in self._timers)

    def call_later(self, delay: float, callback: Callable[[], None]) -> FakeTimer:
        """Call *callback* when the clock has been moved by *delay* seconds."""
        timer = FakeTimer(callback)
        heapq.heappush(self._timers, (self.seconds + delay, next(self._order), timer))
        self._set.set()
        return timer

    async def sleep(self, seconds: float) -> None:
        """Sleep until the clock has been moved by *seconds*."""
        over = asyncio.Event()
        timer = self.call_later(seconds, over.set)
        try:
            await over.wait()
        finally:
            timer.cancel()

    def advance(self, seconds: float) -> None:
        """Move the clock, and make the calls that are due, in their order."""
        end = self.seconds + seconds
        while self._timers and self._timers[0][0] <= end:
            at, _, timer = heapq.heappop(self._timers)
            self.seconds = max(self.seconds, at)
            if not timer.cancelled:
                timer.callback()
        self.seconds = end

    async def until_timer(self) -> float:
        """Wait until somebody waits for the clock; return for how many seconds at least."""
        async with asyncio.timeout(PATIENCE):
            while True:
                while self._timers and self._timers[0][2].cancelled:
                    heapq.heappop(self._timers)
                if self._timers:
                    return self._timers[0][0] - self.seconds
                self._set.clear()
                await self._set.wait()

    async def pass_timer(self) -> float:
        """Wait until somebody waits for the clock, move it so far, and return how far."""
        seconds = await self.until_timer()
        self.advance(seconds)
        return seconds


class Request:
    """What FakeUpstream was asked; the body as it was sent, compressed or not."""

    def __init__(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> None:
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body


class Answer:
    """What FakeUpstream shall answer.

    Attributes:
        delay: real seconds before the answer; a few thousandths, please.
        cut: ``"before"`` cuts the connection instead of an answer, ``"within"`` before the answer's
            end, and ``"stall"`` keeps it open there without a word.
        never: the request is read and never answered.
    """

    def __init__(
        self,
        status: int = 202,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"{}",
        *,
        delay: float = 0.0,
        cut: str = "",
        never: bool = False,
    ) -> None:
        self.status = status
        self.headers = headers or {}
        self.body = body
        self.delay = delay
        self.cut = cut
        self.never = never


class FakeUpstream:
    """An HTTP server on a free port of the loopback that answers as told and keeps what it took.

    ``async with FakeUpstream(Answer(503)) as upstream``: the answers are given in turn, then 202;
    set ``answer`` to choose by request instead.

    Attributes:
        requests: in the order in which their bodies were complete.
        connections: how many were opened.
    """

    def __init__(self, *answers: Answer) -> None:
        self._script = list(answers)
        self.answer: Callable[[Request], Answer] = self._next
        self.requests: list[Request] = []
        self.url = ""
        self._peers: set[object] = set()
        self._news = asyncio.Event()
        self._runner = web.ServerRunner(
            web.Server(self._handle, auto_decompress=False, handler_cancellation=True),
            shutdown_timeout=0.01,
        )

    @property
    def connections(self) -> int:
        return len(self._peers)

    def bodies(self) -> list[bytes]:
        """Return the bodies of all requests."""
        return [request.body for request in self.requests]

    def keys(self) -> list[str]:
        """Return the API keys of all requests."""
        return [request.headers["x-api-key"] for request in self.requests]

    async def received(self, requests: int) -> None:
        """Wait until there have been *requests*."""
        async with asyncio.timeout(PATIENCE):
            while len(self.requests) < requests:
                self._news.clear()
                await self._news.wait()

    async def __aenter__(self) -> "FakeUpstream":
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._runner.cleanup()

    def _next(self, request: Request) -> Answer:
        return self._script.pop(0) if self._script else Answer()

    async def _handle(self, raw: web.BaseRequest) -> web.StreamResponse:
        body = b"".join([chunk async for chunk in raw.content.iter_any()])
        request = Request(raw.method, raw.raw_path, raw.headers, body)
        self.requests.append(request)
        assert raw.transport is not None
        self._peers.add(raw.transport.get_extra_info("peername"))
        self._news.set()
        answer = self.answer(request)
        if answer.never:
            await asyncio.Event().wait()
        if answer.delay:
            await asyncio.sleep(answer.delay)
        if answer.cut == "before":
            raw.transport.abort()
        if answer.cut in ("within", "stall"):
            response = web.StreamResponse(status=answer.status, headers=answer.headers)
            response.content_length = len(answer.body) + 1000
            await response.prepare(raw)
            await response.write(answer.body)
            if answer.cut == "stall":
                await asyncio.Event().wait()
            raw.transport.close()
            return response
        return web.Response(status=answer.status, headers=answer.headers, body=answer.body)


def leap(seconds: float) -> None:
    """Set the running loop's clock forward: what waits for so long in it is due now."""
    loop = asyncio.get_running_loop()
    before = loop.time
    loop.time = lambda: before() + seconds  # type: ignore[method-assign]  # ends with its test


async def until(condition: Callable[[], object]) -> None:
    """Let the event loop go on until *condition* holds; for what sets no event."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 -- the code under test has no event to wait for
            await asyncio.sleep(0.001)
