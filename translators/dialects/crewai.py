"""CrewAI: its own tracing (``crewai.*`` beside ``gen_ai.*``), its anonymous telemetry, and what
OpenInference's and Traceloop's instrumentors tell of crews, tasks and flows.

Source: https://github.com/crewAIInc/crewAI, ``telemetry`` of version 1.15.30;
``openinference-instrumentation-crewai`` 1.1.21; ``opentelemetry-instrumentation-crewai`` 0.62.4.
"""

from collections.abc import Mapping

from translators.attributes import Table, count, json_list, json_object, json_or_text, text
from translators.base import Draft, Signature
from translators.chat_content import INPUT, OUTPUT
from translators.documents import documents_of
from translators.messages import normal_messages
from translators.span import Json, JsonObject, Span

NAMESPACE, SCOPE, OPENINFERENCE = "crewai", "crewai", "openinference.instrumentation.crewai"
RESULT = "gen_ai.tool.call.result"
# Spans that are called after what they do, and what says which one it is.
NAMES = {
    "execute crew": "crewai.crew.name",
    "crewai.workflow": "crewai.crew.name",
    "execute flow": "crewai.flow.name",
    "execute task": "crewai.task.name",
    "execute agent": "crewai.agent.role",
    "execute lite agent": "crewai.agent.role",
    "call method": "crewai.method.name",
    "call tool": "gen_ai.tool.name",
    "tool failure": "gen_ai.tool.name",
    "execute mcp tool": "gen_ai.tool.name",
}
GIVEN = (
    "crewai.crew.inputs", "crewai.flow.inputs", "crewai.method.params", "crewai.task.description",
    "crewai.guardrail.description", "crewai.human_feedback.message", "crewai.a2a.task_description",
    "crewai.memory.value", "crew_inputs", "flow_inputs",
)  # fmt: skip
MADE = (
    "crewai.crew.output", "crewai.flow.result", "crewai.method.result", "crewai.task.output",
    "crewai.reasoning.plan", "crewai.guardrail.result", "crewai.human_feedback.feedback",
    "crewai.a2a.result", "crewai.a2a.final_result", "crewai.a2a.results",
    "crewai.crew.result", "crewai.task.result", "crewai.agent.result",
)  # fmt: skip
RETRIEVALS = {"query memory", "retrieve memory", "query knowledge", "search knowledge"}
QUERIES = ("crewai.memory.query", "crewai.knowledge.query", "crewai.knowledge.task_prompt")
FOUND = ("crewai.memory.results", "crewai.memory.content", "crewai.knowledge.retrieved_knowledge")
LIMIT = "crewai.memory.limit"
USAGES = ("crewai.crew.usage_metrics", "crewai.flow.aggregated_crew_usage_metrics")
COUNTERS = {
    "prompt_tokens": "input",
    "completion_tokens": "output",
    "total_tokens": "total",
    "cached_prompt_tokens": "cache_read",
    "cache_creation_tokens": "cache_creation",
    "reasoning_tokens": "reasoning",
}
INPUT_VALUE, OUTPUT_VALUE = "input.value", "output.value"
UUID_LENGTH = 36

ROLE, AGENT_NAME = "crewai.agent.role", "gen_ai.agent.name"

TABLE = Table(
    {
        "crewai.crew.name": ("metadata.crew_name", text),
        "crewai.flow.name": ("metadata.flow_name", text),
        "crewai.task.name": ("metadata.task_name", text),
    }
)


class CrewAI:
    """Spans of CrewAI, and of OpenInference's instrumentor for it."""

    name = "crewai"
    table = TABLE
    also: Mapping[str, str] = {
        **{key: "name" for key in NAMES.values()},
        **{key: "inputs" for key in (*GIVEN, *QUERIES, LIMIT, INPUT, INPUT_VALUE)},
        **{key: "outputs" for key in (*MADE, *FOUND, OUTPUT, RESULT, OUTPUT_VALUE)},
        **{key: "usage" for key in USAGES},
        ROLE: "metadata.agent_name; name",
    }

    def speaks(self, signature: Signature) -> bool:
        """Tell whether the span is one of CrewAI's own, or tells of a crew or a flow."""
        return (
            NAMESPACE in signature.namespaces
            or signature.scope.startswith((SCOPE, OPENINFERENCE))
            or "crew_key" in signature.keys
        )

    def translate(self, span: Span) -> Draft | None:
        """Return what the span says in CrewAI's own words."""
        attributes, draft = span.attributes, Draft()
        TABLE.read(attributes, draft)
        role = text(attributes.get(ROLE))
        if role is not None and role != attributes.get(AGENT_NAME):
            # CrewAI's own name of an agent is the hash of what it is made of.
            draft.say("metadata.agent_name", role, ROLE)
        draft.say("name", text(attributes.get(NAMES.get(span.name, ""))) or _without_id(span.name))
        if span.name in RETRIEVALS:
            _say_retrieval(attributes, draft)
        else:
            _say_side("inputs", "user", (GIVEN, INPUT, INPUT_VALUE), attributes, draft)
            _say_side("outputs", "assistant", (MADE, OUTPUT, OUTPUT_VALUE), attributes, draft)
        result = attributes.get(RESULT)
        if isinstance(result, str) and result[:1] == '"':
            draft.say("outputs", {"output": _decoded(result)}, RESULT)
        if OUTPUT_VALUE in attributes:
            _say_task_output(attributes[OUTPUT_VALUE], draft)
        for key in USAGES:
            for word, value in (json_object(attributes.get(key)) or {}).items():
                if word in COUNTERS:
                    draft.say(f"usage.{COUNTERS[word]}", count(value))
        return draft if draft.said or draft.used else None


