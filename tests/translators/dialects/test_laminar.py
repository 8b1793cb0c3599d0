"""Laminar: types, people and content beside OpenTelemetry's own names."""

import pytest

from tests.translators.drafts import said
from tests.translators.spans import span
from translators.base import Draft, Signature
from translators.dialects.laminar import Laminar
from translators.registry import Registry
from translators.span import Json

PROPERTIES = "lmnr.association.properties."


def draft(**attributes: Json) -> Draft:
    """Return what the dialect says; ``span__type`` is ``lmnr.span.type``."""
    told = {f"lmnr.{key.replace('__', '.')}": value for key, value in attributes.items()}
    return Laminar().translate(span(told, name="work"))


def test_it_speaks_where_one_of_its_attributes_stands() -> None:
    assert Laminar().speaks(Signature("openai", frozenset({"lmnr.span.path"}), frozenset()))
    assert not Laminar().speaks(Signature("openai", frozenset({"gen_ai.system"}), frozenset()))


@pytest.mark.parametrize(
    ("word", "run_type"),
    [("LLM", "llm"), ("TOOL", "tool"), ("DEFAULT", "chain"), ("EVALUATOR", "chain"), (7, None)],
)
def test_its_type_is_the_run_type(word: Json, run_type: str | None) -> None:
    assert said(draft(span__type=word), "run_type") == run_type


def test_an_answer_from_a_cache_is_what_it_would_have_been() -> None:
    found = draft(span__type="CACHED", span__original_type="LLM")

    assert said(found, "run_type") == "llm"
    assert said(found, "kind") == "cached"


def test_a_cache_that_does_not_say_of_what_is_a_chain() -> None:
    assert said(draft(span__type="CACHED", span__original_type=1), "run_type") == "chain"


def test_content_of_a_model_becomes_messages() -> None:
    found = draft(
        span__type="LLM",
        span__input='[{"role": "user", "content": "hi"}]',
        span__output='"Hello."',
    )

    assert said(found, "inputs") == {"messages": [{"role": "user", "content": "hi"}]}
    assert said(found, "outputs") == {"messages": [{"role": "assistant", "content": "Hello."}]}


def test_arguments_and_result_of_a_tool_are_taken_as_they_are() -> None:
    found = draft(span__type="TOOL", span__input='{"city": "Paris"}', span__output="cut o")

    assert said(found, "raw_inputs") == {"city": "Paris"}
    assert said(found, "raw_outputs") == "cut o"
    assert said(found, "metadata.tool_name") == "work"


def test_a_models_object_is_taken_as_it_is() -> None:
    found = draft(span__type="LLM", span__input={"prompt": "hi"}, span__output="5")

    assert said(found, "raw_inputs") == {"prompt": "hi"}
    assert said(found, "raw_outputs") == 5


def test_people_tags_and_metadata_are_the_runs() -> None:
    run = Registry().translate(
        span(
            {
                f"{PROPERTIES}session_id": "s-1",
                f"{PROPERTIES}user_id": "u-1",
                f"{PROPERTIES}tags": ["a", "b"],
                f"{PROPERTIES}metadata.plan": "pro",
            }
        )
    )

    assert run.thread_id == "s-1"
    assert run.metadata["user_id"] == "u-1"
    assert run.metadata["plan"] == "pro"
    assert run.metadata[f"{PROPERTIES}session_id"] == "s-1"
    assert run.tags == ["a", "b"]


def test_metadata_of_a_user_takes_no_name_that_has_a_meaning() -> None:
    run = Registry().translate(
        span({f"{PROPERTIES}metadata.ls_provider": "me", f"{PROPERTIES}metadata.thread_id": "t"})
    )

    assert "ls_provider" not in run.metadata
    assert run.thread_id is None
    assert run.metadata[f"{PROPERTIES}metadata.ls_provider"] == "me"
    assert run.metadata[f"{PROPERTIES}metadata.thread_id"] == "t"


def test_costs_of_both_sides_are_told() -> None:
    run = Registry().translate(
        span(
            {
                "lmnr.span.type": "LLM",
                "gen_ai.usage.input_tokens": 10,
                "gen_ai.usage.output_tokens": 2,
                "gen_ai.usage.input_cost": 0.25,
                "gen_ai.usage.output_cost": 0.5,
            }
        )
    )

    assert run.metadata["usage_metadata"]["input_cost"] == 0.25
    assert run.metadata["usage_metadata"]["output_cost"] == 0.5
