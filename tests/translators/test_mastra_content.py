import pytest

from tests.translators.drafts import said
from translators.base import Draft
from translators.mastra_content import say_content
from translators.span import Json, JsonObject

PAYLOAD = {"type": "x", "runId": "r", "from": "AGENT"}


def content(kind: str, attributes: JsonObject, *, tool: bool = False) -> Draft:
    """Return what is said of an operation; ``in`` and ``out`` are Mastra's own attributes."""
    names = {"in": f"mastra.{kind}.input", "out": f"mastra.{kind}.output"}
    draft = Draft()
    named = {names.get(key, key): value for key, value in attributes.items()}
    say_content(kind, named, draft, tool=tool)
    return draft


def answer(**found: Json) -> JsonObject:
    """Return the one message of an answer."""
    draft = content("model_generation", {"out": found})
    [message] = said(draft, "outputs")["messages"]
    assert isinstance(message, dict)
    return message


@pytest.mark.parametrize(
    ("given", "messages"),
    [
        ("Hi", [{"role": "user", "content": "Hi"}]),
        ('[{"role":"user","content":"Hi"}]', [{"role": "user", "content": "Hi"}]),
        ('{"messages":[{"role":"user","content":"Hi"}]}', [{"role": "user", "content": "Hi"}]),
        (
            '{"body":{"input":[{"role":"developer","content":"D"}]}}',
            [{"role": "developer", "content": "D"}],
        ),
        (
            '{"body":"{\\"messages\\":[{\\"role\\":\\"user\\",\\"content\\":\\"Hi\\"}]}"}',
            [{"role": "user", "content": "Hi"}],
        ),
    ],
)
def test_what_an_agent_is_told_is_messages(given: str, messages: Json) -> None:
    draft = content("agent_run", {"in": given})

    assert draft.said == {"inputs": ({"messages": messages}, ("mastra.agent_run.input",))}


def test_instructions_come_first() -> None:
    draft = content("agent_run", {"in": "Hi", "gen_ai.system_instructions": "S"})

    assert draft.said["inputs"] == (
        {"messages": [{"role": "system", "content": "S"}, {"role": "user", "content": "Hi"}]},
        ("mastra.agent_run.input", "gen_ai.system_instructions"),
    )


def test_what_stands_beside_the_messages_is_kept() -> None:
    draft = content(
        "model_step",
        {"in": '{"body":{"model":"m","messages":[{"role":"user","content":"Hi"}]},"x":1}'},
    )

    assert said(draft, "inputs") == {
        "messages": [{"role": "user", "content": "Hi"}],
        "x": 1,
        "body": {"model": "m"},
    }


def test_bytes_stay_in_the_metadata_too() -> None:
    draft = content(
        "agent_run",
        {"in": '[{"role":"user","content":[{"type":"image","image":{"0":1}}]}]'},
    )

    assert draft.said["inputs"][1] == ()


@pytest.mark.parametrize(
    "given", ['{"city":"Paris"}', "[]", "[1]", '{"messages":7}', '{"body":{"input":"Hi"}}', "7"]
)
def test_what_is_no_conversation_is_the_users_own_value(given: str) -> None:
    draft = content("model_step", {"in": given})

    assert set(draft.said) == ({"inputs"} if given == "7" else {"raw_inputs"})


def test_workflows_have_the_users_own_values() -> None:
    draft = content("workflow_run", {"in": '{"a":1}', "out": '{"text":"b"}'})

    assert draft.said == {
        "raw_inputs": ({"a": 1}, ("mastra.workflow_run.input",)),
        "raw_outputs": ({"text": "b"}, ("mastra.workflow_run.output",)),
    }


