"""``collector-proxy translate``: an OTLP file in, the runs it becomes out."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import orjson

from collector.commands.run_line import run_line
from collector.config import Settings
from collector.errors import Refused
from collector.model import Destination, EncodedRun, Receipt
from collector.processor.assembler import Assembler
from collector.processor.encoder import encode_resource, encode_run
from collector.receiver.codec import Decoded
from collector.receiver.encodings import JSON, PROTOBUF
from translators.base import Translator
from translators.explain import explain as explained
from translators.registry import Registry
from translators.span import Resource, Span

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Translation(NamedTuple):
    """The runs as JSON lines, parents before children, and remarks for the person who asked."""

    lines: list[bytes]
    remarks: list[str]


def translate(
    body: bytes, settings: Settings, translators: Sequence[Translator], *, explain: bool
) -> Translation:
    """Return the runs that the spans of *body* become when *settings* hold.

    Args:
        body: an OTLP request, binary or JSON; or JSON requests in a list, or one a line, as the
            OpenTelemetry Collector's file exporter writes them.
        explain: add to each run which dialect set which field from which attributes.

    Raises:
        Refused: *body* is none of these.
    """
    registry = Registry(translators, keep_unmapped=settings.generic_otel_enabled)
    assembler = Assembler(
        span_ttl=settings.span_ttl,
        remote_parent_ttl=settings.remote_parent_ttl,
        max_trace_wait=settings.max_trace_wait,
        filter_non_genai=settings.filter_non_genai,
        run_id_scheme=settings.run_id_scheme,
    )
    destination = Destination(settings.langsmith_endpoint, "", None, settings.langsmith_project)
    receipt = Receipt(0, 0, lambda _: None)
    spans_by_run: dict[EncodedRun, Span] = {}
    counts: Counter[str] = Counter()
    placed: list[EncodedRun] = []
    for decoded in _decoded(body):
        counts.update({f"spans rejected, {word}": n for word, n in decoded.by_reason.items()})
        resources: dict[Resource, bytes | None] = {}
        for span in decoded.spans:
            run = registry.translate(span)
            counts.update(f"spans on which translator {name} failed" for name in run.failures)
            if run.drop is not None:
                counts[f"spans dropped, {run.drop}"] += 1
                continue
            if span.resource not in resources:
                keep = settings.generic_otel_enabled
                resources[span.resource] = encode_resource(span.resource) if keep else None
            encoded = encode_run(run, span, destination, receipt, resource=resources[span.resource])
            spans_by_run[encoded] = span
            placed += assembler.add((encoded,), 0.0)
    placed += assembler.drain()
    lines = []
    for encoded in placed:
        if encoded.dropped is not None:
            counts[f"spans dropped, {encoded.dropped}"] += 1
            continue
        if encoded.released is not None:
            counts["runs whose parent is not in the file"] += 1
        explanation = explained(registry, spans_by_run[encoded]) if explain else None
        lines.append(run_line(encoded, explanation))
    if not lines and not counts:
        counts["spans in it"] = 0
    return Translation(lines, [f"{n} {what}" for what, n in counts.items()])


def _decoded(body: bytes) -> list[Decoded]:
    start = body.removeprefix(_BYTE_ORDER_MARK).lstrip()[:1]
    if start not in (b"{", b"["):
        return [PROTOBUF.decode(body)]
    if body[:1] == b"\n":
        # A line break, or the tag of resource_spans; then the "{" is a length of 123 bytes.
        try:
            return [PROTOBUF.decode(body)]
        except Refused:
            pass
    return [JSON.decode(request) for request in _json_requests(body)]


def _json_requests(body: bytes) -> list[bytes]:
    try:
        content = orjson.loads(body.removeprefix(_BYTE_ORDER_MARK))
    except orjson.JSONDecodeError:
        lines = [line for line in body.splitlines() if line.strip()]
        # Otherwise it is one request that the codec mends, or refuses with a reason.
        return lines if all(line.startswith(b"{") for line in lines) else [body]
    if isinstance(content, list):
        return [orjson.dumps(request) for request in content]
    return [body]
