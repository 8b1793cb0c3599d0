"""The two sides of an OpenInference span, by its kind: flattened lists first, then raw values.

Source: OpenInference, ``spec/semantic_conventions.md``.
"""

from translators.attributes import json_or_text, parsed_json, text
from translators.base import Draft
from translators.messages import message_like, normal_messages, outputs_of
from translators.openinference_content import (
    CHOICES,
    DOCUMENTS,
    EMBEDDINGS,
    INPUT_ARGUMENTS,
    INPUT_MESSAGES,
    OUTPUT_ARGUMENTS,
    OUTPUT_MESSAGES,
    PROMPTS,
    RERANKED,
    TO_RERANK,
    FlatList,
    arguments_from,
    documents_from,
    one_or_all,
    texts_from,
    vectors_from,
)
from translators.openinference_messages import messages_of
from translators.openinference_responses import answer_of, carried_by, names_items, request_of
from translators.parts import is_part
from translators.span import Json, JsonObject
from translators.tools import calls_of

INPUT, OUTPUT = "input.value", "output.value"
MIME_TYPE, JSON = "output.mime_type", "application/json"
CHOICE_COUNTS = ("n", "candidate_count", "candidateCount")
FUNCTION_CALL = "llm.function_call"


def say_lists(attributes: JsonObject, lists: dict[str, FlatList], kind: str, draft: Draft) -> None:
    """Say the content that stands in flattened lists.

    Args:
        lists: as ``flattened_lists`` gives them.
        kind: of the span, in capitals; "" where it does not say.
    """
    if INPUT_MESSAGES in lists:
        flat = lists[INPUT_MESSAGES]
        whole = request_of(attributes, flat)
        messages = whole or messages_of(flat, attributes, "user")
        if messages:
            keys = carried_by(messages, attributes, flat) if whole else flat.keys
            draft.say("inputs", {"messages": messages}, *keys)
    if OUTPUT_MESSAGES in lists:
        flat = lists[OUTPUT_MESSAGES]
        whole = answer_of(attributes, flat)
        messages = whole or messages_of(flat, attributes, "assistant")
        if messages:
            keys = carried_by(messages, attributes, flat) if whole else flat.keys
            draft.say("outputs", _outputs(attributes, messages, draft), *keys)
    if PROMPTS in lists or CHOICES in lists:
        _say_completion(attributes, lists, draft)
    if kind == "RERANKER" or TO_RERANK in lists:
        _say_reranking(attributes, lists, draft)
    for prefix in (RERANKED, DOCUMENTS):
        if prefix in lists:
            flat = lists[prefix]
            documents = documents_from(flat, attributes)
            draft.say("outputs", {"documents": documents}, *flat.keys)
    if EMBEDDINGS in lists:
        flat = lists[EMBEDDINGS]
        texts, keys = texts_from(flat, attributes, "embedding")
        draft.say("inputs", {"input": one_or_all(texts)} if texts else None, *keys)
        vectors, keys = vectors_from(flat, attributes)
        draft.say("outputs", {"data": vectors} if vectors else None, *keys)


def _say_completion(attributes: JsonObject, lists: dict[str, FlatList], draft: Draft) -> None:
    if PROMPTS in lists:
        prompts, keys = texts_from(lists[PROMPTS], attributes, "prompt")
        draft.say("inputs", {"prompt": one_or_all(prompts)} if prompts else None, *keys)
    if CHOICES in lists:
        texts, keys = texts_from(lists[CHOICES], attributes, "completion")
        reason = text(attributes.get("llm.finish_reason"))
        choices = [
            {"text": said, "index": index, "finish_reason": reason}
            for index, said in enumerate(texts)
        ]
        draft.say("outputs", {"choices": choices} if choices else None, *keys)


def _say_reranking(attributes: JsonObject, lists: dict[str, FlatList], draft: Draft) -> None:
    inputs: JsonObject = {}
    keys: tuple[str, ...] = ()
    for key in ("reranker.query", INPUT):
        if key in attributes and inputs.setdefault("query", attributes[key]) == attributes[key]:
            keys += (key,)
    if TO_RERANK in lists:
        inputs["documents"] = documents_from(lists[TO_RERANK], attributes)
        keys += lists[TO_RERANK].keys
    draft.say("inputs", inputs or None, *keys)


