"""Whose spans these are: key, workspace and project of a request, by header or by default."""

from collections.abc import Callable, Mapping
from functools import lru_cache

from collector.errors import Refused
from collector.model import Destination


class Tenancy:
    """Makes one ``Destination`` object for all requests of a tenant and project.

    Bounded by 1,024 destinations remembered, the least recently used is forgotten; a new object for
    the same tenant works as well, it only costs more.

    Args:
        endpoint: LangSmith's API URL.
        api_key, workspace: for requests that bring none; None where there is no default.
        project: for requests that bring none.
    """

    def __init__(
        self, endpoint: str, *, api_key: str | None, workspace: str | None, project: str
    ) -> None:
        self._endpoint = endpoint
        self._api_key = api_key
        self._workspace = workspace
        self._project = project
        self._remembered: Callable[[str, str, str | None, str], Destination] = lru_cache(
            maxsize=1024
        )(Destination)

    def destination(self, headers: Mapping[str, str]) -> Destination:
        """Return where the spans of a request with these headers go.

        The key comes from ``X-API-Key``, else from ``Authorization: Bearer``, else it is the
        default; an empty header counts as none.

        Raises:
            Refused: 401, there is no key, or none that could be a header upstream; 400, the
                workspace could not be one.
        """
        key = _plain(headers.get("X-API-Key", "")) or _bearer(headers) or self._api_key
        if not key:
            raise Refused(401, "no API key: send it as X-API-Key or Authorization: Bearer")
        if not _can_be_header(key):
            raise Refused(401, "the API key holds characters that no key has")
        workspace = _plain(headers.get("X-Tenant-Id", "")) or self._workspace
        if workspace is not None and not _can_be_header(workspace):
            raise Refused(400, "X-Tenant-Id holds characters that no workspace id has")
        project = _plain(headers.get("Langsmith-Project", "")) or self._project
        return self._remembered(self._endpoint, key, workspace, project)


def _bearer(headers: Mapping[str, str]) -> str:
    scheme, _, token = headers.get("Authorization", "").strip().partition(" ")
    return _plain(token) if scheme.lower() == "bearer" else ""


def _plain(value: str) -> str:
    """Return the value without the blanks and quotes that shells and YAML files leave around it."""
    if not value:
        return ""
    # aiohttp hands on bytes that are no UTF-8 as lone surrogates, which no JSON can hold.
    text = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return text.strip().strip("\"'").strip()


def _can_be_header(value: str) -> bool:
    return value.isascii() and value.isprintable()
