import asyncio
import json
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from collector.exporter.dead_letters import DeadLetterDir
from collector.metrics import Metrics
from collector.model import Destination, SealedBatch
from tests.collector.exporter.samples import receipt
from tests.fakes import PATIENCE, FakeClock, until

KEY = "lsv2_pt_secret"


def sealed(size: int = 4) -> SealedBatch:
    headers = {"Content-Type": "multipart/form-data; boundary=b", "Content-Encoding": "zstd"}
    where = Destination("https://upstream.test/api/v1", KEY, None, "default")
    return SealedBatch(where, b"x" * size, headers, [receipt(2), receipt(2)], (5, 9), 10)


def letter_dir(
    path: Path, metrics: Metrics, max_bytes: int = 1 << 20, clock: FakeClock | None = None
) -> DeadLetterDir:
    return DeadLetterDir(
        path,
        clock or FakeClock(),
        metrics,
        max_bytes=max_bytes,
        max_age=100.0,
        run_ids=lambda batch: ["id"] * batch.runs,
    )


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(f"collector_proxy_{name}", labels)


def test_a_letter_tells_what_was_refused_why_and_when(tmp_path: Path) -> None:
    clock = FakeClock()
    clock.advance(5.0)

    path = letter_dir(tmp_path, Metrics(), clock=clock).write(
        sealed(), "422", "bad run type", first_ns=clock.epoch_ns
    )

    assert path is not None
    letter = json.loads(path.read_bytes())
    assert (letter["reason"], letter["detail"]) == ("422", "bad run type")
    assert letter["run_ids"] == ["id", "id"]
    assert letter["first_tried"] == "2026-01-01T00:00:00.000000+00:00"
    assert letter["given_up"] == "2026-01-01T00:00:05.000000+00:00"


def test_no_key_is_in_a_letter_its_name_the_metrics_or_the_log(tmp_path: Path) -> None:
    metrics = Metrics()
    letters = letter_dir(tmp_path, metrics, max_bytes=1000)

    with capture_logs() as lines:
        for _ in range(5):
            letters.write(sealed(), "401", f"bad key {KEY}")
        letters.write(sealed(2000), "401", "")

    assert len(lines) == 2
    written = [path.read_text() + path.name for path in tmp_path.iterdir()]
    samples = [repr(sample) for family in metrics.registry.collect() for sample in family.samples]
    assert KEY not in "".join([*written, *samples, *map(str, lines)])


def test_the_metrics_show_how_many_letters_there_are_and_their_bytes(tmp_path: Path) -> None:
    metrics = Metrics()
    letters = letter_dir(tmp_path, metrics)

    paths = [letters.write(sealed(), "422", "") for _ in range(3)]

    assert value(metrics, "dead_letters") == 3
    assert value(metrics, "dead_letter_bytes") == sum(p.stat().st_size for p in paths if p)


def test_a_letter_larger_than_the_bound_is_written_nowhere(tmp_path: Path) -> None:
    metrics = Metrics()

    path = letter_dir(tmp_path, metrics, max_bytes=100).write(sealed(), "422", "")

    assert path is None
    assert list(tmp_path.iterdir()) == []
    assert value(metrics, "dead_letters_expired_total", reason="size") == 1


async def test_letters_that_wait_for_the_disk_hold_no_thread_of_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    monkeypatch.setattr("os.fsync", lambda _: go_on.wait(PATIENCE))
    letters = letter_dir(tmp_path, Metrics())
    tending = asyncio.ensure_future(letters.tend())
    writing = [letters.post(sealed(), "422", "") for _ in range(40)]

    async with asyncio.timeout(PATIENCE):
        await asyncio.to_thread(lambda: None)
        waiting = sum(not each.done() for each in writing)
        go_on.set()
        paths = await asyncio.gather(*writing)
    tending.cancel()

    assert waiting == 40
    assert len(set(paths)) == 40


async def test_tending_begins_at_once_with_what_an_earlier_process_left(tmp_path: Path) -> None:
    letter_dir(tmp_path, Metrics()).write(sealed(), "422", "")
    metrics = Metrics()

    tending = asyncio.ensure_future(letter_dir(tmp_path, metrics).tend())
    await until(lambda: value(metrics, "dead_letters") == 1)
    tending.cancel()
    with suppress(asyncio.CancelledError):
        await tending

    assert tending.cancelled()


async def test_a_folder_that_cannot_be_tended_is_told_of_and_ends_nothing(tmp_path: Path) -> None:
    path = tmp_path / "letters"
    path.write_text("a file is in the way")

    with capture_logs() as lines:
        tending = asyncio.ensure_future(letter_dir(path, Metrics()).tend())
        await until(lambda: lines)
        running = not tending.done()
        tending.cancel()
        with suppress(asyncio.CancelledError):
            await tending

    assert running
    assert lines == [
        {"event": "dead letters not tended", "error": "NotADirectoryError", "log_level": "warning"}
    ]
