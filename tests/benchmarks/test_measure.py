import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.__main__ import ratio, summary
from benchmarks.drive import BenchmarkError
from benchmarks.generate import PROFILES, generate
from benchmarks.measure import Measurement, measure

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the figures come from /proc")

FAKE = [sys.executable, str(Path(__file__).with_name("fake_proxy.py"))]


def measured(monkeypatch: pytest.MonkeyPatch, trouble: str = "") -> Measurement:
    monkeypatch.setenv("FAKE_PROXY", trouble)
    load = generate(PROFILES["small"], 3)
    return measure(FAKE, load.bodies, load.spans, quiet=0.1)


def test_a_proxy_that_delivers_everything_has_lost_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    figures = measured(monkeypatch)

    assert (figures.spans, figures.runs, figures.uploads) == (540, 540, 3)
    assert (figures.lost, figures.refused) == (0, 0)
    assert figures.peak_rss_mb > 1
    assert 0 < figures.accept_s <= figures.drain_s
    assert 0 < figures.p50_ms <= figures.p99_ms


def test_spans_that_never_arrive_are_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    figures = measured(monkeypatch, "loses")

    assert (figures.runs, figures.lost) == (537, 3)


def test_a_busy_proxy_gets_the_request_again(monkeypatch: pytest.MonkeyPatch) -> None:
    figures = measured(monkeypatch, "busy")

    assert (figures.lost, figures.refused) == (0, 3)


def test_what_is_refused_for_good_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    figures = measured(monkeypatch, "refuses")

    assert (figures.lost, figures.refused, figures.uploads) == (540, 3, 0)


def test_a_proxy_that_does_not_start_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BenchmarkError, match="code 3"):
        measured(monkeypatch, "dies")


def test_a_summary_is_the_median_but_shows_the_one_run_that_lost() -> None:
    clean = Measurement(
        spans=10,
        runs=10,
        lost=0,
        refused=0,
        uploads=1,
        upload_bytes=100,
        accept_s=1.0,
        p50_ms=1.0,
        p99_ms=2.0,
        drain_s=2.0,
        cpu_s=1.0,
        cpu_us_per_span=30.04,
        spans_per_s=5.0,
        peak_rss_mb=50.0,
    )
    slow = replace(clean, cpu_us_per_span=90.0)
    lossy = replace(clean, cpu_us_per_span=20.0, lost=4)

    line = summary([slow, clean, lossy])

    assert (line["cpu_us_per_span"], line["lost"]) == (30.0, 4)


def test_a_ratio_is_the_first_over_the_peer() -> None:
    answers = {"p50_ms": 1.0, "p99_ms": 3.0}
    line = {"cpu_us_per_span": 20.0, "spans_per_s": 50, "peak_rss_mb": 100, "upload_bytes": 9}
    peer = {"cpu_us_per_span": 40.0, "spans_per_s": 25, "peak_rss_mb": 50, "upload_bytes": 0}
    line, peer = line | answers, peer | answers

    assert ratio(line, peer) == {
        "cpu_us_per_span": 0.5,
        "spans_per_s": 2.0,
        "p50_ms": 1.0,
        "p99_ms": 1.0,
        "peak_rss_mb": 2.0,
        "upload_bytes": None,
    }
