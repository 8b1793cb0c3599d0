import orjson
import pytest

from tests.translators.drafts import said
from tests.translators.spans import span
from translators.base import Draft, Signature
from translators.dialects.mlflow import MLflow
from translators.registry import Registry
from translators.span import Event, Json, JsonObject

USER = {"role": "user", "content": "Hi"}


def encoded(attributes: JsonObject) -> JsonObject:
    """Return the attributes as MLflow sends them: each value as JSON text."""
    return {key: orjson.dumps(value).decode() for key, value in attributes.items()}


def draft(kind: Json, attributes: JsonObject | None = None, **more: Json) -> Draft:
    given = encoded({"mlflow.spanType": kind, **(attributes or {})})
    found = MLflow().translate(span(given, **more))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("scope", "key", "expected"),
    [
        ("mlflow.tracing.provider", "x", True),
        ("other", "mlflow.spanInputs", True),
        ("other", "metadata", False),
    ],
)
def test_it_speaks_of_spans_that_mlflow_made(scope: str, key: str, expected: bool) -> None:
    assert MLflow().speaks(Signature(scope, frozenset({key}), frozenset())) is expected


@pytest.mark.parametrize(
    ("kind", "run_type"),
    [
        ("CHAT_MODEL", "llm"),
        ("LLM", "llm"),
        ("EMBEDDING", "embedding"),
        ("RETRIEVER", "retriever"),
        ("RERANKER", "retriever"),
        ("TOOL", "tool"),
        ("PARSER", "parser"),
        ("AGENT", "chain"),
        ("MEMORY", "chain"),
        ("GUARDRAIL", "chain"),
        ("EVALUATOR", "chain"),
        ("UNKNOWN", "chain"),
        ("MyType", "chain"),
    ],
)
def test_the_type_of_a_span_is_the_run_type(kind: str, run_type: str) -> None:
    found = draft(kind)

    assert said(found, "run_type") == run_type
    assert said(found, "kind") == kind.lower()


def test_a_type_that_is_none_says_nothing() -> None:
    assert MLflow().translate(span({"mlflow.spanType": "null"})) is None


def test_a_type_in_mixed_case_stays_as_it_was() -> None:
    run = Registry().translate(span(encoded({"mlflow.spanType": "MyType"})))

    assert run.metadata["otel.kind"] == "mytype"
    assert run.metadata["mlflow.spanType"] == '"MyType"'


def test_a_request_is_messages_tools_and_parameters() -> None:
    request = {
        "model": "m",
        "messages": [USER],
        "temperature": 0.5,
        "stop_sequences": ["x"],
        "tools": [{"name": "f", "input_schema": {}, "cache_control": {"type": "ephemeral"}}],
        "user": None,
    }
    theirs = [{"type": "function", "function": {"name": "f", "parameters": {}}}]
    found = draft("CHAT_MODEL", {"mlflow.spanInputs": request, "mlflow.chat.tools": theirs})

    assert said(found, "inputs") == {"messages": [USER]}
    assert said(found, "model") == "m"
    assert said(found, "params.temperature") == 0.5
    assert said(found, "params.stop") == ["x"]
    assert said(found, "params.tools")[0]["function"]["cache_control"] == {"type": "ephemeral"}
    assert said(found, "params.user") is None


@pytest.mark.parametrize(
    ("kind", "value", "field", "expected"),
    [
        ("LLM", ["Say hi"], "raw_inputs", ["Say hi"]),
        ("LLM", "Hi", "inputs", {"messages": [USER]}),
        ("CHAT_MODEL", [[USER], [USER]], "inputs", {"messages": [USER, USER]}),
        ("CHAT_MODEL", {"x": 1}, "raw_inputs", {"x": 1}),
        ("EMBEDDING", {"input": ["a"]}, "inputs", {"input": ["a"]}),
        ("RETRIEVER", "q", "inputs", {"query": "q"}),
        ("RETRIEVER", {"query": "q", "k": 2}, "raw_inputs", {"query": "q", "k": 2}),
        ("TOOL", {"city": "Paris"}, "raw_inputs", {"city": "Paris"}),
        ("CHAIN", '{"doubly": "encoded"}', "raw_inputs", {"doubly": "encoded"}),
    ],
)
def test_inputs_have_the_shape_of_the_type(
    kind: str, value: Json, field: str, expected: Json
) -> None:
    found = draft(kind, {"mlflow.spanInputs": value})

    assert found.said[field] == (expected, ("mlflow.spanInputs",))


