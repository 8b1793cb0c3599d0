import pytest

from tests.translators.drafts import openllmetry as draft
from tests.translators.drafts import said
from translators.span import Json, JsonObject


@pytest.mark.parametrize(
    ("value", "raw"),
    [
        ('{"args":[],"kwargs":{"city":"Zürich"}}', {"city": "Zürich"}),
        ('{"args":["a"],"kwargs":{}}', {"args": ["a"], "kwargs": {}}),
        ('{"text":"a"}', {"text": "a"}),
        ('"a"', "a"),
        ("not json", "not json"),
        ([1], [1]),
        ('{"inputs":{"topic":"a"},"tags":[],"metadata":{},"kwargs":{}}', {"topic": "a"}),
    ],
)
def test_what_went_into_an_entity_is_its_raw_input(value: Json, raw: Json) -> None:
    found = draft({"traceloop.span.kind": "task", "traceloop.entity.input": value})

    assert found.said["raw_inputs"] == (raw, ("traceloop.entity.input",))


@pytest.mark.parametrize(
    ("value", "raw"),
    [
        ('{"outputs":{"a":1},"kwargs":{"tags":[]}}', {"a": 1}),
        ('{"output":"a","kwargs":{}}', "a"),
        ('{"output":"a"}', {"output": "a"}),
        ('"The capital"', "The capital"),
    ],
)
def test_what_came_out_of_an_entity_is_its_raw_output(value: Json, raw: Json) -> None:
    found = draft({"traceloop.span.kind": "task", "traceloop.entity.output": value})

    assert found.said["raw_outputs"] == (raw, ("traceloop.entity.output",))


@pytest.mark.parametrize("nothing", ["null", "", None])
def test_an_entity_without_result_says_nothing_of_it(nothing: Json) -> None:
    found = draft({"traceloop.entity.path": "p", "traceloop.entity.output": nothing})

    assert "raw_outputs" not in found.said


def test_what_a_callback_of_langchain_tells_besides_is_kept() -> None:
    value = (
        '{"input_str":"{}","tags":["seq:1"],"metadata":{"ls_provider":"openai","thread_id":"t",'
        '"step":2,"node":"a"},"inputs":{"city":"Zürich"},"kwargs":{"color":"green"}}'
    )
    key = "traceloop.entity.input"
    found = draft(
        {
            "traceloop.span.kind": "tool",
            key: value,
            "gen_ai.tool.call.arguments": value,
            "traceloop.association.properties.node": "b",
            "traceloop.entity.output": '{"output":"21","kwargs":{"name":"f"}}',
        }
    )

    assert found.said["inputs"] == ({"city": "Zürich"}, (key, "gen_ai.tool.call.arguments"))
    assert found.said["outputs"] == ({"output": "21"}, ("traceloop.entity.output",))
    assert said(found, "tags") == ["seq:1"]
    assert said(found, "metadata.step") == 2
    assert said(found, "metadata.node") == "b"
    assert said(found, f"metadata.{key}.metadata.node") == "a"
    assert said(found, f"metadata.{key}.metadata.ls_provider") == "openai"
    assert said(found, f"metadata.{key}.metadata.thread_id") == "t"
    assert said(found, f"metadata.{key}.kwargs") == {"color": "green"}
    assert said(found, f"metadata.{key}.input_str") == "{}"
    assert said(found, "metadata.traceloop.entity.output.kwargs") == {"name": "f"}


def test_tags_and_metadata_of_odd_types_are_kept_too() -> None:
    key = "traceloop.entity.input"
    found = draft({key: '{"input_str":"a","tags":[1],"metadata":"m"}'})
    other = draft({key: '{"tags":[],"metadata":{}}'})

    assert said(found, "raw_inputs") == "a"
    assert said(found, f"metadata.{key}.tags") == [1]
    assert said(found, f"metadata.{key}.metadata") == "m"
    assert said(other, "raw_inputs") == {"tags": [], "metadata": {}}


@pytest.mark.parametrize(
    ("attributes", "inputs", "outputs"),
    [
        (
            {"gen_ai.task.input": '"a"', "gen_ai.task.output": '"b"'},
            {"input": "a"},
            {"output": "b"},
        ),
        (
            {"mcp.request.argument": '{"a":1}', "mcp.response.value": "[1]"},
            {"a": 1},
            {"output": [1]},
        ),
    ],
)
def test_tasks_and_mcp_have_their_own_words(
    attributes: JsonObject, inputs: JsonObject, outputs: JsonObject
) -> None:
    found = draft({"traceloop.span.kind": "tool", **attributes})

    assert said(found, "inputs") == inputs
    assert said(found, "outputs") == outputs
