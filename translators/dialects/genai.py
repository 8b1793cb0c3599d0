"""OpenTelemetry's own conventions for generative AI: ``gen_ai.*``, and ``mcp.*``.

Covers the attributes since version 1.28, the span events of 1.27 to 1.36, the JSON attributes since
1.37, and the aliases under ``gen_ai.`` that libraries have added.
Source: https://opentelemetry.io/docs/specs/semconv/gen-ai/
"""

from translators.attributes import Table, anything, count, flag, json_or_text, number, strings, text
from translators.base import Draft, Signature
from translators.chat_content import (
    INPUT,
    OUTPUT,
    SYSTEM,
    TOOLS,
    is_retrieval,
    is_tool_io,
    say_messages,
    say_retrieval,
    say_tool,
)
from translators.chat_events import read_events
from translators.first_token import first_token_ns
from translators.operations import modality_of_operation, run_type_of_mcp, run_type_of_operation
from translators.providers import FRAMEWORKS
from translators.run import RunType
from translators.span import Json, JsonObject, Span
from translators.tools import tools_of


def _provider(value: Json) -> str | None:
    word = text(value)
    return None if word is None or word.strip().lower() in FRAMEWORKS else word


def _stops(value: Json) -> list[Json] | None:
    """Return stop sequences as they are: blanks and commas in them count."""
    found = json_or_text(value)
    if isinstance(found, str):
        return [found]
    return found if isinstance(found, list) else None


def _reasons(value: Json) -> list[str] | None:
    found = [reason for reason in strings(value) or [] if text(reason) is not None]
    return found or None


def _kind(value: Json) -> str | None:
    """Return the operation where it survives as the lower-case kind of the run."""
    return value if isinstance(value, str) and value and value == value.lower() else None


_REFS = {
    f"{INPUT}_ref": "inputs",
    f"{OUTPUT}_ref": "outputs",
    f"{SYSTEM}_ref": "system",
    f"{TOOLS}_ref": "tools",
}
_THREADS = ("session.id", "gen_ai.conversation.id", "gen_ai.openai.thread.id", "gen_ai.session.id")
_USERS = ("user.id", "enduser.id", "enduser.pseudo.id", "gen_ai.request.user", "gen_ai.user")
_EVALUATION = "gen_ai.evaluation.result"
_DOUBLED = (
    ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"),
    ("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"),
)

