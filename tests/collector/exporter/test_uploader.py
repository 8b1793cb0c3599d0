import asyncio
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest

from collector import __version__
from collector.errors import UploadRejected, UploadUnavailable
from collector.exporter.uploader import Uploader, client_session
from tests.collector.exporter.samples import sealed
from tests.fakes import PATIENCE, Answer, FakeClock, FakeUpstream, leap

KEY = "lsv2_pt_secret"


async def answered(session: aiohttp.ClientSession, answer: Answer) -> None:
    """Upload once to an upstream that gives *answer*."""
    async with FakeUpstream(answer) as upstream:
        await Uploader(session, FakeClock()).upload(sealed(upstream.url))


async def test_the_request_is_the_one_langsmith_expects(session: aiohttp.ClientSession) -> None:
    async with FakeUpstream() as upstream:
        await Uploader(session, FakeClock()).upload(sealed(upstream.url, workspace="ws-1"))

    (request,) = upstream.requests
    assert (request.method, request.path) == ("POST", "/runs/multipart")
    assert request.body == b"\x28\xb5body"
    assert request.headers["x-api-key"] == KEY
    assert request.headers["X-Tenant-Id"] == "ws-1"
    assert request.headers["Content-Type"] == "multipart/form-data; boundary=b"
    assert request.headers["Content-Encoding"] == "zstd"
    assert request.headers["X-Pre-Compressed-Size"] == "10"
    assert request.headers["Content-Length"] == "6"
    assert request.headers["Accept"] == "application/json"
    assert request.headers["User-Agent"] == f"collector-proxy/{__version__}"
    assert "Transfer-Encoding" not in request.headers


async def test_without_a_workspace_no_tenant_is_named(session: aiohttp.ClientSession) -> None:
    async with FakeUpstream() as upstream:
        await Uploader(session, FakeClock()).upload(sealed(upstream.url))

    assert "X-Tenant-Id" not in upstream.requests[0].headers


@pytest.mark.parametrize(
    ("endpoint", "path"),
    [
        ("{url}/", "/runs/multipart"),
        ("{url}/api/v1", "/api/v1/runs/multipart"),
        ("{url}/api/v1//", "/api/v1/runs/multipart"),
        (' "{url}/api/v1/" ', "/api/v1/runs/multipart"),
        ("'{url}'\n", "/runs/multipart"),
    ],
)
async def test_the_path_is_appended_to_the_cleaned_endpoint(
    session: aiohttp.ClientSession, endpoint: str, path: str
) -> None:
    async with FakeUpstream() as upstream:
        await Uploader(session, FakeClock()).upload(sealed(endpoint.format(url=upstream.url)))

    assert upstream.requests[0].path == path


async def test_a_large_body_is_sent_whole_with_its_length(session: aiohttp.ClientSession) -> None:
    body = bytes(range(256)) * 4097 * 2
    async with FakeUpstream() as upstream:
        await Uploader(session, FakeClock()).upload(sealed(upstream.url, body=body))

    (request,) = upstream.requests
    assert request.body == body
    assert request.headers["Content-Length"] == str(len(body))


@pytest.mark.parametrize("size", [6, 3 << 20])
async def test_each_try_sends_the_same_body(session: aiohttp.ClientSession, size: int) -> None:
    async with FakeUpstream(Answer(503), Answer(cut="before"), Answer(429)) as upstream:
        batch = sealed(upstream.url, body=b"z" * size)
        uploader = Uploader(session, FakeClock())
        for _ in range(3):
            with pytest.raises(UploadUnavailable):
                await uploader.upload(batch)
        await uploader.upload(batch)

    assert upstream.bodies() == [b"z" * size] * 4


@pytest.mark.parametrize("cut", ["before", "within"])
async def test_a_connection_cut_in_an_answer_is_passing_trouble(
    session: aiohttp.ClientSession, cut: str
) -> None:
    with pytest.raises(UploadUnavailable) as trouble:
        await answered(session, Answer(202, cut=cut))

    assert trouble.value.reason == "connection"


async def test_nobody_listening_is_passing_trouble(session: aiohttp.ClientSession) -> None:
    async with FakeUpstream() as upstream:
        url = upstream.url

    with pytest.raises(UploadUnavailable) as trouble:
        await Uploader(session, FakeClock()).upload(sealed(url))

    assert trouble.value.reason == "connection"


