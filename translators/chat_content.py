"""The inputs and outputs that ``gen_ai.*`` attributes and events hold.

Attributes win over events, for each side by itself.
Source: OpenTelemetry "Semantic conventions for generative AI", spans and events.
"""

from collections.abc import Hashable, Sequence

from translators.attributes import json_list, json_or_text, number, parsed_json
from translators.base import Draft
from translators.chat_events import ChatEvents, told_of, tool_value
from translators.documents import documents_of
from translators.envelopes import is_message
from translators.messages import normal_messages, outputs_of, with_system
from translators.parts import result_text
from translators.span import Json, JsonObject, Span

INPUT, OUTPUT = "gen_ai.input.messages", "gen_ai.output.messages"
SYSTEM, TOOLS = "gen_ai.system_instructions", "gen_ai.tool.definitions"
# The second words are those of Cloudflare's AI Gateway and of Braintrust.
PROMPTS = ("gen_ai.prompt", "gen_ai.prompt_json")
COMPLETIONS = ("gen_ai.completion", "gen_ai.completion_json")
ARGUMENTS = (
    "gen_ai.tool.call.arguments", "gen_ai.tool.input", "gen_ai.tool.args", "gen_ai.tool.parameters",
)  # fmt: skip
RESULTS = ("gen_ai.tool.call.result", "gen_ai.tool.output", "gen_ai.tool.result")
_TOOL_CALL = ("gen_ai.tool.call.arguments", "gen_ai.tool.call.result", "gen_ai.tool.call.id")
QUERIES = ("gen_ai.retrieval.query.text", "gen_ai.retrieval.query", "gen_ai.memory.query.text")
TOP_K = ("gen_ai.retrieval.top_k", "gen_ai.request.top_k")
DOCUMENTS = ("gen_ai.retrieval.documents", "gen_ai.memory.records")


def is_tool_io(attributes: JsonObject) -> bool:
    """Tell whether a call of a tool is among the attributes: its arguments, result or id."""
    return any(key in attributes for key in _TOOL_CALL)


def is_retrieval(attributes: JsonObject) -> bool:
    """Tell whether retrieved documents are among the attributes."""
    return DOCUMENTS[0] in attributes


def say_tool(span: Span, events: ChatEvents | None, draft: Draft) -> None:
    """Say a tool's arguments as inputs, its result as outputs."""
    attributes = span.attributes
    given = _first(attributes, ARGUMENTS) or _of_event(span, events, "message_events")
    if given is not None:
        keys, value = given
        found = json_or_text(value)
        draft.say("inputs", found if isinstance(found, dict) else {"input": found}, *keys)
    given = _first(attributes, RESULTS) or _of_event(span, events, "choice_events")
    if given is not None:
        keys, value = given
        draft.say("outputs", {"output": tool_output(json_or_text(value))}, *keys)


def say_retrieval(attributes: JsonObject, draft: Draft) -> None:
    """Say a query as inputs, the documents found as outputs."""
    given = _first(attributes, QUERIES)
    if given is not None:
        keys, query = given
        inputs: JsonObject = {"query": query}
        top = _first(attributes, TOP_K)
        if top is not None and number(top[1]) is not None:
            inputs["k"] = number(top[1])
            keys += top[0]
        draft.say("inputs", inputs, *keys)
    given = _first(attributes, DOCUMENTS)
    if given is not None:
        keys, value = given
        documents = documents_of(value)
        if documents is not None:
            draft.say("outputs", {"documents": documents}, *keys)


def say_messages(
    span: Span, events: ChatEvents | None, draft: Draft, *, turn: bool, reasons: Sequence[str]
) -> None:
    """Say the messages of a call, or of an agent, as inputs and outputs.

    Args:
        span: the span.
        events: what its events say.
        draft: gets ``inputs`` and ``outputs``, or ``raw_`` ones of what is no message.
        turn: several messages of the output follow each other, as an agent's do.
        reasons: why the choices ended.
    """
    attributes = span.attributes
    if "inputs" not in draft.said:
        system, value = attributes.get(SYSTEM), attributes.get(INPUT)
        if events is not None and events.details:
            system = events.details.get(SYSTEM) if system is None else system
            value = events.details.get(INPUT) if value is None else value
        _say_inputs(value, system, events, attributes, draft)
    if "outputs" not in draft.said:
        value = attributes.get(OUTPUT)
        if events is not None and events.details:
            value = events.details.get(OUTPUT) if value is None else value
        _say_outputs(value, events, attributes, draft, turn, reasons)


def _say_inputs(
    value: Json,
    system: Json,
    events: ChatEvents | None,
    attributes: JsonObject,
    draft: Draft,
) -> None:
    messages, rest = _messages_in(value, "user")
    keys: tuple[Hashable, ...] = ()
    side: tuple[str, ...] = ()
    if messages is not None:
        side = (INPUT,)
    elif value is not None and value != "[]":
        draft.say("raw_inputs", json_or_text(value))
    elif events is not None and events.messages:
        messages, keys = events.messages, tuple(events.message_events)
    if system is not None:
        found = json_or_text(system)
        together = with_system(found, messages or [])
        if together:
            messages = together
            side += (SYSTEM,)
    if messages:
        if events is not None:
            if value is not None and messages == events.messages:
                keys = tuple(events.message_events)
            keys = (*_detail_events(events, attributes, side), *side, *keys)
        draft.say("inputs", {"messages": messages, **rest}, *(keys or side))
    elif (given := _first(attributes, PROMPTS)) is not None:
        draft.say("inputs", _prompt(given[1]), *given[0])
    elif events is not None and events.prompt is not None:
        draft.say("inputs", _prompt(events.prompt), *events.prompt_events)