_TABLE = Table(
    {
        "gen_ai.operation.name": ("kind", _kind),
        "mcp.method.name": ("kind", _kind),
        "gen_ai.provider.name": ("provider", _provider),
        "gen_ai.system": ("provider", _provider),
        "gen_ai.request.model": ("model", text),
        "gen_ai.request_model": ("model", text),
        "gen_ai.response.model": ("response_model", text),
        "gen_ai.response_model": ("response_model", text),
        # Parameters of the call.
        "gen_ai.request.temperature": ("params.temperature", number),
        "gen_ai.request.top_p": ("params.top_p", number),
        "gen_ai.request.top_k": ("params.top_k", number),
        "gen_ai.request.seed": ("params.seed", number),
        "gen_ai.openai.request.seed": ("params.seed", number),
        "gen_ai.request.max_tokens": ("params.max_tokens", count),
        "gen_ai.request.stop_sequences": ("params.stop", _stops),
        "gen_ai.request.choice.count": ("params.n", count),
        "gen_ai.request.n": ("params.n", count),
        "gen_ai.embeddings.dimension.count": ("params.dimensions", count),
        "gen_ai.request.embedding_dimension": ("params.dimensions", count),
        "gen_ai.request.stream": ("params.stream", flag),
        "gen_ai.request.is_stream": ("params.stream", flag),
        "gen_ai.is_streaming": ("params.stream", flag),
        "gen_ai.openai.request.response_format": ("params.response_format", json_or_text),
        "gen_ai.request.structured_output_schema": ("params.response_format", json_or_text),
        "openai.request.service_tier": ("params.service_tier", text),
        "gen_ai.openai.request.service_tier": ("params.service_tier", text),
        "gen_ai.request.extra_query": ("params.extra_query", json_or_text),
        "gen_ai.request.extra_body": ("params.extra_body", json_or_text),
        "gen_ai.request.tool_choice": ("params.tool_choice", json_or_text),
        "gen_ai.user": ("params.user", text),
        "gen_ai.request.*": ("params.*", anything),
        "gcp.gen_ai.operation.config.*": ("params.*", anything),
        TOOLS: ("params.tools", tools_of),
        # Token counts.
        "gen_ai.usage.input_tokens": ("usage.input", count),
        "gen_ai.usage.prompt_tokens": ("usage.input", count),
        "gen_ai.token.usage.input": ("usage.input", count),
        "gen_ai.client.token.usage.input": ("usage.input", count),
        "llm.usage.prompt_tokens": ("usage.input", count),
        "gen_ai.usage.output_tokens": ("usage.output", count),
        "gen_ai.usage.completion_tokens": ("usage.output", count),
        "gen_ai.token.usage.output": ("usage.output", count),
        "gen_ai.client.token.usage.output": ("usage.output", count),
        "llm.usage.completion_tokens": ("usage.output", count),
        "gen_ai.usage.total_tokens": ("usage.total", count),
        "gen_ai.client.token.usage": ("usage.total", count),
        "llm.usage.total_tokens": ("usage.total", count),
        **{
            f"gen_ai.usage.{key}": (f"usage.{counter}", count)
            for counter, keys in {
                "cache_read": (
                    "cache_read.input_tokens cache_read_input_tokens cached_tokens"
                    " cached_input_tokens input_cached_tokens cache_read_tokens"
                    " details.cache_read_tokens details.cached_tokens"
                    " details.cache_read_input_tokens prompt_tokens_details.cached_tokens"
                    " input_token_details.cache_read"
                ),
                "cache_creation": (
                    "cache_creation.input_tokens cache_write.input_tokens"
                    " cache_creation_input_tokens cache_write_input_tokens cache_write_tokens"
                    " details.cache_write_tokens details.cache_creation_input_tokens"
                    " prompt_tokens_details.cache_creation_tokens"
                ),
                "reasoning": (
                    "reasoning.output_tokens reasoning_tokens thoughts_tokens"
                    " details.reasoning_tokens details.thoughts_tokens"
                    " completion_tokens_details.reasoning_tokens"
                ),
                "input_audio": (
                    "audio.input_tokens input_audio_tokens details.input_audio_tokens"
                    " prompt_tokens_details.audio_tokens"
                ),
                "output_audio": (
                    "audio.output_tokens output_audio_tokens details.output_audio_tokens"
                ),
                "input_text": "text.input_tokens input_text_tokens",
                "output_text": "text.output_tokens output_text_tokens",
                "input_image": "image.input_tokens",
                "output_image": "image.output_tokens",
                "input_video": "video.input_tokens",
                "output_video": "video.output_tokens",
            }.items()
            for key in keys.split()
        },
        # Costs, as LiteLLM, OpenLIT and gateways add them.
        "gen_ai.token.cost.input": ("usage.cost_input", number),
        "gen_ai.cost.input_cost": ("usage.cost_input", number),
        "gen_ai.token.cost.output": ("usage.cost_output", number),
        "gen_ai.cost.output_cost": ("usage.cost_output", number),
        "gen_ai.token.cost.total": ("usage.cost_total", number),
        "gen_ai.cost.total_cost": ("usage.cost_total", number),
        "gen_ai.usage.cost": ("usage.cost_total", number),
        # What is told about the operation.
        "gen_ai.response.finish_reasons": ("metadata.finish_reasons", _reasons),
        "gen_ai.response.finish_reason": ("metadata.finish_reasons", _reasons),
        "gen_ai.response.id": ("metadata.response_id", text),
        "openai.response.service_tier": ("metadata.service_tier", text),
        "openai.response.system_fingerprint": ("metadata.system_fingerprint", text),
        "gen_ai.agent.id": ("metadata.agent_id", text),
        "gen_ai.agent.name": ("metadata.agent_name", text),
        "gen_ai.agent.description": ("metadata.agent_description", text),
        "gen_ai.agent.version": ("metadata.agent_version", text),
        "gen_ai.tool.name": ("metadata.tool_name", text),
        "gen_ai.tool.call.id": ("metadata.tool_call_id", text),
        "gen_ai.tool.description": ("metadata.tool_description", text),
        "gen_ai.tool.type": ("metadata.tool_type", text),
        "gen_ai.workflow.name": ("metadata.workflow_name", text),
        "gen_ai.data_source.id": ("metadata.data_source_id", text),
        "gen_ai.prompt.name": ("metadata.prompt_name", text),
        "gen_ai.output.type": ("metadata.output_type", text),
        "gen_ai.environment": ("metadata.environment", text),
        **{key: (f"metadata.otel.content_refs.{side}", text) for key, side in _REFS.items()},
    }
)


