"""Whether the disk has room."""

from contextlib import suppress
from errno import EDQUOT, EFBIG, ENOSPC
from pathlib import Path

from collector.journal.files import Files
from collector.journal.opening import draft_path

# What an operating system says where it has none.
NO_SPACE = frozenset((ENOSPC, EDQUOT, EFBIG))

_PIECE_BYTES = 1 << 20


def fits(files: Files, directory: Path, size: int) -> bool:
    """Whether a new file may have *size* bytes now; it is gone when this returns."""
    # Where this process dies, the next one takes it for what it is: a draft of nothing.
    path = draft_path(directory, 0, 0)
    with suppress(OSError):
        files.remove(path)
    try:
        fd = files.create(path)
        try:
            piece = bytes(min(size, _PIECE_BYTES))
            for offset in range(0, size, _PIECE_BYTES):
                files.write(fd, [piece[: size - offset]], offset)
        finally:
            files.close(fd)
            files.remove(path)
    except OSError:
        return False
    return True
