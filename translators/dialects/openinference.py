"""OpenInference: Arize's conventions, spoken by its instrumentors for some forty libraries.

Source: OpenInference, ``spec/semantic_conventions.md``, and its instrumentors.
"""

from collections.abc import Mapping

from translators.attributes import (
    Table,
    anything,
    count,
    json_object,
    json_or_text,
    number,
    strings,
    text,
)
from translators.base import Draft, Signature
from translators.openinference_content import (
    FEEDBACK,
    TOOLS,
    feedback_from,
    flattened_lists,
    tools_from,
)
from translators.openinference_media import SINGLE_KEYS, say_media
from translators.openinference_sides import say_lists, say_values
from translators.openinference_usage import counts_cache_apart, is_sole_holder
from translators.operations import NAMES_OF_ANY_AGENT
from translators.providers import FRAMEWORKS, is_refined
from translators.run import RunType
from translators.span import Json, JsonObject, Span
from translators.tools import tools_of

KIND = "openinference.span.kind"
RUN_TYPES: dict[str, RunType] = {
    "LLM": "llm",
    "EMBEDDING": "embedding",
    "RETRIEVER": "retriever",
    "RERANKER": "retriever",
    "TOOL": "tool",
    "PROMPT": "prompt",
}
SCOPES = ("openinference.", "@arizeai/openinference")
VALUES = ("input.value", "output.value")
NAMESPACES = frozenset({"openinference", "retrieval", "reranker", "embedding"})
# The rest of llm.* is OpenLLMetry's.
TRACELOOP = (
    "llm.chat.",
    "llm.headers",
    "llm.is_streaming",
    "llm.request.",
    "llm.response.",
    "llm.top_k",
    "llm.usage.",
    "llm.user",
)
FIRST_TOKEN = "First Token Stream Event"

VARIABLES = "llm.prompt_template.variables"
TEMPLATE = {
    "llm.prompt_template.template": "template",
    VARIABLES: "variables",
    "llm.prompt_template.version": "version",
}
TEMPLATE_KEYS = frozenset(TEMPLATE)
MEDIA = ("images", "documents")
PARAMS = ("llm.invocation_parameters", "embedding.invocation_parameters")
_ASKED = frozenset(("llm.request.model_name", "gen_ai.request.model"))


def provider(value: Json) -> str | None:
    """Return a provider's word, not that of a framework."""
    word = text(value)
    return None if word is None or word.strip().lower() in FRAMEWORKS else word


def listed(value: Json) -> list[str] | None:
    """Return a text as a list of one."""
    word = text(value)
    return None if word is None else [word]


TABLE = Table(
    {
        "llm.request.model_name": ("model", text),
        "llm.model_name": ("model", text),
        "embedding.model_name": ("model", text),
        "reranker.model_name": ("model", text),
        "llm.response.model_name": ("response_model", text),
        "llm.provider": ("provider", provider),
        "llm.system": ("provider", provider),
        "llm.finish_reason": ("metadata.finish_reasons", listed),
        "llm.token_count.prompt": ("usage.input", count),
        "llm.token_count.completion": ("usage.output", count),
        "llm.token_count.total": ("usage.total", count),
        "decision.token_count.input": ("usage.input", count),
        "decision.token_count.output": ("usage.output", count),
        "llm.token_count.prompt_details.cache_read": ("usage.cache_read", count),
        "llm.token_count.prompt_details.cache_input": ("usage.cache_read", count),
        "llm.token_count.prompt_details.cache_write": ("usage.cache_creation", count),
        "llm.token_count.prompt_details.audio": ("usage.input_audio", count),
        "llm.token_count.completion_details.reasoning": ("usage.reasoning", count),
        "llm.token_count.completion_details.audio": ("usage.output_audio", count),
        "llm.cost.prompt": ("usage.cost_input", number),
        "llm.cost.completion": ("usage.cost_output", number),
        "llm.cost.total": ("usage.cost_total", number),
        "llm.cost.prompt_details.cache_input": ("usage.cost_input_cache_read", number),
        "llm.cost.prompt_details.cache_write": ("usage.cost_input_cache_creation", number),
        "llm.cost.prompt_details.*": ("usage.cost_input_*", number),
        "llm.cost.completion_details.*": ("usage.cost_output_*", number),
        "reranker.top_k": ("params.top_k", count),
        "llm.presence_penalty": ("params.presence_penalty", number),
        "llm.frequency_penalty": ("params.frequency_penalty", number),
        "prompt.vendor": ("metadata.prompt_vendor", text),
        "prompt.id": ("metadata.prompt_id", text),
        "prompt.url": ("metadata.prompt_url", text),
        "tool.name": ("metadata.tool_name", text),
        "tool.description": ("metadata.tool_description", text),
        "tool.id": ("metadata.tool_call_id", text),
        "tool_call.id": ("metadata.tool_call_id", text),
        "agent.name": ("metadata.agent_name", text),
        "graph.node.id": ("metadata.graph_node_id", anything),
        "graph.node.name": ("metadata.graph_node_name", anything),
        "graph.node.parent_id": ("metadata.graph_node_parent_id", anything),
        "llm.tools": ("params.tools", tools_of),
        "tag.tags": ("tags", strings),
        "metadata": ("bag.metadata", json_object),
    }
)


