import pytest

from tests.translators.spans import span
from translators.base import Draft, Signature
from translators.dialects.openllmetry import OpenLLMetry
from translators.span import Event, Json, JsonObject

CALL: JsonObject = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}


def draft(attributes: JsonObject, events: list[Event] | None = None, name: str = "work") -> Draft:
    found = OpenLLMetry().translate(span(attributes, events=events, name=name))
    assert found is not None
    return found


def said(found: Draft, field: str) -> Json:
    return found.said[field][0] if field in found.said else None


def indexed(side: str, *messages: JsonObject) -> JsonObject:
    return {
        f"gen_ai.{side}.{index}.{key}": value
        for index, message in enumerate(messages)
        for key, value in message.items()
    }


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


def test_indexed_messages_become_messages() -> None:
    attributes = {
        "llm.request.type": "chat",
        **indexed(
            "prompt",
            {"role": "system", "content": "Be terse."},
            {"role": "user", "content": "hi"},
            {
                "role": "assistant",
                "tool_calls.0.id": "c1",
                "tool_calls.0.name": "f",
                "tool_calls.0.arguments": "{}",
            },
            {"role": "tool", "content": "21", "tool_call_id": "c1"},
        ),
        **indexed(
            "completion", {"role": "assistant", "content": "21 degrees.", "finish_reason": "stop"}
        ),
    }

    found = draft(attributes)

    assert found.said["inputs"] == (
        {
            "messages": [
                {"role": "system", "content": "Be terse."},
                {"role": "user", "content": "hi"},
                {"role": "assistant", "content": None, "tool_calls": [CALL]},
                {"role": "tool", "content": "21", "tool_call_id": "c1"},
            ]
        },
        tuple(key for key in attributes if ".prompt." in key),
    )
    assert found.said["outputs"] == (
        {"messages": [{"role": "assistant", "content": "21 degrees.", "finish_reason": "stop"}]},
        tuple(key for key in attributes if ".completion." in key),
    )


def test_indexes_may_have_holes_and_come_in_any_order() -> None:
    found = draft(
        {
            "gen_ai.prompt.7.content": "b",
            "gen_ai.prompt.7.role": "user",
            "gen_ai.prompt.2.role": "user",
            "gen_ai.prompt.2.content": "a",
        }
    )

    assert said(found, "inputs") == {
        "messages": [{"role": "user", "content": "a"}, {"content": "b", "role": "user"}]
    }


@pytest.mark.parametrize("index", ["1000000000", "01", "٣", "x", "-1"])
def test_what_is_no_index_stays_an_attribute(index: str) -> None:
    found = draft({"traceloop.entity.path": "p", f"gen_ai.prompt.{index}.content": "a"})

    assert "inputs" not in found.said


def test_a_key_of_absurd_length_stays_an_attribute() -> None:
    found = draft(
        {"traceloop.entity.path": "p", "traceloop.association.properties." + "x" * 300: 1}
    )

    assert list(found.said) == ["metadata.entity_path"]


@pytest.mark.parametrize(
    "node",
    [
        {"tool_calls.0.id": "c1", "tool_calls.0.name": "f", "tool_calls.0.arguments": "{}"},
        {
            "tool_calls.0.id": "c1",
            "tool_calls.0.function.name": "f",
            "tool_calls.0.function.arguments": "{}",
            "content": '""',
        },
        {
            "content": "None",
            "tool_calls.0.id": "c1",
            "tool_calls.0.name": "f",
            "tool_calls.0.arguments": "{}",
        },
        {"content": '[{"type":"tool_use","id":"c1","name":"f","input":{}}]'},
    ],
)
def test_tool_calls_come_flat_wrapped_and_as_parts(node: JsonObject) -> None:
    found = draft(indexed("completion", {"role": "assistant", **node}))

    assert said(found, "outputs") == {
        "messages": [{"role": "assistant", "content": None, "tool_calls": [CALL]}]
    }


