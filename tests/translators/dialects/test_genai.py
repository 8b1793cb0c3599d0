import pytest

from translators.base import Draft, Signature
from translators.dialects.genai import GenAI
from translators.span import Event, Json, JsonObject, Scope, Span

HI: JsonObject = {"role": "user", "content": "hi"}
PARIS: JsonObject = {"role": "assistant", "content": "Paris"}
MESSAGES = '[{"role":"user","parts":[{"type":"text","content":"hi"}]}]'
ANSWER = '[{"role":"assistant","parts":[{"type":"text","content":"Paris"}]}]'


def span(
    attributes: JsonObject | None = None, events: list[Event] | None = None, **more: Json
) -> Span:
    return Span(
        trace_id="0af7651916cd43dd8448eb211c80319c",
        span_id="b7ad6b7169203331",
        **{"name": "chat gpt-4o", "start_ns": 1_000, **more},
        attributes=attributes,
        events=events,
    )


def draft(
    attributes: JsonObject | None = None, events: list[Event] | None = None, **more: Json
) -> Draft:
    found = GenAI().translate(span(attributes, events, **more))
    assert found is not None
    return found


def said(found: Draft, field: str) -> Json:
    return found.said[field][0] if field in found.said else None


def chat(**attributes: Json) -> JsonObject:
    return {
        "gen_ai.operation.name": "chat",
        **{f"gen_ai.{key.replace('__', '.')}": value for key, value in attributes.items()},
    }


