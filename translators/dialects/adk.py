"""Google's Agent Development Kit: its first schema keeps requests whole, in ``gcp.vertex.agent.*``.

Its second schema (the default since 2.13) speaks in OpenTelemetry's names, as ``genai`` reads them.
Source: https://github.com/google/adk-python, ``google/adk/telemetry``, versions 1.14 to 2.13.
"""

from collections.abc import Mapping
from functools import lru_cache

from translators.adk_calls import REQUEST, RESPONSE, say_request, say_response
from translators.attributes import (
    PLACEHOLDERS,
    Table,
    count,
    json_list,
    json_or_text,
    text,
)
from translators.base import Draft, Signature
from translators.chat_content import TOOLS
from translators.messages import normal_messages
from translators.span import Json, JsonObject, Span
from translators.tools import tools_of

_SCOPE, _PREFIX = "gcp.vertex.agent", "gcp.vertex.agent."
_ARGUMENTS, _RESULT = f"{_PREFIX}tool_call_args", f"{_PREFIX}tool_response"
_DATA, _SESSION = f"{_PREFIX}data", f"{_PREFIX}session_id"
_MODEL, _OPERATION = "gen_ai.request.model", "gen_ai.operation.name"
_USAGE_IN, _USAGE_OUT = "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"
_THOUGHTS = "gen_ai.usage.experimental.reasoning_tokens"
_TOOL, _MERGED = "execute_tool ", "execute_tool (merged)"
_DETAILS = "gen_ai.client.inference.operation.details"
_OF_TOOL = frozenset(("name", "description", "parameters", "type"))
_NOTHING = "{}"  # what stands for content that is not captured, or not there
# Since then each call_llm has a child that tells of the call once more.
_TOLD_TWICE_SINCE = (1, 24)
# First parts of model ids that name a place, not who serves the model.
_PLACES = frozenset(("models", "projects", "publishers", "locations", "endpoints", "tunedModels"))

TABLE = Table({})  # nothing that is said with one attribute alone


class ADK:
    """Reads what Google's Agent Development Kit sends."""

    name = "adk"
    table = TABLE
    also: Mapping[str, str] = {
        REQUEST: "inputs (messages), params.*",
        RESPONSE: "outputs (messages), usage.*, response_model, error, metadata.llm_response",
        _ARGUMENTS: "inputs",
        _RESULT: "outputs",
        _DATA: "inputs (messages)",
        _SESSION: "thread_id",
        "gen_ai.request.*": "model, params.*",
        "gen_ai.system": "provider",
        "gen_ai.provider.name": "provider",
        "gen_ai.usage.*": "usage.*",
        TOOLS: "params.tools",
        _DETAILS: "params.tools",
    }

    def speaks(self, signature: Signature) -> bool:
        """Tell whether the span comes from the kit, or has an attribute of its own."""
        return signature.scope == _SCOPE or (
            "gcp" in signature.namespaces and any(key.startswith(_PREFIX) for key in signature.keys)
        )

    def translate(self, span: Span) -> Draft | None:
        """Return what the span says in the words of the kit."""
        draft, attributes = Draft(), span.attributes
        _say_kind(span, draft)
        if _SESSION in attributes:
            # The attribute stays beside it: it tells which kind of id this is.
            draft.say("thread_id", text(attributes[_SESSION]))
        model = text(attributes.get(_MODEL))
        prefix, slash, _ = model.partition("/") if model else ("", "", "")
        if slash and prefix not in _PLACES:
            draft.say("provider", prefix)  # models behind LiteLLM
        for key in (REQUEST, RESPONSE):
            if attributes.get(key) == _NOTHING:
                draft.used.add(key)
        if _ARGUMENTS in attributes or _RESULT in attributes:
            _say_tool(attributes, draft)
        else:
            say_request(attributes.get(REQUEST), draft)
            say_response(attributes.get(RESPONSE), count(attributes.get(_USAGE_OUT)), draft)
        if _DATA in attributes:
            messages = normal_messages(json_list(attributes[_DATA]), "user")
            draft.say("inputs", {"messages": messages} if messages else None, _DATA)
        if span.events:
            _say_tools(span, draft)
        if _THOUGHTS in attributes:
            _say_usage_with_thoughts(attributes, draft)
        return draft if draft.said or draft.used else None


