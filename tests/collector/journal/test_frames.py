import tempfile
import zlib
from collections.abc import Iterator
from typing import IO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.journal.base import Record
from collector.journal.files import OsFiles
from collector.journal.frames import (
    FRAME_HEADER_BYTES,
    RECORD,
    Codec,
    Frame,
    find_frame,
    read_frame,
    read_segment_header,
    read_settled,
    segment_header,
    settled_body,
)
from collector.journal.segment import Damage, walk
from collector.model import Destination

NOBODY = Destination("", "", None, "")
DEFAULTS = Destination("https://default.test", "default key", "default workspace", "default")


@pytest.fixture
def file() -> Iterator[IO[bytes]]:
    with tempfile.TemporaryFile(buffering=0) as made:
        yield made


words = st.integers(0, (1 << 32) - 1)


@given(words, words, words, words, words, words)
def test_a_frame_reads_as_it_was_written(
    salt: int, ordinal: int, units: int, meta_bytes: int, body_bytes: int, checksum: int
) -> None:
    frame = Frame(7, RECORD, ordinal, units, meta_bytes, body_bytes, checksum)
    back = read_frame(b"before" + frame.header(salt), 6, salt, 7)

    assert back is not None
    assert back.kind == RECORD
    assert (back.ordinal, back.units, back.checksum) == (ordinal, units, checksum)
    assert back.size == FRAME_HEADER_BYTES + meta_bytes + body_bytes
    assert back.end == 7 + back.size


@given(words, words)
def test_a_frame_of_another_segment_is_none(salt: int, other: int) -> None:
    header = Frame(0, RECORD, 1, 2, 3, 4, 5).header(salt)

    assert (read_frame(header, 0, other, 0) is None) == (salt != other)


@given(st.binary(max_size=100), words)
def test_noise_is_no_frame(noise: bytes, salt: int) -> None:
    assert read_frame(noise, 0, salt, 0) is None
    assert find_frame(noise, salt, 0) is None


@given(words, st.lists(st.integers(1, (1 << 32) - 1), max_size=2))
def test_a_segments_header_tells_what_it_replaces(salt: int, replaced: list[int]) -> None:
    assert read_segment_header(segment_header(salt, replaced), salt) == tuple(replaced)
    assert read_segment_header(segment_header(salt, replaced), salt ^ 1) is None


def test_a_header_of_another_program_is_none() -> None:
    header = bytearray(segment_header(1, ()))
    header[:8] = b"OTHERLOG"
    header[-4:] = zlib.crc32(header[:-4]).to_bytes(4, "little")

    assert read_segment_header(bytes(header), 1) is None


@given(st.lists(st.integers(0, (1 << 64) - 1)))
def test_settled_numbers_read_as_they_were_written(numbers: list[int]) -> None:
    assert list(read_settled(settled_body(numbers))) == numbers


@given(st.text(), st.text(), st.none() | st.text(), st.text(), st.binary(), st.integers(1, 1 << 31))
def test_a_record_reads_as_it_was_written(
    endpoint: str, key: str, workspace: str | None, project: str, body: bytes, units: int
) -> None:
    record = Record(Destination(endpoint, key, workspace, project), "logs", "text", body, units)
    codec = Codec(DEFAULTS)
    back = codec.decode(*codec.encode(record), units)

    assert back.destination.tenant == (endpoint, key, workspace)
    assert (back.destination.project, back.signal, back.content_type) == (project, "logs", "text")
    assert (back.body, back.spans) == (body, units)


@pytest.mark.parametrize("meta", [b"", b"{", b"[]", b"[1,2]", b"7", b"\xff"])
def test_meta_that_is_none_has_one_error(meta: bytes) -> None:
    _, body = Codec(DEFAULTS).encode(Record(NOBODY, "logs", "", b"x", 1))
    with pytest.raises(ValueError, match=r"."):
        Codec(DEFAULTS).decode(meta, body, 1)


