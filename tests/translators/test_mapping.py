"""The document that tells what becomes of each attribute."""

from pathlib import Path

import orjson
import pytest

from tests.translators.test_golden import CASES, span_of
from translators.explain import merged_of
from translators.mapping import Documented, mapping_markdown
from translators.registry import BUILTIN, Registry

DOCUMENT = Path(__file__).parents[2] / "docs" / "mapping.md"
RENEW = "renew it: make docs"


def test_the_document_is_current() -> None:
    assert DOCUMENT.read_text("utf-8") == mapping_markdown(), RENEW


def test_every_dialect_is_in_it() -> None:
    text = mapping_markdown()

    assert [name for name in (t.name for t in BUILTIN) if f"## `{name}`" not in text] == []
    assert [t.name for t in BUILTIN if not isinstance(t, Documented)] == []


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}/{path.name[:-10]}")
def test_what_a_dialect_takes_from_a_recorded_span_is_documented(path: Path) -> None:
    span = span_of(orjson.loads(path.read_bytes()))
    registry = Registry()
    merged = merged_of(registry, span)
    taken = {key for _, keys, _ in merged.fields.values() for key in keys if isinstance(key, str)}
    # What several say alike is merged under the name of the strongest.
    known = {word for name, _ in registry.drafts(span)[0] for word in _documented_by(name)}
    prefixes = tuple(word[:-1] for word in known if word.endswith("*"))

    assert [key for key in sorted(taken) if key not in known and not key.startswith(prefixes)] == []


def _documented_by(name: str) -> set[str]:
    (dialect,) = [t for t in BUILTIN if t.name == name]
    assert isinstance(dialect, Documented)
    return {*dialect.table.keys(), *dialect.also}
