"""Stored runs as the API shows them: the fields the server works out are worked out here."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from math import isfinite

from collector.sandbox.documents import Json, JsonObject
from collector.sandbox.dotted_order import path_ids
from collector.sandbox.store import StoredAttachment, StoredRun
from collector.sandbox.times import format_time, parse_time, parse_timestamp

# A reader cannot build a run without these, whatever it selected.
_ALWAYS = ("id", "name", "run_type", "start_time", "trace_id", "dotted_order")
_Reader = Callable[[Json], float | None]
_THREAD_KEYS = ("session_id", "thread_id", "conversation_id")


def run_view(run: StoredRun) -> JsonObject:
    """Return the run with everything that follows from the run alone."""
    doc = run.doc
    path = path_ids(doc["dotted_order"])
    return {
        "id": run.id,
        "name": doc["name"],
        "run_type": doc["run_type"],
        "start_time": format_time(run.start_us),
        "end_time": _normal_time(doc.get("end_time")),
        "status": run_status(doc),
        "error": doc.get("error"),
        "inputs": doc.get("inputs") or {},
        "outputs": doc.get("outputs"),
        "events": doc.get("events") or [],
        "extra": doc.get("extra") or {},
        "serialized": doc.get("serialized"),
        "tags": doc.get("tags") or [],
        "trace_id": doc["trace_id"],
        "parent_run_id": doc["parent_run_id"],
        "parent_run_ids": path[:-1],
        "dotted_order": doc["dotted_order"],
        "session_id": run.project_id,
        "reference_example_id": doc.get("reference_example_id"),
        "in_dataset": False,
        "manifest_id": None,
        "thread_id": thread_id(doc),
        "first_token_time": first_token_time(doc),
        "app_path": app_path(run.tenant, run.project_id, run.id),
        **usage_view(doc),
    }


def select_fields(view: JsonObject, names: Iterable[str] | None) -> JsonObject:
    """Return the selected fields and those no reader can do without; None selects all."""
    if names is None:
        return view
    wanted = {*names, *_ALWAYS}
    return {name: value for name, value in view.items() if name in wanted}


def app_path(tenant: str, project_id: str, run_id: str) -> str:
    """Return the path of the run's page."""
    return f"/o/{tenant}/projects/p/{project_id}/r/{run_id}"


def run_status(doc: JsonObject) -> str:
    """Return ``error``, ``pending`` or ``success``: from error first, then from end_time."""
    if doc.get("error"):
        return "error"
    return "success" if doc.get("end_time") else "pending"


def metadata_of(doc: JsonObject) -> JsonObject:
    """Return ``extra.metadata``, empty if there is none."""
    return (doc.get("extra") or {}).get("metadata") or {}


def thread_id(doc: JsonObject) -> str | None:
    """Return the thread of the run: the first of its metadata's thread keys that is set."""
    metadata = metadata_of(doc)
    for key in _THREAD_KEYS:
        if metadata.get(key):
            return str(metadata[key])
    return None


def first_token_time(doc: JsonObject) -> str | None:
    """Return the time of the first ``new_token`` event that has a readable one."""
    first_us = _first_token_us(doc)
    return None if first_us is None else format_time(first_us)


def latency_seconds(doc: JsonObject) -> float | None:
    """Return how long the run took, None while it is pending."""
    if not doc.get("end_time"):
        return None
    return (parse_timestamp(doc["end_time"]) - parse_timestamp(doc["start_time"])) / 1_000_000


def seconds_to_first_token(doc: JsonObject) -> float | None:
    """Return the time to the first token, None where no event tells it."""
    first_us = _first_token_us(doc)
    if first_us is None:
        return None
    return (first_us - parse_timestamp(doc["start_time"])) / 1_000_000


def usage_view(doc: JsonObject) -> JsonObject:
    """Return tokens and costs, taken from usage_metadata in outputs, else in extra.metadata.

    Clients write there what they like; what a reader could not take for a count or an amount is
    left out, since the whole run would be unreadable with it.
    """
    usage: JsonObject = {}
    for holder in (metadata_of(doc), doc.get("outputs") or {}):
        if isinstance(holder.get("usage_metadata"), dict):
            usage = holder["usage_metadata"]
    return {
        "prompt_tokens": _count(usage.get("input_tokens")),
        "completion_tokens": _count(usage.get("output_tokens")),
        "total_tokens": _total(usage, "tokens", _count),
        "prompt_token_details": _details(usage.get("input_token_details"), _count),
        "completion_token_details": _details(usage.get("output_token_details"), _count),
        "prompt_cost": _amount(usage.get("input_cost")),
        "completion_cost": _amount(usage.get("output_cost")),
        "total_cost": _total(usage, "cost", _amount),
        "prompt_cost_details": _details(usage.get("input_cost_details"), _amount),
        "completion_cost_details": _details(usage.get("output_cost_details"), _amount),
    }


def attachment_view(attachments: Iterable[StoredAttachment]) -> JsonObject:
    """Return ``s3_urls``; the address is relative to the API and needs no key, only its token."""
    return {
        f"attachment.{item.name}": {
            "presigned_url": f"/attachments/{item.token}",
            "mime_type": item.media_type,
        }
        for item in attachments
    }


def add(values: Iterable[float | None]) -> float | None:
    """Return the exact decimal sum, an int where it is whole; None of nothing."""
    numbers = [Decimal(str(value)) for value in values if value is not None]
    if not numbers:
        return None
    total = sum(numbers, Decimal())
    return int(total) if total == total.to_integral_value() else float(total)


def _total(usage: JsonObject, unit: str, read: _Reader) -> float | None:
    total = read(usage.get(f"total_{unit}"))
    if total is not None:
        return total
    return add((read(usage.get(f"input_{unit}")), read(usage.get(f"output_{unit}"))))


def _details(value: Json, read: _Reader) -> JsonObject | None:
    if not isinstance(value, dict):
        return None
    return {key: number for key, item in value.items() if (number := read(item)) is not None}


def _count(value: Json) -> float | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _amount(value: Json) -> float | None:
    """Return an amount of money, which may also come as a string of digits."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        amount = float(value)
    except ValueError:
        return None
    return amount if isfinite(amount) else None


def _first_token_us(doc: JsonObject) -> int | None:
    for event in doc.get("events") or ():
        time = event.get("time")
        if event.get("name") == "new_token" and isinstance(time, str):
            try:
                return parse_time(time)
            except ValueError:
                continue
    return None


def _normal_time(text: str | None) -> str | None:
    return None if not text else format_time(parse_timestamp(text))
