"""What keeps a disk from owning records, in words for metrics and for clients."""

import errno

from collector.errors import JournalInUse


class Trouble:
    """Why the journal owns nothing now.

    Attributes:
        reason: short word for metrics.
        text: one sentence; names no file.
    """

    __slots__ = ("reason", "text")

    def __init__(self, reason: str, text: str) -> None:
        self.reason = reason
        self.text = text


FULL = Trouble("full", "the journal is full")
NO_MEMORY = Trouble("memory", "there is no memory to write the record")
BROKEN = Trouble("error", "the journal failed")
HANGS = Trouble("hangs", "the journal's disk does not answer in time")
_BY_NUMBER = {
    errno.ENOSPC: Trouble("disk_full", "the journal's disk is full"),
    errno.EDQUOT: Trouble("disk_full", "the journal's disk quota is used up"),
    errno.EFBIG: Trouble("disk_full", "the journal's files may not grow"),
    errno.EROFS: Trouble("read_only", "the journal's disk is read-only"),
    errno.EACCES: Trouble("permission", "the journal's directory may not be written to"),
    errno.EPERM: Trouble("permission", "the journal's directory may not be written to"),
    errno.ENOENT: Trouble("missing", "the journal's directory or a file in it was removed"),
    errno.ENOTDIR: Trouble("missing", "the journal's directory is no directory"),
    errno.EMFILE: Trouble("files", "there are too many open files"),
    errno.ENFILE: Trouble("files", "there are too many open files"),
}
_IN_USE = Trouble("in_use", "another process uses the journal's directory")
_IO = Trouble("io", "the journal's disk does not work")


def trouble_of(error: OSError | JournalInUse) -> Trouble:
    """Return what *error* means to who wants a record owned."""
    if isinstance(error, JournalInUse):
        return _IN_USE
    return _BY_NUMBER.get(error.errno or 0, _IO)
