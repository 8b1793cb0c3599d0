import pytest

from collector.journal import disk, writer
from tests.fakes import PATIENCE


@pytest.fixture(autouse=True)
def short_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the writer look around a hundred times a second, so that no test waits for it."""
    monkeypatch.setattr(writer, "_TICK_SECONDS", 0.01)


@pytest.fixture(autouse=True)
def patient_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a disk that others keep busy be waited for: only a test that means it gives it up."""
    monkeypatch.setattr(disk, "_PATIENCE_SECONDS", PATIENCE)
