import pytest

from translators.messages import (
    beside_messages,
    message_like,
    normal_messages,
    outputs_of,
    with_system,
)
from translators.span import Json, JsonObject

USER: JsonObject = {"role": "user", "content": "hi"}


def test_a_message_that_is_normal_is_not_copied() -> None:
    messages: list[JsonObject] = [
        USER,
        {"role": "assistant", "content": "x", "finish_reason": "stop"},
        {"role": "tool", "content": "21", "tool_call_id": "c1"},
    ]

    found = normal_messages(messages, "user")

    assert found is not None
    assert all(here is there for here, there in zip(found, messages, strict=True))


def test_text_becomes_one_message_of_the_given_role() -> None:
    assert normal_messages("hi", "assistant") == [{"role": "assistant", "content": "hi"}]


def test_an_object_is_a_list_of_one_and_takes_the_given_role() -> None:
    assert normal_messages({"content": "hi"}, "user") == [USER]


def test_an_object_with_messages_is_unwrapped() -> None:
    assert normal_messages({"messages": [[{"type": "human", "content": "hi"}]]}, "user") == [USER]


@pytest.mark.parametrize("value", [None, 7, True, {"city": "Paris"}, [1, 2], [{"city": "Paris"}]])
def test_what_is_no_message_gives_none(value: Json) -> None:
    assert normal_messages(value, "user") is None


def test_no_messages_are_no_messages() -> None:
    assert normal_messages([], "user") == []


def test_an_item_that_is_no_message_does_not_lose_the_others() -> None:
    found = normal_messages([USER, 42, {"odd": 1}, {"role": "ai", "content": "x"}], "user")

    assert found == [
        USER,
        {"role": "user", "content": [{"type": "text", "text": "42"}, {"odd": 1}]},
        {"role": "assistant", "content": "x"},
    ]


def test_message_like_are_lists_of_which_every_item_says_so() -> None:
    assert message_like([USER, {"parts": []}, {"type": "ai", "content": "x"}])
    assert message_like({"messages": [["user", "hi"]], "steps": 3})
    assert message_like({"messages": [[USER]]})
    assert not message_like([USER, {"city": "Paris"}])
    assert not message_like({"city": "Paris"})
    assert not message_like([])
    assert not message_like([[]])
    assert not message_like("hi")


def test_system_text_given_beside_the_messages_is_their_first() -> None:
    system = {"role": "system", "content": "Be terse."}

    assert with_system("Be terse.", [USER]) == [system, USER]
    assert with_system([{"type": "text", "content": "Be terse."}], [USER]) == [system, USER]
    assert with_system('[{"type": "text", "content": "Be terse."}]', [USER]) == [system, USER]
    assert with_system({"parts": [{"text": "Be terse."}]}, []) == [system]
    assert with_system([system], [USER]) == [system, USER]


def test_system_text_that_is_there_already_is_not_doubled() -> None:
    messages = [{"role": "developer", "content": "Be terse. "}, USER]
    two = [{"role": "system", "content": "Be "}, {"role": "system", "content": "terse."}, USER]

    assert with_system("Be terse.", messages) is messages
    assert with_system("Be terse.", two) is two
    assert with_system([{"text": "Be "}, {"text": "terse."}], messages) is messages


@pytest.mark.parametrize("nothing", [None, [], [{"type": "text"}]])
def test_without_system_text_the_messages_stay(nothing: Json) -> None:
    messages = [USER]

    assert [m for m in with_system(nothing, messages) if m["content"]] == messages


def test_one_choice_is_a_message_and_several_are_choices() -> None:
    a: JsonObject = {"role": "assistant", "content": "a", "finish_reason": "stop"}
    b: JsonObject = {"role": "assistant", "content": "b"}

    assert outputs_of([a]) == {"messages": [a]}
    assert outputs_of([a, b], reasons=["length", "tool_call"]) == {
        "choices": [
            {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "a"}},
            {"index": 1, "finish_reason": "tool_calls", "message": b},
        ]
    }


def test_a_turn_is_all_its_messages_whatever_their_number() -> None:
    turn = [{"role": "assistant", "content": "a"}, {"role": "tool", "content": "b"}]

    assert outputs_of(turn, turn=True) == {"messages": turn}
    assert outputs_of(turn, turn=True, reasons=["stop"]) == {"messages": turn}


def test_of_a_turn_only_the_last_message_ended_for_the_reason_given() -> None:
    turn = [{"role": "assistant", "content": "a"}, {"role": "assistant", "content": "b"}]

    assert outputs_of(turn, turn=True, reasons=["length", "stop"]) == {
        "messages": [turn[0], {**turn[1], "finish_reason": "stop"}]
    }


def test_nesting_without_end_is_left_as_it_is() -> None:
    value: Json = [USER]
    for _ in range(300):
        value = [value]
    wrapped: Json = [USER]
    for _ in range(300):
        wrapped = {"messages": wrapped}

    assert normal_messages(value, "user") is None
    assert normal_messages(wrapped, "user") is None


def test_instructions_that_say_more_than_text_are_kept_though_their_text_is_there() -> None:
    said = {"role": "system", "content": "Be terse."}
    parts = [{"type": "text", "text": "Be terse.", "cache_control": {"type": "ephemeral"}}]

    told = with_system(parts, [said, USER])

    assert told[0]["content"][0]["extras"] == {"cache_control": {"type": "ephemeral"}}
    assert told[1:] == [said, USER]
    assert with_system(parts, told) is told


def test_instructions_that_are_no_text_are_told_as_text() -> None:
    around = {"messages": [USER], "model": "m"}

    assert with_system(7, [USER]) == [{"role": "system", "content": "7"}, USER]
    [told] = with_system(around, [])
    assert told["content"] == '{"messages":[{"role":"user","content":"hi"}],"model":"m"}'


def test_only_the_outermost_object_may_say_more_than_its_messages() -> None:
    inner = {"messages": [USER], "x": 1}

    assert normal_messages({"messages": {"messages": [USER]}, "y": 2}, "user") == [USER]
    assert normal_messages({"messages": inner}, "user") is None
    assert beside_messages({**inner, "y": 2}) == {"x": 1, "y": 2}
    assert beside_messages([inner]) == beside_messages({"x": 1}) == {}
