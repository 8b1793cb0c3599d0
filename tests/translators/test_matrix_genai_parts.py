"""Parts of messages under OpenTelemetry's GenAI conventions, from the attributes to the run.

The rows of section "OTel GenAI" of the coverage matrix about tool calls, reasoning and media.
"""

import pytest

from tests.translators.genai_spans import CHAT, run_of, said, text_of, words
from translators.span import Json, JsonObject

CALL = {"type": "tool_call", "id": "c1", "name": "weather", "arguments": {"city": "Köln"}}
CALL_MADE = {
    "id": "c1",
    "type": "function",
    "function": {"name": "weather", "arguments": '{"city":"Köln"}'},
}


def content_of(*parts: Json) -> Json:
    """What becomes of the parts of one message of the user."""
    run = run_of({**CHAT, "gen_ai.input.messages": [said(*parts)]})
    assert run.inputs is not None
    [message] = run.inputs["messages"]
    return message["content"]


def test_text_beside_a_tool_call_and_several_tool_results_are_all_told() -> None:
    other = {**CALL, "id": "c2", "name": "time", "arguments": "{}"}
    given = [
        said(words("Weather?")),
        said(words("Looking."), CALL, other, role="assistant"),
        said(
            {"type": "tool_call_response", "id": "c1", "response": "rain"},
            {"type": "tool_call_response", "id": "c2", "response": {"h": 9}},
            words("Go on."),
        ),
    ]

    run = run_of({**CHAT, "gen_ai.input.messages": text_of(given)})

    assert run.inputs is not None
    assert run.inputs["messages"] == [
        {"role": "user", "content": "Weather?"},
        {
            "role": "assistant",
            "content": "Looking.",
            "tool_calls": [
                CALL_MADE,
                {"id": "c2", "type": "function", "function": {"name": "time", "arguments": "{}"}},
            ],
        },
        {"role": "tool", "content": "rain", "tool_call_id": "c1"},
        {"role": "tool", "content": '{"h":9}', "tool_call_id": "c2"},
        {"role": "user", "content": "Go on."},
    ]


@pytest.mark.parametrize("key", ["response", "result"])
def test_a_tools_result_may_stand_under_either_name(key: str) -> None:
    part = {"type": "tool_call_response", "id": "c1", key: "rain"}

    run = run_of({**CHAT, "gen_ai.input.messages": [said(part, role="tool")]})

    assert run.inputs == {"messages": [{"role": "tool", "content": "rain", "tool_call_id": "c1"}]}


def test_reasoning_is_a_block_before_the_answer() -> None:
    answer = said({"type": "reasoning", "content": "hm"}, words("4"), CALL, role="assistant")

    run = run_of({**CHAT, "gen_ai.output.messages": text_of([answer])})

    assert run.outputs == {
        "messages": [
            {
                "role": "assistant",
                "content": [{"type": "reasoning", "text": "hm"}, {"type": "text", "text": "4"}],
                "tool_calls": [CALL_MADE],
            }
        ]
    }


@pytest.mark.parametrize(
    ("part", "block"),
    [
        (
            {"type": "blob", "modality": "image", "mime_type": "image/png", "content": "aGk="},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,aGk="}},
        ),
        (
            {"type": "blob", "modality": "audio", "mime_type": "audio/wav", "content": "aGk="},
            {
                "type": "input_audio",
                "input_audio": {"data": "aGk=", "format": "wav"},
                "extras": {"mime_type": "audio/wav"},
            },
        ),
        (
            {"type": "blob", "modality": "video", "mime_type": "video/mp4", "content": "aGk="},
            {"type": "video", "base64": "aGk=", "mime_type": "video/mp4"},
        ),
        (
            {"type": "blob", "mime_type": "application/pdf", "data": "aGk="},
            {"type": "file", "base64": "aGk=", "mime_type": "application/pdf"},
        ),
        (
            {"type": "uri", "modality": "image", "uri": "https://x/a.png"},
            {"type": "image_url", "image_url": {"url": "https://x/a.png"}},
        ),
        (
            {"type": "uri", "modality": "audio", "mime_type": "audio/ogg", "uri": "gs://x/a"},
            {"type": "audio", "url": "gs://x/a", "mime_type": "audio/ogg"},
        ),
        (
            {"type": "uri", "modality": "video", "mime_type": "video/mp4", "uri": "gs://x/v"},
            {"type": "video", "url": "gs://x/v", "mime_type": "video/mp4"},
        ),
        (
            {
                "type": "uri",
                "modality": "document",
                "mime_type": "application/pdf",
                "uri": "s3://d",
            },
            {"type": "file", "url": "s3://d", "mime_type": "application/pdf"},
        ),
        (
            {"type": "file", "modality": "document", "file_id": "f1"},
            {"type": "file", "id": "f1"},
        ),
        ({"type": "file", "modality": "audio", "file_id": "f2"}, {"type": "audio", "id": "f2"}),
        ({"type": "file", "modality": "video", "file_id": "f3"}, {"type": "video", "id": "f3"}),
    ],
    ids=lambda value: "-".join(str(value.get(k)) for k in ("type", "modality") if k in value),
)
def test_media_become_blocks_of_their_own_kind(part: JsonObject, block: JsonObject) -> None:
    assert content_of(words("Look:"), part) == [{"type": "text", "text": "Look:"}, block]


def test_what_a_provider_runs_itself_is_told_as_such() -> None:
    call = {"type": "server_tool_call", "id": "s1", "name": "web_search"}
    result = {"type": "server_tool_call_response", "id": "s1"}
    answer = said(
        {**call, "server_tool_call": {"type": "web_search", "query": "rain"}},
        {**result, "server_tool_call_response": {"type": "web_search", "hits": 3}},
        words("It rains."),
        role="assistant",
    )

    run = run_of({**CHAT, "gen_ai.output.messages": text_of([answer])})

    assert run.outputs is not None
    [message] = run.outputs["messages"]
    asked, found, text = message["content"]
    assert "tool_calls" not in message
    assert (asked["type"], asked["id"], asked["name"]) == ("server_tool_call", "s1", "web_search")
    assert asked["args"]["query"] == "rain"
    assert (found["type"], found["tool_call_id"]) == ("server_tool_result", "s1")
    assert found["output"]["hits"] == 3
    assert text == {"type": "text", "text": "It rains."}


@pytest.mark.parametrize(
    "part",
    [
        {"type": "compaction", "id": "k", "content": "What was said before."},
        {"type": "interrupt_response", "interruptResponse": {"id": 1}},
        {"type": "of_2030", "shape": ["any"]},
    ],
    ids=lambda part: part["type"],
)
def test_a_part_that_nobody_knows_is_a_block_as_it_is(part: JsonObject) -> None:
    assert content_of(part, words("so")) == [part, {"type": "text", "text": "so"}]
