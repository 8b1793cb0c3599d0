import pytest

from tests.translators.spans import span
from translators.base import Draft, Signature
from translators.dialects.mcp import MCP
from translators.registry import Registry
from translators.span import Json, JsonObject

TRACELOOP = "opentelemetry.instrumentation.mcp.instrumentation"
INPUT, OUTPUT = "traceloop.entity.input", "traceloop.entity.output"


def said(attributes: JsonObject, scope: str = "fastmcp") -> Draft:
    return MCP().translate(span(attributes, scope=scope)) or Draft()


def value_of(draft: Draft, field: str) -> Json:
    return draft.said[field][0] if field in draft.said else None


@pytest.mark.parametrize(
    ("scope", "key", "speaks"),
    [
        ("fastmcp", "mcp.method.name", True),
        (TRACELOOP, INPUT, True),
        ("fastmcp", "gen_ai.tool.name", False),
        ("opentelemetry.instrumentation.openai", INPUT, False),
    ],
)
def test_it_speaks_for_calls_over_the_protocol(scope: str, key: str, speaks: bool) -> None:
    assert MCP().speaks(Signature(scope, frozenset({key}), frozenset())) is speaks


def test_a_resource_is_asked_for_by_its_uri_and_a_prompt_by_its_name() -> None:
    resource = said({"mcp.method.name": "resources/read", "mcp.resource.uri": "data://x"})
    prompt = said({"mcp.method.name": "prompts/get", "gen_ai.prompt.name": "ask"})

    assert value_of(resource, "inputs") == {"uri": "data://x"}
    assert value_of(prompt, "inputs") == {"name": "ask"}


def test_all_spans_of_one_call_are_kept_and_marked() -> None:
    client = Registry().translate(span({"mcp.method.name": "tools/call"}, scope="mcp-python-sdk"))
    server = Registry().translate(
        span({"mcp.method.name": "tools/call", "gen_ai.tool.name": "add"}, scope="fastmcp")
    )

    assert (client.run_type, client.metadata["mcp"]) == ("tool", True)
    assert (server.run_type, server.name, server.metadata["mcp"]) == ("tool", "add", True)


def test_a_protocols_session_is_no_thread() -> None:
    run = Registry().translate(span({"mcp.method.name": "tools/list", "mcp.session.id": "s-1"}))

    assert run.thread_id is None
    assert run.metadata["mcp.session.id"] == "s-1"


def test_the_arguments_of_a_tool_are_its_inputs() -> None:
    given = '{"tool_name": "add", "arguments": {"a": 1}}'

    draft = said({INPUT: given}, TRACELOOP)

    assert value_of(draft, "inputs") == {"a": 1}
    assert value_of(draft, "params.tool_name") == "add"
    assert draft.said["inputs"][1] == (INPUT,)


def test_what_else_is_told_of_a_tool_stays() -> None:
    draft = said({INPUT: '{"tool_name": "add", "arguments": {}, "odd": 1}'}, TRACELOOP)

    assert draft.said["inputs"][1] == ()


def test_the_method_of_a_request_says_what_it_is() -> None:
    given = '{"method": "resources/read", "params": {"uri": "data://x", "meta": null}}'
    made = '{"contents": [{"uri": "data://x", "text": "hi"}], "meta": {"a": 1}}'

    draft = said({INPUT: given, OUTPUT: made}, TRACELOOP)

    assert value_of(draft, "run_type") == "retriever"
    assert value_of(draft, "kind") == "resources/read"
    assert value_of(draft, "inputs") == {"uri": "data://x"}
    assert value_of(draft, "outputs")["documents"][0]["page_content"] == "hi"
    assert value_of(draft, "outputs")["meta"] == {"a": 1}


def test_a_prompt_is_its_messages() -> None:
    given = '{"method": "prompts/get", "params": {"name": "ask"}}'
    made = '{"messages": [{"role": "user", "content": {"type": "text", "text": "Q"}}]}'

    draft = said({INPUT: given, OUTPUT: made}, TRACELOOP)

    assert value_of(draft, "run_type") == "prompt"
    assert value_of(draft, "outputs") == {"messages": [{"role": "user", "content": "Q"}]}


@pytest.mark.parametrize(
    ("given", "made", "run_type"),
    [
        ('{"method": "tools/list"}', '{"tools": []}', "chain"),
        ('{"method": "prompts/get", "params": 7}', '{"messages": [1]}', "prompt"),
        ('{"method": "ping", "params": {}}', "[", "chain"),
        ('{"tool_name": "add"}', None, None),
        ("[", None, None),
        (7, 8, None),
    ],
)
def test_hostile_exchanges_fail_nothing(given: Json, made: Json, run_type: str | None) -> None:
    attributes = {key: value for key, value in ((INPUT, given), (OUTPUT, made)) if value}

    draft = said(attributes, TRACELOOP)

    assert value_of(draft, "run_type") == run_type
    assert Registry().translate(span(attributes, scope=TRACELOOP)).failures == ()


@pytest.mark.parametrize("params", ["x", 7, ["y"]])
def test_parameters_that_are_no_object_stay_in_the_attribute(params: Json) -> None:
    found = said({INPUT: {"method": "prompts/get", "params": params}}, TRACELOOP)
    plain = said({INPUT: {"method": "prompts/get", "params": {"name": "a"}}}, TRACELOOP)

    assert found.said["inputs"] == ({}, ())
    assert plain.said["inputs"] == ({"name": "a"}, (INPUT,))
