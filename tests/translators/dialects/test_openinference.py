import orjson
import pytest

from tests.translators.spans import START_NS, span
from translators.base import Draft, Signature
from translators.dialects.openinference import OpenInference
from translators.span import Event, Json, JsonObject

KIND = "openinference.span.kind"
PNG = "data:image/png;base64,iVBORw0KGgo="


def said(attributes: JsonObject, kind: str = "", scope: str = "", name: str = "work") -> Draft:
    attributes = {KIND: kind, **attributes} if kind else attributes
    draft = OpenInference().translate(span(attributes, scope=scope, name=name))
    return draft or Draft()


def value_of(draft: Draft, field: str) -> Json:
    return draft.said[field][0] if field in draft.said else None


def carried(draft: Draft) -> set[object]:
    return draft.used | {key for _, keys in draft.said.values() for key in keys}


def text_of(value: Json) -> str:
    return orjson.dumps(value).decode()


def message(side: str, index: int, **fields: Json) -> JsonObject:
    start = f"llm.{side}_messages.{index}.message."
    return {start + field.replace("__", "."): value for field, value in fields.items()}


@pytest.mark.parametrize(
    ("scope", "key", "speaks"),
    [
        ("openinference.instrumentation.openai", "a", True),
        ("@arizeai/openinference-instrumentation-langchain", "a", True),
        ("mine", KIND, True),
        ("mine", "llm.model_name", True),
        ("mine", "retrieval.documents.0.document.content", True),
        ("mine", "tag.tags", True),
        ("mine", "http.request.method", False),
    ],
)
def test_it_speaks_for_its_instrumentors_and_its_attributes(
    scope: str, key: str, speaks: bool
) -> None:
    signature = Signature(scope, frozenset({key}), frozenset())

    assert OpenInference().speaks(signature) is speaks


def test_a_span_without_its_attributes_says_nothing() -> None:
    assert OpenInference().translate(span({"llm.headers": "x"})) is None


@pytest.mark.parametrize(
    ("kind", "run_type"),
    [
        ("LLM", "llm"),
        ("llm", "llm"),
        ("EMBEDDING", "embedding"),
        ("RETRIEVER", "retriever"),
        ("RERANKER", "retriever"),
        ("TOOL", "tool"),
        ("PROMPT", "prompt"),
        ("CHAIN", "chain"),
        ("AGENT", "chain"),
        ("GUARDRAIL", "chain"),
        ("EVALUATOR", "chain"),
        ("UNKNOWN", "chain"),
    ],
)
def test_kinds_are_run_types(kind: str, run_type: str) -> None:
    draft = said({}, kind)

    assert value_of(draft, "run_type") == run_type
    assert value_of(draft, "kind") == kind.lower()


@pytest.mark.parametrize(
    ("key", "value", "field", "expected"),
    [
        ("llm.model_name", "gpt-4o", "model", "gpt-4o"),
        ("embedding.model_name", "ada", "model", "ada"),
        ("reranker.model_name", "rerank-3", "model", "rerank-3"),
        ("llm.response.model_name", "gpt-4o-2024-08-06", "response_model", "gpt-4o-2024-08-06"),
        ("llm.provider", "azure", "provider", "azure"),
        ("llm.system", "openai", "provider", "openai"),
        ("llm.finish_reason", "stop", "metadata.finish_reasons", ["stop"]),
        ("llm.token_count.prompt", "40", "usage.input", 40),
        ("llm.token_count.completion", 7.0, "usage.output", 7),
        ("llm.token_count.total", 47, "usage.total", 47),
        ("llm.token_count.prompt_details.cache_read", 5, "usage.cache_read", 5),
        ("llm.token_count.prompt_details.cache_input", 5, "usage.cache_read", 5),
        ("llm.token_count.prompt_details.cache_write", 5, "usage.cache_creation", 5),
        ("llm.token_count.prompt_details.audio", 5, "usage.input_audio", 5),
        ("llm.token_count.completion_details.reasoning", 5, "usage.reasoning", 5),
        ("llm.token_count.completion_details.audio", 5, "usage.output_audio", 5),
        ("llm.cost.prompt", 0.1, "usage.cost_input", 0.1),
        ("llm.cost.completion", 0.1, "usage.cost_output", 0.1),
        ("llm.cost.total", 0.1, "usage.cost_total", 0.1),
        ("llm.cost.prompt_details.cache_read", 0.1, "usage.cost_input_cache_read", 0.1),
        ("llm.cost.prompt_details.cache_write", 0.1, "usage.cost_input_cache_creation", 0.1),
        ("llm.cost.completion_details.reasoning", 0.1, "usage.cost_output_reasoning", 0.1),
        ("llm.presence_penalty", 0.5, "params.presence_penalty", 0.5),
        ("llm.frequency_penalty", "0.5", "params.frequency_penalty", 0.5),
        ("prompt.vendor", "hub", "metadata.prompt_vendor", "hub"),
        ("prompt.id", "p1", "metadata.prompt_id", "p1"),
        ("prompt.url", "https://hub/p1", "metadata.prompt_url", "https://hub/p1"),
        ("tool.description", "Adds.", "metadata.tool_description", "Adds."),
        ("tool.id", "call_1", "metadata.tool_call_id", "call_1"),
        ("agent.name", "Triage", "metadata.agent_name", "Triage"),
        ("graph.node.id", "n1", "metadata.graph_node_id", "n1"),
        ("graph.node.name", "n", "metadata.graph_node_name", "n"),
        ("graph.node.parent_id", "n0", "metadata.graph_node_parent_id", "n0"),
        ("tag.tags", ["a", "b"], "tags", ["a", "b"]),
        ("metadata", '{"k": 1}', "bag.metadata", {"k": 1}),
    ],
)
def test_an_attribute_says_its_field(key: str, value: Json, field: str, expected: Json) -> None:
    assert said({key: value}).said == {field: (expected, (key,))}


