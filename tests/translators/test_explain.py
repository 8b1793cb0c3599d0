"""Who said what of a span, and from where."""

from tests.translators.spans import span
from translators.base import Draft, Signature
from translators.explain import explain
from translators.registry import BUILTIN, Registry
from translators.span import Event, Span


class Acme:
    name = "acme"

    def speaks(self, signature: Signature) -> bool:
        return "acme" in signature.namespaces

    def translate(self, span: Span) -> Draft:
        draft = Draft()
        draft.say("name", span.attributes.get("acme.name"), "acme.name")
        draft.say("bag.metadata", {"team": "x", "floor": 1}, "acme.bag")
        return draft


ACME = Registry([Acme(), *BUILTIN])


def test_a_field_is_told_with_its_dialect_and_the_attribute_it_came_from() -> None:
    explained = explain(ACME, span({"acme.name": "search", "acme.bag": "..", "other": 1}))

    assert explained["fields"]["name"] == {"dialect": "acme", "from": ["acme.name"]}
    assert explained["fields"]["metadata.team"] == {"dialect": "acme", "from": ["acme.bag"]}


def test_an_attribute_that_a_dialect_only_looked_at_is_told_too() -> None:
    attributes = {"gen_ai.operation.name": "chat", "session.id": "s"}

    explained = explain(ACME, span(attributes))

    assert explained["fields"]["run_type"] == {
        "dialect": "genai",
        "from": ["gen_ai.operation.name"],
    }
    assert explained["fields"]["thread_id"]["from"] == ["session.id"]


def test_an_event_is_a_source() -> None:
    events = [Event("gen_ai.user.message", 1, {"content": "Hi"}), Event("other", 2)]

    explained = explain(ACME, span({"gen_ai.system": "openai"}, events=events))

    assert explained["fields"]["inputs"] == {
        "dialect": "genai",
        "from": ["event 0: gen_ai.user.message"],
    }


def test_a_part_of_an_event_or_of_an_attribute_is_told_by_the_whole() -> None:
    class Parts(Acme):
        def translate(self, span: Span) -> Draft:
            draft = Draft()
            draft.say("inputs", {"a": 1}, ("acme.both", "inputs"), (0,), (0, "content"))
            return draft

    explained = explain(
        Registry([Parts(), BUILTIN[-1]]), span({"acme.both": "x"}, events=[Event("e", 1)])
    )

    assert explained["fields"]["inputs"]["from"] == ["acme.both", "event 0: e"]


def test_what_lost_a_conflict_is_told() -> None:
    attributes = {"langsmith.trace.name": "mine", "acme.name": "theirs"}

    explained = explain(Registry([BUILTIN[0], Acme(), BUILTIN[-1]]), span(attributes))

    assert explained["fields"]["name"]["dialect"] == "langsmith"
    assert explained["lost"] == [{"field": "name", "dialect": "acme", "from": ["acme.name"]}]


def test_what_no_dialect_reads_is_unmapped_and_what_one_reads_is_not() -> None:
    attributes = {"acme.name": "search", "http.route": "/", "user_id": {"nested": 1}}

    explained = explain(ACME, span(attributes))

    assert explained["unmapped"] == ["http.route", "user_id"]


def test_a_span_without_attributes_is_explained() -> None:
    assert explain(ACME, span())["fields"] == {"run_type": {"dialect": "generic", "from": []}}
