import pytest

from tests.translators.drafts import said
from tests.translators.spans import span
from translators.base import Draft
from translators.registry import Registry
from translators.span import Json, JsonObject
from translators.vercel_content import say_agent_turn, say_content


def content(**attributes: Json) -> Draft:
    """Return what is said of ``ai.`` attributes; ``__`` stands for a dot."""
    return of({f"ai.{key.replace('__', '.')}": value for key, value in attributes.items()})


def of(attributes: JsonObject) -> Draft:
    """Return what is said of attributes."""
    draft = Draft()
    say_content(attributes, draft)
    return draft


def keys(draft: Draft, field: str) -> set[Json]:
    """Return the attributes that are wholly in a field, without their prefix."""
    return {str(key).removeprefix("ai.") for key in draft.said[field][1]}


def test_messages_of_a_call_are_the_inputs() -> None:
    draft = content(
        prompt__messages='[{"role":"system","content":"S"},'
        '{"role":"user","content":[{"type":"text","text":"U"}]},'
        '{"role":"assistant","content":[{"type":"tool-call","toolCallId":"c1","toolName":"f",'
        '"input":{"a":1}}]},'
        '{"role":"tool","content":[{"type":"tool-result","toolCallId":"c1","toolName":"f",'
        '"output":{"type":"json","value":{"b":2}}}]}]'
    )

    assert said(draft, "inputs") == {
        "messages": [
            {"role": "system", "content": "S"},
            {"role": "user", "content": "U"},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {
                        "id": "c1",
                        "type": "function",
                        "function": {"name": "f", "arguments": '{"a":1}'},
                    }
                ],
            },
            {"role": "tool", "content": '{"b":2}', "tool_call_id": "c1", "name": "f"},
        ]
    }
    assert keys(draft, "inputs") == {"prompt.messages"}


def test_redacted_reasoning_of_version_4_is_reasoning() -> None:
    draft = content(
        prompt__messages='[{"role":"assistant","content":'
        '[{"type":"redacted-reasoning","data":"x"}]}]'
    )

    [message] = said(draft, "inputs")["messages"]

    assert message["content"] == [{"type": "reasoning", "text": "", "extras": {"data": "x"}}]


def test_an_image_of_bytes_is_shown_and_its_attribute_stays_in_the_metadata() -> None:
    draft = content(
        prompt__messages='[{"role":"user","content":[{"type":"image","image":{"0":137},'
        '"mimeType":"image/png"}]}]'
    )

    [message] = said(draft, "inputs")["messages"]

    assert message["content"] == [
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,iQ=="}}
    ]
    assert keys(draft, "inputs") == set()


@pytest.mark.parametrize("cut", ['[{"role":"us', "[1]", '"U"'])
def test_a_prompt_that_is_no_object_stays_text_and_in_the_metadata(cut: str) -> None:
    assert content(prompt=cut).said == {"raw_inputs": (cut, ())}


@pytest.mark.parametrize("cut", ['[{"role":"us', "[1]", "{}"])
def test_messages_that_are_none_stay_text_and_in_the_metadata(cut: str) -> None:
    assert content(prompt__messages=cut).said == {"raw_inputs": (cut, ())}


@pytest.mark.parametrize("key", ["ai.prompt", "ai.prompt.messages"])
def test_nothing_is_no_input(key: str) -> None:
    assert of({key: "null"}).said == {}


@pytest.mark.parametrize(
    ("prompt", "messages"),
    [
        ('{"prompt":"U"}', [{"role": "user", "content": "U"}]),
        (
            '{"system":"S","prompt":"U"}',
            [{"role": "system", "content": "S"}, {"role": "user", "content": "U"}],
        ),
        (
            '{"system":{"role":"system","content":"S"},"messages":[{"role":"user","content":"U"}]}',
            [{"role": "system", "content": "S"}, {"role": "user", "content": "U"}],
        ),
        (
            '{"prompt":[{"role":"user","content":"U"},{"role":"assistant","content":"A"}]}',
            [{"role": "user", "content": "U"}, {"role": "assistant", "content": "A"}],
        ),
    ],
)
def test_instructions_and_a_prompt_are_messages(prompt: str, messages: Json) -> None:
    draft = content(prompt=prompt)

    assert said(draft, "inputs") == {"messages": messages}
    assert keys(draft, "inputs") == {"prompt"}


def test_what_stands_beside_the_prompt_is_kept() -> None:
    draft = content(prompt='{"prompt":"U","mode":"x","messages":7}')

    assert said(draft, "inputs") == {
        "messages": [{"role": "user", "content": "U"}],
        "messages_": 7,
        "mode": "x",
    }


