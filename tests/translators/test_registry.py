from typing import Any

import pytest

from translators.base import Draft, Signature
from translators.dialects.generic import Generic
from translators.registry import BUILTIN, Registry, chosen
from translators.span import Span

IDS: dict[str, Any] = {
    "trace_id": "0af7651916cd43dd8448eb211c80319c",
    "span_id": "b7ad6b7169203331",
}


class Counting:
    """A dialect that counts how often it is asked whether it speaks."""

    name = "counting"

    def __init__(self) -> None:
        self.asked = 0

    def speaks(self, signature: Signature) -> bool:
        self.asked += 1
        return "acme" in signature.namespaces

    def translate(self, span: Span) -> Draft | None:
        draft = Draft()
        draft.say("name", span.attributes["acme.name"], "acme.name")
        return draft


class Failing(Counting):
    name = "failing"

    def translate(self, span: Span) -> Draft | None:
        raise ValueError("a bug")


def test_whether_a_dialect_speaks_is_asked_once_for_spans_of_the_same_keys() -> None:
    dialect = Counting()
    registry = Registry([dialect, Generic()])
    spans = [Span(**IDS, attributes={"acme.name": str(n)}) for n in range(3)]

    names = [registry.translate(span).name for span in spans]

    assert names == ["0", "1", "2"]
    assert dialect.asked == 1


def test_a_dialect_that_raises_costs_its_own_word_only() -> None:
    registry = Registry([Failing(), Counting(), Generic()])

    run = registry.translate(Span(**IDS, attributes={"acme.name": "kept", "acme.more": 1}))

    assert run.name == "kept"
    assert run.failures == ("failing",)
    assert run.metadata["otel.translator_error"] == ["failing"]
    assert run.metadata["acme.more"] == 1


def test_what_cannot_be_put_together_costs_the_polish_and_not_the_span() -> None:
    class Odd(Counting):
        def translate(self, span: Span) -> Draft | None:
            draft = Draft()
            draft.say("run_type", "llm")
            draft.say("params.tools", [])
            draft.say("inputs", "not an object")
            return draft

    attributes = {"acme.name": "x", "acme.api_key": "secret"}
    span = Span(**IDS, name="work", attributes=attributes, status_code=2, status_message="no")

    run = Registry([Odd(), Generic()]).translate(span)

    assert (run.name, run.run_type, run.error) == ("work", "chain", "no")
    assert run.failures == ("finish",)
    assert run.metadata["otel.attributes.acme.name"] == "x"
    assert run.metadata["otel.attributes.acme.api_key"] == "[redacted]"
    assert run.metadata["otel.translator_error"] == ["finish"]


def test_a_dialect_may_have_nothing_to_say() -> None:
    class Silent(Counting):
        def translate(self, span: Span) -> Draft | None:
            return None

    run = Registry([Silent(), Generic()]).translate(Span(**IDS, attributes={"acme.name": "x"}))

    assert run.dialects == ("generic",)
    assert not run.genai


def test_no_names_choose_all_that_is_built_in() -> None:
    assert chosen([]) == BUILTIN


def test_names_choose_dialects_in_their_order_and_generic_is_never_missing() -> None:
    assert [t.name for t in chosen(["genai", "langsmith"])] == ["genai", "langsmith", "generic"]
    assert [t.name for t in chosen(["generic", "genai"])] == ["generic", "genai"]


def test_builtin_stands_for_all_that_are_built_in_and_not_named() -> None:
    names = [translator.name for translator in chosen(["genai", "builtin"])]

    assert names[:2] == ["genai", "langsmith"]
    assert sorted(names) == sorted(translator.name for translator in BUILTIN)


def test_an_unknown_name_is_told_with_the_known_ones() -> None:
    with pytest.raises(
        LookupError, match="no translator is called 'acme'; there are: builtin, langsmith"
    ):
        chosen(["acme"])


def test_the_cache_of_signatures_starts_anew_when_it_is_large(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("translators.registry._MAX_CACHED_KEYS", 3)
    dialect = Counting()
    registry = Registry([dialect, Generic()])

    for key in ("acme.a", "acme.b", "acme.c", "acme.a"):
        registry.translate(Span(**IDS, attributes={"acme.name": "x", key: 1}))

    assert dialect.asked == 4
