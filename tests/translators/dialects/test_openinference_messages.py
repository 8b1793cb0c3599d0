import pytest

from tests.translators.dialects.openinference_spans import (
    KIND,
    PNG,
    carried,
    message,
    said,
    text_of,
    value_of,
)
from translators.span import JsonObject


def test_messages_come_in_index_order_with_gaps() -> None:
    attributes = {
        **message("input", 12, role="user", content="later"),
        **message("input", 3, role="system", content="first"),
        **message("output", 1, role="assistant", content="answer"),
    }

    draft = said(attributes, "LLM")

    assert value_of(draft, "inputs") == {
        "messages": [
            {"role": "system", "content": "first"},
            {"role": "user", "content": "later"},
        ]
    }
    assert value_of(draft, "outputs") == {"messages": [{"role": "assistant", "content": "answer"}]}
    assert carried(draft) == {KIND, *attributes}


def test_a_message_has_its_role_from_its_side() -> None:
    draft = said({**message("input", 0, content="a"), **message("output", 0, content="b")})

    assert value_of(draft, "inputs") == {"messages": [{"role": "user", "content": "a"}]}
    assert value_of(draft, "outputs") == {"messages": [{"role": "assistant", "content": "b"}]}


def test_an_index_that_cannot_be_one_is_left_to_the_metadata() -> None:
    attributes = {
        **message("input", 10**9, content="hostile"),
        **message("input", 0, role="user", content="hi"),
        "llm.input_messages.x.message.role": "user",
        "llm.input_messages.00.message.role": "assistant",
    }

    draft = said(attributes)

    assert value_of(draft, "inputs") == {"messages": [{"role": "user", "content": "hi"}]}
    assert carried(draft) == set(message("input", 0, role="user", content="hi"))


def test_more_keys_than_are_remembered_are_read_all_the_same() -> None:
    attributes = message("input", 0, role="user", content="hi")

    draft = said({**attributes, **{f"k{n}": n for n in range(600)}})

    assert value_of(draft, "inputs") == {"messages": [{"role": "user", "content": "hi"}]}


def test_contents_become_blocks() -> None:
    content = "message.contents"
    start = "llm.input_messages.0."
    attributes = {
        start + "message.role": "user",
        f"{start}{content}.0.message_content.type": "text",
        f"{start}{content}.0.message_content.text": "What is this?",
        f"{start}{content}.1.message_content.type": "image",
        f"{start}{content}.1.message_content.image.image.url": PNG,
        f"{start}{content}.2.message_content.type": "audio",
        f"{start}{content}.2.message_content.audio.audio.url": "https://a/b.ogg",
        f"{start}{content}.2.message_content.audio.audio.mime_type": "audio/ogg",
        f"{start}{content}.2.message_content.audio.audio.transcript": "hello",
        f"{start}{content}.3.message_content.type": "image",
        f"{start}{content}.3.message_content.image.image.alt": "no address",
    }

    draft = said(attributes, "LLM")

    assert value_of(draft, "inputs") == {
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What is this?"},
                    {"type": "image_url", "image_url": {"url": PNG}},
                    {
                        "type": "audio",
                        "url": "https://a/b.ogg",
                        "mime_type": "audio/ogg",
                        "extras": {"transcript": "hello"},
                    },
                    {"type": "image", "image": {"image": {"alt": "no address"}}},
                ],
            }
        ]
    }


def test_reasoning_keeps_its_signature() -> None:
    start = "llm.output_messages.0.message.contents.0.message_content."

    draft = said({start + "type": "reasoning", start + "text": "Hm.", start + "signature": "sig"})

    assert value_of(draft, "outputs")["messages"][0]["content"] == [
        {"type": "reasoning", "text": "Hm.", "extras": {"signature": "sig"}}
    ]


def test_text_told_twice_is_one_text() -> None:
    start = "llm.output_messages.0.message."

    draft = said({start + "content": "yes", start + "contents.0.message_content.text": "yes"})

    assert value_of(draft, "outputs")["messages"] == [{"role": "assistant", "content": "yes"}]


def test_text_beside_the_contents_comes_first() -> None:
    start = "llm.output_messages.0.message."

    draft = said({start + "content": "no", start + "contents.0.message_content.text": "yes"})

    assert value_of(draft, "outputs")["messages"][0]["content"] == [
        {"type": "text", "text": "no"},
        {"type": "text", "text": "yes"},
    ]


def test_contents_may_stand_below_content() -> None:
    draft = said({"llm.input_messages.0.message.content.0.message_content.text": "hi"})

    assert value_of(draft, "inputs") == {"messages": [{"role": "user", "content": "hi"}]}


