"""Pydantic AI, in the formats 1 to 6 of its ``InstrumentationSettings``.

What it sends under OpenTelemetry's names is the ``genai`` dialect's, what every span of Logfire has
is the ``logfire`` dialect's.
Source: https://github.com/pydantic/pydantic-ai, ``pydantic_ai_slim`` 0.4.11, 1.9.1 and 2.68.0.
"""

from collections.abc import Mapping

from translators.agent_turns import answer_begins
from translators.attributes import (
    Table,
    count,
    json_list,
    json_object,
    json_or_text,
    number,
    text,
)
from translators.base import Draft, Signature
from translators.halves import say_sides
from translators.logfire_calls import EVENTS, say_events
from translators.messages import normal_messages, outputs_of, with_system
from translators.run import RunType
from translators.span import Json, JsonObject, Span
from translators.tools import tools_of

_SCOPE = "pydantic-ai"
_ALL, _ALL_EVENTS = "pydantic_ai.all_messages", "all_messages_events"
_NEW = "pydantic_ai.new_message_index"
_RESULT, _SYSTEM = "final_result", "gen_ai.system_instructions"
_ARGUMENTS, _RESPONSE = "tool_arguments", "tool_response"
_PARAMETERS, _TOOLS = "model_request_parameters", "gen_ai.tool.definitions"
_SETTINGS = ("model_settings", "embedding_settings", "image_generation_settings")
_ATTEMPT = "pydantic_ai.model_request.attempt"
_STATE, _QUESTIONS = "pydantic_ai.decision.state", "pydantic_ai.decision.questions"
_ANSWERS = "pydantic_ai.decision.answers"
_OURS = frozenset((_ALL_EVENTS, _ARGUMENTS, _RESPONSE, _PARAMETERS, EVENTS))
# Span names of format 1 and 2 that name nothing.
_NAMELESS = frozenset(("agent run", "running tool", "running output function", "realtime"))

_TABLE = Table(
    {
        "operation.cost": ("usage.cost_total", number),
        **{
            f"gen_ai.aggregated_usage.{key}": (f"usage.{counter}", count)
            for counter, keys in {
                "input": "input_tokens",
                "output": "output_tokens",
                "cache_read": (
                    "cache_read.input_tokens details.cache_read_tokens details.cached_tokens"
                    " details.cache_read_input_tokens"
                ),
                "cache_creation": (
                    "cache_creation.input_tokens details.cache_write_tokens"
                    " details.cache_creation_input_tokens"
                ),
                "reasoning": "details.reasoning_tokens details.thoughts_tokens",
                "input_audio": "details.input_audio_tokens",
                "output_audio": "details.output_audio_tokens",
            }.items()
            for key in keys.split()
        },
        "input_type": ("params.input_type", text),
        _PARAMETERS: (f"params.{_PARAMETERS}", json_object),
    }
)


class PydanticAI:
    """Reads the spans of Pydantic AI's agents, tools and model requests."""

    name = "pydantic_ai"
    table = _TABLE
    also: Mapping[str, str] = {
        _ALL: "inputs, outputs (messages)",
        _ALL_EVENTS: "inputs, outputs (messages)",
        EVENTS: "inputs, outputs (messages)",
        _NEW: "where the outputs begin",
        _RESULT: "outputs.output",
        _SYSTEM: "inputs (system message)",
        _ARGUMENTS: "inputs",
        _RESPONSE: "outputs",
        "agent_name": "name, kind",
        "inputs": "inputs.input",
        "embeddings": "outputs.data",
        "inputs_count": "outputs.embeddings_count",
        "prompt": "inputs.prompt",
        _STATE: "inputs.state",
        _QUESTIONS: "inputs.questions",
        _ANSWERS: "outputs.answers",
        "metadata": "metadata",
        **dict.fromkeys(_SETTINGS, "params"),
    }

    def speaks(self, signature: Signature) -> bool:
        """Tell whether the scope is Pydantic AI's, or an attribute that only it has."""
        if signature.scope.startswith("logfire."):
            return False  # it has some of the same attributes
        return (
            signature.scope == _SCOPE
            or "pydantic_ai" in signature.namespaces
            or not _OURS.isdisjoint(signature.keys)
        )

    def translate(self, span: Span) -> Draft | None:
        """Return what the span says in the words of Pydantic AI."""
        draft, attributes = Draft(), span.attributes
        _TABLE.read(attributes, draft)
        operation = attributes.get("gen_ai.operation.name")
        if operation is None:
            _say_kind(span, draft)
        if span.name in _NAMELESS:
            told = attributes.get("gen_ai.tool.name") or attributes.get("agent_name")
            draft.say("name", text(told))
        if _ARGUMENTS in attributes or _RESPONSE in attributes:
            _say_tool(attributes, draft)
        if _ALL in attributes:
            _say_conversation(attributes, draft)
        for key in (_ALL_EVENTS, EVENTS):
            if key in attributes:
                say_events(attributes, key, draft, agent=key == _ALL_EVENTS)
        if _RESULT in attributes:
            _say_result(attributes[_RESULT], draft)
        if operation == "embeddings":
            _say_embeddings(attributes, draft)
        elif operation == "image_generation":
            prompt = attributes.get("prompt")
            draft.say("inputs", None if prompt is None else {"prompt": prompt}, "prompt")
        elif operation == "decide":
            _say_decision(attributes, draft)
        _say_about(attributes, draft)
        return draft if draft.said else None


