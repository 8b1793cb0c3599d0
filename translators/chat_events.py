"""Messages that come as span events instead of attributes.

Source: OpenTelemetry "Semantic conventions for generative AI", events, versions 1.27 to 1.36 (one
event a message) and since (``gen_ai.client.inference.operation.details``).
"""

from collections.abc import Sequence

from translators.attributes import indexed, json_list, json_or_text, parsed_json
from translators.envelopes import is_message
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
_PROMPT, _COMPLETION = "gen_ai.content.prompt", "gen_ai.content.completion"
_DETAILS = ".operation.details"
_PROVIDERS = ("gen_ai.system", "gen_ai.provider.name")
_CONTENTS = ("content", "message", "gen_ai.prompt", "gen_ai.completion")


class ChatEvents:
    """What the events of a span say, with the indexes of those that are told completely.

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
        self.message_events: list[int] = []
        self.choices: list[list[JsonObject]] = []
        self.choice_events: list[int] = []
        self.prompt: Json = None
        self.completion: Json = None
        self.details: JsonObject = {}
        self.detail_events: dict[int, Event] = {}

    def outputs(self, reasons: Sequence[str]) -> JsonObject:
        """Return the choices as the outputs of a run; *reasons* as for ``outputs_of``."""
        messages = [message for choice in self.choices for message in choice]
        return outputs_of(messages, turn=len(messages) != len(self.choices), reasons=reasons)


def read_events(events: Sequence[Event], attributes: JsonObject) -> ChatEvents | None:
    """Return what the events say about messages; None where none of them is about messages.

    Args:
        events: of one span, in order of time.
        attributes: of that span; what an event only repeats of them is left out.
    """
    found = ChatEvents()
    seen = False
    order: list[tuple[int, int, list[JsonObject]]] = []
    for at, event in enumerate(events):
        name = event.name
        if name in _ROLES:
            found.messages += _messages(event, attributes, _ROLES[name])
            found.message_events.append(at)
        elif name == _CHOICE:
            index, choice = _choice(event, attributes)
            order.append((len(order) if index is None else index, at, choice))
            found.choice_events.append(at)
        elif name.endswith(_DETAILS):
            _merge(event.attributes, found.details)
            found.detail_events[at] = event
        elif name == _PROMPT and found.prompt is None:
            found.prompt = event.attributes.get("gen_ai.prompt")
            found.message_events += [at] if len(event.attributes) == 1 else []
        elif name == _COMPLETION and found.completion is None:
            found.completion = event.attributes.get("gen_ai.completion")
            found.choice_events += [at] if len(event.attributes) == 1 else []
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


def _source(attributes: JsonObject, of_span: JsonObject) -> JsonObject:
    """Return the attributes of an event as one message, whatever names the content has."""
    known = [of_span.get(key) for key in _PROVIDERS]
    source: JsonObject = {}
    for key, value in attributes.items():
        if key == "event.name" or (key in _PROVIDERS and value in known):
            continue
        if key == "gen_ai.event.content":
            body = parsed_json(value)
            source = {**source, **body} if isinstance(body, dict) else {**source, "content": value}
        elif key.startswith("message."):
            source[key[len("message.") :]] = value
        elif key in ("gen_ai.prompt", "gen_ai.completion"):
            source.setdefault("content", value)
        elif not key.startswith("tool_calls."):
            source[key] = value
    calls = indexed(attributes, "tool_calls.")
    if calls:
        source["tool_calls"] = list(calls.values())
    message = source.pop("message", None)
    if message is not None:
        body = _opened(message)
        source = {**body, **source} if isinstance(body, dict) else {"content": body, **source}
    if isinstance(source.get("content"), str):
        source["content"] = parts_in(source["content"]) or source["content"]
    return source


def _opened(value: Json) -> Json:
    """Return a message in JSON text as an object, parts in JSON text as a list; else the text."""
    if not isinstance(value, str):
        return [value] if isinstance(value, dict) and not is_message(value) else value
    found = json_or_text(value)
    return found if isinstance(found, dict) and is_message(found) else parts_in(value) or value


def _messages(event: Event, of_span: JsonObject, role: str) -> list[JsonObject]:
    source = {"role": role, **_source(event.attributes, of_span)}
    return normal_messages([source], role) or []


def _choice(event: Event, of_span: JsonObject) -> tuple[int | None, list[JsonObject]]:
    source = {"role": "assistant", **_source(event.attributes, of_span)}
    index = source.pop("index", None)
    results = source.pop("tool.result", None)
    messages = normal_messages([source], "assistant") or []
    if results is not None:  # Strands: what the tools, called by this choice, gave back
        told = {"role": "tool", "content": parts_in(results) or results}
        messages += normal_messages([told], "tool") or []
    return (index if isinstance(index, int) else None), messages


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
