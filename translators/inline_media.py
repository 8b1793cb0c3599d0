"""Large media that stand inline in messages, moved out of them into attachments.

LangSmith shows small images where they stand; what is large makes a run slow to load and to
search, and belongs beside it. The block that held it keeps its type and says where it went.
Source: LangSmith, "Upload files with traces".
"""

import binascii

from translators.run import Attachment, Run
from translators.span import Json, JsonObject

LIMIT = 64 * 1024  # characters of base64; what is longer moves out

_WRAPPERS = frozenset({"image_url", "input_audio", "file", "source", "audio", "video", "image"})
_URLS = frozenset({"url", "image_url", "file_data"})
_DATA = _URLS | {"base64", "data", "bytes"}
_MIMES = ("mime_type", "media_type", "mimeType", "mediaType")
_AUDIO = {"mp3": "audio/mpeg"}
_UNKNOWN = "application/octet-stream"


def lift_media(run: Run) -> bool:
    """Move large inline media out of the messages of *run* into attachments; tell if there were.

    LangSmith's own exporter has its content as its users want it: its runs stay as they are.
    Attachments are called ``<inputs|outputs>_<message>_<block>``, counted from 0; a name that is
    taken gets ``_`` behind it. What is no valid base64 stays where it is. Nothing is changed in
    place: messages may still be values of the span.
    """
    if run.runtime.get("library") == "langsmith":
        return False
    before = len(run.attachments)
    if run.inputs is not None:
        run.inputs = _lifted(run.inputs, "inputs", run)
    if run.outputs is not None:
        run.outputs = _lifted(run.outputs, "outputs", run)
    return len(run.attachments) > before


def _lifted(content: JsonObject, side: str, run: Run) -> JsonObject:
    key = "messages" if "messages" in content else "choices"
    items = content.get(key)
    if items.__class__ is not list:
        return content
    changed: dict[int, JsonObject] = {}
    for at, item in enumerate(items):
        if item.__class__ is not dict:
            continue
        message: Json = item.get("message") if key == "choices" else item
        blocks = message.get("content") if message.__class__ is dict else None
        if blocks.__class__ is list:
            found = _without_media(blocks, side, at, run)
            if found is not None:
                told = {**message, "content": found}
                changed[at] = {**item, "message": told} if key == "choices" else told
    if not changed:
        return content
    return {**content, key: [changed.get(at, item) for at, item in enumerate(items)]}


def _without_media(blocks: list[Json], side: str, at: int, run: Run) -> list[Json] | None:
    """Return the blocks of message *at* with references for media; None where none is large."""
    found: list[Json] | None = None
    for part, block in enumerate(blocks):
        if block.__class__ is not dict or block.get("type") == "text":
            continue
        place = _place_of_data(block)
        media = None if place is None else _media(block, *place)
        if place is None or media is None:
            continue
        name = f"{side}_{at}_{part}"
        taken = {file.name for file in run.attachments}
        while name in taken:
            name += "_"
        mime_type, data = media
        run.attachments = [*run.attachments, Attachment(name, mime_type, data)]
        found = list(blocks) if found is None else found
        found[part] = _reference(block, *place, name, mime_type)
    return found


def _place_of_data(block: JsonObject) -> tuple[str, str] | None:
    """Return the key of the large data in a block, and the one below it, "" where there is none."""
    for key, value in block.items():
        if value.__class__ is str:
            if len(value) > LIMIT and key in _DATA:
                return key, ""
        elif value.__class__ is dict and key in _WRAPPERS:
            for inner, text in value.items():
                if inner in _DATA and text.__class__ is str and len(text) > LIMIT:
                    return key, inner
    return None


def _media(block: JsonObject, key: str, inner: str) -> tuple[str, bytes] | None:
    """Return MIME type and bytes of the data in a block; None where it is no base64."""
    holder = block[key] if inner else block
    text: str = holder[inner or key]
    mime_type = ""
    if text.startswith("data:"):
        comma = text.find(",", 0, LIMIT)
        head = text[5 : max(comma, 5)]
        mime_type = _sound(head.removesuffix(";base64"))
        if not mime_type or not head.endswith(";base64"):
            return None
        text = text[comma + 1 :]
    elif (inner or key) in _URLS and (inner or key) != "file_data":
        return None
    try:
        data = binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        return None
    return mime_type or _told_mime(block, holder) or _UNKNOWN, data


def _told_mime(block: JsonObject, holder: JsonObject) -> str:
    for told in (holder, block, block.get("extras")):
        if isinstance(told, dict):
            for key in _MIMES:
                if _sound(told.get(key)):
                    return _sound(told[key])
    form = holder.get("format")
    return _sound(_AUDIO.get(form, f"audio/{form}")) if isinstance(form, str) else ""


def _sound(mime_type: Json) -> str:
    """Return a MIME type that can stand in a header; "" for anything else."""
    if not isinstance(mime_type, str) or "/" not in mime_type or len(mime_type) > 200:
        return ""
    return mime_type if mime_type.isascii() and mime_type.isprintable() else ""


def _reference(block: JsonObject, key: str, inner: str, name: str, mime_type: str) -> JsonObject:
    """Return a block with the name of its attachment in place of its data."""
    left = {k: v for k, v in block.items() if k != key}
    if inner:
        around = {k: v for k, v in block[key].items() if k != inner}
        if around:
            left[key] = around
    return {**left, "mime_type": left.get("mime_type", mime_type), "attachment": name}
