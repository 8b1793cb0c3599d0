"""An independent reader of what ``seal`` makes: RFC 7578 with LangSmith's own demands."""

import zstandard

from collector.model import SealedBatch

Part = tuple[str, dict[str, str], bytes]


def read_parts(content_type: str, body: bytes) -> list[Part]:
    """Name, headers and content of each part, in order; lengths are taken at their word."""
    kind, _, boundary = content_type.partition("; boundary=")
    assert kind == "multipart/form-data"
    delimiter = b"--" + boundary.encode()
    parts: list[Part] = []
    at = 0
    while not body.startswith(delimiter + b"--", at):
        assert body.startswith(delimiter + b"\r\n", at)
        head_end = body.index(b"\r\n\r\n", at)
        lines = body[at + len(delimiter) + 2 : head_end].decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        assert list(headers) == ["Content-Disposition", "Content-Type", "Content-Length"]
        prefix, name, rest = headers["Content-Disposition"].split('"')
        assert (prefix, rest) == ("form-data; name=", "")
        start, length = head_end + 4, int(headers["Content-Length"])
        content = body[start : start + length]
        assert body[start + length : start + length + 2] == b"\r\n"
        parts.append((name, headers, content))
        at = start + length + 2
    assert body[at:] == delimiter + b"--\r\n"
    return parts


def unseal(sealed: SealedBatch) -> list[Part]:
    body = zstandard.ZstdDecompressor().decompressobj().decompress(sealed.body)
    assert len(body) == sealed.raw_size
    return read_parts(sealed.headers["Content-Type"], body)
