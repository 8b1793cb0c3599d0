from collections.abc import Hashable

from translators.content import side
from translators.merge import Fields
from translators.span import Json, JsonObject

MESSAGES = {"messages": [{"role": "user", "content": "hi"}]}


def told(
    which: str, run_type: str = "chain", params: JsonObject | None = None, **said: Json
) -> tuple[JsonObject | None, set[Hashable]]:
    """The side, and the fields whose attributes it carries."""
    fields: Fields = {field: (value, (field,), "acme") for field, value in said.items()}
    consumed: set[Hashable] = set()
    return side(fields, which, run_type, consumed, params or {}), consumed


def test_nothing_said_is_no_side() -> None:
    assert told("inputs") == (None, set())


def test_structured_content_goes_in_as_it_is() -> None:
    assert told("inputs", inputs=MESSAGES) == (MESSAGES, {"inputs"})


def test_a_model_call_prefers_messages_and_keeps_raw_text_that_says_more() -> None:
    raw = {"messages": "other"}

    assert told("inputs", "llm", inputs=MESSAGES, raw_inputs=raw) == (MESSAGES, {"inputs"})


def test_raw_text_that_says_no_more_than_messages_and_parameters_is_not_kept_twice() -> None:
    raw = {"messages": [{"content": "hi"}], "model": "gpt-4o"}

    found = told("inputs", "llm", {"model": "gpt-4o"}, inputs=MESSAGES, raw_inputs=raw)

    assert found == (MESSAGES, {"inputs", "raw_inputs"})


def test_a_chain_prefers_the_users_own_values_to_messages_made_of_them() -> None:
    raw = {"question": "hi", "top": 3}

    assert told("inputs", inputs=MESSAGES, raw_inputs=raw) == (raw, {"raw_inputs"})
    assert told("inputs", inputs={"messages": [{"content": "hi"}]}, raw_inputs=raw)[1] == {
        "raw_inputs",
        "inputs",
    }


def test_a_chain_prefers_normal_messages_to_raw_messages() -> None:
    raw = [{"role": "human", "content": "hi"}]

    assert told("inputs", inputs=MESSAGES, raw_inputs=raw)[0] == MESSAGES


def test_raw_messages_take_the_normal_form_and_keep_what_stands_beside_them() -> None:
    raw = {"messages": [{"role": "human", "content": "hi"}], "thread": 7}

    assert told("inputs", raw_inputs=raw)[0] == {**MESSAGES, "thread": 7}
    assert told("inputs", raw_inputs=raw["messages"])[0] == MESSAGES


def test_values_that_are_no_objects_are_wrapped() -> None:
    assert told("inputs", raw_inputs="hi")[0] == {"input": "hi"}
    assert told("inputs", raw_inputs=[1])[0] == {"input": [1]}
    assert told("outputs", raw_outputs="hi")[0] == {"output": "hi"}
    assert told("outputs", raw_outputs={"a": 1})[0] == {"a": 1}


def test_a_tool_has_its_arguments_as_inputs_and_always_an_output() -> None:
    assert told("inputs", "tool", raw_inputs={"q": 1})[0] == {"q": 1}
    assert told("outputs", "tool", raw_outputs={"a": 1})[0] == {"output": {"a": 1}}


def test_what_is_too_large_to_compare_is_kept() -> None:
    raw = {"numbers": list(range(30_000))}

    assert told("inputs", "llm", inputs=MESSAGES, raw_inputs=raw)[1] == {"inputs"}


def test_messages_stand_for_a_text_that_is_one_of_them() -> None:
    assert told("inputs", inputs=MESSAGES, raw_inputs="hi") == (
        MESSAGES,
        {"inputs", "raw_inputs"},
    )
    assert told("inputs", inputs=MESSAGES, raw_inputs="other")[0] == {"input": "other"}
