import pytest

from tests.translators.spans import span
from translators.base import Signature
from translators.dialects.generic import Generic
from translators.span import Json, JsonObject

Told = dict[str, tuple[Json, tuple[object, ...]]]


def said(attributes: JsonObject, resource: JsonObject | None = None) -> Told:
    fields: Told = {**Generic().translate(span(attributes, resource=resource)).said}
    assert fields.pop("run_type") == ("chain", ())
    return fields


def test_it_speaks_for_every_span() -> None:
    assert Generic().speaks(Signature("", frozenset(), frozenset()))


def test_a_span_of_another_world_is_a_chain_and_nothing_else() -> None:
    assert said({"http.request.method": "GET", "url.full": "https://example.org"}) == {}


@pytest.mark.parametrize(
    ("key", "value", "field", "expected"),
    [
        ("input", '{"a": 1}', "raw_inputs", {"a": 1}),
        ("input", "text", "raw_inputs", "text"),
        ("prompt", ["a"], "raw_inputs", ["a"]),
        ("output", "text", "raw_outputs", "text"),
        ("output", "", "raw_outputs", ""),
        ("response", "123", "raw_outputs", "123"),
        ("tags", "a, b", "tags", ["a", "b"]),
        ("thread_id", "t", "thread_id", "t"),
        ("user_id", 7, "user_id", "7"),
    ],
)
def test_an_attribute_says_its_field(key: str, value: Json, field: str, expected: Json) -> None:
    assert said({key: value}) == {field: (expected, (key,))}


@pytest.mark.parametrize(
    ("key", "field"),
    [
        ("session.id", "thread_id"),
        ("conversation.id", "thread_id"),
        ("user.id", "user_id"),
        ("enduser.id", "user_id"),
        ("enduser.pseudo.id", "user_id"),
    ],
)
def test_sessions_and_users_are_said_and_stay(key: str, field: str) -> None:
    assert said({key: "x"}) == {field: ("x", ())}


def test_the_first_key_that_says_something_wins() -> None:
    told = said({"thread_id": "t", "session.id": "", "enduser.id": "e", "user.id": "u"})

    assert told == {"thread_id": ("t", ("thread_id",)), "user_id": ("u", ())}


def test_the_session_of_the_process_is_the_last_to_count() -> None:
    assert said({}, {"session.id": "r"}) == {"thread_id": ("r", ())}
    assert said({"session.id": "s"}, {"session.id": "r"}) == {"thread_id": ("s", ())}


def test_definitions_of_tools_are_parameters() -> None:
    tool = {"type": "function", "function": {"name": "add", "parameters": {}}}

    assert said({"tools": [tool]}) == {"params.tools": ([tool], ("tools",))}
    assert said({"tools": ["add"]}) == {}
