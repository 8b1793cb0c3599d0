"""The folder of dead letters: files that appear whole, and go when there are too many."""

import os
import secrets
import threading
from collections import deque
from pathlib import Path
from typing import NamedTuple

import structlog

from collector.clock import Clock
from collector.exporter.quiet import Quiet
from collector.metrics import Metrics

log = structlog.get_logger()

_LOG_SECONDS = 60.0
# Those of LangSmith's SDK, too.
_PREFIX, _SUFFIX, _DRAFT = "trace_", ".json", ".tmp"


class LetterFile(NamedTuple):
    """A letter's place, its age and its size, all without opening it.

    Attributes:
        made_ns: nanoseconds since 1970-01-01 UTC.
    """

    made_ns: int
    name: str
    size: int

    @property
    def id(self) -> str:
        """What people call the letter by; of a name that is not UTF-8, it shows the odd bytes."""
        readable = os.fsencode(self.name).decode("utf-8", "backslashreplace")
        return readable.removeprefix(_PREFIX).removesuffix(_SUFFIX)


def letter_files(folder: Path) -> list[LetterFile]:
    """Return the letters in *folder*, oldest first; none where it is missing.

    Raises:
        OSError: it cannot be read.
    """
    try:
        with os.scandir(folder) as entries:
            found = [file for entry in entries if (file := _letter_file(entry)) is not None]
    except FileNotFoundError:
        return []
    return sorted(found)


def _letter_file(entry: os.DirEntry[str]) -> LetterFile | None:
    if not (entry.name.startswith(_PREFIX) and entry.name.endswith(_SUFFIX)):
        return None
    try:
        if not entry.is_file(follow_symlinks=False):
            return None
        status = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None
    return LetterFile(_time_in(entry.name) or status.st_mtime_ns, entry.name, status.st_size)


class LetterStore:
    """Keeps letters within two bounds; past either, the oldest are deleted and counted.

    Bounded by *max_bytes* for all files, after each ``add`` and at any moment between, and by
    *max_age* for each, after each ``add`` and ``tend``. Any thread may call; the calls take turns.
    Other processes may take files away at any time.

    Attributes:
        count, size: letters, and their bytes; what other processes do is seen by ``tend`` only.
    """

    def __init__(
        self, folder: Path, clock: Clock, metrics: Metrics, *, max_bytes: int, max_age: float
    ) -> None:
        """Touch nothing yet.

        Args:
            max_age: seconds.
        """
        self._folder = folder
        self._clock = clock
        self._expired = metrics.letters_expired
        self._max_bytes = max_bytes
        self._max_age_ns = round(max_age * 1e9)
        self._quiet = Quiet(_LOG_SECONDS, clock)
        self._turn = threading.Lock()
        self._opened = False
        self._files: deque[LetterFile] = deque()
        self.size = 0

    @property
    def count(self) -> int:
        """Letters in the folder."""
        return len(self._files)

    def add(self, text: bytes) -> Path | None:
        """Write a letter to a new file, whole or not at all, and onto the disk. Blocks.

        Returns:
            The file; None where the letter alone is larger than the bound, and kept nowhere.

        Raises:
            OSError: it could not be written; nothing is left behind.
        """
        with self._turn:
            if len(text) > self._max_bytes:
                self._tell("dead letter larger than the whole bound", "size", 1)
                return None
            self._open()
            now_ns = self._clock.now_ns()
            if self.size + len(text) > self._max_bytes:
                # A command may have made room since.
                self._count()
            self._expire(now_ns, self._max_bytes - len(text))
            file = LetterFile(now_ns, _name(now_ns), len(text))
            path = self._write(file.name, text)
            self._files.append(file)
            self.size += file.size
            return path

    def tend(self) -> None:
        """Count anew what is there, and delete what is too old, or too much. Blocks.

        Raises:
            OSError: the folder cannot be read, or a file not deleted.
        """
        with self._turn:
            self._open()
            self._count()
            self._expire(self._clock.now_ns(), self._max_bytes)

    def _open(self) -> None:
        if self._opened:
            return
        # What a process that was killed had begun. Should another one live on the same folder: its
        # letter fails for the moment, and is written again.
        for draft in self._folder.glob(f"{_PREFIX}*{_DRAFT}"):
            draft.unlink(missing_ok=True)
        self._count()
        self._opened = True

    def _count(self) -> None:
        self._files = deque(letter_files(self._folder))
        self.size = sum(file.size for file in self._files)

    def _expire(self, now_ns: int, most_bytes: int) -> None:
        gone = {"size": 0, "age": 0}
        oldest_ns = now_ns - self._max_age_ns
        try:
            while self._files:
                file = self._files[0]
                if file.made_ns >= oldest_ns and self.size <= most_bytes:
                    break
                reason = "age" if file.made_ns < oldest_ns else "size"
                gone[reason] += self._delete(file)
                self._files.popleft()
                self.size -= file.size
        finally:
            for reason, letters in gone.items():
                if letters:
                    self._tell("dead letters expired", reason, letters)

    def _delete(self, file: LetterFile) -> bool:
        """Delete *file*, and tell whether it was still there."""
        try:
            (self._folder / file.name).unlink()
        except FileNotFoundError:
            return False
        return True

    def _tell(self, event: str, reason: str, letters: int) -> None:
        self._expired.labels(reason).inc(letters)
        if told := self._quiet.add((event, reason), letters):
            log.warning(event, reason=reason, letters=told)

    def _write(self, name: str, text: bytes) -> Path:
        self._make_folder()
        path = self._folder / name
        draft = path.with_suffix(_DRAFT)
        try:
            _write_down(draft, text)
            draft.rename(path)
            _sync_folder(self._folder)
        except BaseException:
            draft.unlink(missing_ok=True)
            path.unlink(missing_ok=True)
            raise
        return path

    def _make_folder(self) -> None:
        missing = [path for path in (self._folder, *self._folder.parents) if not path.exists()]
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in missing:
            _sync_folder(path.parent)


def _name(time_ns: int) -> str:
    seconds, nanoseconds = divmod(time_ns, 1_000_000_000)
    return f"{_PREFIX}{seconds}.{nanoseconds // 1000:06d}_{secrets.token_hex(4)}{_SUFFIX}"


def _time_in(name: str) -> int | None:
    """Return the nanoseconds since 1970 that a letter's name tells, None where it tells none."""
    seconds, dot, fraction = name.removeprefix(_PREFIX).partition("_")[0].partition(".")
    if not (dot and len(fraction) == 6 and (seconds + fraction).isdecimal()):
        return None
    return (int(seconds) * 1_000_000 + int(fraction)) * 1000


def _write_down(path: Path, data: bytes) -> None:
    # The receipts are settled on the word of this file, so it must outlive the machine's power.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
