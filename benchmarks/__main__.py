"""``python -m benchmarks``: print what the proxy costs, one JSON line for each profile.

Exit code 0: measured, nothing lost. 1: something was lost. 2: it could not be measured.
"""

import argparse
import gzip
import json
import os
import shlex
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.drive import BenchmarkError
from benchmarks.generate import PROFILES, Load, generate
from benchmarks.measure import Measurement, measure

# The digits that noise leaves; figures not named here are counts.
DIGITS = {
    "accept_s": 2,
    "p50_ms": 1,
    "p99_ms": 1,
    "drain_s": 2,
    "cpu_s": 2,
    "cpu_us_per_span": 1,
}
COMPARED = ("cpu_us_per_span", "spans_per_s", "p50_ms", "p99_ms", "peak_rss_mb", "upload_bytes")
# One lossy run among clean ones must not vanish in a median.
WORST = ("lost", "refused")
GZIP_LEVEL = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what *arguments* ask for, print the figures, and return the exit code."""
    options = _parser().parse_args(arguments)
    if sys.platform != "linux":
        print("The benchmarks read /proc, so they run on Linux only.", file=sys.stderr)
        return 2
    try:
        if options.pin is not None:
            _leave_cpus(options.pin)
        profiles = options.profile or list(PROFILES)
        lost = [_bench(profile, options) for profile in profiles]
    except BenchmarkError as exc:
        print(f"benchmark: {exc}", file=sys.stderr)
        return 2
    return 1 if any(lost) else 0


def summary(measurements: Sequence[Measurement]) -> dict[str, float]:
    """Return the median of every figure, but the worst of what was lost and refused."""
    rows = [asdict(measurement) for measurement in measurements]
    line: dict[str, float] = {}
    for figure in rows[0]:
        values = [row[figure] for row in rows]
        value = max(values, key=abs) if figure in WORST else statistics.median(values)
        line[figure] = round(value, DIGITS.get(figure))
    return line


def ratio(line: dict[str, float], peer: dict[str, float]) -> dict[str, float | None]:
    """Return each compared figure of *line* over that of *peer*, None where the peer has 0."""
    return {
        figure: round(line[figure] / peer[figure], 3) if peer[figure] else None
        for figure in COMPARED
    }


def _bench(profile: str, options: argparse.Namespace) -> bool:
    """Measure one profile, print its lines, and tell whether our proxy lost anything."""
    load = generate(PROFILES[profile], options.requests or PROFILES[profile].requests)
    if options.gzip:
        load = Load([gzip.compress(body, GZIP_LEVEL) for body in load.bodies], load.spans)
    commands = {"proxy": options.cmd}
    if options.peer is not None:
        commands["peer"] = options.peer
    measured: dict[str, list[Measurement]] = {name: [] for name in commands}
    # Turn and turn about, and each first in turn: what the machine does meanwhile falls on both.
    for run in range(options.runs):
        turns = list(commands.items())[:: -1 if run % 2 else 1]
        for name, command in turns:
            measurement = measure(
                shlex.split(command), load.bodies, load.spans, gzip=options.gzip, pin=options.pin
            )
            measured[name].append(measurement)
            progress = f"{profile} {name} {run + 1}/{options.runs}"
            print(f"{progress}: {measurement.cpu_us_per_span:.1f} us per span", file=sys.stderr)
    lines = {name: summary(measurements) for name, measurements in measured.items()}
    for name, line in lines.items():
        _print({"profile": profile, "name": name, **line})
    if options.peer is not None:
        _print({"profile": profile, "name": "ratio", **ratio(lines["proxy"], lines["peer"])})
    return lines["proxy"]["lost"] != 0


def _print(line: dict[str, object]) -> None:
    print(json.dumps(line), flush=True)


def _leave_cpus(pin: str) -> None:
    """Keep the load and the sink off the CPUs that *pin* gives to the proxy."""
    try:
        others = os.sched_getaffinity(0) - {int(cpu) for cpu in pin.split(",")}
    except ValueError as exc:
        raise BenchmarkError(f"--pin takes CPU numbers with commas, not {pin}") from exc
    if not others:
        raise BenchmarkError("--pin leaves no CPU for the load and the sink")
    os.sched_setaffinity(0, others)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _parser() -> argparse.ArgumentParser:
    own = shlex.quote(str(Path(sys.executable).with_name("collector-proxy")))
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--cmd", default=f"{own} serve", help="the proxy (default: %(default)s)")
    parser.add_argument("--profile", action="append", choices=PROFILES, help="default: all")
    parser.add_argument("--runs", type=_positive, default=3, help="runs behind a median (3)")
    parser.add_argument("--pin", metavar="CPU", help="CPUs for the proxy alone, such as 0 or 0,1")
    parser.add_argument("--gzip", action="store_true", help="compress the requests")
    parser.add_argument(
        "--peer",
        metavar="COMMAND",
        help="second proxy, run in turns with the first; adds its lines and the ratio first/second",
    )
    parser.add_argument("--requests", type=_positive, help="requests a run (profile's own)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
