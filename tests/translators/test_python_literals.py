import pytest

from translators.python_literals import MAX_LENGTH, python_literal
from translators.span import Json


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("{'city': 'Zürich', 'n': None, 'ok': True}", {"city": "Zürich", "n": None, "ok": True}),
        ("[1, 2.5, ['a']]", [1, 2.5, ["a"]]),
        ("{'a': {1}}", None),
        ("{1: 'a'}", None),
        ("{'a': b'x'}", None),
        ("{'a': open('x')}", None),
        ("{'a': ", None),
        ("'text'", None),
        ("('a',)", None),
        ("(1)", None),
        ("{'a', 'b'}", None),
        ("[" * 5_000, None),
        ("['" + "a" * MAX_LENGTH + "']", None),
        ({"a": 1}, None),
        (None, None),
    ],
)
def test_what_python_wrote_down_is_read_where_it_is_plain(value: Json, expected: Json) -> None:
    assert python_literal(value) == expected
