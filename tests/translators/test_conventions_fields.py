"""Run types, names, models, providers, errors and first tokens, as conventions 1.6 to 1.13 say."""

import pytest

from tests.translators.spans import START_NS, span
from translators.registry import Registry
from translators.run import Run
from translators.span import Event, JsonObject

CHAT = {"gen_ai.operation.name": "chat"}
ROOT = {"ai.operationId": "ai.streamText"}
HALF_NS = START_NS + 500_000_000
HALF = "2025-11-20T00:53:20.500000+00:00"


def run_of(attributes: JsonObject, *, name: str = "work") -> Run:
    return Registry().translate(span(attributes, name=name))


@pytest.mark.parametrize("word", ["CHAT", "Chat", "gen_ai.chat"])
def test_an_operation_may_be_written_in_any_case_and_with_its_namespace(word: str) -> None:
    run = run_of({"gen_ai.operation.name": word})

    assert run.run_type == "llm"
    assert run.metadata["otel.kind"] == word.lower()
    assert word in run.metadata.values()


@pytest.mark.parametrize(
    ("attributes", "run_type"),
    [
        ({"gen_ai.request.model": "m", "gen_ai.usage.input_tokens": 1}, "llm"),
        ({"llm.request.model": "m", "llm.usage.prompt_tokens": 1}, "llm"),
        ({"llm.model_name": "m", "llm.token_count.completion": 1}, "llm"),
        ({"model": "m", "input_tokens": 1}, "llm"),
        ({"llm.response.model": "m", "llm.usage.prompt_tokens": 1}, "llm"),
        ({"model": "m"}, "chain"),
        ({"input_tokens": 1}, "chain"),
        ({"retrieval.documents.0.document.content": "x"}, "retriever"),
        ({"gen_ai.retrieval.documents": "[]"}, "retriever"),
        ({"gen_ai.tool.call.result": "{}"}, "tool"),
        ({"gen_ai.tool.call.result": "{}", "gen_ai.request.model": "m"}, "chain"),
        ({"gen_ai.tool.call.id": "c", "gen_ai.usage.output_tokens": 1}, "chain"),
        ({"gen_ai.tool.name": "x"}, "chain"),
        ({"openinference.span.kind": "CHAIN", "model": "m", "input_tokens": 1}, "chain"),
        ({"gen_ai.operation.name": "translation"}, "llm"),
    ],
)
def test_content_tells_the_run_type_where_nothing_else_does(
    attributes: JsonObject, run_type: str
) -> None:
    assert run_of(attributes).run_type == run_type


def test_a_call_that_is_known_by_its_content_alone_is_about_genai() -> None:
    assert run_of({"model": "m", "input_tokens": 1}).genai
    assert not run_of({"model": "m"}).genai


@pytest.mark.parametrize(
    ("attributes", "run_type"),
    [
        ({"langsmith.span.kind": "TOOL", "openinference.span.kind": "LLM"}, "tool"),
        ({"langsmith.span.kind": "bogus", "openinference.span.kind": "LLM"}, "llm"),
        ({"openinference.span.kind": "AGENT", **CHAT}, "chain"),
        ({"traceloop.span.kind": "workflow", **CHAT}, "llm"),
        ({"llm.request.type": "embedding", **CHAT}, "llm"),
        ({"traceloop.span.kind": "tool", "llm.request.type": "chat"}, "llm"),
        ({"mcp.method.name": "tools/list", "gen_ai.operation.name": "execute_tool"}, "tool"),
    ],
)
def test_of_two_kinds_the_stronger_counts(attributes: JsonObject, run_type: str) -> None:
    assert run_of(attributes).run_type == run_type


AGENT = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "poet"}


@pytest.mark.parametrize(
    ("attributes", "name", "expected"),
    [
        (AGENT, "invoke_agent", "poet"),
        (AGENT, "agent run", "poet"),
        (AGENT, "Agent", "poet"),
        (AGENT, "invoke_agent poet", "invoke_agent poet"),
        ({"openinference.span.kind": "AGENT", "agent.name": "poet"}, "agent", "poet"),
        ({"openinference.span.kind": "TOOL", "tool.name": "add"}, "call", "add"),
        ({"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "add"}, "agent", "agent"),
        ({"traceloop.entity.name": "poem", "traceloop.span.kind": "task"}, "poem.task", "poem"),
        ({"langsmith.trace.name": "mine", "traceloop.entity.name": "poem"}, "poem.task", "mine"),
        ({**ROOT, "ai.telemetry.metadata.ls_run_name": "mine"}, "ai.streamText", "mine"),
    ],
)
def test_a_run_is_called_what_tells_most(attributes: JsonObject, name: str, expected: str) -> None:
    run = run_of(attributes, name=name)

    assert run.name == expected
    assert run.metadata.get("otel.span_name") == (None if expected == name else name)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(
            (key, "m")
            for key in (
                *("gen_ai.request.model", "gen_ai.request_model", "llm.request.model"),
                *("llm.request.model_name", "llm.model_name", "embedding.model_name"),
                *("reranker.model_name", "ai.model.id", "langfuse.observation.model.name"),
                *("model", "model_name", "inputs.model"),
            )
        ),
        ("mlflow.llm.model", '"m"'),
    ],
)
def test_the_model_asked_for_is_told_whatever_it_is_called(key: str, value: str) -> None:
    run = run_of({**CHAT, key: value})

    assert run.metadata["ls_model_name"] == "m"
    assert run.invocation_params == {"model": "m"}
    assert key not in run.metadata


