"""Chat messages, in whose words ever, in the one form that LangSmith renders: OpenAI's.

A message is ``{"role", "content", "name"?, "tool_call_id"?, "tool_calls"?, "refusal"?,
"finish_reason"?, "additional_kwargs"?}``. Its content is text, None, or a list of blocks; what fits
nowhere is in ``additional_kwargs``, in a block's or a tool call's ``extras``: nothing is left out.
"""

from collections.abc import Sequence
from itertools import zip_longest

from translators.envelopes import is_pair, says_it_is
from translators.joined_messages import blocks_of
from translators.message_writer import MessageWriter
from translators.parts import parts_in
from translators.span import Json, JsonObject
from translators.tools import json_text

# Why a choice ended, where senders have another word for it than OpenAI.
FINISH_WORDS = {
    "tool_call": "tool_calls",
    "tool-calls": "tool_calls",
    "content-filter": "content_filter",
}
_WRAPPED, _TEXT, _BLOCK = {"messages"}, {"role", "content"}, {"type", "text"}
MAX_DEPTH = 64  # of lists and objects around messages; what is deeper is kept as it is


def message_like(value: Json) -> bool:
    """Tell whether *value* is a list of messages, or an object with one under ``messages``.

    Every item must say that it is one: by a role, by parts, or by a type of LangChain's.
    """
    if isinstance(value, dict):
        value = value.get("messages")
    if not isinstance(value, list) or not value:
        return False
    items = _flat(value)
    return bool(items) and all(map(says_it_is, items))


def normal_messages(value: Json, role: str) -> list[JsonObject] | None:
    """Return the messages in *value* in normal form; None where there are none to be seen.

    Text becomes one message of *role*, an object a list of one, and ``{"messages": [...]}`` is
    unwrapped: its other keys are for the caller to keep. An item that is no message, among others
    that are, is kept as a message of *role*. *role* also counts where a message has none.
    """
    if isinstance(value, dict) and "messages" in value:
        value = value["messages"]
        for _ in range(MAX_DEPTH):
            if not isinstance(value, dict) or value.keys() != _WRAPPED:
                break
            value = value["messages"]
    if isinstance(value, str):
        return [{"role": role, "content": value}]
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list):
        return None
    writer = MessageWriter(role)
    seen = not value
    for item in _flat(value):
        seen = writer.add(item) or seen
    return writer.finished() if seen else None


def beside_messages(value: Json) -> JsonObject:
    """Return what an object around messages says besides; {} for anything else."""
    if not isinstance(value, dict) or "messages" not in value:
        return {}
    return {key: item for key, item in value.items() if key != "messages"}


def with_system(instructions: Json, messages: list[JsonObject]) -> list[JsonObject]:
    """Return *messages* with the system text, given beside them, as their first.

    Unless they begin with equal text already. Instructions are text, parts, or messages.
    """
    parts = parts_in(instructions)
    around = isinstance(instructions, dict) and len(instructions) > 1 and "messages" in instructions
    system = None if around else normal_messages(instructions if parts is None else parts, "system")
    if system is None and instructions not in (None, {}):
        system = [{"role": "system", "content": json_text(instructions)}]
    if not system or system == messages[: len(system)]:
        return messages
    if not all(map(_is_text, system)):
        return system + messages
    leading: list[str] = []
    for message in messages:
        if message.get("role") not in ("system", "developer"):
            break
        leading.append(_text_of(message))
    wanted = "".join([_text_of(message) for message in system]).strip()
    given = "".join(leading[: len(system)]).strip(), "".join(leading).strip()
    return messages if wanted and wanted in given else system + messages


def outputs_of(
    messages: list[JsonObject], *, turn: bool = False, reasons: Sequence[str] = ()
) -> JsonObject:
    """Return the outputs of a model call or of an agent.

    Args:
        messages: in normal form.
        turn: several messages are what was said one after the other, not choices.
        reasons: why the choices ended, by index, for those that do not say it themselves.
    """
    if turn and len(messages) > 1:
        # Of what an agent said in turn, only the last can be what the reason is about.
        reasons = [""] * (len(messages) - 1) + [*reasons[-1:]]
    if reasons and any("finish_reason" not in message for message in messages):
        messages = [
            {**message, "finish_reason": FINISH_WORDS.get(reason, reason)}
            if reason and "finish_reason" not in message and message["role"] != "tool"
            else message
            for message, reason in zip_longest(messages, reasons[: len(messages)])
        ]
    if turn or len(messages) < 2:
        return {"messages": messages}
    return {
        "choices": [
            {
                "index": index,
                "finish_reason": message.get("finish_reason"),
                "message": {key: message[key] for key in message if key != "finish_reason"},
            }
            for index, message in enumerate(messages)
        ]
    }


def _is_text(message: JsonObject) -> bool:
    """Tell whether a message says nothing but text."""
    return message.keys() == _TEXT and all(
        block.keys() == _BLOCK and isinstance(block["text"], str) for block in blocks_of(message)
    )


def _text_of(message: JsonObject) -> str:
    texts = (block.get("text") for block in blocks_of(message))
    return "".join([text for text in texts if isinstance(text, str)])


def _flat(value: list[Json]) -> list[Json]:
    """Return the items of a list of lists, such as LangChain's batches, as one list."""
    for _ in range(MAX_DEPTH):
        if not value or not isinstance(value[0], list):
            break
        if not all(isinstance(item, list) and not is_pair(item) for item in value):
            break
        value = [item for inner in value for item in inner]
    return value
