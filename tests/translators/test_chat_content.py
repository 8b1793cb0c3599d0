import pytest

from tests.translators.drafts import chat, said
from tests.translators.drafts import genai as draft
from translators.span import Event, Json, JsonObject

HI: JsonObject = {"role": "user", "content": "hi"}

PARIS: JsonObject = {"role": "assistant", "content": "Paris"}

MESSAGES = '[{"role":"user","parts":[{"type":"text","content":"hi"}]}]'


def test_structured_messages_need_no_json() -> None:
    found = draft(
        {
            **chat(),
            "gen_ai.input.messages": [
                {"role": "user", "parts": [{"type": "text", "content": "hi"}]}
            ],
            "gen_ai.output.messages": [{"role": "assistant", "content": "Paris"}],
        }
    )

    assert found.said["inputs"] == ({"messages": [HI]}, ("gen_ai.input.messages",))
    assert found.said["outputs"] == ({"messages": [PARIS]}, ("gen_ai.output.messages",))


@pytest.mark.parametrize(
    "value",
    [
        "hi",
        '{"role":"user","content":"hi"}',
        '[{"role":"user","parts":[{"text":"hi"}]}]',
        '[{"type":"human","content":"hi"}]',
    ],
)
def test_messages_of_any_shape_are_taken(value: str) -> None:
    assert said(draft(chat(input__messages=value)), "inputs") == {"messages": [HI]}


def test_what_stands_beside_the_messages_is_kept() -> None:
    found = draft(chat(input__messages='{"messages":[["user","hi"]],"steps":3}'))

    assert said(found, "inputs") == {"messages": [HI], "steps": 3}


@pytest.mark.parametrize(
    ("value", "raw"),
    [('[{"role":"user","par', '[{"role":"user","par'), ('[{"city":"Paris"}]', [{"city": "Paris"}])],
)
def test_what_are_no_messages_is_raw_and_stays_an_attribute(value: str, raw: Json) -> None:
    found = draft(chat(input__messages=value, output__messages=value))

    assert found.said["raw_inputs"] == (raw, ())
    assert found.said["raw_outputs"] == (raw, ())
    assert "inputs" not in found.said


def test_empty_lists_of_messages_say_nothing() -> None:
    found = draft(chat(input__messages="[]", output__messages="[]"))

    assert not {"inputs", "raw_inputs", "outputs", "raw_outputs"} & found.said.keys()


def test_a_value_that_is_neither_text_nor_list_is_raw() -> None:
    assert said(draft(chat(input__messages=7)), "raw_inputs") == 7


def test_system_instructions_are_the_first_message() -> None:
    system = '[{"type":"text","content":"Be terse."}]'
    found = draft(chat(input__messages=MESSAGES, system_instructions=system))

    assert said(found, "inputs") == {"messages": [{"role": "system", "content": "Be terse."}, HI]}
    assert set(found.said["inputs"][1]) == {"gen_ai.input.messages", "gen_ai.system_instructions"}


def test_system_instructions_stand_alone_too() -> None:
    found = draft({"gen_ai.system_instructions": "Be terse."})

    assert said(found, "inputs") == {"messages": [{"role": "system", "content": "Be terse."}]}


def test_choices_of_a_call_take_the_reasons_that_stand_beside() -> None:
    two = '[{"role":"assistant","content":"a"},{"role":"assistant","content":"b"}]'
    reasons = ["stop", "tool_call"]
    found = draft(chat(output__messages=two, response__finish_reasons=reasons))

    assert said(found, "outputs") == {
        "choices": [
            {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "a"}},
            {
                "index": 1,
                "finish_reason": "tool_calls",
                "message": {"role": "assistant", "content": "b"},
            },
        ]
    }
    assert said(found, "metadata.finish_reasons") == ["stop", "tool_call"]


def test_several_messages_of_an_agent_are_a_turn() -> None:
    two = [{"role": "assistant", "content": "a"}, {"role": "assistant", "content": "b"}]
    found = draft({"gen_ai.operation.name": "invoke_agent", "gen_ai.output.messages": two})

    assert said(found, "outputs") == {"messages": two}


def test_the_attributes_of_a_span_are_not_touched() -> None:
    attributes = chat(
        input__messages=[{"role": "user", "parts": [{"type": "text", "content": "hi"}]}],
        output__messages=[{"role": "assistant", "content": "a"}],
        response__finish_reasons=["stop"],
    )
    before = repr(attributes)

    draft(attributes)

    assert repr(attributes) == before


def test_empty_system_instructions_and_references_say_nothing() -> None:
    attributes = chat(system_instructions="[]", input__messages_ref="")

    assert "inputs" not in draft(attributes).said


@pytest.mark.parametrize(
    ("prompt", "inputs"),
    [
        ("Once upon", {"prompt": "Once upon"}),
        ('[{"role":"user","content":"hi"}]', {"messages": [HI]}),
        ('{"messages":[{"role":"user","content":"hi"}],"a":1}', {"messages": [HI], "a": 1}),
        ('{"role":"user","content":"hi"}', {"messages": [HI]}),
        ('{"prompt":"Once"}', {"prompt": "Once"}),
        (["Once", "upon"], {"prompt": ["Once", "upon"]}),
    ],
)
def test_the_prompt_of_old_is_read_by_its_shape(prompt: Json, inputs: JsonObject) -> None:
    event = Event("gen_ai.content.prompt", 1, {"gen_ai.prompt": prompt})

    assert said(draft(chat(prompt=prompt)), "inputs") == inputs
    assert draft(chat(), [event]).said["inputs"] == (inputs, (0,))


@pytest.mark.parametrize(
    ("completion", "outputs"),
    [
        ("a time", {"choices": [{"text": "a time", "index": 0, "finish_reason": "stop"}]}),
        (
            ["a", "b"],
            {
                "choices": [
                    {"text": "a", "index": 0, "finish_reason": "stop"},
                    {"text": "b", "index": 1, "finish_reason": None},
                ]
            },
        ),
        (
            '[{"role":"assistant","content":"Paris"}]',
            {"messages": [{**PARIS, "finish_reason": "stop"}]},
        ),
        (
            '{"id":"x","choices":[{"message":{"role":"assistant","content":"Paris"}}]}',
            {"id": "x", "messages": [{**PARIS, "finish_reason": "stop"}]},
        ),
        (
            '{"role":"assistant","content":"Paris"}',
            {"messages": [{**PARIS, "finish_reason": "stop"}]},
        ),
        ('{"city":"Paris"}', {"city": "Paris"}),
    ],
)
def test_the_completion_of_old_is_read_by_its_shape(completion: Json, outputs: JsonObject) -> None:
    event = Event("gen_ai.content.completion", 1, {"gen_ai.completion": completion})
    reasons = {"gen_ai.response.finish_reasons": ["stop"]}

    assert said(draft(chat(completion=completion) | reasons), "outputs") == outputs
    assert draft(chat() | reasons, [event]).said["outputs"] == (outputs, (0,))


def test_an_old_event_keeps_what_it_says_beside_its_content() -> None:
    events = [
        Event("gen_ai.content.prompt", 1, {"gen_ai.prompt": "hi", "a": 1}),
        Event("gen_ai.content.completion", 1, {"gen_ai.completion": "ho", "a": 1}),
    ]

    found = draft(chat(), events)

    assert found.said["inputs"] == ({"prompt": "hi"}, ((0,), (0, "gen_ai.prompt")))
    assert found.said["outputs"][1] == ((1,), (1, "gen_ai.completion"))
