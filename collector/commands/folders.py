"""One look at the folders of the journal and the dead letters, which changes nothing in them."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple


class JournalFolder(NamedTuple):
    """What a look at the folder of a journal found.

    Attributes:
        problem: why no journal can be in it, in a sentence that names it; None where one can.
        in_use: another process has the journal that is there.
    """

    problem: str | None
    in_use: bool


def journal_at(folder: Path, may: Callable[[Path, int], bool] = os.access) -> JournalFolder:
    """Tell whether a journal can be in *folder*, which a proxy makes where it is not there.

    A process that uses it is found by the lock that it holds. Where the lock is free it is held
    here for an instant, and given back.

    Args:
        may: as for ``problem_of``.
    """
    problem = problem_of(folder, may)
    if problem is not None or not os.path.isdir(folder):
        return JournalFolder(problem, in_use=False)
    return _lock_of(folder / "lock")


def problem_of(folder: Path, may: Callable[[Path, int], bool] = os.access) -> str | None:
    """Tell why no files can be made in *folder*, which is made itself where it is not there.

    Args:
        may: whether this user may do to a path what the mode says, as ``os.access``.

    Returns:
        A sentence that names the folder; None where files can be made.
    """
    if os.path.isdir(folder):
        if not may(folder, os.R_OK | os.W_OK | os.X_OK):
            return f"{folder}: the folder may not be written to"
        return None
    if os.path.lexists(folder):
        return f"{folder}: is not a folder"
    above = next(path for path in folder.absolute().parents if os.path.lexists(path))
    if not os.path.isdir(above):
        return f"{folder}: cannot be made, {above} is not a folder"
    if not may(above, os.W_OK | os.X_OK):
        return f"{folder}: cannot be made, {above} may not be written to"
    return None


def _lock_of(path: Path) -> JournalFolder:
    try:
        # A pipe of that name must not hold this up.
        lock = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return JournalFolder(None, in_use=False)
    except OSError as exc:
        return JournalFolder(f"{path}: cannot be opened: {exc.strerror}", in_use=False)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return JournalFolder(None, in_use=True)
    except OSError as exc:
        return JournalFolder(f"{path}: cannot be locked: {exc.strerror}", in_use=False)
    finally:
        os.close(lock)
    return JournalFolder(None, in_use=False)