@pytest.mark.parametrize(
    ("attribute", "value", "field", "expected"),
    [
        ("gen_ai.operation.name", "chat", "kind", "chat"),
        ("gen_ai.provider.name", "openai", "provider", "openai"),
        ("gen_ai.system", "az.ai.openai", "provider", "az.ai.openai"),
        ("gen_ai.request.model", "gpt-4o", "model", "gpt-4o"),
        ("gen_ai.request_model", "gpt-4o", "model", "gpt-4o"),
        ("gen_ai.response.model", "gpt-4o-2024", "response_model", "gpt-4o-2024"),
        ("gen_ai.response_model", "gpt-4o-2024", "response_model", "gpt-4o-2024"),
        ("gen_ai.request.temperature", 0.2, "params.temperature", 0.2),
        ("gen_ai.request.top_p", 0.9, "params.top_p", 0.9),
        ("gen_ai.request.top_k", 40.0, "params.top_k", 40),
        ("gen_ai.request.seed", 7, "params.seed", 7),
        ("gen_ai.openai.request.seed", 7, "params.seed", 7),
        ("gen_ai.request.max_tokens", 200, "params.max_tokens", 200),
        ("gen_ai.request.max_completion_tokens", 200, "params.max_completion_tokens", 200),
        ("gen_ai.request.presence_penalty", 0.1, "params.presence_penalty", 0.1),
        ("gen_ai.request.frequency_penalty", 0.1, "params.frequency_penalty", 0.1),
        ("gen_ai.request.encoding_formats", ["base64"], "params.encoding_formats", ["base64"]),
        ("gen_ai.request.reasoning_effort", "low", "params.reasoning_effort", "low"),
        ("gen_ai.request.reasoning_summary", "auto", "params.reasoning_summary", "auto"),
        ("gen_ai.request.stop_sequences", ["\n\n", ","], "params.stop", ["\n\n", ","]),
        ("gen_ai.request.stop_sequences", '["END"]', "params.stop", ["END"]),
        ("gen_ai.request.stop_sequences", "a,b", "params.stop", ["a,b"]),
        ("gen_ai.request.stop_sequences", ["END"], "params.stop_sequences", ["END"]),
        ("gen_ai.request.choice.count", 2, "params.n", 2),
        ("gen_ai.request.n", 2, "params.n", 2),
        ("gen_ai.embeddings.dimension.count", 8, "params.dimensions", 8),
        ("gen_ai.request.embedding_dimension", 8, "params.dimensions", 8),
        ("gen_ai.request.stream", True, "params.stream", True),
        ("gen_ai.request.is_stream", "true", "params.stream", True),
        ("gen_ai.is_streaming", False, "params.stream", False),
        (
            "gen_ai.openai.request.response_format",
            "json_object",
            "params.response_format",
            "json_object",
        ),
        (
            "gen_ai.request.structured_output_schema",
            '{"a":1}',
            "params.response_format",
            {"a": 1},
        ),
        ("gen_ai.output.type", "json", "params.response_format", {"type": "json_object"}),
        ("gen_ai.output.type", "json", "metadata.output_type", "json"),
        ("openai.request.service_tier", "auto", "params.service_tier", "auto"),
        ("gen_ai.openai.request.service_tier", "auto", "params.service_tier", "auto"),
        ("gen_ai.request.extra_query", '{"a":1}', "params.extra_query", {"a": 1}),
        ("gen_ai.request.extra_body", '{"a":1}', "params.extra_body", {"a": 1}),
        ("gen_ai.request.tool_choice", "auto", "params.tool_choice", "auto"),
        ("gen_ai.request.user", "u", "params.user", "u"),
        ("gen_ai.request.user", "u", "user_id", "u"),
        ("gen_ai.user", "u", "params.user", "u"),
        ("gen_ai.user", "u", "user_id", "u"),
        ("gcp.gen_ai.operation.config.safety", "x", "params.safety", "x"),
        (
            "gen_ai.tool.definitions",
            '[{"name":"f"}]',
            "params.tools",
            [{"type": "function", "function": {"name": "f"}}],
        ),
        ("gen_ai.usage.input_tokens", "26", "usage.input", 26),
        ("gen_ai.usage.prompt_tokens", 26.0, "usage.input", 26),
        ("gen_ai.token.usage.input", 26, "usage.input", 26),
        ("gen_ai.client.token.usage.input", 26, "usage.input", 26),
        ("gen_ai.usage.output_tokens", 0, "usage.output", 0),
        ("gen_ai.usage.completion_tokens", 7, "usage.output", 7),
        ("gen_ai.token.usage.output", 7, "usage.output", 7),
        ("gen_ai.client.token.usage.output", 7, "usage.output", 7),
        ("gen_ai.usage.total_tokens", 33, "usage.total", 33),
        ("gen_ai.client.token.usage", 33, "usage.total", 33),
        ("llm.usage.prompt_tokens", 26, "usage.input", 26),
        ("llm.usage.completion_tokens", 7, "usage.output", 7),
        ("llm.usage.total_tokens", 33, "usage.total", 33),
        *[
            (f"gen_ai.usage.{key}", 5, "usage.cache_read", 5)
            for key in (
                "cache_read.input_tokens", "cache_read_input_tokens", "cached_tokens",
                "cached_input_tokens", "input_cached_tokens", "cache_read_tokens",
                "details.cache_read_tokens", "details.cached_tokens",
                "details.cache_read_input_tokens", "prompt_tokens_details.cached_tokens",
                "input_token_details.cache_read",
            )
        ],
        *[
            (f"gen_ai.usage.{key}", 5, "usage.cache_creation", 5)
            for key in (
                "cache_creation.input_tokens", "cache_write.input_tokens",
                "cache_creation_input_tokens", "cache_write_input_tokens", "cache_write_tokens",
                "details.cache_write_tokens", "details.cache_creation_input_tokens",
                "prompt_tokens_details.cache_creation_tokens",
            )
        ],
        *[
            (f"gen_ai.usage.{key}", 5, "usage.reasoning", 5)
            for key in (
                "reasoning.output_tokens", "reasoning_tokens", "thoughts_tokens",
                "details.reasoning_tokens", "details.thoughts_tokens",
                "completion_tokens_details.reasoning_tokens",
            )
        ],
        *[
            (f"gen_ai.usage.{key}", 5, f"usage.{counter}", 5)
            for key, counter in (
                ("audio.input_tokens", "input_audio"), ("input_audio_tokens", "input_audio"),
                ("details.input_audio_tokens", "input_audio"),
                ("prompt_tokens_details.audio_tokens", "input_audio"),
                ("audio.output_tokens", "output_audio"), ("output_audio_tokens", "output_audio"),
                ("details.output_audio_tokens", "output_audio"),
                ("text.input_tokens", "input_text"), ("input_text_tokens", "input_text"),
                ("text.output_tokens", "output_text"), ("output_text_tokens", "output_text"),
                ("image.input_tokens", "input_image"), ("image.output_tokens", "output_image"),
                ("video.input_tokens", "input_video"), ("video.output_tokens", "output_video"),
            )
        ],
        ("gen_ai.token.cost.input", 0.1, "usage.cost_input", 0.1),
        ("gen_ai.cost.input_cost", 0.1, "usage.cost_input", 0.1),
        ("gen_ai.token.cost.output", 0.1, "usage.cost_output", 0.1),
        ("gen_ai.cost.output_cost", 0.1, "usage.cost_output", 0.1),
        ("gen_ai.token.cost.total", 0.1, "usage.cost_total", 0.1),
        ("gen_ai.cost.total_cost", 0.1, "usage.cost_total", 0.1),
        ("gen_ai.usage.cost", "0.1", "usage.cost_total", 0.1),
        ("gen_ai.response.finish_reasons", ["stop"], "metadata.finish_reasons", ["stop"]),
        ("gen_ai.response.finish_reasons", '["stop"]', "metadata.finish_reasons", ["stop"]),
        (
            "gen_ai.response.finish_reasons",
            "stop, length",
            "metadata.finish_reasons",
            ["stop", "length"],
        ),
        ("gen_ai.response.finish_reason", "N/A", "metadata.finish_reasons", None),
        ("gen_ai.response.finish_reason", '["Stop"]', "metadata.finish_reasons", ["Stop"]),
        ("gen_ai.response.id", "r1", "metadata.response_id", "r1"),
        ("openai.response.service_tier", "default", "metadata.service_tier", "default"),
        ("openai.response.system_fingerprint", "fp", "metadata.system_fingerprint", "fp"),
        ("gen_ai.agent.id", "a", "metadata.agent_id", "a"),
        ("gen_ai.agent.name", "a", "metadata.agent_name", "a"),
        ("gen_ai.agent.description", "a", "metadata.agent_description", "a"),
        ("gen_ai.agent.version", "a", "metadata.agent_version", "a"),
        ("gen_ai.tool.name", "f", "metadata.tool_name", "f"),
        ("gen_ai.tool.call.id", "c", "metadata.tool_call_id", "c"),
        ("gen_ai.tool.call.id", "unknown", "metadata.tool_call_id", None),
        ("gen_ai.tool.description", "d", "metadata.tool_description", "d"),
        ("gen_ai.tool.type", "function", "metadata.tool_type", "function"),
        ("gen_ai.workflow.name", "w", "metadata.workflow_name", "w"),
        ("gen_ai.data_source.id", "d", "metadata.data_source_id", "d"),
        ("gen_ai.prompt.name", "p", "metadata.prompt_name", "p"),
        ("gen_ai.environment", "prod", "metadata.environment", "prod"),
        ("gen_ai.conversation.id", "s", "thread_id", "s"),
        ("gen_ai.conversation.id", "", "thread_id", None),
        ("session.id", "s", "thread_id", "s"),
        ("gen_ai.openai.thread.id", "s", "thread_id", "s"),
        ("gen_ai.session.id", "s", "thread_id", "s"),
        ("mcp.session.id", "s", "thread_id", None),
        ("user.id", "u", "user_id", "u"),
        ("enduser.id", "u", "user_id", "u"),
        ("enduser.pseudo.id", "u", "user_id", "u"),
        ("gen_ai.input.messages_ref", "s3://a", "metadata.otel.content_refs.inputs", "s3://a"),
        ("gen_ai.output.messages_ref", "s3://a", "metadata.otel.content_refs.outputs", "s3://a"),
        ("gen_ai.system_instructions_ref", "s3://a", "metadata.otel.content_refs.system", "s3://a"),
        ("gen_ai.tool.definitions_ref", "s3://a", "metadata.otel.content_refs.tools", "s3://a"),
        ("gen_ai.input.messages_ref", "s3://a", "inputs", {"messages_ref": "s3://a"}),
        ("gen_ai.output.messages_ref", "s3://a", "outputs", {"messages_ref": "s3://a"}),
    ],
)  # fmt: skip
def test_each_attribute_says_its_field(
    attribute: str, value: Json, field: str, expected: Json
) -> None:
    assert (
        said(draft({"gen_ai.task.id": "t", "gen_ai.sdk": "x", **chat(), attribute: value}), field)
        == expected
    )


