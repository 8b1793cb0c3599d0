import pytest

from tests.translators.drafts import indexed, said
from tests.translators.drafts import openllmetry as draft
from translators.span import Json, JsonObject

CALL: JsonObject = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}


def test_indexed_messages_become_messages() -> None:
    attributes = {
        "llm.request.type": "chat",
        **indexed(
            "prompt",
            {"role": "system", "content": "Be terse."},
            {"role": "user", "content": "hi"},
            {
                "role": "assistant",
                "tool_calls.0.id": "c1",
                "tool_calls.0.name": "f",
                "tool_calls.0.arguments": "{}",
            },
            {"role": "tool", "content": "21", "tool_call_id": "c1"},
        ),
        **indexed(
            "completion", {"role": "assistant", "content": "21 degrees.", "finish_reason": "stop"}
        ),
    }

    found = draft(attributes)

    assert found.said["inputs"] == (
        {
            "messages": [
                {"role": "system", "content": "Be terse."},
                {"role": "user", "content": "hi"},
                {"role": "assistant", "content": None, "tool_calls": [CALL]},
                {"role": "tool", "content": "21", "tool_call_id": "c1"},
            ]
        },
        tuple(key for key in attributes if ".prompt." in key),
    )
    assert found.said["outputs"] == (
        {"messages": [{"role": "assistant", "content": "21 degrees.", "finish_reason": "stop"}]},
        tuple(key for key in attributes if ".completion." in key),
    )


def test_indexes_may_have_holes_and_come_in_any_order() -> None:
    found = draft(
        {
            "gen_ai.prompt.7.content": "b",
            "gen_ai.prompt.7.role": "user",
            "gen_ai.prompt.2.role": "user",
            "gen_ai.prompt.2.content": "a",
        }
    )

    assert said(found, "inputs") == {
        "messages": [{"role": "user", "content": "a"}, {"content": "b", "role": "user"}]
    }


@pytest.mark.parametrize("index", ["1000000000", "01", "٣", "x", "-1"])
def test_what_is_no_index_stays_an_attribute(index: str) -> None:
    found = draft({"traceloop.entity.path": "p", f"gen_ai.prompt.{index}.content": "a"})

    assert "inputs" not in found.said


@pytest.mark.parametrize(
    "node",
    [
        {"tool_calls.0.id": "c1", "tool_calls.0.name": "f", "tool_calls.0.arguments": "{}"},
        {
            "tool_calls.0.id": "c1",
            "tool_calls.0.function.name": "f",
            "tool_calls.0.function.arguments": "{}",
            "content": '""',
        },
        {
            "content": "None",
            "tool_calls.0.id": "c1",
            "tool_calls.0.name": "f",
            "tool_calls.0.arguments": "{}",
        },
        {"content": '[{"type":"tool_use","id":"c1","name":"f","input":{}}]'},
    ],
)
def test_tool_calls_come_flat_wrapped_and_as_parts(node: JsonObject) -> None:
    found = draft(indexed("completion", {"role": "assistant", **node}))

    assert said(found, "outputs") == {
        "messages": [{"role": "assistant", "content": None, "tool_calls": [CALL]}]
    }


@pytest.mark.parametrize(
    "node",
    [
        {"role": "user", "content": '[{"type": "text", "text": "hi"}]'},
        {"message.role": "user", "message.content": "hi"},
        {"content": "hi"},
    ],
)
def test_one_prompt_in_many_forms(node: JsonObject) -> None:
    found = draft({"llm.request.type": "chat", **indexed("prompt", node)})

    assert said(found, "inputs") == {"messages": [{"role": "user", "content": "hi"}]}


def test_text_that_looks_like_json_stays_text() -> None:
    found = draft(indexed("prompt", {"role": "user", "content": '[{"city": "Paris"}]'}))

    assert said(found, "inputs") == {
        "messages": [{"role": "user", "content": '[{"city": "Paris"}]'}]
    }


def test_content_that_was_not_captured_is_no_message() -> None:
    found = draft({"llm.request.type": "chat", **indexed("prompt", {"role": "user"})})

    assert "inputs" not in found.said


def test_a_value_and_a_prefix_of_the_same_name_are_both_kept() -> None:
    found = draft(
        {
            "gen_ai.prompt.0.role": "user",
            "gen_ai.prompt.0.content": "hi",
            "gen_ai.prompt.0.odd": 1,
            "gen_ai.prompt.0.odd.more": 2,
            "gen_ai.prompt.0.even.more": 3,
            "gen_ai.prompt.0.even": 4,
        }
    )

    assert said(found, "inputs") == {
        "messages": [
            {
                "role": "user",
                "content": "hi",
                "additional_kwargs": {"odd": {"": 1, "more": 2}, "even": {"more": 3, "": 4}},
            }
        ]
    }


@pytest.mark.parametrize(
    ("thought", "content", "blocks"),
    [
        ("hm", "42", [{"type": "reasoning", "text": "hm"}, {"type": "text", "text": "42"}]),
        ("hm", None, [{"type": "reasoning", "text": "hm"}]),
        (
            "hm",
            '[{"type":"text","text":"42"}]',
            [{"type": "reasoning", "text": "hm"}, {"type": "text", "text": "42"}],
        ),
    ],
)
def test_reasoning_beside_the_content_is_a_block(
    thought: str, content: Json, blocks: list[JsonObject]
) -> None:
    node = {"role": "assistant", "reasoning": thought, "content": content}
    found = draft(indexed("completion", {k: v for k, v in node.items() if v is not None}))

    assert said(found, "outputs") == {"messages": [{"role": "assistant", "content": blocks}]}


def test_reasoning_that_is_no_text_is_kept() -> None:
    found = draft(indexed("completion", {"role": "assistant", "content": "42", "reasoning": 7}))

    assert said(found, "outputs") == {
        "messages": [{"role": "assistant", "content": "42", "additional_kwargs": {"reasoning": 7}}]
    }


def test_what_parts_of_one_answer_say_differently_is_kept() -> None:
    found = draft(
        {
            "gen_ai.system": "anthropic",
            **indexed(
                "completion",
                {"role": "assistant", "content": "a", "finish_reason": "x", "id": "m1"},
                {"role": "critic", "content": "b", "finish_reason": "y", "id": "m2"},
            ),
        }
    )

    [message] = said(found, "outputs")["messages"]
    assert message["role"] == "critic"
    assert message["finish_reason"] == "y"
    assert message["additional_kwargs"] == {
        "id": "m2", "id_": "m1", "role": "assistant", "finish_reason": "x",
    }  # fmt: skip


def test_content_of_any_type_stands_beside_the_reasoning() -> None:
    answer = {"role": "assistant", "content": {"type": "mine", "x": 1}, "reasoning": "hm"}
    found = draft(indexed("completion", answer))

    [message] = said(found, "outputs")["messages"]
    assert message["content"] == [{"type": "reasoning", "text": "hm"}, {"type": "mine", "x": 1}]


@pytest.mark.parametrize("reasons", [[{"a": 1}], {"a": 1}, 7])
def test_reasons_of_any_type_are_no_reason_to_fail(reasons: Json) -> None:
    answer = indexed("completion", {"role": "assistant", "content": "a"})

    found = draft({**answer, "gen_ai.response.finish_reasons": reasons})

    assert said(found, "outputs")["messages"][0]["content"] == "a"