@pytest.mark.parametrize(
    ("kind", "value", "field", "expected"),
    [
        (
            "CHAT_MODEL",
            {"choices": [{"message": {"role": "assistant", "content": "Hello"}}]},
            "outputs",
            {"messages": [{"role": "assistant", "content": "Hello"}]},
        ),
        ("CHAT_MODEL", "<Stream object at 0x7f>", "raw_outputs", "<Stream object at 0x7f>"),
        (
            "RETRIEVER",
            [{"page_content": "Paris", "metadata": {"score": 1}, "id": None}],
            "outputs",
            {
                "documents": [
                    {"page_content": "Paris", "type": "Document", "metadata": {"score": 1}}
                ]
            },
        ),
        ("RETRIEVER", {"hits": 0}, "raw_outputs", {"hits": 0}),
        ("TOOL", {"temp": 21}, "raw_outputs", {"temp": 21}),
    ],
)  # fmt: skip
def test_outputs_have_the_shape_of_the_type(
    kind: str, value: Json, field: str, expected: Json
) -> None:
    found = draft(kind, {"mlflow.spanOutputs": value})

    assert found.said[field] == (expected, ("mlflow.spanOutputs",))


def test_a_value_that_was_cut_off_is_kept_as_text() -> None:
    found = MLflow().translate(span({"mlflow.spanInputs": '{"messages": [{"ro'}))

    assert found is not None
    assert said(found, "raw_inputs") == '{"messages": [{"ro'


def test_a_function_that_returned_nothing_has_no_outputs() -> None:
    found = draft("CHAIN", {"mlflow.spanOutputs": None})

    assert "raw_outputs" not in found.said


def test_a_tool_is_called_as_the_span_is() -> None:
    found = draft("TOOL", {"tool_call_id": "call_1"}, name="get_weather")

    assert said(found, "params.tool_name") == "get_weather"
    assert said(found, "metadata.tool_name") == "get_weather"
    assert said(found, "metadata.tool_call_id") == "call_1"


def test_the_details_of_a_count_are_those_of_the_provider() -> None:
    counted = {"input_tokens": 40, "output_tokens": 12, "total_tokens": 52}
    answered = {
        "choices": [{"message": {"role": "assistant", "content": "Hello"}}],
        "usage": {
            "prompt_tokens": 41,
            "completion_tokens_details": {"reasoning_tokens": 4},
        },
    }
    found = draft("CHAT_MODEL", {"mlflow.chat.tokenUsage": counted, "mlflow.spanOutputs": answered})

    assert found.said["usage.input"] == (40, ("mlflow.chat.tokenUsage",))
    assert said(found, "usage.reasoning") == 4
    assert said(found, "usage.exclusive") is None


@pytest.mark.parametrize(
    ("counted", "expected"),
    [
        ({"input_tokens": 70, "output_tokens": 2, "cache_read_input_tokens": 30}, None),
        ({"input_tokens": 40, "output_tokens": 2, "cache_read_input_tokens": 30}, True),
        (None, True),
    ],
)
def test_cached_input_is_apart_where_the_count_is_anthropics_own(
    counted: Json, expected: Json
) -> None:
    answered = {
        "role": "assistant",
        "content": "Hello",
        "usage": {"input_tokens": 40, "output_tokens": 2, "cache_read_input_tokens": 30},
    }
    attributes: JsonObject = {"mlflow.spanOutputs": answered}
    if counted is not None:
        attributes["mlflow.chat.tokenUsage"] = counted

    assert said(draft("CHAT_MODEL", attributes), "usage.exclusive") is expected


def test_costs_are_told() -> None:
    found = draft("LLM", {"mlflow.llm.cost": {"input_cost": 0.5, "total_cost": 0.75, "odd": 1}})

    assert said(found, "usage.cost_input") == 0.5
    assert said(found, "usage.cost_total") == 0.75


@pytest.mark.parametrize(
    ("named", "asked", "model", "response_model"),
    [
        ("gpt-4o-2024-08-06", "gpt-4o", "gpt-4o", "gpt-4o-2024-08-06"),
        ("gpt-4o", "gpt-4o", "gpt-4o", None),
        ("gpt-4o", None, "gpt-4o", None),
        ("endpoint", "gpt-4o", "gpt-4o", None),
    ],
)
def test_the_model_is_the_one_that_was_asked_for(
    named: str, asked: Json, model: str, response_model: Json
) -> None:
    request = {"messages": [USER], **({"model": asked} if asked else {})}
    found = draft("CHAT_MODEL", {"mlflow.llm.model": named, "mlflow.spanInputs": request})

    assert said(found, "model") == model
    assert said(found, "response_model") == response_model