def test_a_framework_is_no_provider() -> None:
    draft = said({"llm.provider": "langchain", "llm.system": "anthropic"})

    assert value_of(draft, "provider") == "anthropic"


@pytest.mark.parametrize("key", ["session.id", "user.id"])
def test_session_and_user_are_said_and_stay(key: str) -> None:
    field = {"session.id": "thread_id", "user.id": "user_id"}[key]

    assert said({key: "x"}).said == {field: ("x", ())}


def test_the_thread_may_stand_in_the_metadata() -> None:
    metadata = text_of({"session_id": "s", "thread_id": "t"})

    assert value_of(said({"metadata": metadata}), "thread_id") == "t"
    assert value_of(said({"metadata": metadata, "session.id": "x"}), "thread_id") == "x"


def test_metadata_that_are_no_object_stay_where_they_are() -> None:
    assert said({"metadata": "[1]"}).said == {}


@pytest.mark.parametrize(
    ("kind", "attributes", "span_name", "name"),
    [
        ("TOOL", {"tool.name": "add"}, "Tool.run", "add"),
        ("LLM", {"tool.name": "add"}, "ChatCompletion", None),
        ("AGENT", {"agent.name": "Triage"}, "agent run", "Triage"),
        ("AGENT", {"agent.name": "Triage"}, "Crew.kickoff", None),
        ("TOOL", {}, "Tool.run", None),
    ],
)
def test_tools_and_nameless_agents_give_their_name(
    kind: str, attributes: JsonObject, span_name: str, name: str | None
) -> None:
    assert value_of(said(attributes, kind, name=span_name), "name") == name


def test_the_name_of_a_tool_is_a_parameter_of_its_own_span() -> None:
    assert value_of(said({"tool.name": "add"}, "TOOL"), "params.tool_name") == "add"
    assert value_of(said({"tool.name": "add"}, "LLM"), "params.tool_name") is None


def test_messages_come_in_index_order_with_gaps() -> None:
    attributes = {
        **message("input", 12, role="user", content="later"),
        **message("input", 3, role="system", content="first"),
        **message("output", 1, role="assistant", content="answer"),
    }

    draft = said(attributes, "LLM")

    assert value_of(draft, "inputs") == {
        "messages": [
            {"role": "system", "content": "first"},
            {"role": "user", "content": "later"},
        ]
    }
    assert value_of(draft, "outputs") == {"messages": [{"role": "assistant", "content": "answer"}]}
    assert carried(draft) == {KIND, *attributes}


def test_a_message_has_its_role_from_its_side() -> None:
    draft = said({**message("input", 0, content="a"), **message("output", 0, content="b")})

    assert value_of(draft, "inputs") == {"messages": [{"role": "user", "content": "a"}]}
    assert value_of(draft, "outputs") == {"messages": [{"role": "assistant", "content": "b"}]}


