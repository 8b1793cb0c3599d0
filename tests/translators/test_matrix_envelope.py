"""What OTLP itself says of a span survives, whatever dialect the span speaks.

The rows of section "Envelope" of the coverage matrix that translation is about.
"""

import pytest

from tests.translators.leaves import lost
from tests.translators.spans import END_NS, START_NS, span
from translators.registry import Registry
from translators.run import Run
from translators.span import STATUS_ERROR, STATUS_OK, Event, Json, JsonObject, Link, Span

CHAT = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o"}
TRACEBACK = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\nValueError: no ink'


def run_of(made: Span) -> Run:
    return Registry().translate(made)


def thrown(**attributes: Json) -> Event:
    return Event(
        "exception", START_NS, {f"exception.{key}": value for key, value in attributes.items()}
    )


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"tenant": {"id": 7, "paid": True, "note": None}}, id="object"),
        pytest.param("AP8=", id="bytes, in base64"),
        pytest.param([1, 2, 3], id="integers"),
        pytest.param([0.5, 2.25], id="floats"),
        pytest.param([True, False], id="bools"),
        pytest.param([{"a": [1]}, None, "x"], id="mixed"),
        pytest.param([], id="nothing"),
    ],
)
def test_an_attribute_nobody_maps_keeps_its_type(value: Json) -> None:
    run = run_of(span({**CHAT, "app.value": value}))

    assert run.metadata["app.value"] == value
    assert type(run.metadata["app.value"]) is type(value)


@pytest.mark.parametrize("broken", ["NaN", float("nan"), float("inf"), "-Infinity"])
def test_a_count_that_is_no_number_is_no_count_and_the_others_count(broken: Json) -> None:
    run = run_of(span({**CHAT, "gen_ai.usage.input_tokens": broken, "llm.usage.total_tokens": 9}))

    assert run.outputs == {"usage_metadata": {"total_tokens": 9}}
    assert str(run.metadata["gen_ai.usage.input_tokens"]) == str(broken)


@pytest.mark.parametrize(
    "bad",
    [
        {"gen_ai.input.messages": '[{"role": "user", "par'},
        {"gen_ai.input.messages": 5},
        {"gen_ai.usage.cache_read.input_tokens": "many"},
        {"gen_ai.usage.details": "{not json"},
        {"gen_ai.tool.definitions": "[{]"},
        {"gen_ai.request.temperature": "hot"},
        {"gen_ai.request.stop_sequences": {"a": 1}},
        {"metadata": "no object"},
        {"langsmith.usage_metadata": "{broken"},
        {"langsmith.metadata.k": "{broken"},
        {"langsmith.span.id": "no uuid"},
        {"llm.invocation_parameters": "[broken"},
        {"traceloop.entity.input": '{"inputs": '},
        {"langfuse.observation.usage_details": "{broken"},
        {"mlflow.spanInputs": "{broken"},
        {"ai.prompt.messages": "[broken"},
    ],
    ids=lambda bad: next(iter(bad)),
)
def test_one_broken_attribute_costs_nothing_but_its_own_meaning(bad: JsonObject) -> None:
    answer = '[{"role": "assistant", "parts": [{"type": "text", "content": "4"}]}]'

    made = span({**CHAT, **bad, "gen_ai.output.messages": answer, "gen_ai.usage.input_tokens": 5})
    run = run_of(made)

    assert lost(made, run) == []
    assert run.failures == ()
    assert run.run_type == "llm"
    assert run.metadata["ls_model_name"] == "gpt-4o"
    assert run.outputs is not None
    assert run.outputs["messages"] == [{"role": "assistant", "content": "4"}]
    assert run.metadata["usage_metadata"]["input_tokens"] == 5


def test_attributes_nobody_maps_keep_their_own_keys_and_stay_out_of_the_inputs() -> None:
    own = {
        "http.status_code": 200,
        "gen_ai.future.word": "new",
        "llm.own": 0.5,
        "app.session": "s",
        "input.unheard_of": True,
    }

    run = run_of(span({**CHAT, **own}))

    assert {key: run.metadata.get(key) for key in own} == own
    assert run.inputs is None


def test_the_scope_is_told_on_every_run() -> None:
    made = span(CHAT, scope="acme.tracer")
    made.scope.attributes = {"team": "search"}
    made.scope.schema_url = "https://schemas/1.30"
    made.scope.dropped = 2

    run = run_of(made)

    assert {k: v for k, v in run.metadata.items() if k.startswith("otel.scope.")} == {
        "otel.scope.name": "acme.tracer",
        "otel.scope.version": "1.0",
        "otel.scope.attributes": {"team": "search"},
        "otel.scope.schema_url": "https://schemas/1.30",
        "otel.scope.dropped_attributes_count": 2,
    }
    assert run.runtime["library"] == "acme.tracer"


