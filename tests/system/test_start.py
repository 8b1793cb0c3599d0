"""What the command says when it starts, as a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

from collector.journal.files import OsFiles


def test_a_second_process_on_a_journal_says_so_in_one_line(tmp_path: Path) -> None:
    lock = OsFiles().lock(tmp_path / "lock")
    try:
        second = subprocess.run(
            [sys.executable, "-m", "collector", "serve", "--http-port", "0"],
            env={**os.environ, "JOURNAL_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        os.close(lock)

    assert second.stderr == f"collector-proxy: cannot start: another process uses {tmp_path}\n"
    assert second.returncode == 1