def test_an_index_that_cannot_be_one_is_left_to_the_metadata() -> None:
    attributes = {
        **message("input", 10**9, content="hostile"),
        **message("input", 0, role="user", content="hi"),
        "llm.input_messages.x.message.role": "user",
        "llm.input_messages.00.message.role": "assistant",
    }

    draft = said(attributes)

    assert value_of(draft, "inputs") == {"messages": [{"role": "user", "content": "hi"}]}
    assert carried(draft) == set(message("input", 0, role="user", content="hi"))


def test_more_keys_than_are_remembered_are_read_all_the_same() -> None:
    attributes = message("input", 0, role="user", content="hi")

    draft = said({**attributes, **{f"k{n}": n for n in range(600)}})

    assert value_of(draft, "inputs") == {"messages": [{"role": "user", "content": "hi"}]}


def test_contents_become_blocks() -> None:
    content = "message.contents"
    start = "llm.input_messages.0."
    attributes = {
        start + "message.role": "user",
        f"{start}{content}.0.message_content.type": "text",
        f"{start}{content}.0.message_content.text": "What is this?",
        f"{start}{content}.1.message_content.type": "image",
        f"{start}{content}.1.message_content.image.image.url": PNG,
        f"{start}{content}.2.message_content.type": "audio",
        f"{start}{content}.2.message_content.audio.audio.url": "https://a/b.ogg",
        f"{start}{content}.2.message_content.audio.audio.mime_type": "audio/ogg",
        f"{start}{content}.2.message_content.audio.audio.transcript": "hello",
        f"{start}{content}.3.message_content.type": "image",
        f"{start}{content}.3.message_content.image.image.alt": "no address",
    }

    draft = said(attributes, "LLM")

    assert value_of(draft, "inputs") == {
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What is this?"},
                    {"type": "image_url", "image_url": {"url": PNG}},
                    {
                        "type": "audio",
                        "url": "https://a/b.ogg",
                        "mime_type": "audio/ogg",
                        "extras": {"transcript": "hello"},
                    },
                    {"type": "image", "image": {"image": {"alt": "no address"}}},
                ],
            }
        ]
    }


def test_reasoning_keeps_its_signature() -> None:
    start = "llm.output_messages.0.message.contents.0.message_content."

    draft = said({start + "type": "reasoning", start + "text": "Hm.", start + "signature": "sig"})

    assert value_of(draft, "outputs")["messages"][0]["content"] == [
        {"type": "reasoning", "text": "Hm.", "extras": {"signature": "sig"}}
    ]


def test_text_told_twice_is_one_text() -> None:
    start = "llm.output_messages.0.message."

    draft = said({start + "content": "yes", start + "contents.0.message_content.text": "yes"})

    assert value_of(draft, "outputs")["messages"] == [{"role": "assistant", "content": "yes"}]


def test_text_beside_the_contents_comes_first() -> None:
    start = "llm.output_messages.0.message."

    draft = said({start + "content": "no", start + "contents.0.message_content.text": "yes"})

    assert value_of(draft, "outputs")["messages"][0]["content"] == [
        {"type": "text", "text": "no"},
        {"type": "text", "text": "yes"},
    ]


def test_contents_may_stand_below_content() -> None:
    draft = said({"llm.input_messages.0.message.content.0.message_content.text": "hi"})

    assert value_of(draft, "inputs") == {"messages": [{"role": "user", "content": "hi"}]}


CALL = {
    "id": "call_1",
    "type": "function",
    "function": {"name": "add", "arguments": '{"a": 1}'},
}


def call(start: str, call_id: str | None = "call_1") -> JsonObject:
    return {
        **({f"{start}.id": call_id} if call_id else {}),
        f"{start}.function.name": "add",
        f"{start}.function.arguments": '{"a": 1}',
    }


def test_tool_calls_become_openais() -> None:
    attributes = call("llm.output_messages.0.message.tool_calls.0.tool_call")

    draft = said(attributes, "LLM")

    assert value_of(draft, "outputs") == {
        "messages": [{"role": "assistant", "content": None, "tool_calls": [CALL]}]
    }
    assert carried(draft) == {KIND, *attributes}


def test_a_call_told_in_the_contents_too_is_one_call() -> None:
    start = "llm.output_messages.0.message."
    attributes = {
        **call(start + "tool_calls.0.tool_call"),
        **call(start + "contents.0.tool_call"),
        start + "contents.0.message_content.type": "tool_use",
    }

    assert value_of(said(attributes), "outputs")["messages"][0]["tool_calls"] == [CALL]


