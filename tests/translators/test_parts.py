import pytest

from translators.messages import normal_messages
from translators.parts import block_of, is_part, parts_in, result_text
from translators.span import Json, JsonObject


def content_of(*parts: Json, role: str = "user") -> Json:
    messages = normal_messages([{"role": role, "content": list(parts)}], role)
    assert messages is not None
    return messages[0]["content"]


def call(arguments: str, call_id: str | None = "c1", **extras: Json) -> JsonObject:
    made: JsonObject = {
        "id": call_id,
        "type": "function",
        "function": {"name": "f", "arguments": arguments},
    }
    return {**made, "extras": extras} if extras else made


@pytest.mark.parametrize(
    "part",
    [
        {"type": "text", "text": "hi"},
        {"type": "text", "content": "hi"},
        {"type": "input_text", "text": "hi"},
        {"type": "output_text", "text": "hi", "annotations": []},
        {"text": "hi"},
        "hi",
    ],
)
def test_text_in_many_words_is_text(part: Json) -> None:
    assert content_of(part) == "hi"


def test_text_that_was_not_captured_is_nothing() -> None:
    assert content_of({"type": "text"}) is None
    assert content_of(None) is None


def test_what_a_text_says_besides_is_in_its_extras() -> None:
    part = {"type": "text", "text": "hi", "cache_control": {"type": "ephemeral"}}

    assert content_of(part) == [
        {"type": "text", "text": "hi", "extras": {"cache_control": {"type": "ephemeral"}}}
    ]


@pytest.mark.parametrize("part", [{"type": "text", "text": 7}, {"type": "text", "odd": 7}])
def test_text_that_is_none_is_kept_verbatim(part: JsonObject) -> None:
    assert content_of(part) == [part]


@pytest.mark.parametrize(
    ("part", "extras"),
    [
        ({"type": "reasoning", "content": "hm"}, None),
        ({"type": "thinking", "content": "hm"}, None),
        ({"type": "reasoning", "text": "hm", "id": "r1"}, {"id": "r1"}),
        ({"type": "thinking", "thinking": "hm", "signature": "s"}, {"signature": "s"}),
        (
            {"reasoningContent": {"reasoningText": {"text": "hm", "signature": "s"}}},
            {"signature": "s"},
        ),
        ({"text": "hm", "thought": True, "thought_signature": "s"}, {"thought_signature": "s"}),
        ({"type": "reasoning", "reasoning": "hm"}, None),
        ({"type": "reasoning", "content": '[{"type": "summary_text", "text": "hm"}]'}, None),
        ({"type": "reasoning", "text": "hm", "extras": {"id": "r1"}}, {"id": "r1"}),
    ],
)
def test_reasoning_in_many_words_is_a_reasoning_block(
    part: JsonObject, extras: JsonObject | None
) -> None:
    block: JsonObject = {"type": "reasoning", "text": "hm"}

    assert content_of(part, role="assistant") == [block | ({"extras": extras} if extras else {})]


def test_several_summaries_of_reasoning_are_one_text() -> None:
    summary = [{"type": "summary_text", "text": "a"}, {"type": "summary_text", "text": "b"}]

    assert block_of({"type": "reasoning", "id": "r", "summary": summary}) == {
        "type": "reasoning",
        "text": "a\n\nb",
        "extras": {"id": "r"},
    }


def test_redacted_reasoning_keeps_its_data() -> None:
    assert block_of({"type": "redacted_thinking", "data": "x"}) == {
        "type": "reasoning",
        "text": "",
        "extras": {"data": "x"},
    }


