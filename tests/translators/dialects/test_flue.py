"""Flue: content that has names of its own, and counts that only the total explains."""

import orjson
import pytest

from tests.translators.drafts import said
from tests.translators.spans import span
from translators.base import Signature
from translators.dialects.flue import Flue
from translators.registry import Registry
from translators.span import JsonObject


def test_it_speaks_for_its_scope_and_its_attributes_only() -> None:
    def speaks(scope: str, *keys: str) -> bool:
        return Flue().speaks(Signature(scope, frozenset(keys), frozenset()))

    assert speaks("@flue/opentelemetry")
    assert speaks("cloudflare", "flue.turn.id")
    assert not speaks("cloudflare", "gen_ai.system")


def test_a_span_without_words_of_its_own_is_left_to_others() -> None:
    assert Flue().translate(span({"gen_ai.operation.name": "chat"})) is None


def test_a_failed_tool_in_the_conversation_is_marked() -> None:
    message = {"role": "toolResult", "toolCallId": "c", "toolName": "t", "isError": True}
    message["content"] = [{"type": "text", "text": "broke"}]

    draft = Flue().translate(
        span({"flue.turn.input": orjson.dumps({"messages": [message]}).decode()})
    )

    assert draft is not None
    assert said(draft, "inputs")["messages"] == [
        {
            "role": "tool",
            "content": "broke",
            "name": "t",
            "tool_call_id": "c",
            "additional_kwargs": {"isError": True, "status": "error"},
        }
    ]


def test_what_was_cached_is_added_where_the_total_proves_it_left_out() -> None:
    run = Registry().translate(
        span(
            {
                "gen_ai.operation.name": "chat",
                "gen_ai.usage.input_tokens": 40,
                "gen_ai.usage.output_tokens": 12,
                "gen_ai.usage.cache_read.input_tokens": 20,
                "flue.usage.total_tokens": 72,
            }
        )
    )

    assert run.metadata["usage_metadata"]["input_tokens"] == 60


def test_a_result_that_is_no_object_is_the_tools_output() -> None:
    run = Registry().translate(
        span({"gen_ai.operation.name": "execute_tool", "flue.tool.call.result": "README.md"})
    )

    assert run.outputs == {"output": "README.md"}


@pytest.mark.parametrize(
    "attributes",
    [
        {"flue.turn.input": "[flue] content exceeds attribute budget"},
        {"flue.turn.input": '{"messages": 5}', "flue.turn.output": '{"role": "assistant"}'},
        {"flue.turn.input": '{"messages": ["hi", {"role": "user", "content": [1]}]}'},
        {"flue.turn.input": '{"messages": [], "tools": "none"}', "flue.turn.output": "[1]"},
        {"flue.tool.name": "", "flue.tool.arguments": "{cut"},
        {"flue.workflow.payload": 5, "flue.workflow.result": [1]},
    ],
)
def test_values_of_any_shape_make_a_run(attributes: JsonObject) -> None:
    run = Registry().translate(span(attributes))

    assert run.failures == ()
    told = orjson.dumps([run.inputs, run.outputs, run.metadata]).decode()
    for value in attributes.values():
        if isinstance(value, str) and value[:1] not in ("{", "["):
            assert value in told


def test_a_turn_without_a_message_is_kept_as_it_is() -> None:
    turn = {"messages": ["hi"], "x": 1}
    found = Flue().translate(span({"flue.turn.input": turn, "flue.turn.output": {"x": 1}}))

    assert found is not None
    assert found.said["raw_inputs"] == (turn, ("flue.turn.input",))
    assert said(found, "raw_outputs") == {"x": 1}
