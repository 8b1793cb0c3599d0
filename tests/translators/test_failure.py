import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.translators.spans import span
from translators.failure import cancelled, error_of
from translators.span import STATUS_ERROR, STATUS_OK, STATUS_UNSET, Event, JsonObject, Span

TRACE = 'Traceback (most recent call last):\n  File "a.py", line 1\nValueError: boom\n'


def thrown(**attributes: str | bool) -> Event:
    return Event("exception", 1, {f"exception.{key}": value for key, value in attributes.items()})


@pytest.mark.parametrize("status", [STATUS_UNSET, STATUS_OK])
def test_a_span_without_signs_of_failure_succeeded(status: int) -> None:
    assert error_of(span(status_code=status), None) is None


def test_type_message_and_stack_trace_make_the_text() -> None:
    event = thrown(type="ValueError", message="boom", stacktrace=TRACE)

    assert error_of(span(events=[event], status_code=STATUS_ERROR), None) == (
        "ValueError: boom\n\nTraceback (most recent call last):\n"
        '  File "a.py", line 1\nValueError: boom'
    )


@pytest.mark.parametrize(
    ("attributes", "text"),
    [
        ({"type": "ValueError"}, "ValueError"),
        ({"message": "boom"}, "boom"),
        ({"stacktrace": "  at line 1\n"}, "at line 1"),
        ({"type": "ValueError", "message": "ValueError: boom"}, "ValueError: boom"),
        ({"message": "boom\n  at line 1", "stacktrace": "  at line 1"}, "boom\n  at line 1"),
        ({}, "Error"),
    ],
)
def test_what_is_missing_or_told_already_is_left_out(attributes: dict[str, str], text: str) -> None:
    assert error_of(span(events=[thrown(**attributes)], status_code=STATUS_ERROR), None) == text


@given(st.permutations([("type", "ValueError"), ("message", "boom"), ("stacktrace", "at line 1")]))
def test_the_order_of_attributes_does_not_matter(items: list[tuple[str, str]]) -> None:
    event = thrown(**dict(items))

    assert error_of(span(events=[event]), None) == "ValueError: boom\n\nat line 1"


def test_the_last_exception_is_told() -> None:
    events = [thrown(message="first"), thrown(message="last")]

    assert error_of(span(events=events, status_code=STATUS_ERROR), None) == "last"


def test_a_handled_exception_is_no_failure_where_the_status_is_ok() -> None:
    assert error_of(span(events=[thrown(message="boom")], status_code=STATUS_OK), None) is None


@pytest.mark.parametrize("escaped", [False, "False"])
def test_an_exception_that_did_not_escape_is_no_failure(escaped: bool | str) -> None:
    assert error_of(span(events=[thrown(message="boom", escaped=escaped)]), None) is None


def test_only_an_exception_that_left_the_span_is_told_without_a_status() -> None:
    events = [thrown(message="left"), thrown(message="handled", escaped=False)]

    assert error_of(span(events=events), None) == "left"


def test_an_error_status_counts_even_if_the_exception_was_handled() -> None:
    events = [thrown(message="boom", escaped=False)]

    assert error_of(span(events=events, status_code=STATUS_ERROR), None) == "boom"


def test_the_status_message_stands_in_for_an_exception() -> None:
    assert error_of(span(status_code=STATUS_ERROR, status_message="timed out"), None) == "timed out"


def test_a_status_message_that_adds_something_comes_first() -> None:
    failed = span(
        events=[thrown(type="ValueError", message="boom")],
        status_code=STATUS_ERROR,
        status_message="step 3 failed",
    )

    assert error_of(failed, None) == "step 3 failed\n\nValueError: boom"


def test_a_status_message_that_the_exception_contains_is_not_repeated() -> None:
    failed = span(
        events=[thrown(type="openai.RateLimitError", message="429 slow down")],
        status_code=STATUS_ERROR,
        status_message="RateLimitError: 429 slow down",
    )

    assert error_of(failed, None) == "openai.RateLimitError: 429 slow down"


@pytest.mark.parametrize(
    ("attributes", "text"),
    [
        ({"error.message": "no quota", "error.type": "429"}, "no quota"),
        ({"exception.type": "ValueError", "exception.message": "boom"}, "ValueError: boom"),
        ({"error.type": "timeout"}, "timeout"),
        ({"error.type": ""}, "Error"),
        ({}, "Error"),
    ],
)
def test_attributes_stand_in_for_a_status_message(attributes: JsonObject, text: str) -> None:
    assert error_of(span(attributes, status_code=STATUS_ERROR), None) == text


def test_an_error_type_alone_says_that_the_span_failed() -> None:
    assert error_of(span({"error.type": "_OTHER"}), None) == "_OTHER"


def test_an_error_type_does_not_beat_the_status_ok() -> None:
    assert error_of(span({"error.type": "_OTHER"}, status_code=STATUS_OK), None) is None


def test_a_dialect_can_say_that_the_span_failed() -> None:
    assert error_of(span(), "guardrail tripped") == "guardrail tripped"
    assert error_of(span(), "") == "Error"


def test_a_dialects_text_stands_before_the_exception() -> None:
    failed = span(events=[thrown(message="boom")])

    assert error_of(failed, "tool failed") == "tool failed\n\nboom"


def test_a_postponed_tool_call_is_no_failure() -> None:
    deferred = span(
        {"pydantic_ai.tool.deferral.name": "CallDeferred"},
        events=[thrown(type="CallDeferred")],
        status_code=STATUS_ERROR,
    )

    assert error_of(deferred, None) is None


def test_langsmiths_exporter_has_the_whole_error_in_its_message() -> None:
    event = thrown(type="Exception", message=f"ValueError('boom')\n{TRACE}", stacktrace=TRACE + "x")

    assert error_of(span(scope="langsmith", events=[event]), None) == f"ValueError('boom')\n{TRACE}"


@pytest.mark.parametrize(
    "event",
    [
        Event("span.cancelled"),
        thrown(type="asyncio.exceptions.CancelledError"),
        thrown(type="CancelledError"),
    ],
)
def test_a_cancelled_span_says_so(event: Event) -> None:
    stopped = span(events=[event])

    assert cancelled(stopped)
    assert error_of(stopped, None) == "Cancelled"


def test_why_it_was_cancelled_stays() -> None:
    stopped = span(
        events=[Event("span.cancelled")],
        status_code=STATUS_ERROR,
        status_message="client went away",
    )

    assert error_of(stopped, None) == "Cancelled\n\nclient went away"


@pytest.mark.parametrize(
    "going_on",
    [
        span(),
        span(events=[Event("span.cancelled")], status_code=STATUS_OK),
        span(events=[thrown(type="CancelledError", escaped=False)]),
        span(events=[thrown(message="no type"), thrown(type="ValueError")]),
    ],
)
def test_other_spans_were_not_cancelled(going_on: Span) -> None:
    assert not cancelled(going_on)


def test_a_type_that_is_no_text_does_no_harm() -> None:
    event = Event("exception", 1, {"exception.type": ["odd"], "exception.message": "boom"})

    assert error_of(span(events=[event]), None) == "boom"
