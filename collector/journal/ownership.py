"""One process at a time owns a journal's directory."""

from pathlib import Path

from collector.errors import JournalInUse
from collector.journal.files import Files


class Ownership:
    """A lock on a file in the directory, which the operating system takes back from the dead."""

    def __init__(self, directory: Path, files: Files) -> None:
        self._directory = directory
        self._files = files
        self._lock: int | None = None

    def take(self) -> None:
        """Own the directory, which is made if it is not there; again if it was removed since.

        Raises:
            JournalInUse: another process owns it.
            OSError: it cannot be made or written to.
        """
        self._files.make_directory(self._directory)
        path = self._directory / "lock"
        if self._lock is not None and self._files.same(path, self._lock):
            return
        try:
            lock = self._files.lock(path)
        except BlockingIOError as exc:
            raise JournalInUse(f"another process uses {self._directory}") from exc
        self.release()
        self._lock = lock

    def release(self) -> None:
        """Let another process have it."""
        if self._lock is not None:
            self._files.close(self._lock)
            self._lock = None
