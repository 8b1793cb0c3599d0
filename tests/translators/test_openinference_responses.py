import orjson
import pytest

from tests.translators.dialects.openinference_spans import message, said, value_of
from translators.span import Json, JsonObject

TEXT = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Yes"}]}
THOUGHT = {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Hm."}]}
SEARCH = {"type": "web_search_call", "id": "ws_1", "action": {"query": "q"}}
CALL = {"type": "function_call", "call_id": "c1", "name": "add", "arguments": "{}"}
RESULT = {"type": "function_call_output", "call_id": "c1", "output": "3"}
ANSWER = message("output", 0, role="assistant", content="Yes")


def response(*items: Json, **more: Json) -> JsonObject:
    value = {"id": "resp_1", "object": "response", "output": [*items], **more}
    return {"output.value": orjson.dumps(value).decode(), "output.mime_type": "application/json"}


def outputs_of(attributes: JsonObject) -> Json:
    return value_of(said(attributes, "LLM"), "outputs")


def test_items_that_the_messages_leave_out_are_taken_from_the_response() -> None:
    outputs = outputs_of({**ANSWER, **response(THOUGHT, SEARCH, TEXT)})

    assert outputs == {
        "messages": [
            {
                "role": "assistant",
                "content": [
                    {"type": "reasoning", "text": "Hm.", "extras": {"id": "rs_1"}},
                    {
                        "type": "server_tool_call",
                        "id": "ws_1",
                        "name": "web_search",
                        "args": {"query": "q"},
                    },
                    {"type": "text", "text": "Yes"},
                ],
            }
        ]
    }


@pytest.mark.parametrize(
    "value",
    [
        response(TEXT, CALL),
        {"output.value": '{"object":"response","output":7}'},
        {"output.value": '{"object":"response", '},
        {"output.value": '{"output":[]}'},
        {"output.value": 7},
    ],
)
def test_messages_that_tell_all_stay(value: JsonObject) -> None:
    outputs = outputs_of({**ANSWER, **value})

    assert outputs == {"messages": [{"role": "assistant", "content": "Yes"}]}


def test_what_the_user_hides_stays_hidden() -> None:
    hidden = message("output", 0, role="assistant", content="__REDACTED__")

    outputs = outputs_of({**hidden, **response(THOUGHT, TEXT)})

    assert outputs == {"messages": [{"role": "assistant", "content": "__REDACTED__"}]}


def request(*items: Json, **more: Json) -> JsonObject:
    return {"input.value": orjson.dumps([*items]).decode(), **more}


QUESTION = {"role": "user", "content": "Add."}
WITH_GAP = {
    **message("input", 0, role="system", content="Be short."),
    **message("input", 1, role="user", content="Add."),
    **message("input", 3, role="tool", content="3"),
}


def test_a_gap_in_the_messages_is_filled_from_the_list_of_items() -> None:
    draft = said({**WITH_GAP, **request(QUESTION, THOUGHT, CALL, RESULT)}, "LLM")

    roles = [found["role"] for found in value_of(draft, "inputs")["messages"]]
    assert roles == ["system", "user", "assistant", "tool"]
    assert value_of(draft, "inputs")["messages"][2]["content"][0]["text"] == "Hm."


@pytest.mark.parametrize(
    "value", [{}, {"input.value": "[1"}, {"input.value": '{"a": 1}'}, {"input.value": 7}]
)
def test_a_gap_that_nothing_fills_is_no_harm(value: JsonObject) -> None:
    draft = said({**WITH_GAP, **value}, "LLM")

    roles = [found["role"] for found in value_of(draft, "inputs")["messages"]]
    assert roles == ["system", "user", "tool"]


def test_messages_without_a_gap_stay() -> None:
    told = message("input", 1, role="user", content="Add.")

    draft = said({**told, **request(QUESTION, THOUGHT)}, "LLM")

    assert value_of(draft, "inputs") == {"messages": [QUESTION]}


@pytest.mark.parametrize(
    ("items", "carried"),
    [([THOUGHT, TEXT, CALL], True), ([SEARCH, TEXT], False)],
)
def test_a_response_alone_stays_where_its_words_are_not_those_of_messages(
    items: list[Json], carried: bool
) -> None:
    draft = said(response(*items), "LLM")

    assert value_of(draft, "outputs")["messages"][-1]["role"] == "assistant"
    assert ("output.value" in draft.said["outputs"][1]) is carried


def test_only_what_is_the_same_is_not_told_again() -> None:
    start = "llm.output_messages.0.message."
    flat = {f"{start}content": "Yes", f"{start}name": "other", f"{start}odd": ["Yes"]}

    draft = said({**flat, **response(THOUGHT, TEXT)}, "LLM")

    assert draft.said["outputs"][1] == (f"{start}content",)
