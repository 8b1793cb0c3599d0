import zlib
from http.client import HTTPConnection
from uuid import UUID

import pytest
import zstandard

from benchmarks.sink import Received, Sink, Upload, count


def run_id(number: int) -> str:
    return str(UUID(int=number))


def multipart(*names: str) -> bytes:
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n'
        "Content-Type: application/json\r\n\r\n{}\r\n"
        for name in names
    ]
    return "".join([*parts, "--b--\r\n"]).encode()


def test_a_run_with_several_parts_counts_once() -> None:
    body = multipart(
        f"post.{run_id(1)}",
        f"post.{run_id(1)}.inputs",
        f"post.{run_id(1)}.outputs",
        f"post.{run_id(2)}",
    )

    assert count([Upload("identity", body)]) == Received(2, 1, len(body))


def test_a_run_that_is_uploaded_twice_counts_once() -> None:
    first = multipart(f"post.{run_id(1)}", f"post.{run_id(2)}")
    second = multipart(f"post.{run_id(2)}", f"post.{run_id(3)}")

    assert count([Upload("identity", first), Upload("identity", second)]).runs == 3


def test_parts_without_their_run_and_patches_are_no_runs() -> None:
    body = multipart(f"post.{run_id(1)}.inputs", f"patch.{run_id(2)}")

    assert count([Upload("identity", body)]).runs == 0


def test_compressed_uploads_are_opened_and_sized_as_they_were_sent() -> None:
    two_frames = b"".join(
        zstandard.compress(multipart(f"post.{run_id(number)}")) for number in (1, 2)
    )
    gzipped = zlib.compress(multipart(f"post.{run_id(3)}"), wbits=31)

    received = count([Upload("zstd", two_frames), Upload("gzip", gzipped)])

    assert received == Received(3, 2, len(two_frames) + len(gzipped))


def test_an_encoding_that_langsmith_does_not_take_is_an_error() -> None:
    with pytest.raises(ValueError, match="br"):
        count([Upload("br", b"")])


def test_the_server_takes_uploads_with_a_length_and_in_chunks() -> None:
    first, second = multipart(f"post.{run_id(1)}"), multipart(f"post.{run_id(2)}")
    with Sink() as sink:
        connection = HTTPConnection(sink.url.removeprefix("http://"), timeout=10)
        statuses = []
        for body in (first, iter([second[:20], second[20:]])):
            connection.request("POST", "/runs/multipart", body)
            answer = connection.getresponse()
            statuses.append((answer.status, answer.read()))
        arrived = sink.uploads
        connection.close()
        received = sink.finish()

    assert statuses == [(202, b"{}"), (202, b"{}")]
    assert arrived == 2
    assert received == Received(2, 2, len(first) + len(second))


def test_half_an_upload_does_not_count() -> None:
    with Sink() as sink:
        connection = HTTPConnection(sink.url.removeprefix("http://"), timeout=10)
        connection.putrequest("POST", "/runs/multipart")
        connection.putheader("Content-Length", "100000")
        connection.endheaders(multipart(f"post.{run_id(1)}"))
        connection.close()
        received = sink.finish()

    assert received == Received(0, 0, 0)
