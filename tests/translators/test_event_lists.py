import orjson
import pytest

from translators.event_lists import sides_of
from translators.span import Json, JsonObject


def event(role: str, content: str, index: int | None = None) -> JsonObject:
    placed = {} if index is None else {"gen_ai.message.index": index}
    return {"event.name": f"gen_ai.{role}.message", "role": role, "content": content, **placed}


CHOICE = {
    "event.name": "gen_ai.choice",
    "index": 0,
    "message": {"role": "assistant", "content": "ho"},
}
ANSWER = {"role": "assistant", "content": "ho"}


@pytest.mark.parametrize(
    "value",
    [
        [event("user", "hi"), CHOICE],
        orjson.dumps([event("user", "hi"), CHOICE]).decode(),
        [orjson.dumps(event("user", "hi")).decode(), orjson.dumps(CHOICE).decode()],
        [CHOICE, event("user", "hi", 0)],
        [event("user", "hi"), "no event", {"no": "name"}, CHOICE],
    ],
)
def test_choices_are_the_outputs_and_the_rest_the_inputs(value: Json) -> None:
    assert sides_of(value) == (
        {"messages": [{"role": "user", "content": "hi"}]},
        {"messages": [ANSWER]},
    )


def test_messages_come_by_their_index() -> None:
    inputs, _ = sides_of([event("user", "b", 1), event("system", "a", 0), CHOICE])

    assert inputs == {
        "messages": [{"role": "system", "content": "a"}, {"role": "user", "content": "b"}]
    }


def test_the_end_of_a_conversation_is_its_output() -> None:
    conversation = [event("user", "hi"), event("assistant", "hm"), event("tool", "2")]

    assert sides_of([*conversation, event("assistant", "ho")]) == (
        {
            "messages": [
                {"role": "user", "content": "hi"},
                {"role": "assistant", "content": "hm"},
                {"role": "tool", "content": "2"},
            ]
        },
        {"messages": [ANSWER]},
    )


def test_a_conversation_may_lack_a_side() -> None:
    asked = {"messages": [{"role": "user", "content": "hi"}]}

    assert sides_of([event("user", "hi")]) == (asked, None)
    assert sides_of([event("assistant", "ho")]) == (None, {"messages": [ANSWER]})
    assert sides_of([CHOICE]) == (None, {"messages": [ANSWER]})


@pytest.mark.parametrize("value", [None, "text", [], [1], [{"event.name": "other"}], {"a": 1}])
def test_what_is_no_list_of_messages_has_no_sides(value: Json) -> None:
    assert sides_of(value) == (None, None)
