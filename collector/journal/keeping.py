"""Keeps aside what the journal cannot read: nothing that may hold a span is thrown away."""

from collections.abc import Callable
from pathlib import Path

import structlog

from collector.journal.files import Files
from collector.journal.segment import Segment

log = structlog.get_logger()

# Enough for any record at once would be the memory of the largest.
_PIECE_BYTES = 1 << 20


class Keeper:
    """Moves bad bytes out of the way, counts the records they cost, and says so.

    Attributes:
        lost: records that were counted so far.
        kept: names of the files that hold bad bytes, in order of their making.
    """

    def __init__(self, files: Files, count: Callable[[int], None]) -> None:
        """Bind *count*, which is told the number of records that are lost."""
        self._files = files
        self._count = count
        self.lost = 0
        self.kept: dict[str, None] = {}

    def lose(self, records: int) -> None:
        """Count *records* that cannot be read."""
        self.lost += records
        self._count(records)

    def copy(self, segment: Segment, offset: int, end: int) -> None:
        """Copy bytes of *segment* behind those in its ``.corrupt`` file, if the disk lets it."""
        path = segment.path.with_name(f"{segment.path.name}.corrupt")
        files = self._files
        try:
            try:
                fd = files.create(path)
            except FileExistsError:
                fd = files.open(path)
            try:
                behind = files.size(fd)
                while offset < end and (
                    piece := files.read(segment.fd, min(_PIECE_BYTES, end - offset), offset)
                ):
                    files.write(fd, [piece], behind)
                    offset += len(piece)
                    behind += len(piece)
                files.sync(fd)
            finally:
                files.close(fd)
        except OSError as exc:
            # Whoever wanted the bytes gone from the segment leaves it as it is, and aside.
            segment.damaged = True
            log.error(
                "what is damaged in the journal could not be copied",
                file=segment.path.name,
                error=exc.strerror,
            )
            return
        self.kept[path.name] = None

    def put_aside(self, path: Path) -> None:
        """Give a whole file a name that the journal does not read.

        Raises:
            OSError: it has its old name still.
        """
        taken = set(self._files.names(path.parent))
        number = 1
        while (name := f"{path.name}.corrupt-{number}") in taken:
            number += 1
        self._files.rename(path, path.with_name(name))
        self.kept[name] = None

    def tell(self, message: str) -> None:
        """Log what was lost so far, and where its bytes are."""
        log.error(message, records=self.lost, kept=list(self.kept))
