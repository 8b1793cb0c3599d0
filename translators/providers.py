"""Who served the model, and what it is called, in the words of LangSmith's price table.

Source: LangSmith, "Metadata parameters reference" (``ls_provider``, ``ls_model_name``,
``ls_model_type``); the raw words are those of instrumentation libraries.
"""

from collections.abc import Sequence
from functools import lru_cache

from translators.attributes import PLACEHOLDERS
from translators.span import JsonObject

# Libraries that name themselves where the provider belongs.
FRAMEWORKS = frozenset(
    {
        "ag2",
        "agent_framework",
        "agno",
        "autogen",
        "browser_use",
        "claude_agent_sdk",
        "controlflow",
        "crewai",
        "custom",
        "dspy",
        "dynamiq",
        "flue",
        "gateway",
        "gcp.vertex.agent",
        "google_adk",
        "haystack",
        "langchain",
        "langgraph",
        "letta",
        "litellm",
        "livekit",
        "llama_index",
        "llamaindex",
        "mcp",
        "mem0",
        "microsoft.agent_framework",
        "none",
        "openai_agents",
        "openlit",
        "pipecat",
        "pydantic-ai",
        "pydantic_ai",
        "semantic-kernel",
        "semantic_kernel",
        "smolagents",
        "spring_ai",
        "strands",
        "strands-agents",
        "strands_agents",
        "unknown",
    }
)

# Words whose ending tells more than the provider (``openai.chat``) match by their first parts.
ALIASES = {
    word: provider
    for provider, words in {
        "openai": "openai open_ai",
        "anthropic": "anthropic claude",
        "azure": "azure az azure_openai azure_open_ai azure-openai azure_ai azure-ai",
        "bedrock": "aws.bedrock bedrock amazon-bedrock amazon_bedrock bedrock_converse aws amazon",
        "google_vertexai": (
            "gcp.vertex_ai vertex_ai vertexai google_vertexai google-vertex google.vertex vertex"
            " google_vertex_ai_gemini google_vertex_ai_anthropic"
        ),
        "google_genai": (
            "gcp.gemini gemini google_genai google_ai_gemini google-generativeai"
            " google.generative-ai google-gla google-ai-studio"
        ),
        "mistral": "mistral_ai mistral mistralai",
        "xai": "x_ai xai grok x.ai",
        "fireworks": "fireworks fireworks_ai",
        "moonshot": "moonshot moonshot_ai moonshotai",
        "watsonx": "watsonx ibm.watsonx.ai ibm.watsonx",
        "together": "together together_ai togetherai",
    }.items()
    for word in words.split()
}
GOOGLE = frozenset({"gcp.gen_ai", "google", "gcp"})  # either of Google's two services
GOOGLE_SERVICES = frozenset({"google_vertexai", "google_genai"})
HOSTS = {
    "openai.com": "openai",
    "openai.azure.com": "azure",
    "services.ai.azure.com": "azure",
    "anthropic.com": "anthropic",
    "aiplatform.googleapis.com": "google_vertexai",
    "generativelanguage.googleapis.com": "google_genai",
    "groq.com": "groq",
    "deepseek.com": "deepseek",
    "x.ai": "xai",
    "mistral.ai": "mistral",
    "cerebras.ai": "cerebras",
    "openrouter.ai": "openrouter",
}
MODELS = (
    (("gpt-", "o1-", "o3-", "o4-", "text-embedding", "chatgpt"), "openai"),
    (("claude",), "anthropic"),
    (("gemini",), "google_genai"),
    (("mistral", "mixtral", "codestral"), "mistral"),
)
# What the Vercel AI SDK calls the parts of a provider: ``groq.chat``, ``cohere.reranking``.
SERVICES = frozenset(
    {"chat", "completion", "responses", "messages", "embedding", "textembedding", "reranking",
     "image", "speech", "transcription"}
)  # fmt: skip
BEDROCK_MODELS = ("anthropic.claude", "amazon.", "meta.llama")
MODEL_PREFIXES = ("models/", "publishers/google/models/")

