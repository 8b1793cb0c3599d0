"""What goes in and out in Claude Code: texts with headings, bodies of requests, tools' values.

Source: spans and log records of Claude Code 2.1.329, detailed tracing switched on.
"""

from collections.abc import Sequence

from translators.attributes import count, json_object, json_or_text, text
from translators.messages import normal_messages, with_system
from translators.parts import result_text
from translators.span import Json, JsonObject

_SEPARATOR = "\n\n---\n\n"
_USER = ("[USER]", "[USER PROMPT]")
_RESULT, _INPUT = "[TOOL RESULT: ", "[TOOL INPUT: "
# What a tool's span says of the arguments where they are not told as a whole.
_ARGUMENTS = {
    "full_command": "command",
    "file_path": "file_path",
    "skill_name": "skill",
    "subagent_type": "subagent_type",
}
_GIVEN = ("bash_command", "file_path")  # in a tool's output event, what went in
_MESSAGE_ID = "message.uuid"


def newest_messages(context: Json) -> list[JsonObject]:
    """Return the messages in the text that tells what is new since the last request.

    Its parts have a heading each, ``[USER]`` or ``[TOOL RESULT: <id>]``, and lines between them.
    """
    if not isinstance(context, str):
        return []
    pieces: list[str] = []
    for piece in context.split(_SEPARATOR):
        # The same line in somebody's text begins no part: no heading follows.
        if pieces and not piece.startswith((*_USER, _RESULT)):
            pieces[-1] += _SEPARATOR + piece
        else:
            pieces.append(piece)
    return [_message(piece) for piece in pieces if piece]


def _message(piece: str) -> JsonObject:
    head, _, body = piece.partition("\n")
    if head.startswith(_RESULT) and head.endswith("]"):
        return {"role": "tool", "content": body, "tool_call_id": head[len(_RESULT) : -1]}
    return {"role": "user", "content": body if head in _USER else piece}


def system_message(attributes: JsonObject, key: str) -> JsonObject | None:
    """Return a system prompt as message, marked where it is only the beginning of one."""
    content = attributes.get(key)
    if not isinstance(content, str):
        return None
    message: JsonObject = {"role": "system", "content": content}
    length = count(attributes.get("system_prompt_length"))
    if key == "system_prompt_preview" and length is not None and length > len(content):
        message["additional_kwargs"] = {"preview_of_length": length}
    return message


def request_body(events: Sequence[JsonObject]) -> list[JsonObject] | None:
    """Return the messages of the newest request that was logged; None where it was cut short."""
    body = json_object(events[-1].get("body")) if events else None
    if body is None:
        return None
    messages = normal_messages(body.get("messages"), "user")
    return None if messages is None else with_system(body.get("system"), messages)


def conversation(events: dict[str, list[JsonObject]]) -> list[JsonObject]:
    """Return what the model said, in order: as it was sent where that is told, else as text."""
    answers: list[tuple[int, list[JsonObject]]] = []
    told: set[str | None] = set()
    for event in events.get("api_response_body", []):
        body = json_object(event.get("body"))
        if body is None or not isinstance(body.get("content"), list):
            continue  # cut short: the text alone is told by the other event
        message = {"role": "assistant", "content": body["content"]}
        if isinstance(body.get("stop_reason"), str):
            message["stop_reason"] = body["stop_reason"]
        answers.append((_place(event), normal_messages([message], "assistant") or []))
        told.add(text(event.get(_MESSAGE_ID)))
    for event in events.get("assistant_response", []):
        response = event.get("response")
        if isinstance(response, str) and text(event.get(_MESSAGE_ID)) not in told:
            answers.append((_place(event), [{"role": "assistant", "content": response}]))
    answers.sort(key=lambda answer: answer[0])
    return [message for _, messages in answers for message in messages]


def _place(event: JsonObject) -> int:
    return count(event.get("event.sequence")) or 0


def tool_arguments(
    attributes: JsonObject, results: Sequence[JsonObject]
) -> tuple[JsonObject | None, tuple[str, ...]]:
    """Return the arguments of a tool, with the attributes that they carry completely."""
    told = attributes.get("tool_input")
    keys: tuple[str, ...] = ("tool_input",)
    if told is None and results:
        told, keys = results[-1].get("tool_input"), ()
    if isinstance(told, str) and told.startswith(_INPUT):
        told, keys = told.partition("\n")[2], ()
    if told is not None and told != "":
        found = json_or_text(told)
        return (found if isinstance(found, dict) else {"input": found}), keys
    single = {key: attributes[key] for key in _ARGUMENTS if attributes.get(key) not in (None, "")}
    return {_ARGUMENTS[key]: value for key, value in single.items()} or None, tuple(single)


def tool_result(attributes: JsonObject, outputs: Sequence[JsonObject]) -> Json:
    """Return what a tool gave back; None where nothing is told.

    The event of the output holds it under one key, or several; what the span calls new context
    repeats it under a heading, and counts where the event is empty.
    """
    for event in outputs:
        told = {key: event[key] for key in event if key not in _GIVEN and event[key] != ""}
        if len(told) == 1:
            return json_or_text(*told.values())
        if told:
            return told
    context = attributes.get("new_context")
    if isinstance(context, str) and context:
        head, _, body = context.partition("\n")
        found = json_or_text(body if head.startswith(_RESULT) else context)
        return found if isinstance(found, dict) else result_text(found)
    return "" if outputs else None
