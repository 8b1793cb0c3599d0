"""One try: a sealed batch as one request, and what the answer means."""

import io
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp

from collector import __version__
from collector.clock import Clock
from collector.errors import UploadRejected, UploadUnavailable
from collector.exporter.retry import parse_retry_after
from collector.model import Destination, SealedBatch

_CONNECT_SECONDS = 5.0
_MOST_ANSWER_BYTES = 64 * 1024
_MOST_DETAIL = 500
# aiohttp hands a longer bytes object to the socket in one piece, and warns about it.
_MOST_IN_ONE_PIECE = 1 << 20
_ALREADY_THERE = 409
# Passing trouble, beside 5xx. What LangSmith's SDK tries again: langsmith-contract.md, 1.7.
_TRY_AGAIN = frozenset((408, 425, 429))


def client_session(connections: int, timeout: float = 60.0) -> aiohttp.ClientSession:
    """Return a session with a pool of kept-alive connections; the caller closes it.

    Args:
        connections: most connections at once; no fewer than there are senders.
        timeout: seconds for one upload, from the wait for a connection to the end of the answer.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=connections),
        timeout=aiohttp.ClientTimeout(total=timeout, sock_connect=_CONNECT_SECONDS),
        # It would read ~/.netrc too, and send what stands there beside the caller's key.
        trust_env=False,
        # A cookie set for one tenant would be sent along with the next one's batch.
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
    )


class Uploader:
    """Posts sealed batches to LangSmith's ``runs/multipart``. Holds nothing between two calls.

    HTTP_PROXY, HTTPS_PROXY and NO_PROXY are honoured, as they are when it posts.
    """

    def __init__(self, session: aiohttp.ClientSession, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    async def upload(self, batch: SealedBatch) -> None:
        """Post *batch* once, the whole body each time; when this returns, upstream has it.

        409 means that upstream has it already.

        Raises:
            UploadUnavailable: connection, time-out, 408, 425, 429, 5xx.
            UploadRejected: any other answer, a redirect too: it may lead anywhere with the key.
        """
        destination = batch.destination
        url = f"{_base(destination.endpoint)}/runs/multipart"
        try:
            async with self._session.post(
                url,
                data=_payload(batch.body),
                headers=_headers(batch),
                allow_redirects=False,
                proxy=_proxy(url),
            ) as response:
                status = response.status
                if status in _TRY_AGAIN or status >= 500:
                    wish = response.headers.get("Retry-After")
                    raise UploadUnavailable(
                        str(status), parse_retry_after(wish, self._clock.now_ns())
                    )
                answer = await _read(response)
        except TimeoutError as error:
            raise UploadUnavailable("timeout") from error
        except (aiohttp.ClientError, OSError) as error:
            raise UploadUnavailable("connection") from error
        if status != _ALREADY_THERE and not 200 <= status < 300:
            raise UploadRejected(str(status), _detail(answer, destination))


def _base(endpoint: str) -> str:
    """Clean an endpoint as LangSmith's SDK cleans it."""
    return endpoint.strip().strip("\"'").rstrip("/")


def _proxy(url: str) -> str | None:
    parts = urlsplit(url)
    if proxy_bypass(parts.hostname or ""):
        return None
    return getproxies().get(parts.scheme)


def _payload(body: bytes) -> bytes | io.BytesIO:
    return body if len(body) <= _MOST_IN_ONE_PIECE else io.BytesIO(body)


def _headers(batch: SealedBatch) -> dict[str, str]:
    headers = {
        **batch.headers,
        "x-api-key": batch.destination.api_key,
        "Accept": "application/json",
        # The answer is read by people, if at all; it must not be a bomb.
        "Accept-Encoding": "identity",
        "User-Agent": f"collector-proxy/{__version__}",
    }
    if batch.destination.workspace:
        headers["X-Tenant-Id"] = batch.destination.workspace
    return headers


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """Return the answer's body, or its first 64 KiB; the connection of a longer one is closed."""
    answer = bytearray()
    while len(answer) < _MOST_ANSWER_BYTES:
        chunk = await response.content.read(_MOST_ANSWER_BYTES - len(answer))
        if not chunk:
            break
        answer += chunk
    return bytes(answer)


def _detail(answer: bytes, destination: Destination) -> str:
    text = answer.decode("utf-8", "replace")
    if destination.api_key:
        text = text.replace(destination.api_key, "***")
    return text[:_MOST_DETAIL]
