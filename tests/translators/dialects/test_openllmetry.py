import pytest

from tests.translators.drafts import openllmetry as draft
from tests.translators.drafts import said
from tests.translators.spans import span
from translators.base import Signature
from translators.dialects.openllmetry import OpenLLMetry
from translators.span import Event, Json


@pytest.mark.parametrize(
    ("attribute", "value", "field", "expected"),
    [
        ("traceloop.span.kind", "tool", "run_type", "tool"),
        ("traceloop.span.kind", "workflow", "run_type", "chain"),
        ("traceloop.span.kind", "agent", "kind", "agent"),
        ("traceloop.span.kind", "handoff", "run_type", "chain"),
        ("traceloop.span.kind", "unknown", "run_type", "chain"),
        ("traceloop.span.kind", "Odd", "kind", None),
        ("llm.request.type", "chat", "run_type", "llm"),
        ("llm.request.type", "completion", "run_type", "llm"),
        ("llm.request.type", "unknown", "run_type", "llm"),
        ("llm.request.type", "embedding", "run_type", "embedding"),
        ("llm.request.type", "rerank", "run_type", "retriever"),
        ("llm.request.type", "rerank", "kind", "rerank"),
        ("traceloop.llm.request.type", "embedding", "run_type", "embedding"),
        ("traceloop.llm.request.type", "chat", "kind", "chat"),
        ("traceloop.entity.name", "joke", "name", "joke"),
        ("traceloop.entity.name", "", "name", None),
        ("llm.request.model", "m", "model", "m"),
        ("llm.response.model", "m", "response_model", "m"),
        ("llm.request.max_tokens", 9, "params.max_tokens", 9),
        ("llm.request.temperature", 0.5, "params.temperature", 0.5),
        ("llm.temperature", 0.5, "params.temperature", 0.5),
        ("llm.request.top_p", 0.5, "params.top_p", 0.5),
        ("llm.top_p", 0.5, "params.top_p", 0.5),
        ("llm.top_k", 5.0, "params.top_k", 5),
        ("llm.frequency_penalty", 0.5, "params.frequency_penalty", 0.5),
        ("llm.presence_penalty", 0.5, "params.presence_penalty", 0.5),
        ("llm.chat.stop_sequences", ["x"], "params.stop", ["x"]),
        ("llm.is_streaming", True, "params.stream", True),
        ("llm.request.echo", True, "params.echo", True),
        ("llm.user", "u", "params.user", "u"),
        ("llm.user", "u", "user_id", "u"),
        ("llm.usage.prompt_tokens", 3.0, "usage.input", 3),
        ("llm.usage.completion_tokens", "4", "usage.output", 4),
        ("llm.usage.total_tokens", 7, "usage.total", 7),
        ("llm.usage.reasoning_tokens", 1, "usage.reasoning", 1),
        ("llm.usage.cache_read_input_tokens", 1, "usage.cache_read", 1),
        ("llm.usage.cache_creation_input_tokens", 1, "usage.cache_creation", 1),
        ("traceloop.workflow.name", "w", "metadata.workflow_name", "w"),
        ("traceloop.entity.path", "a.b", "metadata.entity_path", "a.b"),
        ("traceloop.entity.version", 2, "metadata.entity_version", 2),
        ("traceloop.prompt.managed", True, "metadata.prompt_managed", True),
        ("traceloop.prompt.key", "k", "metadata.prompt_key", "k"),
        ("traceloop.prompt.version", 3, "metadata.prompt_version", 3),
        ("traceloop.prompt.version_name", "v", "metadata.prompt_version_name", "v"),
        ("traceloop.prompt.version_hash", "h", "metadata.prompt_version_hash", "h"),
        ("traceloop.prompt.template", "{x}", "metadata.prompt_template", "{x}"),
        ("traceloop.prompt.template_variables", '{"x":1}', "metadata.prompt_variables", {"x": 1}),
        ("traceloop.correlation.id", "c", "metadata.correlation_id", "c"),
        ("llm.headers", '{"X-A":"1","Authorization":"k"}', "metadata.llm.headers", {"X-A": "1"}),
        ("llm.headers", "{'x-api-key': 'k'}", "metadata.llm.headers", "[redacted]"),
        ("llm.headers", "None", "metadata.llm.headers", None),
        ("gen_ai.headers", {"X-A": "1"}, "metadata.gen_ai.headers", {"X-A": "1"}),
        (
            "gen_ai.prompt.prompt_filter_results",
            '[{"a":1}]',
            "metadata.content_filter_results",
            [{"a": 1}],
        ),
        ("gen_ai.prompt.prompt_error", "x", "metadata.prompt_error", "x"),
        ("traceloop.association.properties.plan", "pro", "metadata.plan", "pro"),
        ("traceloop.association.properties.user_id", "u", "user_id", "u"),
        ("traceloop.association.properties.session_id", "s", "thread_id", "s"),
        ("traceloop.association.properties.thread_id", "s", "thread_id", "s"),
        ("traceloop.association.properties.conversation_id", "s", "thread_id", "s"),
        ("traceloop.association.properties.chat_id", "s", "thread_id", "s"),
        ("traceloop.association.properties.chat_id", "s", "metadata.chat_id", "s"),
        ("traceloop.association.properties.session_id", "s", "metadata.session_id", None),
        ("traceloop.association.properties.ls_model_name", "m", "metadata.ls_model_name", None),
    ],
)
def test_each_attribute_says_its_field(
    attribute: str, value: Json, field: str, expected: Json
) -> None:
    found = OpenLLMetry().translate(span({"traceloop.entity.path": "p", attribute: value}))

    assert found is not None
    assert said(found, field) == expected