def test_the_oldest_form_of_a_call_has_no_id() -> None:
    start = "llm.output_messages.0.message."
    draft = said(
        {
            start + "role": "assistant",
            start + "function_call_name": "add",
            start + "function_call_arguments_json": '{"a": 1}',
        }
    )

    [told] = value_of(draft, "outputs")["messages"]
    assert told["tool_calls"] == [{**CALL, "id": None}]


def test_a_call_beside_the_messages_belongs_to_the_answer() -> None:
    attributes = message("output", 0, role="assistant", content="")
    function_call = text_of({"name": "add", "arguments": '{"a": 1}'})

    draft = said({**attributes, "llm.function_call": function_call})

    assert value_of(draft, "outputs")["messages"][0]["tool_calls"] == [{**CALL, "id": None}]
    assert value_of(said({**attributes, "llm.function_call": "x"}), "outputs") == {
        "messages": [{"role": "assistant", "content": ""}]
    }


def test_a_tools_result_names_its_call() -> None:
    attributes = message("input", 0, role="tool", content="2", tool_call_id="call_1", name="add")

    assert value_of(said(attributes), "inputs") == {
        "messages": [{"role": "tool", "content": "2", "name": "add", "tool_call_id": "call_1"}]
    }


def test_a_result_in_pieces_is_one_text() -> None:
    start = "llm.input_messages.0.message."
    attributes = {
        start + "role": "tool",
        start + "contents.0.message_content.text": "a",
        start + "contents.1.message_content.text": "b",
        start + "tool_call_id": "call_1",
    }

    assert value_of(said(attributes), "inputs") == {
        "messages": [{"role": "tool", "content": "a\nb", "tool_call_id": "call_1"}]
    }


def test_results_with_ids_of_their_own_become_messages_of_their_own() -> None:
    start = "llm.input_messages.0.message."
    attributes = {
        start + "role": "tool",
        start + "contents.0.message_content.type": "text",
        start + "contents.0.message_content.text": "a",
        start + "contents.0.message.tool_call_id": "call_1",
        start + "contents.1.message_content.type": "text",
        start + "contents.1.message_content.text": "b",
        start + "contents.1.message.tool_call_id": "call_2",
    }

    assert value_of(said(attributes), "inputs") == {
        "messages": [
            {"role": "tool", "content": "a", "tool_call_id": "call_1"},
            {"role": "tool", "content": "b", "tool_call_id": "call_2"},
        ]
    }


def test_results_of_functions_become_messages_of_their_own() -> None:
    result = text_of({"name": "add", "content": "2", "call_id": "call_1"})
    attributes = {
        "llm.input_messages.0.message.role": "function",
        "llm.input_messages.0.function.0": result,
        "llm.input_messages.1.function": "odd",
    }

    told = value_of(said(attributes), "inputs")["messages"]

    assert told[0] == {"role": "tool", "content": "2", "tool_call_id": "call_1", "name": "add"}
    assert "odd" in text_of(told[1])


@pytest.mark.parametrize(
    "attributes",
    [
        {"llm.input_messages.0.message": "odd"},
        {"llm.input_messages.0.message.contents": "odd"},
        {"llm.input_messages.0.message.contents.x": "odd"},
        {"llm.input_messages.0.message.contents.9999999.message_content.text": "odd"},
        {"llm.input_messages.0.message.contents.0.message_content": "odd"},
        {"llm.input_messages.0.message.contents.0.message.new_key": "odd"},
        {"llm.input_messages.0.message.role": "user", "llm.input_messages.0.role": "odd"},
        {"llm.input_messages.0.message.contents.0.new_key": "odd"},
        {"llm.input_messages.0.message.tool_calls.0.tool_call": "odd"},
        {"llm.input_messages.0.message.tool_calls.0.new_key": "odd"},
        {"llm.input_messages.0.message.function.0": "odd"},
        {"llm.input_messages.0.function.0": "odd"},
        {"llm.input_messages.0.new_key": "odd"},
        {"llm.input_messages.0.message.content": ["odd"]},
        {
            "llm.input_messages.0.message.content": ["odd"],
            "llm.input_messages.0.message.contents.0.message_content.text": "hi",
        },
        {
            "llm.input_messages.0.message.content": {"text": "odd"},
            "llm.input_messages.0.message.contents.0.message_content.text": "hi",
        },
    ],
)
def test_what_fits_no_convention_is_carried_all_the_same(attributes: JsonObject) -> None:
    draft = said({"llm.input_messages.1.message.content": "hello", **attributes})

    assert '"odd"' in text_of(value_of(draft, "inputs"))


