"""Messages that come as span events instead of attributes.

Source: OpenTelemetry "Semantic conventions for generative AI", events, versions 1.27 to 1.36 (one
event a message) and since (``gen_ai.client.inference.operation.details``).
"""

from collections.abc import Collection, Hashable, Sequence

from translators.attributes import indexed, json_list, json_or_text, parsed_json
from translators.envelopes import is_message
from translators.message_writer import blocks_of
from translators.messages import normal_messages, outputs_of
from translators.parts import parts_in
from translators.span import Event, Json, JsonObject

_ROLES = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
    "gen_ai.developer.message": "developer",
    "gen_ai.tool.developer": "developer",  # so in Semantic Kernel
}
_CHOICE = "gen_ai.choice"
_PROMPTS = ("gen_ai.content.prompt", "gen_ai.prompt")  # the latter in Semantic Kernel's log records
_COMPLETION = "gen_ai.content.completion"
_DETAILS = ".operation.details"
_PROVIDERS = ("gen_ai.system", "gen_ai.provider.name")
_ELIDED = "<elided>"  # what Google's ADK puts in place of content that it shall not send
_SILENT = ("role", "name")
_CONTENTS = ("content", "message", "gen_ai.prompt", "gen_ai.completion", "body")
# Of a log record, where the message stood in a list that Python's logging knows nothing of.
_PLACES = ("CHAT_MESSAGE_INDEX", "chat_message_index")


class ChatEvents:
    """What the events of a span say, with the keys of what is told (see ``told_of``).

    Attributes:
        messages: the input side in normal form, and ``message_events`` where it came from.
        choices: a list of messages for each choice, in order, and ``choice_events``.
        prompt, completion: of the oldest convention, as they came; None where not said.
        details: attributes of the details events, merged, and ``detail_events``.
    """

    __slots__ = (
        "choice_events",
        "choices",
        "completion",
        "detail_events",
        "details",
        "message_events",
        "messages",
        "prompt",
    )

    def __init__(self) -> None:
        self.messages: list[JsonObject] = []
        self.message_events: list[Hashable] = []
        self.choices: list[list[JsonObject]] = []
        self.choice_events: list[Hashable] = []
        self.prompt: Json = None
        self.completion: Json = None
        self.details: JsonObject = {}
        self.detail_events: dict[int, Event] = {}

    def outputs(self, reasons: Sequence[str]) -> JsonObject:
        """Return the choices as the outputs of a run; *reasons* as for ``outputs_of``."""
        messages = [message for choice in self.choices for message in choice]
        # Several messages a choice, or a tool's among them: said one after the other.
        turn = len(messages) != len(self.choices) or any(
            message["role"] == "tool" for message in messages
        )
        return outputs_of(messages, turn=turn, reasons=reasons)


def read_events(events: Sequence[Event], attributes: JsonObject) -> ChatEvents | None:
    """Return what the events say about messages; None where none of them is about messages.

    Args:
        events: of one span, in order of time.
        attributes: of that span; what an event only repeats of them is left out.
    """
    found = ChatEvents()
    seen = False
    order: list[tuple[int, int, list[JsonObject]]] = []
    pieces: dict[int, list[JsonObject]] = {}  # choices by the index that they say they have
    for at, event in enumerate(events):
        name = event.name
        if name in _ROLES:
            source, aside = _source(event.attributes, attributes)
            if all(key in _SILENT or source[key] is None for key in source):
                continue  # content is not captured
            role = _ROLES[name]
            found.messages += normal_messages([{"role": role, **source}], role) or []
            found.message_events += told_of(at, event, aside)
        elif name == _CHOICE:
            source, aside = _source(event.attributes, attributes)
            index, choice = _choice(source)
            known = pieces.get(index) if index is not None else None
            if known is not None:
                _add_piece(choice, known)
            else:
                order.append((len(order) if index is None else index, at, choice))
                if index is not None:
                    pieces[index] = choice
            found.choice_events += told_of(at, event, aside)
        elif name.endswith(_DETAILS):
            _merge(event.attributes, found.details)
            found.detail_events[at] = event
        elif name in _PROMPTS and found.prompt is None:
            found.prompt = _text_of(event, "gen_ai.prompt", at, found.message_events)
        elif name == _COMPLETION and found.completion is None:
            found.completion = _text_of(event, "gen_ai.completion", at, found.choice_events)
        else:
            continue
        seen = True
    order.sort(key=lambda choice: choice[:2])
    found.choices = [choice for _, _, choice in order]
    return found if seen else None


