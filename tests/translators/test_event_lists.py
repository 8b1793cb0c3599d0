import orjson
import pytest

from translators.event_lists import sides_of
from translators.span import Json, JsonObject


def event(role: str, content: Json, index: int | None = None) -> JsonObject:
    placed = {} if index is None else {"gen_ai.message.index": index}
    return {"event.name": f"gen_ai.{role}.message", "role": role, "content": content, **placed}


def named(*roles: str) -> list[JsonObject]:
    return [{"event.name": f"gen_ai.{role}.message"} for role in roles]


CHOICE = {
    "event.name": "gen_ai.choice",
    "index": 0,
    "message": {"role": "assistant", "content": "ho"},
}
CHOSEN = {"event.name": "gen_ai.choice"}
ANSWER = {"role": "assistant", "content": "ho"}
ASKED = {"messages": [{"role": "user", "content": "hi"}]}
THOUGHT = {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "hm"}]}


@pytest.mark.parametrize(
    "value",
    [
        [event("user", "hi"), CHOICE],
        orjson.dumps([event("user", "hi"), CHOICE]).decode(),
        [orjson.dumps(event("user", "hi")).decode(), orjson.dumps(CHOICE).decode()],
        [{"event.name": "gen_ai.user.message", "content": "hi"}, {**CHOICE, "message": "ho"}],
    ],
)
def test_choices_are_the_outputs_and_the_rest_the_inputs(value: Json) -> None:
    assert sides_of(value) == (ASKED, {"messages": [ANSWER]}, [*named("user"), CHOSEN])


def test_a_choice_may_be_its_message() -> None:
    _, outputs, _ = sides_of([{"event.name": "gen_ai.choice", "index": 0, "content": "ho"}])

    assert outputs == {"messages": [ANSWER]}


def test_several_choices_stay_choices() -> None:
    _, outputs, _ = sides_of([CHOICE, {**CHOICE, "index": 1, "finish_reason": "stop"}])

    assert outputs == {
        "choices": [
            {"index": 0, "finish_reason": None, "message": ANSWER},
            {"index": 1, "finish_reason": "stop", "message": ANSWER},
        ]
    }


def test_messages_come_by_their_index() -> None:
    inputs, _, rest = sides_of([event("user", "b", 1), CHOICE, event("system", "a", 0)])

    assert inputs == {
        "messages": [{"role": "system", "content": "a"}, {"role": "user", "content": "b"}]
    }
    assert rest == [
        {"event.name": "gen_ai.system.message", "gen_ai.message.index": 0},
        {"event.name": "gen_ai.user.message", "gen_ai.message.index": 1},
        CHOSEN,
    ]


def test_instructions_without_an_index_stay_in_front() -> None:
    inputs, _, _ = sides_of([event("system", "a"), event("user", "b", 0), event("tool", "c", 1)])

    assert inputs is not None
    assert [message["content"] for message in inputs["messages"]] == ["a", "b", "c"]


def test_what_is_no_message_stays_as_it_is() -> None:
    value = [event("user", "hi"), "no event", {"no": "name"}, {"event.name": "other", "a": 1}]

    assert sides_of(value)[2] == [
        "no event", {"no": "name"}, *named("user"), {"event.name": "other", "a": 1},
    ]  # fmt: skip


def test_a_provider_stays_where_the_span_does_not_say_it() -> None:
    value = [{**event("user", "hi"), "gen_ai.system": "openai"}]

    assert sides_of(value, ("openai",))[2] == named("user")
    assert sides_of(value)[2] == [{**named("user")[0], "gen_ai.system": "openai"}]


def test_the_end_of_a_conversation_is_its_output() -> None:
    conversation = [event("user", "hi"), event("assistant", "hm"), event("tool", "2")]

    inputs, outputs, _ = sides_of([*conversation, event("assistant", "ho")])

    assert inputs == {
        "messages": [
            {"role": "user", "content": "hi"},
            {"role": "assistant", "content": "hm"},
            {"role": "tool", "content": "2"},
        ]
    }
    assert outputs == {"messages": [ANSWER]}


def test_an_agent_answers_with_all_it_did_since_the_last_prompt() -> None:
    conversation = [event("user", "hi"), event("assistant", "hm"), event("tool", "2")]

    inputs, outputs, _ = sides_of([*conversation, event("assistant", "ho")], agent=True)

    assert inputs == ASKED
    assert outputs == {
        "messages": [
            {"role": "assistant", "content": "hm"}, {"role": "tool", "content": "2"}, ANSWER,
        ]
    }  # fmt: skip


def test_results_of_earlier_calls_are_no_answer() -> None:
    inputs, outputs, _ = sides_of([event("tool", "2"), event("assistant", "ho")], agent=True)

    assert inputs == {"messages": [{"role": "tool", "content": "2"}]}
    assert outputs == {"messages": [ANSWER]}


def test_items_that_have_no_event_of_their_own_are_in_the_data() -> None:
    unknown = {
        "event.name": "gen_ai.unknown",
        "role": "assistant",
        "content": "See",
        "data": THOUGHT,
    }

    _, outputs, rest = sides_of([event("user", "hi"), unknown, event("assistant", "ho")])

    thought = {"type": "reasoning", "text": "hm", "extras": {"id": "rs_1"}}
    assert outputs == {
        "messages": [{"role": "assistant", "content": [thought, {"type": "text", "text": "ho"}]}]
    }
    assert rest[1] == {"event.name": "gen_ai.unknown", "role": "assistant", "content": "See"}


def test_data_that_are_no_message_stay() -> None:
    inputs, outputs, rest = sides_of([{"event.name": "gen_ai.unknown", "data": {"a": 1}}])

    assert (inputs, outputs) == (None, None)
    assert rest == [{"event.name": "gen_ai.unknown"}, {"a": 1}]


def test_an_unknown_item_without_data_is_what_it_says() -> None:
    inputs, _, _ = sides_of([{"event.name": "gen_ai.unknown", "role": "user", "content": "See"}])

    assert inputs == {"messages": [{"role": "user", "content": "See"}]}


def test_a_conversation_may_lack_a_side() -> None:
    assert sides_of([event("user", "hi")]) == (ASKED, None, named("user"))
    assert sides_of([event("assistant", "ho")])[:2] == (None, {"messages": [ANSWER]})
    assert sides_of([CHOICE])[:2] == (None, {"messages": [ANSWER]})
    assert sides_of(named("user"))[:2] == (None, None)


@pytest.mark.parametrize("value", [None, "text", [], [1], [{"event.name": "other"}], {"a": 1}])
def test_what_is_no_list_of_messages_has_no_sides(value: Json) -> None:
    assert sides_of(value)[:2] == (None, None)


@pytest.mark.parametrize("name", [1, None, "", "gen_ai.", "gen_ai..message"])
def test_an_event_of_another_name_is_no_message(name: Json) -> None:
    assert sides_of([{"event.name": name, "content": "hi"}]) == (
        None, None, [{"event.name": name, "content": "hi"}],
    )  # fmt: skip


def test_a_choices_number_is_kept_where_its_place_does_not_tell_it() -> None:
    sides = [sides_of([{**CHOICE, "index": index}])[1] or {} for index in (0, ["x"])]

    told = [side["messages"][0].get("additional_kwargs") for side in sides]
    assert told == [None, {"index": ["x"]}]
