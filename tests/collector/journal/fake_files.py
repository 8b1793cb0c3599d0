"""A disk in memory that counts every operation, fails or dies when told, and loses its power."""

import errno
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.fakes import PATIENCE

_PAGE = 512


class Killed(BaseException):
    """The process is dead; nothing it does reaches the disk any more."""


class Inode:
    """A file's bytes.

    Attributes:
        data: what any reader sees.
        synced: what outlives the machine's power.
        unsynced: writes since the last sync, (offset, bytes).
    """

    def __init__(self, data: bytes = b"") -> None:
        self.data = bytearray(data)
        self.synced = bytearray(data)
        self.unsynced: list[tuple[int, bytes]] = []


class FakeFiles:
    """Satisfies ``Files``.

    Attributes:
        operations: how many were asked for so far.
        fail: called with the operation's name before each; what it returns is raised.
        capacity: bytes that all files may have together.
        dies_at: the operation, by number, at which the process is killed.
        dies_with: the share of a write's bytes that still gets out then.
    """

    def __init__(self) -> None:
        self.operations = 0
        self.fail: Callable[[str], OSError | None] = lambda _: None
        self.capacity = 1 << 40
        self.dies_at = 1 << 60
        self.dies_with = 0.0
        self.inodes: dict[Path, Inode] = {}
        self.directories: set[Path] = set()
        # What the directory looks like after each change since its last sync, the first one synced.
        self._histories: list[dict[Path, Inode]] = [{}]
        self._open: dict[int, Inode] = {}
        self._locked: dict[int, Inode] = {}
        self._last_fd = 100

    # What becomes of the disk when the process or the machine dies.

    def after_kill(self) -> "FakeFiles":
        """Return the disk as the next process finds it: everything written is there."""
        return self._copy(self.inodes, lambda inode: bytes(inode.data))

    def after_power_cut(self, choose: Callable[[int], int]) -> "FakeFiles":
        """Return the disk as it may be after a power cut.

        Args:
            choose: returns a number below its argument, which is how many outcomes there are.
        """
        names = self._histories[choose(len(self._histories))]

        def left(inode: Inode) -> bytes:
            data = bytearray(inode.synced)
            for offset, written in inode.unsynced:
                for at in range(0, len(written), _PAGE):
                    if choose(2):
                        piece = written[at : at + _PAGE]
                        start = offset + at
                        data.extend(bytes(max(0, start + len(piece) - len(data))))
                        data[start : start + len(piece)] = piece
            return bytes(data)

        return self._copy(names, left)

    def _copy(self, names: dict[Path, Inode], content: Callable[[Inode], bytes]) -> "FakeFiles":
        files = FakeFiles()
        files.directories = set(self.directories)
        copies = {id(inode): Inode(content(inode)) for inode in names.values()}
        files.inodes = {path: copies[id(inode)] for path, inode in names.items()}
        files._histories = [dict(files.inodes)]
        return files

    def remove_directory(self, path: Path) -> None:
        """Do as somebody who removes the directory behind our back."""
        self.directories.discard(path)
        for name in self.within(path):
            del self.inodes[name]
        self._changed()

    def within(self, directory: Path) -> list[Path]:
        """Return the paths of the files in *directory*."""
        return [path for path in self.inodes if path.parent == directory]

    @property
    def used(self) -> int:
        """Bytes of all files that have a name or are open."""
        inodes = {id(inode): inode for inode in (*self.inodes.values(), *self._open.values())}
        return sum(len(inode.data) for inode in inodes.values())

    # Files.

    def make_directory(self, path: Path) -> None:
        self._begin("make_directory")
        self.directories.add(path)

    def lock(self, path: Path) -> int:
        self._begin("lock")
        self._parent(path)
        if path not in self.inodes:
            self.inodes[path] = Inode()
            self._changed()
        inode = self.inodes[path]
        if any(held is inode for held in self._locked.values()):
            raise BlockingIOError(errno.EWOULDBLOCK, os.strerror(errno.EWOULDBLOCK))
        fd = self._descriptor(inode)
        self._locked[fd] = inode
        return fd

    def names(self, directory: Path) -> list[str]:
        self._begin("names")
        if directory not in self.directories:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        return [path.name for path in self.within(directory)]

    def create(self, path: Path) -> int:
        self._begin("create")
        self._parent(path)
        if path in self.inodes:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        self.inodes[path] = Inode()
        self._changed()
        return self._descriptor(self.inodes[path])

    def open(self, path: Path) -> int:
        self._begin("open")
        return self._descriptor(self._named(path))

    def size(self, fd: int) -> int:
        return len(self._open[fd].data)

    def write(self, fd: int, parts: Sequence[bytes], offset: int) -> None:
        data = b"".join(parts)
        try:
            self._begin("write")
        except Killed:
            if self.operations == self.dies_at:
                self._put(self._open[fd], data[: int(len(data) * self.dies_with)], offset)
            raise
        inode = self._open[fd]
        room = self.capacity - self.used
        growth = offset + len(data) - len(inode.data)
        if growth > room:
            self._put(inode, data[: max(0, len(data) - growth + room)], offset)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._put(inode, data, offset)

    def read(self, fd: int, size: int, offset: int) -> bytes:
        if (error := self.fail("read")) is not None:
            raise error
        return bytes(self._open[fd].data[offset : offset + size])

    def truncate(self, fd: int, size: int) -> None:
        self._begin("truncate")
        inode = self._open[fd]
        del inode.data[size:]
        del inode.synced[size:]
        inode.unsynced = [
            (offset, data[: size - offset]) for offset, data in inode.unsynced if offset < size
        ]

    def sync(self, fd: int) -> None:
        self._begin("sync")
        inode = self._open[fd]
        inode.synced[:] = inode.data
        inode.unsynced.clear()

    def sync_directory(self, path: Path) -> None:
        self._begin("sync_directory")
        if path not in self.directories:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        self._histories = [dict(self.inodes)]

    def rename(self, old: Path, new: Path) -> None:
        self._begin("rename")
        self._named(old)
        self.inodes[new] = self.inodes.pop(old)
        self._changed()

    def remove(self, path: Path) -> None:
        self._begin("remove")
        self._named(path)
        del self.inodes[path]
        self._changed()

    def close(self, fd: int) -> None:
        self._open.pop(fd, None)
        self._locked.pop(fd, None)

    def same(self, path: Path, fd: int) -> bool:
        return self.inodes.get(path) is self._open[fd]

    def _begin(self, operation: str) -> None:
        self.operations += 1
        if self.operations >= self.dies_at:
            raise Killed
        if (error := self.fail(operation)) is not None:
            raise error

    def _put(self, inode: Inode, data: bytes, offset: int) -> None:
        inode.data.extend(bytes(max(0, offset + len(data) - len(inode.data))))
        inode.data[offset : offset + len(data)] = data
        inode.unsynced.append((offset, data))

    def _named(self, path: Path) -> Inode:
        if path not in self.inodes:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        return self.inodes[path]

    def _parent(self, path: Path) -> None:
        if path.parent not in self.directories:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))

    def _changed(self) -> None:
        self._histories.append(dict(self.inodes))

    def _descriptor(self, inode: Inode) -> int:
        self._last_fd += 1
        self._open[self._last_fd] = inode
        return self._last_fd


class HeldFiles(FakeFiles):
    """A disk that stops at an operation until it is let go.

    Attributes:
        waiting: it stands there.
    """

    def __init__(self) -> None:
        super().__init__()
        self._free = threading.Event()
        self.waiting = False

    def hold(self, operation: str) -> None:
        """Stop at the next *operation*."""

        def wait(asked: str) -> None:
            if asked == operation:
                self.waiting = True
                self._free.wait(PATIENCE)

        self._free.clear()
        self.fail = wait

    def let_go(self) -> None:
        """Go on."""
        self.fail = lambda _: None
        self._free.set()


def failing(operation: str, number: int) -> Callable[[str], OSError | None]:
    """Return a ``fail`` that lets each *operation* fail with errno *number*."""

    def fail(asked: str) -> OSError | None:
        return OSError(number, os.strerror(number)) if asked == operation else None

    return fail
