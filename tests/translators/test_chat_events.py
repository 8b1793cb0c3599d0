import pytest

from tests.translators.drafts import chat, said
from tests.translators.drafts import genai as draft
from translators.span import Event, JsonObject

HI: JsonObject = {"role": "user", "content": "hi"}

PARIS: JsonObject = {"role": "assistant", "content": "Paris"}

MESSAGES = '[{"role":"user","parts":[{"type":"text","content":"hi"}]}]'

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
    assert {0, 1, 3} <= set(found.said["inputs"][1])
    assert not {2, 4, 5} & set(found.said["inputs"][1])


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
