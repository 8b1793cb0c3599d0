"""A stored run as the filter language sees it."""

from collector.sandbox.documents import Json, JsonObject
from collector.sandbox.predicates import TIMES, Pair
from collector.sandbox.store import RunStore, Selection, StoredRun
from collector.sandbox.times import parse_time
from collector.sandbox.views import latency_seconds, metadata_of, run_view

# How much of inputs and outputs LangSmith indexes for key and value conditions.
_INDEXED_KEYS = 100
_INDEXED_CHARACTERS = 250


class RunSubject:
    """Answers a predicate's questions about one run; the view is made once."""

    def __init__(self, store: RunStore, run: StoredRun) -> None:
        self._store = store
        self._run = run
        self._view = run_view(run)

    def value(self, field: str) -> Json:
        """Return a field; times in microseconds, latency in seconds, None if there is none."""
        if field == "latency":
            return latency_seconds(self._run.doc)
        if field == "is_root":
            return self._view["parent_run_id"] is None
        if field == "execution_order":
            return self._execution_order()
        value = self._view[field]
        return parse_time(value) if field in TIMES and value is not None else value

    def pairs(self, kind: str) -> list[Pair]:
        """Return key and value of all ``metadata``, ``feedback``, ``input`` or ``output``."""
        if kind == "metadata":
            return list(self.metadata().items())
        if kind == "feedback":
            feedback = self._store.feedback.list(self._run.tenant, [self._run.id])
            return [(item["key"], item.get("score")) for item in feedback]
        leaves = flatten(self._view["inputs" if kind == "input" else "outputs"])
        return [
            (path, value[:_INDEXED_CHARACTERS] if isinstance(value, str) else value)
            for path, value in leaves[:_INDEXED_KEYS]
        ]

    def metadata(self) -> JsonObject:
        """Return the metadata object."""
        return metadata_of(self._run.doc)

    def text(self) -> str:
        """Return everything that can be searched for, as one text."""
        searched = [self._view[name] for name in ("name", "error", "tags", "inputs", "outputs")]
        return "\n".join(str(value) for _, value in flatten([*searched, self.metadata()]))

    def _execution_order(self) -> int:
        """Return the place in the trace by dotted_order; the root's is 1."""
        trace = Selection(trace_id=self._view["trace_id"])
        own = self._view["dotted_order"]
        runs = self._store.select(self._run.tenant, trace)
        return sum(run.doc["dotted_order"] <= own for run in runs)


def flatten(value: Json) -> list[tuple[str, Json]]:
    """Return the leaves under their dotted paths, in order; list indices are left out."""
    leaves: list[tuple[str, Json]] = []
    waiting: list[tuple[str, Json]] = [("", value)]
    while waiting:
        path, node = waiting.pop()
        if isinstance(node, dict):
            prefix = f"{path}." if path else ""
            waiting.extend((f"{prefix}{key}", item) for key, item in reversed(node.items()))
        elif isinstance(node, list):
            waiting.extend((path, item) for item in reversed(node))
        elif node is not None:
            leaves.append((path, node))
    return leaves
