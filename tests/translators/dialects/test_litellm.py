import pytest

from tests.translators.drafts import said
from tests.translators.spans import span
from translators.base import Draft, Signature
from translators.dialects.litellm import LiteLLM
from translators.registry import Registry
from translators.run import Run
from translators.span import Json, JsonObject
from translators.tools import tool_call

EMPTY_ANSWER = '[{"role":"assistant","parts":[],"finish_reason":"tool_calls"}]'


def draft(attributes: JsonObject, name: str = "litellm_request") -> Draft:
    found = LiteLLM().translate(span(attributes, name=name, scope="litellm"))
    assert found is not None
    return found


def run_of(attributes: JsonObject, name: str = "litellm_request") -> Run:
    return Registry().translate(span(attributes, name=name, scope="litellm"))


@pytest.mark.parametrize(
    ("scope", "key", "expected"),
    [
        ("litellm", "x", True),
        ("other", "litellm.call_id", True),
        ("other", "metadata.x", False),
    ],
)
def test_it_speaks_of_spans_that_litellm_made(scope: str, key: str, expected: bool) -> None:
    assert LiteLLM().speaks(Signature(scope, frozenset({key}), frozenset())) is expected


@pytest.mark.parametrize(
    ("key", "word", "run_type"),
    [
        ("gen_ai.operation.name", "chat", "llm"),
        ("gen_ai.operation.name", "acompletion", "llm"),
        ("gen_ai.operation.name", "aresponses", "llm"),
        ("gen_ai.operation.name", "aembedding", "embedding"),
        ("gen_ai.operation.name", "arerank", "retriever"),
        ("gen_ai.operation.name", "anthropic_messages", "llm"),
        ("gen_ai.operation.name", "agenerate_content_stream", "llm"),
        ("gen_ai.operation.name", "avector_store_search", "retriever"),
        ("gen_ai.operation.name", "call_mcp_tool", "tool"),
        ("gen_ai.operation.name", "alist_batches", "chain"),
        ("litellm.call_type", "atranscription", "llm"),
        ("llm.request.type", "acompletion", "llm"),
        ("llm.request.type", "embedding", "embedding"),
        ("llm.request.type", "", "chain"),
        ("llm.request.type", 7, "chain"),
    ],
)
def test_the_function_that_was_called_is_the_run_type(key: str, word: Json, run_type: str) -> None:
    assert run_of({key: word}).run_type == run_type


def test_speech_is_no_chat() -> None:
    assert run_of({"gen_ai.operation.name": "atranscription"}).metadata["ls_modality"] == "stt"


def test_the_servers_span_is_the_models_where_it_says_so() -> None:
    attributes = {"gen_ai.operation.name": "acompletion", "gen_ai.request.model": "m"}

    assert run_of(attributes, "Received Proxy Server Request").run_type == "llm"
    assert run_of({"http.route": "/x"}, "Received Proxy Server Request").run_type == "chain"


def test_the_providers_own_request_is_no_second_call() -> None:
    run = run_of({"llm.openai.model": "m", "llm.openai.usage": "{}"}, "raw_gen_ai_request")

    assert run.run_type == "chain"
    assert run.metadata["otel.kind"] == "raw_gen_ai_request"
    assert run.metadata["llm.openai.model"] == "m"


def test_a_guardrail_is_a_chain() -> None:
    found = draft({"litellm.guardrail.name": "pii", "litellm.guardrail.response": '{"n":1}'})

    assert said(found, "run_type") == "chain"
    assert said(found, "kind") == "guardrail"
    assert said(found, "raw_outputs") == {"n": 1}


def test_tool_calls_beside_the_answer_belong_to_it() -> None:
    attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.output.messages": EMPTY_ANSWER,
        "gen_ai.completion.0.function_call.name": "f",
        "gen_ai.completion.0.function_call.arguments": '{"a":1}',
        "gen_ai.completion.1.function_call.name": "g",
        "gen_ai.completion.1.function_call.arguments": "{}",
        "gen_ai.completion.2.function_call.arguments": "{}",
    }

    assert run_of(attributes).outputs == {
        "messages": [
            {
                "role": "assistant",
                "content": None,
                "finish_reason": "tool_calls",
                "tool_calls": [tool_call(None, "f", '{"a":1}'), tool_call(None, "g", "{}")],
            }
        ]
    }


@pytest.mark.parametrize(
    "answer",
    [
        '[{"role":"assistant","content":"a"},{"role":"assistant","content":"b"}]',
        "[]",
        "[broken",
        7,
    ],
)
def test_without_one_answer_nobody_knows_whose_calls_they_are(answer: Json) -> None:
    attributes = {
        "gen_ai.output.messages": answer,
        "gen_ai.completion.0.function_call.name": "f",
    }

    assert LiteLLM().translate(span(attributes, scope="litellm")) is None


