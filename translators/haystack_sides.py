"""The two sides of what Haystack runs: a model, a retriever, an embedder, an agent, a pipeline.

Source: https://github.com/deepset-ai/haystack, ``core/component`` and ``components``, 2.9 to 3.4.
"""

from collections.abc import Mapping

from translators.attributes import json_or_text, text
from translators.base import Draft
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
from translators.tools import unless_empty
from translators.usage_objects import counters_of, counts_cache_apart

_RENAMED = {"top_k": "k", "filters": "filter"}


def say_model(given: Json, answered: Json, keys: tuple[str, str], draft: Draft) -> None:
    """Say the two sides of a generator, its parameters, its model and its usage.

    Args:
        given: what it was run with, decoded; None where that is not told. So is *answered*.
        keys: the attributes that the two stand in.
        draft: gets what they say.
    """
    if isinstance(given, dict):
        _say_request(given, keys[0], draft)
    elif given is not None:
        draft.say("raw_inputs", given, keys[0])
    if isinstance(answered, dict):
        _say_answer(answered, keys[1], draft)
    elif answered is not None:
        draft.say("raw_outputs", answered, keys[1])


def _say_request(given: JsonObject, key: str, draft: Draft) -> None:
    taken = set()
    params = given.get("generation_kwargs")
    if isinstance(params, dict):
        taken.add("generation_kwargs")
        draft.say("model", text(params.get("model")))
        for name, value in params.items():
            draft.say(f"params.{name}", value)
    tools = tools_from(given.get("tools"))
    if tools:
        taken.add("tools")
        draft.say("params.tools", tools)
    prompt = given.get("prompt")
    messages = None if prompt is not None else chat_messages(given.get("messages"), "user")
    inputs: JsonObject = {} if messages is None else {"messages": messages}
    if messages is not None:
        taken.add("messages")
    draft.say("inputs", {**inputs, **unless_empty(given, taken)}, key)


def _say_answer(answered: JsonObject, key: str, draft: Draft) -> None:
    replies: Json = answered.get("replies")
    rest = unless_empty(answered, ("replies",))
    if is_chat(replies):
        first = meta_of(replies[0])
        messages = chat_messages(replies, "assistant", told=first) or []
        rest |= outputs_of(messages)
    elif isinstance(replies, list) and all(isinstance(reply, str) for reply in replies):
        metas: list[Json] = answered["meta"] if isinstance(answered.get("meta"), list) else []
        told = [meta for meta in metas if isinstance(meta, dict)]
        first = told[0] if told else {}
        if len(told) == len(replies):
            more = [untold(meta, first) for meta in told]
            rest = {k: rest[k] for k in rest if k != "meta"} | ({"meta": more} if any(more) else {})
        rest["choices"] = [
            {"text": reply, "index": at, "finish_reason": _reason(told, at)}
            for at, reply in enumerate(replies)
        ]
    else:
        draft.say("raw_outputs", answered, key)
        return
    draft.say("outputs", rest, key)
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


def say_documents(given: Json, found: Json, keys: tuple[str, str], draft: Draft) -> None:
    """Say a query, or the documents to be ranked, and the documents that came of it."""
    if isinstance(given, dict):
        inputs = {_RENAMED.get(name, name): given[name] for name in unless_empty(given, ())}
        _with_documents(inputs)
        draft.say("inputs", inputs, keys[0])
    elif given is not None:
        draft.say("raw_inputs", given, keys[0])
    if isinstance(found, dict):
        outputs = dict(unless_empty(found, ("documents",)) | {"documents": found.get("documents")})
        _with_documents(outputs)
        draft.say("outputs", outputs, keys[1])
    elif found is not None:
        draft.say("raw_outputs", found, keys[1])


def _with_documents(side: JsonObject) -> None:
    documents = documents_from(side.get("documents"))
    if documents is not None:
        side["documents"] = documents


