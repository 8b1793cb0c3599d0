"""Rows of LangSmith's table that concern its own and OpenTelemetry's GenAI attributes."""

import pytest

from translators.span import Json, JsonObject

RUN_ID = "0190a1b2-c3d4-7ef0-a5b6-6ea3a82e9328"
ORDER = f"20260101T000000000000Z{RUN_ID}"
LLM = {"langsmith.span.kind": "llm"}


def row(name: str, attributes: JsonObject, path: str, expected: Json) -> object:
    return pytest.param(attributes, path, expected, id=name)


CORE = [
    row("langsmith.trace.name", {"langsmith.trace.name": "ask"}, "name", "ask"),
    row("langsmith.span.kind", {"langsmith.span.kind": "retriever"}, "run_type", "retriever"),
    row("langsmith.trace.id", {"langsmith.trace.id": RUN_ID}, "ids.trace_id", RUN_ID),
    row("langsmith.span.id", {"langsmith.span.id": RUN_ID}, "ids.run_id", RUN_ID),
    row(
        "langsmith.span.parent_id",
        {"langsmith.span.parent_id": RUN_ID},
        "ids.parent_run_id",
        RUN_ID,
    ),
    row(
        "langsmith.span.dotted_order",
        {"langsmith.span.dotted_order": ORDER},
        "ids.dotted_order",
        ORDER,
    ),
    row(
        "langsmith.trace.session_id, a project",
        {"langsmith.trace.session_id": RUN_ID},
        "project_id",
        RUN_ID,
    ),
    row(
        "langsmith.trace.session_id, related traces",
        {"langsmith.trace.session_id": "chat 7"},
        "metadata.thread_id",
        "chat 7",
    ),
    row(
        "langsmith.trace.session_name",
        {"langsmith.trace.session_name": "mine"},
        "project",
        "mine",
    ),
    row("langsmith.span.tags", {"langsmith.span.tags": "a, b"}, "tags", ["a", "b"]),
    row("langsmith.metadata.{key}", {"langsmith.metadata.plan": "pro"}, "metadata.plan", "pro"),
]

GENAI = [
    row(
        "gen_ai.system", {**LLM, "gen_ai.system": "anthropic"}, "metadata.ls_provider", "anthropic"
    ),
    row("gen_ai.operation.name chat", {"gen_ai.operation.name": "chat"}, "run_type", "llm"),
    row(
        "gen_ai.operation.name completion",
        {"gen_ai.operation.name": "completion"},
        "run_type",
        "llm",
    ),
    row(
        "gen_ai.operation.name embedding",
        {"gen_ai.operation.name": "embedding"},
        "run_type",
        "embedding",
    ),
    row("gen_ai.prompt", {**LLM, "gen_ai.prompt": "Once"}, "inputs", {"prompt": "Once"}),
    row(
        "gen_ai.completion",
        {**LLM, "gen_ai.completion": "upon"},
        "outputs.choices.0.text",
        "upon",
    ),
    row(
        "gen_ai.prompt.{n}.role",
        {"gen_ai.prompt.0.role": "system", "gen_ai.prompt.0.content": "x"},
        "inputs.messages.0.role",
        "system",
    ),
    row(
        "gen_ai.prompt.{n}.content",
        {"gen_ai.prompt.0.role": "user", "gen_ai.prompt.0.content": "hi"},
        "inputs.messages.0.content",
        "hi",
    ),
    row(
        "gen_ai.prompt.{n}.message.role",
        {"gen_ai.prompt.0.message.role": "system", "gen_ai.prompt.0.message.content": "x"},
        "inputs.messages.0.role",
        "system",
    ),
    row(
        "gen_ai.prompt.{n}.message.content",
        {"gen_ai.prompt.0.message.role": "user", "gen_ai.prompt.0.message.content": "hi"},
        "inputs.messages.0.content",
        "hi",
    ),
    row(
        "gen_ai.completion.{n}.role",
        {"gen_ai.completion.0.role": "assistant", "gen_ai.completion.0.content": "ho"},
        "outputs.messages.0.role",
        "assistant",
    ),
    row(
        "gen_ai.completion.{n}.content",
        {"gen_ai.completion.0.role": "assistant", "gen_ai.completion.0.content": "ho"},
        "outputs.messages.0.content",
        "ho",
    ),
    row(
        "gen_ai.completion.{n}.message.role",
        {
            "gen_ai.completion.0.message.role": "assistant",
            "gen_ai.completion.0.message.content": "ho",
        },
        "outputs.messages.0.role",
        "assistant",
    ),
    row(
        "gen_ai.completion.{n}.message.content",
        {
            "gen_ai.completion.0.message.role": "assistant",
            "gen_ai.completion.0.message.content": "ho",
        },
        "outputs.messages.0.content",
        "ho",
    ),
    row(
        "gen_ai.input.messages",
        {
            "gen_ai.input.messages": (
                '[{"role": "user", "parts": [{"type": "text", "content": "hi"}]}]'
            )
        },
        "inputs.messages",
        [{"role": "user", "content": "hi"}],
    ),
    row(
        "gen_ai.output.messages",
        {
            "gen_ai.output.messages": (
                '[{"role": "assistant", "parts": [{"type": "text", "content": "ho"}]}]'
            )
        },
        "outputs.messages",
        [{"role": "assistant", "content": "ho"}],
    ),
    row(
        "gen_ai.tool.name",
        {"gen_ai.tool.name": "add", "gen_ai.operation.name": "execute_tool"},
        "invocation_params.tool_name",
        "add",
    ),
    # Several instrumentations put the names of tools on the chat spans that may call them.
    row(
        "gen_ai.tool.name, but it makes no tool of a chat",
        {"gen_ai.tool.name": "add", "gen_ai.operation.name": "chat"},
        "run_type",
        "llm",
    ),
]

