import tracemalloc

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from collector.exporter.split import Suspect, halves, named_runs, pieces, run_ids
from collector.model import SealedBatch
from collector.processor.encoder import Sealer
from tests.collector.exporter import samples
from tests.collector.exporter.judge import made_runs, runs_in, sealed_runs
from tests.collector.processor.runs import padded


def raw(sealed: SealedBatch) -> bytes:
    return zstandard.ZstdDecompressor().decompress(sealed.body)


def runs_of(sealed: SealedBatch) -> list[int]:
    return runs_in(sealed.headers, sealed.body)


def test_the_halves_of_equal_runs_have_as_many_each() -> None:
    first, second = halves(sealed_runs(range(1, 7)))

    assert (runs_of(first), runs_of(second)) == ([1, 2, 3], [4, 5, 6])
    assert (first.runs, second.runs) == (3, 3)


def test_two_runs_are_halved_whatever_their_sizes() -> None:
    first, second = halves(sealed_runs([1, 2], padding={2: 100_000}))
    third, fourth = halves(sealed_runs([1, 2], padding={1: 100_000}))

    assert [runs_of(half) for half in (first, second, third, fourth)] == [[1], [2], [1], [2]]


@pytest.mark.parametrize(
    ("large", "cut"), [(1, [[1], [2, 3, 4, 5]]), (5, [[1, 2, 3, 4], [5]]), (2, [[1, 2], [3, 4, 5]])]
)
def test_halves_are_about_equal_in_bytes(large: int, cut: list[list[int]]) -> None:
    made = halves(sealed_runs(range(1, 6), padding={large: 100_000}))

    assert [runs_of(half) for half in made] == cut


def test_a_piece_is_as_if_it_had_been_sealed_so() -> None:
    whole = sealed_runs(range(1, 15), padding={9: 5000})

    (piece,) = pieces(whole, [[2, 6, 8]])

    alone = sealed_runs([3, 7, 9], padding={9: 5000})
    assert raw(piece) == raw(alone)
    assert piece.headers == alone.headers
    assert (piece.ends, piece.raw_size, piece.runs) == (alone.ends, alone.raw_size, 3)
    assert piece.destination is whole.destination
    assert piece.receipts == [(whole.owners[0], 3)]


def test_a_piece_takes_no_more_memory_than_its_body() -> None:
    runs = made_runs([1, 2], samples.receipt(2))
    for run in runs.runs:
        run.inputs = b'"%b"' % (b"abc" * 100_000)
    whole = Sealer()(runs)

    tracemalloc.start()
    try:
        made = pieces(whole, [[0], [1]])
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert sum(len(piece.body) for piece in made) < 2_000
    assert held < 10_000


def test_a_piece_can_be_cut_again() -> None:
    first, _ = halves(sealed_runs(range(1, 9)))
    again, _ = halves(first)

    assert runs_of(again) == [1, 2]


def test_a_suspect_is_the_piece_it_was() -> None:
    piece, _ = halves(sealed_runs(range(1, 5)))
    suspect = Suspect(piece, others_pass=True)

    assert runs_of(suspect) == [1, 2]
    assert suspect.receipts == piece.receipts
    assert suspect.others_pass


@given(st.lists(st.integers(0, 20_000), min_size=2, max_size=20))
def test_halves_hold_every_run_once_in_order(sizes: list[int]) -> None:
    numbers = range(1, len(sizes) + 1)
    whole = sealed_runs(numbers, padding=dict(zip(numbers, sizes, strict=True)))

    first, second = halves(whole)

    assert runs_of(first) + runs_of(second) == list(numbers)
    assert first.runs
    assert second.runs
    # No other cut would be nearer to the middle.
    difference = abs(first.ends[-1] - second.ends[-1])
    assert difference <= min(abs(2 * end - whole.ends[-1]) for end in whole.ends[:-1])


def test_run_ids_are_read_from_the_body() -> None:
    assert run_ids(sealed_runs([5, 7])) == [padded(5), padded(7)]


def test_a_body_that_was_damaged_is_not_cut() -> None:
    whole = sealed_runs([1, 2])
    sizeless = zstandard.ZstdCompressor(write_content_size=False).compress(raw(whole))

    for body, ends, raw_size in (
        (b"xxx", whole.ends, whole.raw_size),
        (sizeless, whole.ends, 10**30),
        (sizeless, whole.ends, 1),
        (whole.body, [7, *whole.ends[1:]], whole.raw_size),
        (whole.body, [whole.ends[1], whole.ends[1]], whole.raw_size),
        (whole.body, [whole.ends[0] - 1, whole.ends[1]], whole.raw_size),
        (whole.body, [whole.ends[1], whole.ends[0]], whole.raw_size),
    ):
        odd = SealedBatch(whole.destination, body, whole.headers, whole.owners, ends, raw_size)
        with pytest.raises(ValueError, match=r"."):
            pieces(odd, [[0], [1]])


def test_runs_are_known_by_the_parts_that_words_name() -> None:
    words = f'{{"detail":"run {padded(1)}, part POST.{padded(2)}.inputs: see patch.{padded(3)}"}}'

    assert named_runs(words) == {padded(2), padded(3)}


def test_without_parts_all_ids_count() -> None:
    assert named_runs(f"{padded(1)} is bad, {padded(2).upper()} too") == {padded(1), padded(2)}


@pytest.mark.parametrize("words", ["", "bad request", "00000000-0000"])
def test_other_words_name_nobody(words: str) -> None:
    assert named_runs(words) == frozenset()
