"""Haystack's own tracer: ``haystack.*`` on pipelines, components, agents and their steps.

Its tags are JSON text; content is among them only with ``HAYSTACK_CONTENT_TRACING_ENABLED``.
Source: https://github.com/deepset-ai/haystack, ``core/pipeline``, ``components/agents`` and
``tracing``, versions 2.9 to 3.4; ``opentelemetry-haystack`` 2.0.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from translators.attributes import Table, json_object, json_or_text, text
from translators.base import Draft, Signature
from translators.haystack_content import tools_from
from translators.haystack_sides import (
    Exchange,
    conversation,
    say_agent,
    say_any,
    say_documents,
    say_embedding,
    say_model,
    say_pipeline,
)
from translators.run import RunType
from translators.span import JsonObject, Span

_Sayer: TypeAlias = Callable[[Exchange, Draft], None]

SCOPE, NAMESPACE = "haystack", "haystack"
TYPE, QUALIFIED = "haystack.component.type", "haystack.component.fully_qualified_type"
COMPONENT = ("haystack.component.input", "haystack.component.output")
PIPELINE = ("haystack.pipeline.input_data", "haystack.pipeline.output_data")
AGENT = ("haystack.agent.input", "haystack.agent.output")
MODEL_STEP = ("haystack.agent.step.llm.input", "haystack.agent.step.llm.output")
TOOL_STEP = ("haystack.agent.step.tool.input", "haystack.agent.step.tool.output")
APPROVAL = (
    "haystack.agent.hook.human_in_the_loop.strategy.input",
    "haystack.agent.hook.human_in_the_loop.strategy.output",
)
TOOL_ERROR = "haystack.tool.error"
# By the end of a component's class name: its run type, the kind of it, and how its sides read.
COMPONENTS: tuple[tuple[str, RunType, str, _Sayer], ...] = (
    # The generators that it tries in turn are spans of their own, and know what was used.
    ("FallbackChatGenerator", "chain", "generator", say_any),
    ("Generator", "llm", "generator", say_model),
    ("Retriever", "retriever", "retriever", say_documents),
    ("WebSearch", "retriever", "retriever", say_documents),
    ("Ranker", "retriever", "reranker", say_documents),
    ("Embedder", "embedding", "embedding", say_embedding),
    ("PromptBuilder", "prompt", "prompt", say_any),
    ("ToolInvoker", "tool", "tool", say_any),
    ("Agent", "chain", "agent", say_agent),
)
PROVIDERS = (("AzureOpenAI", "azure"), ("OpenAI", "openai"), ("HuggingFace", "huggingface"))
INTEGRATIONS = "haystack_integrations.components."

TABLE = Table(
    {
        "haystack.component.name": ("name", text),
        "haystack.tool.name": ("metadata.tool_name", text),
        "haystack.tool.call.id": ("metadata.tool_call_id", text),
        "haystack.tool.description": ("metadata.tool_description", text),
        "haystack.agent.tools": ("params.tools", lambda value: tools_from(json_or_text(value))),
        "haystack.pipeline.metadata": ("bag.metadata", json_object),
    }
)


class Haystack:
    """Spans of Haystack's tracer, under whatever scope the user gave it."""

    name = "haystack"
    table = TABLE
    also: Mapping[str, str] = {
        TYPE: "run_type, kind",
        QUALIFIED: "provider",
        **{key: "inputs, outputs, params, model, usage" for key in COMPONENT},
        **{key: "inputs, outputs" for key in (*PIPELINE, *TOOL_STEP, *APPROVAL)},
        **{key: "inputs, outputs, usage" for key in AGENT},
        **{key: "inputs, outputs, params, model, usage" for key in MODEL_STEP},
        TOOL_ERROR: "error",
    }

    def speaks(self, signature: Signature) -> bool:
        """Tell whether it is a span of Haystack's; those of an agent's steps have no attributes."""
        return NAMESPACE in signature.namespaces or signature.scope == SCOPE

    def translate(self, span: Span) -> Draft | None:
        """Return what the tags say, by what was run."""
        attributes, draft = span.attributes, Draft()
        TABLE.read(attributes, draft)
        component = text(attributes.get(TYPE))
        if component is not None:
            _say_component(component, attributes, draft)
        elif span.name.startswith("haystack."):
            _say_span(span, draft)
        return draft if draft.said else None


def _say_component(component: str, attributes: JsonObject, draft: Draft) -> None:
    found = next((row for row in COMPONENTS if component.endswith(row[0])), None)
    _, run_type, kind, say_sides = found or ("", "chain", "component", say_any)
    draft.say("run_type", run_type)
    draft.say("kind", kind)
    if run_type in ("llm", "embedding"):
        draft.say("provider", _provider(component, text(attributes.get(QUALIFIED))))
    told = Exchange(attributes, COMPONENT)
    if run_type == "tool" and told.made is not None:
        messages = conversation(told.made, "tool")
        output = told.made if messages is None else messages
        draft.say("outputs", {"output": output}, told.made_key)
        told.made = None
    say_sides(told, draft)


def _provider(component: str, qualified: str | None) -> str | None:
    """Return who serves the model: integrations have a package each, named after it."""
    if qualified is not None and qualified.startswith(INTEGRATIONS):
        words = qualified[len(INTEGRATIONS) :].split(".")
        return words[1] if len(words) > 2 else None
    return next((word for start, word in PROVIDERS if component.startswith(start)), None)


def _say_span(span: Span, draft: Draft) -> None:
    attributes, operation = span.attributes, span.name[len("haystack.") :]
    if operation == "pipeline.run":
        draft.say("run_type", "chain")
        draft.say("kind", "pipeline")
        say_pipeline(Exchange(attributes, PIPELINE), draft)
    elif operation == "agent.run":
        draft.say("run_type", "chain")
        draft.say("kind", "agent")
        say_agent(Exchange(attributes, AGENT), draft)
    elif operation == "agent.step.llm":
        draft.say("run_type", "llm")
        say_model(Exchange(attributes, MODEL_STEP), draft)
    elif operation == "agent.step.tool":
        _say_tool(attributes, draft)
    else:
        draft.say("run_type", "chain")
        draft.say("kind", operation)
        say_any(Exchange(attributes, APPROVAL), draft)


def _say_tool(attributes: JsonObject, draft: Draft) -> None:
    tool = draft.said.get("metadata.tool_name", (None,))[0]
    draft.say("run_type", "tool")
    draft.say("name", tool)
    draft.say("params.tool_name", tool)
    told = Exchange(attributes, TOOL_STEP)
    draft.say("raw_inputs", told.given, told.given_key)
    draft.say("raw_outputs", told.made, told.made_key)
    if attributes.get(TOOL_ERROR) is True:
        draft.say("error", str(told.made.get("error", "")) if isinstance(told.made, dict) else "")
