"""What a process delivered is known to the next one on the same journal."""

import signal
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson
import pytest
import zstandard
from aiohttp import ClientSession

from tests.fakes import Answer, FakeUpstream, Request, until

from .running import delivered, port_of, proxy_process, proxy_to, running_sandbox, runs_of

pytestmark = pytest.mark.filterwarnings("ignore:list_runs")

TRACE = f"{7:032x}"
START = 1_763_600_000_000_000_000


def span(number: int, parent: int = 0, **more: object) -> dict[str, object]:
    return {
        "traceId": TRACE,
        "spanId": f"{number:016x}",
        "parentSpanId": f"{parent:016x}" if parent else "",
        "name": f"span {number}",
        "startTimeUnixNano": str(START + number * 1_000),
        "endTimeUnixNano": str(START + 1_000_000),
        "attributes": [
            {"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}},
            {"key": "gen_ai.request.model", "value": {"stringValue": "gpt-4o"}},
        ],
        **more,
    }


def event(number: int, name: str, **body: str) -> dict[str, object]:
    values = [{"key": key, "value": {"stringValue": value}} for key, value in body.items()]
    return {
        "traceId": TRACE,
        "spanId": f"{number:016x}",
        "eventName": name,
        "timeUnixNano": str(START + len(name)),
        "body": {"kvlistValue": {"values": values}},
    }


async def send(
    url: str,
    *,
    spans: Iterable[object] = (),
    events: Iterable[object] = (),
    key: str | None = "sandbox",
) -> None:
    bodies: dict[str, Any] = {
        "traces": {"resourceSpans": [{"scopeSpans": [{"spans": list(spans)}]}]},
        "logs": {"resourceLogs": [{"scopeLogs": [{"logRecords": list(events)}]}]},
    }
    headers = {"Content-Type": "application/json"}
    if key is not None:
        headers["x-api-key"] = key
    async with ClientSession() as session:
        for signal_name, given in (("traces", spans), ("logs", events)):
            if not given:
                continue
            body = orjson.dumps(bodies[signal_name])
            url_of = f"{url}/v1/{signal_name}"
            async with session.post(url_of, data=body, headers=headers) as response:
                assert response.status == 200


def texts(requests: Iterable[Request]) -> list[bytes]:
    unpack = zstandard.ZstdDecompressor().decompressobj
    return [unpack().decompress(request.body) for request in requests]


async def test_a_child_finds_the_parent_that_an_earlier_process_delivered(tmp_path: Path) -> None:
    async with running_sandbox() as api:
        async with proxy_to(api, journal_dir=tmp_path) as before:
            await send(before.url, spans=[span(1), span(2, parent=1)])
        async with proxy_to(api, journal_dir=tmp_path) as after:
            await send(after.url, spans=[span(3, parent=2)])
            await until(lambda: after.balance()["uploaded"])
            await after.end()
            balance = after.balance()
        runs = {run.name: run for run in await runs_of(api)}

    child, parent, root = runs["span 3"], runs["span 2"], runs["span 1"]
    assert child.parent_run_id == parent.id
    assert child.trace_id == root.id
    assert child.dotted_order is not None
    assert child.dotted_order.startswith(f"{parent.dotted_order}.")
    assert "otel.missing_parent_span_id" not in child.metadata
    assert balance == {"received": 1, "uploaded": 1, "parked": 0, "dropped": 0, "held": 0}


async def test_a_log_record_completes_the_run_that_an_earlier_process_delivered(
    tmp_path: Path,
) -> None:
    question = event(1, "gen_ai.user.message", content="2+2")
    answer = event(1, "gen_ai.assistant.message", content="4")
    async with running_sandbox() as api:
        async with proxy_to(api, journal_dir=tmp_path) as before:
            await send(before.url, events=[question])
            await send(before.url, spans=[span(1)])
        async with proxy_to(api, journal_dir=tmp_path) as after:
            await send(after.url, events=[answer])
            await until(lambda: after.balance()["uploaded"])
            await after.end()
            balance = after.balance()
        (run,) = await runs_of(api)

    assert run.inputs["messages"] == [
        {"role": "user", "content": "2+2"},
        {"role": "assistant", "content": "4"},
    ]
    assert balance["uploaded"] == 1
    assert balance["held"] == 0


async def test_nothing_that_is_delivered_goes_up_again(tmp_path: Path) -> None:
    async with FakeUpstream() as upstream:
        async with proxy_to(upstream.url, journal_dir=tmp_path) as before:
            await send(before.url, spans=[span(1), span(2, parent=1)])
        for _ in range(3):
            async with proxy_to(upstream.url, journal_dir=tmp_path):
                pass

    assert len(delivered(upstream.requests)) == 2


async def test_a_span_that_is_sent_again_after_a_kill_has_the_log_records_that_it_had(
    tmp_path: Path,
) -> None:
    waiting = span(9, parent=8)
    async with FakeUpstream() as upstream:
        # A kill takes nothing that was written, and a busy disk is not waited for.
        environ = {"HTTP_PORT": "0", "JOURNAL_DIR": str(tmp_path), "JOURNAL_SYNC": "off"}
        async with proxy_process(upstream.url, **environ) as process:
            url = f"http://127.0.0.1:{await port_of(process)}"
            await send(url, events=[event(1, "gen_ai.user.message", content="who are you")])
            await send(url, spans=[span(1), waiting])
            await upstream.received(1)
            # The word that the log record is done goes to disk with the next of these.
            for number in (2, 3):
                await send(url, spans=[span(number)])
                await upstream.received(number)
            process.send_signal(signal.SIGKILL)
            await process.wait()
        async with proxy_to(upstream.url, journal_dir=tmp_path):
            await upstream.received(4)

    first, *_, last = [text for text in texts(upstream.requests) if b"span 1" in text]
    assert b"who are you" in first
    assert b"who are you" in last
    assert first is not last


async def test_what_came_without_a_key_goes_up_with_the_key_that_is_right_now(
    tmp_path: Path,
) -> None:
    async with FakeUpstream() as upstream:
        upstream.answer = lambda request: Answer(
            202 if request.headers["x-api-key"] == "rotated" else 401
        )
        async with proxy_to(
            upstream.url,
            journal_dir=tmp_path,
            langsmith_api_key="revoked",
        ) as before:
            await send(before.url, spans=[span(1)], key=None)
            await upstream.received(1)
        refused = len(upstream.requests)
        async with proxy_to(
            upstream.url, journal_dir=tmp_path, langsmith_api_key="rotated"
        ) as after:
            await until(lambda: len(upstream.requests) > refused)
            await after.end()
            balance = after.balance()

    assert delivered(upstream.requests[refused:]) == [f"{1:016x}"]
    assert balance == {"received": 1, "uploaded": 1, "parked": 0, "dropped": 0, "held": 0}


async def test_what_was_accepted_for_a_wrong_endpoint_goes_to_the_right_one(
    tmp_path: Path,
) -> None:
    async with FakeUpstream() as wrong, FakeUpstream() as right:
        wrong.answer = lambda request: Answer(404)
        async with proxy_to(wrong.url, journal_dir=tmp_path) as before:
            await send(before.url, spans=[span(1)])
            await wrong.received(1)
        refused = len(wrong.requests)
        async with proxy_to(right.url, journal_dir=tmp_path):
            await right.received(1)

    assert delivered(right.requests) == [f"{1:016x}"]
    assert len(wrong.requests) == refused
