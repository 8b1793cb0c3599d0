"""What OpenTelemetry's conventions for GenAI have added since they moved to a place of their own.

Source: https://github.com/open-telemetry/semantic-conventions-genai, summer of 2026.
"""

import pytest

from tests.translators.spans import START_NS, span
from translators.dialects.genai import GenAI
from translators.registry import Registry
from translators.run import Run
from translators.span import Event, Json, JsonObject

CHAT = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m"}


def run_of(attributes: JsonObject) -> Run:
    return Registry().translate(span({**CHAT, **attributes}))


@pytest.mark.parametrize(
    ("operation", "run_type"),
    [
        ("realtime_inference", "llm"),
        ("fetch_response", "chain"),
        ("handle_conversation_turn", "chain"),
        ("apply_guardrail", "chain"),
        ("plan", "chain"),
        ("search_memory", "retriever"),
        ("upsert_memory", "chain"),
        ("delete_memory_store", "chain"),
    ],
)
def test_new_operations_have_their_run_types_whatever_they_count(
    operation: str, run_type: str
) -> None:
    run = run_of({"gen_ai.operation.name": operation, "gen_ai.usage.input_tokens": 3})

    assert run.run_type == run_type


@pytest.mark.parametrize(
    ("key", "value", "param"),
    [
        ("gen_ai.request.reasoning.level", "high", "reasoning_effort"),
        ("gen_ai.request.previous_response.id", "resp_1", "previous_response_id"),
        ("gen_ai.request.stream_cursor", "7", "stream_cursor"),
    ],
)
def test_new_parameters_are_parameters(key: str, value: Json, param: str) -> None:
    assert run_of({key: value}).invocation_params == {"model": "m", param: value}


@pytest.mark.parametrize(
    ("key", "value", "name"),
    [
        ("gen_ai.response.status", "incomplete", "response_status"),
        ("gen_ai.memory.store.id", "ms_1", "memory_store_id"),
        ("gen_ai.memory.record.id", "mem_1", "memory_record_id"),
        ("gen_ai.memory.record.count", 3, "memory_record_count"),
        ("gen_ai.prompt.version", 2, "prompt_version"),
        ("gen_ai.prompt.variable.user_name", "Alice", "prompt_variable.user_name"),
        ("gen_ai.agent.version", "1", "agent_version"),
        # No name of LangSmith's: they stay what they are.
        *(
            (key, value, key)
            for key, value in (
                ("gen_ai.conversation.compacted", True),
                ("gen_ai.realtime_session.id", "sess_1"),
                ("gen_ai.invocation.is_nested", True),
                ("gen_ai.guardrail.policy.id", "gr-1"),
                ("gen_ai.usage.audio.cache_read.input_tokens", 4),
                ("gen_ai.evaluation.score.value", 0.5),
                ("openai.api.type", "responses"),
                ("mcp.protocol.version", "2025-06-18"),
            )
        ),
    ],
)
def test_new_attributes_are_metadata(key: str, value: Json, name: str) -> None:
    assert run_of({key: value}).metadata[name] == value


def test_a_part_of_any_kind_and_a_transcript_are_kept() -> None:
    generic = {"type": "generic", "generic_type": "quiz", "question": "?"}
    audio = {"type": "uri", "modality": "audio", "uri": "gs://a", "transcript": "hello"}

    run = run_of({"gen_ai.input.messages": [{"role": "user", "parts": [generic, audio]}]})

    assert run.inputs == {
        "messages": [
            {
                "role": "user",
                "content": [
                    generic,
                    {"type": "audio", "url": "gs://a", "extras": {"transcript": "hello"}},
                ],
            }
        ]
    }


def test_results_of_guardrails_and_evaluations_stay_events() -> None:
    attributes: JsonObject = {"gen_ai.guardrail.result.value": "MATCH_FOUND"}
    event = Event("gen_ai.guardrail.result", START_NS, attributes)

    run = Registry().translate(span(CHAT, events=[event]))

    assert [(told["name"], told["kwargs"]) for told in run.events] == [
        ("gen_ai.guardrail.result", attributes)
    ]


@pytest.mark.parametrize(
    "name",
    [
        *("gen_ai.provider.name", "gen_ai.operation.name", "gen_ai.conversation.id", "error.type"),
        *("gen_ai.request.choice.count", "gen_ai.request.encoding_formats", "gen_ai.output.type"),
        *("gen_ai.response.time_to_first_chunk", "gen_ai.usage.cache_write.input_tokens"),
        *("gen_ai.data_source.id", "gen_ai.embeddings.dimension.count", "gen_ai.workflow.name"),
        *("gen_ai.retrieval.query.text", "gen_ai.retrieval.top_k", "gen_ai.retrieval.documents"),
        *("gen_ai.memory.query.text", "gen_ai.memory.records", "gen_ai.tool.definitions"),
        *("gen_ai.tool.call.arguments", "gen_ai.tool.call.result", "gen_ai.system_instructions"),
        *("gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.usage.image.output_tokens"),
        *("gen_ai.client.inference.operation.details", "gen_ai.client.operation.exception"),
        *("gen_ai.evaluation.result", "gen_ai.choice", "gen_ai.user.message"),
    ],
)
def test_what_is_read_is_documented(name: str) -> None:
    rows = {*GenAI.table.keys(), *GenAI.also}

    assert name in rows or any(row.endswith(".*") and name.startswith(row[:-1]) for row in rows)
