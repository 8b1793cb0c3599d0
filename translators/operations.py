"""What kind of run a span is, by the words in which several dialects name operations.

Source: OpenTelemetry "Semantic conventions for generative AI", ``gen_ai.operation.name`` and
``mcp.method.name``; beyond their lists, the words that instrumentation libraries send.
"""

from translators.run import RunType
from translators.span import Json

_WORDS: dict[RunType, str] = {
    "llm": (
        "chat text_completion text_completions completion completions chat.completions"
        " text.completions generate_content generate generate_text response responses messages"
        " llm_call llm_request model_request realtime realtime_inference image image_generation"
        " video moderation"
        " speech_to_text transcription stt audio text_to_speech speech speech_generation tts"
        " transliterate language_identification"
    ),
    "embedding": "embeddings embedding create_embeddings",
    "retriever": (
        "retrieval retrieve vector_db_retrieve vectordb search_memory memory_search memory_get"
        " rerank search"
    ),
    "tool": "execute_tool tool_call tool function",
    "chain": (
        "invoke_agent create_agent agent_call agent invoke_workflow workflow plan agent_step"
        " execute_event_loop_cycle invoke_swarm invoke_graph execute_task task handoff"
        " agent_handoff guardrail guardrail_check apply_guardrail evaluation user_prompt"
        " handle_conversation_turn fetch_response"
        " user_prompt_processing tool_coordination schedule_tool_calls batch fine_tuning file"
        " create_memory update_memory upsert_memory delete_memory create_memory_store"
        " update_memory_store upsert_memory_store delete_memory_store memory_add"
        " memory_update memory_delete compact_events conversation system_prompt"
    ),
}
_OPERATIONS: dict[str, RunType] = {
    word: run_type for run_type, words in _WORDS.items() for word in words.split()
}
_BEGINNINGS: tuple[tuple[str, RunType], ...] = (
    ("translat", "llm"),
    ("crawl", "chain"),
    ("browser_", "chain"),
)
_MODALITIES = {
    word: modality
    for modality, words in {
        "stt": "speech_to_text transcription stt",
        "tts": "text_to_speech speech speech_generation tts",
        "image": "image image_generation",
        "audio": "audio",
    }.items()
    for word in words.split()
}
# Span names of agents that do not say which agent it is.
NAMES_OF_ANY_AGENT = frozenset(
    {"", "agent", "agent run", "agent.run", "agent_run", "invoke_agent", "run"}
)
_MCP: dict[str, RunType] = {
    "tools/call": "tool",
    "resources/read": "retriever",
    "prompts/get": "prompt",
}


def run_type_of_operation(name: Json) -> RunType | None:
    """Return the run type of a ``gen_ai.operation.name``; None for a word that tells nothing."""
    if not isinstance(name, str):
        return None
    word = name.lower().removeprefix("gen_ai.")
    found = _OPERATIONS.get(word)
    if found is not None:
        return found
    return next((kind for beginning, kind in _BEGINNINGS if word.startswith(beginning)), None)


def modality_of_operation(name: Json) -> str | None:
    """Return the ``ls_modality`` of an operation that is about no text: stt, tts, image, audio."""
    if not isinstance(name, str):
        return None
    return _MODALITIES.get(name.lower().removeprefix("gen_ai."))


def run_type_of_mcp(method: Json) -> RunType | None:
    """Return the run type of an ``mcp.method.name``; requests about the session are chains."""
    return _MCP.get(method, "chain") if isinstance(method, str) and method else None