def _say_kind(span: Span, draft: Draft) -> None:
    """Say what a span without an operation is: one of format 1 or 2, or a failed attempt."""
    attributes = span.attributes
    run_type: RunType | None = None
    if "gen_ai.tool.name" in attributes and span.scope.name == _SCOPE:
        run_type = "tool"
    elif _ALL in attributes or _ALL_EVENTS in attributes or "agent_name" in attributes:
        # Its usage is the sum of its model requests, and would make it one.
        run_type = "chain"
        draft.say("kind", "agent")
    elif _ATTEMPT in attributes:
        run_type = "llm"
        draft.say("kind", "attempt")
    draft.say("run_type", run_type)


def _say_tool(attributes: JsonObject, draft: Draft) -> None:
    given = json_or_text(attributes.get(_ARGUMENTS))
    if given is not None:
        draft.say("raw_inputs", given, _ARGUMENTS)
        # Where LangSmith's own mapping of OpenTelemetry puts them.
        draft.say(f"params.{_ARGUMENTS}", given, _ARGUMENTS)
    result = json_or_text(attributes.get(_RESPONSE))
    if result is not None:
        draft.say("raw_outputs", result, _RESPONSE)


def _say_conversation(attributes: JsonObject, draft: Draft) -> None:
    """Say the messages of a run: up to the agent's first answer they are the inputs."""
    messages = json_list(attributes[_ALL])
    if messages is None:
        return
    begin = answer_begins(messages, count(attributes.get(_NEW)))
    asked = normal_messages(messages[:begin], "user")
    if asked is None:
        return
    answered = normal_messages(messages[begin:], "assistant")
    system = json_or_text(attributes.get(_SYSTEM))
    if system is not None:
        asked = with_system(system, asked)
    say_sides(
        draft,
        _ALL,
        {"messages": asked} if asked else None,
        outputs_of(answered, turn=True) if answered else None,
        asked=(_SYSTEM,) if system is not None else (),
    )


def _say_result(value: Json, draft: Draft) -> None:
    """Say an agent's result, beside the messages where there are some."""
    result = json_or_text(value)
    outputs, keys = draft.said.pop("outputs", ({}, ()))
    draft.say("outputs", {**outputs, "output": result}, *keys, _RESULT)


def _say_embeddings(attributes: JsonObject, draft: Draft) -> None:
    texts = json_list(attributes.get("inputs"))
    draft.say("inputs", None if texts is None else {"input": texts}, "inputs")
    vectors = json_list(attributes.get("embeddings"))
    if vectors is not None:
        data = [{"index": index, "embedding": vector} for index, vector in enumerate(vectors)]
        draft.say("outputs", {"data": data}, "embeddings")
    elif "gen_ai.response.model" in attributes:
        counted = count(attributes.get("inputs_count"))
        draft.say("outputs", None if counted is None else {"embeddings_count": counted})


def _say_decision(attributes: JsonObject, draft: Draft) -> None:
    """Say what a decision model was asked; the chat around it has the usage of all its requests."""
    asked = {
        name: (key, json_or_text(attributes[key]))
        for name, key in (("state", _STATE), ("questions", _QUESTIONS))
        if key in attributes
    }
    if asked:
        inputs = {name: value for name, (_, value) in asked.items()}
        draft.say("inputs", inputs, *[key for key, _ in asked.values()])
    answers = json_or_text(attributes.get(_ANSWERS))
    draft.say("outputs", None if answers is None else {"answers": answers}, _ANSWERS)


def _say_about(attributes: JsonObject, draft: Draft) -> None:
    """Say the parameters, and what the user attached to the run."""
    for key in _SETTINGS:
        settings = json_object(attributes.get(key))
        if settings is not None:
            draft.say("bag.params", settings, key)
    if "metadata" in attributes and _ALL in attributes:
        draft.say("bag.metadata", json_object(attributes["metadata"]), "metadata")
    if _TOOLS not in attributes and f"params.{_PARAMETERS}" in draft.said:
        draft.say("params.tools", _tools(draft.said[f"params.{_PARAMETERS}"][0]))


def _tools(parameters: JsonObject) -> list[JsonObject] | None:
    """Return the tools that a request offered; all else about them stays in its parameters."""
    keys = ("name", "description", "parameters_json_schema", "strict")
    groups = [parameters.get(group) for group in ("function_tools", "output_tools")]
    return tools_of(
        [
            {key: tool.get(key) for key in keys}
            for group in groups
            for tool in (group if isinstance(group, list) else ())
            if isinstance(tool, dict) and "name" in tool
        ]
    )