@pytest.mark.parametrize(
    ("operation", "run_type"),
    [
        ("chat", "llm"), ("text_completion", "llm"), ("generate_content", "llm"),
        ("gen_ai.chat", "llm"), ("Chat", "llm"), ("translate_text", "llm"),
        ("embeddings", "embedding"), ("retrieval", "retriever"), ("rerank", "retriever"),
        ("search_memory", "retriever"), ("execute_tool", "tool"), ("invoke_agent", "chain"),
        ("create_agent", "chain"), ("invoke_workflow", "chain"), ("crawl_page", "chain"),
        ("browser_click", "chain"), ("something_new", None),
    ],
)  # fmt: skip
def test_the_operation_decides_the_run_type(operation: str, run_type: str | None) -> None:
    assert said(draft({"gen_ai.operation.name": operation}), "run_type") == run_type


@pytest.mark.parametrize(
    ("attributes", "run_type"),
    [
        ({"mcp.method.name": "tools/call"}, "tool"),
        ({"mcp.method.name": "resources/read"}, "retriever"),
        ({"mcp.method.name": "prompts/get"}, "prompt"),
        ({"mcp.method.name": "initialize"}, "chain"),
        ({"gen_ai.request.model": "m", "gen_ai.usage.input_tokens": 1}, "llm"),
        ({"gen_ai.response.model": "m", "gen_ai.usage.output_tokens": 1}, "llm"),
        ({"gen_ai.request.model": "m", "gen_ai.tool.call.id": "c"}, None),
        ({"gen_ai.tool.call.arguments": "{}"}, "tool"),
        ({"gen_ai.retrieval.documents": "[]"}, "retriever"),
        ({"gen_ai.tool.name": "f"}, None),
    ],
)
def test_without_operation_only_what_leaves_no_doubt_decides(
    attributes: JsonObject, run_type: str | None
) -> None:
    assert said(draft(attributes), "run_type") == run_type