def _outputs(attributes: JsonObject, messages: list[JsonObject], draft: Draft) -> JsonObject:
    last = messages[-1]
    reason = text(attributes.get("llm.finish_reason"))
    if reason is not None and "finish_reason" not in last:
        last["finish_reason"] = "tool_calls" if reason == "tool_call" else reason
    if FUNCTION_CALL in attributes and "tool_calls" not in last:
        calls = calls_of(attributes[FUNCTION_CALL])
        if calls:
            last["tool_calls"] = calls
    if len(messages) == 1:
        return {"messages": messages}
    params = draft.said.get("bag.params")
    asked = [params[0].get(word) for word in CHOICE_COUNTS] if params else []
    # Without a wish for several answers, several messages are the items of one.
    several = any(isinstance(wish, int) and wish > 1 for wish in asked)
    return outputs_of(messages, turn=not several)


def say_values(attributes: JsonObject, lists: dict[str, FlatList], kind: str, draft: Draft) -> None:
    """Say the raw values, in the shape that the kind of span gives them.

    Args:
        lists: as ``flattened_lists`` gives them.
        kind: of the span, in capitals; "" where it does not say.
    """
    if INPUT in attributes:
        value = _decoded(attributes, "input")
        if kind == "RETRIEVER" and isinstance(value, str):
            draft.say("inputs", {"query": value}, INPUT)
        elif kind == "LLM":
            _say_model_value(draft, "inputs", value, "user", INPUT)
        elif kind == "EMBEDDING" and isinstance(value, str):
            _say_equal(draft, "inputs", {"input": value}, INPUT)
        else:
            draft.say("raw_inputs", value, INPUT)
    elif INPUT_ARGUMENTS in lists:
        flat = lists[INPUT_ARGUMENTS]
        draft.say("raw_inputs", arguments_from(flat, attributes), *flat.keys)
    elif kind == "TOOL" and "tool.parameters" in attributes:
        draft.say("raw_inputs", json_or_text(attributes["tool.parameters"]), "tool.parameters")
    prompts = attributes.get("llm.prompts")
    if isinstance(prompts, list) and prompts and all(isinstance(said, str) for said in prompts):
        _say_equal(draft, "inputs", {"prompt": one_or_all(prompts)}, "llm.prompts")
    if OUTPUT_ARGUMENTS in lists and OUTPUT not in attributes:
        flat = lists[OUTPUT_ARGUMENTS]
        draft.say("raw_outputs", arguments_from(flat, attributes), *flat.keys)
    if OUTPUT in attributes:
        if kind == "LLM" and "outputs" in draft.said and attributes.get(MIME_TYPE) == JSON:
            return  # the provider's whole response: it always has more than the messages
        value = _decoded(attributes, "output")
        if kind in ("LLM", "PROMPT"):
            role = "assistant" if kind == "LLM" else "user"
            _say_model_value(draft, "outputs", value, role, OUTPUT)
        else:
            draft.say("raw_outputs", value, OUTPUT)


def _decoded(attributes: JsonObject, side: str) -> Json:
    value = attributes[f"{side}.value"]
    mime_type = attributes.get(f"{side}.mime_type")
    if mime_type is None:
        return json_or_text(value)
    if mime_type == JSON:
        found = parsed_json(value)
        return value if found is None else found
    return value


def _say_model_value(draft: Draft, side: str, value: Json, role: str, key: str) -> None:
    """Say a raw value as messages where there are none yet.

    Else it is for the finisher to see whether it adds anything to them.
    """
    content = None if side in draft.said else model_content(value, role)
    if content is None:
        draft.say(f"raw_{side}", value, key)
    else:
        draft.say(side, content, *(() if names_items(value) else (key,)))


def model_content(value: Json, role: str) -> JsonObject | None:
    """Return one side of a model call from its raw value, with messages in normal form.

    Requests and responses of OpenAI, and LangChain's prompts and generations, are known by their
    lists of messages; their other keys stay beside these. None where no messages are to be seen.
    """
    if isinstance(value, str):
        return {"messages": [{"role": role, "content": value}]} if text(value) else None
    if isinstance(value, list):
        told = message_like(value) or (bool(value) and all(map(is_part, value)))
        messages = normal_messages(value, role) if told else None
        return {"messages": messages} if messages else None
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("role"), str) and "content" in value:
        return {"messages": normal_messages([value], role)}
    kwargs = value.get("kwargs")
    if "lc" in value and isinstance(kwargs, dict) and message_like(kwargs):
        rest = {key: value[key] for key in value if key != "kwargs"}
        return {**rest, **kwargs, "messages": normal_messages(kwargs["messages"], role)}
    for key in ("messages", "generations", "output"):
        if isinstance(value.get(key), list):
            messages = normal_messages(value[key], role)
            if messages:
                rest = {name: value[name] for name in value if name != key}
                return {**rest, "messages": messages}
    return None


def _say_equal(draft: Draft, field: str, value: JsonObject, key: str) -> None:
    draft.say(field, value, key)
    if draft.said[field][0] == value:
        draft.used.add(key)
