"""Log records as events of their spans."""

import pytest

from translators.log_events import event_of
from translators.log_record import LogRecord
from translators.span import Json, JsonObject, Scope


def record(
    event_name: str = "gen_ai.user.message",
    *,
    span_id: str = "eee19b7ec3c1b174",
    body: Json = None,
    attributes: JsonObject | None = None,
    scope: str = "",
    severity: int = 9,
) -> LogRecord:
    return LogRecord(
        trace_id="5b8efff798038103d269b633813fc60c",
        span_id=span_id,
        event_name=event_name,
        time_ns=7,
        body=body,
        attributes=attributes,
        severity_number=severity,
        scope=Scope(scope),
    )


def attributes_of(record: LogRecord) -> JsonObject:
    event = event_of(record)
    assert event is not None
    return event.attributes


def test_a_body_that_is_an_object_stands_among_the_attributes() -> None:
    event = event_of(record(body={"content": "Hi"}, attributes={"gen_ai.system": "openai"}))

    assert event is not None
    assert (event.name, event.time_ns) == ("gen_ai.user.message", 7)
    assert event.attributes == {"gen_ai.system": "openai", "content": "Hi"}


def test_a_body_in_json_text_is_opened() -> None:
    assert attributes_of(record(body='{"role": "user", "content": "Hi"}')) == {
        "role": "user",
        "content": "Hi",
    }


@pytest.mark.parametrize("body", ["Hi", "[1]", '{"cut', 5, [1, 2]])
def test_any_other_body_stands_under_its_name(body: Json) -> None:
    assert attributes_of(record(body=body)) == {"body": body}


def test_the_body_wins_and_what_the_attribute_says_is_kept() -> None:
    given = {"content": "short", "role": "user"}

    found = attributes_of(record(body={"content": "whole", "role": "user"}, attributes=given))

    assert found == {"content": "whole", "log.content": "short", "role": "user"}


def test_the_event_name_is_not_told_twice() -> None:
    assert attributes_of(record(attributes={"event.name": "gen_ai.user.message"})) == {}


def test_only_a_warning_says_how_severe_it_is() -> None:
    assert attributes_of(record(severity=13)) == {"log.severity": 13}


def test_a_sender_without_a_namespace_is_known_by_its_scope() -> None:
    event = event_of(record("api_request", scope="com.anthropic.claude_code.events"))

    assert event is not None


def test_an_attribute_tells_that_an_event_is_about_genai() -> None:
    assert event_of(record("exception", attributes={"gen_ai.system": "openai"})) is not None


@pytest.mark.parametrize(
    "other",
    [
        record(""),
        record(span_id=""),
        record("device.crash", attributes={"http.route": "/"}, body="oh"),
    ],
    ids=["a log line", "no span", "another topic"],
)
def test_what_tells_of_no_genai_span_is_no_event(other: LogRecord) -> None:
    assert event_of(other) is None
