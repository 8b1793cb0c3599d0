"""Answers of OTLP/HTTP: a message in the request's encoding, for errors a ``google.rpc.Status``."""

from typing import Final

from aiohttp import hdrs, web

from collector.errors import Overloaded, Refused
from collector.receiver.codec import Codec, Decoded, Found
from collector.receiver.decompression import ACCEPTED, UnsupportedEncoding
from collector.receiver.encodings import JSON, TRACES, codec_of

# A response must stay small; so much of the reasons is enough. Source: OTLP/HTTP, 4 MiB at most.
_MAX_MESSAGE: Final = 1000
# google.rpc.Code by HTTP status; clients go by the HTTP status.
_CODES: Final = {400: 3, 401: 16, 403: 7, 404: 5, 405: 12, 413: 8, 415: 3, 503: 14}
_UNKNOWN: Final = 2


def success(codec: Codec[Found], found: Found) -> web.Response:
    """Return 200; records that were rejected are told in ``partial_success``.

    They must not be sent again: a client counts them, and drops them.
    """
    message = "; ".join(found.reasons)[:_MAX_MESSAGE]
    return web.Response(
        body=codec.success(found.rejected, message),
        headers={hdrs.CONTENT_TYPE: codec.content_type},
    )


def refused(codec: Codec[Found], refusal: Refused) -> web.Response:
    """Return the client's error, with the headers that belong to its status."""
    violations = [("body", refusal.reason)] if refusal.status == 400 else []
    response = error(codec, refusal.status, refusal.reason, violations)
    if isinstance(refusal, UnsupportedEncoding):
        response.headers[hdrs.ACCEPT_ENCODING] = ACCEPTED
    if refusal.status == 401:
        response.headers[hdrs.WWW_AUTHENTICATE] = "Bearer"
    return response


def of_aiohttp(codec: Codec[Found], exc: web.HTTPException, method: str) -> web.Response:
    """Return what aiohttp would have answered by itself, 404 or 405 for the most part."""
    response = error(codec, exc.status, f"{exc.reason}: {method} is not served at this path")
    if hdrs.ALLOW in exc.headers:
        response.headers[hdrs.ALLOW] = exc.headers[hdrs.ALLOW]
    return response


def overloaded(codec: Codec[Found], overload: Overloaded) -> web.Response:
    """Return 503: the same request is welcome a little later."""
    response = error(codec, 503, overload.reason)
    response.headers[hdrs.RETRY_AFTER] = str(overload.retry_after)
    return response


def error(
    codec: Codec[Found], status: int, message: str, violations: list[tuple[str, str]] | None = None
) -> web.Response:
    """Return *status* with a ``google.rpc.Status`` body."""
    return web.Response(
        status=status,
        body=codec.status(_CODES.get(status, _UNKNOWN), message, violations or []),
        headers={hdrs.CONTENT_TYPE: codec.content_type},
    )


def codec_for(request: web.BaseRequest) -> Codec[Decoded]:
    """Return the codec for an error, which is the same for all signals.

    It is the request's own, and JSON where it names none of ours.
    """
    return codec_of(TRACES, request.headers.get(hdrs.CONTENT_TYPE, "")) or JSON
