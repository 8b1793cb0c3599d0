"""A segment log on a fake disk, with segments that are small enough to have many."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from collector.journal.segment import Draft, Entry
from collector.journal.segment_log import SegmentLog
from collector.model import Tenant
from tests.collector.journal.fake_files import FakeFiles

DIRECTORY = Path("/data/journal")
TENANTS = 3
_SALTS = count(0x9E3779B1, 0x61C88647)


def tenant(number: int) -> Tenant:
    """Return whose the record of *number* is."""
    return "https://upstream.test", str(number % TENANTS), None


def tenant_of(meta: bytes) -> Tenant:
    """Do as ``Codec.tenant``."""
    return tenant(int(meta))


class Log:
    """A log whose records are known by a number, which is in the meta.

    Attributes:
        files: its disk.
        lost: records that were counted as unreadable.
    """

    def __init__(
        self,
        files: FakeFiles,
        *,
        sync: bool = True,
        durable: bool | None = None,
        max_bytes: int = 1 << 30,
        rest_seconds: float = 0.0,
        date: Callable[[], int] = lambda: 0,
        segment_bytes: int = 600,
    ) -> None:
        """Make it, not opened yet; *sync* is that of the appends, and ``durable`` where None."""
        self.files = files
        self.lost = 0
        self._sync = sync
        self._seconds = 0.0
        self.log = SegmentLog(
            DIRECTORY,
            files,
            self._lose,
            durable=sync if durable is None else durable,
            max_bytes=max_bytes,
            rest_seconds=rest_seconds,
            date=date,
            random_salt=lambda: next(_SALTS) & 0xFFFFFFFF,
        )
        self.log._segments.segment_bytes = segment_bytes

    def append(self, *numbers: int, size: int = 100, aside: bool = False) -> list[Entry]:
        """Append records of *size* bytes in one write."""
        drafts = [
            Draft(str(number).encode(), bytes([number % 251]) * size, 1) for number in numbers
        ]
        entries = self.log.append(drafts, sync=self._sync)
        for entry in entries if aside else ():
            self.log.put_back(entry)
        return entries

    def take(self, *skipped: int) -> tuple[int, Entry] | None:
        """Take the oldest record but for the tenants of *skipped*; return its number."""
        skip = frozenset(tenant(number) for number in skipped)
        while (taken := self.log.take(skip, tenant_of)) is None:
            if not self.log.backlog.paused:
                return None
        number = int(taken.meta)

        assert taken.body == bytes([number % 251]) * len(taken.body)
        return number, taken.entry

    def tidy(self) -> None:
        """Tidy up a second later."""
        self._seconds += 1.0
        self.log.tidy(self._seconds)

    def past(self) -> list[int]:
        """Return the numbers of the records that were done lately."""
        return [int(meta) for meta, _, _ in iter(self.log.past.next, None)]

    def take_all(self, *skipped: int) -> dict[int, Entry]:
        """Take the whole backlog, as ``take`` does, and see that nothing comes twice."""
        found: dict[int, Entry] = {}
        for number, entry in self._taken(skipped):
            assert number not in found
            found[number] = entry
        return found

    def _taken(self, skipped: tuple[int, ...]) -> Iterator[tuple[int, Entry]]:
        while (taken := self.take(*skipped)) is not None:
            yield taken

    def _lose(self, records: int) -> None:
        self.lost += records


def opened(
    files: FakeFiles, *, sync: bool = True, max_bytes: int = 1 << 30, rest_seconds: float = 0.0
) -> Log:
    """Return an open log on *files*."""
    log = Log(files, sync=sync, max_bytes=max_bytes, rest_seconds=rest_seconds)
    log.log.open()
    return log
