import orjson
import pytest

from translators.messages import normal_messages
from translators.span import Json, JsonObject

USER: JsonObject = {"role": "user", "content": "hi"}

CALL: JsonObject = {
    "id": "c1",
    "type": "function",
    "function": {"name": "get_weather", "arguments": '{"city":"Zürich"}'},
}


def one(item: Json, role: str = "user") -> JsonObject:
    messages = normal_messages([item], role)
    assert messages is not None
    assert len(messages) == 1
    return messages[0]


@pytest.mark.parametrize(
    ("word", "role"),
    [
        ("human", "user"), ("ai", "assistant"), ("model", "assistant"), ("bot", "assistant"),
        ("Assistant", "assistant"), ("CHATBOT", "assistant"), ("function", "tool"),
        ("developer", "developer"), ("generic", "generic"), ("USER", "user"),
    ],
)  # fmt: skip
def test_roles_become_the_words_of_openai_and_unknown_ones_stay(word: str, role: str) -> None:
    assert one({"role": word, "content": "hi"}) == {"role": role, "content": "hi"}


def test_langchains_serialized_messages_keep_their_envelope_besides() -> None:
    source = {
        "lc": 1,
        "type": "constructor",
        "id": ["langchain", "schema", "messages", "AIMessage"],
        "kwargs": {
            "content": "",
            "type": "ai",
            "id": "run-1",
            "tool_calls": [{"name": "get_weather", "args": {"city": "Zürich"}, "id": "c1"}],
            "additional_kwargs": {
                "refusal": None,
                "tool_calls": [
                    {
                        "id": "c1",
                        "index": 0,
                        "function": {"name": "get_weather", "arguments": '{"city": "Zürich"}'},
                    }
                ],
            },
            "response_metadata": {"model_name": "gpt-4o"},
        },
    }

    assert one(source) == {
        "role": "assistant",
        "content": "",
        "tool_calls": [{**CALL, "extras": {"index": 0}}],
        "additional_kwargs": {
            "lc": 1,
            "lc_id": ["langchain", "schema", "messages", "AIMessage"],
            "id": "run-1",
            "response_metadata": {"model_name": "gpt-4o"},
        },
    }


@pytest.mark.parametrize(
    "source",
    [
        {"type": "human", "data": {"content": "hi", "additional_kwargs": {}}},
        {"type": "HumanMessageChunk", "content": "hi"},
        {"role": "human", "content": "hi"},
        ["user", "hi"],
        ["human", [{"type": "text", "text": "hi"}]],
        {"role": "user", "blocks": [{"block_type": "text", "text": "hi"}]},
        {"role": "user", "parts": [{"text": "hi"}]},
        {"role": "user", "contents": ["hi"]},
        {"message": {"role": "user", "content": "hi"}},
        {"role": "user", "content": {"type": "text", "text": "hi"}},
        {"role": "user", "parts": [{"type": "text", "content": [{"type": "text", "text": "hi"}]}]},
    ],
)
def test_one_message_in_many_words_is_one_message(source: Json) -> None:
    assert one(source) == USER


def test_a_role_that_is_told_by_the_class_alone_is_found() -> None:
    source = {"lc": 1, "id": ["langchain", "SystemMessage"], "kwargs": {"content": "Be terse."}}

    assert one(source)["role"] == "system"


def test_a_chat_message_of_langchain_has_the_role_it_says() -> None:
    assert one({"type": "chat", "role": "critic", "content": "no"})["role"] == "critic"


def test_a_choice_gives_its_message_the_reason_why_it_ended() -> None:
    source = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "x"}}

    assert one(source) == {
        "role": "assistant",
        "content": "x",
        "finish_reason": "stop",
        "additional_kwargs": {"index": 0},
    }


def test_a_role_that_is_no_word_is_kept_beside() -> None:
    assert one({"role": 7, "content": "hi"}) == {**USER, "additional_kwargs": {"role": 7}}


def test_a_function_message_of_langchain_is_a_tools() -> None:
    assert one({"type": "function", "content": "21"}) == {"role": "tool", "content": "21"}


def test_envelopes_in_envelopes_without_end_are_kept() -> None:
    value: Json = {"role": "user", "content": "hi"}
    for _ in range(10):
        value = {"message": value}

    found = one(value)

    assert "hi" in orjson.dumps(found).decode()


@pytest.mark.parametrize(
    ("item", "kept"),
    [
        ({"role": {"a": 1}, "message": {"role": "user", "content": "hi"}}, {"role": {"a": 1}}),
        ({"role": "critic", "message": {"role": "user", "content": "hi"}}, {"role": "user"}),
        ({"type": "human", "role": 7, "data": {"content": "hi"}}, {"role": 7}),
        (
            {"lc": 1, "type": [1], "id": ["HumanMessage"], "kwargs": {"content": "hi"}},
            {"type": [1]},
        ),
        ({"lc": 1, "type": "odd", "id": [], "kwargs": {"content": "hi"}}, {"type": "odd"}),
    ],
)
def test_a_role_that_is_not_used_is_kept(item: JsonObject, kept: JsonObject) -> None:
    told = one(item)

    assert told["content"] == "hi"
    assert kept.items() <= told["additional_kwargs"].items()
