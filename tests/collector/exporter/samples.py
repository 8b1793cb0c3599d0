"""Batches for the tests of this room."""

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
    owed: dict[Receipt, int] = {}
    for run in whole.runs:
        owed[run.receipt] = owed.get(run.receipt, 0) + 1
    return SealedBatch(
        whole.destination,
        b"body of %d runs" % len(whole.runs),
        {"Content-Type": "multipart/form-data; boundary=b", "Content-Encoding": "zstd"},
        list(owed.items()),
        len(whole.runs),
        1000,
    )
