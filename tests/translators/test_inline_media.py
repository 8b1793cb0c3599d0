"""Large media in messages become attachments; everything else stays where it is."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.translators.spans import span
from translators.inline_media import LIMIT, lift_media
from translators.registry import Registry
from translators.run import Attachment, Run
from translators.span import Json, JsonObject

LARGE = b"\x00\x01\x02\xff" * (LIMIT // 4 + 1)
TEXT = base64.b64encode(LARGE).decode()


def run(*blocks: Json, outputs: JsonObject | None = None) -> Run:
    """Return a run after lifting, whose second message holds the blocks."""
    made = Run("chat", "llm", 1, 2)
    made.inputs = {
        "messages": [
            {"role": "system", "content": "Be terse."},
            {"role": "user", "content": list(blocks)},
        ]
    }
    made.outputs = outputs
    lift_media(made)
    return made


def blocks_of(made: Run) -> list[Json]:
    """Return the blocks of the second message."""
    assert made.inputs is not None
    found: list[Json] = made.inputs["messages"][1]["content"]
    return found


def files(made: Run) -> list[tuple[str, str, bytes]]:
    """Return the attachments as tuples."""
    return [(file.name, file.mime_type, file.data) for file in made.attachments]


@pytest.mark.parametrize(
    ("block", "left", "mime_type"),
    [
        (
            {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{TEXT}"}},
            {"type": "image_url", "mime_type": "image/png"},
            "image/png",
        ),
        (
            {"type": "image_url", "image_url": f"data:image/png;base64,{TEXT}"},
            {"type": "image_url", "mime_type": "image/png"},
            "image/png",
        ),
        (
            {"type": "input_audio", "input_audio": {"data": TEXT, "format": "wav"}},
            {"type": "input_audio", "input_audio": {"format": "wav"}, "mime_type": "audio/wav"},
            "audio/wav",
        ),
        (
            {"type": "input_audio", "input_audio": {"data": TEXT, "format": "mp3"}},
            {"type": "input_audio", "input_audio": {"format": "mp3"}, "mime_type": "audio/mpeg"},
            "audio/mpeg",
        ),
        (
            {"type": "video", "base64": TEXT, "mime_type": "video/mp4", "extras": {"fps": 2}},
            {"type": "video", "mime_type": "video/mp4", "extras": {"fps": 2}},
            "video/mp4",
        ),
        (
            {"type": "file", "base64": TEXT, "filename": "a.pdf", "extras": {"mimeType": "x/y"}},
            {
                "type": "file",
                "filename": "a.pdf",
                "extras": {"mimeType": "x/y"},
                "mime_type": "x/y",
            },
            "x/y",
        ),
        (
            {"type": "file", "file": {"file_data": f"data:a/b;v=1;base64,{TEXT}", "filename": "f"}},
            {"type": "file", "file": {"filename": "f"}, "mime_type": "a/b;v=1"},
            "a/b;v=1",
        ),
        (
            {"type": "document", "source": {"type": "base64", "media_type": "a/b", "data": TEXT}},
            {
                "type": "document",
                "source": {"type": "base64", "media_type": "a/b"},
                "mime_type": "a/b",
            },
            "a/b",
        ),
        (
            {"type": "file", "file": {"file_data": TEXT}},
            {"type": "file", "mime_type": "application/octet-stream"},
            "application/octet-stream",
        ),
    ],
)
def test_a_large_medium_becomes_an_attachment(
    block: JsonObject, left: JsonObject, mime_type: str
) -> None:
    made = run({"type": "text", "text": "What is this?"}, block)

    assert blocks_of(made)[1] == {**left, "attachment": "inputs_1_1"}
    assert files(made) == [("inputs_1_1", mime_type, LARGE)]


@pytest.mark.parametrize(
    "block",
    [
        {"type": "text", "text": TEXT, "data": TEXT},
        {"type": "reasoning", "text": TEXT},
        {"type": "image_url", "image_url": {"url": "https://example.com/" + "a" * LIMIT}},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}},
        {"type": "image_url", "image_url": {"url": "data:image/svg+xml," + "a" * LIMIT}},
        {"type": "image_url", "image_url": {"url": "data:" + "a" * LIMIT}},
        {"type": "image_url", "image_url": {"url": "data:no mime;base64," + TEXT}},
        {"type": "image_url", "image_url": {"url": "data:a/b\x00;base64," + TEXT}},
        {"type": "audio", "base64": TEXT[:LIMIT]},
        {"type": "audio", "base64": TEXT + "!"},
        {"type": "audio", "base64": TEXT.replace("A", "A\n", 1)},
        {"type": "audio", "base64": "é" * (LIMIT + 1)},
        {"type": "audio", "base64": "=" * (LIMIT + 1)},
        {"type": "audio", "base64": ["A"] * 100_000},
        {"type": ["audio"], "url": None, "input_audio": {"data": 5}},
        "A" * (LIMIT + 1),
        None,
    ],
)
def test_what_is_small_or_no_valid_base64_stays_where_it_is(block: Json) -> None:
    made = run(block)

    assert blocks_of(made) == [block]
    assert made.attachments == []


def test_a_mime_type_that_cannot_stand_in_a_header_is_not_used() -> None:
    made = run({"type": "audio", "base64": TEXT, "mime_type": "audio/wav\r\nX: 1"})

    assert files(made) == [("inputs_1_0", "application/octet-stream", LARGE)]
    assert blocks_of(made)[0]["mime_type"] == "audio/wav\r\nX: 1"


def test_messages_and_choices_of_the_outputs_are_looked_into() -> None:
    sound = {"type": "audio", "base64": TEXT, "mime_type": "audio/wav"}
    choices = [{"index": 0, "text": "a"}, {"index": 1, "message": {"content": [sound]}}, "odd"]

    made = run(outputs={"choices": choices, "usage_metadata": {"input_tokens": 1}})

    assert made.outputs == {
        "choices": [
            {"index": 0, "text": "a"},
            {
                "index": 1,
                "message": {
                    "content": [
                        {"type": "audio", "mime_type": "audio/wav", "attachment": "outputs_1_0"}
                    ]
                },
            },
            "odd",
        ],
        "usage_metadata": {"input_tokens": 1},
    }
    assert files(made) == [("outputs_1_0", "audio/wav", LARGE)]


def test_a_name_that_is_taken_is_not_taken_twice() -> None:
    made = Run("chat", "llm", 1, 2)
    made.attachments = [Attachment("inputs_0_0", "a/b", b"mine")]
    made.inputs = {"messages": [{"role": "user", "content": [{"type": "file", "base64": TEXT}]}]}

    lift_media(made)

    assert [file.name for file in made.attachments] == ["inputs_0_0", "inputs_0_0_"]


def test_a_run_without_inputs_has_outputs_all_the_same() -> None:
    made = Run("chat", "llm", 1, 2)
    made.outputs = {"messages": [{"content": [{"type": "audio", "base64": TEXT}]}]}

    lift_media(made)

    assert [file.name for file in made.attachments] == ["outputs_0_0"]


def test_nothing_is_changed_in_place() -> None:
    block = {"type": "audio", "base64": TEXT}

    run(block)

    assert block == {"type": "audio", "base64": TEXT}


@pytest.mark.parametrize("content", [{}, {"messages": "odd"}, {"messages": [None, {"content": 5}]}])
def test_content_without_blocks_is_left_alone(content: JsonObject) -> None:
    made = run(outputs=content)

    assert made.outputs is content


@given(st.binary(), st.booleans())
def test_the_bytes_are_in_the_attachment(some: bytes, as_url: bool) -> None:
    data = some + LARGE
    text = base64.b64encode(data).decode()
    block = (
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{text}"}}
        if as_url
        else {"type": "audio", "base64": text}
    )

    made = run(block)

    assert [file.data for file in made.attachments] == [data]
    assert text not in str(made.inputs)


def test_large_media_of_a_span_become_attachments_of_its_run() -> None:
    parts = [{"type": "blob", "modality": "audio", "mime_type": "audio/ogg", "content": TEXT}]

    made = Registry().translate(
        span(
            {
                "gen_ai.operation.name": "chat",
                "gen_ai.input.messages": [{"role": "user", "parts": parts}],
            }
        )
    )

    assert lift_media(made)
    assert files(made) == [("inputs_0_0", "audio/ogg", LARGE)]
    assert made.inputs == {
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "audio", "mime_type": "audio/ogg", "attachment": "inputs_0_0"}
                ],
            }
        ]
    }
    assert TEXT not in str(made.metadata)


def test_langsmiths_own_exporter_keeps_its_content() -> None:
    prompt = {"messages": [{"role": "user", "content": [{"type": "audio", "base64": TEXT}]}]}

    made = Registry().translate(span({"gen_ai.prompt": prompt}, scope="langsmith"))

    assert not lift_media(made)
    assert made.inputs == prompt
