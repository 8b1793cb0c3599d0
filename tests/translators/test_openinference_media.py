import pytest

from tests.translators.dialects.openinference_spans import PNG, message, said, value_of
from translators.openinference_messages import medium
from translators.span import JsonObject

IMAGE = {"type": "image_url", "image_url": {"url": PNG}}
IMAGES = {"input.images.0.image.url": PNG}
PDF = {"type": "file", "url": "https://a/b.pdf", "mime_type": "application/pdf"}


def test_images_beside_the_messages_are_a_message_of_their_side() -> None:
    question = message("input", 0, role="user", content="What is this?")

    draft = said({**question, **IMAGES}, "LLM")

    assert value_of(draft, "inputs") == {
        "messages": [
            {"role": "user", "content": "What is this?"},
            {"role": "user", "content": [IMAGE]},
        ]
    }
    assert "input.images.0.image.url" in draft.said["inputs"][1]


def test_an_image_that_a_message_has_already_is_told_once() -> None:
    start = "llm.input_messages.0.message."
    question = {
        f"{start}role": "user",
        f"{start}contents.0.message_content.type": "image",
        f"{start}contents.0.message_content.image.image.url": PNG,
    }

    draft = said({**question, **IMAGES}, "LLM")

    assert value_of(draft, "inputs") == {"messages": [{"role": "user", "content": [IMAGE]}]}


def test_images_beside_a_text_stand_in_one_message_with_it() -> None:
    draft = said({"input.value": "What is this?", **IMAGES}, "CHAIN")

    assert value_of(draft, "inputs") == {
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "What is this?"}, IMAGE]}
        ]
    }
    assert value_of(draft, "raw_inputs") is None


def test_images_beside_an_object_are_a_member_of_it() -> None:
    draft = said({"input.value": '{"a": 1}', **IMAGES}, "CHAIN")

    assert value_of(draft, "raw_inputs") == {"a": 1, "media": [IMAGE]}


def test_images_beside_an_array_stay_where_they_are() -> None:
    draft = said({"input.value": "[1]", **IMAGES}, "CHAIN")

    assert value_of(draft, "raw_inputs") == [1]
    assert value_of(draft, "inputs") is None


def test_documents_alone_are_a_message_of_their_side() -> None:
    draft = said(
        {
            "output.documents.0.document.url": "https://a/b.pdf",
            "output.documents.0.document.mime_type": "application/pdf",
        },
        "CHAIN",
    )

    assert value_of(draft, "outputs") == {"messages": [{"role": "assistant", "content": [PDF]}]}


@pytest.mark.parametrize(
    ("given", "side"),
    [
        ({"input.value": "Draw."}, "outputs"),
        ({"output.value": "A dot."}, "inputs"),
        ({}, "inputs"),
        ({"input.value": "Draw.", "output.value": "Done."}, "inputs"),
    ],
)
def test_one_image_belongs_to_the_side_that_says_nothing_else(given: JsonObject, side: str) -> None:
    draft = said({**given, "image.url": PNG}, "LLM")

    content = value_of(draft, side)["messages"][-1]["content"]
    assert IMAGE in content
    assert "image.url" in draft.said[side][1]


def test_one_sound_has_its_transcript() -> None:
    draft = said(
        {"audio.url": "https://a/b.ogg", "audio.mime_type": "audio/ogg", "audio.transcript": "hi"}
    )

    [block] = value_of(draft, "inputs")["messages"][0]["content"]
    assert block == {
        "type": "audio",
        "url": "https://a/b.ogg",
        "mime_type": "audio/ogg",
        "extras": {"transcript": "hi"},
    }


def test_a_transcript_without_a_sound_stays_in_the_metadata() -> None:
    assert value_of(said({"audio.transcript": "hi"}, "LLM"), "inputs") is None