@pytest.mark.parametrize(
    "key",
    [
        "gen_ai.response.model",
        "gen_ai.response_model",
        "llm.response.model",
        "llm.response.model_name",
        "ai.response.model",
    ],
)
def test_the_model_that_answered_is_told_whatever_it_is_called(key: str) -> None:
    run = run_of({**CHAT, "gen_ai.request.model": "m", key: "m-2024"})

    assert run.metadata["ls_model_name"] == "m-2024"
    assert run.metadata["response_model"] == "m-2024"
    assert run.invocation_params == {"model": "m"}


def test_a_models_bare_name_on_a_chain_stays_an_attribute() -> None:
    run = run_of({"gen_ai.operation.name": "invoke_agent", "model_name": "m"})

    assert run.metadata["model_name"] == "m"
    assert "ls_model_name" not in run.metadata


@pytest.mark.parametrize(
    "key",
    ["llm.provider", "llm.system", "ai.model.provider", "mlflow.llm.provider", "gen_ai.system"],
)
def test_the_provider_is_told_whatever_it_is_called(key: str) -> None:
    assert run_of({**CHAT, key: "Anthropic"}).metadata["ls_provider"] == "anthropic"


@pytest.mark.parametrize(
    ("attributes", "provider"),
    [
        ({"server.address": "api.groq.com"}, "groq"),
        ({"server.address": "mine.openai.azure.com"}, "azure"),
        ({"server.address": "bedrock-runtime.eu-west-1.amazonaws.com"}, "bedrock"),
        ({"server.address": "api.groq.com", "gen_ai.system": "langchain"}, "groq"),
        ({"server.address": "api.groq.com", "gen_ai.system": "openai"}, "openai"),
        ({"server.address": "localhost", "gen_ai.request.model": "claude-4"}, "anthropic"),
        ({"gen_ai.system": "pydantic-ai", "gen_ai.request.model": "claude-4"}, "anthropic"),
        ({"gen_ai.system": "LlamaIndex", "gen_ai.request.model": "claude-4"}, "anthropic"),
    ],
)
def test_the_host_tells_the_provider_before_the_model_does(
    attributes: JsonObject, provider: str
) -> None:
    assert run_of({**CHAT, **attributes}).metadata["ls_provider"] == provider


@pytest.mark.parametrize("host", ["\u2100.com", "a]b.c", "[::1]:80", "http://a:b/", "://", "\0"])
def test_what_is_no_host_tells_nothing_and_costs_nothing(host: str) -> None:
    attributes = {**CHAT, "gen_ai.request.model": "claude-4", "server.address": host}

    run = run_of(attributes)

    assert run.failures == ()
    assert run.metadata["ls_provider"] == "anthropic"
    assert run.metadata["server.address"] == host


@pytest.mark.parametrize("name", ["exception", "gen_ai.client.operation.exception"])
def test_an_exception_is_an_error_under_its_new_name_too(name: str) -> None:
    attributes: JsonObject = {"exception.type": "Boom", "exception.message": "no"}

    run = Registry().translate(span(CHAT, events=[Event(name, START_NS, attributes)]))

    assert run.error == "Boom: no"
    assert run.events[0]["kwargs"] == attributes


def test_a_tool_that_says_it_failed_has_failed() -> None:
    run = run_of({"gen_ai.operation.name": "execute_tool", "gen_ai.tool.status": "error"})

    assert run.error == "Error"
    assert run.metadata["gen_ai.tool.status"] == "error"


@pytest.mark.parametrize(
    "attributes",
    [
        {"gen_ai.response.time_to_first_chunk": "0.5"},
        {"gen_ai.server.time_to_first_token": "0.5"},
        {"gen_ai.server.time_to_first_token": 500},
    ],
)
def test_the_first_token_is_an_event_beside_the_attribute_that_tells_it(
    attributes: JsonObject,
) -> None:
    run = run_of({**CHAT, **attributes})

    assert run.events == [{"name": "new_token", "time": HALF}]
    assert attributes.items() <= run.metadata.items()


def test_an_event_tells_the_first_token_better_than_a_duration() -> None:
    given: JsonObject = {**CHAT, "gen_ai.response.time_to_first_chunk": 1.5}

    run = Registry().translate(span(given, events=[Event("gen_ai.content.chunk", HALF_NS)]))

    assert run.events[0] == {"name": "new_token", "time": HALF}
    assert len(run.events) == 2
