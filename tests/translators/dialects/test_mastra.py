import pytest

from tests.translators.drafts import said
from tests.translators.spans import END_NS, START_NS, span
from translators.base import Draft, Signature
from translators.dialects.mastra import TABLE, Mastra
from translators.registry import Registry
from translators.span import Json, JsonObject

STEP = {"mastra.span.type": "model_step"}


def draft(attributes: JsonObject, *, name: str = "work") -> Draft:
    """Return what the dialect says."""
    found = Mastra().translate(span(attributes, name=name))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("scope", "keys", "speaks"),
    [
        ("@mastra/otel-exporter", {"gen_ai.system"}, True),
        ("my-tracer", {"mastra.span.type"}, True),
        ("default-tracer", {"componentName", "agent.generate.argument.0"}, True),
        ("default-tracer", {"componentName", "agent.generate.result"}, True),
        ("default-tracer", {"componentName", "http.method"}, False),
        ("default-tracer", {"agent.generate.result"}, False),
        ("my-tracer", {"mastra.mood"}, False),
    ],
)
def test_it_speaks_about_what_mastra_names_or_decorates(
    scope: str, keys: set[str], speaks: bool
) -> None:
    assert Mastra().speaks(Signature(scope, frozenset(keys), frozenset())) is speaks


@pytest.mark.parametrize(
    ("kind", "run_type"),
    [
        ("model_generation", "llm"),
        ("llm_generation", "llm"),
        ("model_inference", "llm"),
        ("model_step", "chain"),
        ("model_chunk", "chain"),
        ("tool_call", "tool"),
        ("mcp_tool_call", "tool"),
        ("client_tool_call", "tool"),
        ("provider_tool_call", "tool"),
        ("rag_embedding", "embedding"),
        ("agent_run", "chain"),
        ("workflow_run", "chain"),
        ("workflow_conditional_eval", "chain"),
        ("memory_operation", "chain"),
        ("something_new", "chain"),
    ],
)
def test_the_type_of_the_span_tells_run_type_and_kind(kind: str, run_type: str) -> None:
    found = draft({"mastra.span.type": kind})

    assert said(found, "run_type") == run_type
    assert said(found, "kind") == kind


def test_what_a_request_to_an_mcp_server_is_its_method_tells() -> None:
    attributes = {"mastra.span.type": "mcp_server_request", "mcp.method.name": "tools/call"}

    assert said(draft(attributes), "run_type") is None
    assert Registry().translate(span(attributes)).run_type == "tool"


@pytest.mark.parametrize(
    ("attribute", "value", "field", "expected"),
    [
        ("mastra.tags", '["a","b"]', "tags", ["a", "b"]),
        ("mastra.model_step.step_index", 0, "metadata.step_index", 0),
        ("mastra.model_step.is_continued", False, "metadata.is_continued", False),
        ("mastra.metadata.plan", "pro", "metadata.plan", "pro"),
        ("mastra.metadata.body", '{"id":1}', "metadata.body", {"id": 1}),
        ("mastra.metadata.ls_provider", "x", "metadata.ls_provider", None),
        ("mastra.metadata.api_key", "x", "metadata.api_key", None),
        ("mastra.metadata.", "x", "metadata.", None),
        ("mastra.metadata.threadId", "t", "thread_id", "t"),
        ("mastra.metadata.sessionId", "s", "thread_id", "s"),
        ("mastra.metadata.sessionId", "s", "metadata.sessionId", "s"),
        ("mastra.metadata.thread_id", "t", "metadata.thread_id", None),
        ("mastra.metadata.userId", "u", "user_id", "u"),
        ("sessionId", "s", "thread_id", "s"),
        ("userId", "u", "user_id", "u"),
        (
            "mastra.metadata.headers",
            '{"set-cookie":"k","date":"d"}',
            "metadata.headers",
            {"set-cookie": "[redacted]", "date": "d"},
        ),
        ("headers", "cut", "metadata.headers", "cut"),
        ("gen_ai.tool.definitions", '["f","g"]', "metadata.tools", ["f", "g"]),
        ("gen_ai.tool.definitions", '[{"name":"f"}]', "metadata.tools", None),
        ("gen_ai.tool.definitions", "[]", "metadata.tools", None),
        ("gen_ai.usage.cache_creation.5m_input_tokens", 3, "usage.cache_creation_5m", 3),
        ("gen_ai.usage.cache_creation.1h_input_tokens", 3, "usage.cache_creation_1h", 3),
        ("gen_ai.usage.audio_input_tokens", 3, "usage.input_audio", 3),
        ("gen_ai.usage.audio_output_tokens", "3", "usage.output_audio", 3),
    ],
)
def test_an_attribute_says_a_field(attribute: str, value: Json, field: str, expected: Json) -> None:
    assert said(draft({**STEP, attribute: value}), field) == expected


