"""One case for each row of LangSmith's table of supported OpenTelemetry attributes and events.

Source: LangSmith, "Trace with OpenTelemetry", section "Supported OpenTelemetry attribute and event
mapping". Where the run says something else than the table on purpose, the case's id says "but".
"""

import pytest

from tests.translators.spans import span
from translators.registry import Registry
from translators.run import Run
from translators.span import Event, Json, JsonObject

RUN_ID = "0190a1b2-c3d4-7ef0-a5b6-6ea3a82e9328"
ORDER = f"20260101T000000000000Z{RUN_ID}"
LLM = {"langsmith.span.kind": "llm"}
TOOL = {"type": "function", "function": {"name": "add", "parameters": {"type": "object"}}}


def at(run: Run, path: str) -> Json:
    """Return what stands in the run at a dotted path; of metadata the keys are flat."""
    field, _, rest = path.partition(".")
    found: Json = getattr(run, field)
    if field == "metadata":
        return found.get(rest)
    for step in rest.split(".") if rest else ():
        if isinstance(found, list):
            found = found[int(step)]
        else:
            found = found.get(step) if isinstance(found, dict) else getattr(found, step)
    return found


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


@pytest.mark.parametrize(
    ("attributes", "path", "expected"),
    [*CORE, *GENAI, *PARAMS, *USAGE, *TRACELOOP, *OPENINFERENCE, *LLM_ATTRIBUTES, *OTHERS],
)
def test_an_attribute_is_mapped_as_documented(
    attributes: JsonObject, path: str, expected: Json
) -> None:
    run = Registry().translate(span(attributes))

    assert at(run, path) == expected


@pytest.mark.parametrize(("name", "attributes", "path", "expected"), EVENTS)
def test_an_event_is_mapped_as_documented(
    name: str, attributes: JsonObject, path: str, expected: Json
) -> None:
    run = Registry().translate(span(LLM, events=[Event(name, 1, attributes)]))

    assert at(run, path) == expected