def test_tools_are_numbered() -> None:
    attributes = {
        "gen_ai.tool.0.name": "f",
        "gen_ai.tool.0.parameters": '{"type":"object"}',
        "gen_ai.tool.name": "other",
    }

    assert draft(attributes).said["params.tools"] == (
        [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}],
        ("gen_ai.tool.0.name", "gen_ai.tool.0.parameters"),
    )


def test_texts_to_embed_are_no_messages() -> None:
    attributes = {
        "gen_ai.operation.name": "aembedding",
        "gen_ai.input.messages": '[{"role":"user","content":"a"},{"role":"user","content":"b"}]',
    }

    assert run_of(attributes).inputs == {"input": ["a", "b"]}


def test_the_details_of_usage_are_in_pythons_words() -> None:
    usage = (
        "{'prompt_tokens': 40, 'completion_tokens': 12,"
        " 'prompt_tokens_details': {'cached_tokens': 8},"
        " 'completion_tokens_details': {'reasoning_tokens': 4, 'audio_tokens': None}}"
    )
    attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.usage.input_tokens": 40,
        "gen_ai.usage.output_tokens": 12,
        "metadata.usage_object": usage,
    }

    assert run_of(attributes).metadata["usage_metadata"] == {
        "input_tokens": 40,
        "output_tokens": 12,
        "total_tokens": 52,
        "input_token_details": {"cache_read": 8},
        "output_token_details": {"reasoning": 4},
    }


def test_costs_have_parts() -> None:
    old = draft({"gen_ai.cost.cache_read_cost": 0.5, "gen_ai.cost.reasoning_cost": 0.25})
    new = draft({"litellm.cost.total": 0.75, "litellm.cost.cache_creation": 0.5})

    assert said(old, "usage.cost_input_cache_read") == 0.5
    assert said(old, "usage.cost_output_reasoning") == 0.25
    assert said(new, "usage.cost_total") == 0.75
    assert said(new, "usage.cost_input_cache_creation") == 0.5


def test_metadata_is_flat_and_empty_keys_say_nothing() -> None:
    run = run_of(
        {
            "metadata.user_api_key_team_id": "t-1",
            "metadata.user_api_key_hash": "88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539",
            "metadata.spend_logs_metadata": "",
            "metadata.applied_guardrails": "[]",
            "metadata.session_id": "odd",
            "litellm.metadata.user_api_key_user_id": "u-9",
        }
    )

    assert run.metadata["user_api_key_team_id"] == "t-1"
    assert run.metadata["user_api_key_user_id"] == "u-9"
    assert run.metadata["metadata.user_api_key_hash"] == "[redacted]"
    assert run.metadata["metadata.session_id"] == "odd"
    assert not any(key.endswith(("spend_logs_metadata", "guardrails")) for key in run.metadata)


def test_the_callers_metadata_name_the_thread_and_the_tags() -> None:
    found = draft(
        {
            "metadata.requester_metadata": "{'session_id': 's-1', 'tags': ['vip']}",
            "metadata.user_api_key_end_user_id": "u-1",
        }
    )

    assert said(found, "thread_id") == "s-1"
    assert said(found, "tags") == ["vip"]
    assert said(found, "user_id") == "u-1"


def test_hidden_parameters_hide_credentials() -> None:
    found = draft({"hidden_params": '{"additional_headers":{"set-cookie":"c","x":1},"a":2}'})

    assert found.said["metadata.hidden_params"] == (
        {"additional_headers": {"set-cookie": "[redacted]", "x": 1}, "a": 2},
        ("hidden_params",),
    )


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"litellm.provider.model": "azure/gpt-4o", "gen_ai.system": ""}, "azure"),
        ({"litellm.provider.model": "gpt-4o"}, None),
        ({"litellm.provider.model": "azure/gpt-4o", "gen_ai.provider.name": "openai"}, None),
    ],
)
def test_the_deployment_names_the_provider_where_nobody_else_does(
    attributes: JsonObject, expected: Json
) -> None:
    found = LiteLLM().translate(span(attributes, scope="litellm"))

    assert (said(found, "provider") if found else None) == expected


@pytest.mark.parametrize("value", [7, None, [], {}, "", "[", "{'a'", True, [[]], "{'a': {1}}"])
def test_hostile_values_are_no_reason_to_fail(value: Json) -> None:
    keys = (
        "gen_ai.operation.name", "llm.request.type", "gen_ai.input.messages", "hidden_params",
        "gen_ai.output.messages", "gen_ai.completion.0.function_call", "gen_ai.tool.0",
        "gen_ai.completion.1.function_call.name", "metadata.usage_object", "metadata.x",
        "metadata.requester_metadata", "litellm.provider.model", "metadata.", "litellm.cost.total",
    )  # fmt: skip

    assert run_of(dict.fromkeys(keys, value)).failures == ()
