import pytest

from collector.journal import writer


@pytest.fixture(autouse=True)
def short_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the writer look around a hundred times a second, so that no test waits for it."""
    monkeypatch.setattr(writer, "_TICK_SECONDS", 0.01)