PARAMS = [
    row(
        f"gen_ai.request.{name}",
        {**LLM, f"gen_ai.request.{name}": value},
        f"invocation_params.{target}",
        value,
    )
    for name, target, value in (
        ("model", "model", "gpt-4o"),
        ("temperature", "temperature", 0.5),
        ("top_p", "top_p", 0.5),
        ("max_tokens", "max_tokens", 100),
        ("frequency_penalty", "frequency_penalty", 0.5),
        ("presence_penalty", "presence_penalty", 0.5),
        ("seed", "seed", 7),
        ("stop_sequences", "stop", ["END"]),
        ("top_k", "top_k", 5),
        ("encoding_formats", "encoding_formats", ["base64"]),
    )
] + [
    # The parameters are what was asked for; what answered is kept beside it.
    row(
        "gen_ai.response.model, but the parameters keep the model asked for",
        {**LLM, "gen_ai.request.model": "gpt-4o", "gen_ai.response.model": "gpt-4o-2024-08-06"},
        "invocation_params.model",
        "gpt-4o",
    ),
    row(
        "gen_ai.response.model",
        {**LLM, "gen_ai.response.model": "gpt-4o-2024-08-06"},
        "metadata.ls_model_name",
        "gpt-4o-2024-08-06",
    ),
]

USAGE = [
    row(name, {**LLM, name: 7}, f"outputs.usage_metadata.{target}", 7)
    for name, target in (
        ("gen_ai.usage.input_tokens", "input_tokens"),
        ("gen_ai.usage.output_tokens", "output_tokens"),
        ("gen_ai.usage.total_tokens", "total_tokens"),
        ("gen_ai.usage.prompt_tokens", "input_tokens"),
        ("gen_ai.usage.completion_tokens", "output_tokens"),
        ("llm.token_count.prompt", "input_tokens"),
        ("llm.token_count.completion", "output_tokens"),
        ("llm.token_count.total", "total_tokens"),
        ("llm.usage.total_tokens", "total_tokens"),
        # LangSmith's schema of usage has no counter of that name at its top.
        (
            "gen_ai.usage.details.reasoning_tokens",
            "output_token_details.reasoning",
        ),
    )
]
