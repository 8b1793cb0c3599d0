"""Messages that are one message after all."""

from translators.joined_messages import joined, whole, with_more, with_thoughts
from translators.span import JsonObject

HI: JsonObject = {"role": "user", "content": "hi"}


def say(content: object, **more: object) -> JsonObject:
    return {"role": "assistant", "content": content, **more}


def test_what_others_say_differently_is_in_the_kwargs_of_the_first() -> None:
    first = {"role": "assistant", "name": "a", "additional_kwargs": {"x": 1}}
    other = {"role": "assistant", "name": "b", "id": 7, "additional_kwargs": {"x": 2}}

    assert joined(first, other) == {
        "role": "assistant",
        "name": "a",
        "id": 7,
        "additional_kwargs": {"x": 1, "name": "b", "x_": 2},
    }
    assert first == {"role": "assistant", "name": "a", "additional_kwargs": {"x": 1}}
    assert joined() == {}
    assert with_more(HI, {}) == HI


def test_thoughts_are_blocks_of_the_assistants_message_next_to_them() -> None:
    thinking = {"role": "thinking", "content": "hm"}
    block = {"type": "reasoning", "text": "hm"}

    assert with_thoughts([thinking, thinking, say("ho")]) == [
        say([block, block, {"type": "text", "text": "ho"}])
    ]
    assert with_thoughts([say("ho"), thinking]) == [say([{"type": "text", "text": "ho"}, block])]
    assert with_thoughts([thinking, HI]) == [say([block]), HI]
    assert with_thoughts([{"role": "thinking", "content": None}, HI]) == [HI]
    assert with_thoughts([{**thinking, "x": 1}, {**thinking, "x": 2}, HI]) == [
        say([block, block], x=2, additional_kwargs={"x": 1}),
        HI,
    ]


def test_a_choice_told_in_pieces_is_put_together() -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    image = {"type": "image", "url": "u"}

    assert whole([[say("a")]]) == [say("a")]
    assert whole([[say("Par")], [say("is")], [say(None, finish_reason="stop")]]) == [
        say("Paris", finish_reason="stop")
    ]
    assert whole([[say("a")], [say("b")], [say([image])], [say("c")]]) == [
        say([{"type": "text", "text": "ab"}, image, {"type": "text", "text": "c"}])
    ]
    assert whole([[say([image])], [say("a")]]) == [say([image, {"type": "text", "text": "a"}])]
    assert whole([[say(None, tool_calls=[call])], [say(None, tool_calls=[call])]]) == [
        say(None, tool_calls=[call, call])
    ]


def test_pieces_of_another_role_are_messages_of_their_own() -> None:
    tool = {"role": "tool", "content": "21"}

    assert whole([[say("a"), tool, tool], [tool], [say("b")]]) == [
        say("a"), tool, {"role": "tool", "content": "2121"}, say("b"),
    ]  # fmt: skip
