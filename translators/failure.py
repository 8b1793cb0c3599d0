"""Did the span fail, and what does it say about it.

Source: OpenTelemetry semantic conventions, "Recording errors" and "Exceptions in spans".
"""

from translators.attributes import flag, text
from translators.span import STATUS_ERROR, STATUS_OK, Event, Span

LANGSMITH_SCOPE = "langsmith"
# The second is what the conventions have renamed it to for calls of models.
_EXCEPTIONS = ("exception", "gen_ai.client.operation.exception")
# A tool call that waits for approval or for another process is raised, but did not fail.
DEFERRED = "pydantic_ai.tool.deferral.name"
# All that older versions tell of it. No set: the value may be of any type.
_DEFERRALS = ("pydantic_ai.exceptions.CallDeferred", "pydantic_ai.exceptions.ApprovalRequired")


def error_of(span: Span, said: str | None) -> str | None:
    """Return the run's error text, never empty; or None where the span did not fail.

    It failed if its status says so, or a dialect does, or an exception left it while its status is
    not OK, or ``error.type`` stands there alone. The text is that of the last exception, else the
    status message, else the error attributes; a status message that it does not contain goes
    before it.

    Args:
        span: the span.
        said: a dialect's error text, "" where it knows of a failure without words; None where no
            dialect says that the span failed.
    """
    attributes = span.attributes
    if DEFERRED in attributes:
        return None
    thrown = [event for event in span.events if event.name in _EXCEPTIONS] if span.events else []
    if thrown and text(thrown[-1].attributes.get("exception.type")) in _DEFERRALS:
        return None
    failed = span.status_code == STATUS_ERROR or said is not None
    if not failed and span.status_code != STATUS_OK:
        escaped = [event for event in thrown if not _handled(event)]
        failed = bool(escaped) or "error.type" in attributes or cancelled(span)
        thrown = escaped
    if not failed:
        return None
    if cancelled(span):
        return _with("Cancelled", span.status_message, before=False)
    told = _exception_text(thrown[-1], span.scope.name) if thrown else ""
    if said:
        told = _with(told, said)
    return _with(told, span.status_message) or _from_attributes(span)


def cancelled(span: Span) -> bool:
    """Tell whether the span ended because somebody cancelled it."""
    if not span.events or span.status_code == STATUS_OK:
        return False
    for event in span.events:
        if event.name == "span.cancelled":
            return True
        if event.name in _EXCEPTIONS and not _handled(event):
            kind = text(event.attributes.get("exception.type"))
            if kind and kind.rpartition(".")[2] == "CancelledError":
                return True
    return False


def _handled(event: Event) -> bool:
    return flag(event.attributes.get("exception.escaped")) is False


def _exception_text(event: Event, scope: str) -> str:
    attributes = event.attributes
    kind = text(attributes.get("exception.type")) or ""
    message = text(attributes.get("exception.message")) or ""
    trace = (text(attributes.get("exception.stacktrace")) or "").strip()
    if message and scope == LANGSMITH_SCOPE:
        # LangSmith's exporter puts the whole error into the message, and repeats it as stack trace.
        return message
    head = message if message.startswith(kind) else f"{kind}: {message}" if message else kind
    return f"{head}\n\n{trace}".strip() if trace not in head else head


def _with(told: str, more: str, *, before: bool = True) -> str:
    """Return both texts, unless the first contains the second already."""
    if more in told:
        return told
    return "\n\n".join(part for part in ((more, told) if before else (told, more)) if part)


def _from_attributes(span: Span) -> str:
    attributes = span.attributes
    told = text(attributes.get("error.message"))
    if told is None and ("exception.type" in attributes or "exception.message" in attributes):
        told = _exception_text(Event("exception", attributes=attributes), "")
    return told or text(attributes.get("error.type")) or "Error"
