"""Messages that come as span events instead of attributes.

Source: OpenTelemetry "Semantic conventions for generative AI", events, versions 1.27 to 1.36 (one
event a message) and since (``gen_ai.client.inference.operation.details``).
"""

from collections.abc import Collection, Hashable, Sequence

from translators.attributes import indexed, json_list, json_or_text, parsed_json
from translators.envelopes import is_message
from translators.joined_messages import whole, with_more
from translators.messages import normal_messages, outputs_of
from translators.parts import parts_in
from translators.span import Event, Json, JsonObject
from translators.tools import together

ROLES = {
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
_BODY, _CALLS = "gen_ai.event.content", "tool_calls."
_ELIDED = "<elided>"  # what Google's ADK puts in place of content that it shall not send
_CONTENT_ROLES = ("user", "function", "system")  # of Gemini; whose event it is tells as much
_SILENT = ("role", "name")
_CONTENTS = ("content", "message", "gen_ai.prompt", "gen_ai.completion", "body")
# Of a log record, where the message stood in a list that Python's logging knows nothing of.
_PLACES = ("CHAT_MESSAGE_INDEX", "chat_message_index")


class _Together(list[Json]):
    """A list of what several events say: our own, to be added to."""


class ChatEvents:
    """What the events of a span say, with the keys of what is told (see ``told_of``).

    Attributes:
        messages: the input side in normal form, and ``message_events`` where it came from.
        choices: a list of messages for each choice, in order, and ``choice_events``.
        prompt, completion: of the oldest convention, as they came; None where not said. And
            ``prompt_events`` and ``completion_events``.
        details: attributes of the details events, merged, and ``detail_events``.
    """

    __slots__ = (
        "choice_events",
        "choices",
        "completion",
        "completion_events",
        "detail_events",
        "details",
        "message_events",
        "messages",
        "prompt",
        "prompt_events",
    )

    def __init__(self) -> None:
        self.messages: list[JsonObject] = []
        self.message_events: list[Hashable] = []
        self.choices: list[list[JsonObject]] = []
        self.choice_events: list[Hashable] = []
        self.prompt: Json = None
        self.prompt_events: list[Hashable] = []
        self.completion: Json = None
        self.completion_events: list[Hashable] = []
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
    order: list[tuple[int, int, list[list[JsonObject]]]] = []
    pieces: dict[int, list[list[JsonObject]]] = {}  # of choices, by the index that they say
    for at, event in enumerate(events):
        name = event.name
        if name in ROLES:
            source, aside = _source(event, attributes)
            role = ROLES[name]
            messages = normal_messages([{"role": role, **source}], role)
            if not messages or all(key in _SILENT or source[key] is None for key in source):
                continue  # no message, or its content is not captured
            found.messages += messages
            found.message_events += told_of(at, event, aside)
        elif name == _CHOICE:
            source, aside = _source(event, attributes)
            index, choice = _choice(source)
            if not choice:
                continue
            if index in pieces:
                pieces[index].append(choice)
            else:
                order.append((len(order) if index is None else index, at, [choice]))
                if index is not None:
                    pieces[index] = order[-1][2]
            found.choice_events += told_of(at, event, aside)
        elif name.endswith(_DETAILS):
            _merge(event.attributes, found.details)
            found.detail_events[at] = event
        elif name in _PROMPTS and found.prompt is None:
            found.prompt = _text_of(event, "gen_ai.prompt", at, found.prompt_events)
        elif name == _COMPLETION and found.completion is None:
            found.completion = _text_of(event, "gen_ai.completion", at, found.completion_events)
        else:
            continue
        seen = True
    order.sort(key=lambda choice: choice[:2])
    for place, (index, _, told) in enumerate(order):
        choice = whole(told)
        if index != place and pieces.get(index) is told:
            choice[0] = with_more(choice[0], {"index": index})  # its place does not tell
        found.choices.append(choice)
    return found if seen else None


def tool_value(event: Event) -> tuple[str, Json]:
    """Return the content of a message event as a tool's arguments or result, with its key.

    ``("", None)`` without one.
    """
    for key in _CONTENTS:
        value = event.attributes.get(key)
        if value is not None:
            return key, json_or_text(value)
    return "", None


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
    kept = frozenset(aside)
    return [(at,), *((at, key) for key in event.attributes if key not in kept)]


def _text_of(event: Event, key: str, at: int, told: list[Hashable]) -> Json:
    """Return the text of an event of the oldest convention; what is told of it goes to *told*."""
    name = key if key in event.attributes else "body"
    if name in event.attributes:
        told += told_of(at, event, [other for other in event.attributes if other != name])
    return event.attributes.get(name)


def _source(event: Event, of_span: JsonObject) -> tuple[JsonObject, list[str]]:
    """Return an event as one message, whatever names the content has, and what is beside it.

    Names of what belongs to a message have no namespace. What has one tells of the event: it is
    returned as the list of those keys.
    """
    attributes = event.attributes
    providers = [of_span.get(key) for key in _PROVIDERS]
    body = parsed_json(attributes.get(_BODY))
    source: JsonObject = dict(body) if isinstance(body, dict) else {}
    if source == {} and _BODY in attributes:
        source["content"] = attributes[_BODY]
    aside: list[str] = []
    for key, value in attributes.items():
        if key == _BODY or value == event.name or (key in _PROVIDERS and value in providers):
            continue
        word = key
        if key.startswith("message."):
            word = key[len("message.") :]
        elif key in ("gen_ai.prompt", "gen_ai.completion", "body"):
            word = "content"
        elif key.startswith(_CALLS) and key[len(_CALLS) :].partition(".")[0].isdecimal():
            continue
        elif key in _PLACES or ("." in key and key != "tool.result"):
            word = ""
        if not word or value == _ELIDED or source.setdefault(word, value) != value:
            aside.append(key)
    calls = indexed(attributes, _CALLS)
    if calls and "tool_calls" not in source:
        source["tool_calls"] = list(calls.values())
    elif any(key.startswith(_CALLS) for key in attributes):
        known = frozenset(aside)
        aside += [key for key in attributes if key.startswith(_CALLS) and key not in known]
    message = source.pop("message", None)
    if message is not None:
        inner = _opened(message)
        together(source, inner if isinstance(inner, dict) else {"content": inner})
    content = source.get("content")
    if isinstance(content, str):
        source["content"] = parts_in(content) or content
    elif isinstance(content, dict) and isinstance(content.get("parts"), list):
        # Gemini's content, which says itself whether it is the model's.
        del source["content"]
        told = content.get("role") in _CONTENT_ROLES
        together(source, {k: v for k, v in content.items() if k != "role" or not told})
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
    if results is not None:
        source.setdefault("content", None)  # so it is a message, whatever else it says
    messages = normal_messages([source], "assistant") or []
    if results is not None:  # Strands: what the tools, called by this choice, gave back
        told = {"role": "tool", "content": parts_in(results) or results}
        messages += normal_messages([told], "tool") or []
    if messages and index is not None and index.__class__ is not int:
        messages = [with_more(messages[0], {"index": index}), *messages[1:]]
        index = None
    return index, messages


def _merge(attributes: JsonObject, details: JsonObject) -> None:
    """Add the attributes of one more details event; lists that differ are put together."""
    for key, value in attributes.items():
        known = details.get(key)
        if known is None:
            details[key] = value
        elif known != value:
            here, there = json_list(known), json_list(value)
            if here is None or there is None:
                continue
            if here.__class__ is not _Together:
                details[key] = here = _Together(here)
            here.extend(there)
