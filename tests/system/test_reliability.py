"""What was answered 200 arrives, whatever happens between."""

import asyncio
import signal
from itertools import count
from pathlib import Path

import orjson
import pytest
from aiohttp import ClientError, ClientSession

from tests.fakes import PATIENCE, Answer, FakeUpstream

from .running import delivered, port_of, proxy_process, proxy_to, running_sandbox, runs_of

# LangSmith is moving its readers to a new client; users have the old one.
pytestmark = pytest.mark.filterwarnings("ignore:list_runs")


def trace_of(number: int, spans: int = 5) -> tuple[bytes, list[str]]:
    """Make one trace in OTLP/JSON, children first, and the ids of its spans."""
    ids = [f"{number:08x}{index + 1:08x}" for index in range(spans)]
    made = [
        {
            "traceId": f"{number + 1:032x}",
            "spanId": span_id,
            "parentSpanId": ids[-1] if span_id != ids[-1] else "",
            "name": f"span {number}",
            "startTimeUnixNano": str(1_763_600_000_000_000_000 + number),
            "endTimeUnixNano": str(1_763_600_001_000_000_000 + number),
            "attributes": [{"key": "gen_ai.prompt", "value": {"stringValue": f"text {number}"}}],
        }
        for span_id in ids
    ]
    return orjson.dumps({"resourceSpans": [{"scopeSpans": [{"spans": made}]}]}), ids


async def post(session: ClientSession, url: str, body: bytes, key: str = "k") -> int:
    headers = {"Content-Type": "application/json", "x-api-key": key}
    async with session.post(f"{url}/v1/traces", data=body, headers=headers) as response:
        await response.read()
        return response.status


async def test_each_callers_runs_go_up_with_its_own_key_and_nobody_elses() -> None:
    async with running_sandbox(tenants=True) as api:
        async with proxy_to(api) as local, ClientSession() as session:
            for number, key in enumerate(("alice", "bob", "alice")):
                assert await post(session, local.url, trace_of(number)[0], key) == 200
            await local.end()
        alices, bobs = await runs_of(api, "alice"), await runs_of(api, "bob")

    assert {run.name for run in alices} == {"span 0", "span 2"}
    assert {run.name for run in bobs} == {"span 1"}


async def test_two_callers_in_one_second_make_two_uploads() -> None:
    async with FakeUpstream() as upstream:
        async with proxy_to(upstream.url) as local, ClientSession() as session:
            assert await post(session, local.url, trace_of(0)[0], "alice") == 200
            assert await post(session, local.url, trace_of(1)[0], "bob") == 200
            await local.end()

        by_key = {r.headers["x-api-key"]: delivered([r]) for r in upstream.requests}
    assert {key: sorted(ids) for key, ids in by_key.items()} == {
        "alice": sorted(trace_of(0)[1]),
        "bob": sorted(trace_of(1)[1]),
    }


async def test_every_acknowledged_span_arrives_when_upstream_comes_back() -> None:
    acknowledged: list[str] = []
    troubles = [Answer(503)] * 3 + [Answer(cut="before")] * 2
    async with FakeUpstream(*troubles) as upstream:
        async with proxy_to(upstream.url, batch_size=50) as local, ClientSession() as session:
            for number in range(40):
                body, ids = trace_of(number)
                if await post(session, local.url, body) == 200:
                    acknowledged += ids
            await local.end()
            balance = local.balance()

        # A batch is sent anew until it is taken; what met with trouble was not.
        arrived = set(delivered(upstream.requests[len(troubles) :]))
    assert len(acknowledged) == 200
    assert set(acknowledged) <= arrived
    assert balance == {"received": 200, "uploaded": 200, "parked": 0, "dropped": 0, "held": 0}


async def test_the_balance_closes_over_uploads_refusals_and_duplicates() -> None:
    bad = set(trace_of(0)[1])
    async with (
        FakeUpstream() as upstream,
        proxy_to(upstream.url, batch_size=5) as local,
        ClientSession() as session,
    ):
        upstream.answer = lambda request: Answer(
            202 if bad.isdisjoint(delivered([request])) else 422
        )
        for number in (0, 1, 1):
            assert await post(session, local.url, trace_of(number)[0]) == 200
        before = local.balance()
        await local.end()
        after = local.balance()

    assert before["received"] == 15
    assert before["received"] == sum(before[term] for term in before if term != "received")
    assert after == {"received": 15, "uploaded": 5, "parked": 5, "dropped": 5, "held": 0}


async def test_without_room_the_door_says_503_and_loses_nothing() -> None:
    async with FakeUpstream() as upstream:
        upstream.answer = lambda request: Answer(503)
        async with (
            proxy_to(upstream.url, max_memory_bytes=1 << 20, max_body_bytes=1 << 19) as local,
            ClientSession() as session,
        ):
            acknowledged = 0
            for number in count():
                body, ids = trace_of(number, spans=500)
                if await post(session, local.url, body) == 503:
                    break
                acknowledged += len(ids)
            held = local.balance()["held"]
            upstream.answer = lambda request: Answer(202)
            upstream.requests.clear()
            await local.end()

        arrived = delivered(upstream.requests)
    assert held == acknowledged
    assert len(set(arrived)) >= acknowledged


async def test_a_disk_journal_takes_a_body_that_is_larger_than_all_the_room_at_the_door(
    tmp_path: Path,
) -> None:
    body, _ = trace_of(0, spans=3000)
    async with (
        FakeUpstream() as upstream,
        proxy_to(
            upstream.url, max_memory_bytes=1 << 20, max_body_bytes=1 << 20, journal_dir=tmp_path
        ) as local,
        ClientSession() as session,
    ):
        status = await post(session, local.url, body)
        received = local.balance()["received"]

    assert len(body) > 1 << 18
    assert status == 200
    assert received == 3000


async def test_sigterm_under_load_ends_with_0_and_every_acknowledged_span_delivered() -> None:
    acknowledged: list[str] = []
    numbers = count()

    async def send_until_refused(session: ClientSession, url: str) -> None:
        for number in numbers:
            body, ids = trace_of(number)
            try:
                if await post(session, url, body) != 200:
                    return
            except ClientError:
                return
            acknowledged.extend(ids)
            if number == 60:
                process.send_signal(signal.SIGTERM)

    async with FakeUpstream() as upstream:
        async with (
            proxy_process(upstream.url, HTTP_PORT="0", LAME_DUCK_SECONDS="0.2") as process,
            ClientSession() as session,
        ):
            url = f"http://127.0.0.1:{await port_of(process)}"
            async with asyncio.TaskGroup() as senders:
                for _ in range(4):
                    senders.create_task(send_until_refused(session, url))
            async with asyncio.timeout(PATIENCE):
                status = await process.wait()

        arrived = set(delivered(upstream.requests))
    assert status == 0
    # Of the first 60, three may have been under way in the other senders.
    assert len(acknowledged) > 57 * 5
    assert set(acknowledged) <= arrived


async def test_probes_tell_alive_while_draining_and_ready_only_before() -> None:
    async with FakeUpstream() as upstream, ClientSession() as session:
        upstream.answer = lambda request: Answer(503)
        async with proxy_to(upstream.url) as local:

            async def status(path: str) -> int:
                async with session.get(local.url + path) as response:
                    return response.status

            before = (await status("/live"), await status("/ready"))
            await post(session, local.url, trace_of(0)[0])
            ending = asyncio.create_task(local.end())
            during = (await status("/live"), await status("/ready"))
            upstream.answer = lambda request: Answer()
            await ending

    assert before == (200, 200)
    assert during == (200, 503)
