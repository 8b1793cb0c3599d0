"""Spring AI, observed with Micrometer: clients, advisors, models, tools and vector stores.

Every value is a string, and lists are their items in quotes that nobody has escaped. Content of
models stood in events, or attributes, before 1.0; since then it goes to logs only.
Source: https://github.com/spring-projects/spring-ai, the ``*ObservationConvention`` and
``*ObservationHandler`` classes of v1.0.0-M6, 1.0.3 and 2.0 (August 2026).
"""

from collections.abc import Mapping

from translators.attributes import (
    Table,
    count,
    json_list,
    json_or_text,
    number,
    strings,
    text,
)
from translators.base import Draft, Signature
from translators.documents import document
from translators.messages import outputs_of
from translators.span import Json, JsonObject, Span

_KIND = "spring.ai.kind"
_CONVERSATION = "spring.ai.chat.client.conversation.id"
_USER, _SYSTEM = "spring.ai.chat.client.user.text", "spring.ai.chat.client.system.text"
_TOOL = "spring.ai.tool."
_ARGUMENTS, _RESULT = _TOOL + "call.arguments", _TOOL + "call.result"
_PROMPT, _COMPLETION = "gen_ai.prompt", "gen_ai.completion"
_PROMPT_EVENT, _COMPLETION_EVENT = "gen_ai.content.prompt", "gen_ai.content.completion"
_REASONS = "gen_ai.response.finish_reasons"
_QUERY, _TOP_K = "db.vector.query.content", "db.vector.query.top_k"
_FILTER, _THRESHOLD = "db.vector.query.filter", "db.vector.query.similarity_threshold"
_FOUND = "db.vector.query.response.documents"
_FOUND_EVENT = "db.vector.content.query.response"
# Their own counts are handed on, and leave out what was cached.
_EXCLUSIVE = ("anthropic", "bedrock_converse")
_SCOPES = ("org.springframework.boot", "org.springframework.ai")

TABLE = Table(
    {
        _KIND: ("kind", text),
        "gen_ai.usage.input_tokens": ("usage.input", count),
        "gen_ai.usage.output_tokens": ("usage.output", count),
        "gen_ai.usage.total_tokens": ("usage.total", count),
        "spring.ai.model.request.tool.names": ("metadata.tools", strings),
        "spring.ai.chat.client.tool.names": ("metadata.tools", strings),
        _TOOL + "definition.name": ("metadata.tool_name", text),
        _TOOL + "definition.description": ("metadata.tool_description", text),
        _TOOL + "definition.schema": ("metadata.tool_schema", json_or_text),
        _TOOL + "call.id": ("metadata.tool_call_id", text),
        _TOOL + "type": ("metadata.tool_type", text),
    }
)


class SpringAI:
    """Spans of Spring AI's observations."""

    name = "spring_ai"
    table = TABLE
    also: Mapping[str, str] = {
        _CONVERSATION: "thread_id",
        **dict.fromkeys((_USER, _SYSTEM, _PROMPT, _PROMPT_EVENT), "inputs (messages)"),
        **dict.fromkeys((_COMPLETION, _COMPLETION_EVENT), "outputs (messages)"),
        **dict.fromkeys((_ARGUMENTS, _QUERY, _TOP_K, _FILTER, _THRESHOLD), "inputs"),
        **dict.fromkeys((_RESULT, _FOUND, _FOUND_EVENT), "outputs"),
    }

    def speaks(self, signature: Signature) -> bool:
        """Tell whether there is a ``spring.ai.`` attribute, or Spring Boot observed a model."""
        if _KIND in signature.keys:
            return True
        return signature.scope.startswith(_SCOPES) and "gen_ai.system" in signature.keys

    def translate(self, span: Span) -> Draft:
        """Return what was observed: of which kind it is, what went in and what came out."""
        draft, attributes = Draft(), span.attributes
        TABLE.read(attributes, draft)
        if attributes.get("gen_ai.system") in _EXCLUSIVE:
            draft.say("usage.exclusive", True)
        kind = attributes.get(_KIND)
        if kind == "tool_call":
            _say_tool(attributes, draft)
        elif kind == "vector_store":
            _say_vector_store(span, draft)
        elif isinstance(kind, str):
            draft.say("run_type", "chain")
            draft.say("thread_id", text(attributes.get(_CONVERSATION)))
            _say_client(attributes, draft)
        elif attributes.get("gen_ai.operation.name") == "chat":
            _say_chat(span, draft)
        return draft


