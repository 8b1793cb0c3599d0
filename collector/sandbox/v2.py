"""The shapes of API v2: runs, the turns of a thread, and threads."""

from collections.abc import Iterable, Sequence

from collector.sandbox.documents import Json, JsonObject, dump_json
from collector.sandbox.feedback import feedback_stats
from collector.sandbox.stats import percentile, present, total
from collector.sandbox.store import StoredRun
from collector.sandbox.times import format_time
from collector.sandbox.views import latency_seconds, metadata_of, run_status, usage_view

_PREVIEW_CHARACTERS = 250
_SAME = (
    *("id", "name", "start_time", "end_time", "first_token_time", "error", "extra", "events"),
    *("inputs", "outputs", "parent_run_ids", "trace_id", "thread_id", "dotted_order", "tags"),
    *("reference_example_id", "app_path", "total_tokens", "prompt_tokens", "completion_tokens"),
    *("total_cost", "prompt_cost", "completion_cost"),
)
_DETAILS = (
    *("prompt_token_details", "completion_token_details"),
    *("prompt_cost_details", "completion_cost_details"),
)
_FROM_STORE = {"attachments": "s3_urls", "feedback_stats": "feedback_stats"}


def extra_fields(selects: Iterable[str]) -> list[str]:
    """Return the v1 names of selected fields that the reader has to look up for each run."""
    return [_FROM_STORE[name] for name in selects if name in _FROM_STORE]


def run_v2(view: JsonObject, run: StoredRun, selects: Sequence[str], origin: str) -> JsonObject:
    """Return the selected fields of a run; the id where nothing is selected.

    Args:
        view: the run as API v1 shows it.
        run: the same run as it is kept.
        selects: names in lower case.
        origin: where the API is, ``http://host:port``.
    """
    fields = {
        **{name: view[name] for name in _SAME},
        **{name: {"raw": view[name]} if view[name] else None for name in _DETAILS},
        "run_type": view["run_type"].upper(),
        "status": view["status"].upper(),
        "latency_seconds": latency_seconds(run.doc),
        "error_preview": preview(view["error"]),
        "inputs_preview": preview(view["inputs"]),
        "outputs_preview": preview(view["outputs"]),
        "metadata": metadata_of(run.doc),
        "manifest": view["serialized"],
        "project_id": view["session_id"],
        "is_root": view["parent_run_id"] is None,
        "is_in_dataset": view["in_dataset"],
        "feedback_stats": view.get("feedback_stats"),
        "attachments": {
            name.removeprefix("attachment."): origin + file["presigned_url"]
            for name, file in view.get("s3_urls", {}).items()
        },
    }
    return {name: fields[name] for name in selects or ("id",) if name in fields}


def turn_v2(fields: JsonObject, turn_number: int, selects: Sequence[str]) -> JsonObject:
    """Return the selected fields of one trace of a thread, its id always.

    Args:
        fields: the root run with all fields of :func:`run_v2` that are selected.
        turn_number: its place in the whole thread, from 1.
        selects: names in lower case.
    """
    fields = {**fields, "turn_number": turn_number, "latency": fields.get("latency_seconds")}
    return {name: fields[name] for name in ("trace_id", *selects) if name in fields}


def thread_v2(thread_id: str, roots: Sequence[StoredRun], feedback: list[JsonObject]) -> JsonObject:
    """Return the summary of a thread; *roots* are its root runs, oldest first."""
    first, last = roots[0], roots[-1]
    errors = [run.doc["error"] for run in roots if run_status(run.doc) == "error"]
    usages = [usage_view(run.doc) for run in roots]
    latencies = present(latency_seconds(run.doc) for run in roots)
    return {
        "thread_id": thread_id,
        "count": len(roots),
        "trace_id": last.id,
        "first_trace_id": first.id,
        "last_trace_id": last.id,
        "first_inputs": preview(first.doc.get("inputs")),
        "last_outputs": preview(last.doc.get("outputs")),
        "last_error": preview(errors[-1]) if errors else None,
        "num_errored_turns": len(errors),
        "start_time": format_time(first.start_us),
        "min_start_time": format_time(first.start_us),
        "max_start_time": format_time(last.start_us),
        "total_tokens": total(usages, "total_tokens"),
        "total_cost": total(usages, "total_cost"),
        "latency_p50": percentile(latencies, 50),
        "latency_p99": percentile(latencies, 99),
        "feedback_stats": feedback_stats(feedback),
    }


def preview(value: Json) -> str | None:
    """Return the beginning of a text, or of a value as JSON; None stays None."""
    if value is None:
        return None
    text = value if isinstance(value, str) else dump_json(value)
    return text[:_PREVIEW_CHARACTERS]
