"""The runs of a dead letter, taken out of its body."""

import base64
from typing import Any

import orjson

from collector.errors import Refused
from collector.exporter.letter import Letter, NoLetter
from collector.receiver.decompression import decoder_of
from collector.sandbox.errors import ApiError
from collector.sandbox.multipart import Part, boundary_of, parse_parts
from translators.span import JsonObject


def runs_in(letter: Letter) -> list[JsonObject]:
    """Return each run of *letter* as one object, in its order.

    Its members are those of the main part, ``operation`` (``post`` or ``patch``), ``inputs``,
    ``outputs`` and so on, and ``attachments``: name, MIME type and base64 of each.
    A part that should be JSON and is not comes as text, because that may be why it was refused.

    Raises:
        NoLetter: the body cannot be taken apart.
    """
    try:
        decode = decoder_of(letter.headers.get("Content-Encoding", ""))
        body = letter.body if decode is None else b"".join(decode(letter.body))
        parts = parse_parts(body, boundary_of(letter.headers.get("Content-Type", "")))
    except Refused as error:
        raise NoLetter(f"has a body that cannot be read: {error.reason}") from None
    except ApiError as error:
        raise NoLetter(f"has a body that cannot be taken apart: {error.detail}") from None
    runs: dict[tuple[str, str], JsonObject] = {}
    for part in parts:
        operation, _, rest = part.name.partition(".")
        run_id, _, member = rest.partition(".")
        if operation == "attachment":
            _attach(runs, run_id, member, part)
            continue
        run = runs.setdefault((operation, run_id), {"operation": operation, "id": run_id})
        content = _json_or_text(part.data)
        if member:
            run[member] = content
        elif isinstance(content, dict):
            run.update(content)
        else:
            run["main"] = content
    return list(runs.values())


def _attach(runs: dict[tuple[str, str], JsonObject], run_id: str, name: str, part: Part) -> None:
    operation = "patch" if ("patch", run_id) in runs else "post"
    run = runs.setdefault((operation, run_id), {"operation": operation, "id": run_id})
    encoded = base64.b64encode(part.data).decode()
    attachment = {"name": name, "mime_type": part.media_type, "data_base64": encoded}
    run.setdefault("attachments", []).append(attachment)


def _json_or_text(data: bytes) -> Any:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return data.decode("utf-8", "replace")