@pytest.mark.parametrize(
    "node",
    [
        {"role": "user", "content": '[{"type": "text", "text": "hi"}]'},
        {"message.role": "user", "message.content": "hi"},
        {"content": "hi"},
    ],
)
def test_one_prompt_in_many_forms(node: JsonObject) -> None:
    found = draft({"llm.request.type": "chat", **indexed("prompt", node)})

    assert said(found, "inputs") == {"messages": [{"role": "user", "content": "hi"}]}


def test_text_that_looks_like_json_stays_text() -> None:
    found = draft(indexed("prompt", {"role": "user", "content": '[{"city": "Paris"}]'}))

    assert said(found, "inputs") == {
        "messages": [{"role": "user", "content": '[{"city": "Paris"}]'}]
    }


def test_content_that_was_not_captured_is_no_message() -> None:
    found = draft({"llm.request.type": "chat", **indexed("prompt", {"role": "user"})})

    assert "inputs" not in found.said


def test_a_value_and_a_prefix_of_the_same_name_are_both_kept() -> None:
    found = draft(
        {
            "gen_ai.prompt.0.role": "user",
            "gen_ai.prompt.0.content": "hi",
            "gen_ai.prompt.0.odd": 1,
            "gen_ai.prompt.0.odd.more": 2,
            "gen_ai.prompt.0.even.more": 3,
            "gen_ai.prompt.0.even": 4,
        }
    )

    assert said(found, "inputs") == {
        "messages": [
            {
                "role": "user",
                "content": "hi",
                "additional_kwargs": {"odd": {"": 1, "more": 2}, "even": {"more": 3, "": 4}},
            }
        ]
    }


def test_a_completion_of_old_is_text() -> None:
    found = draft(
        {
            "llm.request.type": "completion",
            "gen_ai.prompt.0.user": "Once upon",
            **indexed("completion", {"content": "a time", "finish_reason": "length"}),
        }
    )

    assert said(found, "inputs") == {"prompt": "Once upon"}
    assert said(found, "outputs") == {
        "choices": [{"text": "a time", "index": 0, "finish_reason": "length"}]
    }


def test_a_completion_of_old_that_has_more_than_text_is_a_message() -> None:
    found = draft(
        {
            "gen_ai.prompt.0.user": "Once upon",
            "gen_ai.prompt.1.user": "a",
            **indexed("completion", {"content": "time", "odd": 1}),
        }
    )
    other = draft(
        {"gen_ai.prompt.0.user": "Once", **indexed("completion", {"content": "time", "odd": 1})}
    )

    assert said(found, "inputs") == {
        "messages": [{"role": "user", "content": "Once upon"}, {"role": "user", "content": "a"}]
    }
    assert said(other, "outputs") == {
        "messages": [{"role": "assistant", "content": "time", "additional_kwargs": {"odd": 1}}]
    }


def test_several_completions_are_choices() -> None:
    found = draft(
        {
            "gen_ai.system": "OpenAI",
            **indexed(
                "completion",
                {"role": "assistant", "content": "a", "finish_reason": "stop"},
                {"role": "assistant", "content": "b"},
            ),
            "gen_ai.response.finish_reasons": ["stop", "length"],
        }
    )

    assert said(found, "outputs") == {
        "choices": [
            {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "a"}},
            {
                "index": 1,
                "finish_reason": "length",
                "message": {"role": "assistant", "content": "b"},
            },
        ]
    }


def test_with_anthropic_several_completions_are_one_message() -> None:
    found = draft(
        {
            "gen_ai.system": "Anthropic",
            **indexed(
                "completion",
                {"role": "thinking", "content": "hm", "finish_reason": "tool_use"},
                {"role": "assistant", "content": "I look.", "odd": 1},
                {
                    "role": "assistant",
                    "finish_reason": "tool_use",
                    "even": 2,
                    "tool_calls.0.id": "c1",
                    "tool_calls.0.name": "f",
                    "tool_calls.0.arguments": "{}",
                },
            ),
        }
    )

    assert said(found, "outputs") == {
        "messages": [
            {
                "role": "assistant",
                "content": [
                    {"type": "reasoning", "text": "hm"},
                    {"type": "text", "text": "I look."},
                ],
                "finish_reason": "tool_use",
                "additional_kwargs": {"odd": 1, "even": 2},
                "tool_calls": [CALL],
            }
        ]
    }


