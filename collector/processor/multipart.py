"""The body of ``POST /runs/multipart``.

Source: langsmith-sdk ``_internal/_operations.py`` (part names and order) and RFC 7578. LangSmith
wants the Content-Type and the Content-Length of every part, although the RFC forbids the latter.
"""

from collections.abc import Iterable
from uuid import uuid4

from collector.model import EncodedRun, Place
from collector.processor.timestamps import iso_time

_BOUNDARY = uuid4().hex

CONTENT_TYPE = f"multipart/form-data; boundary={_BOUNDARY}"

_DISPOSITION = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="'.encode()
_JSON = b'"\r\nContent-Type: application/json\r\nContent-Length: '
_END = f"--{_BOUNDARY}--\r\n".encode()
# ``late`` goes in right behind this beginning of every ``extra``.
_METADATA = b'{"metadata":{'
# In header lines; as browsers and RFC 7578 readers have it.
_ESCAPES = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})


def multipart_body(
    runs: Iterable[EncodedRun], *, rough: bool = False
) -> tuple[bytes, int, list[int]]:
    """Return the multipart body for placed *runs*, and the bytes of the parts' contents in it.

    The last value are the offsets in the body behind each run's last part.

    Each run is one ``post``, or one ``patch``: the main part, then inputs, outputs, events, extra
    and error as far as they are there, then its attachments.

    Where it is *rough*, the main parts are for people: what must be worked out for LangSmith, as
    times and the path in the trace, is not in them, so that runs can be told where that fails.

    Raises:
        ValueError: a run has no place, or a time that no calendar has; never where it is *rough*.
    """
    chunks: list[bytes] = []
    dotted_orders: dict[Place, str] = {}
    contents = length = measured = 0
    ends: list[int] = []
    for run in runs:
        place = run.place
        if rough:
            run_id = (run.span_id if place is None else place.run_id).encode()
            main = _rough_part(run, run_id)
        elif place is None:
            raise ValueError("a run without a place is in the batch")
        else:
            run_id = place.run_id.encode()
            main = _main_part(run, place, dotted_orders)
        start = b"%b%b.%b" % (_DISPOSITION, b"patch" if run.patch else b"post", run_id)
        contents += len(main)
        chunks += (start, _JSON, b"%d\r\n\r\n" % len(main), main, b"\r\n")
        extra = run.extra
        if run.late:
            extra = b"%b%b%b" % (_METADATA, run.late, extra[len(_METADATA) :])
        for suffix, part in (
            (b".inputs", run.inputs),
            (b".outputs", run.outputs),
            (b".events", run.events),
            (b".extra", extra),
            (b".error", run.error),
        ):
            if part is not None:
                contents += len(part)
                chunks += (start, suffix, _JSON, b"%d\r\n\r\n" % len(part), part, b"\r\n")
        for name, mime_type, data in run.attachments:
            contents += len(data)
            chunks += (_attachment_head(run_id, name, mime_type, len(data)), data, b"\r\n")
        length += sum(map(len, chunks[measured:]))
        measured = len(chunks)
        ends.append(length)
    chunks.append(_END)
    return b"".join(chunks), contents, ends


def _main_part(run: EncodedRun, place: Place, dotted_orders: dict[Place, str]) -> bytes:
    parent = place.parent
    if parent is None:
        dotted_order = place.segment
        parent_member = ""
    else:
        # A chain of n runs has n * n / 2 segments: each text is made from its parent's.
        above = dotted_orders.get(parent)
        if above is None:
            above = dotted_orders[parent] = parent.dotted_order()
        dotted_order = f"{above}.{place.segment}"
        parent_member = f'"parent_run_id":"{parent.run_id}",'
    dotted_orders[place] = dotted_order
    end_member = f'"end_time":"{iso_time(run.end_us)}",' if run.end_us else ""
    placed = (
        f'{{"id":"{place.run_id}","trace_id":"{place.trace_run_id}",{parent_member}'
        f'"dotted_order":"{dotted_order}","start_time":"{iso_time(run.start_us)}",{end_member}'
    )
    return b"%b%b}" % (placed.encode(), run.fields)


def _rough_part(run: EncodedRun, run_id: bytes) -> bytes:
    otel = f'"otel.trace_id":"{run.trace_id}","otel.span_id":"{run.span_id}"'
    times = f'"start_us":{run.start_us},"end_us":{run.end_us}'
    return b'{"id":"%b",%b,%b,%b}' % (run_id, otel.encode(), times.encode(), run.fields)


def _attachment_head(run_id: bytes, name: str, mime_type: str, length: int) -> bytes:
    name = name.translate(_ESCAPES)
    if not (mime_type and mime_type.isascii() and mime_type.isprintable()):
        mime_type = "application/octet-stream"
    headers = f'{name}"\r\nContent-Type: {mime_type}\r\nContent-Length: {length}\r\n\r\n'
    return b"%battachment.%b.%b" % (_DISPOSITION, run_id, headers.encode("utf-8", "replace"))
