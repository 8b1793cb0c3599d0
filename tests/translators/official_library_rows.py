"""Rows of LangSmith's table that concern instrumentation libraries, and its events."""

import pytest

from tests.translators.official_rows import LLM, row

TOOL = {"type": "function", "function": {"name": "add", "parameters": {"type": "object"}}}

TRACELOOP = [
    row("traceloop.entity.input", {"traceloop.entity.input": '{"a": 1}'}, "inputs", {"a": 1}),
    row("traceloop.entity.output", {"traceloop.entity.output": '{"b": 2}'}, "outputs", {"b": 2}),
    row("traceloop.entity.name", {"traceloop.entity.name": "step"}, "name", "step"),
    row("traceloop.span.kind", {"traceloop.span.kind": "tool"}, "run_type", "tool"),
    row(
        "traceloop.llm.request.type embedding",
        {"traceloop.llm.request.type": "embedding"},
        "run_type",
        "embedding",
    ),
    row(
        "traceloop.llm.request.type, others",
        {"traceloop.llm.request.type": "chat"},
        "run_type",
        "llm",
    ),
    row(
        "traceloop.association.properties.{key}",
        {"traceloop.association.properties.plan": "pro"},
        "metadata.plan",
        "pro",
    ),
]

OPENINFERENCE = [
    row("input.value, JSON", {"input.value": '{"a": 1}'}, "inputs", {"a": 1}),
    row("input.value, text", {"input.value": "hi"}, "inputs", {"input": "hi"}),
    row("output.value, JSON", {"output.value": '{"b": 2}'}, "outputs", {"b": 2}),
    row("output.value, text", {"output.value": "ho"}, "outputs", {"output": "ho"}),
    row(
        "openinference.span.kind",
        {"openinference.span.kind": "RERANKER"},
        "run_type",
        "retriever",
    ),
    row("llm.system", {**LLM, "llm.system": "openai"}, "metadata.ls_provider", "openai"),
    row("llm.model_name", {**LLM, "llm.model_name": "gpt-4o"}, "metadata.ls_model_name", "gpt-4o"),
    row(
        "tool.name",
        {"openinference.span.kind": "TOOL", "tool.name": "add"},
        "name",
        "add",
    ),
    row("metadata", {"metadata": '{"plan": "pro"}'}, "metadata.plan", "pro"),
]

LLM_ATTRIBUTES = [
    row(
        "llm.input_messages",
        {"llm.input_messages.0.message.role": "user", "llm.input_messages.0.message.content": "hi"},
        "inputs.messages",
        [{"role": "user", "content": "hi"}],
    ),
    row(
        "llm.output_messages",
        {
            "llm.output_messages.0.message.role": "assistant",
            "llm.output_messages.0.message.content": "ho",
        },
        "outputs.messages",
        [{"role": "assistant", "content": "ho"}],
    ),
    row(
        "llm.invocation_parameters",
        {**LLM, "llm.invocation_parameters": '{"temperature": 0.5}'},
        "invocation_params",
        {"temperature": 0.5},
    ),
    row(
        "llm.presence_penalty",
        {**LLM, "llm.presence_penalty": 0.5},
        "invocation_params.presence_penalty",
        0.5,
    ),
    row(
        "llm.frequency_penalty",
        {**LLM, "llm.frequency_penalty": 0.5},
        "invocation_params.frequency_penalty",
        0.5,
    ),
    # Functions are what tools were called before: they stand where LangSmith renders tools.
    row(
        "llm.request.functions, but as tools",
        {
            **LLM,
            "llm.request.functions.0.name": "add",
            "llm.request.functions.0.parameters": '{"type": "object"}',
        },
        "invocation_params.tools",
        [TOOL],
    ),
]

