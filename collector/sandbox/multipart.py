"""The multipart body of ``POST /runs/multipart``, taken apart and held to its framing rules.

RFC 7578, and one rule beyond it: LangSmith wants every part to say its type and its length, as a
``Content-Length`` header or as a ``length`` parameter of ``Content-Type``.
"""

from dataclasses import dataclass
from email.message import Message

from collector.sandbox.errors import Unprocessable, Unsupported


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its form name, its media type without parameters, its bytes."""

    name: str
    media_type: str
    data: bytes


def boundary_of(content_type: str) -> bytes:
    """Return the boundary that a request's Content-Type names.

    Raises:
        Unsupported: not multipart/form-data.
        Unprocessable: no boundary.
    """
    header = _header("Content-Type", content_type)
    if header.get_content_type() != "multipart/form-data":
        raise Unsupported(f"Content-Type {content_type!r} is not multipart/form-data")
    boundary = header.get_param("boundary")
    if not isinstance(boundary, str) or not boundary:
        raise Unprocessable("Content-Type names no boundary")
    return boundary.encode()


def parse_parts(body: bytes, boundary: bytes) -> list[Part]:
    """Return the parts in order; there is at least one.

    Raises:
        Unprocessable: wrong framing, or a part without name, type or its true length.
    """
    delimiter = b"--" + boundary
    if not body.startswith(delimiter):
        raise Unprocessable("the body does not start with its boundary")
    parts: list[Part] = []
    position = len(delimiter)
    while True:
        ending = body[position : position + 2]
        if ending == b"--":
            break
        if ending != b"\r\n":
            raise Unprocessable(f"part {len(parts) + 1}: a boundary is not followed by CRLF or --")
        end_of_head = body.find(b"\r\n\r\n", position)
        end = body.find(b"\r\n" + delimiter, position + 2)
        if end_of_head < 0 or end < 0:
            raise Unprocessable(f"part {len(parts) + 1}: the body ends before its closing boundary")
        head = body[position + 2 : end_of_head]
        part, length = _read_head(head, len(parts) + 1)
        # The length, not the boundary, says where the data ends: attachments may hold anything.
        start = end_of_head + 4
        data = body[start : start + length]
        position = start + length + 2 + len(delimiter)
        if len(data) < length or body[start + length : position] != b"\r\n" + delimiter:
            raise Unprocessable(
                f"part {part.name!r}: no boundary after the {length} bytes that its length says"
            )
        parts.append(Part(part.name, part.media_type, data))
    if not parts:
        raise Unprocessable("the body has no parts")
    return parts


def _read_head(head: bytes, number: int) -> tuple[Part, int]:
    """Return the part, still without data, and the length its headers promise."""
    headers: dict[str, str] = {}
    for line in head.decode("utf-8", "replace").split("\r\n"):
        key, colon, value = line.partition(":")
        if not colon:
            raise Unprocessable(f"part {number}: header line {line!r} has no colon")
        headers[key.strip().lower()] = value.strip()
    disposition = _header("Content-Disposition", headers.get("content-disposition", ""))
    name = disposition.get_param("name", header="Content-Disposition")
    if disposition.get_content_disposition() != "form-data" or not isinstance(name, str):
        raise Unprocessable(f"part {number}: no Content-Disposition form-data with a name")
    if "content-type" not in headers:
        raise Unprocessable(f"part {name!r}: no Content-Type")
    content_type = _header("Content-Type", headers["content-type"])
    length = headers.get("content-length", content_type.get_param("length"))
    if not isinstance(length, str) or not (length.isascii() and length.isdigit()):
        raise Unprocessable(
            f"part {name!r}: neither a Content-Length header nor a length parameter gives its size"
        )
    return Part(name, content_type.get_content_type(), b""), int(length)


def _header(name: str, value: str) -> Message:
    message = Message()
    message[name] = value
    return message