def test_the_service_is_told_on_every_run() -> None:
    resource = {
        "service.name": "shop",
        "service.version": "1.2.3",
        "deployment.environment.name": "prod",
        "telemetry.sdk.name": "opentelemetry",
    }

    run = run_of(span(CHAT, resource=resource))

    assert run.metadata["service_name"] == "shop"
    assert run.metadata["revision_id"] == "1.2.3"
    assert run.metadata["environment"] == "prod"
    assert run.runtime["sdk"] == "opentelemetry"


def test_links_are_kept_whole_and_none_becomes_a_parent() -> None:
    made = span(CHAT)
    made.links = [
        Link("1" * 32, "2" * 16),
        Link("3" * 32, "4" * 16, "vendor=1", {"why": "fan-in", "weight": 2}, 0x301, 5),
    ]

    run = run_of(made)

    assert run.metadata["otel.links"] == [
        {"trace_id": "1" * 32, "span_id": "2" * 16},
        {
            "trace_id": "3" * 32,
            "span_id": "4" * 16,
            "trace_state": "vendor=1",
            "attributes": {"why": "fan-in", "weight": 2},
            "flags": 0x301,
            "dropped_attributes_count": 5,
        },
    ]
    assert "otel.parent_span_id" not in run.metadata
    assert run.ids is None


@pytest.mark.parametrize(
    ("kind", "word"), [(2, "SERVER"), (3, "CLIENT"), (4, "PRODUCER"), (5, "CONSUMER"), (1, None)]
)
def test_the_kind_of_a_span_is_told_by_its_name(kind: int, word: str | None) -> None:
    made = span(CHAT)
    made.kind = kind

    assert run_of(made).metadata.get("otel.span_kind") == word


def test_trace_state_flags_and_what_was_dropped_are_kept() -> None:
    made = span(CHAT, events=[Event("retry", START_NS, {"n": 1}, dropped=4)])
    made.trace_state = "vendor=1,other=2"
    made.flags = 0x301
    made.dropped = (1, 0, 3)

    run = run_of(made)

    assert run.metadata["otel.trace_state"] == "vendor=1,other=2"
    assert run.metadata["otel.flags"] == 0x301
    assert run.metadata["otel.dropped"] == {"attributes": 1, "links": 3}
    assert run.events[0]["kwargs"] == {"n": 1, "otel.dropped_attributes_count": 4}


def test_events_that_are_not_about_genai_are_kept_with_their_attributes_in_order_of_time() -> None:
    events = [
        Event("cache.miss", START_NS + 1_500_000, {"key": "k", "sizes": [1, 2]}),
        Event("retry", START_NS + 500_000, {"attempt": 2}),
    ]

    run = run_of(span(CHAT, events=events))

    assert run.events == [
        {
            "name": "retry",
            "time": "2025-11-20T00:53:20.000500+00:00",
            "kwargs": {"attempt": 2},
        },
        {
            "name": "cache.miss",
            "time": "2025-11-20T00:53:20.001500+00:00",
            "kwargs": {"key": "k", "sizes": [1, 2]},
        },
    ]


@pytest.mark.parametrize(
    ("message", "attributes", "error"),
    [
        ("model overloaded", {}, "model overloaded"),
        ("", {"error.type": "timeout"}, "timeout"),
        ("", {"error.message": "gone", "error.type": "timeout"}, "gone"),
        ("", {}, "Error"),
    ],
)
def test_an_error_status_is_an_error_without_any_exception(
    message: str, attributes: JsonObject, error: str
) -> None:
    made = span({**CHAT, **attributes}, status_code=STATUS_ERROR, status_message=message)

    assert run_of(made).error == error


def test_an_exception_is_told_with_type_message_and_stack_whatever_their_order() -> None:
    told = {"stacktrace": TRACEBACK, "message": "no ink", "type": "ValueError"}
    backwards = dict(reversed(told.items()))

    errors = [
        run_of(span(CHAT, events=[thrown(**given)], status_code=STATUS_ERROR)).error
        for given in (told, backwards)
    ]

    assert errors == [f"ValueError: no ink\n\n{TRACEBACK}"] * 2


def test_an_exception_stays_an_event_too() -> None:
    run = run_of(span(CHAT, events=[thrown(type="ValueError", message="no ink")]))

    assert run.error == "ValueError: no ink"
    assert run.events[0]["kwargs"] == {
        "exception.type": "ValueError",
        "exception.message": "no ink",
    }


def test_a_handled_exception_under_status_ok_is_an_event_and_no_error() -> None:
    run = run_of(span(CHAT, events=[thrown(type="ValueError")], status_code=STATUS_OK))

    assert run.error is None
    assert run.events[0]["kwargs"] == {"exception.type": "ValueError"}
    assert run.metadata["otel.status"] == "OK"


def test_no_nanosecond_of_a_time_is_lost() -> None:
    made = span(CHAT)
    made.start_ns, made.end_ns = START_NS + 123_456_789, END_NS + 987_654_321

    run = run_of(made)

    assert run.start_us == 1_763_600_000_123_456
    assert run.end_us == 1_763_600_002_987_654
    assert run.metadata["otel.start_time_unix_nano"] == "1763600000123456789"
    assert run.metadata["otel.end_time_unix_nano"] == "1763600002987654321"