def test_langchains_parameters_are_those_of_the_call() -> None:
    tools = [{"type": "function", "function": {"name": "f"}}]
    given = {"model": "m", "temperature": 0.5, "stop": None, "tools": tools}
    found = draft("CHAT_MODEL", {"invocation_params": given})
    other = draft("CHAT_MODEL", {"invocation_params": {**given, "messages": [USER]}})

    assert found.said["bag.params"] == (
        {"model": "m", "temperature": 0.5},
        ("invocation_params",),
    )
    assert said(found, "params.tools") == tools
    assert other.said["bag.params"][1] == ()


def test_threads_and_users_are_those_of_the_trace_or_of_langchain() -> None:
    found = draft("CHAIN", {"mlflow.trace.session": "s-1", "mlflow.trace.user": "u-1"})
    langchain = draft("CHAIN", {"metadata": {"thread_id": "t-1", "session_id": "s-1"}})

    assert said(found, "thread_id") == "s-1"
    assert said(found, "user_id") == "u-1"
    assert said(langchain, "thread_id") == "t-1"


def test_the_first_chunk_is_the_first_token() -> None:
    events = [
        Event("exception", 5),
        Event("mlflow.chunk.item.0", 7),
        Event("mlflow.chunk.item.1", 9),
    ]
    plain = draft("LLM", events=[Event("exception", 5)])

    assert said(draft("LLM", events=events), "first_token_ns") == 7
    assert said(plain, "first_token_ns") is None


def test_other_attributes_are_opened() -> None:
    attributes = encoded({"mlflow.message.format": "openai", "team": "geo", "n": 3, "on": True})
    found = MLflow().translate(
        span({**attributes, "plain": "text", "thread_id": '"t"', "mlflow.traceTag.plan": "pro"})
    )

    assert found is not None
    assert found.said["metadata.mlflow.message.format"] == ("openai", ("mlflow.message.format",))
    assert found.said["metadata.team"] == ("geo", ("team",))
    assert found.said["metadata.n"] == (3, ("n",))
    for name in ("on", "plain", "thread_id", "mlflow.traceTag.plan"):
        assert f"metadata.{name}" not in found.said


def test_what_only_repeats_the_request_is_told_once() -> None:
    request = {"messages": [USER], "temperature": 0.5, "seed": 7}
    attributes = {"mlflow.spanInputs": request, "temperature": 0.5, "seed": 8}
    run = Registry().translate(span(encoded({"mlflow.spanType": "CHAT_MODEL", **attributes})))

    assert run.invocation_params == {"temperature": 0.5, "seed": 7}
    assert "temperature" not in run.metadata
    assert run.metadata["seed"] == 8


def test_after_mlflows_own_translation_the_arguments_are_parameters() -> None:
    attributes = {
        **encoded({"model": "gpt-4o", "seed": 7, "stream": True, "größe": 3}),
        "gen_ai.operation.name": "chat",
    }
    run = Registry().translate(span(attributes, scope="mlflow.tracing.provider"))

    assert run.invocation_params == {"model": "gpt-4o", "seed": 7, "stream": True}
    assert run.metadata["ls_model_name"] == "gpt-4o"
    assert run.metadata["stream"] == "true"
    assert run.metadata["größe"] == 3


@pytest.mark.parametrize("value", [7, None, [], {}, "", "[", '{"a"', True, [[]], "null", '"x"'])
def test_hostile_values_are_no_reason_to_fail(value: Json) -> None:
    keys = (
        "spanInputs", "spanOutputs", "chat.tools", "chat.tokenUsage", "llm.cost", "llm.model",
        "llm.provider", "trace.session",
    )  # fmt: skip
    for kind in ('"CHAT_MODEL"', '"TOOL"', '"RETRIEVER"', value):
        attributes = {f"mlflow.{key}": value for key in keys}
        more = {"mlflow.spanType": kind, "invocation_params": value, "metadata": value}
        run = Registry().translate(span({**attributes, **more}))

        assert run.failures == ()


def test_a_request_stays_where_its_parameters_are_told_differently() -> None:
    given = {"mlflow.spanType": "CHAT_MODEL", "mlflow.spanInputs": {"messages": [USER], "n": 2}}
    alone = Registry().translate(span(encoded(given)))
    other = Registry().translate(span({**encoded(given), "gen_ai.operation.name": "invoke_agent"}))
    lost = Registry().translate(span({**encoded(given), "langsmith.span.kind": "chain"}))

    assert "mlflow.spanInputs" not in alone.metadata
    assert "mlflow.spanInputs" not in other.metadata
    assert "mlflow.spanInputs" in lost.metadata
