"""What an ingest request asks for: runs posted and patched, attachments, feedback."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, cast

from collector.sandbox.documents import Json, JsonObject, parse_json
from collector.sandbox.dotted_order import is_run_id
from collector.sandbox.errors import Unprocessable
from collector.sandbox.multipart import Part

Kind = Literal["post", "patch"]

OUT_OF_BAND = ("inputs", "outputs", "events", "extra", "error", "serialized")
"""Fields that travel as parts of their own, ``<kind>.<run id>.<field>``."""

# Older clients and the documented curl example send these three inside the main part.
_ALSO_INLINE = ("extra", "error", "serialized")


@dataclass(slots=True)
class Operation:
    """One post or patch of one run; *fields* holds its out-of-band fields too."""

    kind: Kind
    run_id: str
    fields: JsonObject

    @property
    def part(self) -> str:
        """The name of the operation's main part."""
        return f"{self.kind}.{self.run_id}"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that belongs to a run."""

    run_id: str
    name: str
    media_type: str
    data: bytes


@dataclass(slots=True)
class Upload:
    """Everything one request brings, in the order of the request."""

    operations: list[Operation] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    feedback: list[JsonObject] = field(default_factory=list)


def refused(run_id: str, part: str, rule: str) -> Unprocessable:
    """Return the refusal in the one form all of them have: run id, part, rule."""
    return Unprocessable(f"run {run_id}, part {part}: {rule}")


def read_upload(parts: Iterable[Part]) -> Upload:
    """Return what the parts of a multipart request ask for.

    Raises:
        Unprocessable: a part whose name, type or JSON is wrong, or whose main part is missing.
    """
    upload = Upload()
    latest: dict[str, Operation] = {}
    for part in parts:
        kind, _, rest = part.name.partition(".")
        item_id, _, name = rest.partition(".")
        if kind not in ("post", "patch", "attachment", "feedback"):
            raise Unprocessable(
                f"part {part.name}: its name starts with none of post, patch, attachment, feedback"
            )
        if not is_run_id(item_id):
            raise Unprocessable(
                f"part {part.name}: {item_id!r} is not a lower-case hyphenated UUID"
            )
        if kind == "attachment":
            if not name or "." in name:
                raise refused(
                    item_id, part.name, "an attachment's name is not empty and has no dot"
                )
            upload.attachments.append(Attachment(item_id, name, part.media_type, part.data))
        elif kind == "feedback":
            upload.feedback.append(_main_object(part, item_id))
        elif not name:
            operation = Operation(cast(Kind, kind), item_id, _main_object(part, item_id))
            _refuse_inline(operation)
            latest[operation.part] = operation
            upload.operations.append(operation)
        else:
            _add_field(part, item_id, name, latest.get(f"{kind}.{item_id}"))
    return upload


def read_batch(body: JsonObject) -> Upload:
    """Return what a ``/runs/batch`` body asks for; its runs hold all their fields.

    Raises:
        Unprocessable: not lists of objects with ids.
    """
    upload = Upload()
    kinds: tuple[Kind, ...] = ("post", "patch")
    for kind in kinds:
        runs = body.get(kind, [])
        if not isinstance(runs, list):
            raise Unprocessable(f"{kind} is not a list of runs")
        upload.operations.extend(read_run(kind, run) for run in runs)
    return upload


def read_run(kind: Kind, run: Json, run_id: str | None = None) -> Operation:
    """Return the operation a JSON run stands for; *run_id* is the id when its address has it.

    Raises:
        Unprocessable: not an object, or its id is missing, malformed or another one.
    """
    if not isinstance(run, dict):
        raise Unprocessable(f"{kind}: a run is not a JSON object")
    own_id = run.get("id", run_id)
    if not isinstance(own_id, str) or not is_run_id(own_id):
        raise Unprocessable(f"{kind}: id {own_id!r} is not a lower-case hyphenated UUID")
    if run_id is not None and own_id != run_id:
        raise refused(run_id, f"{kind}.{run_id}", f"the body's id is {own_id}")
    return Operation(kind, own_id, run)


def _add_field(part: Part, run_id: str, name: str, operation: Operation | None) -> None:
    if name not in OUT_OF_BAND:
        raise refused(run_id, part.name, f"{name!r} is not one of {', '.join(OUT_OF_BAND)}")
    if operation is None:
        raise refused(run_id, part.name, "its main part does not come before it")
    if name in operation.fields:
        raise refused(run_id, part.name, f"{name} was already given")
    operation.fields[name] = _json(part, run_id)
    if operation.fields[name] is None:
        raise refused(run_id, part.name, "a part of its own is not null")


def _refuse_inline(operation: Operation) -> None:
    for name in (*OUT_OF_BAND, "attachments"):
        if name in operation.fields and name not in _ALSO_INLINE:
            raise refused(operation.run_id, operation.part, f"{name} needs a part of its own")


def _main_object(part: Part, item_id: str) -> JsonObject:
    value = _json(part, item_id)
    if not isinstance(value, dict):
        raise refused(item_id, part.name, "not a JSON object")
    if value.get("id") != item_id:
        raise refused(
            item_id, part.name, f"id {value.get('id')!r} is not the id in the part's name"
        )
    return value


def _json(part: Part, item_id: str) -> Json:
    if part.media_type != "application/json":
        raise refused(item_id, part.name, f"Content-Type {part.media_type} is not application/json")
    try:
        return parse_json(part.data)
    except ValueError as error:
        raise refused(item_id, part.name, f"not valid JSON: {error}") from error
