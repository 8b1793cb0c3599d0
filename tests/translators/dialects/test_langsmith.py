import orjson
import pytest

from tests.translators.spans import span
from translators.base import Draft, Signature
from translators.dialects.langsmith import LangSmith
from translators.span import Json, JsonObject

RUN_ID = "0190a1b2-c3d4-7ef0-a5b6-6ea3a82e9328"
ORDER = f"20260101T000000000000Z{RUN_ID}"


def said(attributes: JsonObject, scope: str = "") -> Draft:
    return LangSmith().translate(span(attributes, scope=scope))


def value_of(draft: Draft, field: str) -> Json:
    return draft.said[field][0] if field in draft.said else None


def carried(draft: Draft) -> set[object]:
    return draft.used | {key for _, keys in draft.said.values() for key in keys}


def signature(scope: str, *keys: str) -> Signature:
    return Signature(scope, frozenset(keys), frozenset())


def test_it_speaks_for_its_scope_and_for_its_attributes() -> None:
    dialect = LangSmith()

    assert dialect.speaks(signature("langsmith", "gen_ai.prompt"))
    assert dialect.speaks(signature("mine", "langsmith.span.kind"))
    assert not dialect.speaks(signature("mine", "gen_ai.prompt"))


@pytest.mark.parametrize(
    ("key", "value", "field", "expected"),
    [
        ("langsmith.trace.name", "my run", "name", "my run"),
        ("langsmith.span.kind", "LLM", "run_type", "llm"),
        ("langsmith.span.kind", "parser", "run_type", "parser"),
        ("langsmith.span.id", RUN_ID.upper(), "run_id", RUN_ID),
        ("langsmith.span.id", RUN_ID.replace("-", ""), "run_id", RUN_ID),
        ("langsmith.trace.id", RUN_ID, "trace_id", RUN_ID),
        ("langsmith.span.parent_id", RUN_ID, "parent_run_id", RUN_ID),
        ("langsmith.parent_span_id", RUN_ID, "parent_run_id", RUN_ID),
        ("langsmith.span.dotted_order", ORDER, "dotted_order", ORDER),
        ("langsmith.span.dotted_order", f"{ORDER}.{ORDER}", "dotted_order", f"{ORDER}.{ORDER}"),
        ("langsmith.trace.session_name", "my project", "project", "my project"),
        ("langsmith.trace.session_id", RUN_ID, "project_id", RUN_ID),
        ("langsmith.reference_example_id", RUN_ID, "reference_example_id", RUN_ID),
        ("langsmith.span.tags", "a, b", "tags", ["a", "b"]),
        ("langsmith.span.tags", ["a", "b"], "tags", ["a", "b"]),
        ("langsmith.span.tags", '["a, b"]', "tags", ["a, b"]),
        ("langsmith.is_root", True, "is_root", True),
        ("langsmith.root_span", "true", "is_root", True),
        ("langsmith.metadata.a.b", "x", "metadata.a.b", "x"),
        ("langsmith.metadata.n", 3, "metadata.n", 3),
        ("langsmith.metadata.text", "[not JSON", "metadata.text", "[not JSON"),
        ("langsmith.metadata.list", '["x", 1]', "metadata.list", ["x", 1]),
        ("langsmith.metadata.ls_run_name", "r", "metadata.ls_run_name", "r"),
        ("langsmith.traceable", "true", "metadata.langsmith_otel.traceable", "true"),
        ("langsmith.request.streaming", True, "params.stream", True),
    ],
)
def test_an_attribute_says_its_field(key: str, value: Json, field: str, expected: Json) -> None:
    draft = said({key: value})

    assert value_of(draft, field) == expected
    assert carried(draft) == {key}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("langsmith.span.kind", "agent"),
        ("langsmith.span.kind", 5),
        ("langsmith.span.id", "eee19b7ec3c1b174"),
        ("langsmith.span.id", "x" * 36),
        ("langsmith.span.id", 5),
        ("langsmith.span.dotted_order", "20260101T000000000000Z" + "x" * 36),
        ("langsmith.span.dotted_order", "20260101T000000Z" + RUN_ID),
        ("langsmith.span.dotted_order", "20260101-000000000000Z" + RUN_ID),
        ("langsmith.span.dotted_order", "2026010xT000000000000Z" + RUN_ID),
        ("langsmith.span.dotted_order", 5),
        ("langsmith.is_root", False),
        ("langsmith.reference_example_id", "example 1"),
    ],
)
def test_what_cannot_be_the_field_is_left_to_the_metadata(key: str, value: Json) -> None:
    draft = said({key: value})

    assert draft.said == {}
    assert draft.used == set()


