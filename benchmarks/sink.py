"""The upstream of a benchmark: takes every upload, counts the runs in them afterwards.

It lives in a process of its own, so its CPU is neither the proxy's nor the load's. Uploads are kept
as they came and opened only when the measurement is over.
"""

import multiprocessing
import re
import signal
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized
from threading import Thread
from types import TracebackType
from typing import Self

import zstandard

LISTEN_BACKLOG = 1024
IDLE_SECONDS = 60.0
START_SECONDS = 30.0
COUNT_SECONDS = 120.0

# Parts that follow up on a run are called post.<id>.inputs and the like; only this one is the run.
RUN_PART = re.compile(rb'name="post\.([0-9a-fA-F-]{36})"')


@dataclass(frozen=True, slots=True)
class Upload:
    """One request body as it came, and the value of its Content-Encoding."""

    encoding: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Received:
    """What arrived: unique runs, uploads, and bytes as they were on the wire."""

    runs: int
    uploads: int
    upload_bytes: int


def count(uploads: Iterable[Upload]) -> Received:
    """Count a run once by its id, however many parts or uploads repeat it.

    Raises:
        ValueError: an upload has an encoding that LangSmith does not take.
        zstandard.ZstdError, zlib.error: an upload is not what its encoding says.
    """
    ids: set[bytes] = set()
    number = size = 0
    for upload in uploads:
        number += 1
        size += len(upload.body)
        ids.update(found.lower() for found in RUN_PART.findall(_decoded(upload)))
    return Received(runs=len(ids), uploads=number, upload_bytes=size)


class Sink:
    """An HTTP server that answers 202 to every upload, from entering the context to `finish`."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._uploads: Synchronized[int] = context.Value("q", 0)
        self._control, far_end = context.Pipe()
        self._process = context.Process(target=_serve, args=(far_end, self._uploads), daemon=True)
        self._far_end = far_end
        self.url = ""

    def __enter__(self) -> Self:
        """Start the process; ``url`` is known from here on."""
        self._process.start()
        self._far_end.close()
        if not self._control.poll(START_SECONDS):
            raise TimeoutError("the sink did not start")
        self.url = f"http://127.0.0.1:{self._control.recv()}"
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the process, finished or not."""
        self._control.close()
        self._process.terminate()
        self._process.join()

    @property
    def uploads(self) -> int:
        """The number of uploads that have arrived so far."""
        return self._uploads.value

    def finish(self) -> Received:
        """Close the door, wait for uploads under way, and return what arrived.

        Call it when the proxy has ended, or its open connections keep the sink waiting.
        """
        self._control.send("finish")
        if not self._control.poll(COUNT_SECONDS):
            raise TimeoutError("the sink still had open connections, or too much to count")
        received: Received | Exception = self._control.recv()
        if isinstance(received, Exception):
            raise received
        return received


class _Server(ThreadingHTTPServer):
    request_queue_size = LISTEN_BACKLOG
    daemon_threads = False  # so that server_close waits for uploads under way

    def __init__(self, arrived: "Synchronized[int]") -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self._arrived = arrived
        self.kept: list[Upload] = []

    def keep(self, upload: Upload) -> None:
        with self._arrived.get_lock():
            self.kept.append(upload)
            self._arrived.value += 1

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a proxy that hangs up is no news, and what it lost shows in the count."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    wbufsize = -1  # head and body of an answer in one segment
    server: _Server

    def do_POST(self) -> None:
        body = self._body()
        self.server.keep(Upload(self.headers.get("Content-Encoding", "identity"), body))
        self._answer(202)

    def do_GET(self) -> None:
        self._answer(200)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length")
        if length is not None:
            return self._exactly(int(length))
        chunks = []
        while size := int(self.rfile.readline(), 16):
            chunks.append(self._exactly(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def _exactly(self, size: int) -> bytes:
        data = self.rfile.read(size)
        if len(data) < size:  # half an upload was never acknowledged, so it must not count
            raise ConnectionError("the proxy hung up in the middle of an upload")
        return data

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")


def _serve(control: "Connection[object, object]", arrived: "Synchronized[int]") -> None:
    """Be the sink's process: tell the port, serve until told to finish, tell what arrived."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the runner ends this process
    server = _Server(arrived)
    Thread(target=server.serve_forever, name="accept", daemon=True).start()
    control.send(server.server_port)
    try:
        control.recv()
    except EOFError:  # the benchmark gave up
        return
    server.shutdown()
    server.server_close()
    try:
        control.send(count(server.kept))
    except (ValueError, zlib.error, zstandard.ZstdError) as exc:
        control.send(RuntimeError(f"an upload cannot be read: {exc}"))


def _decoded(upload: Upload) -> bytes:
    if upload.encoding == "zstd":
        reader = zstandard.ZstdDecompressor().stream_reader(upload.body, read_across_frames=True)
        return reader.read()
    if upload.encoding == "gzip":
        return zlib.decompress(upload.body, wbits=31)
    if upload.encoding == "identity":
        return upload.body
    raise ValueError(f"an upload is encoded as {upload.encoding}")