OTHERS = [
    row(
        "llm.prompt_template.variables on a prompt",
        {
            "openinference.span.kind": "PROMPT",
            "llm.prompt_template.variables": '{"q": "why"}',
            "input.value": "why",
        },
        "run_type",
        "prompt",
    ),
    # OpenInference puts the template of a prompt on the model call that it was made for.
    row(
        "llm.prompt_template.variables, but it makes no prompt of a model call",
        {"openinference.span.kind": "LLM", "llm.prompt_template.variables": '{"q": "why"}'},
        "run_type",
        "llm",
    ),
    row(
        "retrieval.documents.{n}.document.content",
        {"retrieval.documents.0.document.content": "here"},
        "outputs.documents.0.page_content",
        "here",
    ),
    row(
        "retrieval.documents.{n}.document.metadata",
        {
            "retrieval.documents.0.document.content": "here",
            "retrieval.documents.0.document.metadata": '{"source": "wiki"}',
        },
        "outputs.documents.0.metadata",
        {"source": "wiki"},
    ),
    row("tools", {**LLM, "tools": [TOOL]}, "invocation_params.tools", [TOOL]),
    row(
        "tool_arguments",
        {**LLM, "tool_arguments": '{"a": 1}'},
        "invocation_params.tool_arguments",
        {"a": 1},
    ),
    row("prompt", {"prompt": '{"q": "why"}'}, "inputs", {"q": "why"}),
    row(
        "all_messages_events, but what was asked stands in the inputs",
        {
            "all_messages_events": (
                '[{"event.name": "gen_ai.user.message", "role": "user", "content": "hi"},'
                ' {"event.name": "gen_ai.assistant.message", "role": "assistant",'
                ' "content": "ho"}]'
            )
        },
        "outputs.messages",
        [{"role": "assistant", "content": "ho"}],
    ),
    row(
        "events, inputs",
        {"events": [{"event.name": "gen_ai.user.message", "role": "user", "content": "hi"}]},
        "inputs.messages",
        [{"role": "user", "content": "hi"}],
    ),
    row(
        "events, choices",
        {"events": [{"event.name": "gen_ai.choice", "index": 0, "message": {"content": "ho"}}]},
        "outputs.messages",
        [{"role": "assistant", "content": "ho"}],
    ),
]

CALL = {
    "id": "call_1",
    "type": "function",
    "function": {"name": "add", "arguments": '{"a": 1}'},
}

EVENTS = [
    pytest.param(
        "gen_ai.content.prompt",
        {"gen_ai.prompt": '[{"role": "user", "content": "hi"}]'},
        "inputs.messages",
        [{"role": "user", "content": "hi"}],
        id="gen_ai.content.prompt",
    ),
    pytest.param(
        "gen_ai.content.completion",
        {"gen_ai.completion": '[{"role": "assistant", "content": "ho"}]'},
        "outputs.messages",
        [{"role": "assistant", "content": "ho"}],
        id="gen_ai.content.completion",
    ),
    pytest.param(
        "gen_ai.system.message",
        {"content": "Be terse."},
        "inputs.messages",
        [{"role": "system", "content": "Be terse."}],
        id="gen_ai.system.message",
    ),
    pytest.param(
        "gen_ai.user.message",
        {"role": "user", "content": "hi"},
        "inputs.messages",
        [{"role": "user", "content": "hi"}],
        id="gen_ai.user.message",
    ),
    # What the assistant and the tools said before the choice is what the model was asked with.
    pytest.param(
        "gen_ai.assistant.message",
        {"content": "ho"},
        "inputs.messages",
        [{"role": "assistant", "content": "ho"}],
        id="gen_ai.assistant.message, but history belongs to the inputs",
    ),
    pytest.param(
        "gen_ai.tool.message",
        {"content": "2", "id": "call_1"},
        "inputs.messages",
        [{"role": "tool", "content": "2", "tool_call_id": "call_1"}],
        id="gen_ai.tool.message, but history belongs to the inputs",
    ),
    pytest.param(
        "gen_ai.user.message",
        {"gen_ai.event.content": '{"role": "user", "content": "hi"}'},
        "inputs.messages",
        [{"role": "user", "content": "hi"}],
        id="gen_ai.event.content",
    ),
    pytest.param(
        "gen_ai.choice",
        {
            "finish_reason": "stop",
            "message.content": "ho",
            "message.role": "assistant",
        },
        "outputs.messages",
        [{"role": "assistant", "content": "ho", "finish_reason": "stop"}],
        id="gen_ai.choice",
    ),
    pytest.param(
        "gen_ai.choice",
        {
            "tool_calls.0.id": "call_1",
            "tool_calls.0.type": "function",
            "tool_calls.0.function.name": "add",
            "tool_calls.0.function.arguments": '{"a": 1}',
        },
        "outputs.messages.0.tool_calls",
        [CALL],
        id="gen_ai.choice with tool calls",
    ),
    pytest.param(
        "exception",
        {"exception.message": "boom", "exception.stacktrace": "at line 1"},
        "error",
        "boom\n\nat line 1",
        id="exception",
    ),
]
