"""Asks the dialects that speak about a span, and makes one run of what they say."""

from collections.abc import Sequence
from importlib.metadata import entry_points

from translators.base import Draft, Signature, Translator
from translators.dialects.adk import ADK
from translators.dialects.agent_framework import AgentFramework
from translators.dialects.autogen import AutoGen
from translators.dialects.claude_code import ClaudeCode
from translators.dialects.claude_sdk import ClaudeSDK
from translators.dialects.codex import Codex
from translators.dialects.crewai import CrewAI
from translators.dialects.flue import Flue
from translators.dialects.gemini_cli import GeminiCLI
from translators.dialects.genai import GenAI
from translators.dialects.generic import Generic
from translators.dialects.genkit import Genkit
from translators.dialects.haystack import Haystack
from translators.dialects.laminar import Laminar
from translators.dialects.langchain4j import LangChain4j
from translators.dialects.langfuse import Langfuse
from translators.dialects.langsmith import LangSmith
from translators.dialects.litellm import LiteLLM
from translators.dialects.livekit import LiveKit
from translators.dialects.llamaindex import LlamaIndex
from translators.dialects.logfire import Logfire
from translators.dialects.mastra import Mastra
from translators.dialects.mcp import MCP
from translators.dialects.mlflow import MLflow
from translators.dialects.openai_agents import OpenAIAgents
from translators.dialects.openinference import OpenInference
from translators.dialects.openlit import OpenLIT
from translators.dialects.openllmetry import OpenLLMetry
from translators.dialects.openrouter import OpenRouter
from translators.dialects.pipecat import Pipecat
from translators.dialects.pydantic_ai import PydanticAI
from translators.dialects.semantic_kernel import SemanticKernel
from translators.dialects.spring_ai import SpringAI
from translators.dialects.strands import Strands
from translators.dialects.vercel_ai import VercelAI
from translators.dialects.voltagent import VoltAgent
from translators.finish import Finisher
from translators.merge import merge
from translators.remains import bare_run
from translators.run import Run
from translators.span import Span

# The order decides who overrules whom: the first to say a field wins.
BUILTIN: tuple[Translator, ...] = (
    LangSmith(),
    Langfuse(),
    MLflow(),
    OpenInference(),
    VercelAI(),
    PydanticAI(),
    Logfire(),
    ADK(),
    Strands(),
    LiveKit(),
    Pipecat(),
    ClaudeCode(),
    ClaudeSDK(),
    Codex(),
    SemanticKernel(),
    AgentFramework(),
    OpenAIAgents(),
    Genkit(),
    GeminiCLI(),
    Flue(),
    Laminar(),
    VoltAgent(),
    Mastra(),
    Haystack(),
    CrewAI(),
    LlamaIndex(),
    MCP(),
    SpringAI(),
    LangChain4j(),
    OpenLIT(),
    LiteLLM(),
    OpenRouter(),
    AutoGen(),
    OpenLLMetry(),
    GenAI(),
    Generic(),
)
ALL = "builtin"
PLUGIN_GROUP = "collector_proxy.translators"
# Attribute keys that the cache of signatures remembers before it starts anew.
_MAX_CACHED_KEYS = 200_000


def chosen(names: Sequence[str]) -> tuple[Translator, ...]:
    """Return the translators called *names*, in that order; all that are built in for no names.

    The name ``builtin`` stands for all that are built in and not named themselves. Other names are
    those of plug-ins: entry points of the group ``collector_proxy.translators``, whose object is a
    translator, or a class or function that makes one. Nothing is imported that is not named. The
    generic dialect, which makes a run of anything, is added when left out.

    Raises:
        LookupError: no dialect and no entry point has that name.
    """
    builtin = {translator.name: translator for translator in BUILTIN}
    if not names:
        return BUILTIN
    plugins = {point.name: point for point in entry_points(group=PLUGIN_GROUP)}
    found: list[Translator] = []
    for name in names:
        if name == ALL:
            found += [one for one in BUILTIN if one.name not in names]
        elif name in builtin:
            found.append(builtin[name])
        elif name in plugins:
            made = plugins[name].load()
            found.append(made() if callable(made) else made)
        else:
            known = ", ".join([ALL, *builtin, *sorted(plugins)])
            raise LookupError(f"no translator is called {name!r}; there are: {known}")
    generic = builtin["generic"]
    return (*found,) if generic in found else (*found, generic)


class Registry:
    """Translates spans with an ordered list of dialects. Pure but for a bounded cache."""

    def __init__(
        self, translators: Sequence[Translator] = BUILTIN, *, keep_unmapped: bool = True
    ) -> None:
        """Take *translators*, the strongest first.

        Args:
            keep_unmapped: keep what no dialect maps as metadata; False keeps GenAI attributes only.
        """
        self.translators = tuple(translators)
        known = {translator.name for translator in BUILTIN}
        self.outsiders = frozenset(t.name for t in self.translators) - known
        self._finisher = Finisher(keep_unmapped)
        self._speakers: dict[
            tuple[str, tuple[str, ...], tuple[str, ...]], tuple[Translator, ...]
        ] = {}
        self._cached_keys = 0

    def translate(self, span: Span) -> Run:
        """Return the run that *span* becomes; every span becomes one.

        A translator that raises is left out for this span and named in ``Run.failures``; where
        what they say together cannot be put together, the run has the attributes as they are.
        """
        drafts, failures = self.drafts(span)
        try:
            merged = merge(drafts, self.outsiders)
            return self._finisher.finish(span, merged, drafts, failures)
        except Exception:  # noqa: BLE001 -- one span must never cost the others of its batch
            return bare_run(span, [*failures, "finish"])

    def drafts(self, span: Span) -> tuple[list[tuple[str, Draft]], list[str]]:
        """Return what each dialect says of *span*, the strongest first, and who raised."""
        drafts: list[tuple[str, Draft]] = []
        failures: list[str] = []
        for translator in self._who_speaks(span):
            try:
                draft = translator.translate(span)
            except Exception:  # noqa: BLE001 -- a dialect's bug costs the span's polish only
                failures.append(translator.name)
                continue
            if draft is not None:
                drafts.append((translator.name, draft))
        return drafts, failures

    def _who_speaks(self, span: Span) -> tuple[Translator, ...]:
        # Instrumentations send the same keys in the same order again and again.
        keys = tuple(span.attributes)
        events = tuple([event.name for event in span.events]) if span.events else ()
        known = (span.scope.name, keys, events)
        speakers = self._speakers.get(known)
        if speakers is None:
            signature = Signature(span.scope.name, frozenset(keys), frozenset(events))
            speakers = tuple(t for t in self.translators if t.speaks(signature))
            if self._cached_keys > _MAX_CACHED_KEYS:
                self._speakers.clear()
                self._cached_keys = 0
            self._cached_keys += len(keys) + len(events) + 1
            self._speakers[known] = speakers
        return speakers