def say_embedding(given: Json, made: Json, keys: tuple[str, str], draft: Draft) -> None:
    """Say the text, or the texts of documents, and their embeddings."""
    known: list[JsonObject] = []
    if isinstance(given, dict):
        found = embedded(given.get("documents"))
        if found is not None:
            texts, _, known = found
            inputs: JsonObject = {"input": texts, "documents": known}
        else:
            inputs = {"input": given.get("text")}
        draft.say("inputs", inputs | unless_empty(given, ("text", "documents")), keys[0])
    elif given is not None:
        draft.say("raw_inputs", given, keys[0])
    if not isinstance(made, dict):
        draft.say("raw_outputs", made, keys[1])
        return
    meta = made.get("meta")
    outputs: JsonObject = {}
    found = embedded(made.get("documents"))
    if found is not None:
        outputs["data"] = found[1]
        if found[2] != known:
            outputs["documents"] = found[2]
    elif "embedding" in made:
        outputs["data"] = [{"index": 0, "embedding": made["embedding"]}]
    outputs |= unless_empty(made, ("meta", "embedding", "documents"))
    if isinstance(meta, dict):
        _say_meta(meta, draft)
        more = untold(meta, meta)
        outputs |= {"meta": more} if more else {}
    draft.say("outputs", outputs, keys[1])


def say_agent(given: Json, done: Json, keys: tuple[str, str], draft: Draft) -> None:
    """Say what an agent was asked, and what it and its tools said since then."""
    before = chat_messages(given.get("messages"), "user") if isinstance(given, dict) else None
    after = chat_messages(done.get("messages"), "assistant") if isinstance(done, dict) else None
    if before is not None and after is not None:
        # The agent returns the whole conversation, with its system prompt at the beginning.
        start = 0 if after[: len(before)] == before else 1
        end = start + len(before)
        if after[start:end] == before:
            before, after = after[:end], after[end:]
    if before is not None:
        draft.say("inputs", {"messages": before, **unless_empty(given, ("messages",))}, keys[0])
    else:
        draft.say("raw_inputs", given, keys[0])
    if after is None or not isinstance(done, dict):
        draft.say("raw_outputs", done, keys[1])
        return
    last = chat_messages([done.get("last_message")], "assistant")
    known = ("messages", "last_message") if last == after[-1:] else ("messages",)
    draft.say("outputs", {"messages": after, **unless_empty(done, known)}, keys[1])
    say_usage(done.get("token_usage"), draft)


def say_pipeline(given: Json, made: Json, keys: tuple[str, str], draft: Draft) -> None:
    """Say what goes into a pipeline and what comes out, by component; of one, its messages."""
    for side, value, key in (("inputs", given, keys[0]), ("outputs", made, keys[1])):
        content = _of_one(value, "assistant" if side == "outputs" else "user")
        draft.say(side, content, key)
        if content is None:
            draft.say(f"raw_{side}", value, key)


def say_any(given: Json, made: Json, keys: tuple[str, str], draft: Draft) -> None:
    """Say the two sides of any other component, with its chat messages in normal form."""
    for side, value, key in (("inputs", given, keys[0]), ("outputs", made, keys[1])):
        content = _conversation(value, "assistant" if side == "outputs" else "user")
        draft.say(side, content, key)
        if content is None:
            draft.say(f"raw_{side}", value, key)


def _of_one(value: Json, role: str) -> JsonObject | None:
    if not isinstance(value, dict) or len(value) != 1:
        return None
    [content] = value.values()
    return _conversation(content, role)


def _conversation(value: Json, role: str) -> JsonObject | None:
    """Return an object with one list of chat messages as ``{"messages": [...]}`` and the rest."""
    if not isinstance(value, dict):
        return None
    lists = [name for name, item in value.items() if is_chat(item)]
    if len(lists) != 1:
        return None
    messages = chat_messages(value[lists[0]], role)
    return {"messages": messages, **unless_empty(value, lists)}


def both(attributes: Mapping[str, Json], keys: tuple[str, str]) -> tuple[Json, Json]:
    """Return what the attributes of the two sides hold, decoded; None for those that are absent.

    What Haystack could not serialise is text.
    """
    return json_or_text(attributes.get(keys[0])), json_or_text(attributes.get(keys[1]))


def _reason(told: list[JsonObject], at: int) -> str | None:
    return text(told[at].get("finish_reason")) if at < len(told) else None
