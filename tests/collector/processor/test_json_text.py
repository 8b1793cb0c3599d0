import tracemalloc
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.processor.json_text import dumps


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_what_json_can_hold_comes_back_as_it_was(value: Any) -> None:
    assert orjson.loads(dumps(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"n": 2**70}, b'{"n":1180591620717411303424}'),
        ({"n": [-(2**63) - 1, 2**64 - 1]}, b'{"n":[-9223372036854775809,18446744073709551615]}'),
        ({1: {2.5: "x"}, None: (True, None, 0.5)}, b'{"1":{"2.5":"x"},"None":[true,null,0.5]}'),
        ({"a\ud800b": "c\udfffd"}, b'{"ab":"cd"}'),
        ({"when": 3 + 4j}, b'{"when":"(3+4j)"}'),
    ],
)
def test_what_orjson_refuses_is_bent(value: Any, text: bytes) -> None:
    assert dumps(value) == text


def test_an_integer_of_thousands_of_digits_becomes_hexadecimal_text() -> None:
    assert orjson.loads(dumps([16**5000])) == ["0x1" + "0" * 5000]


def test_what_is_nested_very_deep_becomes_text_and_is_still_there() -> None:
    value: Any = "leaf"
    for _ in range(400):
        value = [value]

    back = orjson.loads(dumps({"deep": value}))["deep"]
    while isinstance(back, list):
        back = back[0]

    assert back == "[" * 301 + '"leaf"' + "]" * 301


def test_a_value_that_holds_itself_is_cut() -> None:
    value: dict[str, Any] = {}
    value["self"] = value

    assert b"[nested too deeply]" in dumps(value)


def test_the_bytes_take_no_more_memory_than_they_show() -> None:
    dumps({"a": 1})
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        held = [dumps({"a": number}) for number in range(100)]
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()

    assert len(held) == 100
    assert grown < 100 * 200