def test_the_conversation_of_the_conventions_comes_before_a_session() -> None:
    attributes = {**STEP, "mastra.metadata.sessionId": "s", "gen_ai.conversation.id": "c"}

    run = Registry().translate(span(attributes))

    assert run.thread_id == "c"
    assert run.metadata["sessionId"] == "s"


def test_the_first_token_is_told_as_an_event_and_stays_in_the_metadata() -> None:
    attributes = {**STEP, "mastra.completion_start_time": "2025-11-20T00:53:21.500Z"}

    run = Registry().translate(span(attributes))

    assert START_NS < said(draft(attributes), "first_token_ns") < END_NS
    assert run.events == [{"name": "new_token", "time": "2025-11-20T00:53:21.500000+00:00"}]
    assert run.metadata["mastra.completion_start_time"] == "2025-11-20T00:53:21.500Z"


def test_every_reader_survives_values_of_any_type() -> None:
    for value in (None, True, 7, 0.5, "", "{", "[1", "NaN", [], [1], ["{"], {}, {"a": None}):
        for kind in ("agent_run", "tool_call", "workflow_run", None, 7):
            for key in (*TABLE.keys(), *Mastra.also):
                key = key.replace("mastra.*", f"mastra.{kind}.input").replace(".*", ".x")
                attributes = {"mastra.span.type": kind, key: value}
                run = Registry().translate(span(attributes, scope="@mastra/otel-exporter"))

                assert run.failures == ()


@pytest.mark.parametrize(
    ("arguments", "inputs"),
    [
        (['"Hi"'], {"input": "Hi"}),
        (['{"city":"Paris"}'], {"city": "Paris"}),
        (['"a"', '{"b":1}'], {"arguments": {"0": "a", "1": {"b": 1}}}),
        (["[Not Serializable]"], {"input": "[Not Serializable]"}),
        (
            ['[{"role":"user","content":"Hi"}]'],
            {"messages": [{"role": "user", "content": "Hi"}]},
        ),
        (
            ['[{"role":"user","content":"Hi"}]', '{"maxSteps":3}'],
            {
                "messages": [{"role": "user", "content": "Hi"}],
                "arguments": {"1": {"maxSteps": 3}},
            },
        ),
        ([], None),
    ],
)
def test_the_arguments_of_a_decorated_method_are_its_inputs(
    arguments: list[str], inputs: Json
) -> None:
    attributes = {f"f.argument.{at}": value for at, value in enumerate(arguments)}
    told = {**attributes, "componentName": "c", "f.result": '{"a":1}'}

    run = Registry().translate(span(told, name="f"))

    assert run.inputs == inputs
    assert run.outputs == {"a": 1}


def test_a_span_of_the_exporter_without_a_type_says_nothing() -> None:
    assert Mastra().translate(span({"http.method": "GET"}, scope="@mastra/otel-exporter")) is None


def test_usage_of_an_inference_is_counted_and_of_a_step_is_a_sum() -> None:
    attributes = {"gen_ai.usage.input_tokens": 3, "gen_ai.usage.output_tokens": 4}
    call = {"mastra.span.type": "model_inference", "gen_ai.operation.name": "chat"}

    inner = Registry().translate(span({**call, **attributes}))
    outer = Registry().translate(span({**STEP, **attributes}))

    assert inner.metadata["usage_metadata"]["total_tokens"] == 7
    assert outer.metadata["usage_rollup"]["total_tokens"] == 7
