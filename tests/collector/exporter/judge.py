"""Real runs in real batches, and an upstream that looks into them before it answers."""

import asyncio
from base64 import b64decode
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from random import Random
from typing import Any

import zstandard

from collector.errors import UploadRejected
from collector.exporter.split import named_runs
from collector.model import Batch, Destination, EncodedRun, Receipt, SealedBatch
from collector.processor.encoder import Sealer
from collector.sandbox.multipart import Part, boundary_of, parse_parts
from tests.collector.exporter import samples
from tests.collector.exporter.bench import Bench, letters_in
from tests.collector.processor.runs import encoded, new_assembler, padded
from tests.fakes import Answer, Request


def made_runs(
    numbers: Iterable[int],
    owed: Receipt,
    where: Destination | None = None,
    *,
    padding: Mapping[int, int] | None = None,
) -> Batch:
    """Return a batch of placed runs, each a root with inputs, some with an attachment.

    Args:
        numbers: the runs' ids are these numbers in zero UUIDs.
        owed: receipt of all of them.
        where: their destination.
        padding: run number -> bytes of an attachment that cannot be compressed.
    """
    runs: list[EncodedRun] = []
    for number in numbers:
        run = encoded(number, trace_id=f"{number:032x}", start=number)
        run.receipt = owed
        run.inputs = b'{"n":%d}' % number
        if number % 7 == 0:
            run.attachments = (("a b", "text/plain", b"\r\n--not a boundary"),)
        if size := (padding or {}).get(number, 0):
            run.attachments += (("pad", "image/png", Random(number).randbytes(size)),)
        runs.append(run)
    placed = new_assembler().add(runs, 0.0)
    assert len(placed) == len(runs)
    return Batch(where or samples.destination(), placed, 100 * len(placed), "runs")


def sealed_runs(numbers: Iterable[int], *, padding: Mapping[int, int] | None = None) -> SealedBatch:
    """Return a sealed batch of runs that all belong to a record of their own."""
    wanted = list(numbers)
    return Sealer()(made_runs(wanted, samples.receipt(len(wanted)), padding=padding))


def add_runs(bench: Bench, numbers: Iterable[int], key: str = "key-a", size: int = 0) -> Receipt:
    """Put a batch of real runs, of *size* bytes each, into the outbox; return what it owes."""
    wanted = list(numbers)
    owed = samples.receipt(len(wanted))
    padding = dict.fromkeys(wanted, size)
    bench.outbox.add(made_runs(wanted, owed, bench.destination(key), padding=padding))
    return owed


def runs_in(headers: Mapping[str, str], body: bytes) -> list[int]:
    """Return the numbers of the runs in a request, which is held to the rules of framing."""
    parts = _parts(headers["Content-Type"], body)
    assert headers["X-Post-Compressed-Size"] == str(len(body))
    assert headers["X-Pre-Compressed-Size"] == str(sum(len(part.data) for part in parts))
    return _numbers(parts)


def refused_runs(path: Path) -> dict[int, str]:
    """Return run number -> reason of the dead letters in *path*, which hold one run each."""
    found = {}
    for letter in letters_in(path):
        (run,) = runs_in_letter(letter)
        assert letter["runs"] == 1
        found[run] = str(letter["reason"])
    return found


def runs_in_letter(letter: Mapping[str, Any]) -> list[int]:
    """Return the numbers of the runs in the body of a dead letter."""
    body = b64decode(letter["body_base64"])
    return _numbers(_parts(letter["headers"]["Content-Type"], body))


def _parts(content_type: str, body: bytes) -> list[Part]:
    raw = zstandard.ZstdDecompressor().decompressobj().decompress(body)
    return parse_parts(raw, boundary_of(content_type))


def _numbers(parts: list[Part]) -> list[int]:
    names = [part.name.split(".") for part in parts]
    return [int(name[1].replace("-", ""), 16) for name in names if len(name) == 2]


class Judge:
    """Answers a request by what is in it.

    Attributes:
        taken: run number -> how often it was taken.
        asked: the runs of each request.
    """

    def __init__(
        self,
        verdicts: Mapping[int, int] | None = None,
        *,
        names: Collection[int] | None = None,
        most_bytes: int | None = None,
    ) -> None:
        """Say what is wrong.

        Args:
            verdicts: run number -> status that a request gets with this run in it; of several the
                first in the request counts.
            names: runs named in the words of every refusal; None for the one that caused it.
            most_bytes: larger bodies, compressed, are answered 413.
        """
        self._verdicts = verdicts or {}
        self._names = names
        self._most_bytes = most_bytes
        self.taken: Counter[int] = Counter()
        self.asked: list[list[int]] = []

    def __call__(self, request: Request) -> Answer:
        runs = runs_in(request.headers, request.body)
        self.asked.append(runs)
        if self._most_bytes is not None and len(request.body) > self._most_bytes:
            return Answer(413, {"Content-Type": "text/html"}, b"<html>too large</html>")
        for run in runs:
            if run in self._verdicts:
                named = [run] if self._names is None else self._names
                words = " ".join(f"run {padded(name)}, part post.{padded(name)}" for name in named)
                return Answer(self._verdicts[run], body=b'{"detail":"%b"}' % words.encode())
        self.taken.update(runs)
        return Answer()


class Direct:
    """An uploader that asks a judge without a network."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    async def upload(self, batch: SealedBatch) -> None:
        await asyncio.sleep(0)
        answer = self._judge(Request("POST", "/runs/multipart", batch.headers, batch.body))
        if answer.status != 202:
            words = answer.body.decode()
            raise UploadRejected(str(answer.status), words, named_runs(words))
