"""What LlamaIndex's events say, each flattened into the attributes of a span event.

Source: https://github.com/run-llama/llama_index, ``llama_index/core/instrumentation/events``, and
``llama-index-observability-otel`` 0.1 to 0.7, ``flatten_dict``.
"""

from collections.abc import Callable
from typing import TypeAlias

from translators.attributes import indexed, json_list, parsed_json, text
from translators.base import Draft
from translators.documents import documents_of
from translators.messages import normal_messages, outputs_of
from translators.run import RunType
from translators.span import Json, JsonObject
from translators.tools import tools_of
from translators.usage_objects import counters_of, counts_cache_apart

_Sayer: TypeAlias = Callable[[JsonObject, Draft], None]


def _below(attributes: JsonObject, prefix: str) -> JsonObject:
    """Return what was flattened below *prefix* as an object, with the JSON texts in it decoded."""
    found = {
        f"{prefix}0.{key[len(prefix) :]}": None if value == "null" else _decoded(value)
        for key, value in attributes.items()
        if key.startswith(prefix)
    }
    return indexed(found, prefix).get(0, {}) if found else {}


def _decoded(value: Json) -> Json:
    found = parsed_json(value) if isinstance(value, str) and value[:1] in ("[", "{") else None
    return value if found is None else found


def _say_model(attributes: JsonObject, draft: Draft) -> None:
    """Say which model a call asks for, and with what."""
    model = _below(attributes, "model_dict.")
    draft.say("model", text(model.get("model_name")) or text(model.get("model")))
    for name in ("temperature", "max_tokens"):
        draft.say(f"params.{name}", model.get(name))
    for name, value in _below(attributes, "additional_kwargs.").items():
        draft.say(f"params.{name}", tools_of(value) if name == "tools" else value)


def _say_answer(attributes: JsonObject, draft: Draft) -> str | None:
    """Say who answered and what it cost; return why the answer ended."""
    raw = _below(attributes, "response.raw.")
    draft.say("response_model", text(raw.get("model")))
    usage = raw.get("usage")
    if not isinstance(usage, dict):
        usage = _below(attributes, "response.additional_kwargs.")
    for counter, value in counters_of(usage)[0].items():
        draft.say(f"usage.{counter}", value)
    if counts_cache_apart(usage):
        draft.say("usage.exclusive", True)
    choices = raw.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else raw
    reason = (first if isinstance(first, dict) else raw).get("finish_reason")
    reason = text(reason) or text(raw.get("stop_reason"))
    draft.say("metadata.finish_reasons", None if reason is None else [reason])
    return reason


def _chat_start(attributes: JsonObject, draft: Draft) -> None:
    given = json_list(attributes.get("messages")) or []
    messages = normal_messages([_with_call_id(message) for message in given], "user")
    draft.say("inputs", {"messages": messages} if messages else None)
    _say_model(attributes, draft)


def _with_call_id(message: Json) -> Json:
    """Return a message with the id of the call that it answers beside its content."""
    more = message.get("additional_kwargs") if isinstance(message, dict) else None
    if not isinstance(more, dict) or "tool_call_id" not in more or message.get("role") != "tool":
        return message
    rest = {key: more[key] for key in more if key != "tool_call_id"}
    return {**message, "additional_kwargs": rest, "tool_call_id": more["tool_call_id"]}


def _chat_end(attributes: JsonObject, draft: Draft) -> None:
    reason = _say_answer(attributes, draft)
    message = _below(attributes, "response.message.")
    messages = normal_messages([message], "assistant") if message else None
    if messages:
        reasons = [reason] if reason else []
        draft.say("outputs", outputs_of(messages, turn=True, reasons=reasons))


def _completion_start(attributes: JsonObject, draft: Draft) -> None:
    prompt = attributes.get("prompt")
    draft.say("inputs", None if prompt is None else {"prompt": prompt})
    _say_model(attributes, draft)


def _completion_end(attributes: JsonObject, draft: Draft) -> None:
    reason = _say_answer(attributes, draft)
    said = attributes.get("response.text")
    if said is not None:
        draft.say("outputs", {"choices": [{"text": said, "index": 0, "finish_reason": reason}]})


def _embedding_end(attributes: JsonObject, draft: Draft) -> None:
    chunks = attributes.get("chunks")
    if isinstance(chunks, list):
        draft.say("inputs", {"input": chunks[0] if len(chunks) == 1 else chunks})
    vectors = json_list(attributes.get("embeddings"))
    if vectors is not None:
        data = [{"index": at, "embedding": vector} for at, vector in enumerate(vectors)]
        draft.say("outputs", {"data": data})


