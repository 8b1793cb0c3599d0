"""Gemini CLI: OpenTelemetry's names around Gemini's shapes."""

import orjson
import pytest

from tests.translators.spans import span
from translators.base import Signature
from translators.dialects.gemini_cli import GeminiCLI
from translators.registry import Registry
from translators.run import Run
from translators.span import Event, Json, JsonObject

DETAILS = "gen_ai.client.inference.operation.details"
HI = '[{"role":"user","parts":[{"text":"Hi"}]}]'


def run_of(operation: Json, attributes: JsonObject, *events: Event) -> Run:
    """Return the run of a span, as all dialects together make it."""
    given = {
        "gen_ai.operation.name": operation,
        "gen_ai.agent.name": "gemini-cli",
        **{f"gen_ai.{key}": value for key, value in attributes.items()},
    }
    made = span(given, name=str(operation), scope="gemini-cli", events=list(events))
    return Registry().translate(made)


def details(**attributes: Json) -> Event:
    """Return the log record about a call, joined to its span as an event."""
    told = {f"gen_ai.{key}.messages": value for key, value in attributes.items()}
    return Event(DETAILS, 0, {"event.name": DETAILS, **told})


@pytest.mark.parametrize(("scope", "speaks"), [("gemini-cli", True), ("gemini", False)])
def test_it_speaks_of_its_scope(scope: str, speaks: bool) -> None:
    assert GeminiCLI().speaks(Signature(scope, frozenset(), frozenset())) is speaks


@pytest.mark.parametrize(
    ("operation", "run_type", "name"),
    [
        ("llm_call", "llm", "llm_call"),
        ("tool_call", "tool", "f"),
        ("agent_call", "chain", "gemini-cli"),
        ("user_prompt", "chain", "user_prompt"),
        ("system_prompt", "chain", "system_prompt"),
        ("schedule_tool_calls", "chain", "schedule_tool_calls"),
    ],
)
def test_the_operation_tells_type_and_name(operation: str, run_type: str, name: str) -> None:
    attributes = {"tool.name": "f"} if operation == "tool_call" else {}

    run = run_of(operation, attributes)

    assert (run.run_type, run.name) == (run_type, name)


@pytest.mark.parametrize("system", ['"Be brief."', '{"parts":[{"text":"Be brief."}]}', "Be brief."])
def test_system_instructions_come_as_json_text_of_any_shape(system: str) -> None:
    run = run_of("llm_call", {"input.messages": HI, "system_instructions": system})

    assert run.inputs == {
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hi"},
        ]
    }


def test_no_system_instructions_are_none() -> None:
    run = run_of("llm_call", {"input.messages": HI, "system_instructions": "[]"})

    assert run.inputs == {"messages": [{"role": "user", "content": "Hi"}]}


def test_instructions_that_are_structured_are_read_too() -> None:
    run = run_of("llm_call", {"system_instructions": {"parts": [{"text": "Be brief."}]}})

    assert run.inputs == {"messages": [{"role": "system", "content": "Be brief."}]}


def test_messages_that_were_cut_off_are_told_as_far_as_they_go() -> None:
    cut = f'{HI[:-1]},{{"role":"mod...[TRUNCATED: original length 20000]'

    run = run_of("llm_call", {"input.messages": cut})

    assert run.inputs is not None
    assert [m["content"] for m in run.inputs["messages"]] == [
        "Hi",
        '{"role":"mod...[TRUNCATED: original length 20000]',
    ]
    assert run.metadata["gen_ai.input.messages"] == cut


def test_messages_that_were_cut_off_are_whole_in_the_log_record() -> None:
    run = run_of("llm_call", {"input.messages": "[{"}, Event("other"), details(input=HI))

    assert run.inputs == {"messages": [{"role": "user", "content": "Hi"}]}


def test_chunks_of_an_answer_are_one_message() -> None:
    chunks = [
        {"role": "model", "parts": [{"text": "Think ", "thought": True}]},
        {"role": "model", "parts": [{"text": "on", "thought": True}]},
        {"role": "model", "parts": [{"text": "Hel"}]},
        {"role": "model", "parts": [{"text": "lo"}, {"functionCall": {"name": "f", "args": {}}}]},
        None,
    ]

    run = run_of("llm_call", {"output.messages": orjson.dumps(chunks).decode()})

    assert run.outputs is not None
    [message] = run.outputs["messages"]
    assert message["content"] == [
        {"type": "reasoning", "text": "Think on"},
        {"type": "text", "text": "Hello"},
    ]
    assert message["tool_calls"][0]["function"]["name"] == "f"
    assert "gen_ai.output.messages" in run.metadata


def test_an_answer_that_came_at_once_is_carried_by_its_message() -> None:
    run = run_of("llm_call", {"output.messages": '{"role":"model","parts":[{"text":"Hello"}]}'})

    assert run.outputs == {"messages": [{"role": "assistant", "content": "Hello"}]}
    assert "gen_ai.output.messages" not in run.metadata


