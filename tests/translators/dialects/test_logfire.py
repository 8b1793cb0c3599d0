import orjson
import pytest

from tests.translators.spans import span
from translators.base import Signature
from translators.dialects.logfire import Logfire
from translators.registry import Registry
from translators.run import Run
from translators.span import Event, Json, JsonObject


def run(attributes: JsonObject, name: str = "work", scope: str = "logfire", **more: Json) -> Run:
    return Registry().translate(span(attributes, name=name, scope=scope, **more))


def schema(**types: str) -> JsonObject:
    declared = {key: {"type": word} if word else {} for key, word in types.items()}
    text = orjson.dumps({"type": "object", "properties": declared}).decode()
    return {"logfire.json_schema": text}


def speaks(scope: str, *keys: str) -> bool:
    return Logfire().speaks(Signature(scope, frozenset(keys), frozenset()))


def test_it_speaks_for_its_scopes_and_its_attributes() -> None:
    assert speaks("logfire")
    assert speaks("logfire.openai")
    assert speaks("other", "logfire.msg")
    assert not speaks("logfirefly", "tags", "events")


def test_nothing_of_its_own_is_nothing_said() -> None:
    assert Logfire().translate(span({"a": 1}, scope="logfire")) is None


def test_a_placeholder_makes_no_run_and_its_span_does() -> None:
    assert run({"logfire.span_type": "pending_span"}).drop == "pending_span"
    assert run({"logfire.span_type": "span"}).drop is None


def test_tags_are_tags() -> None:
    assert run({"logfire.tags": ["a", "b"]}).tags == ["a", "b"]


def test_what_is_declared_as_json_is_json() -> None:
    told = run({"items": '[{"a":1}]', "one": "[1]", **schema(items="array", one="")})

    assert told.metadata["items"] == [{"a": 1}]
    assert told.metadata["one"] == "[1]"


@pytest.mark.parametrize("key", ["thread_id", "ls_provider", "usage_metadata", "gen_ai.custom"])
def test_what_means_something_else_in_langsmith_stays_text(key: str) -> None:
    told = run({key: '{"a":1}', **schema(**{key: "object"})})

    assert '{"a":1}' in told.metadata.values()


def test_a_declared_secret_stays_hidden() -> None:
    told = run({"my_api_key": '["abc"]', **schema(my_api_key="array")})

    assert told.metadata["my_api_key"] == "[redacted]"


@pytest.mark.parametrize("value", ["[1", "", '"text"', "1", 7])
def test_what_is_not_what_it_is_declared_as_stays_as_it_is(value: Json) -> None:
    assert run({"items": value, **schema(items="array")}).metadata["items"] == value


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"properties":7}', '{"properties":{"items":7}}', " " * 20_001, 7]
)
def test_a_broken_schema_does_no_harm(text: Json) -> None:
    told = run({"items": "[1]", "logfire.json_schema": text})

    assert told.metadata["items"] == "[1]"


def test_what_the_user_attached_is_metadata() -> None:
    told = run({"metadata": '{"tenant":"t"}', **schema(metadata="object")})

    assert told.metadata["tenant"] == "t"
    assert "metadata" not in told.metadata


def test_what_a_function_gave_back_is_its_output() -> None:
    assert run({"return": '{"a":1}', **schema(**{"return": "object"})}).outputs == {"a": 1}
    assert run({"return": "x"}).outputs == {"output": "x"}


def test_a_template_is_the_name_of_a_users_span() -> None:
    told = run({"logfire.msg_template": "hi {name}", "logfire.msg": "hi Bob"}, "hi Bob")

    assert told.name == "hi {name}"
    assert told.metadata["otel.span_name"] == "hi Bob"


def test_a_name_that_the_user_gave_stays() -> None:
    told = run({"logfire.msg_template": "hi {name}", "logfire.msg": "hi Bob"}, "greeting")

    assert told.name == "greeting"


@pytest.mark.parametrize(
    ("name", "model", "expected"),
    [
        ("Chat with {request_data[model]!r}", "m", "Chat with 'm'"),
        ("Chat with {request_data[model]!r}", None, "Chat with {request_data[model]!r}"),
        ("chat m", "m", "chat m"),
    ],
)
def test_the_template_of_a_library_is_filled_in(
    name: str, model: str | None, expected: str
) -> None:
    template = "Chat with {request_data[model]!r}"
    attributes = {"logfire.msg_template": template, "gen_ai.request.model": model}

    assert run(attributes, name, "logfire.openai").name == expected


def test_a_template_that_is_no_text_names_nothing() -> None:
    assert run({"logfire.msg_template": 7}).name == "work"


@pytest.mark.parametrize(
    ("attributes", "status", "error"),
    [
        ({"logfire.level_num": 17, "logfire.msg": "bad"}, 0, "bad"),
        ({"logfire.level_num": 17, "logfire.msg": "bad"}, 2, "bad"),
        ({"logfire.level_num": 17, "error.type": "E", "logfire.msg": "bad"}, 0, "E"),
        ({"logfire.level_num": 17}, 0, "Error"),
        ({"logfire.level_num": 13, "logfire.msg": "hm"}, 0, None),
        ({"logfire.level_num": 17, "logfire.msg": "bad"}, 1, None),
        ({"logfire.level_num": "high"}, 0, None),
        ({"logfire.level_num": 17, "logfire.msg": "bad", "logfire.span_type": "log"}, 0, None),
        ({"logfire.level_num": 17, "logfire.msg": "bad", "logfire.span_type": "log"}, 2, "bad"),
    ],
)
def test_the_level_says_whether_a_span_failed(
    attributes: JsonObject, status: int, error: str | None
) -> None:
    assert run(attributes, status_code=status).error == error


def test_an_exception_says_it_better_than_the_message() -> None:
    thrown = Event("exception", 1, {"exception.type": "ValueError", "exception.message": "x"})
    told = run({"logfire.level_num": 17, "logfire.msg": "bad"}, events=[thrown], status_code=2)

    assert told.error == "ValueError: x"


def test_a_log_is_a_chain_of_its_kind() -> None:
    told = run({"logfire.span_type": "log", "logfire.msg": "hi"})

    assert (told.run_type, told.metadata["otel.kind"]) == ("chain", "log")


def test_partial_counts_are_told_as_such() -> None:
    prefix = "gen_ai.usage.partial."
    told = run(
        {
            "gen_ai.operation.name": "chat",
            prefix + "input_tokens": 123,
            prefix + "output_tokens": 5,
            prefix + "cache_read.input_tokens": 100,
        },
        scope="logfire.claude_agent_sdk",
    )

    assert told.metadata["usage_partial"] is True
    assert told.metadata["usage_metadata"] == {
        "input_tokens": 123,
        "output_tokens": 5,
        "total_tokens": 128,
        "input_token_details": {"cache_read": 100},
    }


def test_a_providers_own_usage_adds_details_in_any_scope() -> None:
    told = run(
        {
            "gen_ai.operation.name": "chat",
            "gen_ai.usage.input_tokens": 40,
            "gen_ai.usage.output_tokens": 12,
            "gen_ai.usage.raw": '{"prompt_tokens":40,"prompt_tokens_details":{"cached_tokens":8}}',
            "logfire.msg": "chat",
        },
        scope="mine",
    )

    assert told.metadata["usage_metadata"]["input_token_details"] == {"cache_read": 8}
    assert told.metadata["gen_ai.usage.raw"]["prompt_tokens"] == 40
