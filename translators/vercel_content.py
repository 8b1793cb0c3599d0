"""What went into a call of the Vercel AI SDK, and what came out of it.

Values are JSON text; lists are arrays of JSON texts: OpenTelemetry has no arrays of objects.
Source: https://github.com/vercel/ai, ``packages/ai`` 3.4, 4.3, 5.0 and 6.0, ``packages/otel`` 1.0.
"""

from translators.attributes import json_list, parsed_json, text
from translators.base import Draft
from translators.documents import document
from translators.messages import FINISH_WORDS, beside_messages, normal_messages, with_system
from translators.span import Json, JsonObject
from translators.tools import calls_of, together
from translators.vercel_parts import opened_parts, server_call

OUTPUT = "gen_ai.output.messages"
_SIDES = ("ai.response.", "ai.result.")  # the latter until version 4
# What an answer consists of; the words behind the two prefixes.
_ANSWER = ("text", "reasoning", "files", "toolCalls", "object")
_REASONS = ("ai.response.finishReason", "ai.finishReason")
# Attributes that are read here, for the documentation of the dialect.
READ = {
    "ai.prompt.messages": "inputs (messages)",
    "ai.prompt": "inputs (messages)",
    "ai.request.text": "inputs (messages)",
    **{f"{side}{word}": "outputs (messages)" for side in _SIDES for word in _ANSWER},
    "ai.toolCall.args": "inputs",
    "ai.toolCall.input": "inputs",
    "ai.toolCall.result": "outputs.output",
    "ai.toolCall.output": "outputs.output",
    "ai.value": "inputs.input",
    "ai.values": "inputs.input",
    "ai.embedding": "outputs.data",
    "ai.embeddings": "outputs.data",
    "ai.documents": "inputs.input_documents",
    "ai.ranking": "outputs.documents",
    "ai.decision.state": "inputs.state",
    "ai.decision.questions": "inputs.questions",
    "ai.decision.answers": "outputs.answers",
    OUTPUT: "outputs (messages)",
}


def say_content(attributes: JsonObject, draft: Draft) -> None:
    """Say the inputs and outputs that the attributes hold, each in the shape of its kind."""
    if "ai.prompt.messages" in attributes:
        _say_messages(attributes, draft)
    elif "ai.prompt" in attributes:
        _say_prompt(attributes["ai.prompt"], draft)
    elif "ai.request.text" in attributes:
        messages = normal_messages(text(attributes["ai.request.text"]), "user")
        draft.say("inputs", messages and {"messages": messages}, "ai.request.text")
    elif "ai.documents" in attributes:
        _say_reranking(attributes, draft)
    else:
        _say_other_inputs(attributes, draft)
    _say_other_outputs(attributes, draft)
    _say_answer(attributes, draft)


def say_agent_turn(attributes: JsonObject, draft: Draft) -> None:
    """Say what an agent of version 7 answered, in the order in which it happened.

    It sends one message: the text of its last step, then the calls and results of all its steps.
    Where the agent was stopped, that text came with the calls.
    """
    found = parsed_json(attributes.get(OUTPUT))
    if not isinstance(found, list) or len(found) != 1 or not isinstance(found[0], dict):
        return
    parts = found[0].get("parts")
    if not isinstance(parts, list):
        return
    groups: dict[Json, list[Json]] = {"tool_call": [], "tool_call_response": [], None: []}
    for part in parts:
        kind = part.get("type") if isinstance(part, dict) else None
        groups[kind if kind in ("tool_call", "tool_call_response") else None].append(part)
    calls, results, rest = groups.values()
    if not results or found[0].get("finish_reason") == "tool_call":
        return
    messages = normal_messages(
        [
            {"role": "assistant", "parts": calls},
            {"role": "tool", "parts": results},
            {**found[0], "parts": rest},
        ],
        "assistant",
    )
    draft.say("outputs", {"messages": messages}, OUTPUT)


def _say_messages(attributes: JsonObject, draft: Draft) -> None:
    value = attributes["ai.prompt.messages"]
    found, whole = opened_parts(parsed_json(value))
    messages = None if found is None else normal_messages(found, "user")
    if messages is None:
        draft.say("raw_inputs", text(value))
        return
    inputs = {"messages": messages, **beside_messages(found)}
    draft.say("inputs", inputs, *(("ai.prompt.messages",) if whole else ()))


def _say_prompt(value: Json, draft: Draft) -> None:
    """Say what the user of the SDK gave: instructions, and a prompt or messages."""
    found = parsed_json(value)
    if not isinstance(found, dict):
        draft.say("raw_inputs", text(value))
        return
    rest = {key: item for key, item in found.items() if key not in ("system", "prompt", "messages")}
    messages: list[JsonObject] = []
    whole = True
    for key in ("prompt", "messages"):
        given, kept = opened_parts(found.get(key))
        whole = whole and kept
        if given is not None:
            more = normal_messages(given, "user")
            if more is None:
                rest[key] = given
            else:
                messages += more
                together(rest, beside_messages(given))
    if found.get("system") is not None:
        messages = with_system(found["system"], messages)
    inputs: JsonObject = {"messages": messages} if messages else {}
    draft.say("inputs", together(inputs, rest), *(("ai.prompt",) if whole else ()))


