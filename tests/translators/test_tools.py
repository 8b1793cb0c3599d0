import pytest

from translators.span import Json, JsonObject
from translators.tools import (
    call_of,
    calls_of,
    json_text,
    together,
    tool_call,
    tools_of,
)

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}
TOOL: JsonObject = {
    "type": "function",
    "function": {"name": "f", "description": "F.", "parameters": SCHEMA},
}


@pytest.mark.parametrize(
    "definition",
    [
        {"type": "function", "name": "f", "description": "F.", "parameters": SCHEMA},
        {"name": "f", "description": "F.", "parameters": SCHEMA},
        {"name": "f", "description": "F.", "input_schema": SCHEMA},
        {"name": "f", "description": "F.", "inputSchema": {"json": SCHEMA}},
        {"name": "f", "description": "F.", "parameters_json_schema": SCHEMA},
        {"toolSpec": {"name": "f", "description": "F.", "inputSchema": {"json": SCHEMA}}},
        {"function_declarations": [{"name": "f", "description": "F.", "parameters": SCHEMA}]},
        {"function": {"name": "f", "description": "F.", "parameters": SCHEMA}},
        TOOL,
        '{"type":"function","name":"f","description":"F.","parameters":'
        '{"type":"object","properties":{"city":{"type":"string"}}}}',
    ],
)
def test_a_tool_in_many_shapes_is_one(definition: Json) -> None:
    assert tools_of([definition]) == [TOOL]


def test_json_text_of_tools_and_of_schemas_is_opened() -> None:
    assert tools_of('[{"name": "f", "arguments": "{\\"type\\": \\"object\\"}"}]') == [
        {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}
    ]


def test_a_schema_that_is_no_json_is_kept() -> None:
    assert tools_of([{"name": "f", "parameters": "city"}]) == [
        {"type": "function", "function": {"name": "f", "parameters": "city"}}
    ]


def test_what_a_definition_says_besides_is_kept() -> None:
    assert tools_of([{"name": "f", "strict": True}]) == [
        {"type": "function", "function": {"name": "f", "strict": True}}
    ]


@pytest.mark.parametrize(
    "definition",
    [{"type": "web_search_20250305", "name": "web", "max_uses": 3}, {"google_search": {}}],
)
def test_a_tool_of_the_provider_is_kept_verbatim(definition: JsonObject) -> None:
    assert tools_of([definition]) == [definition]


def test_what_stands_beside_function_declarations_is_a_tool_of_its_own() -> None:
    given = {"functionDeclarations": [{"name": "f"}], "googleSearch": {"a": 1}}

    assert tools_of(given) == [
        {"type": "function", "function": {"name": "f"}},
        {"googleSearch": {"a": 1}},
    ]


@pytest.mark.parametrize("value", [None, "f, g", 7, [], ["f"], [7]])
def test_what_holds_no_definition_gives_none(value: Json) -> None:
    assert tools_of(value) is None


def test_a_call_that_is_normal_is_not_copied() -> None:
    call = tool_call("c1", "f", "{}")

    assert call_of(call) is call


def test_numbers_as_ids_become_text() -> None:
    assert tool_call(7, None, {"a": 1}) == {
        "id": "7",
        "type": "function",
        "function": {"name": "", "arguments": '{"a":1}'},
    }


@pytest.mark.parametrize(
    "value",
    [
        [{"id": "c1", "name": "f", "arguments": "{}"}],
        '[{"id": "c1", "name": "f", "arguments": "{}"}]',
        ['{"id": "c1", "name": "f", "arguments": "{}"}'],
        {"id": "c1", "name": "f", "arguments": "{}"},
        [{"id": "c1", "function": {"name": "f", "arguments": {}}}],
    ],
)
def test_calls_come_as_lists_as_text_and_as_lists_of_texts(value: Json) -> None:
    assert calls_of(value) == [tool_call("c1", "f", "{}")]


def test_what_is_no_call_is_kept_among_calls_and_ignored_alone() -> None:
    assert calls_of([{"name": "f"}, 7]) == [tool_call(None, "f", None), tool_call(None, "", 7)]
    assert calls_of(7) == []


def test_what_a_call_says_besides_is_in_its_extras() -> None:
    given = {"id": "c1", "index": 0, "function": {"name": "f", "odd": 1}, "extras": {"odd": 2}}

    assert call_of(given)["extras"] == {"odd": 1, "index": 0, "odd_": 2}


def test_json_text_takes_any_value() -> None:
    deep: Json = []
    for _ in range(300):
        deep = [deep]
    deeper: Json = []
    for _ in range(100_000):
        deeper = [deeper]

    assert json_text("as it is") == "as it is"
    assert json_text({"big": 2**70}) == '{"big":1180591620717411303424}'
    assert json_text(deep) == "[" * 301 + "]" * 301
    assert json_text(deeper) == "<not serializable list>"


def test_told_twice_and_differently_both_are_kept() -> None:
    assert together({"a": 1, "a_": 2}, {"a": 3, "b": 4}) == {"a": 1, "a_": 2, "a__": 3, "b": 4}
    assert together({"a": 1}, {"a": 1}) == {"a": 1}


def test_a_call_with_arguments_that_are_no_text_is_written_anew() -> None:
    given = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": {"a": 1}}}

    assert call_of(given) == tool_call("c1", "f", '{"a":1}')


@pytest.mark.parametrize("odd", ["f", 7, ["f"]])
def test_a_list_of_tools_and_other_things_is_none_of_tools(odd: Json) -> None:
    assert tools_of([TOOL, odd]) is None
    assert tools_of([TOOL, None]) == [TOOL]
    assert tools_of([{"function_declarations": [odd]}]) == [{"function_declarations": [odd]}]
    assert tools_of([{"function_declarations": []}]) is None


def test_what_bedrock_says_around_a_tool_is_kept_beside_what_the_tool_says() -> None:
    [tool] = tools_of([{"toolSpec": {"name": "f"}, "name": "g", "x": 1}]) or []

    assert tool == {"type": "function", "function": {"name": "f", "name_": "g", "x": 1}}


def test_a_type_is_an_extra_of_a_call_unless_it_says_that_it_is_one() -> None:
    assert "extras" not in call_of({"id": "c1", "type": "tool_use", "name": "f", "input": {}})
    assert call_of({"id": "c1", "type": "mine", "name": "f"})["extras"] == {"type": "mine"}
    assert call_of({"id": "c1", "type": {"a": 1}, "name": "f"})["extras"] == {"type": {"a": 1}}


def test_very_many_things_of_one_name_are_told_apart_at_once() -> None:
    told: JsonObject = {}
    for number in range(1_000):
        together(told, {"a": number})

    assert sorted(told.values()) == list(range(1_000))
    assert max(map(len, told)) < 20
    assert together({**told, "a" + "_" * 8 + "1001": 0}, {"a": -1})["a" + "_" * 8 + "1001_"] == -1
