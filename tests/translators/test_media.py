import pytest

from translators.media import media_block
from translators.span import JsonObject

PNG = "iVBORw0KGgo="
PNG_URL = f"data:image/png;base64,{PNG}"


@pytest.mark.parametrize(
    "part",
    [
        {"type": "blob", "modality": "image", "mime_type": "image/png", "content": PNG},
        {"type": "blob", "mime_type": "image/png", "data": PNG},
        {"type": "binary", "media_type": "image/png", "content": PNG},
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}},
        {"image": {"format": "png", "source": {"bytes": PNG}}},
        {"inline_data": {"mime_type": "image/png", "data": PNG}},
        {"inlineData": {"mimeType": "image/png", "data": PNG}},
        {"type": "image", "image": PNG, "mediaType": "image/png"},
        {"type": "file", "data": PNG, "mediaType": "image/png"},
        {"type": "image", "base64": PNG, "mime_type": "image/png"},
        {"type": "image-url", "url": PNG_URL},
        {"type": "uri", "modality": "image", "uri": PNG_URL},
        {"type": "input_image", "image_url": PNG_URL},
        {"type": "image", "data": PNG_URL},
        {"type": "image", "image": PNG},
    ],
)
def test_an_image_in_many_words_is_an_image_url(part: JsonObject) -> None:
    assert media_block(part) == {"type": "image_url", "image_url": {"url": PNG_URL}}


@pytest.mark.parametrize(
    "block",
    [
        {"type": "image_url", "image_url": {"url": PNG_URL, "detail": "low"}},
        {"type": "file", "file": {"file_id": "f1"}},
        {"type": "image", "odd": 1},
        {"type": "video", "url": "gs://x", "mime_type": "video/mp4"},
        {"type": "file", "base64": "JVBERi0=", "mime_type": "application/pdf", "filename": "a.pdf"},
        {"type": "audio", "id": "f1"},
        {"type": "image", "id": "f1", "extras": {"mime_type": "image/png"}},
    ],
)
def test_a_block_in_normal_form_stays(block: JsonObject) -> None:
    assert media_block(block) == block


@pytest.mark.parametrize(
    ("part", "block"),
    [
        (
            {"type": "uri", "modality": "image", "mime_type": "image/png", "uri": "gs://a"},
            {
                "type": "image_url",
                "image_url": {"url": "gs://a"},
                "extras": {"mime_type": "image/png"},
            },
        ),
        (
            {"type": "input_image", "image_url": "http://a", "detail": "low", "odd": 1},
            {
                "type": "image_url",
                "image_url": {"url": "http://a", "detail": "low"},
                "extras": {"odd": 1},
            },
        ),
        (
            {"type": "image", "url": "http://a", "base64": "AA", "format": "gif"},
            {
                "type": "image_url",
                "image_url": {"url": "data:image/gif;base64,AA"},
                "extras": {"url": "http://a"},
            },
        ),
        ({"type": "image", "file_id": "f", "format": "png"}, {
            "type": "image", "id": "f", "extras": {"format": "png"}}),
        (
            {"type": "blob", "modality": "audio", "mime_type": "audio/wav", "content": "UklG"},
            {
                "type": "input_audio",
                "input_audio": {"data": "UklG", "format": "wav"},
                "extras": {"mime_type": "audio/wav"},
            },
        ),
        (
            {"audio": {"format": "mp3", "source": {"bytes": "SUQz"}}},
            {"type": "input_audio", "input_audio": {"data": "SUQz", "format": "mp3"}},
        ),
        (
            {"type": "blob", "modality": "audio", "mime_type": "audio/flac", "content": "ZkxhQw=="},
            {"type": "audio", "base64": "ZkxhQw==", "mime_type": "audio/flac"},
        ),
        (
            {"type": "audio-url", "url": "http://a"},
            {"type": "audio", "url": "http://a"},
        ),
        (
            {"video": {"format": "mp4", "source": {"s3Location": {"uri": "s3://a"}}}},
            {"type": "video", "url": "s3://a", "mime_type": "video/mp4"},
        ),
        (
            {"type": "file", "modality": "video", "file_id": "f1"},
            {"type": "video", "id": "f1"},
        ),
        (
            {"document": {"format": "pdf", "name": "a", "source": {"bytes": "JVBERi0="}}},
            {
                "type": "file",
                "base64": "JVBERi0=",
                "filename": "a",
                "mime_type": "application/pdf",
            },
        ),
        (
            {
                "type": "document",
                "title": "T",
                "source": {"type": "text", "media_type": "text/plain", "data": "plain"},
            },
            {"type": "file", "filename": "T", "text": "plain", "mime_type": "text/plain"},
        ),
        (
            {"file_data": {"file_uri": "gs://a", "mime_type": "application/pdf"}},
            {"type": "file", "url": "gs://a", "mime_type": "application/pdf"},
        ),
        (
            {"type": "input_file", "file_data": "data:application/pdf;base64,AA", "filename": "a"},
            {"type": "file", "url": "data:application/pdf;base64,AA", "filename": "a"},
        ),
        (
            {"type": "file", "file_id": "f", "id": "other", "more": [1]},
            {"type": "file", "id": "f", "extras": {"id": "other", "more": [1]}},
        ),
    ],
)  # fmt: skip
def test_media_keep_all_that_is_said_of_them(part: JsonObject, block: JsonObject) -> None:
    assert media_block(part) == block


def test_a_document_that_is_called_an_image_is_a_file() -> None:
    part = {
        "type": "blob", "modality": "image", "mime_type": "application/pdf", "content": "JVBE",
    }  # fmt: skip

    assert media_block(part) == {"type": "file", "base64": "JVBE", "mime_type": "application/pdf"}


def test_what_wrappings_say_twice_or_in_words_of_their_own_is_kept() -> None:
    source = {"type": "mine", "data": PNG, "media_type": "image/png", "title": "b", "x": 2}
    part = {"type": "image", "modality": {"a": 1}, "title": "a", "x": 1, "source": source}

    assert media_block(part) == {
        "type": "image_url",
        "image_url": {"url": PNG_URL},
        "extras": {
            "modality": {"a": 1}, "x": 1, "type": "mine", "title": "b", "x_": 2, "filename": "a",
        },
    }  # fmt: skip


def test_a_format_that_contradicts_the_mime_type_is_kept() -> None:
    part = {"type": "image", "format": "png", "mime_type": "image/gif", "data": PNG}

    assert media_block(part)["extras"] == {"format": "png"}
    assert "extras" not in media_block({**part, "mime_type": "image/png"})
