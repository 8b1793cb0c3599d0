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


def test_parts_of_the_semantic_conventions_become_content_and_tool_calls() -> None:
    source = {
        "role": "assistant",
        "parts": [
            {"type": "text", "content": "Let me see."},
            {
                "type": "tool_call",
                "id": "c1",
                "name": "get_weather",
                "arguments": {"city": "Zürich"},
            },
        ],
        "finish_reason": "tool_call",
        "name": None,
    }

    assert one(source) == {
        "role": "assistant",
        "content": "Let me see.",
        "tool_calls": [CALL],
        "finish_reason": "tool_calls",
    }


def test_a_message_of_one_text_part_takes_name_and_finish_reason_along() -> None:
    part = {"type": "text", "content": "Paris"}

    assert one({"role": "assistant", "parts": [part], "name": "a", "finish_reason": "stop"}) == {
        "role": "assistant",
        "content": "Paris",
        "name": "a",
        "finish_reason": "stop",
    }


@pytest.mark.parametrize("extra", [{"name": 7}, {"finish_reason": 7}, {"odd": 7}])
def test_what_a_message_of_one_text_part_says_besides_is_kept(extra: JsonObject) -> None:
    source = {"role": "user", "parts": [{"type": "text", "content": "hi"}], **extra}

    assert one(source) == {"role": "user", "content": "hi", "additional_kwargs": extra}


def test_several_texts_stay_several_blocks() -> None:
    source = {"role": "user", "content": [{"type": "text", "text": "a"}, "b"]}

    assert one(source)["content"] == [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]


@pytest.mark.parametrize(("content", "kept"), [("", ""), (None, None), ([], None)])
def test_beside_tool_calls_only_an_explicit_empty_text_is_kept(content: Json, kept: Json) -> None:
    source = {"role": "assistant", "content": content, "tool_calls": [CALL]}

    assert one(source) == {"role": "assistant", "content": kept, "tool_calls": [CALL]}


def test_each_tool_result_becomes_a_message_and_the_rest_one_of_the_user() -> None:
    source = {
        "role": "user",
        "content": [
            {
                "type": "tool_result",
                "tool_use_id": "t1",
                "content": [{"type": "text", "text": "21"}],
            },
            {"type": "tool_result", "tool_use_id": "t2", "content": "no", "is_error": True},
            {"type": "text", "text": "And now?"},
        ],
    }

    assert normal_messages([source], "user") == [
        {"role": "tool", "content": "21", "tool_call_id": "t1"},
        {
            "role": "tool",
            "content": "no",
            "tool_call_id": "t2",
            "additional_kwargs": {"is_error": True, "status": "error"},
        },
        {"role": "user", "content": "And now?"},
    ]


def test_what_an_assistant_says_after_a_tool_result_comes_after_it() -> None:
    source = {
        "role": "assistant",
        "parts": [
            {
                "type": "tool_call",
                "id": "c1",
                "name": "get_weather",
                "arguments": {"city": "Zürich"},
            },
            {"type": "tool_call_response", "id": "c1", "result": {"temp": 21}},
            {"type": "text", "content": "21 degrees."},
        ],
    }

    assert normal_messages([source], "assistant") == [
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "content": '{"temp":21}', "tool_call_id": "c1"},
        {"role": "assistant", "content": "21 degrees."},
    ]


def test_a_result_at_the_end_of_a_list_of_items_is_the_last_message() -> None:
    items = [
        {"type": "function_call", "call_id": "c1", "name": "get_weather", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c1", "output": "sunny"},
    ]

    assert normal_messages(items, "user") == [
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{**CALL, "function": {"name": "get_weather", "arguments": "{}"}}],
        },
        {"role": "tool", "content": "sunny", "tool_call_id": "c1"},
    ]


def test_a_message_of_nothing_but_a_result_gives_it_what_it_says_besides() -> None:
    source = {
        "role": "tool",
        "name": "get_weather",
        "odd": 1,
        "parts": [{"type": "tool_call_response", "id": "c1", "response": "21", "more": 2}],
    }

    assert one(source) == {
        "role": "tool",
        "content": "21",
        "tool_call_id": "c1",
        "name": "get_weather",
        "additional_kwargs": {"more": 2, "odd": 1},
    }


@pytest.mark.parametrize(
    ("content", "text"),
    [({"temp": 21}, '{"temp":21}'), ([{"temp": 21}], '[{"temp":21}]'), (21, "21")],
)
def test_the_content_of_a_tool_message_is_text(content: Json, text: str) -> None:
    source = {"role": "tool", "id": "c1", "content": content}

    assert one(source) == {"role": "tool", "content": text, "tool_call_id": "c1"}


def test_thoughts_stand_in_the_answer_that_follows_them() -> None:
    source = [
        {"role": "thinking", "content": "hm", "finish_reason": "end_turn"},
        {"role": "assistant", "content": "42"},
    ]

    assert normal_messages(source, "assistant") == [
        {
            "role": "assistant",
            "content": [{"type": "reasoning", "text": "hm"}, {"type": "text", "text": "42"}],
            "finish_reason": "end_turn",
        }
    ]


def test_thoughts_without_an_answer_after_them_join_the_one_before() -> None:
    source = [{"role": "assistant", "content": "42"}, {"role": "thinking", "content": "hm"}]

    assert normal_messages(source, "assistant") == [
        {
            "role": "assistant",
            "content": [{"type": "text", "text": "42"}, {"type": "reasoning", "text": "hm"}],
        }
    ]


