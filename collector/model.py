"""What travels between the rooms."""

import hashlib
from collections.abc import Callable, Sequence
from typing import TypeAlias

from translators.run import ExplicitIds

# Endpoint, API key, workspace: what may share a batch, and what a trace id is unique in.
Tenant: TypeAlias = tuple[str, str, str | None]


class Destination:
    """Where the runs of one request go: endpoint, key, workspace and default project.

    The key is in no repr, log line, metric or file name; ``label`` stands for it there.
    """

    __slots__ = ("api_key", "endpoint", "label", "project", "tenant", "workspace")

    def __init__(self, endpoint: str, api_key: str, workspace: str | None, project: str) -> None:
        self.endpoint = endpoint
        self.api_key = api_key
        self.workspace = workspace
        self.project = project
        self.tenant: Tenant = (endpoint, api_key, workspace)
        self.label = hashlib.sha256(
            "\0".join((endpoint, api_key, workspace or "")).encode()
        ).hexdigest()[:12]

    def __repr__(self) -> str:
        return f"Destination({self.endpoint!r}, {self.label}, project={self.project!r})"


class Receipt:
    """What the journal is owed for one accepted record: word of each of its spans.

    Attributes:
        open: spans of the record that are not uploaded, parked or dropped yet.
    """

    __slots__ = ("_done", "key", "open")

    def __init__(self, key: int, spans: int, done: Callable[["Receipt"], None]) -> None:
        self.key = key
        self.open = spans
        self._done = done

    def settle(self, spans: int = 1) -> None:
        """Say that *spans* more of the record are done; at the last one the journal is told."""
        self.open -= spans
        if self.open == 0:
            self._done(self)


def joint(receipts: Sequence[Receipt]) -> Receipt:
    """Return a receipt for one run that settles one span of each of *receipts* when it is done."""
    if len(receipts) == 1:
        return receipts[0]

    def settle(_: Receipt) -> None:
        for receipt in receipts:
            receipt.settle()

    return Receipt(0, 1, settle)


class Place:
    """A run's place in its trace: a link in the chain that dotted_order spells out.

    The chain, and not the text, is kept: the text grows with the depth, so that a deep trace would
    hold the square of its length.

    Attributes:
        run_id, trace_run_id: UUID text; the latter is the root run's id.
        parent: the place above, None for a root.
        segment: this run's own piece of dotted_order.
        length: characters of the whole dotted_order.
    """

    __slots__ = ("length", "parent", "run_id", "segment", "trace_run_id")

    def __init__(self, run_id: str, segment: str, parent: "Place | None") -> None:
        self.run_id = run_id
        self.segment = segment
        self.parent = parent
        if parent is None:
            self.trace_run_id = run_id
            self.length = len(segment)
        else:
            self.trace_run_id = parent.trace_run_id
            self.length = parent.length + 1 + len(segment)

    def dotted_order(self) -> str:
        """Return the segments from the root down to this run, joined by dots."""
        segments = []
        place: Place | None = self
        while place is not None:
            segments.append(place.segment)
            place = place.parent
        segments.reverse()
        return ".".join(segments)


class EncodedRun:
    """A run whose content is JSON bytes already, so that waiting for a parent costs its size only.

    Made by ``processor.encoder.encode_run``; the assembler fills ``place`` (or ``dropped``) and may
    add to ``late``. Part contents (``inputs``, ``outputs``, ``events``, ``extra``, ``error``) are
    JSON bytes or None.

    Attributes:
        trace_id, span_id, parent_span_id: OTel ids in hex, the last one ``""`` without a parent.
        remote_parent: the parent is, or may be, in another process that never sends here.
        is_root, genai, ids, thread_id, start_us, end_us: as in ``translators.run.Run``.
        fields: members of the main part that do not depend on the place, as JSON without braces:
            name, run_type, tags, project, reference_example_id.
        extra: JSON object that begins with ``{"metadata":{`` and has at least one metadata member,
            so that ``late`` (``"key":value,`` pairs, or ``b""``) goes in right there.
        resource: the resource as ``late``-style metadata members, one object shared by all runs of
            a ``ResourceSpans``; the first run of it in a trace carries it.
        attachments: name, MIME type, bytes.
        size: bytes that holding this run costs, about.
        dropped: reason why the run goes no further (``"filtered"``, ``"duplicate"``), or None.
        released: why it went without its parent (``"ttl"``, ``"remote"``, ``"age"``,
            ``"pressure"``, ``"drain"``), or None.
        patch: it replaces what an upload of the same run said before.
        delivered: an earlier process is done with it; it is here to tell the places of others.
    """

    __slots__ = (
        "attachments",
        "delivered",
        "destination",
        "dropped",
        "end_us",
        "error",
        "events",
        "extra",
        "fields",
        "genai",
        "ids",
        "inputs",
        "is_root",
        "late",
        "outputs",
        "parent_span_id",
        "patch",
        "place",
        "receipt",
        "released",
        "remote_parent",
        "resource",
        "size",
        "span_id",
        "start_us",
        "thread_id",
        "trace_id",
    )

    destination: Destination
    receipt: Receipt
    trace_id: str
    span_id: str
    parent_span_id: str
    remote_parent: bool
    is_root: bool
    genai: bool
    ids: ExplicitIds | None
    thread_id: str | None
    start_us: int
    end_us: int
    fields: bytes
    inputs: bytes | None
    outputs: bytes | None
    events: bytes | None
    extra: bytes
    error: bytes | None
    resource: bytes | None
    attachments: tuple[tuple[str, str, bytes], ...]
    late: bytes
    place: Place | None
    dropped: str | None
    released: str | None
    patch: bool
    delivered: bool
    size: int


class Batch:
    """Placed runs of one tenant, closed: nothing is added any more.

    Attributes:
        destination: that of its runs (the project is each run's own).
        runs: in the order in which they came.
        size: sum of the runs' sizes, in bytes.
        closed_by: ``"runs"``, ``"bytes"``, ``"age"`` or ``"drain"``.
    """

    __slots__ = ("closed_by", "destination", "runs", "size")

    def __init__(
        self, destination: Destination, runs: list[EncodedRun], size: int, closed_by: str
    ) -> None:
        self.destination = destination
        self.runs = runs
        self.size = size
        self.closed_by = closed_by


class SealedBatch:
    """A batch as the bytes of one request.

    Made off the event loop by ``processor.encoder.Sealer``; from then on the runs' own bytes are
    gone and only the compressed body is held, whose parts can be read back from it.

    Attributes:
        body: compressed multipart/form-data.
        headers: Content-Type, Content-Encoding and the sizes LangSmith's SDK sends beside them.
        receipts: what is owed, (receipt, spans) pairs.
        owners: the receipt of each run, in the order of the body.
        ends: for each run, the offset in the body before compression behind its last part.
        runs: how many runs are in it.
        raw_size: bytes of the body before compression.
    """

    __slots__ = (
        "body",
        "destination",
        "ends",
        "headers",
        "owners",
        "raw_size",
        "receipts",
        "runs",
    )

    def __init__(
        self,
        destination: Destination,
        body: bytes,
        headers: dict[str, str],
        owners: Sequence[Receipt],
        ends: Sequence[int],
        raw_size: int,
    ) -> None:
        self.destination = destination
        self.body = body
        self.headers = headers
        self.owners = owners
        self.ends = ends
        owed: dict[Receipt, int] = {}
        for receipt in owners:
            owed[receipt] = owed.get(receipt, 0) + 1
        self.receipts = list(owed.items())
        self.runs = len(owners)
        self.raw_size = raw_size
