import orjson
import pytest

from tests.translators.spans import span
from translators.registry import Registry
from translators.run import Run
from translators.span import Json, JsonObject

ASKED = [{"role": "user", "content": "hi"}]
ANSWER = {"role": "assistant", "content": "ho"}
CHAT, STREAM = "Chat Completion with 'm'", "streaming response from 'm'"
USAGE = {"prompt_tokens": 40, "completion_tokens": 12, "total_tokens": 52,
         "prompt_tokens_details": {"cached_tokens": 8}}  # fmt: skip
CLAUDES = {"input_tokens": 40, "output_tokens": 12, "cache_read_input_tokens": 20}


def run(
    request: Json = None, response: Json = None, *, name: str = CHAT, scope: str = "openai",
    **more: Json,
) -> Run:  # fmt: skip
    """Return the run of a span whose request and answer are JSON text."""
    given = {"request_data": request, "response_data": response}
    attributes = {
        key: value if isinstance(value, str) else orjson.dumps(value).decode()
        for key, value in given.items()
        if value is not None
    }
    also = {f"gen_ai.{key.replace('__', '.')}": value for key, value in more.items()}
    return Registry().translate(span({**attributes, **also}, name=name, scope=f"logfire.{scope}"))


@pytest.mark.parametrize(
    ("name", "run_type"),
    [
        (CHAT, "llm"),
        (STREAM, "llm"),
        ("Responses API", "llm"),
        ("Completion with 'm'", "llm"),
        ("Message with 'm'", "llm"),
        ("Image Generation with 'm'", "llm"),
        ("Embedding Creation with 'm'", "embedding"),
        ("OpenAI API call to '/files'", "chain"),
    ],
)
def test_the_name_tells_what_it_is_where_no_operation_does(name: str, run_type: str) -> None:
    assert run({"model": "m"}, name=name).run_type == run_type


def test_a_request_has_messages_and_parameters() -> None:
    told = run({"model": "m", "messages": ASKED, "temperature": 0.5})

    assert told.inputs == {"messages": ASKED}
    assert told.invocation_params == {"model": "m", "temperature": 0.5}
    assert told.metadata["request_data"] == {"model": "m", "temperature": 0.5}
    assert told.metadata["ls_provider"] == "openai"


def test_the_system_text_of_a_request_comes_first() -> None:
    told = run({"model": "m", "system": "Be", "messages": ASKED}, scope="anthropic")

    assert told.inputs == {"messages": [{"role": "system", "content": "Be"}, *ASKED]}
    assert told.metadata["ls_provider"] == "anthropic"


def test_tools_of_a_request_are_parameters() -> None:
    tools = [{"type": "function", "function": {"name": "add"}}]
    told = run({"model": "m", "messages": ASKED, "tools": tools})

    assert told.invocation_params["tools"] == tools
    assert told.metadata["request_data"]["tools"] == tools


def test_where_the_new_format_stands_beside_it_that_is_the_content() -> None:
    told = run(
        {"model": "m", "messages": ASKED},
        {"message": {"role": "assistant", "content": "old"}},
        input__messages=orjson.dumps(ASKED).decode(),
        output__messages=orjson.dumps([ANSWER]).decode(),
    )

    assert told.inputs == {"messages": ASKED}
    assert told.outputs == {"messages": [ANSWER]}
    assert told.metadata["request_data"]["messages"] == ASKED
    assert told.metadata["response_data"]["message"]["content"] == "old"


def test_a_request_without_content_is_metadata() -> None:
    told = run({"model": "m"})

    assert told.inputs is None
    assert told.metadata["request_data"] == {"model": "m"}


@pytest.mark.parametrize("value", ["", "{", "[]", "7", "null"])
def test_a_broken_request_or_answer_stays_as_it_is(value: str) -> None:
    told = run(value, value)

    assert told.metadata["request_data"] == value
    assert told.metadata["response_data"] == value
    assert told.inputs is None
    assert told.outputs is None


def test_an_answer_has_a_message_and_usage() -> None:
    told = run({"model": "m"}, {"message": {**ANSWER, "refusal": None}, "usage": USAGE})

    assert told.outputs == {
        "messages": [ANSWER],
        "usage_metadata": {
            "input_tokens": 40,
            "output_tokens": 12,
            "total_tokens": 52,
            "input_token_details": {"cache_read": 8},
        },
    }
    assert told.metadata["response_data"] == {"usage": USAGE}


def test_why_an_answer_ended_is_with_its_message() -> None:
    told = run({"model": "m"}, {"message": ANSWER}, response__finish_reasons=["stop"])

    assert told.outputs == {"messages": [{**ANSWER, "finish_reason": "stop"}]}


def test_a_call_of_claudes_loses_the_object_around_its_arguments() -> None:
    def call(arguments: str) -> JsonObject:
        return {"id": "1", "function": {"name": "add", "arguments": arguments}}

    message = {
        "role": "assistant",
        "tool_calls": [call('{"input":{"a":1}}'), call("{}"), call("{")],
    }
    told = run({"model": "m"}, {"message": message}, scope="anthropic")

    assert told.outputs is not None
    [answer] = told.outputs["messages"]
    assert [call["function"]["arguments"] for call in answer["tool_calls"]] == [
        '{"a":1}',
        "{}",
        "{",
    ]


