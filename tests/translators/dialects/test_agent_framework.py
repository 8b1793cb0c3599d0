import pytest

from tests.translators.spans import span
from translators.base import Signature
from translators.dialects.agent_framework import AgentFramework
from translators.registry import Registry
from translators.run import Run
from translators.span import Json, JsonObject

TWO = (
    '[{"role":"assistant","parts":[{"type":"text","content":"a"}]},'
    '{"role":"assistant","parts":[{"type":"text","content":"b"}]}]'
)


def run_of(attributes: JsonObject, *, name: str = "x", scope: str = "agent_framework") -> Run:
    return Registry().translate(span(attributes, name=name, scope=scope))


def test_it_speaks_of_its_scopes_and_of_workflows_under_any() -> None:
    dialect = AgentFramework()

    assert dialect.speaks(Signature("agent_framework", frozenset(), frozenset()))
    assert dialect.speaks(
        Signature("Experimental.Microsoft.Extensions.AI", frozenset(), frozenset())
    )
    assert dialect.speaks(Signature("mine", frozenset({"executor.type"}), frozenset()))
    assert not dialect.speaks(Signature("mine", frozenset({"workflow.id"}), frozenset()))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("workflow.build", "workflow_build"),
        ("workflow.run", "workflow"),
        ("workflow_invoke", "workflow"),
        ("executor.process Writer", "executor"),
        ("edge_group.process SingleEdgeGroup", "edge_group"),
        ("message.send", "message"),
        ("compaction.compact", "compaction"),
        ("else", None),
    ],
)
def test_steps_of_a_workflow_are_chains_of_their_kind(name: str, kind: str | None) -> None:
    run = run_of({}, name=name)

    assert (run.run_type, run.metadata.get("otel.kind")) == ("chain", kind)


@pytest.mark.parametrize(
    ("given", "inputs"),
    [
        ('{"a":1}', {"a": 1}),
        ('"Write"', {"input": "Write"}),
        ("[Unserializable: X]", {"input": "[Unserializable: X]"}),
        ('{"a', {"input": '{"a'}),
        ("3", {"input": 3}),
    ],
)
def test_what_an_executor_gets_is_json_text(given: Json, inputs: JsonObject) -> None:
    run = run_of({"executor.input": given}, name="executor.process Writer")

    assert run.inputs == inputs


@pytest.mark.parametrize("messages", [TWO, [{"role": "assistant", "content": "a"}] * 2])
def test_messages_of_one_answer_are_no_choices(messages: Json) -> None:
    attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.output.messages": messages,
        "gen_ai.response.finish_reasons": '["stop"]',
    }

    run = run_of(attributes)

    assert run.outputs is not None
    assert [message["content"] for message in run.outputs["messages"]] in (["a", "b"], ["a", "a"])
    assert [m.get("finish_reason") for m in run.outputs["messages"]] == [None, "stop"]


@pytest.mark.parametrize("messages", ["Paris", 7, None])
def test_other_outputs_are_left_to_the_conventions(messages: Json) -> None:
    run = run_of({"gen_ai.operation.name": "chat", "gen_ai.output.messages": messages})

    assert run.failures == ()
    assert "agent_framework" not in run.dialects


@pytest.mark.parametrize(
    ("scope", "provider", "counted"),
    [
        ("agent_framework", "anthropic", 60),
        ("agent_framework", "openai", 40),
        ("Experimental.Microsoft.Extensions.AI", "anthropic", 40),
    ],
)
def test_python_hands_on_what_anthropic_counts(scope: str, provider: str, counted: int) -> None:
    attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": provider,
        "gen_ai.request.model": "m",
        "gen_ai.usage.input_tokens": 40,
        "gen_ai.usage.output_tokens": 2,
        "gen_ai.usage.cache_read.input_tokens": 20,
    }

    run = run_of(attributes, scope=scope)

    assert run.metadata["usage_metadata"]["input_tokens"] == counted


def test_an_unknown_tool_call_has_no_id() -> None:
    run = run_of({"gen_ai.operation.name": "execute_tool", "gen_ai.tool.call.id": "unknown"})

    assert "tool_call_id" not in run.metadata