@pytest.mark.parametrize(
    ("attributes", "inputs", "outputs"),
    [
        ({"in": '{"a":1}', "out": '{"b":2}'}, {"a": 1}, {"output": {"b": 2}}),
        (
            {"gen_ai.tool.call.arguments": '{"a":1}', "gen_ai.tool.call.result": "done"},
            {"a": 1},
            {"output": "done"},
        ),
        ({"gen_ai.tool.input": "Paris", "input": "Paris"}, {"input": "Paris"}, None),
    ],
)
def test_a_tool_has_arguments_and_an_output(
    attributes: JsonObject, inputs: Json, outputs: Json
) -> None:
    draft = content("tool_call", attributes, tool=True)

    assert said(draft, "inputs") == inputs
    assert said(draft, "outputs") == outputs
    assert {key for _, keys in draft.said.values() for key in keys} == {
        {"in": "mastra.tool_call.input", "out": "mastra.tool_call.output"}.get(key, key)
        for key in attributes
    }


def test_attributes_that_repeat_a_side_are_used_and_others_are_not() -> None:
    draft = content("workflow_run", {"in": "a", "gen_ai.prompt": "a", "input": "b"})

    assert draft.said["raw_inputs"][1] == ("mastra.workflow_run.input", "gen_ai.prompt")


def test_sides_under_plain_names_are_not_taken_for_the_users_own_values() -> None:
    draft = content("agent_run", {"input": "Hi", "output": '{"text":"Hello"}'})

    assert said(draft, "raw_inputs") == said(draft, "inputs")
    assert said(draft, "raw_outputs") == said(draft, "outputs")


def test_an_answer_is_one_message_with_all_that_belongs_to_it() -> None:
    assert answer(
        text="T",
        reasoning=[{**PAYLOAD, "type": "reasoning", "payload": {"id": "i", "text": "R"}}, "Q"],
        files=[{"payload": {"data": "iVBO", "mimeType": "image/png"}}],
        toolCalls=[{"toolCallId": "c", "toolName": "f", "args": {"a": 1}}],
        sources=[],
    ) == {
        "role": "assistant",
        "content": [
            {
                "type": "reasoning",
                "text": "R",
                "extras": {"runId": "r", "from": "AGENT", "id": "i"},
            },
            {"type": "reasoning", "text": "Q"},
            {"type": "text", "text": "T"},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBO"}},
        ],
        "tool_calls": [
            {"id": "c", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}
        ],
    }


def test_reasoning_may_be_text() -> None:
    assert answer(reasoning="R")["content"] == [{"type": "reasoning", "text": "R"}]


def test_a_call_without_an_object_keeps_its_text() -> None:
    assert answer(text="", toolCalls=["odd"])["tool_calls"][0]["function"]["arguments"] == "odd"


def test_what_does_not_fit_stands_beside_the_message() -> None:
    draft = content(
        "agent_run", {"out": '{"text":"T","files":7,"toolCalls":{"a":1},"sources":[{"url":"u"}]}'}
    )

    assert said(draft, "outputs") == {
        "messages": [{"role": "assistant", "content": "T"}],
        "sources": [{"url": "u"}],
        "files": 7,
        "toolCalls": {"a": 1},
    }


def test_an_object_alone_is_told_as_text_too() -> None:
    draft = content("agent_run", {"out": '{"object":{"city":"Paris"}}'})

    assert said(draft, "outputs") == {
        "messages": [{"role": "assistant", "content": '{"city":"Paris"}'}],
        "object": {"city": "Paris"},
    }


def test_the_finish_reason_is_the_answers() -> None:
    draft = content(
        "model_generation",
        {"out": '{"text":"T"}', "gen_ai.response.finish_reasons": '["tool-calls"]'},
    )

    assert said(draft, "outputs")["messages"][0]["finish_reason"] == "tool_calls"


@pytest.mark.parametrize("out", ["cut {", "[1]", '{"a":1}', ""])
def test_an_output_that_is_no_answer_is_the_users_own_value(out: str) -> None:
    assert set(content("agent_run", {"out": out}).said) == {"raw_outputs"}
