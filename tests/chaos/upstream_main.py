"""``python -m tests.chaos.upstream_main``: LangSmith as told, in a process that can be stopped.

With ``--sandbox`` what is taken goes through the sandbox too, and its rules are this one's.
Prints its port. ``/_/script`` takes rules, ``/_/runs`` tells what was taken, ``/_/requests`` what
was answered, ``/_/asked`` when requests came. A run counts as taken only where its request was
answered 2xx.
"""

import asyncio
import random
import re
import socket
import struct
import sys
import time
import uuid
from collections import Counter
from hashlib import blake2b

import orjson
import zstandard
from aiohttp import web

from collector.sandbox.errors import ApiError
from collector.sandbox.ingest import ingest
from collector.sandbox.multipart import boundary_of, parse_parts
from collector.sandbox.operations import read_upload
from collector.sandbox.store import RunStore
from tests.chaos.script import Rule, Script

_PART = re.compile(
    rb'name="(post|patch)\.([0-9a-f-]{36})([^"]*)"\r\n'
    rb"Content-Type: application/json\r\nContent-Length: (\d+)\r\n\r\n"
)
_PARENT = re.compile(rb'"parent_run_id":"([0-9a-f-]{36})"')
_SAID = re.compile(rb"said-([0-9a-f]{16})")
_CHUNK = 16 * 1024


class Taken:
    """What is known of one run.

    Attributes:
        posts: how often it was taken.
        first: monotonic seconds of the first time.
        keys: the API keys it came with.
        parents: the parents it named, ``""`` for none.
        digests: of its payload as posted, one for each that differs.
        said: whether the content of its log record was in it.
    """

    __slots__ = ("digests", "first", "keys", "parents", "posts", "said")

    def __init__(self, first: float) -> None:
        self.posts = 0
        self.first = first
        self.keys: set[str] = set()
        self.parents: set[str] = set()
        self.digests: set[str] = set()
        self.said = False


def runs_in(body: bytes) -> dict[bytes, list[tuple[bytes, bytes, bytes]]]:
    """Return the parts of each run of a multipart body: (kind, suffix, content)."""
    runs: dict[bytes, list[tuple[bytes, bytes, bytes]]] = {}
    at = 0
    while found := _PART.search(body, at):
        kind, run_id, suffix, length = found.groups()
        at = found.end() + int(length)
        runs.setdefault(run_id, []).append((kind, suffix, body[found.end() : at]))
    return runs


def decompressed(raw: bytes) -> bytes:
    """Return a body as it was before zstd."""
    return zstandard.ZstdDecompressor().decompressobj().decompress(raw)