def _say_outputs(
    value: Json,
    events: ChatEvents | None,
    attributes: JsonObject,
    draft: Draft,
    turn: bool,
    reasons: Sequence[str],
) -> None:
    messages, rest = _messages_in(value, "assistant")
    if messages is not None:
        turn = turn or any(message.get("role") == "tool" for message in messages)
        outputs = outputs_of(messages, turn=turn, reasons=reasons)
        keys: tuple[Hashable, ...] = (OUTPUT,)
        if events is not None:
            keys += _detail_events(events, attributes, (OUTPUT,))
            if events.choices and outputs == events.outputs(reasons):
                keys += tuple(events.choice_events)
        draft.say("outputs", {**outputs, **rest}, *keys)
    elif value is not None and value != "[]":
        draft.say("raw_outputs", json_or_text(value))
    elif events is not None and events.choices:
        draft.say("outputs", events.outputs(reasons), *events.choice_events)
    elif (given := _first(attributes, COMPLETIONS)) is not None:
        draft.say("outputs", _completion(given[1], reasons), *given[0])
    elif events is not None and events.completion is not None:
        draft.say("outputs", _completion(events.completion, reasons), *events.completion_events)


def _messages_in(value: Json, role: str) -> tuple[list[JsonObject] | None, JsonObject]:
    """Return the messages of an attribute, and what else an object around them says."""
    if value is None:
        return None, {}
    found = parsed_json(value)
    if not isinstance(found, list | dict):
        if not isinstance(value, str) or value[:1] in ("", "[", "{"):
            return None, {}
        found = value  # plain text
    messages = normal_messages(found, role)
    if not messages:
        return None, {}
    wrapped = isinstance(found, dict) and "messages" in found
    return messages, {k: v for k, v in found.items() if k != "messages"} if wrapped else {}


def _detail_events(
    events: ChatEvents, attributes: JsonObject, side: tuple[str, ...]
) -> tuple[Hashable, ...]:
    """Return what of the details events is told by a *side*, or repeated by the span."""
    told: list[Hashable] = []
    for at, event in events.detail_events.items():
        if event.attributes.keys().isdisjoint(side):
            continue
        aside = [
            key
            for key, value in event.attributes.items()
            if value != event.name
            and not (
                _same(attributes[key], value)
                if key in attributes
                else key in side and _merged(events.details[key], value)
            )
        ]
        told += told_of(at, event, aside)
    return tuple(told)


def tools_events(events: ChatEvents) -> tuple[Hashable, ...]:
    """Return what of the details events is told by the tools that they together define."""
    tools = events.details.get(TOOLS)
    return tuple(
        key
        for at, event in events.detail_events.items()
        if TOOLS in event.attributes and _merged(tools, event.attributes[TOOLS])
        for key in ((at,), (at, TOOLS))
    )


def _merged(details: Json, value: Json) -> bool:
    """Tell whether what the events together say of a key holds what this one says of it."""
    return details == value or (isinstance(details, list) and json_list(value) is not None)


def _same(attribute: Json, value: Json) -> bool:
    """Tell whether an event repeats an attribute, which may be JSON text of the same."""
    if attribute == value:
        return True
    return isinstance(value, list | dict) and parsed_json(attribute) == value


def _prompt(value: Json) -> JsonObject:
    """Return the inputs of the oldest convention: messages by their shape, else a prompt."""
    found = json_or_text(value)
    wrapped = isinstance(found, dict) and "messages" in found
    if isinstance(found, dict) and not wrapped and not is_message(found):
        return found
    messages = None if isinstance(found, str) else normal_messages(found, "user")
    if messages is None:
        return {"prompt": found}
    return {**found, "messages": messages} if wrapped else {"messages": messages}


def _completion(value: Json, reasons: Sequence[str]) -> JsonObject:
    """Return the outputs of the oldest convention: messages by their shape, else texts."""
    found = json_or_text(value)
    rest: JsonObject = {}
    if isinstance(found, dict):
        key = next((key for key in ("choices", "messages") if key in found), None)
        if key is None and not is_message(found):
            return found
        if key is not None:
            rest = {k: v for k, v in found.items() if k != key}
            found = found[key]
    if not isinstance(found, str):
        messages = normal_messages(found, "assistant")
        if messages is not None:
            return {**rest, **outputs_of(messages, reasons=reasons)}
    texts = found if isinstance(found, list) else [found]
    return {
        **rest,
        "choices": [
            {"text": text, "index": at, "finish_reason": reasons[at] if at < len(reasons) else None}
            for at, text in enumerate(texts)
        ],
    }


def tool_output(value: Json) -> Json:
    """Return a tool's result without the blocks around it, where these say nothing."""
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        if len(value) == 1 and value[0].keys() == {"json"}:
            return value[0]["json"]
        if all(item.keys() <= {"type", "text"} and "text" in item for item in value):
            return result_text(value)
    return value


def _first(attributes: JsonObject, keys: Sequence[str]) -> tuple[tuple[Hashable, ...], Json] | None:
    for key in keys:
        value = attributes.get(key)
        if value is not None:
            return (key,), value
    return None


def _of_event(
    span: Span, events: ChatEvents | None, side: str
) -> tuple[tuple[Hashable, ...], Json] | None:
    """Return what the one message event of a side holds: on a tool's span, the tool's own."""
    keys = getattr(events, side)[:1] if events is not None else []
    if not keys:
        return None
    at = keys[0] if isinstance(keys[0], int) else keys[0][0]
    event = span.events[at]
    key, value = tool_value(event)
    if value is None:
        return None
    known = {"id": "gen_ai.tool.call.id", "name": "gen_ai.tool.name"}
    told = all(
        name == key or said == "tool" or span.attributes.get(known.get(name, name)) == said
        for name, said in event.attributes.items()
    )
    return ((at,) if told else ()), value