class OpenInference:
    """Spans of OpenInference's instrumentors, and of those that imitate them."""

    name = "openinference"
    table = TABLE
    also: Mapping[str, str] = {
        KIND: "run_type, kind",
        "input.value": "inputs",
        "input.value.*": "inputs",
        "output.value": "outputs",
        "output.value.*": "outputs",
        "llm.input_messages.*": "inputs (messages)",
        "llm.output_messages.*": "outputs (messages)",
        "llm.function_call": "outputs (tool calls)",
        "llm.prompts.*": "inputs (prompt)",
        "llm.choices.*": "outputs (choices)",
        "llm.tools.*": "params.tools",
        "retrieval.documents.*": "outputs (documents)",
        "reranker.query": "inputs (query)",
        "reranker.input_documents.*": "inputs (documents)",
        "reranker.output_documents.*": "outputs (documents)",
        "embedding.embeddings.*": "inputs, outputs",
        "tool.parameters": "inputs, where nothing else says them",
        **{f"{side}.{media}.*": f"{side}s" for side in ("input", "output") for media in MEDIA},
        **{key: "inputs or outputs (blocks)" for key in sorted(SINGLE_KEYS)},
        **{f"{prefix}*": "metadata.annotations" for prefix in FEEDBACK},
        **{key: "metadata.prompt_template" for key in TEMPLATE},
        VARIABLES: "metadata.prompt_template; inputs of prompts",
        **{key: "params" for key in PARAMS},
        "session.id": "thread_id",
        "user.id": "user_id",
        FIRST_TOKEN: "first_token_ns",
    }

    def speaks(self, signature: Signature) -> bool:
        """Tell whether the span is of an instrumentor, or has attributes of its conventions."""
        return (
            signature.scope.startswith(SCOPES)
            or not NAMESPACES.isdisjoint(signature.namespaces)
            or not signature.keys.isdisjoint(TABLE.keys())
            or not signature.keys.isdisjoint(VALUES)
            or any(k.startswith("llm.") and not k.startswith(TRACELOOP) for k in signature.keys)
        )

    def translate(self, span: Span) -> Draft | None:
        """Return what the attributes say; content by the kind of the span."""
        attributes = span.attributes
        draft = Draft()
        TABLE.read(attributes, draft)
        kind = attributes.get(KIND)
        kind = kind.upper() if isinstance(kind, str) else ""
        if kind:
            draft.say("run_type", RUN_TYPES.get(kind, "chain"))
            draft.say("kind", kind.lower(), *((KIND,) if kind.isidentifier() else ()))
        if kind == "TOOL":
            tool = text(attributes.get("tool.name"))
            draft.say("name", tool)
            draft.say("params.tool_name", tool)
        elif kind == "AGENT" and span.name.strip().lower() in NAMES_OF_ANY_AGENT:
            draft.say("name", text(attributes.get("agent.name")))
        lists = flattened_lists(attributes)
        if TOOLS in lists:
            tools, keys = tools_from(lists[TOOLS], attributes)
            draft.say("params.tools", tools, *keys)
        for key in PARAMS:
            if key in attributes:
                _say_params(attributes, key, draft)
        _say_context(span, draft)
        if kind == "PROMPT":
            variables = json_object(attributes.get(VARIABLES))
            draft.say("inputs", variables)
        if lists or kind == "RERANKER":
            say_lists(attributes, lists, kind, draft)
        say_values(attributes, lists, kind, draft)
        say_media(attributes, lists, draft)
        if not lists.keys().isdisjoint(FEEDBACK):
            feedback, keys = feedback_from(lists, attributes)
            draft.say("metadata.annotations", feedback, *keys)
        return draft if draft.said else None


def _say_params(attributes: JsonObject, key: str, draft: Draft) -> None:
    """Say the parameters of the call, and the model among them."""
    given = json_object(attributes[key])
    if given is None:
        return
    kept = {name: value for name, value in given.items() if value is not None and value != ""}
    draft.say("bag.params", kept, key)
    asked = kept.get("model")
    if isinstance(asked, str) and _ASKED.isdisjoint(attributes):
        known = draft.said.get("model")
        if known is None:
            draft.say("model", asked)
        elif known[0] != asked and is_refined(asked, known[0]):
            # The instrumentor took the model from the response: it is the asked one, more exactly.
            draft.say("response_model", known[0], *known[1])
            draft.said["model"] = (asked, ())


def _say_context(span: Span, draft: Draft) -> None:
    attributes = span.attributes
    # The attributes stay beside these: users look for the name that they gave.
    draft.say("thread_id", text(attributes.get("session.id")))
    draft.say("user_id", text(attributes.get("user.id")))
    bag = draft.said.get("bag.metadata")
    if bag is not None and "thread_id" not in draft.said:
        for key in ("thread_id", "session_id", "conversation_id"):
            draft.say("thread_id", text(bag[0].get(key)))
    if not TEMPLATE_KEYS.isdisjoint(attributes):
        keys = [key for key in TEMPLATE if key in attributes]
        template = {TEMPLATE[key]: json_or_text(attributes[key]) for key in keys}
        draft.say("metadata.prompt_template", template, *keys)
    if "usage.input" in draft.said:
        model = draft.said.get("model", (None,))[0]
        draft.say("usage.exclusive", counts_cache_apart(span, model) or None)
    if is_sole_holder(span.scope.name):
        # Agents have no model of their own in LangSmith, but their usage wants a price.
        draft.say("usage_holder", True)
        draft.say("metadata.ls_model_name", draft.said.get("model", (None,))[0])
        draft.say("metadata.ls_provider", draft.said.get("provider", (None,))[0])
    for event in span.events:
        if event.name == FIRST_TOKEN:
            draft.say("first_token_ns", event.time_ns)