def test_an_operation_that_is_not_lower_case_stays_an_attribute() -> None:
    assert said(draft({"gen_ai.operation.name": "Chat"}), "kind") is None


def test_sound_and_images_say_their_modality() -> None:
    assert said(draft({"gen_ai.operation.name": "tts"}), "metadata.ls_modality") == "tts"
    assert said(draft({"gen_ai.operation.name": 7, "gen_ai.agent.id": "a"}), "run_type") is None


def test_a_framework_is_no_provider() -> None:
    found = draft({"gen_ai.provider.name": "LangGraph", "gen_ai.system": "openai"})

    assert found.said["provider"] == ("openai", ("gen_ai.system",))


@pytest.mark.parametrize(
    ("attributes", "name", "expected"),
    [
        ({"gen_ai.agent.name": "poet"}, "invoke_agent", "poet"),
        ({"gen_ai.agent.name": "poet"}, "invoke_agent poet", None),
        ({"gen_ai.workflow.name": "crew"}, "", "crew"),
        ({}, "invoke_agent", None),
    ],
)
def test_a_span_that_is_called_like_its_operation_gets_a_better_name(
    attributes: JsonObject, name: str, expected: str | None
) -> None:
    found = draft({"gen_ai.operation.name": "invoke_agent", **attributes}, name=name)

    assert said(found, "name") == expected


def test_structured_messages_need_no_json() -> None:
    found = draft(
        {
            **chat(),
            "gen_ai.input.messages": [
                {"role": "user", "parts": [{"type": "text", "content": "hi"}]}
            ],
            "gen_ai.output.messages": [{"role": "assistant", "content": "Paris"}],
        }
    )

    assert found.said["inputs"] == ({"messages": [HI]}, ("gen_ai.input.messages",))
    assert found.said["outputs"] == ({"messages": [PARIS]}, ("gen_ai.output.messages",))


@pytest.mark.parametrize(
    "value",
    [
        "hi",
        '{"role":"user","content":"hi"}',
        '[{"role":"user","parts":[{"text":"hi"}]}]',
        '[{"type":"human","content":"hi"}]',
    ],
)
def test_messages_of_any_shape_are_taken(value: str) -> None:
    assert said(draft(chat(input__messages=value)), "inputs") == {"messages": [HI]}


def test_what_stands_beside_the_messages_is_kept() -> None:
    found = draft(chat(input__messages='{"messages":[["user","hi"]],"steps":3}'))

    assert said(found, "inputs") == {"messages": [HI], "steps": 3}


@pytest.mark.parametrize(
    ("value", "raw"),
    [('[{"role":"user","par', '[{"role":"user","par'), ('[{"city":"Paris"}]', [{"city": "Paris"}])],
)
def test_what_are_no_messages_is_raw_and_stays_an_attribute(value: str, raw: Json) -> None:
    found = draft(chat(input__messages=value, output__messages=value))

    assert found.said["raw_inputs"] == (raw, ())
    assert found.said["raw_outputs"] == (raw, ())
    assert "inputs" not in found.said


def test_empty_lists_of_messages_say_nothing() -> None:
    found = draft(chat(input__messages="[]", output__messages="[]"))

    assert not {"inputs", "raw_inputs", "outputs", "raw_outputs"} & found.said.keys()


def test_a_value_that_is_neither_text_nor_list_is_raw() -> None:
    assert said(draft(chat(input__messages=7)), "raw_inputs") == 7


def test_system_instructions_are_the_first_message() -> None:
    system = '[{"type":"text","content":"Be terse."}]'
    found = draft(chat(input__messages=MESSAGES, system_instructions=system))

    assert said(found, "inputs") == {"messages": [{"role": "system", "content": "Be terse."}, HI]}
    assert set(found.said["inputs"][1]) == {"gen_ai.input.messages", "gen_ai.system_instructions"}


