"""Requests as they go over the wire, and a clock that stands still."""

import json
from typing import Any

from aiohttp import ClientSession

Json = Any

NOW = "2026-01-02T00:00:00+00:00"
ROOT = "11111111-1111-4111-8111-111111111111"
CHILD = "22222222-2222-4222-8222-222222222222"
GRANDCHILD = "33333333-3333-4333-8333-333333333333"
OTHER = "44444444-4444-4444-8444-444444444444"

ROOT_ORDER = f"20260101T000000000000Z{ROOT}"
CHILD_ORDER = f"{ROOT_ORDER}.20260101T000001500000Z{CHILD}"
GRANDCHILD_ORDER = f"{CHILD_ORDER}.20260101T000002000000Z{GRANDCHILD}"

BOUNDARY = "the-boundary"


class StoppedClock:
    """Says it is 2026-01-02 00:00 UTC, always."""

    def monotonic(self) -> float:
        return 0.0

    def now_ns(self) -> int:
        return 1_767_312_000_000_000_000


class Api:
    """Talks to the sandbox without LangSmith's client; *seen* is what everybody asked of it."""

    def __init__(
        self, url: str, session: ClientSession, seen: list[tuple[str, str | None]]
    ) -> None:
        self.url = url
        self.seen = seen
        self._session = session

    async def call(
        self, method: str, path: str, *, key: str | None = "key", **options: Any
    ) -> tuple[int, Json]:
        """Return status and JSON of the answer."""
        headers = {**({} if key is None else {"x-api-key": key}), **options.pop("headers", {})}
        async with self._session.request(
            method, self.url + path, headers=headers, **options
        ) as response:
            return response.status, await response.json()

    async def text(self, path: str) -> tuple[int, str, str]:
        """Return status, content type and text of what a browser gets."""
        async with self._session.get(self.url + path) as response:
            return response.status, response.content_type, await response.text()

    async def multipart(
        self, body: bytes, *, key: str | None = "key", **headers: str
    ) -> tuple[int, Json]:
        """Post a multipart body; underscores in header names stand for dashes."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent.setdefault("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
        return await self.call("POST", "/runs/multipart", key=key, data=body, headers=sent)

    async def post_parts(self, *parts: bytes, key: str | None = "key") -> tuple[int, Json]:
        """Post these parts."""
        return await self.multipart(multipart(*parts), key=key)


def part(
    name: str, data: Json, content_type: str = "application/json", length: int | None = None
) -> bytes:
    """Return one part as the Python client writes it; bytes stay as they are."""
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    size = len(raw) if length is None else length
    return (
        f'Content-Disposition: form-data; name="{name}"\r\n'
        f"Content-Type: {content_type}\r\nContent-Length: {size}\r\n\r\n"
    ).encode() + raw


def multipart(*parts: bytes) -> bytes:
    """Return a multipart body."""
    opening = f"--{BOUNDARY}\r\n".encode()
    return b"".join(opening + item + b"\r\n" for item in parts) + f"--{BOUNDARY}--\r\n".encode()


def root(**changes: Json) -> dict[str, Json]:
    """Return a complete root run, with changes; None takes a field away."""
    return _run({"id": ROOT, "trace_id": ROOT, "dotted_order": ROOT_ORDER}, changes)


def child(**changes: Json) -> dict[str, Json]:
    """Return a complete run under the root."""
    place = {"id": CHILD, "trace_id": ROOT, "parent_run_id": ROOT, "dotted_order": CHILD_ORDER}
    return _run({**place, "start_time": "2026-01-01T00:00:01.500000+00:00"}, changes)


def grandchild(**changes: Json) -> dict[str, Json]:
    """Return a complete run under the child."""
    place = {"id": GRANDCHILD, "trace_id": ROOT, "parent_run_id": CHILD}
    order = {"dotted_order": GRANDCHILD_ORDER, "start_time": "2026-01-01T00:00:02Z"}
    return _run({**place, **order}, changes)


def other(**changes: Json) -> dict[str, Json]:
    """Return a complete root run of another trace, an hour later."""
    place = {"id": OTHER, "trace_id": OTHER, "dotted_order": f"20260101T010000000000Z{OTHER}"}
    times = {"start_time": "2026-01-01T01:00:00Z", "end_time": "2026-01-01T01:00:05Z"}
    return _run({**place, **times}, changes)


def _run(place: dict[str, Json], changes: dict[str, Json]) -> dict[str, Json]:
    run = {
        "name": "work",
        "run_type": "chain",
        "start_time": "2026-01-01T00:00:00+00:00",
        "end_time": "2026-01-01T00:00:03+00:00",
        **place,
        **changes,
    }
    return {name: value for name, value in run.items() if value is not None}
