"""Genkit: JSON of its own on every span, and what hostile senders make of it."""

import orjson
import pytest

from tests.translators.drafts import said
from tests.translators.spans import span
from translators.base import Draft, Signature
from translators.dialects.genkit import Genkit
from translators.registry import Registry
from translators.span import STATUS_ERROR, Json, JsonObject


def attributes(subtype: str, given: Json = None, gave: Json = None, **more: Json) -> JsonObject:
    """Return the attributes of an action; what goes in and comes out is written as JSON."""
    found: JsonObject = {
        "genkit:type": "action",
        "genkit:metadata:subtype": subtype,
        "genkit:name": "openai/gpt-4o-mini",
    }
    for key, value in (("genkit:input", given), ("genkit:output", gave)):
        if value is not None:
            found[key] = value if isinstance(value, str) else orjson.dumps(value).decode()
    return {**found, **more}


def draft(subtype: str, given: Json = None, gave: Json = None, **more: Json) -> Draft:
    """Return what the dialect says of an action."""
    return Genkit().translate(span(attributes(subtype, given, gave, **more)))


def user(*parts: JsonObject) -> JsonObject:
    """Return a request with one message."""
    return {"messages": [{"role": "user", "content": list(parts)}]}


def model(*parts: JsonObject, **more: Json) -> JsonObject:
    """Return a model's answer."""
    return {"message": {"role": "model", "content": list(parts)}, "finishReason": "stop", **more}


def test_it_speaks_for_its_tracer_and_its_attributes_only() -> None:
    def speaks(scope: str, *keys: str) -> bool:
        return Genkit().speaks(Signature(scope, frozenset(keys), frozenset()))

    assert speaks("genkit-tracer")
    assert speaks("my-tracer", "genkit:type")
    assert not speaks("my-tracer", "http.method")


@pytest.mark.parametrize(
    ("subtype", "run_type"),
    [
        ("model", "llm"), ("background-model", "llm"), ("embedder", "embedding"),
        ("retriever", "retriever"), ("reranker", "retriever"), ("tool", "tool"),
        ("tool.v2", "tool"), ("prompt", "prompt"), ("flow", "chain"), ("indexer", "chain"),
        ("evaluator", "chain"), ("executable-prompt", "chain"), ("of tomorrow", "chain"),
    ],
)  # fmt: skip
def test_the_subtype_is_the_run_type(subtype: str, run_type: str) -> None:
    assert said(draft(subtype), "run_type") == run_type


def test_configuration_becomes_parameters() -> None:
    config = {"temperature": 0.2, "maxOutputTokens": 50, "topK": 4, "stopSequences": ["END"]}

    found = draft("model", {**user({"text": "hi"}), "config": config, "toolChoice": "auto"})

    assert said(found, "params.temperature") == 0.2
    assert said(found, "params.max_tokens") == 50
    assert said(found, "params.top_k") == 4
    assert said(found, "params.stop") == ["END"]
    assert said(found, "params.tool_choice") == "auto"


def test_the_version_asked_for_is_the_model() -> None:
    found = draft("model", {**user({"text": "hi"}), "config": {"version": "gpt-4o-2024-08-06"}})

    assert said(found, "model") == "gpt-4o-2024-08-06"


@pytest.mark.parametrize(
    ("name", "provider", "model_name"),
    [
        ("googleai/gemini-2.5-flash", "google_genai", "gemini-2.5-flash"),
        ("vertexai/gemini-2.5-flash", "google_vertexai", "gemini-2.5-flash"),
        ("openrouter/openai/gpt-4o", "openrouter", "openai/gpt-4o"),
        ("echo", None, "echo"),
    ],
)
def test_the_plugin_in_the_name_is_the_provider(
    name: str, provider: str | None, model_name: str
) -> None:
    found = draft("model", **{"genkit:name": name})

    assert said(found, "provider") == provider
    assert said(found, "model") == model_name


def test_an_object_that_was_asked_for_is_text_and_object() -> None:
    found = draft("model", user({"text": "Facts"}), model({"data": {"city": "Paris"}}))

    assert said(found, "outputs") == {
        "messages": [{"role": "assistant", "content": '{"city":"Paris"}', "finish_reason": "stop"}],
        "object": {"city": "Paris"},
    }


def test_several_candidates_are_choices() -> None:
    candidates = [{**model({"text": words}), "index": at} for at, words in enumerate(("a", "b"))]

    found = draft("model", user({"text": "hi"}), {"candidates": candidates})

    assert [choice["message"]["content"] for choice in said(found, "outputs")["choices"]] == [
        "a",
        "b",
    ]


def test_an_object_of_a_candidate_is_text_and_object() -> None:
    found = draft("model", None, {"candidates": [{**model({"data": [1]}), "index": 0}]})

    assert said(found, "outputs")["messages"][0]["content"] == "[1]"
    assert said(found, "outputs")["object"] == [1]


def test_a_list_of_nothing_is_no_conversation() -> None:
    assert said(draft("model", None, {"candidates": [{"message": "hi"}]}), "outputs") is None


def test_details_of_usage_come_from_the_providers_own_answer() -> None:
    raw = {
        "id": "chatcmpl-1",
        "model": "gpt-4o-mini-2024-07-18",
        "usage": {"prompt_tokens": 40, "prompt_tokens_details": {"cached_tokens": 8}},
    }
    usage = {"inputTokens": 40, "outputTokens": 12, "custom": {"calls": 1}}

    found = draft("model", user({"text": "hi"}), model({"text": "Hello."}, usage=usage, raw=raw))

    assert said(found, "usage.input") == 40
    assert said(found, "usage.cache_read") == 8
    assert said(found, "usage.exclusive") is None
    assert said(found, "response_model") == "gpt-4o-mini-2024-07-18"
    assert said(found, "metadata.genkit.usage") == {"custom": {"calls": 1}}
    assert said(found, "metadata.genkit.response") == {"raw": raw}


