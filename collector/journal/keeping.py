"""Keeps aside what the journal cannot read: it may hold a span."""

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import structlog

from collector.journal.files import Files
from collector.journal.segment import Segment

log = structlog.get_logger()

# Enough for any record at once would be the memory of the largest.
_PIECE_BYTES = 1 << 20
_KEPT = re.compile(r"(\d{10,})-[0-9a-f]{8}\.journal\.corrupt(-\d+)?")


class Keeper:
    """Moves bad bytes out of the way, counts the records they cost, and says so.

    Bounded by *max_bytes* of files that hold bad bytes, and the one that was made last: past it
    those of the oldest segments are removed.

    Attributes:
        lost: records that were counted so far.
        kept: names of the files that hold bad bytes, in order of their making.
    """

    def __init__(self, files: Files, count: Callable[[int], None], max_bytes: int) -> None:
        """Bind *count*, which is told the number of records that are lost."""
        self._files = files
        self._max_bytes = max_bytes
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
        self._keep(path)

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
        self._keep(path.with_name(name))

    def tell(self, message: str) -> None:
        """Log what was lost so far, and where its bytes are."""
        log.error(message, records=self.lost, kept=list(self.kept))

    def _keep(self, path: Path) -> None:
        self.kept[path.name] = None
        # Where the files cannot be looked at, the next one that is kept lets them be.
        with suppress(OSError):
            gone = self._remove_surplus(path)
            if gone:
                log.warning(
                    "what is kept aside of the journal is too much: the oldest was removed",
                    removed=gone,
                    max_bytes=self._max_bytes,
                )

    def _remove_surplus(self, last: Path) -> list[str]:
        """Remove the oldest until the rest fits, but not *last*; return their names."""
        names = self._files.names(last.parent)
        matches = sorted(
            filter(None, map(_KEPT.fullmatch, names)), key=lambda match: (int(match[1]), match[0])
        )
        sizes = {match[0]: self._size(last.with_name(match[0])) for match in matches}
        surplus = sum(sizes.values()) - self._max_bytes
        gone = []
        for name, size in sizes.items():
            if surplus > 0 and name != last.name:
                self._files.remove(last.with_name(name))
                self.kept.pop(name, None)
                gone.append(name)
                surplus -= size
        return gone

    def _size(self, path: Path) -> int:
        fd = self._files.open(path)
        try:
            return self._files.size(fd)
        finally:
            self._files.close(fd)
