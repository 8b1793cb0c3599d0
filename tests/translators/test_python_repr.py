import pytest

from translators.python_repr import from_repr
from translators.span import Json


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{'a': [1, -2.5, None, True], 'b': ('x',)}", {"a": [1, -2.5, None, True], "b": ["x"]}),
        ("Item(id='1', parts=[Part(text='x')])", {"id": "1", "parts": [{"text": "x"}]}),
        ("Empty()", {}),
        ("'text'", "text"),
    ],
)
def test_literals_and_models_are_values(text: str, expected: Json) -> None:
    assert from_repr(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain words",
        "{'a'",
        "Item(1)",
        "Item(a=b)",
        "Item(**{'a': 1})",
        "{1: 2}",
        "{**{'a': 1}}",
        "b'bytes'",
        "1j",
        "-'a'",
        "+1",
        "[x for x in 'ab']",
        "<object at 0x1>",
        "(" * 300 + ")" * 300,
        "[" * 50 + "]" * 50,
        "'" + "x" * 70_000 + "'",
        "\0",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert from_repr(text) is None


def test_nothing_is_executed() -> None:
    assert from_repr("__import__('os')") is None
    assert from_repr("Item(a=__import__('os').getcwd())") is None
