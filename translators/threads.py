"""Which conversation a span belongs to, where its attributes name more than one.

Source: conventions 1.14 (the order of the attributes) and 3.1 (what becomes of the others).
"""

from collections.abc import Sequence

from translators.attributes import text
from translators.base import Draft
from translators.merge import Merged
from translators.run import Run
from translators.span import Span

_FIELD = "thread_id"
_PROPERTIES = "traceloop.association.properties."
# The first that is there wins, whichever dialect it belongs to.
_SOURCES = (
    "langsmith.metadata.thread_id",
    "langsmith.metadata.session_id",
    "langsmith.metadata.conversation_id",
    "session.id",
    "langfuse.session.id",
    "gen_ai.conversation.id",
    *(_PROPERTIES + key for key in ("session_id", "thread_id", "conversation_id", "chat_id")),
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
# LangSmith groups runs by each of these.
_GROUPS = ("thread_id", "session_id", "conversation_id")


def settle_thread(span: Span, merged: Merged, drafts: Sequence[tuple[str, Draft]]) -> None:
    """Let the thread be what the first of the well-known attributes says, of those that are told.

    A dialect that takes its thread from elsewhere knows better, and keeps it.
    """
    ranks: dict[str, int] = {}
    for rank, key in enumerate(_SOURCES):
        value = text(span.attributes.get(key))
        if value is not None:
            ranks.setdefault(value, rank)
    before = winner = merged.fields[_FIELD]
    for dialect, draft in drafts:
        said = draft.said.get(_FIELD)
        if said is not None and ranks.get(said[0], len(_SOURCES)) < ranks.get(winner[0], -1):
            winner = (*said, dialect)
    if winner is not before:
        merged.fields[_FIELD] = winner
        merged.lost.remove((_FIELD, winner[2], winner[1]))
        merged.lost.append((_FIELD, before[2], before[1]))


def name_thread(run: Run) -> None:
    """Say the run's thread, as its metadata have it; other ones there cease to group it."""
    metadata = run.metadata
    for key in _GROUPS:
        if key not in metadata:
            continue
        if run.thread_id is None:
            run.thread_id = str(metadata[key])
        elif str(metadata[key]) != run.thread_id:
            metadata["otel." + key] = metadata.pop(key)
