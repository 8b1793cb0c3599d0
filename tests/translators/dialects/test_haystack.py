import orjson
import pytest

from tests.translators.spans import span
from translators.base import Draft, Signature
from translators.dialects.haystack import Haystack
from translators.registry import Registry
from translators.span import Json, JsonObject

COMPONENT = "haystack.component."
REPLY: JsonObject = {
    "role": "assistant",
    "name": None,
    "content": [{"text": "Hello"}],
    "meta": {
        "model": "gpt-4o-mini-2024-07-18",
        "index": 0,
        "finish_reason": "stop",
        "usage": {"prompt_tokens": 40, "completion_tokens": 12, "total_tokens": 52},
    },
}


def user(text: str) -> JsonObject:
    return {"role": "user", "meta": {}, "name": None, "content": [{"text": text}]}


def json(value: Json) -> str:
    return orjson.dumps(value).decode()


def component(kind: str, given: Json = None, made: Json = None, **more: Json) -> JsonObject:
    attributes: JsonObject = {f"{COMPONENT}name": "mine", f"{COMPONENT}type": kind, **more}
    if given is not None:
        attributes[f"{COMPONENT}input"] = given if isinstance(given, str) else json(given)
    if made is not None:
        attributes[f"{COMPONENT}output"] = made if isinstance(made, str) else json(made)
    return attributes


def said(attributes: JsonObject, name: str = "haystack.component.run") -> Draft:
    return Haystack().translate(span(attributes, name=name)) or Draft()


def value_of(draft: Draft, field: str) -> Json:
    return draft.said[field][0] if field in draft.said else None


@pytest.mark.parametrize(
    ("scope", "key", "speaks"),
    [
        ("haystack", "a", True),
        ("my_application", "haystack.component.name", True),
        ("openinference.instrumentation.haystack", "input.value", False),
        ("mine", "haystacks", False),
    ],
)
def test_it_speaks_for_its_tags_whatever_the_scope(scope: str, key: str, speaks: bool) -> None:
    assert Haystack().speaks(Signature(scope, frozenset({key}), frozenset())) is speaks


@pytest.mark.parametrize(
    ("component_type", "run_type", "kind"),
    [
        ("OpenAIChatGenerator", "llm", "generator"),
        ("HuggingFaceLocalGenerator", "llm", "generator"),
        ("FallbackChatGenerator", "chain", "generator"),
        ("InMemoryBM25Retriever", "retriever", "retriever"),
        ("SerperDevWebSearch", "retriever", "retriever"),
        ("MetaFieldRanker", "retriever", "reranker"),
        ("OpenAITextEmbedder", "embedding", "embedding"),
        ("ChatPromptBuilder", "prompt", "prompt"),
        ("ToolInvoker", "tool", "tool"),
        ("Agent", "chain", "agent"),
        ("DocumentJoiner", "chain", "component"),
    ],
)
def test_the_class_of_a_component_says_what_kind_of_run_it_is(
    component_type: str, run_type: str, kind: str
) -> None:
    draft = said(component(component_type))

    assert value_of(draft, "run_type") == run_type
    assert value_of(draft, "kind") == kind
    assert value_of(draft, "name") == "mine"


@pytest.mark.parametrize(
    ("component_type", "qualified", "provider"),
    [
        ("AzureOpenAIChatGenerator", "", "azure"),
        ("OpenAITextEmbedder", "", "openai"),
        ("HuggingFaceAPIGenerator", "haystack.components.generators.x.Y", "huggingface"),
        (
            "AnthropicChatGenerator",
            "haystack_integrations.components.generators.anthropic.chat.X",
            "anthropic",
        ),
        ("OddGenerator", "haystack_integrations.components.X", None),
        ("MyGenerator", "", None),
    ],
)
def test_the_module_of_a_component_says_who_serves_the_model(
    component_type: str, qualified: str, provider: str | None
) -> None:
    draft = said(component(component_type, **{f"{COMPONENT}fully_qualified_type": qualified}))

    assert value_of(draft, "provider") == provider