def test_system_instructions_stand_alone_too() -> None:
    found = draft({"gen_ai.system_instructions": "Be terse."})

    assert said(found, "inputs") == {"messages": [{"role": "system", "content": "Be terse."}]}


def test_choices_of_a_call_take_the_reasons_that_stand_beside() -> None:
    two = '[{"role":"assistant","content":"a"},{"role":"assistant","content":"b"}]'
    reasons = ["stop", "tool_call"]
    found = draft(chat(output__messages=two, response__finish_reasons=reasons))

    assert said(found, "outputs") == {
        "choices": [
            {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "a"}},
            {
                "index": 1,
                "finish_reason": "tool_calls",
                "message": {"role": "assistant", "content": "b"},
            },
        ]
    }
    assert said(found, "metadata.finish_reasons") == ["stop", "tool_call"]


def test_several_messages_of_an_agent_are_a_turn() -> None:
    two = [{"role": "assistant", "content": "a"}, {"role": "assistant", "content": "b"}]
    found = draft({"gen_ai.operation.name": "invoke_agent", "gen_ai.output.messages": two})

    assert said(found, "outputs") == {"messages": two}


def test_a_tool_has_arguments_and_a_result() -> None:
    found = draft(
        {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.call.arguments": '{"city":"Zürich"}',
            "gen_ai.tool.call.result": "21",
        }
    )

    assert found.said["inputs"] == ({"city": "Zürich"}, ("gen_ai.tool.call.arguments",))
    assert found.said["outputs"] == ({"output": "21"}, ("gen_ai.tool.call.result",))


@pytest.mark.parametrize(
    ("key", "value", "inputs"),
    [
        ("gen_ai.tool.input", "Zürich", {"input": "Zürich"}),
        ("gen_ai.tool.args", {"a": 1}, {"a": 1}),
        ("gen_ai.tool.parameters", "[1]", {"input": [1]}),
    ],
)
def test_arguments_have_other_names_too(key: str, value: Json, inputs: JsonObject) -> None:
    assert said(draft({"gen_ai.operation.name": "execute_tool", key: value}), "inputs") == inputs


@pytest.mark.parametrize(
    ("value", "output"),
    [
        ({"temp": 21}, {"temp": 21}),
        ('[{"json":{"temp":21}}]', {"temp": 21}),
        ('[{"text":"21"}]', "21"),
        ('[{"type":"text","text":"21"},{"odd":1}]', [{"type": "text", "text": "21"}, {"odd": 1}]),
        ("[1]", [1]),
    ],
)
def test_a_result_stands_under_output_whatever_its_shape(value: Json, output: Json) -> None:
    found = draft({"gen_ai.operation.name": "execute_tool", "gen_ai.tool.output": value})

    assert said(found, "outputs") == {"output": output}


def test_tools_that_a_chat_span_names_are_not_its_inputs() -> None:
    found = draft(chat(tool__name="f", tool__args="{}", request__model="m"))

    assert said(found, "run_type") == "llm"
    assert "inputs" not in found.said


