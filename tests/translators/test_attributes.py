import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from translators.attributes import (
    MAX_PLANNED_KEYS,
    Reader,
    Table,
    anything,
    count,
    flag,
    in_order,
    indexed,
    json_list,
    json_object,
    json_or_text,
    number,
    parsed_json,
    strings,
    text,
)
from translators.base import Draft
from translators.span import Json, JsonObject

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@pytest.mark.parametrize(
    ("reader", "value", "expected"),
    [
        (anything, [1], [1]),
        (text, "hello", "hello"),
        (text, "", None),
        (text, "N/A", None),
        (text, "<not specified>", None),
        (text, 7, "7"),
        (text, 0.5, "0.5"),
        (text, True, "true"),
        (text, False, "false"),
        (text, ["hello"], None),
        (number, 5, 5),
        (number, 0, 0),
        (number, 5.0, 5),
        (number, 5.5, 5.5),
        (number, "26", 26),
        (number, "26.0", 26),
        (number, "1e3", 1000),
        (number, "many", None),
        (number, True, None),
        (number, float("nan"), None),
        (number, float("inf"), None),
        (number, "NaN", None),
        (number, None, None),
        (number, [1], None),
        (count, 5, 5),
        (count, "5", 5),
        (count, 0, 0),
        (count, -1, None),
        (count, 0.5, None),
        (flag, True, True),
        (flag, False, False),
        (flag, "True", True),
        (flag, "false", False),
        (flag, "perhaps", None),
        (flag, 1, None),
        (strings, ["a", " b "], ["a", "b"]),
        (strings, "a, b,,c", ["a", "b", "c"]),
        (strings, '["a, b", "c"]', ["a, b", "c"]),
        (strings, "[not JSON", ["[not JSON"]),
        (strings, ["a", 1, ""], ["a", "1"]),
        (strings, "", None),
        (strings, [], None),
        (strings, 5, None),
        (parsed_json, '{"a": [1]}', {"a": [1]}),
        (parsed_json, '"{\\"a\\": 1}"', {"a": 1}),
        (parsed_json, '"plain"', "plain"),
        (parsed_json, '"{broken"', "{broken"),
        (parsed_json, "not JSON", None),
        (parsed_json, {"a": 1}, {"a": 1}),
        (parsed_json, 5, 5),
        (json_object, '{"a": 1}', {"a": 1}),
        (json_object, "[1]", None),
        (json_object, {}, {}),
        (json_list, "[1]", [1]),
        (json_list, '{"a": 1}', None),
        (json_list, [], []),
        (json_or_text, ' {"a": 1}', {"a": 1}),
        (json_or_text, "[1]", [1]),
        (json_or_text, "123", "123"),
        (json_or_text, '"quoted"', '"quoted"'),
        (json_or_text, "{broken", "{broken"),
        (json_or_text, "", ""),
        (json_or_text, 7, 7),
    ],
)
def test_readers_say_what_a_value_means(reader: Reader, value: Json, expected: Json) -> None:
    found = reader(value)

    assert found == expected
    assert type(found) is type(expected)


@given(JSON_VALUES)
def test_any_json_is_read_back(value: Json) -> None:
    written = orjson.dumps(value).decode()

    # Text that holds JSON itself is opened on purpose.
    if not isinstance(value, str):
        assert parsed_json(written) == value


@given(st.text())
def test_no_text_makes_a_reader_raise(value: str) -> None:
    for reader in (text, number, count, flag, strings, json_object, json_list, json_or_text):
        reader(value)


def test_a_flattened_list_is_put_together_in_index_order() -> None:
    attributes = {
        "m.10.message.role": "user",
        "m.2.message.role": "system",
        "m.2.message.content": "hi",
        "other.0.message.role": "tool",
    }

    found = indexed(attributes, "m.")

    assert list(found) == [2, 10]
    assert found[2] == {"message": {"role": "system", "content": "hi"}}
    assert found[10] == {"message": {"role": "user"}}


@pytest.mark.parametrize("key", ["m.x.role", "m.-1.role", "m.1000000.role", "m.", "m..role"])
def test_what_is_no_index_is_no_item(key: str) -> None:
    assert indexed({key: "user"}, "m.") == {}


def test_an_index_without_a_rest_is_found_under_an_empty_name() -> None:
    assert indexed({"m.0": "text"}, "m.") == {0: {"": "text"}}