@pytest.mark.parametrize("side", ["input", "output"])
def test_items_that_are_no_messages_say_nothing(side: str) -> None:
    assert said({f"llm.{side}_messages.0.new_key": 5}).said == {}


def test_several_answers_are_choices_where_several_were_asked_for() -> None:
    attributes = {
        **message("output", 0, role="assistant", content="a"),
        **message("output", 1, role="assistant", content="b"),
        "llm.finish_reason": "stop",
    }

    several = said({**attributes, "llm.invocation_parameters": '{"n": 2}'}, "LLM")
    one = said(attributes, "LLM")

    assert [c["message"]["content"] for c in value_of(several, "outputs")["choices"]] == ["a", "b"]
    assert value_of(one, "outputs") == {
        "messages": [
            {"role": "assistant", "content": "a"},
            {"role": "assistant", "content": "b", "finish_reason": "stop"},
        ]
    }


def test_the_finish_reason_is_that_of_the_answer() -> None:
    attributes = message("output", 0, role="assistant", content="a")

    draft = said({**attributes, "llm.finish_reason": "tool_call"}, "LLM")

    assert value_of(draft, "outputs")["messages"][0]["finish_reason"] == "tool_calls"
    assert value_of(draft, "metadata.finish_reasons") == ["tool_call"]


def test_text_completions_have_prompts_and_texts() -> None:
    attributes = {
        "llm.prompts.0.prompt.text": "Once",
        "llm.choices.0.completion.text": "upon",
        "llm.finish_reason": "length",
    }

    draft = said(attributes, "LLM")

    assert value_of(draft, "inputs") == {"prompt": "Once"}
    assert value_of(draft, "outputs") == {
        "choices": [{"text": "upon", "index": 0, "finish_reason": "length"}]
    }
    assert carried(draft) == {KIND, *attributes}


def test_a_completion_may_have_one_side_only() -> None:
    prompts = {"llm.prompts.0.prompt.text": "a", "llm.prompts.1.prompt.text": "b"}

    assert said(prompts).said == {"inputs": ({"prompt": ["a", "b"]}, tuple(prompts))}
    assert said({"llm.choices.0.completion.text": "c"}).said.keys() == {"outputs"}


def test_prompts_may_come_as_a_list() -> None:
    assert value_of(said({"llm.prompts": ["a", "b"]}, "LLM"), "inputs") == {"prompt": ["a", "b"]}
    assert value_of(said({"llm.prompts": "a"}, "LLM"), "inputs") is None


def test_prompts_and_choices_without_text_say_nothing() -> None:
    assert said({"llm.prompts.0.x": "a", "llm.choices.0.completion": "b"}).said == {}


SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}}
TOOL = {
    "type": "function",
    "function": {"name": "add", "description": "Adds.", "parameters": SCHEMA},
}


@pytest.mark.parametrize(
    "attributes",
    [
        {"llm.tools.0.tool.json_schema": text_of(TOOL)},
        {"llm.tools.0.tool.json_schema": text_of({**TOOL["function"]})},  # type: ignore[dict-item]
        {
            "llm.tools.0.tool.json_schema": text_of(SCHEMA),
            "llm.tools.0.tool.name": "add",
            "llm.tools.0.tool.description": "Adds.",
        },
        {
            "llm.tools.0.tool.json_schema": text_of(TOOL),
            "llm.tools.0.tool.name": "add",
        },
    ],
)
def test_tools_become_openais(attributes: JsonObject) -> None:
    draft = said(attributes)

    assert value_of(draft, "params.tools") == [TOOL]
    assert carried(draft) == set(attributes)


def test_a_name_that_the_schema_contradicts_stays_where_it_is() -> None:
    attributes = {"llm.tools.0.tool.json_schema": text_of(TOOL), "llm.tools.0.tool.name": "plus"}

    assert carried(said(attributes)) == {"llm.tools.0.tool.json_schema"}


def test_a_schema_that_is_no_json_is_kept_as_text() -> None:
    attributes = {"llm.tools.0.tool.name": "add", "llm.tools.0.tool.json_schema": "{cut"}

    [tool] = value_of(said(attributes), "params.tools")

    assert tool["function"] == {"name": "add", "parameters": "{cut"}


