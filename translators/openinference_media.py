"""Images, sounds and documents that OpenInference tells beside the messages.

Source: OpenInference, ``spec/semantic_conventions.md``: ``input.images``, ``output.images``,
``input.documents``, ``output.documents``, and the attributes of one image or sound.
"""

from translators.base import Draft
from translators.openinference_content import INPUT_MEDIA, OUTPUT_MEDIA, FlatList
from translators.openinference_messages import medium
from translators.parts import block_of
from translators.span import JsonObject

# One image, one sound: attributes of the span itself.
_SINGLE = {
    "image": ("image.url",),
    "audio": ("audio.url", "audio.mime_type", "audio.transcript"),
    "video": ("video.url",),
}
SINGLE_KEYS = frozenset(key for keys in _SINGLE.values() for key in keys)


def say_media(attributes: JsonObject, lists: dict[str, FlatList], draft: Draft) -> None:
    """Add the media to the messages of the side that they belong to, once each.

    One image or sound, of which the span does not say whose it is, belongs to the side that says
    nothing else: a model that makes images answers so.
    """
    if not lists.keys().isdisjoint(INPUT_MEDIA):
        _say(attributes, lists, "inputs", draft)
    if not lists.keys().isdisjoint(OUTPUT_MEDIA):
        _say(attributes, lists, "outputs", draft)
    if attributes.keys().isdisjoint(SINGLE_KEYS):
        return
    side = "outputs" if _says(draft, "inputs") and not _says(draft, "outputs") else "inputs"
    for kind, names in _SINGLE.items():
        keys = [key for key in names if key in attributes]
        if names[0] in attributes:
            node = {key.partition(".")[2]: attributes[key] for key in keys}
            _add(side, [medium(kind, node)], keys, draft)


def _says(draft: Draft, side: str) -> bool:
    return side in draft.said or f"raw_{side}" in draft.said


def _say(attributes: JsonObject, lists: dict[str, FlatList], side: str, draft: Draft) -> None:
    for prefix in INPUT_MEDIA if side == "inputs" else OUTPUT_MEDIA:
        if prefix in lists:
            kind = "image" if "images" in prefix else "document"
            parts = [medium(kind, node) for node in lists[prefix].items(attributes).values()]
            _add(side, parts, list(lists[prefix].keys), draft)


def _add(side: str, parts: list[JsonObject], keys: list[str], draft: Draft) -> None:
    blocks = [block for block in map(block_of, parts) if block is not None]
    content, known = draft.said.get(side, (None, ()))
    raw, raw_keys = draft.said.get(f"raw_{side}", (None, ()))
    role = "assistant" if side == "outputs" else "user"
    if content is None and raw is None:
        draft.say(side, {"messages": [{"role": role, "content": blocks}]}, *keys)
    elif content is None and isinstance(raw, str):
        text = {"type": "text", "text": raw}
        message = {"role": role, "content": [text, *blocks]}
        draft.say(side, {"messages": [message]}, *raw_keys, *keys)
        del draft.said[f"raw_{side}"]
    elif content is None and isinstance(raw, dict) and "media" not in raw:
        draft.said[f"raw_{side}"] = ({**raw, "media": blocks}, (*raw_keys, *keys))
    elif isinstance(content, dict) and isinstance(content.get("messages"), list):
        messages = content["messages"]
        told = [block for message in messages for block in _blocks(message)]
        blocks = [block for block in blocks if block not in told]
        if blocks:
            messages = [*messages, {"role": role, "content": blocks}]
        draft.said[side] = ({**content, "messages": messages}, (*known, *keys))


def _blocks(message: JsonObject) -> list[JsonObject]:
    content = message.get("content")
    return content if isinstance(content, list) else []
