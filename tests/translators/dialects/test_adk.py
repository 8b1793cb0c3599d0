import json

import pytest

from tests.translators.spans import span
from translators.base import Draft, Signature
from translators.dialects.adk import ADK
from translators.registry import Registry
from translators.span import Event, Json, JsonObject, Scope, Span

SCOPE = "gcp.vertex.agent"
TOOLS = "gen_ai.tool.definitions"


def call(attributes: JsonObject, *, name: str = "call_llm", version: str = "") -> Span:
    made = span(
        {f"gcp.vertex.agent.{key}": value for key, value in attributes.items()},
        name=name,
        scope=SCOPE,
    )
    made.scope = Scope(SCOPE, version)
    return made


def draft(attributes: JsonObject, name: str = "call_llm") -> Draft:
    found = ADK().translate(call(attributes, name=name))
    assert found is not None
    return found


def response(**more: Json) -> JsonObject:
    return {
        "llm_response": json.dumps(
            {"content": {"role": "model", "parts": [{"text": "Paris"}]}, **more}
        )
    }


def test_it_speaks_of_its_scope_and_of_its_attributes_only() -> None:
    adk = ADK()

    assert adk.speaks(Signature(SCOPE, frozenset(), frozenset()))
    assert adk.speaks(Signature("x", frozenset({"gcp.vertex.agent.event_id"}), frozenset()))
    assert not adk.speaks(Signature("x", frozenset({"gcp.project"}), frozenset()))
    assert not adk.speaks(Signature("", frozenset({"gen_ai.system"}), frozenset()))


@pytest.mark.parametrize(
    ("name", "run_type", "kind"),
    [
        ("call_llm", "llm", "call_llm"),
        ("execute_tool get_weather", "tool", "execute_tool"),
        ("invocation", "chain", "invocation"),
        ("agent_run [weather]", "chain", "agent_run"),
        ("Flow", "chain", None),
    ],
)
def test_the_first_schema_tells_the_run_type_by_the_name(
    name: str, run_type: str, kind: str | None
) -> None:
    run = Registry().translate(call({}, name=name))

    assert run.run_type == run_type
    assert run.metadata.get("otel.kind") == kind


@pytest.mark.parametrize(
    ("version", "where"),
    [("", "usage_metadata"), ("1.23.0", "usage_metadata"), ("1.24.0", "usage_rollup"),
     ("2.13.0", "usage_rollup"), ("dev", "usage_metadata"), ("1.x", "usage_metadata")],
)  # fmt: skip
def test_usage_counts_once_where_a_child_tells_of_the_call_too(version: str, where: str) -> None:
    usage = {"prompt_token_count": 4, "candidates_token_count": 2}

    run = Registry().translate(call(response(usage_metadata=usage), version=version))

    assert run.run_type == "llm"
    assert run.metadata[where] == {"input_tokens": 4, "output_tokens": 2, "total_tokens": 6}
    assert ("usage_metadata" in (run.outputs or {})) is (where == "usage_metadata")


@pytest.mark.parametrize(
    ("usage", "output"),
    [
        ({"candidates_token_count": 2, "thoughts_token_count": 3}, 5),
        ({"candidates_token_count": 2, "thoughts_token_count": 3, "total_token_count": 9}, 5),
        ({"candidates_token_count": 5, "thoughts_token_count": 3, "total_token_count": 9}, 5),
    ],
)
def test_output_holds_the_thoughts_whoever_counted(usage: JsonObject, output: int) -> None:
    run = Registry().translate(call(response(usage_metadata={"prompt_token_count": 4, **usage})))

    assert run.metadata["usage_metadata"] == {
        "input_tokens": 4,
        "output_tokens": output,
        "total_tokens": 4 + output,
        "output_token_details": {"reasoning": 3},
    }