@pytest.mark.parametrize(
    ("kind", "leaves", "block"),
    [
        ("video", {"video.url": "https://a/b.mp4"}, {"type": "video", "url": "https://a/b.mp4"}),
        (
            "document",
            {"document.url": "https://a/b.pdf", "document.mime_type": "application/pdf"},
            PDF,
        ),
        ("document", {"document.id": "file_1"}, {"type": "file", "id": "file_1"}),
        ("document", {"document.content": "Long."}, {"type": "file", "text": "Long."}),
        ("image", {"image.alt": "x"}, {"type": "image", "image": {"image": {"alt": "x"}}}),
    ],
)
def test_contents_of_messages_may_be_videos_and_documents(
    kind: str, leaves: JsonObject, block: JsonObject
) -> None:
    start = "llm.input_messages.0.message.contents.0.message_content."
    attributes = {f"{start}type": kind}
    attributes |= {f"{start}{kind}.{leaf}": value for leaf, value in leaves.items()}

    draft = said(attributes, "LLM")

    assert value_of(draft, "inputs")["messages"][0]["content"] == [block]


def test_texts_of_a_message_may_stand_below_its_content() -> None:
    start = "llm.output_messages.0.message."
    attributes = {
        f"{start}content.0": "One.",
        f"{start}content.1": "Two.",
        f"{start}content.odd": "x",
    }

    draft = said(attributes, "AGENT")

    [found] = value_of(draft, "outputs")["messages"]
    assert [block["text"] for block in found["content"]] == ["One.", "Two."]
    assert found["additional_kwargs"] == {"message.content": {"odd": "x"}}


def test_feedback_is_told_in_the_metadata_with_its_target() -> None:
    attributes = {
        "annotations.0.annotation.name": "correct",
        "annotations.0.annotation.score": 0,
        "annotations.0.annotation.metadata": "not json",
        "session.evaluations.3.evaluation.name": "solved",
        "session.evaluations.3.odd": 1,
        "evaluations.x.evaluation.name": "left",
    }

    draft = said(attributes, "CHAIN")

    assert value_of(draft, "metadata.annotations") == [
        {"name": "correct", "score": 0, "metadata": "not json"},
        {"target": "session", "name": "solved", "odd": 1},
    ]
    assert set(draft.said["metadata.annotations"][1]) == set(attributes) - {
        "evaluations.x.evaluation.name"
    }


def test_arguments_may_be_attributes_of_their_own() -> None:
    attributes = {"input.value.task": "Go.", "input.value.more.a": 1, "output.value.b": 2}

    draft = said(attributes, "AGENT")

    assert value_of(draft, "raw_inputs") == {"task": "Go.", "more": {"a": 1}}
    assert value_of(draft, "raw_outputs") == {"b": 2}


def test_tools_may_be_one_text() -> None:
    draft = said({"llm.tools": '[{"name": "add", "input_schema": {}}]'}, "LLM")

    assert value_of(draft, "params.tools") == [
        {"type": "function", "function": {"name": "add", "parameters": {}}}
    ]


def test_an_answer_may_be_a_list_of_calls() -> None:
    call = '[{"id": "c1", "type": "function", "function": {"name": "add", "arguments": "{}"}}]'

    draft = said({"output.value": call, "output.mime_type": "application/json"}, "LLM")

    [found] = value_of(draft, "outputs")["messages"]
    assert found["tool_calls"][0]["id"] == "c1"


def test_what_is_no_medium_stays_as_it_is() -> None:
    assert medium("video", {"video": "odd"}) == {"type": "video", "video": {"video": "odd"}}


def test_a_type_that_is_no_word_is_kept() -> None:
    start = "llm.input_messages.0.message.contents.0.message_content."

    draft = said({f"{start}type": 7, f"{start}text": "hi"}, "LLM")

    [block] = value_of(draft, "inputs")["messages"][0]["content"]
    assert block == {"type": "text", "text": "hi", "extras": {"message_content.type": 7}}
