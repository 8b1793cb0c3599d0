"""One try whether LangSmith answers at an address."""

import http.client
import json
import urllib.error
import urllib.request
from typing import NamedTuple

from collector import __version__

_MOST_BYTES = 1 << 20


class Answer(NamedTuple):
    """What came of a try: whether uploads can be expected to work, and a sentence about it."""

    fine: bool
    text: str


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Follows nothing: the key would go along."""

    def redirect_request(self, *_: object) -> None:
        """Return no further request, so that the redirect is the answer."""


def try_upstream(endpoint: str, api_key: str | None, timeout: float = 5.0) -> Answer:
    """Ask LangSmith at *endpoint* for its ``/info``, once.

    The proxy variables of the environment count, as they do for uploads.

    Args:
        api_key: sent along, never repeated in the answer.
        timeout: seconds for each step: connect, each read.
    """
    url = f"{endpoint}/info"
    headers = {"User-Agent": f"collector-proxy/{__version__}", "Accept": "application/json"}
    if api_key is not None:
        headers["X-API-Key"] = api_key
    opener = urllib.request.build_opener(_NoRedirects)
    try:
        with opener.open(urllib.request.Request(url, headers=headers), timeout=timeout) as response:
            return _judge_info(url, response.read(_MOST_BYTES))
    except urllib.error.HTTPError as exc:
        with exc:
            return _judge_status(url, exc.code)
    except (OSError, http.client.HTTPException) as exc:
        # The time limit comes bare while reading, and wrapped while connecting.
        cause = exc.reason if isinstance(exc, urllib.error.URLError) else exc
        if isinstance(cause, TimeoutError):
            return Answer(False, f"no answer from {url} within {timeout:g} s")
        if cause is not exc:
            return Answer(False, f"no connection to {url}: {cause}")
        return Answer(False, f"no HTTP answer from {url}: {type(exc).__name__}")


def _judge_info(url: str, body: bytes) -> Answer:
    try:
        info = json.loads(body)
    except ValueError:
        info = None
    if not isinstance(info, dict):
        return Answer(False, f"{url} answers, but not as LangSmith's API does")
    return Answer(True, f"{url} answers, version {info.get('version', 'unknown')}")


def _judge_status(url: str, status: int) -> Answer:
    if status == 404:
        # Uploads need no /info, and the SDKs do without it too.
        return Answer(True, f"{url} answers 404: LangSmith is old, or the address is not its API")
    if status in (401, 403):
        return Answer(False, f"{url} answers {status}: the key is missing or wrong")
    if 300 <= status < 400:
        return Answer(False, f"{url} answers {status}: the API is at another address")
    return Answer(False, f"{url} answers {status}")