def test_a_session_id_that_is_no_project_is_a_thread() -> None:
    draft = said({"langsmith.trace.session_id": "chat 7"})

    assert draft.said == {"thread_id": ("chat 7", ("langsmith.trace.session_id",))}


def test_the_first_of_the_thread_keys_wins() -> None:
    draft = said({"langsmith.metadata.session_id": "s", "langsmith.metadata.thread_id": "t"})

    assert value_of(draft, "thread_id") == "t"
    assert value_of(draft, "metadata.session_id") == "s"


def test_the_project_may_stand_in_the_metadata() -> None:
    attributes = {"langsmith.metadata.ls_project_name": "theirs"}

    assert value_of(said(attributes), "project") == "theirs"
    assert (
        value_of(said({**attributes, "langsmith.trace.session_name": "ours"}), "project") == "ours"
    )


def test_ready_usage_replaces_what_the_metadata_repeat() -> None:
    usage = '{"input_tokens": 3, "output_tokens": 4}'
    draft = said({"langsmith.metadata.usage_metadata": usage, "langsmith.usage_metadata": usage})

    assert value_of(draft, "usage_metadata") == {
        "input_tokens": 3,
        "output_tokens": 4,
        "total_tokens": 7,
    }
    assert carried(draft) == {"langsmith.metadata.usage_metadata", "langsmith.usage_metadata"}


def test_params_in_the_metadata_are_params_too() -> None:
    draft = said({"langsmith.metadata.ls_invocation_params": '{"temperature": 0.5}'})

    assert value_of(draft, "bag.params") == {"temperature": 0.5}
    assert value_of(draft, "metadata.ls_invocation_params") == {"temperature": 0.5}


def test_no_tags_are_nothing_to_keep() -> None:
    assert carried(said({"langsmith.span.tags": ""})) == {"langsmith.span.tags"}


def test_the_exporters_inputs_and_outputs_are_taken_over_as_they_are() -> None:
    inputs = {"messages": [["user", "hi"]], "model": "gpt-4o"}
    outputs = {"generations": [[{"text": "hello"}]], "llm_output": None}

    draft = said(
        {
            "gen_ai.prompt": orjson.dumps(inputs).decode(),
            "gen_ai.completion": orjson.dumps(outputs).decode(),
        },
        "langsmith",
    )

    assert draft.said == {
        "inputs": (inputs, ("gen_ai.prompt",)),
        "outputs": (outputs, ("gen_ai.completion",)),
    }


def test_usage_within_the_outputs_counts() -> None:
    draft = said({"gen_ai.completion": '{"usage_metadata": {"input_tokens": 3}}'}, "langsmith")

    assert value_of(draft, "usage_metadata") == {"input_tokens": 3, "total_tokens": 3}


def test_tools_within_the_inputs_are_params() -> None:
    tool = {"type": "function", "function": {"name": "f", "parameters": {}}}
    prompt = orjson.dumps({"tools": [tool]}).decode()

    assert value_of(said({"gen_ai.prompt": prompt}, "langsmith"), "params.tools") == [tool]