def _without_id(name: str) -> str | None:
    """Return the name of a crew or flow that has only its id for one, ``Flow_<id>.kickoff``."""
    head, dot, rest = name.partition(".")
    kind, _, word = head.partition("_")
    if kind in ("Flow", "Crew") and len(word) == UUID_LENGTH and word.count("-") == 4:
        return f"{kind}{dot}{rest}"
    return None


def _say_side(
    side: str,
    role: str,
    sources: tuple[tuple[str, ...], str, str],
    attributes: JsonObject,
    draft: Draft,
) -> None:
    """Say what a crew, a flow, a method or a task was given, or made.

    CrewAI repeats it as the one message of ``gen_ai.*``: text is read from there, and an object,
    which stands there as JSON text, from CrewAI's own attribute.

    Args:
        side: ``"inputs"`` or ``"outputs"``.
        role: whose message it is.
        sources: CrewAI's own attributes, and those of the other conventions that may repeat it.
        attributes: of the span.
        draft: gets what they say.
    """
    keys, messages_key, value_key = sources
    key = next((key for key in keys if key in attributes), None)
    if key is None:
        return
    value = _decoded(attributes[key])
    message = _only_message(attributes.get(messages_key), role, attributes[key])
    if isinstance(value, dict | list):
        if value == _decoded(attributes.get(value_key)):
            draft.used.add(key)  # OpenInference says it
            return
        told = message is not None and "finish_reason" not in message
        draft.say(f"raw_{side}", value, key, *([messages_key] * told))
    elif message is not None:
        reason = {name: message[name] for name in ("finish_reason",) if name in message}
        content = {"role": role, "content": value, **reason}
        draft.say(side, {"messages": [content]}, key, messages_key)
    else:
        draft.say(f"raw_{side}", value, key)


def _decoded(value: Json) -> Json:
    """Return an object, an array or a text from its JSON; any other text as it is."""
    if isinstance(value, str) and value[:1] == '"':
        found = json_list(f"[{value}]")
        return found[0] if found and isinstance(found[0], str) else value
    return json_or_text(value)


def _only_message(value: Json, role: str, said: Json) -> JsonObject | None:
    """Return the message of an attribute that has one, and nothing in it but what was *said*."""
    messages = json_list(value)
    if not messages or len(messages) != 1 or not isinstance(messages[0], dict):
        return None
    message: JsonObject = messages[0]
    known = {"role": role, "parts": [{"type": "text", "content": said}]}
    reason = message.get("finish_reason")
    told = {**known, "finish_reason": reason} if isinstance(reason, str) else known
    return message if message == told else None


def _say_retrieval(attributes: JsonObject, draft: Draft) -> None:
    draft.say("run_type", "retriever")
    key = next((key for key in QUERIES if key in attributes), None)
    if key is not None:
        limit = count(attributes.get(LIMIT))
        more = {} if limit is None else {"k": limit}
        draft.say("inputs", {"query": attributes[key], **more}, key, *([LIMIT] if more else []))
    key = next((key for key in FOUND if key in attributes), None)
    if key is not None:
        found = json_or_text(attributes[key])
        documents = documents_of(found if isinstance(found, list) else [found])
        draft.say("outputs", {"documents": documents}, key)


def _say_task_output(value: Json, draft: Draft) -> None:
    """Say a task's output as the agent's message: the messages in it are those of the model."""
    if not isinstance(value, str) or '"raw":' not in value or '"messages":' not in value:
        return
    done = json_object(value)
    if done is None or not isinstance(done.get("raw"), str) or "messages" not in done:
        return
    history = normal_messages(done["messages"], "user")
    rest = {key: done[key] for key in done if key not in ("raw", "messages")}
    if history is not None:
        rest["history"] = history
    message = {"role": "assistant", "content": done["raw"]}
    draft.say("outputs", {"messages": [message], **rest}, OUTPUT_VALUE)