def test_with_anthropic_a_text_and_an_empty_part_are_a_text() -> None:
    found = draft(
        {
            "gen_ai.provider.name": "aws.bedrock",
            **indexed(
                "completion",
                {"role": "assistant", "content": "I look."},
                {"role": "assistant", "finish_reason": "tool_use"},
            ),
        }
    )

    assert said(found, "outputs") == {
        "messages": [{"role": "assistant", "content": "I look.", "finish_reason": "tool_use"}]
    }


def test_asked_for_several_answers_even_anthropics_are_choices() -> None:
    found = draft(
        {
            "gen_ai.system": "bedrock",
            "gen_ai.request.n": 2,
            **indexed("completion", {"content": "a"}, {"content": "b"}),
        }
    )

    assert len(said(found, "outputs")["choices"]) == 2


@pytest.mark.parametrize(
    ("thought", "content", "blocks"),
    [
        ("hm", "42", [{"type": "reasoning", "text": "hm"}, {"type": "text", "text": "42"}]),
        ("hm", None, [{"type": "reasoning", "text": "hm"}]),
        (
            "hm",
            '[{"type":"text","text":"42"}]',
            [{"type": "reasoning", "text": "hm"}, {"type": "text", "text": "42"}],
        ),
    ],
)
def test_reasoning_beside_the_content_is_a_block(
    thought: str, content: Json, blocks: list[JsonObject]
) -> None:
    node = {"role": "assistant", "reasoning": thought, "content": content}
    found = draft(indexed("completion", {k: v for k, v in node.items() if v is not None}))

    assert said(found, "outputs") == {"messages": [{"role": "assistant", "content": blocks}]}


def test_reasoning_that_is_no_text_is_kept() -> None:
    found = draft(indexed("completion", {"role": "assistant", "content": "42", "reasoning": 7}))

    assert said(found, "outputs") == {
        "messages": [{"role": "assistant", "content": "42", "additional_kwargs": {"reasoning": 7}}]
    }


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


@pytest.mark.parametrize(
    ("texts", "inputs"), [(["a"], {"input": "a"}), (["a", "b"], {"input": ["a", "b"]})]
)
def test_what_is_embedded_is_the_input(texts: list[str], inputs: JsonObject) -> None:
    prompts = indexed("prompt", *({"content": text} for text in texts))

    assert said(draft({"llm.request.type": "embedding", **prompts}), "inputs") == inputs


def test_reranking_has_a_query_documents_and_their_order() -> None:
    found = draft(
        {
            "llm.request.type": "rerank",
            **indexed(
                "prompt",
                {"role": "system", "content": "Paris"},
                {"role": "system", "content": "Rome"},
                {"role": "user", "content": "capital of France?"},
            ),
            **indexed(
                "completion",
                {"role": "assistant", "content": "Doc 1, Score: 0.25"},
                {"role": "assistant", "content": "Doc 9, Score: 0.1"},
                {"role": "assistant", "content": "odd"},
                {"role": "assistant", "content": 7},
            ),
        }
    )

    assert said(found, "inputs") == {"query": "capital of France?", "documents": ["Paris", "Rome"]}
    assert said(found, "outputs") == {
        "documents": [
            {
                "page_content": "Rome",
                "type": "Document",
                "metadata": {"index": 1, "score": 0.25, "content": "Doc 1, Score: 0.25"},
            },
            {"page_content": "Doc 9, Score: 0.1", "type": "Document", "metadata": {}},
            {"page_content": "odd", "type": "Document", "metadata": {}},
            {"page_content": "", "type": "Document", "metadata": {"content": 7}},
        ]
    }