@pytest.mark.parametrize(
    ("part", "made"),
    [
        (
            {"type": "tool_call", "id": "c1", "name": "f", "arguments": {"a": "ü"}},
            call('{"a":"ü"}'),
        ),
        (
            {"type": "tool_call", "id": "c1", "name": "f", "arguments": "{ broken"},
            call("{ broken"),
        ),
        ({"type": "tool_use", "id": "c1", "name": "f", "input": {"a": 1}}, call('{"a":1}')),
        (
            {"toolUse": {"toolUseId": "c1", "name": "f", "input": {"a": 1}}},
            call('{"a":1}'),
        ),
        ({"function_call": {"name": "f", "args": {"a": 1}}}, call('{"a":1}', None)),
        (
            {"functionCall": {"id": "c1", "name": "f", "args": {}}, "thoughtSignature": "s"},
            call("{}", thoughtSignature="s"),
        ),
        (
            {"type": "tool-call", "toolCallId": "c1", "toolName": "f", "input": {"a": 1}},
            call('{"a":1}'),
        ),
        (
            {"type": "tool-call", "toolCallId": "c1", "toolName": "f", "args": {"a": 1}},
            call('{"a":1}'),
        ),
        (
            {"type": "function_call", "call_id": "c1", "id": "i", "name": "f", "arguments": "{}"},
            call("{}", id="i"),
        ),
        ({"type": "tool_call", "id": "c1", "name": "f"}, call("{}")),
        ({"toolRequest": {"ref": "c1", "name": "f", "input": {"a": 1}}}, call('{"a":1}')),
        (
            {"type": "function", "id": "c1", "function": {"name": "f", "arguments": "{}"}},
            call("{}"),
        ),
    ],
)
def test_tool_calls_in_many_words_are_tool_calls(part: JsonObject, made: JsonObject) -> None:
    assert normal_messages([{"role": "assistant", "content": [part]}], "assistant") == [
        {"role": "assistant", "content": None, "tool_calls": [made]}
    ]


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ({"type": "tool_call_response", "id": "c1", "response": "21"}, {}),
        ({"type": "tool_call_response", "id": "c1", "result": 21}, {}),
        (
            {"type": "tool_result", "tool_use_id": "c1", "content": [{"text": "21"}]},
            {},
        ),
        (
            {"toolResult": {"toolUseId": "c1", "content": [{"json": 21}], "status": "success"}},
            {"additional_kwargs": {"status": "success"}},
        ),
        (
            {"toolResult": {"toolUseId": "c1", "content": [{"text": "21"}]}, "odd": 1},
            {"additional_kwargs": {"odd": 1}},
        ),
        (
            {"function_response": {"id": "c1", "name": "f", "response": 21}},
            {"name": "f"},
        ),
        (
            {
                "type": "tool-result",
                "toolCallId": "c1",
                "toolName": "f",
                "output": {"type": "text", "value": "21"},
            },
            {"name": "f"},
        ),
        (
            {"type": "tool-result", "toolCallId": "c1", "toolName": "f", "result": 21},
            {"name": "f"},
        ),
        (
            {
                "type": "tool-result",
                "toolCallId": "c1",
                "output": {"type": "error-text", "value": "21"},
            },
            {"additional_kwargs": {"status": "error"}},
        ),
        ({"type": "function_call_output", "call_id": "c1", "output": "21"}, {}),
        ({"toolResponse": {"ref": "c1", "output": 21}}, {}),
    ],
)
def test_tool_results_in_many_words_are_tool_messages(
    part: JsonObject, message: JsonObject
) -> None:
    assert normal_messages([{"role": "user", "content": [part]}], "user") == [
        {"role": "tool", "content": "21", "tool_call_id": "c1", **message}
    ]


def test_a_result_without_id_has_none() -> None:
    part = {"function_response": {"name": 7, "response": "21"}}

    assert normal_messages([{"role": "user", "parts": [part]}], "user") == [
        {"role": "tool", "content": "21", "additional_kwargs": {"name": 7}}
    ]


