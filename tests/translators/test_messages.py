import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from translators.messages import message_like, normal_messages, outputs_of, with_system
from translators.span import Json, JsonObject

CITY = {"city": "Zürich"}
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


def test_a_role_that_is_no_word_is_kept_beside() -> None:
    assert one({"role": 7, "content": "hi"}) == {**USER, "additional_kwargs": {"role": 7}}


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


@pytest.mark.parametrize("nothing", [None, [], 7, [{"type": "text"}]])
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


KEYS = (
    "role", "content", "parts", "text", "tool_calls", "function", "name", "id", "arguments",
    "kwargs", "message", "finish_reason", "function_call", "image_url", "source", "toolUse",
    "toolResult", "inline_data", "thinking", "signature", "tool_call_id", "response", "result",
    "summary", "mime_type", "index", "reasoningContent", "x",
)  # fmt: skip
TYPES = (
    "text", "tool_call", "tool_use", "tool_result", "tool_call_response", "reasoning", "image",
    "blob", "file", "message", "function_call", "image_url", "constructor", "server_tool_call",
    "web_search_call", "audio", "human",
)  # fmt: skip
ROLES = ("user", "assistant", "tool", "ai", "thinking", "critic")
leaves = st.one_of(st.none(), st.integers(1000, 9999), st.uuids().map(str))
objects = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
        st.builds(
            lambda some, kind: {**some, "type": kind},
            st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
            st.sampled_from(TYPES),
        ),
    ),
    max_leaves=12,
)
messages_of_any_kind = st.builds(
    lambda some, role: {**some, "role": role},
    st.dictionaries(st.sampled_from(KEYS), objects, max_size=5),
    st.sampled_from(ROLES),
)


def leaves_of(value: Json) -> set[str]:
    if isinstance(value, dict):
        words = ("type", "role")
        return {leaf for key in value if key not in words for leaf in leaves_of(value[key])}
    if isinstance(value, list):
        return {leaf for item in value for leaf in leaves_of(item)}
    return set() if value is None else {str(value)}


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(messages_of_any_kind, objects), max_size=3))
def test_nothing_that_a_message_says_is_lost_and_the_source_is_not_touched(value: Json) -> None:
    before = orjson.dumps(value)

    found = normal_messages(value, "user")

    assert orjson.dumps(value) == before
    if found is not None:
        text = orjson.dumps(found).decode()
        assert not [leaf for leaf in leaves_of(value) if leaf not in text]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(messages_of_any_kind, max_size=3))
def test_messages_in_normal_form_keep_role_and_number_when_normalised_again(value: Json) -> None:
    found = normal_messages(value, "user")

    assert found is not None
    again = normal_messages(found, "user")
    assert again is not None
    assert [m["role"] for m in again] == [m["role"] for m in found]


def test_parts_without_a_message_before_a_message_are_one_of_their_own() -> None:
    source = [{"type": "text", "text": "hello"}, USER]

    assert normal_messages(source, "system") == [{"role": "system", "content": "hello"}, USER]


def test_a_tools_id_on_a_message_that_is_no_result_is_kept_beside() -> None:
    assert one({**USER, "tool_call_id": "c1"}) == {
        **USER,
        "additional_kwargs": {"tool_call_id": "c1"},
    }


def test_a_function_message_of_langchain_is_a_tools() -> None:
    assert one({"type": "function", "content": "21"}) == {"role": "tool", "content": "21"}


def test_an_empty_finish_reason_is_none() -> None:
    assert one({"role": "assistant", "content": "x", "finish_reason": ""}) == {
        "role": "assistant",
        "content": "x",
    }


def test_envelopes_in_envelopes_without_end_are_kept() -> None:
    value: Json = {"role": "user", "content": "hi"}
    for _ in range(10):
        value = {"message": value}

    found = one(value)

    assert "hi" in orjson.dumps(found).decode()
