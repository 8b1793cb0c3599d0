"""Reading runs: which ones, in which order, page by page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from collector.sandbox.documents import Json, JsonObject
from collector.sandbox.dotted_order import is_run_id
from collector.sandbox.errors import Malformed, Unprocessable
from collector.sandbox.feedback import feedback_stats
from collector.sandbox.predicates import Predicate, Subject, compile_filter
from collector.sandbox.store import RunStore, Selection, StoredRun
from collector.sandbox.subject import RunSubject
from collector.sandbox.times import parse_time
from collector.sandbox.views import attachment_view, run_view

PAGE_SIZE = 100
"""Most runs on a page of ``/runs/query``."""


@dataclass(frozen=True, slots=True)
class RunQuery:
    """A selection the database makes, and conditions that need the whole run.

    *filters* hold for the run itself, *trace_filters* for the root of its trace, *tree_filters*
    each for some run of its trace.
    """

    selection: Selection
    filters: tuple[Predicate, ...] = ()
    trace_filters: tuple[Predicate, ...] = ()
    tree_filters: tuple[Predicate, ...] = ()
    reference_examples: tuple[str, ...] | None = None


@dataclass(slots=True)
class _Traces:
    """What was found out about traces during one query."""

    roots: dict[str, bool] = field(default_factory=dict)
    trees: dict[str, bool] = field(default_factory=dict)


class RunReader:
    """Reads the runs of one tenant."""

    def __init__(self, store: RunStore, tenant: str) -> None:
        self._store = store
        self._tenant = tenant

    def find(self, run_id: str) -> StoredRun | None:
        """Return the run, None also while too little of it has come to show it."""
        selection = Selection(ids=(run_id,))
        return next(self._store.select(self._tenant, selection), None)

    def runs(self, query: RunQuery, after: StoredRun | None = None) -> Iterator[StoredRun]:
        """Yield what the query takes, from behind *after* on."""
        traces = _Traces()
        for run in self._store.select(self._tenant, query.selection, after):
            if self._takes(query, run, traces):
                yield run

    def page(
        self, query: RunQuery, size: int, cursor: str | None
    ) -> tuple[list[StoredRun], str | None]:
        """Return at most *size* runs and the cursor of the next page, None on the last.

        Raises:
            Malformed: the cursor is not one of ours.
        """
        after = None
        if cursor is not None:
            after = self._store.find(self._tenant, cursor)
            if after is None:
                raise Malformed("the cursor is not known")
        page: list[StoredRun] = []
        for run in self.runs(query, after):
            if len(page) == size:
                return page, page[-1].id
            page.append(run)
        return page, None

    def view(self, run: StoredRun, wanted: Sequence[str] | None) -> JsonObject:
        """Return the run's view with what of attachments, feedback and children is *wanted*."""
        view = run_view(run)
        if wanted is None or "s3_urls" in wanted:
            view["s3_urls"] = attachment_view(self._store.attachments(self._tenant, run.id))
        if wanted is None or "feedback_stats" in wanted:
            view["feedback_stats"] = feedback_stats(
                self._store.feedback.list(self._tenant, [run.id])
            )
        if wanted is None or "child_run_ids" in wanted:
            view["child_run_ids"] = self._store.descendant_ids(run)
        return view

    def _takes(self, query: RunQuery, run: StoredRun, traces: _Traces) -> bool:
        if query.reference_examples is not None and (
            run.doc.get("reference_example_id") not in query.reference_examples
        ):
            return False
        if query.filters and not _all(query.filters, RunSubject(self._store, run)):
            return False
        trace_id = run.doc["trace_id"]
        if query.trace_filters and trace_id not in traces.roots:
            root = self._store.find(self._tenant, trace_id)
            traces.roots[trace_id] = root is not None and _all(
                query.trace_filters, RunSubject(self._store, root)
            )
        if query.tree_filters and trace_id not in traces.trees:
            tree = list(self._store.select(self._tenant, Selection(trace_id=trace_id)))
            traces.trees[trace_id] = all(
                any(predicate(RunSubject(self._store, member)) for member in tree)
                for predicate in query.tree_filters
            )
        return traces.roots.get(trace_id, True) and traces.trees.get(trace_id, True)


def read_query(body: JsonObject) -> RunQuery:
    """Return the query a ``/runs/query`` or ``/runs/stats`` body asks for.

    Raises:
        Malformed: a filter that does not parse.
        Unprocessable: a value of the wrong kind.
    """
    ids = id_list(body, "id")
    order = body.get("order", "desc")
    if order not in ("asc", "desc"):
        raise Unprocessable("order is asc or desc")
    if ids is not None:
        return RunQuery(Selection(ids=ids, ascending=order == "asc"))
    filters = filter_list(body, "filter")
    text = optional(body, "query", str)
    if text:
        filters = (*filters, lambda run: text.casefold() in run.text().casefold())
    return RunQuery(
        Selection(
            project_ids=id_list(body, "session"),
            trace_id=optional_id(body, "trace"),
            parent_run_id=optional_id(body, "parent_run"),
            run_type=optional(body, "run_type", str),
            is_root=optional(body, "is_root", bool),
            failed=optional(body, "error", bool),
            min_start_us=optional_time(body, "start_time"),
            max_start_us=optional_time(body, "end_time"),
            ascending=order == "asc",
        ),
        filters=filters,
        trace_filters=filter_list(body, "trace_filter"),
        tree_filters=filter_list(body, "tree_filter"),
        reference_examples=id_list(body, "reference_example"),
    )


def filter_list(body: JsonObject, name: str) -> tuple[Predicate, ...]:
    """Return the compiled filter under *name*, empty if there is none."""
    text = optional(body, name, str)
    return (compile_filter(text),) if text else ()


def optional(body: JsonObject, name: str, kind: type) -> Json:
    """Return the value under *name*, None if there is none.

    Raises:
        Unprocessable: it is not of this kind.
    """
    value = body.get(name)
    if value is not None and not isinstance(value, kind):
        raise Unprocessable(f"{name} is not a {kind.__name__}")
    return value


def optional_id(body: JsonObject, name: str) -> str | None:
    """Return the UUID under *name*, None if there is none."""
    value = optional(body, name, str)
    return None if value is None else _checked_id(value, name)


def id_list(body: JsonObject, name: str) -> tuple[str, ...] | None:
    """Return the UUIDs under *name*, None if there are none."""
    values = optional(body, name, list)
    return None if values is None else tuple(_checked_id(value, name) for value in values)


def optional_time(body: JsonObject, name: str) -> int | None:
    """Return the time under *name* in microseconds, None if there is none."""
    text = optional(body, name, str)
    try:
        return None if text is None else parse_time(text)
    except ValueError as error:
        raise Unprocessable(f"{name} is not an ISO-8601 time") from error


def page_size(body: JsonObject, name: str, default: int, most: int) -> int:
    """Return how many items a page may hold, *most* where more is asked for."""
    size = optional(body, name, int)
    if size is not None and size < 1:
        raise Unprocessable(f"{name} is less than 1")
    return default if size is None else min(size, most)


def _checked_id(value: Json, name: str) -> str:
    lowered = value.lower() if isinstance(value, str) else value
    if not is_run_id(lowered):
        raise Unprocessable(f"{name}: {value!r} is not a UUID")
    return str(lowered)


def _all(predicates: Sequence[Predicate], subject: Subject) -> bool:
    return all(predicate(subject) for predicate in predicates)
