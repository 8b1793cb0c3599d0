import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from collector.journal.files import OsFiles


@pytest.fixture
def fd(tmp_path: Path) -> int:
    return OsFiles().create(tmp_path / "file")


def test_many_parts_are_written_one_behind_the_other(fd: int) -> None:
    files = OsFiles()
    parts = [b"%d," % number for number in range(3000)]
    files.write(fd, parts, 10)

    assert files.read(fd, 1 << 20, 10) == b"".join(parts)
    assert files.size(fd) == 10 + len(b"".join(parts))


def test_a_write_that_takes_a_part_at_a_time_writes_all(
    fd: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = os.pwritev

    def three_bytes(fd: int, parts: Sequence[bytes], offset: int) -> int:
        return whole(fd, [b"".join(parts)[:3]], offset)

    monkeypatch.setattr(os, "pwritev", three_bytes)
    OsFiles().write(fd, [b"ab", b"", b"cdefgh", b"ijk"], 0)

    assert OsFiles().read(fd, 100, 0) == b"abcdefghijk"


def test_a_read_that_gives_a_part_at_a_time_gives_all(
    fd: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = os.pread
    OsFiles().write(fd, [b"abcdefgh"], 0)
    monkeypatch.setattr(os, "pread", lambda fd, size, offset: whole(fd, min(3, size), offset))

    assert OsFiles().read(fd, 7, 1) == b"bcdefgh"
    assert OsFiles().read(fd, 100, 1) == b"bcdefgh"


def test_a_file_that_may_only_be_read_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"content")
    whole = os.open

    def only_to_read(path: Path, flags: int) -> int:
        if flags & os.O_RDWR:
            raise PermissionError
        return whole(path, flags)

    monkeypatch.setattr(os, "open", only_to_read)
    fd = OsFiles().open(tmp_path / "file")

    assert OsFiles().read(fd, 100, 0) == b"content"


def test_a_name_that_is_gone_or_another_files_is_not_the_same(tmp_path: Path, fd: int) -> None:
    files = OsFiles()
    path = tmp_path / "file"
    first = files.same(path, fd)
    path.unlink()
    gone = files.same(path, fd)
    path.write_bytes(b"")
    other = files.same(path, fd)

    assert (first, gone, other) == (True, False, False)
    assert not files.same(path / "below", fd)


def test_a_file_cut_off_is_shorter(fd: int) -> None:
    files = OsFiles()
    files.write(fd, [b"abcdefgh"], 0)
    files.truncate(fd, 3)
    files.sync(fd)

    assert files.read(fd, 100, 0) == b"abc"


def test_the_name_of_each_directory_that_was_made_is_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = OsFiles()
    synced: list[Path] = []
    monkeypatch.setattr(files, "sync_directory", synced.append)
    files.make_directory(tmp_path / "deep" / "journal")
    files.make_directory(tmp_path / "deep" / "journal")

    assert synced == [tmp_path, tmp_path / "deep"]
    assert (tmp_path / "deep" / "journal").stat().st_mode & 0o777 == 0o700


def test_a_file_in_the_place_of_the_directory_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(NotADirectoryError):
        OsFiles().make_directory(tmp_path / "file")
    with pytest.raises(NotADirectoryError):
        OsFiles().make_directory(tmp_path / "file" / "journal")
