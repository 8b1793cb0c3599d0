"""Spring AI: everything is a string, and content comes without roles."""

import pytest

from tests.translators.drafts import said
from tests.translators.spans import span
from translators.base import Draft, Signature
from translators.dialects.spring_ai import SpringAI
from translators.registry import Registry
from translators.span import Event, JsonObject

CHAT = {"gen_ai.operation.name": "chat", "gen_ai.system": "openai"}


def draft(attributes: JsonObject, *events: Event) -> Draft:
    """Return what the dialect says."""
    return SpringAI().translate(span(attributes, events=list(events)))


def test_it_speaks_for_its_kinds_and_for_models_under_spring_boot() -> None:
    def speaks(scope: str, *keys: str) -> bool:
        return SpringAI().speaks(Signature(scope, frozenset(keys), frozenset()))

    assert speaks("any", "spring.ai.kind")
    assert speaks("org.springframework.boot", "gen_ai.system")
    assert not speaks("org.springframework.boot", "http.method")
    assert not speaks("openai", "gen_ai.system")


@pytest.mark.parametrize(
    ("attributes", "run_type"),
    [
        ({"spring.ai.kind": "chat_client"}, "chain"),
        ({"spring.ai.kind": "advisor"}, "chain"),
        ({"spring.ai.kind": "tool_call"}, "tool"),
        ({"spring.ai.kind": "vector_store", "db.operation.name": "query"}, "retriever"),
        ({"spring.ai.kind": "vector_store", "db.operation.name": "delete"}, "chain"),
        ({"spring.ai.kind": "of tomorrow"}, "chain"),
        (CHAT, None),
    ],
)
def test_the_kind_is_the_run_type(attributes: JsonObject, run_type: str | None) -> None:
    assert said(draft(attributes), "run_type") == run_type


def test_the_clients_conversation_is_the_thread() -> None:
    found = draft({"spring.ai.kind": "chat_client", "spring.ai.chat.client.conversation.id": "c-1"})

    assert said(found, "thread_id") == "c-1"


def test_texts_of_events_are_messages() -> None:
    found = draft(
        CHAT,
        Event("gen_ai.content.prompt", attributes={"gen_ai.prompt": ["Be terse.", "Hi"]}),
        Event("gen_ai.content.completion", attributes={"gen_ai.completion": ["Hello."]}),
    )

    assert said(found, "inputs") == {
        "messages": [{"role": "user", "content": "Be terse."}, {"role": "user", "content": "Hi"}]
    }
    assert said(found, "outputs") == {"messages": [{"role": "assistant", "content": "Hello."}]}
    assert found.said["inputs"][1] == (0,)


def test_an_event_that_says_more_is_kept_beside_the_message() -> None:
    event = Event("gen_ai.content.prompt", attributes={"gen_ai.prompt": ["Hi"], "more": 1})

    assert draft(CHAT, event).said["inputs"][1] == ()


def test_quotes_that_nobody_escaped_make_one_text() -> None:
    words = '["Say "hi" to\nParis", "now"]'

    found = draft({**CHAT, "gen_ai.prompt": words})

    assert said(found, "inputs") == {"messages": [{"role": "user", "content": words}]}


@pytest.mark.parametrize("value", ["[]", "", 5, [1], {}])
def test_content_that_is_no_text_says_nothing(value: object) -> None:
    found = draft({**CHAT, "gen_ai.prompt": value, "gen_ai.completion": value})

    assert said(found, "inputs") is None
    assert said(found, "outputs") is None


def test_a_model_that_is_called_none_is_not_known() -> None:
    run = Registry().translate(
        span({**CHAT, "gen_ai.request.model": "none", "gen_ai.response.model": "none"})
    )

    assert "ls_model_name" not in run.metadata
    assert run.metadata["gen_ai.request.model"] == "none"


def test_anthropics_counts_leave_out_what_was_cached() -> None:
    usage = {
        "gen_ai.usage.input_tokens": "40",
        "gen_ai.usage.output_tokens": "12",
        "gen_ai.usage.total_tokens": "52",
        "gen_ai.usage.cache_read.input_tokens": "8",
    }
    scope = "org.springframework.boot"

    anthropic = Registry().translate(
        span({**CHAT, **usage, "gen_ai.system": "anthropic"}, scope=scope)
    )
    openai = Registry().translate(span({**CHAT, **usage}, scope=scope))

    assert anthropic.metadata["usage_metadata"]["input_tokens"] == 48
    assert openai.metadata["usage_metadata"]["input_tokens"] == 40


def test_documents_of_an_attribute_are_found_too() -> None:
    found = draft(
        {
            "spring.ai.kind": "vector_store",
            "db.vector.query.content": "weather",
            "db.vector.query.top_k": "many",
            "db.vector.query.response.documents": '["Paris is sunny"]',
        }
    )

    assert said(found, "inputs") == {"query": "weather", "k": "many"}
    assert said(found, "outputs") == {
        "documents": [{"page_content": "Paris is sunny", "type": "Document", "metadata": {}}]
    }


def test_a_query_without_its_text_is_a_retrieval_of_nothing_known() -> None:
    found = draft({"spring.ai.kind": "vector_store", "db.operation.name": "query"})

    assert said(found, "run_type") == "retriever"
    assert said(found, "inputs") is None