async def test_an_upstream_that_never_answers_hits_the_time_out() -> None:
    async with client_session(1, timeout=0.02) as session, FakeUpstream(Answer(never=True)) as up:
        with pytest.raises(UploadUnavailable) as trouble:
            await Uploader(session, FakeClock()).upload(sealed(up.url))

    assert trouble.value.reason == "timeout"


async def test_silence_after_a_large_body_hits_the_time_out_as_soon() -> None:
    # The two minutes that a slow line has for it are longer than anybody's patience here.
    body = b"z" * (16 << 20)
    async with client_session(1, timeout=0.2) as session, FakeUpstream(Answer(never=True)) as up:
        async with asyncio.timeout(PATIENCE):
            with pytest.raises(UploadUnavailable) as trouble:
                await Uploader(session, FakeClock()).upload(sealed(up.url, body=body))

    assert trouble.value.reason == "timeout"


async def test_a_large_body_has_time_for_a_slow_line() -> None:
    async def pause_in_the_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(1 << 20)
        leap(40.0)
        await reader.readexactly(31 << 20)
        writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(pause_in_the_body, "127.0.0.1", 0, limit=1 << 16)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, client_session(1, timeout=30.0) as session:
        await Uploader(session, FakeClock()).upload(sealed(url, body=b"z" * (32 << 20)))


async def test_an_upstream_that_stops_reading_is_left_when_its_time_is_over() -> None:
    stopped = asyncio.Event()

    async def stop_reading(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await stopped.wait()
        writer.close()

    server = await asyncio.start_server(stop_reading, "127.0.0.1", 0, limit=1 << 12)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, client_session(1, timeout=0.05) as session:
        # 0.05 s, and at 1 Mbit/s 0.1 s for so small a body.
        with pytest.raises(UploadUnavailable) as trouble:
            await Uploader(session, FakeClock()).upload(sealed(url, body=b"z" * 13_000))
        stopped.set()

    assert trouble.value.reason == "timeout"


async def test_cancelling_lets_the_cancellation_pass(session: aiohttp.ClientSession) -> None:
    async with FakeUpstream(Answer(never=True)) as upstream:
        upload = asyncio.ensure_future(Uploader(session, FakeClock()).upload(sealed(upstream.url)))
        await upstream.received(1)
        upload.cancel()
        await asyncio.wait([upload])

    assert upload.cancelled()


async def test_the_connection_is_kept_alive(session: aiohttp.ClientSession) -> None:
    async with FakeUpstream(Answer(202), Answer(422), Answer(503), Answer(202)) as upstream:
        uploader = Uploader(session, FakeClock())
        for _ in range(4):
            with suppress(UploadRejected, UploadUnavailable):
                await uploader.upload(sealed(upstream.url))

    assert upstream.connections == 1


async def test_a_cookie_of_one_tenant_is_not_sent_for_another(
    session: aiohttp.ClientSession,
) -> None:
    async with FakeUpstream(Answer(202, {"Set-Cookie": "tenant=a; Path=/"})) as upstream:
        uploader = Uploader(session, FakeClock())
        # Cookies are not kept for bare addresses, in any case.
        named = upstream.url.replace("127.0.0.1", "localhost")
        await uploader.upload(sealed(named, key="a"))
        await uploader.upload(sealed(named, key="b"))

    assert upstream.keys() == ["a", "b"]
    assert "Cookie" not in upstream.requests[1].headers


async def test_a_proxy_named_in_the_environment_is_used(
    session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with FakeUpstream() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        await Uploader(session, FakeClock()).upload(sealed("http://langsmith.test/api/v1"))

    (request,) = proxy.requests
    assert request.headers["Host"] == "langsmith.test"
    assert request.path.endswith("/api/v1/runs/multipart")
    assert "Proxy-Authorization" not in request.headers


async def test_a_proxy_gets_the_password_in_its_address(
    session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with FakeUpstream() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url.replace("//", "//user:pass@"))
        await Uploader(session, FakeClock()).upload(sealed("http://langsmith.test"))

    (request,) = proxy.requests
    assert request.headers["Proxy-Authorization"] == "Basic dXNlcjpwYXNz"


async def test_a_host_in_no_proxy_is_asked_directly(
    session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with FakeUpstream() as upstream, FakeUpstream() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        await Uploader(session, FakeClock()).upload(sealed(upstream.url))

    assert (len(upstream.requests), len(proxy.requests)) == (1, 0)


async def test_a_password_file_of_the_machine_is_not_sent_along(
    session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    async with FakeUpstream() as upstream:
        await Uploader(session, FakeClock()).upload(sealed(upstream.url))

    assert "Authorization" not in upstream.requests[0].headers