_FALLBACK = "fallback:"  # Pydantic AI: several models one after the other, whoever answers
MAX_WORD = 200  # longer words are nobody's name, and must not fill the cache


def provider_of(
    candidates: Sequence[str], model: str | None, server_address: str | None
) -> str | None:
    """Return the ``ls_provider`` that the raw words tell, or None where nothing does.

    Args:
        candidates: raw provider words, the most trusted first; a framework's name is passed over.
        model: the model id, from which the provider is inferred where no word is left.
        server_address: host that was called; it tells Google's services apart, and the provider
            where no word does.
    """
    words = tuple([word for word in candidates if len(word) <= MAX_WORD])
    return _provider(words, (model or "")[:MAX_WORD], (server_address or "")[:MAX_WORD])


def model_names(asked: str | None, answered: str | None) -> str | None:
    """Return the ``ls_model_name``: the answering model where it is the asked one, more exactly.

    ``gpt-4o`` answered by ``gpt-4o-2024-08-06`` gives the latter; by anything else, the former.
    """
    name = answered if answered and (not asked or is_refined(asked, answered)) else asked
    for prefix in MODEL_PREFIXES:
        if name and name.startswith(prefix):
            return name[len(prefix) :]
    return name


def is_refined(asked: str, answered: str) -> bool:
    """Tell whether the model that answered is the one asked for, told with more precision."""
    short, full = asked.rpartition("/")[2], answered.rpartition("/")[2]
    return full.startswith(short) and not full[len(short) : len(short) + 1].isalnum()


def model_type(run_type: str, inputs: JsonObject | None) -> str | None:
    """Return the ``ls_model_type``: "chat", "text" or "embedding"; None for other runs.

    A text completion is known by its inputs: they hold a prompt, and no messages.
    """
    if run_type == "embedding":
        return "embedding"
    if run_type != "llm":
        return None
    return "text" if inputs and "prompt" in inputs and "messages" not in inputs else "chat"


@lru_cache(maxsize=1024)
def _provider(candidates: tuple[str, ...], model: str, server_address: str) -> str | None:
    ambiguous = False
    for candidate in candidates:
        word = candidate.strip().lower()
        if word in FRAMEWORKS or candidate.strip() in PLACEHOLDERS or word.startswith(_FALLBACK):
            continue
        provider = (_by_host(word) if "." in word else None) or _aliased(word)
        if provider is None and ("://" in word or word[:4] == "api."):
            continue
        if ambiguous and provider not in GOOGLE_SERVICES:
            continue
        if provider:
            return provider
        if word in GOOGLE or word.partition(".")[0] in GOOGLE:
            by_host = _by_host(server_address.lower())
            if by_host in GOOGLE_SERVICES:
                return by_host
            ambiguous = True
            continue
        head, _, service = word.rpartition(".")
        return head if head and service in SERVICES else word
    if ambiguous:
        return "google_genai"
    return _by_host(server_address.lower()) or _by_model(model.lower())


def _aliased(word: str) -> str | None:
    while word:
        if word in ALIASES:
            return ALIASES[word]
        word = word.rpartition(".")[0]
    return None


def _by_host(address: str) -> str | None:
    # By hand: a library that takes URLs apart refuses some that are none.
    scheme, _, rest = address.partition("://")
    host = (rest or scheme).partition("/")[0].rpartition("@")[2].partition(":")[0]
    if host.startswith("bedrock-runtime."):
        return "bedrock"
    for suffix, provider in HOSTS.items():
        # Vertex AI has regional hosts that put a dash before the common part.
        if host == suffix or host.endswith((f".{suffix}", f"-{suffix}")):
            return provider
    return None


def _by_model(model: str) -> str | None:
    if model.startswith("arn:aws:bedrock"):
        return "bedrock"
    name = model.rpartition("/")[2]
    if any(name.startswith(word) or f".{word}" in name for word in BEDROCK_MODELS):
        return "bedrock"
    for prefixes, provider in MODELS:
        if f"{name}-".startswith(prefixes):
            return provider
    return None