def test_what_is_no_tool_says_nothing() -> None:
    attributes = {
        "llm.tools.0.tool": "add",
        "llm.tools.1.x": "y",
        "llm.tools.2.tool.json_schema": '{"function_declarations": []}',
    }

    assert said(attributes).said == {}


def test_parameters_are_params_and_content_in_them_is_none() -> None:
    given = {"temperature": 0.2, "top_p": "", "seed": None, "stop": ["x"], "messages": []}

    draft = said({"llm.invocation_parameters": text_of(given)})

    assert draft.said == {
        "bag.params": ({"temperature": 0.2, "stop": ["x"]}, ("llm.invocation_parameters",))
    }


def test_messages_among_the_parameters_stay_in_the_attribute() -> None:
    given = {"temperature": 0.2, "messages": [{"role": "user", "content": "hi"}]}

    assert carried(said({"llm.invocation_parameters": text_of(given)})) == set()


def test_tools_among_the_parameters_are_tools() -> None:
    draft = said({"llm.invocation_parameters": text_of({"tools": [TOOL]})})

    assert value_of(draft, "params.tools") == [TOOL]
    assert carried(draft) == {"llm.invocation_parameters"}


def test_other_tools_than_those_known_stay_in_the_attribute() -> None:
    other = {"type": "function", "function": {"name": "other"}}
    attributes = {
        "llm.tools.0.tool.json_schema": text_of(TOOL),
        "llm.invocation_parameters": text_of({"tools": [other]}),
    }

    assert carried(said(attributes)) == {"llm.tools.0.tool.json_schema"}


def test_parameters_that_are_no_object_say_nothing() -> None:
    assert said({"llm.invocation_parameters": "{cut"}).said == {}


@pytest.mark.parametrize(
    ("attributes", "model", "response_model"),
    [
        ({}, "gpt-4o", None),
        ({"llm.model_name": "gpt-4o"}, "gpt-4o", None),
        ({"llm.model_name": "gpt-4o-2024-08-06"}, "gpt-4o", "gpt-4o-2024-08-06"),
        ({"llm.model_name": "my-deployment"}, "my-deployment", None),
        (
            {"llm.model_name": "gpt-4o-2024-08-06", "llm.request.model_name": "gpt-4"},
            "gpt-4",
            None,
        ),
    ],
)
def test_the_model_asked_for_stands_among_the_parameters(
    attributes: JsonObject, model: str, response_model: str | None
) -> None:
    draft = said({"llm.invocation_parameters": '{"model": "gpt-4o"}', **attributes})

    assert value_of(draft, "model") == model
    assert value_of(draft, "response_model") == response_model


def test_the_template_of_a_prompt_is_kept_together() -> None:
    attributes = {
        "llm.prompt_template.template": "Ask {q}",
        "llm.prompt_template.variables": '{"q": "why"}',
        "llm.prompt_template.version": "v1",
    }

    draft = said(attributes, "LLM")

    assert value_of(draft, "metadata.prompt_template") == {
        "template": "Ask {q}",
        "variables": {"q": "why"},
        "version": "v1",
    }
    assert value_of(draft, "run_type") == "llm"
    assert carried(draft) == {KIND, *attributes}


def test_a_prompt_span_turns_variables_into_messages() -> None:
    constructor = {"lc": 1, "type": "constructor", "id": ["langchain", "HumanMessage"]}
    rendered = {
        "lc": 1,
        "id": ["langchain", "ChatPromptValue"],
        "kwargs": {"messages": [{**constructor, "kwargs": {"content": "Ask why"}}], "x": 1},
    }
    attributes = {
        "llm.prompt_template.variables": '{"q": "why"}',
        "output.value": text_of(rendered),
        "output.mime_type": "application/json",
    }

    draft = said(attributes, "PROMPT")

    assert value_of(draft, "inputs") == {"q": "why"}
    outputs = value_of(draft, "outputs")
    assert outputs["id"] == ["langchain", "ChatPromptValue"]
    assert outputs["x"] == 1
    assert [(m["role"], m["content"]) for m in outputs["messages"]] == [("user", "Ask why")]


