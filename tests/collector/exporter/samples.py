"""Batches for the tests of this room."""

from collector.exporter.outbox import PAUSES, Outbox
from collector.model import Batch, Destination, EncodedRun, Receipt, SealedBatch


def destination(key: str = "key-a", endpoint: str = "http://upstream.test") -> Destination:
    return Destination(endpoint, key, None, "default")


def receipt(spans: int) -> Receipt:
    return Receipt(1, spans, lambda _: None)


def batch(
    where: Destination | None = None, owed: Receipt | None = None, runs: int = 1, size: int = 100
) -> Batch:
    """Return a batch whose runs all belong to the record of *owed*."""
    owed = owed or receipt(runs)
    made = []
    for _ in range(runs):
        run = EncodedRun()
        run.receipt = owed
        made.append(run)
    return Batch(where or destination(), made, size, "runs")


def seal(whole: Batch) -> SealedBatch:
    """Return a sealed batch as ``processor.encoder.Sealer`` would, with a body of no meaning."""
    return SealedBatch(
        whole.destination,
        b"body of %d runs" % len(whole.runs),
        {"Content-Type": "multipart/form-data; boundary=b", "Content-Encoding": "zstd"},
        [run.receipt for run in whole.runs],
        list(range(1, len(whole.runs) + 1)),
        1000,
    )


def sealed(
    endpoint: str,
    key: str = "lsv2_pt_secret",
    workspace: str | None = None,
    body: bytes = b"\x28\xb5body",
) -> SealedBatch:
    """Return a sealed batch of one run, whose body has no meaning."""
    headers = {
        "Content-Type": "multipart/form-data; boundary=b",
        "Content-Encoding": "zstd",
        "X-Pre-Compressed-Size": "10",
    }
    return SealedBatch(
        Destination(endpoint, key, workspace, "default"), body, headers, [receipt(1)], (9,), 10
    )


def paused(outbox: Outbox) -> int:
    """Return how many tenants' last upload failed."""
    return sum(outbox.paused_for(reason) for reason in PAUSES)
