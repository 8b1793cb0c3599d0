"""The example of the README, installed as a package of its own."""

import sys
from pathlib import Path

import pytest

from tests.readme import between
from translators.registry import Registry, chosen
from translators.span import Span


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lay the examples out as pip does: modules, and metadata that names the entry points."""
    for module, mark in (("acme_dialect", "plugin"), ("agent_names", "override")):
        (tmp_path / f"{module}.py").write_text(example(mark))
        monkeypatch.delitem(sys.modules, module, raising=False)
    info = tmp_path / "acme_dialect-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-dialect\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[collector_proxy.translators]\n"
        "acme = acme_dialect:Acme\n"
        "agent_names = agent_names:AgentNames\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))


def example(mark: str) -> str:
    """Return the code of an example in the README."""
    return between(mark).removeprefix("```python\n").removesuffix("```")


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
    assert 10 <= sum(bool(line.strip()) for line in example("plugin").splitlines()) <= 20


@pytest.mark.usefixtures("installed")
def test_the_readmes_second_example_changes_one_field_and_nothing_else() -> None:
    span = Span(
        trace_id="0" * 31 + "1",
        span_id="0" * 15 + "1",
        name="invoke_agent clerk",
        attributes={
            "gen_ai.operation.name": "invoke_agent",
            "gen_ai.agent.name": "clerk",
            "gen_ai.conversation.id": "c",
            "gen_ai.output.messages": '[{"role": "assistant", "content": "Done."}]',
            "team": "sales",
        },
    )

    plain = Registry().translate(span)
    changed = Registry(chosen(["agent_names", "builtin"])).translate(span)

    assert (plain.name, changed.name) == ("invoke_agent clerk", "sales: clerk")
    assert changed.dialects == ("agent_names", "genai")
    for field in ("run_type", "inputs", "outputs", "thread_id", "error"):
        assert getattr(changed, field) == getattr(plain, field)
    own = {"otel.span_name", "otel.dialects"}
    assert {k: v for k, v in changed.metadata.items() if k not in own} == {
        k: v for k, v in plain.metadata.items() if k not in own
    }
