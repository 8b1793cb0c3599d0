"""LlamaIndex's own OpenTelemetry package: its events, flattened, as span events.

The names of its instrumentor for OpenInference and of Traceloop's are theirs, not this dialect's.
Source: https://github.com/run-llama/llama_index, ``llama-index-observability-otel`` 0.1 to 0.7 and
``llama_index/core/instrumentation/events``.
"""

from collections.abc import Mapping

from translators.attributes import Table, anything, text
from translators.base import Draft, Signature
from translators.llamaindex_events import SAYERS
from translators.span import Span

SCOPES = ("llamaindex.opentelemetry", "llama_index")
NAMESPACE = "llamaindex"
SUMMARY = "llamaindex.step.input_summary"
IN_PROGRESS = ("LLMChatInProgressEvent", "LLMCompletionInProgressEvent")
# By the beginning of a class's name, which is that of its spans: who serves the model.
PROVIDERS = (
    ("OpenAILike", None),
    ("AzureOpenAI", "azure"), ("OpenAI", "openai"), ("Anthropic", "anthropic"),
    ("Bedrock", "bedrock"), ("GoogleGenAI", "google_genai"), ("Gemini", "google_genai"),
    ("Vertex", "google_vertexai"), ("MistralAI", "mistral"), ("Cohere", "cohere"),
    ("Groq", "groq"), ("Ollama", "ollama"), ("DeepSeek", "deepseek"), ("Together", "together"),
)  # fmt: skip

TABLE = Table({"llamaindex.run_id": ("metadata.workflow_run_id", anything)})


class LlamaIndex:
    """Spans of the dispatcher of LlamaIndex, as its own package exports them."""

    name = "llamaindex"
    table = TABLE
    also: Mapping[str, str] = {
        SUMMARY: "inputs",
        "LLMChatStartEvent": "run_type, inputs (messages), model, params",
        "LLMChatEndEvent": "outputs (messages), usage, response_model",
        "LLMCompletionStartEvent": "run_type, inputs (prompt), model, params",
        "LLMCompletionEndEvent": "outputs (choices), usage, response_model",
        **{name: "first_token_ns" for name in IN_PROGRESS},
        "EmbeddingStartEvent": "run_type, model",
        "EmbeddingEndEvent": "inputs, outputs",
        "RetrievalStartEvent": "run_type, inputs (query)",
        "RetrievalEndEvent": "outputs (documents)",
        "ReRankStartEvent": "run_type, inputs, model",
        "ReRankEndEvent": "outputs (documents)",
        "QueryStartEvent": "inputs",
        "QueryEndEvent": "outputs",
        "SynthesizeStartEvent": "inputs",
        "SynthesizeEndEvent": "outputs",
        "LLMPredictEndEvent": "outputs",
        "AgentChatWithStepStartEvent": "inputs",
        "AgentChatWithStepEndEvent": "outputs",
        "AgentToolCallEvent": "run_type, inputs, metadata.tool_name",
        "step.output": "outputs",
        "workflow.output": "outputs",
    }

    def speaks(self, signature: Signature) -> bool:
        """Tell whether the span is one of LlamaIndex's own package."""
        return signature.scope.startswith(SCOPES) or NAMESPACE in signature.namespaces

    def translate(self, span: Span) -> Draft | None:
        """Return what the events of the span say; they stay as they are, with all that they say."""
        draft = Draft()
        TABLE.read(span.attributes, draft)
        for event in span.events:
            if event.name in SAYERS:
                run_type, sayer = SAYERS[event.name]
                draft.say("run_type", run_type)
                sayer(event.attributes, draft)
            elif event.name in IN_PROGRESS:
                draft.say("first_token_ns", event.time_ns)
        if "model" in draft.said or "response_model" in draft.said:
            draft.say("provider", _provider(span.name))
        if span.name.startswith("FunctionTool."):
            draft.say("run_type", "tool")
        if "inputs" not in draft.said:
            draft.say("raw_inputs", text(span.attributes.get(SUMMARY)), SUMMARY)
        return draft if draft.said else None


def _provider(name: str) -> str | None:
    return next((word for start, word in PROVIDERS if name.startswith(start)), None)