def _say_kind(span: Span, draft: Draft) -> None:
    """Say what the first schema tells by the name of a span only."""
    name = span.name
    if name == _MERGED:
        draft.say("run_type", "chain")
    if _OPERATION in span.attributes or span.scope.name != _SCOPE:
        return
    if name.startswith(_TOOL):
        draft.say("run_type", "tool")
        draft.say("kind", "execute_tool")
        draft.say("metadata.tool_name", text(name[len(_TOOL) :]))
        draft.say("params.tool_name", text(name[len(_TOOL) :]))
        return
    word, _, rest = name.partition(" ")
    draft.say("run_type", "llm" if name == "call_llm" else "chain")
    draft.say("kind", word if word.islower() else None)
    if name == "call_llm" and _is_told_twice(span.scope.version):
        draft.say("usage_holder", False)
    if word == "agent_run" and rest[:1] == "[":
        draft.say("metadata.agent_name", text(rest.strip("[]")))


@lru_cache(maxsize=256)
def _is_told_twice(version: str) -> bool:
    words = version.split(".")[:2]
    return len(words) == 2 and all(map(str.isdecimal, words)) and _since(words)


def _since(words: list[str]) -> bool:
    return (int(words[0]), int(words[1])) >= _TOLD_TWICE_SINCE


def _say_tool(attributes: JsonObject, draft: Draft) -> None:
    given, result = attributes.get(_ARGUMENTS), attributes.get(_RESULT)
    if given == _NOTHING == result:
        return  # not captured
    if _is_told(given):
        found = json_or_text(given)
        draft.say("inputs", found if isinstance(found, dict) else {"input": found}, _ARGUMENTS)
    if _is_told(result):
        draft.say("outputs", {"output": json_or_text(result)}, _RESULT)


def _is_told(value: Json) -> bool:
    return value is not None and not (isinstance(value, str) and value in PLACEHOLDERS)


def _say_tools(span: Span, draft: Draft) -> None:
    """Say the tools of a log record, where the span has the same ones without their parameters."""
    of_span = json_list(span.attributes.get(TOOLS))
    for at, event in enumerate(span.events):
        if event.name != _DETAILS or TOOLS not in event.attributes:
            continue
        tools = json_list(event.attributes[TOOLS])
        if tools and (of_span is None or _named(tools) == _named(of_span)):
            draft.say("params.tools", tools_of(tools), (at,), (at, TOOLS))
            if of_span is not None and (of_span == tools or not any(map(_has_parameters, of_span))):
                draft.used.add(TOOLS)


def _has_parameters(tool: Json) -> bool:
    return isinstance(tool, dict) and tool.get("parameters") is not None


def _named(tools: list[Json]) -> list[Json]:
    return [
        {key: tool.get(key) for key in tool if key != "parameters"}
        if isinstance(tool, dict) and tool.keys() <= _OF_TOOL
        else tool
        for tool in tools
    ]


def _say_usage_with_thoughts(attributes: JsonObject, draft: Draft) -> None:
    """Say what 2.0 counted in attributes: output without thoughts, these apart."""
    thoughts, output = count(attributes[_THOUGHTS]), count(attributes.get(_USAGE_OUT))
    if thoughts is not None and output is not None and "usage.input" not in draft.said:
        draft.say("usage.input", count(attributes.get(_USAGE_IN)), _USAGE_IN)
        draft.say("usage.output", output + thoughts)  # a sum does not tell its parts
        draft.say("usage.reasoning", thoughts, _THOUGHTS)