def test_a_generator_tells_parameters_tools_model_and_usage() -> None:
    tool = {
        "type": "haystack.tools.tool.Tool",
        "data": {"name": "add", "description": "Adds.", "parameters": {"type": "object"}},
    }
    toolset = {"type": "Toolset", "data": {"tools": [{"name": "sub", "parameters": {}}]}}
    given = {
        "messages": [user("Hi")],
        "generation_kwargs": {"model": "gpt-4o", "temperature": 0.2, "seed": None},
        "tools": [tool, toolset],
        "streaming_callback": None,
        "tools_strict": True,
    }

    draft = said(component("OpenAIChatGenerator", given, {"replies": [REPLY]}))

    assert value_of(draft, "inputs") == {
        "messages": [{"role": "user", "content": "Hi"}],
        "tools_strict": True,
    }
    assert value_of(draft, "outputs") == {
        "messages": [{"role": "assistant", "content": "Hello", "finish_reason": "stop"}]
    }
    assert value_of(draft, "model") == "gpt-4o"
    assert value_of(draft, "response_model") == "gpt-4o-mini-2024-07-18"
    assert value_of(draft, "params.temperature") == 0.2
    assert [tool["function"]["name"] for tool in value_of(draft, "params.tools")] == ["add", "sub"]
    assert value_of(draft, "params.tools")[0]["function"]["class"] == "haystack.tools.tool.Tool"
    assert value_of(draft, "params.tools")[1]["function"]["toolset"] == {"type": "Toolset"}
    assert value_of(draft, "usage.input") == 40


def test_what_an_answer_says_that_others_do_not_stays_in_it() -> None:
    other = {**REPLY, "meta": {**REPLY["meta"], "model": "other", "index": 1, "logprobs": [1]}}

    draft = said(component("OpenAIChatGenerator", None, {"replies": [REPLY, other]}))

    first, second = value_of(draft, "outputs")["choices"]
    assert first["message"] == {"role": "assistant", "content": "Hello"}
    assert second["message"]["additional_kwargs"] == {"meta": {"model": "other", "logprobs": [1]}}


def test_a_text_generator_has_a_prompt_and_choices() -> None:
    made = {"replies": ["Yes", "No"], "meta": [{"finish_reason": "stop", "odd": 1}, {}]}

    draft = said(component("OpenAIGenerator", {"prompt": "Is it?"}, made))

    assert value_of(draft, "inputs") == {"prompt": "Is it?"}
    assert value_of(draft, "outputs") == {
        "meta": [{"odd": 1}, {}],
        "choices": [
            {"text": "Yes", "index": 0, "finish_reason": "stop"},
            {"text": "No", "index": 1, "finish_reason": None},
        ],
    }


def test_answers_with_less_meta_than_texts_keep_it() -> None:
    made = {"replies": ["Yes"], "meta": "odd"}

    draft = said(component("OpenAIGenerator", None, made))

    assert value_of(draft, "outputs") == {
        "meta": "odd",
        "choices": [{"text": "Yes", "index": 0, "finish_reason": None}],
    }


@pytest.mark.parametrize("kind", ["OpenAIGenerator", "InMemoryRetriever", "OpenAITextEmbedder"])
def test_what_could_not_be_serialised_is_text(kind: str) -> None:
    draft = said(component(kind, "{'a': <object>}", "{'b': <object>}"))

    assert value_of(draft, "raw_inputs") == "{'a': <object>}"
    assert value_of(draft, "raw_outputs") == "{'b': <object>}"


def test_replies_that_are_neither_messages_nor_texts_are_kept_as_they_are() -> None:
    draft = said(component("OpenAIGenerator", None, {"replies": [1]}))

    assert value_of(draft, "raw_outputs") == {"replies": [1]}


@pytest.mark.parametrize(
    ("part", "block"),
    [
        (
            {"reasoning": {"reasoning_text": "Hm.", "extra": {"id": "rs_1"}}},
            {"type": "reasoning", "text": "Hm.", "extras": {"id": "rs_1"}},
        ),
        (
            {"image": {"base64_image": "aGk=", "mime_type": "image/png"}},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,aGk="}},
        ),
        (
            {"image": {"base64_image": "Base64 string (4 characters)"}},
            {"type": "image", "image": {"base64_image": "Base64 string (4 characters)"}},
        ),
        (
            {"file": {"base64_data": "aGk=", "mime_type": "application/pdf", "filename": "a.pdf"}},
            {
                "type": "file",
                "base64": "aGk=",
                "mime_type": "application/pdf",
                "filename": "a.pdf",
            },
        ),
        ({"odd": {"x": 1}}, {"odd": {"x": 1}}),
        ({"type": "text", "text": "x"}, {"type": "text", "text": "x"}),
    ],
)
def test_parts_become_blocks(part: JsonObject, block: JsonObject) -> None:
    message = {"role": "user", "content": [{"text": "See:"}, part]}

    draft = said(component("OpenAIChatGenerator", {"messages": [message]}))

    content = value_of(draft, "inputs")["messages"][0]["content"]
    assert content == [{"type": "text", "text": "See:"}, block]


