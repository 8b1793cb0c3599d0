"""Where the answer of an agent's run begins in all the messages that it has seen.

Source: Pydantic AI, ``pydantic_ai.all_messages`` and ``pydantic_ai.new_message_index``. The index
counts requests and responses of the model; a request may be several messages of the attribute.
"""

from translators.span import Json, JsonObject

_RESPONSE = "tool_call_response"
# What Pydantic AI writes for a tool that only holds the output; no request follows it in its run.
_LAST_RESULT = "Final result processed."


def answer_begins(messages: list[Json], new: int | None) -> int:
    """Return the index of the first message that the agent answered with in this run.

    It is the number of messages where the agent said nothing.

    Args:
        messages: as they came, oldest first.
        new: how many requests and responses are of earlier runs; None where that is not told, and
            then it is the last prompt that begins the run.
    """
    begin = _run_begins(messages, new) if new else 0
    answer = _first_answer(messages, begin)
    if not new or answer == len(messages):
        prompts = (at for at in range(len(messages) - 1, -1, -1) if _is_prompt(messages[at]))
        return _first_answer(messages, next(prompts, 0))
    return answer


def _first_answer(messages: list[Json], begin: int) -> int:
    places = (at for at in range(begin, len(messages)) if _role(messages[at]) == "assistant")
    return next(places, len(messages))


def _run_begins(messages: list[Json], new: int) -> int:
    """Return the index of the first message behind *new* requests and responses."""
    before: Json = None
    passed = 0
    for at, message in enumerate(messages):
        role = _role(message)
        # In a request, parts of the same role are one message.
        if role in ("assistant", _role(before)) or _role(before) == "assistant" or _is_last(before):
            passed += 1
        passed += before is None and role != "assistant"
        if passed > new:
            return at
        before = message
    return len(messages)


def _role(message: Json) -> Json:
    return message.get("role") if isinstance(message, dict) else None


def _parts(message: Json) -> list[JsonObject]:
    parts = message.get("parts") if isinstance(message, dict) else None
    return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []


def _is_prompt(message: Json) -> bool:
    """Tell whether the message is what a user says; until version 5, results have that role too."""
    return _role(message) == "user" and any(
        part.get("type") != _RESPONSE for part in _parts(message)
    )


def _is_last(message: Json) -> bool:
    return any(part.get("result") == _LAST_RESULT for part in _parts(message))