@pytest.mark.parametrize(
    ("part", "block"),
    [
        (
            {"type": "server_tool_call", "id": "s", "name": "web", "server_tool_call": {"q": 1}},
            {"type": "server_tool_call", "id": "s", "name": "web", "args": {"q": 1}},
        ),
        (
            {"type": "server_tool_use", "id": "s", "name": "web", "input": {"q": 1}},
            {"type": "server_tool_call", "id": "s", "name": "web", "args": {"q": 1}},
        ),
        (
            {"type": "tool_call", "builtin": True, "id": "s", "name": "web", "arguments": "q"},
            {
                "type": "server_tool_call",
                "id": "s",
                "name": "web",
                "args": "q",
                "extras": {"builtin": True},
            },
        ),
        (
            {"type": "web_search_call", "id": "s", "status": "completed", "action": {"q": 1}},
            {
                "type": "server_tool_call",
                "id": "s",
                "name": "web_search",
                "args": {"q": 1},
                "extras": {"status": "completed"},
            },
        ),
        (
            {"executable_code": {"language": "PYTHON", "code": "1"}},
            {
                "type": "server_tool_call",
                "id": None,
                "name": "code_execution",
                "args": {"language": "PYTHON", "code": "1"},
            },
        ),
        (
            {"type": "server_tool_call_response", "id": "s", "server_tool_call_response": {"r": 1}},
            {"type": "server_tool_result", "tool_call_id": "s", "output": {"r": 1}},
        ),
        (
            {"type": "web_search_tool_result", "tool_use_id": "s", "content": [], "status": "ok"},
            {"type": "server_tool_result", "tool_call_id": "s", "status": "ok", "output": []},
        ),
        (
            {"type": "tool_call_response", "builtin": True, "id": "s", "result": "r"},
            {
                "type": "server_tool_result",
                "tool_call_id": "s",
                "output": "r",
                "extras": {"builtin": True},
            },
        ),
        (
            {"codeExecutionResult": {"outcome": "OK", "output": "1"}},
            {
                "type": "server_tool_result",
                "tool_call_id": None,
                "output": {"outcome": "OK", "output": "1"},
            },
        ),
    ],
)
def test_what_runs_at_the_provider_is_a_block(part: JsonObject, block: JsonObject) -> None:
    assert content_of(part, role="assistant") == [block]


@pytest.mark.parametrize(
    "part",
    [
        {"type": "compaction", "id": "x", "content": "y"},
        {"type": "interrupt_response", "odd": 1},
        {"type": "refusal", "refusal": "no"},
        {"type": "input_audio", "input_audio": {"data": "x", "format": "wav"}},
        {"cachePoint": {"type": "default"}},
    ],
)
def test_a_part_that_is_not_known_is_kept_verbatim(part: JsonObject) -> None:
    assert content_of(part) == [part]
    assert block_of(part) is part


def test_calls_and_results_are_no_blocks_and_come_back_as_they_were() -> None:
    part = {"type": "tool_call", "id": "c1", "name": "f"}

    assert block_of(part) is part
    assert block_of(None) is None


def test_text_is_a_list_of_parts_only_when_every_item_is_a_part() -> None:
    assert parts_in('[{"type":"text","text":"a"}]') == [{"type": "text", "text": "a"}]
    assert parts_in('[{"type":"text","text":"a"}, {"city": "Paris"}]') is None
    assert parts_in('[{"type":"text"') is None
    assert parts_in("[]") is None
    assert parts_in('{"type":"text"}') is None
    assert parts_in(7) is None
    assert not is_part({"text": {"nested": True}})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("as it is", "as it is"),
        (None, ""),
        ({"a": "ü"}, '{"a":"ü"}'),
        ([{"type": "text", "text": "a"}, {"text": "b"}], "a\nb"),
        ([{"type": "text", "text": "a", "more": 1}], '[{"type":"text","text":"a","more":1}]'),
        ([{"json": {"a": 1}}], '{"a":1}'),
        ([], "[]"),
        ({"type": "json", "value": {"a": 1}}, '{"a":1}'),
    ],
)
def test_a_result_is_text(value: Json, text: str) -> None:
    assert result_text(value) == text


def test_reasoning_in_an_unknown_shape_keeps_it() -> None:
    assert block_of({"type": "reasoning", "summary": [{"odd": 1}]}) == {
        "type": "reasoning",
        "text": "",
        "extras": {"summary": [{"odd": 1}]},
    }


@pytest.mark.parametrize("kind", [{"a": 1}, ["x"], 7])
def test_a_type_that_is_no_word_is_kept(kind: Json) -> None:
    [text] = content_of({"type": kind, "text": "hi"})
    [thought] = content_of({"type": "thinking", "thinking": [{"type": kind, "text": "hm"}]})

    assert text == {"type": "text", "text": "hi", "extras": {"type": kind}}
    assert thought["extras"] == {"thinking": [{"type": kind, "text": "hm"}]}


def test_a_result_in_a_wrapping_of_its_own_is_kept_with_it() -> None:
    assert result_text({"type": "text", "value": "hi"}) == "hi"
    assert result_text({"type": "mine", "value": "hi"}) == '{"type":"mine","value":"hi"}'
