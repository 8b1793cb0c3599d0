import pytest

from tests.translators.spans import span
from translators.base import Draft, Signature
from translators.dialects.crewai import CrewAI
from translators.registry import Registry
from translators.span import Json, JsonObject

INPUT, OUTPUT = "gen_ai.input.messages", "gen_ai.output.messages"
LISTENER = "openinference.instrumentation.crewai._event_listener"
UUID = "bde05c0a-b7bc-46a3-9e97-b4d8e8df6f9a"


def said(attributes: JsonObject, name: str = "execute task") -> Draft:
    return CrewAI().translate(span(attributes, name=name, scope="crewai")) or Draft()


def value_of(draft: Draft, field: str) -> Json:
    return draft.said[field][0] if field in draft.said else None


def keys_of(draft: Draft, field: str) -> tuple[object, ...]:
    return draft.said[field][1]


@pytest.mark.parametrize(
    ("scope", "key", "speaks"),
    [
        ("crewai", "a", True),
        ("crewai.telemetry", "a", True),
        (LISTENER, "a", True),
        ("mine", "crewai.crew.name", True),
        ("mine", "crew_key", True),
        ("openinference.instrumentation.agno", "input.value", False),
    ],
)
def test_it_speaks_for_crews_and_flows(scope: str, key: str, speaks: bool) -> None:
    assert CrewAI().speaks(Signature(scope, frozenset({key}), frozenset())) is speaks


@pytest.mark.parametrize(
    ("name", "attribute", "expected"),
    [
        ("execute crew", "crewai.crew.name", "mine"),
        ("execute flow", "crewai.flow.name", "mine"),
        ("execute task", "crewai.task.name", "mine"),
        ("execute agent", "crewai.agent.role", "mine"),
        ("call method", "crewai.method.name", "mine"),
        ("call tool", "gen_ai.tool.name", "mine"),
        ("crewai.workflow", "crewai.crew.name", "mine"),
        ("call llm", "crewai.agent.role", None),
        (f"Flow_{UUID}.second", "x", "Flow.second"),
        (f"Crew_{UUID}.kickoff", "x", "Crew.kickoff"),
        ("Flow_of_the_day.second", "x", None),
        ("Crew.kickoff", "x", None),
    ],
)
def test_a_run_is_called_after_what_it_runs(
    name: str, attribute: str, expected: str | None
) -> None:
    assert value_of(said({attribute: "mine"}, name), "name") == expected


def test_an_agent_has_its_role_for_a_name_not_its_hash() -> None:
    hashed = said({"crewai.agent.role": "Writer", "gen_ai.agent.name": "14e8"})
    named = said({"crewai.agent.role": "Writer", "gen_ai.agent.name": "Writer"})

    assert value_of(hashed, "metadata.agent_name") == "Writer"
    assert value_of(named, "metadata.agent_name") is None


def test_an_object_that_was_given_is_the_input_and_its_message_is_not_told_again() -> None:
    message = '[{"role": "user", "parts": [{"type": "text", "content": "{\\"a\\": 1}"}]}]'

    draft = said({"crewai.crew.inputs": '{"a": 1}', INPUT: message})

    assert value_of(draft, "raw_inputs") == {"a": 1}
    assert keys_of(draft, "raw_inputs") == ("crewai.crew.inputs", INPUT)


def test_a_reason_that_only_the_message_tells_keeps_it() -> None:
    message = (
        '[{"role": "assistant", "parts": [{"type": "text", "content": "{\\"a\\": 1}"}],'
        ' "finish_reason": "stop"}]'
    )

    draft = said({"crewai.flow.result": '{"a": 1}', OUTPUT: message})

    assert value_of(draft, "raw_outputs") == {"a": 1}
    assert keys_of(draft, "raw_outputs") == ("crewai.flow.result",)


def test_a_text_is_the_message_that_repeats_it_without_the_quotes_of_json() -> None:
    message = (
        '[{"role": "assistant", "parts": [{"type": "text", "content": "\\"hello\\""}],'
        ' "finish_reason": "stop"}]'
    )

    draft = said({"crewai.method.result": '"hello"', OUTPUT: message})

    assert value_of(draft, "outputs") == {
        "messages": [{"role": "assistant", "content": "hello", "finish_reason": "stop"}]
    }
    assert keys_of(draft, "outputs") == ("crewai.method.result", OUTPUT)


