"""Sealed batches cut into smaller ones.

Blocks for milliseconds, most of them without the interpreter's lock: made for worker threads. What
is read here is what ``processor.multipart`` wrote, so that it is trusted and not checked; of a body
that was damaged since, ValueError and IndexError are all that comes.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

import zstandard

from collector.model import SealedBatch

# As batches are sealed with; the pieces of a batch are sent once, so that less is not worth more.
_LEVEL = 1
_NAME = b'name="'
_LENGTH = b"\r\nContent-Length: "
_END_OF_HEAD = b"\r\n\r\n"
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_PART = re.compile(rf"\b(?:post|patch)\.({_UUID})\b")
_ID = re.compile(rf"\b{_UUID}\b")


class Suspect(SealedBatch):
    """A piece of a batch that failed too often: it is tried beside others, not before them.

    Attributes:
        others_pass: upstream has answered other batches of the tenant meanwhile, so that the fault
            may well be in this one.
    """

    __slots__ = ("others_pass",)

    def __init__(self, piece: SealedBatch, *, others_pass: bool) -> None:
        super().__init__(
            piece.destination, piece.body, piece.headers, piece.owners, piece.ends, piece.raw_size
        )
        self.others_pass = others_pass


def halves(sealed: SealedBatch) -> tuple[SealedBatch, SealedBatch]:
    """Return the runs of *sealed*, of which there are two at least, as two batches.

    The cut is where the bytes before compression are about equal on both sides.
    """
    cut = _middle(sealed)
    first, second = pieces(sealed, [range(cut), range(cut, sealed.runs)])
    return first, second


def pieces(sealed: SealedBatch, groups: Sequence[Sequence[int]]) -> list[SealedBatch]:
    """Return one batch for each of *groups*, which hold positions of runs in *sealed*."""
    body = _body(sealed)
    closing = body[sealed.ends[-1] :]
    compressor = zstandard.ZstdCompressor(level=_LEVEL)
    made = []
    for group in groups:
        chunks = []
        ends = []
        contents = length = 0
        for position in group:
            start, end = _span(sealed, position)
            chunks.append(body[start:end])
            contents += sum(size for _, size in _parts(body, start, end))
            length += end - start
            ends.append(length)
        # A copy that fits, as in ``processor.encoder.Sealer``.
        compressed = b"%b" % compressor.compress(b"".join((*chunks, closing)))
        headers = {
            **sealed.headers,
            "X-Pre-Compressed-Size": str(contents),
            "X-Post-Compressed-Size": str(len(compressed)),
        }
        owners = [sealed.owners[position] for position in group]
        raw_size = length + len(closing)
        made.append(SealedBatch(sealed.destination, compressed, headers, owners, ends, raw_size))
    return made


def run_ids(sealed: SealedBatch) -> list[str]:
    """Return the id of each run, in the order of the body."""
    body = _body(sealed)
    ids = []
    for position in range(sealed.runs):
        name, _ = next(_parts(body, *_span(sealed, position)))
        ids.append(name.split(".")[1])
    return ids


def named_runs(words: str) -> frozenset[str]:
    """Return the run ids in what upstream said of a batch: those in names of parts, else all."""
    text = words.lower()
    return frozenset(_PART.findall(text) or _ID.findall(text))


def _middle(sealed: SealedBatch) -> int:
    ends = sealed.ends
    half = ends[-1] / 2
    cut = bisect_left(ends, half)
    # The run in the middle goes where it makes less of a difference.
    before = ends[cut - 1] if cut else 0
    if ends[cut] - half < half - before:
        cut += 1
    return min(max(cut, 1), sealed.runs - 1)


def _body(sealed: SealedBatch) -> bytes:
    decompressor = zstandard.ZstdDecompressor()
    try:
        return decompressor.decompress(sealed.body, max_output_size=sealed.raw_size)
    except (zstandard.ZstdError, OverflowError) as error:
        raise ValueError("not a zstd body of this size") from error


def _span(sealed: SealedBatch, position: int) -> tuple[int, int]:
    return sealed.ends[position - 1] if position else 0, sealed.ends[position]


def _parts(body: bytes, start: int, end: int) -> Iterator[tuple[str, int]]:
    """Yield the name and the content's size of each part between two offsets."""
    if start >= end:
        raise ValueError("a run without a part")
    while start < end:
        end_of_head = body.index(_END_OF_HEAD, start)
        name = body.index(_NAME, start) + len(_NAME)
        # The last header of each part.
        length = body.rindex(_LENGTH, start, end_of_head) + len(_LENGTH)
        size = int(body[length:end_of_head])
        yield body[name : body.index(b'"', name)].decode(), size
        start = end_of_head + len(_END_OF_HEAD) + size + len(b"\r\n")
    if start != end:
        raise ValueError("a run does not end where a part does")