def test_reranking_without_a_query_keeps_its_messages() -> None:
    found = draft(
        {"llm.request.type": "rerank", **indexed("prompt", {"role": "system", "content": "a"})}
    )

    assert said(found, "inputs") == {"messages": [{"role": "system", "content": "a"}]}


@pytest.mark.parametrize(
    ("value", "raw"),
    [
        ('{"args":[],"kwargs":{"city":"Zürich"}}', {"city": "Zürich"}),
        ('{"args":["a"],"kwargs":{}}', {"args": ["a"], "kwargs": {}}),
        ('{"text":"a"}', {"text": "a"}),
        ('"a"', "a"),
        ("not json", "not json"),
        ([1], [1]),
        ('{"inputs":{"topic":"a"},"tags":[],"metadata":{},"kwargs":{}}', {"topic": "a"}),
    ],
)
def test_what_went_into_an_entity_is_its_raw_input(value: Json, raw: Json) -> None:
    found = draft({"traceloop.span.kind": "task", "traceloop.entity.input": value})

    assert found.said["raw_inputs"] == (raw, ("traceloop.entity.input",))


@pytest.mark.parametrize(
    ("value", "raw"),
    [
        ('{"outputs":{"a":1},"kwargs":{"tags":[]}}', {"a": 1}),
        ('{"output":"a","kwargs":{}}', "a"),
        ('{"output":"a"}', {"output": "a"}),
        ('"The capital"', "The capital"),
    ],
)
def test_what_came_out_of_an_entity_is_its_raw_output(value: Json, raw: Json) -> None:
    found = draft({"traceloop.span.kind": "task", "traceloop.entity.output": value})

    assert found.said["raw_outputs"] == (raw, ("traceloop.entity.output",))


@pytest.mark.parametrize("nothing", ["null", "", None])
def test_an_entity_without_result_says_nothing_of_it(nothing: Json) -> None:
    found = draft({"traceloop.entity.path": "p", "traceloop.entity.output": nothing})

    assert "raw_outputs" not in found.said


def test_what_a_callback_of_langchain_tells_besides_is_kept() -> None:
    value = (
        '{"input_str":"{}","tags":["seq:1"],"metadata":{"ls_provider":"openai","thread_id":"t",'
        '"step":2,"node":"a"},"inputs":{"city":"Zürich"},"kwargs":{"color":"green"}}'
    )
    key = "traceloop.entity.input"
    found = draft(
        {
            "traceloop.span.kind": "tool",
            key: value,
            "gen_ai.tool.call.arguments": value,
            "traceloop.association.properties.node": "b",
            "traceloop.entity.output": '{"output":"21","kwargs":{"name":"f"}}',
        }
    )

    assert found.said["inputs"] == ({"city": "Zürich"}, (key, "gen_ai.tool.call.arguments"))
    assert found.said["outputs"] == ({"output": "21"}, ("traceloop.entity.output",))
    assert said(found, "tags") == ["seq:1"]
    assert said(found, "metadata.step") == 2
    assert said(found, "metadata.node") == "b"
    assert said(found, f"metadata.{key}.metadata.node") == "a"
    assert said(found, f"metadata.{key}.metadata.ls_provider") == "openai"
    assert said(found, f"metadata.{key}.metadata.thread_id") == "t"
    assert said(found, f"metadata.{key}.kwargs") == {"color": "green"}
    assert said(found, f"metadata.{key}.input_str") == "{}"
    assert said(found, "metadata.traceloop.entity.output.kwargs") == {"name": "f"}


