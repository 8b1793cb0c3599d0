import orjson
import pytest

from tests.translators.spans import span
from translators.base import Draft, Signature
from translators.dialects.openai_agents import OpenAIAgents
from translators.registry import Registry
from translators.span import Json, JsonObject

SCOPE = "opentelemetry.instrumentation.openai_agents"
OUTPUT = "gen_ai.output.messages"
CALL = (
    "ResponseFunctionToolCall(arguments='{\"a\": 1}', call_id='c1', name='add',"
    " type='function_call', id='fc_1', status=None)"
)


def said(attributes: JsonObject, scope: str = SCOPE) -> Draft:
    return OpenAIAgents().translate(span(attributes, scope=scope)) or Draft()


def value_of(draft: Draft, field: str) -> Json:
    return draft.said[field][0] if field in draft.said else None


def answer(*texts: str, **more: Json) -> JsonObject:
    parts = [{"type": "text", "content": text} for text in texts]
    message = {"role": "assistant", "parts": parts, **more}
    return {"gen_ai.operation.name": "chat", OUTPUT: orjson.dumps([message]).decode()}


@pytest.mark.parametrize(
    ("scope", "key", "speaks"),
    [
        (SCOPE, "a", True),
        ("mine", "gen_ai.guardrail.name", True),
        ("mine", "gen_ai.handoff.to_agent", True),
        ("opentelemetry.instrumentation.genai.openai_agents", "gen_ai.tool.name", False),
        ("openinference.instrumentation.openai_agents", "input.value", False),
    ],
)
def test_it_speaks_for_what_goes_beyond_the_conventions(scope: str, key: str, speaks: bool) -> None:
    assert OpenAIAgents().speaks(Signature(scope, frozenset({key}), frozenset())) is speaks


def test_a_guardrail_has_its_name_and_its_verdict() -> None:
    run = Registry().translate(
        span(
            {
                "gen_ai.operation.name": "guardrail_check",
                "gen_ai.agent.name": "OpenAI Agent",
                "gen_ai.guardrail.name": "no_swearing",
                "gen_ai.guardrail.triggered": True,
            },
            name="guardrail_check",
            scope=SCOPE,
        )
    )

    assert (run.run_type, run.name, run.error) == ("chain", "no_swearing", None)
    assert run.outputs == {"triggered": True}


def test_a_handoff_has_the_agents_on_its_sides() -> None:
    draft = said({"gen_ai.handoff.from_agent": "Triage", "gen_ai.handoff.to_agent": "Refunds"})

    assert value_of(draft, "inputs") == {"from_agent": "Triage"}
    assert value_of(draft, "outputs") == {"to_agent": "Refunds"}
    assert value_of(draft, "name") == "handoff to Refunds"


def test_voice_has_what_was_said_and_what_was_heard() -> None:
    speech = said({"gen_ai.speech.input_text": "hi", "gen_ai.speech.voice": "alloy"})
    heard = said({"gen_ai.transcription.text": "hi", "gen_ai.audio.input.format": "pcm"})

    assert value_of(speech, "inputs") == {"text": "hi"}
    assert value_of(speech, "params.voice") == "alloy"
    assert value_of(heard, "outputs") == {"messages": [{"role": "user", "content": "hi"}]}
    assert value_of(heard, "params.input_format") == "pcm"


def test_items_that_were_written_down_as_text_are_read_and_the_text_is_kept() -> None:
    reasoning = "ResponseReasoningItem(id='rs_1', summary=[Summary(text='Hm.',"
    reasoning += " type='summary_text')], type='reasoning')"
    attributes = answer(reasoning, CALL, finish_reason="tool_call")

    run = Registry().translate(span(attributes, scope=SCOPE))

    assert run.outputs == {
        "messages": [
            {
                "role": "assistant",
                "content": [{"type": "reasoning", "text": "Hm.", "extras": {"id": "rs_1"}}],
                "tool_calls": [
                    {
                        "id": "c1",
                        "type": "function",
                        "function": {"name": "add", "arguments": '{"a": 1}'},
                        "extras": {"id": "fc_1"},
                    }
                ],
                "finish_reason": "tool_calls",
            }
        ]
    }
    assert run.metadata[OUTPUT] == attributes[OUTPUT]


def test_a_message_that_was_written_down_as_text_is_read() -> None:
    message = "{'content': None, 'role': 'assistant', 'tool_calls': [{'id': 'c1', 'function':"
    message += " {'arguments': '{}', 'name': 'add'}, 'type': 'function'}]}"

    draft = said(answer(message))

    [found] = value_of(draft, "outputs")["messages"]
    assert found["tool_calls"][0]["function"] == {"arguments": "{}", "name": "add"}


@pytest.mark.parametrize(
    "text",
    ["Hello", "Response times are fine.", "{'a'", "ResponseX(1)", "Response(a=b)", "{'a', 1}"],
)
def test_what_a_model_said_stays_text(text: str) -> None:
    run = Registry().translate(span(answer(text), scope=SCOPE))

    assert run.outputs == {"messages": [{"role": "assistant", "content": text}]}


def test_the_text_of_another_instrumentation_is_not_read() -> None:
    assert value_of(said(answer(CALL), "mine"), "outputs") is None


@pytest.mark.parametrize("hostile", ["", "[", "[1]", '[{"parts": 7}]', '[{"parts": [1]}]', 7, []])
def test_hostile_answers_fail_nothing(hostile: Json) -> None:
    attributes = {"gen_ai.operation.name": "chat", OUTPUT: hostile}

    assert value_of(said(attributes), "outputs") is None
    assert Registry().translate(span(attributes, scope=SCOPE)).failures == ()
