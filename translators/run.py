"""The LangSmith run model, as far as one span can tell it.

Ids and the place in the tree come later, from the assembler: they depend on other spans.
Source: LangSmith, "Run data format".
"""

from typing import Literal, TypeAlias, get_args

from translators.span import Json, JsonObject

RunType: TypeAlias = Literal["llm", "chain", "tool", "retriever", "embedding", "prompt", "parser"]
RUN_TYPES: frozenset[str] = frozenset(get_args(RunType))


class Attachment:
    """A file that belongs to a run. The name holds no dot: LangSmith's part names forbid it."""

    __slots__ = ("data", "mime_type", "name")

    def __init__(self, name: str, mime_type: str, data: bytes) -> None:
        self.name = name
        self.mime_type = mime_type
        self.data = data


class ExplicitIds:
    """Ids that the span itself names (``langsmith.span.id`` and its siblings).

    UUIDs are lower-case with hyphens; a field is None where the span does not say, or says
    something that is no UUID. Whether they fit together is for the assembler to judge.
    """

    __slots__ = ("dotted_order", "parent_run_id", "run_id", "trace_id")

    def __init__(
        self,
        run_id: str | None = None,
        trace_id: str | None = None,
        parent_run_id: str | None = None,
        dotted_order: str | None = None,
    ) -> None:
        self.run_id = run_id
        self.trace_id = trace_id
        self.parent_run_id = parent_run_id
        self.dotted_order = dotted_order


class Run:
    """What one span says about its run.

    Attributes:
        start_us, end_us: microseconds since 1970 UTC; ``end_us`` is 0 while there is no end.
        inputs, outputs: JSON objects, or None where the span says nothing.
        error: text, or None where the run succeeded.
        events: ``{"name", "time", "kwargs"?}`` in time order.
        metadata: ``extra.metadata``; keys are flat, never empty (it holds the OTel ids).
        invocation_params, runtime: ``extra.invocation_params`` and ``extra.runtime``, maybe empty.
        project: name of the project that the span itself asks for, or None.
        project_id: UUID of that project, or None.
        thread_id: the conversation it belongs to, as already written in the metadata, or None.
        is_root: the span declares itself a LangSmith root, whatever its OTel parent.
        genai: a dialect other than the generic one has spoken.
        dialects: names of those who spoke, the strongest first.
        drop: why no run shall be made of this span (``"pending_span"``), or None.
        failures: names of the translators that raised on this span.
    """

    __slots__ = (
        "attachments",
        "dialects",
        "drop",
        "end_us",
        "error",
        "events",
        "failures",
        "genai",
        "ids",
        "inputs",
        "invocation_params",
        "is_root",
        "metadata",
        "name",
        "outputs",
        "project",
        "project_id",
        "reference_example_id",
        "run_type",
        "runtime",
        "start_us",
        "tags",
        "thread_id",
    )

    def __init__(self, name: str, run_type: RunType, start_us: int, end_us: int) -> None:
        self.name = name
        self.run_type: RunType = run_type
        self.start_us = start_us
        self.end_us = end_us
        self.inputs: JsonObject | None = None
        self.outputs: JsonObject | None = None
        self.error: str | None = None
        self.events: list[JsonObject] = []
        self.tags: list[str] = []
        self.metadata: dict[str, Json] = {}
        self.invocation_params: JsonObject = {}
        self.runtime: JsonObject = {}
        self.project: str | None = None
        self.project_id: str | None = None
        self.reference_example_id: str | None = None
        self.attachments: list[Attachment] = []
        self.thread_id: str | None = None
        self.ids: ExplicitIds | None = None
        self.is_root = False
        self.genai = False
        self.dialects: tuple[str, ...] = ()
        self.drop: str | None = None
        self.failures: tuple[str, ...] = ()