def test_calls_and_their_results_are_messages() -> None:
    call = {"tool_name": "add", "arguments": {"a": 1}, "id": "c1", "extra": {"call_id": "x"}}
    messages = [
        {"role": "assistant", "content": [{"tool_call": call}]},
        {
            "role": "tool",
            "content": [{"tool_call_result": {"result": "boom", "origin": call, "error": True}}],
        },
        {
            "role": "tool",
            "content": [{"tool_call_result": {"result": [{"text": "2"}], "error": False}}],
        },
    ]

    draft = said(component("OpenAIChatGenerator", {"messages": messages}))

    asked, failed, done = value_of(draft, "inputs")["messages"]
    assert asked["tool_calls"] == [
        {
            "id": "c1",
            "type": "function",
            "function": {"name": "add", "arguments": '{"a":1}'},
            "extras": {"call_id": "x"},
        }
    ]
    assert failed == {
        "role": "tool",
        "content": "boom",
        "tool_call_id": "c1",
        "name": "add",
        "additional_kwargs": {
            "origin": {"arguments": {"a": 1}, "extra": {"call_id": "x"}},
            "is_error": True,
            "status": "error",
        },
    }
    assert done["content"] == "2"
    assert done["additional_kwargs"] == {"error": False}


def test_messages_of_older_versions_have_fields_with_an_underscore() -> None:
    message = {"_role": "user", "_content": [{"text": "Hi"}], "_name": "ann", "_meta": {"a": 1}}

    draft = said(component("OpenAIChatGenerator", {"messages": [message]}))

    assert value_of(draft, "inputs") == {
        "messages": [
            {
                "role": "user",
                "content": "Hi",
                "name": "ann",
                "additional_kwargs": {"meta": {"a": 1}},
            }
        ]
    }


def test_a_retriever_has_a_query_and_documents() -> None:
    given = {"query": "sunny", "top_k": 2, "filters": {"a": 1}, "scale_score": None}
    made = {"documents": [{"id": "d1", "content": "Paris", "score": 0.9, "meta": {"source": "a"}}]}

    draft = said(component("InMemoryBM25Retriever", given, made))

    assert value_of(draft, "inputs") == {"query": "sunny", "k": 2, "filter": {"a": 1}}
    assert value_of(draft, "outputs") == {
        "documents": [
            {
                "page_content": "Paris",
                "type": "Document",
                "metadata": {"id": "d1", "score": 0.9, "source": "a"},
            }
        ]
    }


def test_documents_that_are_none_stay_as_they_are() -> None:
    draft = said(component("InMemoryBM25Retriever", None, {"documents": ["a"], "meta": {}}))

    assert value_of(draft, "outputs") == {"documents": ["a"]}


def test_an_embedder_of_texts_has_one_vector() -> None:
    made = {"embedding": [0.1], "meta": {"model": "m", "usage": {"prompt_tokens": 5}, "odd": 1}}

    draft = said(component("OpenAITextEmbedder", {"text": "hi", "prefix": "x"}, made))

    assert value_of(draft, "inputs") == {"input": "hi", "prefix": "x"}
    assert value_of(draft, "outputs") == {
        "data": [{"index": 0, "embedding": [0.1]}],
        "meta": {"odd": 1},
    }
    assert value_of(draft, "usage.input") == 5


def test_an_embedder_of_documents_has_one_vector_each() -> None:
    document = {"id": "d1", "content": "hi", "embedding": None}
    made = {"documents": [{**document, "embedding": [0.1], "score": 1}], "warnings": ["w"]}

    draft = said(component("OpenAIDocumentEmbedder", {"documents": [document]}, made))

    assert value_of(draft, "inputs")["input"] == ["hi"]
    assert value_of(draft, "outputs") == {
        "data": [{"index": 0, "embedding": [0.1]}],
        "documents": [
            {"page_content": "hi", "type": "Document", "metadata": {"id": "d1", "score": 1}}
        ],
        "warnings": ["w"],
    }


def test_a_prompt_is_text_or_messages() -> None:
    text = said(component("PromptBuilder", {"question": "Q"}, {"prompt": "Is Q?"}))
    chat = said(component("ChatPromptBuilder", {"question": "Q"}, {"prompt": [user("Is Q?")]}))

    assert value_of(text, "raw_outputs") == {"prompt": "Is Q?"}
    assert value_of(chat, "outputs") == {"messages": [{"role": "user", "content": "Is Q?"}]}


