import pytest

from translators.message_templates import filled


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("plain", "plain"),
        ("Agent run: {name!r}", "Agent run: 'Bob'"),
        ("Turn {turn} for {name}", "Turn 3 for Bob"),
        ("Guardrail {name!r} {triggered=}", "Guardrail 'Bob' triggered=False"),
        ("Chat with {request_data[model]!r}", "Chat with 'gpt-4o'"),
        ("response from {request_data[model]!r} took {duration:.2f}s", "response from 'gpt-4o'"),
        ("", ""),
    ],
)
def test_names_become_values(template: str, expected: str) -> None:
    attributes = {"name": "Bob", "turn": 3, "triggered": False, "duration": 0.5}

    assert filled(template, attributes, "gpt-4o") == expected


@pytest.mark.parametrize("template", ["{absent}", "{list}", "{long}", "{open", "{}", "{duration}"])
def test_where_a_value_is_missing_nothing_is_said(template: str) -> None:
    assert filled(template, {"list": ["a"], "long": "x" * 101, "duration": 0.5}) is None


def test_the_model_may_be_unknown() -> None:
    assert filled("Chat with {request_data[model]!r}", {}) is None