def _query(attributes: JsonObject, *names: str) -> Json:
    """Return the text of a query, which is a text or a bundle of one with other things."""
    for name in names:
        for key in (name, f"{name}.query_str"):
            if key in attributes:
                return attributes[key]
    return None


def _query_start(attributes: JsonObject, draft: Draft) -> None:
    query = _query(attributes, "str_or_query_bundle", "query", "query_str", "user_msg")
    draft.say("inputs", None if query is None else {"query": query})


def _rerank_start(attributes: JsonObject, draft: Draft) -> None:
    inputs: JsonObject = {"query": _query(attributes, "query")}
    documents = _nodes(attributes.get("nodes"))
    if documents is not None:
        inputs["documents"] = documents
    draft.say("inputs", inputs)
    draft.say("model", text(attributes.get("model_name")))
    draft.say("params.top_k", attributes.get("top_n"))


def _nodes(value: Json) -> list[JsonObject] | None:
    """Return nodes with their scores as documents."""
    found = json_list(value)
    if found is None:
        return None
    items: list[Json] = []
    for scored in found:
        node = scored.get("node") if isinstance(scored, dict) else None
        if isinstance(node, dict):
            metadata = node.get("metadata")
            told = dict(metadata) if isinstance(metadata, dict) else {}
            told |= {"score": scored.get("score"), "id": node.get("id_")}
            items.append({"content": node.get("text", ""), "metadata": told})
        else:
            items.append(scored)
    return documents_of(items)


def _retrieval_end(attributes: JsonObject, draft: Draft) -> None:
    documents = _nodes(attributes.get("nodes"))
    draft.say("outputs", None if documents is None else {"documents": documents})


def _answer_end(attributes: JsonObject, draft: Draft) -> None:
    answer = next(
        (
            attributes[key]
            for key in ("response.response", "response", "output")
            if key in attributes
        ),
        None,
    )
    if answer is None or answer == "null":
        return
    documents = _nodes(attributes.get("response.source_nodes"))
    more = {"documents": documents} if documents else {}
    draft.say("outputs", {"output": _decoded(answer), **more})


def _predict_start(attributes: JsonObject, draft: Draft) -> None:
    arguments = _below(attributes, "template_args.") | _below(attributes, "template.kwargs.")
    draft.say("inputs", arguments or None)


def _tool_call(attributes: JsonObject, draft: Draft) -> None:
    tool = text(attributes.get("tool.name"))
    draft.say("metadata.tool_name", tool)
    draft.say("params.tool_name", tool)
    draft.say("raw_inputs", _decoded(attributes.get("arguments")))


# By the name of an event: the type of a run that has it, and what else it says.
SAYERS: dict[str, tuple[RunType, _Sayer]] = {
    "LLMChatStartEvent": ("llm", _chat_start),
    "LLMChatEndEvent": ("llm", _chat_end),
    "LLMCompletionStartEvent": ("llm", _completion_start),
    "LLMCompletionEndEvent": ("llm", _completion_end),
    "EmbeddingStartEvent": ("embedding", _say_model),
    "EmbeddingEndEvent": ("embedding", _embedding_end),
    "SparseEmbeddingStartEvent": ("embedding", _say_model),
    "SparseEmbeddingEndEvent": ("embedding", _embedding_end),
    "RetrievalStartEvent": ("retriever", _query_start),
    "RetrievalEndEvent": ("retriever", _retrieval_end),
    "ReRankStartEvent": ("retriever", _rerank_start),
    "ReRankEndEvent": ("retriever", _retrieval_end),
    "QueryStartEvent": ("chain", _query_start),
    "QueryEndEvent": ("chain", _answer_end),
    "SynthesizeStartEvent": ("chain", _query_start),
    "SynthesizeEndEvent": ("chain", _answer_end),
    "GetResponseStartEvent": ("chain", _query_start),
    "GetResponseEndEvent": ("chain", _answer_end),
    "LLMPredictStartEvent": ("chain", _predict_start),
    "LLMPredictEndEvent": ("chain", _answer_end),
    "LLMStructuredPredictStartEvent": ("chain", _predict_start),
    "LLMStructuredPredictEndEvent": ("chain", _answer_end),
    "AgentChatWithStepStartEvent": ("chain", _query_start),
    "AgentChatWithStepEndEvent": ("chain", _answer_end),
    "AgentToolCallEvent": ("tool", _tool_call),
    "step.output": ("chain", _answer_end),
    "workflow.output": ("chain", _answer_end),
}