def tool_value(event: Event) -> Json:
    """Return the content of a message event as a tool's arguments or result; None without one."""
    for key in _CONTENTS:
        value = event.attributes.get(key)
        if value is not None:
            return json_or_text(value)
    return None


def told_of(at: int, event: Event, aside: Collection[str]) -> list[Hashable]:
    """Return the keys that say which part of an event is told elsewhere.

    The index of the event alone, where that is all of it; else ``(index,)`` and, for each
    attribute that is told, ``(index, attribute)``.

    Args:
        at: index of the event in its span.
        event: the event.
        aside: its attributes that are not told.
    """
    if not aside:
        return [at]
    return [(at,), *((at, key) for key in event.attributes if key not in aside)]


def _text_of(event: Event, key: str, at: int, told: list[Hashable]) -> Json:
    """Return the text of an event of the oldest convention; what is told of it goes to *told*."""
    name = key if key in event.attributes else "body"
    if name in event.attributes:
        told += told_of(at, event, [other for other in event.attributes if other != name])
    return event.attributes.get(name)


def _source(attributes: JsonObject, of_span: JsonObject) -> tuple[JsonObject, list[str]]:
    """Return an event as one message, whatever names the content has, and what is beside it.

    Names of what belongs to a message have no namespace. What has one tells of the event: it is
    returned as the list of those keys.
    """
    known = [of_span.get(key) for key in _PROVIDERS]
    source: JsonObject = {}
    aside: list[str] = []
    for key, value in attributes.items():
        if key == "event.name" or (key in _PROVIDERS and value in known):
            continue
        if value == _ELIDED:
            aside.append(key)
            continue
        if key == "gen_ai.event.content":
            body = parsed_json(value)
            source = {**source, **body} if isinstance(body, dict) else {**source, "content": value}
        elif key.startswith("message."):
            source[key[len("message.") :]] = value
        elif key in ("gen_ai.prompt", "gen_ai.completion", "body"):
            source.setdefault("content", value)
        elif key in _PLACES or ("." in key and not key.startswith(("tool_calls.", "tool.result"))):
            aside.append(key)
        elif not key.startswith("tool_calls."):
            source[key] = value
    calls = indexed(attributes, "tool_calls.")
    if calls:
        source["tool_calls"] = list(calls.values())
    message = source.pop("message", None)
    if message is not None:
        body = _opened(message)
        source = {**body, **source} if isinstance(body, dict) else {"content": body, **source}
    content = source.get("content")
    if isinstance(content, str):
        source["content"] = parts_in(content) or content
    elif isinstance(content, dict) and isinstance(content.get("parts"), list):
        # Gemini's content, which says itself whether it is the model's.
        del source["content"]
        source |= {k: v for k, v in content.items() if k != "role" or v == "model"}
    return source, aside


def _opened(value: Json) -> Json:
    """Return a message in JSON text as an object, parts in JSON text as a list; else the text."""
    if not isinstance(value, str):
        return [value] if isinstance(value, dict) and not is_message(value) else value
    found = json_or_text(value)
    return found if isinstance(found, dict) and is_message(found) else parts_in(value) or value


def _choice(source: JsonObject) -> tuple[int | None, list[JsonObject]]:
    source = {"role": "assistant", **source}
    index = source.pop("index", None)
    results = source.pop("tool.result", None)
    messages = normal_messages([source], "assistant") or []
    if results is not None:  # Strands: what the tools, called by this choice, gave back
        told = {"role": "tool", "content": parts_in(results) or results}
        messages += normal_messages([told], "tool") or []
    return (index if isinstance(index, int) else None), messages


def _add_piece(piece: list[JsonObject], choice: list[JsonObject]) -> None:
    """Add to a choice what a further event says of it: streams are told chunk by chunk."""
    if not piece or not choice:
        choice += piece
        return
    message = dict(choice[-1])
    for key, value in piece[0].items():
        known = message.get(key)
        if key == "content" and isinstance(known, str) and isinstance(value, str):
            message[key] = known + value
        elif key == "content" and known is not None and value is not None:
            message[key] = blocks_of(message) + blocks_of(piece[0])
        elif key == "tool_calls" and known is not None:
            message[key] = known + value
        elif value is not None and key != "role":
            message[key] = value
    choice[-1:] = [message, *piece[1:]]


def _merge(attributes: JsonObject, details: JsonObject) -> None:
    """Add the attributes of one more details event; lists that differ are put together."""
    for key, value in attributes.items():
        known = details.get(key)
        if known is None:
            details[key] = value
        elif known != value:
            here, there = json_list(known), json_list(value)
            if here is not None and there is not None:
                details[key] = here + there