def test_a_tools_result_names_its_call() -> None:
    attributes = message("input", 0, role="tool", content="2", tool_call_id="call_1", name="add")

    assert value_of(said(attributes), "inputs") == {
        "messages": [{"role": "tool", "content": "2", "name": "add", "tool_call_id": "call_1"}]
    }


def test_a_result_in_pieces_is_one_text() -> None:
    start = "llm.input_messages.0.message."
    attributes = {
        start + "role": "tool",
        start + "contents.0.message_content.text": "a",
        start + "contents.1.message_content.text": "b",
        start + "tool_call_id": "call_1",
    }

    assert value_of(said(attributes), "inputs") == {
        "messages": [{"role": "tool", "content": "a\nb", "tool_call_id": "call_1"}]
    }


def test_results_with_ids_of_their_own_become_messages_of_their_own() -> None:
    start = "llm.input_messages.0.message."
    attributes = {
        start + "role": "tool",
        start + "contents.0.message_content.type": "text",
        start + "contents.0.message_content.text": "a",
        start + "contents.0.message.tool_call_id": "call_1",
        start + "contents.1.message_content.type": "text",
        start + "contents.1.message_content.text": "b",
        start + "contents.1.message.tool_call_id": "call_2",
    }

    assert value_of(said(attributes), "inputs") == {
        "messages": [
            {"role": "tool", "content": "a", "tool_call_id": "call_1"},
            {"role": "tool", "content": "b", "tool_call_id": "call_2"},
        ]
    }


def test_results_of_functions_become_messages_of_their_own() -> None:
    result = text_of({"name": "add", "content": "2", "call_id": "call_1"})
    attributes = {
        "llm.input_messages.0.message.role": "function",
        "llm.input_messages.0.function.0": result,
        "llm.input_messages.1.function": "odd",
    }

    told = value_of(said(attributes), "inputs")["messages"]

    assert told[0] == {"role": "tool", "content": "2", "tool_call_id": "call_1", "name": "add"}
    assert "odd" in text_of(told[1])


@pytest.mark.parametrize(
    "attributes",
    [
        {"llm.input_messages.0.message": "odd"},
        {"llm.input_messages.0.message.contents": "odd"},
        {"llm.input_messages.0.message.contents.x": "odd"},
        {"llm.input_messages.0.message.contents.9999999.message_content.text": "odd"},
        {"llm.input_messages.0.message.contents.0.message_content": "odd"},
        {"llm.input_messages.0.message.contents.0.message.new_key": "odd"},
        {"llm.input_messages.0.message.role": "user", "llm.input_messages.0.role": "odd"},
        {"llm.input_messages.0.message.contents.0.new_key": "odd"},
        {"llm.input_messages.0.message.tool_calls.0.tool_call": "odd"},
        {"llm.input_messages.0.message.tool_calls.0.new_key": "odd"},
        {"llm.input_messages.0.message.function.0": "odd"},
        {"llm.input_messages.0.function.0": "odd"},
        {"llm.input_messages.0.new_key": "odd"},
        {"llm.input_messages.0.message.content": ["odd"]},
        {
            "llm.input_messages.0.message.content": ["odd"],
            "llm.input_messages.0.message.contents.0.message_content.text": "hi",
        },
        {
            "llm.input_messages.0.message.content": {"text": "odd"},
            "llm.input_messages.0.message.contents.0.message_content.text": "hi",
        },
    ],
)
def test_what_fits_no_convention_is_carried_all_the_same(attributes: JsonObject) -> None:
    draft = said({"llm.input_messages.1.message.content": "hello", **attributes})

    assert '"odd"' in text_of(value_of(draft, "inputs"))


@pytest.mark.parametrize("side", ["input", "output"])
def test_items_that_are_no_messages_say_nothing(side: str) -> None:
    assert said({f"llm.{side}_messages.0.new_key": 5}).said == {}


def test_several_answers_are_choices_where_several_were_asked_for() -> None:
    attributes = {
        **message("output", 0, role="assistant", content="a"),
        **message("output", 1, role="assistant", content="b"),
        "llm.finish_reason": "stop",
    }

    several = said({**attributes, "llm.invocation_parameters": '{"n": 2}'}, "LLM")
    one = said(attributes, "LLM")

    assert [c["message"]["content"] for c in value_of(several, "outputs")["choices"]] == ["a", "b"]
    assert value_of(one, "outputs") == {
        "messages": [
            {"role": "assistant", "content": "a"},
            {"role": "assistant", "content": "b", "finish_reason": "stop"},
        ]
    }


def test_the_finish_reason_is_that_of_the_answer() -> None:
    attributes = message("output", 0, role="assistant", content="a")

    draft = said({**attributes, "llm.finish_reason": "tool_call"}, "LLM")

    assert value_of(draft, "outputs")["messages"][0]["finish_reason"] == "tool_calls"
    assert value_of(draft, "metadata.finish_reasons") == ["tool_call"]
