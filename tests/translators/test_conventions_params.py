"""Parameters of a call, under each name that conventions 1.9 lists, and those in bags."""

import orjson
import pytest

from tests.translators.spans import span
from translators.registry import Registry
from translators.run import Run
from translators.span import Json, JsonObject

MODEL = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o"}
VERCEL = {"ai.operationId": "ai.generateText.doGenerate"}
MESSAGES = [{"role": "user", "content": "hi"}]
TOOL = {"type": "function", "function": {"name": "add"}}
OI = "llm.invocation_parameters"


def run_of(attributes: JsonObject) -> Run:
    return Registry().translate(span({**MODEL, **attributes}))


@pytest.mark.parametrize(
    ("name", "key"),
    [
        *((name, f"gen_ai.request.{name}") for name in ("temperature", "top_p", "top_k", "seed")),
        *((name, f"llm.{name}") for name in ("temperature", "top_p", "top_k", "seed")),
        *((name, f"llm.request.{name}") for name in ("temperature", "top_p", "max_tokens", "seed")),
        *(
            (name, f"{prefix}.{name}")
            for name in ("presence_penalty", "frequency_penalty")
            for prefix in ("gen_ai.request", "llm", "llm.request")
        ),
        ("max_tokens", "gen_ai.request.max_tokens"),
        ("max_completion_tokens", "gen_ai.request.max_completion_tokens"),
        ("n", "gen_ai.request.choice.count"),
        ("n", "gen_ai.request.n"),
        ("dimensions", "gen_ai.embeddings.dimension.count"),
        ("dimensions", "gen_ai.request.embedding_dimension"),
    ],
)
def test_a_number_is_told_whatever_it_is_called(name: str, key: str) -> None:
    run = run_of({key: 4.0})

    assert run.invocation_params == {"model": "gpt-4o", name: 4}
    assert isinstance(run.invocation_params[name], int)
    assert key not in run.metadata


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("temperature", "temperature"),
        ("top_p", "topP"),
        ("top_k", "topK"),
        ("seed", "seed"),
        ("presence_penalty", "presencePenalty"),
        ("frequency_penalty", "frequencyPenalty"),
        ("max_tokens", "maxOutputTokens"),
        ("max_tokens", "maxTokens"),
    ],
)
def test_settings_of_the_vercel_sdk_are_parameters(name: str, key: str) -> None:
    run = run_of({**VERCEL, f"ai.settings.{key}": 4})

    assert run.invocation_params == {"model": "gpt-4o", name: 4}


@pytest.mark.parametrize("given", [["a, b", "\n"], '["a, b", "\\n"]'])
@pytest.mark.parametrize("key", ["gen_ai.request.stop_sequences", "llm.chat.stop_sequences"])
def test_stop_sequences_have_both_of_their_names(key: str, given: Json) -> None:
    run = run_of({key: given})

    assert run.invocation_params == {
        "model": "gpt-4o",
        "stop": ["a, b", "\n"],
        "stop_sequences": ["a, b", "\n"],
    }
    assert run.metadata["ls_stop"] == ["a, b", "\n"]


@pytest.mark.parametrize("value", [True, False])
@pytest.mark.parametrize(
    "key",
    [
        "gen_ai.request.stream",
        "gen_ai.request.is_stream",
        "llm.is_streaming",
        "gen_ai.is_streaming",
        "stream",
        "langsmith.request.streaming",
    ],
)
def test_whether_the_answer_was_streamed_is_told(key: str, value: bool) -> None:
    assert run_of({key: value}).invocation_params == {"model": "gpt-4o", "stream": value}


@pytest.mark.parametrize(
    ("name", "key", "given", "expected"),
    [
        ("encoding_formats", "gen_ai.request.encoding_formats", ["float"], ["float"]),
        ("reasoning_effort", "gen_ai.request.reasoning_effort", "high", "high"),
        ("reasoning_summary", "gen_ai.request.reasoning_summary", "auto", "auto"),
        ("response_format", "gen_ai.openai.request.response_format", '{"a": 1}', {"a": 1}),
        ("response_format", "gen_ai.request.structured_output_schema", '{"a": 1}', {"a": 1}),
        ("response_format", "gen_ai.output.type", "json", {"type": "json_object"}),
        ("service_tier", "openai.request.service_tier", "auto", "auto"),
        ("service_tier", "gen_ai.openai.request.service_tier", "auto", "auto"),
        ("user", "llm.user", "u", "u"),
        ("user", "gen_ai.request.user", "u", "u"),
        ("user", "gen_ai.user", "u", "u"),
        ("extra_query", "gen_ai.request.extra_query", '{"a": 1}', {"a": 1}),
        ("extra_body", "gen_ai.request.extra_body", '{"a": 1}', {"a": 1}),
        ("tool_choice", "gen_ai.request.tool_choice", '{"type": "auto"}', {"type": "auto"}),
        ("tool_choice", "tool_choice", "auto", "auto"),
        ("anything_else", "gen_ai.request.anything_else", "x", "x"),
        ("anything_else", "llm.request.anything_else", "x", "x"),
    ],
)  # fmt: skip
def test_a_parameter_is_told_whatever_it_is_called(
    name: str, key: str, given: Json, expected: Json
) -> None:
    assert run_of({key: given}).invocation_params == {"model": "gpt-4o", name: expected}


