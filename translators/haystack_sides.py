"""The two sides of what Haystack runs: a model, a retriever, an embedder, an agent, a pipeline.

Source: https://github.com/deepset-ai/haystack, ``core/component`` and ``components``, 2.9 to 3.4.
"""

from collections.abc import Mapping

from translators.attributes import json_or_text, text
from translators.base import Draft
from translators.halves import say_parts
from translators.haystack_content import (
    chat_messages,
    documents_from,
    embedded,
    is_chat,
    meta_of,
    tools_from,
    untold,
)
from translators.messages import outputs_of
from translators.span import Json, JsonObject
from translators.tools import together, unless_empty
from translators.usage_objects import counters_of, counts_cache_apart

_RENAMED = {"top_k": "k", "filters": "filter"}


class Exchange:
    """What something was run with and what it made, decoded.

    Attributes:
        given: None where that is not told; what Haystack could not serialise is text. So is made.
        given_key, made_key: the attributes that they stand in.
        alone: the span speaks in Haystack's words only, so that nobody else's may win.
    """

    __slots__ = ("alone", "given", "given_key", "made", "made_key")

    def __init__(self, attributes: Mapping[str, Json], keys: tuple[str, str]) -> None:
        self.given_key, self.made_key = keys
        self.given = json_or_text(attributes.get(self.given_key))
        self.made = json_or_text(attributes.get(self.made_key))
        self.alone = all(key.startswith("haystack.") for key in attributes)


def say_model(told: Exchange, draft: Draft) -> None:
    """Say the two sides of a generator, its parameters, its model and its usage."""
    if isinstance(told.given, dict):
        _say_request(told.given, told, draft)
    else:
        draft.say("raw_inputs", told.given, told.given_key)
    if isinstance(told.made, dict):
        _say_answer(told.made, told, draft)
    else:
        draft.say("raw_outputs", told.made, told.made_key)


def _say_request(given: JsonObject, told: Exchange, draft: Draft) -> None:
    taken = set()
    beside: JsonObject = {}
    params = given.get("generation_kwargs")
    if isinstance(params, dict):
        draft.say("model", text(params.get("model")))
        beside = {f"params.{name}": value for name, value in params.items()}
        taken.add("generation_kwargs")
    tools = tools_from(given.get("tools"))
    if tools:
        beside["params.tools"] = tools
        taken.add("tools")
    if not told.alone:  # others may win with theirs
        taken = set()
        for field, value in beside.items():
            draft.say(field, value)
        beside = {}
    prompt = given.get("prompt")
    messages = None if prompt is not None else chat_messages(given.get("messages"), "user")
    inputs: JsonObject = {} if messages is None else {"messages": messages}
    if messages is not None:
        taken.add("messages")
    inputs = {**inputs, **unless_empty(given, taken)}
    say_parts(draft, told.given_key, {"inputs": inputs, **beside})


def _say_answer(answered: JsonObject, told: Exchange, draft: Draft) -> None:
    replies: Json = answered.get("replies")
    rest = unless_empty(answered, ("replies",))
    if is_chat(replies):
        first = meta_of(replies[0])
        messages = chat_messages(replies, "assistant", told=first if told.alone else {}) or []
        rest |= outputs_of(messages)
    elif isinstance(replies, list) and all(isinstance(reply, str) for reply in replies):
        metas: list[Json] = answered["meta"] if isinstance(answered.get("meta"), list) else []
        known = [meta for meta in metas if isinstance(meta, dict)]
        first = known[0] if known else {}
        if len(known) == len(metas) == len(replies) and told.alone:
            more = [untold(meta, first, at) for at, meta in enumerate(known)]
            rest = {k: rest[k] for k in rest if k != "meta"} | ({"meta": more} if any(more) else {})
        rest["choices"] = [
            {"text": reply, "index": at, "finish_reason": _reason(known, at)}
            for at, reply in enumerate(replies)
        ]
    else:
        draft.say("raw_outputs", answered, told.made_key)
        return
    draft.say("outputs", rest, told.made_key)
    _say_meta(first, draft)


def _say_meta(meta: JsonObject, draft: Draft) -> None:
    draft.say("response_model", text(meta.get("model")))
    reason = text(meta.get("finish_reason"))
    draft.say("metadata.finish_reasons", None if reason is None else [reason])
    say_usage(meta.get("usage"), draft)


def say_usage(usage: Json, draft: Draft) -> None:
    """Say the counters of a usage object."""
    if isinstance(usage, dict):
        for counter, value in counters_of(usage)[0].items():
            draft.say(f"usage.{counter}", value)
        if counts_cache_apart(usage):
            draft.say("usage.exclusive", True)


