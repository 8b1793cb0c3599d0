"""One try: a sealed batch as one request, and what the answer means."""

import io
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp

from collector import __version__
from collector.clock import Clock
from collector.errors import DestinationRefused, UploadRejected, UploadUnavailable
from collector.exporter.retry import parse_retry_after
from collector.exporter.split import named_runs
from collector.model import Destination, SealedBatch

_CONNECT_SECONDS = 5.0
_MOST_ANSWER_BYTES = 64 * 1024
_MOST_DETAIL = 500
# aiohttp hands a longer bytes object to the socket in one piece, and warns about it.
_MOST_IN_ONE_PIECE = 1 << 20
# Passing trouble, beside 5xx. What LangSmith's SDK tries again: langsmith-contract.md, 1.7.
_TRY_AGAIN = frozenset((408, 425, 429))
_TOO_LARGE = 413
# Not said of any run, but of the key, the account or the workspace.
_KEY_REFUSED = frozenset((401, 402, 403))
# Nor these: they speak of path, method, proxy, encoding or headers, which all batches share.
_WRONG_ENDPOINT = frozenset((404, 405, 406, 407, 410, 411, 415, 421, 426, 431))
_HTML = ("text/html", "application/xhtml+xml")
_HTML_BEGINS = (b"<!doctype html", b"<html")
# 1 Mbit/s: on a slower line an upload may take longer than the time-out and what its body needs.
_LEAST_BYTES_PER_SECOND = 128 * 1024


def client_session(connections: int, timeout: float = 60.0) -> aiohttp.ClientSession:
    """Return a session with a pool of kept-alive connections; the caller closes it.

    Args:
        connections: most connections at once; no fewer than there are senders.
        timeout: seconds for one upload, from the wait for a connection to the end of the answer.
            Large bodies have what they need at 1 Mbit/s beside it, but silence of upstream ends an
            upload after this long in any case.
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

        Raises:
            UploadUnavailable: connection, time-out, 408, 425, 429, 5xx.
            DestinationRefused: the key is refused, or the endpoint is none of LangSmith's: a
                redirect, too, which may lead anywhere with the key, and a 2xx without JSON.
            UploadRejected: any other answer; 409 says that upstream has a run already.
        """
        destination = batch.destination
        url = f"{base_url(destination.endpoint)}/runs/multipart"
        try:
            async with self._session.post(
                url,
                data=_payload(batch.body),
                headers=_headers(batch),
                allow_redirects=False,
                proxy=_proxy(url),
                timeout=_patience(self._session.timeout, len(batch.body)),
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
        # A gateway's page may tell of a body that is too large: LangSmith's own nginx does.
        if status != _TOO_LARGE and (
            status in _WRONG_ENDPOINT
            or 300 <= status < 400
            or _is_html(response.content_type, answer)
            or (200 <= status < 300 and not _is_api(response.content_type, answer))
        ):
            raise DestinationRefused(str(status), "endpoint")
        if status in _KEY_REFUSED:
            raise DestinationRefused(str(status), "key")
        if not 200 <= status < 300:
            words = answer.decode("utf-8", "replace")
            raise UploadRejected(str(status), _detail(words, destination), named_runs(words))


def _patience(base: aiohttp.ClientTimeout, size: int) -> aiohttp.ClientTimeout:
    assert base.total is not None, "client_session sets it"
    total = base.total + size / _LEAST_BYTES_PER_SECOND
    return aiohttp.ClientTimeout(total=total, sock_connect=base.sock_connect, sock_read=base.total)


def base_url(endpoint: str) -> str:
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


def _is_html(content_type: str, answer: bytes) -> bool:
    # A login page that answers 200 has taken nothing.
    return content_type in _HTML or answer[:64].lstrip().lower().startswith(_HTML_BEGINS)


def _is_api(content_type: str, answer: bytes) -> bool:
    # Many a server says 200 to whatever it is sent, and has taken nothing. LangSmith says JSON, or
    # nothing, also where something between left out the Content-Type.
    is_json = content_type == "application/json" or content_type.endswith("+json")
    begin = answer[:64].lstrip()
    return not begin or is_json or begin.startswith((b"{", b"["))


def _detail(words: str, destination: Destination) -> str:
    if destination.api_key:
        words = words.replace(destination.api_key, "***")
    return words[:_MOST_DETAIL]
