import pytest

from tests.translators.drafts import indexed, said
from tests.translators.drafts import openllmetry as draft
from translators.span import JsonObject

CALL: JsonObject = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}


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