def say_documents(told: Exchange, draft: Draft) -> None:
    """Say a query, or the documents to be ranked, and the documents that came of it."""
    given, made = told.given, told.made
    if isinstance(given, dict):
        inputs = unless_empty(given, ())
        for name, word in _RENAMED.items():
            if name in inputs and word not in inputs:
                inputs[word] = inputs.pop(name)
        _with_documents(inputs)
        draft.say("inputs", inputs, told.given_key)
    else:
        draft.say("raw_inputs", given, told.given_key)
    if isinstance(made, dict):
        outputs = {**unless_empty(made, ("documents",)), "documents": made.get("documents")}
        _with_documents(outputs)
        draft.say("outputs", outputs, told.made_key)
    else:
        draft.say("raw_outputs", made, told.made_key)


def _with_documents(side: JsonObject) -> None:
    documents = documents_from(side.get("documents"))
    if documents is not None:
        side["documents"] = documents


def say_embedding(told: Exchange, draft: Draft) -> None:
    """Say the text, or the texts of documents, and their embeddings."""
    given, made = told.given, told.made
    known: list[JsonObject] = []
    if isinstance(given, dict):
        inputs: JsonObject = {"input": given.get("text")}
        found = embedded(given.get("documents"))
        if found is not None:
            texts, before, known = found
            more = [unless_empty(item, ("content",)) for item in known]
            for vector in before:  # of an earlier time
                more[vector["index"]]["embedding"] = vector["embedding"]
            inputs = {"input": texts, "documents": documents_from(more)}
        taken = ("text",) if found is None else ("documents",)
        draft.say("inputs", together(inputs, unless_empty(given, taken)), told.given_key)
    else:
        draft.say("raw_inputs", given, told.given_key)
    if not isinstance(made, dict):
        draft.say("raw_outputs", made, told.made_key)
        return
    outputs = unless_empty(made, ("embedding",))
    found = embedded(made.get("documents"))
    if found is not None:
        outputs["data"] = found[1]
        if found[2] == known:
            del outputs["documents"]
        else:
            outputs["documents"] = documents_from(found[2])
    elif "embedding" in made:
        outputs["data"] = [{"index": 0, "embedding": made["embedding"]}]
    meta = outputs.get("meta")
    if isinstance(meta, dict):
        _say_meta(meta, draft)
        if told.alone:
            del outputs["meta"]
            outputs |= unless_empty({"meta": untold(meta, meta)}, ())
    draft.say("outputs", outputs, told.made_key)


def say_agent(told: Exchange, draft: Draft) -> None:
    """Say what an agent was asked, and what it and its tools said since then."""
    given, done = told.given, told.made
    before = chat_messages(given.get("messages"), "user") if isinstance(given, dict) else None
    after = chat_messages(done.get("messages"), "assistant") if isinstance(done, dict) else None
    if before is not None and after is not None and told.alone:
        # The agent returns the whole conversation, with its system prompt at the beginning.
        start = 0 if after[: len(before)] == before else 1
        end = start + len(before)
        if after[start:end] == before:
            before, after = after[:end], after[end:]
    if before is not None:
        rest = unless_empty(given, ("messages",))
        draft.say("inputs", {"messages": before, **rest}, told.given_key)
    else:
        draft.say("raw_inputs", given, told.given_key)
    if after is None or not isinstance(done, dict):
        draft.say("raw_outputs", done, told.made_key)
        return
    last = chat_messages([done.get("last_message")], "assistant")
    known = ("messages", "last_message") if last == after[-1:] else ("messages",)
    draft.say("outputs", {"messages": after, **unless_empty(done, known)}, told.made_key)
    say_usage(done.get("token_usage"), draft)


def say_pipeline(told: Exchange, draft: Draft) -> None:
    """Say what goes into a pipeline and what comes out, by component; of one, its messages."""
    _say_sides(_of_one(told.given, "user"), _of_one(told.made, "assistant"), told, draft)


def say_any(told: Exchange, draft: Draft) -> None:
    """Say the two sides of any other component, with its chat messages in normal form."""
    inputs, outputs = conversation(told.given, "user"), conversation(told.made, "assistant")
    _say_sides(inputs, outputs, told, draft)


def _say_sides(
    inputs: JsonObject | None, outputs: JsonObject | None, told: Exchange, draft: Draft
) -> None:
    if inputs is None:
        draft.say("raw_inputs", told.given, told.given_key)
    draft.say("inputs", inputs, told.given_key)
    if outputs is None:
        draft.say("raw_outputs", told.made, told.made_key)
    draft.say("outputs", outputs, told.made_key)


def _of_one(value: Json, role: str) -> JsonObject | None:
    if not isinstance(value, dict) or len(value) != 1:
        return None
    [content] = value.values()
    return conversation(content, role)


def conversation(value: Json, role: str) -> JsonObject | None:
    """Return an object with one list of chat messages as ``{"messages": [...]}`` and the rest."""
    if not isinstance(value, dict):
        return None
    lists = [name for name, item in value.items() if is_chat(item)]
    if len(lists) != 1 or (lists != ["messages"] and value.get("messages") is not None):
        return None
    messages = chat_messages(value[lists[0]], role)
    return {"messages": messages, **unless_empty(value, lists)}


def _reason(told: list[JsonObject], at: int) -> str | None:
    return text(told[at].get("finish_reason")) if at < len(told) else None