def test_an_answer_that_only_the_log_record_tells_is_the_assistants() -> None:
    message = {"role": "system", "parts": [{"type": "text", "content": "Hello"}]}
    told = orjson.dumps([message]).decode()

    run = run_of("llm_call", {}, details(output="["), details(output=told))

    assert run.outputs == {"messages": [{"role": "assistant", "content": "Hello"}]}


@pytest.mark.parametrize("value", ["[{...[TRUNCATED: original length 20000]", "Hello"])
def test_an_answer_that_cannot_be_read_stays_text(value: str) -> None:
    assert run_of("llm_call", {"output.messages": value}).outputs == {"output": value}


def test_what_is_no_answer_is_kept_as_it_came() -> None:
    run = run_of("llm_call", {"output.messages": '{"embeddings":[{"values":[0.5]}]}'})

    assert run.outputs == {"output": [{"embeddings": [{"values": [0.5]}]}]}


def test_the_record_of_the_answer_counts_what_the_span_leaves_out() -> None:
    counts = {
        "input_token_count": 40,
        "output_token_count": 8,
        "thoughts_token_count": 4,
        "cached_content_token_count": 8,
        "total_token_count": 52,
    }
    told = Event("gemini_cli.api_response", 0, {"event.name": "gemini_cli.api_response", **counts})

    run = run_of("llm_call", {"usage.input_tokens": 40, "usage.output_tokens": 8}, told)

    assert run.metadata["usage_metadata"] == {
        "input_tokens": 40,
        "output_tokens": 12,
        "total_tokens": 52,
        "input_token_details": {"cache_read": 8},
        "output_token_details": {"reasoning": 4},
    }


def result(response: Json, status: str = "success") -> str:
    """Return the finished call of a tool as the span holds it."""
    parts = [{"functionResponse": {"id": "c", "name": "f", "response": response}}]
    call = {"status": status, "response": {"callId": "c", "responseParts": parts}}
    return orjson.dumps(call).decode()


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ({"output": "fine"}, "fine"),
        ({"output": '{"a": 1}'}, {"a": 1}),
        ({"a": 1, "b": 2}, {"a": 1, "b": 2}),
        ("fine", "fine"),
    ],
)
def test_the_result_of_a_tool_is_what_the_model_was_given(response: Json, expected: Json) -> None:
    attributes = {
        "tool.call_id": "c",
        "input.messages": '{"callId":"c","name":"f","args":{"a":1}}',
        "output.messages": result(response),
    }

    run = run_of("tool_call", attributes)

    assert run.inputs == {"a": 1}
    assert run.outputs == {"output": expected}
    assert run.metadata["tool_call_id"] == "c"


def test_a_tool_that_failed_says_why() -> None:
    attributes = {"output.messages": result({"error": "no such file"}, "error")}

    assert run_of("tool_call", attributes).error == "no such file"


@pytest.mark.parametrize(
    ("call", "outputs"),
    [
        ('{"response": {"responseParts": 7, "resultDisplay": "shown"}}', {"output": "shown"}),
        ('{"response": {"responseParts": [7, {}]}}', None),
        ('{"response": 7}', None),
        ("{...[TRUNCATED: original length 20000]", None),
    ],
)
def test_a_call_of_a_tool_that_says_nothing_is_kept(call: str, outputs: JsonObject | None) -> None:
    run = run_of("tool_call", {"input.messages": "{}", "output.messages": call})

    assert run.outputs == outputs
    assert run.metadata["gen_ai.output.messages"] == call


def test_several_results_are_told_as_a_list() -> None:
    parts = [{"functionResponse": {"response": {"output": text}}} for text in ("a", "b")]
    call = orjson.dumps({"response": {"responseParts": parts}}).decode()

    assert run_of("tool_call", {"output.messages": call}).outputs == {"output": ["a", "b"]}


def test_a_prompt_is_a_message_of_the_user() -> None:
    run = run_of("user_prompt", {"input.messages": '[{"text":"Hi"}]'})

    assert run.inputs == {"messages": [{"role": "user", "content": "Hi"}]}


def test_a_step_without_content_is_empty() -> None:
    run = run_of("user_prompt", {})

    assert run.inputs is None
    assert run.outputs is None


def test_what_a_content_says_beside_its_parts_stays_in_the_attribute() -> None:
    given = '[{"parts":[{"text":"Ho"}],"role":"model"}]'
    odd = '[{"parts":[{"text":"Ho"}],"role":["x"]}]'
    plain, kept = (run_of("llm_call", {"output.messages": text}) for text in (given, odd))

    assert plain.outputs == kept.outputs
    assert "gen_ai.output.messages" not in plain.metadata
    assert kept.metadata["gen_ai.output.messages"] == odd


def test_inputs_that_are_no_messages_stay_beside_the_instructions() -> None:
    run = run_of("llm_call", {"input.messages": ["{}"], "system_instructions": "Be terse."})
    prompt = run_of("user_prompt", {"input.messages": '{"messages":[{"role":"user"}],"x":1}'})

    assert run.metadata["gen_ai.input.messages"] == ["{}"]
    assert prompt.inputs == {"messages": [{"role": "user", "content": None}], "x": 1}
