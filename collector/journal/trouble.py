"""What keeps a disk from owning records, in words for metrics and for clients."""

import errno
import os

from collector.errors import JournalInUse


class Trouble:
    """Why the journal owns nothing now.

    Attributes:
        reason: short word for metrics.
        text: one sentence for clients; names no file.
        remedy: what an operator can do.
    """

    __slots__ = ("reason", "remedy", "text")

    def __init__(self, reason: str, text: str, remedy: str) -> None:
        self.reason = reason
        self.text = text
        self.remedy = remedy


_MAKE_ROOM = "make room on its disk, or set a lower JOURNAL_MAX_BYTES"
_LOOK = "look at the disk; nothing that was accepted is given up"

FULL = Trouble(
    "full",
    "the journal is full",
    "find out why uploads do not keep up, or set a higher JOURNAL_MAX_BYTES",
)
NO_MEMORY = Trouble("memory", "there is no memory to write the record", "give it more memory")
BROKEN = Trouble("error", "the journal failed", "report it")
HANGS = Trouble("hangs", "the journal's disk does not answer in time", _LOOK)
DISK_FULL = Trouble("disk_full", "the journal's disk is full", _MAKE_ROOM)
_IN_USE = Trouble(
    "in_use",
    "another process uses the journal's directory",
    "give each process a JOURNAL_DIR of its own",
)
_IO = Trouble("io", "the journal's disk does not work", _LOOK)
_PERMISSION = Trouble(
    "permission",
    "the journal's directory may not be written to",
    f"it must be writable for user id {os.geteuid()}",
)
_NO_DIRECTORY = Trouble(
    "missing",
    "the journal's directory is no directory",
    "remove the file in its place, or set another JOURNAL_DIR",
)
_FILES = Trouble("files", "there are too many open files", "raise the limit of open files")
_BY_NUMBER = {
    errno.ENOSPC: DISK_FULL,
    errno.EDQUOT: Trouble("disk_full", "the journal's disk quota is used up", _MAKE_ROOM),
    errno.EFBIG: Trouble("disk_full", "the journal's files may not grow", _MAKE_ROOM),
    errno.EROFS: Trouble("read_only", "the journal's disk is read-only", "mount it writable"),
    errno.EACCES: _PERMISSION,
    errno.EPERM: _PERMISSION,
    errno.ENOENT: Trouble(
        "missing",
        "the journal's directory or a file in it was removed",
        "leave it alone: it is made again",
    ),
    errno.ENOTDIR: _NO_DIRECTORY,
    errno.EEXIST: _NO_DIRECTORY,
    errno.EMFILE: _FILES,
    errno.ENFILE: _FILES,
}


def trouble_of(error: OSError | JournalInUse) -> Trouble:
    """Return what *error* means to who wants a record owned."""
    if isinstance(error, JournalInUse):
        return _IN_USE
    return _BY_NUMBER.get(error.errno or 0, _IO)
