"""Reads a journal's directory at the start: what is open in it, whatever state it is in."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import structlog

from collector.journal.files import Files
from collector.journal.frames import SEGMENT_HEADER_BYTES, LaterVersion, read_segment_header
from collector.journal.keeping import Keeper
from collector.journal.scan import Scan
from collector.journal.segment import Segment

log = structlog.get_logger()

# Ten digits are what this program gives; a file that was renamed may have more.
_NAME = re.compile(r"(\d{10,})-([0-9a-f]{8})\.journal(\.tmp)?")


def segment_path(directory: Path, order: int, salt: int) -> Path:
    """Return the file name that tells a segment's order and salt."""
    return directory / f"{order:010d}-{salt:08x}.journal"


def draft_path(directory: Path, order: int, salt: int) -> Path:
    """Return the name that such a file has before it has its content; a start removes it."""
    return directory / f"{segment_path(directory, order, salt).name}.tmp"


class Opened:
    """What a journal's directory holds. What is of no use in it is removed, put aside or mended.

    Attributes:
        segments: those with records, or with word of others' records, in order.
        last_order: the highest order that is in use.
        later_files: how many files only a later version of this program can read.
        torn_writes: how many writes an earlier process left unfinished.
        units: what the open records owe.
    """

    def __init__(self, directory: Path, files: Files, keeper: Keeper, since: float) -> None:
        """Read it.

        Args:
            since: seconds from 1970; what was done then or later is recent.

        Raises:
            OSError: the directory cannot be read.
        """
        self._files = files
        self._keeper = keeper
        self.segments: list[Segment] = []
        self.last_order = 0
        self.later_files = 0
        self.units = 0
        self.torn_writes = 0
        before = keeper.lost
        found = self._found(directory)
        last = next((segment for segment in reversed(found) if not segment.damaged), None)
        scans = [Scan(segment, files, keeper, last=segment is last) for segment in found]
        self._settle(scans)
        for scan in scans:
            if scan.torn:
                self.torn_writes += 1
                log.info("an unfinished write was cut off", file=scan.segment.path.name)
        for scan in scans:
            if scan.frames:
                self.segments.append(scan.segment)
                self.units += scan.count(since)
            else:
                self._dispose(scan)
        # One order each: a segment whose damaged header no longer says what it replaces.
        for earlier, later in pairwise(self.segments):
            later.order = max(later.order, earlier.order + 1)
        if self.segments:
            self.last_order = max(self.last_order, self.segments[-1].order)
        if keeper.lost > before:
            keeper.tell("the journal was damaged: what is lost was kept aside")

    def _found(self, directory: Path) -> list[Segment]:
        found: list[Segment] = []
        matches = filter(None, map(_NAME.fullmatch, self._files.names(directory)))
        for match in sorted(matches, key=lambda match: (int(match[1]), match[0])):
            name, order = match[0], int(match[1])
            path = directory / name
            if match[3]:
                # Its writer died before it had its name: whatever is in it is elsewhere too.
                self._remove(path)
                continue
            try:
                found.append(self._open(path, order, int(match[2], 16)))
            except LaterVersion as exc:
                # It keeps its name, for that version; no segment of ours gets the same one.
                self.last_order = max(self.last_order, order)
                self.later_files += 1
                log.error(
                    "a later version wrote this part of the journal: run that one to deliver it",
                    file=name,
                    version=exc.version,
                )
            except OSError as exc:
                self._keeper.lose(1)
                log.error("a file of the journal cannot be read", file=name, error=exc.strerror)
        return list(self._current(found))

    def _open(self, path: Path, order: int, salt: int) -> Segment:
        files = self._files
        fd = files.open(path)
        try:
            segment = Segment(path, order, salt, fd, files.size(fd))
            replaces = read_segment_header(files.read(fd, SEGMENT_HEADER_BYTES, 0), salt)
        except BaseException:
            files.close(fd)
            raise
        segment.damaged = replaces is None
        segment.replaces = replaces or ()
        return segment

    def _current(self, found: Iterable[Segment]) -> Iterator[Segment]:
        """Yield those that no other one has taken the place of; remove the others."""
        found = list(found)
        replaced = {salt for segment in found for salt in segment.replaces}
        for segment in found:
            if segment.salt not in replaced:
                yield segment
                continue
            self._files.close(segment.fd)
            self._remove(segment.path)

    def _settle(self, scans: Iterable[Scan]) -> None:
        """Let the records be done that any segment says are done."""
        by_salt = {scan.segment.salt: scan for scan in scans}
        for scan in by_salt.values():
            for when, numbers in scan.settled:
                for number in numbers:
                    about = by_salt.get(number >> 32)
                    if about is not None:
                        scan.segment.mentions.add(number >> 32)
                        about.settle(number & 0xFFFFFFFF, when)

    def _dispose(self, scan: Scan) -> None:
        """Let go of a file in which there is nothing to read."""
        segment = scan.segment
        self._files.close(segment.fd)
        if scan.whole:
            self._remove(segment.path)
            return
        self._keeper.lose(1)
        self._put_aside(segment.path)

    def _put_aside(self, path: Path) -> None:
        try:
            self._keeper.put_aside(path)
        except OSError as exc:
            log.error("a file could not be put aside", file=path.name, error=exc.strerror)

    def _remove(self, path: Path) -> None:
        try:
            self._files.remove(path)
        except OSError as exc:
            log.warning("a file could not be removed", file=path.name, error=exc.strerror)
