"""JSON text that was cut off."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from translators.partial_json import whole_items
from translators.span import Json


@pytest.mark.parametrize(
    ("cut", "items", "rest"),
    [
        ('[1, {"a": 2}, {"b', [1, {"a": 2}], '{"b'),
        ("[1,", [1], ""),
        ("[", [], ""),
        ("text", [], "text"),
        ("", [], ""),
        ("[" * 50_000, [], "[" * 49_999),
    ],
)
def test_whole_items_and_the_rest_are_told_apart(cut: str, items: list[Json], rest: str) -> None:
    assert whole_items(cut) == (items, rest)


@given(st.lists(st.text() | st.integers(-(2**63), 2**63 - 1) | st.booleans()), st.integers(0, 200))
def test_whatever_is_cut_off_the_items_before_are_whole(items: list[Json], length: int) -> None:
    cut = orjson.dumps(items).decode()[:length]

    found, _ = whole_items(cut)

    # A number that is cut is a shorter number.
    assert found[:-1] == items[: max(len(found) - 1, 0)]
