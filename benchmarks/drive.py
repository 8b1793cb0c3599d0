"""The client of a benchmark: sends a load over a few connections, as exporters do."""

import http.client
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue

CONNECTIONS = 4
ANSWER_SECONDS = 120.0
GIVE_UP_SECONDS = 600.0
PAUSE_SECONDS = 0.1
BUSY_STATUSES = frozenset({429, 503})
ACCEPTED_STATUSES = frozenset({200, 202})


class BenchmarkError(Exception):
    """The measurement cannot go on; the message tells the user why."""


def send(
    port: int, bodies: Sequence[bytes], *, gzip: bool, alive: Callable[[], bool]
) -> tuple[Counter[str], list[float]]:
    """Send every body to ``/v1/traces``.

    Returns:
        How often each refusal was met, and the seconds until each answer that accepted.

    A busy proxy (429, 503) or a broken connection gets the same body again; any other refusal is
    final, and what it takes along shows as lost.

    Args:
        port: where the proxy listens on 127.0.0.1.
        bodies: serialized requests, already compressed when *gzip* says so.
        gzip: whether to declare the bodies as gzip.
        alive: tells whether the proxy's process still runs.

    Raises:
        BenchmarkError: the proxy died, or had not taken everything after ten minutes.
    """
    headers = {"Content-Type": "application/x-protobuf", "X-API-Key": "bench"}
    if gzip:
        headers["Content-Encoding"] = "gzip"
    waiting: SimpleQueue[bytes] = SimpleQueue()
    for body in bodies:
        waiting.put(body)
    deadline = time.monotonic() + GIVE_UP_SECONDS

    def go_on() -> bool:
        return time.monotonic() < deadline and alive()

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        workers = [
            pool.submit(_send_waiting, port, headers, waiting, go_on) for _ in range(CONNECTIONS)
        ]
    found = [worker.result() for worker in workers]
    refused = sum((refusals for refusals, _ in found), Counter[str]())
    return refused, [seconds for _, answers in found for seconds in answers]


def _send_waiting(
    port: int, headers: Mapping[str, str], waiting: SimpleQueue[bytes], go_on: Callable[[], bool]
) -> tuple[Counter[str], list[float]]:
    """Take bodies from *waiting* until none is left, over one connection at a time."""
    refused: Counter[str] = Counter()
    answers: list[float] = []
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
    try:
        while (body := _next(waiting)) is not None:
            asked = time.perf_counter()
            while (refusal := _post(connection, headers, body)) is not None:
                reason, pause = refusal
                refused[reason] += 1
                if pause is None:
                    break
                if not go_on():
                    raise BenchmarkError(f"the proxy stopped taking requests: {reason}")
                time.sleep(pause)
                asked = time.perf_counter()
            else:
                answers.append(time.perf_counter() - asked)
    finally:
        connection.close()
    return refused, answers


def _next(waiting: SimpleQueue[bytes]) -> bytes | None:
    try:
        return waiting.get_nowait()
    except Empty:
        return None


def _post(
    connection: http.client.HTTPConnection, headers: Mapping[str, str], body: bytes
) -> tuple[str, float | None] | None:
    """Return None when *body* was accepted, else the reason and the seconds to wait, if any.

    No seconds means that sending the same again is no use.
    """
    try:
        connection.request("POST", "/v1/traces", body, headers)
        response = connection.getresponse()
        response.read()
    except (OSError, http.client.HTTPException) as exc:
        connection.close()  # the next request opens it anew
        return type(exc).__name__, PAUSE_SECONDS
    if response.status in ACCEPTED_STATUSES:
        return None
    if response.status in BUSY_STATUSES:
        return str(response.status), _retry_after(response.getheader("Retry-After"))
    return str(response.status), None


def _retry_after(value: str | None) -> float:
    return float(value) if value is not None and value.isdecimal() else PAUSE_SECONDS