def test_the_most_asked_for_are_langsmiths_metadata_too() -> None:
    run = run_of({"gen_ai.request.temperature": 0.5, "gen_ai.request.max_tokens": 9})

    assert run.metadata["ls_temperature"] == 0.5
    assert run.metadata["ls_max_tokens"] == 9


def test_only_runs_that_call_a_model_have_parameters() -> None:
    run = run_of({"gen_ai.operation.name": "invoke_agent", "gen_ai.request.temperature": 0.5})

    assert run.invocation_params == {}
    assert run.metadata["gen_ai.request.temperature"] == 0.5


BAGS = [
    pytest.param(OI, {"openinference.span.kind": "LLM"}, id="openinference"),
    pytest.param(
        "langfuse.observation.model.parameters",
        {"langfuse.observation.type": "generation"},
        id="langfuse",
    ),
    pytest.param("langsmith.metadata.ls_invocation_params", {}, id="langsmith"),
]


@pytest.mark.parametrize(("key", "beside"), BAGS)
def test_a_bag_fills_holes_and_overwrites_nothing(key: str, beside: JsonObject) -> None:
    bag = {"temperature": 0.1, "top_p": 0.9, "model": "another"}
    given = {"gen_ai.request.temperature": 0.5, key: orjson.dumps(bag).decode()}

    run = run_of({**beside, **given})

    assert run.invocation_params == {"temperature": 0.5, "top_p": 0.9, "model": "gpt-4o"}
    assert run.metadata["ls_model_name"] == "gpt-4o"
    assert any(value in (given[key], bag) for value in run.metadata.values())


@pytest.mark.parametrize(("key", "beside"), BAGS)
def test_content_in_a_bag_is_input_and_no_parameter(key: str, beside: JsonObject) -> None:
    bag = {"seed": 7, "messages": MESSAGES, "system": "be brief", "tools": [TOOL]}

    run = run_of({**beside, key: orjson.dumps(bag).decode()})

    assert run.invocation_params == {"model": "gpt-4o", "seed": 7, "tools": [TOOL]}
    assert run.inputs is not None
    assert run.inputs["messages"] == [{"role": "system", "content": "be brief"}, *MESSAGES]


def test_content_in_a_bag_does_not_replace_the_inputs_and_stays_where_it_says_more() -> None:
    same = {"messages": MESSAGES, "tools": []}
    more = {"messages": [{"role": "user", "content": "something else"}]}
    nothing = {"prompt": "", "input": None}
    told = {"openinference.span.kind": "LLM", "gen_ai.input.messages": MESSAGES}
    for bag, stays in ((same, False), (more, True), (nothing, False)):
        run = run_of({**told, OI: orjson.dumps(bag).decode()})

        assert run.inputs == {"messages": MESSAGES}
        assert run.invocation_params == {"model": "gpt-4o"}
        assert (OI in run.metadata) is stays


def test_two_kinds_of_content_in_a_bag_stay_there() -> None:
    given = '{"input": "a", "prompt": "b"}'

    run = run_of({"openinference.span.kind": "LLM", OI: given})

    assert run.inputs == {"messages": [{"role": "user", "content": "a"}]}
    assert run.metadata[OI] == given


def test_a_system_text_alone_is_no_conversation() -> None:
    given = '{"system": "be brief"}'

    run = run_of({"openinference.span.kind": "LLM", OI: given})

    assert run.inputs is None
    assert run.metadata[OI] == given


def test_a_credential_in_a_bag_is_not_kept() -> None:
    run = run_of({"openinference.span.kind": "LLM", OI: '{"api_key": "sk-1"}'})

    assert run.invocation_params == {"api_key": "[redacted]", "model": "gpt-4o"}


def test_pydantics_parameters_stay_together() -> None:
    run = run_of({"model_request_parameters": '{"function_tools": [], "allow_text_output": true}'})

    assert run.invocation_params == {
        "model": "gpt-4o",
        "model_request_parameters": {"function_tools": [], "allow_text_output": True},
    }