def test_the_operation_knows_the_run_type_better() -> None:
    found = draft({"traceloop.span.kind": "workflow", "gen_ai.operation.name": "embeddings"})

    assert "run_type" not in found.said


def test_a_key_of_absurd_length_stays_an_attribute() -> None:
    found = draft(
        {"traceloop.entity.path": "p", "traceloop.association.properties." + "x" * 300: 1}
    )

    assert list(found.said) == ["metadata.entity_path"]


def test_functions_are_tools() -> None:
    attributes = {
        "llm.request.functions.0.name": "f",
        "llm.request.functions.0.description": "F.",
        "llm.request.functions.0.parameters": '{"type":"object"}',
        "llm.request.functions.1.name": "g",
        "llm.request.functions.1.input_schema": '{"type":"object"}',
        "llm.request.functions.2.name": "h",
        "llm.request.functions.2.arguments": '{"type":"object"}',
    }

    assert draft(attributes).said["params.tools"] == (
        [
            {
                "type": "function",
                "function": {
                    "name": "f",
                    "description": "F.",
                    "parameters": {"type": "object"},
                },
            },
            {"type": "function", "function": {"name": "g", "parameters": {"type": "object"}}},
            {"type": "function", "function": {"name": "h", "parameters": {"type": "object"}}},
        ],
        tuple(attributes),
    )


def test_the_first_chunk_is_the_first_token() -> None:
    found = draft(
        {"llm.request.type": "chat"},
        [
            Event("other", 5, {}),
            Event("llm.content.completion.chunk", 7, {}),
            Event("llm.content.completion.chunk", 9, {}),
        ],
    )

    assert found.said["first_token_ns"] == (7, ())


@pytest.mark.parametrize(
    ("scope", "keys", "events"),
    [
        ("", ["traceloop.span.kind"], []),
        ("", ["llm.request.type"], []),
        ("", ["gen_ai.prompt.0.content"], []),
        ("", ["gen_ai.completion.0.content"], []),
        ("", ["llm.usage.total_tokens"], []),
        ("", ["mcp.response.value"], []),
        ("", ["db.system"], ["db.query.result"]),
        ("opentelemetry.instrumentation.chromadb", ["db.system"], []),
    ],
)
def test_the_dialect_speaks_where_its_words_are(
    scope: str, keys: list[str], events: list[str]
) -> None:
    assert OpenLLMetry().speaks(Signature(scope, frozenset(keys), frozenset(events)))


def test_the_dialect_is_silent_on_the_newest_conventions_and_on_others() -> None:
    keys = frozenset({"gen_ai.operation.name", "llm.model_name", "db.system", "http.method"})

    assert not OpenLLMetry().speaks(Signature("opentelemetry.instrumentation.x", keys, frozenset()))


@pytest.mark.parametrize("key", ["llm.request.functions.0", "gen_ai.prompt.0"])
def test_an_index_without_a_name_is_part_of_nothing(key: str) -> None:
    found = draft({key: "x", "llm.request.type": "chat"})

    assert all(key not in keys for _, keys in found.said.values())
