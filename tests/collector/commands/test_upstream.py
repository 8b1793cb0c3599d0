"""One GET to an upstream that behaves in all the ways there are."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from collector.commands.upstream import try_upstream


class Upstream(BaseHTTPRequestHandler):
    """Answers what the class is told; keeps what it was asked."""

    status = 200
    body = b'{"version":"0.12.3"}'
    asked: list[tuple[str, str | None]] = []  # noqa: RUF012 -- set anew by the fixture

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers.get("X-API-Key")))
        self.send_response(self.status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def upstream() -> Iterator[type[Upstream]]:
    class Fresh(Upstream):
        asked: list[tuple[str, str | None]] = []  # noqa: RUF012 -- one class a test

    with HTTPServer(("127.0.0.1", 0), Fresh) as server:
        Fresh.address = f"http://127.0.0.1:{server.server_port}"  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield Fresh
        server.shutdown()
        thread.join()


@pytest.fixture
def address(upstream: type[Upstream]) -> str:
    return str(upstream.address)  # type: ignore[attr-defined]


def test_langsmith_answers_with_its_version(upstream: type[Upstream], address: str) -> None:
    answer = try_upstream(f"{address}/api/v1", "lsv2_key")

    assert answer == (True, f"{address}/api/v1/info answers, version 0.12.3")
    assert upstream.asked == [("/api/v1/info", "lsv2_key")]


def test_without_a_key_none_is_sent(upstream: type[Upstream], address: str) -> None:
    assert try_upstream(address, None).fine
    assert upstream.asked == [("/info", None)]


def test_a_version_is_not_needed(upstream: type[Upstream], address: str) -> None:
    upstream.body = b"{}"

    assert try_upstream(address, None) == (True, f"{address}/info answers, version unknown")


@pytest.mark.parametrize("body", [b"<html></html>", b"[]", b"\xff"])
def test_a_web_page_is_not_langsmiths_api(
    upstream: type[Upstream], address: str, body: bytes
) -> None:
    upstream.body = body

    assert try_upstream(address, None) == (
        False,
        f"{address}/info answers, but not as LangSmith's API does",
    )


@pytest.mark.parametrize(
    ("status", "fine", "text"),
    [
        (404, True, "answers 404: LangSmith is old, or the address is not its API"),
        (401, False, "answers 401: the key is missing or wrong"),
        (403, False, "answers 403: the key is missing or wrong"),
        (302, False, "answers 302: the API is at another address"),
        (500, False, "answers 500"),
    ],
)
def test_another_status_is_told(
    upstream: type[Upstream], address: str, status: int, fine: bool, text: str
) -> None:
    upstream.status = status

    assert try_upstream(address, "lsv2_key") == (fine, f"{address}/info {text}")
    assert len(upstream.asked) == 1


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def test_nobody_at_the_address_is_told(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    listener.close()

    answer = try_upstream(f"http://127.0.0.1:{port}", None)

    assert answer.fine is False
    assert answer.text.startswith(f"no connection to http://127.0.0.1:{port}/info: ")
    assert "refused" in answer.text


def test_silence_is_told_after_the_time_limit(listener: socket.socket) -> None:
    port = listener.getsockname()[1]

    assert try_upstream(f"http://127.0.0.1:{port}", None, timeout=0.05) == (
        False,
        f"no answer from http://127.0.0.1:{port}/info within 0.05 s",
    )


def test_something_that_is_not_http_is_told(listener: socket.socket) -> None:
    def talk() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")

    thread = threading.Thread(target=talk)
    thread.start()
    port = listener.getsockname()[1]

    answer = try_upstream(f"http://127.0.0.1:{port}", None)

    thread.join()
    assert answer == (
        False,
        f"no HTTP answer from http://127.0.0.1:{port}/info: BadStatusLine",
    )