class GenAI:
    """Reads the conventions of OpenTelemetry's GenAI working group."""

    name = "genai"

    def speaks(self, signature: Signature) -> bool:
        """Tell whether there is a ``gen_ai.`` attribute or event, or a call over MCP."""
        return "gen_ai" in signature.namespaces or "mcp.method.name" in signature.keys

    def translate(self, span: Span) -> Draft | None:
        """Return what the span says under ``gen_ai.`` and ``mcp.``."""
        draft, attributes = Draft(), span.attributes
        _TABLE.read(attributes, draft)
        for key, alias in _DOUBLED:
            if alias in attributes and attributes.get(key) == attributes[alias]:
                draft.used.add(alias)  # the same number under two names is one number
        events = read_events(span.events, attributes) if span.events else None
        if events is not None and events.details:
            _say_details(events.details, draft)
        run_type = _run_type(attributes, draft)
        draft.say("run_type", run_type)
        _say_about(span, run_type, draft)
        if run_type == "tool":
            # Where LangSmith's own mapping of OpenTelemetry puts the name.
            draft.say("params.tool_name", draft.said.get("metadata.tool_name", (None,))[0])
            say_tool(span, events, draft)
        elif run_type == "retriever":
            say_retrieval(attributes, draft)
        reasons = draft.said.get("metadata.finish_reasons", ((), ()))[0]
        # The LangSmith exporter's gen_ai.prompt is a whole run's inputs, not messages.
        if span.scope.name != "langsmith":
            say_messages(span, events, draft, turn=run_type != "llm", reasons=reasons)
        _say_refs(attributes, draft)
        return draft if draft.said else None


def _run_type(attributes: JsonObject, draft: Draft) -> RunType | None:
    """Return what the operation says; else what the attributes tell, where they leave no doubt."""
    found = run_type_of_operation(attributes.get("gen_ai.operation.name"))
    found = found or run_type_of_mcp(attributes.get("mcp.method.name"))
    if found is not None:
        return found
    said = draft.said
    model = "model" in said or "response_model" in said
    usage = "usage.input" in said or "usage.output" in said
    if model and usage:
        return "llm"
    # A chat span may name the tools that the model asked for.
    if not model and not usage and is_tool_io(attributes):
        return "tool"
    return "retriever" if is_retrieval(attributes) else None


def _say_details(details: JsonObject, draft: Draft) -> None:
    """Say what a details event knows beyond the span; the event itself stays as it is."""
    of_events = Draft()
    _TABLE.read(details, of_events)
    for field, (value, _) in of_events.said.items():
        draft.say(field, value)


def _say_about(span: Span, run_type: RunType | None, draft: Draft) -> None:
    """Say what takes more than one attribute, or makes more than one field of it."""
    attributes, said = span.attributes, draft.said
    operation = attributes.get("gen_ai.operation.name")
    if run_type == "llm" and operation != "chat":
        draft.say("metadata.ls_modality", modality_of_operation(operation))
    if "params.stop" in said:
        draft.say("params.stop_sequences", said["params.stop"][0])
    if attributes.get("gen_ai.output.type") == "json":
        draft.say("params.response_format", {"type": "json_object"})
    for field, keys in (("thread_id", _THREADS), ("user_id", _USERS)):
        for key in keys:
            if key in attributes:
                # The attribute stays beside it: LangSmith's users look for the name they gave.
                draft.say(field, text(attributes[key]))
    if run_type in ("chain", "tool"):
        _say_name(span, operation, draft)
    draft.say("first_token_ns", first_token_ns(span))
    if span.events:
        told = [event.attributes for event in span.events if event.name == _EVALUATION]
        draft.say("metadata.evaluations", told or None)


def _say_name(span: Span, operation: Json, draft: Draft) -> None:
    """Say the name of the agent or tool, where the span's own is only the operation."""
    said = draft.said
    tool = said.get("metadata.tool_name")
    if "mcp.method.name" in span.attributes:
        if tool is not None:
            draft.say("name", tool[0])
    elif span.name in ("", operation):
        found = tool or said.get("metadata.agent_name") or said.get("metadata.workflow_name")
        if found is not None:
            draft.say("name", found[0])


def _say_refs(attributes: JsonObject, draft: Draft) -> None:
    """Say where content was uploaded to, for a side of which nothing else is known."""
    for key, side in _REFS.items():
        if key in attributes and side in ("inputs", "outputs") and f"raw_{side}" not in draft.said:
            uri = text(attributes[key])
            if uri is not None:
                draft.say(side, {"messages_ref": uri})