@pytest.mark.parametrize(
    "messages",
    [
        None,
        "[]",
        "[1]",
        '[{"role": "user"}]',
        '[{"parts": [{"content": "other"}]}]',
        '[{"parts": [1]}]',
        '[{"parts": [{"content": "Go."}, {"content": "x"}]}]',
    ],
)
def test_a_text_that_no_message_repeats_is_a_value(messages: str | None) -> None:
    attributes: JsonObject = {"crewai.task.description": "Go."}
    if messages is not None:
        attributes[INPUT] = messages

    draft = said(attributes)

    assert value_of(draft, "raw_inputs") == "Go."
    assert value_of(draft, "inputs") is None


@pytest.mark.parametrize("quoted", ['"broken', '"a", "b"'])
def test_text_that_only_begins_like_json_stays_as_it_is(quoted: str) -> None:
    expected = "a" if "," in quoted else quoted

    assert value_of(said({"crewai.method.result": quoted}), "raw_outputs") == expected


def test_the_inputs_of_a_crew_count_where_openinference_has_none() -> None:
    alone = said({"crew_key": "k", "crew_inputs": '{"a": 1}'})
    again = said({"crew_key": "k", "crew_inputs": '{"a": 1}', "input.value": '{"a":1}'})

    assert value_of(alone, "raw_inputs") == {"a": 1}
    assert value_of(again, "raw_inputs") is None
    assert again.used == {"crew_inputs"}


def test_a_tools_result_is_told_without_the_quotes_of_json() -> None:
    draft = said({"gen_ai.tool.call.result": '"21 degrees"'}, "call tool")

    assert value_of(draft, "outputs") == {"output": "21 degrees"}


def test_memories_are_documents() -> None:
    queried = said(
        {
            "crewai.memory.query": "Paris",
            "crewai.memory.limit": 3,
            "crewai.memory.results": '[{"content": "Sunny.", "score": 0.9}]',
        },
        "query memory",
    )
    retrieved = said({"crewai.memory.content": "Sunny."}, "retrieve memory")
    asked = said({"crewai.knowledge.query": "Paris"}, "query knowledge")

    assert value_of(queried, "run_type") == "retriever"
    assert value_of(queried, "inputs") == {"query": "Paris", "k": 3}
    assert value_of(queried, "outputs")["documents"][0]["page_content"] == "Sunny."
    assert value_of(retrieved, "outputs")["documents"][0]["page_content"] == "Sunny."
    assert value_of(asked, "inputs") == {"query": "Paris"}
    assert value_of(asked, "outputs") is None


def test_the_usage_of_a_crew_is_counted_in_the_words_of_all() -> None:
    metrics = (
        '{"prompt_tokens": 240, "completion_tokens": 72, "total_tokens": 312,'
        ' "cached_prompt_tokens": 48, "reasoning_tokens": 24, "successful_requests": 6}'
    )

    draft = said({"crewai.crew.usage_metrics": metrics}, "execute crew")

    assert {field: value for field, (value, _) in draft.said.items()} == {
        "usage.input": 240,
        "usage.output": 72,
        "usage.total": 312,
        "usage.cache_read": 48,
        "usage.reasoning": 24,
    }


def test_a_tasks_output_is_what_the_agent_said_not_what_it_was_told() -> None:
    value = (
        '{"raw": "Sunny.", "agent": "Writer", "messages": [{"role": "user", "content": "Write."}]}'
    )

    run = Registry().translate(
        span(
            {"openinference.span.kind": "CHAIN", "output.value": value},
            name="crew.kickoff",
            scope=LISTENER,
        )
    )

    assert run.outputs == {
        "messages": [{"role": "assistant", "content": "Sunny."}],
        "agent": "Writer",
        "history": [{"role": "user", "content": "Write."}],
    }
    assert "output.value" not in run.metadata


@pytest.mark.parametrize(
    "value",
    ["text", "{", '{"raw": 1, "messages": []}', '{"raw": "x"}', [1]],
)
def test_other_outputs_are_openinferences(value: Json) -> None:
    assert value_of(said({"output.value": value}), "outputs") is None


def test_messages_that_are_none_are_left_out_of_the_history() -> None:
    draft = said({"output.value": '{"raw": "x", "messages": 7}'})

    assert value_of(draft, "outputs") == {"messages": [{"role": "assistant", "content": "x"}]}


def test_a_span_that_says_nothing_gives_nothing() -> None:
    assert CrewAI().translate(span({}, name="call llm", scope="crewai")) is None


@pytest.mark.parametrize("hostile", ["", "[", "{", "null", "7", '"', [1], 3, None])
def test_hostile_values_fail_nothing(hostile: Json) -> None:
    keys = ["crewai.crew.inputs", "crewai.memory.results", "crewai.crew.usage_metrics", INPUT]

    for name in ("execute crew", "query memory"):
        run = Registry().translate(span(dict.fromkeys(keys, hostile), name=name, scope="crewai"))

        assert run.failures == ()
