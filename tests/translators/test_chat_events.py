import pytest

from tests.translators.drafts import chat, said
from tests.translators.drafts import genai as draft
from translators.span import Event, JsonObject

HI: JsonObject = {"role": "user", "content": "hi"}

PARIS: JsonObject = {"role": "assistant", "content": "Paris"}

MESSAGES = '[{"role":"user","parts":[{"type":"text","content":"hi"}]}]'

KEYS = ("gen_ai.input.messages", "gen_ai.system_instructions")

ANSWER = '[{"role":"assistant","parts":[{"type":"text","content":"Paris"}]}]'


def test_message_events_are_the_history_and_choices_the_answer() -> None:
    found = draft(
        chat(system="openai"),
        [
            Event("gen_ai.system.message", 1, {"content": "Be terse.", "gen_ai.system": "openai"}),
            Event("gen_ai.user.message", 2, {"content": "hi"}),
            Event(
                "gen_ai.assistant.message",
                3,
                {"tool_calls": ['{"id":"c1","function":{"name":"f","arguments":"{}"}}']},
            ),
            Event("gen_ai.tool.message", 4, {"content": "21", "id": "c1"}),
            Event("gen_ai.choice", 5, {"index": 1, "message": "b", "finish_reason": "length"}),
            Event(
                "gen_ai.choice", 6, {"index": 0, "message": '{"role":"assistant","content":"a"}'}
            ),
            Event("other", 7, {}),
        ],
    )

    assert found.said["inputs"] == (
        {
            "messages": [
                {"role": "system", "content": "Be terse."},
                HI,
                {
                    "role": "assistant",
                    "content": None,
                    "tool_calls": [
                        {
                            "id": "c1",
                            "type": "function",
                            "function": {"name": "f", "arguments": "{}"},
                        }
                    ],
                },
                {"role": "tool", "content": "21", "tool_call_id": "c1"},
            ]
        },
        (0, 1, 2, 3),
    )
    assert found.said["outputs"] == (
        {
            "choices": [
                {
                    "index": 0,
                    "finish_reason": None,
                    "message": {"role": "assistant", "content": "a"},
                },
                {
                    "index": 1,
                    "finish_reason": "length",
                    "message": {"role": "assistant", "content": "b"},
                },
            ]
        },
        (4, 5),
    )


@pytest.mark.parametrize(
    "attributes",
    [
        {"content": '[{"text": "hi"}]'},
        {"gen_ai.event.content": '{"role":"user","content":"hi"}', "event.name": "x"},
        {"gen_ai.event.content": "hi"},
        {"gen_ai.prompt": "hi"},
        {"message": "hi"},
        {"message": {"content": "hi"}},
        {"message": [{"type": "text", "text": "hi"}]},
        {"message.content": "hi", "message.role": "user"},
    ],
)
def test_a_message_event_has_its_content_under_many_names(attributes: JsonObject) -> None:
    assert said(draft(chat(), [Event("gen_ai.user.message", 1, attributes)]), "inputs") == {
        "messages": [HI]
    }


def test_text_of_an_answer_that_is_json_stays_text() -> None:
    event = Event("gen_ai.choice", 1, {"message": '{"city": "Paris"}'})

    assert said(draft(chat(), [event]), "outputs") == {
        "messages": [{"role": "assistant", "content": '{"city": "Paris"}'}]
    }


def test_an_object_that_is_no_message_is_kept_as_a_block() -> None:
    event = Event("gen_ai.choice", 1, {"message": {"city": "Paris"}})

    assert said(draft(chat(), [event]), "outputs") == {
        "messages": [{"role": "assistant", "content": [{"city": "Paris"}]}]
    }


