"""Log records that tell of a GenAI span, as the span events that they once were.

Source: OpenTelemetry "Semantic conventions for generative AI", events; since version 1.27 they are
log records with an event name, before that they were span events of the same names.
"""

from translators.attributes import json_object
from translators.log_record import LogRecord
from translators.remains import keeps_genai_only
from translators.span import Event, JsonObject

# Senders whose event names and attributes have no namespace of their own.
_SCOPES = ("com.anthropic.", "codex_otel")
_NAME = "event.name"
_WARN = 13  # severity numbers from here on say more than that there was an event


def event_of(record: LogRecord) -> Event | None:
    """Return the record as an event of its span; None for one that tells of no GenAI span.

    The members of a body that is an object stand among the attributes; any other body stands under
    ``body``. What an attribute says differently from the body is kept as ``log.<key>``.
    """
    if not (record.span_id and record.event_name and _is_genai(record)):
        return None
    attributes: JsonObject = {
        key: value for key, value in record.attributes.items() if key != _NAME
    }
    body = record.body
    members = json_object(body) if isinstance(body, str | dict) else None
    if members is not None:
        for key, value in members.items():
            if attributes.get(key, value) != value:
                attributes["log." + key] = attributes[key]
            attributes[key] = value
    elif body is not None:
        attributes.setdefault("body", body)
    if record.severity_number >= _WARN:
        attributes["log.severity"] = record.severity_text or record.severity_number
    return Event(record.event_name, record.time_ns, attributes, record.dropped)


def _is_genai(record: LogRecord) -> bool:
    return (
        keeps_genai_only(record.event_name)
        or record.scope.name.startswith(_SCOPES)
        or any(map(keeps_genai_only, record.attributes))
    )
