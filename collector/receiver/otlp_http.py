"""OTLP over HTTP: traces, logs and metrics, at the shapes of their paths that settings produce.

Source: opentelemetry-proto docs/specification.md, "OTLP/HTTP".
"""

import asyncio
import traceback
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from typing import Final

import structlog
from aiohttp import HttpVersion11, hdrs, web
from aiohttp.typedefs import Handler

from collector.clock import Clock
from collector.errors import Overloaded, Refused
from collector.metrics import Metrics
from collector.model import Destination
from collector.receiver import answers
from collector.receiver.body import BodyTooSlow, ClientGone, Hold, Intake, expected_bytes, read_body
from collector.receiver.codec import Codec, Decoded, DecodedLogs, Found, Tally
from collector.receiver.encodings import LOGS, METRICS, TRACES, Codecs, codec_of
from collector.receiver.tenancy import Tenancy
from translators.log_record import LogRecord
from translators.span import Span

# Exporters append "v1/traces" to an endpoint that ends in it already, or send to the bare host.
TRACE_PATHS: Final = {
    "/v1/traces": "traces",
    "/v1/traces/v1/traces": "doubled",
    "/otel/v1/traces": "otel",
    "/api/v1/otel/v1/traces": "api",
    "/": "root",
}
# One endpoint serves all signals, so these are appended to the same odd endings.
_OTHER_PATHS: Final = {
    f"{endpoint}/v1/{signal}": signal
    for signal in ("logs", "metrics")
    for endpoint in ("", "/otel", "/api/v1/otel", "/v1/traces", f"/v1/{signal}")
}
_SHAPES: Final = {
    path if path == "/" else path + slash: shape
    for path, shape in (TRACE_PATHS | _OTHER_PATHS).items()
    for slash in ("", "/")
}

# More than this is decoded in a thread, so that the event loop goes on.
_INLINE_BYTES: Final = 256 * 1024
# What takes more than this to decode is decoded in turn: two at once would not be done sooner, but
# need the room for both. For less, waiting for one's turn would take longer than decoding.
_ALONE_BYTES: Final = 4 << 20
_UNLOCKED: Final = nullcontext()
_LOG_EVERY_SECONDS: Final = 60.0
_STACK_DEPTH: Final = 5
# For the metric only, as other servers have it: there is nobody left to read it.
_CLIENT_GONE: Final = 499

Accept = Callable[[Destination, str, bytes, list[Span]], Awaitable[None]]
AcceptLogs = Callable[[Destination, str, bytes, list[LogRecord]], Awaitable[None]]


