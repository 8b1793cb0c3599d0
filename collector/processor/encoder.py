"""Turns runs into JSON bytes as soon as they are known, and batches into request bodies."""

from collections import deque
from collections.abc import Sequence
from typing import Any

import zstandard

from collector.errors import Unsealable
from collector.model import Batch, Destination, EncodedRun, Receipt, SealedBatch
from collector.processor.json_text import dumps
from collector.processor.multipart import CONTENT_TYPE, multipart_body
from translators.inline_media import LIMIT, lift_media
from translators.run import Run
from translators.span import (
    FLAG_HAS_IS_REMOTE,
    FLAG_IS_REMOTE,
    KIND_CONSUMER,
    KIND_SERVER,
    JsonObject,
    Resource,
    Span,
)

# What a run costs beside its bytes: the object, its ids, the headers of its bytes (tracemalloc).
_RUN_BYTES = 700
# On batches of 100 chat runs level 3 took 15 to 35 % more CPU than level 1 and made bodies 5 %
# smaller; LangSmith's SDK uses level 1, too.
_LEVEL = 1
# What the content of a run can be the cause of; want of memory, threads or files passes.
_FAULTS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
_SECRETS = ("authorization", "api_key", "apikey", "cookie", "secret", "token", "password")
_REDACTED = "[redacted]"


def encode_run(
    run: Run,
    span: Span,
    destination: Destination,
    receipt: Receipt,
    *,
    resource: bytes | None,
) -> EncodedRun:
    """Return *run* with its content as JSON bytes, ready for the assembler.

    Args:
        run: what the span says; its metadata is not empty.
        span: where the run came from; gives the OTel ids and tells of a remote parent.
        destination: names the project where the run itself names none.
        receipt: gets word when the run is done.
        resource: what ``encode_resource`` returned for the span's resource, or None.
    """
    encoded = EncodedRun()
    encoded.destination = destination
    encoded.receipt = receipt
    encoded.trace_id = span.trace_id
    encoded.span_id = span.span_id
    encoded.parent_span_id = span.parent_span_id
    encoded.remote_parent = _has_remote_parent(span)
    encoded.is_root = run.is_root
    encoded.genai = run.genai
    encoded.ids = run.ids
    encoded.thread_id = run.thread_id
    encoded.start_us = run.start_us
    encoded.end_us = run.end_us
    encoded.resource = resource
    encoded.late = b""
    encoded.place = None
    encoded.dropped = None
    encoded.released = None
    encoded.patch = False
    encoded.delivered = False

    fields: JsonObject = {"name": run.name, "run_type": run.run_type}
    if run.tags:
        fields["tags"] = run.tags
    if run.project_id is not None:
        fields["session_id"] = run.project_id
    else:
        fields["session_name"] = run.project or destination.project
    if run.reference_example_id is not None:
        fields["reference_example_id"] = run.reference_example_id
    extra: JsonObject = {"metadata": run.metadata}
    if run.invocation_params:
        extra["invocation_params"] = run.invocation_params
    if run.runtime:
        extra["runtime"] = run.runtime

    encoded.fields = dumps(fields)[1:-1]
    encoded.extra = dumps(extra)
    size = _RUN_BYTES + len(encoded.fields) + len(encoded.extra)
    encoded.inputs = encoded.outputs = encoded.events = encoded.error = None
    if run.inputs is not None or run.outputs is not None:
        size += _encode_content(run, encoded)
    if run.events:
        encoded.events = dumps(run.events)
        size += len(encoded.events)
    if run.error is not None:
        encoded.error = dumps(run.error)
        size += len(encoded.error)
    encoded.attachments = ()
    if run.attachments:
        encoded.attachments = tuple((one.name, one.mime_type, one.data) for one in run.attachments)
        size += sum(len(one.data) for one in run.attachments)
    encoded.size = size
    return encoded


def encode_patch(run: Run, span: Span, first: EncodedRun, receipt: Receipt) -> EncodedRun:
    """Return *run* as the patch of *first*, which is the same run with less content, and placed.

    Everything is told again: LangSmith replaces inputs, outputs, events, extra and error whole.
    """
    encoded = encode_run(run, span, first.destination, receipt, resource=None)
    encoded.patch = True
    encoded.place = first.place
    encoded.late = first.late
    encoded.start_us = first.start_us
    encoded.end_us = first.end_us
    return encoded


