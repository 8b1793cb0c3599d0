import pytest

from tests.translators.drafts import said
from tests.translators.spans import span
from translators.base import Draft
from translators.langfuse_values import (
    completion_start_ns,
    encodes_texts,
    metadata_value,
    say_costs,
    say_usage,
    split_tools,
    unwrapped_call,
)
from translators.span import Json, Resource, Scope

TOOL = {"type": "function", "function": {"name": "f", "parameters": {}}}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"args": [], "kwargs": {"city": "Paris"}}, {"city": "Paris"}),
        ({"args": ["Paris"], "kwargs": {}}, "Paris"),
        ({"args": ["a", "b"], "kwargs": {}}, {"args": ["a", "b"], "kwargs": {}}),
        ({"args": ["a"], "kwargs": {"b": 1}}, {"args": ["a"], "kwargs": {"b": 1}}),
        ({"args": "odd", "kwargs": {}}, {"args": "odd", "kwargs": {}}),
        ({"args": []}, {"args": []}),
        ("text", "text"),
    ],
)
def test_a_call_is_what_the_function_got(value: Json, expected: Json) -> None:
    assert unwrapped_call(value) == expected


def test_tools_behind_the_messages_are_no_messages() -> None:
    user = {"role": "user", "content": "Hi"}
    result = {"role": "tool", "content": {"temp": 21}, "tool_call_id": "c1"}

    assert split_tools([user, {"role": "tool", "content": TOOL}]) == ([user], [TOOL])
    assert split_tools([user, result]) == ([user, result], None)
    assert split_tools("Hi") == ("Hi", None)


@pytest.mark.parametrize(
    ("version", "language", "expected"),
    [
        ("5.0.4", "python", True),
        ("10.1", "python", True),
        ("4.2.0", "python", False),
        ("5.11.1", "nodejs", False),
        ("", "python", False),
        ("next", "python", False),
    ],
)
def test_only_newer_python_sdks_encode_texts(version: str, language: str, expected: bool) -> None:
    made = span()
    made.scope = Scope("langfuse-sdk", version)
    made.resource = Resource({"telemetry.sdk.language": language})

    assert encodes_texts(made) is expected


@pytest.mark.parametrize(
    ("value", "encoded", "expected"),
    [
        ('"pro"', True, "pro"),
        ("0.2", True, 0.2),
        ("0.2", False, "0.2"),
        ('"quoted" by the user', False, '"quoted" by the user'),
        ('{"a":1}', False, {"a": 1}),
        ("[broken", False, "[broken"),
        ("broken", True, "broken"),
        (7, False, 7),
    ],
)
def test_metadata_is_opened_where_it_is_json(value: Json, encoded: bool, expected: Json) -> None:
    assert metadata_value(value, encoded=encoded) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-11-21T00:23:30.250000Z", 1_795_220_610_250_000_000),
        ('"2026-11-21T00:23:30.250Z"', 1_795_220_610_250_000_000),
        ("2026-11-21T00:23:30", 1_795_220_610_000_000_000),
        ("2026-11-21T01:23:30+01:00", 1_795_220_610_000_000_000),
        ("soon", None),
        ("", None),
        (1_795_220_610, None),
    ],
)
def test_the_first_token_has_a_time(value: Json, expected: int | None) -> None:
    assert completion_start_ns(value) == expected


def test_a_providers_usage_is_told_as_it_is_counted() -> None:
    draft = Draft()
    say_usage('{"input_tokens":40,"output_tokens":2,"cache_read_input_tokens":20}', "k", draft)

    assert said(draft, "usage.input") == 40
    assert said(draft, "usage.cache_read") == 20
    assert said(draft, "usage.exclusive") is True
    assert draft.said["usage.output"] == (2, ("k",))


def test_openais_usage_has_cached_tokens_in_the_input() -> None:
    draft = Draft()
    say_usage('{"prompt_tokens":40,"prompt_tokens_details":{"cached_tokens":8}}', "k", draft)

    assert said(draft, "usage.input") == 40
    assert said(draft, "usage.cache_read") == 8
    assert said(draft, "usage.exclusive") is None


def test_added_up_buckets_leave_the_attribute_where_it_is() -> None:
    added, plain = Draft(), Draft()
    say_usage('{"input":40,"cache_read_input_tokens":20}', "k", added)
    say_usage({"input": 40, "output": 0}, "k", plain)

    assert added.said["usage.input"] == (60, ())
    assert plain.said["usage.input"] == (40, ("k",))


@pytest.mark.parametrize("value", ["", "[]", "{broken", 7, None, '"text"'])
def test_what_is_no_object_says_nothing_of_usage_and_costs(value: Json) -> None:
    draft = Draft()
    say_usage(value, "k", draft)
    say_costs(value, "k", draft)

    assert draft.said == {}


def test_costs_are_told() -> None:
    draft = Draft()
    say_costs('{"input":0.5,"output":0.25}', "k", draft)

    assert draft.said["usage.cost_input"] == (0.5, ("k",))
    assert draft.said["usage.cost_total"] == (0.75, ("k",))
