import pytest

from tests.translators.dialects.openinference_spans import (
    KIND,
    carried,
    message,
    said,
    text_of,
    value_of,
)
from translators.span import Json, JsonObject


def test_text_completions_have_prompts_and_texts() -> None:
    attributes = {
        "llm.prompts.0.prompt.text": "Once",
        "llm.choices.0.completion.text": "upon",
        "llm.finish_reason": "length",
    }

    draft = said(attributes, "LLM")

    assert value_of(draft, "inputs") == {"prompt": "Once"}
    assert value_of(draft, "outputs") == {
        "choices": [{"text": "upon", "index": 0, "finish_reason": "length"}]
    }
    assert carried(draft) == {KIND, *attributes}


def test_a_completion_may_have_one_side_only() -> None:
    prompts = {"llm.prompts.0.prompt.text": "a", "llm.prompts.1.prompt.text": "b"}

    assert said(prompts).said == {"inputs": ({"prompt": ["a", "b"]}, tuple(prompts))}
    assert said({"llm.choices.0.completion.text": "c"}).said.keys() == {"outputs"}


def test_prompts_may_come_as_a_list() -> None:
    assert value_of(said({"llm.prompts": ["a", "b"]}, "LLM"), "inputs") == {"prompt": ["a", "b"]}
    assert value_of(said({"llm.prompts": "a"}, "LLM"), "inputs") is None


def test_prompts_and_choices_without_text_say_nothing() -> None:
    assert said({"llm.prompts.0.x": "a", "llm.choices.0.completion": "b"}).said == {}


def test_the_template_of_a_prompt_is_kept_together() -> None:
    attributes = {
        "llm.prompt_template.template": "Ask {q}",
        "llm.prompt_template.variables": '{"q": "why"}',
        "llm.prompt_template.version": "v1",
    }

    draft = said(attributes, "LLM")

    assert value_of(draft, "metadata.prompt_template") == {
        "template": "Ask {q}",
        "variables": {"q": "why"},
        "version": "v1",
    }
    assert value_of(draft, "run_type") == "llm"
    assert carried(draft) == {KIND, *attributes}


def test_a_prompt_span_turns_variables_into_messages() -> None:
    constructor = {"lc": 1, "type": "constructor", "id": ["langchain", "HumanMessage"]}
    rendered = {
        "lc": 1,
        "id": ["langchain", "ChatPromptValue"],
        "kwargs": {"messages": [{**constructor, "kwargs": {"content": "Ask why"}}], "x": 1},
    }
    attributes = {
        "llm.prompt_template.variables": '{"q": "why"}',
        "output.value": text_of(rendered),
        "output.mime_type": "application/json",
    }

    draft = said(attributes, "PROMPT")

    assert value_of(draft, "inputs") == {"q": "why"}
    outputs = value_of(draft, "outputs")
    assert outputs["id"] == ["langchain", "ChatPromptValue"]
    assert outputs["x"] == 1
    assert [(m["role"], m["content"]) for m in outputs["messages"]] == [("user", "Ask why")]


@pytest.mark.parametrize(
    ("value", "mime_type", "expected"),
    [
        ('{"a": 1}', "application/json", {"a": 1}),
        ('"text"', "application/json", "text"),
        ("{cut", "application/json", "{cut"),
        ('{"a": 1}', "text/plain", '{"a": 1}'),
        ('{"a": 1}', None, {"a": 1}),
        ("text", None, "text"),
    ],
)
def test_the_mime_type_tells_how_to_read_a_value(
    value: str, mime_type: str | None, expected: Json
) -> None:
    attributes: JsonObject = {"input.value": value, "output.value": value}
    if mime_type:
        attributes |= {"input.mime_type": mime_type, "output.mime_type": mime_type}

    draft = said(attributes, "CHAIN")

    assert draft.said["raw_inputs"] == (expected, ("input.value",))
    assert draft.said["raw_outputs"] == (expected, ("output.value",))


def test_a_model_call_without_messages_has_those_of_its_values() -> None:
    request = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}]}
    response = {"id": "r1", "output": [{"type": "message", "role": "assistant", "content": "ho"}]}

    draft = said({"input.value": text_of(request), "output.value": text_of(response)}, "LLM")

    assert value_of(draft, "inputs") == request
    assert value_of(draft, "outputs") == {
        "id": "r1",
        "messages": [{"role": "assistant", "content": "ho"}],
    }


@pytest.mark.parametrize(
    ("value", "messages"),
    [
        ("hi", [{"role": "user", "content": "hi"}]),
        ('[{"role": "user", "content": "hi"}]', [{"role": "user", "content": "hi"}]),
        ('{"role": "user", "content": "hi"}', [{"role": "user", "content": "hi"}]),
        (
            '{"generations": [[{"message": {"role": "assistant", "content": "ho"}}]]}',
            [{"role": "assistant", "content": "ho"}],
        ),
    ],
)
def test_values_that_hold_messages_become_messages(value: str, messages: Json) -> None:
    assert value_of(said({"input.value": value}, "LLM"), "inputs") == {"messages": messages}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('{"choices": [{"text": "a"}]}', {"choices": [{"text": "a"}]}),
        ("[1, 2]", [1, 2]),
        ("", ""),
        (5, 5),
        ('{"messages": []}', {"messages": []}),
        ('{"messages": [5]}', {"messages": [5]}),
    ],
)
def test_values_without_messages_are_left_to_be_wrapped(value: Json, expected: Json) -> None:
    assert said({"output.value": value}, "LLM").said["raw_outputs"] == (
        expected,
        ("output.value",),
    )


def test_the_whole_response_beside_its_messages_stays_as_it_is() -> None:
    attributes = {
        **message("output", 0, role="assistant", content="ho"),
        "output.value": "{}",
        "output.mime_type": "application/json",
    }

    assert "raw_outputs" not in said(attributes, "LLM").said
    assert "raw_outputs" in said({**attributes, "output.mime_type": "text/plain"}, "LLM").said


def test_the_request_beside_its_messages_is_left_to_be_compared() -> None:
    attributes = {**message("input", 0, role="user", content="hi"), "input.value": '{"x": 1}'}

    draft = said(attributes, "LLM")

    assert draft.said["raw_inputs"] == ({"x": 1}, ("input.value",))
    assert value_of(draft, "inputs") == {"messages": [{"role": "user", "content": "hi"}]}
