import pytest

from tests.translators.drafts import said
from tests.translators.spans import span
from translators.base import Draft, Signature
from translators.dialects.langfuse import Langfuse
from translators.registry import Registry
from translators.span import Json, JsonObject, Resource, Scope

OBSERVATION = "langfuse.observation."


def draft(**attributes: Json) -> Draft:
    found = Langfuse().translate(
        span({f"{OBSERVATION}{key.replace('__', '.')}": v for key, v in attributes.items()})
    )
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("scope", "key", "expected"),
    [
        ("langfuse-sdk", "x", True),
        ("other", "langfuse.trace.tags", True),
        ("other", "session.id", False),
        ("other", "langfuses.x", False),
    ],
)
def test_it_speaks_of_its_own_and_of_what_was_set_for_it(
    scope: str, key: str, expected: bool
) -> None:
    assert Langfuse().speaks(Signature(scope, frozenset({key}), frozenset())) is expected


@pytest.mark.parametrize(
    ("kind", "run_type"),
    [
        ("generation", "llm"),
        ("GENERATION", "llm"),
        ("embedding", "embedding"),
        ("tool", "tool"),
        ("retriever", "retriever"),
        ("span", "chain"),
        ("event", "chain"),
        ("agent", "chain"),
        ("chain", "chain"),
        ("guardrail", "chain"),
        ("evaluator", "chain"),
        ("novelty", "chain"),
    ],
)
def test_the_type_of_an_observation_is_the_run_type(kind: str, run_type: str) -> None:
    found = draft(type=kind)

    assert said(found, "run_type") == run_type
    assert said(found, "kind") == kind.lower()


def test_a_span_of_another_library_keeps_its_run_type_and_content() -> None:
    attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.input.messages": '[{"role":"user","content":"Hi"}]',
        "langfuse.trace.metadata.plan": "pro",
    }
    run = Registry().translate(span(attributes))

    assert run.run_type == "llm"
    assert run.inputs == {"messages": [{"role": "user", "content": "Hi"}]}
    assert run.metadata["plan"] == "pro"


def test_what_a_generation_got_as_a_request_is_messages_and_tools() -> None:
    found = draft(
        type="generation",
        input='{"messages":[{"role":"user","content":"Hi"}],"tools":[{"name":"f"}],'
        '"tool_choice":"auto","customer":7}',
    )

    assert said(found, "inputs") == {
        "messages": [{"role": "user", "content": "Hi"}],
        "customer": 7,
    }
    assert said(found, "params.tools") == [{"type": "function", "function": {"name": "f"}}]
    assert said(found, "params.tool_choice") == "auto"


@pytest.mark.parametrize(
    ("kind", "value", "field", "expected"),
    [
        (
            "generation",
            "Hi",
            "inputs",
            {"messages": [{"role": "user", "content": "Hi"}]},
        ),
        ("generation", '{"topic":"x"}', "raw_inputs", {"topic": "x"}),
        ("generation", "[1,2]", "raw_inputs", [1, 2]),
        ("retriever", '{"args":["q"],"kwargs":{}}', "inputs", {"query": "q"}),
        ("retriever", '{"q":"x"}', "raw_inputs", {"q": "x"}),
        ("tool", '{"args":[],"kwargs":{"city":"Paris"}}', "raw_inputs", {"city": "Paris"}),
        ("span", "text", "raw_inputs", "text"),
        ("span", '{"cut": ', "raw_inputs", '{"cut": '),
    ],
)
def test_inputs_have_the_shape_of_the_type(
    kind: str, value: str, field: str, expected: Json
) -> None:
    assert draft(type=kind, input=value).said[field] == (expected, (f"{OBSERVATION}input",))


@pytest.mark.parametrize(
    ("kind", "value", "field", "expected"),
    [
        (
            "generation",
            "Hello",
            "outputs",
            {"messages": [{"role": "assistant", "content": "Hello"}]},
        ),
        ("generation", '{"city":"Paris"}', "raw_outputs", {"city": "Paris"}),
        (
            "retriever",
            '["Paris"]',
            "outputs",
            {"documents": [{"page_content": "Paris", "type": "Document", "metadata": {}}]},
        ),
        ("retriever", "none", "raw_outputs", "none"),
        ("tool", '{"temp":21}', "raw_outputs", {"temp": 21}),
    ],
)
def test_outputs_have_the_shape_of_the_type(
    kind: str, value: str, field: str, expected: Json
) -> None:
    assert draft(type=kind, output=value).said[field] == (expected, (f"{OBSERVATION}output",))


def test_the_trace_is_told_by_its_root_alone() -> None:
    attributes = {"langfuse.trace.name": "chat", "langfuse.trace.input": "Hi"}
    root, child = span(attributes, scope="langfuse-sdk"), span(attributes, scope="langfuse-sdk")
    child.parent_span_id = "b7ad6b7169203331"
    found = Langfuse().translate(root)

    assert found is not None
    assert said(found, "name") == "chat"
    assert said(found, "raw_inputs") == "Hi"
    assert Langfuse().translate(child) is None