def test_anthropics_own_counts_leave_out_what_was_cached() -> None:
    raw = {"usage": {"input_tokens": 10, "output_tokens": 5, "cache_read_input_tokens": 4}}
    usage = {"inputTokens": 10, "outputTokens": 5}

    run = Registry().translate(
        span(attributes("model", user({"text": "hi"}), model({"text": "a"}, usage=usage, raw=raw)))
    )

    assert run.metadata["usage_metadata"]["input_tokens"] == 14


def test_another_calls_counts_are_not_mixed_in() -> None:
    raw = {"usage": {"prompt_tokens": 7, "prompt_tokens_details": {"cached_tokens": 6}}}

    found = draft("model", None, model({"text": "a"}, usage={"inputTokens": 40}, raw=raw))

    assert said(found, "usage.cache_read") is None


def test_usage_of_a_whole_generation_is_a_sum() -> None:
    gave = model({"text": "a"}, usage={"inputTokens": 4, "outputTokens": 1})

    run = Registry().translate(span({**attributes("util", user({"text": "hi"}), gave)}))

    assert run.metadata["usage_rollup"]["input_tokens"] == 4
    assert run.outputs is not None
    assert "usage_metadata" not in run.outputs


def test_text_that_looks_like_json_stays_text() -> None:
    found = draft("flow", orjson.dumps('{"a": 1}').decode(), orjson.dumps("[1]").decode())

    assert said(found, "raw_inputs") == '{"a": 1}'
    assert said(found, "raw_outputs") == "[1]"


def test_a_query_with_metadata_is_kept_whole() -> None:
    query = {"content": [{"text": "sun"}], "metadata": {"lang": "en"}}

    found = draft("retriever", {"query": query, "options": "fast"})

    assert said(found, "inputs") == {"query": query, "options": "fast"}


def test_documents_that_are_no_text_keep_their_parts() -> None:
    picture = {"media": {"url": "https://example.com/a.png"}}
    documents = [{"content": [picture], "metadata": "m"}, "plain", {"content": None, "id": 1}]

    found = draft("retriever", None, {"documents": documents, "next": "p2"})

    assert said(found, "outputs") == {
        "documents": [
            {
                "page_content": "",
                "type": "Document",
                "metadata": {"metadata": "m", "content": [picture]},
            },
            {"page_content": "plain", "type": "Document", "metadata": {}},
            {"page_content": "", "type": "Document", "metadata": {"id": 1}},
        ],
        "next": "p2",
    }


def test_texts_to_embed_are_the_input() -> None:
    texts = [{"content": [{"text": "Paris"}]}, {"content": [{"text": "Ro"}, {"text": "me"}]}]

    given = {"input": texts, "options": {"dimensions": 2}}

    found = draft("embedder", given, {"embeddings": [{"embedding": [0.5]}]})

    assert said(found, "inputs") == {"input": ["Paris", "Rome"]}
    assert said(found, "params.dimensions") == 2
    assert said(found, "outputs") == {"data": [{"index": 0, "embedding": [0.5]}]}


def test_a_failed_state_is_an_error_without_any_status() -> None:
    run = Registry().translate(span(attributes("flow", **{"genkit:state": "error"})))

    assert run.error == "Error"


def test_a_chats_session_is_the_thread() -> None:
    assert said(draft("flow", **{"genkit:sessionId": "s-1"}), "thread_id") == "s-1"


@pytest.mark.parametrize(
    ("subtype", "given", "gave"),
    [
        ("model", '{"messages": [{"role"', '{"message"'),
        ("model", "<redacted>", "<redacted>"),
        ("model", {"messages": 1}, {"message": {"content": "x"}}),
        ("model", {"messages": []}, {"candidates": []}),
        ("model", {**user({"text": "hi"}), "config": "default"}, [1]),
        ("model", {**user({"text": "hi"}), "tools": "no tools", "docs": "none"}, "x"),
        ("model", {"messages": [{"role": "user", "content": "hi"}]}, model(candidates="none")),
        ("embedder", {"input": "x", "options": {"version": ""}}, "x"),
        ("retriever", {"query": "plain text"}, "x"),
        ("model", [1, 2], model(usage="many", raw="text")),
        ("embedder", {"input": "x", "options": None}, {"embeddings": ["x"]}),
        ("retriever", "q", {"documents": "none"}),
        ("prompt", 1, {"messages": 7}),
        ("tool", "null", "null"),
        ("flow", {"messages": [{"role": "user", "content": "hi"}]}, {"candidates": ["x"]}),
        (7, "1", "2"),
    ],
)
def test_nothing_of_what_nobody_understands_is_lost(subtype: Json, given: Json, gave: Json) -> None:
    run = Registry().translate(
        span(attributes(subtype, given, gave), status_code=STATUS_ERROR, status_message="x")
    )

    assert run.failures == ()
    told = orjson.dumps([run.inputs, run.outputs, run.metadata, run.invocation_params]).decode()
    for value in (given, gave):
        for leaf in _leaves(value):
            assert orjson.dumps(leaf).decode()[1:-1] in told


def _leaves(value: Json) -> list[str]:
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in _leaves(item)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in _leaves(item)]
    return [value] if isinstance(value, str) else []


def test_what_another_dialect_overrules_is_kept_beside_it() -> None:
    given = {**user({"text": "hi"}), "config": {"temperature": 0.2}}

    run = Registry().translate(span({**attributes("model", given), "langsmith.span.kind": "chain"}))

    assert run.run_type == "chain"
    assert run.invocation_params == {}
    assert run.metadata["genkit:input"] == orjson.dumps(given).decode()
