"""One look at the folder of a disk journal, which changes nothing in it."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple


class Folder(NamedTuple):
    """What a look at a folder found.

    Attributes:
        problem: why no journal can be in it, in a sentence that names it; None where one can.
        in_use: another process has the journal that is there.
    """

    problem: str | None
    in_use: bool


def look_at(folder: Path, may: Callable[[Path, int], bool] = os.access) -> Folder:
    """Tell whether a journal can be in *folder*, which a proxy makes where it is not there.

    A process that uses it is found by the lock that it holds. Where the lock is free it is held
    here for an instant, and given back.

    Args:
        may: whether this user may do to a path what the mode says, as ``os.access``.
    """
    if os.path.isdir(folder):
        if not may(folder, os.R_OK | os.W_OK | os.X_OK):
            return Folder(f"{folder}: the folder may not be written to", in_use=False)
        return _lock_of(folder / "lock")
    if os.path.lexists(folder):
        return Folder(f"{folder}: is not a folder", in_use=False)
    above = next(path for path in folder.absolute().parents if os.path.lexists(path))
    if not os.path.isdir(above):
        return Folder(f"{folder}: cannot be made, {above} is not a folder", in_use=False)
    if not may(above, os.W_OK | os.X_OK):
        return Folder(f"{folder}: cannot be made, {above} may not be written to", in_use=False)
    return Folder(None, in_use=False)


def _lock_of(path: Path) -> Folder:
    try:
        # A pipe of that name must not hold this up.
        lock = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return Folder(None, in_use=False)
    except OSError as exc:
        return Folder(f"{path}: cannot be opened: {exc.strerror}", in_use=False)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return Folder(None, in_use=True)
    except OSError as exc:
        return Folder(f"{path}: cannot be locked: {exc.strerror}", in_use=False)
    finally:
        os.close(lock)
    return Folder(None, in_use=False)