class OtlpHttpReceiver:
    """Turns requests into spans and log records and hands them on; answers only after that.

    Of metrics nothing is kept, and the answer says so.

    Args:
        accept: takes over (destination, content type, body decompressed, usable spans); when it
            returns, the spans are owned. May raise ``Overloaded`` or ``Refused``.
        accept_logs: the same for log records.
        tenancy: whose spans and records these are.
        max_body_bytes: bound of a body, before and after decompression.
        intake: is asked for room before a body is read, while it grows, and before it is decoded;
            nobody else holds anything of it.
        metrics: counts requests, refused requests and refused records; accepted ones are for
            whoever accepts them to count.
        clock: for logging the same trouble once a minute.
        read_timeout: seconds for a whole body to come.
    """

    def __init__(
        self,
        *,
        accept: Accept,
        accept_logs: AcceptLogs,
        tenancy: Tenancy,
        max_body_bytes: int,
        intake: Intake,
        metrics: Metrics,
        clock: Clock,
        read_timeout: float = 60.0,
    ) -> None:
        self._accept = accept
        self._accept_logs = accept_logs
        self._tenancy = tenancy
        self._max_body_bytes = max_body_bytes
        self._intake = intake
        self._decoding = asyncio.Lock()
        self._metrics = metrics
        self._clock = clock
        self._read_timeout = read_timeout
        self._log = structlog.get_logger()
        self._logged_at: float | None = None

    @property
    def held_bytes(self) -> int:
        """Bytes of the bodies that are read now, and about what they are decoded to."""
        return self._intake.held_bytes

    def routes(self) -> list[web.RouteDef]:
        """Return the routes for the application; it needs ``middleware`` too."""
        others = {"logs": self._receive_logs, "metrics": self._receive_metrics}
        return [
            web.post(path, others.get(shape, self._receive_traces), expect_handler=_expect)
            for path, shape in _SHAPES.items()
        ]

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer every error of the application with a ``google.rpc.Status``, and count it."""
        shape = _SHAPES.get(request.path, "")
        try:
            response = await handler(request)
        except Exception as exc:  # noqa: BLE001 - a request's border: 500 would mean, drop the data
            response = await self._answer(request, exc)
            shape = shape or "other"
        if shape:
            self._metrics.requests.labels(shape, str(response.status)).inc()
        return response

    async def _answer(self, request: web.Request, exc: Exception) -> web.Response:
        codec = answers.codec_for(request)
        if isinstance(exc, Refused):
            self._count(str(exc.status))
            response = answers.refused(codec, exc)
            if isinstance(exc, BodyTooSlow):
                await _send_and_close(request, response)
            return response
        if isinstance(exc, Overloaded):
            self._count("overloaded")
            return answers.overloaded(codec, exc)
        if isinstance(exc, web.HTTPException):
            if exc.status < 400:
                raise exc
            self._count(str(exc.status))
            return answers.of_aiohttp(codec, exc, request.method)
        if isinstance(exc, ClientGone):
            self._count("disconnected")
            return web.Response(status=_CLIENT_GONE)
        self._count("failure")
        self._log_failure(exc)
        return answers.overloaded(codec, Overloaded("the receiver failed; try again"))

    async def _receive_traces(self, request: web.Request) -> web.Response:
        return await self._receive(request, TRACES, self._own_spans)

    async def _receive_logs(self, request: web.Request) -> web.Response:
        return await self._receive(request, LOGS, self._own_log_records)

    async def _receive_metrics(self, request: web.Request) -> web.Response:
        return await self._receive(request, METRICS, self._own_no_points)

    async def _receive(
        self,
        request: web.Request,
        codecs: Codecs[Found],
        own: Callable[[Destination, str, bytes, Found], Awaitable[None]],
    ) -> web.Response:
        codec = codec_of(codecs, request.headers.get(hdrs.CONTENT_TYPE, ""))
        if codec is None:
            raise Refused(415, "Content-Type must be application/x-protobuf or application/json")
        destination = self._tenancy.destination(request.headers)
        hold = Hold(self._intake)
        try:
            hold.expect(expected_bytes(request, max_bytes=self._max_body_bytes))
            body = await read_body(
                request,
                max_bytes=self._max_body_bytes,
                max_seconds=self._read_timeout,
                hold=hold,
            )
            found = await self._decoded(codec, body, hold)
            await own(destination, codec.content_type, body, found)
        finally:
            hold.release()
        return answers.success(codec, found)

    async def _decoded(self, codec: Codec[Found], body: bytes, hold: Hold) -> Found:
        weight = codec.weigh(body)
        hold.shrink_to(len(body))
        async with self._decoding if weight.peak > _ALONE_BYTES else _UNLOCKED:
            hold.grow(weight.peak)
            if len(body) > _INLINE_BYTES:
                found = await asyncio.to_thread(codec.decode, body)
            else:
                found = codec.decode(body)
        hold.shrink_to(len(body) + weight.kept)
        return found

    async def _own_spans(
        self, destination: Destination, content_type: str, body: bytes, decoded: Decoded
    ) -> None:
        if decoded.spans:
            await self._accept(destination, content_type, body, decoded.spans)
        for reason, spans in decoded.by_reason.items():
            self._metrics.refused.labels(reason).inc(spans)

    async def _own_log_records(
        self, destination: Destination, content_type: str, body: bytes, decoded: DecodedLogs
    ) -> None:
        if decoded.records:
            await self._accept_logs(destination, content_type, body, decoded.records)
        for reason, records in decoded.by_reason.items():
            self._metrics.log_refused.labels(reason).inc(records)

    async def _own_no_points(
        self, destination: Destination, content_type: str, body: bytes, tally: Tally
    ) -> None:
        for reason, points in tally.by_reason.items():
            self._metrics.points_refused.labels(reason).inc(points)

    def _count(self, reason: str) -> None:
        self._metrics.request_refused.labels(reason).inc()

    def _log_failure(self, exc: Exception) -> None:
        now = self._clock.monotonic()
        if self._logged_at is not None and now - self._logged_at < _LOG_EVERY_SECONDS:
            return
        self._logged_at = now
        # Not the exception's text: it may quote the payload.
        frames = traceback.extract_tb(exc.__traceback__)[-_STACK_DEPTH:]
        self._log.error(
            "request failed",
            error=type(exc).__name__,
            frames=[f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
        )


async def _send_and_close(request: web.Request, response: web.Response) -> None:
    """Close behind the answer: aiohttp alone would go on waiting for the rest of the body."""
    response.force_close()
    await response.prepare(request)
    await response.write_eof()
    request.protocol.force_close()


async def _expect(request: web.Request) -> None:
    """Let the body come; expectations other than 100-continue may be ignored (RFC 9110, 10.1.1)."""
    expectation = request.headers.get(hdrs.EXPECT, "")
    if expectation.lower() == "100-continue" and request.version >= HttpVersion11:
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        # The interim answer is no part of the answer.
        request.writer.output_size = 0
