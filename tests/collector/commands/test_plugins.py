"""Plug-ins of the settings' list, loaded."""

from pathlib import Path

import pytest

from collector.commands.plugins import load_translators
from collector.config import Settings, SettingsError
from translators.registry import BUILTIN


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install a distribution with one good and two broken plug-ins."""
    info = tmp_path / "acme-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[collector_proxy.translators]\n"
        "acme = acme_dialect:Acme\n"
        "broken = acme_dialect:missing\n"
        "absent = acme_absent:Acme\n"
    )
    (tmp_path / "acme_dialect.py").write_text(
        "class Acme:\n"
        "    name = 'acme'\n"
        "    def speaks(self, signature): return False\n"
        "    def translate(self, span): return None\n"
    )
    monkeypatch.syspath_prepend(tmp_path)


def names(settings: Settings) -> list[str]:
    return [translator.name for translator in load_translators(settings)]


def test_no_names_are_all_that_are_built_in() -> None:
    assert load_translators(Settings()) == BUILTIN


def test_names_are_the_order_and_generic_is_added() -> None:
    assert names(Settings(translators=("genai", "langsmith"))) == ["genai", "langsmith", "generic"]


@pytest.mark.usefixtures("installed")
def test_a_plug_in_stands_where_it_is_named() -> None:
    settings = Settings(translators=("langsmith", "acme", "genai"))

    assert names(settings) == ["langsmith", "acme", "genai", "generic"]


@pytest.mark.usefixtures("installed")
def test_all_plug_ins_that_do_not_load_are_told_by_name() -> None:
    with pytest.raises(SettingsError) as failure:
        load_translators(Settings(translators=("broken", "acme", "absent")))

    first, second = failure.value.problems
    assert first.startswith("TRANSLATORS: broken does not load: AttributeError: ")
    assert second == (
        "TRANSLATORS: absent does not load: ModuleNotFoundError: No module named 'acme_absent'"
    )
