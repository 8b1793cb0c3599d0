"""Whose token counts OpenInference's instrumentors tell, and what is in them.

Source: ``openinference-instrumentation-bedrock`` 0.1.61 and its predecessors,
``openinference-instrumentation-claude-agent-sdk`` 0.1.22 and its; their JavaScript counterparts
0.5.1 and 0.3.1.
"""

from functools import lru_cache

from translators.span import Span

_CLAUDE = ("openinference.instrumentation.claude_agent_sdk", (0, 1, 13))
_BEDROCK = ("openinference.instrumentation.bedrock", (0, 1, 60))
_JAVASCRIPT = (
    "@arizeai/openinference-instrumentation-bedrock",
    "@arizeai/openinference-instrumentation-claude-agent-sdk",
)
# Agents whose model calls are no spans of their own: only they know what was used.
_HOLDERS = (_CLAUDE[0], _JAVASCRIPT[1])
_NEWEST = (10**6,)


def counts_cache_apart(span: Span, model: str | None) -> bool:
    """Tell whether the input tokens of a span leave out those that were read from a cache.

    Anthropic and Bedrock count that way; the Python instrumentors add the counts up since the
    versions above, and always have where they call Anthropic's models on Bedrock directly.
    """
    scope = span.scope.name
    if "claude" not in scope and "bedrock" not in scope:
        return False
    if scope.startswith(_JAVASCRIPT):
        return True
    if scope.startswith(_CLAUDE[0]):
        return _version(span.scope.version) < _CLAUDE[1]
    if not scope.startswith(_BEDROCK[0]):
        return False
    if span.name.startswith("bedrock.converse"):
        return _version(span.scope.version) < _BEDROCK[1]
    return model is not None and "nova" in model


def is_sole_holder(scope: str) -> bool:
    """Tell whether the agents of an instrumentor have no model calls below them."""
    return scope.startswith(_HOLDERS)


@lru_cache(maxsize=256)
def _version(text: str) -> tuple[int, ...]:
    words = text.split(".")
    return tuple(map(int, words)) if all(word.isdecimal() for word in words) else _NEWEST
