import asyncio

import aiohttp
import pytest

from collector.errors import DestinationRefused, UploadRejected, UploadUnavailable
from collector.exporter.uploader import Uploader
from tests.collector.exporter.samples import sealed
from tests.fakes import PATIENCE, Answer, FakeClock, FakeUpstream

KEY = "lsv2_pt_secret"


async def answered(session: aiohttp.ClientSession, answer: Answer) -> None:
    """Upload once to an upstream that gives *answer*."""
    async with FakeUpstream(answer) as upstream:
        await Uploader(session, FakeClock()).upload(sealed(upstream.url))


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_delivered(session: aiohttp.ClientSession, status: int) -> None:
    await answered(session, Answer(status, body=b""))


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json; charset=utf-8", b"null"),
        ("application/problem+json", b'"queued"'),
        ("text/plain", b'\n{"message":"queued"}'),
        ("application/octet-stream", b"[]"),
        ("text/plain", b"\n"),
    ],
)
async def test_delivered_with_a_word_of_json(
    session: aiohttp.ClientSession, content_type: str, body: bytes
) -> None:
    await answered(session, Answer(202, {"Content-Type": content_type}, body))


@pytest.mark.parametrize("status", [200, 202, 207])
@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/plain", b"It works!"),
        ("text/xml", b"<?xml version='1.0'?><ok/>"),
        ("application/octet-stream", b"<!-- portal --><html>please log in</html>"),
    ],
)
async def test_who_says_yes_without_json_is_not_langsmith_and_has_taken_nothing(
    session: aiohttp.ClientSession, status: int, content_type: str, body: bytes
) -> None:
    with pytest.raises(DestinationRefused) as refusal:
        await answered(session, Answer(status, {"Content-Type": content_type}, body))

    assert (refusal.value.reason, refusal.value.trouble) == (str(status), "endpoint")


@pytest.mark.parametrize("status", [408, 425, 429, 500, 501, 502, 503, 504, 520, 529])
async def test_passing_trouble(session: aiohttp.ClientSession, status: int) -> None:
    with pytest.raises(UploadUnavailable) as trouble:
        await answered(session, Answer(status))

    assert trouble.value.reason == str(status)
    assert trouble.value.retry_after is None


@pytest.mark.parametrize("status", [400, 409, 413, 418, 422, 499])
async def test_refused_because_of_a_run(session: aiohttp.ClientSession, status: int) -> None:
    with pytest.raises(UploadRejected) as verdict:
        await answered(session, Answer(status, body=b'{"detail":"no"}'))

    assert verdict.value.reason == str(status)
    assert verdict.value.detail == '{"detail":"no"}'
    assert verdict.value.named == frozenset()


@pytest.mark.parametrize("status", [401, 402, 403])
async def test_the_key_is_refused(session: aiohttp.ClientSession, status: int) -> None:
    with pytest.raises(DestinationRefused) as refusal:
        await answered(session, Answer(status, body=b'{"detail":"no"}'))

    assert (refusal.value.reason, refusal.value.trouble) == (str(status), "key")


@pytest.mark.parametrize("status", [300, 301, 302, 304, 307, 308, 404, 405, 407, 410, 415, 421])
async def test_an_endpoint_that_knows_no_such_request_is_wrong(
    session: aiohttp.ClientSession, status: int
) -> None:
    headers = {"Location": "/elsewhere"} if status < 400 else {}
    with pytest.raises(DestinationRefused) as refusal:
        await answered(session, Answer(status, headers, b""))

    assert (refusal.value.reason, refusal.value.trouble) == (str(status), "endpoint")


@pytest.mark.parametrize("status", [200, 202, 400, 401, 403, 409, 422])
@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/html; charset=utf-8", b"<p>hello"),
        ("application/xhtml+xml", b"<html/>"),
        ("text/plain", b"\n <!DOCTYPE HTML><p>hello"),
        ("application/octet-stream", b"<html lang='en'>"),
    ],
)
async def test_a_page_for_people_is_no_answer_of_langsmith(
    session: aiohttp.ClientSession, status: int, content_type: str, body: bytes
) -> None:
    with pytest.raises(DestinationRefused) as refusal:
        await answered(session, Answer(status, {"Content-Type": content_type}, body))

    assert refusal.value.trouble == "endpoint"


async def test_a_gateways_page_may_say_that_a_body_is_too_large(
    session: aiohttp.ClientSession,
) -> None:
    with pytest.raises(UploadRejected) as verdict:
        await answered(session, Answer(413, {"Content-Type": "text/html"}, b"<html>too large"))

    assert verdict.value.reason == "413"


async def test_a_gateways_page_may_tell_of_passing_trouble(
    session: aiohttp.ClientSession,
) -> None:
    with pytest.raises(UploadUnavailable):
        await answered(session, Answer(502, {"Content-Type": "text/html"}, b"<html>bad gateway"))


async def test_the_runs_that_upstream_names_travel_with_the_verdict(
    session: aiohttp.ClientSession,
) -> None:
    run = "00000000-0000-0000-0000-000000000007"
    words = f"{' ' * 600}run {run}, part post.{run}: name is missing"
    with pytest.raises(UploadRejected) as verdict:
        await answered(session, Answer(422, body=words.encode()))

    assert verdict.value.named == {run}


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("30", 30.0), ("Thu, 01 Jan 2026 00:00:30 GMT", 30.0), ("in a while", None)],
)
async def test_retry_after_travels_with_the_trouble(
    session: aiohttp.ClientSession, value: str, seconds: float | None
) -> None:
    with pytest.raises(UploadUnavailable) as trouble:
        await answered(session, Answer(429, {"Retry-After": value}))

    assert trouble.value.retry_after == seconds


async def test_a_redirect_is_not_followed(session: aiohttp.ClientSession) -> None:
    async with FakeUpstream(Answer(307, {"Location": "/elsewhere"})) as upstream:
        with pytest.raises(DestinationRefused):
            await Uploader(session, FakeClock()).upload(sealed(upstream.url))

    assert [request.path for request in upstream.requests] == ["/runs/multipart"]


async def test_500_characters_of_a_refusal_are_kept(session: aiohttp.ClientSession) -> None:
    with pytest.raises(UploadRejected) as verdict:
        await answered(session, Answer(422, body=("ä" * 501).encode()))

    assert verdict.value.detail == "ä" * 500


async def test_an_answer_that_is_no_text_is_shown_as_far_as_it_goes(
    session: aiohttp.ClientSession,
) -> None:
    with pytest.raises(UploadRejected) as verdict:
        await answered(session, Answer(400, body=b"a\xffb"))

    assert verdict.value.detail == "a\ufffdb"


async def test_a_key_that_upstream_repeats_is_blotted_out(session: aiohttp.ClientSession) -> None:
    with pytest.raises(UploadRejected) as verdict:
        await answered(session, Answer(400, body=f"unknown key {KEY}!".encode()))

    assert verdict.value.detail == "unknown key ***!"


async def test_a_batch_without_a_key_is_refused_as_upstream_says(
    session: aiohttp.ClientSession,
) -> None:
    async with FakeUpstream(Answer(400, body=b"who?")) as upstream:
        with pytest.raises(UploadRejected) as verdict:
            await Uploader(session, FakeClock()).upload(sealed(upstream.url, key=""))

    assert verdict.value.detail == "who?"


async def test_an_endless_answer_is_left_after_64_kib(session: aiohttp.ClientSession) -> None:
    async with asyncio.timeout(PATIENCE):
        await answered(session, Answer(200, body=b"[" * 100_000, cut="stall"))
