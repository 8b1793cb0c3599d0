"""One dead letter: what its file says, and the text of it."""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

import orjson

from collector.model import SealedBatch

T = TypeVar("T")

_VERSION = 1
_ENDPOINT = "runs/multipart"
# What a replay needs; the sizes beside them are for monitoring only.
_REPLAY_HEADERS = ("Content-Type", "Content-Encoding")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class NoLetter(ValueError):
    """A file is not a dead letter, or not one of a version that is known; the text says why."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A refused batch, as its file has it.

    Files that LangSmith's SDK wrote are letters, too: of them only ``headers`` and ``body`` are
    known.

    Attributes:
        reason: short word, ``""`` where it is not known.
        detail: upstream's own words; may quote the payload.
        url: the endpoint that refused it, without user and password.
        destination: label of endpoint, key and workspace; the key itself is nowhere.
        first_tried, given_up: ISO 8601, UTC.
        runs, spans: how many; a span and its completion by log records are two.
        run_ids: in the order of the body.
        ends, raw_size: as in ``SealedBatch``; none and 0 where they are not known.
        headers: Content-Type and, of a compressed body, Content-Encoding.
        body: what was sent.
    """

    reason: str
    detail: str
    url: str | None
    destination: str | None
    workspace: str | None
    first_tried: str | None
    given_up: str | None
    runs: int
    spans: int
    run_ids: tuple[str, ...]
    ends: tuple[int, ...]
    raw_size: int
    headers: dict[str, str]
    body: bytes


def compose(
    batch: SealedBatch,
    reason: str,
    detail: str,
    *,
    run_ids: list[str],
    first_ns: int | None,
    now_ns: int,
) -> bytes:
    """Return the text of the letter for *batch*; the key is not in it.

    Args:
        first_ns: when the batch was first tried, None where nobody knows.
        now_ns: when it was given up. Both are nanoseconds since 1970-01-01 UTC.

    Source: langsmith ``Client._write_trace_to_fallback_dir``, envelope version 1; whatever reads
    that reads this, and skips the members between ``headers`` and ``body_base64``.
    """
    where = batch.destination
    return orjson.dumps(
        {
            "version": _VERSION,
            "endpoint": _ENDPOINT,
            "headers": _replay_headers(batch.headers),
            "url": without_password(where.endpoint),
            "destination": where.label,
            "workspace": where.workspace,
            "reason": reason,
            # Upstream's words come masked; a second look costs nothing beside what a slip would.
            "detail": detail.replace(where.api_key, "***") if where.api_key else detail,
            "first_tried": None if first_ns is None else _iso(first_ns),
            "given_up": _iso(now_ns),
            "runs": batch.runs,
            "spans": sum(spans for _, spans in batch.receipts),
            "run_ids": run_ids,
            "ends": batch.ends,
            "raw_size": batch.raw_size,
            "body_base64": base64.b64encode(batch.body).decode(),
        }
    )


def parse(text: bytes) -> Letter:
    """Return the letter that *text* is.

    Raises:
        NoLetter: it is none.
    """
    try:
        members = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise NoLetter("is not JSON, or not whole") from None
    if not isinstance(members, dict) or "body_base64" not in members:
        raise NoLetter("is no dead letter")
    if (version := members.get("version")) != _VERSION:
        raise NoLetter(f"is a letter of version {version!r}, and only {_VERSION} is known")
    if (endpoint := members.get("endpoint")) != _ENDPOINT:
        raise NoLetter(f"is for {endpoint!r}, and only {_ENDPOINT} is known")
    try:
        body = base64.b64decode(members["body_base64"], validate=True)
    except (binascii.Error, TypeError, ValueError):
        raise NoLetter("has a body that is not base64") from None
    return Letter(
        reason=_text(members.get("reason")) or "",
        detail=_text(members.get("detail")) or "",
        url=_text(members.get("url")),
        destination=_text(members.get("destination")),
        workspace=_text(members.get("workspace")),
        first_tried=_text(members.get("first_tried")),
        given_up=_text(members.get("given_up")),
        runs=_number(members.get("runs")),
        spans=_number(members.get("spans")),
        run_ids=_all_of(str, members.get("run_ids")),
        ends=_all_of(int, members.get("ends")),
        raw_size=_number(members.get("raw_size")),
        headers=_replay_headers(members.get("headers")),
        body=body,
    )


def without_password(endpoint: str) -> str:
    """Return a URL without the user and the password that may stand before its host."""
    parts = urlsplit(endpoint)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _iso(time_ns: int) -> str:
    return (_EPOCH + timedelta(microseconds=time_ns // 1000)).isoformat(timespec="microseconds")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _all_of(kind: type[T], value: object) -> tuple[T, ...]:
    """Return a list of *kind* as a tuple, and an empty one for anything else."""
    if isinstance(value, list) and all(isinstance(one, kind) for one in value):
        return tuple(value)
    return ()


def _replay_headers(value: object) -> dict[str, str]:
    """Return the headers of a replay, whatever else somebody wrote beside them."""
    given = value if isinstance(value, dict) else {}
    by_name = {
        name.lower(): text
        for name, text in given.items()
        if isinstance(text, str) and text.isascii() and text.isprintable()
    }
    return {name: by_name[name.lower()] for name in _REPLAY_HEADERS if name.lower() in by_name}
