"""Threads, users, environments and tags, from each source that conventions 1.14 and 1.15 list."""

from itertools import pairwise

import pytest

from tests.translators.spans import span
from translators.base import Draft, Signature
from translators.explain import explain
from translators.registry import BUILTIN, Registry
from translators.run import Run
from translators.span import Json, JsonObject, Span

CHAT = {"gen_ai.operation.name": "chat"}
TRACELOOP = "traceloop.association.properties."
IN_ORDER = (
    "langsmith.metadata.thread_id",
    "session.id",
    "langfuse.session.id",
    "gen_ai.conversation.id",
    f"{TRACELOOP}session_id",
    f"{TRACELOOP}thread_id",
    f"{TRACELOOP}conversation_id",
    f"{TRACELOOP}chat_id",
    "ai.telemetry.metadata.thread_id",
    "ai.telemetry.metadata.threadId",
    "ai.telemetry.metadata.sessionId",
    "ai.settings.context.sessionId",
    "gcp.vertex.agent.session_id",
    "mlflow.trace.session",
    "conversation.id",
    "thread_id",
    "gen_ai.openai.thread.id",
    "gen_ai.session.id",
)


def run_of(attributes: JsonObject, resource: JsonObject | None = None) -> Run:
    return Registry().translate(span({**CHAT, **attributes}, resource=resource))


@pytest.mark.parametrize("key", [*IN_ORDER, "langsmith.metadata.session_id"])
def test_a_conversation_is_a_thread_whatever_it_is_called(key: str) -> None:
    run = run_of({key: "t"})

    assert run.thread_id == "t"
    assert run.metadata["thread_id"] == "t"


def test_a_resource_may_have_a_session() -> None:
    assert run_of({}, {"session.id": "t"}).thread_id == "t"


@pytest.mark.parametrize(("first", "second"), [*pairwise(IN_ORDER)])
def test_of_two_conversations_the_one_that_is_listed_first_counts(first: str, second: str) -> None:
    run = run_of({second: "second", first: "first"})

    assert run.thread_id == "first"
    assert "second" in run.metadata.values()


@pytest.mark.parametrize("key", ["mcp.session.id", "session_id", "conversation_id"])
def test_other_sessions_are_no_threads(key: str) -> None:
    run = run_of({key: "t"})

    assert run.thread_id is None
    assert run.metadata.keys().isdisjoint(("thread_id", "session_id", "conversation_id"))
    assert "t" in run.metadata.values()


def test_an_empty_conversation_is_none() -> None:
    assert run_of({"session.id": "", "gen_ai.conversation.id": "t"}).thread_id == "t"


@pytest.mark.parametrize(
    "attributes",
    [
        {
            "langsmith.metadata.thread_id": "t",
            "langsmith.metadata.session_id": "other",
            "langsmith.metadata.conversation_id": "t",
        },
        {"session.id": "t", "metadata": '{"session_id": "other", "conversation_id": "t"}'},
        {"langfuse.session.id": "t", "langsmith.metadata.session_id": ""},
    ],
)
def test_no_other_session_groups_the_run(attributes: JsonObject) -> None:
    run = run_of(attributes)

    assert run.metadata["thread_id"] == "t"
    assert run.metadata.get("conversation_id", "t") == "t"
    assert "session_id" not in run.metadata
    assert run.metadata["otel.session_id"] == attributes.get(
        "langsmith.metadata.session_id", "other"
    )


def test_what_lost_against_an_earlier_conversation_is_told() -> None:
    attributes = {f"{TRACELOOP}session_id": "second", "session.id": "first"}

    told = explain(Registry(), span({**CHAT, **attributes}))

    assert told["fields"]["thread_id"] == {"dialect": "genai", "from": ["session.id"]}
    assert {"field": "thread_id", "dialect": "openllmetry", "from": []} in told["lost"]


class Ours:
    """A dialect from elsewhere, which says the thread."""

    name = "ours"

    def speaks(self, signature: Signature) -> bool:
        return True

    def translate(self, span: Span) -> Draft:
        draft = Draft()
        draft.say("thread_id", span.attributes["mlflow.trace.session"])
        return draft


def test_a_dialect_from_elsewhere_has_its_own_order() -> None:
    registry = Registry((Ours(), *BUILTIN))

    run = registry.translate(span({"mlflow.trace.session": "ours", "session.id": "theirs"}))

    assert run.thread_id == "ours"


def test_a_thread_of_another_source_is_that_of_the_dialect() -> None:
    attributes = {"voltagent.label": "x", "conversation.id": "t", "mcp.session.id": "m"}

    assert run_of(attributes).thread_id == "t"


@pytest.mark.parametrize(
    "key",
    [
        "user.id",
        "langfuse.user.id",
        "enduser.id",
        "enduser.pseudo.id",
        f"{TRACELOOP}user_id",
        "ai.telemetry.metadata.userId",
        "llm.user",
        "gen_ai.request.user",
        "gen_ai.user",
        "user_id",
        "mlflow.trace.user",
    ],
)
def test_a_user_is_told_whatever_it_is_called(key: str) -> None:
    assert run_of({key: "u"}).metadata["user_id"] == "u"


@pytest.mark.parametrize(
    "key", ["langfuse.environment", "deployment.environment.name", "deployment.environment"]
)
def test_the_environment_is_told_by_the_span_or_the_resource(key: str) -> None:
    assert run_of({key: "prod"}).metadata["environment"] == "prod"
    assert run_of({}, {key: "prod"}).metadata["environment"] == "prod"


def test_the_span_knows_its_environment_better_than_the_resource() -> None:
    resource = {"deployment.environment.name": "of resource", "service.version": "of resource"}

    run = run_of({"gen_ai.environment": "of span", "langfuse.release": "of span"}, resource)

    assert run.metadata["environment"] == "of span"
    assert run.metadata["revision_id"] == "of span"


@pytest.mark.parametrize("key", ["langfuse.release", "service.version"])
def test_the_release_of_a_resource_is_the_revision(key: str) -> None:
    assert run_of({}, {key: "1.2"}).metadata["revision_id"] == "1.2"


@pytest.mark.parametrize("tags", [["a", " b ", "", "a"], '["a", "b"]', "a, b"])
@pytest.mark.parametrize(
    "key",
    [
        "langsmith.span.tags",
        "tag.tags",
        "langfuse.trace.tags",
        "ai.telemetry.metadata.tags",
        "gen_ai.framework.tags",
        "llm.request.tags",
        "tags",
    ],
)
def test_tags_are_told_whatever_they_are_called_and_however_written(key: str, tags: Json) -> None:
    assert run_of({key: tags}).tags == ["a", "b"]


def test_logfires_tags_are_tags() -> None:
    assert run_of({"logfire.tags": ["a", "b"]}).tags == ["a", "b"]


def test_tags_of_mlflow_have_their_name_before_them() -> None:
    run = run_of({"mlflow.traceTag.team": "red", "mlflow.traceTag.mlflow.artifactLocation": "/x"})

    assert run.tags == ["team:red"]
    assert run.metadata["mlflow.traceTag.team"] == "red"
