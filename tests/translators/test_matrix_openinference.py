"""OpenInference's messages, from the flattened attributes to the run.

The rows of section "OpenInference" of the coverage matrix about messages and tools.
"""

import pytest

from tests.translators.dialects.openinference_spans import (
    CALL,
    PNG,
    SCHEMA,
    TOOL,
    call,
    message,
    run_of,
    text_of,
)
from translators.span import JsonObject


def test_messages_have_role_content_name_and_the_call_that_they_answer() -> None:
    run = run_of(
        "LLM",
        {
            **message("input", 0, role="system", content="Be brief."),
            **message("input", 1, role="user", content="2+2", name="ann"),
            **message("input", 2, role="tool", content="4", tool_call_id="call_1"),
            **message("output", 0, role="assistant", content="Four."),
        },
    )

    assert run.inputs == {
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "2+2", "name": "ann"},
            {"role": "tool", "content": "4", "tool_call_id": "call_1"},
        ]
    }
    assert run.outputs == {"messages": [{"role": "assistant", "content": "Four."}]}
    assert not any(key.startswith("llm.") for key in run.metadata)


def test_contents_become_blocks_and_tool_calls_stand_beside_them() -> None:
    part = "llm.input_messages.0.message.contents.{}.message_content.{}"
    answer = "llm.output_messages.0.message."

    run = run_of(
        "LLM",
        {
            "llm.input_messages.0.message.role": "user",
            part.format(0, "type"): "text",
            part.format(0, "text"): "What is it?",
            part.format(1, "type"): "image",
            part.format(1, "image.image.url"): PNG,
            part.format(2, "type"): "audio",
            part.format(2, "audio.audio.url"): "https://x/a.mp3",
            part.format(2, "audio.audio.mime_type"): "audio/mpeg",
            f"{answer}role": "assistant",
            f"{answer}contents.0.message_content.type": "reasoning",
            f"{answer}contents.0.message_content.text": "hm",
            f"{answer}contents.0.message_content.signature": "sig",
            f"{answer}contents.1.message_content.type": "text",
            f"{answer}contents.1.message_content.text": "A dot.",
            **call(f"{answer}tool_calls.0.tool_call"),
        },
    )

    assert run.inputs is not None
    assert run.outputs is not None
    assert run.inputs["messages"][0]["content"] == [
        {"type": "text", "text": "What is it?"},
        {"type": "image_url", "image_url": {"url": PNG}},
        {"type": "audio", "url": "https://x/a.mp3", "mime_type": "audio/mpeg"},
    ]
    assert run.outputs["messages"] == [
        {
            "role": "assistant",
            "content": [
                {"type": "reasoning", "text": "hm", "extras": {"signature": "sig"}},
                {"type": "text", "text": "A dot."},
            ],
            "tool_calls": [CALL],
        }
    ]


def test_a_call_among_the_contents_and_among_the_calls_is_one() -> None:
    start = "llm.output_messages.0.message."

    run = run_of(
        "LLM",
        {
            f"{start}role": "assistant",
            f"{start}contents.0.message_content.type": "text",
            f"{start}contents.0.message_content.text": "Adding.",
            f"{start}contents.1.message_content.type": "tool_use",
            **call(f"{start}contents.1.tool_call"),
            **call(f"{start}tool_calls.0.tool_call"),
        },
    )

    assert run.outputs is not None
    [answer] = run.outputs["messages"]
    assert answer["tool_calls"] == [CALL]
    assert answer["content"] == "Adding."


@pytest.mark.parametrize(
    "schema",
    [
        TOOL,
        {"name": "add", "description": "Adds.", "input_schema": SCHEMA},
        {"name": "add", "description": "Adds.", "parameters": SCHEMA},
    ],
    ids=["openai", "anthropic", "gemini"],
)
def test_tools_are_openais_as_parameters_and_beside_the_messages(schema: JsonObject) -> None:
    run = run_of(
        "LLM",
        {
            "llm.tools.0.tool.json_schema": text_of(schema),
            **message("input", 0, role="user", content="1+1"),
        },
    )

    assert run.invocation_params["tools"] == [TOOL]
    assert run.inputs == {"tools": [TOOL], "messages": [{"role": "user", "content": "1+1"}]}


def test_a_text_completion_has_prompts_and_choices() -> None:
    run = run_of(
        "LLM",
        {
            "llm.prompts.0.prompt.text": "Once",
            "llm.choices.0.completion.text": " upon",
            "llm.choices.1.completion.text": " more",
            "llm.finish_reason": "stop",
        },
    )

    assert run.inputs == {"prompt": "Once"}
    assert run.outputs == {
        "choices": [
            {"text": " upon", "index": 0, "finish_reason": "stop"},
            {"text": " more", "index": 1, "finish_reason": "stop"},
        ]
    }
    assert run.metadata["ls_model_type"] == "text"


def test_a_prompt_template_on_a_model_call_makes_no_prompt_of_it() -> None:
    run = run_of(
        "LLM",
        {
            "llm.prompt_template.template": "Add {a}",
            "llm.prompt_template.variables": '{"a": 1}',
            "llm.prompt_template.version": "v2",
            **message("input", 0, role="user", content="Add 1"),
        },
    )

    assert run.run_type == "llm"
    assert run.inputs == {"messages": [{"role": "user", "content": "Add 1"}]}
    assert run.metadata["prompt_template"] == {
        "template": "Add {a}",
        "variables": {"a": 1},
        "version": "v2",
    }


def test_messages_may_begin_at_one_have_holes_and_come_in_any_order() -> None:
    run = run_of(
        "LLM",
        {
            **message("input", 12, role="user", content="third"),
            **message("input", 1, role="system", content="first"),
            **message("input", 3, role="user", content="second"),
        },
    )

    assert run.inputs is not None
    assert [one["content"] for one in run.inputs["messages"]] == ["first", "second", "third"]


def test_an_index_of_a_billion_costs_no_memory_and_no_message() -> None:
    run = run_of(
        "LLM",
        {
            **message("input", 0, role="user", content="one"),
            **message("input", 10**9, role="user", content="bomb"),
        },
    )

    assert run.inputs == {"messages": [{"role": "user", "content": "one"}]}
    assert run.metadata["llm.input_messages.1000000000.message.content"] == "bomb"
