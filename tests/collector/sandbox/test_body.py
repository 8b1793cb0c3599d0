"""Request bodies and their codings."""

import gzip

import pytest
import zstandard

from collector.sandbox import body as body_module
from tests.collector.sandbox.wire import ROOT, Api, multipart, part, root

BODY = multipart(part(f"post.{ROOT}", root()), part(f"post.{ROOT}.inputs", {"x": "y" * 200_000}))


def _streamed_zstd(data: bytes) -> bytes:
    compressor = zstandard.ZstdCompressor().compressobj()
    return compressor.compress(data) + compressor.flush()


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("identity", BODY),
        ("gzip", gzip.compress(BODY)),
        ("gzip", gzip.compress(BODY[:1000]) + gzip.compress(BODY[1000:])),
        ("GZIP", gzip.compress(BODY)),
        ("zstd", _streamed_zstd(BODY)),
        ("zstd", _streamed_zstd(BODY[:1000]) + _streamed_zstd(BODY[1000:])),
    ],
)
async def test_every_coding_is_undone(api: Api, coding: str, body: bytes) -> None:
    status, _ = await api.multipart(body, Content_Encoding=coding)
    _, run = await api.call("GET", f"/runs/{ROOT}")

    assert status == 202
    assert run["inputs"] == {"x": "y" * 200_000}


@pytest.mark.parametrize(
    ("coding", "body", "status"),
    [
        ("gzip", gzip.compress(BODY)[:-20], 400),
        ("zstd", _streamed_zstd(BODY)[:-5], 400),
        ("gzip", BODY, 400),
        ("zstd", BODY, 400),
        ("br", BODY, 415),
    ],
)
async def test_a_body_that_is_cut_or_of_another_coding_is_refused(
    api: Api, coding: str, body: bytes, status: int
) -> None:
    got, answer = await api.multipart(body, Content_Encoding=coding)

    assert got == status
    assert coding in answer["detail"]


@pytest.mark.parametrize(
    ("coding", "compress"), [("gzip", gzip.compress), ("zstd", _streamed_zstd)]
)
async def test_a_body_too_large_once_decoded_is_refused(
    api: Api, monkeypatch: pytest.MonkeyPatch, coding: str, compress: object
) -> None:
    monkeypatch.setattr(body_module, "MAX_BODY_BYTES", 100_000)
    assert callable(compress)

    status, answer = await api.multipart(compress(BODY), Content_Encoding=coding)

    assert (status, answer) == (413, {"detail": "the decoded body is larger than 100000 bytes"})


@pytest.mark.parametrize(
    ("body", "reason"),
    [(b"[]", "the body is not a JSON object"), (b"{", "the body is not valid JSON: ")],
)
async def test_a_json_body_is_an_object(api: Api, body: bytes, reason: str) -> None:
    status, answer = await api.call("POST", "/runs/batch", data=body)

    assert status == 422
    assert answer["detail"].startswith(reason)
