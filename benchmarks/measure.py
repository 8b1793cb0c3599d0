"""What one proxy process costs under one load: CPU of its whole tree, peak memory, what came out.

Linux only: the figures are read from ``/proc``, see proc(5).
"""

import os
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.drive import BenchmarkError, send
from benchmarks.proxy import Proxy
from benchmarks.sink import Sink

QUIET_SECONDS = 3.0
DRAIN_SECONDS = 300.0
POLL_SECONDS = 0.02
# utime, stime, cutime and cstime of proc(5), counted from the field after the command's name.
CPU_FIELDS = slice(11, 15)


@dataclass(frozen=True, slots=True)
class Measurement:
    """One run of one proxy under one load.

    Attributes:
        spans: spans sent.
        runs: unique runs that arrived at the sink.
        lost: spans that became no run.
        refused: requests that were answered with an error or a broken connection.
        accept_s: seconds until the last request was answered.
        p50_ms, p99_ms: milliseconds until the answer to an accepted request, with four clients.
        drain_s: seconds until the last upload arrived.
        cpu_s: user and system seconds of the proxy's process tree.
        spans_per_s: spans over drain_s.
        peak_rss_mb: sum of the processes' peaks, in MiB.
        upload_bytes: bytes of all upload bodies on the wire.
    """

    spans: int
    runs: int
    lost: int
    refused: int
    uploads: int
    upload_bytes: int
    accept_s: float
    p50_ms: float
    p99_ms: float
    drain_s: float
    cpu_s: float
    cpu_us_per_span: float
    spans_per_s: float
    peak_rss_mb: float


def measure(
    command: Sequence[str],
    bodies: Sequence[bytes],
    spans: int,
    *,
    gzip: bool = False,
    pin: str | None = None,
    quiet: float = QUIET_SECONDS,
) -> Measurement:
    """Start *command*, send it *bodies*, wait until it is done, stop it, and return its cost.

    CPU counts from readiness to *quiet* seconds after the last upload; runs that arrive while the
    proxy shuts down still count as delivered.

    Args:
        command: the proxy; it gets HTTP_PORT, LANGSMITH_ENDPOINT and LANGSMITH_API_KEY.
        bodies: request bodies, already compressed when *gzip* says so.
        spans: spans in all bodies.
        gzip: whether to declare the bodies as gzip.
        pin: the CPUs the proxy may use, as taskset(1) takes them.
        quiet: seconds without an upload after which the proxy counts as done.

    Raises:
        BenchmarkError: the proxy did not start, died, or never came to rest.
    """
    with Sink() as sink:
        with Proxy(command, upstream=sink.url, pin=pin) as proxy:
            cpu_before = cpu_seconds(proxy.pid)
            start = time.perf_counter()
            refusals, answers = send(proxy.port, bodies, gzip=gzip, alive=proxy.alive)
            accepted = time.perf_counter()
            drained = _wait_for_rest(sink, quiet)
            cpu_s = cpu_seconds(proxy.pid) - cpu_before
            peak_rss = peak_rss_bytes(proxy.pid)
            if not proxy.alive():
                raise BenchmarkError("the proxy died before it was done")
        received = sink.finish()
    drain_s = drained - start
    return Measurement(
        spans=spans,
        runs=received.runs,
        lost=spans - received.runs,
        refused=refusals.total(),
        uploads=received.uploads,
        upload_bytes=received.upload_bytes,
        accept_s=accepted - start,
        p50_ms=_quantile(answers, 50),
        p99_ms=_quantile(answers, 99),
        drain_s=drain_s,
        cpu_s=cpu_s,
        cpu_us_per_span=cpu_s / spans * 1e6,
        spans_per_s=spans / drain_s,
        peak_rss_mb=peak_rss / 2**20,
    )


def _quantile(seconds: Sequence[float], percent: int) -> float:
    """Return the milliseconds within which *percent* of the answers came; 0 without answers."""
    if len(seconds) < 2:
        return sum(seconds) * 1000
    return statistics.quantiles(seconds, n=100, method="inclusive")[percent - 1] * 1000


def cpu_seconds(pid: int) -> float:
    """Return the user and system seconds that *pid* and its descendants have used, ended ones too.

    An ended process counts through the parent that waited for it; resolution is 10 ms.
    """
    ticks = 0
    for process in _tree(pid):
        # The command's name stands in parentheses and may itself hold spaces and parentheses.
        fields = _read(process / "stat").rpartition(")")[2].split()
        ticks += sum(map(int, fields[CPU_FIELDS]))
    return ticks / os.sysconf("SC_CLK_TCK")


def peak_rss_bytes(pid: int) -> int:
    """Return the sum of the peak resident sizes of *pid* and its living descendants."""
    kibibytes = 0
    for process in _tree(pid):
        for line in _read(process / "status").splitlines():
            if line.startswith("VmHWM:"):
                kibibytes += int(line.split()[1])
    return kibibytes * 1024


def _tree(pid: int) -> list[Path]:
    """Return the /proc directories of *pid* and its living descendants."""
    tree = [Path(f"/proc/{pid}")]
    for process in tree:  # grows while it is walked
        for task in process.glob("task/*"):
            tree.extend(Path(f"/proc/{child}") for child in _read(task / "children").split())
    return tree


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # the process has ended since it was listed
        return ""


def _wait_for_rest(sink: Sink, quiet: float) -> float:
    """Wait until no upload has come for *quiet* seconds; return when the last one was seen."""
    last_count, last_seen = sink.uploads, time.perf_counter()
    deadline = last_seen + DRAIN_SECONDS
    while time.perf_counter() - last_seen < quiet:
        time.sleep(POLL_SECONDS)
        count = sink.uploads
        if count != last_count:
            last_count, last_seen = count, time.perf_counter()
            if last_seen > deadline:
                raise BenchmarkError(f"uploads still came after {DRAIN_SECONDS:.0f} s")
    return last_seen