@pytest.mark.parametrize(
    ("attributes", "inputs", "outputs"),
    [
        (
            {"toolCall.args": '{"city":"Paris"}', "toolCall.result": '{"sky":"blue"}'},
            {"city": "Paris"},
            {"output": {"sky": "blue"}},
        ),
        (
            {"toolCall.input": '"Paris"', "toolCall.output": '"blue"'},
            {"input": "Paris"},
            {"output": "blue"},
        ),
        (
            {"toolCall.args": "{cut", "toolCall.result": "null"},
            {"input": "{cut"},
            {"output": "null"},
        ),
        ({"toolCall.args": "[1]"}, {"input": [1]}, None),
        (
            {"value": '"one"', "embedding": "[0.5]"},
            {"input": "one"},
            {"data": [{"index": 0, "embedding": [0.5]}]},
        ),
        (
            {"values": ['"one"', '"two"'], "embeddings": ["[0.5]", "[0.25]"]},
            {"input": ["one", "two"]},
            {"data": [{"index": 0, "embedding": [0.5]}, {"index": 1, "embedding": [0.25]}]},
        ),
        (
            {"values": '["one"]', "embeddings": "cut"},
            {"input": ["one"]},
            {"data": [{"index": 0, "embedding": "cut"}]},
        ),
        (
            {"decision.state": '"S"', "decision.questions": "[1]", "decision.answers": "[2]"},
            {"state": "S", "questions": [1]},
            {"answers": [2]},
        ),
    ],
)
def test_tools_embeddings_and_decisions_have_shapes_of_their_own(
    attributes: JsonObject, inputs: Json, outputs: Json
) -> None:
    draft = of({f"ai.{key}": value for key, value in attributes.items()})

    assert said(draft, "inputs") == inputs
    assert said(draft, "outputs") == outputs
    assert {key for _, used in draft.said.values() for key in used} == {
        f"ai.{key}" for key in attributes
    }


def test_ranked_documents_are_found_by_their_index() -> None:
    draft = content(
        documents=['"sun"', '{"id":7}'],
        ranking=['{"index":1,"relevanceScore":0.9}', '{"index":0}', '{"index":5}', '"odd"'],
    )

    assert said(draft, "inputs") == {"input_documents": ["sun", {"id": 7}]}
    assert said(draft, "outputs") == {
        "documents": [
            {
                "page_content": "",
                "type": "Document",
                "metadata": {"index": 1, "score": 0.9, "document": {"id": 7}},
            },
            {"page_content": "sun", "type": "Document", "metadata": {"index": 0}},
            {"page_content": "", "type": "Document", "metadata": {"index": 5}},
            {"page_content": "", "type": "Document", "metadata": {"value": "odd"}},
        ]
    }


def test_text_to_be_spoken_is_a_message() -> None:
    assert content(request__text="Hi").said == {
        "inputs": ({"messages": [{"role": "user", "content": "Hi"}]}, ("ai.request.text",))
    }
    assert content(request__text="").said == {}


def test_a_transcript_that_is_told_in_both_ways_is_told_once() -> None:
    parts = '[{"role":"assistant","parts":[{"type":"text","content":"Hi"}]}]'
    attributes = {
        "gen_ai.operation.name": "ai.transcribe",
        "ai.response.text": "Hi",
        "gen_ai.output.messages": parts,
    }

    run = Registry().translate(span(attributes, scope="gen_ai"))

    assert run.outputs == {"messages": [{"role": "assistant", "content": "Hi"}]}
    assert not run.metadata.keys() & attributes.keys() - {"gen_ai.operation.name"}


def turn(*parts: Json, **more: Json) -> Draft:
    """Return what is said of an agent that answered in these parts."""
    draft = Draft()
    say_agent_turn(
        {"gen_ai.output.messages": [{"role": "assistant", "parts": [*parts], **more}]}, draft
    )
    return draft


def test_an_agent_calls_its_tools_before_it_answers() -> None:
    draft = turn(
        {"type": "text", "content": "Sunny."},
        {"type": "tool_call", "id": "c", "name": "f", "arguments": {}},
        {"type": "tool_call_response", "id": "c", "response": "sun"},
        finish_reason="stop",
    )

    messages = said(draft, "outputs")["messages"]

    assert [message["role"] for message in messages] == ["assistant", "tool", "assistant"]
    assert messages[-1] == {"role": "assistant", "content": "Sunny.", "finish_reason": "stop"}


@pytest.mark.parametrize(
    "draft",
    [
        turn({"type": "text", "content": "Sunny."}, "odd"),
        turn({"type": "tool_call_response", "id": "c"}, finish_reason="tool_call"),
    ],
)
def test_what_an_agent_said_with_its_calls_is_left_as_it_is(draft: Draft) -> None:
    assert draft.said == {}


@pytest.mark.parametrize("value", [None, "cut", "[]", "[1]", "{}", '[{"parts":1}]', "[{},{}]"])
def test_an_answer_that_is_not_one_message_is_left_as_it_is(value: Json) -> None:
    draft = Draft()

    say_agent_turn({"gen_ai.output.messages": value}, draft)

    assert draft.said == {}


@pytest.mark.parametrize("key", ["messages", "prompt"])
def test_what_an_object_around_messages_says_is_kept(key: str) -> None:
    around = {"messages": [{"role": "user", "content": "hi"}], "x": 1}
    run = Registry().translate(span({"ai.prompt.messages": around}, scope="ai"))
    asked = Registry().translate(span({"ai.prompt": {key: around}}, scope="ai"))

    told = {"messages": [{"role": "user", "content": "hi"}], "x": 1}
    assert run.inputs == asked.inputs == told