@pytest.mark.parametrize("attributes", [{"m.0.a": 1, "m.0.a.b": 2}, {"m.0.a.b": 2, "m.0.a": 1}])
def test_a_value_that_is_a_prefix_too_stays_beside_what_is_below(attributes: JsonObject) -> None:
    assert indexed(attributes, "m.") == {0: {"a": {"": 1, "b": 2}}}


@given(
    st.dictionaries(
        st.lists(st.sampled_from("ab0"), min_size=1, max_size=4).map(".".join), st.integers()
    )
)
def test_no_value_of_a_flattened_list_is_lost(rests: dict[str, int]) -> None:
    found = indexed({f"m.0.{rest}": value for rest, value in rests.items()}, "m.")

    assert sorted(_leaves(found)) == sorted(rests.values())


def _leaves(node: Json) -> list[int]:
    if isinstance(node, dict):
        return [leaf for below in node.values() for leaf in _leaves(below)]
    return [node]


def test_items_further_down_come_in_index_order() -> None:
    node = {"10": {"a": 1}, "2": {"a": 2}, "x": {"a": 3}, "3": "no item", "9999999": {"a": 4}}

    assert in_order(node) == [{"a": 2}, {"a": 1}]


def test_what_is_no_node_has_no_items() -> None:
    assert in_order("text") == []


def test_a_table_says_what_its_rows_find() -> None:
    draft = Draft()

    Table({"a": ("name", text), "b": ("usage.input", count)}).read({"a": "x", "b": "bad"}, draft)

    assert draft.said == {"name": ("x", ("a",))}


@pytest.mark.parametrize("attributes", [{"new": "x", "old": "y"}, {"old": "y", "new": "x"}])
def test_the_row_that_stands_first_wins(attributes: JsonObject) -> None:
    draft = Draft()

    Table({"new": ("name", text), "old": ("name", text)}).read(attributes, draft)

    assert draft.said == {"name": ("x", ("new",))}


@pytest.mark.parametrize(
    ("new", "old", "expected"),
    [
        (0, 7, (7, ("new", "old"))),
        (0, 0, (0, ("new",))),
        (3, 7, (3, ("new",))),
        (0, "many", (0, ("new",))),
    ],
)
def test_a_counter_of_0_gives_way_to_one_that_counts(
    new: Json, old: Json, expected: tuple[int, tuple[str, ...]]
) -> None:
    draft = Draft()
    table = Table({"new": ("usage.cache_read", count), "old": ("usage.cache_read", count)})

    table.read({"new": new, "old": old}, draft)

    assert draft.said == {"usage.cache_read": expected}


def test_a_row_that_says_nothing_does_not_win() -> None:
    draft = Draft()

    Table({"new": ("name", text), "old": ("name", text)}).read({"new": "N/A", "old": "y"}, draft)

    assert draft.said == {"name": ("y", ("old",))}


def test_a_row_below_a_prefix_takes_all_that_no_other_row_takes() -> None:
    table = Table({"m.id": ("name", text), "m.*": ("metadata.*", anything)})
    draft = Draft()

    table.read({"m.id": "x", "m.a.b": 1, "m.": 2, "n": 3}, draft)

    assert draft.said == {"name": ("x", ("m.id",)), "metadata.a.b": (1, ("m.a.b",))}


def test_a_table_tells_its_attributes() -> None:
    assert list(Table({"a": ("name", text), "b.*": ("metadata.*", text)}).keys()) == ["a", "b.*"]


def test_a_table_reads_on_when_it_has_met_too_many_keys_to_remember() -> None:
    table = Table({"a": ("name", text)})
    table.read({f"k{number}": 0 for number in range(MAX_PLANNED_KEYS + 1)}, Draft())
    draft = Draft()

    table.read({"a": "x"}, draft)
    table.read({"a": "y"}, Draft())

    assert draft.said == {"name": ("x", ("a",))}


@pytest.mark.parametrize("index", ["07", "٧", "-1", "1000000", "x", ""])
def test_an_index_has_one_spelling(index: str) -> None:
    assert indexed({f"p.{index}.a": 1}, "p.") == {}
    assert in_order({index: {"a": 1}}) == []


@pytest.mark.parametrize(
    "value", [["a", {"b": 1}], ["a", ["b"]], '["a",{"b":1}]', '{"a":1,"b":2}', '{"a":1,"b"']
)
def test_a_list_of_something_else_is_no_list_of_strings(value: Json) -> None:
    assert strings(value) is None