@pytest.mark.parametrize(
    ("value", "mime_type", "expected"),
    [
        ('{"a": 1}', "application/json", {"a": 1}),
        ('"text"', "application/json", "text"),
        ("{cut", "application/json", "{cut"),
        ('{"a": 1}', "text/plain", '{"a": 1}'),
        ('{"a": 1}', None, {"a": 1}),
        ("text", None, "text"),
    ],
)
def test_the_mime_type_tells_how_to_read_a_value(
    value: str, mime_type: str | None, expected: Json
) -> None:
    attributes: JsonObject = {"input.value": value, "output.value": value}
    if mime_type:
        attributes |= {"input.mime_type": mime_type, "output.mime_type": mime_type}

    draft = said(attributes, "CHAIN")

    assert draft.said["raw_inputs"] == (expected, ("input.value",))
    assert draft.said["raw_outputs"] == (expected, ("output.value",))


def test_a_model_call_without_messages_has_those_of_its_values() -> None:
    request = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}]}
    response = {"id": "r1", "output": [{"type": "message", "role": "assistant", "content": "ho"}]}

    draft = said({"input.value": text_of(request), "output.value": text_of(response)}, "LLM")

    assert value_of(draft, "inputs") == request
    assert value_of(draft, "outputs") == {
        "id": "r1",
        "messages": [{"role": "assistant", "content": "ho"}],
    }


@pytest.mark.parametrize(
    ("value", "messages"),
    [
        ("hi", [{"role": "user", "content": "hi"}]),
        ('[{"role": "user", "content": "hi"}]', [{"role": "user", "content": "hi"}]),
        ('{"role": "user", "content": "hi"}', [{"role": "user", "content": "hi"}]),
        (
            '{"generations": [[{"message": {"role": "assistant", "content": "ho"}}]]}',
            [{"role": "assistant", "content": "ho"}],
        ),
    ],
)
def test_values_that_hold_messages_become_messages(value: str, messages: Json) -> None:
    assert value_of(said({"input.value": value}, "LLM"), "inputs") == {"messages": messages}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('{"choices": [{"text": "a"}]}', {"choices": [{"text": "a"}]}),
        ("[1, 2]", [1, 2]),
        ("", ""),
        (5, 5),
        ('{"messages": []}', {"messages": []}),
        ('{"messages": [5]}', {"messages": [5]}),
    ],
)
def test_values_without_messages_are_left_to_be_wrapped(value: Json, expected: Json) -> None:
    assert said({"output.value": value}, "LLM").said["raw_outputs"] == (
        expected,
        ("output.value",),
    )


def test_the_whole_response_beside_its_messages_stays_as_it_is() -> None:
    attributes = {
        **message("output", 0, role="assistant", content="ho"),
        "output.value": "{}",
        "output.mime_type": "application/json",
    }

    assert "raw_outputs" not in said(attributes, "LLM").said
    assert "raw_outputs" in said({**attributes, "output.mime_type": "text/plain"}, "LLM").said


def test_the_request_beside_its_messages_is_left_to_be_compared() -> None:
    attributes = {**message("input", 0, role="user", content="hi"), "input.value": '{"x": 1}'}

    draft = said(attributes, "LLM")

    assert draft.said["raw_inputs"] == ({"x": 1}, ("input.value",))
    assert value_of(draft, "inputs") == {"messages": [{"role": "user", "content": "hi"}]}


def test_a_retriever_has_a_query_and_documents() -> None:
    start = "retrieval.documents."
    attributes = {
        "input.value": "where?",
        start + "0.document.content": "here",
        start + "0.document.id": 7,
        start + "0.document.score": 0.0,
        start + "0.document.metadata": '{"source": "wiki"}',
        start + "2.document.content": "there",
        start + "3.document.content": "",
        start + "3.document.metadata": "no object",
        start + "4.document": "plain",
        start + "4.extra": True,
    }

    draft = said(attributes, "RETRIEVER")

    assert value_of(draft, "inputs") == {"query": "where?"}
    assert value_of(draft, "outputs") == {
        "documents": [
            {
                "page_content": "here",
                "type": "Document",
                "metadata": {"id": 7, "score": 0.0, "source": "wiki"},
            },
            {"page_content": "there", "type": "Document", "metadata": {}},
            {"page_content": "", "type": "Document", "metadata": {"metadata": "no object"}},
            {"page_content": "plain", "type": "Document", "metadata": {"extra": True}},
        ]
    }
    assert carried(draft) == {KIND, *attributes}


def test_a_structured_query_is_left_to_be_wrapped() -> None:
    draft = said({"input.value": '{"query": "q", "k": 4}'}, "RETRIEVER")

    assert value_of(draft, "raw_inputs") == {"query": "q", "k": 4}


