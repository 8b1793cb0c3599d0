import pytest

from tests.translators.dialects.openinference_spans import KIND, said, text_of, value_of
from tests.translators.spans import START_NS, span
from translators.base import Signature
from translators.dialects.openinference import OpenInference
from translators.span import Event, Json, JsonObject


@pytest.mark.parametrize(
    ("scope", "key", "speaks"),
    [
        ("openinference.instrumentation.openai", "a", True),
        ("@arizeai/openinference-instrumentation-langchain", "a", True),
        ("mine", KIND, True),
        ("mine", "llm.model_name", True),
        ("mine", "retrieval.documents.0.document.content", True),
        ("mine", "tag.tags", True),
        ("mine", "http.request.method", False),
    ],
)
def test_it_speaks_for_its_instrumentors_and_its_attributes(
    scope: str, key: str, speaks: bool
) -> None:
    signature = Signature(scope, frozenset({key}), frozenset())

    assert OpenInference().speaks(signature) is speaks


def test_a_span_without_its_attributes_says_nothing() -> None:
    assert OpenInference().translate(span({"llm.headers": "x"})) is None


@pytest.mark.parametrize(
    ("kind", "run_type"),
    [
        ("LLM", "llm"),
        ("llm", "llm"),
        ("EMBEDDING", "embedding"),
        ("RETRIEVER", "retriever"),
        ("RERANKER", "retriever"),
        ("TOOL", "tool"),
        ("PROMPT", "prompt"),
        ("CHAIN", "chain"),
        ("AGENT", "chain"),
        ("GUARDRAIL", "chain"),
        ("EVALUATOR", "chain"),
        ("UNKNOWN", "chain"),
    ],
)
def test_kinds_are_run_types(kind: str, run_type: str) -> None:
    draft = said({}, kind)

    assert value_of(draft, "run_type") == run_type
    assert value_of(draft, "kind") == kind.lower()


@pytest.mark.parametrize(
    ("key", "value", "field", "expected"),
    [
        ("llm.model_name", "gpt-4o", "model", "gpt-4o"),
        ("embedding.model_name", "ada", "model", "ada"),
        ("reranker.model_name", "rerank-3", "model", "rerank-3"),
        ("llm.response.model_name", "gpt-4o-2024-08-06", "response_model", "gpt-4o-2024-08-06"),
        ("llm.provider", "azure", "provider", "azure"),
        ("llm.system", "openai", "provider", "openai"),
        ("llm.finish_reason", "stop", "metadata.finish_reasons", ["stop"]),
        ("llm.token_count.prompt", "40", "usage.input", 40),
        ("llm.token_count.completion", 7.0, "usage.output", 7),
        ("llm.token_count.total", 47, "usage.total", 47),
        ("llm.token_count.prompt_details.cache_read", 5, "usage.cache_read", 5),
        ("llm.token_count.prompt_details.cache_input", 5, "usage.cache_read", 5),
        ("llm.token_count.prompt_details.cache_write", 5, "usage.cache_creation", 5),
        ("llm.token_count.prompt_details.audio", 5, "usage.input_audio", 5),
        ("llm.token_count.completion_details.reasoning", 5, "usage.reasoning", 5),
        ("llm.token_count.completion_details.audio", 5, "usage.output_audio", 5),
        ("llm.cost.prompt", 0.1, "usage.cost_input", 0.1),
        ("llm.cost.completion", 0.1, "usage.cost_output", 0.1),
        ("llm.cost.total", 0.1, "usage.cost_total", 0.1),
        ("llm.cost.prompt_details.cache_read", 0.1, "usage.cost_input_cache_read", 0.1),
        ("llm.cost.prompt_details.cache_write", 0.1, "usage.cost_input_cache_creation", 0.1),
        ("llm.cost.completion_details.reasoning", 0.1, "usage.cost_output_reasoning", 0.1),
        ("llm.presence_penalty", 0.5, "params.presence_penalty", 0.5),
        ("llm.frequency_penalty", "0.5", "params.frequency_penalty", 0.5),
        ("prompt.vendor", "hub", "metadata.prompt_vendor", "hub"),
        ("prompt.id", "p1", "metadata.prompt_id", "p1"),
        ("prompt.url", "https://hub/p1", "metadata.prompt_url", "https://hub/p1"),
        ("tool.description", "Adds.", "metadata.tool_description", "Adds."),
        ("tool.id", "call_1", "metadata.tool_call_id", "call_1"),
        ("agent.name", "Triage", "metadata.agent_name", "Triage"),
        ("graph.node.id", "n1", "metadata.graph_node_id", "n1"),
        ("graph.node.name", "n", "metadata.graph_node_name", "n"),
        ("graph.node.parent_id", "n0", "metadata.graph_node_parent_id", "n0"),
        ("tag.tags", ["a", "b"], "tags", ["a", "b"]),
        ("metadata", '{"k": 1}', "bag.metadata", {"k": 1}),
    ],
)
def test_an_attribute_says_its_field(key: str, value: Json, field: str, expected: Json) -> None:
    assert said({key: value}).said == {field: (expected, (key,))}


def test_a_framework_is_no_provider() -> None:
    draft = said({"llm.provider": "langchain", "llm.system": "anthropic"})

    assert value_of(draft, "provider") == "anthropic"


@pytest.mark.parametrize("key", ["session.id", "user.id"])
def test_session_and_user_are_said_and_stay(key: str) -> None:
    field = {"session.id": "thread_id", "user.id": "user_id"}[key]

    assert said({key: "x"}).said == {field: ("x", ())}


def test_the_thread_may_stand_in_the_metadata() -> None:
    metadata = text_of({"session_id": "s", "thread_id": "t"})

    assert value_of(said({"metadata": metadata}), "thread_id") == "t"
    assert value_of(said({"metadata": metadata, "session.id": "x"}), "thread_id") == "x"


def test_metadata_that_are_no_object_stay_where_they_are() -> None:
    assert said({"metadata": "[1]"}).said == {}


@pytest.mark.parametrize(
    ("kind", "attributes", "span_name", "name"),
    [
        ("TOOL", {"tool.name": "add"}, "Tool.run", "add"),
        ("LLM", {"tool.name": "add"}, "ChatCompletion", None),
        ("AGENT", {"agent.name": "Triage"}, "agent run", "Triage"),
        ("AGENT", {"agent.name": "Triage"}, "Crew.kickoff", None),
        ("TOOL", {}, "Tool.run", None),
    ],
)
def test_tools_and_nameless_agents_give_their_name(
    kind: str, attributes: JsonObject, span_name: str, name: str | None
) -> None:
    assert value_of(said(attributes, kind, name=span_name), "name") == name


def test_the_name_of_a_tool_is_a_parameter_of_its_own_span() -> None:
    assert value_of(said({"tool.name": "add"}, "TOOL"), "params.tool_name") == "add"
    assert value_of(said({"tool.name": "add"}, "LLM"), "params.tool_name") is None


def test_the_first_token_has_an_event() -> None:
    events = [
        Event("other", START_NS),
        Event("First Token Stream Event", START_NS + 5),
        Event("First Token Stream Event", START_NS + 9),
    ]

    draft = OpenInference().translate(span({KIND: "LLM"}, events=events))

    assert draft is not None
    assert value_of(draft, "first_token_ns") == START_NS + 5
