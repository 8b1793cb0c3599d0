"""Messages in normal form that are one message after all.

In time that grows with the messages, however many there are.
"""

from collections.abc import Sequence

from translators.span import Json, JsonObject
from translators.tools import together

_MORE = "additional_kwargs"


def blocks_of(message: JsonObject) -> list[JsonObject]:
    """Return the content of a message as a list of blocks of its own."""
    content = message.get("content")
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return list(content) if isinstance(content, list) else []


def content_of(blocks: list[JsonObject]) -> str | list[JsonObject] | None:
    """Return one block of text as text, no blocks as None; else the blocks."""
    if len(blocks) == 1 and len(blocks[0]) == 2 and blocks[0].get("type") == "text":
        text = blocks[0].get("text")
        return text if isinstance(text, str) else blocks
    return blocks or None


def joined(*messages: JsonObject) -> JsonObject:
    """Return what the first of *messages* says; what others say differently is in its kwargs."""
    both: JsonObject = {}
    for message in messages:
        for key, value in message.items():
            more = value if key == _MORE else {}
            if key != _MORE and both.setdefault(key, value) != value:
                more = {key: value}
            if more:
                both[_MORE] = together(both.get(_MORE, {}), more)
    return both


def with_thoughts(messages: Sequence[JsonObject]) -> list[JsonObject]:
    """Return the messages with those of role "thinking" as blocks of the assistant's next one."""
    done: list[JsonObject] = []
    thoughts: list[JsonObject] = []
    beside: list[JsonObject] = []  # what these messages say beside their content
    for message in [*messages, None]:
        if message is not None and message["role"] == "thinking":
            thoughts += [
                {**block, "type": "reasoning"} if block.get("type") == "text" else block
                for block in blocks_of(message)
            ]
            beside.append({key: message[key] for key in message if key not in ("role", "content")})
            continue
        if beside:
            beside.reverse()
            if message is not None and message["role"] == "assistant":
                content = content_of(thoughts + blocks_of(message))
                message = joined({**message, "content": content}, *beside)
            elif done and done[-1]["role"] == "assistant":
                content = content_of(blocks_of(done[-1]) + thoughts)
                done[-1] = joined({**done[-1], "content": content}, *beside)
            elif thoughts or any(beside):
                done.append({"role": "assistant", "content": thoughts or None, **joined(*beside)})
            thoughts, beside = [], []
        if message is not None:
            done.append(message)
    return done


def whole(pieces: Sequence[list[JsonObject]]) -> list[JsonObject]:
    """Return the messages of a choice that is told piece by piece, as a stream is.

    Args:
        pieces: at least one, none of them empty.
    """
    if len(pieces) == 1:
        return pieces[0]
    choice: list[JsonObject] = []
    told: list[JsonObject] = []  # what makes up one message
    for piece in pieces:
        rest = piece
        if told and piece[0]["role"] == told[-1]["role"]:
            told.append(piece[0])
            rest = piece[1:]
        for message in rest:
            choice += [_one(told)] if told else []
            told = [message]
    return [*choice, _one(told)]


def _one(pieces: list[JsonObject]) -> JsonObject:
    """Return one message of its pieces: texts are put together, and so are blocks and calls."""
    if len(pieces) == 1:
        return pieces[0]
    texts: list[str] = []
    content: Json = None
    for piece in pieces:
        said = piece.get("content")
        if content is None and isinstance(said, str):
            texts.append(said)
        elif said is not None:
            if content is None:
                content = blocks_of({"content": "".join(texts)}) if texts else []
            content += blocks_of(piece)
    if content is None and texts:
        content = "".join(texts)
    calls = [call for piece in pieces for call in piece.get("tool_calls") or ()]
    parts = ("content", "tool_calls")
    beside = [
        {key: value for key, value in piece.items() if key not in parts and value is not None}
        for piece in reversed(pieces)
    ]
    message = {"role": pieces[0]["role"], "content": content, **joined(*beside)}
    return {**message, "tool_calls": calls} if calls else message


def with_more(message: JsonObject, more: JsonObject) -> JsonObject:
    """Return a message with more of what does not fit into one."""
    return joined(message, {_MORE: more})