class Upstream:
    """Answers uploads by script and keeps what it took."""

    def __init__(self, *, sandbox: bool = False) -> None:
        self._store = RunStore(":memory:") if sandbox else None
        self._script = Script([])
        self._runs: dict[str, Taken] = {}
        self._answers: Counter[str] = Counter()
        # The runs of requests that were refused because of one of them.
        self._refused: set[bytes] = set()
        # When each upload began to come, in monotonic seconds.
        self._asked: list[float] = []

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Serve one request, of the proxy or of the test."""
        if request.path.startswith("/_/"):
            return await self._control(request)
        if request.method != "POST":
            return web.json_response({})
        self._asked.append(time.monotonic())
        key = request.headers.get("x-api-key", "")
        rule = self._script.answer(key)
        raw = await self._read(request, rule)
        if raw is None:
            return self._reset(request, "cut")
        if rule.never:
            self._answers["never"] += 1
            await asyncio.Event().wait()
        if rule.delay or rule.jitter:
            await asyncio.sleep(rule.delay + rule.jitter * random.random())
        if rule.cut_answer:
            return self._reset(request, "cut answer")
        # Threads would only fight over the interpreter's lock: one body takes a few milliseconds.
        boundary = boundary_of(request.headers["Content-Type"])
        status, answer = self._verdict(rule, key, raw, boundary)
        self._answers[str(status)] += 1
        return web.json_response(answer, status=status, headers=dict(rule.headers))

    async def _read(self, request: web.BaseRequest, rule: Rule) -> bytes | None:
        """Return the body, None where the connection shall be cut within it."""
        raw = bytearray()
        while chunk := await request.content.read(min(rule.rate or _CHUNK, _CHUNK)):
            raw += chunk
            if rule.cut_after is not None and len(raw) >= rule.cut_after:
                return None
            if rule.rate:
                await asyncio.sleep(len(chunk) / rule.rate)
        return bytes(raw)

    def _reset(self, request: web.BaseRequest, word: str) -> web.Response:
        self._answers[word] += 1
        assert request.transport is not None
        connection = request.transport.get_extra_info("socket")
        # Closing with a linger of no time is what sends RST.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
        return web.Response()

    def take(self, key: str, raw: bytes) -> None:
        """Keep the runs of one compressed body."""
        for run_id, parts in runs_in(decompressed(raw)).items():
            self._keep(run_id, key, parts)

    def told(self) -> bytes:
        """Return everything that was taken, as JSON for ``upstream.TakenRun``."""
        return orjson.dumps(
            {
                name: [
                    run.posts,
                    run.first,
                    sorted(run.keys),
                    sorted(run.parents),
                    len(run.digests),
                    run.said,
                ]
                for name, run in self._runs.items()
            }
        )

    def _verdict(
        self, rule: Rule, key: str, raw: bytes, boundary: bytes
    ) -> tuple[int, dict[str, str]]:
        body = decompressed(raw)
        if rule.max_bytes is not None and len(body) > rule.max_bytes:
            return 413, {"detail": "the request is too large"}
        runs = runs_in(body)
        if runs.keys() <= self._refused:
            self._answers["again"] += 1
        if rule.poison:
            for run_id, parts in runs.items():
                if any(rule.poison.encode() in content for _, _, content in parts):
                    self._refused |= runs.keys()
                    where = f"run {run_id.decode()}, part post" if rule.names else "a run"
                    return 422, {"detail": f"{where}: run_type 'x' is not one of chain"}
        if 200 <= rule.status < 300:
            if self._store is not None:
                try:
                    upload = read_upload(parse_parts(body, boundary))
                    tenant = str(uuid.uuid5(uuid.NAMESPACE_DNS, key))
                    ingest(self._store, tenant, upload, time.time_ns() // 1000)
                except ApiError as error:
                    return error.status, {"detail": error.detail}
            for run_id, parts in runs.items():
                self._keep(run_id, key, parts)
        return rule.status, {}

    def _keep(self, run_id: bytes, key: str, parts: list[tuple[bytes, bytes, bytes]]) -> None:
        name = run_id.decode()
        run = self._runs.get(name)
        if run is None:
            run = self._runs[name] = Taken(time.monotonic())
        run.keys.add(key)
        digest = blake2b(digest_size=6)
        span_id = run_id[19:23] + run_id[24:]
        for kind, suffix, content in parts:
            digest.update(suffix + content)
            run.said = run.said or any(said == span_id for said in _SAID.findall(content))
            if not suffix and kind == b"post":
                parent = _PARENT.search(content)
                run.parents.add(parent[1].decode() if parent else "")
                run.posts += 1
        if parts[0][0] == b"post":
            run.digests.add(digest.hexdigest())

    async def _control(self, request: web.BaseRequest) -> web.Response:
        if request.path == "/_/script":
            rules = orjson.loads(await request.read())
            self._script = Script([Rule.from_json(rule) for rule in rules])
            return web.Response()
        if request.path == "/_/requests":
            return web.json_response(self._answers)
        if request.path == "/_/asked":
            return web.json_response(self._asked)
        if request.path == "/_/count":
            return web.json_response(len(self._runs))
        if request.path == "/_/sandbox":
            assert self._store is not None
            shown = self._store.database.execute("SELECT id, parent_run_id FROM runs").fetchall()
            return web.json_response([[run, parent or ""] for run, parent in shown])
        return web.Response(body=self.told())


async def main() -> None:
    """Serve until the process is ended."""
    upstream = Upstream(sandbox="--sandbox" in sys.argv)
    server = web.Server(upstream.handle, auto_decompress=False, handler_cancellation=True)
    runner = web.ServerRunner(server)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sys.stdout.write(f"{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
