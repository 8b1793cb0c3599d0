"""Embeddings, pictures and decisions of Pydantic AI."""

from tests.translators.spans import span
from translators.registry import Registry
from translators.run import Run
from translators.span import JsonObject


def run(attributes: JsonObject) -> Run:
    return Registry().translate(span(attributes, scope="pydantic-ai"))


EMBEDDINGS = {"gen_ai.operation.name": "embeddings", "gen_ai.request.model": "small"}


def test_embeddings_have_texts_and_vectors() -> None:
    told = run(
        {
            **EMBEDDINGS,
            "inputs": '["a"]',
            "embeddings": "[[0.5]]",
            "embedding_settings": '{"dimensions":1}',
        }
    )

    assert told.inputs == {"input": ["a"]}
    assert told.outputs == {"data": [{"index": 0, "embedding": [0.5]}]}
    assert told.invocation_params["dimensions"] == 1


def test_embeddings_without_content_have_their_number() -> None:
    told = run({**EMBEDDINGS, "inputs_count": 2, "gen_ai.response.model": "small"})

    assert told.inputs is None
    assert told.outputs == {"embeddings_count": 2}
    assert run({**EMBEDDINGS, "inputs_count": 2}).outputs is None
    assert run({**EMBEDDINGS, "gen_ai.response.model": "small"}).outputs is None


def test_a_picture_is_made_of_a_prompt() -> None:
    operation = {"gen_ai.operation.name": "image_generation"}

    assert run({**operation, "prompt": "a cat"}).inputs == {"prompt": "a cat"}
    assert run(operation).inputs is None


def test_a_decision_has_questions_and_answers_and_no_usage_of_its_own() -> None:
    prefix = "pydantic_ai.decision."
    told = run(
        {
            "gen_ai.operation.name": "decide",
            prefix + "state": '{"a":1}',
            prefix + "questions": '{"q":{}}',
            prefix + "answers": '{"q":true}',
            prefix + "usage.input_tokens": 30,
        }
    )

    assert told.run_type == "chain"
    assert told.inputs == {"state": {"a": 1}, "questions": {"q": {}}}
    assert told.outputs == {"answers": {"q": True}}
    assert "usage_rollup" not in told.metadata


def test_a_decision_without_content_has_none() -> None:
    told = run({"gen_ai.operation.name": "decide"})

    assert told.inputs is None
    assert told.outputs is None