def _say_other_inputs(attributes: JsonObject, draft: Draft) -> None:
    for key in ("ai.toolCall.args", "ai.toolCall.input"):
        if key in attributes:
            given = _json(attributes[key])
            draft.say("inputs", given if isinstance(given, dict) else {"input": given}, key)
    if "ai.value" in attributes:
        draft.say("inputs", {"input": _json(attributes["ai.value"])}, "ai.value")
    if "ai.values" in attributes:
        draft.say("inputs", {"input": _items(attributes["ai.values"])}, "ai.values")
    _say_named("inputs", attributes, ("state", "questions"), draft)


def _say_other_outputs(attributes: JsonObject, draft: Draft) -> None:
    for key in ("ai.toolCall.result", "ai.toolCall.output"):
        if key in attributes:
            draft.say("outputs", {"output": _json(attributes[key])}, key)
    for key in ("ai.embeddings", "ai.embedding"):
        if key in attributes:
            vectors = [_json(attributes[key])] if key == "ai.embedding" else _items(attributes[key])
            data = [{"index": at, "embedding": vector} for at, vector in enumerate(vectors)]
            draft.say("outputs", {"data": data}, key)
    _say_named("outputs", attributes, ("answers",), draft)


def _say_named(side: str, attributes: JsonObject, names: tuple[str, ...], draft: Draft) -> None:
    """Say what a decision is made of, each part under its own name."""
    keys = {name: f"ai.decision.{name}" for name in names if f"ai.decision.{name}" in attributes}
    if keys:
        found = {name: _json(attributes[key]) for name, key in keys.items()}
        draft.say(side, found, *keys.values())


def _say_reranking(attributes: JsonObject, draft: Draft) -> None:
    """Say documents and their ranking, which names them by index; the query is never sent."""
    given = _items(attributes["ai.documents"])
    draft.say("inputs", {"input_documents": given}, "ai.documents")
    if "ai.ranking" not in attributes:
        return
    documents: list[JsonObject] = []
    for item in _items(attributes["ai.ranking"]):
        told = dict(item) if isinstance(item, dict) else {"value": item}
        at = told.get("index")
        if isinstance(told.get("relevanceScore"), int | float):
            told["score"] = told.pop("relevanceScore")
        source = given[at] if isinstance(at, int) and 0 <= at < len(given) else None
        content = source if isinstance(source, str) else ""
        if source is not None and not isinstance(source, str):
            told["document"] = source
        documents.append(document(content, told))
    draft.say("outputs", {"documents": documents}, "ai.ranking")


def _say_answer(attributes: JsonObject, draft: Draft) -> None:
    """Say text, reasoning, files and tool calls as the one message that they are together."""
    keys = _answer_keys(attributes, draft)
    if not keys:
        return
    told = {word: attributes[key] for word, key in keys.items()}
    parts = _reasoning(told.get("reasoning"))
    answer = told.get("text", told.get("object"))
    if answer is not None:
        parts.append({"type": "text", "text": answer})
    files, calls = _objects(told.get("files")), json_list(told.get("toolCalls"))
    parts += [{"type": "file", **file} for file in files or ()]
    message: JsonObject = {"role": "assistant", "content": parts}
    if calls:
        parts += [part for part in map(server_call, filter(_is_object, calls)) if part]
        message["tool_calls"] = calls_of([call for call in map(_plain, calls) if call])
    reason = next((text(attributes[key]) for key in _REASONS if key in attributes), None)
    if reason is not None:
        message["finish_reason"] = FINISH_WORDS.get(reason, reason)
    outputs: JsonObject = {"messages": normal_messages([message], "assistant")}
    if "object" in told:
        outputs["object"] = _json(told["object"])
    broken = {"files"} if files is None else set()
    broken |= {"toolCalls"} if calls is None else set()
    draft.say("outputs", outputs, *(keys[word] for word in keys if word not in broken))


def _answer_keys(attributes: JsonObject, draft: Draft) -> dict[str, str]:
    """Return which attribute tells which word of the answer; one that repeats another is used."""
    keys: dict[str, str] = {}
    for side in _SIDES:
        for word in _ANSWER:
            key = side + word
            if key in attributes and word not in keys:
                keys[word] = key
            elif key in attributes and attributes[keys[word]] == attributes[key]:
                draft.used.add(key)
    return keys


def _plain(call: Json) -> Json:
    """Return a tool call without what every one says; None for one that ran at the provider."""
    if not isinstance(call, dict):
        return call
    if server_call(call):
        return None
    if call.get("toolCallType") == "function":
        return {key: value for key, value in call.items() if key != "toolCallType"}
    return call


def _objects(value: Json) -> list[JsonObject] | None:
    """Return the objects in a list; None where it holds anything else, or is none."""
    found = [_json(item) for item in json_list(value) or ()]
    return found if found and all(map(_is_object, found)) else None


def _is_object(value: Json) -> bool:
    return isinstance(value, dict)


def _reasoning(value: Json) -> list[Json]:
    """Return reasoning as parts: text since version 6, a list of objects in some of version 4."""
    found = json_list(value) if not isinstance(value, str) or value[:1] == "[" else None
    if found is None:
        return [] if value is None else [{"type": "reasoning", "text": value}]
    return [
        {"type": "reasoning", **item} if isinstance(item, dict) and "type" not in item else item
        for item in found
    ]


def _json(value: Json) -> Json:
    """Return what JSON text says; text that is none, and ``null``, as it is."""
    found = parsed_json(value)
    return value if found is None else found


def _items(value: Json) -> list[Json]:
    """Return the items of an array of JSON texts, or of JSON text of an array."""
    found = value if isinstance(value, list) else json_list(value)
    return [value] if found is None else [_json(item) for item in found]