@pytest.mark.parametrize("calls", [None, "text", [7], [{"function": 7}]])
def test_odd_calls_of_claudes_stay(calls: Json) -> None:
    message = {"role": "assistant", "content": "ho", "tool_calls": calls}
    told = run({"model": "m"}, {"message": message}, scope="anthropic")

    assert told.outputs is not None
    assert told.outputs["messages"][0]["content"] == "ho"


def test_a_streamed_answer_is_one_text() -> None:
    streamed = {"combined_chunk_content": "ho", "chunk_count": 2}
    told = run({"model": "m", "messages": ASKED}, streamed, name=STREAM)

    assert told.outputs == {"messages": [ANSWER]}
    assert told.metadata["response_data"] == {"chunk_count": 2}


@pytest.mark.parametrize(
    ("response", "reasons", "reason"),
    [
        ({"text": "ho", "finish_reason": "stop"}, [], "stop"),
        ({"text": "ho"}, ["length"], "length"),
        ({"combined_chunk_content": "ho"}, [], None),
    ],
)
def test_a_completion_answers_a_prompt(
    response: JsonObject, reasons: list[str], reason: str | None
) -> None:
    told = run({"model": "m", "prompt": "hi"}, response, response__finish_reasons=reasons)

    assert told.inputs == {"prompt": "hi"}
    assert told.outputs == {"choices": [{"text": "ho", "index": 0, "finish_reason": reason}]}


def test_generated_pictures_are_blocks_of_an_answer() -> None:
    images = [{"b64_json": "aWltYWdl", "url": None}, {"url": "https://example.com/a.png"}, "odd"]
    told = run({"model": "m", "prompt": "a cat"}, {"images": images}, name="Image Generation")

    assert told.outputs is not None
    assert told.outputs["messages"][0]["content"] == [
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,aWltYWdl"}},
        {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
        {"type": "text", "text": "odd"},
    ]


def test_an_answer_with_neither_is_metadata() -> None:
    told = run({"model": "m", "input": "hi"}, {"usage": {"prompt_tokens": 5}}, name="Embedding C")

    assert told.outputs is None
    assert told.metadata["response_data"] == {"usage": {"prompt_tokens": 5}}


def test_an_embedding_has_texts() -> None:
    told = run({"model": "m", "input": ["a"]}, name="Embedding Creation with 'm'")

    assert told.inputs == {"input": ["a"]}


def test_claudes_own_input_leaves_out_what_was_cached() -> None:
    told = run({"model": "m"}, {"message": ANSWER, "usage": CLAUDES}, scope="anthropic")

    assert told.metadata["usage_metadata"]["input_tokens"] == 60


@pytest.mark.parametrize("given", [40, 60])
def test_it_is_added_where_the_span_took_it_over_and_only_there(given: int) -> None:
    told = run(
        {"model": "m"}, {"message": ANSWER, "usage": CLAUDES}, scope="anthropic",
        usage__input_tokens=given, usage__output_tokens=12,
    )  # fmt: skip

    assert told.metadata["usage_metadata"] == {
        "input_tokens": 60,
        "output_tokens": 12,
        "total_tokens": 72,
        "input_token_details": {"cache_read": 20},
    }


def test_the_providers_usage_is_readable() -> None:
    told = run({"model": "m"}, usage__raw=orjson.dumps(USAGE).decode())

    assert told.metadata["gen_ai.usage.raw"] == USAGE
    assert told.metadata["usage_metadata"]["total_tokens"] == 52


THOUGHT = {
    "event.name": "gen_ai.unknown",
    "role": "assistant",
    "content": "See",
    "data": {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]},
}
EVENTS = [
    {"event.name": "gen_ai.user.message", "role": "user", "content": "hi"},
    THOUGHT,
    {"event.name": "gen_ai.assistant.message", "role": "assistant", "content": "ho"},
]  # fmt: skip
THINKING = {"role": "assistant", "content": [{"type": "reasoning", "text": "hm"},
                                             {"type": "text", "text": "ho"}]}  # fmt: skip


def responses(**more: Json) -> Run:
    attributes = {"events": orjson.dumps(EVENTS).decode(), **more}
    return Registry().translate(span(attributes, name="Responses API", scope="logfire.openai"))


def test_events_are_the_messages_of_the_responses_api() -> None:
    told = responses()

    assert told.inputs == {"messages": ASKED}
    assert told.outputs == {"messages": [THINKING]}
    assert told.metadata["events"][1] == {k: v for k, v in THOUGHT.items() if k != "data"}


def test_reasoning_in_the_events_is_told_beside_the_new_format() -> None:
    told = responses(
        **{
            "gen_ai.input.messages": orjson.dumps(ASKED).decode(),
            "gen_ai.output.messages": orjson.dumps([ANSWER]).decode(),
        }
    )

    assert told.outputs == {"messages": [THINKING]}
    assert told.metadata["events"] == orjson.dumps(EVENTS).decode()


def test_an_answer_that_is_no_message_is_metadata() -> None:
    answer = {"message": {"x": 1}, "id": "r1"}
    run = Registry().translate(
        span({"request_data": {"messages": []}, "response_data": answer}, scope="logfire.openai")
    )

    assert run.metadata["response_data"] == answer


def test_a_reason_that_is_no_word_is_kept() -> None:
    answer = {"text": "Ho", "finish_reason": {"a": 1}}
    run = Registry().translate(
        span({"request_data": {"prompt": "Hi"}, "response_data": answer}, scope="logfire.openai")
    )

    assert run.metadata["response_data"] == {"finish_reason": {"a": 1}}
