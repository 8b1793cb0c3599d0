"""What LangSmith refused is kept, can be read, and is delivered when somebody asks for it."""

import asyncio
import re
from pathlib import Path

import orjson
import pytest
import zstandard
from aiohttp import ClientSession
from prometheus_client import generate_latest
from structlog.testing import capture_logs

from collector.clock import SystemClock
from collector.commands.dead_letters import dead_letters
from tests.fakes import Answer, FakeUpstream, Request

from .running import proxy_to, running_sandbox, runs_of

# LangSmith is moving its readers to a new client; users have the old one.
pytestmark = pytest.mark.filterwarnings("ignore:list_runs")

KEY = "lsv2_pt_canary"


def trace_of(*names: str) -> bytes:
    """Make one trace in OTLP/JSON of a root and its children, one for each of *names*."""
    made = [
        {
            "traceId": f"{7:032x}",
            "spanId": f"{number + 1:016x}",
            "parentSpanId": f"{1:016x}" if number else "",
            "name": name,
            "startTimeUnixNano": str(1_763_600_000_000_000_000 + number),
            "endTimeUnixNano": str(1_763_600_001_000_000_000 + number),
            "attributes": [{"key": "gen_ai.prompt", "value": {"stringValue": f"to {name}"}}],
        }
        for number, name in enumerate(names)
    ]
    return orjson.dumps({"resourceSpans": [{"scopeSpans": [{"spans": made}]}]})


async def send(url: str, body: bytes) -> int:
    headers = {"Content-Type": "application/json", "x-api-key": KEY}
    async with (
        ClientSession() as session,
        session.post(f"{url}/v1/traces", data=body, headers=headers) as response,
    ):
        return response.status


def refuses(word: bytes, request: Request) -> Answer:
    """Answer 422, with the key in its words, to bodies that hold *word*."""
    body = zstandard.ZstdDecompressor().decompressobj().decompress(request.body)
    if word in body:
        return Answer(422, body=b'{"detail":"bad run for %b"}' % KEY.encode())
    return Answer(202)


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def command(*argv: str) -> tuple[int, list[str]]:
    """Run ``collector-proxy dead-letters`` beside the event loop; return code and lines."""
    told: list[str] = []
    code = await asyncio.to_thread(dead_letters, argv, told.append, SystemClock())
    return code, told


async def test_what_was_refused_is_delivered_by_retry_and_its_trace_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEAD_LETTER_DIR", str(tmp_path))
    monkeypatch.setenv("LANGSMITH_API_KEY", KEY)
    async with FakeUpstream() as upstream:
        upstream.answer = lambda request: refuses(b"poison", request)
        async with proxy_to(upstream.url, dead_letter_dir=tmp_path) as local:
            assert await send(local.url, trace_of("agent", "poison", "tool")) == 200
            await local.end()
        taken = [r for r in upstream.requests if refuses(b"poison", r).status == 202]

    listed = await command("list", "--json")
    (letter,) = map(orjson.loads, listed[1])
    async with running_sandbox() as api:
        # The good ones went where the bad one is to follow.
        for request in taken:
            async with ClientSession() as session:
                await session.post(
                    f"{api}/runs/multipart", data=request.body, headers={**request.headers}
                )
        elsewhere = await command("retry", "--all", "--langsmith-endpoint", api)
        retried = await command("retry", letter["id"], "--endpoint", api)
        runs = await runs_of(api, KEY)

    assert (letter["reason"], letter["url"]) == ("422", upstream.url)
    assert elsewhere[0] == 1
    assert retried == (0, [f"{letter['id']}  delivered"])
    assert files_in(tmp_path) == []
    assert [run.name for run in runs] == ["agent", "poison", "tool"]
    assert [run.parent_run_id for run in runs] == [None, runs[0].id, runs[0].id]
    assert runs[1].inputs == {"prompt": "to poison"}


async def test_the_key_is_in_no_file_name_line_metric_or_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEAD_LETTER_DIR", str(tmp_path))
    monkeypatch.setenv("LANGSMITH_API_KEY", KEY)
    with capture_logs() as logged:
        async with FakeUpstream() as upstream:
            upstream.answer = lambda request: refuses(b"agent", request)
            monkeypatch.setenv("LANGSMITH_ENDPOINT", upstream.url)
            async with proxy_to(upstream.url, dead_letter_dir=tmp_path) as local:
                assert await send(local.url, trace_of("agent")) == 200
                await local.end()
                metrics = generate_latest(local.proxy.metrics.registry).decode()
            (path,) = files_in(tmp_path)
            letter_id = path.name[len("trace_") : -len(".json")]
            told = [
                await command("list"),
                await command("list", "--json"),
                await command("show", letter_id),
                await command("show", letter_id, "--body"),
                await command("retry", letter_id),
                await command("drop", letter_id),
            ]

    assert [code for code, _ in told] == [0, 0, 0, 0, 1, 1]
    assert "refused again, 422" in told[4][1][0]
    assert re.search(r"^collector_proxy_dead_letters 1\.0$", metrics, re.MULTILINE)
    written = path.name + path.read_text()
    assert KEY not in written + metrics + repr(told) + repr(logged)
    assert KEY.encode() not in zstandard.ZstdDecompressor().decompressobj().decompress(
        upstream.requests[0].body
    )