def test_tools_that_are_invoked_have_one_output() -> None:
    result = {"tool_call_result": {"result": "3", "origin": {"id": "c1", "tool_name": "add"}}}
    made = {"tool_messages": [{"role": "tool", "content": [result]}]}

    draft = said(component("ToolInvoker", {"messages": [user("Hi")]}, made))

    message = {"role": "tool", "content": "3", "tool_call_id": "c1", "name": "add"}
    assert value_of(draft, "outputs") == {"output": {"messages": [message]}}
    assert value_of(draft, "inputs") == {"messages": [{"role": "user", "content": "Hi"}]}


def agent(given: Json, done: Json) -> Draft:
    attributes = {"haystack.agent.input": json(given), "haystack.agent.output": json(done)}
    return said(attributes, "haystack.agent.run")


def test_an_agent_gives_what_was_said_since_it_was_asked() -> None:
    system = {"role": "system", "content": [{"text": "Be short."}]}
    done = {
        "messages": [system, user("Hi"), REPLY],
        "last_message": REPLY,
        "token_usage": {"prompt_tokens": 40},
        "step_count": 1,
    }

    draft = agent({"messages": [user("Hi")], "streaming_callback": None}, done)

    assert [m["role"] for m in value_of(draft, "inputs")["messages"]] == ["system", "user"]
    assert [m["role"] for m in value_of(draft, "outputs")["messages"]] == ["assistant"]
    assert "last_message" not in value_of(draft, "outputs")
    assert value_of(draft, "usage.input") == 40


def test_an_agent_that_does_not_repeat_the_question_gives_all_that_it_said() -> None:
    draft = agent({"messages": [user("Hi")]}, {"messages": [REPLY], "last_message": user("x")})

    assert [m["role"] for m in value_of(draft, "outputs")["messages"]] == ["assistant"]
    assert value_of(draft, "outputs")["last_message"] == user("x")


def test_an_agent_without_messages_keeps_what_it_has() -> None:
    draft = agent({"a": 1}, {"b": 2})

    assert value_of(draft, "raw_inputs") == {"a": 1}
    assert value_of(draft, "raw_outputs") == {"b": 2}


def test_the_model_of_a_step_is_a_model_and_its_tool_a_tool() -> None:
    model = said(
        {
            "haystack.agent.step.llm.input": json({"messages": [user("Hi")]}),
            "haystack.agent.step.llm.output": json({"replies": [REPLY]}),
        },
        "haystack.agent.step.llm",
    )
    tool = said(
        {"haystack.tool.name": "add", "haystack.agent.step.tool.input": '{"a": 1}'},
        "haystack.agent.step.tool",
    )

    assert value_of(model, "run_type") == "llm"
    assert value_of(model, "usage.total") == 52
    assert value_of(tool, "run_type") == "tool"
    assert value_of(tool, "name") == "add"
    assert value_of(tool, "raw_inputs") == {"a": 1}


@pytest.mark.parametrize(
    ("output", "error"), [('{"error": "boom"}', "boom"), ("[1]", ""), (None, "")]
)
def test_a_tool_that_failed_says_why(output: str | None, error: str) -> None:
    attributes: JsonObject = {"haystack.tool.error": True}
    if output is not None:
        attributes["haystack.agent.step.tool.output"] = output

    draft = said(attributes, "haystack.agent.step.tool")

    assert value_of(draft, "error") == error


def test_a_pipeline_of_one_component_has_its_messages() -> None:
    attributes = {
        "haystack.pipeline.input_data": json({"llm": {"messages": [user("Hi")]}}),
        "haystack.pipeline.output_data": json({"llm": {"replies": [REPLY], "odd": 1}}),
    }

    draft = said(attributes, "haystack.pipeline.run")

    assert value_of(draft, "inputs") == {"messages": [{"role": "user", "content": "Hi"}]}
    assert value_of(draft, "outputs")["messages"][0]["content"] == "Hello"
    assert value_of(draft, "outputs")["odd"] == 1


def test_a_pipeline_of_several_components_has_what_each_was_given() -> None:
    data = {"retriever": {"query": "Q"}, "llm": {"messages": [user("Hi")]}}
    attributes = {
        "haystack.pipeline.input_data": json(data),
        "haystack.pipeline.metadata": '{"app": "demo"}',
    }

    draft = said(attributes, "haystack.pipeline.run")

    assert value_of(draft, "raw_inputs") == data
    assert value_of(draft, "bag.metadata") == {"app": "demo"}


def test_other_spans_are_chains() -> None:
    asked = {"haystack.agent.hook.human_in_the_loop.strategy.input": '{"a": 1}'}

    draft = said(asked, "haystack.agent.hook.human_in_the_loop.strategy")

    assert value_of(draft, "run_type") == "chain"
    assert value_of(draft, "kind") == "agent.hook.human_in_the_loop.strategy"
    assert value_of(draft, "raw_inputs") == {"a": 1}


