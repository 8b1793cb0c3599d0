import errno

import pytest

from collector.errors import JournalInUse
from collector.journal.trouble import trouble_of


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(errno.ENOSPC, "no space"), "disk_full"),
        (OSError(errno.EROFS, "read-only"), "read_only"),
        (OSError(errno.ENOENT, "gone"), "missing"),
        (OSError(errno.ENOTDIR, "a file"), "missing"),
        (OSError(errno.EEXIST, "a file"), "missing"),
        (OSError(errno.EIO, "bad"), "io"),
        (OSError("without a number"), "io"),
        (JournalInUse("theirs"), "in_use"),
    ],
)
def test_each_failure_has_a_reason(error: OSError | JournalInUse, reason: str) -> None:
    assert trouble_of(error).reason == reason
