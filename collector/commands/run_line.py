"""A placed run as one line of JSON, with the very bytes that an upload would carry."""

from typing import Any

import orjson

from collector.model import EncodedRun
from collector.processor.timestamps import iso_time
from translators.span import JsonObject

# What every ``extra`` begins with, and ``late`` goes in behind: see EncodedRun.
_METADATA = b'{"metadata":{'


def run_line(run: EncodedRun, explanation: JsonObject | None) -> bytes:
    """Return *run*, which has a place, as a JSON object without a line break.

    Attachments are shown as name, MIME type and size in bytes.

    Args:
        explanation: its member ``explain``, which is left out for None.
    """
    place = run.place
    if place is None:
        raise ValueError("the run has no place")
    line: dict[str, Any] = {
        "id": place.run_id,
        "trace_id": place.trace_run_id,
        "parent_run_id": None if place.parent is None else place.parent.run_id,
        "dotted_order": place.dotted_order(),
        **orjson.loads(b"{%b}" % run.fields),
        "start_time": iso_time(run.start_us),
        "end_time": iso_time(run.end_us) if run.end_us else None,
    }
    parts = {
        "error": run.error,
        "inputs": run.inputs,
        "outputs": run.outputs,
        "events": run.events,
        "extra": b"%b%b%b" % (_METADATA, run.late, run.extra[len(_METADATA) :]),
    }
    for name, content in parts.items():
        if content is not None:
            line[name] = orjson.Fragment(content)
    if run.attachments:
        line["attachments"] = [
            {"name": name, "mime_type": mime_type, "size": len(data)}
            for name, mime_type, data in run.attachments
        ]
    if explanation is not None:
        line["explain"] = explanation
    return orjson.dumps(line, default=str)
