"""Tool calls that are told in two places."""

from translators.same_calls import merged_calls
from translators.tools import tool_call


def test_a_call_found_twice_is_one() -> None:
    known = [tool_call("c1", "f", '{"a":1}'), tool_call(None, "g", '{"a":1}')]
    more = [
        {**tool_call("c1", "f", '{"a": 1}'), "extras": {"index": 0}},
        tool_call("c2", "g", '{"a": 1}'),
        tool_call(None, "h", "{}"),
        tool_call("c3", "f", '{"a":1}'),
    ]

    assert merged_calls(known, more) == [
        {**known[0], "extras": {"index": 0}},
        {**known[1], "id": "c2"},
        more[2],
        more[3],
    ]
    assert merged_calls([], more) is more
    assert merged_calls(known, []) is known


def test_text_that_is_broken_is_equal_only_to_itself() -> None:
    a, b = tool_call(None, "f", "{a"), tool_call(None, "f", "{b")

    assert merged_calls([a], [b, a]) == [a, b]


def test_a_call_found_three_times_keeps_what_each_says_besides() -> None:
    calls = [tool_call(None, "f", "{}")]
    more = [{**calls[0], "extras": {"a": 1}}, {**calls[0], "extras": {"b": 2}}]

    assert merged_calls(calls, more) == [{**calls[0], "extras": {"a": 1, "b": 2}}]


def test_a_call_with_an_id_is_the_one_of_that_id_before_any_like_it() -> None:
    known = [tool_call(None, "f", "{}"), tool_call("c1", "f", "{}"), tool_call(None, "f", "{}")]

    assert merged_calls(known, [tool_call("c1", "f", "{}")]) == known
    assert merged_calls(known, [tool_call("c2", "f", "{}"), tool_call("c3", "f", "{}")]) == [
        tool_call("c2", "f", "{}"),
        known[1],
        tool_call("c3", "f", "{}"),
    ]


def test_ids_and_names_of_any_type_are_compared() -> None:
    odd = {"id": {"a": 1}, "type": "function", "function": {"name": ["f"], "arguments": "{}"}}

    assert merged_calls([odd], [odd, {**odd, "id": None}]) == [odd]


def test_arguments_that_are_too_deep_to_be_put_in_order_are_equal_to_themselves() -> None:
    deep = tool_call(None, "f", "[" * 400 + "]" * 400)

    assert merged_calls([deep], [deep]) == [deep]
