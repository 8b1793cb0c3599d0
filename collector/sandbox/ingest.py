"""Taking runs in: what one request brings is kept whole, or not at all."""

from collector.sandbox.documents import JsonObject
from collector.sandbox.dotted_order import extend_path, path_ids
from collector.sandbox.errors import NotFound
from collector.sandbox.operations import Operation, Upload, refused
from collector.sandbox.store import RunStore, StoredRun
from collector.sandbox.times import format_time, parse_timestamp
from collector.sandbox.validation import check_feedback, check_run

# Where a run goes is kept beside it; a status is never taken over, it follows from error and end.
_NOT_KEPT = ("session_id", "session_name", "address", "status")
_PLACE = ("trace_id", "parent_run_id", "dotted_order")


def ingest(store: RunStore, tenant: str, upload: Upload, now_us: int) -> None:
    """Keep everything an upload brings.

    Operations are applied in order: later values win, nulls say nothing, objects are replaced
    whole. A patch that comes before its post is kept and wins over it.

    Raises:
        Unprocessable: one rule is broken anywhere; then nothing of the upload is kept.
    """
    for operation in upload.operations:
        check_run(operation)
    _keep(store, tenant, upload, now_us)


def ingest_single_post(store: RunStore, tenant: str, operation: Operation, now_us: int) -> None:
    """Keep a run of ``POST /runs``, finding its place in the trace when it does not say it.

    Raises:
        Unprocessable: a rule is broken, or the parent is not known here.
    """
    check_run(operation, placed=False)
    fields = operation.fields
    if fields.get("dotted_order") is None:
        parent_id = fields.get("parent_run_id")
        parent = None if parent_id is None else store.dotted_order(tenant, parent_id)
        if parent_id is not None and parent is None:
            raise refused(
                operation.run_id,
                operation.part,
                f"parent {parent_id} is not known, so dotted_order cannot be found",
            )
        start_us = parse_timestamp(fields["start_time"])
        fields["dotted_order"] = extend_path(parent, start_us, operation.run_id)
    fields.setdefault("trace_id", path_ids(fields["dotted_order"])[0])
    ingest(store, tenant, Upload([operation]), now_us)


def ingest_single_patch(store: RunStore, tenant: str, operation: Operation, now_us: int) -> None:
    """Keep what ``PATCH /runs/{id}`` changes.

    Raises:
        NotFound: the run is not here.
        Unprocessable: a rule is broken.
    """
    check_run(operation, placed=False)
    if store.find(tenant, operation.run_id) is None:
        raise NotFound(f"run {operation.run_id} not found")
    _keep(store, tenant, Upload([operation]), now_us)


def _keep(store: RunStore, tenant: str, upload: Upload, now_us: int) -> None:
    for feedback in upload.feedback:
        check_feedback(feedback)
    with store.database.transaction():
        for operation in upload.operations:
            _apply(store, tenant, operation, now_us)
        # Only now: a child may come before its parent in one request.
        for operation in upload.operations:
            _check_family(store, tenant, operation)
        for attachment in upload.attachments:
            if store.find(tenant, attachment.run_id) is None:
                part = f"attachment.{attachment.run_id}.{attachment.name}"
                raise refused(attachment.run_id, part, "there is no such run")
        store.attach(tenant, upload.attachments)
        for feedback in upload.feedback:
            store.feedback.put(tenant, _complete(store, tenant, feedback, now_us))


def _complete(store: RunStore, tenant: str, feedback: JsonObject, now_us: int) -> JsonObject:
    """Return the feedback with what readers cannot do without."""
    run_id = feedback.get("run_id")
    run = None if run_id is None else store.find(tenant, run_id)
    now = format_time(now_us)
    defaults = {
        "created_at": now,
        "modified_at": now,
        "run_id": None,
        "trace_id": None if run is None else run.doc["trace_id"],
    }
    return {**defaults, **{name: value for name, value in feedback.items() if value is not None}}


def _apply(store: RunStore, tenant: str, operation: Operation, now_us: int) -> None:
    known = store.find(tenant, operation.run_id)
    given = {
        name: value
        for name, value in operation.fields.items()
        if value is not None and name not in _NOT_KEPT
    }
    names_project = any(operation.fields.get(name) for name in _NOT_KEPT[:3])
    if known is None:
        posts, doc = 0, given
    else:
        posts = known.posts
        patched_before_post = operation.kind == "post" and posts == 0
        if patched_before_post or operation.kind == "patch":
            _check_same_run(operation, known.doc)
        doc = {**given, **known.doc} if patched_before_post else {**known.doc, **given}
    if known is None or (operation.kind == "post" and names_project):
        project_id = store.projects.ensure(tenant, operation.fields, now_us)
    else:
        project_id = known.project_id
    ids = path_ids(doc["dotted_order"])
    doc["trace_id"] = ids[0]
    doc["parent_run_id"] = ids[-2] if len(ids) > 1 else None
    start_us = parse_timestamp(doc["start_time"]) if "start_time" in doc else 0
    posts += operation.kind == "post"
    store.put(StoredRun(tenant, operation.run_id, project_id, start_us, posts, doc))


def _check_same_run(operation: Operation, doc: JsonObject) -> None:
    """Refuse a patch and a post that disagree on the run's place, in the tree or in time."""
    for name in _PLACE:
        value = operation.fields.get(name)
        if value is not None and value != doc.get(name):
            raise refused(operation.run_id, operation.part, f"{name} is not what the run has")
    given, known = operation.fields.get("start_time"), doc.get("start_time")
    if given and known and parse_timestamp(given) != parse_timestamp(known):
        raise refused(operation.run_id, operation.part, "start_time is not what the run has")


def _check_family(store: RunStore, tenant: str, operation: Operation) -> None:
    """Hold dotted_order against the parent and the children that are known."""
    run_id = operation.run_id
    own = store.dotted_order(tenant, run_id) or ""
    ids = path_ids(own)
    parent = store.dotted_order(tenant, ids[-2]) if len(ids) > 1 else None
    if parent is not None and own.rpartition(".")[0] != parent:
        raise refused(
            run_id, operation.part, f"dotted_order does not start with that of parent {ids[-2]}"
        )
    for child_id, child in store.children(tenant, run_id):
        if child.rpartition(".")[0] != own:
            raise refused(
                run_id, operation.part, f"dotted_order of child {child_id} does not start with it"
            )