def test_a_tools_events_hold_arguments_and_result() -> None:
    found = draft(
        {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.call.id": "c1"},
        [
            Event("gen_ai.tool.message", 1, {"role": "tool", "content": '{"a":1}', "id": "c1"}),
            Event("gen_ai.choice", 2, {"message": '[{"text":"21"}]', "id": "other"}),
        ],
    )

    assert found.said["inputs"] == ({"a": 1}, (0,))
    assert found.said["outputs"] == ({"output": "21"}, ())


def test_a_tools_event_without_content_says_nothing_of_its_arguments() -> None:
    found = draft(
        {"gen_ai.operation.name": "execute_tool"}, [Event("gen_ai.tool.message", 1, {"id": "c1"})]
    )

    assert said(found, "inputs") == {
        "messages": [{"role": "tool", "content": None, "tool_call_id": "c1"}]
    }


def test_a_tool_called_over_mcp_has_the_tools_name() -> None:
    found = draft({"mcp.method.name": "tools/call", "gen_ai.tool.name": "f"}, name="tools/call f")
    other = draft({"mcp.method.name": "initialize"}, name="initialize")

    assert said(found, "name") == "f"
    assert said(found, "kind") == "tools/call"
    assert said(other, "name") is None


def test_retrieval_has_a_query_and_documents() -> None:
    found = draft(
        {
            "gen_ai.operation.name": "retrieval",
            "gen_ai.retrieval.query.text": "capital?",
            "gen_ai.retrieval.top_k": 2,
            "gen_ai.retrieval.documents": (
                '[{"id":"d1","score":0.9,"content":"Paris","metadata":{"score":1,"a":2}},'
                '{"id":null,"score":0.4},"plain",7,{"text":"x","type":"Note","metadata":"m"}]'
            ),
        }
    )

    assert said(found, "inputs") == {"query": "capital?", "k": 2}
    assert said(found, "outputs") == {
        "documents": [
            {
                "page_content": "Paris",
                "type": "Document",
                "metadata": {"id": "d1", "score": 0.9, "metadata.score": 1, "a": 2},
            },
            {"page_content": "", "type": "Document", "metadata": {"score": 0.4}},
            {"page_content": "plain", "type": "Document", "metadata": {}},
            {"page_content": "", "type": "Document", "metadata": {"value": 7}},
            {
                "page_content": "x",
                "type": "Document",
                "metadata": {"metadata": "m", "type": "Note"},
            },
        ]
    }
    assert found.said["inputs"][1] == ("gen_ai.retrieval.query.text", "gen_ai.retrieval.top_k")


def test_documents_that_are_no_list_stay_an_attribute() -> None:
    found = draft({"gen_ai.operation.name": "retrieval", "gen_ai.retrieval.documents": "none"})

    assert "outputs" not in found.said


@pytest.mark.parametrize(
    ("prompt", "inputs"),
    [
        ("Once upon", {"prompt": "Once upon"}),
        ('[{"role":"user","content":"hi"}]', {"messages": [HI]}),
        ('{"messages":[{"role":"user","content":"hi"}],"a":1}', {"messages": [HI], "a": 1}),
        ('{"role":"user","content":"hi"}', {"messages": [HI]}),
        ('{"prompt":"Once"}', {"prompt": "Once"}),
        (["Once", "upon"], {"prompt": ["Once", "upon"]}),
    ],
)
def test_the_prompt_of_old_is_read_by_its_shape(prompt: Json, inputs: JsonObject) -> None:
    event = Event("gen_ai.content.prompt", 1, {"gen_ai.prompt": prompt})

    assert said(draft(chat(prompt=prompt)), "inputs") == inputs
    assert draft(chat(), [event]).said["inputs"] == (inputs, (0,))


@pytest.mark.parametrize(
    ("completion", "outputs"),
    [
        ("a time", {"choices": [{"text": "a time", "index": 0, "finish_reason": "stop"}]}),
        (
            ["a", "b"],
            {
                "choices": [
                    {"text": "a", "index": 0, "finish_reason": "stop"},
                    {"text": "b", "index": 1, "finish_reason": None},
                ]
            },
        ),
        (
            '[{"role":"assistant","content":"Paris"}]',
            {"messages": [{**PARIS, "finish_reason": "stop"}]},
        ),
        (
            '{"id":"x","choices":[{"message":{"role":"assistant","content":"Paris"}}]}',
            {"id": "x", "messages": [{**PARIS, "finish_reason": "stop"}]},
        ),
        (
            '{"role":"assistant","content":"Paris"}',
            {"messages": [{**PARIS, "finish_reason": "stop"}]},
        ),
        ('{"city":"Paris"}', {"city": "Paris"}),
    ],
)
def test_the_completion_of_old_is_read_by_its_shape(completion: Json, outputs: JsonObject) -> None:
    event = Event("gen_ai.content.completion", 1, {"gen_ai.completion": completion})
    reasons = {"gen_ai.response.finish_reasons": ["stop"]}

    assert said(draft(chat(completion=completion) | reasons), "outputs") == outputs
    assert draft(chat() | reasons, [event]).said["outputs"] == (outputs, (0,))


def test_an_old_event_with_more_than_its_content_is_kept_whole() -> None:
    events = [
        Event("gen_ai.content.prompt", 1, {"gen_ai.prompt": "hi", "a": 1}),
        Event("gen_ai.content.completion", 1, {"gen_ai.completion": "ho", "a": 1}),
    ]

    found = draft(chat(), events)

    assert found.said["inputs"] == ({"prompt": "hi"}, ())
    assert found.said["outputs"][1] == ()


def test_message_events_are_the_history_and_choices_the_answer() -> None:
    found = draft(
        chat(system="openai"),
        [
            Event("gen_ai.system.message", 1, {"content": "Be terse.", "gen_ai.system": "openai"}),
            Event("gen_ai.user.message", 2, {"content": "hi"}),
            Event(
                "gen_ai.assistant.message",
                3,
                {"tool_calls": ['{"id":"c1","function":{"name":"f","arguments":"{}"}}']},
            ),
            Event("gen_ai.tool.message", 4, {"content": "21", "id": "c1"}),
            Event("gen_ai.choice", 5, {"index": 1, "message": "b", "finish_reason": "length"}),
            Event(
                "gen_ai.choice", 6, {"index": 0, "message": '{"role":"assistant","content":"a"}'}
            ),
            Event("other", 7, {}),
        ],
    )

    assert found.said["inputs"] == (
        {
            "messages": [
                {"role": "system", "content": "Be terse."},
                HI,
                {
                    "role": "assistant",
                    "content": None,
                    "tool_calls": [
                        {
                            "id": "c1",
                            "type": "function",
                            "function": {"name": "f", "arguments": "{}"},
                        }
                    ],
                },
                {"role": "tool", "content": "21", "tool_call_id": "c1"},
            ]
        },
        (0, 1, 2, 3),
    )
    assert found.said["outputs"] == (
        {
            "choices": [
                {
                    "index": 0,
                    "finish_reason": None,
                    "message": {"role": "assistant", "content": "a"},
                },
                {
                    "index": 1,
                    "finish_reason": "length",
                    "message": {"role": "assistant", "content": "b"},
                },
            ]
        },
        (4, 5),
    )


@pytest.mark.parametrize(
    "attributes",
    [
        {"content": '[{"text": "hi"}]'},
        {"gen_ai.event.content": '{"role":"user","content":"hi"}', "event.name": "x"},
        {"gen_ai.event.content": "hi"},
        {"gen_ai.prompt": "hi"},
        {"message": "hi"},
        {"message": {"content": "hi"}},
        {"message": [{"type": "text", "text": "hi"}]},
        {"message.content": "hi", "message.role": "user"},
    ],
)
def test_a_message_event_has_its_content_under_many_names(attributes: JsonObject) -> None:
    assert said(draft(chat(), [Event("gen_ai.user.message", 1, attributes)]), "inputs") == {
        "messages": [HI]
    }


def test_text_of_an_answer_that_is_json_stays_text() -> None:
    event = Event("gen_ai.choice", 1, {"message": '{"city": "Paris"}'})

    assert said(draft(chat(), [event]), "outputs") == {
        "messages": [{"role": "assistant", "content": '{"city": "Paris"}'}]
    }


def test_an_object_that_is_no_message_is_kept_as_a_block() -> None:
    event = Event("gen_ai.choice", 1, {"message": {"city": "Paris"}})

    assert said(draft(chat(), [event]), "outputs") == {
        "messages": [{"role": "assistant", "content": [{"city": "Paris"}]}]
    }


def test_flattened_tool_calls_of_an_event_are_put_together() -> None:
    event = Event(
        "gen_ai.choice",
        1,
        {
            "tool_calls.0.id": "c1",
            "tool_calls.0.function.name": "f",
            "tool_calls.0.function.arguments": "{}",
            "gen_ai.completion": "text",
        },
    )

    assert said(draft(chat(), [event]), "outputs") == {
        "messages": [
            {
                "role": "assistant",
                "content": "text",
                "tool_calls": [
                    {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
                ],
            }
        ]
    }


def test_a_choice_with_the_results_of_its_tools_is_a_turn() -> None:
    event = Event(
        "gen_ai.choice",
        1,
        {
            "message": '[{"text":"a"}]',
            "tool.result": '[{"toolResult":{"toolUseId":"c1","content":[{"text":"21"}]}}]',
        },
    )

    assert said(draft(chat(), [event]), "outputs") == {
        "messages": [
            {"role": "assistant", "content": "a"},
            {"role": "tool", "content": "21", "tool_call_id": "c1"},
        ]
    }


def test_details_events_are_merged_key_by_key() -> None:
    name = "gen_ai.client.inference.operation.details"
    more = '[{"role":"user","parts":[{"type":"text","content":"Well?"}]}]'
    found = draft(
        chat(request__model="gpt-4o"),
        [
            Event(name, 1, {"gen_ai.system_instructions": '[{"type":"text","content":"S"}]'}),
            Event(name, 2, {"gen_ai.input.messages": MESSAGES, "gen_ai.request.model": "gpt-4o"}),
            Event(name, 3, {"gen_ai.input.messages": more, "gen_ai.usage.input_tokens": 3}),
            Event(name, 4, {"gen_ai.output.messages": ANSWER, "event.name": name}),
            Event(name, 5, {"gen_ai.output.messages": ANSWER, "gen_ai.agent.id": "x"}),
            Event(name, 6, {"gen_ai.agent.id": "y"}),
        ],
    )

    assert said(found, "inputs") == {
        "messages": [
            {"role": "system", "content": "S"},
            HI,
            {"role": "user", "content": "Well?"},
        ]
    }
    assert said(found, "outputs") == {"messages": [PARIS]}
    assert found.said["usage.input"] == (3, ())
    assert found.said["metadata.agent_id"] == ("x", ())
    assert {0, 1, 3} <= set(found.said["inputs"][1])
    assert not {2, 4, 5} & set(found.said["inputs"][1])


def test_attributes_win_over_events_for_each_side_by_itself() -> None:
    found = draft(
        chat(input__messages=MESSAGES),
        [
            Event("gen_ai.user.message", 1, {"content": "other"}),
            Event("gen_ai.choice", 2, {"message": "Paris"}),
        ],
    )

    assert found.said["inputs"] == ({"messages": [HI]}, ("gen_ai.input.messages",))
    assert found.said["outputs"] == ({"messages": [PARIS]}, (1,))


@pytest.mark.parametrize(
    ("key", "value", "scope", "ns"),
    [
        ("gen_ai.response.time_to_first_chunk", 0.5, "", 500_001_000),
        ("gen_ai.client.operation.time_to_first_chunk", 0.5, "", 500_001_000),
        ("gen_ai.server.time_to_first_token", 500, "strands.telemetry.tracer", 500_001_000),
        ("gen_ai.server.time_to_first_token", 2, "openlit.instrumentation.openai", 2_000_001_000),
        ("gen_ai.server.time_to_first_token", 0.5, "", 500_001_000),
        ("gen_ai.server.time_to_first_token", 500.0, "", 500_001_000),
        ("gen_ai.server.time_to_first_token", "soon", "", None),
    ],
)
def test_the_first_token_is_told_in_seconds_or_milliseconds(
    key: str, value: Json, scope: str, ns: int | None
) -> None:
    found = draft({**chat(), key: value}, scope=Scope(scope))

    assert said(found, "first_token_ns") == ns


def test_the_first_chunk_event_is_the_first_token() -> None:
    events = [Event("gen_ai.content.chunk", 7, {}), Event("gen_ai.content.chunk", 9, {})]

    assert draft(chat(response__time_to_first_chunk=1), events).said["first_token_ns"] == (7, ())


def test_evaluations_are_listed() -> None:
    event = Event("gen_ai.evaluation.result", 1, {"gen_ai.evaluation.name": "relevance"})

    assert draft(chat(), [event]).said["metadata.evaluations"] == (
        [{"gen_ai.evaluation.name": "relevance"}],
        (),
    )


def test_the_dialect_speaks_where_its_names_are_and_says_nothing_of_nothing() -> None:
    none: frozenset[str] = frozenset()

    assert GenAI().speaks(Signature("", frozenset({"gen_ai.system"}), none))
    assert GenAI().speaks(Signature("", none, frozenset({"gen_ai.choice"})))
    assert GenAI().speaks(Signature("", frozenset({"mcp.method.name"}), none))
    assert not GenAI().speaks(Signature("", frozenset({"mcp.session.id", "http.method"}), none))
    assert GenAI().translate(span({"http.method": "GET"})) is None


def test_the_attributes_of_a_span_are_not_touched() -> None:
    attributes = chat(
        input__messages=[{"role": "user", "parts": [{"type": "text", "content": "hi"}]}],
        output__messages=[{"role": "assistant", "content": "a"}],
        response__finish_reasons=["stop"],
    )
    before = repr(attributes)

    draft(attributes)

    assert repr(attributes) == before


def test_a_number_of_documents_that_is_none_is_left_out() -> None:
    found = draft(
        {
            "gen_ai.operation.name": "retrieval",
            "gen_ai.retrieval.query": "capital?",
            "gen_ai.retrieval.top_k": "many",
        }
    )

    assert said(found, "inputs") == {"query": "capital?"}


def test_empty_system_instructions_and_references_say_nothing() -> None:
    attributes = chat(system_instructions="[]", input__messages_ref="")

    assert "inputs" not in draft(attributes).said


def test_the_same_count_under_two_names_is_told_once() -> None:
    found = draft(
        {
            "gen_ai.usage.input_tokens": 5,
            "gen_ai.usage.prompt_tokens": 5,
            "gen_ai.usage.output_tokens": 5,
            "gen_ai.usage.completion_tokens": 6,
        }
    )

    assert found.said["usage.input"] == (5, ("gen_ai.usage.input_tokens",))
    assert found.used == {"gen_ai.usage.prompt_tokens"}