def _say_tool(attributes: JsonObject, draft: Draft) -> None:
    draft.say("run_type", "tool")
    name = draft.said.get("metadata.tool_name")
    draft.say("params.tool_name", name and name[0])
    if _ARGUMENTS in attributes:
        draft.say("raw_inputs", json_or_text(attributes[_ARGUMENTS]), _ARGUMENTS)
    if _RESULT in attributes:
        draft.say("raw_outputs", json_or_text(attributes[_RESULT]), _RESULT)


def _say_vector_store(span: Span, draft: Draft) -> None:
    attributes = span.attributes
    query = attributes.get(_QUERY)
    if attributes.get("db.operation.name") != "query" and query is None:
        draft.say("run_type", "chain")
        return
    draft.say("run_type", "retriever")
    if query is not None:
        inputs: JsonObject = {"query": query}
        for key, name in ((_TOP_K, "k"), (_FILTER, "filter"), (_THRESHOLD, "score_threshold")):
            if key in attributes:
                found = attributes[key] if key == _FILTER else number(attributes[key])
                inputs[name] = attributes[key] if found is None else found
        draft.say("inputs", inputs, _QUERY, _TOP_K, _FILTER, _THRESHOLD)
    texts, keys = _told(span, _FOUND_EVENT, (_FOUND, _QUERY), _FOUND)
    if texts is not None:
        documents = [document(words, {}) for words in texts]
        draft.say("outputs", {"documents": documents}, *keys)


def _say_client(attributes: JsonObject, draft: Draft) -> None:
    """Say what the client was asked, which only milestones before 1.0 told."""
    messages: list[JsonObject] = []
    keys: list[str] = []
    for key, role in ((_SYSTEM, "system"), (_USER, "user")):
        words = text(attributes.get(key))
        if words is not None:
            messages.append({"role": role, "content": words})
            keys.append(key)
    draft.say("inputs", {"messages": messages} if messages else None, *keys)


def _say_chat(span: Span, draft: Draft) -> None:
    """Say the texts of a chat as messages; nothing tells whose each of them is."""
    texts, keys = _told(span, _PROMPT_EVENT, (_PROMPT,), _PROMPT)
    if texts:
        messages = [{"role": "user", "content": words} for words in texts]
        draft.say("inputs", {"messages": messages}, *keys)
    texts, keys = _told(span, _COMPLETION_EVENT, (_COMPLETION,), _COMPLETION)
    if texts:
        messages = [{"role": "assistant", "content": words} for words in texts]
        reasons = strings(span.attributes.get(_REASONS)) or ()
        draft.say("outputs", outputs_of(messages, reasons=reasons), *keys)


def _told(
    span: Span, event_name: str, event_keys: tuple[str, ...], key: str
) -> tuple[list[str] | None, tuple[str | int, ...]]:
    """Return the texts of an event, else of an attribute, with where they stood."""
    for at, event in enumerate(span.events):
        if event.name == event_name:
            value = next((event.attributes[k] for k in event_keys if k in event.attributes), None)
            texts = _texts(value)
            if texts is not None:
                return texts, ((at,) if len(event.attributes) == 1 else ())
    texts = _texts(span.attributes.get(key))
    return texts, ((key,) if texts is not None else ())


def _texts(value: Json) -> list[str] | None:
    """Return the texts in a list; all of it as one text, where quotes in them are not escaped."""
    found = json_list(value) if not isinstance(value, str) or value[:2] == '["' else None
    if isinstance(found, list) and all(isinstance(words, str) for words in found):
        return found
    if isinstance(value, str) and value not in ("", "[]"):
        return [value]
    return None