def read_back(wrote: Destination, meant: Destination, reads: Destination) -> Destination:
    meta, body = Codec(wrote).encode(Record(meant, "logs", "text", b"", 1))
    return Codec(reads).decode(meta, body, 1).destination


def test_what_was_the_default_is_read_as_what_is_the_default_now() -> None:
    now = Destination("https://right.test", "rotated key", None, "other")
    back = read_back(DEFAULTS, DEFAULTS, now)

    assert back.tenant == ("https://right.test", "rotated key", None)
    assert back.project == "default"


def test_what_a_request_brought_itself_stays() -> None:
    own = Destination("https://default.test", "own key", "own workspace", "own")
    back = read_back(DEFAULTS, own, Destination("https://right.test", "rotated", None, "other"))

    assert back.tenant == ("https://right.test", "own key", "own workspace")
    assert back.project == "own"


def test_a_default_key_is_not_written() -> None:
    meta, _ = Codec(DEFAULTS).encode(Record(DEFAULTS, "logs", "text", b"", 1))

    assert meta == b'[true, true, true, "default", "logs", "text"]'


@pytest.mark.parametrize(
    "meta",
    [
        b'["https://e.test", "k", null, "p", "logs", "text"]',
        b'["https://e.test", "k", null, "p", "logs", "text", 1763600000]',
    ],
    ids=["version 1", "version 2"],
)
def test_meta_of_older_versions_is_read(meta: bytes) -> None:
    _, body = Codec(DEFAULTS).encode(Record(NOBODY, "logs", "text", b"x", 1))
    back = Codec(DEFAULTS).decode(meta, body, 1)

    assert back.destination.tenant == ("https://e.test", "k", None)
    assert (back.destination.project, back.signal, back.content_type) == ("p", "logs", "text")


def test_a_body_that_is_none_has_one_error() -> None:
    meta, _ = Codec(DEFAULTS).encode(Record(NOBODY, "logs", "", b"x", 1))
    with pytest.raises(ValueError, match="no record"):
        Codec(DEFAULTS).decode(meta, b"no zstd", 1)


@pytest.mark.parametrize("before", [1, 27, 28, (1 << 20) - 5, (1 << 20) + 1, 3 << 20])
def test_a_frame_behind_any_length_of_damage_is_found(before: int, file: IO[bytes]) -> None:
    header = Frame(0, RECORD, 0, 1, 0, 4, 0).header(9)
    # A header whose frame does not end in the file is damage as well.
    cut = Frame(0, RECORD, 0, 1, 0, 1 << 30, 0).header(9)
    data = (cut + bytes(before))[-before:] + header + b"body"
    file.write(data)
    pieces = list(walk(OsFiles(), file.fileno(), 9, 0, len(data)))

    assert len(pieces) == 2
    assert isinstance(pieces[0], Damage)
    assert (pieces[0].offset, pieces[0].end) == (0, before)
    assert isinstance(pieces[1], Frame)
    assert pieces[1].offset == before


def test_a_frame_behind_one_that_does_not_end_is_found(file: IO[bytes]) -> None:
    cut = Frame(0, RECORD, 0, 1, 0, 1 << 30, 0).header(9)
    data = b"x" + cut + cut + Frame(0, RECORD, 0, 1, 0, 4, 0).header(9) + b"body"
    file.write(data)
    pieces = list(walk(OsFiles(), file.fileno(), 9, 0, len(data)))

    assert [piece.offset for piece in pieces] == [0, 1 + 2 * FRAME_HEADER_BYTES]


def test_a_file_that_is_shorter_than_it_was_is_damage(file: IO[bytes]) -> None:
    file.write(b"short")
    (piece,) = walk(OsFiles(), file.fileno(), 9, 0, 1000)

    assert isinstance(piece, Damage)
    assert (piece.offset, piece.end) == (0, 1000)
