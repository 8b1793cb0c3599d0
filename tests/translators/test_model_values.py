import pytest

from translators.model_values import answer_of, messages_of, model_of, request_of, texts_of
from translators.span import Json, JsonObject

USER = {"role": "user", "content": "Hi"}
SYSTEM = {"role": "system", "content": "Be terse."}
HELLO = {"role": "assistant", "content": "Hello"}
TOOL = {"type": "function", "function": {"name": "f", "parameters": {}}}


@pytest.mark.parametrize(
    ("request_body", "inputs", "rest"),
    [
        (
            {"model": "m", "messages": [USER], "temperature": 0.5},
            {"messages": [USER]},
            {"model": "m", "temperature": 0.5},
        ),
        ({"system": "Be terse.", "messages": [USER]}, {"messages": [SYSTEM, USER]}, {}),
        ({"instructions": "Be terse.", "input": "Hi"}, {"messages": [SYSTEM, USER]}, {}),
        (
            {
                "contents": "Hi",
                "config": {"system_instruction": "Be terse.", "temperature": 1},
            },
            {"messages": [SYSTEM, USER]},
            {"temperature": 1},
        ),
        (
            {
                "modelId": "m",
                "system": [{"text": "Be terse."}],
                "messages": [{"role": "user", "content": [{"text": "Hi"}]}],
                "inferenceConfig": {"maxTokens": 5},
            },
            {"messages": [SYSTEM, USER]},
            {"modelId": "m", "maxTokens": 5},
        ),
        ({"prompt": "Say hi", "n": 2}, {"prompt": "Say hi"}, {"n": 2}),
        ({"prompts": ["a", "b"]}, {"prompts": ["a", "b"]}, {}),
        ({"input": 7}, {"input": 7}, {}),
        (
            {"messages": [USER], "config": {"messages": 1}},
            {"messages": [USER]},
            {"messages": 1},
        ),
        (
            {"messages": [USER], "model": "m", "config": {"model": "other"}},
            {"messages": [USER]},
            {"model": "m", "config": {"model": "other"}},
        ),
        (
            {
                "messages": [USER],
                "extra_headers": {"Authorization": "Bearer k", "X-A": "1"},
                "headers": {"X-B": "2"},
            },
            {"messages": [USER]},
            {
                "extra_headers": {"Authorization": "[redacted]", "X-A": "1"},
                "headers": {"X-B": "2"},
            },
        ),
    ],
)
def test_a_request_is_content_and_the_rest(
    request_body: JsonObject, inputs: JsonObject, rest: JsonObject
) -> None:
    found = request_of(request_body)

    assert found is not None
    assert found.inputs == inputs
    assert found.rest == rest


def test_the_texts_to_embed_are_no_conversation() -> None:
    found = request_of({"input": ["a", "b"], "model": "m"}, embedding=True)

    assert found is not None
    assert found.inputs == {"input": ["a", "b"]}
    assert found.rest == {"model": "m"}


def test_a_request_without_content_is_none() -> None:
    assert request_of({"model": "m", "messages": None}) is None


@pytest.mark.parametrize(
    ("given", "tools", "rest"),
    [
        ({"tools": [{"name": "f", "input_schema": {}}]}, [TOOL], {}),
        ({"functions": [{"name": "f", "parameters": {}}]}, [TOOL], {}),
        (
            {"toolConfig": {"tools": [{"toolSpec": {"name": "f", "inputSchema": {"json": {}}}}]}},
            [TOOL],
            {},
        ),
        ({"tools": "f"}, None, {"tools": "f"}),
        ({"toolConfig": {"tools": [], "a": 1}}, None, {"toolConfig": {"tools": [], "a": 1}}),
    ],
)  # fmt: skip
def test_tools_come_out_of_a_request(given: JsonObject, tools: Json, rest: JsonObject) -> None:
    found = request_of({"messages": [USER], **given})

    assert found is not None
    assert found.tools == tools
    assert found.rest == rest


