"""What each ``gen_ai.*`` attribute says: the rows of the ``genai`` dialect.

Covers the attributes since version 1.28, and the aliases that libraries have added.
Source: https://opentelemetry.io/docs/specs/semconv/gen-ai/
"""

from collections.abc import Mapping

from translators.attributes import Table, anything, count, flag, json_or_text, number, strings, text
from translators.chat_content import (
    ARGUMENTS,
    COMPLETIONS,
    DOCUMENTS,
    INPUT,
    OUTPUT,
    PROMPTS,
    QUERIES,
    RESULTS,
    SYSTEM,
    TOOLS,
    TOP_K,
)
from translators.chat_events import ROLES
from translators.first_token import SECONDS, SERVER_TTFT
from translators.providers import FRAMEWORKS
from translators.span import Json
from translators.tools import tools_of


def _provider(value: Json) -> str | None:
    word = text(value)
    return None if word is None or word.strip().lower() in FRAMEWORKS else word


def _model(value: Json) -> str | None:
    """Return the name of a model; Micrometer's word for one that is not known is "none"."""
    return None if value == "none" else text(value)


def given(value: Json) -> Json:
    """Return a setting; Pipecat's word for one that nobody gave says nothing."""
    return None if value == "NOT_GIVEN" else value


def stop_sequences(value: Json) -> list[Json] | None:
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


THREADS = ("session.id", "gen_ai.conversation.id", "gen_ai.openai.thread.id", "gen_ai.session.id")
USERS = ("user.id", "enduser.id", "enduser.pseudo.id", "gen_ai.request.user", "gen_ai.user")
EVALUATION = "gen_ai.evaluation.result"
REFS = {
    f"{INPUT}_ref": "inputs",
    f"{OUTPUT}_ref": "outputs",
    f"{SYSTEM}_ref": "system",
    f"{TOOLS}_ref": "tools",
}

TABLE = Table(
    {
        "gen_ai.operation.name": ("kind", _kind),
        "mcp.method.name": ("kind", _kind),
        "gen_ai.provider.name": ("provider", _provider),
        "gen_ai.system": ("provider", _provider),
        "gen_ai.model.provider": ("provider", _provider),
        "gen_ai.request.model": ("model", _model),
        "gen_ai.request_model": ("model", _model),
        "gen_ai.response.model": ("response_model", _model),
        "gen_ai.response_model": ("response_model", _model),
        # Parameters of the call.
        "gen_ai.request.temperature": ("params.temperature", number),
        "gen_ai.request.top_p": ("params.top_p", number),
        "gen_ai.request.top_k": ("params.top_k", number),
        "gen_ai.request.frequency_penalty": ("params.frequency_penalty", number),
        "gen_ai.request.presence_penalty": ("params.presence_penalty", number),
        "gen_ai.request.reasoning.level": ("params.reasoning_effort", text),
        "gen_ai.request.seed": ("params.seed", number),
        "gen_ai.openai.request.seed": ("params.seed", number),
        "gen_ai.request.max_tokens": ("params.max_tokens", count),
        "gen_ai.request.max_completion_tokens": ("params.max_completion_tokens", count),
        "gen_ai.request.stop_sequences": ("params.stop", stop_sequences),
        "gen_ai.request.choice.count": ("params.n", count),
        "gen_ai.request.n": ("params.n", count),
        "gen_ai.embeddings.dimension.count": ("params.dimensions", count),
        "gen_ai.request.embedding_dimension": ("params.dimensions", count),
        "gen_ai.request.embedding.dimensions": ("params.dimensions", count),
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
        "gen_ai.request.previous_response.id": ("params.previous_response_id", text),
        "gen_ai.request.*": ("params.*", given),
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
                    " input_token_details.cache_read input_tokens.cached"
                ),
                "cache_creation": (
                    "cache_creation.input_tokens cache_write.input_tokens"
                    " cache_creation_input_tokens cache_write_input_tokens cache_write_tokens"
                    " details.cache_write_tokens details.cache_creation_input_tokens"
                    " prompt_tokens_details.cache_creation_tokens"
                    " input_tokens.cache_write input_tokens.cache_creation"
                ),
                "reasoning": (
                    "reasoning.output_tokens reasoning_tokens thoughts_tokens"
                    " details.reasoning_tokens details.thoughts_tokens"
                    " completion_tokens_details.reasoning_tokens output_tokens.reasoning"
                ),
                "input_audio": (
                    "audio.input_tokens input_audio_tokens details.input_audio_tokens"
                    " prompt_tokens_details.audio_tokens"
                ),
                "output_audio": (
                    "audio.output_tokens output_audio_tokens details.output_audio_tokens"
                    " completion_tokens_details.audio_tokens"
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
        "gen_ai.usage.input_cost": ("usage.cost_input", number),
        "gen_ai.token.cost.output": ("usage.cost_output", number),
        "gen_ai.cost.output_cost": ("usage.cost_output", number),
        "gen_ai.usage.output_cost": ("usage.cost_output", number),
        "gen_ai.token.cost.total": ("usage.cost_total", number),
        "gen_ai.cost.total_cost": ("usage.cost_total", number),
        "gen_ai.usage.total_cost": ("usage.cost_total", number),
        "gen_ai.usage.cost": ("usage.cost_total", number),
        # What is told about the operation.
        "gen_ai.response.finish_reasons": ("metadata.finish_reasons", _reasons),
        "gen_ai.response.finish_reason": ("metadata.finish_reasons", _reasons),
        "gen_ai.response.id": ("metadata.response_id", text),
        "gen_ai.response.status": ("metadata.response_status", text),
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
        "gen_ai.memory.store.id": ("metadata.memory_store_id", text),
        "gen_ai.memory.record.id": ("metadata.memory_record_id", text),
        "gen_ai.memory.record.count": ("metadata.memory_record_count", count),
        "gen_ai.prompt.name": ("metadata.prompt_name", text),
        "gen_ai.prompt.version": ("metadata.prompt_version", anything),
        "gen_ai.prompt.variable.*": ("metadata.prompt_variable.*", anything),
        "gen_ai.output.type": ("metadata.output_type", text),
        "gen_ai.environment": ("metadata.environment", text),
        **{key: (f"metadata.otel.content_refs.{side}", text) for key, side in REFS.items()},
    }
)

# Read by code, because they mean something together only.
ALSO: Mapping[str, str] = {
    INPUT: "inputs",
    SYSTEM: "inputs",
    OUTPUT: "outputs",
    **dict.fromkeys(PROMPTS, "inputs"),
    **dict.fromkeys(COMPLETIONS, "outputs"),
    **dict.fromkeys((*ARGUMENTS, *QUERIES, *TOP_K), "inputs"),
    **dict.fromkeys((*RESULTS, *DOCUMENTS), "outputs"),
    **dict.fromkeys(THREADS, "thread_id"),
    **dict.fromkeys(USERS, "user_id"),
    **dict.fromkeys((*SECONDS, SERVER_TTFT), "first_token_ns"),
    "gen_ai.tool.status": "error",
    "error.type": "error",
    **dict.fromkeys(("exception", "gen_ai.client.operation.exception"), "error"),
    **dict.fromkeys((*ROLES, "gen_ai.content.prompt"), "inputs (event)"),
    **dict.fromkeys(("gen_ai.choice", "gen_ai.content.completion"), "outputs (event)"),
    "gen_ai.client.inference.operation.details": "as the same attributes say it (event)",
    EVALUATION: "metadata.evaluations (event)",
}
