"""The runner of an application with an OTLP receiver in it.

What aiohttp answers by itself to a request that is no HTTP is text; OTLP/HTTP wants every error to
be a ``google.rpc.Status``. The seam for that is ``RequestHandler.handle_error``.
"""

from typing import Final

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from collector.receiver import answers
from collector.receiver.encodings import JSON

# Longer than reverse proxies keep their side (60 s), so that it is not us who cut a request off.
KEEPALIVE_SECONDS: Final = 75.0
# So long a client that was refused early may go on sending before the connection is cut.
LINGERING_SECONDS: Final = 5.0


class OtlpRunner(web.AppRunner):
    """``web.AppRunner`` with the settings that the receiver relies on.

    Bodies are not decompressed by aiohttp, there is no access log, and handlers run to their end
    though the client has gone.
    """

    __slots__ = ()

    def __init__(self, app: web.Application, *, shutdown_timeout: float = 10.0) -> None:
        super().__init__(
            app,
            shutdown_timeout=shutdown_timeout,
            auto_decompress=False,
            access_log=None,
            keepalive_timeout=KEEPALIVE_SECONDS,
            lingering_time=LINGERING_SECONDS,
        )

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        return _StatusServer(
            made.request_handler, request_factory=made.request_factory, **made._kwargs
        )


class _StatusServer(web.Server):
    def __call__(self) -> RequestHandler:
        return _StatusProtocol(self, loop=self._loop, **self._kwargs)


class _StatusProtocol(RequestHandler):
    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Return a Status and close; the message would repeat the client's bytes, so it is ours."""
        if status == 400:
            response = answers.error(JSON, 400, "the request is not HTTP/1.1")
        else:
            self.logger.error("request failed: %s", type(exc).__name__)
            response = answers.error(JSON, 503, "the receiver failed; try again")
        response.force_close()
        return response