def test_flattened_tool_calls_of_an_event_are_put_together() -> None:
    event = Event(
        "gen_ai.choice",
        1,
        {
            "tool_calls.0.id": "c1",
            "tool_calls.0.function.name": "f",
            "tool_calls.0.function.arguments": "{}",
            "gen_ai.completion": "text",
        },
    )

    assert said(draft(chat(), [event]), "outputs") == {
        "messages": [
            {
                "role": "assistant",
                "content": "text",
                "tool_calls": [
                    {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
                ],
            }
        ]
    }


def test_a_choice_with_the_results_of_its_tools_is_a_turn() -> None:
    event = Event(
        "gen_ai.choice",
        1,
        {
            "message": '[{"text":"a"}]',
            "tool.result": '[{"toolResult":{"toolUseId":"c1","content":[{"text":"21"}]}}]',
        },
    )

    assert said(draft(chat(), [event]), "outputs") == {
        "messages": [
            {"role": "assistant", "content": "a"},
            {"role": "tool", "content": "21", "tool_call_id": "c1"},
        ]
    }


def test_details_events_are_merged_key_by_key() -> None:
    name = "gen_ai.client.inference.operation.details"
    more = '[{"role":"user","parts":[{"type":"text","content":"Well?"}]}]'
    found = draft(
        chat(request__model="gpt-4o"),
        [
            Event(name, 1, {"gen_ai.system_instructions": '[{"type":"text","content":"S"}]'}),
            Event(name, 2, {"gen_ai.input.messages": MESSAGES, "gen_ai.request.model": "gpt-4o"}),
            Event(name, 3, {"gen_ai.input.messages": more, "gen_ai.usage.input_tokens": 3}),
            Event(name, 4, {"gen_ai.output.messages": ANSWER, "event.name": name}),
            Event(name, 5, {"gen_ai.output.messages": ANSWER, "gen_ai.agent.id": "x"}),
            Event(name, 6, {"gen_ai.agent.id": "y"}),
        ],
    )

    assert said(found, "inputs") == {
        "messages": [
            {"role": "system", "content": "S"},
            HI,
            {"role": "user", "content": "Well?"},
        ]
    }
    assert said(found, "outputs") == {"messages": [PARIS]}
    assert found.said["usage.input"] == (3, ())
    assert found.said["metadata.agent_id"] == ("x", ())
    assert found.said["inputs"][1] == (0, 1, (2,), (2, "gen_ai.input.messages"), *KEYS)
    assert found.said["outputs"][1] == (
        "gen_ai.output.messages",
        3,
        (4,),
        (4, "gen_ai.output.messages"),
    )


def test_what_details_events_say_differently_stays_with_the_later_one() -> None:
    name = "gen_ai.client.inference.operation.details"
    found = draft(
        chat(),
        [
            Event(name, 1, {"gen_ai.output.messages": "Paris"}),
            Event(name, 2, {"gen_ai.output.messages": "Rome"}),
        ],
    )

    assert found.said["outputs"] == ({"messages": [PARIS]}, ("gen_ai.output.messages", 0, (1,)))


def test_a_log_record_keeps_what_tells_of_the_record() -> None:
    found = draft(
        chat(system="openai"),
        [
            Event(
                "gen_ai.user.message",
                1,
                {
                    "gen_ai.system": "openai",
                    "CHAT_MESSAGE_INDEX": 0,
                    "code.line.number": 380,
                    "role": "user",
                    "content": "hi",
                },
            ),
            Event("gen_ai.choice", 2, {"body": "Paris", "log.severity": "WARN"}),
        ],
    )

    assert found.said["inputs"] == (
        {"messages": [HI]},
        ((0,), (0, "gen_ai.system"), (0, "role"), (0, "content")),
    )
    assert found.said["outputs"] == ({"messages": [PARIS]}, ((1,), (1, "body")))


def test_details_that_repeat_the_span_in_another_form_are_told() -> None:
    name = "gen_ai.client.inference.operation.details"
    found = draft(
        chat(input__messages=MESSAGES),
        [
            Event(
                name,
                1,
                {
                    "gen_ai.input.messages": [
                        {"role": "user", "parts": [{"type": "text", "content": "hi"}]}
                    ],
                    "user.id": "u1",
                },
            )
        ],
    )

    assert said(found, "user_id") == "u1"
    assert found.said["inputs"][1] == (
        (0,),
        (0, "gen_ai.input.messages"),
        "gen_ai.input.messages",
    )


def test_answers_with_the_messages_of_tools_among_them_are_a_turn() -> None:
    found = draft(
        chat(),
        [
            Event(
                "gen_ai.choice",
                1,
                {"role": "assistant", "parts": [{"type": "text", "content": "a"}]},
            ),
            Event("gen_ai.choice", 2, {"role": "tool", "content": "21", "id": "c1"}),
            Event("gen_ai.choice", 3, {"role": "assistant", "content": "Paris"}),
        ],
    )

    assert said(found, "outputs") == {
        "messages": [
            {"role": "assistant", "content": "a"},
            {"role": "tool", "content": "21", "tool_call_id": "c1"},
            PARIS,
        ]
    }


def test_attributes_win_over_events_for_each_side_by_itself() -> None:
    found = draft(
        chat(input__messages=MESSAGES),
        [
            Event("gen_ai.user.message", 1, {"content": "other"}),
            Event("gen_ai.choice", 2, {"message": "Paris"}),
        ],
    )

    assert found.said["inputs"] == ({"messages": [HI]}, ("gen_ai.input.messages",))
    assert found.said["outputs"] == ({"messages": [PARIS]}, (1,))


def test_chunks_of_a_stream_that_have_the_same_index_are_one_choice() -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    found = draft(
        chat(),
        [
            Event(
                "gen_ai.choice",
                1,
                {"index": 0, "content": {"role": "model", "parts": [{"text": "Pa"}]}},
            ),
            Event(
                "gen_ai.choice",
                2,
                {"index": 0, "content": {"role": "model", "parts": [{"text": "ris"}]}},
            ),
            Event("gen_ai.choice", 3, {"index": 0, "tool_calls": [call], "finish_reason": "STOP"}),
            Event("gen_ai.choice", 4, {"index": 0, "tool_calls": [{**call, "id": "c2"}]}),
            Event(
                "gen_ai.choice",
                5,
                {
                    "index": 0,
                    "content": {
                        "role": "model",
                        "parts": [{"text": "?"}, {"text": "a", "thought": True}],
                    },
                },
            ),
        ],
    )

    assert said(found, "outputs") == {
        "messages": [
            {
                "role": "assistant",
                "content": [
                    {"type": "text", "text": "Paris"},
                    {"type": "text", "text": "?"},
                    {"type": "reasoning", "text": "a"},
                ],
                "tool_calls": [call, {**call, "id": "c2"}],
                "finish_reason": "STOP",
            }
        ]
    }


def test_content_of_geminis_says_itself_whose_it_is() -> None:
    found = draft(
        chat(),
        [
            Event("gen_ai.system.message", 1, {"content": None}),
            Event(
                "gen_ai.user.message", 2, {"content": {"role": "user", "parts": [{"text": "hi"}]}}
            ),
            Event(
                "gen_ai.user.message",
                3,
                {"content": {"role": "model", "parts": [{"text": "Paris"}]}},
            ),
        ],
    )

    assert said(found, "inputs") == {"messages": [HI, PARIS]}


def test_content_that_was_not_captured_makes_no_messages() -> None:
    found = draft(
        chat(),
        [
            Event("gen_ai.user.message", 1, {"content": "<elided>", "gen_ai.system": "gemini"}),
            Event("gen_ai.user.message", 2, {"role": "user"}),
            Event("gen_ai.choice", 3, {"content": "<elided>", "index": 0, "finish_reason": "STOP"}),
        ],
    )

    assert "inputs" not in found.said
    assert found.said["outputs"] == (
        {"messages": [{"role": "assistant", "content": None, "finish_reason": "STOP"}]},
        ((2,), (2, "index"), (2, "finish_reason")),
    )


def test_events_that_repeat_the_attributes_are_told() -> None:
    found = draft(
        chat(input__messages=MESSAGES, output__messages=ANSWER),
        [
            Event("gen_ai.user.message", 1, {"content": "hi"}),
            Event("gen_ai.choice", 2, {"index": 0, "message": {"content": "Paris"}}),
        ],
    )

    assert found.said["inputs"] == ({"messages": [HI]}, ("gen_ai.input.messages", 0))
    assert found.said["outputs"] == ({"messages": [PARIS]}, ("gen_ai.output.messages", 1))


def test_a_number_for_a_choice_that_its_place_does_not_tell_is_kept() -> None:
    found = draft(
        chat(),
        [
            Event("gen_ai.choice", 1, {"index": 7, "message": "a"}),
            Event("gen_ai.choice", 2, {"index": "first", "message": "b"}),
        ],
    )

    assert said(found, "outputs") == {
        "choices": [
            {
                "index": 0,
                "finish_reason": None,
                "message": {
                    "role": "assistant",
                    "content": "b",
                    "additional_kwargs": {"index": "first"},
                },
            },
            {
                "index": 1,
                "finish_reason": None,
                "message": {
                    "role": "assistant",
                    "content": "a",
                    "additional_kwargs": {"index": 7},
                },
            },
        ]
    }


def test_a_chunk_that_says_otherwise_replaces_nothing_for_good() -> None:
    found = draft(
        chat(),
        [
            Event("gen_ai.choice", 1, {"index": 0, "content": "a", "finish_reason": "x", "m": 1}),
            Event("gen_ai.choice", 2, {"index": 0, "content": "b", "finish_reason": "y", "n": 2}),
            Event("gen_ai.choice", 3, {"index": 0, "role": "tool", "content": "c"}),
        ],
    )

    assert said(found, "outputs") == {
        "messages": [
            {
                "role": "assistant",
                "content": "ab",
                "finish_reason": "y",
                "additional_kwargs": {"m": 1, "n": 2, "finish_reason": "x"},
            },
            {"role": "tool", "content": "c"},
        ]
    }


def test_flattened_tool_calls_beside_whole_ones_stay_with_the_event() -> None:
    found = draft(
        chat(),
        [
            Event(
                "gen_ai.choice",
                1,
                {
                    "tool_calls": [{"id": "c1", "name": "f"}],
                    "tool_calls.0.id": "c2",
                    "tool_calls.x": 1,
                },
            )
        ],
    )

    assert found.said["outputs"][1] == ((0,), (0, "tool_calls"))


def test_what_is_no_message_stays_an_event() -> None:
    found = draft(
        chat(),
        [
            Event("gen_ai.user.message", 1, {"role": 7, "url": "x"}),
            Event("gen_ai.choice", 2, {"role": 7, "url": "x"}),
        ],
    )

    assert not {"inputs", "outputs"} & found.said.keys()


def test_input_that_is_no_messages_stays_in_its_event() -> None:
    name = "gen_ai.client.inference.operation.details"
    attributes = {
        "gen_ai.input.messages": 7,
        "gen_ai.system_instructions": '[{"type":"text","content":"S"}]',
    }

    found = draft(chat(), [Event(name, 1, attributes)])

    assert found.said["inputs"][1] == (
        (0,),
        (0, "gen_ai.system_instructions"),
        "gen_ai.system_instructions",
    )


def test_a_tools_message_that_is_no_object_of_its_own_stays_in_its_event() -> None:
    event = Event("gen_ai.user.message", 0, {"content": "a", "message": "b"})
    other = Event("gen_ai.user.message", 0, {"content": "a", "role": "tool"})
    said_of = [
        draft({"gen_ai.operation.name": "execute_tool"}, [one]).said["inputs"]
        for one in (event, other)
    ]

    assert said_of == [({"input": "a"}, ()), ({"input": "a"}, (0,))]


@pytest.mark.parametrize(("role", "kept"), [("user", None), ("critic", "critic")])
def test_a_role_that_gemini_does_not_know_is_kept(role: str, kept: str | None) -> None:
    content = {"parts": [{"text": "hi"}], "role": role}
    found = draft({}, [Event("gen_ai.user.message", 0, {"content": content})])

    [message] = said(found, "inputs")["messages"]
    assert message["role"] == (kept or "user")


def test_a_choice_that_only_has_results_keeps_what_else_it_says() -> None:
    event = Event("gen_ai.choice", 0, {"tool.result": "21", "role": {"a": 1}, "x": 2})
    found = draft({}, [event])

    first, last = said(found, "outputs")["messages"]
    assert first["additional_kwargs"] == {"role": {"a": 1}, "x": 2}
    assert last == {"role": "tool", "content": "21"}


def test_tools_of_a_details_event_are_told_where_they_are_the_runs() -> None:
    tools = [{"type": "function", "name": "f", "parameters": {}}]
    name = "gen_ai.client.inference.operation.details"
    found = draft(chat(), [Event(name, 0, {"gen_ai.tool.definitions": tools})])

    assert found.said["params.tools"][1] == ((0,), (0, "gen_ai.tool.definitions"))