def test_a_reranker_has_a_query_and_documents_on_both_sides() -> None:
    attributes = {
        "reranker.query": "where?",
        "reranker.top_k": 1,
        "reranker.model_name": "rerank-3",
        "reranker.input_documents.0.document.content": "a",
        "reranker.output_documents.0.document.content": "b",
        "reranker.output_documents.0.document.score": 0.5,
    }

    draft = said(attributes, "RERANKER")

    assert value_of(draft, "inputs") == {
        "query": "where?",
        "documents": [{"page_content": "a", "type": "Document", "metadata": {}}],
    }
    assert value_of(draft, "outputs") == {
        "documents": [{"page_content": "b", "type": "Document", "metadata": {"score": 0.5}}]
    }
    assert value_of(draft, "params.top_k") == 1
    assert carried(draft) == {KIND, *attributes}


def test_a_reranker_may_have_its_query_as_its_input() -> None:
    draft = said({"input.value": "where?"}, "RERANKER")

    assert draft.said["inputs"] == ({"query": "where?"}, ("input.value",))


def test_a_reranker_that_does_not_say_what_it_was_asked_has_no_inputs() -> None:
    assert "inputs" not in said({}, "RERANKER").said


def test_an_embedding_has_texts_and_vectors() -> None:
    start = "embedding.embeddings."
    attributes = {
        start + "0.embedding.text": "a",
        start + "0.embedding.vector": [0.5, 1.0],
        start + "1.embedding.text": "b",
        start + "1.embedding.vector": "[0.25]",
    }

    draft = said(attributes, "EMBEDDING")

    assert value_of(draft, "inputs") == {"input": ["a", "b"]}
    assert value_of(draft, "outputs") == {
        "data": [{"index": 0, "embedding": [0.5, 1.0]}, {"index": 1, "embedding": [0.25]}]
    }
    assert carried(draft) == {KIND, *attributes}


def test_vectors_that_are_none_stay_where_they_are() -> None:
    start = "embedding.embeddings.0.embedding"

    assert carried(said({start: "x", start + ".vector": "<8 floats>"}, "EMBEDDING")) == {KIND}


def test_the_input_of_an_embedding_repeats_its_text() -> None:
    attributes = {"embedding.embeddings.0.embedding.text": "a", "input.value": "a"}

    assert carried(said(attributes, "EMBEDDING")) == {KIND, *attributes}
    assert carried(said({**attributes, "input.value": "b"}, "EMBEDDING")) == {
        KIND,
        "embedding.embeddings.0.embedding.text",
    }


def test_a_tool_has_arguments_and_a_result() -> None:
    draft = said({"input.value": '{"a": 1}', "output.value": "2"}, "TOOL")

    assert value_of(draft, "raw_inputs") == {"a": 1}
    assert value_of(draft, "raw_outputs") == "2"


def test_parameters_of_a_tool_stand_in_for_its_input() -> None:
    parameters = {"tool.parameters": '{"a": 1}'}

    assert value_of(said(parameters, "TOOL"), "raw_inputs") == {"a": 1}
    assert value_of(said({**parameters, "input.value": "x"}, "TOOL"), "raw_inputs") == "x"
    assert value_of(said(parameters, "LLM"), "raw_inputs") is None


@pytest.mark.parametrize(
    ("scope", "exclusive", "holder"),
    [
        ("openinference.instrumentation.bedrock", True, None),
        ("openinference.instrumentation.claude_agent_sdk", True, True),
        ("@arizeai/openinference-instrumentation-claude-agent-sdk", True, True),
        ("openinference.instrumentation.anthropic", None, None),
    ],
)
def test_some_instrumentors_count_cached_input_apart_or_hold_all_usage(
    scope: str, exclusive: bool | None, holder: bool | None
) -> None:
    draft = said({"llm.token_count.prompt": 4}, "AGENT", scope)

    assert value_of(draft, "usage.exclusive") is exclusive
    assert value_of(draft, "usage_holder") is holder


def test_the_first_token_has_an_event() -> None:
    events = [
        Event("other", START_NS),
        Event("First Token Stream Event", START_NS + 5),
        Event("First Token Stream Event", START_NS + 9),
    ]

    draft = OpenInference().translate(span({KIND: "LLM"}, events=events))

    assert draft is not None
    assert value_of(draft, "first_token_ns") == START_NS + 5
