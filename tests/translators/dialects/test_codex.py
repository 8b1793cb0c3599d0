"""Codex: the few of its spans that are about models and tools."""

import pytest

from tests.translators.spans import START_NS, span
from translators.base import Signature
from translators.dialects.codex import Codex
from translators.registry import Registry
from translators.run import Run
from translators.span import Event, Json, JsonObject

USAGE = {"gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 5}
RESULT = "codex.tool_result"


def run_of(attributes: JsonObject, *events: Event, name: str = "handle_responses") -> Run:
    """Return the run of a span, as all dialects together make it."""
    made = span(attributes, name=name, scope="codex_exec", events=list(events))
    return Registry().translate(made)


def told(name: str, **attributes: Json) -> Event:
    """Return an event as Rust's tracing sends it: its own name is a place in the code."""
    return Event("event otel/src/events.rs:1", START_NS + 1000, {"event.name": name, **attributes})


@pytest.mark.parametrize(
    ("scope", "keys", "events", "speaks"),
    [
        ("codex_exec", ("code.file.path", "model"), (), False),
        ("codex_exec", ("gen_ai.usage.input_tokens",), (), True),
        ("codex_exec", ("codex.turn.token_usage.input_tokens",), (), True),
        ("codex_cli_rs", ("tool_name", "call_id"), (), True),
        ("codex_cli_rs", ("code.file.path",), ("event otel/src/x.rs:1",), True),
        ("mine", ("call_id",), ("x",), False),
    ],
)
def test_it_speaks_of_spans_that_say_more_than_where_in_the_code_they_are(
    scope: str, keys: tuple[str, ...], events: tuple[str, ...], speaks: bool
) -> None:
    assert Codex().speaks(Signature(scope, frozenset(keys), frozenset(events))) is speaks


def test_a_span_whose_events_say_nothing_stays_the_generic_dialects() -> None:
    assert Codex().translate(span({}, scope="codex_exec", events=[told("codex.other")])) is None


def test_the_end_of_a_response_counts_the_tokens_of_the_call() -> None:
    more = {
        "gen_ai.usage.cache_read.input_tokens": 4,
        "codex.usage.reasoning_output_tokens": 3,
        "codex.usage.total_tokens": 15,
        "codex.request.reasoning_effort": "high",
        "model": "gpt-5-mini",
    }

    run = run_of({**USAGE, **more})

    assert run.run_type == "llm"
    assert run.invocation_params == {"reasoning_effort": "high", "model": "gpt-5-mini"}
    assert run.metadata["usage_metadata"] == {
        "input_tokens": 10,
        "output_tokens": 5,
        "total_tokens": 15,
        "input_token_details": {"cache_read": 4},
        "output_token_details": {"reasoning": 3},
    }


def test_the_sum_of_a_turn_is_no_usage_of_its_own() -> None:
    prefix = "codex.turn.token_usage."
    counts = {f"{prefix}input_tokens": 10, f"{prefix}output_tokens": 5, f"{prefix}total_tokens": 15}

    run = run_of(counts, name="session_task.turn")

    assert run.run_type == "chain"
    assert run.metadata["usage_rollup"]["total_tokens"] == 15


def test_an_effort_by_default_is_no_parameter() -> None:
    run = run_of({**USAGE, "codex.request.reasoning_effort": "default"})

    assert run.invocation_params == {}
    assert run.metadata["codex.request.reasoning_effort"] == "default"


def test_the_span_that_knows_the_result_is_the_tool() -> None:
    events = [
        told(RESULT, tool_name="f", call_id="c", success="true", arguments_length=7),
        told(RESULT, tool_name="f", call_id="c", arguments='{"a": 1}', output="fine"),
    ]

    run = run_of({}, *events, name="dispatch_tool_call_with_state")

    assert (run.run_type, run.name) == ("tool", "f")
    assert run.inputs == {"a": 1}
    assert run.outputs == {"output": "fine"}
    assert run.error is None
    assert run.metadata["tool_call_id"] == "c"
    assert run.invocation_params == {"tool_name": "f"}


@pytest.mark.parametrize(
    ("result", "error"),
    [({"output": "no", "success": "false"}, "no"), ({"success": False}, "Error")],
)
def test_a_tool_without_success_failed_with_its_output(result: JsonObject, error: str) -> None:
    assert run_of({}, told(RESULT, tool_name="f", **result)).error == error


def test_arguments_that_are_no_object_are_one_input() -> None:
    assert run_of({}, told(RESULT, tool_name="f", arguments="ls")).inputs == {"input": "ls"}


@pytest.mark.parametrize(
    ("phase", "run_type"), [({}, "tool"), ({"codex.tool.phase": "x"}, "chain")]
)
def test_the_span_around_a_tool_is_one_only_where_no_other_is(
    phase: JsonObject, run_type: str
) -> None:
    run = run_of({"tool_name": "f", "call_id": "c", **phase}, name="f")

    assert run.run_type == run_type
    assert run.metadata["tool_call_id"] == "c"


def test_a_call_id_without_a_tool_is_metadata() -> None:
    assert run_of({"call_id": "c"}).run_type == "chain"


def test_prompt_and_answer_of_log_records_are_messages() -> None:
    events = [
        told("codex.user_prompt", prompt_length=2, **{"conversation.id": "t"}),
        told("codex.user_prompt", prompt="Hi"),
        told("codex.agent_response", response="Hello"),
        told("codex.agent_response", response=7),
    ]

    run = run_of({}, *events)

    assert run.inputs == {"messages": [{"role": "user", "content": "Hi"}]}
    assert run.outputs == {"messages": [{"role": "assistant", "content": "Hello"}]}
    assert run.thread_id == "t"


def test_the_event_of_the_first_token_tells_when_it_came() -> None:
    draft = Codex().translate(span({}, events=[told("codex.turn_ttft", duration_ms=5)]))

    assert draft is not None
    assert draft.said["first_token_ns"][0] == START_NS + 1000