def test_thoughts_alone_are_an_answer() -> None:
    source = [USER, {"role": "thinking", "parts": [{"type": "text", "content": "hm"}, {"odd": 1}]}]

    assert normal_messages(source, "user") == [
        USER,
        {"role": "assistant", "content": [{"type": "reasoning", "text": "hm"}, {"odd": 1}]},
    ]


def test_the_items_of_openai_responses_become_whole_messages() -> None:
    source = [
        USER,
        {"type": "reasoning", "id": "rs", "summary": [{"type": "summary_text", "text": "hm"}]},
        {"type": "function_call", "call_id": "c1", "id": "fc", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c1", "output": "21"},
        {"type": "message", "id": "m1", "role": "assistant", "content": [
            {"type": "output_text", "text": "21 degrees.", "annotations": []}]},
        {"type": "message", "id": "m2", "role": "assistant", "content": "Enjoy."},
    ]  # fmt: skip

    assert normal_messages(source, "user") == [
        USER,
        {
            "role": "assistant",
            "content": [{"type": "reasoning", "text": "hm", "extras": {"id": "rs"}}],
            "tool_calls": [
                {
                    "id": "c1",
                    "type": "function",
                    "function": {"name": "f", "arguments": "{}"},
                    "extras": {"id": "fc"},
                }
            ],
        },
        {"role": "tool", "content": "21", "tool_call_id": "c1"},
        {
            "role": "assistant",
            "content": [
                {"type": "text", "text": "21 degrees."},
                {"type": "text", "text": "Enjoy."},
            ],
            "additional_kwargs": {"items": [{"id": "m1"}, {"id": "m2"}]},
        },
    ]


def test_the_old_function_call_is_a_tool_call_without_id() -> None:
    source = {
        "role": "assistant",
        "content": None,
        "function_call": {"name": "f", "arguments": "{}"},
    }

    assert one(source)["tool_calls"] == [
        {"id": None, "type": "function", "function": {"name": "f", "arguments": "{}"}}
    ]


@pytest.mark.parametrize(
    "rest",
    [
        {"tool_calls": 7},
        {"function_call": "f"},
        {"refusal": 7},
        {"type": "odd"},
        {"name": {"first": "a"}},
    ],
)
def test_what_is_not_understood_is_kept_beside(rest: JsonObject) -> None:
    assert one({"role": "user", "content": "hi", **rest}) == {**USER, "additional_kwargs": rest}


def test_further_keywords_that_are_no_object_are_kept() -> None:
    source = {"role": "user", "content": "hi", "additional_kwargs": "odd"}

    assert one(source)["additional_kwargs"] == {"additional_kwargs": "odd"}


def test_parts_without_a_message_before_a_message_are_one_of_their_own() -> None:
    source = [{"type": "text", "text": "hello"}, USER]

    assert normal_messages(source, "system") == [{"role": "system", "content": "hello"}, USER]


def test_a_tools_id_on_a_message_that_is_no_result_is_kept_beside() -> None:
    assert one({**USER, "tool_call_id": "c1"}) == {
        **USER,
        "additional_kwargs": {"tool_call_id": "c1"},
    }


def test_an_empty_finish_reason_is_none() -> None:
    assert one({"role": "assistant", "content": "x", "finish_reason": ""}) == {
        "role": "assistant",
        "content": "x",
    }


def test_of_two_names_for_one_message_the_second_is_kept_beside() -> None:
    part = {"type": "tool_call_response", "id": "c1", "name": "f", "response": "21"}
    items = [
        {"type": "message", "role": "assistant", "name": "a", "content": "x"},
        {"type": "message", "role": "assistant", "name": "b", "content": "y"},
    ]

    assert one({"role": "tool", "name": "g", "parts": [part]}) == {
        "role": "tool",
        "content": "21",
        "tool_call_id": "c1",
        "name": "f",
        "additional_kwargs": {"name": "g"},
    }
    assert normal_messages(items, "assistant") == [
        {
            "role": "assistant",
            "content": [{"type": "text", "text": "x"}, {"type": "text", "text": "y"}],
            "name": "a",
            "additional_kwargs": {"name": "b"},
        }
    ]


def test_a_result_that_is_told_as_text_besides_is_one_message() -> None:
    result = {"type": "tool_call_response", "id": "c1", "result": "sunny"}
    again = {"type": "text", "content": "sunny"}
    other = {"type": "text", "content": "more"}

    found = normal_messages([{"role": "tool", "parts": [again, result, other]}], "user")

    assert found == [
        {"role": "tool", "content": "sunny", "tool_call_id": "c1"},
        {"role": "tool", "content": "more"},
    ]


def test_the_role_that_somebody_invented_for_a_tools_result_is_kept() -> None:
    result = {"type": "tool_result", "tool_use_id": "c1", "content": "21"}

    assert one({"role": "oracle", "content": [result]}) == {
        "role": "tool",
        "content": "21",
        "tool_call_id": "c1",
        "additional_kwargs": {"role": "oracle"},
    }
    assert "additional_kwargs" not in one({"role": "user", "content": [result]})


def test_blocks_of_a_tool_that_hold_no_text_are_no_repeated_result() -> None:
    result = {"type": "tool_result", "tool_use_id": "c1", "content": "21"}
    odd = {"type": "text", "text": {"a": 1}}

    told = normal_messages([{"role": "tool", "content": [result, odd, "21"]}], "user") or []

    assert [message["content"] for message in told] == ["21", [odd]]
