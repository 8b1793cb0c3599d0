"""What the command says when it starts and when it ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiohttp import ClientSession
from structlog.testing import capture_logs

from collector.journal.files import OsFiles
from tests.fakes import Answer, FakeUpstream

from .running import port_of, proxy_process, proxy_to

SPAN = {"traceId": f"{1:032x}", "spanId": f"{2:016x}", "name": "chat"}
TWO = [SPAN, {**SPAN, "spanId": f"{3:016x}"}]

LEFT = "not all could be delivered before the end"


async def send(url: str, *spans: object) -> None:
    body = orjson.dumps({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]})
    headers = {"Content-Type": "application/json", "x-api-key": "k"}
    async with (
        ClientSession() as session,
        session.post(f"{url}/v1/traces", data=body, headers=headers) as response,
    ):
        assert response.status == 200


async def first_line(upstream: str, **environ: str) -> dict[str, Any]:
    given = {"HTTP_PORT": "0", "LAME_DUCK_SECONDS": "0", **environ}
    async with proxy_process(upstream, **given) as process:
        assert process.stderr is not None
        line: dict[str, Any] = orjson.loads(await process.stderr.readline())
        process.send_signal(signal.SIGTERM)
        await process.stderr.read()
        await process.wait()
    return line


def test_a_second_process_on_a_journal_says_so_in_one_line(tmp_path: Path) -> None:
    lock = OsFiles().lock(tmp_path / "lock")
    try:
        second = subprocess.run(
            [sys.executable, "-m", "collector", "serve", "--http-port", "0"],
            env={**os.environ, "JOURNAL_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        os.close(lock)

    assert second.stderr == f"collector-proxy: cannot start: another process uses {tmp_path}\n"
    assert second.returncode == 1


async def test_the_first_line_tells_the_journal_and_what_was_left_in_it(tmp_path: Path) -> None:
    folder = str(tmp_path)
    async with FakeUpstream() as upstream:
        upstream.answer = lambda request: Answer(503)
        # A kill takes nothing that was written, and a busy disk is not waited for.
        environ = {"HTTP_PORT": "0", "JOURNAL_DIR": folder, "JOURNAL_SYNC": "off"}
        async with proxy_process(upstream.url, **environ) as before:
            await send(f"http://127.0.0.1:{await port_of(before)}", *TWO)
            before.send_signal(signal.SIGKILL)
            await before.wait()
        upstream.answer = lambda request: Answer()
        line = await first_line(
            upstream.url, JOURNAL_DIR=folder, JOURNAL_SYNC="off", JOURNAL_MAX_BYTES="1GiB"
        )

    assert line["event"] == "listening"
    assert line["journal"] == folder
    assert line["journal_sync"] == "off"
    assert line["journal_max_bytes"] == 1 << 30
    assert line["held_spans"] == 2


async def test_the_first_line_tells_that_what_is_accepted_is_in_memory() -> None:
    async with FakeUpstream() as upstream:
        line = await first_line(upstream.url, JOURNAL_DIR="", MAX_MEMORY_BYTES="256MiB")

    assert line["journal"] == "memory"
    assert line["max_memory_bytes"] == 256 << 20
    assert "journal_sync" not in line


@pytest.mark.parametrize(
    ("journal", "fate"), [(True, "stay in the journal"), (False, "are given up")]
)
async def test_the_end_of_the_grace_period_tells_what_becomes_of_held_spans(
    tmp_path: Path, journal: bool, fate: str
) -> None:
    async with FakeUpstream() as upstream:
        upstream.answer = lambda request: Answer(503)
        with capture_logs() as logs:
            async with proxy_to(
                upstream.url,
                journal_dir=tmp_path if journal else None,
                shutdown_grace_seconds=0.2,
            ) as local:
                await send(local.url, *TWO)

    (told,) = (entry for entry in logs if entry["event"] == LEFT)
    assert told["held_spans"] == 2
    assert told["they"] == fate


@pytest.mark.parametrize("status", [401, 404])
async def test_the_end_does_not_wait_for_who_is_refused_where_the_journal_keeps_it(
    tmp_path: Path, status: int
) -> None:
    async with FakeUpstream() as upstream:
        upstream.answer = lambda request: Answer(status)
        with capture_logs() as logs:
            async with proxy_to(
                upstream.url, journal_dir=tmp_path, shutdown_grace_seconds=3600
            ) as local:
                await send(local.url, *TWO)
                await upstream.received(1)
                # It would raise long before the grace period is over.
                await local.end()
                held = local.proxy.pipeline.held_spans

    (told,) = (entry for entry in logs if entry["event"] == LEFT)
    assert (told["held_spans"], told["they"]) == (2, "stay in the journal")
    assert held == 2