def test_what_tools_of_the_model_put_in_is_input() -> None:
    usage = {"prompt_token_count": 4, "tool_use_prompt_token_count": 6, "candidates_token_count": 1}

    found = draft(response(usage_metadata=usage))

    assert found.said["usage.input"][0] == 10
    assert found.said["metadata.llm_response"][0] == {"usage_metadata": usage}


def test_secrets_in_headers_are_struck_out() -> None:
    request = {
        "model": "gemini-2.5-pro",
        "config": {"http_options": {"headers": {"Authorization": "Bearer x", "a": "b"}}},
        "contents": [{"role": "user", "parts": [{"text": "hi"}]}],
    }

    run = Registry().translate(call({"llm_request": json.dumps(request)}))

    assert run.metadata["http_options"] == {"headers": {"Authorization": "[redacted]", "a": "b"}}
    assert run.inputs == {"messages": [{"role": "user", "content": "hi"}]}


@pytest.mark.parametrize("options", [{"timeout": 3}, {"headers": None, "timeout": 3}])
def test_other_http_options_are_kept(options: JsonObject) -> None:
    request = {"config": {"http_options": options}, "contents": [{"parts": [{"text": "hi"}]}]}

    found = draft({"llm_request": json.dumps(request)})

    assert found.said["metadata.http_options"][0] == options


@pytest.mark.parametrize(
    "value", ["{}", "<not serializable>", "", '{"contents": [', "7", 7, [], '{"config": 7}']
)
def test_a_request_that_says_nothing_says_nothing(value: Json) -> None:
    found = draft({"llm_request": value, "llm_response": value})

    assert not {"inputs", "outputs"} & found.said.keys()


def test_an_answer_without_content_stays_as_it_came() -> None:
    given = {"llm_response": json.dumps({"error_code": "SAFETY", "finish_reason": "SAFETY"})}

    run = Registry().translate(call(given))

    assert run.error == "SAFETY"
    assert run.metadata["gcp.vertex.agent.llm_response"] == given["llm_response"]


@pytest.mark.parametrize(
    ("given", "result", "inputs", "outputs"),
    [
        ('{"a": 1}', '{"b": 2}', {"a": 1}, {"output": {"b": 2}}),
        ("{}", '{"b": 2}', {}, {"output": {"b": 2}}),
        ("{}", "{}", None, None),
        ("N/A", "<not serializable>", None, None),
        ([1], 7, {"input": [1]}, {"output": 7}),
        ('{"a', None, {"input": '{"a'}, None),
    ],
)
def test_a_tool_has_arguments_and_a_result(
    given: Json, result: Json, inputs: JsonObject | None, outputs: JsonObject | None
) -> None:
    run = Registry().translate(
        call({"tool_call_args": given, "tool_response": result}, name="execute_tool f")
    )

    assert (run.inputs, run.outputs) == (inputs, outputs)


@pytest.mark.parametrize(
    ("model", "provider"),
    [
        ("azure/gpt-4o", "azure"),
        ("anthropic/claude-3-5-sonnet", "anthropic"),
        ("projects/p/locations/l/publishers/google/models/gemini-2.5-pro", "google_genai"),
        ("gemini-2.5-pro", "google_genai"),
    ],
)
def test_models_behind_a_gateway_name_their_provider(model: str, provider: str) -> None:
    made = call({})
    made.attributes |= {"gen_ai.request.model": model, "gen_ai.system": "gcp.vertex.agent"}

    run = Registry().translate(made)

    assert run.metadata["ls_provider"] == provider


def test_the_session_is_the_thread_and_stays_beside_it() -> None:
    run = Registry().translate(call({"session_id": "s-7"}))

    assert run.thread_id == "s-7"
    assert run.metadata["gcp.vertex.agent.session_id"] == "s-7"