def test_a_span_of_another_name_says_nothing() -> None:
    assert Haystack().translate(span({}, name="mine", scope="haystack")) is None


def test_content_that_is_turned_off_costs_no_more_than_the_content() -> None:
    run = Registry().translate(
        span(component("OpenAIChatGenerator"), name="haystack.component.run", scope="haystack")
    )

    assert (run.run_type, run.name, run.inputs, run.outputs) == ("llm", "mine", None, None)
    assert run.metadata["ls_provider"] == "openai"


@pytest.mark.parametrize("hostile", ["", "[", "{", "null", "7", '{"messages": [[]]}', [1], 3, None])
@pytest.mark.parametrize(
    "kind", ["XGenerator", "XRetriever", "XEmbedder", "ToolInvoker", "Agent", "Other"]
)
def test_hostile_values_fail_nothing(kind: str, hostile: Json) -> None:
    attributes = {
        **component(kind),
        f"{COMPONENT}input": hostile,
        f"{COMPONENT}output": hostile,
        "haystack.agent.tools": hostile,
    }

    run = Registry().translate(span(attributes, name="haystack.component.run"))

    assert run.failures == ()


def test_messages_may_be_one_text_and_content_may_be_too() -> None:
    one = said(component("OpenAIChatGenerator", {"messages": "Hi"}))
    old = said(component("OpenAIChatGenerator", {"messages": [{"role": "user", "content": "Hi"}]}))

    assert value_of(one, "inputs") == {"messages": [{"role": "user", "content": "Hi"}]}
    assert value_of(old, "inputs") == value_of(one, "inputs")


@pytest.mark.parametrize(
    "tools",
    [[7], [{"data": {"tools": [7]}}], [{"data": {"tools": [{"type": "web_search"}]}}], []],
)
def test_what_is_no_tool_stays_among_the_inputs(tools: Json) -> None:
    draft = said(component("OpenAIChatGenerator", {"messages": [user("Hi")], "tools": tools}))

    assert value_of(draft, "params.tools") is None
    assert value_of(draft, "inputs").get("tools", []) == tools


def test_where_others_may_win_the_sides_keep_all_that_they_hold() -> None:
    tool = {"data": {"name": "add", "parameters": {}}}
    given = {"messages": [user("Hi")], "generation_kwargs": {"seed": 1}, "tools": [tool]}
    attributes = {**component("XGenerator", given, {"replies": [REPLY]}), "llm.model_name": "m"}

    draft = said(attributes)

    assert value_of(draft, "inputs") == {
        "messages": [{"role": "user", "content": "Hi"}],
        "generation_kwargs": {"seed": 1},
        "tools": [tool],
    }
    [message] = value_of(draft, "outputs")["messages"]
    assert message["additional_kwargs"]["meta"]["model"] == "gpt-4o-mini-2024-07-18"
    assert value_of(draft, "params.seed") == 1


def test_a_model_that_embeds_keeps_its_meta_where_others_may_win() -> None:
    made = {"embedding": [0.1], "meta": {"model": "m"}}

    draft = said({**component("OpenAITextEmbedder", None, made), "llm.model_name": "m"})

    assert value_of(draft, "outputs")["meta"] == {"model": "m"}


def test_embeddings_that_documents_had_before_are_kept() -> None:
    given = {"documents": [{"content": "a", "embedding": [1]}], "input": 7}
    made = {"documents": [{"content": "a", "embedding": [2]}]}
    found = said(component("SentenceTransformersDocumentEmbedder", given, made))

    inputs = value_of(found, "inputs")
    assert inputs["input"] == ["a"]
    assert inputs["input_"] == 7
    assert inputs["documents"][0]["metadata"] == {"embedding": [1]}


def test_a_request_stays_where_its_tools_are_not_those_of_the_run() -> None:
    tool = {"type": "haystack.tools.tool.Tool", "data": {"name": "f", "parameters": {}}}
    given = {"messages": [user("hi")], "tools": [tool]}
    attributes = {"haystack.agent.step.llm.input": json(given)}
    other = {**attributes, "haystack.agent.tools": json([{"name": "g"}])}
    alone, both = (
        Registry().translate(span(each, name="haystack.agent.step.llm"))
        for each in (attributes, other)
    )

    assert "haystack.agent.step.llm.input" not in alone.metadata
    assert "haystack.agent.step.llm.input" in both.metadata
