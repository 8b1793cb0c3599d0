"""The filter language as text."""

import pytest

from collector.sandbox.errors import Malformed
from collector.sandbox.filters import Call, Field, Literal, parse_filter


def test_an_expression_becomes_a_tree() -> None:
    tree = parse_filter(' and( eq(run_type, "llm"), gt(latency,\n5) ) ')

    assert tree == Call(
        "and",
        (
            Call("eq", (Field("run_type"), Literal("llm"))),
            Call("gt", (Field("latency"), Literal(5))),
        ),
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"a, (b)"', "a, (b)"),
        (r'"say \"hi\""', 'say "hi"'),
        (r"'it\'s'", "it's"),
        (r'"line\nbreak\\ \u00fc \ud83d\ude00"', "line\nbreak\\ ü 😀"),
        ("-12", -12),
        ("0.5", 0.5),
        ("1e3", 1000.0),
        ("true", True),
        ("False", False),
        ("null", None),
        ("[]", []),
        ("['a', 2, null]", ["a", 2, None]),
    ],
)
def test_values_are_read(text: str, value: object) -> None:
    assert parse_filter(f"eq(name, {text})").arguments[1] == Literal(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        '"x"',
        "eq(name",
        "eq(name,",
        "eq(name, 'x'",
        "eq(name 'x')",
        "eq(name, 'x') or",
        "eq(name, 'x')) ",
        "eq(name, [eq(a, 1)])",
        "eq(name, [a])",
        "eq(name; 'x')",
        "eq(, 'x')",
        "not(" * 200 + ")" * 200,
    ],
)
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match=r"^filter: "):
        parse_filter(text)
