"""A request's body, read, counted and decompressed.

The application's runner must have been built with ``auto_decompress=False``, see ``runner.py``.
"""

import asyncio
from collections.abc import Callable, Iterator
from typing import Final

from aiohttp import hdrs, web
from aiohttp.http import HttpProcessingError

from collector.errors import Refused
from collector.receiver.decompression import PIECE_BYTES, decoder_of

# A body must keep ahead of this: so many seconds to begin with, then so many bytes a second.
GRACE_SECONDS: Final = 10.0
MIN_BYTES_A_SECOND: Final = 16 * 1024


class BodyTooSlow(Refused):
    """400, and the connection is closed: the rest of the body is not waited for."""

    def __init__(self) -> None:
        super().__init__(400, "the body did not arrive in time")


class ClientGone(Exception):
    """The connection was lost before the body had come; nobody waits for an answer."""


class Intake:
    """Adds up what the requests hold that are being read, decoded or taken over.

    Args:
        admit: raises ``Overloaded`` where so many bytes more would be too many. It counts
            ``held_bytes`` itself.
        reserve: bytes that bodies leave free while they are read, so that what has come can be
            decoded.
        large: one request at a time may hold more than this, whatever the others hold: it might
            never find so much room.
    """

    def __init__(self, admit: Callable[[int], None], *, reserve: int, large: int) -> None:
        self.admit = admit
        self.reserve = reserve
        self.large = large
        self.held_bytes = 0
        self.exempt: Hold | None = None


class Hold:
    """What one request holds of the intake, until it is released."""

    __slots__ = ("_bytes", "_intake")

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._bytes = 0

    def expect(self, size: int) -> None:
        """Ask for room to read *size* bytes, and hold nothing yet.

        Raises:
            Overloaded: that is more than there is room for.
        """
        self._ask(size, self._intake.reserve)

    def read(self, size: int) -> None:
        """Hold *size* bytes more, that were read.

        Raises:
            Overloaded: that is more than there is room for; nothing more is held.
        """
        self._ask(size, self._intake.reserve)
        self._add(size)

    def grow(self, size: int) -> None:
        """Hold *size* bytes more, and use the reserve for it.

        Raises:
            Overloaded: that is more than there is room for; nothing more is held.
        """
        self._ask(size, 0)
        self._add(size)

    def shrink_to(self, size: int) -> None:
        """Hold *size* bytes, which is not more than now."""
        self._add(size - self._bytes)

    def release(self) -> None:
        """Hold nothing any more."""
        self._add(-self._bytes)
        if self._intake.exempt is self:
            self._intake.exempt = None

    def _ask(self, size: int, reserve: int) -> None:
        intake = self._intake
        if intake.exempt is None and self._bytes + size > intake.large:
            intake.exempt = self
        if intake.exempt is not self:
            intake.admit(size + reserve)

    def _add(self, size: int) -> None:
        self._intake.held_bytes += size
        self._bytes += size


def expected_bytes(request: web.BaseRequest, *, max_bytes: int) -> int:
    """Return how long the body says it is, 0 where it does not; reads nothing.

    Raises:
        Refused: 413, more than *max_bytes*; 415, its encoding is not known.
    """
    decoder_of(_content_encoding(request))
    size = request.content_length or 0
    if size > max_bytes:
        raise _too_large(max_bytes)
    return size


async def read_body(
    request: web.BaseRequest, *, max_bytes: int, max_seconds: float, hold: Hold
) -> bytes:
    """Read and decompress a request body.

    Args:
        request: unread; its runner was built with ``auto_decompress=False``.
        max_bytes: most bytes to take, counted before and after decompression.
        max_seconds: time for the whole body to come; a slow one is given up earlier.
        hold: reads into it what comes and what is decompressed.

    Returns:
        The decoded body, ``b""`` if there was none.

    Raises:
        Refused: 413, larger than *max_bytes*; 415, unknown encoding; 400, too slow, or not what
            Content-Encoding says.
        Overloaded: there is no room for it.
        ClientGone: the connection was lost.

    Source: opentelemetry-proto docs/specification.md, "OTLP/HTTP Request".
    """
    decoder = decoder_of(_content_encoding(request))
    if request.transport is None:
        # Lost before this began: the stream does not know, and would call it a RuntimeError.
        raise ClientGone
    clock = asyncio.get_running_loop().time
    start = clock()
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(min(max_seconds, GRACE_SECONDS)) as limit:
            while chunk := await request.content.readany():
                size += len(chunk)
                if size > max_bytes:
                    raise _too_large(max_bytes)
                hold.read(len(chunk))
                chunks.append(chunk)
                limit.reschedule(
                    start + min(max_seconds, GRACE_SECONDS + size / MIN_BYTES_A_SECOND)
                )
    except TimeoutError:
        raise BodyTooSlow from None
    except ConnectionError:
        raise ClientGone from None
    except (web.RequestPayloadError, HttpProcessingError):
        raise Refused(400, "the body is not framed as HTTP says") from None
    body = chunks[0] if len(chunks) == 1 else b"".join(chunks)
    if decoder is None:
        return body
    chunks.clear()
    return await _decoded(decoder(body), size, max_bytes, hold)


async def _decoded(pieces: Iterator[bytes], given: int, max_bytes: int, hold: Hold) -> bytes:
    out: list[bytes] = []
    size = 0
    while True:
        # The first piece of a small body is a millisecond's work; the rest is for a thread.
        if given <= PIECE_BYTES and size < PIECE_BYTES:
            piece = next(pieces, b"")
        else:
            piece = await asyncio.to_thread(next, pieces, b"")
        if not piece:
            return out[0] if len(out) == 1 else b"".join(out)
        size += len(piece)
        if size > max_bytes:
            raise _too_large(max_bytes)
        hold.read(len(piece))
        out.append(piece)


def _content_encoding(request: web.BaseRequest) -> str:
    return ",".join(request.headers.getall(hdrs.CONTENT_ENCODING, ()))


def _too_large(max_bytes: int) -> Refused:
    return Refused(413, f"the body is larger than {max_bytes} bytes, compressed or not")
