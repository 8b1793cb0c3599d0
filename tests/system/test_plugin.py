"""The example of the README, installed as a package of its own."""

import sys
from pathlib import Path

import pytest

from tests.readme import between
from translators.registry import Registry, chosen
from translators.span import Span


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lay the example out as pip does: a module, and metadata that names the entry point."""
    code = between("plugin").removeprefix("```python\n").removesuffix("```")
    (tmp_path / "acme_dialect.py").write_text(code)
    info = tmp_path / "acme_dialect-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-dialect\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[collector_proxy.translators]\nacme = acme_dialect:Acme\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "acme_dialect", raising=False)


@pytest.mark.usefixtures("installed")
def test_the_readmes_dialect_translates_when_it_is_named() -> None:
    span = Span(
        trace_id="0" * 31 + "1",
        span_id="0" * 15 + "1",
        name="call",
        attributes={"acme.tool": "search", "acme.args": '{"q": "otel"}', "acme.cost": 3},
    )

    run = Registry(chosen(["acme", "langsmith", "genai"])).translate(span)

    assert (run.name, run.run_type, run.inputs) == ("search", "tool", {"q": "otel"})
    assert run.dialects == ("acme",)
    assert run.metadata["acme.cost"] == 3
    assert "acme.args" not in run.metadata


@pytest.mark.usefixtures("installed")
def test_a_dialect_that_is_not_named_is_not_even_imported() -> None:
    names = [translator.name for translator in chosen([])]

    assert "acme" not in names
    assert "acme_dialect" not in sys.modules


def test_the_readmes_example_is_ten_to_twenty_lines() -> None:
    code = between("plugin").removeprefix("```python\n").removesuffix("```")

    assert 10 <= sum(bool(line.strip()) for line in code.splitlines()) <= 20
