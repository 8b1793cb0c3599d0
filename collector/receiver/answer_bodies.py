"""The bodies of answers in both encodings: success, partial success, and ``google.rpc.Status``.

Source: opentelemetry-proto docs/specification.md, "OTLP/HTTP Response".
"""

from collections.abc import Sequence
from typing import Final

import orjson

from collector.receiver.wire import field, varint
from translators.span import JsonObject

_BAD_REQUEST: Final = "type.googleapis.com/google.rpc.BadRequest"


def protobuf_success(rejected: int, message: str) -> bytes:
    """Return an ``Export…ServiceResponse``: no bytes at all when all is well.

    On the wire the responses of all signals are the same: field 1 is the partial success, in it
    field 1 is the number of records and field 2 the message.
    """
    if not rejected and not message:
        return b""
    count = b"\x08" + varint(rejected) if rejected else b""
    return field(1, count + field(2, message.encode()))


def json_success(rejected_name: str, rejected: int, message: str) -> bytes:
    """Return an ``Export…ServiceResponse`` object: ``{}`` when all is well.

    Args:
        rejected_name: the signal's own name for the number of records, as ``rejectedSpans``.
    """
    if not rejected and not message:
        return b"{}"
    return orjson.dumps({"partialSuccess": {rejected_name: str(rejected), "errorMessage": message}})


def protobuf_status(code: int, message: str, field_violations: Sequence[tuple[str, str]]) -> bytes:
    """Return a ``google.rpc.Status``, with a ``BadRequest`` detail where there are violations.

    Written by hand: three fields are no reason for one more dependency.
    """
    out = (b"\x08" + varint(code) if code else b"") + field(2, message.encode())
    if field_violations:
        detail = b"".join(
            field(1, field(1, name.encode()) + field(2, description.encode()))
            for name, description in field_violations
        )
        out += field(3, field(1, _BAD_REQUEST.encode()) + field(2, detail))
    return out


def json_status(code: int, message: str, field_violations: Sequence[tuple[str, str]]) -> bytes:
    """Return a ``google.rpc.Status``, with a ``BadRequest`` detail where there are violations."""
    answer: JsonObject = {"code": code, "message": message}
    if field_violations:
        violations = [
            {"field": name, "description": description} for name, description in field_violations
        ]
        answer["details"] = [{"@type": _BAD_REQUEST, "fieldViolations": violations}]
    return orjson.dumps(answer)
