import pytest

from tests.translators.spans import span
from translators.openinference_usage import counts_cache_apart
from translators.registry import Registry
from translators.span import Scope

CLAUDE = "openinference.instrumentation.claude_agent_sdk"
BEDROCK = "openinference.instrumentation.bedrock"
NPM = "@arizeai/openinference-instrumentation-"


@pytest.mark.parametrize(
    ("scope", "version", "name", "model", "apart"),
    [
        (CLAUDE, "0.1.12", "ClaudeAgentSDK.query", "claude-sonnet-4-5", True),
        (CLAUDE, "0.1.13", "ClaudeAgentSDK.query", "claude-sonnet-4-5", False),
        (CLAUDE, "0.1.22", "ClaudeAgentSDK.query", None, False),
        (CLAUDE, "", "ClaudeAgentSDK.query", None, False),
        (CLAUDE, "1.0b1", "ClaudeAgentSDK.query", None, False),
        (BEDROCK, "0.1.59", "bedrock.converse", "anthropic.claude-3", True),
        (BEDROCK, "0.1.59", "bedrock.converse_stream", "amazon.nova-pro-v1:0", True),
        (BEDROCK, "0.1.60", "bedrock.converse", "amazon.nova-pro-v1:0", False),
        (BEDROCK, "0.1.61", "bedrock.invoke_model", "anthropic.claude-3", False),
        (BEDROCK, "0.1.61", "bedrock.invoke_model", "amazon.nova-pro-v1:0", True),
        (BEDROCK, "0.1.61", "bedrock.invoke_model", None, False),
        (NPM + "bedrock", "0.5.1", "bedrock.converse", "amazon.nova-pro-v1:0", True),
        (NPM + "claude-agent-sdk", "0.3.1", "query", None, True),
        ("openinference.instrumentation.anthropic", "1.0", "Messages", "claude-3", False),
        ("my-claude-app", "1.0", "query", "claude-3", False),
    ],
)
def test_it_depends_on_the_instrumentor_and_its_version(
    scope: str, version: str, name: str, model: str | None, apart: bool
) -> None:
    told = span(name=name)
    told.scope = Scope(scope, version)

    assert counts_cache_apart(told, model) is apart


@pytest.mark.parametrize(
    ("scope", "holds"),
    [
        (CLAUDE, True),
        (NPM + "claude-agent-sdk", True),
        (BEDROCK, False),
        ("openinference.instrumentation.smolagents", False),
    ],
)
def test_agents_without_model_calls_below_them_hold_the_usage_and_its_price(
    scope: str, holds: bool
) -> None:
    run = Registry().translate(
        span(
            {
                "openinference.span.kind": "AGENT",
                "llm.token_count.prompt": 4,
                "llm.model_name": "claude-sonnet-4-5",
                "llm.provider": "anthropic",
            },
            scope=scope,
        )
    )

    assert ("usage_metadata" in run.metadata) is holds
    assert ("usage_rollup" in run.metadata) is not holds
    assert (run.metadata.get("ls_model_name") == "claude-sonnet-4-5") is holds
    assert (run.metadata.get("ls_provider") == "anthropic") is holds
