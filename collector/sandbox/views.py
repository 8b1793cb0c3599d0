"""Stored runs as the API shows them: the fields the server works out are worked out here."""

from collections.abc import Iterable
from decimal import Decimal

from collector.sandbox.documents import Json, JsonObject
from collector.sandbox.dotted_order import path_ids
from collector.sandbox.store import StoredAttachment, StoredRun
from collector.sandbox.times import format_time, parse_time, parse_timestamp

# A reader cannot build a run without these, whatever it selected.
_ALWAYS = ("id", "name", "run_type", "start_time", "trace_id", "dotted_order")
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
    metadata = (doc.get("extra") or {}).get("metadata")
    return metadata if isinstance(metadata, dict) else {}


def thread_id(doc: JsonObject) -> str | None:
    """Return the thread of the run: the first of its metadata's thread keys that is set."""
    metadata = metadata_of(doc)
    for key in _THREAD_KEYS:
        if metadata.get(key):
            return str(metadata[key])
    return None


def first_token_time(doc: JsonObject) -> str | None:
    """Return the time of the first ``new_token`` event that has one."""
    for event in doc.get("events") or ():
        if event.get("name") == "new_token" and event.get("time"):
            return str(event["time"])
    return None


def latency_seconds(doc: JsonObject) -> float | None:
    """Return how long the run took, None while it is pending."""
    if not doc.get("end_time"):
        return None
    return (parse_timestamp(doc["end_time"]) - parse_timestamp(doc["start_time"])) / 1_000_000


def seconds_to_first_token(doc: JsonObject) -> float | None:
    """Return the time to the first token, None where no event tells a readable time."""
    first = first_token_time(doc)
    if first is None:
        return None
    try:
        return (parse_time(first) - parse_timestamp(doc["start_time"])) / 1_000_000
    except ValueError:
        return None


def usage_view(doc: JsonObject) -> JsonObject:
    """Return tokens and costs, taken from usage_metadata in outputs, else in extra.metadata."""
    for holder in (doc.get("outputs") or {}, metadata_of(doc)):
        usage = holder.get("usage_metadata")
        if isinstance(usage, dict):
            break
    else:
        usage = {}
    return {
        "prompt_tokens": usage.get("input_tokens"),
        "completion_tokens": usage.get("output_tokens"),
        "total_tokens": _total(usage, "tokens"),
        "prompt_token_details": usage.get("input_token_details"),
        "completion_token_details": usage.get("output_token_details"),
        "prompt_cost": usage.get("input_cost"),
        "completion_cost": usage.get("output_cost"),
        "total_cost": _total(usage, "cost"),
        "prompt_cost_details": usage.get("input_cost_details"),
        "completion_cost_details": usage.get("output_cost_details"),
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


def add(values: Iterable[Json]) -> Json:
    """Return the exact sum of what is a number; None if nothing is."""
    numbers = [
        Decimal(str(value))
        for value in values
        if isinstance(value, int | float) and not isinstance(value, bool)
    ]
    if not numbers:
        return None
    total = sum(numbers, Decimal())
    return int(total) if total == total.to_integral_value() else float(total)


def _total(usage: JsonObject, unit: str) -> Json:
    total = usage.get(f"total_{unit}")
    if total is not None:
        return total
    return add((usage.get(f"input_{unit}"), usage.get(f"output_{unit}")))


def _normal_time(text: str | None) -> str | None:
    return None if not text else format_time(parse_timestamp(text))