def encode_resource(resource: Resource) -> bytes:
    """Return *resource* as members for the beginning of a run's metadata.

    That is ``"otel.resource":{...},`` with the values of secret-looking keys masked, and the
    schema URL and the dropped count where there are any; ``b""`` for an empty resource.
    """
    members: JsonObject = {}
    if resource.attributes:
        members["otel.resource"] = _masked(resource.attributes)
    if resource.schema_url:
        members["otel.resource.schema_url"] = resource.schema_url
    if resource.dropped:
        members["otel.resource.dropped"] = resource.dropped
    return dumps(members)[1:-1] + b"," if members else b""


class Sealer:
    """Seals batches. Several threads may do so at once.

    Compressors are kept for the next batch: making one costs a tenth of what it does. There are
    never more of them than threads that seal.
    """

    def __init__(self) -> None:
        self._idle: deque[zstandard.ZstdCompressor] = deque()

    def __call__(self, batch: Batch) -> SealedBatch:
        """Return *batch* as the compressed body and the headers of one request.

        Takes milliseconds, most of them without the interpreter's lock: made for a worker thread.
        The batch stays as it is.

        Raises:
            Unsealable: some runs are to blame; it has the others sealed. Any other error says that
                a later try may do.
        """
        try:
            return self._sealed(batch.destination, batch.runs)
        except _FAULTS as error:
            raise self._sifted(batch, error) from error

    def _sifted(self, batch: Batch, error: Exception) -> Exception:
        """Return what is to be raised for *error*: it itself, where no run alone is to blame."""
        good: list[EncodedRun] = []
        bad: list[EncodedRun] = []
        for run in batch.runs:
            try:
                multipart_body([run])
            except _FAULTS:
                bad.append(run)
            else:
                good.append(run)
        if not bad:
            return error
        return Unsealable(
            self._sealed(batch.destination, bad, rough=True),
            self._sealed(batch.destination, good) if good else None,
            f"{type(error).__name__}: {error}",
        )

    def _sealed(
        self, destination: Destination, runs: Sequence[EncodedRun], *, rough: bool = False
    ) -> SealedBatch:
        body, contents, ends = multipart_body(runs, rough=rough)
        try:
            compressor = self._idle.pop()
        except IndexError:
            compressor = zstandard.ZstdCompressor(level=_LEVEL)
        # A copy that fits: the bytes that zstandard 0.25 returns keep the room that the worst case
        # would need, which is more than the body before compression.
        compressed = b"%b" % compressor.compress(body)
        self._idle.append(compressor)
        headers = {
            "Content-Type": CONTENT_TYPE,
            "Content-Encoding": "zstd",
            "X-Pre-Compressed-Size": str(contents),
            "X-Post-Compressed-Size": str(len(compressed)),
        }
        owners = [run.receipt for run in runs]
        return SealedBatch(destination, compressed, headers, owners, ends, len(body))


def _encode_content(run: Run, encoded: EncodedRun) -> int:
    inputs = b"" if run.inputs is None else dumps(run.inputs)
    outputs = b"" if run.outputs is None else dumps(run.outputs)
    if (len(inputs) > LIMIT or len(outputs) > LIMIT) and lift_media(run):
        inputs = b"" if run.inputs is None else dumps(run.inputs)
        outputs = b"" if run.outputs is None else dumps(run.outputs)
    encoded.inputs = inputs or None
    encoded.outputs = outputs or None
    return len(inputs) + len(outputs)


def _has_remote_parent(span: Span) -> bool:
    if not span.parent_span_id:
        return False
    if span.flags & FLAG_HAS_IS_REMOTE:
        return bool(span.flags & FLAG_IS_REMOTE)
    return span.kind in (KIND_SERVER, KIND_CONSUMER)


def _masked(attributes: JsonObject) -> JsonObject:
    """Return a copy of *attributes* without secrets; nested ones are looked at, too."""
    top: JsonObject = {}
    # Not recursive: how deep attributes may be nested is the sender's choice.
    work: list[tuple[Any, Any]] = [(attributes, top)]
    while work:
        source, target = work.pop()
        for key, value in source.items() if isinstance(source, dict) else enumerate(source):
            if isinstance(key, str) and _is_secret(key):
                copy: Any = _REDACTED
            elif isinstance(value, dict):
                copy = {}
                work.append((value, copy))
            elif isinstance(value, list):
                copy = [None] * len(value)
                work.append((value, copy))
            else:
                copy = value
            target[key] = copy
    return top


def _is_secret(key: str) -> bool:
    name = key.lower().replace("-", "_")
    return any(word in name for word in _SECRETS)
