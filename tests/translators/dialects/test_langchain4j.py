"""LangChain4j: texts of a chat, bare counts, costs in a currency."""

import pytest

from tests.translators.drafts import said
from tests.translators.spans import span
from translators.base import Draft, Signature
from translators.dialects.langchain4j import LangChain4j
from translators.registry import Registry
from translators.span import JsonObject

CHAT = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "open_ai"}


def draft(**attributes: object) -> Draft | None:
    """Return what the dialect says of a chat; ``request__model`` is ``gen_ai.request.model``."""
    told: JsonObject = {
        f"gen_ai.{key.replace('__', '.')}": value for key, value in attributes.items()
    }
    return LangChain4j().translate(span({**CHAT, **told}))


def test_it_speaks_for_quarkus_and_for_observed_models() -> None:
    def speaks(scope: str, *keys: str) -> bool:
        return LangChain4j().speaks(Signature(scope, frozenset(keys), frozenset()))

    assert speaks("io.quarkus.opentelemetry", "gen_ai.prompt")
    assert speaks("org.springframework.boot", "gen_ai.provider.name", "outcome")
    assert not speaks("io.quarkus.opentelemetry", "http.route")
    assert not speaks("org.springframework.boot", "gen_ai.system", "outcome")
    assert not speaks("org.springframework.boot", "gen_ai.provider.name")


def test_the_texts_of_a_chat_are_messages() -> None:
    found = draft(prompt="Be terse.\nHi", completion="Hello.", response__finish_reasons="STOP")

    assert found is not None
    assert said(found, "inputs") == {"messages": [{"role": "user", "content": "Be terse.\nHi"}]}
    assert said(found, "outputs") == {
        "messages": [{"role": "assistant", "content": "Hello.", "finish_reason": "STOP"}]
    }


def test_where_nothing_differs_others_speak_alone() -> None:
    assert draft(prompt="") is None


@pytest.mark.parametrize(
    ("cost", "dollars"),
    [("0.0015USD", 0.0015), ("0.0015EUR", None), ("USD", None), (0.5, None)],
)
def test_only_us_dollars_are_a_cost(cost: object, dollars: float | None) -> None:
    found = draft(client__estimated_cost=cost)

    assert (found and said(found, "usage.cost_total")) == dollars


def test_an_estimate_keeps_its_currency() -> None:
    run = Registry().translate(
        span(
            {**CHAT, "gen_ai.client.estimated_cost": "0.0015USD"}, scope="io.quarkus.opentelemetry"
        )
    )

    assert run.metadata["gen_ai.client.estimated_cost"] == "0.0015USD"


def test_bare_counts_of_an_observation_are_its_usage() -> None:
    run = Registry().translate(
        span({**CHAT, "outcome": "SUCCESS", "input_tokens": "40", "output_tokens": "12"})
    )

    assert run.error is None
    assert run.metadata["usage_metadata"] == {
        "input_tokens": 40,
        "output_tokens": 12,
        "total_tokens": 52,
    }


def test_a_failed_outcome_is_an_error() -> None:
    run = Registry().translate(span({**CHAT, "outcome": "ERROR"}))

    assert run.error == "Error"
