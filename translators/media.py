"""Images, audio, video and files in messages, as blocks that LangSmith renders.

Source: OpenAI API reference (``image_url``, ``input_audio``); LangChain "Standard content blocks".
"""

from translators.span import Json, JsonObject
from translators.tools import together, unless_empty

# OpenAI takes inline audio in these two formats only.
_INPUT_AUDIO = {
    "audio/wav": "wav", "audio/x-wav": "wav", "audio/wave": "wav",
    "audio/mpeg": "mp3", "audio/mp3": "mp3",
}  # fmt: skip
_KINDS = ("image", "audio", "video")
# Words that say no more than the block that is made.
_SORTS = ("type", "modality")
_KNOWN_SORTS = frozenset(
    ("blob", "uri", "file", "image", "audio", "video", "document", "image_url", "input_image",
     "input_file", "image-url", "audio-url", "video-url", "document-url", "binary", "media",
     "base64", "url", "text", "content", "input_audio", "file_url", "s3")
)  # fmt: skip
_WRAPPERS = (
    "source", "content", "image", "audio", "video", "document", "media", "image_url",
    "inline_data", "inlineData", "file_data", "fileData", "file",
)  # fmt: skip
_URLS = ("url", "uri", "file_uri", "fileUri", "file_url", "image_url", "s3Location")
_DATA = ("base64", "data", "bytes", "content", "binary_content", "file_data", "image")
_IDS = ("file_id", "fileId", "id")
_MIMES = ("mime_type", "mimeType", "media_type", "mediaType", "content_type", "contentType")
_NAMES = ("filename", "file_name", "name", "title")


class _Found:
    """What the keys of a part, and of the dicts it wraps its content in, say together."""

    __slots__ = ("extras", "fields")

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self.extras: JsonObject = {}

    def take(self, field: str, value: str, key: str) -> None:
        """Keep the first value of a field; another one is an extra under its own key."""
        if self.fields.setdefault(field, value) != value:
            together(self.extras, {key: value})


def media_block(part: JsonObject) -> JsonObject:
    """Return the block of a part that holds or names an image, a sound, a video or a file.

    Where the part holds neither a URL nor data nor an id, it is returned as it is: so are the
    blocks that are in OpenAI's form already.
    """
    if isinstance(part.get("image_url"), dict) and part.keys() == {"type", "image_url"}:
        return part
    if part.get("type") == "file" and isinstance(part.get("file"), dict):
        return part
    found = _Found()
    _collect(part, found, 0)
    fields = found.fields
    if not fields.keys() & {"url", "base64", "id", "text"}:
        return part
    kind = _kind(part, fields)
    return _image(found) if kind == "image" else _other(kind, found)


def _collect(part: JsonObject, found: _Found, depth: int) -> None:
    for key, value in part.items():
        if value is None or (key in _SORTS and value.__class__ is str and value in _KNOWN_SORTS):
            continue
        if isinstance(value, dict) and key == "extras":
            together(found.extras, value)
        elif isinstance(value, dict) and depth < 3 and key in (*_WRAPPERS, "s3Location"):
            _collect(value, found, depth + 1)
        elif isinstance(value, str) and value:
            plain = key == "text" or (key == "data" and part.get("type") == "text")
            _field("plain text" if plain else key, value, found)
        else:
            together(found.extras, unless_empty({key: value}, ()))


def _field(key: str, value: str, found: _Found) -> None:
    if key in _URLS or (key in _DATA and value.startswith(("data:", "http://", "https://"))):
        found.take("url", value, key)
    elif key in _DATA:
        found.take("base64", value, key)
    elif key == "plain text":
        found.take("text", value, key)
    elif key in _IDS:
        found.take("id", value, key)
    elif key in _MIMES:
        found.take("mime_type", value, key)
    elif key == "format":
        found.take("format", value, key)
    elif key in _NAMES:
        found.take("filename", value, key)
    else:
        together(found.extras, {key: value})


def _kind(part: JsonObject, fields: dict[str, str]) -> str:
    """Return image, audio, video or file: by what the part says it is, else by its MIME type."""
    word: Json = part.get("modality") or part.get("type") or part.get("kind")
    if not isinstance(word, str):
        word = next((key for key in part if key in _KINDS), "")
    mime = fields.get("mime_type", fields.get("url", "").removeprefix("data:"))
    top = mime.partition("/")[0]
    if word == "image" and (top == "text" or mime == "application/pdf"):
        return "file"  # the Vercel AI SDK calls what it does not know an image
    for kind in _KINDS:
        if kind in word:
            return kind
    return top if top in _KINDS else "file"


def _image(found: _Found) -> JsonObject:
    fields, extras = found.fields, found.extras
    mime = fields.pop("mime_type", None)
    form = fields.pop("format", None)
    data, url = fields.pop("base64", None), fields.pop("url", None)
    detail = extras.pop("detail", None)
    if data is not None:
        mime = mime or f"image/{form or 'png'}"
        if url is not None:
            extras["url"] = url
        form = None if mime.endswith(f"/{form}") else form
        url, mime = f"data:{mime};base64,{data}", None
    if url is None:
        block: JsonObject = {"type": "image", **fields}
    else:
        block = {"type": "image_url", "image_url": {"url": url}}
        if detail is not None:
            block["image_url"]["detail"] = detail
        together(extras, fields)
    for key, value in (("mime_type", mime), ("format", form)):
        if value is not None:
            extras[key] = value
    if extras:
        block["extras"] = extras
    return block


def _other(kind: str, found: _Found) -> JsonObject:
    fields, extras = found.fields, found.extras
    mime = fields.get("mime_type", "")
    form = fields.get("format", "")
    sound = _INPUT_AUDIO.get(mime) or (form if form in ("wav", "mp3") else None)
    if kind == "audio" and sound and "base64" in fields:
        audio = {"data": fields.pop("base64"), "format": sound}
        block: JsonObject = {"type": "input_audio", "input_audio": audio}
        if fields.get("format") == sound:
            del fields["format"]
        together(extras, fields)
    else:
        if form and not mime:
            fields["mime_type"] = f"{'application' if kind == 'file' else kind}/{form}"
            del fields["format"]
        block = {"type": kind, **fields}
    if extras:
        block["extras"] = extras
    return block