def test_tags_and_metadata_of_odd_types_are_kept_too() -> None:
    key = "traceloop.entity.input"
    found = draft({key: '{"input_str":"a","tags":[1],"metadata":"m"}'})
    other = draft({key: '{"tags":[],"metadata":{}}'})

    assert said(found, "raw_inputs") == "a"
    assert said(found, f"metadata.{key}.tags") == [1]
    assert said(found, f"metadata.{key}.metadata") == "m"
    assert said(other, "raw_inputs") == {"tags": [], "metadata": {}}


@pytest.mark.parametrize(
    ("attributes", "inputs", "outputs"),
    [
        (
            {"gen_ai.task.input": '"a"', "gen_ai.task.output": '"b"'},
            {"input": "a"},
            {"output": "b"},
        ),
        (
            {"mcp.request.argument": '{"a":1}', "mcp.response.value": "[1]"},
            {"a": 1},
            {"output": [1]},
        ),
    ],
)
def test_tasks_and_mcp_have_their_own_words(
    attributes: JsonObject, inputs: JsonObject, outputs: JsonObject
) -> None:
    found = draft({"traceloop.span.kind": "tool", **attributes})

    assert said(found, "inputs") == inputs
    assert said(found, "outputs") == outputs


def test_a_query_to_a_vector_database_has_documents() -> None:
    found = draft(
        {"db.system": "chroma", "db.operation": "query"},
        [
            Event("db.query.embeddings", 1, {"db.query.embeddings.vector": "[0.5, 1.0]"}),
            Event("db.query.embeddings", 2, {"db.query.embeddings.vector": [1.5], "odd": 1}),
            Event(
                "db.query.result",
                3,
                {
                    "db.query.result.id": "d1",
                    "db.query.result.distance": 0.1,
                    "db.query.result.metadata": '{"source":"wiki"}',
                    "db.query.result.document": "Paris",
                },
            ),
            Event("db.query.result", 4, {"db.query.result.id": "d2", "a.metadata": "odd"}),
            Event("db.query.result", 5, {"a.id": 1, "b.id": 2, "c.metadata": '{"id":3}'}),
            Event("other", 6, {}),
        ],
    )

    assert said(found, "run_type") == "retriever"
    assert found.said["inputs"] == ({"query_embeddings": [[0.5, 1.0], [1.5]]}, (0,))
    assert found.said["outputs"] == (
        {
            "documents": [
                {
                    "page_content": "Paris",
                    "type": "Document",
                    "metadata": {"id": "d1", "distance": 0.1, "source": "wiki"},
                },
                {
                    "page_content": "",
                    "type": "Document",
                    "metadata": {"id": "d2", "metadata": "odd"},
                },
                {
                    "page_content": "",
                    "type": "Document",
                    "metadata": {"a.id": 1, "b.id": 2, "c.metadata": '{"id":3}'},
                },
            ]
        },
        (2, 3, 4),
    )


def test_the_text_of_a_query_is_the_better_input() -> None:
    found = draft({"db.system.name": "qdrant", "db.query.text": "capital?"}, name="qdrant.search")

    assert found.said["inputs"] == ({"query": "capital?"}, ())


def test_other_calls_to_a_vector_database_are_chains() -> None:
    assert said(draft({"db.system": "Pinecone", "db.operation": "upsert"}), "run_type") == "chain"
    assert said(draft({"db.system": "milvus", "db.operation": 7}), "run_type") == "chain"


def test_other_databases_are_nobodys_retrievers() -> None:
    attributes = {"db.system": "postgresql", "db.operation": "select"}

    assert OpenLLMetry().translate(span(attributes)) is None
    assert OpenLLMetry().translate(span(attributes, events=[Event("x", 1, {})])) is None


def test_result_events_tell_a_vector_database_that_is_not_named() -> None:
    found = draft(
        {}, [Event("db.search.result", 1, {"db.search.result.id": 1})], name="find.search"
    )

    assert said(found, "run_type") == "retriever"
    assert "inputs" not in found.said


def test_a_search_without_results_says_only_what_it_is() -> None:
    assert list(draft({"db.system": "marqo", "db.operation": "search"}).said) == ["run_type"]


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
