"""What the disk journal asks of the operating system; tests bring their own."""

import fcntl
import os
from collections.abc import Sequence
from errno import ENOTDIR
from pathlib import Path
from typing import Protocol

# Linux takes no more parts than this in one pwritev.
_MOST_PARTS = 1024
# macOS has no fdatasync.
_sync_data = getattr(os, "fdatasync", os.fsync)


class Files(Protocol):
    """Blocking file operations; each raises OSError when the operating system says so."""

    def make_directory(self, path: Path) -> None:
        """Make *path*, readable by its owner only, unless it is there.

        When this returns, the names of what was made outlive the machine's power.
        """
        ...

    def lock(self, path: Path) -> int:
        """Return a descriptor whose file is this process's own until it is closed.

        Raises:
            BlockingIOError: another process has it.
        """
        ...

    def names(self, directory: Path) -> list[str]:
        """Return the names in *directory*, in any order."""
        ...

    def create(self, path: Path) -> int:
        """Return a descriptor for a new file, readable and writable by its owner only."""
        ...

    def open(self, path: Path) -> int:
        """Return a descriptor for a file that is there; read only where it cannot be written."""
        ...

    def size(self, fd: int) -> int:
        """Return the file's length."""
        ...

    def write(self, fd: int, parts: Sequence[bytes], offset: int) -> None:
        """Write all of *parts*, one behind the other, from *offset* on."""
        ...

    def read(self, fd: int, size: int, offset: int) -> bytes:
        """Return *size* bytes from *offset* on, less where the file ends before."""
        ...

    def truncate(self, fd: int, size: int) -> None:
        """Cut the file behind *size* bytes."""
        ...

    def sync(self, fd: int) -> None:
        """Return when all that was written to the file outlives the machine's power."""
        ...

    def sync_directory(self, path: Path) -> None:
        """Return when the names in *path* outlive the machine's power."""
        ...

    def rename(self, old: Path, new: Path) -> None:
        """Give a file another name, in place of the file that has it."""
        ...

    def remove(self, path: Path) -> None:
        """Remove the name; the file goes with the last descriptor."""
        ...

    def close(self, fd: int) -> None:
        """Give the descriptor back."""
        ...

    def same(self, path: Path, fd: int) -> bool:
        """Whether *path* names the file of *fd*."""
        ...


class OsFiles:
    """The machine's files."""

    def make_directory(self, path: Path) -> None:
        """Make *path*, readable by its owner only, unless it is there."""
        missing = [one for one in (path, *path.parents) if not one.exists()]
        for one in reversed(missing):
            one.mkdir(mode=0o700 if one == path else 0o777, exist_ok=True)
            self.sync_directory(one.parent)
        if not missing and not path.is_dir():
            raise NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR), str(path))

    def lock(self, path: Path) -> int:
        """Return a descriptor whose file is this process's own until it is closed."""
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BaseException:
            os.close(fd)
            raise
        return fd

    def names(self, directory: Path) -> list[str]:
        """Return the names in *directory*, in any order."""
        return os.listdir(directory)

    def create(self, path: Path) -> int:
        """Return a descriptor for a new file, readable and writable by its owner only."""
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)

    def open(self, path: Path) -> int:
        """Return a descriptor for a file that is there; read only where it cannot be written."""
        # A pipe of that name must not hold up the start.
        flags = os.O_NONBLOCK | os.O_CLOEXEC
        try:
            return os.open(path, os.O_RDWR | flags)
        except OSError:
            return os.open(path, os.O_RDONLY | flags)

    def size(self, fd: int) -> int:
        """Return the file's length."""
        return os.fstat(fd).st_size

    def write(self, fd: int, parts: Sequence[bytes], offset: int) -> None:
        """Write all of *parts*, one behind the other, from *offset* on."""
        for first in range(0, len(parts), _MOST_PARTS):
            rest = list(parts[first : first + _MOST_PARTS])
            while rest:
                written = os.pwritev(fd, rest, offset)
                offset += written
                rest = _behind(rest, written)

    def read(self, fd: int, size: int, offset: int) -> bytes:
        """Return *size* bytes from *offset* on, less where the file ends before."""
        data = os.pread(fd, size, offset)
        while len(data) < size and (more := os.pread(fd, size - len(data), offset + len(data))):
            data += more
        return data

    def truncate(self, fd: int, size: int) -> None:
        """Cut the file behind *size* bytes."""
        os.ftruncate(fd, size)

    def sync(self, fd: int) -> None:
        """Return when all that was written to the file outlives the machine's power."""
        _sync_data(fd)

    def sync_directory(self, path: Path) -> None:
        """Return when the names in *path* outlive the machine's power."""
        fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    def rename(self, old: Path, new: Path) -> None:
        """Give a file another name, in place of the file that has it."""
        old.replace(new)

    def remove(self, path: Path) -> None:
        """Remove the name; the file goes with the last descriptor."""
        path.unlink()

    def close(self, fd: int) -> None:
        """Give the descriptor back."""
        os.close(fd)

    def same(self, path: Path, fd: int) -> bool:
        """Whether *path* names the file of *fd*."""
        try:
            return os.path.samestat(path.stat(), os.fstat(fd))
        except (FileNotFoundError, NotADirectoryError):
            return False


def _behind(parts: list[bytes], written: int) -> list[bytes]:
    """Return what is left of *parts* behind their first *written* bytes."""
    while parts and written >= len(parts[0]):
        written -= len(parts.pop(0))
    if written:
        parts[0] = parts[0][written:]
    return parts