def test_tools_of_a_log_record_that_differ_stay_in_it() -> None:
    full = [{"name": "f", "type": "function", "parameters": {"type": "object"}}]
    made = span(
        {
            "gen_ai.operation.name": "generate_content",
            "gen_ai.tool.definitions": '[{"name":"g","type":"function"}]',
        },
        scope=SCOPE,
        events=[
            Event("other"),
            Event(
                "gen_ai.client.inference.operation.details", 1, {"gen_ai.tool.definitions": full}
            ),
        ],
    )

    run = Registry().translate(made)

    assert [tool["function"]["name"] for tool in run.invocation_params["tools"]] == ["g"]
    assert run.events[1]["kwargs"] == {"gen_ai.tool.definitions": full}


@pytest.mark.parametrize("definitions", [None, '[{"name":"f","type":"function"}]'])
def test_tools_of_a_log_record_are_told_where_the_span_has_them_not_in_full(
    definitions: str | None,
) -> None:
    full = [{"name": "f", "type": "function", "parameters": {"type": "object"}}]
    made = span(
        {"gen_ai.operation.name": "generate_content"},
        scope=SCOPE,
        events=[
            Event("gen_ai.client.inference.operation.details", 1, {"gen_ai.tool.definitions": full})
        ],
    )
    if definitions is not None:
        made.attributes["gen_ai.tool.definitions"] = definitions

    run = Registry().translate(made)

    assert run.invocation_params["tools"] == [
        {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}
    ]


def test_thoughts_that_are_no_number_change_nothing() -> None:
    made = span(
        {
            "gen_ai.operation.name": "generate_content",
            "gen_ai.usage.input_tokens": 4,
            "gen_ai.usage.output_tokens": 2,
            "gen_ai.usage.experimental.reasoning_tokens": "many",
        },
        scope=SCOPE,
    )

    run = Registry().translate(made)

    assert run.metadata["gen_ai.usage.experimental.reasoning_tokens"] == "many"
    assert run.metadata.get("usage_metadata", run.metadata.get("usage_rollup")) == {
        "input_tokens": 4,
        "output_tokens": 2,
        "total_tokens": 6,
    }


def test_a_request_stays_where_the_run_has_no_place_for_its_parameters() -> None:
    request = json.dumps({"model": "m", "contents": [], "config": {"temperature": 0.5}})
    chain = Registry().translate(call({"llm_request": request}, name="invocation"))

    assert chain.metadata["gcp.vertex.agent.llm_request"] == request


def test_a_request_that_stays_does_so_without_its_credentials() -> None:
    headers = {"headers": {"Authorization": "Bearer sesame"}}
    for asked in ({"config": {"http_options": headers}}, {"http_options": headers}):
        request = json.dumps({"contents": [{"parts": [{"text": "hi"}]}], **asked})
        chain = Registry().translate(call({"llm_request": request, "x": 1}, name="invocation"))

        assert "sesame" not in str(chain.metadata)


@pytest.mark.parametrize(
    "system", [{"parts": [{"text": "a"}], "role": {"x": 1}}, {"parts": [], "y": 1}]
)
def test_an_instruction_that_says_more_than_its_parts_is_a_message(system: JsonObject) -> None:
    request = {"contents": [{"parts": [{"text": "hi"}]}], "config": {"system_instruction": system}}
    found = draft({"llm_request": json.dumps(request)})

    [message, _] = found.said["inputs"][0]["messages"]
    assert message["additional_kwargs"] in ({"role": {"x": 1}}, {"y": 1})


def test_words_of_an_answer_that_are_none_are_kept_beside_it() -> None:
    found = draft(response(model_version=["m"], finish_reason={"a": 1}, error_code=7))

    told = {"model_version": ["m"], "finish_reason": {"a": 1}, "error_code": 7}
    assert found.said["metadata.llm_response"][0] == told


def test_tools_with_parameters_are_not_those_of_the_record() -> None:
    tools = [{"name": "f", "parameters": {"a": 1}}]
    event = Event("gen_ai.client.inference.operation.details", 0, {TOOLS: [{"name": "f"}]})
    made = call({})
    made.attributes[TOOLS], made.events = tools, [event]
    found = ADK().translate(made)

    assert found is not None
    assert TOOLS not in found.used
