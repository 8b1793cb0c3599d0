"""Answers of the Vercel AI SDK: text, reasoning, files and tool calls as one message."""

import pytest

from tests.translators.drafts import said
from tests.translators.test_vercel_content import content, keys, of
from translators.span import Json

CALL = '[{"toolCallId":"c1","toolName":"f","input":"{\\"a\\":1}"}]'
FILES = '[{"type":"file","mediaType":"image/png","data":"iVBO"}]'


def test_text_reasoning_files_and_calls_are_one_message() -> None:
    draft = content(
        response__text="T",
        response__reasoning="R",
        response__files=FILES,
        response__toolCalls=CALL,
        response__finishReason="tool-calls",
    )

    assert said(draft, "outputs") == {
        "messages": [
            {
                "role": "assistant",
                "content": [
                    {"type": "reasoning", "text": "R"},
                    {"type": "text", "text": "T"},
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBO"}},
                ],
                "tool_calls": [
                    {
                        "id": "c1",
                        "type": "function",
                        "function": {"name": "f", "arguments": '{"a":1}'},
                    }
                ],
                "finish_reason": "tool_calls",
            }
        ]
    }
    assert keys(draft, "outputs") == {
        "response.text",
        "response.reasoning",
        "response.files",
        "response.toolCalls",
    }


def test_arguments_that_are_an_object_become_text() -> None:
    draft = content(response__toolCalls='[{"toolCallId":"c","toolName":"f","args":{"ä":1}}]')

    [message] = said(draft, "outputs")["messages"]

    assert message["tool_calls"][0]["function"]["arguments"] == '{"ä":1}'


def test_the_type_that_every_call_of_version_3_has_is_left_out() -> None:
    draft = content(
        response__toolCalls='[{"toolCallType":"function","toolCallId":"c","args":"{}"}]'
    )

    [message] = said(draft, "outputs")["messages"]

    assert message["tool_calls"] == [
        {"id": "c", "type": "function", "function": {"name": "", "arguments": "{}"}}
    ]


def test_a_call_of_a_providers_tool_is_a_block() -> None:
    draft = content(
        response__toolCalls='[{"toolCallId":"s","toolName":"web","input":{},'
        '"providerExecuted":true},{"toolCallId":"c","toolName":"f","input":{}},"odd"]'
    )

    [message] = said(draft, "outputs")["messages"]

    assert message["content"][0]["type"] == "server_tool_call"
    assert [call["id"] for call in message["tool_calls"]] == ["c", None]


def test_an_empty_text_beside_calls_stays_empty() -> None:
    draft = content(response__text="", response__toolCalls=CALL)

    [message] = said(draft, "outputs")["messages"]

    assert message["content"] == ""


def test_no_calls_are_no_tool_calls() -> None:
    draft = content(response__text="T", response__toolCalls="[]")

    assert said(draft, "outputs") == {"messages": [{"role": "assistant", "content": "T"}]}


@pytest.mark.parametrize("word", ["toolCalls", "files"])
def test_a_list_that_is_cut_off_stays_in_the_metadata(word: str) -> None:
    draft = of({"ai.response.text": "T", f"ai.response.{word}": '[{"toolCallId":"c'})

    assert said(draft, "outputs") == {"messages": [{"role": "assistant", "content": "T"}]}
    assert keys(draft, "outputs") == {"response.text"}


def test_results_that_repeat_the_response_are_used_and_others_stay() -> None:
    draft = content(
        response__text="T", result__text="T", response__toolCalls=CALL, result__toolCalls="[]"
    )

    assert draft.used == {"ai.result.text"}


def test_results_of_the_first_versions_are_outputs() -> None:
    draft = content(result__text="T", finishReason="stop")

    assert said(draft, "outputs") == {
        "messages": [{"role": "assistant", "content": "T", "finish_reason": "stop"}]
    }


def test_an_object_is_told_as_text_and_as_object() -> None:
    draft = content(response__object='{"city":"Paris"}', response__finishReason="stop")

    assert said(draft, "outputs") == {
        "messages": [{"role": "assistant", "content": '{"city":"Paris"}', "finish_reason": "stop"}],
        "object": {"city": "Paris"},
    }


def test_reasoning_may_be_a_list_of_parts() -> None:
    draft = content(response__reasoning='[{"text":"R","signature":"s"},{"type":"reasoning"}]')

    [message] = said(draft, "outputs")["messages"]

    assert message["content"] == [
        {"type": "reasoning", "text": "R", "extras": {"signature": "s"}},
        {"type": "reasoning", "text": ""},
    ]


@pytest.mark.parametrize("files", ["[7]", '["{cut"]', "[]", ["7"], 7])
def test_files_that_are_no_objects_stay_in_the_metadata(files: Json) -> None:
    draft = content(response__text="T", response__files=files)

    assert draft.said["outputs"] == (
        {"messages": [{"role": "assistant", "content": "T"}]},
        ("ai.response.text",),
    )