@pytest.mark.parametrize(
    ("answer", "outputs", "usage"),
    [
        ("Hello", {"messages": [HELLO]}, {}),
        ("<openai.Stream object at 0x7f03>", None, {}),
        ("", None, {}),
        (7, None, {}),
        (None, None, {}),
        ([], None, {}),
        ({"city": "Paris"}, None, {}),
        (
            {
                "id": "c1",
                "logprobs": None,
                "choices": [{"index": 0, "message": HELLO, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 1},
            },
            {
                "id": "c1",
                "usage": {"prompt_tokens": 1},
                "messages": [{**HELLO, "finish_reason": "stop"}],
            },
            {"prompt_tokens": 1},
        ),
        (
            {"choices": [{"index": 0, "message": HELLO}, {"index": 1, "message": USER}]},
            {
                "choices": [
                    {"index": 0, "finish_reason": None, "message": HELLO},
                    {"index": 1, "finish_reason": None, "message": USER},
                ]
            },
            {},
        ),
        ({"choices": [{"text": "Hello", "index": 0}]}, None, {}),
        ({"choices": ["Hello"]}, None, {}),
        (
            {"role": "assistant", "content": "Hello", "stop_reason": "end_turn", "type": "message"},
            {"type": "message", "messages": [{**HELLO, "finish_reason": "end_turn"}]},
            {},
        ),
        (
            {
                "candidates": [
                    {
                        "content": {"role": "model", "parts": [{"text": "Hello"}]},
                        "finish_reason": "STOP",
                        "index": 0,
                    }
                ],
                "usage_metadata": {"prompt_token_count": 1},
            },
            {
                "usage": {"prompt_token_count": 1},
                "messages": [{**HELLO, "finish_reason": "STOP"}],
            },
            {"prompt_token_count": 1},
        ),
        ({"candidates": ["Hello"]}, None, {}),
        (
            {
                "output": {
                    "message": {"role": "assistant", "content": [{"text": "Hello"}]},
                    "x": 1,
                },
                "stopReason": "end_turn",
                "usage": {"inputTokens": 1},
            },
            {
                "x": 1,
                "usage": {"inputTokens": 1},
                "messages": [{**HELLO, "finish_reason": "end_turn"}],
            },
            {"inputTokens": 1},
        ),
        ({"message": HELLO, "raw": {"a": 1}}, {"raw": {"a": 1}, "messages": [HELLO]}, {}),
        (
            {
                "id": "r1",
                "output": [
                    {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}]},
                    {
                        "type": "message",
                        "role": "assistant",
                        "content": [{"type": "output_text", "text": "Hello"}],
                    },
                ],
            },
            {
                "id": "r1",
                "messages": [
                    {
                        "role": "assistant",
                        "content": [
                            {"type": "reasoning", "text": "Hm."},
                            {"type": "text", "text": "Hello"},
                        ],
                    }
                ],
            },
            {},
        ),
        ({"messages": [USER, HELLO]}, {"messages": [USER, HELLO]}, {}),
        ({"generations": [[{"message": HELLO}]]}, {"messages": [HELLO]}, {}),
        (
            {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"},
            {
                "messages": [
                    {
                        "role": "assistant",
                        "content": None,
                        "tool_calls": [
                            {
                                "id": "c1",
                                "type": "function",
                                "function": {"name": "f", "arguments": "{}"},
                            }
                        ],
                    }
                ]
            },
            {},
        ),
        (
            ["Hello", "Hallo"],
            {
                "choices": [
                    {"index": 0, "finish_reason": None, "message": HELLO},
                    {
                        "index": 1,
                        "finish_reason": None,
                        "message": {"role": "assistant", "content": "Hallo"},
                    },
                ]
            },
            {},
        ),
        ({"output": "Hello"}, None, {}),
    ],
)
def test_an_answer_is_messages_with_what_it_says_besides(
    answer: Json, outputs: Json, usage: JsonObject
) -> None:
    assert answer_of(answer) == (outputs, usage)


def test_texts_that_were_asked_are_no_conversation() -> None:
    assert messages_of(["a", "b"], "user") is None
    assert messages_of("a", "user") == [{"role": "user", "content": "a"}]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('[{"role":"user","parts":[{"type":"text","content":"a"}]}]', {"input": "a"}),
        ('[{"role":"user","content":"a"},{"role":"user","content":"b"}]', {"input": ["a", "b"]}),
        ('[{"role":"user","content":[{"type":"image","url":"x"}]}]', None),
        ("[]", None),
        ("[broken", None),
        (None, None),
        ([], None),
    ],
)
def test_texts_to_embed_are_taken_out_of_messages(value: Json, expected: Json) -> None:
    assert texts_of(value) == expected


def test_the_model_has_many_names() -> None:
    assert model_of({"modelId": "m"}) == "m"
    assert model_of({"model": "", "model_version": "v"}) == "v"
    assert model_of({}) is None


def test_what_an_object_around_messages_says_is_kept() -> None:
    request = request_of({"messages": {"messages": [USER], "x": 1}, "model": "m"})

    assert request is not None
    assert request.inputs == {"messages": [USER], "x": 1}


def test_a_choices_number_is_kept_where_its_place_does_not_tell_it() -> None:
    choices = [{"index": 0, "message": HELLO}, {"index": [7], "message": HELLO}]
    candidate = {"index": 3, "content": {"parts": [{"text": "Hi"}]}}
    outputs = answer_of({"choices": choices})[0] or {}
    gemini = answer_of({"candidates": [candidate]})[0] or {}

    told = [choice["message"].get("additional_kwargs") for choice in outputs["choices"]]
    assert told == [None, {"index": [7]}]
    assert gemini["messages"][0]["additional_kwargs"] == {"index": 3}
