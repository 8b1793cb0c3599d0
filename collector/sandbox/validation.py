"""The rules a run keeps by itself; the rules between runs are kept where they are stored.

Sources: LangSmith documentation, "Run (span) data format", and the checks of its own SDK.
"""

from collections.abc import Iterable

from collector.sandbox.documents import Json, JsonObject
from collector.sandbox.dotted_order import is_run_id, parse_path
from collector.sandbox.operations import Operation, refused
from collector.sandbox.times import format_time, parse_timestamp

RUN_TYPES = ("tool", "chain", "llm", "retriever", "embedding", "prompt", "parser")

_PLACED = ("id", "trace_id", "dotted_order")
_COMPLETE = (*_PLACED, "name", "run_type", "start_time")
_STRINGS = ("name", "error", "session_name", "address")
_OBJECTS = ("inputs", "outputs", "extra", "serialized")
_IDS = ("trace_id", "parent_run_id", "session_id", "reference_example_id")


def check_run(operation: Operation, *, placed: bool = True) -> None:
    """Hold one operation to the contract.

    Args:
        operation: as the request has it.
        placed: whether trace_id and dotted_order must be there, as on all routes but
            ``POST /runs`` and ``PATCH /runs/{id}``, where the server finds them.

    Raises:
        Unprocessable: the first rule that is broken, with run id and part.
    """
    for rule in _broken_rules(operation, placed):
        raise refused(operation.run_id, operation.part, rule)


def check_feedback(feedback: JsonObject) -> None:
    """Hold one feedback object to the contract.

    Raises:
        Unprocessable: without an id or a key, or with ids that are no UUIDs.
    """
    feedback_id = feedback.get("id")
    part = f"feedback.{feedback_id}"
    run_id = feedback.get("run_id")
    for name in ("id", "run_id", "trace_id", "session_id"):
        if not is_run_id(feedback.get(name)) and (name == "id" or feedback.get(name) is not None):
            raise refused(str(run_id), part, f"{name} is not a lower-case hyphenated UUID")
    if not isinstance(feedback.get("key"), str) or not feedback["key"]:
        raise refused(str(run_id), part, "key is missing")


def _broken_rules(operation: Operation, placed: bool) -> Iterable[str]:
    fields = operation.fields
    required = _COMPLETE if operation.kind == "post" else _PLACED
    for name in required:
        if fields.get(name) is None and (placed or name not in _PLACED):
            yield f"{name} is missing"
    yield from _wrong_types(fields)
    if fields.get("run_type") is not None and fields["run_type"] not in RUN_TYPES:
        yield f"run_type {fields['run_type']!r} is not one of {', '.join(RUN_TYPES)}"
    if fields.get("address") is not None and (
        fields.get("session_name") is not None or fields.get("session_id") is not None
    ):
        yield "a project and an address are both named"
    yield from _wrong_times(fields)
    if fields.get("dotted_order") is not None:
        yield from _wrong_place(operation)


def _wrong_types(fields: JsonObject) -> Iterable[str]:
    for name in (*_STRINGS, "run_type", "dotted_order"):
        if not isinstance(fields.get(name), str | None):
            yield f"{name} is not a string"
    for name in ("name", "session_name"):
        if fields.get(name) == "":
            yield f"{name} is empty"
    for name in _OBJECTS:
        if not isinstance(fields.get(name), dict | None):
            yield f"{name} is not a JSON object"
    for name in _IDS:
        if fields.get(name) is not None and not is_run_id(fields[name]):
            yield f"{name} {fields[name]!r} is not a lower-case hyphenated UUID"
    if not _list_of(fields.get("tags"), str):
        yield "tags is not a list of strings"
    if not _list_of(fields.get("events"), dict):
        yield "events is not a list of JSON objects"
    extra = fields.get("extra")
    if extra is not None and not isinstance(extra.get("metadata"), dict | None):
        yield "extra.metadata is not a JSON object"


def _list_of(value: Json, kind: type) -> bool:
    return value is None or (
        isinstance(value, list) and all(isinstance(item, kind) for item in value)
    )


def _wrong_times(fields: JsonObject) -> Iterable[str]:
    for name in ("start_time", "end_time"):
        value = fields.get(name)
        if value is None:
            continue
        if not isinstance(value, str):
            yield f"{name} is not an ISO-8601 string"
        else:
            try:
                parse_timestamp(value)
            except ValueError as error:
                yield f"{name}: {error}"


def _wrong_place(operation: Operation) -> Iterable[str]:
    try:
        path = parse_path(operation.fields["dotted_order"])
    except ValueError as error:
        yield f"dotted_order: {error}"
    else:
        yield from _broken_invariants(operation, path)


def _broken_invariants(operation: Operation, path: list[tuple[int, str]]) -> Iterable[str]:
    """Yield which of the invariants of dotted_order the run breaks."""
    fields = operation.fields
    segment_us, last_id = path[-1]
    if last_id != operation.run_id:
        yield f"the last segment of dotted_order is of run {last_id}"
    if fields.get("trace_id") is not None and fields["trace_id"] != path[0][1]:
        yield f"trace_id is not the first id of dotted_order, {path[0][1]}"
    parent_run_id = fields.get("parent_run_id")
    if len(path) == 1 and parent_run_id is not None:
        yield "parent_run_id is set, but dotted_order is that of a root"
    if len(path) > 1 and parent_run_id != path[-2][1]:
        # A patch need not repeat the parent, but what it says must be so.
        says_nothing = operation.kind == "patch" and parent_run_id is None
        if not says_nothing:
            yield f"parent_run_id is not the last id but one of dotted_order, {path[-2][1]}"
    start_time = fields.get("start_time")
    if start_time is not None and parse_timestamp(start_time) != segment_us:
        yield f"start_time is not the time of its segment, {format_time(segment_us)}"
