"""What upstream refused, kept in files."""

import base64
import os
import secrets
from pathlib import Path

import orjson

from collector.clock import Clock
from collector.model import SealedBatch

# What a replay needs; the sizes beside them are for monitoring only.
_REPLAY_HEADERS = ("Content-Type", "Content-Encoding")


class DeadLetterDir:
    """A directory with one file a batch, in the form of LangSmith's own failed-trace files.

    Files hold payload and no key; only their owner may read them. Nothing is ever deleted here: the
    disk is the bound, and past it ``write`` raises.

    Source: langsmith ``Client._write_trace_to_fallback_dir`` (envelope version 1).
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock

    def write(self, batch: SealedBatch, reason: str, detail: str) -> Path:
        """Write *batch* to a new file, whole or not at all, and onto the disk. Blocks.

        Args:
            batch: what was refused.
            reason: short word.
            detail: upstream's own words.

        Returns:
            The file.

        Raises:
            OSError: it could not be written; nothing is left behind.
        """
        letter = {
            "version": 1,
            "endpoint": "runs/multipart",
            "url": batch.destination.endpoint,
            "destination": batch.destination.label,
            "reason": reason,
            "detail": detail,
            "headers": {
                name: batch.headers[name] for name in _REPLAY_HEADERS if name in batch.headers
            },
            "runs": batch.runs,
            "body_base64": base64.b64encode(batch.body).decode(),
        }
        self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self._path / self._name()
        draft = file.with_suffix(".tmp")
        try:
            _write(draft, orjson.dumps(letter))
            draft.rename(file)
            _sync_directory(self._path)
        except BaseException:
            draft.unlink(missing_ok=True)
            file.unlink(missing_ok=True)
            raise
        return file

    def _name(self) -> str:
        seconds, nanoseconds = divmod(self._clock.now_ns(), 1_000_000_000)
        return f"trace_{seconds}.{nanoseconds // 1000:06d}_{secrets.token_hex(4)}.json"


def _write(path: Path, data: bytes) -> None:
    # The receipts are settled on the word of this file, so it must outlive the machine's power.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