@pytest.mark.parametrize(("given", "expected"), [("[1, 2]", [1, 2]), ("plain text", "plain text")])
def test_content_that_is_no_object_is_left_to_be_wrapped(given: str, expected: Json) -> None:
    draft = said({"gen_ai.prompt": given, "gen_ai.completion": given}, "langsmith")

    assert draft.said == {
        "raw_inputs": (expected, ("gen_ai.prompt",)),
        "raw_outputs": (expected, ("gen_ai.completion",)),
    }


def test_other_scopes_keep_their_prompts_to_themselves() -> None:
    assert said({"gen_ai.prompt": "{}", "langsmith.traceable": True}, "mine").said.keys() == {
        "metadata.langsmith_otel.traceable"
    }


@pytest.mark.parametrize(
    "details",
    [
        "{'cache_read': 4, 'audio': 1}",
        '{"cache_read": 4, "audio": 1}',
        {"cache_read": 4, "audio": 1},
        "{'cache_read': 4, \"audio\": 1}",
    ],
)
def test_token_details_come_as_python_or_as_json(details: Json) -> None:
    key = "gen_ai.usage.input_token_details"

    assert said({key: details}, "langsmith").said == {
        "usage.cache_read": (4, (key,)),
        "usage.input_audio": (1, (key,)),
    }


def test_output_details_have_words_of_their_own() -> None:
    draft = said({"gen_ai.usage.output_token_details": "{'reasoning': 4}"}, "langsmith")

    assert value_of(draft, "usage.reasoning") == 4


def test_details_of_another_kind_stay_where_they_are() -> None:
    draft = said({"gen_ai.usage.input_token_details": "{'flex': 1, 'audio': 2, 'text': None}"})

    assert draft.said == {"usage.input_audio": (2, ())}


@pytest.mark.parametrize(
    "details", ["{'a': __import__('os')}", "{'a", "{}", "[1]", "text", 5, "{'a':" * 40_000]
)
def test_what_is_no_object_of_details_says_nothing(details: Json) -> None:
    assert said({"gen_ai.usage.input_token_details": details}).said == {}


def test_the_runtime_is_told_key_by_key() -> None:
    draft = said({"langsmith.span.runtime": '{"sdk": "langsmith-py", "platform": "linux"}'})

    assert draft.said == {
        "runtime.sdk": ("langsmith-py", ("langsmith.span.runtime",)),
        "runtime.platform": ("linux", ("langsmith.span.runtime",)),
    }


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        (
            "{'Authorization': 'Bearer k', 'x-api-key': 'k', 'Cookie': 'c', 'user-agent': 'u'}",
            {
                "Authorization": "[hidden]",
                "x-api-key": "[hidden]",
                "Cookie": "[hidden]",
                "user-agent": "u",
            },
        ),
        ("Headers([('authorization', 'k')])", "[hidden]"),
        ("user-agent: u", "user-agent: u"),
    ],
)
def test_secrets_in_headers_go_nowhere(headers: str, told: Json) -> None:
    draft = said({"langsmith.request.headers": headers})

    assert draft.said == {"metadata.langsmith_otel.request_headers": (told, ())}
    assert draft.used == {"langsmith.request.headers"}


def test_a_call_to_responses_keeps_its_own_shape_and_gets_messages_beside_it() -> None:
    asked = {"input": "Tell me a joke", "model": "gpt-5-mini"}
    answer = {
        "type": "message",
        "role": "assistant",
        "content": [{"type": "output_text", "text": "No."}],
    }
    answered = {"object": "response", "output": [answer]}
    attributes = {
        "gen_ai.prompt": orjson.dumps(asked).decode(),
        "gen_ai.completion": orjson.dumps(answered).decode(),
    }

    draft = LangSmith().translate(span(attributes, scope="langsmith"))

    user = {"role": "user", "content": "Tell me a joke"}
    assert draft.said["inputs"][0] == {**asked, "messages": [user]}
    outputs = draft.said["outputs"][0]
    assert outputs["output"] == [answer]
    assert [(m["role"], m["content"]) for m in outputs["messages"]] == [("assistant", "No.")]