def test_the_root_observation_knows_its_input_better_than_the_trace() -> None:
    found = Langfuse().translate(
        span(
            {
                f"{OBSERVATION}type": "generation",
                f"{OBSERVATION}input": "Hi",
                "langfuse.trace.input": "other",
            }
        )
    )

    assert found is not None
    assert said(found, "inputs") == {"messages": [{"role": "user", "content": "Hi"}]}
    assert said(found, "raw_inputs") is None


def test_langchains_metadata_tell_the_provider() -> None:
    found = draft(model__name="gpt-4o-2024-08-06", metadata__ls_provider="openai")

    assert said(found, "model") == "gpt-4o-2024-08-06"
    assert said(found, "provider") == "openai"


def test_the_models_name_is_that_of_the_answer_where_it_is_more_exact() -> None:
    found = draft(model__name="gpt-4o-2024-08-06", metadata__ls_model_name="gpt-4o")

    assert said(found, "model") == "gpt-4o"
    assert said(found, "response_model") == "gpt-4o-2024-08-06"


def test_no_limit_is_no_parameter() -> None:
    limitless = draft(model__parameters='{"temperature":1,"max_tokens":"Infinity","n":null}')
    limited = draft(model__parameters='{"max_tokens":5}')
    broken = draft(model__parameters="{broken", type="span")

    assert limitless.said["bag.params"] == ({"temperature": 1}, ())
    assert limited.said["bag.params"] == ({"max_tokens": 5}, (f"{OBSERVATION}model.parameters",))
    assert "bag.params" not in broken.said


@pytest.mark.parametrize(
    ("level", "status", "expected"),
    [("ERROR", "boom", "boom"), ("ERROR", None, ""), ("WARNING", "hm", None), ("DEBUG", "", None)],
)
def test_only_the_level_error_is_an_error(level: str, status: Json, expected: Json) -> None:
    assert said(draft(type="span", level=level, status_message=status), "error") == expected


def test_metadata_has_the_keys_that_the_user_gave() -> None:
    attributes: JsonObject = {
        f"{OBSERVATION}metadata.plan": '"pro"',
        f"{OBSERVATION}metadata.flag": "true",
        f"{OBSERVATION}metadata.ls_temperature": "0.5",
        f"{OBSERVATION}metadatas": "not ours",
        "langfuse.trace.metadata.plan": '"free"',
        "langfuse.trace.metadata.session_id": '"s-1"',
        "langfuse.trace.metadata.user_id": '"u-1"',
        "langfuse.trace.metadata": '{"team":"a","user_id":"u-2"}',
    }
    made = span(attributes)
    made.scope = Scope("langfuse-sdk", "5.0.4")
    made.resource = Resource({"telemetry.sdk.language": "python"})
    found = Langfuse().translate(made)

    assert found is not None
    assert found.said["metadata.plan"] == ("pro", (f"{OBSERVATION}metadata.plan",))
    assert found.said["metadata.flag"] == (True, ())
    assert found.said["metadata.team"] == ("a", ())
    assert said(found, "bag.metadata") == {"ls_temperature": 0.5}
    assert said(found, "metadata.session_id") is None
    assert said(found, "thread_id") == "s-1"
    assert said(found, "user_id") == "u-1"


def test_the_session_of_the_trace_comes_before_that_of_the_metadata() -> None:
    attributes = {"session.id": "s-1", "user.id": "u-1", "langfuse.trace.metadata.thread_id": "t"}
    found = Langfuse().translate(span(attributes))

    assert found is not None
    assert found.said["thread_id"] == ("s-1", ())
    assert found.said["user_id"] == ("u-1", ())


def test_a_span_that_says_nothing_is_nobodys() -> None:
    assert Langfuse().translate(span({"langfuse.internal.as_root": True})) is None


@pytest.mark.parametrize("value", [7, None, [], {}, "", "[", '{"a"', True, [[]], "null"])
def test_hostile_values_are_no_reason_to_fail(value: Json) -> None:
    keys = (
        "type", "input", "output", "metadata", "metadata.x", "level", "status_message",
        "completion_start_time", "model.name", "model.parameters", "usage_details", "cost_details",
        "prompt.name", "prompt.version",
    )  # fmt: skip
    run = Registry().translate(
        span({f"{OBSERVATION}{k}": value for k in keys} | {"langfuse.trace.tags": value})
    )

    assert run.failures == ()


def test_messages_among_which_are_tools_and_other_things_stay_together() -> None:
    tool = {"type": "function", "function": {"name": "f"}}
    given = [{"role": "user", "content": "Hi"}, {"role": "tool", "content": tool}]
    plain = Registry().translate(
        span({f"{OBSERVATION}type": "generation", f"{OBSERVATION}input": given})
    )
    chain = Registry().translate(
        span(
            {
                f"{OBSERVATION}type": "generation",
                f"{OBSERVATION}input": given,
                "langsmith.span.kind": "chain",
            }
        )
    )

    assert plain.inputs == {
        "tools": [tool],
        "messages": [{"role": "user", "content": "Hi"}],
    }
    assert f"{OBSERVATION}input" not in plain.metadata
    assert chain.invocation_params["tools"] == [tool]
